//! Triples of the default graph as ids, for those who join them by themselves: the rules.

use super::dictionary::Id;
use super::{CompiledGraph, GraphError};
use zerocopy::little_endian::U32;

impl CompiledGraph {
    /// The objects of a subject and a predicate, ascending.
    pub(crate) fn object_ids(&self, subject: Id, predicate: Id) -> Result<&[U32], GraphError> {
        let orders = self.orders();
        orders.spo_o.slice(orders.objects_of(subject, predicate)?)
    }

    /// The subjects of a predicate and an object, ascending.
    pub(crate) fn subject_ids(&self, predicate: Id, object: Id) -> Result<&[U32], GraphError> {
        let orders = self.orders();
        orders.pos_s.slice(orders.subjects_of(predicate, object)?)
    }

    /// Whether there is such a triple.
    pub(crate) fn contains_ids(&self, [subject, predicate, object]: [Id; 3]) -> Result<bool, GraphError> {
        self.orders().contains(subject, predicate, object)
    }

    /// How many triples have a predicate.
    pub(crate) fn count_with_predicate(&self, predicate: Id) -> Result<usize, GraphError> {
        Ok(self.orders().of_predicate(predicate)?.map_or(0, |row| row.range.len()))
    }

    /// Hands out the triples with the components that are given, in the order of one of the columns.
    pub(crate) fn for_each_match<E: From<GraphError>>(
        &self,
        [subject, predicate, object]: [Option<Id>; 3],
        mut each: impl FnMut([Id; 3]) -> Result<(), E>,
    ) -> Result<(), E> {
        let orders = self.orders();
        match (subject, predicate, object) {
            (Some(s), Some(p), Some(o)) => {
                if self.contains_ids([s, p, o])? {
                    each([s, p, o])?;
                }
            }
            (Some(s), Some(p), None) => {
                for o in self.object_ids(s, p)? {
                    each([s, p, o.get()])?;
                }
            }
            (None, Some(p), Some(o)) => {
                for s in self.subject_ids(p, o)? {
                    each([s.get(), p, o])?;
                }
            }
            (None, Some(p), None) => {
                if let Some(row) = orders.of_predicate(p)? {
                    let (objects, subjects) = (orders.pos_o.slice(row.range.clone())?, orders.pos_s.slice(row.range)?);
                    for (o, s) in objects.iter().zip(subjects) {
                        each([s.get(), p, o.get()])?;
                    }
                }
            }
            (Some(s), None, None) => {
                let range = orders.of_subject(s)?;
                let (predicates, objects) = (orders.spo_p.slice(range.clone())?, orders.spo_o.slice(range)?);
                for (p, o) in predicates.iter().zip(objects) {
                    each([s, p.get(), o.get()])?;
                }
            }
            (Some(s), None, Some(o)) => {
                for p in orders.osp_p.slice(orders.predicates_of(s, o)?)? {
                    each([s, p.get(), o])?;
                }
            }
            (None, None, Some(o)) => {
                let range = orders.of_object(o)?;
                let (subjects, predicates) = (orders.osp_s.slice(range.clone())?, orders.osp_p.slice(range)?);
                for (s, p) in subjects.iter().zip(predicates) {
                    each([s.get(), p.get(), o])?;
                }
            }
            (None, None, None) => {
                for triple in self.all_triples() {
                    each(triple?)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a term is an IRI.
    pub(crate) fn is_iri(&self, id: Id) -> Result<bool, GraphError> {
        Ok(self.parts().terms.kind(id)? == super::dictionary::IRI)
    }
}
