//! Pairs of items with equal keys.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// The items of two lists, in order.
pub(super) struct Matches<T> {
    pub(super) pairs: Vec<(T, T)>,
    /// The items of the first list without a partner.
    pub(super) before: Vec<T>,
    /// The items of the second list without a partner.
    pub(super) after: Vec<T>,
}

/// Pairs the items of two lists by their keys. Items without a key stay unpaired.
pub(super) fn match_by<T, K: Eq + Hash>(before: Vec<T>, after: Vec<T>, key: impl Fn(&T) -> Option<K>) -> Matches<T> {
    let mut candidates: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (index, item) in after.iter().enumerate() {
        if let Some(key) = key(item) {
            candidates.entry(key).or_default().push_back(index);
        }
    }
    let mut after: Vec<Option<T>> = after.into_iter().map(Some).collect();
    let (mut pairs, mut unmatched) = (Vec::new(), Vec::new());
    for item in before {
        let index = key(&item).and_then(|key| candidates.get_mut(&key)?.pop_front());
        match index.and_then(|index| after[index].take()) {
            Some(partner) => pairs.push((item, partner)),
            None => unmatched.push(item),
        }
    }
    Matches { pairs, before: unmatched, after: after.into_iter().flatten().collect() }
}
