//! Which part of a view is wanted.

use super::{EdgeKind, View};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::{HashMap, HashSet, VecDeque};

/// Which kinds of statements are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindFilter {
    /// Facts.
    pub facts: bool,
    /// Claims.
    pub claims: bool,
    /// Inferences.
    pub inferences: bool,
}

impl KindFilter {
    /// All kinds.
    pub const ALL: Self = Self { facts: true, claims: true, inferences: true };
    /// What is in the graph: facts and inferences.
    pub const ASSERTED: Self = Self { facts: true, claims: false, inferences: true };

    /// Whether an edge is wanted.
    pub fn admits(self, kind: EdgeKind) -> bool {
        match kind {
            EdgeKind::Fact => self.facts,
            EdgeKind::Claim(_) => self.claims,
            EdgeKind::Inference => self.inferences,
        }
    }
}

/// Which part of a view is wanted.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The kinds of statements.
    pub kinds: KindFilter,
    /// The nodes around which statements are wanted; none for all.
    pub focus: Vec<NodeIndex>,
    /// How many edges a node may be away from the nearest node in focus.
    pub radius: usize,
}

impl Default for Selection {
    fn default() -> Self {
        Self { kinds: KindFilter::ALL, focus: Vec::new(), radius: 1 }
    }
}

impl Selection {
    /// Takes the wanted part of a view: wanted edges between near nodes, and the nodes that they join or that are in focus.
    ///
    /// Linear in the nodes and edges of the view.
    pub(super) fn apply(&self, view: &View) -> View {
        let near = (!self.focus.is_empty()).then(|| self.near(view));
        let graph = &view.graph;
        let edges: Vec<_> = graph
            .edge_references()
            .filter(|e| self.kinds.admits(e.weight().kind))
            .filter(|e| near.as_ref().is_none_or(|n| n.contains(&e.source()) && n.contains(&e.target())))
            .collect();
        let mut wanted: HashSet<NodeIndex> = edges.iter().flat_map(|e| [e.source(), e.target()]).collect();
        wanted.extend(&self.focus);
        let mut selected = View { graph: DiGraph::new(), nodes: HashMap::new() };
        let mut moved = HashMap::new();
        for index in graph.node_indices().filter(|i| wanted.contains(i)) {
            let mut node = graph[index].clone();
            node.attributes.retain(|a| self.kinds.admits(a.status.map_or(EdgeKind::Fact, EdgeKind::Claim)));
            let iri = node.iri.clone();
            let new = selected.graph.add_node(node);
            selected.nodes.insert(iri, new);
            moved.insert(index, new);
        }
        for edge in edges {
            selected.graph.add_edge(moved[&edge.source()], moved[&edge.target()], edge.weight().clone());
        }
        selected
    }

    fn near(&self, view: &View) -> HashSet<NodeIndex> {
        let mut near: HashSet<NodeIndex> = self.focus.iter().copied().collect();
        let mut open: VecDeque<(NodeIndex, usize)> = self.focus.iter().map(|i| (*i, 0)).collect();
        while let Some((index, distance)) = open.pop_front() {
            if distance == self.radius {
                continue;
            }
            for direction in [Direction::Outgoing, Direction::Incoming] {
                for edge in view.graph.edges_directed(index, direction) {
                    let other = if edge.source() == index { edge.target() } else { edge.source() };
                    if self.kinds.admits(edge.weight().kind) && near.insert(other) {
                        open.push_back((other, distance + 1));
                    }
                }
            }
        }
        near
    }
}
