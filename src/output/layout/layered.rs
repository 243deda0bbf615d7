//! The graph in layers: every edge cut into pieces from one layer to the next.
//!
//! A label is an item of its own in the middle of its edge, so it gets a place as a box does, and nothing
//! else can lie there. Graphviz does the same (Gansner, Koutsofios, North and Vo, *A technique for drawing
//! directed graphs*, 1993).

use super::clusters::{self, Span};
use super::direction::{Ranking, rank_with_directions};
use super::geometry::Size;
use super::ports;
use super::sketch::Sketch;

/// What an [`Item`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A box.
    Node,
    /// The label of an edge.
    Label,
    /// An edge on its way through a layer.
    Bend,
    /// The label of a frame.
    Title,
    /// A frame on its way through a layer.
    Spine,
}

/// What takes up room in a layer.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) layer: usize,
    /// The frame that it lies in, with all that lies there next to it; everything else keeps out.
    pub(super) cluster: Option<usize>,
    /// The extent along the edges.
    pub(super) width: f64,
    /// The room on the upper side of its axis.
    pub(super) above: f64,
    /// The room on the lower side.
    pub(super) below: f64,
    /// The items in the layer before that a piece of edge leads to, once for each piece.
    pub(super) left: Vec<usize>,
    /// The same in the layer after.
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
            Kind::Bend | Kind::Title => 4.0,
            Kind::Spine => 0.0,
        }
    }

    /// The distance that the axis of `next`, just below this item, keeps from its axis.
    pub(super) fn distance_to(&self, next: &Item) -> f64 {
        self.below + self.margin() + next.margin() + next.above
    }
}

/// A graph of which each piece of an edge leads from one layer to the next.
#[derive(Clone, Debug)]
pub(super) struct Layered {
    /// The boxes first, as in the sketch, then what lies between.
    pub(super) items: Vec<Item>,
    /// The items of each layer.
    pub(super) layers: Vec<Vec<usize>>,
    /// The items that each edge leads through, from left to right; none for a loop.
    pub(super) chains: Vec<Vec<usize>>,
    /// Whether the edge itself runs from right to left.
    pub(super) reversed: Vec<bool>,
    /// The layers that each frame reaches over, and its label.
    pub(super) spans: Vec<Span>,
}

impl Layered {
    /// Ranks the boxes of a connected sketch and puts labels and bends between them.
    pub(super) fn new(sketch: &Sketch) -> Self {
        let mut ends: Vec<(usize, usize)> = Vec::new();
        let mut edges: Vec<usize> = Vec::new();
        for (index, edge) in sketch.edges.iter().enumerate().filter(|(_, edge)| !edge.is_loop()) {
            ends.push((edge.from, edge.to));
            edges.push(index);
        }
        let Ranking { ranks, turned } = rank_with_directions(sketch.nodes.len(), &ends, &clusters::ties(sketch, &ends));
        for ((from, to), _) in ends.iter_mut().zip(&turned).filter(|(_, turned)| **turned) {
            std::mem::swap(from, to);
        }
        // Every second layer is for labels, unless there are none.
        let labelled = edges.iter().any(|&edge| sketch.edges[edge].label.width > 0.0);
        let stride = if labelled { 2 } else { 1 };
        let layer_count = ranks.iter().max().map_or(0, |rank| rank * stride + 1);

        let mut graph = Self {
            items: Vec::new(),
            layers: vec![Vec::new(); layer_count],
            chains: vec![Vec::new(); sketch.edges.len()],
            reversed: vec![false; sketch.edges.len()],
            spans: Vec::new(),
        };
        for (node, rank) in sketch.nodes.iter().zip(&ranks) {
            graph.add(Item::new(Kind::Node, rank * stride, node.size, node.cluster));
        }
        // Short edges leave no choice where their label goes; so they go first.
        let mut by_length: Vec<usize> = (0..ends.len()).collect();
        by_length.sort_by_key(|&index| ranks[ends[index].1] - ranks[ends[index].0]);
        let mut label_room = vec![0.0; layer_count];
        for index in by_length {
            let edge = edges[index];
            graph.reversed[edge] = turned[index];
            let label = labelled.then_some(sketch.edges[edge].label);
            graph.add_chain(edge, ends[index], label, &mut label_room);
        }
        graph.make_room_for_ports(sketch);
        graph.spans = clusters::spans(sketch, &mut graph);
        graph
    }

    pub(super) fn add(&mut self, item: Item) -> usize {
        let index = self.items.len();
        self.layers[item.layer].push(index);
        self.items.push(item);
        index
    }

    /// PropertyKind an edge through the layers between its ends, with its label in the emptiest of the odd ones
    /// near the middle.
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

    /// Makes boxes high enough for all edges that end there, and keeps room for loops below them.
    fn make_room_for_ports(&mut self, sketch: &Sketch) {
        for (item, node) in self.items.iter_mut().zip(&sketch.nodes) {
            let least = ports::height_for(node, item.left.len().max(item.right.len()));
            item.above = item.above.max(least / 2.0);
            item.below = item.above + node.loops.height;
        }
    }
}
