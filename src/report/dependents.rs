//! The inferences that depend on statements.

use crate::model::{Kind, Statement, StatementId};
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;

/// The inferences with a recorded derivation from statements, directly or through other inferences and entailments, sorted by id. The
/// entailments are omitted.
pub(super) fn dependents(store: &Store, ids: Vec<StatementId>) -> Result<Vec<Statement>, StoreError> {
    let mut found: BTreeMap<StatementId, Statement> = BTreeMap::new();
    let mut stack = ids;
    while let Some(id) = stack.pop() {
        for inference in store.inferences_from(&id)? {
            if !found.contains_key(&inference.id) {
                stack.push(inference.id.clone());
                found.insert(inference.id.clone(), inference);
            }
        }
    }
    Ok(found.into_values().filter(|statement| !matches!(statement.kind, Kind::Entailment(_))).collect())
}
