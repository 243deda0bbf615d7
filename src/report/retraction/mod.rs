//! What a retraction costs: all that rests on a statement, and whose answers would change without it.

mod write;

pub use write::{retraction_json, retraction_text};

use crate::model::{Statement, StatementId};
use crate::query;
use crate::rules::without;
use crate::store::{Store, StoreError};
use oxigraph::sparql::QueryResults;
use std::collections::{BTreeMap, BTreeSet};

/// What a graph would lose and gain without a statement.
#[derive(Clone, Debug)]
pub struct Retraction {
    /// The statement.
    pub statement: Statement,
    /// Whether the graph would say so all the same: another fact states it, or it follows.
    pub still_stated: bool,
    /// The inferences whose recorded derivation leads back to it, sorted by id.
    pub resting: Vec<Resting>,
    /// Inferences that would be new, since rules ask that something is not there; sorted by id.
    pub gained: Vec<Statement>,
    /// The stored queries whose answers would change, sorted by name.
    pub queries: Vec<ChangedAnswer>,
}

/// An inference that rests on a statement.
#[derive(Clone, Debug)]
pub struct Resting {
    /// The inference.
    pub statement: Statement,
    /// Whether it would still follow, in another way.
    pub still_follows: bool,
}

/// A stored query whose answer would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAnswer {
    /// The query's name.
    pub name: String,
    /// How many of its rows, or triples, would be gone.
    pub gone: usize,
    /// How many would be new.
    pub new: usize,
}

/// Finds out what a graph would be without a statement; `None` where there is none with the id.
///
/// Builds the graph once more and asks all stored queries twice. A query that fails is passed over.
///
/// # Errors
///
/// Where the store fails.
///
/// ```
/// use factloom::model::StatementId;
/// use factloom::report::retraction;
///
/// let (_, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let id = StatementId::new("russia-continues-soviet-union")?;
/// let retraction = retraction(&store, &id)?.unwrap();
/// assert!(!retraction.resting.is_empty() && !retraction.queries.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn retraction(store: &Store, id: &StatementId) -> Result<Option<Retraction>, StoreError> {
    let Some(statement) = store.statement(id)? else { return Ok(None) };
    let mut resting: BTreeMap<StatementId, Statement> = BTreeMap::new();
    let mut open = vec![statement.id.clone()];
    // A premise that several facts state is cited by the first of them, and rests on each.
    open.extend(store.asserting(&statement.triple)?.filter(|_| statement.is_asserted()));
    while let Some(premise) = open.pop() {
        for inference in store.inferred_from(&premise)? {
            if !resting.contains_key(&inference.id) {
                open.push(inference.id.clone());
                resting.insert(inference.id.clone(), inference);
            }
        }
    }
    let less = without(store, std::slice::from_ref(id))?;
    let is_lost = |statement: &Statement| Ok::<_, StoreError>(!less.contains(statement.triple.as_ref())?);
    let resting = resting.into_values().map(|statement| {
        let still_follows = !is_lost(&statement)?;
        Ok(Resting { statement, still_follows })
    });
    let resting = resting.collect::<Result<_, StoreError>>()?;
    let mut gained = Vec::new();
    for statement in less.statements() {
        let statement = statement?;
        if store.statement(&statement.id)?.is_none() && !store.contains(statement.triple.as_ref())? {
            gained.push(statement);
        }
    }
    let mut queries = Vec::new();
    for stored in &store.context().queries {
        let Ok(parsed) = query::parse(&stored.text, store.names()) else { continue };
        if let (Ok(before), Ok(after)) = (answer(store, &parsed), answer(&less, &parsed)) {
            let gone = surplus(&before, &after);
            let new = surplus(&after, &before);
            if gone + new > 0 {
                queries.push(ChangedAnswer { name: stored.name.clone(), gone, new });
            }
        }
    }
    let still_stated = statement.is_asserted() && !is_lost(&statement)?;
    Ok(Some(Retraction { statement, still_stated, resting, gained, queries }))
}

/// The rows of an answer, and how often each is there.
fn answer(store: &Store, query: &spargebra::Query) -> Result<BTreeMap<String, usize>, StoreError> {
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    match store.query(query)? {
        QueryResults::Boolean(answer) => *rows.entry(answer.to_string()).or_default() += 1,
        QueryResults::Solutions(solutions) => {
            for solution in solutions {
                let solution = solution?;
                let values = solution.values().iter().map(|value| value.as_ref().map(ToString::to_string));
                *rows.entry(format!("{:?}", values.collect::<Vec<_>>())).or_default() += 1;
            }
        }
        QueryResults::Graph(triples) => {
            let triples = triples.map(|triple| triple.map(|triple| triple.to_string()));
            let set: BTreeSet<String> = triples.collect::<Result<_, _>>()?;
            rows.extend(set.into_iter().map(|triple| (triple, 1)));
        }
    }
    Ok(rows)
}

/// How many rows are in one answer and not in the other.
fn surplus(one: &BTreeMap<String, usize>, other: &BTreeMap<String, usize>) -> usize {
    one.iter().map(|(row, number)| number.saturating_sub(other.get(row).copied().unwrap_or(0))).sum()
}
