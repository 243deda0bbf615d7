//! A proof as a tree, for people.

use super::tree::{Row, write};
use super::{evidence, kind, reference};
use crate::output::{ResultsError, StatementText};
use crate::rules::{Proof, ProofDerivation};
use crate::store::StoreError;
use std::io::Write;

/// Writes a proof as a tree within so many columns: below each inference its premises, below each fact its quotes. What
/// stands there already is referred to.
///
/// # Errors
///
/// Those of the writer and of the store.
///
/// ```
/// use factloom::output::{StatementText, proof_text};
/// use factloom::{rules::Explainer, store::Labels};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let said = labels.parse_sentence("Russia helped build Pakistan Steel Mills", &dataset.vocabulary)?;
/// let proof = Explainer::new(&store)?.proof(&said, false)?;
/// let mut out = Vec::new();
/// proof_text(&proof, &StatementText::new(&store, &labels), 100, &mut out)?;
/// assert!(String::from_utf8(out)?.contains("├─ Soviet Union helped build Pakistan Steel Mills"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn proof_text(
    proof: &Proof,
    text: &StatementText<'_>,
    width: usize,
    out: &mut impl Write,
) -> Result<(), ResultsError> {
    let mut tree = Tree { proof, text, shown: vec![false; proof.steps.len()], rows: Vec::new() };
    let mut open = vec![Branch { what: What::ProofStep(0), first: String::new(), next: String::new() }];
    while let Some(branch) = open.pop() {
        let below = tree.branch(&branch)?;
        open.extend(below.into_iter().rev());
    }
    if proof.is_truncated {
        tree.rows.push(Row {
            first: String::new(),
            next: String::new(),
            left: format!("… cut after {} steps", crate::rules::MAX_STEPS),
            right: String::new(),
        });
    }
    Ok(write(&tree.rows, width, out)?)
}

enum What<'a> {
    ProofStep(usize),
    /// One of several derivations: which, of how many.
    Reason(&'a ProofDerivation, usize, usize),
    /// What is not shown.
    More(usize),
}

struct Branch<'a> {
    what: What<'a>,
    first: String,
    next: String,
}

struct Tree<'a, 'b> {
    proof: &'a Proof,
    text: &'a StatementText<'b>,
    shown: Vec<bool>,
    rows: Vec<Row>,
}

impl<'a> Tree<'a, '_> {
    /// Adds the lines of a branch, and gives the branches below it.
    fn branch(&mut self, Branch { what, first, next }: &Branch<'a>) -> Result<Vec<Branch<'a>>, StoreError> {
        let row = |left: String, right: String| Row { first: first.clone(), next: next.clone(), left, right };
        let below: Vec<What<'a>> = match what {
            What::More(more) => {
                let (are, s) = if *more == 1 { ("is", "") } else { ("are", "s") };
                self.rows
                    .push(row(format!("and there {are} {more} more derivation{s}: --all shows them"), String::new()));
                Vec::new()
            }
            What::Reason(reason, number, of) => {
                self.rows.push(row(format!("derivation {number} of {of}"), format!("rule {}", reason.rule)));
                reason.premises.iter().map(|premise| What::ProofStep(*premise)).collect()
            }
            What::ProofStep(at) => {
                let step = &self.proof.steps[*at];
                let sentence = self.text.triple(&step.triple)?;
                if std::mem::replace(&mut self.shown[*at], true) {
                    self.rows.push(row(sentence, format!("see {} above", reference(step))));
                    return Ok(Vec::new());
                }
                self.rows.push(row(sentence, kind(step, self.text)?));
                let below: Vec<What<'a>> = match &step.derivations[..] {
                    [] => Vec::new(),
                    [only] => only.premises.iter().map(|premise| What::ProofStep(*premise)).collect(),
                    several => {
                        let number = |(number, reason)| What::Reason(reason, number, several.len());
                        (1..).zip(several).map(number).collect()
                    }
                };
                let bar = if below.is_empty() && step.more == 0 { "  " } else { "│    " };
                for line in evidence(step, self.text)? {
                    let prefix = format!("{next}{bar}");
                    let hanging = format!("{prefix}  ");
                    self.rows.push(Row { first: prefix, next: hanging, left: line.left, right: line.right });
                }
                below.into_iter().chain((step.more > 0).then_some(What::More(step.more))).collect()
            }
        };
        let last = below.len().saturating_sub(1);
        let branch = |(at, what)| match at == last {
            false => Branch { what, first: format!("{next}├─ "), next: format!("{next}│  ") },
            true => Branch { what, first: format!("{next}└─ "), next: format!("{next}   ") },
        };
        Ok(below.into_iter().enumerate().map(branch).collect())
    }
}
