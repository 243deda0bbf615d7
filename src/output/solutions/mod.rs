//! The results of SELECT and ASK queries, as tables, as JSON Lines and in the W3C formats.

mod html;
mod json_lines;
mod standard;
mod table;
mod term_display;

pub(super) use html::{HtmlNotes, write_html, write_html_boolean};
pub(crate) use standard::{csv_text, write_standard};
pub use term_display::TermDisplay;

use super::{OutputError, ResultsFormat};
use json_lines::write_json_lines;
use oxigraph::sparql::QuerySolutionIter;
use oxigraph::sparql::results::QueryResultsSerializer;
use std::io::{self, Write};
use table::{Borders, write_table};

/// The number of rows that decide the layout of a table: the widths of columns, and which of them contain numbers.
const LAYOUT_ROWS: usize = 1000;

/// Writes the rows of a SELECT query as they come, so that memory does not grow with their number.
///
/// The first thousand rows decide the widths of a table's columns. With a maximum width, long cells are wrapped; without
/// one, a longer cell in a later row makes its line longer.
///
/// # Errors
///
/// Returns an error if a row cannot be computed or the output cannot be written.
///
/// ```
/// use factloom::output::{ResultsFormat, TermDisplay, write_results};
/// use factloom::{query, store::Labels};
/// use oxigraph::sparql::QueryResults;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let query = query::parse("SELECT ?who { ?who v:continues e:soviet-union }", &dataset.namespaces)?;
/// let QueryResults::Solutions(rows) = store.query(&query)? else { panic!() };
/// let display = TermDisplay { labels: &labels, iris: false, width: None, title: None };
/// let mut out = Vec::new();
/// write_results(rows, ResultsFormat::Markdown, &display, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("| Russia |"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_results(
    solutions: QuerySolutionIter<'_>,
    format: ResultsFormat,
    display: &TermDisplay<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    match format {
        ResultsFormat::Standard(format) => write_standard(solutions, format, out),
        ResultsFormat::JsonLines => write_json_lines(solutions, out),
        ResultsFormat::Table => write_table(solutions, Borders::Box, display, out),
        ResultsFormat::Markdown => write_table(solutions, Borders::Markdown, display, out),
        ResultsFormat::Html => write_html(solutions, None, display, out),
    }
}

/// Writes the result of an ASK query.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn write_boolean(
    result: bool,
    format: ResultsFormat,
    display: &TermDisplay<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    match format {
        ResultsFormat::Standard(format) => {
            QueryResultsSerializer::from_format(format).serialize_boolean_to_writer(out, result)?;
            Ok(())
        }
        ResultsFormat::JsonLines => writeln!(out, "{{\"boolean\":{result}}}"),
        ResultsFormat::Table | ResultsFormat::Markdown => writeln!(out, "{result}"),
        ResultsFormat::Html => write_html_boolean(result, None, display, out),
    }
}
