//! `factloom show`

use super::context::{ContextArg, note_missing};
use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::{Graph, GraphArgs, Session};
use super::resolve;
use crate::output::StatementText;
use crate::report::{description_text, descriptions_json};
use crate::store::Labels;
use clap::Args;

/// Show what is stated about an entity, by whom, with the quotes
///
/// Shows its names and classes, the statements about it, and then the other statements that mention it. A class, a property, a status or a rule
/// is shown with its definition, the terms above and below it, and examples of its use.
#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// Entity or term: its id, prefixed name or label
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
    let descriptions = args.entity.iter().map(|written| resolve::description(&labels, written));
    let descriptions = descriptions.collect::<Result<Vec<_>, Failure>>()?;
    let texts = args.context.map(|context| context.texts(&graph));
    let text = StatementText::new(store, &labels).with_context(texts.as_ref());
    args.output.write(format.content(), |mut out| match format {
        ReportFormat::Text => Ok(descriptions.iter().try_for_each(|it| description_text(it, &text, &mut out))?),
        ReportFormat::Json(layout) => Ok(descriptions_json(&descriptions, &text, layout, &mut out)?),
    })?;
    note_missing(texts.as_ref());
    Ok(())
}
