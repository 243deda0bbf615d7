//! Names in the vocabulary: one label per language, and IRIs below the base in normalization form C.

use super::entity::Entity;
use super::vocabulary::{Vocabulary, VocabularyTriple};
use crate::diagnostic::{Code, Finding, Findings, Location, PathSegment};
use crate::model::{InvalidId, Namespaces, nfc, vocab};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Labels with the triples that state them, by subject and by language in lower case.
type Labels<'a> = HashMap<(NamedNode, String), (&'a str, &'a VocabularyTriple)>;

/// Reports two labels of one subject in one language, and IRIs below the base that are not normalised. `language` is the language of the
/// dataset.
///
/// The same label twice is one triple. Labels without a language count as one language.
pub(super) fn check(
    vocabulary: &Vocabulary,
    entities: &[Entity],
    language: &str,
    namespaces: &Namespaces,
    findings: &mut Findings,
) {
    let mut labels = Labels::new();
    let mut decomposed: HashSet<&NamedNode> = HashSet::new();
    for declared in vocabulary.triples() {
        let (subject, object) = (&declared.triple.subject, &declared.triple.object);
        let subject = if let NamedOrBlankNode::NamedNode(subject) = subject { Some(subject) } else { None };
        let object_iri = if let Term::NamedNode(object) = object { Some(object) } else { None };
        for iri in [subject, Some(&declared.triple.predicate), object_iri].into_iter().flatten() {
            let is_own = iri.as_str().starts_with(namespaces.base());
            if is_own && !iri.as_str().is_ascii() && nfc(iri.as_str()) != iri.as_str() && decomposed.insert(iri) {
                findings.push(not_normalized(declared, iri, namespaces));
            }
        }
        if let (Some(subject), Term::Literal(label)) = (subject, object)
            && declared.triple.predicate == vocab::rdfs::LABEL
        {
            let language = label.language().unwrap_or_default().to_ascii_lowercase();
            match labels.entry((subject.clone(), language)) {
                Entry::Vacant(new) => {
                    new.insert((label.value(), declared));
                }
                Entry::Occupied(first) if first.get().0 == label.value() => {}
                Entry::Occupied(first) => {
                    let ((_, language), (other, at)) = (first.key(), *first.get());
                    let message = format!("two labels of `{}` {}", namespaces.display(subject), described(language));
                    let location = Location::Bytes(declared.line.clone());
                    let finding = Finding::new(Code::DuplicateLabel, declared.file, location, message);
                    let finding = finding.label(format!("`{}` is the second one", label.value()));
                    findings.push(finding.help("remove one of the two").related(
                        format!("the other label, `{other}`"),
                        at.file,
                        Location::Bytes(at.line.clone()),
                    ));
                }
            }
        }
    }
    if labels.keys().any(|(subject, _)| namespaces.entity_id(subject.as_ref()).is_some()) {
        for entity in entities {
            check_entity(entity, language, &labels, namespaces, findings);
        }
    }
}

/// Reports labels of an entity to which the vocabulary adds another one.
fn check_entity(
    entity: &Entity,
    language: &str,
    labels: &Labels<'_>,
    namespaces: &Namespaces,
    findings: &mut Findings,
) {
    let iri = namespaces.entity(&entity.id);
    let own = [(language, &entity.label, vec![PathSegment::from("label")])].into_iter();
    let others = entity.labels.iter().map(|(tag, label)| (&**tag, label, vec!["labels".into(), tag.as_str().into()]));
    for (tag, label, member) in own.chain(others) {
        let Some((other, at)) = labels.get(&(iri.clone(), tag.to_ascii_lowercase())) else { continue };
        if other != label {
            let (file, mut location) = entity.location.clone();
            if let Location::Value { path, .. } = &mut location {
                path.extend(member);
            }
            let message = format!("two labels of `{}` {}", entity.id, described(tag));
            let finding = Finding::new(Code::DuplicateLabel, file, location, message);
            let finding = finding.label("the vocabulary states another one").help("remove one of the two");
            let location = Location::Bytes(at.line.clone());
            findings.push(finding.related(format!("the other label, `{other}`"), at.file, location));
        }
    }
}

fn described(language: &str) -> String {
    if language.is_empty() { "without a language".to_owned() } else { format!("in the language `{language}`") }
}

fn not_normalized(declared: &VocabularyTriple, iri: &NamedNode, namespaces: &Namespaces) -> Finding {
    let normalized = nfc(iri.as_str()).into_owned();
    let written = NamedNode::new(&normalized).map_or(normalized.clone(), |iri| namespaces.display(&iri));
    let message = InvalidId::NotNormalized(normalized).to_string();
    let finding = Finding::new(Code::InvalidId, declared.file, Location::Bytes(declared.line.clone()), message);
    finding.label("this statement has it").help(format!("write `{written}`"))
}

#[cfg(test)]
mod tests {
    use crate::dataset::{Dataset, DatasetRoot};

    /// The findings about a dataset with these statements in its vocabulary and these members of its entity.
    fn messages(turtle: &str, members: &str) -> Vec<String> {
        let prefixes = "@prefix v: <https://e.org/vocabulary/> . @prefix e: <https://e.org/entity/> .\n\
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n";
        let turtle = format!("{prefixes}v:Mill a rdfs:Class .\n{turtle}\n");
        let entities = format!(r#"[{{"id": "mill", "type": "Mill", "label": "Mill"{members}}}]"#);
        let root = tempfile::tempdir().unwrap();
        let manifest = r#"{"base": "https://e.org/", "language": "en"}"#;
        for (name, text) in [("factloom.json", manifest), ("vocabulary.ttl", &*turtle), ("entities.json", &*entities)] {
            std::fs::write(root.path().join(name), text).unwrap();
        }
        let opened = Dataset::open(DatasetRoot::Directory(root.path().to_owned()), None);
        let labels = opened.dataset.map(|dataset| dataset.entities[0].labels.clone());
        assert!(labels.is_some_and(|labels| labels.iter().all(|(tag, _)| !tag.eq_ignore_ascii_case("en"))));
        opened
            .findings
            .iter()
            .map(|finding| format!("{}: {}; {}", finding.code, finding.message, finding.help))
            .collect()
    }

    #[test]
    fn two_labels_in_one_language_are_reported() {
        for (turtle, members, found) in [
            ("v:Mill rdfs:label \"mill\"@en, \"mill\"@en, \"Mühle\"@de, \"mill\" .", "", ""),
            ("v:Mill rdfs:label \"a\"@en, \"b\"@EN .", "", "two labels of `v:Mill` in the language `en`"),
            ("v:Mill rdfs:label \"a\", \"b\" .", "", "two labels of `v:Mill` without a language"),
            ("e:mill rdfs:label \"Mill\"@en .", "", ""),
            ("e:mill rdfs:label \"the mill\"@en .", "", "two labels of `mill` in the language `en`"),
            (
                "e:mill rdfs:label \"die Mühle\"@de .",
                r#", "labels": {"de": "Mühle"}"#,
                "two labels of `mill` in the language `de`",
            ),
            ("", r#", "labels": {"de": "Mühle", "en-GB": "mill", "fr": "Mill"}"#, ""),
            ("", r#", "labels": {"EN": "mill"}"#, "two labels in the language `en`"),
            ("", r#", "labels": {"en": "Mill"}"#, "two labels in the language `en`"),
            ("", r#", "labels": {"en-gb": "a", "en-GB": "b"}"#, "two labels in the language `en-gb`"),
        ] {
            let messages: Vec<String> =
                messages(turtle, members).into_iter().filter(|message| !message.contains("non-canonical")).collect();
            match found {
                "" => assert_eq!(messages, [""; 0], "{turtle} {members}"),
                found => assert!(
                    messages.len() == 1 && messages[0].starts_with(&format!("duplicate-label: {found};")),
                    "{turtle} {members} {messages:?}"
                ),
            }
        }
    }

    #[test]
    fn an_iri_of_the_dataset_that_is_not_normalized_is_reported_once() {
        let found = messages("v:Cafe\u{301} rdfs:subClassOf v:Mill .\nv:Cafe\u{301} rdfs:label \"x\" .", "");
        let message = "invalid-id: invalid id: not in Unicode's normalization form C; write `v:Caf\u{e9}`";
        assert_eq!(found, [message]);
        assert_eq!(messages("<https://x.org/Cafe\u{301}> rdfs:subClassOf v:Mill .", ""), [""; 0]);
    }
}
