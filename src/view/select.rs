//! Which part of a view is wanted.

use super::{EdgeKind, View};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use std::cmp::Reverse;
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
///
/// ```
/// use factloom::store::Labels;
/// use factloom::view::{Selection, View};
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let focus = vec![view.with_id("karachi").unwrap()];
/// let near = view.select(&Selection { focus, ..Selection::default() });
/// assert!(near.graph().node_count() < view.graph().node_count());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Selection {
    /// The kinds of statements.
    pub kinds: KindFilter,
    /// The nodes around which statements are wanted; none for all.
    pub focus: Vec<NodeIndex>,
    /// How many edges a node may be away from the nearest node in focus.
    pub radius: usize,
    /// How many nodes there may be: those in focus, then those with the most edges; `None` for no limit.
    pub max_nodes: Option<usize>,
    /// How many edges there may be, the first by their statements' ids; `None` for no limit.
    pub max_edges: Option<usize>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { kinds: KindFilter::ALL, focus: Vec::new(), radius: 1, max_nodes: None, max_edges: None }
    }
}

impl Selection {
    /// Takes the wanted part of a view: wanted edges between near nodes, and the nodes that they join or that are in focus.
    ///
    /// Linear in the edges of the view, and O(n log n) in its n nodes.
    pub(super) fn apply(&self, view: &View) -> View {
        let near = (!self.focus.is_empty()).then(|| self.near(view));
        let graph = &view.graph;
        let edges: Vec<_> = graph
            .edge_references()
            .filter(|e| self.kinds.admits(e.weight().kind))
            .filter(|e| near.as_ref().is_none_or(|n| n.contains(&e.source()) && n.contains(&e.target())))
            .collect();
        let mut degrees: HashMap<NodeIndex, usize> = self.focus.iter().map(|i| (*i, usize::MAX / 2)).collect();
        if self.focus.is_empty() && self.kinds == KindFilter::ALL {
            // Nothing is left out, not even what only literals are said of.
            degrees.extend(graph.node_indices().map(|index| (index, 0)));
        }
        for end in edges.iter().flat_map(|e| [e.source(), e.target()]) {
            *degrees.entry(end).or_default() += 1;
        }
        let mut ranked: Vec<(Reverse<usize>, NodeIndex)> = degrees.into_iter().map(|(i, d)| (Reverse(d), i)).collect();
        ranked.sort_unstable();
        let wanted: HashSet<NodeIndex> =
            ranked.into_iter().take(self.max_nodes.unwrap_or(usize::MAX)).map(|(_, index)| index).collect();
        let mut selected = View { graph: DiGraph::new(), nodes: HashMap::new() };
        let mut moved = HashMap::new();
        for index in graph.node_indices().filter(|i| wanted.contains(i)) {
            let mut node = graph[index].clone();
            node.attributes.retain(|a| self.kinds.admits(a.edge.kind));
            let iri = node.iri.clone();
            let new = selected.graph.add_node(node);
            selected.nodes.insert(iri, new);
            moved.insert(index, new);
        }
        let kept = edges.into_iter().filter(|e| wanted.contains(&e.source()) && wanted.contains(&e.target()));
        for edge in kept.take(self.max_edges.unwrap_or(usize::MAX)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::tests::view;

    fn ids(view: &View) -> Vec<&str> {
        view.graph().node_weights().map(|node| node.id.as_str()).collect()
    }

    fn focused(view: &View, id: &str, radius: usize, kinds: KindFilter) -> View {
        let focus = vec![view.with_id(id).unwrap()];
        view.select(&Selection { kinds, focus, radius, ..Selection::default() })
    }

    #[test]
    fn a_focus_takes_what_is_near_either_way() {
        let view = view(&[("a", "b", 'f'), ("b", "c", 'i'), ("d", "b", 'c'), ("c", "x", 'f')]);
        assert_eq!(ids(&focused(&view, "b", 1, KindFilter::ALL)), ["a", "b", "c", "d"]);
        assert_eq!(ids(&focused(&view, "a", 2, KindFilter::ASSERTED)), ["a", "b", "c"]);
        assert_eq!(ids(&focused(&view, "a", 0, KindFilter::ALL)), ["a"]);
    }

    #[test]
    fn kinds_that_are_not_wanted_leave_no_edge_behind() {
        let view = view(&[("a", "b", 'f'), ("b", "c", 'i'), ("d", "b", 'c')]);
        let claims = KindFilter { facts: false, claims: true, inferences: false };
        let selected = view.select(&Selection { kinds: claims, ..Selection::default() });
        assert_eq!(ids(&selected), ["b", "d"]);
        assert_eq!(selected.graph().edge_count(), 1);
    }

    #[test]
    fn without_a_focus_nothing_is_left_out() {
        let all = view(&[("a", "a", 'f'), ("b", "c", 'f')]);
        assert_eq!(ids(&all.select(&Selection { max_edges: Some(1), ..Selection::default() })), ["a", "b", "c"]);
    }

    #[test]
    fn a_limit_keeps_the_nodes_with_the_most_edges() {
        let view = view(&[("a", "b", 'f'), ("b", "c", 'f'), ("b", "d", 'f'), ("c", "d", 'f')]);
        let selected = view.select(&Selection { max_nodes: Some(3), ..Selection::default() });
        assert_eq!(ids(&selected), ["b", "c", "d"]);
        assert_eq!(selected.graph().edge_count(), 3);
    }
}
