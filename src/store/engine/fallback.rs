//! What the operators do not know, evaluated by spareval over the same graph.

use super::build::{Planner, Unplanned};
use super::rewrite;
use crate::store::StoreError;
use crate::store::compiled::{CompiledGraph, QueryDataset};
use oxigraph::sparql::QueryResults;
use spargebra::Query;

/// The query as spareval is asked it: with its patterns in order.
pub(super) fn plan(graph: &CompiledGraph, query: &Query) -> Result<Query, StoreError> {
    match rewrite::ordered(query, &mut Planner::new(graph)) {
        Ok(query) => Ok(query),
        Err(Unplanned::Unknown(_)) => Ok(query.clone()),
        Err(Unplanned::Graph(e)) => Err(e.into()),
    }
}

pub(super) fn query(graph: &CompiledGraph, query: &Query) -> Result<QueryResults<'static>, StoreError> {
    let evaluator = spareval::QueryEvaluator::new();
    Ok(evaluator.prepare(query).execute(QueryDataset::new(graph.clone()))?)
}
