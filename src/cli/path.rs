//! `factloom path`

use super::analysis_result::{AnalysisArgs, draw_highlighted};
use super::failure::Failure;
use super::format::ReportFormat;
use super::load::Session;
use super::messages::{error, note, pluralize};
use super::output_file::Content;
use super::resolve;
use super::selection::{Selected, positive};
use crate::model::StatementId;
use crate::output::{Highlights, StatementText, paths_json, paths_text};
use crate::store::Labels;
use crate::view::{Filter, KindFilter, Path, PathSearch, Paths, Selection, View, paths};
use clap::Args;
use std::collections::HashSet;

/// Find paths of statements between two entities
///
/// Finds a shortest path. Among paths of equal length, those with the most facts come first, then those with the most
/// inferences. Several statements between two entities are one step, shown as a fact if there is one, else as an inference.
/// Claims are excluded unless --kind or --status includes them.
#[derive(Args, Debug)]
pub(super) struct PathArgs {
    /// First entity: its id or label
    #[arg(value_name = "FROM")]
    from_entity: String,
    /// Last entity: its id or label
    #[arg(value_name = "TO")]
    to_entity: String,
    /// Find all shortest paths; with --max-length, all simple paths of at most that length
    #[arg(long, help_heading = "Analysis")]
    all: bool,
    /// Maximum number of paths
    #[arg(long, value_name = "N", default_value = "20", requires = "all", value_parser = positive, help_heading = "Analysis")]
    limit: usize,
    #[command(flatten)]
    analysis: AnalysisArgs,
}

pub(super) fn run(args: &PathArgs, session: &Session) -> Result<(), Failure> {
    let AnalysisArgs { output, selection, graph } = &args.analysis;
    let format = output.format()?;
    let store = &graph.open(session)?.store;
    let labels = Labels::new(store, &store.metadata().language);
    let from = resolve::entity(&labels, &args.from_entity)?;
    let to = resolve::entity(&labels, &args.to_entity)?;
    let selected = selection.select_with_direction(&labels, KindFilter::ASSERTED)?;
    let view = &selected.view;
    let search = PathSearch {
        direction: selection.direction(),
        max_length: selection.max_length(),
        limit: if args.all { args.limit } else { 1 },
    };
    let found = match (view.node(&from), view.node(&to)) {
        (Some(from), Some(to)) => paths(view, from, to, &search),
        _ => Paths::default(),
    };
    selected.print_notes();
    if found.incomplete && found.paths.is_empty() {
        let message = "the search reached its limit before it found a path";
        return Err(Failure::new(message).help("omit --max-length, or select a part of the graph"));
    }
    if found.incomplete {
        note("the search reached its limit before it found all paths; lower --max-length");
    } else if found.has_more && args.all {
        note(format_args!("showing {}; raise --limit to see more", pluralize(args.limit, "path")));
    }
    if found.paths.is_empty() {
        error(format_args!("no path from {} to {}", labels.name(&from)?, labels.name(&to)?));
        selection.hint_at_claims();
        return Err(Failure::Findings);
    }
    if from == to {
        note(format_args!("both ends are {}, so the path has no statements", labels.name(&from)?));
    }
    let text = StatementText::new(store, &labels);
    match format {
        ReportFormat::Other(format) => {
            let subgraph = subgraph(view, &found.paths);
            let ends = [&from, &to].map(|end| subgraph.node(end));
            let highlights =
                Highlights::from_path(&subgraph, ends.into_iter().flatten(), &statements(view, &found.paths[..1]));
            draw_highlighted(output, format, &Selected { view: subgraph, ..selected }, &text, highlights)
        }
        ReportFormat::Text => output.write(Content::Text, |out| Ok(paths_text(view, &found.paths, &text, out)?)),
        ReportFormat::Json(layout) => {
            output.write(Content::Data, |out| Ok(paths_json(view, &found.paths, &text, layout, out)?))
        }
    }
}

/// The statements of paths.
fn subgraph(view: &View, paths: &[Path]) -> View {
    let statements = Filter { include: vec![statements(view, paths)], ..Filter::default() };
    view.subgraph(&Selection { kinds: KindFilter::ALL, statements, ..Selection::default() }).view
}

fn statements(view: &View, paths: &[Path]) -> HashSet<StatementId> {
    let edges = paths.iter().flat_map(|path| &path.edges);
    edges.map(|edge| view.graph()[*edge].statement.clone()).collect()
}
