//! Proofs of statements, and explanations of absent ones: as text, Markdown, JSON or DOT.

mod absence;
mod columns;
mod dot;
mod json;
mod markdown;
mod outline;
mod text;

pub use absence::{absence_json, absence_text};
pub use dot::proof_dot;
pub use json::proof_json;
pub(crate) use json::triple_json;
pub use markdown::proof_markdown;
pub use text::proof_text;

use super::{StatementDetail, StatementText};
use crate::model::{ClaimStatus, Statement};
use crate::rules::ProofStep;
use crate::store::StoreError;

/// The kind of a step: `fact · 2 sources`, `inference · rule state-continuity`, `declared · vocabulary.ttl:12`.
fn kind(step: &ProofStep, text: &StatementText<'_>) -> Result<String, StoreError> {
    if let Some((statement, derivation)) = step.inference() {
        return Ok(format!("{} · rule {}", statement.kind.as_str(), derivation.rule));
    }
    if let Some(fact) = step.asserted().next() {
        return Ok(match text.corroboration().sources(fact)? {
            0 => "fact · background".to_owned(),
            1 => "fact".to_owned(),
            sources => format!("fact · {sources} sources"),
        });
    }
    Ok(match (&step.declared_at, step.statements.first()) {
        (Some((file, line)), _) => format!("declared · {file}:{line}"),
        (None, Some(claim)) => format!("{} · not asserted", text.kind(claim)?),
        (None, None) => "declared".to_owned(),
    })
}

/// The id of a step's first statement, or its triple.
fn reference(step: &ProofStep) -> String {
    match step.asserted().next().or(step.statements.first()) {
        Some(statement) => statement.id.to_string(),
        None => step.triple.to_string(),
    }
}

/// The qualifiers and the evidence of a step's statements. Claims are omitted if the triple is asserted, except denials. The kind of a
/// claim is part of its heading unless it is that of the step.
fn details(step: &ProofStep, text: &StatementText<'_>) -> Result<Vec<StatementDetail>, StoreError> {
    let is_denial = |statement: &Statement| statement.kind.status().is_some_and(ClaimStatus::is_denial);
    let is_asserted = step.asserted().next().is_some();
    let shown = step.statements.iter().filter(|s| !is_asserted || s.is_asserted() || is_denial(s));
    let shown: Vec<&Statement> = shown.collect();
    let step_kind = shown.first().filter(|_| !is_asserted).map(|claim| text.kind(claim)).transpose()?;
    let mut details = Vec::new();
    for statement in &shown {
        let mut heading: Vec<String> = text.qualifiers(statement)?.iter().map(ToString::to_string).collect();
        let kind = text.kind(statement)?;
        if is_denial(statement) || step_kind.as_ref().is_some_and(|step| *step != kind) {
            heading.insert(0, kind);
        }
        if shown.len() > 1 {
            heading.push(statement.id.to_string());
        }
        if !heading.is_empty() {
            details.push(StatementDetail::new("", heading.join(" · ")));
        }
        for evidence in &statement.evidence {
            details.extend(text.evidence(evidence)?);
        }
    }
    Ok(details)
}
