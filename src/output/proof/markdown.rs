//! A proof in Markdown, for documents.

use super::{evidence, kind, reference};
use crate::output::{ResultsError, StatementText};
use crate::rules::{Proof, ProofDerivation};
use std::io::Write;

enum What<'a> {
    ProofStep(usize),
    Reason(&'a ProofDerivation, usize, usize),
    More(usize),
}

/// Writes a proof as a nested list: each step with its kind, the quotes as links to the words where the source has an address.
///
/// # Errors
///
/// Those of the writer and of the store.
pub fn proof_markdown(proof: &Proof, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), ResultsError> {
    let mut shown = vec![false; proof.steps.len()];
    let mut open = vec![(What::ProofStep(0), 0)];
    while let Some((what, depth)) = open.pop() {
        let indent = "  ".repeat(depth);
        let below: Vec<What<'_>> = match what {
            What::More(more) => {
                writeln!(out, "{indent}- and {more} more")?;
                Vec::new()
            }
            What::Reason(reason, number, of) => {
                writeln!(out, "{indent}- derivation {number} of {of}, by rule {}", escaped(&reason.rule))?;
                reason.premises.iter().map(|premise| What::ProofStep(*premise)).collect()
            }
            What::ProofStep(at) => {
                let step = &proof.steps[at];
                let sentence = escaped(&text.triple(&step.triple)?);
                if std::mem::replace(&mut shown[at], true) {
                    writeln!(out, "{indent}- {sentence} (see {} above)", escaped(&reference(step)))?;
                    continue;
                }
                writeln!(out, "{indent}- **{sentence}** — {}", escaped(&kind(step, text)?))?;
                for line in evidence(step, text)? {
                    let words = escaped(&line.left);
                    let words = match &line.link {
                        Some(link) => format!("[{words}](<{link}>)"),
                        None => words,
                    };
                    let place =
                        if line.right.is_empty() { String::new() } else { format!(" ({})", escaped(&line.right)) };
                    writeln!(out, "{indent}  - {words}{place}")?;
                }
                let below: Vec<What<'_>> = match &step.derivations[..] {
                    [only] => only.premises.iter().map(|premise| What::ProofStep(*premise)).collect(),
                    several => {
                        let number = |(number, reason)| What::Reason(reason, number, several.len());
                        (1..).zip(several).map(number).collect()
                    }
                };
                below.into_iter().chain((step.more > 0).then_some(What::More(step.more))).collect()
            }
        };
        open.extend(below.into_iter().rev().map(|what| (what, depth + 1)));
    }
    if proof.is_truncated {
        writeln!(out, "\nCut after {} steps.", crate::rules::MAX_STEPS)?;
    }
    Ok(())
}

/// A text in which no character means anything to Markdown.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
