//! The view with parallel edges merged, for paths and measures.

use super::{Edge, EdgeKind, View};
use petgraph::EdgeType;
use petgraph::graph::{DiGraph, EdgeIndex, EdgeReference, Graph, NodeIndex, UnGraph};
use petgraph::visit::EdgeRef;

/// The direction in which paths follow statements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From subject to object.
    Out,
    /// From object to subject.
    In,
    /// Either way.
    #[default]
    Both,
}

/// The cost of a statement in a path: facts cost nothing, inferences less than entailments, and these less than claims.
pub(super) fn kind_cost(edge: &Edge) -> u32 {
    match edge.kind {
        EdgeKind::Fact => 0,
        EdgeKind::Inference => 1,
        EdgeKind::Entailment => 2,
        EdgeKind::Claim(_) => 3,
    }
}

/// The graph with edges in `direction`, one from each node to each of its neighbours. Of parallel ones, facts come
/// before inferences, entailments and claims, then those from subject to object, then the first by id.
pub(super) fn merge_parallel(view: &View, direction: Direction) -> DiGraph<(), EdgeIndex> {
    let steps = |edge: EdgeReference<'_, Edge>| {
        let (subject, object, edge) = (edge.source(), edge.target(), edge.id());
        let forward = (direction != Direction::In).then_some((subject, object, false, edge));
        let backward = (direction != Direction::Out).then_some((object, subject, true, edge));
        forward.into_iter().chain(backward)
    };
    let mut steps: Vec<_> = view.graph.edge_references().flat_map(steps).collect();
    // Edges are in the order of their statements' ids.
    steps.sort_by_key(|(from, to, backward, edge)| (*from, *to, kind_cost(&view.graph()[*edge]), *backward, *edge));
    steps.dedup_by_key(|(from, to, ..)| (*from, *to));
    from_edges(view.graph.node_count(), steps.into_iter().map(|(from, to, _, edge)| (from, to, edge)).collect())
}

/// The graph with at most one edge from one node to another; edges from a node to itself are kept.
pub(super) fn directed(view: &View) -> DiGraph<(), ()> {
    let mut pairs: Vec<_> = view.graph.edge_references().map(|edge| (edge.source(), edge.target(), ())).collect();
    pairs.sort_unstable();
    pairs.dedup();
    from_edges(view.graph.node_count(), pairs)
}

/// The graph with at most one edge between two nodes, in either direction, and without edges from a node to itself.
pub(super) fn undirected(view: &View) -> UnGraph<(), ()> {
    let ends = view.graph.edge_references().map(|edge| (edge.source(), edge.target()));
    let mut pairs: Vec<_> = ends.filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b), ())).collect();
    pairs.sort_unstable();
    pairs.dedup();
    from_edges(view.graph.node_count(), pairs)
}

fn from_edges<W, D: EdgeType>(nodes: usize, edges: Vec<(NodeIndex, NodeIndex, W)>) -> Graph<(), W, D> {
    let mut graph = Graph::with_capacity(nodes, edges.len());
    for _ in 0..nodes {
        graph.add_node(());
    }
    // petgraph iterates over the edges of a node from the last added to the first.
    for (from, to, weight) in edges.into_iter().rev() {
        graph.add_edge(from, to, weight);
    }
    graph
}
