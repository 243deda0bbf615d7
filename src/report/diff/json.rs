//! A diff as JSON.

use super::{
    ChangeKind, ComparedGraph, Comparison, DiagramChange, Diff, QueryChange, QueryChangeKind, ResourceChange, RowSet,
    RuleChange, StatementChange,
};
use crate::model::Statement;
use crate::output::{JsonLayout, JsonStatement, OutputError, RecordWriter, statement_json, triple_json};
use crate::report::Row;
use crate::store::StoreError;
use oxigraph::model::Triple;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;

#[derive(Serialize)]
struct Record<'a> {
    /// The kind of item, such as `statement` or `entity`.
    r#type: &'a str,
    change: ChangeKind,
    #[serde(flatten)]
    members: Value,
}

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
    for (r#type, changes) in [("statement", &statements.curated), ("inference", &statements.inferences)] {
        for change in changes {
            records.write(&statement_record(r#type, change, comparison)?)?;
        }
    }
    for ResourceChange { kind, iri, change, removed, added } in resources {
        let triples = |triples: &[Triple]| triples.iter().map(triple_json).collect::<Vec<_>>();
        let members = json!({ "iri": iri.as_str(), "removed": triples(removed), "added": triples(added) });
        records.write(&Record { r#type: kind.as_str(), change: *change, members })?;
    }
    for RuleChange { name, change } in rules {
        records.write(&Record { r#type: "rule", change: *change, members: json!({ "name": name }) })?;
    }
    for change in queries {
        records.write(&Record { r#type: "query", change: change.kind(), members: query_members(change) })?;
    }
    for DiagramChange { name, nodes, edges, decoration } in diagrams {
        let members = json!({ "name": name, "nodes": nodes, "edges": edges, "decoration": decoration });
        records.write(&Record { r#type: "diagram", change: ChangeKind::Changed, members })?;
    }
    records.finish()?;
    if layout == JsonLayout::Document {
        writeln!(out, "}}")?;
    }
    Ok(())
}

fn statement_record<'a>(
    r#type: &'a str,
    change: &StatementChange,
    comparison: &Comparison<'_>,
) -> Result<Record<'a>, StoreError> {
    fn version<'s>(
        statement: Option<&'s Statement>,
        graph: &ComparedGraph<'_>,
    ) -> Result<Option<JsonStatement<'s>>, StoreError> {
        statement.map(|statement| statement_json(statement, graph.text)).transpose()
    }
    let before = version(change.before.as_ref(), &comparison.before)?;
    let after = version(change.after.as_ref(), &comparison.after)?;
    let members = json!({ "fields": change.fields, "before": before, "after": after });
    Ok(Record { r#type, change: change.kind(), members })
}

fn query_members(QueryChange { name, case, kind }: &QueryChange) -> Value {
    let rows = |set: &RowSet| {
        let cells = |row: &Row| row.iter().map(|term| term.as_ref().map(ToString::to_string)).collect();
        json!({ "columns": set.columns, "rows": set.rows.iter().map(cells).collect::<Vec<Vec<Option<String>>>>() })
    };
    match kind {
        QueryChangeKind::Added | QueryChangeKind::Removed => json!({ "name": name, "case": case }),
        QueryChangeKind::Text => json!({ "name": name, "case": case, "textChanged": true }),
        QueryChangeKind::NowFails(reason) => json!({ "name": name, "case": case, "nowFails": reason }),
        QueryChangeKind::NoLongerFails(reason) => json!({ "name": name, "case": case, "failedBefore": reason }),
        QueryChangeKind::Results(results) => json!({
            "name": name,
            "case": case,
            "textChanged": results.text_changed,
            "summary": results.summary,
            "removed": rows(&results.removed),
            "added": rows(&results.added),
        }),
    }
}
