//! Frames around boxes: rectangles that hold their own boxes and nothing else's.
//!
//! A frame reaches from the first to the last layer of its boxes. In each of these layers its contents lie next to each other
//! ([`order`](super::order)), between an upper and a lower border of one height in all layers
//! ([`coordinates`](super::coordinates)); its label is an item of its first layer, above all others. Lines between a box inside
//! and one outside cross the border where they like.

use super::geometry::Size;
use super::layered::{Item, Kind, Layered};
use super::simplex::Edge;
use super::sketch::Sketch;
use petgraph::unionfind::UnionFind;
use std::ops::RangeInclusive;

/// The room between a frame and what it holds; at its ends, of what is between two layers anyway.
pub(super) const PADDING: f64 = 8.0;

/// The room between a frame and what lies above or below it.
pub(super) const MARGIN: f64 = 9.0;

/// The layers that a frame reaches over, both included, and the item of its label.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) title: usize,
}

/// Ties between the boxes of a frame that no line connects, so that they come to lie near each other: one below the other, and
/// boxes without lines in columns.
///
/// O(V + E), but for the inverse Ackermann function.
pub(super) fn ties(sketch: &Sketch, ends: &[(usize, usize)]) -> Vec<Edge> {
    let mut joined = UnionFind::<usize>::new(sketch.nodes.len());
    let mut is_single = vec![true; sketch.nodes.len()];
    for &(from, to) in ends {
        joined.union(from, to);
        is_single[from] = false;
        is_single[to] = false;
    }
    let mut members = vec![Vec::new(); sketch.titles.len()];
    for (node, cluster) in sketch.nodes.iter().enumerate().filter_map(|(node, sketch)| Some((node, sketch.cluster?))) {
        members[cluster].push(node);
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

/// Adds the frames and their labels to a graph.
pub(super) fn spans(sketch: &Sketch, graph: &mut Layered) -> Vec<Span> {
    let mut spans = Vec::with_capacity(sketch.titles.len());
    for (cluster, &title) in sketch.titles.iter().enumerate() {
        let layers = sketch.nodes.iter().zip(&graph.items).filter(|(node, _)| node.cluster == Some(cluster));
        let layers = layers.map(|(_, item)| item.layer);
        let (first, last) = layers.fold((usize::MAX, 0), |(first, last), layer| (first.min(layer), last.max(layer)));
        let first = first.min(last);
        let title_layer = if sketch.mirrored { last } else { first };
        let title = graph.add(Item::new(Kind::Title, title_layer, title, Some(cluster)));
        add_spine(graph, first..=last, cluster);
        spans.push(Span { first, last, title });
    }
    spans
}

/// Adds what stands for the frame itself in each of its layers, also where it holds nothing else. Pieces between them, each of
/// which counts as two lines, make lines that enter and leave the frame for no need cost what crossings cost.
fn add_spine(graph: &mut Layered, layers: RangeInclusive<usize>, cluster: usize) {
    let mut before: Option<usize> = None;
    for layer in layers {
        let item = graph.add(Item::new(Kind::Spine, layer, Size::default(), Some(cluster)));
        if let Some(before) = before {
            graph.items[before].right.extend([item; 2]);
            graph.items[item].left.extend([before; 2]);
        }
        before = Some(item);
    }
}
