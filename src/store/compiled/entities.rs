//! The part of the columns that is about the first terms of a graph.

use super::{CompiledGraph, GraphError};
use zerocopy::little_endian::U32;

/// Columns about the first terms, checked as a whole, so that they can be read without further checks: all offsets ascend and
/// lie within the columns.
#[derive(Clone, Copy)]
pub struct EntityColumns<'a> {
    /// Where the triples of each subject begin in the next two columns.
    pub(crate) subjects: &'a [U32],
    pub(crate) spo_p: &'a [U32],
    pub(crate) spo_o: &'a [U32],
    /// Where the triples of each object begin in the next two columns.
    pub(crate) objects: &'a [U32],
    pub(crate) osp_s: &'a [U32],
    pub(crate) osp_p: &'a [U32],
}

impl CompiledGraph {
    /// The columns about the terms with ids from 1 to `terms`.
    pub(crate) fn entity_columns(&self, terms: u32) -> Result<EntityColumns<'_>, GraphError> {
        let orders = self.orders();
        let starts = 0..terms as usize + 2;
        let (subjects, objects) = (orders.subjects.slice(starts.clone())?, orders.objects.slice(starts)?);
        let end = |starts: &[U32]| match starts.is_sorted_by_key(|start| start.get()) {
            true => Ok(starts.last().map_or(0, |end| end.get() as usize)),
            false => Err(GraphError::Corrupt("offsets do not ascend")),
        };
        let (spo, osp) = (0..end(subjects)?, 0..end(objects)?);
        Ok(EntityColumns {
            subjects,
            spo_p: orders.spo_p.slice(spo.clone())?,
            spo_o: orders.spo_o.slice(spo)?,
            objects,
            osp_s: orders.osp_s.slice(osp.clone())?,
            osp_p: orders.osp_p.slice(osp)?,
        })
    }
}
