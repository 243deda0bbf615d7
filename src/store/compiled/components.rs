//! Triple terms by what they are made of.

use super::GraphError;
use super::blocks::{Words, equal_range};
use super::dictionary::Id;
use super::interner::Interner;
use rayon::slice::ParallelSliceMut;
use std::ops::Range;
use zerocopy::little_endian::U32;

/// For each of subject, predicate and object: the component's id and the triple term's, sorted by both.
pub(in crate::store) struct Components {
    pub(in crate::store) columns: [Words; 6],
}

impl Components {
    pub(super) fn build(terms: &Interner) -> Result<Self, GraphError> {
        let mut pairs: [Vec<u64>; 3] = Default::default();
        for id in terms.triple_terms() {
            let (parts, _) = terms.encoded(*id)[1..].as_chunks::<4>();
            for (pairs, part) in pairs.iter_mut().zip(parts) {
                pairs.push(u64::from(u32::from_le_bytes(*part)) << 32 | u64::from(*id));
            }
        }
        let mut columns = Vec::with_capacity(6);
        for mut pairs in pairs {
            pairs.par_sort_unstable();
            columns.push(Words::Owned(pairs.iter().map(|pair| U32::new((*pair >> 32) as u32)).collect()));
            columns.push(Words::Owned(pairs.iter().map(|pair| U32::new(*pair as u32)).collect()));
        }
        let columns = columns.try_into().map_err(|_| GraphError::Corrupt("there are not six columns"))?;
        Ok(Self { columns })
    }

    /// How many triple terms there are.
    pub(in crate::store) fn len(&self) -> usize {
        self.columns[1].len()
    }

    /// Where the triple terms are that have `component` at a place (0 subject, 1 predicate, 2 object).
    pub(in crate::store) fn with(&self, place: usize, component: Id) -> Result<Range<usize>, GraphError> {
        equal_range(&self.columns[place * 2], 0..self.len(), component)
    }

    /// The triple term at a place of the column of a component.
    pub(in crate::store) fn term_at(&self, place: usize, at: usize) -> Result<Id, GraphError> {
        self.columns[place * 2 + 1].get(at)
    }
}
