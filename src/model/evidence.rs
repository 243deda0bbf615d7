//! Evidence: the words of a source that support or dispute a statement.
//!
//! A new field is destructured here, in `dataset::EvidenceFields`, in `triples` and in `output::evidence`, which do not compile
//! without it.

use super::hash::Lines;
use super::{EvidenceId, Namespaces, SourceId, Span, choices, vocab};
use oxigraph::model::LiteralRef;

/// A source, a quote from it, and whether it supports or disputes a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The source.
    pub source: SourceId,
    /// Whether it supports or disputes the statement.
    pub stance: Stance,
    /// The quoted words, with `…` for omitted words; `None` for background that only a note explains.
    pub quote: Option<String>,
    /// The curator's note.
    pub note: Option<String>,
    /// Selects one of several matches of the quote.
    pub selector: Selector,
    /// The position of the quote; `None` if the source has no text.
    pub span: Option<Span>,
}

impl Evidence {
    /// Evidence of a source that supports a statement, without a quote.
    pub fn new(source: SourceId) -> Self {
        let (stance, selector) = (Stance::default(), Selector::default());
        Self { source, stance, quote: None, note: None, selector, span: None }
    }

    /// Orders evidence by source, then by position.
    pub(super) fn sort_key(&self) -> impl Ord + '_ {
        let Self { source, stance, quote, note, selector, span } = self;
        let position = span.as_ref().map(|span| (span.start(), span.end()));
        (source, position, quote, note, stance, selector)
    }
}

choices!(
    /// Whether evidence supports or disputes a statement.
    #[derive(Default)]
    Stance {
        /// It supports the statement.
        #[default]
        Supports "supports",
        /// It disputes the statement.
        Disputes "disputes",
    }
);

/// Selects one of several matches of a quote in its source.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// The number of the match, counted from 1 in text order.
    pub nth: Option<u32>,
    /// The words directly before the quote.
    pub prefix: Option<String>,
    /// The words directly after the quote.
    pub suffix: Option<String>,
}

/// The id of a piece of evidence: a hash of its source, quote, stance, note and selector, but not of the quote's
/// position.
pub fn evidence_id(evidence: &Evidence, namespaces: &Namespaces) -> EvidenceId {
    // Destructured, so that a new field must be hashed or ignored explicitly.
    let Evidence { source, stance, quote, note, selector, span: _ } = evidence;
    let mut lines = Lines::default();
    lines.add(vocab::oa::HAS_SOURCE, &namespaces.source(source));
    lines.add_string(vocab::oa::EXACT, quote.as_ref());
    lines.add_string(vocab::fl::NOTE, note.as_ref());
    if *stance == Stance::Disputes {
        lines.add(vocab::fl::STANCE, vocab::fl::DISPUTES);
    }
    if let Some(nth) = selector.nth {
        lines.add(vocab::fl::NTH, LiteralRef::new_typed_literal(&nth.to_string(), vocab::xsd::INTEGER));
    }
    lines.add_string(vocab::oa::PREFIX, selector.prefix.as_ref());
    lines.add_string(vocab::oa::SUFFIX, selector.suffix.as_ref());
    EvidenceId::new(&lines.hash()).expect("hexadecimal digits are a valid id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(quote: &str) -> Evidence {
        Evidence { quote: Some(quote.to_owned()), ..Evidence::new(SourceId::new("s").unwrap()) }
    }

    #[test]
    fn an_id_equals_the_hash_of_sha256sum() {
        let namespaces = Namespaces::new("https://e.org/", &[]).unwrap();
        // printf '_:n <http://www.w3.org/ns/oa#exact> "a \\"b\\"" .\n_:n <http://www.w3.org/ns/oa#hasSource> <https://e.org/source/s> .\n'
        assert_eq!(evidence_id(&evidence("a \"b\""), &namespaces).as_str(), "8b553c327cc04071");
    }

    #[test]
    fn evidence_ids_differ_if_anything_but_the_position_differs() {
        let namespaces = Namespaces::new("https://e.org/", &[]).unwrap();
        let plain = evidence_id(&evidence("a"), &namespaces);
        let with = |change: &dyn Fn(&mut Evidence)| {
            let mut other = evidence("a");
            change(&mut other);
            evidence_id(&other, &namespaces)
        };
        assert_ne!(plain, with(&|e| e.stance = Stance::Disputes));
        assert_ne!(plain, with(&|e| e.note = Some("n".into())));
        assert_ne!(plain, with(&|e| e.selector.nth = Some(1)));
        assert_ne!(plain, with(&|e| e.selector.prefix = Some("p".into())));
        assert_eq!(plain, with(&|e| e.span = crate::model::Span::new(vec![0..1], 1, 1)));
    }
}
