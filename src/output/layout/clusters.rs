//! Clusters: rectangles that contain their own nodes and nothing else.
//!
//! A cluster extends from the first to the last layer of its nodes. In each of these layers its items are adjacent
//! ([`order`](super::order)), between an upper and a lower border at the same positions in all layers
//! ([`coordinates`](super::coordinates)). Its label is the topmost item of its first layer. Edges between a node inside
//! and one outside may cross the border anywhere.

use super::geometry::Size;
use super::graph::LayoutGraph;
use super::layered::{Item, Kind, Layered};
use super::simplex::Edge;
use petgraph::unionfind::UnionFind;
use std::ops::RangeInclusive;

/// The room between a border and the items inside. At the first and last layer it is part of the gap between layers.
pub(super) const PADDING: f64 = 8.0;

/// The room between a border and the items above or below.
pub(super) const MARGIN: f64 = 9.0;

/// The first and the last layer of a cluster, and the item of its label.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) label: usize,
}

/// Additional edges between the nodes of a cluster that no edge connects, so that they are placed near each other: in a column, and
/// nodes without edges in a grid.
///
/// Nearly linear in the nodes and edges.
pub(super) fn ties(graph: &LayoutGraph, ends: &[(usize, usize)]) -> Vec<Edge> {
    let mut joined = UnionFind::<usize>::new(graph.nodes.len());
    let mut is_single = vec![true; graph.nodes.len()];
    for &(from, to) in ends {
        joined.union(from, to);
        is_single[from] = false;
        is_single[to] = false;
    }
    let mut members = vec![Vec::new(); graph.cluster_labels.len()];
    for (index, node) in graph.nodes.iter().enumerate() {
        if let Some(cluster) = node.cluster {
            members[cluster].push(index);
        }
    }
    let mut ties = Vec::new();
    for members in members {
        let (single, connected): (Vec<usize>, Vec<usize>) = members.into_iter().partition(|&node| is_single[node]);
        let columns = (single.len() as f64).sqrt().ceil() as usize;
        for (index, &node) in single.iter().enumerate().skip(1) {
            let (from, length) = if index % columns == 0 { (single[0], 0) } else { (single[index - 1], 1) };
            joined.union(from, node);
            ties.push(Edge { from, to: node, length, weight: 1 });
        }
        for pair in single.first().into_iter().chain(&connected).collect::<Vec<_>>().windows(2) {
            if joined.union(*pair[0], *pair[1]) {
                ties.push(Edge { from: *pair[0], to: *pair[1], length: 0, weight: 1 });
            }
        }
    }
    ties
}

/// Adds the clusters and their labels to a layered graph.
pub(super) fn spans(graph: &LayoutGraph, layered: &mut Layered) -> Vec<Span> {
    let mut spans = Vec::with_capacity(graph.cluster_labels.len());
    for (cluster, &label) in graph.cluster_labels.iter().enumerate() {
        let members = graph.nodes.iter().zip(&layered.items).filter(|(node, _)| node.cluster == Some(cluster));
        let layers: Vec<usize> = members.map(|(_, item)| item.layer).collect();
        let last = layers.iter().copied().max().unwrap_or(0);
        let first = layers.into_iter().min().unwrap_or(0);
        let label_layer = if graph.mirrored { last } else { first };
        let label = layered.add(Item::new(Kind::ClusterLabel, label_layer, label, Some(cluster)));
        add_spine(layered, first..=last, cluster);
        spans.push(Span { first, last, label });
    }
    spans
}

/// Adds an item for the cluster itself in each of its layers, even if there is nothing else in the layer. The pieces between them count
/// as two edges each, so that an edge that needlessly enters and leaves the cluster costs as much as crossings.
fn add_spine(layered: &mut Layered, layers: RangeInclusive<usize>, cluster: usize) {
    let spine = layers.map(|layer| layered.add(Item::new(Kind::Spine, layer, Size::default(), Some(cluster))));
    for pair in spine.collect::<Vec<_>>().windows(2) {
        layered.items[pair[0]].right.extend([pair[1]; 2]);
        layered.items[pair[1]].left.extend([pair[0]; 2]);
    }
}
