//! Results that are not as expected: the rows that differ, and the statements that support them.

use super::file::{row_text, without_datatypes};
use crate::model::Statement;
use crate::output::{OutputError, StatementText};
use crate::query::{Citation, CitedQueryResults, cite, with_limit};
use crate::report::results::{ResultSet, Row, triple_row};
use crate::store::{Labels, Store};
use oxigraph::model::{Literal, Term};
use serde::Serialize;
use spargebra::Query;
use std::collections::{BTreeSet, HashMap};

/// The maximum number of rows of each kind, and of statements for each row.
const MAX_SHOWN: usize = 20;

/// Results that are not as expected.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// A short description: `2 rows removed, 1 added`.
    pub summary: String,
    /// The first rows that are missing.
    pub missing: Vec<String>,
    /// The first rows that were not expected.
    pub unexpected: Vec<UnexpectedRow>,
    /// The number of further rows that are missing, and of those that were not expected.
    pub omitted: (usize, usize),
    /// The IRIs and strings in all these rows.
    pub mentions: BTreeSet<String>,
    /// The actual results.
    pub results: ResultSet,
    /// The changes of the dataset since the golden file was written, as lines of text. The caller adds them.
    pub changes: Vec<String>,
}

/// A row that was not expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnexpectedRow {
    /// The row as text.
    pub row: String,
    /// The statements that support it.
    pub statements: Vec<CitedStatement>,
}

/// A statement that supports a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CitedStatement {
    /// The statement as a sentence, with its kind and id.
    pub statement: String,
    /// Its quotes with their locations, and its notes.
    pub evidence: Vec<String>,
}

/// A query and its results.
pub(super) struct QueryRun<'a> {
    pub(super) store: &'a Store,
    pub(super) labels: &'a Labels<'a>,
    pub(super) query: &'a Query,
    pub(super) results: &'a ResultSet,
}

impl QueryRun<'_> {
    /// Describes a mismatch: expected rows that are missing, and the indexes of rows that were not expected. Without
    /// `is_typed`, rows are shown as in CSV.
    pub(super) fn mismatch(
        &self,
        summary: String,
        missing: &[&Row],
        unexpected: &[usize],
        is_typed: bool,
    ) -> Result<Mismatch, OutputError> {
        let (namespaces, rows) = (self.store.namespaces(), &self.results.rows);
        let mut mentions = BTreeSet::new();
        for row in missing.iter().copied().chain(unexpected.iter().map(|&index| &rows[index])) {
            row.iter().flatten().for_each(|term| add_mentions(term, &mut mentions));
        }
        let omitted = (missing.len().saturating_sub(MAX_SHOWN), unexpected.len().saturating_sub(MAX_SHOWN));
        let missing = missing.iter().take(MAX_SHOWN).map(|row| row_text(row, namespaces, is_typed)).collect();
        let text = StatementText::new(self.store, self.labels);
        let shown: Vec<&Row> = unexpected.iter().take(MAX_SHOWN).map(|&index| &rows[index]).collect();
        let last = unexpected.iter().take(MAX_SHOWN).max().copied();
        let mut unexpected = Vec::new();
        for (row, statements) in shown.iter().zip(self.supporting_statements(&shown, last)?) {
            let row = if is_typed { (*row).clone() } else { without_datatypes((*row).clone()) };
            let statements = statements.iter().take(MAX_SHOWN).map(|statement| cited_statement(statement, &text));
            let statements = statements.collect::<Result<_, _>>()?;
            unexpected.push(UnexpectedRow { row: row_text(&row, namespaces, is_typed), statements });
        }
        let results = self.results.clone();
        Ok(Mismatch { summary, missing, unexpected, omitted, mentions, results, changes: Vec::new() })
    }

    /// The statements that support each of some rows, which are found by their values when the query is run again: rows with
    /// other values each time have none. `last` is the index of the last of the rows.
    fn supporting_statements(&self, rows: &[&Row], last: Option<usize>) -> Result<Vec<Vec<Statement>>, OutputError> {
        let Some(last) = last else { return Ok(Vec::new()) };
        // There may be millions of rows after the last.
        let report = cite(self.store, &with_limit(self.query.clone(), last + 1))?;
        let cited: Vec<(Row, &Citation)> = match &report.results {
            CitedQueryResults::Boolean(result, citation) => {
                vec![(vec![Some(Literal::from(*result).into())], citation)]
            }
            CitedQueryResults::Solutions { rows, .. } => {
                rows.iter().map(|(row, citation)| (row.values().to_vec(), citation)).collect()
            }
            CitedQueryResults::Graph(triples) => {
                triples.iter().map(|(triple, citation)| (triple_row(triple.clone()), citation)).collect()
            }
        };
        let key = |row: &Row| format!("{row:?}");
        let mut citations: HashMap<String, Vec<&Citation>> = HashMap::new();
        for (row, citation) in cited.iter().rev() {
            citations.entry(key(row)).or_default().push(citation);
        }
        let statements = rows.iter().map(|row| {
            let citation = citations.get_mut(&key(row)).and_then(Vec::pop);
            let ids = citation.map_or(&[][..], |citation| &citation.statements);
            ids.iter().filter_map(|id| report.statements.get(id).cloned()).collect()
        });
        Ok(statements.collect())
    }
}

fn cited_statement(statement: &Statement, text: &StatementText<'_>) -> Result<CitedStatement, OutputError> {
    let mut evidence = Vec::new();
    for one in &statement.evidence {
        evidence.extend(text.evidence(one)?.iter().map(ToString::to_string));
    }
    let sentence = text.sentence(&statement.triple)?;
    Ok(CitedStatement { statement: format!("{sentence} ({}, {})", text.kind(statement)?, statement.id), evidence })
}

/// Adds the IRIs and strings of a term.
fn add_mentions(term: &Term, mentions: &mut BTreeSet<String>) {
    match term {
        Term::NamedNode(iri) => drop(mentions.insert(iri.as_str().to_owned())),
        Term::Literal(literal) => drop(mentions.insert(literal.value().to_owned())),
        Term::BlankNode(_) => {}
        Term::Triple(triple) => {
            add_mentions(&triple.subject.clone().into(), mentions);
            add_mentions(&triple.object, mentions);
        }
    }
}
