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
    /// What the source has in place of the quote, and around it; `None` if there is nothing to add to the quote.
    pub source_words: Option<Box<SourceWords>>,
}

impl Evidence {
    /// Evidence of a source that supports a statement, without a quote.
    pub fn new(source: SourceId) -> Self {
        let (stance, selector) = (Stance::default(), Selector::default());
        Self { source, stance, quote: None, note: None, selector, span: None, source_words: None }
    }

    /// What the dataset states: the same without what the source has in place of the quote.
    #[must_use]
    pub fn without_source_words(&self) -> Self {
        Self { source_words: None, ..self.clone() }
    }

    /// Orders evidence by source, then by position.
    pub(super) fn sort_key(&self) -> impl Ord + '_ {
        let Self { source, stance, quote, note, selector, span, source_words } = self;
        let position = span.as_ref().map(|span| (span.start(), span.end()));
        (source, position, quote, note, stance, selector, source_words)
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

/// The words of a source at the position of a quote, exactly as in its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceWords {
    /// The quoted words, with [` … `](Self::SEPARATOR) between the parts of the span; `None` if they are those of the quote.
    pub exact: Option<String>,
    /// The text directly before them, if the words alone, or with the selector's prefix, occur more than once. It begins with a word.
    pub prefix: Option<String>,
    /// The text directly after them, if the words alone, or with the selector's suffix, occur more than once. It ends with a word.
    pub suffix: Option<String>,
}

impl SourceWords {
    /// What separates the parts of `exact`.
    pub const SEPARATOR: &'static str = " … ";

    /// The parts of `exact` at the parts of a span; `None` if their lengths differ.
    pub fn parts(&self, span: &Span) -> Option<Vec<&str>> {
        let mut rest = self.exact.as_deref()?;
        let mut parts = Vec::with_capacity(span.parts().len());
        for (number, part) in span.parts().iter().enumerate() {
            if number > 0 {
                rest = rest.strip_prefix(Self::SEPARATOR)?;
            }
            let length = part.len();
            let end = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(length)?;
            parts.push(&rest[..end]);
            rest = &rest[end..];
        }
        rest.is_empty().then_some(parts)
    }
}

/// The id of a piece of evidence: a hash of its source, quote, stance, note and selector, but not of the quote's
/// position, nor of the words that the source has there.
pub fn evidence_id(evidence: &Evidence, namespaces: &Namespaces) -> EvidenceId {
    // Destructured, so that a new field must be hashed or ignored explicitly.
    let Evidence { source, stance, quote, note, selector, span: _, source_words: _ } = evidence;
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
        assert_eq!(plain, with(&|e| e.source_words = Some(Box::default())));
    }

    #[test]
    fn source_words_are_divided_by_the_span() {
        let words = SourceWords { exact: Some("é … b … c".to_owned()), ..SourceWords::default() };
        let parts = |spans: &[std::ops::Range<u32>]| words.parts(&Span::new(spans.to_vec(), 1, 1).unwrap());
        assert_eq!(parts(&[0..1, 4..5, 9..10]), Some(vec!["é", "b", "c"]));
        // The ellipsis is the source's own.
        assert_eq!(parts(&[0..1, 4..9]), Some(vec!["é", "b … c"]));
        assert_eq!(parts(&[0..9]), Some(vec!["é … b … c"]));
        assert_eq!((parts(&[0..8]), parts(&[0..1, 4..11]), parts(&[0..2, 4..5])), (None, None, None));
    }
}
