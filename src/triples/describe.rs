//! Writing the triples of entities, sources, statuses, rules and the vocabulary.

use crate::dataset::{Entity, Source, SourceKind, Status, Vocabulary};
use crate::model::{Namespaces, vocab};
use oxigraph::model::{Literal, LiteralRef, NamedNode, NamedNodeRef, TermRef, TripleRef};

/// Writes the triples of an entity. `language` is the language of the dataset.
pub fn write_entity(entity: &Entity, language: &str, namespaces: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    let Entity { id, class, label, labels, aliases, same_as, note, acknowledged: _, location: _, is_valid: _ } = entity;
    let node = namespaces.entity(id);
    emit(TripleRef::new(&node, vocab::rdf::TYPE, class));
    write_labels(&node, (language, label), labels, emit);
    let mut write = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(&node, predicate, object));
    for alias in aliases {
        write(vocab::skos::ALT_LABEL, (&tagged(alias, language)).into());
    }
    for iri in same_as {
        write(vocab::skos::EXACT_MATCH, iri.into());
    }
    if let Some(note) = note {
        write(vocab::skos::NOTE, (&tagged(note, language)).into());
    }
}

/// A language-tagged string, or a simple literal if the tag is invalid, which `check` reports.
fn tagged(text: &str, tag: &str) -> Literal {
    Literal::new_language_tagged_literal(text, tag).unwrap_or_else(|_| Literal::new_simple_literal(text))
}

/// Writes the triples of a source.
pub fn write_source(source: &Source, namespaces: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    let Source {
        id,
        title,
        kind,
        language,
        text: _,
        redistributable: _,
        url,
        publisher,
        published,
        accessed,
        location: _,
    } = source;
    let node = namespaces.source(id);
    let mut write = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(&node, predicate, object));
    write(vocab::rdf::TYPE, vocab::fl::SOURCE_CLASS.into());
    write(vocab::fl::KIND, LiteralRef::new_simple_literal(kind.as_str()).into());
    if *kind != SourceKind::Background {
        write(vocab::rdf::TYPE, vocab::schema::CREATIVE_WORK.into());
    }
    if let Some(title) = title {
        let tagged = language.as_ref().map(|language| tagged(title, language));
        write(vocab::dcterms::TITLE, (&tagged.unwrap_or_else(|| Literal::new_simple_literal(title))).into());
    }
    let texts = [(vocab::dcterms::LANGUAGE, language), (vocab::dcterms::PUBLISHER, publisher)];
    for (predicate, text) in texts {
        if let Some(text) = text {
            write(predicate, LiteralRef::new_simple_literal(text).into());
        }
    }
    for (predicate, time) in [(vocab::dcterms::ISSUED, published), (vocab::fl::ACCESSED, accessed)] {
        if let Some(time) = time {
            write(predicate, (&time.literal()).into());
        }
    }
    if let Some(url) = url.as_deref().and_then(|url| NamedNode::new(url).ok()) {
        write(vocab::schema::URL, (&url).into());
    }
}

/// Writes the triples of a status that the dataset declares. `language` is the language of the dataset.
pub fn write_status(status: &Status, language: &str, namespaces: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    // The line is part of the style.
    let Status { id, label, labels, line: _, location: _ } = status;
    let node = namespaces.status(id);
    emit(TripleRef::new(&node, vocab::rdf::TYPE, vocab::fl::CLAIM_STATUS));
    write_labels(&node, (language, label), labels, emit);
}

/// Writes a label in the language of the dataset, and those in other languages.
fn write_labels(
    node: &NamedNode,
    main: (&str, &str),
    labels: &[(String, String)],
    emit: &mut dyn FnMut(TripleRef<'_>),
) {
    for (tag, text) in std::iter::once(main).chain(labels.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))) {
        emit(TripleRef::new(node, vocab::rdfs::LABEL, &tagged(text, tag)));
    }
}

/// Writes the triples of a rule.
pub fn write_rule(name: &str, summary: Option<&str>, namespaces: &Namespaces, emit: &mut dyn FnMut(TripleRef<'_>)) {
    let node = namespaces.rule(name);
    let mut write = |predicate: NamedNodeRef<'_>, object: TermRef<'_>| emit(TripleRef::new(&node, predicate, object));
    write(vocab::rdf::TYPE, vocab::sh::RULE.into());
    write(vocab::rdfs::LABEL, LiteralRef::new_simple_literal(name).into());
    if let Some(summary) = summary {
        write(vocab::dcterms::DESCRIPTION, LiteralRef::new_simple_literal(summary).into());
    }
}

/// Writes the triples of a vocabulary.
pub fn write_vocabulary(vocabulary: &Vocabulary, emit: &mut dyn FnMut(TripleRef<'_>)) {
    for declared in vocabulary.triples() {
        emit(declared.triple.as_ref());
    }
}
