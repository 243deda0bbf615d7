//! From rows of ids to results.

use super::build::Planner;
use super::operators::Running;
use super::plan::{Output, Plan, Slot};
use super::run::Context;
use super::stop::Stop;
use super::{scope, template};
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, Id};
use oxigraph::model::{Term, Triple, Variable};
use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter};
use rustc_hash::FxHashSet;
use spargebra::algebra::GraphPattern;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// The columns of a SELECT: the variables that it projects.
pub(super) fn columns(pattern: &GraphPattern, planner: &mut Planner<'_>) -> Vec<(Variable, Slot)> {
    let names: Vec<Variable> = match projection(pattern) {
        Some(variables) => variables.to_vec(),
        None => scope::possible(pattern).into_iter().map(Variable::new_unchecked).collect(),
    };
    names
        .into_iter()
        .map(|variable| {
            let slot = planner.slot(variable.as_str());
            (variable, slot)
        })
        .collect()
}

fn projection(pattern: &GraphPattern) -> Option<&[Variable]> {
    match pattern {
        GraphPattern::Project { variables, .. } => Some(variables),
        GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } | GraphPattern::Slice { inner, .. } => {
            projection(inner)
        }
        _ => None,
    }
}

/// Runs a plan.
pub(super) fn results(
    graph: &CompiledGraph,
    plan: &Arc<Plan>,
    stop: &CancellationToken,
) -> Result<QueryResults<'static>, GraphError> {
    let mut rows = Rows::new(graph, Arc::clone(plan), stop);
    Ok(match &plan.output {
        Output::Ask => QueryResults::Boolean(rows.advance()? > 0),
        Output::Select(columns) => {
            let variables: Arc<[Variable]> = columns.iter().map(|(variable, _)| variable.clone()).collect();
            QueryResults::Solutions(QuerySolutionIter::from_tuples(
                variables,
                Tuples { rows, again: 0, last: Vec::new() },
            ))
        }
        Output::Construct(_) => QueryResults::Graph(QueryTripleIter::new(Triples {
            rows,
            ready: VecDeque::new(),
            seen: HashSet::new(),
            seen_ids: FxHashSet::default(),
        })),
    })
}

/// The rows of a plan.
pub(super) struct Rows {
    pub(super) plan: Arc<Plan>,
    pub(super) running: Running,
    pub(super) context: Context,
    pub(super) row: Vec<Id>,
    ended: bool,
}

impl Rows {
    pub(super) fn new(graph: &CompiledGraph, plan: Arc<Plan>, stop: &CancellationToken) -> Self {
        let context = Context {
            graph: graph.clone(),
            computed: plan.computed.clone(),
            tables: (0..plan.tables).map(|_| None).collect(),
            exists: (0..plan.exists).map(|_| None).collect(),
            evaluator: spareval::QueryEvaluator::new(),
            now: None,
            stop: Stop::new(stop.clone()),
            // A graph remembers which triples it has made, by the ids of their terms.
            forgets: plan.tables == 0 && plan.op.is_chain() && !matches!(plan.output, Output::Construct(_)),
            width: plan.width,
            explains: false,
        };
        Self { running: Running::new(&plan.op), row: vec![0; plan.width], context, plan, ended: false }
    }

    /// Goes to the next row, and says how many times it stands; 0 is the end.
    pub(super) fn advance(&mut self) -> Result<u64, GraphError> {
        if self.ended {
            return Ok(0);
        }
        let count = self.running.next(&self.plan.op, &mut self.context, &mut self.row);
        self.ended = !matches!(count, Ok(1..));
        count
    }

    fn term(&self, id: Id) -> Result<Option<Term>, GraphError> {
        match id {
            0 => Ok(None),
            id => self.context.computed.term(&self.context.graph, id).map(Some),
        }
    }
}

pub(super) fn failed(error: GraphError) -> QueryEvaluationError {
    match error {
        GraphError::Cancelled => QueryEvaluationError::Cancelled,
        error => QueryEvaluationError::Dataset(Box::new(error)),
    }
}

/// Solutions as terms, in the order of the columns.
struct Tuples {
    rows: Rows,
    again: u64,
    last: Vec<Option<Term>>,
}

impl Iterator for Tuples {
    type Item = Result<Vec<Option<Term>>, QueryEvaluationError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.again > 0 {
            if let Err(e) = self.rows.context.stop.check() {
                self.again = 0;
                return Some(Err(failed(e)));
            }
            self.again -= 1;
            return Some(Ok(self.last.clone()));
        }
        let count = match self.rows.advance() {
            Ok(0) => return None,
            Ok(count) => count,
            Err(e) => return Some(Err(failed(e))),
        };
        let Output::Select(columns) = &self.rows.plan.output else { return None };
        let terms = columns.iter().map(|(_, slot)| self.rows.term(self.rows.row[*slot])).collect();
        match terms {
            Ok(terms) => {
                self.again = count - 1;
                if self.again > 0 {
                    self.last = terms;
                    return Some(Ok(self.last.clone()));
                }
                Some(Ok(terms))
            }
            Err(e) => Some(Err(failed(e))),
        }
    }
}

/// The triples that a template makes of the rows, each once.
struct Triples {
    rows: Rows,
    ready: VecDeque<Triple>,
    seen: HashSet<Triple>,
    seen_ids: FxHashSet<[Id; 3]>,
}

impl Iterator for Triples {
    type Item = Result<Triple, QueryEvaluationError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(triple) = self.ready.pop_front() {
                return Some(Ok(triple));
            }
            let count = match self.rows.advance() {
                Ok(0) => return None,
                Ok(count) => count,
                Err(e) => return Some(Err(failed(e))),
            };
            if let Err(e) = self.make(count) {
                return Some(Err(failed(e)));
            }
        }
    }
}

impl Triples {
    /// Makes the triples of a row that stands so many times.
    fn make(&mut self, count: u64) -> Result<(), GraphError> {
        let plan = Arc::clone(&self.rows.plan);
        let Output::Construct(template) = &plan.output else { return Ok(()) };
        let rows = &self.rows;
        let value = |slot: Slot| rows.term(rows.row[slot]);
        // Without blank nodes equal rows make equal triples.
        for _ in 0..if plan.blanks == 0 { 1 } else { count } {
            rows.context.stop.check()?;
            let blanks = template::blanks(plan.blanks);
            for parts in template {
                if template::ids(parts, &rows.row).is_some_and(|ids| !self.seen_ids.insert(ids)) {
                    continue;
                }
                if let Some(triple) = template::triple(parts, &blanks, &value)?
                    && (plan.plain || self.seen.insert(triple.clone()))
                {
                    self.ready.push_back(triple);
                }
            }
        }
        Ok(())
    }
}
