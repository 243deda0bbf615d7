//! Namespaces that depend on content alone: hashes over N-Triples.
//!
//! A hash is the first 16 hexadecimal digits of SHA-256 over lines of canonical N-Triples, sorted, in which
//! `_:n` stands for what is being named. The lines are part of the format, and never change between versions.

use super::{Evidence, EvidenceId, Kind, Namespaces, Stance, Statement, StatementId, vocab};
use oxigraph::model::{LiteralRef, NamedNodeRef, TermRef, Triple};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Collects the lines that say what is named.
#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn add<'a>(&mut self, predicate: NamedNodeRef<'_>, object: impl Into<TermRef<'a>>) {
        let object: TermRef<'_> = object.into();
        let mut line = String::with_capacity(128);
        let written = writeln!(line, "_:n {predicate} {object} .");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        self.0.push(line);
    }

    fn hash(mut self) -> String {
        self.0.sort_unstable();
        let mut hasher = Sha256::new();
        for line in &self.0 {
            hasher.update(line.as_bytes());
        }
        short(&hasher.finalize())
    }
}

fn short(digest: &[u8]) -> String {
    digest[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
        let written = write!(text, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        text
    })
}

/// The id of a piece of evidence: a hash of its source, quote, stance, note and of what tells equal quotes apart,
/// but not of where the quote was found.
pub fn evidence_id(evidence: &Evidence, names: &Namespaces) -> EvidenceId {
    // Destructured, so that a field that is not part of the name has to be left out on purpose.
    let Evidence { source, stance, quote, note, selector, span: _ } = evidence;
    let mut lines = Lines::default();
    lines.add(vocab::oa::HAS_SOURCE, &names.source(source));
    if let Some(quote) = quote {
        lines.add(vocab::oa::EXACT, LiteralRef::new_simple_literal(quote));
    }
    if let Some(note) = note {
        lines.add(vocab::fl::NOTE, LiteralRef::new_simple_literal(note));
    }
    if *stance == Stance::Disputes {
        lines.add(vocab::fl::STANCE, vocab::fl::DISPUTES);
    }
    if let Some(nth) = selector.nth {
        let nth = nth.to_string();
        lines.add(vocab::fl::NTH, LiteralRef::new_typed_literal(&nth, vocab::xsd::INTEGER));
    }
    if let Some(prefix) = &selector.prefix {
        lines.add(vocab::oa::PREFIX, LiteralRef::new_simple_literal(prefix));
    }
    if let Some(suffix) = &selector.suffix {
        lines.add(vocab::oa::SUFFIX, LiteralRef::new_simple_literal(suffix));
    }
    hashed(&lines.hash(), EvidenceId::new)
}

/// A hash of all that a curated statement says but its id: triple, qualifiers, claim and evidence.
///
/// It is the id of a statement that was given none, and equal for duplicates.
pub fn statement_hash(statement: &Statement, names: &Namespaces) -> StatementId {
    let Statement { id: _, triple, kind, qualifiers, evidence } = statement;
    let mut lines = Lines::default();
    lines.add(vocab::rdf::REIFIES, TermRef::Triple(triple));
    if let Kind::Claim(claim) = kind {
        lines.add(vocab::fl::STATUS, claim.status.term());
        if let Some(by) = &claim.by {
            lines.add(vocab::fl::BY, by);
        }
    }
    for qualifier in qualifiers {
        lines.add(qualifier.predicate.as_ref(), &qualifier.value);
    }
    for evidence in evidence {
        lines.add(vocab::fl::EVIDENCE, &names.evidence(&evidence_id(evidence, names)));
    }
    hashed(&lines.hash(), StatementId::new)
}

/// The id of the inference of a triple: `i-` and a hash of the triple alone.
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
    hashed(&format!("i-{}", triple_hash(triple)), StatementId::new)
}

/// The name of a triple: a hash of what it says.
pub fn triple_hash(triple: &Triple) -> String {
    short(&Sha256::digest(format!("{triple} .\n").as_bytes()))
}

/// Hexadecimal digits always make an id.
fn hashed<T, E: std::fmt::Debug>(digits: &str, id: impl Fn(&str) -> Result<T, E>) -> T {
    id(digits).expect("hexadecimal digits are an id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Selector, SourceId};
    use oxigraph::model::NamedNode;

    fn evidence(quote: &str) -> Evidence {
        Evidence {
            source: SourceId::new("s").unwrap(),
            stance: Stance::Supports,
            quote: Some(quote.to_owned()),
            note: None,
            selector: Selector::default(),
            span: None,
        }
    }

    /// Computed with `printf … | sha256sum`: the format must not drift.
    #[test]
    fn a_hash_is_the_one_that_other_tools_compute() {
        let names = Namespaces::new("https://e.org/", &[]).unwrap();
        // printf '_:n <http://www.w3.org/ns/oa#exact> "a \\"b\\"" .\n_:n <http://www.w3.org/ns/oa#hasSource> <https://e.org/source/s> .\n'
        assert_eq!(evidence_id(&evidence("a \"b\""), &names).as_str(), "8b553c327cc04071");
        let node = |n: &str| NamedNode::new(format!("https://e.org/{n}")).unwrap();
        // printf '<https://e.org/a> <https://e.org/b> <https://e.org/c> .\n'
        let triple = Triple::new(node("a"), node("b"), node("c"));
        assert_eq!(inference_id(&triple).as_str(), "i-ebb85641e68124a6");
    }

    #[test]
    fn evidence_that_differs_in_anything_but_its_place_has_another_name() {
        let names = Namespaces::new("https://e.org/", &[]).unwrap();
        let plain = evidence_id(&evidence("a"), &names);
        let with = |change: &dyn Fn(&mut Evidence)| {
            let mut other = evidence("a");
            change(&mut other);
            evidence_id(&other, &names)
        };
        assert_ne!(plain, with(&|e| e.stance = Stance::Disputes));
        assert_ne!(plain, with(&|e| e.note = Some("n".into())));
        assert_ne!(plain, with(&|e| e.selector.nth = Some(1)));
        assert_ne!(plain, with(&|e| e.selector.prefix = Some("p".into())));
        assert_eq!(plain, with(&|e| e.span = crate::model::Span::new(vec![0..1], 1, 1)));
    }
}
