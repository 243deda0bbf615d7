//! Evaluates SPARQL queries over a compiled graph.
//!
//! The planner orders the patterns of a query by the statistics of the graph, and turns them into operators over rows of term
//! ids. Terms are decoded last, for the rows of the result.
//!
//! Invariant: the results are those of the standard, as `docs/reference/conformance.md` describes.

mod aggregate;
mod bindings;
mod budget;
mod builtin;
mod cast;
mod computed_terms;
mod deep_results;
mod describe;
mod edges;
mod exact;
mod execution;
mod explain;
mod expression;
mod from;
mod join_order;
mod join_table;
mod nodes;
mod operator;
mod order;
mod path;
mod pipeline;
mod plan;
mod plan_expression;
mod plan_pattern;
mod planner;
mod row_numbers;
mod scan;
mod scan_order;
mod solutions;
mod sort;
mod stopwatch;
mod strings;
mod template;
#[cfg(test)]
mod tests;
mod used_slots;
mod value;
mod variables;
mod xpath_regex;

pub use budget::{MAX_STRING_BYTES, QueryLimits};
pub(super) use deep_results::deep_results;
pub use explain::{Evaluator, ExplainedStep, Explanation};
pub(crate) use strings::{StringGuard, limit_strings};

use super::StoreError;
use super::compiled::CompiledGraph;
use crate::model::{depth, pattern_of, subpatterns, without_dataset};
use builtin::ResolveIri;
use deep_results::on_checked_stack;
use oxigraph::model::Variable;
use oxigraph::sparql::QueryResults;
use plan::{Output, Plan, Slot};
use planner::Planner;
use rustc_hash::FxHashMap;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The plans of earlier queries on one graph.
#[derive(Default)]
pub(super) struct PlanCache(Mutex<FxHashMap<Query, Arc<Plan>>>);

/// The most plans in a cache. When it is full, all are dropped: a client with so many different queries hardly repeats one.
const MAX_PLANS: usize = 256;

/// The most rows of VALUES in a query whose plan is cached.
const MAX_CACHED_VALUES: usize = 64;

/// The maximum depth of a query whose plan is cached. A cache may be dropped on any stack.
const MAX_CACHED_DEPTH: usize = 128;

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
        if let Some(dataset) = query.dataset() {
            return from::graph_of_dataset(self, dataset, limits)?.query_limited(&without_dataset(query), limits);
        }
        let levels = depth(query);
        on_checked_stack(levels, || Ok(solutions::results(self, &self.plan(query, levels)?, levels, limits)?))
    }

    /// Runs a query within limits and explains how it is evaluated: the operators in their order, with their expected and actual
    /// numbers of rows and their times. The terms of the rows are not decoded.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`query_limited`](Self::query_limited).
    pub fn explain(&self, query: &Query, limits: &QueryLimits) -> Result<Explanation, StoreError> {
        if let Some(dataset) = query.dataset() {
            return from::graph_of_dataset(self, dataset, limits)?.explain(&without_dataset(query), limits);
        }
        let levels = depth(query);
        on_checked_stack(levels, || {
            let start = Instant::now();
            let plan = self.plan(query, levels)?;
            Ok(Explanation::of_plan(self, &plan, limits, start.elapsed())?)
        })
    }

    /// The plan of a query that is nested as deeply as some levels.
    fn plan(&self, query: &Query, levels: usize) -> Result<Arc<Plan>, StoreError> {
        if levels > MAX_CACHED_DEPTH {
            return Ok(Arc::new(plan(self, query)?));
        }
        let cache = &self.plan_cache().0;
        if let Some(plan) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(query) {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(plan(self, query)?);
        if has_many_values(query) {
            return Ok(plan);
        }
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_PLANS {
            cache.clear();
        }
        cache.insert(query.clone(), Arc::clone(&plan));
        Ok(plan)
    }
}

fn plan(graph: &CompiledGraph, query: &Query) -> planner::Result<Plan> {
    let resolve_iri = query
        .base_iri()
        .cloned()
        .map(|base| -> ResolveIri { Arc::new(move |iri| base.resolve(iri).ok().map(Into::into)) });
    let mut planner = Planner::new(graph, resolve_iri);
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
        Query::Describe { pattern, .. } => {
            let slots = columns(pattern, &mut planner)?.into_iter().map(|(_, slot)| slot).collect();
            (planner.operator(pattern)?, Output::Describe(slots))
        }
    };
    let Planner { computed, slot_names, table_count, exists_count, .. } = planner;
    // A row needs at least one slot to be seen in a list of rows.
    let row_width = slot_names.len().max(1);
    let blank_nodes = blank_nodes.len();
    let mut plan = Plan { root, output, row_width, table_count, exists_count, blank_nodes, computed, slot_names };
    used_slots::mark_used_terms(&mut plan);
    scan_order::read_by_subject(&mut plan.root, graph)?;
    Ok(plan)
}

/// Whether a query has lists of values that are too long to keep. Such a query is hardly repeated.
fn has_many_values(query: &Query) -> bool {
    let (mut values, mut open) = (0, vec![pattern_of(query)]);
    while let Some(next) = open.pop() {
        if let GraphPattern::Values { bindings, .. } = next {
            values += bindings.len();
        }
        open.extend(subpatterns(next));
    }
    values > MAX_CACHED_VALUES
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
        _ => {
            let names = variables::possibly_bound(pattern).into_iter().filter(|name| !name.starts_with("_:"));
            Ok(names.map(|name| (Variable::new_unchecked(&name), planner.slot(&name))).collect())
        }
    }
}
