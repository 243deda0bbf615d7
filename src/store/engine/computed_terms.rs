//! The terms that a query computes.

use super::budget::term_bytes;
use crate::model::literal::term_value;
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, FIRST_COMPUTED, Id};
use oxigraph::model::Term;
use rustc_hash::FxHashMap;
use spareval::ExpressionTerm as Value;

/// Terms that the graph does not contain. Their ids start at `FIRST_COMPUTED`.
#[derive(Clone, Default)]
pub(crate) struct ComputedTerms {
    terms: Vec<Term>,
    ids: FxHashMap<Term, Id>,
    /// An estimate of their size in memory.
    bytes: usize,
}

/// What a computed term takes in the list and in the table.
fn bytes_of(term: &Term) -> usize {
    2 * (term_bytes(term) + size_of::<Term>()) + size_of::<Id>()
}

impl ComputedTerms {
    /// The id of a term: the graph's if it contains the term, else a computed one.
    pub(crate) fn id_of(&mut self, graph: &CompiledGraph, term: Term) -> Result<Id, GraphError> {
        if let Some(id) = graph.id_of(term.as_ref())? {
            return Ok(id);
        }
        if let Some(id) = self.ids.get(&term) {
            return Ok(*id);
        }
        let index = Id::try_from(self.terms.len()).ok();
        let id = index.and_then(|index| FIRST_COMPUTED.checked_add(index)).filter(|id| *id < Id::MAX);
        let id = id.ok_or(GraphError::TooLarge("the terms that the query computes"))?;
        self.bytes += bytes_of(&term);
        self.terms.push(term.clone());
        self.ids.insert(term, id);
        Ok(id)
    }

    /// An estimate of the size of the terms in memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }

    /// Drops all but the first `length` terms. Other terms will get their ids.
    pub(super) fn truncate(&mut self, length: usize) {
        for term in self.terms.drain(length..) {
            self.bytes -= bytes_of(&term);
            self.ids.remove(&term);
        }
    }

    pub(crate) fn term(&self, graph: &CompiledGraph, id: Id) -> Result<Term, GraphError> {
        match id.checked_sub(FIRST_COMPUTED) {
            Some(index) => self.terms.get(index as usize).cloned().ok_or(GraphError::Corrupt("an id is out of range")),
            None => graph.term(id),
        }
    }

    pub(in crate::store) fn value(&self, graph: &CompiledGraph, id: Id) -> Result<Value, GraphError> {
        match id.checked_sub(FIRST_COMPUTED) {
            Some(_) => self.term(graph, id).map(term_value),
            None => graph.value(id),
        }
    }
}
