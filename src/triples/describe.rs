//! The triples of what statements speak of: entities, sources, rules, the vocabulary.

use crate::dataset::{Entity, Source, SourceKind, Vocabulary};
use crate::model::{Namespaces, vocab};
use oxigraph::model::{Literal, LiteralRef, NamedNode, NamedNodeRef, TermRef, TripleRef};

/// Hands out the triples of an entity. Its label is in `language`, the dataset's.
pub fn write_entity(entity: &Entity, language: &str, names: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    let Entity { id, class, label, labels, aliases, same_as, note, location: _, is_valid: _ } = entity;
    let node = names.entity(id);
    let mut say = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(&node, predicate, object));
    say(vocab::rdf::TYPE, class.into());
    let own = [(language, label)].into_iter().chain(labels.iter().map(|(tag, text)| (tag.as_str(), text)));
    for (tag, text) in own {
        say(vocab::rdfs::LABEL, (&tagged(text, tag)).into());
    }
    for alias in aliases {
        say(vocab::skos::ALT_LABEL, (&tagged(alias, language)).into());
    }
    for iri in same_as {
        say(vocab::skos::EXACT_MATCH, iri.into());
    }
    if let Some(note) = note {
        say(vocab::skos::NOTE, (&tagged(note, language)).into());
    }
}

/// A text with its language; without, where the tag is none, which has been reported.
fn tagged(text: &str, tag: &str) -> Literal {
    Literal::new_language_tagged_literal(text, tag).unwrap_or_else(|_| Literal::new_simple_literal(text))
}

/// Hands out the triples of a source.
pub fn write_source(source: &Source, names: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    let Source { id, title, kind, language, text: _, url, publisher, published, accessed, location: _ } = source;
    let node = names.source(id);
    let mut say = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(&node, predicate, object));
    say(vocab::fl::KIND, LiteralRef::new_simple_literal(kind.as_str()).into());
    if *kind != SourceKind::Background {
        say(vocab::rdf::TYPE, vocab::schema::CREATIVE_WORK.into());
    }
    if let Some(title) = title {
        let title = match language {
            Some(language) => tagged(title, language),
            None => Literal::new_simple_literal(title),
        };
        say(vocab::dcterms::TITLE, (&title).into());
    }
    let texts = [(vocab::dcterms::LANGUAGE, language), (vocab::dcterms::PUBLISHER, publisher)];
    for (predicate, text) in texts {
        if let Some(text) = text {
            say(predicate, LiteralRef::new_simple_literal(text).into());
        }
    }
    for (predicate, time) in [(vocab::dcterms::ISSUED, published), (vocab::fl::ACCESSED, accessed)] {
        if let Some(time) = time {
            say(predicate, (&time.literal()).into());
        }
    }
    if let Some(url) = url.as_deref().and_then(|url| NamedNode::new(url).ok()) {
        say(vocab::schema::URL, (&url).into());
    }
}

/// Hands out the triples of a rule.
pub fn write_rule(name: &str, summary: Option<&str>, names: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    let node = names.rule(name);
    let mut say = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(&node, predicate, object));
    say(vocab::rdf::TYPE, vocab::sh::RULE.into());
    say(vocab::rdfs::LABEL, LiteralRef::new_simple_literal(name).into());
    if let Some(summary) = summary {
        say(vocab::dcterms::DESCRIPTION, LiteralRef::new_simple_literal(summary).into());
    }
}

/// Hands out the triples of a vocabulary, as its files say them, with literals in the form in which they are kept.
pub fn write_vocabulary(vocabulary: &Vocabulary, emit: &mut dyn FnMut(TripleRef<'_>)) {
    for given in vocabulary.triples() {
        let triple = given.triple.as_ref();
        match triple.object {
            TermRef::Literal(literal) if literal.language().is_none() => {
                let kept = crate::model::literal::canonical(literal.value(), literal.datatype());
                let object = kept.as_ref().map_or(literal, Literal::as_ref);
                emit(TripleRef::new(triple.subject, triple.predicate, object));
            }
            _ => emit(triple),
        }
    }
}
