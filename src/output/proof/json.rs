//! A proof as JSON.

use super::reference;
use crate::output::{OutputError, StatementText, statement_json, write_document};
use crate::rules::{Proof, ProofDerivation, ProofStep};
use oxigraph::model::Triple;
use serde_json::{Value, json};
use std::io::Write;

/// Writes a proof as a JSON object: the steps, each once, which refer to each other.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn proof_json(proof: &Proof, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let steps = proof.steps.iter().map(|step| json_step(step, proof, text)).collect::<Result<Vec<_>, _>>()?;
    let proves = proof.steps.first().map(reference);
    Ok(write_document(&json!({ "proves": proves, "steps": steps, "truncated": proof.is_truncated }), out)?)
}

fn json_step(step: &ProofStep, proof: &Proof, text: &StatementText<'_>) -> Result<Value, OutputError> {
    let statements = step.statements.iter().map(|statement| statement_json(statement, text));
    let derivation = |ProofDerivation { rule, premises }: &ProofDerivation| {
        let premises: Vec<String> = premises.iter().map(|premise| reference(&proof.steps[*premise])).collect();
        json!({ "rule": rule, "premises": premises })
    };
    let mut json = json!({
        "ref": reference(step),
        "kind": step.asserted().next().or(step.statements.first()).map_or("declared", |first| first.kind.as_str()),
        "sentence": text.labels().sentence(&step.triple)?,
        "triple": triple_json(&step.triple),
        "statements": statements.collect::<Result<Vec<_>, _>>()?,
        "derivations": step.derivations.iter().map(derivation).collect::<Vec<_>>(),
        "moreDerivations": step.more,
    });
    if let Some((file, line)) = &step.declared_at {
        json["declared"] = json!({ "file": file, "line": line });
    }
    Ok(json)
}

/// A triple with its terms in N-Triples.
pub(crate) fn triple_json(Triple { subject, predicate, object }: &Triple) -> Value {
    json!({ "subject": subject.to_string(), "predicate": predicate.to_string(), "object": object.to_string() })
}
