//! Answering queries over a compiled graph.
//!
//! A query is planned once: its patterns are put in order by what is known of the graph, and become steps over rows of ids,
//! with operators for grouping, sorting and leaving out repetitions around them. Terms are made last, for the rows that are
//! left. What the operators do not know is evaluated by spareval over the same graph.
//!
//! Invariant: whichever of the two answers, the answer is that of Oxigraph's own store.

mod aggregate;
mod build;
mod build_expression;
mod explain;
mod expression;
mod fallback;
mod matching;
mod needed;
mod operators;
mod order;
mod path;
mod patterns;
mod plan;
mod rewrite;
mod run;
mod scope;
mod solutions;
mod sort;
mod stop;
mod table;
mod template;
mod terms;
mod value;

pub use explain::{Evaluator, ExplainedStep, Explanation};
pub(super) use terms::ComputedTerms;

use super::StoreError;
use super::compiled::CompiledGraph;
use build::{Planner, Unplanned};
use oxigraph::sparql::{CancellationToken, QueryResults};
use plan::{Output, Plan, TemplatePart};
use spargebra::Query;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// PlanCache of queries that were asked before, for one graph.
#[derive(Default)]
pub(super) struct PlanCache(Mutex<HashMap<Query, Planned>>);

/// How a query is answered.
#[derive(Clone)]
enum Planned {
    Operators(Arc<Plan>),
    /// By spareval: what the operators do not know, and the query with its patterns in order.
    Fallback(&'static str, Arc<Query>),
}

/// How many plans are kept. Beyond that all are dropped: who asks so many different queries asks none of them twice.
const MAX_PLANS: usize = 256;

impl CompiledGraph {
    /// Asks a query that has been parsed.
    ///
    /// PlanCache are kept, so that a query that is asked again is not planned again. The same text that is parsed again may be
    /// another query: the parser gives aggregates and blank nodes names of their own each time. The results hold the graph themselves, and
    /// may outlive it; they stay in the thread that asked.
    ///
    /// # Errors
    ///
    /// Where it cannot be evaluated, or the graph is damaged; the results may fail later, too.
    pub fn query(&self, query: &Query) -> Result<QueryResults<'static>, StoreError> {
        self.query_cancellable(query, &CancellationToken::new())
    }

    /// Asks a query that another thread can stop, by cancelling the token.
    ///
    /// # Errors
    ///
    /// As [`query`](Self::query). Soon after the token is cancelled, [`QueryEvaluationError::Cancelled`], be it from here or
    /// from the results.
    ///
    /// [`QueryEvaluationError::Cancelled`]: oxigraph::sparql::QueryEvaluationError::Cancelled
    pub fn query_cancellable(
        &self,
        query: &Query,
        stop: &CancellationToken,
    ) -> Result<QueryResults<'static>, StoreError> {
        match self.planned(query)? {
            Planned::Operators(plan) => Ok(solutions::results(self, &plan, stop)?),
            Planned::Fallback(_, ordered) => fallback::query(self, &ordered, stop),
        }
    }

    /// Says how a query is answered: which operators, in which order, with the rows that are expected and, since it is run for
    /// that, the rows there are.
    ///
    /// # Errors
    ///
    /// As [`query`](Self::query).
    pub fn explain(&self, query: &Query) -> Result<Explanation, StoreError> {
        self.explain_cancellable(query, &CancellationToken::new())
    }

    /// Says how a query is answered, as [`explain`](Self::explain), unless the token is cancelled.
    ///
    /// # Errors
    ///
    /// As [`query_cancellable`](Self::query_cancellable).
    pub fn explain_cancellable(&self, query: &Query, stop: &CancellationToken) -> Result<Explanation, StoreError> {
        match self.planned(query)? {
            Planned::Operators(plan) => Ok(explain::operators(self, &plan, stop)?),
            Planned::Fallback(reason, ordered) => explain::fallback(self, &ordered, reason, stop),
        }
    }

    fn planned(&self, query: &Query) -> Result<Planned, StoreError> {
        let plans = &self.plan_cache().0;
        if let Some(planned) = plans.lock().unwrap_or_else(PoisonError::into_inner).get(query) {
            return Ok(planned.clone());
        }
        let planned = match plan(self, query) {
            Ok(plan) => Planned::Operators(Arc::new(plan)),
            Err(Unplanned::Unknown(what)) => Planned::Fallback(what, Arc::new(fallback::plan(self, query)?)),
            Err(Unplanned::Graph(e)) => return Err(e.into()),
        };
        let mut plans = plans.lock().unwrap_or_else(PoisonError::into_inner);
        if plans.len() >= MAX_PLANS {
            plans.clear();
        }
        plans.insert(query.clone(), planned.clone());
        Ok(planned)
    }
}

fn plan(graph: &CompiledGraph, query: &Query) -> build::Result<Plan> {
    if query.dataset().is_some() {
        return Err(Unplanned::Unknown("FROM"));
    }
    let mut planner = Planner::new(graph);
    planner.has_base = query.base_iri().is_some();
    let (op, output, blanks) = match query {
        Query::Select { pattern, .. } => {
            let columns = solutions::columns(pattern, &mut planner);
            (planner.op(pattern)?, Output::Select(columns), 0)
        }
        Query::Ask { pattern, .. } => (planner.op(pattern)?, Output::Ask, 0),
        Query::Construct { template, pattern, .. } => {
            let op = planner.op(pattern)?;
            let (template, blanks) = template::plan(template, &mut planner)?;
            (op, Output::Construct(template), blanks)
        }
        Query::Describe { .. } => return Err(Unplanned::Unknown("DESCRIBE")),
    };
    let Planner { computed, slot_names, tables, exists, .. } = planner;
    // Rows without any slot would not be seen where they are kept one behind the other.
    let width = slot_names.len().max(1);
    let plain = match &output {
        Output::Construct(template) => template.iter().flatten().all(TemplatePart::is_plain),
        Output::Select(_) | Output::Ask => true,
    };
    let mut plan = Plan { op, output, width, tables, exists, plain, blanks, computed, slot_names };
    needed::mark(&mut plan);
    Ok(plan)
}
