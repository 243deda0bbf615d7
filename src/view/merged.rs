//! The view with parallel edges merged, as paths and measures see it.

use super::{Edge, EdgeKind, View};
use petgraph::graph::{DiGraph, EdgeIndex, Graph, NodeIndex, UnGraph};
use petgraph::visit::EdgeRef;
use petgraph::{EdgeType, graph::EdgeReference};

/// Which way statements lead from an entity.
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

impl Direction {
    /// The way back.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Out => Self::In,
            Self::In => Self::Out,
            Self::Both => Self::Both,
        }
    }
}

/// A step from one entity to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The statement's edge in the view; of parallel edges that of the statement that is most to be trusted, and of several such the
    /// first by its id.
    pub edge: EdgeIndex,
    /// Whether the step goes from the statement's subject to its object.
    pub forward: bool,
}

/// What is to be held against a statement: nothing against a fact, less against an inference than against a claim.
pub(super) fn distrust(edge: &Edge) -> u32 {
    match edge.kind {
        EdgeKind::Fact => 0,
        EdgeKind::Inference => 1,
        EdgeKind::Claim(_) => 2,
    }
}

/// The steps that a direction allows, one from each node to each of its neighbours, in the order of the nodes.
pub(super) fn steps(view: &View, direction: Direction) -> DiGraph<(), Step> {
    let ways = |edge: EdgeReference<'_, Edge>| {
        let (from, to, edge) = (edge.source(), edge.target(), edge.id());
        let along = (direction != Direction::In).then_some((from, to, Step { edge, forward: true }));
        let against = (direction != Direction::Out).then_some((to, from, Step { edge, forward: false }));
        along.into_iter().chain(against)
    };
    let mut steps: Vec<(NodeIndex, NodeIndex, Step)> = view.graph.edge_references().flat_map(ways).collect();
    // Edges are in the order of their statements' ids.
    steps.sort_by_key(|(from, to, step)| (*from, *to, distrust(&view.graph[step.edge]), !step.forward, step.edge));
    steps.dedup_by_key(|(from, to, _)| (*from, *to));
    of_edges(view.graph.node_count(), steps)
}

/// The graph with at most one edge from one node to another; those that lead back to their own node are kept.
pub(super) fn directed(view: &View) -> DiGraph<(), ()> {
    let mut pairs: Vec<_> = view.graph.edge_references().map(|edge| (edge.source(), edge.target(), ())).collect();
    pairs.sort_unstable();
    pairs.dedup();
    of_edges(view.graph.node_count(), pairs)
}

/// The graph with at most one edge between two nodes, whichever way it leads, and none that leads back to its own node.
pub(super) fn undirected(view: &View) -> UnGraph<(), ()> {
    let ends = view.graph.edge_references().map(|edge| (edge.source(), edge.target()));
    let mut pairs: Vec<_> = ends.filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b), ())).collect();
    pairs.sort_unstable();
    pairs.dedup();
    of_edges(view.graph.node_count(), pairs)
}

fn of_edges<W, D: EdgeType>(nodes: usize, edges: Vec<(NodeIndex, NodeIndex, W)>) -> Graph<(), W, D> {
    let mut graph = Graph::with_capacity(nodes, edges.len());
    for _ in 0..nodes {
        graph.add_node(());
    }
    // petgraph hands out the edges of a node from the last that was added on.
    for (from, to, weight) in edges.into_iter().rev() {
        graph.add_edge(from, to, weight);
    }
    graph
}
