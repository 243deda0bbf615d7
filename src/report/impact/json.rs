//! The impact of removing a statement, as JSON.

use super::RemovalImpact;
use crate::output::{OutputError, StatementText, statement_json, write_document};
use crate::store::StoreError;
use serde_json::{Value, json};
use std::io::Write;

/// Writes the impact of removing a statement as a JSON object.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn impact_json(impact: &RemovalImpact, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let dependents = impact.dependents.iter().map(|dependent| -> Result<Value, StoreError> {
        let statement = statement_json(&dependent.statement, text)?;
        Ok(json!({ "statement": statement, "stillDerived": dependent.still_derived }))
    });
    let gained = impact.gained.iter().map(|inference| statement_json(inference, text));
    let json = json!({
        "without": statement_json(&impact.statement, text)?,
        "stillHolds": impact.still_holds,
        "dependents": dependents.collect::<Result<Vec<_>, _>>()?,
        "gained": gained.collect::<Result<Vec<_>, _>>()?,
        "queries": impact.queries,
    });
    Ok(write_document(&json, out)?)
}
