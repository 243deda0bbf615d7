//! Lists of nodes that count as memory of their query.

use super::budget::{Budget, Reserved};
use crate::store::GraphError;
use crate::store::compiled::Id;
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// What a node takes in a list that grows by doubling.
const LISTED: usize = 2 * size_of::<Id>();

/// What a node takes in a set that grows by doubling.
const IN_SET: usize = 3 * size_of::<Id>();

/// A list of nodes.
pub(super) struct Nodes {
    ids: Vec<Id>,
    reserved: Reserved,
}

impl Nodes {
    pub(super) fn new(budget: &Rc<Budget>) -> Self {
        Self { ids: Vec::new(), reserved: Reserved::new(budget) }
    }

    pub(super) fn push(&mut self, id: Id) -> Result<(), GraphError> {
        self.reserved.add(LISTED)?;
        self.ids.push(id);
        Ok(())
    }

    /// Adds nodes whose largest possible number is known.
    pub(super) fn extend(&mut self, most: usize, ids: impl IntoIterator<Item = Id>) -> Result<(), GraphError> {
        self.reserved.add(most * LISTED)?;
        self.ids.extend(ids);
        Ok(())
    }

    pub(super) fn as_slice(&self) -> &[Id] {
        &self.ids
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.reserved.clear();
    }

    pub(super) fn sort_and_dedup(&mut self) {
        self.ids.sort_unstable();
        self.ids.dedup();
    }

    /// Removes repetitions from the end of the list, starting at `start`.
    pub(super) fn dedup_from(&mut self, start: usize) -> Result<(), GraphError> {
        let mut set = Reserved::new(self.reserved.budget());
        set.add((self.ids.len() - start) * (IN_SET + size_of::<Id>()))?;
        let mut seen = FxHashSet::default();
        let tail = self.ids.split_off(start);
        self.ids.extend(tail.into_iter().filter(|node| seen.insert(*node)));
        Ok(())
    }
}

impl IntoIterator for Nodes {
    type Item = Id;
    type IntoIter = IntoNodes;

    fn into_iter(self) -> IntoNodes {
        IntoNodes { ids: self.ids.into_iter(), _reserved: self.reserved }
    }
}

/// The nodes of a list, one after the other. Their memory is given back at the end.
pub(super) struct IntoNodes {
    ids: std::vec::IntoIter<Id>,
    _reserved: Reserved,
}

impl Iterator for IntoNodes {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        self.ids.next()
    }
}

/// A set of nodes.
pub(super) struct NodeSet {
    seen: FxHashSet<Id>,
    reserved: Reserved,
}

impl NodeSet {
    pub(super) fn new(budget: &Rc<Budget>) -> Self {
        Self { seen: FxHashSet::default(), reserved: Reserved::new(budget) }
    }

    /// Adds a node; `false` if it was there.
    pub(super) fn insert(&mut self, id: Id) -> Result<bool, GraphError> {
        let is_new = self.seen.insert(id);
        if is_new {
            self.reserved.add(IN_SET)?;
        }
        Ok(is_new)
    }
}
