//! Ports, the points at which edges meet the sides of their nodes, in the order of the items that they lead to.

use super::geometry::Outline;
use super::graph::{LayoutGraph, LayoutNode};
use super::layered::Layered;

/// The distance between two ports, if the node is high enough.
const GAP: f64 = 9.0;

/// The least distance between two ports.
const MIN_GAP: f64 = 6.0;

/// The distance from the corner of a box to the nearest port.
const MARGIN: f64 = 7.0;

/// The fraction of the height of an ellipse for ports. Further out, its outline is so oblique that an arrow head would overlap it.
const ELLIPSE_FRACTION: f64 = 0.4;

/// The offsets of an edge's ports below the axes of its nodes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ports {
    /// On the right side of its left node.
    pub(super) at_left_node: f64,
    /// On the left side of its right node.
    pub(super) at_right_node: f64,
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
    // The edges on each side of each node, with the positions of the next items on them.
    let mut on_left_side = vec![Vec::new(); graph.nodes.len()];
    let mut on_right_side = vec![Vec::new(); graph.nodes.len()];
    for (edge, chain) in layered.chains.iter().enumerate() {
        if let ([first, second, ..], [.., second_last, last]) = (chain.as_slice(), chain.as_slice()) {
            on_right_side[*first].push((layered.positions[*second], edge));
            on_left_side[*last].push((layered.positions[*second_last], edge));
        }
    }
    let mut ports = vec![Ports::default(); layered.chains.len()];
    for (index, node) in graph.nodes.iter().enumerate() {
        let height = 2.0 * layered.items[index].above;
        for (edge, offset) in spread(&mut on_right_side[index], node, height) {
            ports[edge].at_left_node = offset;
        }
        for (edge, offset) in spread(&mut on_left_side[index], node, height) {
            ports[edge].at_right_node = offset;
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
