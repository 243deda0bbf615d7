//! The inferences that depend on statements.

use crate::model::{Statement, StatementId};
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;

/// The inferences with a recorded derivation from statements, directly or through other inferences, sorted by id.
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
    Ok(found.into_values().collect())
}
