//! What the operators do not know, evaluated by spareval over the same graph.

use super::build::{Planner, Unplanned};
use super::rewrite;
use super::solutions::failed;
use super::stop::Stop;
use crate::store::StoreError;
use crate::store::compiled::{CompiledGraph, QueryDataset};
use oxigraph::sparql::{CancellationToken, QueryResults, QuerySolutionIter, QueryTripleIter};
use spargebra::Query;

/// The query as spareval is asked it: with its patterns in order.
pub(super) fn plan(graph: &CompiledGraph, query: &Query) -> Result<Query, StoreError> {
    match rewrite::ordered(query, &mut Planner::new(graph)) {
        Ok(query) => Ok(query),
        Err(Unplanned::Unknown(_)) => Ok(query.clone()),
        Err(Unplanned::Graph(e)) => Err(e.into()),
    }
}

pub(super) fn query(
    graph: &CompiledGraph,
    query: &Query,
    stop: &CancellationToken,
) -> Result<QueryResults<'static>, StoreError> {
    let evaluator = spareval::QueryEvaluator::new().with_cancellation_token(stop.clone());
    let results = evaluator.prepare(query).execute(QueryDataset::new(graph.clone()))?;
    // Of rows that the query itself lists, the evaluator makes any number without a look at the token.
    let wanted = Stop::new(stop.clone());
    Ok(match results {
        QueryResults::Solutions(solutions) => {
            let variables = solutions.variables().into();
            let rows = solutions.map(move |row| wanted.check().map_err(failed).and(row));
            QueryResults::Solutions(QuerySolutionIter::new(variables, rows))
        }
        QueryResults::Graph(triples) => {
            let triples = triples.map(move |triple| wanted.check().map_err(failed).and(triple));
            QueryResults::Graph(QueryTripleIter::new(triples))
        }
        answer @ QueryResults::Boolean(_) => answer,
    })
}
