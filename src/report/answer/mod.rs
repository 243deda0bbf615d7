//! The answers of queries as values, and what tells two of them apart.
//!
//! Rows are compared as a bag, or in order where the query orders them; numbers by what they are worth; blank nodes, in rows
//! and in graphs, by what is said of them and not by their labels.
//!
//! Invariant: comparing takes time in proportion to the size of the answers; where blank nodes look alike, times a bound on
//! what is tried to tell them apart.

mod blank;
mod difference;
mod order;
#[cfg(test)]
mod tests;
mod value;

pub use difference::{Difference, difference};

pub(super) use value::{by_value, is_number, number};

use crate::query::{QueryTemplate, TestCase};
use crate::store::{Labels, Store, StoreError};
use order::Keyed;
use oxigraph::model::{Term, Triple, Variable};
use oxigraph::sparql::QueryResults;
use spargebra::Query;

/// One row of an answer: a term for each variable, where it is bound.
pub type Row = Vec<Option<Term>>;

/// A triple as a row of three cells.
pub(super) fn row_of(triple: &Triple) -> Row {
    let Triple { subject, predicate, object } = triple;
    vec![Some(subject.clone().into()), Some(predicate.clone().into()), Some(object.clone())]
}

/// The answer to a query, drawn to its end.
///
/// ```
/// use factloom::query;
/// use factloom::report::{Answer, difference};
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let ask = |text: &str| query::parse(text, store.names());
/// let one = Answer::of(&store, &ask("SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills }")?)?;
/// let other = Answer::of(&store, &ask("SELECT ?who { VALUES ?who { e:soviet-union e:russia } }")?)?;
/// assert!(difference(&one, &other).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// That of an ASK query.
    Boolean(bool),
    /// Those of a SELECT query.
    Rows(Rows),
    /// That of a CONSTRUCT or DESCRIBE query: sorted by their N-Triples, each once.
    Graph(Vec<Triple>),
}

/// The rows of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The columns.
    pub variables: Vec<Variable>,
    /// The rows, in the order in which they came.
    pub rows: Vec<Row>,
    /// Where the order is part of the answer, the place of each row in it. Rows of one place may come in any order.
    pub places: Option<Vec<usize>>,
}

impl Answer {
    /// Asks a store, and draws the answer to its end.
    ///
    /// Where the query orders its rows, their sort keys are asked along, so that rows with equal keys are known to come in any
    /// order; under DISTINCT that cannot be done for keys that are not columns, and each row then has a place of its own. Which of
    /// the rows that tie a LIMIT cuts off is left to the store, and always the same for one graph.
    ///
    /// # Errors
    ///
    /// Where the query cannot be evaluated.
    pub fn of(store: &Store, query: &Query) -> Result<Self, StoreError> {
        let keyed = Keyed::of(query);
        let asked = keyed.as_ref().and_then(|keyed| keyed.query.as_ref()).unwrap_or(query);
        match store.query(asked)? {
            QueryResults::Boolean(answer) => Ok(Self::Boolean(answer)),
            QueryResults::Graph(triples) => {
                let mut triples = triples.collect::<Result<Vec<_>, _>>()?;
                triples.sort_by_cached_key(ToString::to_string);
                triples.dedup();
                Ok(Self::Graph(triples))
            }
            QueryResults::Solutions(solutions) => {
                let variables = solutions.variables().to_vec();
                let mut rows = Vec::new();
                for solution in solutions {
                    rows.push(solution?.values().to_vec());
                }
                let rows = Rows { variables, rows, places: None };
                Ok(Self::Rows(match keyed {
                    Some(keyed) => keyed.placed(rows),
                    None => rows,
                }))
            }
        }
    }

    /// The answer of a stored query with the values of one of its cases, and the query that was asked.
    ///
    /// # Errors
    ///
    /// Why it cannot be asked or answered, for people.
    pub(super) fn of_case(
        store: &Store,
        stored: &QueryTemplate,
        case: &TestCase,
        labels: &Labels<'_>,
    ) -> Result<(Query, Self), String> {
        let asked = stored.bind(&case.values, labels).map_err(|error| error.to_string())?;
        let answer = Self::of(store, &asked).map_err(|error| error.to_string())?;
        Ok((asked, answer))
    }

    /// How many rows or triples there are; none in true and false.
    pub fn len(&self) -> usize {
        match self {
            Self::Boolean(_) => 0,
            Self::Rows(rows) => rows.rows.len(),
            Self::Graph(triples) => triples.len(),
        }
    }

    /// Whether there is no row and no triple.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
