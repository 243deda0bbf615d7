//! What all parts of a running query share.

use super::budget::{Budget, QueryLimits};
use super::computed_terms::ComputedTerms;
use super::join_table::JoinTable;
use super::pipeline::PipelineState;
use super::plan::{Output, Plan, Slot};
use super::stopwatch::Stopwatch;
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, FIRST_COMPUTED, Id};
use oxigraph::model::{BlankNode, Term};
use oxsdatatypes::DateTime;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use xxhash_rust::xxh3::xxh3_128;

/// The state that all parts of a running query share.
pub(super) struct Execution {
    pub(super) graph: CompiledGraph,
    pub(super) computed: ComputedTerms,
    pub(super) tables: Vec<Option<Rc<JoinTable>>>,
    /// The states of the pipelines of EXISTS.
    pub(super) exists: Vec<Option<PipelineState>>,
    /// Computes what the engine leaves to spareval, once it is needed.
    evaluator: OnceCell<spareval::QueryEvaluator>,
    /// The value of NOW(), once it is needed.
    pub(super) now: OnceCell<DateTime>,
    pub(super) budget: Rc<Budget>,
    /// The slots of the rows of the current standalone operator that have a value before it starts.
    pub(super) context: Vec<(Slot, Id)>,
    /// How many solutions have a number.
    pub(super) solutions: Id,
    /// Makes the nodes of BNODE differ from those of any other run, once there are any.
    blank_node_key: OnceCell<BlankNode>,
    /// Whether nothing outlives a row but the row itself, so that terms computed for it can be dropped.
    pub(super) drops_computed: bool,
    pub(super) row_width: usize,
    /// Enabled if the query is explained. Join tables then keep the states of their operators, and calls of spareval are counted.
    pub(super) stopwatch: Stopwatch,
    /// How many times spareval has computed each operation.
    pub(super) spareval_calls: RefCell<BTreeMap<String, u64>>,
}

impl Execution {
    /// Starts to run a plan.
    pub(super) fn new(graph: &CompiledGraph, plan: &Plan, limits: &QueryLimits) -> Self {
        Self {
            graph: graph.clone(),
            computed: plan.computed.clone(),
            tables: (0..plan.table_count).map(|_| None).collect(),
            exists: (0..plan.exists_count).map(|_| None).collect(),
            evaluator: OnceCell::new(),
            now: OnceCell::new(),
            budget: Rc::new(Budget::new(limits.clone())),
            // CONSTRUCT remembers the ids of its triples.
            drops_computed: plan.table_count == 0
                && plan.root.keeps_no_rows()
                && !matches!(plan.output, Output::Construct(_)),
            context: Vec::new(),
            solutions: 0,
            blank_node_key: OnceCell::new(),
            row_width: plan.row_width,
            stopwatch: Stopwatch::default(),
            spareval_calls: RefCell::default(),
        }
    }

    pub(super) fn evaluator(&self) -> &spareval::QueryEvaluator {
        self.evaluator.get_or_init(spareval::QueryEvaluator::new)
    }

    /// Whether a term is an IRI or a blank node.
    pub(super) fn is_node(&self, id: Id) -> Result<bool, GraphError> {
        match id < FIRST_COMPUTED {
            true => self.graph.is_node(id),
            false => Ok(matches!(self.computed.term(&self.graph, id)?, Term::NamedNode(_) | Term::BlankNode(_))),
        }
    }

    /// Sets the slots that have the same value in all rows of the current operator.
    pub(super) fn restore_context(&self, row: &mut [Id]) {
        self.context.iter().for_each(|(slot, id)| row[*slot] = *id);
    }

    /// The id of a term; a new one becomes a computed term.
    pub(super) fn id_of(&mut self, term: Term) -> Result<Id, GraphError> {
        let before = self.computed.bytes();
        let id = self.computed.id_of(&self.graph, term)?;
        self.budget.reserve(self.computed.bytes() - before)?;
        Ok(id)
    }

    /// A blank node for a string: the same in one solution, and another in each other. A `number` of 0 stands for a solution without one,
    /// which its row identifies.
    pub(super) fn blank_node(&self, label: &str, number: Id, row: &[Id]) -> BlankNode {
        let mut key = Vec::with_capacity(label.len() + 64);
        key.extend(self.blank_node_key.get_or_init(BlankNode::default).as_str().as_bytes());
        key.extend(number.to_le_bytes());
        if number == 0 {
            key.extend(row.iter().flat_map(|id| id.to_le_bytes()));
        }
        key.extend(label.as_bytes());
        BlankNode::new_from_unique_id(xxh3_128(&key))
    }

    /// A number that no other solution has.
    pub(super) fn number_solution(&mut self) -> Id {
        self.solutions = self.solutions.checked_add(1).unwrap_or(1);
        self.solutions
    }

    /// Drops the computed terms after the first `length`, if nothing else refers to them. Memory use must not grow with the
    /// number of rows.
    pub(super) fn drop_computed(&mut self, length: usize) {
        if self.drops_computed && self.computed.len() > length {
            let before = self.computed.bytes();
            self.computed.truncate(length);
            self.budget.release(before - self.computed.bytes());
        }
    }
}
