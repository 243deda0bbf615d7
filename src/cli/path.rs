//! `factloom path`

use super::analysis_result::{ResultArgs, ResultFormat};
use super::failure::{Failure, say};
use super::load::{GraphArgs, Session};
use super::resolve;
use super::selection::{Selected, SelectionArgs};
use crate::model::StatementId;
use crate::output::{Highlights, JsonLayout, StatementText, paths_json, paths_text};
use crate::store::Labels;
use crate::view::{Filter, KindFilter, Path, PathSearch, Paths, Selection, View, paths};
use clap::Args;
use std::collections::HashSet;
use std::num::NonZeroUsize;

/// Show how two entities hang together: a shortest path of statements
///
/// Of paths with equally few statements, those with the most facts come first, then those with the most inferences. Several statements
/// between two entities make one path, by the one that is most to be trusted. Claims are left out unless asked for.
#[derive(Args, Debug)]
pub(super) struct PathArgs {
    /// The entity to begin at: its id or label
    from_entity: String,
    /// The entity to end at: its id or label
    to_entity: String,
    /// Show all shortest paths; with --max-length all paths of up to so many statements that visit no entity twice
    #[arg(long)]
    all: bool,
    /// With --all, show the first N paths and no more
    #[arg(long, value_name = "N", default_value = "20", requires = "all")]
    limit: NonZeroUsize,
    #[command(flatten)]
    result: ResultArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    from: GraphArgs,
}

pub(super) fn run(args: &PathArgs, session: &Session) -> Result<(), Failure> {
    let format = args.result.format()?;
    let store = &args.from.open(session)?.store;
    let labels = Labels::new(store, &store.metadata().language);
    let from = resolve::entity(&labels, &args.from_entity)?;
    let to = resolve::entity(&labels, &args.to_entity)?;
    let selected = args.selection.select_with_direction(&labels, KindFilter::ASSERTED)?;
    let view = &selected.view;
    let search = PathSearch {
        direction: args.selection.direction(),
        max_length: args.selection.max_length(),
        limit: if args.all { args.limit.get() } else { 1 },
    };
    let found = match (view.node(&from), view.node(&to)) {
        (Some(from), Some(to)) => paths(view, from, to, &search),
        _ => Paths::default(),
    };
    selected.print_notes();
    if found.incomplete && found.paths.is_empty() {
        let message = "the search for paths was given up before one was found";
        return Err(Failure::new(message).help("leave --max-length out, or select a part of the graph"));
    }
    if found.incomplete {
        say("note: the search was given up before all paths were found; --max-length N keeps them shorter");
    } else if found.has_more && args.all {
        say(format_args!("note: there are more paths than these {}; --limit N shows more", args.limit));
    }
    if found.paths.is_empty() {
        say(format_args!("no path leads from {} to {}", labels.name(&from)?, labels.name(&to)?));
        args.selection.hint_at_claims();
        return Err(Failure::Findings);
    }
    if from == to {
        say(format_args!("note: {} is both ends: the path has no statement", labels.name(&from)?));
    }
    let text = StatementText::new(store, &labels);
    match format {
        ResultFormat::Diagram(format) => {
            let part = part(view, &found.paths);
            let ends = [&from, &to].map(|end| part.node(end));
            let highlights =
                Highlights::from_path(&part, ends.into_iter().flatten(), &statements(view, &found.paths[..1]));
            args.result.drawing(format, &Selected { view: part, ..selected }, &text, highlights)
        }
        ResultFormat::Json => args.result.lines(|out| paths_json(view, &found.paths, &text, JsonLayout::Lines, out)),
        ResultFormat::Text => args.result.lines(|out| paths_text(view, &found.paths, &text, out)),
    }
}

/// The part of a view that paths are made of.
fn part(view: &View, paths: &[Path]) -> View {
    let statements = Filter { include: vec![statements(view, paths)], ..Filter::default() };
    view.select(&Selection { statements, ..Selection::default() })
}

fn statements(view: &View, paths: &[Path]) -> HashSet<StatementId> {
    let edges = paths.iter().flat_map(|path| &path.edges);
    edges.map(|edge| view.graph()[*edge].statement.clone()).collect()
}
