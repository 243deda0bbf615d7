//! The store: triples, the statements that they encode, and SPARQL queries over them.
//!
//! The rest of the program sees [`Store`], not how triples are stored. Queries run on operators over ids (`engine`), and on
//! Oxigraph's evaluator if an operator is missing.
//!
//! Invariant: reading a store never changes it.

mod compiled;
mod corroboration;
mod engine;
mod entity_names;
mod labels;
mod memory;
mod metadata;
mod oxigraph_literals;
mod sentence;
mod statements;
mod summary;

#[cfg(feature = "cli")]
pub(crate) use compiled::size_text;
#[cfg(fuzzing)]
pub use compiled::with_valid_checksums;
pub use compiled::{
    CompiledGraph, ContextLoader, DocumentOptions, GraphBuilder, GraphError, MAGIC, SortedTriples, VERSION,
};
pub(crate) use compiled::{FileFingerprint, Id, check_xml};
pub use corroboration::Corroboration;
pub use engine::{Evaluator, ExplainedStep, Explanation, MAX_STRING_BYTES, QueryLimits};
pub(crate) use engine::{StringGuard, limit_strings};
pub(crate) use entity_names::EntityNames;
pub(crate) use labels::fold_name;
pub use labels::{FindError, Labels};
pub use metadata::{DeclaredTriple, GraphMetadata, StoredQuery};
pub use oxigraph_literals::OxigraphLiterals;
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

/// Why a store cannot be built or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The backend failed.
    #[error("the in-memory store failed: {0}")]
    Storage(#[from] oxigraph::store::StorageError),
    /// The compiled graph cannot be built or read.
    #[error(transparent)]
    Graph(GraphError),
    /// The query cannot be evaluated.
    #[error("the query failed: {0}")]
    Evaluation(#[from] QueryEvaluationError),
    /// The query is too deep to be evaluated. The number is the maximum.
    #[error("the query has more than {0} operators, groups or triple patterns in a chain or inside each other")]
    TooDeep(usize),
    /// The triples of a node do not form a statement.
    #[error(transparent)]
    Mapping(#[from] MappingError),
}

impl StoreError {
    /// Whether a query was cancelled or needs more memory than it may use, so that its results are unknown.
    pub(crate) fn is_limit(&self) -> bool {
        let is_limit = |error: &GraphError| matches!(error, GraphError::Cancelled | GraphError::MemoryLimit(_));
        match self {
            Self::Graph(error) => is_limit(error),
            Self::Evaluation(QueryEvaluationError::Cancelled) => true,
            Self::Evaluation(QueryEvaluationError::Dataset(error)) => error.downcast_ref().is_some_and(is_limit),
            _ => false,
        }
    }
}

impl From<GraphError> for StoreError {
    fn from(error: GraphError) -> Self {
        match error {
            GraphError::Cancelled => Self::Evaluation(QueryEvaluationError::Cancelled),
            error => Self::Graph(error),
        }
    }
}

/// Triples and statements that can be queried.
///
/// Threads can share a store. A clone copies no triples: it takes as long as copying three pointers, and is cancelled with the
/// original.
///
/// ```
/// use factloom::{model::Namespaces, query, store::Store};
/// use oxigraph::model::{NamedNode, Triple};
/// use oxigraph::sparql::QueryResults;
///
/// let namespaces = Namespaces::new("https://example.org/", &[])?;
/// let node = |name: &str| NamedNode::new(format!("https://example.org/entity/{name}"));
/// let mut store = Store::in_memory(namespaces.clone())?;
/// store.load([Triple::new(node("a")?, node("b")?, node("c")?)])?;
/// let results = store.query(&query::parse("ASK { e:a ?p e:c }", &namespaces)?)?;
/// assert!(matches!(results, QueryResults::Boolean(true)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    metadata: Arc<GraphMetadata>,
    /// Limits its queries, and cancels its lookups.
    limits: QueryLimits,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { backend, metadata, limits: _ } = self;
        f.debug_struct("Store").field("backend", backend).field("metadata", metadata).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
enum Backend {
    Memory(Memory),
    Compiled(CompiledGraph),
}

impl Store {
    /// An empty store in memory, by Oxigraph: the reference for the compiled graph.
    ///
    /// # Errors
    ///
    /// Returns an error if Oxigraph cannot create the store.
    pub fn in_memory(namespaces: Namespaces) -> Result<Self, StoreError> {
        Ok(Self::from_parts(Backend::Memory(Memory::new()?), GraphMetadata::new(namespaces)))
    }

    /// The store of a compiled graph, with the metadata in it.
    ///
    /// # Errors
    ///
    /// Returns an error if the graph is corrupt.
    pub fn compiled(graph: CompiledGraph) -> Result<Self, StoreError> {
        let metadata = GraphMetadata::read(graph.metadata()?)?;
        if u64::from(metadata.entities) + u64::from(metadata.statements) > graph.term_count() {
            return Err(GraphError::Corrupt("it has fewer terms than entities and statements").into());
        }
        Ok(Self::from_parts(Backend::Compiled(graph), metadata))
    }

    /// Sorts the triples of a builder into a compiled graph with metadata.
    ///
    /// The first ids must be those of the entities that the metadata counts, and the next those of its statements, sorted.
    ///
    /// # Errors
    ///
    /// Returns an error if there are more terms or triples than a compiled graph can hold.
    pub fn build(mut builder: GraphBuilder, metadata: GraphMetadata) -> Result<Self, StoreError> {
        builder.set_metadata(metadata.to_bytes());
        Ok(Self::from_parts(Backend::Compiled(builder.finish()?), metadata))
    }

    fn from_parts(backend: Backend, metadata: GraphMetadata) -> Self {
        Self { backend, metadata: Arc::new(metadata), limits: QueryLimits::default() }
    }

    /// A handle to the same store. When the token is cancelled, its queries and lookups soon fail with
    /// [`QueryEvaluationError::Cancelled`]. Copies no triples.
    ///
    /// ```
    /// use factloom::{model::Namespaces, query, store::Store};
    /// use oxigraph::sparql::CancellationToken;
    ///
    /// let store = Store::in_memory(Namespaces::standard())?;
    /// let query = query::parse("ASK { ?s ?p ?o }", store.namespaces())?;
    /// let token = CancellationToken::new();
    /// let cancellable = store.with_cancellation(token.clone());
    /// assert!(cancellable.query(&query).is_ok());
    /// token.cancel();
    /// assert!(cancellable.query(&query).is_err() && store.query(&query).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_cancellation(&self, cancellation: CancellationToken) -> Self {
        self.with_limits(QueryLimits { cancellation, ..self.limits.clone() })
    }

    /// A handle to the same store with limits for its queries. Their token cancels its lookups as well. Copies no triples.
    #[must_use]
    pub fn with_limits(&self, limits: QueryLimits) -> Self {
        Self { limits, ..self.clone() }
    }

    /// A handle to the same store whose IRIs are abbreviated with other namespaces. Copies no triples.
    #[must_use]
    pub fn with_namespaces(&self, namespaces: Namespaces) -> Self {
        let mut metadata = (*self.metadata).clone();
        metadata.namespaces = namespaces;
        Self { metadata: Arc::new(metadata), ..self.clone() }
    }

    /// What its queries may use.
    pub fn limits(&self) -> &QueryLimits {
        &self.limits
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
        Ok(Self { backend, ..self.clone() })
    }

    /// The token that cancels its queries and lookups.
    pub fn cancellation(&self) -> &CancellationToken {
        &self.limits.cancellation
    }

    /// Returns an error if the store is cancelled. One lookup is short, but searches make many.
    fn check_cancelled(&self) -> Result<(), StoreError> {
        if self.limits.cancellation.is_cancelled() { Err(QueryEvaluationError::Cancelled.into()) } else { Ok(()) }
    }

    /// Adds triples; a triple that is already there is added once only. A compiled graph is rebuilt, and keeps its metadata.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
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

    /// Runs a parsed query.
    ///
    /// # Errors
    ///
    /// Returns an error if the query cannot be evaluated. The results may also fail later.
    pub fn query(&self, query: &Query) -> Result<QueryResults<'_>, StoreError> {
        self.check_cancelled()?;
        match &self.backend {
            Backend::Memory(memory) => memory.query(query, &self.limits.cancellation),
            Backend::Compiled(graph) => graph.query_limited(query, &self.limits),
        }
    }

    /// Explains how a query is evaluated; see [`CompiledGraph::explain`].
    ///
    /// # Errors
    ///
    /// See [`query`](Self::query).
    pub fn explain(&self, query: &Query) -> Result<Explanation, StoreError> {
        self.check_cancelled()?;
        match &self.backend {
            Backend::Memory(memory) => memory.explain(query, &self.limits.cancellation),
            Backend::Compiled(graph) => graph.explain(query, &self.limits),
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

    /// All triples with a subject, a predicate and an object, each if given, in no particular order.
    pub(crate) fn matching(
        &self,
        subject: Option<NamedNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Result<Vec<Triple>, StoreError> {
        self.check_cancelled()?;
        match &self.backend {
            Backend::Memory(memory) => memory.matching(subject, predicate, object),
            Backend::Compiled(graph) => {
                let pattern = [subject.map(TermRef::from), predicate.map(TermRef::from), object];
                Ok(graph.matching(pattern, |ids| graph.triple(ids))?)
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
            Backend::Compiled(graph) => {
                let pattern = [Some(subject.into()), Some(predicate.into()), None];
                Ok(graph.matching(pattern, |[_, _, object]| graph.term(object))?)
            }
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
        self.check_cancelled()?;
        match &self.backend {
            Backend::Memory(memory) => {
                let triples = memory.matching(None, Some(predicate), Some(object))?;
                Ok(triples.into_iter().map(|triple| triple.subject).collect())
            }
            Backend::Compiled(graph) => {
                let pattern = [None, Some(predicate.into()), Some(object)];
                Ok(graph.matching(pattern, |[subject, ..]| graph.node(subject))?)
            }
        }
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

    /// Whether there are quads in named graphs.
    pub fn has_named_graphs(&self) -> bool {
        self.graph().is_some_and(|graph| graph.len() > graph.triple_count() as u64)
    }

    /// All quads, sorted by their N-Quads.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn quads(&self) -> Result<Vec<Quad>, StoreError> {
        let mut quads: Vec<Quad> = match &self.backend {
            Backend::Memory(_) => self.triples()?.into_iter().map(|t| t.in_graph(GraphName::DefaultGraph)).collect(),
            Backend::Compiled(graph) => graph.quads().collect::<Result<_, _>>()?,
        };
        quads.sort_by_cached_key(ToString::to_string);
        Ok(quads)
    }

    /// The number of triples in the default graph.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn len(&self) -> Result<usize, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => memory.len(),
            Backend::Compiled(graph) => Ok(graph.triple_count()),
        }
    }

    /// Whether the default graph is empty.
    ///
    /// # Errors
    ///
    /// Returns an error if the backend fails.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.len()? == 0)
    }

    /// The compiled graph, if this is the store of one.
    pub fn graph(&self) -> Option<&CompiledGraph> {
        match &self.backend {
            Backend::Memory(_) => None,
            Backend::Compiled(graph) => Some(graph),
        }
    }

    /// The title, stored queries, rules and other data of the graph that are not triples.
    pub fn metadata(&self) -> &GraphMetadata {
        &self.metadata
    }

    /// The namespaces of its IRIs.
    pub fn namespaces(&self) -> &Namespaces {
        &self.metadata.namespaces
    }
}
