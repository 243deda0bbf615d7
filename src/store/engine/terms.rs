//! Terms by id for one query: those of the graph, and those that the query computes.

use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, FIRST_COMPUTED, Id, canonical};
use oxigraph::model::Term;
use rustc_hash::FxHashMap;
use spareval::ExpressionTerm as Value;

/// Terms that the graph does not hold, with ids above those of the graph.
#[derive(Clone, Default)]
pub(crate) struct ComputedTerms {
    terms: Vec<Term>,
    ids: FxHashMap<Term, Id>,
}

impl ComputedTerms {
    /// The id of a term: the graph's where it holds the term, else one of our own.
    pub(crate) fn id_of(&mut self, graph: &CompiledGraph, term: Term) -> Result<Id, GraphError> {
        let term = canonical(term.as_ref()).unwrap_or(term);
        if let Some(id) = graph.id_of(term.as_ref())? {
            return Ok(id);
        }
        if let Some(id) = self.ids.get(&term) {
            return Ok(*id);
        }
        let index = Id::try_from(self.terms.len()).ok();
        let id = index.and_then(|index| FIRST_COMPUTED.checked_add(index)).filter(|id| *id < Id::MAX);
        let id = id.ok_or(GraphError::TooLarge("the terms that a query computes"))?;
        self.terms.push(term.clone());
        self.ids.insert(term, id);
        Ok(id)
    }

    /// How many terms there are.
    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }

    /// Forgets the terms behind the first so many. Their ids will be those of others.
    pub(super) fn truncate(&mut self, length: usize) {
        for term in self.terms.drain(length..) {
            self.ids.remove(&term);
        }
    }

    /// The term with an id.
    pub(crate) fn term(&self, graph: &CompiledGraph, id: Id) -> Result<Term, GraphError> {
        match id.checked_sub(FIRST_COMPUTED) {
            Some(index) => {
                self.terms.get(index as usize).cloned().ok_or(GraphError::Corrupt("there is no term with such an id"))
            }
            None => graph.term(id),
        }
    }

    /// The value with an id.
    pub(in crate::store) fn value(&self, graph: &CompiledGraph, id: Id) -> Result<Value, GraphError> {
        match id.checked_sub(FIRST_COMPUTED) {
            Some(_) => self.term(graph, id).map(Value::from),
            None => graph.value(id),
        }
    }
}
