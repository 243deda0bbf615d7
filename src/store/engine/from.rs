//! FROM and FROM NAMED: the graph that a query describes.

use super::budget::{Budget, QueryLimits, row_bytes};
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, GraphBuilder};
use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use spargebra::algebra::QueryDataset;

/// Copies the named graphs of a dataset: those of FROM into the default graph, and those of FROM NAMED under their names
/// ([SPARQL 1.1, section 13.2](https://www.w3.org/TR/sparql11-query/#specifyingDataset)). The copy counts as memory of the query.
pub(super) fn graph_of_dataset(
    graph: &CompiledGraph,
    dataset: &QueryDataset,
    limits: &QueryLimits,
) -> Result<CompiledGraph, GraphError> {
    let budget = Budget::new(limits.clone());
    let mut builder = GraphBuilder::new();
    let named = dataset.named.iter().flatten().map(|name| (name, GraphName::NamedNode(name.clone())));
    for (name, target) in dataset.default.iter().map(|name| (name, GraphName::DefaultGraph)).chain(named) {
        copy(graph, name, &target, &mut builder, &budget)?;
    }
    builder.finish()
}

fn copy(
    graph: &CompiledGraph,
    name: &NamedNode,
    target: &GraphName,
    builder: &mut GraphBuilder,
    budget: &Budget,
) -> Result<(), GraphError> {
    let Some(name) = graph.id_of(name.as_ref().into())? else { return Ok(()) };
    let (order, range) = graph.named().candidates([None, None, None, Some(name)])?;
    for at in range {
        budget.check()?;
        let [s, p, o, g] = graph.named().quad(order, at)?;
        if g != name {
            continue;
        }
        budget.reserve(row_bytes(20))?;
        let subject = match graph.term(s)? {
            Term::NamedNode(node) => NamedOrBlankNode::NamedNode(node),
            Term::BlankNode(node) => NamedOrBlankNode::BlankNode(node),
            Term::Literal(_) | Term::Triple(_) => return Err(GraphError::Corrupt("a subject is not a node")),
        };
        let Term::NamedNode(predicate) = graph.term(p)? else {
            return Err(GraphError::Corrupt("a predicate is not an IRI"));
        };
        builder.insert(Quad::new(subject, predicate, graph.term(o)?, target.clone()).as_ref())?;
    }
    Ok(())
}
