//! `factloom path`

use super::facts::{KindArg, find_in};
use super::failure::{Failure, say};
use super::opening::{BuildFrom, Built};
use super::selection::kinds;
use super::writing;
use crate::output::{StatementText, statements_json, statements_text};
use crate::store::Labels;
use crate::view::{Direction, KindFilter, View, shortest_path};
use clap::{Args, ValueEnum};

/// Show how two entities hang together: a shortest path of statements
///
/// Of paths with equally few statements, one with the most facts is shown. Claims are left out unless asked for.
#[derive(Args, Debug)]
pub(super) struct PathArgs {
    /// The entity to begin at: its id or label
    from_entity: String,
    /// The entity to end at: its id or label
    to_entity: String,
    /// Go from subject to object only
    #[arg(long)]
    directed: bool,
    /// Only statements of these kinds [default: fact,inference]
    #[arg(long, value_enum, value_delimiter = ',')]
    kind: Vec<KindArg>,
    /// For people, or as one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    from: BuildFrom,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(args: &PathArgs) -> Result<(), Failure> {
    args.from.with_graph(|built| work(args, built))
}

fn work(args: &PathArgs, built: &Built) -> Result<(), Failure> {
    let Built { store, .. } = built;
    let labels = Labels::new(store, &store.context().language);
    let view = View::new(store, &labels)?;
    let (from, to) = (find_in(&view, &labels, &args.from_entity)?, find_in(&view, &labels, &args.to_entity)?);
    let direction = if args.directed { Direction::Along } else { Direction::Either };
    let filter = kinds(&args.kind, KindFilter::ASSERTED);
    let Some(path) = shortest_path(&view, from, to, direction, filter) else {
        let (from, to) = (&view.graph()[from].label, &view.graph()[to].label);
        say(format_args!("no path leads from {from} to {to}"));
        return Err(Failure::Findings);
    };
    let steps = path.steps.iter().map(|step| &view.graph()[step.edge].statement);
    let statements = steps.filter_map(|id| store.statement(id).transpose());
    let text = StatementText::new(store, &labels);
    writing::to(None, |mut out| match args.format {
        Format::Text => Ok(statements_text(statements, &text, &mut out)?),
        Format::Json => Ok(statements_json(statements, &text, &mut out)?),
    })
}
