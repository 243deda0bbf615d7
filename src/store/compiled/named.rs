//! Quads of named graphs, in four orders.

use super::GraphError;
use super::blocks::{Words, equal_range};
use super::dictionary::Id;
use rayon::slice::ParallelSliceMut;
use std::iter;
use std::ops::Range;
use zerocopy::little_endian::U32;

/// The positions of subject, predicate, object and graph name in the four orders.
const ORDERS: [[usize; 4]; 4] = [[0, 1, 2, 3], [1, 2, 0, 3], [2, 0, 1, 3], [3, 0, 1, 2]];

/// Quads of subject, predicate, object and graph name, sorted as SPOG, POSG, OSPG and GSPO, each with its four columns.
pub(in crate::store) struct NamedQuads {
    /// The columns of each order.
    pub(in crate::store) columns: [[Words; 4]; 4],
}

impl NamedQuads {
    /// Sorts quads, given as subject, predicate, object and graph name, and drops duplicates.
    pub(in crate::store) fn build(mut quads: Vec<[Id; 4]>) -> Result<Self, GraphError> {
        if u32::try_from(quads.len()).is_err() {
            return Err(GraphError::TooLarge("the quads"));
        }
        let columns = ORDERS.map(|order| {
            quads.par_sort_unstable_by_key(|quad| order.map(|part| quad[part]));
            quads.dedup();
            order.map(|part| Words::Owned(quads.iter().map(|quad| U32::new(quad[part])).collect()))
        });
        Ok(Self { columns })
    }

    /// The number of quads.
    pub(in crate::store) fn len(&self) -> usize {
        self.columns[0][0].len()
    }

    /// The range of an order with these first ids.
    fn range(&self, order: usize, ids: &[Id]) -> Result<Range<usize>, GraphError> {
        let mut range = 0..self.len();
        for (column, id) in self.columns[order].iter().zip(ids) {
            range = equal_range(column, range, *id)?;
        }
        Ok(range)
    }

    /// An order and the range of it with the quads that may match. The caller compares the bound ids that are not a prefix of the
    /// order.
    pub(in crate::store) fn candidates(&self, pattern: [Option<Id>; 4]) -> Result<(usize, Range<usize>), GraphError> {
        let [s, p, o, g] = pattern;
        let (order, ids): (usize, Vec<Id>) = match (s, p, o) {
            (Some(s), Some(p), Some(o)) => (0, [s, p, o].into_iter().chain(g).collect()),
            (Some(s), Some(p), None) => (0, vec![s, p]),
            (None, Some(p), Some(o)) => (1, vec![p, o]),
            (Some(s), None, Some(o)) => (2, vec![o, s]),
            (Some(s), None, None) => (0, vec![s]),
            (None, Some(p), None) => (1, vec![p]),
            (None, None, Some(o)) => (2, vec![o]),
            (None, None, None) => (0, vec![]),
        };
        let range = self.range(order, &ids)?;
        match g {
            Some(g) => {
                let ids: Vec<Id> = iter::once(g).chain(s).collect();
                let within = self.range(3, &ids)?;
                Ok(if within.len() < range.len() { (3, within) } else { (order, range) })
            }
            None => Ok((order, range)),
        }
    }

    /// The quad at an index of an order: subject, predicate, object and graph name.
    pub(in crate::store) fn quad(&self, order: usize, at: usize) -> Result<[Id; 4], GraphError> {
        let mut quad = [0; 4];
        for (column, part) in self.columns[order].iter().zip(ORDERS[order]) {
            quad[part] = column.get(at)?;
        }
        Ok(quad)
    }

    /// The names of the graphs, ascending.
    pub(in crate::store) fn graphs(&self) -> Result<Vec<Id>, GraphError> {
        let column = &self.columns[3][0];
        let (mut names, mut at) = (Vec::new(), 0);
        while at < self.len() {
            let name = column.get(at)?;
            names.push(name);
            at = equal_range(column, at..self.len(), name)?.end.max(at + 1);
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn every_pattern_matches_the_quads_that_a_scan_finds(
            quads in prop::collection::vec(prop::array::uniform4(1_u32..6), 0..80),
            pattern in prop::array::uniform4(prop::option::of(1_u32..7)),
        ) {
            let set: BTreeSet<[u32; 4]> = quads.iter().copied().collect();
            let named = NamedQuads::build(quads).unwrap();
            let fits = |quad: &[u32; 4]| pattern.iter().zip(quad).all(|(want, is)| want.is_none_or(|want| want == *is));
            let (order, range) = named.candidates(pattern).unwrap();
            let found: Vec<[u32; 4]> = range.map(|at| named.quad(order, at).unwrap()).filter(fits).collect();
            let distinct: BTreeSet<[u32; 4]> = found.iter().copied().collect();
            prop_assert_eq!(found.len(), distinct.len());
            prop_assert_eq!(distinct, set.iter().copied().filter(fits).collect());
            let names: BTreeSet<u32> = set.iter().map(|quad| quad[3]).collect();
            prop_assert_eq!(named.graphs().unwrap(), names.into_iter().collect::<Vec<_>>());
        }
    }
}
