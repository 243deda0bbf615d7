//! Answers to SELECT and ASK queries: tables for people, and the W3C's formats for programs.

mod standard;
mod table;
mod term_display;
mod xml;

pub(crate) use standard::standard;
pub use term_display::TermDisplay;
pub(crate) use term_display::escape_markdown;
pub(super) use term_display::printable;
pub(super) use xml::CarriageReturns;

use super::ResultsFormat;
use crate::store::StoreError;
use oxigraph::sparql::results::QueryResultsSerializer;
use oxigraph::sparql::{QueryEvaluationError, QuerySolutionIter};
use std::io::{self, Write};
use table::Style;

/// Why results or statements could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The writer failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A row could not be computed.
    #[error("the query failed: {0}")]
    Evaluation(#[from] QueryEvaluationError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text holds a character that XML 1.0 has no way to write.
    #[error("a value holds U+{:04X}, which XML has no way to write", u32::from(*.0))]
    NoXml(char),
    /// A text of a list holds the character that separates the texts of lists.
    #[error("a text of a list holds U+{:04X}, which separates the texts of lists", u32::from(*.0))]
    NoList(char),
}

/// Writes the rows of a SELECT query as they come, so that memory does not grow with them. A table takes the widths of its
/// columns from the first thousand: where there is a width to keep within, long cells are wrapped; where there is none, a
/// longer cell makes its own line longer.
///
/// # Errors
///
/// Those of the writer, and of rows that cannot be computed.
///
/// ```
/// use factloom::output::{TermDisplay, ResultsFormat, write_results};
/// use factloom::{query, store::Labels};
/// use oxigraph::sparql::QueryResults;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let query = query::parse("SELECT ?who { ?who v:continues e:soviet-union }", &dataset.names)?;
/// let QueryResults::Solutions(rows) = store.query(&query)? else { panic!() };
/// let reading = TermDisplay { labels: &labels, names: &dataset.names, iris: false, width: None };
/// let mut out = Vec::new();
/// write_results(rows, ResultsFormat::Markdown, &reading, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("| Russia |"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_results(
    solutions: QuerySolutionIter<'_>,
    format: ResultsFormat,
    reading: &TermDisplay<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    match format {
        ResultsFormat::Standard(format) => standard(solutions, format, out),
        ResultsFormat::Table => table::write(solutions, Style::Box, reading, out),
        ResultsFormat::Markdown => table::write(solutions, Style::Markdown, reading, out),
    }
}

/// Writes the answer of an ASK query.
///
/// # Errors
///
/// Those of the writer.
pub fn write_boolean(answer: bool, format: ResultsFormat, out: &mut impl Write) -> io::Result<()> {
    match format {
        ResultsFormat::Standard(format) => {
            QueryResultsSerializer::from_format(format).serialize_boolean_to_writer(out, answer)?;
            Ok(())
        }
        ResultsFormat::Table | ResultsFormat::Markdown => writeln!(out, "{answer}"),
    }
}
