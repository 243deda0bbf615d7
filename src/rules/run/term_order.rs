//! The order of terms as N-Triples.

use super::terms::Terms;
use crate::store::{GraphError, Id};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;

/// Compares ids by the N-Triples of their terms, and caches the ranks of terms that are compared often.
#[derive(Default)]
pub(in crate::rules) struct TermOrder {
    ranks: FxHashMap<Id, u32>,
    /// Ids without a rank that have been compared.
    compared: FxHashSet<Id>,
}

/// How many ids are compared by their N-Triples before they are ranked.
const UNRANKED: usize = 1 << 10;

impl TermOrder {
    /// Ranks ids. If any of them has no rank, takes as long as sorting the N-Triples of all ranked terms.
    pub(in crate::rules) fn rank_all(
        &mut self,
        ids: impl Iterator<Item = Id>,
        terms: &Terms<'_>,
    ) -> Result<(), GraphError> {
        let new: FxHashSet<Id> = ids.filter(|id| !self.ranks.contains_key(id)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let all = new.into_iter().chain(self.ranks.keys().copied());
        let mut strings: Vec<(String, Id)> =
            all.map(|id| Ok((terms.term(id)?.to_string(), id))).collect::<Result<_, GraphError>>()?;
        strings.par_sort_unstable();
        self.ranks = (0..).zip(strings).map(|(rank, (_, id))| (id, rank)).collect();
        Ok(())
    }

    pub(in crate::rules) fn rank(&self, id: Id) -> Option<u32> {
        self.ranks.get(&id).copied()
    }

    /// Compares premises in order, by the N-Triples of their terms.
    pub(in crate::rules) fn compare(
        &mut self,
        a: &[[Id; 3]],
        b: &[[Id; 3]],
        terms: &Terms<'_>,
    ) -> Result<Ordering, GraphError> {
        let first = a.iter().flatten().zip(b.iter().flatten()).find(|(a, b)| a != b);
        let Some((a, b)) = first else { return Ok(a.len().cmp(&b.len())) };
        if let (Some(a), Some(b)) = (self.rank(*a), self.rank(*b)) {
            return Ok(a.cmp(&b));
        }
        self.compared.extend([*a, *b]);
        if self.compared.len() >= UNRANKED {
            let compared = std::mem::take(&mut self.compared);
            self.rank_all(compared.into_iter(), terms)?;
        }
        Ok(terms.term(*a)?.to_string().cmp(&terms.term(*b)?.to_string()))
    }
}
