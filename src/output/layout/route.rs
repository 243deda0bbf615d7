//! Routes of edges: horizontal through each layer's band, curved in the gaps between bands.
//!
//! Nodes and labels are inside the bands, each in its own interval of the layer, and an edge stays within the interval of its bend or
//! label. So no edge can touch a node or a label other than its own.

use super::clusters::PADDING;
use super::coordinates::Coordinates;
use super::geometry::{Path, Point, Rect, Size, Step};
use super::graph::{ClusterBounds, LayoutGraph, Route, half_extent};
use super::layered::{Kind, Layered};
use super::ports::Ports;

/// The length of an arrow head, and half its width.
pub(super) const ARROW_LENGTH: f64 = 9.0;
const ARROW_HALF_WIDTH: f64 = 3.0;

/// The room left and right of the nodes in a band, in which edges are horizontal.
const STUB: f64 = ARROW_LENGTH + 3.0;

/// The narrowest and widest gap between two bands.
const GAPS: (f64, f64) = (18.0, 90.0);

/// The additional width of a gap for each unit that an edge climbs in it.
const GAP_PER_CLIMB: f64 = 0.15;

/// The interval of a layer along the edges.
#[derive(Clone, Copy, Debug)]
struct Band {
    start: f64,
    end: f64,
}

impl Band {
    fn centre(self) -> f64 {
        f64::midpoint(self.start, self.end)
    }
}

/// A horizontal stretch of an edge, in the direction of the edge.
struct Stretch {
    enter: f64,
    leave: f64,
    y: f64,
    label: Option<Rect>,
}

/// A layered graph with the coordinates of its items.
pub(super) struct Router<'a> {
    graph: &'a LayoutGraph,
    layered: &'a Layered,
    y: &'a [f64],
    clusters: &'a [(f64, f64)],
    bands: Vec<Band>,
    ports: &'a [Ports],
}

impl<'a> Router<'a> {
    /// Distributes the layers along the page.
    pub(super) fn new(
        graph: &'a LayoutGraph,
        layered: &'a Layered,
        ports: &'a [Ports],
        coordinates: &'a Coordinates,
    ) -> Self {
        let Coordinates { items: y, clusters } = coordinates;
        Self { graph, layered, y, clusters, bands: bands(layered, y), ports }
    }

    /// The size of the component.
    pub(super) fn size(&self) -> Size {
        let bottoms = self.layered.items.iter().zip(self.y).map(|(item, y)| y + item.below);
        let bottoms = bottoms.chain(self.clusters.iter().map(|(_, lower)| *lower));
        Size { width: self.bands.last().map_or(0.0, |band| band.end), height: bottoms.fold(0.0, f64::max) }
    }

    /// The bounds of a node.
    pub(super) fn node(&self, node: usize) -> Rect {
        let item = &self.layered.items[node];
        let centre = Point::new(self.bands[item.layer].centre(), self.y[node]);
        Rect::centred(centre, Size { width: item.width, height: 2.0 * item.above })
    }

    /// The bounds of a cluster and its label.
    pub(super) fn cluster(&self, cluster: usize) -> ClusterBounds {
        let (span, (upper, lower)) = (self.layered.spans[cluster], self.clusters[cluster]);
        let (start, end) = (self.bands[span.first].start - PADDING, self.bands[span.last].end + PADDING);
        let rect = Rect { corner: Point::new(start, upper), size: Size { width: end - start, height: lower - upper } };
        let (item, y) = (&self.layered.items[span.label], self.y[span.label]);
        let x = if self.graph.mirrored { end - PADDING - item.width } else { start + PADDING };
        let size = Size { width: item.width, height: item.above + item.below };
        ClusterBounds { rect, label: Rect { corner: Point::new(x, y - item.above), size } }
    }

    /// The route of an edge between two nodes.
    pub(super) fn route(&self, edge: usize) -> Route {
        let stretches = self.stretches(edge);
        let [first, .., last] = stretches.as_slice() else { return Route::default() };
        let forward = if self.layered.reversed[edge] { -1.0 } else { 1.0 };
        let mut path = Path { steps: vec![Step::Move(Point::new(first.enter, first.y))] };
        let mut end = Point::new(first.leave, first.y);
        path.line_to(end);
        let mut label = Rect::default();
        for stretch in &stretches[1..] {
            path.curve_to(end, Point::new(stretch.enter, stretch.y));
            if let Some(rect) = stretch.label {
                label = rect;
                label_break(&mut path, rect, forward < 0.0);
            }
            end = Point::new(stretch.leave, stretch.y);
            if !std::ptr::eq(stretch, last) {
                path.line_to(end);
            }
        }
        path.line_to(Point::new(end.x - forward * ARROW_LENGTH, end.y));
        Route { path, arrow: arrow(end, Point::new(forward, 0.0)), label }
    }

    /// The horizontal stretches of an edge, from its first node to its last.
    fn stretches(&self, edge: usize) -> Vec<Stretch> {
        let (chain, ports) = (&self.layered.chains[edge], self.ports[edge]);
        let stretch = |(position, &index): (usize, &usize)| {
            let (item, y) = (&self.layered.items[index], self.y[index]);
            let band = self.bands[item.layer];
            let mut stretch = Stretch { enter: band.start, leave: band.end, y, label: None };
            if position == 0 {
                stretch.y = y + ports.at_left_node;
                stretch.enter = self.border(index, stretch.y, 1.0);
            } else if position == chain.len() - 1 {
                stretch.y = y + ports.at_right_node;
                stretch.leave = self.border(index, stretch.y, -1.0);
            } else if item.kind == Kind::Label {
                let size = Size { width: item.width, height: item.above + item.below };
                stretch.label = Some(Rect::centred(Point::new(band.centre(), y), size));
            }
            stretch
        };
        let mut stretches: Vec<Stretch> = chain.iter().enumerate().map(stretch).collect();
        if self.layered.reversed[edge] {
            stretches.reverse();
            for stretch in &mut stretches {
                std::mem::swap(&mut stretch.enter, &mut stretch.leave);
            }
        }
        stretches
    }

    /// The x coordinate of a node's outline at this height, on its right (1) or left (-1) side.
    fn border(&self, node: usize, y: f64, side: f64) -> f64 {
        let bounds = self.node(node);
        let (along, across) = (bounds.size.width / 2.0, bounds.size.height / 2.0);
        let outline = self.graph.nodes[node].outline;
        bounds.centre().x + side * half_extent(outline, along, across, y - bounds.centre().y)
    }
}

/// Adds a gap for the label to a horizontal line.
pub(super) fn label_break(path: &mut Path, label: Rect, leftwards: bool) {
    if label.size.width <= 0.0 {
        return;
    }
    let y = label.centre().y;
    let (near, far) = if leftwards { (label.right(), label.corner.x) } else { (label.corner.x, label.right()) };
    path.line_to(Point::new(near, y));
    path.steps.push(Step::Move(Point::new(far, y)));
}

/// The corners of an arrow head with this tip, pointing along a unit vector.
pub(in crate::output) fn arrow(tip: Point, direction: Point) -> [Point; 3] {
    let base = Point::new(tip.x - direction.x * ARROW_LENGTH, tip.y - direction.y * ARROW_LENGTH);
    let side = Point::new(-direction.y * ARROW_HALF_WIDTH, direction.x * ARROW_HALF_WIDTH);
    [Point::new(base.x + side.x, base.y + side.y), tip, Point::new(base.x - side.x, base.y - side.y)]
}

/// The bands of the layers. Gaps in which edges climb far are wider.
fn bands(graph: &Layered, y: &[f64]) -> Vec<Band> {
    let mut bands = Vec::with_capacity(graph.layers.len());
    let mut start = 0.0;
    for layer in &graph.layers {
        let items = || layer.iter().map(|&item| &graph.items[item]);
        let stub = if items().any(|item| item.kind == Kind::Node) { STUB } else { 0.0 };
        let end = start + items().map(|item| item.width).fold(0.0, f64::max) + 2.0 * stub;
        bands.push(Band { start, end });
        let climbs = layer.iter().flat_map(|&item| graph.items[item].right.iter().map(move |&to| (item, to)));
        let climb = climbs.map(|(item, to)| (y[to] - y[item]).abs()).fold(0.0, f64::max);
        start = end + (climb * GAP_PER_CLIMB).clamp(GAPS.0, GAPS.1);
    }
    bands
}
