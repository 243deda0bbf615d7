//! Turns rows of ids into query results.

use super::budget::QueryLimits;
use super::deep_results::DeepIterator;
use super::describe::Description;
use super::execution::Execution;
use super::operator::OperatorState;
use super::plan::{Output, Plan, TemplateTerm};
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, Id};
use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple, Variable};
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::sync::Arc;

/// Runs a plan whose operators are nested as deeply as some levels.
pub(super) fn results(
    graph: &CompiledGraph,
    plan: &Arc<Plan>,
    levels: usize,
    limits: &QueryLimits,
) -> Result<QueryResults<'static>, GraphError> {
    let mut rows = Rows::new(graph, Arc::clone(plan), limits);
    Ok(match &plan.output {
        Output::Ask => QueryResults::Boolean(rows.next()? > 0),
        Output::Select(columns) => {
            let variables: Arc<[Variable]> = columns.iter().map(|(variable, _)| variable.clone()).collect();
            let solutions = Solutions { rows, repeats: 0, last: Vec::new() };
            QueryResults::Solutions(QuerySolutionIter::from_tuples(variables, DeepIterator::new(levels, solutions)))
        }
        Output::Construct(_) => {
            let triples = Triples { rows, ready: VecDeque::new(), seen: FxHashSet::default() };
            QueryResults::Graph(QueryTripleIter::new(DeepIterator::new(levels, triples)))
        }
        Output::Describe(_) => {
            QueryResults::Graph(QueryTripleIter::new(DeepIterator::new(levels, Description::new(rows))))
        }
    })
}

/// The rows of a plan.
pub(super) struct Rows {
    pub(super) plan: Arc<Plan>,
    pub(super) state: OperatorState,
    pub(super) execution: Execution,
    pub(super) row: Vec<Id>,
    ended: bool,
}

impl Rows {
    pub(super) fn new(graph: &CompiledGraph, plan: Arc<Plan>, limits: &QueryLimits) -> Self {
        let execution = Execution::new(graph, &plan, limits);
        Self { state: OperatorState::new(&plan.root), row: vec![0; plan.row_width], execution, plan, ended: false }
    }

    /// Moves to the next row. Returns how many equal rows it stands for; 0 at the end.
    pub(super) fn next(&mut self) -> Result<u64, GraphError> {
        if self.ended {
            return Ok(0);
        }
        let count = self.state.next(&self.plan.root, &mut self.execution, &mut self.row);
        self.ended = !matches!(count, Ok(1..));
        count
    }

    fn term(&self, id: Id) -> Result<Term, GraphError> {
        self.execution.computed.term(&self.execution.graph, id)
    }
}

pub(super) fn evaluation_error(error: GraphError) -> QueryEvaluationError {
    match error {
        GraphError::Cancelled => QueryEvaluationError::Cancelled,
        error => QueryEvaluationError::Dataset(Box::new(error)),
    }
}

struct Solutions {
    rows: Rows,
    /// How many more times the last solution is returned.
    repeats: u64,
    last: Vec<Option<Term>>,
}

impl Solutions {
    fn next_solution(&mut self) -> Result<Option<Vec<Option<Term>>>, GraphError> {
        if self.repeats > 0 {
            self.rows.execution.budget.check()?;
            self.repeats -= 1;
            return Ok(Some(self.last.clone()));
        }
        let count = self.rows.next()?;
        let Output::Select(columns) = &self.rows.plan.output else { return Ok(None) };
        if count == 0 {
            return Ok(None);
        }
        let mut solution = Vec::with_capacity(columns.len());
        for (_, slot) in columns {
            solution.push(match self.rows.row[*slot] {
                0 => None,
                id => Some(self.rows.term(id)?),
            });
        }
        self.repeats = count - 1;
        if self.repeats > 0 {
            self.last.clone_from(&solution);
        }
        Ok(Some(solution))
    }
}

impl Iterator for Solutions {
    type Item = Result<Vec<Option<Term>>, QueryEvaluationError>;

    fn next(&mut self) -> Option<Self::Item> {
        let solution = self.next_solution();
        if solution.is_err() {
            self.repeats = 0;
        }
        solution.map_err(evaluation_error).transpose()
    }
}

/// The triples of a template, each once.
struct Triples {
    rows: Rows,
    ready: VecDeque<Triple>,
    seen: FxHashSet<[Id; 3]>,
}

impl Triples {
    fn next_triple(&mut self) -> Result<Option<Triple>, GraphError> {
        loop {
            if let Some(triple) = self.ready.pop_front() {
                return Ok(Some(triple));
            }
            match self.rows.next()? {
                0 => return Ok(None),
                count => self.add_triples(count)?,
            }
        }
    }

    /// Adds the triples of a row that stands for `count` equal ones.
    fn add_triples(&mut self, count: u64) -> Result<(), GraphError> {
        let plan = Arc::clone(&self.rows.plan);
        let Output::Construct(template) = &plan.output else { return Ok(()) };
        // Only blank nodes make the triples of equal rows differ.
        for _ in 0..if plan.blank_nodes == 0 { 1 } else { count } {
            let execution = &mut self.rows.execution;
            execution.budget.check()?;
            let blank_nodes = (0..plan.blank_nodes).map(|_| execution.id_of(BlankNode::default().into()));
            let blank_nodes = blank_nodes.collect::<Result<Vec<Id>, _>>()?;
            for terms in template {
                if let Some(ids) = self.ids(terms, &blank_nodes)?
                    && self.seen.insert(ids)
                {
                    self.rows.execution.budget.reserve(3 * size_of::<[Id; 3]>())?;
                    self.ready.extend(self.triple(terms, ids)?);
                }
            }
        }
        Ok(())
    }

    /// The ids of the terms of a triple; `None` if one is unbound.
    fn ids(&mut self, terms: &[TemplateTerm; 3], blank_nodes: &[Id]) -> Result<Option<[Id; 3]>, GraphError> {
        let mut ids = [0; 3];
        for (id, term) in ids.iter_mut().zip(terms) {
            *id = match term {
                TemplateTerm::Constant(_, id) => *id,
                TemplateTerm::Slot(slot) => self.rows.row[*slot],
                TemplateTerm::Blank(number) => blank_nodes[*number],
                TemplateTerm::Triple(terms) => {
                    let Some(ids) = self.ids(terms, blank_nodes)? else { return Ok(None) };
                    let Some(triple) = self.triple(terms, ids)? else { return Ok(None) };
                    self.rows.execution.id_of(triple.into())?
                }
            };
        }
        Ok((!ids.contains(&0)).then_some(ids))
    }

    /// A triple; `None` if a literal is its subject, or something other than an IRI its predicate.
    fn triple(&self, terms: &[TemplateTerm; 3], ids: [Id; 3]) -> Result<Option<Triple>, GraphError> {
        let term = |index: usize| match &terms[index] {
            TemplateTerm::Constant(term, _) => Ok(term.clone()),
            _ => self.rows.term(ids[index]),
        };
        let subject = match term(0)? {
            Term::NamedNode(node) => NamedOrBlankNode::NamedNode(node),
            Term::BlankNode(node) => NamedOrBlankNode::BlankNode(node),
            Term::Literal(_) | Term::Triple(_) => return Ok(None),
        };
        let Term::NamedNode(predicate) = term(1)? else { return Ok(None) };
        Ok(Some(Triple { subject, predicate, object: term(2)? }))
    }
}

impl Iterator for Triples {
    type Item = Result<Triple, QueryEvaluationError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_triple().map_err(evaluation_error).transpose()
    }
}
