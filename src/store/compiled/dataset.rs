//! A compiled graph as spareval sees it.

use super::dictionary::Id;
use super::interner::FIRST_COMPUTED;
use super::{CompiledGraph, GraphError};
use crate::store::engine::ComputedTerms;
use oxigraph::model::Term;
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use std::cell::RefCell;
use std::rc::Rc;

/// A graph, and the terms that one query computes.
#[derive(Clone)]
pub(in crate::store) struct QueryDataset {
    graph: CompiledGraph,
    computed: Rc<RefCell<ComputedTerms>>,
    /// Triple terms go through their text and back at each step: the last one that was asked for.
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
        let pattern = [subject.copied(), predicate.copied(), object.copied()];
        // Without a graph name everything is asked for: the evaluator picks out what it needs.
        let default = graph_name.is_none_or(|name| name.is_none());
        let named = graph_name.is_none_or(|name| name.is_some());
        let in_default = default.then(|| Matches::new(self.graph.clone(), pattern)).into_iter().flatten();
        let name = graph_name.flatten().copied();
        let [s, p, o] = pattern;
        let in_named = named.then(|| NamedMatches::new(self.graph.clone(), [s, p, o, name])).into_iter().flatten();
        in_default.chain(in_named)
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Id, GraphError>> + use<> {
        let (names, error) = match self.graph.parts().named.graphs() {
            Ok(names) => (names, None),
            Err(e) => (Vec::new(), Some(Err(e))),
        };
        names.into_iter().map(Ok).chain(error)
    }

    fn contains_internal_graph_name(&self, graph_name: &Id) -> Result<bool, GraphError> {
        let (_, range) = self.graph.parts().named.candidates([None, None, None, Some(*graph_name)])?;
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

/// The triples of the default graph that match a pattern.
struct Matches {
    graph: CompiledGraph,
    pattern: [Option<Id>; 3],
    at: usize,
    end: usize,
    /// The subject whose triples are gone through, where all triples are.
    subject: Id,
    error: Option<GraphError>,
}

impl Matches {
    fn new(graph: CompiledGraph, pattern: [Option<Id>; 3]) -> Self {
        let orders = &graph.parts().orders;
        let range = match pattern {
            [Some(s), Some(p), Some(o)] => orders.contains(s, p, o).map(|found| 0..usize::from(found)),
            [Some(s), Some(p), None] => orders.objects_of(s, p),
            [None, Some(p), Some(o)] => orders.subjects_of(p, o),
            [Some(s), None, Some(o)] => orders.predicates_of(s, o),
            [Some(s), None, None] => orders.of_subject(s),
            [None, Some(p), None] => orders.of_predicate(p).map(|row| row.map_or(0..0, |row| row.range)),
            [None, None, Some(o)] => orders.of_object(o),
            [None, None, None] => Ok(0..orders.len()),
        };
        let (range, error) = match range {
            Ok(range) => (range, None),
            Err(e) => (0..0, Some(e)),
        };
        Self { at: range.start, end: range.end, graph, pattern, subject: 0, error }
    }

    fn triple(&mut self, at: usize) -> Result<[Id; 3], GraphError> {
        let orders = &self.graph.parts().orders;
        Ok(match self.pattern {
            [Some(s), Some(p), Some(o)] => [s, p, o],
            [Some(s), Some(p), None] => [s, p, orders.spo_o.get(at)?],
            [None, Some(p), Some(o)] => [orders.pos_s.get(at)?, p, o],
            [Some(s), None, Some(o)] => [s, orders.osp_p.get(at)?, o],
            [Some(s), None, None] => [s, orders.spo_p.get(at)?, orders.spo_o.get(at)?],
            [None, Some(p), None] => [orders.pos_s.get(at)?, p, orders.pos_o.get(at)?],
            [None, None, Some(o)] => [orders.osp_s.get(at)?, orders.osp_p.get(at)?, o],
            [None, None, None] => {
                while at >= orders.of_subject(self.subject)?.end {
                    self.subject += 1;
                    if self.subject as usize + 1 >= orders.subjects.len() {
                        return Err(GraphError::Corrupt("offsets leave triples out"));
                    }
                }
                [self.subject, orders.spo_p.get(at)?, orders.spo_o.get(at)?]
            }
        })
    }
}

impl Iterator for Matches {
    type Item = Result<InternalQuad<Id>, GraphError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(e) = self.error.take() {
            return Some(Err(e));
        }
        if self.at >= self.end {
            return None;
        }
        let at = self.at;
        self.at += 1;
        let triple = self.triple(at);
        if triple.is_err() {
            self.end = self.at;
        }
        Some(triple.map(|[subject, predicate, object]| InternalQuad { subject, predicate, object, graph_name: None }))
    }
}

/// The quads of named graphs that match a pattern.
struct NamedMatches {
    graph: CompiledGraph,
    pattern: [Option<Id>; 4],
    order: usize,
    at: usize,
    end: usize,
    error: Option<GraphError>,
}

impl NamedMatches {
    fn new(graph: CompiledGraph, pattern: [Option<Id>; 4]) -> Self {
        let (order, range, error) = match graph.parts().named.candidates(pattern) {
            Ok((order, range)) => (order, range, None),
            Err(e) => (0, 0..0, Some(e)),
        };
        Self { graph, pattern, order, at: range.start, end: range.end, error }
    }
}

impl Iterator for NamedMatches {
    type Item = Result<InternalQuad<Id>, GraphError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(e) = self.error.take() {
            return Some(Err(e));
        }
        while self.at < self.end {
            let at = self.at;
            self.at += 1;
            match self.graph.parts().named.quad(self.order, at) {
                Ok(quad) if self.pattern.iter().zip(quad).all(|(want, is)| want.is_none_or(|want| want == is)) => {
                    let [subject, predicate, object, name] = quad;
                    return Some(Ok(InternalQuad { subject, predicate, object, graph_name: Some(name) }));
                }
                Ok(_) => {}
                Err(e) => {
                    self.end = self.at;
                    return Some(Err(e));
                }
            }
        }
        None
    }
}
