//! Explanations of why a statement is not in the graph.

use super::columns::{Row, write_columns};
use super::json::triple_json;
use crate::model::Statement;
use crate::output::evidence::marked;
use crate::output::{OutputError, StatementText, statement_json, write_document};
use crate::rules::{Absence, Attempt, Missing, PatternTerm};
use crate::store::StoreError;
use oxigraph::model::Triple;
use serde_json::{Value, json};
use std::io::Write;

/// Writes why a triple is not in the graph, in at most `width` columns.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn absence_text(
    absence: &Absence,
    text: &StatementText<'_>,
    width: usize,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let state = if absence.claims.is_empty() { "not in the graph" } else { "not asserted" };
    let mut rows = vec![row("", text.sentence(&absence.triple)?, state)];
    for (label, statements) in
        [("only claimed", &absence.claims), ("denied", &absence.denials), ("contradicted by", &absence.contradicting)]
    {
        for statement in statements {
            rows.push(row("  ", format!("{label}: {}", text.sentence(&statement.triple)?), text.kind(statement)?));
            for detail in text.details(statement)? {
                let shown = detail.prefix + &marked(&detail.text, &detail.marks);
                rows.push(row("      ", shown, detail.location));
            }
        }
    }
    for attempt in &absence.attempts {
        rows.push(row("  ", "not derived".to_owned(), format!("rule {}", attempt.rule)));
        for found in &attempt.found {
            rows.push(row("    ", format!("found: {}", text.sentence(found)?), origin(found, text)?));
        }
        match &attempt.missing {
            Missing::Pattern(pattern) => {
                let others = match attempt.unmatched {
                    0 | 1 => String::new(),
                    unmatched => format!("and {} more", unmatched - 1),
                };
                rows.push(row("    ", format!("missing: {}", pattern_text(pattern, text)?), others));
            }
            Missing::Present(present) => {
                for present in present {
                    rows.push(row(
                        "    ",
                        format!("prevented by: {}", text.sentence(present)?),
                        origin(present, text)?,
                    ));
                }
            }
            Missing::Condition => rows.push(row("    ", "a filter of the rule is not satisfied".to_owned(), "")),
        }
    }
    if rows.len() == 1 {
        rows.push(row("  ", "no source mentions it, and no rule derives it".to_owned(), ""));
    }
    Ok(write_columns(&rows, width, out)?)
}

fn row(indent: &str, left: String, right: impl Into<String>) -> Row {
    Row { indent: indent.to_owned(), hanging_indent: format!("{indent}  "), left, right: right.into() }
}

/// The id of the statement that asserts a triple, or the location where it is declared.
fn origin(triple: &Triple, text: &StatementText<'_>) -> Result<String, StoreError> {
    if let Some(id) = text.store().find_assertion(triple)? {
        return Ok(id.to_string());
    }
    let location = text.store().location_of_declared(triple)?;
    Ok(location.map_or_else(|| "declared".to_owned(), |(file, line)| format!("declared · {file}:{line}")))
}

fn pattern_text(pattern: &[PatternTerm; 3], text: &StatementText<'_>) -> Result<String, StoreError> {
    let terms = pattern.iter().map(|term| match term {
        PatternTerm::Term(term) => text.labels().term(term),
        PatternTerm::Variable(name) => Ok(format!("?{name}")),
    });
    Ok(terms.collect::<Result<Vec<_>, _>>()?.join(" "))
}

/// Writes why a triple is not in the graph as a JSON object.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn absence_json(absence: &Absence, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let statements = |list: &[Statement]| -> Result<Value, StoreError> {
        let list = list.iter().map(|statement| statement_json(statement, text));
        Ok(json!(list.collect::<Result<Vec<_>, _>>()?))
    };
    let json = json!({
        "absent": triple_json(&absence.triple),
        "sentence": text.labels().sentence(&absence.triple)?,
        "claims": statements(&absence.claims)?,
        "denials": statements(&absence.denials)?,
        "contradicting": statements(&absence.contradicting)?,
        "attempts": absence.attempts.iter().map(attempt_json).collect::<Vec<_>>(),
    });
    Ok(write_document(&json, out)?)
}

fn attempt_json(Attempt { rule, found, missing, unmatched }: &Attempt) -> Value {
    let term = |term: &PatternTerm| match term {
        PatternTerm::Term(term) => term.to_string(),
        PatternTerm::Variable(name) => format!("?{name}"),
    };
    let triples = |triples: &[Triple]| triples.iter().map(triple_json).collect::<Vec<_>>();
    let missing = match missing {
        Missing::Pattern(pattern) => json!({ "pattern": pattern.each_ref().map(term) }),
        Missing::Present(present) => json!({ "present": triples(present) }),
        Missing::Condition => json!({ "condition": true }),
    };
    json!({ "rule": rule, "found": triples(found), "missing": missing, "unmatched": unmatched })
}
