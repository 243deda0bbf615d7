//! What the operators do not know, evaluated by spareval over the same graph.

use crate::store::StoreError;
use crate::store::compiled::{CompiledGraph, QueryDataset};
use oxigraph::sparql::QueryResults;
use spargebra::Query;

pub(super) fn query(graph: &CompiledGraph, query: &Query) -> Result<QueryResults<'static>, StoreError> {
    Ok(spareval::QueryEvaluator::new().prepare(query).execute(QueryDataset::new(graph.clone()))?)
}
