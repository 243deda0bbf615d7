//! A connected part of a diagram, reduced to sizes: what the layered layout works on and what it returns.
//!
//! Edges run from left to right here; for a diagram from top to bottom, everything is mirrored at the
//! diagonal before and after.

use super::geometry::{Outline, Path, Placed, Point, Rect, Size};

/// Boxes and the edges between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sketch {
    pub(super) nodes: Vec<SketchNode>,
    pub(super) edges: Vec<SketchEdge>,
    /// The sizes of the labels of frames around boxes.
    pub(super) titles: Vec<Size>,
    /// Whether the drawing is mirrored afterwards, so that a frame begins in its last layer.
    pub(super) mirrored: bool,
}

/// A box to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct SketchNode {
    pub(super) size: Size,
    pub(super) outline: Outline,
    /// The room that the edges from the box to itself take up below it.
    pub(super) loops: Size,
    /// The frame that it stands in: an index in [`Sketch::titles`].
    pub(super) cluster: Option<usize>,
}

/// A line to be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct SketchEdge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Zero for a line without a label.
    pub(super) label: Size,
}

/// A line with its arrow head and its label's place.
#[derive(Clone, Debug, Default)]
pub(super) struct Route {
    pub(super) path: Path,
    /// The corners of the arrow head, its tip in the middle.
    pub(super) arrow: [Point; 3],
    pub(super) label: Rect,
}

/// A sketch after layout, in a frame of its own that begins at zero.
#[derive(Clone, Debug, Default)]
pub(super) struct Island {
    pub(super) size: Size,
    pub(super) nodes: Vec<Rect>,
    pub(super) routes: Vec<Route>,
    pub(super) frames: Vec<Frame>,
}

/// A frame with its label's place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frame {
    pub(super) rect: Rect,
    pub(super) title: Rect,
}

impl SketchEdge {
    pub(super) fn is_loop(&self) -> bool {
        self.from == self.to
    }
}

/// Half the extent of a box in one direction, at `offset` from its centre in the other.
///
/// `along` is the half extent asked for, `across` the one that `offset` is measured in.
pub(super) fn reach(outline: Outline, along: f64, across: f64, offset: f64) -> f64 {
    match outline {
        Outline::Box => along,
        Outline::Ellipse if across > 0.0 => {
            let ratio = (offset / across).clamp(-1.0, 1.0);
            along * (1.0 - ratio * ratio).sqrt()
        }
        Outline::Ellipse => 0.0,
    }
}

impl Placed for Route {
    fn map_points(&mut self, map: impl Fn(Point) -> Point) {
        self.path.map_points(&map);
        self.arrow = self.arrow.map(&map);
        self.label.map_points(&map);
    }
}

impl Placed for Island {
    fn map_points(&mut self, map: impl Fn(Point) -> Point) {
        for node in &mut self.nodes {
            node.map_points(&map);
        }
        for route in &mut self.routes {
            route.map_points(&map);
        }
        for frame in &mut self.frames {
            frame.rect.map_points(&map);
            frame.title.map_points(&map);
        }
    }
}
