//! The coordinates of items across the layers, given their order: edges climb (differ at their two ends) as little as possible,
//! long ones least.
//!
//! Gansner, Koutsofios, North and Vo, *A technique for drawing directed graphs* (1993), section 4.

use super::clusters::{MARGIN, PADDING};
use super::layered::{Item, Kind, Layered};
use super::ports::Ports;
use super::simplex::{Edge, longest_paths, shorten};

/// The cost of a cluster's height, and of the distance of its label from its upper border.
const CLUSTER_WEIGHT: i64 = 2;
const LABEL_WEIGHT: i64 = 8;

/// Coordinates across the layers. The topmost item or border starts between zero and one.
pub(super) struct Coordinates {
    /// The axis of each item, in whole numbers.
    pub(super) items: Vec<f64>,
    /// The upper and the lower border of each cluster.
    pub(super) clusters: Vec<(f64, f64)>,
}

/// Places items so that those of a layer keep their order and have at least [`Item::distance_to`] between them.
///
/// Takes the time of [`shorten`] on a graph with a node for each item and each piece of an edge.
pub(super) fn coordinates(graph: &Layered, ports: &[Ports]) -> Coordinates {
    let mut edges = Vec::new();
    for layer in &graph.layers {
        add_distances(graph, layer, &mut edges);
    }
    let cluster_count = graph.spans.len();
    let mut start = longest_paths(graph.items.len() + 2 * cluster_count, &edges);
    if cluster_count == 0 {
        centre_layers(graph, &mut start);
    }
    for (cluster, span) in graph.spans.iter().enumerate() {
        let [upper, lower] = borders(graph, cluster);
        edges.push(Edge { from: upper, to: lower, length: 0, weight: CLUSTER_WEIGHT });
        let length = graph.items[span.label].above.ceil() as i64;
        edges.push(Edge { from: upper, to: span.label, length, weight: LABEL_WEIGHT });
    }
    for (chain, ports) in graph.chains.iter().zip(ports) {
        let last = chain.len().saturating_sub(2);
        for (index, pair) in chain.windows(2).enumerate() {
            let (left, right) = (pair[0], pair[1]);
            let left_port = if index == 0 { ports.at_left_node as i64 } else { 0 };
            let right_port = if index == last { ports.at_right_node as i64 } else { 0 };
            // A separate node above both ends of a piece. The climb is the sum of the lengths of its two edges.
            let node = start.len();
            start.push((start[left] + left_port).min(start[right] + right_port));
            let weight = weight(&graph.items[left], &graph.items[right]);
            edges.push(Edge { from: node, to: left, length: -left_port, weight });
            edges.push(Edge { from: node, to: right, length: -right_port, weight });
        }
    }
    let shortened = shorten(start, &edges);
    let y = |node: usize| shortened[node] as f64;
    let tops = graph.items.iter().enumerate().map(|(index, item)| y(index) - item.above);
    let tops = tops.chain((0..cluster_count).map(|cluster| y(borders(graph, cluster)[0])));
    let top = tops.fold(f64::INFINITY, f64::min).floor();
    Coordinates {
        items: (0..graph.items.len()).map(|item| y(item) - top).collect(),
        clusters: (0..cluster_count).map(|cluster| borders(graph, cluster).map(|node| y(node) - top).into()).collect(),
    }
}

/// The nodes for the borders of a cluster, after those for the items.
fn borders(graph: &Layered, cluster: usize) -> [usize; 2] {
    let upper = graph.items.len() + 2 * cluster;
    [upper, upper + 1]
}

/// Adds the least distances between adjacent items of a layer, and borders of clusters.
fn add_distances(graph: &Layered, layer: &[usize], edges: &mut Vec<Edge>) {
    let mut separate = |from: usize, to: usize, length: f64| {
        edges.push(Edge { from, to, length: length.ceil() as i64, weight: 0 });
    };
    // The item or border above, and its extent below its axis.
    let mut above: Option<(usize, f64)> = None;
    for (position, &item) in layer.iter().enumerate() {
        let current = &graph.items[item];
        let previous = position.checked_sub(1).map(|position| &graph.items[layer[position]]);
        match (previous, current.cluster) {
            (Some(previous), cluster) if previous.cluster == cluster => {
                separate(layer[position - 1], item, previous.distance_to(current));
            }
            (_, Some(cluster)) => {
                let [upper, _] = borders(graph, cluster);
                if let Some((above, extent)) = above {
                    separate(above, upper, extent + MARGIN);
                }
                separate(upper, item, current.above + PADDING);
            }
            (_, None) => {
                if let Some((above, extent)) = above {
                    separate(above, item, extent + MARGIN + current.above);
                }
            }
        }
        let next = layer.get(position + 1).map(|&next| &graph.items[next]);
        above = Some((item, current.below));
        if let Some(cluster) = current.cluster
            && next.is_none_or(|next| next.cluster != current.cluster)
        {
            let [_, lower] = borders(graph, cluster);
            separate(item, lower, current.below + PADDING);
            above = Some((lower, 0.0));
        }
    }
}

/// Aligns the middles of the layers, so that fewer pivots are needed.
fn centre_layers(graph: &Layered, positions: &mut [i64]) {
    for layer in &graph.layers {
        let middle = layer.last().map_or(0, |&last| positions[last] / 2);
        for &item in layer {
            positions[item] -= middle;
        }
    }
}

/// The cost of a climb between two items: greatest inside a long edge, and greater at the end of a node's only edge than if there are
/// several.
fn weight(left: &Item, right: &Item) -> i64 {
    let end_weight = |siblings: usize| if siblings == 1 { 3 } else { 2 };
    match (left.kind == Kind::Node, right.kind == Kind::Node) {
        (true, true) => 1,
        (true, false) => end_weight(left.right.len()),
        (false, true) => end_weight(right.left.len()),
        (false, false) => 8,
    }
}
