//! Why a statement is not in the graph.

use super::json::triple;
use super::tree::{Row, write};
use crate::model::Statement;
use crate::output::{ResultsError, StatementText};
use crate::output::{evidence_location, statement_json};
use crate::rules::{Absence, Missing, PatternTerm};
use crate::store::StoreError;
use oxigraph::model::{Term, Triple};
use serde_json::{Value, json as value};
use std::io::{self, Write};

/// Writes for people, within so many columns, what keeps a triple out of the graph.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn absence_text(
    absence: &Absence,
    text: &StatementText<'_>,
    width: usize,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let mut rows = Rows(Vec::new());
    rows.add("", text.triple(&absence.triple)?, "not in the graph");
    for (title, statements) in [
        ("it is only claimed", &absence.claims),
        ("it is denied", &absence.denials),
        ("this cannot hold beside it", &absence.contradicting),
    ] {
        for statement in statements {
            rows.add("  ", format!("{title}: {}", text.triple(&statement.triple)?), text.kind(statement)?);
            rows.quotes(statement, text)?;
        }
    }
    for attempt in &absence.attempts {
        rows.add("  ", "no derivation".to_owned(), format!("rule {}", attempt.rule));
        for found in &attempt.found {
            rows.add("    ", format!("found: {}", text.triple(found)?), standing(found, text)?);
        }
        match &attempt.missing {
            Missing::Pattern(pattern) => {
                let others = match attempt.unmatched {
                    0 | 1 => String::new(),
                    more => format!("and {} more", more - 1),
                };
                rows.add("    ", format!("missing: {}", self::pattern(pattern, text)?), others);
            }
            Missing::Present(present) => {
                for present in present {
                    rows.add("    ", format!("in the way: {}", text.triple(present)?), standing(present, text)?);
                }
            }
            Missing::Condition => rows.add("    ", "a condition of the rule is not met".to_owned(), ""),
        }
    }
    let nothing = absence.claims.is_empty() && absence.denials.is_empty() && absence.contradicting.is_empty();
    if nothing && absence.attempts.is_empty() {
        rows.add("  ", "no source speaks of it, and no rule could derive it".to_owned(), "");
    }
    Ok(write(&rows.0, width, out)?)
}

struct Rows(Vec<Row>);

impl Rows {
    fn add(&mut self, indent: &str, left: String, right: impl Into<String>) {
        let next = format!("{indent}  ");
        self.0.push(Row { first: indent.to_owned(), next, left, right: right.into() });
    }

    fn quotes(&mut self, statement: &Statement, text: &StatementText<'_>) -> Result<(), StoreError> {
        for qualifier in &statement.qualifiers {
            let (name, value) = text.qualifier(qualifier)?;
            self.add("      ", format!("{name}: {value}"), "");
        }
        for evidence in &statement.evidence {
            let words = match (&evidence.quote, &evidence.note) {
                (Some(quote), _) => format!("“{quote}”"),
                (None, note) => format!("note: {}", note.as_deref().unwrap_or_default()),
            };
            self.add("      ", words, evidence_location(evidence));
        }
        Ok(())
    }
}

/// What a triple stands on: the id of its statement, or the file that gives it.
fn standing(triple: &Triple, text: &StatementText<'_>) -> Result<String, StoreError> {
    if let Some(id) = text.store().find_assertion(triple)? {
        return Ok(id.to_string());
    }
    let place = text.store().location_of_declared(triple)?;
    Ok(place.map_or_else(|| "given".to_owned(), |(file, line)| format!("given · {file}:{line}")))
}

fn pattern(pattern: &[PatternTerm; 3], text: &StatementText<'_>) -> Result<String, StoreError> {
    let words = pattern.iter().map(|known| match known {
        PatternTerm::Term(term) => text.term(term),
        PatternTerm::Variable(name) => Ok(format!("?{name}")),
    });
    Ok(words.collect::<Result<Vec<_>, _>>()?.join(" "))
}

/// Writes as one JSON object what keeps a triple out of the graph. The form is described in `docs/why.md`.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn absence_json(absence: &Absence, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let list = |statements: &[Statement]| {
        let whole = |statement| Ok(serde_json::to_value(statement_json(statement, text)?).map_err(io::Error::from)?);
        statements.iter().map(whole).collect::<Result<Vec<Value>, ResultsError>>()
    };
    let known = |known: &PatternTerm| match known {
        PatternTerm::Term(term) => Term::to_string(term),
        PatternTerm::Variable(name) => format!("?{name}"),
    };
    let attempts = absence.attempts.iter().map(|attempt| {
        let missing = match &attempt.missing {
            Missing::Pattern(pattern) => value!({ "pattern": pattern.iter().map(known).collect::<Vec<_>>() }),
            Missing::Present(present) => value!({ "present": present.iter().map(triple).collect::<Vec<_>>() }),
            Missing::Condition => value!({ "condition": true }),
        };
        value!({
            "rule": attempt.rule,
            "found": attempt.found.iter().map(triple).collect::<Vec<_>>(),
            "missing": missing,
            "unmatched": attempt.unmatched,
        })
    });
    let whole = value!({
        "absent": triple(&absence.triple),
        "sentence": text.labels().sentence(&absence.triple)?,
        "claims": list(&absence.claims)?,
        "denials": list(&absence.denials)?,
        "against": list(&absence.contradicting)?,
        "attempts": attempts.collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &whole).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}
