//! Evaluates with spareval the queries that the operators do not support.

use super::budget::{Budget, QueryLimits};
use super::join_order::join_order;
use super::plan::Step;
use super::planner::{PlanError, Planner, Result};
use super::solutions::evaluation_error;
use super::strings::{StringGuard, limit_strings_in};
use crate::model::subpatterns_mut;
use crate::store::StoreError;
use crate::store::compiled::{CompiledGraph, QueryDataset};
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// A query as spareval evaluates it.
pub(super) struct SparevalQuery {
    query: Query,
    /// The separators of its GROUP_CONCAT.
    separators: Vec<String>,
}

impl SparevalQuery {
    /// The query with its patterns in a good order, and with functions that limit the length of strings.
    pub(super) fn new(graph: &CompiledGraph, query: &Query) -> std::result::Result<Self, StoreError> {
        let mut query = with_join_order(graph, query)?;
        let mut separators = Vec::new();
        limit_strings_in(pattern_mut(&mut query), &mut separators);
        Ok(Self { query, separators })
    }
}

pub(super) fn results(
    graph: &CompiledGraph,
    SparevalQuery { query, separators }: &SparevalQuery,
    limits: &QueryLimits,
) -> std::result::Result<QueryResults<'static>, StoreError> {
    let guard = StringGuard::new(limits);
    let evaluator = guard.evaluator(separators).with_cancellation_token(limits.cancellation.clone());
    let results = evaluator.prepare(query).execute(QueryDataset::new(graph.clone()))?;
    // spareval does not check the token while it combines the rows of VALUES.
    let budget = Budget::new(limits.clone());
    let check = move || budget.check().and_then(|()| guard.check());
    check()?;
    let check = move || check().map_err(evaluation_error);
    Ok(match results {
        QueryResults::Solutions(solutions) => {
            let variables = solutions.variables().into();
            QueryResults::Solutions(QuerySolutionIter::new(
                variables,
                Checked { results: solutions, check: Some(check) },
            ))
        }
        QueryResults::Graph(triples) => {
            QueryResults::Graph(QueryTripleIter::new(Checked { results: triples, check: Some(check) }))
        }
        QueryResults::Boolean(boolean) => QueryResults::Boolean(boolean),
    })
}

/// Results with a check after each of them, and at the end. They end with the first failure.
struct Checked<I, C> {
    results: I,
    /// `None` after the end.
    check: Option<C>,
}

impl<T, I, C> Iterator for Checked<I, C>
where
    I: Iterator<Item = std::result::Result<T, QueryEvaluationError>>,
    C: Fn() -> std::result::Result<(), QueryEvaluationError>,
{
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let check = self.check.as_ref()?;
        let next = self.results.next();
        let checked = check();
        if next.is_none() || checked.is_err() {
            self.check = None;
        }
        checked.map_or_else(|e| Some(Err(e)), |()| next)
    }
}

fn pattern_mut(query: &mut Query) -> &mut GraphPattern {
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Construct { pattern, .. }) = query;
    pattern
}

/// The query with its triple patterns in the order that the statistics of the graph suggest.
///
/// spareval's optimizer knows no statistics. It also joins by hashing, which cannot be cancelled. It keeps the two sides of a
/// LATERAL as they are, so each basic graph pattern becomes a chain of laterals, which has the same solutions.
fn with_join_order(graph: &CompiledGraph, query: &Query) -> std::result::Result<Query, StoreError> {
    let mut ordered = query.clone();
    match order_pattern(pattern_mut(&mut ordered), &mut Planner::new(graph, false)) {
        Ok(()) => Ok(ordered),
        Err(PlanError::Unsupported(_)) => Ok(query.clone()),
        Err(PlanError::Graph(e)) => Err(e.into()),
    }
}

fn order_pattern(pattern: &mut GraphPattern, planner: &mut Planner<'_>) -> Result<()> {
    match pattern {
        // In another order spareval may reject a triple term with a literal as its subject, which it would not have met.
        GraphPattern::Bgp { patterns } if patterns.len() > 1 && !patterns.iter().any(has_triple_term) => {
            let mut steps = Vec::with_capacity(patterns.len());
            for pattern in &*patterns {
                let terms = planner.triple(pattern, &mut Vec::new())?;
                steps.push(Step::Triple { terms, graph: planner.graph_name, used: [true; 3] });
            }
            let order = join_order(planner.graph, &steps, &BTreeSet::new())?;
            let single = |(index, _): (usize, f64)| GraphPattern::Bgp { patterns: vec![patterns[index].clone()] };
            let lateral = |left, right| GraphPattern::Lateral { left: Box::new(left), right: Box::new(right) };
            if let Some(chain) = order.into_iter().map(single).reduce(lateral) {
                *pattern = chain;
            }
            Ok(())
        }
        GraphPattern::Service { .. } => Ok(()),
        GraphPattern::Graph { name, inner } => {
            let name = planner.name(name)?;
            let outer = planner.graph_name.replace(name);
            let result = order_pattern(inner, planner);
            planner.graph_name = outer;
            result
        }
        _ => subpatterns_mut(pattern).into_iter().try_for_each(|inner| order_pattern(inner, planner)),
    }
}

fn has_triple_term(pattern: &TriplePattern) -> bool {
    [&pattern.subject, &pattern.object].into_iter().any(|term| matches!(term, TermPattern::Triple(_)))
}
