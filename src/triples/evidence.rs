//! The triples of evidence, in both directions: Web Annotation's selectors and factloom's own predicates.

use super::node::{Node, Problem, number, object, string};
use crate::model::{Evidence, Namespaces, Selector, SourceWords, Span, Stance, vocab};
use oxigraph::model::{LiteralRef, NamedNodeRef, TermRef, TripleRef};
use std::ops::Range;

/// Writes the triples of evidence. They do not depend on its statement.
pub(super) fn write_evidence(
    evidence: &Evidence,
    node: NamedNodeRef<'_>,
    namespaces: &Namespaces,
    emit: &mut dyn FnMut(TripleRef<'_>),
) {
    // Destructured, so that a field that is not mapped does not compile.
    let Evidence { source, stance, quote, note, selector, span, source_words } = evidence;
    let Selector { nth, prefix, suffix } = selector;
    let none = SourceWords::default();
    let words = source_words.as_deref().unwrap_or(&none);
    let SourceWords { exact: source_exact, prefix: source_prefix, suffix: source_suffix } = words;
    let mut write = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(node, predicate, object));
    write(vocab::rdf::TYPE, vocab::fl::EVIDENCE_CLASS.into());
    write(vocab::oa::HAS_SOURCE, (&namespaces.source(source)).into());
    let texts = [
        (vocab::oa::EXACT, quote),
        (vocab::fl::NOTE, note),
        (vocab::oa::PREFIX, prefix),
        (vocab::oa::SUFFIX, suffix),
        (vocab::fl::SOURCE_EXACT, source_exact),
        (vocab::fl::SOURCE_PREFIX, source_prefix),
        (vocab::fl::SOURCE_SUFFIX, source_suffix),
    ];
    for (predicate, text) in texts {
        if let Some(text) = text {
            write(predicate, LiteralRef::new_simple_literal(text).into());
        }
    }
    if *stance == Stance::Disputes {
        write(vocab::fl::STANCE, vocab::fl::DISPUTES.into());
    }
    let mut number = |predicate, value: u32| {
        write(predicate, LiteralRef::new_typed_literal(&value.to_string(), vocab::xsd::INTEGER).into());
    };
    if let Some(nth) = nth {
        number(vocab::fl::NTH, *nth);
    }
    if let Some(span) = span {
        number(vocab::oa::START, span.start());
        number(vocab::oa::END, span.end());
        number(vocab::fl::LINE, span.line());
        number(vocab::fl::COLUMN, span.column());
        if span.parts().len() > 1 {
            for part in span.parts() {
                // A fragment identifier for plain text, as in RFC 5147.
                let part = format!("char={},{}", part.start, part.end);
                write(vocab::fl::PART, LiteralRef::new_simple_literal(&part).into());
            }
        }
    }
}

/// Reads the evidence of a node.
pub(super) fn read_evidence(node: Node<'_, '_>, namespaces: &Namespaces) -> Result<Evidence, Problem> {
    let source = match object(node, vocab::oa::HAS_SOURCE)? {
        Some(TermRef::NamedNode(source)) => namespaces.source_id(source),
        _ => None,
    };
    let source_words = SourceWords {
        exact: string(node, vocab::fl::SOURCE_EXACT)?,
        prefix: string(node, vocab::fl::SOURCE_PREFIX)?,
        suffix: string(node, vocab::fl::SOURCE_SUFFIX)?,
    };
    let disputes = object(node, vocab::fl::STANCE)? == Some(vocab::fl::DISPUTES.into());
    Ok(Evidence {
        source: source.ok_or("missing or invalid source")?,
        stance: if disputes { Stance::Disputes } else { Stance::Supports },
        quote: string(node, vocab::oa::EXACT)?,
        note: string(node, vocab::fl::NOTE)?,
        selector: Selector {
            nth: number(node, vocab::fl::NTH)?,
            prefix: string(node, vocab::oa::PREFIX)?,
            suffix: string(node, vocab::oa::SUFFIX)?,
        },
        span: match object(node, vocab::oa::START)? {
            Some(_) => Some(span(node)?),
            None => None,
        },
        source_words: (source_words != SourceWords::default()).then(|| Box::new(source_words)),
    })
}

fn span(node: Node<'_, '_>) -> Result<Span, Problem> {
    let invalid = || "invalid position".to_owned();
    let mut parts: Vec<Range<u32>> = Vec::new();
    for (_, part) in node.iter().filter(|(p, _)| *p == vocab::fl::PART) {
        let TermRef::Literal(part) = part else { return Err(invalid()) };
        let part = part.value().strip_prefix("char=").and_then(|part| part.split_once(','));
        let (start, end) = part.ok_or_else(invalid)?;
        parts.push(start.parse().map_err(|_| invalid())?..end.parse().map_err(|_| invalid())?);
    }
    let number = |predicate| number(node, predicate)?.ok_or_else(invalid);
    let (start, end) = (number(vocab::oa::START)?, number(vocab::oa::END)?);
    if parts.is_empty() {
        parts.push(start..end);
    }
    parts.sort_by_key(|part| part.start);
    Span::new(parts, number(vocab::fl::LINE)?, number(vocab::fl::COLUMN)?).ok_or_else(invalid)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::SourceId;
    use proptest::prelude::*;

    fn spans() -> impl Strategy<Value = Span> {
        (prop::collection::vec((0_u32..50, 1_u32..50), 1..4), 1_u32..99, 1_u32..99).prop_map(|(steps, line, column)| {
            let mut at = 0;
            let parts = steps.into_iter().map(|(gap, length)| {
                let start = at + gap;
                at = start + length;
                start..at
            });
            Span::new(parts.collect(), line, column).unwrap()
        })
    }

    prop_compose! {
        pub(in crate::triples) fn any_evidence()(
            source in 0..3, disputes in any::<bool>(), quote in prop::option::of(".+"), note in prop::option::of(".+"),
            nth in prop::option::of(1_u32..5), prefix in prop::option::of(".+"), suffix in prop::option::of(".+"),
            span in prop::option::of(spans()), exact in prop::option::of(".+"), before in prop::option::of(".+"),
        ) -> Evidence {
            let words = SourceWords { exact, prefix: before, suffix: None };
            Evidence {
                source: SourceId::new(&format!("s{source}")).unwrap(),
                stance: if disputes { Stance::Disputes } else { Stance::Supports },
                quote, note, span, selector: Selector { nth, prefix, suffix },
                source_words: (words != SourceWords::default()).then(|| Box::new(words)),
            }
        }
    }
}
