//! Query results with the statements that support them.
//!
//! In tables, CSV, TSV and JSON Lines, citations are columns. In JSON and XML, they are additional members and attributes, which other
//! readers ignore.

mod footnotes;
mod html;
mod json;
mod xml;

use super::{OutputError, ResultsFormat, StatementText, TermDisplay, write_boolean, write_results, write_standard};
use crate::model::{Namespaces, StatementId};
use crate::query::{Citation, CitationReport, CitedQueryResults};
use crate::store::StoreError;
use crate::triples;
use itertools::Itertools;
use oxigraph::model::{Literal, Term, Triple, Variable};
use oxigraph::sparql::results::QueryResultsFormat;
use oxigraph::sparql::{QuerySolution, QuerySolutionIter};
use std::io::{self, Write};
use std::sync::Arc;

/// The form of citations in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitationStyle {
    /// Two columns: `statements` with ids, separated by spaces, and `quotes`.
    Columns,
    /// A column of numbers, and notes below the table. Only for tables and Markdown; other formats get columns, except that HTML always
    /// has notes.
    Footnotes,
}

/// Writes the cited results of a SELECT or ASK query; for a CONSTRUCT query, see [`cited_triples`].
///
/// # Errors
///
/// Returns an error if a label cannot be read from the store or the output cannot be written.
///
/// ```
/// use factloom::output::{CitationStyle, ResultsFormat, StatementText, TermDisplay, write_cited};
/// use factloom::{query, store::Labels};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let query = query::parse("SELECT ?who { ?who v:continues e:soviet-union }", &dataset.namespaces)?;
/// let report = query::cite(&store, &query)?;
/// let display = TermDisplay { labels: &labels, iris: false, width: None, title: None };
/// let text = StatementText::new(&store, &labels);
/// let mut out = Vec::new();
/// write_cited(&report, ResultsFormat::Table, CitationStyle::Footnotes, &display, &text, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("[1] Russia continues Soviet Union"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_cited(
    report: &CitationReport,
    format: ResultsFormat,
    style: CitationStyle,
    display: &TermDisplay<'_>,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let separator = match (format, style) {
        (ResultsFormat::Standard(QueryResultsFormat::Json), _) => {
            return json::write_with_members(report, text, &uncited(report, QueryResultsFormat::Json, display)?, out);
        }
        (ResultsFormat::Standard(QueryResultsFormat::Xml), _) => {
            return xml::write_with_attributes(report, text, &uncited(report, QueryResultsFormat::Xml, display)?, out);
        }
        (ResultsFormat::Html, _) => return html::write_with_links(report, display, text, out),
        (ResultsFormat::Table | ResultsFormat::Markdown, CitationStyle::Footnotes) => {
            let is_markdown = format == ResultsFormat::Markdown;
            return footnotes::write_with_footnotes(report, is_markdown, display, text, out);
        }
        (ResultsFormat::Table | ResultsFormat::Markdown, CitationStyle::Columns) => "\n",
        (ResultsFormat::Standard(_) | ResultsFormat::JsonLines, _) => " | ",
    };
    let rows = with_columns(report, &["statements", "quotes"], |citation| {
        Ok(vec![ids(citation), quotes(report, citation, text)?.join(separator)])
    })?;
    write_results(rows, format, display, out)
}

/// The triples of a cited graph, with those of the supporting statements and their evidence.
pub fn cited_triples(report: &CitationReport, namespaces: &Namespaces) -> Vec<Triple> {
    let mut all = match &report.results {
        CitedQueryResults::Graph(triples) => triples.iter().map(|(triple, _)| triple.clone()).collect(),
        CitedQueryResults::Solutions { .. } | CitedQueryResults::Boolean(..) => Vec::new(),
    };
    for statement in report.statements.values() {
        triples::write_statement(statement, namespaces, &mut |triple| all.push(triple.into_owned()));
    }
    all
}

/// The results without citations.
fn uncited(
    report: &CitationReport,
    format: QueryResultsFormat,
    display: &TermDisplay<'_>,
) -> Result<String, OutputError> {
    let mut written = Vec::new();
    match &report.results {
        CitedQueryResults::Boolean(result, _) => {
            write_boolean(*result, ResultsFormat::Standard(format), display, &mut written)?;
        }
        CitedQueryResults::Solutions { .. } => {
            write_standard(with_columns(report, &[], |_| Ok(Vec::new()))?, format, &mut written)?;
        }
        CitedQueryResults::Graph(_) => {}
    }
    Ok(String::from_utf8(written).map_err(io::Error::other)?)
}

/// The values of a row and its citation.
type CitedRow<'a> = (Vec<Option<Term>>, &'a Citation);

/// The rows with additional columns, which are filled from the citations.
fn with_columns(
    report: &CitationReport,
    names: &[&str],
    fill: impl Fn(&Citation) -> Result<Vec<String>, StoreError>,
) -> Result<QuerySolutionIter<'static>, StoreError> {
    let (mut variables, rows): (Vec<Variable>, Vec<CitedRow<'_>>) = match &report.results {
        CitedQueryResults::Solutions { variables, rows } => {
            (variables.clone(), rows.iter().map(|(row, citation)| (row.values().to_vec(), citation)).collect())
        }
        CitedQueryResults::Boolean(result, citation) => {
            let row = vec![Some(Literal::from(*result).into())];
            (vec![Variable::new_unchecked("result")], vec![(row, citation)])
        }
        CitedQueryResults::Graph(_) => (Vec::new(), Vec::new()),
    };
    let width = variables.len();
    for name in names {
        let mut name = (*name).to_owned();
        while variables.iter().any(|variable| variable.as_str() == name) {
            name.push('_');
        }
        variables.push(Variable::new_unchecked(name));
    }
    let variables: Arc<[Variable]> = variables.into();
    let row = |(mut values, citation): CitedRow<'_>| {
        values.resize(width, None);
        let literal = |cell: String| (!cell.is_empty()).then(|| Literal::new_simple_literal(cell).into());
        values.extend(fill(citation)?.into_iter().map(literal));
        Ok(Ok(QuerySolution::from((Arc::clone(&variables), values))))
    };
    let rows = rows.into_iter().map(row).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(QuerySolutionIter::new(variables, rows))
}

fn ids(citation: &Citation) -> String {
    citation.statements.iter().map(StatementId::as_str).collect::<Vec<_>>().join(" ")
}

/// The quotes of a citation with their locations, each once. Evidence without a quote has its note.
fn quotes(report: &CitationReport, citation: &Citation, text: &StatementText<'_>) -> Result<Vec<String>, StoreError> {
    let mut quotes = Vec::new();
    for statement in citation.statements.iter().filter_map(|id| report.statements.get(id)) {
        for evidence in &statement.evidence {
            quotes.push(text.evidence_cell(evidence)?);
        }
    }
    Ok(quotes.into_iter().unique().collect())
}
