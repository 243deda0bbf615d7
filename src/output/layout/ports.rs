//! Where edges meet the sides of their boxes: next to each other, in the order of what they lead to.

use super::geometry::Outline;
use super::layered::Layered;
use super::sketch::{Sketch, SketchNode};

/// The distance between two ends of edges at the side of a box, and the least where it is tight.
const GAP: f64 = 9.0;
const LEAST_GAP: f64 = 6.0;

/// The distance from the corner of a box to the nearest end of an edge.
const MARGIN: f64 = 7.0;

/// The ends of edges at an ellipse lie within this part of its height: further out, its outline is so oblique
/// that an arrow head would cut it.
const ELLIPSE_PART: f64 = 0.4;

/// How far below the axes of its boxes an edge ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ports {
    /// At the right side of its left box.
    pub(super) left: f64,
    /// At the left side of its right box.
    pub(super) right: f64,
}

/// The least height of a box with this many edges on one side.
pub(super) fn height_for(node: &SketchNode, edge_count: usize) -> f64 {
    let span = edge_count.saturating_sub(1) as f64 * LEAST_GAP;
    match node.outline {
        Outline::Box => span + 2.0 * MARGIN,
        Outline::Ellipse => span / ELLIPSE_PART,
    }
}

/// Spreads the ends of the edges of a graph whose layers are in order.
///
/// Offsets are whole numbers, as coordinates are, so that a line can be level. O(E log E).
pub(super) fn ports(sketch: &Sketch, graph: &Layered) -> Vec<Ports> {
    let mut place = vec![0; graph.items.len()];
    for layer in &graph.layers {
        for (index, &item) in layer.iter().enumerate() {
            place[item] = index;
        }
    }
    // For each box and side, what its edges lead to: place, edge.
    let mut left = vec![Vec::new(); sketch.nodes.len()];
    let mut right = vec![Vec::new(); sketch.nodes.len()];
    for (edge, chain) in graph.chains.iter().enumerate() {
        if let ([low, next, ..], [.., previous, high]) = (chain.as_slice(), chain.as_slice()) {
            right[*low].push((place[*next], edge));
            left[*high].push((place[*previous], edge));
        }
    }
    let mut ports = vec![Ports::default(); graph.chains.len()];
    for (node, sketch) in sketch.nodes.iter().enumerate() {
        let height = 2.0 * graph.items[node].above;
        for (edge, offset) in spread(&mut right[node], sketch, height) {
            ports[edge].left = offset;
        }
        for (edge, offset) in spread(&mut left[node], sketch, height) {
            ports[edge].right = offset;
        }
    }
    ports
}

/// The offsets of the edges on one side of a box.
fn spread(edges: &mut [(usize, usize)], node: &SketchNode, height: f64) -> impl Iterator<Item = (usize, f64)> {
    edges.sort_unstable();
    let last = edges.len().saturating_sub(1) as f64;
    let room = match node.outline {
        Outline::Box => height - 2.0 * MARGIN,
        Outline::Ellipse => height * ELLIPSE_PART,
    };
    let gap = (room / last.max(1.0)).min(GAP);
    edges.iter().enumerate().map(move |(index, &(_, edge))| (edge, ((index as f64 - last / 2.0) * gap).round()))
}
