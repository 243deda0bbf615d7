//! The order of terms, as numbers.

use super::terms::Terms;
use crate::store::{GraphError, Id};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;

/// The order of ids by the N-Triples of their terms, kept for those that are compared again and again.
#[derive(Default)]
pub(in crate::rules) struct TermOrder {
    known: FxHashMap<Id, u32>,
    /// Those that were compared by their texts.
    asked: FxHashSet<Id>,
}

/// After so many ids were compared by their texts, they get their places in the order.
const ENOUGH: usize = 1 << 10;

impl TermOrder {
    /// Sees to it that ids have a place in the order. Where some are new, takes as long as sorting the texts of all terms.
    pub(in crate::rules) fn cover(
        &mut self,
        ids: impl Iterator<Item = Id>,
        terms: &Terms<'_>,
    ) -> Result<(), GraphError> {
        let new: FxHashSet<Id> = ids.filter(|id| !self.known.contains_key(id)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let all = new.into_iter().chain(self.known.keys().copied());
        let mut texts: Vec<(String, Id)> =
            all.map(|id| Ok((terms.term(id)?.to_string(), id))).collect::<Result<_, GraphError>>()?;
        texts.par_sort_unstable();
        self.known = (0..).zip(texts).map(|(rank, (_, id))| (id, rank)).collect();
        Ok(())
    }

    pub(in crate::rules) fn get(&self, id: Id) -> Option<u32> {
        self.known.get(&id).copied()
    }

    /// The order of premises: one after the other, each by the N-Triples of its terms.
    pub(in crate::rules) fn compare(
        &mut self,
        a: &[[Id; 3]],
        b: &[[Id; 3]],
        terms: &Terms<'_>,
    ) -> Result<Ordering, GraphError> {
        let first = a.iter().flatten().zip(b.iter().flatten()).find(|(a, b)| a != b);
        let Some((a, b)) = first else { return Ok(a.len().cmp(&b.len())) };
        if let (Some(a), Some(b)) = (self.get(*a), self.get(*b)) {
            return Ok(a.cmp(&b));
        }
        self.asked.extend([*a, *b]);
        if self.asked.len() >= ENOUGH {
            let asked = std::mem::take(&mut self.asked);
            self.cover(asked.into_iter(), terms)?;
        }
        Ok(terms.term(*a)?.to_string().cmp(&terms.term(*b)?.to_string()))
    }
}
