//! The result of an analysis: for people, for programs, or drawn.

use super::diagram_file::draw;
use super::failure::Failure;
use super::output_file;
use super::selection::Selected;
use crate::output::{
    Diagram, DiagramFormat, DiagramOptions, Highlights, NamedFormat, OutputError, StatementText, diagram,
};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// How the result of an analysis is written, and where.
#[derive(Args, Debug)]
pub(super) struct ResultArgs {
    /// text, json (one object a line), or a built-in format of diagrams, as dot or svg [default: the ending of -o, else text]
    #[arg(short = 'T', long = "format", value_name = "FORMAT")]
    format: Option<String>,
    /// File to write to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What the result of an analysis is written as.
#[derive(Clone, Copy)]
pub(super) enum ResultFormat {
    Text,
    Json,
    Diagram(DiagramFormat),
}

impl ResultArgs {
    /// The format that is named, or that the file's ending names.
    pub(super) fn format(&self) -> Result<ResultFormat, Failure> {
        let ending = self.output.as_deref().and_then(|file| file.extension()?.to_str());
        let name = self.format.as_deref().or(ending).unwrap_or("text");
        match name.to_lowercase().as_str() {
            "text" | "txt" => Ok(ResultFormat::Text),
            "json" | "jsonl" => Ok(ResultFormat::Json),
            _ => DiagramFormat::from_name(name).map(ResultFormat::Diagram).ok_or_else(|| {
                Failure::new(format!("`{name}` is no format for the result of an analysis"))
                    .help(format!("the formats are text, json, {}", DiagramFormat::list()))
            }),
        }
    }

    /// Writes lines of text or JSON.
    pub(super) fn lines(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), OutputError>) -> Result<(), Failure> {
        output_file::to(self.output.as_deref(), |out| Ok(write(out)?))
    }

    /// Draws the part of the graph that was analysed, in the colours of the analysis.
    pub(super) fn drawing(
        &self,
        format: DiagramFormat,
        selected: &Selected,
        text: &StatementText<'_>,
        highlights: Highlights,
    ) -> Result<(), Failure> {
        let options = DiagramOptions { highlights, ..DiagramOptions::default() };
        let diagram = diagram(&selected.title, &selected.view, text, &options)?;
        let diagram = Diagram { notes: selected.notes.clone(), ..diagram };
        output_file::to(self.output.as_deref(), |out| draw(&diagram, format, out))
    }
}
