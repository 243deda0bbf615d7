//! The layered graph: every edge is split into pieces from one layer to the next.
//!
//! A label is an item in the middle of its edge, so that it gets a position as a node does, and nothing overlaps it. Graphviz does
//! the same (Gansner, Koutsofios, North and Vo, *A technique for drawing directed graphs*, 1993).

use super::clusters::{self, Span};
use super::direction::{Ranking, rank_with_directions};
use super::geometry::Size;
use super::graph::LayoutGraph;
use super::ports;

/// The kind of an [`Item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A node.
    Node,
    /// The label of an edge.
    Label,
    /// An edge that passes through a layer.
    Bend,
    /// The label of a cluster.
    ClusterLabel,
    /// A cluster that passes through a layer.
    Spine,
}

/// A thing that takes up room in a layer.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) layer: usize,
    /// The cluster that contains it.
    pub(super) cluster: Option<usize>,
    /// The extent along the edges.
    pub(super) width: f64,
    /// The extent above its axis.
    pub(super) above: f64,
    /// The extent below its axis.
    pub(super) below: f64,
    /// The items in the previous layer that pieces of edges lead to, once for each piece.
    pub(super) left: Vec<usize>,
    /// The same for the next layer.
    pub(super) right: Vec<usize>,
}

impl Item {
    pub(super) fn new(kind: Kind, layer: usize, size: Size, cluster: Option<usize>) -> Self {
        let half = size.height / 2.0;
        Self { kind, layer, cluster, width: size.width, above: half, below: half, left: Vec::new(), right: Vec::new() }
    }

    /// The free room kept around an item.
    pub(super) fn margin(&self) -> f64 {
        match self.kind {
            Kind::Node => 9.0,
            Kind::Label => 3.5,
            Kind::Bend | Kind::ClusterLabel => 4.0,
            Kind::Spine => 0.0,
        }
    }

    /// The least distance between its axis and that of `next`, the item below it.
    pub(super) fn distance_to(&self, next: &Item) -> f64 {
        self.below + self.margin() + next.margin() + next.above
    }
}

/// A graph in which each piece of an edge leads from one layer to the next.
#[derive(Clone, Debug)]
pub(super) struct Layered {
    /// The nodes first, as in the layout graph, then the other items.
    pub(super) items: Vec<Item>,
    /// The items of each layer.
    pub(super) layers: Vec<Vec<usize>>,
    /// The position of each item in its layer, once the layers are sorted.
    pub(super) positions: Vec<usize>,
    /// The items of each edge from left to right; empty for a loop.
    pub(super) chains: Vec<Vec<usize>>,
    /// Whether the edge itself runs from right to left.
    pub(super) reversed: Vec<bool>,
    /// The layers and the label of each cluster.
    pub(super) spans: Vec<Span>,
}

impl Layered {
    /// Ranks the nodes of a connected graph and adds labels and bends between them.
    pub(super) fn new(graph: &LayoutGraph) -> Self {
        let mut ends: Vec<(usize, usize)> = Vec::new();
        let mut edges: Vec<usize> = Vec::new();
        for (index, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| !edge.is_loop()) {
            ends.push((edge.from, edge.to));
            edges.push(index);
        }
        let Ranking { ranks, reversed } = rank_with_directions(graph.nodes.len(), &ends, &clusters::ties(graph, &ends));
        for ((from, to), _) in ends.iter_mut().zip(&reversed).filter(|(_, reversed)| **reversed) {
            std::mem::swap(from, to);
        }
        // Every second layer is for labels, if there are any.
        let labelled = edges.iter().any(|&edge| graph.edges[edge].label.width > 0.0);
        let stride = if labelled { 2 } else { 1 };
        let layer_count = ranks.iter().max().map_or(0, |rank| rank * stride + 1);

        let mut layered = Self {
            items: Vec::new(),
            layers: vec![Vec::new(); layer_count],
            positions: Vec::new(),
            chains: vec![Vec::new(); graph.edges.len()],
            reversed: vec![false; graph.edges.len()],
            spans: Vec::new(),
        };
        for (node, rank) in graph.nodes.iter().zip(&ranks) {
            layered.add(Item::new(Kind::Node, rank * stride, node.size, node.cluster));
        }
        // The label of a short edge can be in only one layer, so short edges are first.
        let mut by_length: Vec<usize> = (0..ends.len()).collect();
        by_length.sort_by_key(|&index| ranks[ends[index].1] - ranks[ends[index].0]);
        let mut label_room = vec![0.0; layer_count];
        for index in by_length {
            let edge = edges[index];
            layered.reversed[edge] = reversed[index];
            let label = labelled.then_some(graph.edges[edge].label);
            layered.add_chain(edge, ends[index], label, &mut label_room);
        }
        layered.make_room_for_ports(graph);
        layered.spans = clusters::spans(graph, &mut layered);
        layered
    }

    pub(super) fn add(&mut self, item: Item) -> usize {
        let index = self.items.len();
        self.layers[item.layer].push(index);
        self.items.push(item);
        index
    }

    /// Adds an edge with an item for each layer between its ends. Its label is in the emptiest odd layer near the middle.
    fn add_chain(&mut self, edge: usize, (low, high): (usize, usize), label: Option<Size>, label_room: &mut [f64]) {
        let (first, last) = (self.items[low].layer, self.items[high].layer);
        let quarter = (last - first) / 4;
        let label_layer = label.and_then(|size| {
            let candidates = (first + quarter..=last - quarter).filter(|layer| layer % 2 == 1);
            let best = candidates.min_by(|&a, &b| label_room[a].total_cmp(&label_room[b]))?;
            label_room[best] += size.height + 7.0;
            Some(best)
        });
        let cluster = self.items[low].cluster.filter(|&cluster| self.items[high].cluster == Some(cluster));
        let mut chain = vec![low];
        for layer in first + 1..last {
            let item = match label {
                Some(size) if Some(layer) == label_layer && size.width > 0.0 => {
                    Item::new(Kind::Label, layer, size, cluster)
                }
                _ => Item::new(Kind::Bend, layer, Size::default(), cluster),
            };
            chain.push(self.add(item));
        }
        chain.push(high);
        for pair in chain.windows(2) {
            self.items[pair[0]].right.push(pair[1]);
            self.items[pair[1]].left.push(pair[0]);
        }
        self.chains[edge] = chain;
    }

    /// Makes nodes high enough for the ends of their edges, and reserves room for loops below them.
    fn make_room_for_ports(&mut self, graph: &LayoutGraph) {
        for (item, node) in self.items.iter_mut().zip(&graph.nodes) {
            let min_height = ports::height_for(node, item.left.len().max(item.right.len()));
            item.above = item.above.max(min_height / 2.0);
            item.below = item.above + node.loops.height;
        }
    }
}
