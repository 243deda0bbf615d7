//! Evaluates SPARQL queries over a compiled graph.
//!
//! The planner orders the patterns of a query by the statistics of the graph, and turns them into operators over rows of term
//! ids. Terms are decoded last, for the rows of the result. Queries that the operators do not support are evaluated by
//! spareval, Oxigraph's evaluator, over the same graph.
//!
//! Invariant: the results are those of Oxigraph's own store, whichever of the two evaluates a query.

mod aggregate;
mod budget;
mod computed_terms;
mod deep_results;
mod explain;
mod expression;
mod fallback;
mod join_order;
mod join_table;
mod nodes;
mod operator;
mod path;
mod pipeline;
mod plan;
mod plan_expression;
mod plan_pattern;
mod planner;
mod scan;
mod solutions;
mod sort;
mod strings;
mod template;
mod used_slots;
mod value;
mod variables;

pub use budget::{MAX_STRING_BYTES, QueryLimits};
pub(super) use computed_terms::ComputedTerms;
pub(super) use deep_results::deep_results;
pub use explain::{Evaluator, ExplainedStep, Explanation};
pub(crate) use strings::{StringGuard, limit_strings};

use super::StoreError;
use super::compiled::CompiledGraph;
use crate::model::{depth, join_depth};
use deep_results::on_checked_stack;
use fallback::SparevalQuery;
use oxigraph::model::Variable;
use oxigraph::sparql::QueryResults;
use plan::{Output, Plan, Slot};
use planner::{PlanError, Planner};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The plans of earlier queries on one graph.
#[derive(Default)]
pub(super) struct PlanCache(Mutex<HashMap<Query, CachedPlan>>);

#[derive(Clone)]
enum CachedPlan {
    Operators(Arc<Plan>),
    /// spareval evaluates the query because the operators do not support the named feature.
    Spareval(&'static str, Arc<SparevalQuery>),
}

/// The most plans in a cache. When it is full, all are dropped: a client with so many different queries hardly repeats one.
const MAX_PLANS: usize = 256;

/// The maximum depth of a query whose plan is cached. A cache may be dropped on any stack.
const MAX_CACHED_DEPTH: usize = 128;

/// How deeply the evaluation of a query recurses.
#[derive(Clone, Copy)]
struct QueryDepth {
    /// In the operators, whose basic graph patterns are flat.
    operators: usize,
    /// In spareval, which joins the triple patterns of a group in pairs.
    spareval: usize,
}

impl QueryDepth {
    fn of(query: &Query) -> Self {
        let spareval = join_depth(query);
        // Most queries need no second measurement: both depths are small.
        let operators = if spareval <= MAX_CACHED_DEPTH { spareval } else { depth(query) };
        Self { operators, spareval }
    }
}

impl CompiledGraph {
    /// Runs a parsed query.
    ///
    /// The results keep the graph alive, and must stay in this thread. The plan of a query is cached, but a query text that
    /// is parsed again may need a new plan: the parser generates new names for aggregates and blank nodes each time.
    ///
    /// # Errors
    ///
    /// Returns an error if the evaluation fails or the graph is corrupt. The results may also contain errors.
    pub fn query(&self, query: &Query) -> Result<QueryResults<'static>, StoreError> {
        self.query_limited(query, &QueryLimits::default())
    }

    /// Runs a query within limits. Another thread can cancel it by their token.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`query`](Self::query), and those of the limits: [`QueryEvaluationError::Cancelled`] soon after the
    /// token is cancelled, and [`GraphError::MemoryLimit`], which is the source of the error if the results return it.
    ///
    /// [`QueryEvaluationError::Cancelled`]: oxigraph::sparql::QueryEvaluationError::Cancelled
    /// [`GraphError::MemoryLimit`]: super::GraphError::MemoryLimit
    pub fn query_limited(&self, query: &Query, limits: &QueryLimits) -> Result<QueryResults<'static>, StoreError> {
        let depth = QueryDepth::of(query);
        on_checked_stack(depth.operators, || match self.plan(query, depth)? {
            CachedPlan::Operators(plan) => Ok(solutions::results(self, &plan, depth.operators, limits)?),
            CachedPlan::Spareval(_, query) => deep_results(depth.spareval, || fallback::results(self, &query, limits)),
        })
    }

    /// Runs a query within limits and explains how it is evaluated: the operators in their order, with their expected and actual
    /// numbers of rows.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`query_limited`](Self::query_limited).
    pub fn explain(&self, query: &Query, limits: &QueryLimits) -> Result<Explanation, StoreError> {
        let depth = QueryDepth::of(query);
        on_checked_stack(depth.operators, || match self.plan(query, depth)? {
            CachedPlan::Operators(plan) => Ok(Explanation::of_plan(self, &plan, limits)?),
            CachedPlan::Spareval(feature, query) => {
                let results = deep_results(depth.spareval, || fallback::results(self, &query, limits))?;
                Explanation::for_spareval(results, feature)
            }
        })
    }

    fn plan(&self, query: &Query, depth: QueryDepth) -> Result<CachedPlan, StoreError> {
        if depth.spareval > MAX_CACHED_DEPTH {
            return self.new_plan(query, depth);
        }
        let cache = &self.plan_cache().0;
        if let Some(plan) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(query) {
            return Ok(plan.clone());
        }
        let plan = self.new_plan(query, depth)?;
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_PLANS {
            cache.clear();
        }
        cache.insert(query.clone(), plan.clone());
        Ok(plan)
    }

    fn new_plan(&self, query: &Query, depth: QueryDepth) -> Result<CachedPlan, StoreError> {
        match plan(self, query) {
            Ok(plan) => Ok(CachedPlan::Operators(Arc::new(plan))),
            Err(PlanError::Unsupported(feature)) => on_checked_stack(depth.spareval, || {
                Ok(CachedPlan::Spareval(feature, Arc::new(SparevalQuery::new(self, query)?)))
            }),
            Err(PlanError::Graph(e)) => Err(e.into()),
        }
    }
}

fn plan(graph: &CompiledGraph, query: &Query) -> planner::Result<Plan> {
    if query.dataset().is_some() {
        return Err(PlanError::Unsupported("FROM"));
    }
    let mut planner = Planner::new(graph, query.base_iri().is_some());
    let mut blank_nodes = Vec::new();
    let (root, output) = match query {
        Query::Select { pattern, .. } => {
            let columns = columns(pattern, &mut planner)?;
            (planner.operator(pattern)?, Output::Select(columns))
        }
        Query::Ask { pattern, .. } => (planner.operator(pattern)?, Output::Ask),
        Query::Construct { template, pattern, .. } => {
            let root = planner.operator(pattern)?;
            (root, Output::Construct(planner.template(template, &mut blank_nodes)?))
        }
        Query::Describe { .. } => return Err(PlanError::Unsupported("DESCRIBE")),
    };
    let Planner { computed, slot_names, table_count, exists_count, .. } = planner;
    // A row needs at least one slot to be seen in a list of rows.
    let row_width = slot_names.len().max(1);
    let blank_nodes = blank_nodes.len();
    let mut plan = Plan { root, output, row_width, table_count, exists_count, blank_nodes, computed, slot_names };
    used_slots::mark_used_terms(&mut plan);
    Ok(plan)
}

/// The variables that a SELECT query projects.
fn columns(pattern: &GraphPattern, planner: &mut Planner<'_>) -> planner::Result<Vec<(Variable, Slot)>> {
    match pattern {
        GraphPattern::Project { variables, .. } => {
            Ok(variables.iter().map(|variable| (variable.clone(), planner.slot(variable.as_str()))).collect())
        }
        GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } | GraphPattern::Slice { inner, .. } => {
            columns(inner, planner)
        }
        _ => Err(PlanError::Unsupported("SELECT without a projection")),
    }
}
