//! Predicates of widely used vocabularies that are often confused.

use crate::model::vocab::{dcterms, oa, owl, rdfs, schema, skos};
use oxigraph::model::{NamedNode, NamedNodeRef};

/// Predicates with nearly the same meaning. The first of each group is the one that factloom writes.
const GROUPS: [&[NamedNodeRef<'static>]; 9] = [
    &[skos::EXACT_MATCH, owl::SAME_AS, schema::SAME_AS, other("http://www.w3.org/2004/02/skos/core#closeMatch")],
    &[
        rdfs::LABEL,
        skos::PREF_LABEL,
        other("https://schema.org/name"),
        other("http://schema.org/name"),
        other("http://xmlns.com/foaf/0.1/name"),
    ],
    &[
        skos::ALT_LABEL,
        other("http://www.w3.org/2004/02/skos/core#hiddenLabel"),
        other("https://schema.org/alternateName"),
        other("http://schema.org/alternateName"),
    ],
    &[
        dcterms::TITLE,
        other("http://purl.org/dc/elements/1.1/title"),
        other("https://schema.org/headline"),
        other("http://schema.org/headline"),
    ],
    &[
        skos::NOTE,
        rdfs::COMMENT,
        dcterms::DESCRIPTION,
        other("http://purl.org/dc/elements/1.1/description"),
        other("https://schema.org/description"),
        other("http://schema.org/description"),
    ],
    &[
        dcterms::ISSUED,
        other("http://purl.org/dc/terms/date"),
        other("http://purl.org/dc/elements/1.1/date"),
        other("https://schema.org/datePublished"),
        other("http://schema.org/datePublished"),
    ],
    &[
        dcterms::PUBLISHER,
        other("http://purl.org/dc/elements/1.1/publisher"),
        other("https://schema.org/publisher"),
        other("http://schema.org/publisher"),
    ],
    &[
        dcterms::LANGUAGE,
        other("http://purl.org/dc/elements/1.1/language"),
        other("https://schema.org/inLanguage"),
        other("http://schema.org/inLanguage"),
    ],
    &[
        oa::HAS_SOURCE,
        dcterms::SOURCE,
        other("http://purl.org/dc/elements/1.1/source"),
        other("http://www.w3.org/ns/prov#hadPrimarySource"),
        other("http://www.w3.org/ns/prov#wasQuotedFrom"),
    ],
];

const fn other(iri: &'static str) -> NamedNodeRef<'static> {
    NamedNodeRef::new_unchecked(iri)
}

/// The other predicates of the group of one.
pub(super) fn synonyms(predicate: &NamedNode) -> Vec<NamedNode> {
    let group = GROUPS.iter().find(|group| group.contains(&predicate.as_ref()));
    let others = group.into_iter().flat_map(|group| group.iter()).filter(|other| **other != *predicate);
    others.map(|other| other.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_predicate_is_in_one_group() {
        let mut all: Vec<NamedNodeRef<'_>> = GROUPS.iter().flat_map(|group| group.iter().copied()).collect();
        let number = all.len();
        all.sort_by_key(|predicate| predicate.as_str());
        all.dedup();
        assert_eq!(all.len(), number);
        assert!(all.iter().all(|predicate| NamedNode::new(predicate.as_str()).is_ok()));
    }

    #[test]
    fn a_predicate_is_not_its_own_synonym() {
        let found = synonyms(&owl::SAME_AS.into_owned());
        assert_eq!(found[0], skos::EXACT_MATCH.into_owned());
        assert!(!found.contains(&owl::SAME_AS.into_owned()));
        assert!(synonyms(&NamedNode::new_unchecked("http://e/p")).is_empty());
    }
}
