//! The result of an analysis: text, JSON, or a diagram in which it is highlighted.

use super::diagram_file::draw;
use super::failure::Failure;
use super::format::{self, Format, OutputArgs};
use super::selection::Selected;
use crate::output::{
    Diagram, DiagramFormat, DiagramOptions, Highlights, JsonLayout, NamedFormat, StatementText, diagram,
};

/// The formats of `path`, `rank` and `components`.
#[derive(Clone, Copy, Debug)]
pub(super) enum AnalysisFormat {
    Text,
    Json(JsonLayout),
    Diagram(DiagramFormat),
}

impl Format for AnalysisFormat {
    const DEFAULT: &'static str = "text";

    fn all() -> Vec<(Self, &'static [&'static str])> {
        let diagrams = DiagramFormat::NAMES.iter().map(|(format, names)| (Self::Diagram(*format), *names));
        [
            (Self::Text, format::TEXT),
            (Self::Json(JsonLayout::Document), format::JSON),
            (Self::Json(JsonLayout::Lines), format::JSON_LINES),
        ]
        .into_iter()
        .chain(diagrams)
        .collect()
    }
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
    output.write(|out| draw(&diagram, format, out))
}
