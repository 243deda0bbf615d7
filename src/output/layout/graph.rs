//! A connected component of a diagram reduced to sizes, and its placement.
//!
//! Edges run from left to right here. For a diagram from top to bottom, everything is mirrored at the diagonal before and after.

use super::geometry::{Outline, Path, Point, Rect, Size};

/// The nodes and edges of a connected component.
#[derive(Clone, Debug, Default)]
pub(super) struct LayoutGraph {
    pub(super) nodes: Vec<LayoutNode>,
    pub(super) edges: Vec<LayoutEdge>,
    /// The sizes of the labels of clusters.
    pub(super) cluster_labels: Vec<Size>,
    /// Whether the placement is mirrored afterwards, so that a cluster starts in its last layer.
    pub(super) mirrored: bool,
}

/// A node to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayoutNode {
    pub(super) size: Size,
    pub(super) outline: Outline,
    /// The room for its loops below it.
    pub(super) loops: Size,
    /// Its cluster: an index in [`LayoutGraph::cluster_labels`].
    pub(super) cluster: Option<usize>,
}

/// An edge to be routed.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayoutEdge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The size of the label; zero if there is none.
    pub(super) label: Size,
}

impl LayoutEdge {
    pub(super) fn is_loop(&self) -> bool {
        self.from == self.to
    }
}

/// The route of an edge with its arrow head and its label.
#[derive(Clone, Debug, Default)]
pub(super) struct Route {
    pub(super) path: Path,
    /// The corners of the arrow head, its tip in the middle.
    pub(super) arrow: [Point; 3],
    pub(super) label: Rect,
}

/// A cluster with its label.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClusterBounds {
    pub(super) rect: Rect,
    pub(super) label: Rect,
}

/// A component after layout, in coordinates that start at zero.
#[derive(Clone, Debug, Default)]
pub(super) struct Placement {
    pub(super) size: Size,
    pub(super) nodes: Vec<Rect>,
    pub(super) routes: Vec<Route>,
    pub(super) clusters: Vec<ClusterBounds>,
}

impl Placement {
    pub(super) fn map_points(&mut self, map: impl Fn(Point) -> Point) {
        for node in &mut self.nodes {
            node.map_points(&map);
        }
        for route in &mut self.routes {
            route.path.map_points(&map);
            route.arrow = route.arrow.map(&map);
            route.label.map_points(&map);
        }
        for cluster in &mut self.clusters {
            cluster.rect.map_points(&map);
            cluster.label.map_points(&map);
        }
    }

    pub(super) fn translate(&mut self, by: Point) {
        self.map_points(|point| Point::new(point.x + by.x, point.y + by.y));
    }
}

/// Half the extent of an outline in one direction, at `offset` from its centre in the other.
///
/// `along` is half the extent in the direction of the result, `across` half the extent in that of `offset`.
pub(super) fn half_extent(outline: Outline, along: f64, across: f64, offset: f64) -> f64 {
    match outline {
        Outline::Box => along,
        Outline::Ellipse if across > 0.0 => {
            let ratio = (offset / across).clamp(-1.0, 1.0);
            along * (1.0 - ratio * ratio).sqrt()
        }
        Outline::Ellipse => 0.0,
    }
}
