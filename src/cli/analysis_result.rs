//! The common arguments of analyses, and their result: text, JSON, or a diagram in which it is highlighted.

use super::diagram_file::draw;
use super::failure::Failure;
use super::format::{OutputArgs, ReportFormat};
use super::load::GraphArgs;
use super::output_file::Content;
use super::selection::{Selected, SelectionArgs};
use crate::output::{Diagram, DiagramFormat, DiagramOptions, Highlights, StatementText, diagram};
use clap::Args;

/// The formats of `path`, `rank` and `components`.
pub(super) type AnalysisFormat = ReportFormat<DiagramFormat>;

/// The arguments that `path`, `rank` and `components` share.
#[derive(Args, Debug)]
pub(super) struct AnalysisArgs {
    #[command(flatten)]
    pub(super) output: OutputArgs<AnalysisFormat>,
    #[command(flatten)]
    pub(super) selection: SelectionArgs,
    #[command(flatten)]
    pub(super) graph: GraphArgs,
}

/// Draws the selected part of the graph with the result of the analysis highlighted.
pub(super) fn draw_highlighted(
    output: &OutputArgs<AnalysisFormat>,
    format: DiagramFormat,
    selected: &Selected,
    text: &StatementText<'_>,
    highlights: Highlights,
) -> Result<(), Failure> {
    let options = DiagramOptions { highlights, ..DiagramOptions::default() };
    let diagram = diagram(&selected.title, &selected.view, text, &options)?;
    let diagram = Diagram { notes: selected.notes.clone(), ..diagram };
    output.write(Content::Data, |out| draw(&diagram, format, out))
}
