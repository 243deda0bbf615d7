//! Ports, the points at which edges meet the sides of their nodes, in the order of the items that they lead to.

use super::geometry::Outline;
use super::graph::{LayoutGraph, LayoutNode};
use super::layered::Layered;

/// The distance between two ports, and the least distance.
const GAP: f64 = 9.0;
const MIN_GAP: f64 = 6.0;

/// The distance from the corner of a box to the nearest port.
const MARGIN: f64 = 7.0;

/// The fraction of the height of an ellipse for ports. Further out, its outline is so oblique that an arrow head would overlap it.
const ELLIPSE_FRACTION: f64 = 0.4;

/// The offsets of an edge's ports below the axes of its nodes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ports {
    /// At the right side of its left node.
    pub(super) left: f64,
    /// At the left side of its right node.
    pub(super) right: f64,
}

/// The least height of a node with this many edges on one side.
pub(super) fn height_for(node: &LayoutNode, edge_count: usize) -> f64 {
    let span = edge_count.saturating_sub(1) as f64 * MIN_GAP;
    match node.outline {
        Outline::Box => span + 2.0 * MARGIN,
        Outline::Ellipse => span / ELLIPSE_FRACTION,
    }
}

/// The ports of all edges of a graph with sorted layers.
///
/// Offsets are whole numbers, as coordinates are, so that an edge can be horizontal. O(E log E).
pub(super) fn ports(graph: &LayoutGraph, layered: &Layered) -> Vec<Ports> {
    // For each node and side, the positions that its edges lead to, and the edges.
    let mut left = vec![Vec::new(); graph.nodes.len()];
    let mut right = vec![Vec::new(); graph.nodes.len()];
    for (edge, chain) in layered.chains.iter().enumerate() {
        if let ([low, next, ..], [.., previous, high]) = (chain.as_slice(), chain.as_slice()) {
            right[*low].push((layered.positions[*next], edge));
            left[*high].push((layered.positions[*previous], edge));
        }
    }
    let mut ports = vec![Ports::default(); layered.chains.len()];
    for (index, node) in graph.nodes.iter().enumerate() {
        let height = 2.0 * layered.items[index].above;
        for (edge, offset) in spread(&mut right[index], node, height) {
            ports[edge].left = offset;
        }
        for (edge, offset) in spread(&mut left[index], node, height) {
            ports[edge].right = offset;
        }
    }
    ports
}

/// The offsets of the edges on one side of a node.
fn spread(edges: &mut [(usize, usize)], node: &LayoutNode, height: f64) -> impl Iterator<Item = (usize, f64)> {
    edges.sort_unstable();
    let last = edges.len().saturating_sub(1) as f64;
    let room = match node.outline {
        Outline::Box => height - 2.0 * MARGIN,
        Outline::Ellipse => height * ELLIPSE_FRACTION,
    };
    let gap = (room / last.max(1.0)).min(GAP);
    edges.iter().enumerate().map(move |(index, &(_, edge))| (edge, ((index as f64 - last / 2.0) * gap).round()))
}
