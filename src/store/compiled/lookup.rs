//! Finding triples by terms and by ids, without a query.

use super::dictionary::{self, Id};
use super::{CompiledGraph, GraphError};
use crate::model::vocab;
use itertools::{Either, Itertools};
use oxigraph::model::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, TermRef, Triple};
use std::collections::BTreeSet;
use std::iter;
use std::ops::RangeInclusive;
use zerocopy::little_endian::U32;

/// Subject, predicate and object, as far as they are bound.
type Pattern<T> = [Option<T>; 3];

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

    /// Whether a triple is in the default graph.
    pub(crate) fn contains_ids(&self, [subject, predicate, object]: [Id; 3]) -> Result<bool, GraphError> {
        self.orders().contains(subject, predicate, object)
    }

    /// The number of triples with a predicate.
    pub(crate) fn count_with_predicate(&self, predicate: Id) -> Result<usize, GraphError> {
        Ok(self.orders().matching([None, Some(predicate), None])?.len())
    }

    /// Whether a term is an IRI.
    pub(crate) fn is_iri(&self, id: Id) -> Result<bool, GraphError> {
        Ok(self.parts().terms.kind(id)? == dictionary::IRI)
    }

    /// Calls `each` for every triple of the default graph that matches a pattern, in the order of one of the columns.
    pub(crate) fn for_each_match<E: From<GraphError>>(
        &self,
        pattern: Pattern<Id>,
        mut each: impl FnMut([Id; 3]) -> Result<(), E>,
    ) -> Result<(), E> {
        let orders = self.orders();
        for pattern in self.with_component(pattern) {
            for at in orders.matching(pattern)? {
                each(orders.triple_at(pattern, at)?)?;
            }
        }
        Ok(())
    }

    /// The triples of the default graph that match a pattern.
    pub(super) fn matches(&self, pattern: Pattern<Id>) -> impl Iterator<Item = Result<[Id; 3], GraphError>> + use<> {
        let graph = self.clone();
        self.with_component(pattern).flat_map(move |pattern| {
            let graph = graph.clone();
            let positions = iter::once(graph.orders().matching(pattern)).flatten_ok();
            positions.map(move |at| graph.orders().triple_at(pattern, at?))
        })
    }

    /// The patterns with at least one component that match the same triples: one for each subject if none is bound.
    fn with_component(&self, pattern: Pattern<Id>) -> impl Iterator<Item = Pattern<Id>> + use<> {
        match pattern {
            [None, None, None] => Either::Left((0..self.id_bound() as Id).map(|id| [Some(id), None, None])),
            _ => Either::Right(iter::once(pattern)),
        }
    }

    /// The quads of named graphs that match a pattern: subject, predicate, object and graph name.
    pub(super) fn named_matches(
        &self,
        pattern: [Option<Id>; 4],
    ) -> impl Iterator<Item = Result<[Id; 4], GraphError>> + use<> {
        let graph = self.clone();
        let candidates = self.named().candidates(pattern).map(|(order, range)| range.map(move |at| (order, at)));
        let quads = iter::once(candidates).flatten_ok().map(move |position| {
            let (order, at) = position?;
            graph.named().quad(order, at)
        });
        let matches =
            move |quad: &[Id; 4]| pattern.iter().zip(quad).all(|(bound, id)| bound.is_none_or(|bound| bound == *id));
        quads.filter_ok(matches)
    }

    /// All quads, those of the default graph first.
    pub(in crate::store) fn quads(&self) -> impl Iterator<Item = Result<Quad, GraphError>> + '_ {
        let default = self.matches([None; 3]).map(|ids| Ok(self.triple(ids?)?.in_graph(GraphName::DefaultGraph)));
        default.chain(self.named_matches([None; 4]).map(|ids| {
            let [s, p, o, name] = ids?;
            Ok(self.triple([s, p, o])?.in_graph(self.node(name)?))
        }))
    }

    /// The number of triples in the default graph.
    pub(in crate::store) fn triple_count(&self) -> usize {
        self.orders().len()
    }

    /// The ids of a pattern's terms; `None` if the graph does not have one of them.
    fn ids_of(&self, pattern: Pattern<TermRef<'_>>) -> Result<Option<Pattern<Id>>, GraphError> {
        let mut ids = [None; 3];
        for (id, term) in ids.iter_mut().zip(pattern) {
            let Some(term) = term else { continue };
            *id = self.id_of(term)?;
            if id.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(ids))
    }

    /// The number of triples that match a pattern, without reading them.
    pub(in crate::store) fn count(&self, pattern: Pattern<TermRef<'_>>) -> Result<usize, GraphError> {
        self.ids_of(pattern)?.map_or(Ok(0), |ids| Ok(self.orders().matching(ids)?.len()))
    }

    /// The triples that match a pattern, each decoded from its ids.
    pub(in crate::store) fn matching<T>(
        &self,
        pattern: Pattern<TermRef<'_>>,
        decode: impl Fn([Id; 3]) -> Result<T, GraphError>,
    ) -> Result<Vec<T>, GraphError> {
        let ids = self.ids_of(pattern)?;
        ids.into_iter().flat_map(|ids| self.matches(ids)).map(|ids| decode(ids?)).collect()
    }

    /// The IRI with an id.
    pub(in crate::store) fn named_node(&self, id: Id) -> Result<NamedNode, GraphError> {
        match self.term(id)? {
            Term::NamedNode(node) => Ok(node),
            _ => Err(GraphError::Corrupt("a term is not the IRI that it should be")),
        }
    }

    /// The nodes with ids in a range that are the subject of a triple with a term as object, or that reify a triple with it as
    /// subject or object. Ascending.
    pub(in crate::store) fn nodes_that_mention(
        &self,
        term: NamedNodeRef<'_>,
        among: &RangeInclusive<Id>,
    ) -> Result<BTreeSet<Id>, GraphError> {
        let Some(term) = self.id_of(term.into())? else { return Ok(BTreeSet::new()) };
        let (orders, components) = (self.orders(), self.components());
        let mut found = BTreeSet::new();
        for at in orders.of_object(term)? {
            found.insert(orders.osp_s.get(at)?);
        }
        if let Some(reifies) = self.id_of(vocab::rdf::REIFIES.into())? {
            for position in [0, 2] {
                for at in components.with(position, term)? {
                    found.extend(
                        self.subject_ids(reifies, components.term_at(position, at)?)?.iter().map(|id| id.get()),
                    );
                }
            }
        }
        found.retain(|id| among.contains(id));
        Ok(found)
    }

    pub(in crate::store) fn triple(&self, [subject, predicate, object]: [Id; 3]) -> Result<Triple, GraphError> {
        Ok(Triple::new(self.node(subject)?, self.named_node(predicate)?, self.term(object)?))
    }

    pub(in crate::store) fn node(&self, id: Id) -> Result<NamedOrBlankNode, GraphError> {
        match self.term(id)? {
            Term::NamedNode(node) => Ok(node.into()),
            Term::BlankNode(node) => Ok(node.into()),
            _ => Err(GraphError::Corrupt("a term is not the IRI or blank node that it should be")),
        }
    }
}
