//! Applying a selection, condition by condition.

use super::reach::{edges_on_paths, nodes_near};
use super::{Selection, Subgraph};
use crate::view::{Edge, Node, View};
use fixedbitset::FixedBitSet;
use petgraph::graph::{DiGraph, NodeIndex};
use std::cmp::Reverse;

impl Selection {
    /// Selects a subgraph of a view. See [`View::subgraph`] for the complexity.
    pub(in crate::view) fn apply(&self, view: &View) -> Subgraph {
        let mut mask = Mask::all(view.graph());
        for (number, edge) in view.graph.edge_weights().enumerate() {
            mask.edges.set(number, self.accepts(edge));
        }
        self.exclude_entities(&mut mask);
        let incomplete = self.keep_reachable(&mut mask);
        self.drop_entities_without_statements(&mut mask);
        let size_before_limits = (mask.nodes.count_ones(..), mask.edges.count_ones(..));
        self.limit(&mut mask);
        let view = self.copy(&mask);
        let undated = match self.times.is_empty() {
            true => 0,
            false => view.statements().filter(|edge| edge.period.is_none()).count(),
        };
        Subgraph { view, size_before_limits, undated, incomplete }
    }

    fn exclude_entities(&self, mask: &mut Mask<'_>) {
        let excluded = nodes_near(mask, &self.focus.exclude, self.direction);
        for (number, node) in mask.graph.node_weights().enumerate() {
            mask.nodes.set(number, self.classes.accepts(|class| node.class.as_ref() == Some(class)));
        }
        mask.nodes.extend(self.named().map(NodeIndex::index));
        mask.nodes.difference_with(&excluded);
        mask.drop_dangling_edges();
    }

    /// Applies `focus` and `between`. Returns whether a search for paths reached its step limit.
    fn keep_reachable(&self, mask: &mut Mask<'_>) -> bool {
        let (mut included, mut excluded) = (mask.edges.clone(), FixedBitSet::with_capacity(mask.edges.len()));
        let mut incomplete = false;
        if !self.between.include.is_empty() {
            included.clear();
        }
        for paths in &self.between.include {
            incomplete |= !edges_on_paths(mask, paths, self.direction, &mut included);
        }
        for paths in &self.between.exclude {
            incomplete |= !edges_on_paths(mask, paths, self.direction, &mut excluded);
        }
        if !self.focus.include.is_empty() {
            mask.nodes = nodes_near(mask, &self.focus.include, self.direction);
        }
        if !self.between.include.is_empty() {
            let mut ends = mask.ends_of(&included);
            ends.extend(self.named().map(NodeIndex::index));
            mask.nodes.intersect_with(&ends);
        }
        mask.edges.intersect_with(&included);
        mask.edges.difference_with(&excluded);
        mask.drop_dangling_edges();
        incomplete
    }

    fn drop_entities_without_statements(&self, mask: &mut Mask<'_>) {
        if !self.filters_statements() {
            return;
        }
        let mut kept = mask.ends_of(&mask.edges);
        kept.extend(self.named().map(NodeIndex::index));
        let has_attributes = |node: &usize| {
            mask.graph[NodeIndex::new(*node)].attributes.iter().any(|attribute| self.accepts(&attribute.edge))
        };
        let with_attributes: Vec<usize> = mask.nodes.difference(&kept).filter(has_attributes).collect();
        kept.extend(with_attributes);
        mask.nodes.intersect_with(&kept);
    }

    fn limit(&self, mask: &mut Mask<'_>) {
        if let Some(max) = self.max_nodes.filter(|max| mask.nodes.count_ones(..) > *max) {
            let mut degrees = vec![0_usize; mask.nodes.len()];
            for edge in mask.edges.ones() {
                mask.ends(edge).into_iter().for_each(|end| degrees[end.index()] += 1);
            }
            self.named().for_each(|named| degrees[named.index()] = usize::MAX);
            let mut ranked: Vec<usize> = mask.nodes.ones().collect();
            ranked.sort_by_key(|node| Reverse(degrees[*node]));
            // Named entities are kept even if there are more of them than the limit.
            let named = ranked.iter().filter(|node| degrees[**node] == usize::MAX).count();
            ranked[max.max(named)..].iter().for_each(|node| mask.nodes.remove(*node));
            mask.drop_dangling_edges();
        }
        if let Some(max) = self.max_edges {
            let first_dropped = mask.edges.ones().nth(max).unwrap_or(mask.edges.len());
            mask.edges.remove_range(first_dropped..);
        }
    }

    fn copy(&self, mask: &Mask<'_>) -> View {
        let graph = mask.graph.filter_map(
            |index, node| {
                mask.nodes.contains(index.index()).then(|| {
                    let attributes = node.attributes.iter().filter(|attribute| self.accepts(&attribute.edge));
                    Node { attributes: attributes.cloned().collect(), ..node.clone() }
                })
            },
            |index, edge| mask.edges.contains(index.index()).then(|| edge.clone()),
        );
        let nodes = graph.node_indices().map(|index| (graph[index].iri.clone(), index)).collect();
        View::of(graph, nodes)
    }
}

/// The nodes and edges of a graph that are still selected.
pub(super) struct Mask<'a> {
    pub(super) graph: &'a DiGraph<Node, Edge>,
    pub(super) nodes: FixedBitSet,
    pub(super) edges: FixedBitSet,
}

impl<'a> Mask<'a> {
    fn all(graph: &'a DiGraph<Node, Edge>) -> Self {
        let full = |bits: usize| {
            let mut set = FixedBitSet::with_capacity(bits);
            set.insert_range(..);
            set
        };
        Self { graph, nodes: full(graph.node_count()), edges: full(graph.edge_count()) }
    }

    fn ends(&self, edge: usize) -> [NodeIndex; 2] {
        let edge = &self.graph.raw_edges()[edge];
        [edge.source(), edge.target()]
    }

    /// The nodes at the ends of some edges.
    fn ends_of(&self, edges: &FixedBitSet) -> FixedBitSet {
        let mut ends = FixedBitSet::with_capacity(self.nodes.len());
        ends.extend(edges.ones().flat_map(|edge| self.ends(edge)).map(NodeIndex::index));
        ends
    }

    /// Drops the edges with an end that is not selected.
    fn drop_dangling_edges(&mut self) {
        let dangling = |edge: &usize| self.ends(*edge).iter().any(|end| !self.nodes.contains(end.index()));
        let dangling: Vec<usize> = self.edges.ones().filter(dangling).collect();
        for edge in dangling {
            self.edges.remove(edge);
        }
    }
}
