//! `factloom conflicts`

use super::context::{ContextArg, note_missing};
use super::failure::Failure;
use super::format::{Markdown, OutputArgs, ReportFormat};
use super::load::{Graph, GraphArgs, Session, width};
use super::messages::note;
use super::resolve;
use crate::output::StatementText;
use crate::report::{conflicts_json, conflicts_markdown, conflicts_text, source_conflicts};
use crate::store::Labels;
use clap::Args;

/// Show sources that disagree, side by side
///
/// Lists facts that contradict each other, facts that a claim denies, and disputed statements. Each side has its quotes, the
/// number of its independent sources, and the inferences that depend on it. Conflicts do not change the exit status.
#[derive(Args, Debug)]
pub(super) struct ConflictsArgs {
    /// Only conflicts that mention an entity (its id or label); repeat to match any of several
    #[arg(long, value_name = "ENTITY", help_heading = "Filters")]
    entity: Vec<String>,
    #[command(flatten)]
    output: OutputArgs<ReportFormat<Markdown>>,
    /// Show quotes in their context, if the texts of their sources are available
    #[arg(long, value_name = "EXTENT", value_enum, help_heading = "Output")]
    context: Option<ContextArg>,
    #[command(flatten)]
    graph: GraphArgs,
}

/// The width of all sides together if stdout is not a terminal, in columns.
const WIDTH: usize = 100;

pub(super) fn run(args: &ConflictsArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let graph = args.graph.open(session)?;
    let Graph { store, .. } = &graph;
    let labels = Labels::new(store, &store.metadata().language);
    let entities = resolve::entities(&labels, &args.entity)?;
    let mut found = source_conflicts(store)?;
    found.retain(|conflict| entities.is_empty() || entities.iter().any(|entity| conflict.mentions(entity)));
    if found.is_empty() {
        note("no conflicts");
    }
    let texts = args.context.map(|context| context.texts(&graph));
    let text = StatementText::new(store, &labels).with_context(texts.as_ref());
    args.output.write(format.readable_content(), |mut out| match format {
        ReportFormat::Text => Ok(conflicts_text(&found, &text, width().unwrap_or(WIDTH), &mut out)?),
        ReportFormat::Json(layout) => Ok(conflicts_json(&found, &text, layout, &mut out)?),
        ReportFormat::Other(Markdown) => Ok(conflicts_markdown(&found, &text, &mut out)?),
    })?;
    note_missing(texts.as_ref());
    Ok(())
}
