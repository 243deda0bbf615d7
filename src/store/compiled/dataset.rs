//! A compiled graph as a dataset of spareval.

use super::dictionary::Id;
use super::interner::FIRST_COMPUTED;
use super::{CompiledGraph, GraphError};
use crate::store::engine::ComputedTerms;
use itertools::Itertools;
use oxigraph::model::Term;
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use std::cell::RefCell;
use std::iter;
use std::rc::Rc;

/// A graph, and the terms that one query computes.
#[derive(Clone)]
pub(in crate::store) struct QueryDataset {
    graph: CompiledGraph,
    computed: Rc<RefCell<ComputedTerms>>,
    /// The last triple term that was requested: spareval decodes and encodes triple terms at each step.
    last: Rc<RefCell<Option<(Id, Term)>>>,
}

impl QueryDataset {
    pub(in crate::store) fn new(graph: CompiledGraph) -> Self {
        Self { graph, computed: Rc::default(), last: Rc::default() }
    }
}

impl QueryableDataset<'static> for QueryDataset {
    type InternalTerm = Id;
    type Error = GraphError;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Id>,
        predicate: Option<&Id>,
        object: Option<&Id>,
        graph_name: Option<Option<&Id>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Id>, GraphError>> + use<> {
        let [s, p, o] = [subject, predicate, object].map(Option::<&Id>::copied);
        let name = graph_name.flatten().copied();
        // Without a graph name, spareval selects the graphs that it needs.
        let default = graph_name.is_none_or(|name| name.is_none()).then(|| self.graph.matches([s, p, o]));
        let named = graph_name.is_none_or(|name| name.is_some()).then(|| self.graph.named_matches([s, p, o, name]));
        let quad =
            |[subject, predicate, object]: [Id; 3], graph_name| InternalQuad { subject, predicate, object, graph_name };
        let default = default.into_iter().flatten().map_ok(move |triple| quad(triple, None));
        default.chain(named.into_iter().flatten().map_ok(move |[s, p, o, name]| quad([s, p, o], Some(name))))
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Id, GraphError>> + use<> {
        iter::once(self.graph.named().graphs()).flatten_ok()
    }

    fn contains_internal_graph_name(&self, graph_name: &Id) -> Result<bool, GraphError> {
        let (_, range) = self.graph.named().candidates([None, None, None, Some(*graph_name)])?;
        Ok(!range.is_empty())
    }

    fn internalize_term(&self, term: Term) -> Result<Id, GraphError> {
        self.computed.borrow_mut().id_of(&self.graph, term)
    }

    fn externalize_term(&self, id: Id) -> Result<Term, GraphError> {
        if id >= FIRST_COMPUTED || self.graph.components_of(id)?.is_none() {
            return self.computed.borrow().term(&self.graph, id);
        }
        if let Some((last, term)) = &*self.last.borrow()
            && *last == id
        {
            return Ok(term.clone());
        }
        let term = self.graph.term(id)?;
        *self.last.borrow_mut() = Some((id, term.clone()));
        Ok(term)
    }

    fn externalize_expression_term(&self, id: Id) -> Result<ExpressionTerm, GraphError> {
        self.computed.borrow().value(&self.graph, id)
    }
}
