//! Proofs, and why there is none: for people as a tree or in Markdown, for programs as JSON, for Graphviz as DOT.

mod absence;
mod dot;
mod json;
mod markdown;
mod text;
mod tree;

pub use absence::{absence_json, absence_text};
pub use dot::proof_dot;
pub use json::proof_json;
pub use markdown::proof_markdown;
pub use text::proof_text;

use super::StatementText;
use crate::model::{Kind, Stance, Statement};
use crate::rules::ProofStep;
use crate::store::StoreError;

/// What kind of step it is, as people read it: `fact · 2 sources`, `inference · rule state-continuity`, `given`.
fn kind(step: &ProofStep, text: &StatementText<'_>) -> Result<String, StoreError> {
    if let Some((_, derivation)) = step.inference() {
        return Ok(format!("inference · rule {}", derivation.rule));
    }
    let facts: Vec<&Statement> = step.asserted().collect();
    if let Some(fact) = facts.first() {
        let sources = text.sources(fact)?;
        return Ok(match sources {
            0 => "fact · background".to_owned(),
            1 => "fact".to_owned(),
            more => format!("fact · {more} sources"),
        });
    }
    Ok(match (&step.declared_at, step.statements.first()) {
        (Some((file, line)), _) => format!("given · {file}:{line}"),
        (None, Some(claim)) => format!("{} · not in the graph", text.kind(claim)?),
        (None, None) => "given".to_owned(),
    })
}

/// Where a step may be looked up: the id of its first statement, or its triple.
fn reference(step: &ProofStep) -> String {
    match step.asserted().next().or(step.statements.first()) {
        Some(statement) => statement.id.to_string(),
        None => step.triple.to_string(),
    }
}

/// What stands below a step: what it says of its time and manner, its quotes with their places, and notes.
fn evidence(step: &ProofStep, text: &StatementText<'_>) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::new();
    let shown: Vec<&Statement> = match step.asserted().next() {
        Some(_) => step.statements.iter().filter(|s| s.is_asserted() || speaks_against(s)).collect(),
        None => step.statements.iter().collect(),
    };
    let several = shown.len() > 1;
    for statement in shown {
        let qualifiers = statement.qualifiers.iter().map(|qualifier| {
            let (name, value) = text.qualifier(qualifier)?;
            Ok(format!("{name}: {value}"))
        });
        let mut said: Vec<String> = qualifiers.collect::<Result<_, StoreError>>()?;
        if speaks_against(statement) {
            said.insert(0, text.kind(statement)?);
        }
        if several {
            said.push(statement.id.to_string());
        }
        if !said.is_empty() {
            lines.push(Line { left: said.join(" · "), right: String::new(), link: None });
        }
        for evidence in &statement.evidence {
            let disputes = if evidence.stance == Stance::Disputes { "disputed: " } else { "" };
            let place = super::evidence_location(evidence);
            let link = text.link(evidence)?;
            if let Some(quote) = &evidence.quote {
                lines.push(Line { left: format!("{disputes}“{quote}”"), right: place.clone(), link });
            }
            if let Some(note) = &evidence.note {
                let (mark, place) = match (&evidence.quote, evidence.stance) {
                    (Some(_), _) => ("note: ", String::new()),
                    (None, Stance::Supports) => ("note: ", place),
                    (None, Stance::Disputes) => (disputes, place),
                };
                lines.push(Line { left: format!("{mark}{note}"), right: place, link: None });
            }
        }
    }
    Ok(lines)
}

/// Whether it is a claim that denies what it is about.
fn speaks_against(statement: &Statement) -> bool {
    matches!(&statement.kind, Kind::Claim(claim) if claim.status == crate::model::ClaimStatus::Denied)
}

/// A line below a step: words, what stands at the right, and the address of the words.
struct Line {
    left: String,
    right: String,
    link: Option<String>,
}
