//! Conflicts as JSON.

use super::SourceConflict;
use super::view::{heading, label};
use crate::output::{JsonLayout, OutputError, StatementText, statement_json, write_records};
use crate::store::StoreError;
use oxigraph::model::NamedNode;
use serde_json::{Value, json};
use std::io::Write;

/// Writes conflicts as JSON objects. Statements have the form of
/// [`statements_json`](crate::output::statements_json).
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn conflicts_json(
    conflicts: &[SourceConflict],
    text: &StatementText<'_>,
    layout: JsonLayout,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let records = conflicts.iter().map(|conflict| -> Result<Value, StoreError> {
        let mut sides = Vec::with_capacity(conflict.sides.len());
        for (number, side) in conflict.sides.iter().enumerate() {
            let statements = side.statements.iter().map(|statement| statement_json(statement, text));
            let inferred = side.inferred.iter().map(|inference| -> Result<Value, StoreError> {
                Ok(json!({ "id": inference.id.as_str(), "sentence": text.sentence(&inference.triple)? }))
            });
            sides.push(json!({
                "value": side.value.as_ref().map(ToString::to_string),
                "label": label(conflict.kind, number, side, text)?,
                "sources": side.sources,
                "statements": statements.collect::<Result<Vec<_>, _>>()?,
                "inferred": inferred.collect::<Result<Vec<_>, _>>()?,
            }));
        }
        Ok(json!({
            "kind": conflict.kind.as_str(),
            "heading": heading(conflict, text)?,
            "predicate": conflict.predicate.as_ref().map(NamedNode::as_str),
            "sides": sides,
        }))
    });
    write_records(records, layout, out)
}
