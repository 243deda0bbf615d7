//! A proof as JSON, for programs. The form is described in `docs/why.md`.

use super::reference;
use crate::output::statement_json;
use crate::output::{ResultsError, StatementText};
use crate::rules::{Proof, ProofStep};
use serde_json::{Value, json as value};
use std::io::{self, Write};

/// Writes a proof as one JSON object: the steps, each once, which refer to each other.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn proof_json(proof: &Proof, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let steps = proof.steps.iter().map(|step| self::step(step, proof, text)).collect::<Result<Vec<_>, _>>()?;
    let whole = value!({
        "proves": proof.steps.first().map(reference),
        "steps": steps,
        "cut": proof.is_truncated,
    });
    serde_json::to_writer_pretty(&mut *out, &whole).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

fn step(step: &ProofStep, proof: &Proof, text: &StatementText<'_>) -> Result<Value, ResultsError> {
    let kind = match (step.asserted().next(), step.statements.first()) {
        (Some(statement), _) | (None, Some(statement)) => statement.kind.as_str(),
        (None, None) => "given",
    };
    let statements = step.statements.iter().map(|statement| {
        let statement = statement_json(statement, text)?;
        Ok(serde_json::to_value(statement).map_err(io::Error::from)?)
    });
    let mut whole = value!({
        "ref": reference(step),
        "kind": kind,
        "sentence": text.labels().sentence(&step.triple)?,
        "triple": triple(&step.triple),
        "statements": statements.collect::<Result<Vec<_>, ResultsError>>()?,
    });
    if let Some((file, line)) = &step.declared_at {
        whole["given"] = value!({ "file": file, "line": line });
    }
    if step.inference().is_some() {
        let derivations = step.derivations.iter().map(|reason| {
            let premises: Vec<String> = reason.premises.iter().map(|at| reference(&proof.steps[*at])).collect();
            value!({ "rule": reason.rule, "premises": premises })
        });
        whole["derivations"] = derivations.collect::<Vec<_>>().into();
        whole["more"] = step.more.into();
    }
    Ok(whole)
}

/// Subject, predicate and object, as in N-Triples.
pub(super) fn triple(triple: &oxigraph::model::Triple) -> Value {
    value!({
        "subject": triple.subject.to_string(),
        "predicate": triple.predicate.to_string(),
        "object": triple.object.to_string(),
    })
}
