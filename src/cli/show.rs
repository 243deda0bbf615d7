//! `factloom show`

use super::context::{ContextArg, note_missing};
use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{Graph, GraphArgs, Session};
use super::resolve;
use crate::output::StatementText;
use crate::report::{EntityReport, entities_json, entity_text};
use crate::store::{Labels, StoreError};
use clap::Args;

/// Show what is stated about an entity, by whom, with the quotes
///
/// Shows its names and classes, the statements about it, and then the other statements that mention it.
#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// Entity: its id or label
    #[arg(value_name = "ENTITY", required = true)]
    entity: Vec<String>,
    #[command(flatten)]
    output: OutputArgs<ReportFormat>,
    /// Show quotes in their context, if the texts of their sources are available
    #[arg(long, value_name = "EXTENT", value_enum, help_heading = "Output")]
    context: Option<ContextArg>,
    #[command(flatten)]
    graph: GraphArgs,
}

pub(super) fn run(args: &ShowArgs, session: &Session) -> Result<(), Failure> {
    let format = args.output.format()?;
    let graph = args.graph.open(session)?;
    let Graph { store, .. } = &graph;
    let labels = Labels::new(store, &store.metadata().language);
    let entities = resolve::entities(&labels, &args.entity)?;
    let reports = entities.into_iter().map(|entity| EntityReport::new(store, entity));
    let reports = reports.collect::<Result<Vec<_>, StoreError>>()?;
    let texts = args.context.map(|context| context.texts(&graph));
    let text = StatementText::new(store, &labels).with_context(texts.as_ref());
    args.output.write(format.content(), |mut out| match format {
        ReportFormat::Text => Ok(reports.iter().try_for_each(|report| entity_text(report, &text, &mut out))?),
        ReportFormat::Json(layout) => Ok(entities_json(&reports, &text, layout, &mut out)?),
    })?;
    note_missing(texts.as_ref());
    Ok(())
}
