//! The store: triples that can be asked in SPARQL, and the statements that they were mapped from.
//!
//! How triples are kept is known here alone; the rest of the program sees [`Store`]. Queries are answered by operators on
//! ids (`engine`), and by Oxigraph's evaluator where there is none.
//!
//! Invariant: whoever asks a store does not change it.

mod cache;
mod compiled;
mod corroboration;
mod engine;
mod labels;
mod memory;
mod metadata;
mod sentence;
mod statements;
mod summary;

pub use cache::{Cache, CachedGraph};
#[cfg(fuzzing)]
pub use compiled::with_valid_checksums;
pub use compiled::{CompiledGraph, GraphBuilder, GraphError, MAGIC, SortedTriples, VERSION};
pub(crate) use compiled::{Id, canonical, sibling_temp_file};
pub use corroboration::Corroboration;
pub use engine::{Evaluator, ExplainedStep, Explanation};
pub use labels::{FindError, Labels};
pub use metadata::{DeclaredTriple, GraphMetadata, StoredQuery};
pub use sentence::SentenceError;
pub use summary::{EdgeKind, StatementSummary};

use crate::model::Namespaces;
use crate::triples::MappingError;
use memory::Memory;
use oxigraph::model::{GraphName, NamedNodeRef, NamedOrBlankNode, Quad, Term, TermRef, Triple, TripleRef};
use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults};
use spargebra::Query;
use std::fmt;
use std::sync::Arc;

/// Why a store could not be filled or asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The backend failed.
    #[error("the store failed: {0}")]
    Storage(#[from] oxigraph::store::StorageError),
    /// The compiled graph could not be made or read.
    #[error(transparent)]
    Graph(GraphError),
    /// The query could not be evaluated.
    #[error("the query failed: {0}")]
    Evaluation(#[from] QueryEvaluationError),
    /// What should be a statement is none.
    #[error(transparent)]
    Mapping(#[from] MappingError),
}

impl From<GraphError> for StoreError {
    fn from(error: GraphError) -> Self {
        match error {
            GraphError::Cancelled => Self::Evaluation(QueryEvaluationError::Cancelled),
            error => Self::Graph(error),
        }
    }
}

/// Triples and statements, ready to be asked.
///
/// ```
/// use factloom::{model::Namespaces, query, store::Store};
/// use oxigraph::model::{NamedNode, Triple};
/// use oxigraph::sparql::QueryResults;
///
/// let names = Namespaces::new("https://example.org/", &[])?;
/// let node = |name: &str| NamedNode::new(format!("https://example.org/entity/{name}"));
/// let mut store = Store::in_memory(names.clone())?;
/// store.load([Triple::new(node("a")?, node("b")?, node("c")?)])?;
/// let answer = store.query(&query::parse("ASK { e:a ?p e:c }", &names)?)?;
/// assert!(matches!(answer, QueryResults::Boolean(true)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Store {
    backend: Backend,
    context: Arc<GraphMetadata>,
    /// What stops its queries.
    stop: CancellationToken,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { backend, context, stop: _ } = self;
        f.debug_struct("Store").field("backend", backend).field("context", context).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
enum Backend {
    Memory(Memory),
    Compiled(CompiledGraph),
}

impl Store {
    /// An empty store in memory, by Oxigraph: the reference that the compiled graph is held against.
    ///
    /// # Errors
    ///
    /// Where the backend cannot be made.
    pub fn in_memory(names: Namespaces) -> Result<Self, StoreError> {
        Ok(Self::of(Backend::Memory(Memory::new()?), GraphMetadata::new(names)))
    }

    /// The store of a compiled graph, with the context that it carries.
    ///
    /// # Errors
    ///
    /// Where the graph is damaged.
    pub fn compiled(graph: CompiledGraph) -> Result<Self, StoreError> {
        let context = GraphMetadata::read(graph.metadata()?)?;
        if u64::from(context.entities) + u64::from(context.statements) > graph.term_count() {
            return Err(GraphError::Corrupt("it carries more entities and statements than there are terms").into());
        }
        Ok(Self::of(Backend::Compiled(graph), context))
    }

    /// Sorts what a builder has collected into a compiled graph that carries a context.
    ///
    /// The first ids must be those of the context's entities, and the next those of its statements, sorted.
    ///
    /// # Errors
    ///
    /// Where there is more than a compiled graph can hold.
    pub fn build(mut builder: GraphBuilder, context: GraphMetadata) -> Result<Self, StoreError> {
        builder.set_metadata(context.to_bytes());
        Ok(Self::of(Backend::Compiled(builder.finish()?), context))
    }

    fn of(backend: Backend, context: GraphMetadata) -> Self {
        Self { backend, context: Arc::new(context), stop: CancellationToken::new() }
    }

    /// The same store for somebody whose queries another thread can stop, by cancelling the token: soon after that, queries
    /// and lookups fail with [`QueryEvaluationError::Cancelled`]. Copies no triple.
    ///
    /// ```
    /// use factloom::{model::Namespaces, query, store::Store};
    /// use oxigraph::sparql::CancellationToken;
    ///
    /// let store = Store::in_memory(Namespaces::standard())?;
    /// let query = query::parse("ASK { ?s ?p ?o }", store.names())?;
    /// let token = CancellationToken::new();
    /// let with_cancellation = store.with_cancellation(token.clone());
    /// assert!(with_cancellation.query(&query).is_ok());
    /// token.cancel();
    /// assert!(with_cancellation.query(&query).is_err() && store.query(&query).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_cancellation(&self, stop: CancellationToken) -> Self {
        Self { backend: self.backend.clone(), context: Arc::clone(&self.context), stop }
    }

    /// The same quads in Oxigraph's in-memory store, to compare the results of queries.
    ///
    /// # Errors
    ///
    /// Returns an error if the compiled graph is corrupt.
    pub fn to_oxigraph(&self) -> Result<Self, StoreError> {
        let backend = match &self.backend {
            Backend::Memory(memory) => Backend::Memory(memory.clone()),
            Backend::Compiled(graph) => {
                let mut memory = Memory::new()?;
                memory.load_graph(graph)?;
                Backend::Memory(memory)
            }
        };
        Ok(Self { backend, context: Arc::clone(&self.context), stop: self.stop.clone() })
    }

    /// Fails where the store is stopped. A lookup is short, but a search, as for the path behind a row, is made of many.
    fn check_cancelled(&self) -> Result<(), StoreError> {
        if self.stop.is_cancelled() { Err(QueryEvaluationError::Cancelled.into()) } else { Ok(()) }
    }

    /// Adds triples; those that are there already stay once. A compiled graph is sorted anew, and carries its context on.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn load(&mut self, triples: impl IntoIterator<Item = Triple>) -> Result<(), StoreError> {
        match &mut self.backend {
            Backend::Memory(memory) => memory.load(triples),
            Backend::Compiled(graph) => {
                let mut builder = GraphBuilder::resume(graph)?;
                for triple in triples {
                    builder.insert_triple(triple.as_ref())?;
                }
                builder.set_metadata(graph.metadata()?.to_owned());
                *graph = builder.finish()?;
                Ok(())
            }
        }
    }

    /// Asks a query that has been parsed.
    ///
    /// # Errors
    ///
    /// Where it cannot be evaluated; the results may fail later, too.
    pub fn query(&self, query: &Query) -> Result<QueryResults<'_>, StoreError> {
        self.check_cancelled()?;
        match &self.backend {
            Backend::Memory(memory) => memory.query(query, &self.stop),
            Backend::Compiled(graph) => graph.query_cancellable(query, &self.stop),
        }
    }

    /// Says how a query is answered; see [`CompiledGraph::explain`].
    ///
    /// # Errors
    ///
    /// As [`query`](Self::query).
    pub fn explain(&self, query: &Query) -> Result<Explanation, StoreError> {
        self.check_cancelled()?;
        match &self.backend {
            Backend::Memory(memory) => memory.explain(query, &self.stop),
            Backend::Compiled(graph) => graph.explain_cancellable(query, &self.stop),
        }
    }

    /// Whether a triple is in the graph.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn contains(&self, triple: TripleRef<'_>) -> Result<bool, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => memory.contains(triple),
            Backend::Compiled(graph) => {
                let pattern = [triple.subject.into(), triple.predicate.into(), triple.object];
                Ok(graph.count(pattern.map(Some))? > 0)
            }
        }
    }

    /// All triples with a subject, in no particular order.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn triples_with_subject(&self, subject: NamedNodeRef<'_>) -> Result<Vec<Triple>, StoreError> {
        self.matching(Some(subject), None, None)
    }

    /// All triples with a predicate, in no particular order.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn triples_with_predicate(&self, predicate: NamedNodeRef<'_>) -> Result<Vec<Triple>, StoreError> {
        self.matching(None, Some(predicate), None)
    }

    /// All triples with a predicate and an object, in no particular order.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn triples_with_object(
        &self,
        predicate: NamedNodeRef<'_>,
        object: TermRef<'_>,
    ) -> Result<Vec<Triple>, StoreError> {
        self.matching(None, Some(predicate), Some(object))
    }

    fn matching(
        &self,
        subject: Option<NamedNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Result<Vec<Triple>, StoreError> {
        self.check_cancelled()?;
        match &self.backend {
            Backend::Memory(memory) => memory.matching(subject, predicate, object),
            Backend::Compiled(graph) => {
                Ok(graph.matching([subject.map(TermRef::from), predicate.map(TermRef::from), object])?)
            }
        }
    }

    /// The objects of a subject and a predicate, in no particular order.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn objects(&self, subject: NamedNodeRef<'_>, predicate: NamedNodeRef<'_>) -> Result<Vec<Term>, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => {
                let triples = memory.matching(Some(subject), Some(predicate), None)?;
                Ok(triples.into_iter().map(|triple| triple.object).collect())
            }
            Backend::Compiled(graph) => Ok(graph.objects(subject, predicate)?),
        }
    }

    /// The subjects of a predicate and an object, in no particular order.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn subjects(
        &self,
        predicate: NamedNodeRef<'_>,
        object: TermRef<'_>,
    ) -> Result<Vec<NamedOrBlankNode>, StoreError> {
        Ok(self.triples_with_object(predicate, object)?.into_iter().map(|triple| triple.subject).collect())
    }

    /// The number of triples with a predicate, and with an object if one is given.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn count(&self, predicate: NamedNodeRef<'_>, object: Option<TermRef<'_>>) -> Result<usize, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => Ok(memory.matching(None, Some(predicate), object)?.len()),
            Backend::Compiled(graph) => Ok(graph.count([None, Some(predicate.into()), object])?),
        }
    }

    /// The triples of the default graph, sorted by their N-Triples.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn sorted_triples(&self) -> Result<SortedTriples, StoreError> {
        let graph = match &self.backend {
            Backend::Memory(memory) => {
                let mut builder = GraphBuilder::new();
                for triple in memory.matching(None, None, None)? {
                    builder.insert_triple(triple.as_ref())?;
                }
                builder.finish()?
            }
            Backend::Compiled(graph) => graph.clone(),
        };
        Ok(SortedTriples::new(graph)?)
    }

    /// All triples of the default graph in a list, sorted by their N-Triples; [`sorted_triples`](Self::sorted_triples) needs
    /// less memory.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn triples(&self) -> Result<Vec<Triple>, StoreError> {
        let mut triples = Vec::new();
        match &self.backend {
            Backend::Memory(memory) => {
                triples = memory.matching(None, None, None)?;
                triples.sort_by_cached_key(ToString::to_string);
            }
            Backend::Compiled(_) => self.sorted_triples()?.for_each(|triple| {
                triples.push(triple.into_owned());
                Ok::<_, StoreError>(())
            })?,
        }
        Ok(triples)
    }

    /// Whether there are quads in other graphs than the default one.
    pub fn has_named_graphs(&self) -> bool {
        self.graph().is_some_and(|graph| graph.len() > graph.triple_count() as u64)
    }

    /// All quads, sorted by their N-Quads.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn quads(&self) -> Result<Vec<Quad>, StoreError> {
        let mut quads: Vec<Quad> = match &self.backend {
            Backend::Memory(_) => self.triples()?.into_iter().map(|t| t.in_graph(GraphName::DefaultGraph)).collect(),
            Backend::Compiled(graph) => graph.quads().collect::<Result<_, _>>()?,
        };
        quads.sort_by_cached_key(ToString::to_string);
        Ok(quads)
    }

    /// How many triples there are in the default graph.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn len(&self) -> Result<usize, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => memory.len(),
            Backend::Compiled(graph) => Ok(graph.triple_count()),
        }
    }

    /// Whether there is no triple in the default graph.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.len()? == 0)
    }

    /// The graph itself, where it is a compiled one.
    pub fn graph(&self) -> Option<&CompiledGraph> {
        match &self.backend {
            Backend::Memory(_) => None,
            Backend::Compiled(graph) => Some(graph),
        }
    }

    /// What is known of it besides its triples.
    pub fn metadata(&self) -> &GraphMetadata {
        &self.context
    }

    /// How the things in it are named.
    pub fn names(&self) -> &Namespaces {
        &self.context.names
    }
}
