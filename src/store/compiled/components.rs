//! Triple terms by what they are made of.

use super::GraphError;
use super::blocks::{Words, equal_range};
use super::dictionary::{BLANK, Dictionary, IRI, Id, MAX_DEPTH};
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;
use std::ops::Range;
use zerocopy::little_endian::U32;

/// For each of subject, predicate and object: the component's id and the triple term's, sorted by both.
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

    /// How many triple terms there are.
    pub(in crate::store) fn len(&self) -> usize {
        self.columns[0][0].len()
    }

    /// Where the triple terms are that have `component` at a place (0 subject, 1 predicate, 2 object).
    pub(in crate::store) fn with(&self, place: usize, component: Id) -> Result<Range<usize>, GraphError> {
        equal_range(&self.columns[place][0], 0..self.len(), component)
    }

    /// The triple term at a place of the column of a component.
    pub(in crate::store) fn term_at(&self, place: usize, at: usize) -> Result<Id, GraphError> {
        self.columns[place][1].get(at)
    }
}

/// Takes all triple terms apart, in the order of their ids, and refuses what cannot be one: so that they can be followed
/// without end being a question.
pub(super) fn sound_triple_terms(terms: &Dictionary) -> Result<FxHashMap<Id, [Id; 3]>, GraphError> {
    let mut triples = FxHashMap::default();
    let mut depths: FxHashMap<Id, usize> = FxHashMap::default();
    for id in 1..=terms.len() as Id {
        let Some(parts @ [subject, predicate, object]) = terms.components(id)? else { continue };
        terms.kind(object)?;
        if terms.kind(subject)? > BLANK || terms.kind(predicate)? != IRI {
            return Err(GraphError::Corrupt("a triple term is no triple"));
        }
        let depth = depths.get(&object).map_or(1, |depth| depth + 1);
        if depth > MAX_DEPTH {
            return Err(GraphError::Corrupt("triple terms are nested too deep"));
        }
        depths.insert(id, depth);
        triples.insert(id, parts);
    }
    Ok(triples)
}
