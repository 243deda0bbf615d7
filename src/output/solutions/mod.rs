//! Answers to SELECT and ASK queries: tables for people, and the W3C's formats for programs.

use super::ResultsFormat;
use crate::model::Names;
use crate::store::{Labels, StoreError};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use oxigraph::model::Term;
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QueryEvaluationError, QuerySolutionIter};
use std::io::{self, Write};

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
}

/// How people see terms.
pub struct Reading<'a> {
    /// What things are called.
    pub labels: &'a Labels<'a>,
    /// The prefixes of things that have no label.
    pub names: &'a Names,
    /// The width to keep within, in columns; `None` for no limit.
    pub width: Option<u16>,
}

impl Reading<'_> {
    fn cell(&self, term: &Term) -> Result<String, StoreError> {
        match term {
            Term::NamedNode(iri) => match self.labels.get(iri)? {
                Some(label) => Ok(label.to_string()),
                None => Ok(self.names.compact(iri.as_ref()).unwrap_or_else(|| iri.to_string())),
            },
            other => self.labels.term(other),
        }
    }
}

/// Writes the rows of a SELECT query. The W3C's formats are written row by row; a table is laid out as a whole.
///
/// # Errors
///
/// Those of the writer, and of rows that cannot be computed.
///
/// ```
/// use factloom::output::{Reading, ResultsFormat, write_results};
/// use factloom::{query, store::Labels};
/// use oxigraph::sparql::QueryResults;
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let query = query::parse("SELECT ?who { ?who v:continues e:soviet-union }", &dataset.names)?;
/// let QueryResults::Solutions(rows) = store.query(&query)? else { panic!() };
/// let reading = Reading { labels: &labels, names: &dataset.names, width: None };
/// let mut out = Vec::new();
/// write_results(rows, ResultsFormat::Markdown, &reading, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("| Russia |"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_results(
    solutions: QuerySolutionIter<'_>,
    format: ResultsFormat,
    reading: &Reading<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    match format {
        ResultsFormat::Standard(format) => standard(solutions, format, out),
        ResultsFormat::Table | ResultsFormat::Markdown => table(solutions, format, reading, out),
    }
}

/// Writes the answer of an ASK query.
///
/// # Errors
///
/// Those of the writer.
pub fn write_answer(answer: bool, format: ResultsFormat, out: &mut impl Write) -> io::Result<()> {
    match format {
        ResultsFormat::Standard(format) => {
            QueryResultsSerializer::from_format(format).serialize_boolean_to_writer(&mut *out, answer)?;
            if format == QueryResultsFormat::Json { Ok(()) } else { writeln!(out) }
        }
        ResultsFormat::Table | ResultsFormat::Markdown => writeln!(out, "{answer}"),
    }
}

fn standard(
    solutions: QuerySolutionIter<'_>,
    format: QueryResultsFormat,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let serializer = QueryResultsSerializer::from_format(format);
    let mut writer = serializer.serialize_solutions_to_writer(&mut *out, solutions.variables().to_vec())?;
    for solution in solutions {
        writer.serialize(&solution?)?;
    }
    writer.finish()?;
    Ok(())
}

fn table(
    solutions: QuerySolutionIter<'_>,
    format: ResultsFormat,
    reading: &Reading<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let variables = solutions.variables().to_vec();
    let mut table = Table::new();
    let markdown = format == ResultsFormat::Markdown;
    table.load_preset(if markdown { presets::ASCII_MARKDOWN } else { presets::UTF8_FULL_CONDENSED });
    if let (Some(width), false) = (reading.width, markdown) {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table.set_header(variables.iter().map(|v| v.as_str().to_owned()));
    let mut numeric = vec![true; variables.len()];
    for solution in solutions {
        let solution = solution?;
        let mut row = Vec::with_capacity(variables.len());
        for (column, variable) in variables.iter().enumerate() {
            let term = solution.get(variable);
            numeric[column] &= term.is_none_or(is_number);
            let cell = term.map(|term| reading.cell(term)).transpose()?.unwrap_or_default();
            row.push(if markdown { escape_markdown(&cell) } else { printable(&cell) });
        }
        table.add_row(row);
    }
    let rows = table.row_count();
    for column in (0..variables.len()).filter(|column| numeric[*column] && rows > 0) {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn is_number(term: &Term) -> bool {
    let Term::Literal(literal) = term else { return false };
    let number = ["integer", "decimal", "double", "float"];
    let local = literal.datatype().as_str().strip_prefix("http://www.w3.org/2001/XMLSchema#");
    local.is_some_and(|local| number.contains(&local))
}

/// Keeps a cell from being taken for Markdown.
pub(super) fn escape_markdown(cell: &str) -> String {
    let mut escaped = String::with_capacity(cell.len());
    for c in cell.chars() {
        match c {
            '\n' => escaped.push_str("<br>"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Keeps a cell from speaking to the terminal.
pub(super) fn printable(cell: &str) -> String {
    cell.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}
