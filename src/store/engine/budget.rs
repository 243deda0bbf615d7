//! What a running query may use: time, until its token is cancelled, and memory.
//!
//! The memory of what grows with the rows of a query is estimated before it is allocated: computed terms, join tables, sorts,
//! groups, distinct rows, paths, and long strings. The estimates do not depend on the allocator, so a query reaches its limit at
//! the same row each time.

use crate::store::GraphError;
use crate::store::compiled::Id;
use oxigraph::model::{Term, Triple};
use oxigraph::sparql::CancellationToken;
use spareval::ExpressionTerm as Value;
use std::cell::Cell;
use std::rc::Rc;

/// The maximum length of a string that a query or a rule computes, in bytes.
pub const MAX_STRING_BYTES: usize = 16 << 20;

/// How many steps are taken between two checks of the token: some ten microseconds of work.
const STEPS_PER_CHECK: u32 = 1024;

/// What an allocation takes for itself.
const ALLOCATION: usize = 16;

/// What a query may use.
///
/// ```
/// use factloom::{model::Namespaces, query, store::{QueryLimits, Store}};
///
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let query = query::parse("SELECT DISTINCT ?a ?b { ?a ?p ?o . ?b ?q ?r }", store.namespaces())?;
/// let limited = store.with_limits(QueryLimits { max_memory: Some(1 << 20), ..QueryLimits::default() });
/// let oxigraph::sparql::QueryResults::Solutions(mut rows) = limited.query(&query)? else { panic!() };
/// let error = rows.find_map(Result::err).unwrap();
/// assert_eq!(error.to_string(), "the query needs more than 1 MiB of memory");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct QueryLimits {
    /// Cancels the query.
    pub cancellation: CancellationToken,
    /// The most bytes that the query may use beyond those of the graph; `None` for any number.
    pub max_memory: Option<u64>,
}

/// Counts the steps of a query, checks the token now and then, and counts the memory.
pub(super) struct Budget {
    limits: QueryLimits,
    steps_left: Cell<u32>,
    memory_left: Cell<u64>,
}

impl Budget {
    pub(super) fn new(limits: QueryLimits) -> Self {
        let memory_left = Cell::new(limits.max_memory.unwrap_or(u64::MAX));
        // The first step checks, so that no short query starts after the token is cancelled.
        Self { limits, steps_left: Cell::new(0), memory_left }
    }

    /// Counts a step. Returns an error if the query is cancelled.
    #[inline]
    pub(super) fn check(&self) -> Result<(), GraphError> {
        match self.steps_left.get() {
            0 if self.limits.cancellation.is_cancelled() => return Err(GraphError::Cancelled),
            0 => self.steps_left.set(STEPS_PER_CHECK),
            left => self.steps_left.set(left - 1),
        }
        Ok(())
    }

    /// Counts bytes that are about to be allocated. Returns an error if there are not so many left.
    #[inline]
    pub(super) fn reserve(&self, bytes: usize) -> Result<(), GraphError> {
        match self.memory_left.get().checked_sub(bytes as u64) {
            Some(left) => self.memory_left.set(left),
            None => return Err(GraphError::MemoryLimit(self.limits.max_memory.unwrap_or(u64::MAX))),
        }
        Ok(())
    }

    pub(super) fn memory_left(&self) -> u64 {
        self.memory_left.get()
    }

    /// Gives back bytes that were reserved.
    #[inline]
    pub(super) fn release(&self, bytes: usize) {
        self.memory_left.set(self.memory_left.get().saturating_add(bytes as u64));
    }

    /// Checks the length of a string before it is built.
    pub(super) fn allow_string(&self, bytes: usize) -> Result<(), GraphError> {
        self.check()?;
        if bytes > MAX_STRING_BYTES {
            return Err(GraphError::StringTooLong);
        }
        self.reserve(bytes)?;
        self.release(bytes);
        Ok(())
    }
}

/// Bytes that are given back when they are no longer needed.
pub(super) struct Reserved {
    budget: Rc<Budget>,
    bytes: usize,
}

impl Reserved {
    pub(super) fn new(budget: &Rc<Budget>) -> Self {
        Self { budget: Rc::clone(budget), bytes: 0 }
    }

    pub(super) fn budget(&self) -> &Rc<Budget> {
        &self.budget
    }

    pub(super) fn add(&mut self, bytes: usize) -> Result<(), GraphError> {
        self.budget.reserve(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.budget.release(std::mem::take(&mut self.bytes));
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.clear();
    }
}

/// What a term takes on the heap.
pub(super) fn term_bytes(term: &Term) -> usize {
    match term {
        Term::NamedNode(node) => node.as_str().len() + ALLOCATION,
        Term::BlankNode(_) => 2 * ALLOCATION,
        Term::Literal(literal) => {
            let datatype =
                if literal.language().is_some() { 2 * ALLOCATION } else { literal.datatype().as_str().len() };
            literal.value().len() + datatype + ALLOCATION
        }
        Term::Triple(triple) => size_of::<Triple>() + 4 * ALLOCATION + term_bytes(&triple.object),
    }
}

/// What the string of a value takes on the heap. The other values are small.
pub(super) fn value_bytes(value: &Value) -> usize {
    match value {
        Value::NamedNode(node) => node.as_str().len(),
        Value::StringLiteral(text) => text.len(),
        Value::LangStringLiteral { value, .. }
        | Value::DirLangStringLiteral { value, .. }
        | Value::OtherTypedLiteral { value, .. } => value.len(),
        Value::Triple(triple) => size_of::<Triple>() + value_bytes(&triple.object),
        _ => 0,
    }
}

/// What a row of some values takes in a hash table or a list of rows.
pub(super) fn row_bytes(width: usize) -> usize {
    width * size_of::<Id>() + size_of::<Vec<Id>>() * 2 + ALLOCATION
}
