//! Results of a search, as JSON.

use super::{Correction, Found, SearchHit};
use crate::model::StatementId;
use crate::output::{JsonLayout, OutputError, write_records};
use crate::store::Store;
use serde_json::{Value, json};
use std::io::Write;

/// Writes the results of a search as JSON objects.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn search_json(
    hits: &[SearchHit],
    store: &Store,
    layout: JsonLayout,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let namespaces = store.namespaces();
    let record = |SearchHit { found, field, text, corrections }: &SearchHit| -> Value {
        let named = |kind: &str, iri| json!({ "kind": kind, "iri": iri, "field": field.as_str(), "text": text });
        let mut record = match found {
            Found::Entity(iri) => named("entity", iri.as_str()),
            Found::Term(iri) => named("vocabulary", iri.as_str()),
            Found::Source(id) => named("source", namespaces.source(id).as_str()),
            Found::Statements(ids) => {
                let ids: Vec<&str> = ids.iter().map(StatementId::as_str).collect();
                json!({ "kind": "evidence", "statements": ids, "field": field.as_str(), "text": text })
            }
        };
        if !corrections.is_empty() {
            let correction =
                |Correction { word, replacement }: &Correction| json!({ "word": word, "replacement": replacement });
            record["corrections"] = corrections.iter().map(correction).collect();
        }
        record
    };
    write_records(hits.iter().map(|hit| Ok::<_, OutputError>(record(hit))), layout, out)
}
