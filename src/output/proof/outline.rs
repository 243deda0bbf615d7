//! A proof as an outline: the lines of a tree, each step with its evidence and then its premises.

use super::{details, kind, reference};
use crate::output::evidence::moved;
use crate::output::{StatementDetail, StatementText};
use crate::rules::{MAX_STEPS, Proof, ProofDerivation};
use crate::store::StoreError;
use std::ops::Range;

/// A line of an outline.
pub(super) struct Line {
    pub(super) depth: usize,
    pub(super) kind: LineKind,
    /// A sentence, a quote, or another text.
    pub(super) left: String,
    /// The kind of a step, or the location of a quote.
    pub(super) right: String,
    pub(super) link: Option<String>,
    /// The bytes of the quoted words in `left`, if it is their context.
    pub(super) marks: Vec<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineKind {
    /// A step.
    Step,
    /// A heading, a reference to a step above, or a number of omitted lines.
    Other,
    /// A detail of the step above, at the same depth.
    Detail,
}

enum Item<'a> {
    Step(usize),
    Derivation { derivation: &'a ProofDerivation, number: usize, count: usize },
    OmittedDerivations(usize),
}

/// The lines of a proof. Repeated steps are references to the first.
pub(super) fn outline(proof: &Proof, text: &StatementText<'_>) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::new();
    let mut is_shown = vec![false; proof.steps.len()];
    let mut stack = vec![(Item::Step(0), 0)];
    while let Some((item, depth)) = stack.pop() {
        let line = |kind, left, right| Line { depth, kind, left, right, link: None, marks: Vec::new() };
        let children: Vec<Item<'_>> = match item {
            Item::OmittedDerivations(count) => {
                let s = if count == 1 { "" } else { "s" };
                lines.push(line(LineKind::Other, format!("{count} more derivation{s} (use --all)"), String::new()));
                Vec::new()
            }
            Item::Derivation { derivation, number, count } => {
                let heading = format!("derivation {number} of {count}");
                lines.push(line(LineKind::Other, heading, format!("rule {}", derivation.rule)));
                derivation.premises.iter().map(|premise| Item::Step(*premise)).collect()
            }
            Item::Step(index) => {
                let step = &proof.steps[index];
                let sentence = text.sentence(&step.triple)?;
                if std::mem::replace(&mut is_shown[index], true) {
                    lines.push(line(LineKind::Other, sentence, format!("see {} above", reference(step))));
                    continue;
                }
                lines.push(line(LineKind::Step, sentence, kind(step, text)?));
                for StatementDetail { prefix, text, location, link, marks } in details(step, text)? {
                    let marks = moved(&marks, prefix.len()).collect();
                    lines.push(Line { link, marks, ..line(LineKind::Detail, prefix + &text, location) });
                }
                let mut children: Vec<Item<'_>> = match &step.derivations[..] {
                    [only] => only.premises.iter().map(|premise| Item::Step(*premise)).collect(),
                    several => (1..)
                        .zip(several)
                        .map(|(number, derivation)| Item::Derivation { derivation, number, count: several.len() })
                        .collect(),
                };
                children.extend((step.more > 0).then_some(Item::OmittedDerivations(step.more)));
                children
            }
        };
        stack.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
    }
    if proof.is_truncated {
        let left = format!("… truncated after {MAX_STEPS} steps");
        let right = String::new();
        lines.push(Line { depth: 0, kind: LineKind::Other, left, right, link: None, marks: Vec::new() });
    }
    Ok(lines)
}
