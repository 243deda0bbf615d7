//! What is given about things: entities, sources, and the terms of the vocabulary.

use crate::model::vocab;
use crate::store::{Store, StoreError};
use itertools::Itertools;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Triple};
use std::collections::{BTreeSet, HashSet};

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// An entity.
    Entity,
    /// A source.
    Source,
    /// A class or a predicate of the vocabulary.
    Term,
}

impl ResourceKind {
    /// All of them, in the order in which their things come.
    pub const ALL: [Self; 3] = [Self::Entity, Self::Source, Self::Term];

    /// The kind's name in documents: `entity`, `source` or `term`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entity => "entity",
            Self::Source => "source",
            Self::Term => "term",
        }
    }
}

/// A thing of which something else is given than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// What it is.
    pub kind: ResourceKind,
    /// Its IRI.
    pub iri: NamedNode,
    /// Whether it was there before, and whether it is there now; one of the two at least.
    pub there: (bool, bool),
    /// What is no longer given, sorted by its N-Triples.
    pub lost: Vec<Triple>,
    /// What is given now, sorted by its N-Triples.
    pub gained: Vec<Triple>,
}

/// Finds the things of which something else is given, by their kinds and then by their IRIs. What statements say of them is
/// not given.
///
/// Goes through the things of both graphs, side by side.
pub(super) fn thing_changes(before: &Store, after: &Store) -> Result<Vec<ResourceChange>, StoreError> {
    let mut changes = Vec::new();
    for kind in ResourceKind::ALL {
        for next in things(kind, before)?.into_iter().merge_join_by(things(kind, after)?, Ord::cmp) {
            let there = (next.has_left(), next.has_right());
            let iri = next.reduce(|iri, _| iri);
            let (was, is) = (before.triples_with_subject(iri.as_ref())?, after.triples_with_subject(iri.as_ref())?);
            let (was, is) = (was.into_iter().collect::<HashSet<_>>(), is.into_iter().collect::<HashSet<_>>());
            let lost = only_given(before, was.difference(&is))?;
            let gained = only_given(after, is.difference(&was))?;
            if there.0 != there.1 || !lost.is_empty() || !gained.is_empty() {
                changes.push(ResourceChange { kind, iri, there, lost, gained });
            }
        }
    }
    Ok(changes)
}

/// The things of a kind, sorted by their IRIs.
fn things(kind: ResourceKind, store: &Store) -> Result<Vec<NamedNode>, StoreError> {
    let subjects = match kind {
        ResourceKind::Entity => return store.entities(),
        // Each source has a kind.
        ResourceKind::Source => {
            store.triples_with_predicate(vocab::fl::KIND)?.into_iter().map(|triple| triple.subject).collect()
        }
        ResourceKind::Term => {
            let vocabulary = store.metadata().vocabulary()?;
            vocabulary.triples().iter().map(|given| given.triple.subject.clone()).collect::<Vec<_>>()
        }
    };
    let names = store.names();
    let iris = subjects.into_iter().filter_map(|subject| match subject {
        // The vocabulary may give an entity its class.
        NamedOrBlankNode::NamedNode(iri) => names.entity_id(iri.as_ref()).is_none().then_some(iri),
        NamedOrBlankNode::BlankNode(_) => None,
    });
    let sorted: BTreeSet<NamedNode> = iris.collect();
    Ok(sorted.into_iter().collect())
}

/// The triples that no statement asserts, sorted.
fn only_given<'a>(store: &Store, triples: impl Iterator<Item = &'a Triple>) -> Result<Vec<Triple>, StoreError> {
    let mut given = Vec::new();
    for triple in triples {
        if store.find_assertion(triple)?.is_none() {
            given.push(triple.clone());
        }
    }
    given.sort_by_cached_key(ToString::to_string);
    Ok(given)
}
