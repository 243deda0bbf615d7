//! Changed declarations of entities, sources, statuses and terms of the vocabulary.

use super::ChangeKind;
use crate::model::vocab;
use crate::query::vocabulary_of;
use crate::store::{Store, StoreError};
use itertools::Itertools;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Triple};
use std::collections::{BTreeSet, HashSet};

/// The kind of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// An entity.
    Entity,
    /// A source.
    Source,
    /// A status that the manifest declares.
    Status,
    /// A class or a predicate of the vocabulary.
    Term,
}

impl ResourceKind {
    /// All kinds, in the order of a report.
    pub const ALL: [Self; 4] = [Self::Entity, Self::Source, Self::Status, Self::Term];

    /// `entity`, `source`, `status` or `term`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entity => "entity",
            Self::Source => "source",
            Self::Status => "status",
            Self::Term => "term",
        }
    }
}

/// A resource with other declared triples than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// The kind of resource.
    pub kind: ResourceKind,
    /// The IRI of the resource.
    pub iri: NamedNode,
    /// The kind of change.
    pub change: ChangeKind,
    /// The triples that are no longer declared, sorted by their N-Triples.
    pub removed: Vec<Triple>,
    /// The triples that are newly declared, sorted by their N-Triples.
    pub added: Vec<Triple>,
}

/// Finds the resources with other declared triples, sorted by kind and IRI.
pub(super) fn resource_changes(before: &Store, after: &Store) -> Result<Vec<ResourceChange>, StoreError> {
    let mut changes = Vec::new();
    for kind in ResourceKind::ALL {
        for versions in resources(kind, before)?.into_iter().merge_join_by(resources(kind, after)?, Ord::cmp) {
            let change = ChangeKind::of(&versions);
            let iri = versions.reduce(|before, _| before);
            let [old, new] = [before, after].map(|store| store.triples_with_subject(iri.as_ref()));
            let (old, new): (HashSet<_>, HashSet<_>) = (old?.into_iter().collect(), new?.into_iter().collect());
            let removed = declared(before, old.difference(&new))?;
            let added = declared(after, new.difference(&old))?;
            if change != ChangeKind::Changed || !removed.is_empty() || !added.is_empty() {
                changes.push(ResourceChange { kind, iri, change, removed, added });
            }
        }
    }
    Ok(changes)
}

/// The resources of a kind, sorted by IRI.
fn resources(kind: ResourceKind, store: &Store) -> Result<Vec<NamedNode>, StoreError> {
    let subjects: Vec<NamedOrBlankNode> = match kind {
        ResourceKind::Entity => return store.entities(),
        // Every source has a kind.
        ResourceKind::Source => {
            store.triples_with_predicate(vocab::fl::KIND)?.into_iter().map(|triple| triple.subject).collect()
        }
        ResourceKind::Status => store.subjects(vocab::rdf::TYPE, vocab::fl::CLAIM_STATUS.into())?,
        ResourceKind::Term => {
            let vocabulary = vocabulary_of(store.metadata())?;
            vocabulary.triples().iter().map(|declared| declared.triple.subject.clone()).collect()
        }
    };
    let namespaces = store.namespaces();
    let iris = subjects.into_iter().filter_map(|subject| match subject {
        // The vocabulary may declare the class of an entity.
        NamedOrBlankNode::NamedNode(iri) => namespaces.entity_id(iri.as_ref()).is_none().then_some(iri),
        NamedOrBlankNode::BlankNode(_) => None,
    });
    Ok(iris.collect::<BTreeSet<NamedNode>>().into_iter().collect())
}

/// The triples that no statement asserts, sorted.
fn declared<'a>(store: &Store, triples: impl Iterator<Item = &'a Triple>) -> Result<Vec<Triple>, StoreError> {
    let mut declared = Vec::new();
    for triple in triples {
        if store.find_assertion(triple)?.is_none() {
            declared.push(triple.clone());
        }
    }
    declared.sort_by_cached_key(ToString::to_string);
    Ok(declared)
}
