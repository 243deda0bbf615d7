//! The layout of a diagram: positions and sizes of nodes, labels, edges and clusters.
//!
//! 1. Texts are measured, which gives the sizes of nodes and labels ([`text_metrics`](super::text_metrics), `measure`).
//! 2. Each connected component is laid out in layers (`arrange`): cycles are broken and nodes ranked (`direction`, `rank`), edges
//!    split into pieces with their labels in between (`layered`), layers sorted (`order`) and spaced (`coordinates`), edges routed
//!    (`route`, `loops`). Clusters are part of each step (`clusters`).
//! 3. The components are packed on a page (`pack`).
//!
//! Invariant: no node or label overlaps another, and no edge touches a node or a label other than its own. A cluster contains its own
//! nodes and no others, and no two clusters overlap.
//! The result depends only on the diagram: nothing is random, and no trigonometric function differs by platform.
//!
//! `rust-sugiyama`, the existing layout for petgraph, returns positions of nodes but not of the bends of long edges, so edges could
//! cross nodes. It uses the coordinates of Brandes and Köpf, which make pages up to three times as high as `coordinates` does.

mod arrange;
mod clusters;
mod coordinates;
mod direction;
mod geometry;
mod graph;
mod layered;
mod loops;
mod measure;
mod order;
mod pack;
mod ports;
mod rank;
mod route;
mod simplex;
#[cfg(test)]
mod tests;

pub use geometry::{Outline, Path, Point, Rect, Size, Step};
pub use measure::Table;
pub(super) use route::arrow;

use super::diagram::{Diagram, DiagramEdge, RankDir};
use super::text_metrics::TextBlock;
use graph::{LayoutEdge, LayoutGraph, LayoutNode, Placement};
use petgraph::unionfind::UnionFind;

/// The room around a diagram.
const PAGE_MARGIN: f64 = 16.0;

/// A diagram with the positions of everything in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The size of the page, which contains everything.
    pub size: Size,
    /// The nodes, as in [`Diagram::nodes`].
    pub nodes: Vec<PlacedNode>,
    /// The edges in the order of [`Diagram::edges`], without those that refer to a missing node.
    pub edges: Vec<PlacedEdge>,
    /// The clusters that contain a node, in the order of [`Diagram::clusters`].
    pub clusters: Vec<PlacedCluster>,
}

/// A node with its position.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    /// Its bounds.
    pub bounds: Rect,
    /// The form of its border.
    pub outline: Outline,
    /// Its label.
    pub text: TextBlock,
    /// Its rows, below the label.
    pub table: Table,
}

/// A cluster with its position.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedCluster {
    /// Its index in [`Diagram::clusters`].
    pub index: usize,
    /// Its bounds.
    pub bounds: Rect,
    /// The bounds of its label, inside.
    pub label_bounds: Rect,
    /// Its label.
    pub text: TextBlock,
}

/// An edge with its position.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdge {
    /// Its index in [`Diagram::edges`].
    pub index: usize,
    /// The line up to its arrow head, with a gap for the label.
    pub path: Path,
    /// The corners of the arrow head. The middle one is its tip, on the border of a node.
    pub arrow: [Point; 3],
    /// The bounds of the label in the gap of the line, if there is a label.
    pub label_bounds: Option<Rect>,
    /// Its label.
    pub text: TextBlock,
}

impl Layout {
    /// Lays out a diagram.
    ///
    /// The modules of the steps give their complexity; 200 nodes and 400 labelled edges take a fraction of a second.
    pub fn new(diagram: &Diagram) -> Self {
        let mut layout = Self::measure(diagram);
        let components = layout.components(diagram);
        let (single, connected): (Vec<_>, Vec<_>) = components.into_iter().partition(Component::is_single);

        let mut placements: Vec<Placement> =
            connected.iter().map(|component| layout.arrange(diagram, component)).collect();
        let widest = placements.iter().map(|placement| placement.size.width).fold(0.0, f64::max);
        let sizes: Vec<Size> = single.iter().map(|component| layout.nodes[component.nodes[0]].bounds.size).collect();
        let (grid, grid_size) = pack::grid(&sizes, widest);

        let mut sizes: Vec<Size> = placements.iter().map(|placement| placement.size).collect();
        if !single.is_empty() {
            sizes.push(grid_size);
        }
        let (corners, page) = pack::pack(&sizes);
        let page_corner = |corner: &Point| Point::new(corner.x + PAGE_MARGIN, corner.y + PAGE_MARGIN);
        for ((component, placement), corner) in connected.iter().zip(&mut placements).zip(&corners) {
            placement.translate(page_corner(corner));
            layout.place(component, placement);
        }
        if let Some(grid_corner) = corners.get(placements.len()) {
            for (component, corner) in single.iter().zip(&grid) {
                let corner = Point::new(corner.x + grid_corner.x, corner.y + grid_corner.y);
                layout.nodes[component.nodes[0]].bounds.corner = page_corner(&corner);
            }
        }
        layout.size = Size { width: page.width + 2.0 * PAGE_MARGIN, height: page.height + 2.0 * PAGE_MARGIN };
        layout
    }

    /// An area that the page will have at least, in linear time: no two nodes or labels overlap.
    #[cfg(feature = "png")]
    pub(super) fn least_area(diagram: &Diagram) -> f64 {
        let Self { nodes, edges, .. } = Self::measure(diagram);
        let nodes = nodes.iter().map(|node| node.bounds.size);
        let labels = edges.iter().filter_map(|edge| edge.label_bounds).map(|bounds| bounds.size);
        nodes.chain(labels).map(|size| size.width * size.height).sum()
    }

    /// A layout with all sizes, but without positions.
    fn measure(diagram: &Diagram) -> Self {
        let edges = diagram.edges.iter().enumerate();
        let edges = edges.filter(|(_, edge)| edge.from.max(edge.to) < diagram.nodes.len());
        let clusters = diagram.clusters.iter().enumerate().zip(diagram.members());
        let clusters = clusters.filter(|(_, members)| !members.is_empty()).map(|(cluster, _)| cluster);
        Self {
            size: Size::default(),
            nodes: diagram.nodes.iter().map(PlacedNode::measure).collect(),
            edges: edges.map(|(index, edge)| PlacedEdge::measure(index, edge)).collect(),
            clusters: clusters.map(|(index, cluster)| PlacedCluster::measure(index, cluster)).collect(),
        }
    }

    /// The components that edges and clusters connect, in the order of their first nodes.
    fn components(&self, diagram: &Diagram) -> Vec<Component> {
        let mut joined = UnionFind::<usize>::new(self.nodes.len());
        for placed in &self.edges {
            let edge = &diagram.edges[placed.index];
            joined.union(edge.from, edge.to);
        }
        let members = diagram.members();
        for pair in members.iter().flat_map(|members| members.windows(2)) {
            joined.union(pair[0].0, pair[1].0);
        }
        let component_of = joined.into_labeling();
        let mut components: Vec<Component> = vec![Component::default(); self.nodes.len()];
        for (node, &component) in component_of.iter().enumerate() {
            components[component].nodes.push(node);
        }
        for (index, placed) in self.edges.iter().enumerate() {
            components[component_of[diagram.edges[placed.index].from]].edges.push(index);
        }
        for (index, placed) in self.clusters.iter().enumerate() {
            components[component_of[members[placed.index][0].0]].clusters.push(index);
        }
        components.retain(|component| !component.nodes.is_empty());
        components.sort_by_key(|component| component.nodes[0]);
        components
    }

    fn arrange(&self, diagram: &Diagram, component: &Component) -> Placement {
        let vertical = matches!(diagram.rankdir, RankDir::TopBottom | RankDir::BottomTop);
        let mirrored = matches!(diagram.rankdir, RankDir::RightLeft | RankDir::BottomTop);
        let oriented = |size: Size| if vertical { size.transposed() } else { size };
        let local = |node: usize| component.nodes.binary_search(&node).unwrap_or(0);
        let mut loops = vec![Vec::new(); component.nodes.len()];
        let mut edges = Vec::with_capacity(component.edges.len());
        for placed in component.edges.iter().map(|&edge| &self.edges[edge]) {
            let DiagramEdge { from, to, .. } = diagram.edges[placed.index];
            let label = oriented(placed.label_bounds.map_or(Size::default(), |bounds| bounds.size));
            let edge = LayoutEdge { from: local(from), to: local(to), label };
            if edge.is_loop() {
                loops[edge.from].push(label);
            }
            edges.push(edge);
        }
        let nodes = component.nodes.iter().zip(&loops).map(|(&node, labels)| {
            let PlacedNode { bounds, outline, .. } = &self.nodes[node];
            let mut size = oriented(bounds.size);
            let loops = loops::room(labels);
            size.width = size.width.max(loops.width);
            let own = diagram.nodes[node].cluster;
            let cluster = component.clusters.iter().position(|&cluster| Some(self.clusters[cluster].index) == own);
            LayoutNode { size, outline: *outline, loops, cluster }
        });
        let nodes = nodes.collect();
        let labels = component.clusters.iter().map(|&cluster| oriented(self.clusters[cluster].label_bounds.size));
        let graph = LayoutGraph { nodes, edges, cluster_labels: labels.collect(), mirrored };
        let mut placement = arrange::arrange(&graph);
        if mirrored {
            let width = placement.size.width;
            placement.map_points(|point| Point::new(width - point.x, point.y));
        }
        if vertical {
            placement.map_points(|point| Point::new(point.y, point.x));
            placement.size = placement.size.transposed();
        }
        placement
    }

    /// Copies the positions of a component.
    fn place(&mut self, component: &Component, placement: &Placement) {
        for (&node, &bounds) in component.nodes.iter().zip(&placement.nodes) {
            self.nodes[node].bounds = bounds;
        }
        for (&edge, route) in component.edges.iter().zip(&placement.routes) {
            let edge = &mut self.edges[edge];
            edge.path = route.path.clone();
            edge.arrow = route.arrow;
            edge.label_bounds = edge.label_bounds.map(|_| route.label);
        }
        for (&cluster, placed) in component.clusters.iter().zip(&placement.clusters) {
            self.clusters[cluster].bounds = placed.rect;
            self.clusters[cluster].label_bounds = placed.label;
        }
    }
}

/// The nodes, edges and clusters of a connected component, as ascending indices in a [`Layout`].
#[derive(Clone, Debug, Default)]
struct Component {
    nodes: Vec<usize>,
    edges: Vec<usize>,
    clusters: Vec<usize>,
}

impl Component {
    fn is_single(&self) -> bool {
        self.edges.is_empty() && self.clusters.is_empty()
    }
}
