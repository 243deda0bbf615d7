//! The impact of removing a statement: the inferences that depend on it, and the stored queries whose results would change.

mod json;
mod text;

pub use json::impact_json;
pub use text::impact_text;

use super::dependents::dependents;
use super::diff::{QueryChange, QueryChangeKind, query_changes};
use crate::model::{Kind, Statement, StatementId};
use crate::rules::without_statements;
use crate::store::{Store, StoreError};
use serde::Serialize;

/// The changes to a graph if a statement were removed.
#[derive(Clone, Debug)]
pub struct RemovalImpact {
    /// The statement.
    pub statement: Statement,
    /// Whether the graph would still contain its triple, from another fact or as an inference.
    pub still_holds: bool,
    /// The inferences with a recorded derivation from it, sorted by id.
    pub dependents: Vec<DependentInference>,
    /// The inferences that would be added, from rules with negation; sorted by id.
    pub gained: Vec<Statement>,
    /// The stored queries whose results would change, sorted by name.
    pub queries: Vec<ChangedQuery>,
}

/// An inference that depends on a statement.
#[derive(Clone, Debug)]
pub struct DependentInference {
    /// The inference.
    pub statement: Statement,
    /// Whether it would still have another derivation.
    pub still_derived: bool,
}

/// A stored query whose results would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedQuery {
    /// `QUERY` or `QUERY.CASE`.
    pub name: String,
    /// A short description: `2 rows removed, 1 added`.
    pub summary: String,
    /// The number of rows that would be removed.
    pub removed: usize,
    /// The number of rows that would be added.
    pub added: usize,
}

/// The impact of removing a statement; `None` if there is no statement with the id.
///
/// Builds the graph again and runs all stored queries on both graphs, in parallel. Queries that fail are ignored.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the rules cannot be applied.
///
/// ```
/// use factloom::model::StatementId;
/// use factloom::report::impact;
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let id = StatementId::new("russia-continues-soviet-union")?;
/// let impact = impact(&store, &id)?.unwrap();
/// assert!(!impact.dependents.is_empty() && !impact.queries.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn impact(store: &Store, id: &StatementId) -> Result<Option<RemovalImpact>, StoreError> {
    let Some(statement) = store.statement(id)? else { return Ok(None) };
    // If several facts state the triple, derivations record the first of them.
    let mut ids = vec![statement.id.clone()];
    ids.extend(store.find_assertion(&statement.triple)?.filter(|_| statement.is_asserted()));
    let without = without_statements(store, std::slice::from_ref(id))?;
    let mut inferences = Vec::new();
    for statement in dependents(store, ids)? {
        let still_derived = without.contains(statement.triple.as_ref())?;
        inferences.push(DependentInference { statement, still_derived });
    }
    let mut gained = Vec::new();
    for statement in without.statements() {
        let statement = statement?;
        let is_entailment = matches!(statement.kind, Kind::Entailment(_));
        if !is_entailment && store.statement(&statement.id)?.is_none() && !store.contains(statement.triple.as_ref())? {
            gained.push(statement);
        }
    }
    let (changes, _) = query_changes(store, &without)?;
    let queries = changes.into_iter().filter_map(ChangedQuery::new).collect();
    let still_holds = statement.is_asserted() && without.contains(statement.triple.as_ref())?;
    Ok(Some(RemovalImpact { statement, still_holds, dependents: inferences, gained, queries }))
}

impl ChangedQuery {
    fn new(change: QueryChange) -> Option<Self> {
        let QueryChangeKind::Results(results) = change.kind else { return None };
        let name = match change.case {
            Some(case) => format!("{}.{case}", change.name),
            None => change.name,
        };
        let (removed, added) = (results.removed.rows.len(), results.added.rows.len());
        Some(Self { name, summary: results.summary, removed, added })
    }
}
