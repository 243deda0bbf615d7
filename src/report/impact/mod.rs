//! What a impact costs: all that rests on a statement, and whose answers would change without it.

mod write;

pub use write::{impact_json, impact_text};

use super::diff::{QueryChange, QueryChangeKind, query_changes};
use crate::model::{Statement, StatementId};
use crate::rules::without_statements;
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;

/// What a graph would lose and gain without a statement.
#[derive(Clone, Debug)]
pub struct RemovalImpact {
    /// The statement.
    pub statement: Statement,
    /// Whether the graph would say so all the same: another fact states it, or it follows.
    pub still_stated: bool,
    /// The inferences whose recorded derivation leads back to it, sorted by id.
    pub resting: Vec<DependentInference>,
    /// Inferences that would be new, since rules ask that something is not there; sorted by id.
    pub gained: Vec<Statement>,
    /// The stored queries whose answers would change, sorted by name.
    pub queries: Vec<ChangedQuery>,
}

/// An inference that rests on a statement.
#[derive(Clone, Debug)]
pub struct DependentInference {
    /// The inference.
    pub statement: Statement,
    /// Whether it would still follow, in another way.
    pub still_follows: bool,
}

/// A stored query whose answer would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedQuery {
    /// The query's name, and that of its case behind a dot where it has one.
    pub name: String,
    /// How many of its rows, or triples, would be gone.
    pub gone: usize,
    /// How many would be new.
    pub new: usize,
}

/// Finds out what a graph would be without a statement; `None` where there is none with the id.
///
/// Builds the graph once more and asks all stored queries twice, in parallel. A query that fails is passed over.
///
/// # Errors
///
/// Where the store fails.
///
/// ```
/// use factloom::model::StatementId;
/// use factloom::report::impact;
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let id = StatementId::new("russia-continues-soviet-union")?;
/// let impact = impact(&store, &id)?.unwrap();
/// assert!(!impact.resting.is_empty() && !impact.queries.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn impact(store: &Store, id: &StatementId) -> Result<Option<RemovalImpact>, StoreError> {
    let Some(statement) = store.statement(id)? else { return Ok(None) };
    let mut resting: BTreeMap<StatementId, Statement> = BTreeMap::new();
    let mut open = vec![statement.id.clone()];
    // A premise that several facts state is cited by the first of them, and rests on each.
    open.extend(store.find_assertion(&statement.triple)?.filter(|_| statement.is_asserted()));
    while let Some(premise) = open.pop() {
        for inference in store.inferences_from(&premise)? {
            if !resting.contains_key(&inference.id) {
                open.push(inference.id.clone());
                resting.insert(inference.id.clone(), inference);
            }
        }
    }
    let less = without_statements(store, std::slice::from_ref(id))?;
    let is_lost = |statement: &Statement| Ok::<_, StoreError>(!less.contains(statement.triple.as_ref())?);
    let resting = resting.into_values().map(|statement| {
        let still_follows = !is_lost(&statement)?;
        Ok(DependentInference { statement, still_follows })
    });
    let resting = resting.collect::<Result<_, StoreError>>()?;
    let mut gained = Vec::new();
    for statement in less.statements() {
        let statement = statement?;
        if store.statement(&statement.id)?.is_none() && !store.contains(statement.triple.as_ref())? {
            gained.push(statement);
        }
    }
    let (changes, _) = query_changes(store, &less);
    let queries = changes.into_iter().filter_map(ChangedQuery::of).collect();
    let still_stated = statement.is_asserted() && !is_lost(&statement)?;
    Ok(Some(RemovalImpact { statement, still_stated, resting, gained, queries }))
}

impl ChangedQuery {
    fn of(change: QueryChange) -> Option<Self> {
        let QueryChangeKind::Answer(answer) = change.kind else { return None };
        let name = match change.case {
            Some(case) => format!("{}.{case}", change.name),
            None => change.name,
        };
        Some(Self { name, gone: answer.lost.rows.len(), new: answer.gained.rows.len() })
    }
}
