//! DESCRIBE: the triples of the described nodes, and of the blank nodes that are their objects.

use super::budget::row_bytes;
use super::plan::{Output, Slot};
use super::solutions::{Rows, evaluation_error};
use crate::store::GraphError;
use crate::store::compiled::{FIRST_COMPUTED, Id};
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use oxigraph::sparql::QueryEvaluationError;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;

/// The triples of a description, each once.
pub(super) struct Description {
    pub(super) rows: Rows,
    /// The nodes whose triples are in the description or will be.
    seen: FxHashSet<Id>,
    open: Vec<Id>,
    ready: VecDeque<Triple>,
}

impl Description {
    pub(super) fn new(rows: Rows) -> Self {
        Self { rows, seen: FxHashSet::default(), open: Vec::new(), ready: VecDeque::new() }
    }

    fn next_triple(&mut self) -> Result<Option<Triple>, GraphError> {
        loop {
            if let Some(triple) = self.ready.pop_front() {
                return Ok(Some(triple));
            }
            if let Some(node) = self.open.pop() {
                self.describe(node)?;
            } else if self.rows.next()? == 0 {
                return Ok(None);
            } else {
                let Output::Describe(slots) = &self.rows.plan.output else { return Ok(None) };
                let nodes: Vec<Id> = slots.iter().map(|slot: &Slot| self.rows.row[*slot]).collect();
                nodes.into_iter().filter(|id| *id != 0).try_for_each(|id| self.add(id))?;
            }
        }
    }

    fn add(&mut self, node: Id) -> Result<(), GraphError> {
        if node < FIRST_COMPUTED && self.seen.insert(node) {
            self.rows.execution.budget.reserve(row_bytes(2))?;
            self.open.push(node);
        }
        Ok(())
    }

    /// Reads the triples with a node as their subject.
    fn describe(&mut self, node: Id) -> Result<(), GraphError> {
        let graph = self.rows.execution.graph.clone();
        let orders = graph.orders();
        let range = orders.of_subject(node)?;
        if range.is_empty() {
            return Ok(());
        }
        let subject = match graph.term(node)? {
            Term::NamedNode(node) => NamedOrBlankNode::NamedNode(node),
            Term::BlankNode(node) => NamedOrBlankNode::BlankNode(node),
            Term::Literal(_) | Term::Triple(_) => return Err(GraphError::Corrupt("a subject is not a node")),
        };
        for at in range {
            self.rows.execution.budget.check()?;
            let object_id = orders.spo_o.get(at)?;
            let object = graph.term(object_id)?;
            let Term::NamedNode(predicate) = graph.term(orders.spo_p.get(at)?)? else {
                return Err(GraphError::Corrupt("a predicate is not an IRI"));
            };
            if object.is_blank_node() {
                self.add(object_id)?;
            }
            self.ready.push_back(Triple { subject: subject.clone(), predicate, object });
        }
        Ok(())
    }
}

impl Iterator for Description {
    type Item = Result<Triple, QueryEvaluationError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_triple().map_err(evaluation_error).transpose()
    }
}
