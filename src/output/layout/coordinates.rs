//! Where the items of a layer lie, given their order: lines climb as little as can be, long ones least.
//!
//! Gansner, Koutsofios, North and Vo, *A technique for drawing directed graphs* (1993), section 4.

use super::clusters::{MARGIN, PADDING};
use super::layered::{Item, Kind, Layered};
use super::ports::Ports;
use super::simplex::{Edge, shorten};

/// How much it matters that a frame be low, and that its label lie at its upper border.
const FRAME_WEIGHT: i64 = 2;
const TITLE_WEIGHT: i64 = 8;

/// Places across the layers; the highest thing begins at zero or less than one after it.
pub(super) struct Coordinates {
    /// Of each item's axis, in whole numbers.
    pub(super) items: Vec<f64>,
    /// Of the upper and the lower border of each frame.
    pub(super) frames: Vec<(f64, f64)>,
}

/// Places items so that those of a layer keep their order and at least [`Item::distance_to`] each other.
///
/// Complexity: that of [`shorten`], on a graph of a node for each item and for each piece of an edge.
pub(super) fn coordinates(graph: &Layered, ports: &[Ports]) -> Coordinates {
    let mut edges = Vec::new();
    for layer in &graph.layers {
        keep_apart(graph, layer, &mut edges);
    }
    let frame_count = graph.spans.len();
    let mut start = stacked(graph.items.len() + 2 * frame_count, &edges);
    if frame_count == 0 {
        centre_layers(graph, &mut start);
    }
    for (cluster, span) in graph.spans.iter().enumerate() {
        let [upper, lower] = borders(graph, cluster);
        edges.push(Edge { from: upper, to: lower, length: 0, weight: FRAME_WEIGHT });
        let length = graph.items[span.title].above.ceil() as i64;
        edges.push(Edge { from: upper, to: span.title, length, weight: TITLE_WEIGHT });
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
    let y = |node: usize| shortened[node] as f64;
    let tops = graph.items.iter().enumerate().map(|(index, item)| y(index) - item.above);
    let tops = tops.chain((0..frame_count).map(|cluster| y(borders(graph, cluster)[0])));
    let top = tops.fold(f64::INFINITY, f64::min).floor();
    Coordinates {
        items: (0..graph.items.len()).map(|item| y(item) - top).collect(),
        frames: (0..frame_count).map(|cluster| borders(graph, cluster).map(|node| y(node) - top).into()).collect(),
    }
}

/// The nodes that stand for the borders of a frame, after those of the items.
fn borders(graph: &Layered, cluster: usize) -> [usize; 2] {
    let upper = graph.items.len() + 2 * cluster;
    [upper, upper + 1]
}

/// The least distances between what follows each other in a layer: items, and borders of frames where one begins or ends.
fn keep_apart(graph: &Layered, layer: &[usize], edges: &mut Vec<Edge>) {
    let mut apart = |from: usize, to: usize, length: f64| {
        edges.push(Edge { from, to, length: length.ceil() as i64, weight: 0 });
    };
    // What lies above an item, and how far below its axis it reaches.
    let mut above: Option<(usize, f64)> = None;
    for (place, &item) in layer.iter().enumerate() {
        let this = &graph.items[item];
        let before = place.checked_sub(1).map(|place| &graph.items[layer[place]]);
        match (before, this.cluster) {
            (Some(before), cluster) if before.cluster == cluster => {
                apart(layer[place - 1], item, before.distance_to(this));
            }
            (_, Some(cluster)) => {
                let [upper, _] = borders(graph, cluster);
                if let Some((above, reach)) = above {
                    apart(above, upper, reach + MARGIN);
                }
                apart(upper, item, this.above + PADDING);
            }
            (_, None) => {
                if let Some((above, reach)) = above {
                    apart(above, item, reach + MARGIN + this.above);
                }
            }
        }
        let next = layer.get(place + 1).map(|&next| &graph.items[next]);
        above = Some((item, this.below));
        if let Some(cluster) = this.cluster
            && next.is_none_or(|next| next.cluster != this.cluster)
        {
            let [_, lower] = borders(graph, cluster);
            apart(item, lower, this.below + PADDING);
            above = Some((lower, 0.0));
        }
    }
}

/// Each node as high as the edges let it. There is no cycle, since frames lie to each other alike in all layers.
fn stacked(node_count: usize, edges: &[Edge]) -> Vec<i64> {
    let mut waiting = vec![0_usize; node_count];
    let mut leaving = vec![Vec::new(); node_count];
    for edge in edges {
        waiting[edge.to] += 1;
        leaving[edge.from].push(edge);
    }
    let mut places = vec![0; node_count];
    let mut ready: Vec<usize> = (0..node_count).filter(|&node| waiting[node] == 0).collect();
    while let Some(node) = ready.pop() {
        for edge in &leaving[node] {
            places[edge.to] = places[edge.to].max(places[node] + edge.length);
            waiting[edge.to] -= 1;
            if waiting[edge.to] == 0 {
                ready.push(edge.to);
            }
        }
    }
    places
}

/// With the layers' middles on one line, less is left to do.
fn centre_layers(graph: &Layered, places: &mut [i64]) {
    for layer in &graph.layers {
        let middle = layer.last().map_or(0, |&last| places[last] / 2);
        for &item in layer {
            places[item] -= middle;
        }
    }
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
