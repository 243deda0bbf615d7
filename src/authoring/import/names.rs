//! From the names in proposals to ids: labels, aliases and IRIs of entities, labels of predicates, titles and addresses of sources.
//!
//! Invariant: a name stands for an id only if no other entity, predicate or source has that name.

use crate::authoring::fact_json::term_name;
use crate::dataset::Dataset;
use crate::model::{nfc, vocab};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use std::collections::HashMap;

/// The most ids that are listed for a name.
const MAX_CANDIDATES: usize = 5;

/// The most words of an unknown name whose parts are looked up, and the fewest characters of such a part.
const MAX_WORDS: usize = 8;
const MIN_PART: usize = 4;

/// What a name in a proposal stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolution {
    /// It is already an id, or the name of a predicate.
    Id,
    /// It is another name of one thing: the id, and a sentence about it.
    Resolved(String, String),
    /// It is not known, or several things have it: a sentence about them, if there are any.
    Unknown(Option<String>),
}

/// The names of a dataset.
pub(super) struct Names<'a> {
    dataset: &'a Dataset,
    /// The entities that have a label or an alias, by it.
    entities: HashMap<String, Vec<u32>>,
    /// The same in lower case.
    lower_case: HashMap<String, Vec<u32>>,
    same_as: HashMap<&'a str, Vec<u32>>,
    predicates: HashMap<String, Vec<&'a NamedNode>>,
    sources: HashMap<String, Vec<u32>>,
}

fn push<K: Eq + std::hash::Hash, V: PartialEq>(map: &mut HashMap<K, Vec<V>>, key: K, value: V) {
    let values = map.entry(key).or_default();
    if values.last() != Some(&value) {
        values.push(value);
    }
}

impl<'a> Names<'a> {
    pub(super) fn new(dataset: &'a Dataset) -> Self {
        let mut names = Self {
            dataset,
            entities: HashMap::new(),
            lower_case: HashMap::new(),
            same_as: HashMap::new(),
            predicates: HashMap::new(),
            sources: HashMap::new(),
        };
        for (entity, number) in dataset.entities.iter().zip(0..) {
            let labels = entity.labels.iter().map(|(_, label)| label);
            for name in [&entity.label].into_iter().chain(labels).chain(&entity.aliases) {
                let name = nfc(name).into_owned();
                push(&mut names.lower_case, name.to_lowercase(), number);
                push(&mut names.entities, name, number);
            }
            push(&mut names.lower_case, entity.id.as_str().to_lowercase(), number);
            for iri in &entity.same_as {
                push(&mut names.same_as, iri.as_str(), number);
            }
        }
        for declared in dataset.vocabulary.triples() {
            let triple = &declared.triple;
            if let (NamedOrBlankNode::NamedNode(term), Term::Literal(label)) = (&triple.subject, &triple.object)
                && triple.predicate == vocab::rdfs::LABEL
                && dataset.vocabulary.predicate_by_iri(term).is_some()
            {
                push(&mut names.predicates, nfc(label.value()).into_owned(), term);
            }
        }
        for (source, number) in dataset.sources.iter().zip(0..) {
            for name in source.title.iter().chain(&source.url) {
                push(&mut names.sources, nfc(name).into_owned(), number);
            }
        }
        names
    }

    fn id(&self, entity: u32) -> &'a str {
        self.dataset.entities[entity as usize].id.as_str()
    }

    /// What the name of an entity stands for.
    pub(super) fn entity(&self, name: &str) -> Resolution {
        if self.dataset.entity(name).is_some() {
            return Resolution::Id;
        }
        let nfc_name = nfc(name);
        match self.entities.get(&*nfc_name).map(Vec::as_slice) {
            Some([only]) => {
                let id = self.id(*only);
                let what = if nfc(&self.dataset.entities[*only as usize].label) == nfc_name { "label" } else { "name" };
                return Resolution::Resolved(id.to_owned(), format!("`{name}` is the {what} of `{id}`"));
            }
            Some(several) => {
                let ids = self.list(several);
                return Resolution::Unknown(Some(format!("several entities are named `{name}`: {ids}")));
            }
            None => {}
        }
        if name.contains(':')
            && let Ok(iri) = self.dataset.namespaces.resolve(name)
        {
            if let Some(entity) =
                self.dataset.namespaces.entity_id(iri.as_ref()).and_then(|id| self.dataset.entity(id.as_str()))
            {
                let id = entity.id.as_str();
                return Resolution::Resolved(id.to_owned(), format!("`{name}` is the IRI of `{id}`"));
            }
            match self.same_as.get(iri.as_str()).map(Vec::as_slice) {
                Some([only]) => {
                    let id = self.id(*only);
                    return Resolution::Resolved(id.to_owned(), format!("`{name}` is in `sameAs` of `{id}`"));
                }
                Some(several) => {
                    let ids = self.list(several);
                    return Resolution::Unknown(Some(format!("several entities have `{name}` in `sameAs`: {ids}")));
                }
                None => {}
            }
        }
        let lower_case = nfc_name.to_lowercase();
        if let Some(similar) = self.lower_case.get(&lower_case) {
            return Resolution::Unknown(Some(format!("in another letter case: {}", self.list(similar))));
        }
        Resolution::Unknown(
            self.within(&lower_case).map(|similar| format!("with a part of the name: {}", self.list(similar))),
        )
    }

    /// The entities whose name is the longest part of a name in lower case, in whole words.
    fn within(&self, name: &str) -> Option<&[u32]> {
        let words: Vec<&str> = name.split_whitespace().take(MAX_WORDS).collect();
        let parts = (1..words.len()).rev().flat_map(|length| words.windows(length).map(|part| part.join(" ")));
        parts
            .filter(|part| part.chars().count() >= MIN_PART)
            .find_map(|part| self.lower_case.get(&part))
            .map(Vec::as_slice)
    }

    fn list(&self, entities: &[u32]) -> String {
        let label = |entity: u32| &self.dataset.entities[entity as usize].label;
        let shown =
            entities.iter().take(MAX_CANDIDATES).map(|entity| format!("`{}` ({})", self.id(*entity), label(*entity)));
        let shown = shown.collect::<Vec<_>>().join(", ");
        match entities.len().saturating_sub(MAX_CANDIDATES) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }

    /// What the name of a predicate stands for.
    pub(super) fn predicate(&self, name: &str) -> Resolution {
        let Self { dataset, .. } = self;
        let is_time = |time: &(&str, _)| time.0 == name.strip_prefix("fl:").unwrap_or(name);
        if dataset.vocabulary.find_predicate(name, &dataset.namespaces).is_some() || vocab::TIMES.iter().any(is_time) {
            return Resolution::Id;
        }
        match self.predicates.get(&*nfc(name)).map(Vec::as_slice) {
            Some([only]) => {
                let id = term_name(only.as_ref(), dataset);
                let sentence = format!("`{name}` is the label of the predicate `{id}`");
                Resolution::Resolved(id, sentence)
            }
            Some(several) => {
                let ids =
                    several.iter().take(MAX_CANDIDATES).map(|iri| format!("`{}`", term_name(iri.as_ref(), dataset)));
                let ids = ids.collect::<Vec<_>>().join(", ");
                Resolution::Unknown(Some(format!("several predicates are named `{name}`: {ids}")))
            }
            None => Resolution::Unknown(None),
        }
    }

    /// What the name of a source stands for.
    pub(super) fn source(&self, name: &str) -> Resolution {
        if self.dataset.source(name).is_some() {
            return Resolution::Id;
        }
        let id = |source: u32| self.dataset.sources[source as usize].id.as_str();
        match self.sources.get(&*nfc(name)).map(Vec::as_slice) {
            Some([only]) => {
                let id = id(*only);
                Resolution::Resolved(
                    id.to_owned(),
                    format!("`{name}` is the title or the address of the source `{id}`"),
                )
            }
            Some(several) => {
                let ids = several.iter().take(MAX_CANDIDATES).map(|source| format!("`{}`", id(*source)));
                let ids = ids.collect::<Vec<_>>().join(", ");
                Resolution::Unknown(Some(format!("several sources are named `{name}`: {ids}")))
            }
            None => Resolution::Unknown(None),
        }
    }
}
