//! The index of triple terms by their components.

use super::GraphError;
use super::blocks::{Words, equal_range};
use super::dictionary::{Dictionary, Id, MAX_DEPTH};
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;
use std::ops::Range;
use zerocopy::little_endian::U32;

/// For subject, predicate and object: a column of components and a column of their triple terms, sorted by both.
pub(in crate::store) struct Components {
    pub(in crate::store) columns: [[Words; 2]; 3],
}

impl Components {
    pub(super) fn build(
        triple_terms: impl Iterator<Item = Result<(Id, [Id; 3]), GraphError>>,
    ) -> Result<Self, GraphError> {
        let mut pairs: [Vec<u64>; 3] = Default::default();
        for triple_term in triple_terms {
            let (id, parts) = triple_term?;
            for (pairs, part) in pairs.iter_mut().zip(parts) {
                pairs.push(u64::from(part) << 32 | u64::from(id));
            }
        }
        let columns = pairs.map(|mut pairs| {
            pairs.par_sort_unstable();
            [32, 0].map(|shift| Words::Owned(pairs.iter().map(|pair| U32::new((pair >> shift) as u32)).collect()))
        });
        Ok(Self { columns })
    }

    /// The number of triple terms.
    pub(in crate::store) fn len(&self) -> usize {
        self.columns[0][0].len()
    }

    /// The range of the triple terms with a component in a position (0 subject, 1 predicate, 2 object).
    pub(in crate::store) fn with(&self, position: usize, component: Id) -> Result<Range<usize>, GraphError> {
        equal_range(&self.columns[position][0], 0..self.len(), component)
    }

    /// The triple term at an index of the columns of a position.
    pub(in crate::store) fn term_at(&self, position: usize, at: usize) -> Result<Id, GraphError> {
        self.columns[position][1].get(at)
    }
}

/// The components of all triple terms. Returns an error if one is malformed or nested too deeply, so that callers can recurse into
/// triple terms.
pub(super) fn valid_triple_terms(terms: &Dictionary) -> Result<FxHashMap<Id, [Id; 3]>, GraphError> {
    let mut triples = FxHashMap::default();
    let mut depths: FxHashMap<Id, usize> = FxHashMap::default();
    for id in 1..=terms.len() as Id {
        let Some(parts) = terms.components(id)? else { continue };
        terms.check_triple(parts)?;
        let depth = depths.get(&parts[2]).map_or(1, |depth| depth + 1);
        if depth > MAX_DEPTH {
            return Err(GraphError::Corrupt("triple terms are nested too deeply"));
        }
        depths.insert(id, depth);
        triples.insert(id, parts);
    }
    Ok(triples)
}
