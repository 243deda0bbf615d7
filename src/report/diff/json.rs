//! A diff as JSON.

use super::{
    ChangeKind, ComparedGraph, Comparison, DiagramChange, Diff, QueryChange, QueryChangeKind, ResourceChange, RowSet,
    RuleChange, StatementChange,
};
use crate::model::Statement;
use crate::output::{JsonLayout, OutputError, RecordWriter, statement_json, triple_json};
use crate::report::Row;
use crate::store::StoreError;
use oxigraph::model::Triple;
use serde_json::{Value, json};
use std::io::Write;

/// Writes a diff as a JSON object, or as JSON Lines with a record for each change.
///
/// # Errors
///
/// Returns an error if a store cannot be read or the output cannot be written.
pub fn diff_json(
    diff: &Diff,
    comparison: &Comparison<'_>,
    layout: JsonLayout,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    if layout == JsonLayout::Document {
        let (before, after) = (json!(comparison.before.name), json!(comparison.after.name));
        let skipped = json!(diff.skipped_queries);
        writeln!(out, "{{\"before\":{before},\"after\":{after},\"differs\":{},", !diff.is_empty())?;
        write!(out, "\"skippedQueries\":{skipped},\n\"changes\":")?;
    }
    let mut records = RecordWriter::new(layout, &mut *out);
    let Diff { statements, resources, rules, queries, skipped_queries: _, diagrams } = diff;
    for (kind, changes) in [("statement", &statements.curated), ("inference", &statements.inferences)] {
        for change in changes {
            records.write(&record(kind, change.kind(), statement_members(change, comparison)?))?;
        }
    }
    for ResourceChange { kind, iri, change, removed, added } in resources {
        let triples = |triples: &[Triple]| triples.iter().map(triple_json).collect::<Vec<_>>();
        let members = json!({ "iri": iri.as_str(), "removed": triples(removed), "added": triples(added) });
        records.write(&record(kind.as_str(), *change, members))?;
    }
    for RuleChange { name, change } in rules {
        records.write(&record("rule", *change, json!({ "name": name })))?;
    }
    for change in queries {
        records.write(&record("query", change.kind(), query_members(change)))?;
    }
    for DiagramChange { name, nodes, edges, decoration } in diagrams {
        let members = json!({ "name": name, "nodes": nodes, "edges": edges, "decoration": decoration });
        records.write(&record("diagram", ChangeKind::Changed, members))?;
    }
    records.finish()?;
    if layout == JsonLayout::Document {
        writeln!(out, "}}")?;
    }
    Ok(())
}

/// A record with its kind, such as `statement` or `entity`.
fn record(kind: &str, change: ChangeKind, mut members: Value) -> Value {
    members["type"] = kind.into();
    members["change"] = json!(change);
    members
}

fn statement_members(change: &StatementChange, comparison: &Comparison<'_>) -> Result<Value, StoreError> {
    let version = |statement: &Option<Statement>, graph: &ComparedGraph<'_>| {
        statement.as_ref().map(|statement| statement_json(statement, graph.text)).transpose()
    };
    let before = version(&change.before, &comparison.before)?;
    let after = version(&change.after, &comparison.after)?;
    Ok(json!({ "fields": change.fields, "before": before, "after": after }))
}

fn query_members(QueryChange { name, case, kind }: &QueryChange) -> Value {
    let rows = |set: &RowSet| {
        let cells = |row: &Row| row.iter().map(|term| term.as_ref().map(ToString::to_string)).collect();
        json!({ "columns": set.columns, "rows": set.rows.iter().map(cells).collect::<Vec<Vec<Option<String>>>>() })
    };
    let mut json = json!({ "name": name, "case": case });
    match kind {
        QueryChangeKind::Added | QueryChangeKind::Removed => {}
        QueryChangeKind::Text => json["textChanged"] = true.into(),
        QueryChangeKind::NowFails(reason) => json["nowFails"] = json!(reason),
        QueryChangeKind::NoLongerFails(reason) => json["failedBefore"] = json!(reason),
        QueryChangeKind::Results(results) => {
            json["textChanged"] = results.text_changed.into();
            json["summary"] = json!(results.summary);
            json["removed"] = rows(&results.removed);
            json["added"] = rows(&results.added);
        }
    }
    json
}
