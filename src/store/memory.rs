//! Oxigraph's store in memory: the reference for the compiled graph.

use super::engine::deep_results;
use super::{CompiledGraph, Explanation, StoreError};
use crate::model::join_depth;
use oxigraph::model::{
    GraphName, GraphNameRef, NamedNodeRef, NamedOrBlankNodeRef, Quad, QuadRef, TermRef, Triple, TripleRef,
};
use oxigraph::sparql::{CancellationToken, QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use spargebra::Query;
use std::fmt;

/// Triples in the default graph of Oxigraph's store.
#[derive(Clone)]
pub(super) struct Memory(Store);

impl Memory {
    pub(super) fn new() -> Result<Self, StoreError> {
        Ok(Self(Store::new()?))
    }

    pub(super) fn load(&mut self, triples: impl IntoIterator<Item = Triple>) -> Result<(), StoreError> {
        let mut loader = self.0.bulk_loader();
        loader.load_quads(triples.into_iter().map(|t| t.in_graph(GraphName::DefaultGraph)))?;
        loader.commit()?;
        Ok(())
    }

    /// Loads the quads of a compiled graph.
    pub(super) fn load_graph(&mut self, graph: &CompiledGraph) -> Result<(), StoreError> {
        let mut loader = self.0.bulk_loader();
        let loaded: Result<(), StoreError> = loader.load_ok_quads(graph.quads());
        loaded?;
        Ok(loader.commit()?)
    }

    pub(super) fn query(
        &self,
        query: &Query,
        cancellation: &CancellationToken,
    ) -> Result<QueryResults<'_>, StoreError> {
        deep_results(join_depth(query), || {
            let evaluator = SparqlEvaluator::new().with_cancellation_token(cancellation.clone());
            Ok(evaluator.for_query(query.clone()).on_store(&self.0).execute()?)
        })
    }

    pub(super) fn explain(&self, query: &Query, cancellation: &CancellationToken) -> Result<Explanation, StoreError> {
        Explanation::for_spareval(self.query(query, cancellation)?, "stores that are not compiled")
    }

    pub(super) fn contains(&self, triple: TripleRef<'_>) -> Result<bool, StoreError> {
        let quad = QuadRef::new(triple.subject, triple.predicate, triple.object, GraphNameRef::DefaultGraph);
        Ok(self.0.contains(quad)?)
    }

    pub(super) fn matching(
        &self,
        subject: Option<NamedNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Result<Vec<Triple>, StoreError> {
        let subject = subject.map(NamedOrBlankNodeRef::from);
        let quads = self.0.quads_for_pattern(subject, predicate, object, Some(GraphNameRef::DefaultGraph));
        Ok(quads.map(|quad| quad.map(Quad::into)).collect::<Result<_, _>>()?)
    }

    pub(super) fn len(&self) -> Result<usize, StoreError> {
        Ok(self.0.len()?)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}
