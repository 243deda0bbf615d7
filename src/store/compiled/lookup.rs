//! Looking triples up without a query, and what statements say of a term.

use super::dictionary::Id;
use super::{CompiledGraph, GraphError};
use crate::model::vocab;
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, TermRef, Triple, TripleRef};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

impl CompiledGraph {
    /// Whether a triple is in the default graph.
    pub(in crate::store) fn contains(&self, triple: TripleRef<'_>) -> Result<bool, GraphError> {
        let ids =
            (self.id_of(triple.subject.into())?, self.id_of(triple.predicate.into())?, self.id_of(triple.object)?);
        match ids {
            (Some(s), Some(p), Some(o)) => self.parts().orders.contains(s, p, o),
            _ => Ok(false),
        }
    }

    /// All triples of the default graph, by the ids of subject, predicate and object.
    pub(in crate::store) fn triples(&self) -> impl Iterator<Item = Result<Triple, GraphError>> + '_ {
        self.all_triples().map(|ids| self.triple(ids?))
    }

    /// All quads: those of the default graph first.
    pub(in crate::store) fn quads(&self) -> impl Iterator<Item = Result<Quad, GraphError>> + '_ {
        let named = &self.parts().named;
        let default = self.triples().map(|triple| Ok(triple?.in_graph(oxigraph::model::GraphName::DefaultGraph)));
        default.chain((0..named.len()).map(|at| {
            let [s, p, o, name] = named.quad(0, at)?;
            Ok(self.triple([s, p, o])?.in_graph(self.node(name)?))
        }))
    }

    /// How many triples the default graph holds.
    pub(in crate::store) fn triple_count(&self) -> usize {
        self.parts().orders.len()
    }

    /// The triples with a subject, in the order of their ids.
    pub(in crate::store) fn of_subject(&self, subject: NamedNodeRef<'_>) -> Result<Vec<Triple>, GraphError> {
        let Some(id) = self.id_of(subject.into())? else { return Ok(Vec::new()) };
        let orders = &self.parts().orders;
        let ids = |at| Ok([id, orders.spo_p.get(at)?, orders.spo_o.get(at)?]);
        orders.of_subject(id)?.map(|at| self.triple(ids(at)?)).collect()
    }

    /// The triples with a predicate, and with an object where one is given, in the order of objects and subjects.
    pub(in crate::store) fn of_predicate(
        &self,
        predicate: NamedNodeRef<'_>,
        object: Option<TermRef<'_>>,
    ) -> Result<Vec<Triple>, GraphError> {
        let Some((id, range)) = self.range_of(predicate, object)? else { return Ok(Vec::new()) };
        let orders = &self.parts().orders;
        let ids = |at| Ok([orders.pos_s.get(at)?, id, orders.pos_o.get(at)?]);
        range.map(|at| self.triple(ids(at)?)).collect()
    }

    /// How many triples have a predicate, and an object where one is given.
    pub(in crate::store) fn count(
        &self,
        predicate: NamedNodeRef<'_>,
        object: Option<TermRef<'_>>,
    ) -> Result<usize, GraphError> {
        Ok(self.range_of(predicate, object)?.map_or(0, |(_, range)| range.len()))
    }

    fn range_of(
        &self,
        predicate: NamedNodeRef<'_>,
        object: Option<TermRef<'_>>,
    ) -> Result<Option<(Id, std::ops::Range<usize>)>, GraphError> {
        let Some(predicate) = self.id_of(predicate.into())? else { return Ok(None) };
        let orders = &self.parts().orders;
        let Some(object) = object else {
            return Ok(orders.of_predicate(predicate)?.map(|row| (predicate, row.range)));
        };
        let Some(object) = self.id_of(object)? else { return Ok(None) };
        Ok(Some((predicate, orders.subjects_of(predicate, object)?)))
    }

    /// The objects of a subject and a predicate, in the order of their ids.
    pub(in crate::store) fn objects(
        &self,
        subject: NamedNodeRef<'_>,
        predicate: NamedNodeRef<'_>,
    ) -> Result<Vec<Term>, GraphError> {
        let (Some(subject), Some(predicate)) = (self.id_of(subject.into())?, self.id_of(predicate.into())?) else {
            return Ok(Vec::new());
        };
        let orders = &self.parts().orders;
        orders.objects_of(subject, predicate)?.map(|at| self.term(orders.spo_o.get(at)?)).collect()
    }

    /// The node with an id.
    pub(in crate::store) fn named_node(&self, id: Id) -> Result<NamedNode, GraphError> {
        match self.term(id)? {
            Term::NamedNode(node) => Ok(node),
            _ => Err(GraphError::Corrupt("what should be an IRI is none")),
        }
    }

    /// The nodes with ids in a range that say something of a term or reify a triple that begins or ends with it, ascending.
    pub(in crate::store) fn speaking_of(
        &self,
        term: NamedNodeRef<'_>,
        among: &RangeInclusive<Id>,
    ) -> Result<BTreeSet<Id>, GraphError> {
        let Some(term) = self.id_of(term.into())? else { return Ok(BTreeSet::new()) };
        let (orders, components) = (&self.parts().orders, &self.parts().components);
        let mut found = BTreeSet::new();
        for at in orders.of_object(term)? {
            found.insert(orders.osp_s.get(at)?);
        }
        if let Some(reifies) = self.id_of(vocab::rdf::REIFIES.into())? {
            for place in [0, 2] {
                for at in components.with(place, term)? {
                    for at in orders.subjects_of(reifies, components.term_at(place, at)?)? {
                        found.insert(orders.pos_s.get(at)?);
                    }
                }
            }
        }
        found.retain(|id| among.contains(id));
        Ok(found)
    }

    fn triple(&self, [subject, predicate, object]: [Id; 3]) -> Result<Triple, GraphError> {
        let predicate = self.named_node(predicate)?;
        Ok(Triple::new(self.node(subject)?, predicate, self.term(object)?))
    }

    pub(super) fn node(&self, id: Id) -> Result<NamedOrBlankNode, GraphError> {
        match self.term(id)? {
            Term::NamedNode(node) => Ok(node.into()),
            Term::BlankNode(node) => Ok(node.into()),
            _ => Err(GraphError::Corrupt("what should be a node is none")),
        }
    }
}
