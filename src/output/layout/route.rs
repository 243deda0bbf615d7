//! The lines: level through each layer's band, curved only in the gaps between the bands.
//!
//! Boxes and labels lie inside the bands, each with a stretch of the layer to itself, and a line keeps to the
//! stretch of its bend or label. So no line can touch a box or a label that is not its own.

use super::clusters::PADDING;
use super::coordinates::Coordinates;
use super::geometry::{Path, Point, Rect, Size, Step};
use super::layered::{Kind, Layered};
use super::ports::Ports;
use super::sketch::{Frame, Route, Sketch, reach};

/// The length of an arrow head, and half its width.
pub(super) const ARROW_LENGTH: f64 = 9.0;
const ARROW_HALF_WIDTH: f64 = 3.0;

/// The room left and right of the boxes in a band, where lines are still level.
const STUB: f64 = ARROW_LENGTH + 3.0;

/// The narrowest and widest gap between two bands.
const GAPS: (f64, f64) = (18.0, 90.0);

/// How much wider a gap gets for each unit that a line in it climbs.
const GAP_PER_CLIMB: f64 = 0.15;

/// The stretch along the edges that the items of a layer lie in.
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

/// A place where a line runs level, in the direction in which the line is drawn.
struct Station {
    enter: f64,
    leave: f64,
    y: f64,
    label: Option<Rect>,
}

/// A layered graph with a place for everything, ready for its lines to be drawn.
pub(super) struct Router<'a> {
    sketch: &'a Sketch,
    graph: &'a Layered,
    y: &'a [f64],
    frames: &'a [(f64, f64)],
    bands: Vec<Band>,
    ports: &'a [Ports],
}

impl<'a> Router<'a> {
    /// Spreads the layers along the page.
    pub(super) fn new(sketch: &'a Sketch, graph: &'a Layered, ports: &'a [Ports], places: &'a Coordinates) -> Self {
        let Coordinates { items: y, frames } = places;
        Self { sketch, graph, y, frames, bands: bands(graph, y), ports }
    }

    /// The extent of the whole drawing.
    pub(super) fn size(&self) -> Size {
        let bottoms = self.graph.items.iter().zip(self.y).map(|(item, y)| y + item.below);
        let bottoms = bottoms.chain(self.frames.iter().map(|(_, lower)| *lower));
        Size { width: self.bands.last().map_or(0.0, |band| band.end), height: bottoms.fold(0.0, f64::max) }
    }

    /// The place of a box.
    pub(super) fn node(&self, node: usize) -> Rect {
        let item = &self.graph.items[node];
        let centre = Point::new(self.bands[item.layer].centre(), self.y[node]);
        Rect::centred(centre, Size { width: item.width, height: 2.0 * item.above })
    }

    /// The place of a frame and its label.
    pub(super) fn frame(&self, cluster: usize) -> Frame {
        let (span, (upper, lower)) = (self.graph.spans[cluster], self.frames[cluster]);
        let (start, end) = (self.bands[span.first].start - PADDING, self.bands[span.last].end + PADDING);
        let rect = Rect { corner: Point::new(start, upper), size: Size { width: end - start, height: lower - upper } };
        let (item, y) = (&self.graph.items[span.title], self.y[span.title]);
        let x = if self.sketch.mirrored { end - PADDING - item.width } else { start + PADDING };
        let size = Size { width: item.width, height: item.above + item.below };
        Frame { rect, title: Rect { corner: Point::new(x, y - item.above), size } }
    }

    /// The line of an edge between two boxes.
    pub(super) fn route(&self, edge: usize) -> Route {
        let stations = self.stations(edge);
        let [first, .., last] = stations.as_slice() else { return Route::default() };
        let forward = if self.graph.reversed[edge] { -1.0 } else { 1.0 };
        let mut path = Path { steps: vec![Step::Move(Point::new(first.enter, first.y))] };
        let mut at = Point::new(first.leave, first.y);
        path.line_to(at);
        let mut label = Rect::default();
        for station in &stations[1..] {
            path.curve_to(at, Point::new(station.enter, station.y));
            if let Some(rect) = station.label {
                label = rect;
                label_break(&mut path, rect, forward < 0.0);
            }
            at = Point::new(station.leave, station.y);
            if !std::ptr::eq(station, last) {
                path.line_to(at);
            }
        }
        path.line_to(Point::new(at.x - forward * ARROW_LENGTH, at.y));
        Route { path, arrow: arrow(at, Point::new(forward, 0.0)), label }
    }

    /// Where a line runs level, from its first box to its last.
    fn stations(&self, edge: usize) -> Vec<Station> {
        let chain = &self.graph.chains[edge];
        let [low, inner @ .., high] = chain.as_slice() else { return Vec::new() };
        let ports = self.ports[edge];
        let (low_port, high_port) = (self.y[*low] + ports.left, self.y[*high] + ports.right);
        let mut stations = Vec::with_capacity(chain.len());
        stations.push(Station {
            enter: self.border(*low, low_port, 1.0),
            leave: self.bands[self.graph.items[*low].layer].end,
            y: low_port,
            label: None,
        });
        for &index in inner {
            let (item, y) = (&self.graph.items[index], self.y[index]);
            let band = self.bands[item.layer];
            let size = Size { width: item.width, height: item.above + item.below };
            let label = (item.kind == Kind::Label).then(|| Rect::centred(Point::new(band.centre(), y), size));
            stations.push(Station { enter: band.start, leave: band.end, y, label });
        }
        stations.push(Station {
            enter: self.bands[self.graph.items[*high].layer].start,
            leave: self.border(*high, high_port, -1.0),
            y: high_port,
            label: None,
        });
        if self.graph.reversed[edge] {
            stations.reverse();
            for station in &mut stations {
                std::mem::swap(&mut station.enter, &mut station.leave);
            }
        }
        stations
    }

    /// The x coordinate of a box's outline at this height, on its right (1) or left (-1) side.
    fn border(&self, node: usize, y: f64, side: f64) -> f64 {
        let frame = self.node(node);
        let (along, across) = (frame.size.width / 2.0, frame.size.height / 2.0);
        let outline = self.sketch.nodes[node].outline;
        frame.centre().x + side * reach(outline, along, across, y - frame.centre().y)
    }
}

/// Interrupts a level line where its label stands.
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

/// Lays the layers' bands side by side; where lines climb far between two, there is more room.
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
