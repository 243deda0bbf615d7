//! Answers with the statements that they rest on.
//!
//! In tables, CSV and TSV the citations are columns; in JSON and XML they stand beside the rows, which other readers read as
//! ever.

mod json;
mod notes;
mod xml;

use super::evidence_location;
use super::solutions::standard;
use super::{ResultsError, ResultsFormat, StatementText, TermDisplay, write_boolean, write_results};
use crate::model::{Evidence, Namespaces, Stance, StatementId};
use crate::query::{Citation, CitationReport, CitedQueryResults};
use crate::triples;
use oxigraph::model::{Literal, Term, Triple, Variable};
use oxigraph::sparql::results::QueryResultsFormat;
use oxigraph::sparql::{QuerySolution, QuerySolutionIter};
use std::io::{self, Write};
use std::sync::Arc;

/// How citations stand in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitationStyle {
    /// As columns: `statements`, their ids separated by spaces, and `quotes`.
    Columns,
    /// As numbers behind each row, with the notes below; for people.
    Footnotes,
}

/// Writes the cited answer of a SELECT or ASK query; of that of a CONSTRUCT query, see [`cited_triples`].
///
/// # Errors
///
/// Those of the writer and of the store. Footnotes in another format than a table or Markdown are columns.
///
/// ```
/// use factloom::output::{CitationStyle, TermDisplay, ResultsFormat, StatementText, write_cited};
/// use factloom::{query, store::Labels};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let query = query::parse("SELECT ?who { ?who v:continues e:soviet-union }", &dataset.names)?;
/// let results = query::cite(&store, &query)?;
/// let reading = TermDisplay { labels: &labels, names: &dataset.names, iris: false, width: None };
/// let text = StatementText::new(&store, &labels);
/// let mut out = Vec::new();
/// write_cited(&results, ResultsFormat::Table, CitationStyle::Footnotes, &reading, &text, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("[1] Russia continues Soviet Union"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_cited(
    results: &CitationReport,
    format: ResultsFormat,
    style: CitationStyle,
    reading: &TermDisplay<'_>,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    match (format, style) {
        (ResultsFormat::Standard(QueryResultsFormat::Json), _) => {
            json::members(results, text, &plain(results, QueryResultsFormat::Json)?, out)
        }
        (ResultsFormat::Standard(QueryResultsFormat::Xml), _) => {
            xml::attributes(results, &plain(results, QueryResultsFormat::Xml)?, out)
        }
        (ResultsFormat::Table | ResultsFormat::Markdown, CitationStyle::Footnotes) => {
            notes::footnotes(results, format == ResultsFormat::Markdown, reading, text, out)
        }
        (ResultsFormat::Table | ResultsFormat::Markdown, CitationStyle::Columns) => {
            write_results(with_columns(results, "\n"), format, reading, out)
        }
        (ResultsFormat::Standard(_), _) => write_results(with_columns(results, " | "), format, reading, out),
    }
}

/// The triples of a cited graph with those of the statements that they rest on: their nodes and their evidence.
pub fn cited_triples(results: &CitationReport, names: &Namespaces) -> Vec<Triple> {
    let mut all = match &results.results {
        CitedQueryResults::Graph(triples) => triples.iter().map(|(triple, _)| triple.clone()).collect(),
        CitedQueryResults::Solutions { .. } | CitedQueryResults::Boolean(..) => Vec::new(),
    };
    for statement in results.statements.values() {
        triples::write_statement(statement, names, &mut |triple| all.push(triple.into_owned()));
    }
    all
}

/// The answer as other readers know it.
fn plain(results: &CitationReport, format: QueryResultsFormat) -> Result<String, ResultsError> {
    let mut written = Vec::new();
    match &results.results {
        CitedQueryResults::Boolean(answer, _) => write_boolean(*answer, ResultsFormat::Standard(format), &mut written)?,
        CitedQueryResults::Solutions { .. } => standard(with_more(results, &[], |_| Vec::new()), format, &mut written)?,
        CitedQueryResults::Graph(_) => {}
    }
    Ok(String::from_utf8(written).map_err(io::Error::other)?)
}

/// The rows with one more column for each of the names, filled from the citations.
fn with_more(
    results: &CitationReport,
    names: &[&str],
    fill: impl Fn(&Citation) -> Vec<String>,
) -> QuerySolutionIter<'static> {
    let boolean = [Variable::new_unchecked("answer")];
    let mut rows: Vec<(Vec<Option<Term>>, &Citation)> = Vec::new();
    let shown: &[Variable] = match &results.results {
        CitedQueryResults::Solutions { variables, rows: cited } => {
            rows.extend(cited.iter().map(|(row, citation)| (row.values().to_vec(), citation)));
            variables
        }
        CitedQueryResults::Boolean(answer, citation) => {
            rows.push((vec![Some(Literal::from(*answer).into())], citation));
            &boolean
        }
        CitedQueryResults::Graph(_) => &[],
    };
    let mut variables = shown.to_vec();
    for name in names {
        let mut name = (*name).to_owned();
        while variables.iter().any(|variable| variable.as_str() == name) {
            name.push('_');
        }
        variables.push(Variable::new_unchecked(name));
    }
    let variables: Arc<[Variable]> = variables.into();
    let row = |(mut values, citation): (Vec<Option<Term>>, &Citation)| {
        values.resize(shown.len(), None);
        let text = |cell: String| (!cell.is_empty()).then(|| Literal::new_simple_literal(cell).into());
        values.extend(fill(citation).into_iter().map(text));
        Ok(QuerySolution::from((Arc::clone(&variables), values)))
    };
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    QuerySolutionIter::new(variables, rows)
}

fn with_columns(results: &CitationReport, separator: &str) -> QuerySolutionIter<'static> {
    with_more(results, &["statements", "quotes"], |citation| {
        vec![ids(citation), quotes(results, citation).join(separator)]
    })
}

fn ids(citation: &Citation) -> String {
    citation.statements.iter().map(StatementId::as_str).collect::<Vec<_>>().join(" ")
}

fn quotes(results: &CitationReport, citation: &Citation) -> Vec<String> {
    let mut quotes: Vec<String> = Vec::new();
    for statement in citation.statements.iter().filter_map(|id| results.statements.get(id)) {
        for evidence in &statement.evidence {
            let words = quoted(evidence);
            if !quotes.contains(&words) {
                quotes.push(words);
            }
        }
    }
    quotes
}

/// The words of evidence and where they lie, or the note of background.
fn quoted(evidence: &Evidence) -> String {
    let disputes = if evidence.stance == Stance::Disputes { "disputed: " } else { "" };
    match (&evidence.quote, &evidence.note) {
        (Some(quote), _) => format!("{disputes}“{quote}” {}", evidence_location(evidence)),
        (None, Some(note)) => format!("{disputes}{note} ({})", evidence_location(evidence)),
        (None, None) => format!("{disputes}{}", evidence_location(evidence)),
    }
}
