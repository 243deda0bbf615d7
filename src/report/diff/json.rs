//! A difference for programs.

use super::{AnswerPart, ChangedStatement, DiagramChange, Diff, FieldChange, QueryChange, QueryChangeKind, RuleChange};
use super::{ChangeCounts, Comparison, ResourceChange, ResourceKind, SkippedQuery, StatementChange, StatementChanges};
use crate::output::{ResultsError, statement_json};
use crate::store::StoreError;
use oxigraph::model::Triple;
use serde_json::{Value, json};
use std::io::Write;

/// Writes a difference as one JSON object, with all that differs. Its form is described in `docs/diff.md`.
///
/// # Errors
///
/// Those of the writer and of the stores.
pub fn diff_json(diff: &Diff, sides: &Comparison<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let Diff { statements, things, rules, queries, unasked, diagrams } = diff;
    let StatementChanges { curated, inferences } = statements;
    let of_kind = |kind| things.iter().filter(move |thing| thing.kind == kind).map(|change| Ok(thing(change)));
    writeln!(out, "{{")?;
    writeln!(out, "  \"before\": {},\n  \"after\": {},", json!(sides.before.name), json!(sides.after.name))?;
    list("statements", curated.iter().map(|change| statement(change, sides)), out)?;
    list("inferences", inferences.iter().map(|change| statement(change, sides)), out)?;
    list("entities", of_kind(ResourceKind::Entity), out)?;
    list("sources", of_kind(ResourceKind::Source), out)?;
    list("vocabulary", of_kind(ResourceKind::Term), out)?;
    let rule = |RuleChange { name, there }: &RuleChange| json!({ "change": change_of(*there), "name": name });
    list("rules", rules.iter().map(|change| Ok(rule(change))), out)?;
    list("queries", queries.iter().map(|change| Ok(query(change))), out)?;
    let reason =
        |SkippedQuery { name, case, reason }: &SkippedQuery| json!({ "name": name, "case": case, "reason": reason });
    list("unasked", unasked.iter().map(|query| Ok(reason(query))), out)?;
    list("diagrams", diagrams.iter().map(|change| Ok(diagram(change))), out)?;
    writeln!(out, "  \"differs\": {}\n}}", !diff.is_empty())?;
    Ok(())
}

/// A member whose value is a list, an element a line, each made when it comes.
fn list(
    name: &str,
    elements: impl Iterator<Item = Result<Value, StoreError>>,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    write!(out, "  \"{name}\": [")?;
    let mut any = false;
    for element in elements {
        write!(out, "{}\n    {}", if any { "," } else { "" }, element?)?;
        any = true;
    }
    writeln!(out, "{}],", if any { "\n  " } else { "" })?;
    Ok(())
}

fn change_of(there: (bool, bool)) -> &'static str {
    match there {
        (false, _) => "added",
        (true, false) => "removed",
        (true, true) => "changed",
    }
}

fn statement(change: &StatementChange, sides: &Comparison<'_>) -> Result<Value, StoreError> {
    let whole = |statement, side: &super::ComparedGraph<'_>| -> Result<Value, StoreError> {
        let object = serde_json::to_value(statement_json(statement, side.text)?);
        Ok(object.expect("texts and numbers can be written as JSON"))
    };
    Ok(match change {
        StatementChange::Added(statement) => json!({ "change": "added", "after": whole(statement, &sides.after)? }),
        StatementChange::Removed(statement) => {
            json!({ "change": "removed", "before": whole(statement, &sides.before)? })
        }
        StatementChange::Changed(changed) => {
            let ChangedStatement { before, after, aspects } = &**changed;
            let mut differing: Vec<&str> = aspects.iter().map(aspect).collect();
            differing.dedup();
            json!({
                "change": "changed",
                "differing": differing,
                "before": whole(before, &sides.before)?,
                "after": whole(after, &sides.after)?,
            })
        }
    })
}

/// The member of a statement in which it differs.
fn aspect(aspect: &FieldChange) -> &'static str {
    match aspect {
        FieldChange::Id => "id",
        FieldChange::Subject => "subject",
        FieldChange::Predicate => "predicate",
        FieldChange::Object => "object",
        FieldChange::Kind => "kind",
        FieldChange::Status => "status",
        FieldChange::By => "by",
        FieldChange::Qualifier(..) => "qualifiers",
        FieldChange::Evidence(..) => "evidence",
        FieldChange::Rule => "rule",
        FieldChange::Premise(..) => "premises",
    }
}

fn thing(change: &ResourceChange) -> Value {
    let ResourceChange { kind: _, iri, there, lost, gained } = change;
    let pairs = |triples: &[Triple]| {
        let pair =
            |triple: &Triple| json!({ "predicate": triple.predicate.as_str(), "object": triple.object.to_string() });
        triples.iter().map(pair).collect::<Vec<_>>()
    };
    json!({ "change": change_of(*there), "iri": iri.as_str(), "lost": pairs(lost), "gained": pairs(gained) })
}

fn query(change: &QueryChange) -> Value {
    let QueryChange { name, case, kind } = change;
    let mut object = json!({ "name": name, "case": case });
    let more = match kind {
        QueryChangeKind::Added => json!({ "change": "added" }),
        QueryChangeKind::Removed => json!({ "change": "removed" }),
        QueryChangeKind::Text => json!({ "change": "text" }),
        QueryChangeKind::Fails(reason) => json!({ "change": "fails", "reason": reason }),
        QueryChangeKind::Failed(reason) => json!({ "change": "failed", "reason": reason }),
        QueryChangeKind::Answer(answer) => json!({
            "change": "answer",
            "text": answer.text,
            "lost": part(&answer.lost),
            "gained": part(&answer.gained),
        }),
    };
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

fn part(part: &AnswerPart) -> Value {
    let cells = |row: &super::super::Row| -> Vec<Option<String>> {
        row.iter().map(|term| term.as_ref().map(ToString::to_string)).collect()
    };
    json!({ "columns": part.columns, "rows": part.rows.iter().map(cells).collect::<Vec<_>>() })
}

fn diagram(change: &DiagramChange) -> Value {
    let DiagramChange { name, nodes, edges, frame } = change;
    let tally = |ChangeCounts { lost, gained, changed }: &ChangeCounts| json!({ "lost": lost, "gained": gained, "changed": changed });
    json!({ "name": name, "nodes": tally(nodes), "edges": tally(edges), "frame": frame })
}
