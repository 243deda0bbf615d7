//! Taking the wanted part of a view, condition by condition.

use super::region::{near, on_paths};
use super::{Selection, Subgraph};
use crate::view::{Node, View};
use fixedbitset::FixedBitSet;
use petgraph::graph::{DiGraph, NodeIndex};
use std::cmp::Reverse;

impl Selection {
    /// Takes the wanted part of a view.
    ///
    /// Linear in the edges of the view for each condition and each pair of `between`, and O(n log n) in its n nodes; for paths of
    /// `max_length` up to a fixed number of steps more.
    pub(in crate::view) fn apply(&self, view: &View) -> Subgraph {
        let mut taken = Taken::all(&view.graph);
        for (number, edge) in view.graph.edge_weights().enumerate() {
            taken.edges.set(number, self.accepts(edge));
        }
        self.leave_out_entities(&mut taken);
        let incomplete = self.keep_regions(&mut taken);
        self.drop_bare_entities(&mut taken);
        let size_before_limits = taken.size();
        self.limit(&mut taken);
        let view = self.copy(&taken);
        let undated = match self.times.is_empty() {
            true => 0,
            false => view.statements().filter(|edge| edge.period.is_none()).count(),
        };
        Subgraph { view, size_before_limits, undated, incomplete }
    }

    fn leave_out_entities(&self, taken: &mut Taken<'_>) {
        let left_out = near(taken, &self.focus.exclude, self.direction);
        for (number, node) in taken.graph.node_weights().enumerate() {
            taken.nodes.set(number, self.classes.accepts(|wanted| node.class.as_ref() == Some(wanted)));
        }
        taken.nodes.extend(self.named().map(NodeIndex::index));
        taken.nodes.difference_with(&left_out);
        taken.drop_loose_edges();
    }

    /// Takes what is near and what is between; whether the search for the latter was given up.
    fn keep_regions(&self, taken: &mut Taken<'_>) -> bool {
        let (mut wanted, mut unwanted) = (taken.edges.clone(), FixedBitSet::with_capacity(taken.edges.len()));
        let mut incomplete = false;
        if !self.between.include.is_empty() {
            wanted.clear();
            for between in &self.between.include {
                incomplete |= !on_paths(taken, between, self.direction, &mut wanted);
            }
        }
        for between in &self.between.exclude {
            incomplete |= !on_paths(taken, between, self.direction, &mut unwanted);
        }
        if !self.focus.include.is_empty() {
            taken.nodes = near(taken, &self.focus.include, self.direction);
        }
        if !self.between.include.is_empty() {
            let mut ends = FixedBitSet::with_capacity(taken.nodes.len());
            for edge in wanted.ones() {
                taken.ends(edge).into_iter().for_each(|end| ends.insert(end.index()));
            }
            ends.extend(self.named().map(NodeIndex::index));
            taken.nodes.intersect_with(&ends);
        }
        taken.edges.intersect_with(&wanted);
        taken.edges.difference_with(&unwanted);
        taken.drop_loose_edges();
        incomplete
    }

    /// Drops the entities that a condition on statements leaves with none.
    fn drop_bare_entities(&self, taken: &mut Taken<'_>) {
        if !self.concerns_statements() {
            return;
        }
        let mut bare = taken.nodes.clone();
        for edge in taken.edges.ones() {
            taken.ends(edge).into_iter().for_each(|end| bare.remove(end.index()));
        }
        self.named().for_each(|named| bare.remove(named.index()));
        let speaks = |node: usize| {
            taken.graph[NodeIndex::new(node)].attributes.iter().any(|attribute| self.accepts(&attribute.edge))
        };
        for node in bare.ones().filter(|node| !speaks(*node)) {
            taken.nodes.remove(node);
        }
    }

    fn limit(&self, taken: &mut Taken<'_>) {
        if let Some(most) = self.max_nodes.filter(|most| taken.nodes.count_ones(..) > *most) {
            let mut degrees = vec![0_usize; taken.nodes.len()];
            for edge in taken.edges.ones() {
                taken.ends(edge).into_iter().for_each(|end| degrees[end.index()] += 1);
            }
            self.named().for_each(|named| degrees[named.index()] = usize::MAX);
            let mut ranked: Vec<usize> = taken.nodes.ones().collect();
            ranked.sort_by_key(|node| Reverse(degrees[*node]));
            // What is named stays, even where it alone is more than that.
            let named = ranked.iter().filter(|node| degrees[**node] == usize::MAX).count();
            ranked[most.max(named)..].iter().for_each(|node| taken.nodes.remove(*node));
            taken.drop_loose_edges();
        }
        if let Some(most) = self.max_edges {
            let beyond = taken.edges.ones().nth(most).unwrap_or(taken.edges.len());
            taken.edges.remove_range(beyond..);
        }
    }

    fn copy(&self, taken: &Taken<'_>) -> View {
        let graph = taken.graph.filter_map(
            |index, node| {
                taken.nodes.contains(index.index()).then(|| {
                    let wanted = node.attributes.iter().filter(|attribute| self.accepts(&attribute.edge));
                    Node { attributes: wanted.cloned().collect(), ..node.clone() }
                })
            },
            |index, edge| taken.edges.contains(index.index()).then(|| edge.clone()),
        );
        let nodes = graph.node_indices().map(|index| (graph[index].iri.clone(), index)).collect();
        View { graph, nodes }
    }
}

/// What has been taken of a graph so far.
pub(super) struct Taken<'a> {
    pub(super) graph: &'a DiGraph<Node, super::Edge>,
    pub(super) nodes: FixedBitSet,
    pub(super) edges: FixedBitSet,
}

impl<'a> Taken<'a> {
    fn all(graph: &'a DiGraph<Node, super::Edge>) -> Self {
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

    /// Drops the edges that have lost an end.
    fn drop_loose_edges(&mut self) {
        let loose = |edge: &usize| self.ends(*edge).iter().any(|end| !self.nodes.contains(end.index()));
        let loose: Vec<usize> = self.edges.ones().filter(loose).collect();
        for edge in loose {
            self.edges.remove(edge);
        }
    }

    fn size(&self) -> (usize, usize) {
        (self.nodes.count_ones(..), self.edges.count_ones(..))
    }
}
