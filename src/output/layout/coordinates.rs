//! Where the items of a layer lie, given their order: lines climb as little as can be, long ones least.
//!
//! Gansner, Koutsofios, North and Vo, *A technique for drawing directed graphs* (1993), section 4.

use super::layered::{Item, Kind, Layered};
use super::ports::Ports;
use super::simplex::{Edge, shorten};

/// The coordinate of each item's axis across the layers, in whole numbers; the highest item begins at zero
/// or less than one after it.
///
/// Items of a layer keep their order and at least [`Item::distance_to`] each other. Complexity: that of
/// [`shorten`], on a graph of a node for each item and for each piece of an edge.
pub(super) fn coordinates(graph: &Layered, ports: &[Ports]) -> Vec<f64> {
    let mut edges = Vec::new();
    let mut start = vec![0; graph.items.len()];
    for layer in &graph.layers {
        for pair in layer.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let length = graph.items[from].distance_to(&graph.items[to]).ceil() as i64;
            start[to] = start[from] + length;
            edges.push(Edge { from, to, length, weight: 0 });
        }
        // With the layers' middles on one line, less is left to do.
        let middle = layer.last().map_or(0, |&last| start[last] / 2);
        for &item in layer {
            start[item] -= middle;
        }
    }
    for (chain, ports) in graph.chains.iter().zip(ports) {
        let last = chain.len().saturating_sub(2);
        for (index, pair) in chain.windows(2).enumerate() {
            let (left, right) = (pair[0], pair[1]);
            let left_port = if index == 0 { ports.left as i64 } else { 0 };
            let right_port = if index == last { ports.right as i64 } else { 0 };
            // A node of its own above both ends of a piece: the climb is the sum of its edges' lengths.
            let node = start.len();
            start.push((start[left] + left_port).min(start[right] + right_port));
            let weight = weight(&graph.items[left], &graph.items[right]);
            edges.push(Edge { from: node, to: left, length: -left_port, weight });
            edges.push(Edge { from: node, to: right, length: -right_port, weight });
        }
    }
    let shortened = shorten(start, &edges);
    let y = || shortened.iter().take(graph.items.len()).map(|&y| y as f64);
    let top = y().zip(&graph.items).map(|(y, item)| y - item.above).fold(f64::INFINITY, f64::min).floor();
    y().map(|y| y - top).collect()
}

/// How much it matters that the piece of an edge between two items be level: most inside a long edge, more
/// at the end of a box's only edge than where many spread.
fn weight(left: &Item, right: &Item) -> i64 {
    let end = |siblings: usize| if siblings == 1 { 3 } else { 2 };
    match (left.kind == Kind::Node, right.kind == Kind::Node) {
        (true, true) => 1,
        (true, false) => end(left.right.len()),
        (false, true) => end(right.left.len()),
        (false, false) => 8,
    }
}
