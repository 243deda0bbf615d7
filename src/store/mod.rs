//! The store: triples that can be asked in SPARQL, and the statements that they were mapped from.
//!
//! How triples are kept is known here alone; the rest of the program sees [`Store`]. Oxigraph is the SPARQL engine.
//!
//! Invariant: whoever asks a store does not change it.

mod compiled;
mod engine;
mod labels;
mod memory;

pub use compiled::{CompiledGraph, EntityColumns, GraphBuilder, GraphError, MAGIC, VERSION};
pub use engine::{Engine, ExplainedStep, Explanation};
pub use labels::Labels;

use crate::model::{Names, Statement, StatementId};
use memory::Memory;
use oxigraph::model::{NamedNodeRef, Triple, TripleRef};
use oxigraph::sparql::{QueryEvaluationError, QueryResults};
use spargebra::Query;

/// Why a store could not be filled or asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The backend failed.
    #[error("the store failed: {0}")]
    Storage(#[from] oxigraph::store::StorageError),
    /// The compiled graph could not be made or read.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The query could not be evaluated.
    #[error("the query failed: {0}")]
    Evaluation(#[from] QueryEvaluationError),
}

/// Triples and statements, ready to be asked.
///
/// ```
/// use factloom::{model::Names, query, store::Store};
/// use oxigraph::model::{NamedNode, Triple};
/// use oxigraph::sparql::QueryResults;
///
/// let names = Names::new("https://example.org/", &[])?;
/// let node = |name: &str| NamedNode::new(format!("https://example.org/entity/{name}"));
/// let mut store = Store::in_memory(names.clone())?;
/// store.load([Triple::new(node("a")?, node("b")?, node("c")?)])?;
/// let answer = store.query(&query::parse("ASK { e:a ?p e:c }", &names)?)?;
/// assert!(matches!(answer, QueryResults::Boolean(true)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Store {
    backend: Backend,
    names: Names,
    statements: Vec<Statement>,
}

#[derive(Debug)]
enum Backend {
    Memory(Memory),
}

impl Store {
    /// An empty store in memory.
    ///
    /// # Errors
    ///
    /// Where the backend cannot be made.
    pub fn in_memory(names: Names) -> Result<Self, StoreError> {
        Ok(Self { backend: Backend::Memory(Memory::new()?), names, statements: Vec::new() })
    }

    /// Adds triples; those that are there already stay once.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn load(&mut self, triples: impl IntoIterator<Item = Triple>) -> Result<(), StoreError> {
        match &mut self.backend {
            Backend::Memory(memory) => memory.load(triples),
        }
    }

    /// Sets the statements that the triples were mapped from.
    pub fn set_statements(&mut self, mut statements: Vec<Statement>) {
        statements.sort_by(|a, b| a.id.cmp(&b.id));
        self.statements = statements;
    }

    /// Asks a query that has been parsed.
    ///
    /// # Errors
    ///
    /// Where it cannot be evaluated; the results may fail later, too.
    pub fn query(&self, query: &Query) -> Result<QueryResults<'_>, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => memory.query(query),
        }
    }

    /// Whether a triple is in the graph.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn contains(&self, triple: TripleRef<'_>) -> Result<bool, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => memory.contains(triple),
        }
    }

    /// All triples with a predicate, in no stated order.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn with_predicate(&self, predicate: NamedNodeRef<'_>) -> Result<Vec<Triple>, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => memory.matching(Some(predicate)),
        }
    }

    /// All triples, sorted by their N-Triples.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn triples(&self) -> Result<Vec<Triple>, StoreError> {
        let mut triples = match &self.backend {
            Backend::Memory(memory) => memory.matching(None)?,
        };
        triples.sort_by_cached_key(ToString::to_string);
        Ok(triples)
    }

    /// How many triples there are.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn len(&self) -> Result<usize, StoreError> {
        match &self.backend {
            Backend::Memory(memory) => memory.len(),
        }
    }

    /// Whether there is no triple.
    ///
    /// # Errors
    ///
    /// Where the backend fails.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.len()? == 0)
    }

    /// The statements, sorted by id.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The statement with an id.
    pub fn statement(&self, id: &StatementId) -> Option<&Statement> {
        let at = self.statements.binary_search_by(|s| s.id.cmp(id)).ok()?;
        Some(&self.statements[at])
    }

    /// How the things in it are named.
    pub fn names(&self) -> &Names {
        &self.names
    }
}
