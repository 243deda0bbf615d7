//! Golden tests as JSON.

use super::{Entry, GoldenReport};
use crate::output::{JsonLayout, RecordWriter, write_document};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes golden tests as a JSON document with counts, or as JSON Lines with a record for each test, each unused file and
/// each error of the dataset.
///
/// # Errors
///
/// Returns an error if the output cannot be written.
pub fn golden_json(report: &GoldenReport, layout: JsonLayout, out: &mut impl Write) -> io::Result<()> {
    if layout == JsonLayout::Document {
        let [passed, failed, missing, unused] = report.counts();
        let tests: Vec<Value> = report.entries().map(|entry| record(&entry)).collect();
        let json = json!({ "passed": passed, "failed": failed, "missing": missing, "unused": unused, "tests": tests });
        return write_document(&json, out);
    }
    let mut records = RecordWriter::new(layout, out);
    report.entries().try_for_each(|entry| records.write(&record(&entry)))?;
    records.finish()
}

fn record(entry: &Entry<'_>) -> Value {
    let mut record = json!({
        "name": entry.name, "query": entry.query, "file": entry.file, "outcome": entry.outcome, "message": entry.problem,
    });
    if let Some(mismatch) = entry.mismatch {
        record["removed"] = json!({ "rows": mismatch.missing, "omitted": mismatch.omitted.0 });
        record["added"] = json!({ "rows": mismatch.unexpected, "omitted": mismatch.omitted.1 });
        record["changes"] = json!(mismatch.changes);
    }
    record
}
