//! Content-based ids: hashes over N-Triples.
//!
//! A hash is the first 16 hexadecimal digits of the SHA-256 of sorted lines of canonical N-Triples, in which `_:n`
//! stands for the hashed thing.
//!
//! Invariant: the lines are part of the dataset format and never change between versions.

use super::{Kind, Namespaces, Statement, StatementId, evidence_id, vocab};
use oxigraph::model::{LiteralRef, NamedNodeRef, TermRef, Triple};
use sha2::{Digest, Sha256};

/// The N-Triples lines that describe the hashed thing.
#[derive(Default)]
pub(super) struct Lines(Vec<String>);

impl Lines {
    pub(super) fn add<'a>(&mut self, predicate: NamedNodeRef<'_>, object: impl Into<TermRef<'a>>) {
        self.0.push(format!("_:n {predicate} {} .\n", object.into()));
    }

    pub(super) fn add_string(&mut self, predicate: NamedNodeRef<'_>, string: Option<&String>) {
        if let Some(string) = string {
            self.add(predicate, LiteralRef::new_simple_literal(string));
        }
    }

    pub(super) fn hash(mut self) -> String {
        self.0.sort_unstable();
        let mut hasher = Sha256::new();
        for line in &self.0 {
            hasher.update(line.as_bytes());
        }
        first_digits(hasher)
    }
}

/// The first 16 hexadecimal digits of a hash.
fn first_digits(hasher: Sha256) -> String {
    format!("{:.16x}", hasher.finalize())
}

/// The hash of a curated statement's content: triple, qualifiers, claim and evidence, but not its id.
///
/// It is the id of a statement without an `id` in the files, and equal for duplicates.
pub fn statement_hash(statement: &Statement, namespaces: &Namespaces) -> StatementId {
    // Who proposed a statement does not change what it states.
    let Statement { id: _, triple, kind, qualifiers, evidence, proposed_by: _ } = statement;
    let mut lines = Lines::default();
    lines.add(vocab::rdf::REIFIES, TermRef::Triple(triple));
    if let Kind::Claim(claim) = kind {
        lines.add(vocab::fl::STATUS, &claim.status.iri(namespaces));
        if let Some(by) = &claim.by {
            lines.add(vocab::fl::BY, by);
        }
    }
    for qualifier in qualifiers {
        lines.add(qualifier.predicate.as_ref(), &qualifier.value);
    }
    for evidence in evidence {
        lines.add(vocab::fl::EVIDENCE, &namespaces.evidence(&evidence_id(evidence, namespaces)));
    }
    StatementId::new(&lines.hash()).expect("hexadecimal digits are a valid id")
}

/// The id of the inference or entailment of a triple: `i-` and a hash of the triple alone.
///
/// ```
/// use factloom::model::inference_id;
/// use oxigraph::model::{NamedNode, Triple};
///
/// let node = |name: &str| NamedNode::new(format!("https://e.org/{name}"));
/// let id = inference_id(&Triple::new(node("a")?, node("b")?, node("c")?));
/// assert_eq!(id.as_str(), "i-ebb85641e68124a6");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn inference_id(triple: &Triple) -> StatementId {
    StatementId::new(&format!("i-{}", triple_hash(triple))).expect("`i-` and hexadecimal digits are a valid id")
}

/// The hash of a triple's N-Triples line.
pub fn triple_hash(triple: &Triple) -> String {
    first_digits(Sha256::new_with_prefix(format!("{triple} .\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::NamedNode;

    /// The expected hash was computed with `sha256sum`.
    #[test]
    fn a_hash_equals_that_of_sha256sum() {
        let node = |n: &str| NamedNode::new(format!("https://e.org/{n}")).unwrap();
        // printf '<https://e.org/a> <https://e.org/b> <https://e.org/c> .\n'
        let triple = Triple::new(node("a"), node("b"), node("c"));
        assert_eq!(inference_id(&triple).as_str(), "i-ebb85641e68124a6");
    }
}
