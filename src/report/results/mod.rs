//! The results of queries as values, and how two of them differ.
//!
//! Rows are compared as a multiset, or in order if the query has ORDER BY. Numbers are compared by value; blank nodes by the
//! rows that they occur in, not by their labels.
//!
//! Invariant: comparing takes time linear in the number of rows, times a bound on the attempts to distinguish blank nodes.

mod blank_nodes;
mod difference;
mod numbers;
mod order;
#[cfg(test)]
mod tests;

pub use difference::{Difference, difference};
pub(crate) use numbers::canonical_number;
pub(super) use numbers::is_number;

use crate::model::on_stack_for;
use crate::query::{ParameterError, QueryTemplate, TestCase};
use crate::store::{Labels, Store, StoreError};
use order::SortKeys;
use oxigraph::model::{Literal, Term, Triple, Variable};
use oxigraph::sparql::QueryResults;
use spargebra::Query;

/// The values of a row, in the order of the columns.
pub type Row = Vec<Option<Term>>;

/// All results of a query.
///
/// ```
/// use factloom::query;
/// use factloom::report::{ResultSet, difference};
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let run = |text: &str| ResultSet::collect(&store, &query::parse(text, store.namespaces()).unwrap());
/// let one = run("SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills }")?;
/// let other = run("SELECT ?who { VALUES ?who { e:soviet-union e:russia } }")?;
/// assert!(difference(&one, &other).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ResultSet {
    /// The kind of query.
    pub kind: ResultKind,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The rank of each row if the query has ORDER BY. Rows with equal rank may come in any order.
    pub ranks: Option<Vec<usize>>,
}

/// The kind of a query's results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// The result of an ASK query: one row with one boolean.
    Boolean,
    /// The rows of a SELECT query.
    Rows,
    /// The triples of a CONSTRUCT or DESCRIBE query: a row of three columns for each, sorted by their N-Triples.
    Graph,
}

impl ResultSet {
    /// Runs a query.
    ///
    /// If the query has ORDER BY, its sort keys become additional columns, so that rows with equal keys get equal ranks. This is
    /// not possible under DISTINCT for keys that are not columns; each row then has its own rank.
    ///
    /// # Errors
    ///
    /// Returns an error if the query cannot be evaluated.
    pub fn collect(store: &Store, query: &Query) -> Result<Self, StoreError> {
        on_stack_for(query, || Self::collect_rows(store, query))
    }

    fn collect_rows(store: &Store, query: &Query) -> Result<Self, StoreError> {
        let keys = SortKeys::of(query);
        let extended = keys.as_ref().and_then(|keys| keys.query.as_ref()).unwrap_or(query);
        match store.query(extended)? {
            QueryResults::Boolean(result) => Ok(Self::boolean(result)),
            QueryResults::Graph(triples) => Ok(Self::graph(triples.collect::<Result<_, _>>()?)),
            QueryResults::Solutions(solutions) => {
                let columns = solutions.variables().iter().cloned().map(Variable::into_string).collect();
                let rows = solutions.map(|solution| solution.map(|solution| solution.values().to_vec()));
                let results =
                    Self { kind: ResultKind::Rows, columns, rows: rows.collect::<Result<_, _>>()?, ranks: None };
                Ok(match keys {
                    Some(keys) => keys.rank(results),
                    None => results,
                })
            }
        }
    }

    /// The results of a stored query with the values of a test case, and the query that was run.
    ///
    /// # Errors
    ///
    /// Returns an error if the query was cancelled or needs too much memory, and a message if it cannot be run.
    pub(super) fn of_case(
        store: &Store,
        stored: &QueryTemplate,
        case: &TestCase,
        labels: &Labels<'_>,
    ) -> Result<Result<(Query, Self), String>, StoreError> {
        let query = match stored.bind(&case.values, labels) {
            Ok(query) => query,
            Err(ParameterError::Store(error)) if error.is_limit() => return Err(error),
            Err(error) => return Ok(Err(error.to_string())),
        };
        match Self::collect(store, &query) {
            Ok(results) => Ok(Ok((query, results))),
            Err(error) if error.is_limit() => Err(error),
            Err(error) => Ok(Err(error.to_string())),
        }
    }

    /// The result of an ASK query.
    pub fn boolean(result: bool) -> Self {
        let rows = vec![vec![Some(Literal::from(result).into())]];
        Self { kind: ResultKind::Boolean, columns: vec!["result".to_owned()], rows, ranks: None }
    }

    /// The results of a CONSTRUCT or DESCRIBE query.
    pub fn graph(mut triples: Vec<Triple>) -> Self {
        triples.sort_by_cached_key(ToString::to_string);
        triples.dedup();
        let columns = ["subject", "predicate", "object"].map(str::to_owned).to_vec();
        let rows = triples.into_iter().map(triple_row).collect();
        Self { kind: ResultKind::Graph, columns, rows, ranks: None }
    }

    /// The result of an ASK query; `None` for other queries.
    pub fn as_boolean(&self) -> Option<bool> {
        let is_true = self.rows.first()?.first()? == &Some(Literal::from(true).into());
        (self.kind == ResultKind::Boolean).then_some(is_true)
    }

    /// A short description: `true`, `2 rows`, `1 triple`.
    pub fn summary(&self) -> String {
        match self.as_boolean() {
            Some(result) => result.to_string(),
            None => self.count(self.rows.len()),
        }
    }

    /// A number of rows or triples.
    fn count(&self, number: usize) -> String {
        let noun = if self.kind == ResultKind::Graph { "triple" } else { "row" };
        format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
    }
}

pub(super) fn triple_row(Triple { subject, predicate, object }: Triple) -> Row {
    vec![Some(subject.into()), Some(predicate.into()), Some(object)]
}
