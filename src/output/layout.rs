//! Where everything in a diagram goes: boxes, labels and lines, as numbers.
//!
//! 1. Texts are measured, which gives the sizes of boxes and labels ([`metrics`](super::metrics), `measure`).
//! 2. Each connected part is laid out in layers (`layout/arrange.rs`): cycles are broken and boxes ranked
//!    (`rank`), edges cut into pieces with their labels in between (`layered`), layers sorted (`order`) and
//!    spaced (`coordinates`), lines drawn (`route`, `loops`). Frames take part in each step (`clusters`).
//! 3. The parts are packed on a page (`pack`).
//!
//! Invariant: no box or label overlaps another, and no line touches a box or a label that is not its own. A frame holds its own
//! boxes and no others, and no two frames overlap.
//! The result depends on the diagram alone: nothing is random, and no trigonometry differs by platform.
//!
//! `rust-sugiyama`, the ready-made layout for petgraph, returns places of boxes but not of the bends of long
//! edges, so lines could not be kept off boxes. Brandes and Köpf's coordinates, which it uses, made
//! pages up to three times as high as [`coordinates`] does.

mod arrange;
mod clusters;
mod coordinates;
mod direction;
mod geometry;
mod layered;
mod loops;
mod measure;
mod order;
mod pack;
mod ports;
mod rank;
mod route;
mod simplex;
mod sketch;
#[cfg(test)]
mod tests;

pub use geometry::{Outline, Path, Point, Rect, Size, Step};
pub use measure::Table;
pub(super) use route::arrow;

use geometry::Placed;
use sketch::{Island, Route, Sketch, SketchEdge, SketchNode};

use super::diagram::{Diagram, DiagramEdge, RankDir};
use super::text_metrics::TextBlock;

/// The room around a drawing.
const PAGE_MARGIN: f64 = 16.0;

/// A diagram with a place for everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The size of the page; everything lies within it.
    pub size: Size,
    /// The boxes, as in [`Diagram::nodes`].
    pub nodes: Vec<PlacedNode>,
    /// The lines, in the order of [`Diagram::edges`]; without those whose ends are no boxes of the diagram.
    pub edges: Vec<PlacedEdge>,
    /// The frames that hold any box, in the order of [`Diagram::clusters`].
    pub clusters: Vec<PlacedCluster>,
}

/// A box with a place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    /// Where it lies.
    pub frame: Rect,
    /// What form its border has.
    pub outline: Outline,
    /// Its label.
    pub text: TextBlock,
    /// Its rows, below the label.
    pub table: Table,
}

/// A frame around boxes with a place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedCluster {
    /// Index in [`Diagram::clusters`].
    pub index: usize,
    /// Where it lies.
    pub frame: Rect,
    /// Where its label lies, inside.
    pub title: Rect,
    /// Its label.
    pub text: TextBlock,
}

/// A line with a place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdge {
    /// Index in [`Diagram::edges`].
    pub index: usize,
    /// The line, up to its arrow head; interrupted where the label stands.
    pub path: Path,
    /// The corners of the arrow head; the one in the middle is its tip, on the border of a box.
    pub arrow: [Point; 3],
    /// Where the label lies, if there is one: in the line's gap.
    pub frame: Option<Rect>,
    /// Its label, for the middle of the frame.
    pub text: TextBlock,
}

impl Layout {
    /// Gives everything in `diagram` a place.
    ///
    /// The steps' own pages say what each costs; 200 boxes and 400 labelled lines take a fraction of a second.
    #[must_use]
    pub fn new(diagram: &Diagram) -> Self {
        let mut layout = Self::measure(diagram);
        let parts = layout.parts(diagram);
        let (single, connected): (Vec<_>, Vec<_>) = parts.into_iter().partition(Part::is_single);

        let mut islands: Vec<Island> = connected.iter().map(|part| layout.island(diagram, part)).collect();
        let widest = islands.iter().map(|island| island.size.width).fold(0.0, f64::max);
        let sizes: Vec<Size> = single.iter().map(|part| layout.nodes[part.nodes[0]].frame.size).collect();
        let (grid, grid_size) = pack::grid(&sizes, widest);

        let mut sizes: Vec<Size> = islands.iter().map(|island| island.size).collect();
        if !single.is_empty() {
            sizes.push(grid_size);
        }
        let (corners, page) = pack::shelves(&sizes);
        let page_corner = |corner: &Point| Point::new(corner.x + PAGE_MARGIN, corner.y + PAGE_MARGIN);
        for ((part, island), corner) in connected.iter().zip(&mut islands).zip(&corners) {
            island.translate(page_corner(corner));
            layout.settle(part, island);
        }
        if let Some(grid_corner) = corners.get(islands.len()) {
            for (part, corner) in single.iter().zip(&grid) {
                let corner = Point::new(corner.x + grid_corner.x, corner.y + grid_corner.y);
                layout.nodes[part.nodes[0]].frame.corner = page_corner(&corner);
            }
        }
        layout.size = Size { width: page.width + 2.0 * PAGE_MARGIN, height: page.height + 2.0 * PAGE_MARGIN };
        layout
    }

    /// A layout with all sizes and no places.
    fn measure(diagram: &Diagram) -> Self {
        let edges = diagram.edges.iter().enumerate();
        let edges = edges.filter(|(_, edge)| edge.from.max(edge.to) < diagram.nodes.len());
        let clusters = diagram.clusters.iter().enumerate();
        let clusters = clusters.filter(|(index, _)| diagram.nodes.iter().any(|node| node.cluster == Some(*index)));
        Self {
            size: Size::default(),
            nodes: diagram.nodes.iter().map(PlacedNode::measure).collect(),
            edges: edges.map(|(index, edge)| PlacedEdge::measure(index, edge)).collect(),
            clusters: clusters.map(|(index, cluster)| PlacedCluster::measure(index, cluster)).collect(),
        }
    }

    /// The parts of the diagram that lines and frames hold together, in the order of their first boxes.
    fn parts(&self, diagram: &Diagram) -> Vec<Part> {
        let mut joined = petgraph::unionfind::UnionFind::<usize>::new(self.nodes.len());
        for placed in &self.edges {
            let edge = &diagram.edges[placed.index];
            joined.union(edge.from, edge.to);
        }
        let members: Vec<Vec<usize>> = self.clusters.iter().map(|cluster| members(diagram, cluster.index)).collect();
        for pair in members.iter().flat_map(|members| members.windows(2)) {
            joined.union(pair[0], pair[1]);
        }
        let part_of = joined.into_labeling();
        let mut parts: Vec<Part> = vec![Part::default(); self.nodes.len()];
        for (node, &part) in part_of.iter().enumerate() {
            parts[part].nodes.push(node);
        }
        for (index, placed) in self.edges.iter().enumerate() {
            parts[part_of[diagram.edges[placed.index].from]].edges.push(index);
        }
        for (index, members) in members.iter().enumerate() {
            parts[part_of[members[0]]].clusters.push(index);
        }
        parts.retain(|part| !part.nodes.is_empty());
        parts.sort_by_key(|part| part.nodes[0]);
        parts
    }

    /// Lays out one part.
    fn island(&self, diagram: &Diagram, part: &Part) -> Island {
        let upright = matches!(diagram.rankdir, RankDir::TopBottom | RankDir::BottomTop);
        let mirrored = matches!(diagram.rankdir, RankDir::RightLeft | RankDir::BottomTop);
        let turned = |size: Size| if upright { size.transposed() } else { size };
        let local = |node: usize| part.nodes.binary_search(&node).unwrap_or(0);
        let mut loops = vec![Vec::new(); part.nodes.len()];
        let mut edges = Vec::with_capacity(part.edges.len());
        for placed in part.edges.iter().map(|&edge| &self.edges[edge]) {
            let DiagramEdge { from, to, .. } = diagram.edges[placed.index];
            let label = turned(placed.frame.map_or(Size::default(), |frame| frame.size));
            let edge = SketchEdge { from: local(from), to: local(to), label };
            if edge.is_loop() {
                loops[edge.from].push(label);
            }
            edges.push(edge);
        }
        let nodes = part.nodes.iter().zip(&loops).map(|(&node, labels)| {
            let PlacedNode { frame, outline, .. } = &self.nodes[node];
            let mut size = turned(frame.size);
            let loops = loops::room(labels);
            size.width = size.width.max(loops.width);
            let own = diagram.nodes[node].cluster;
            let cluster = part.clusters.iter().position(|&cluster| Some(self.clusters[cluster].index) == own);
            SketchNode { size, outline: *outline, loops, cluster }
        });
        let nodes = nodes.collect();
        let titles = part.clusters.iter().map(|&cluster| turned(self.clusters[cluster].title.size)).collect();
        let mut island = arrange::arrange(&Sketch { nodes, edges, titles, mirrored });
        if mirrored {
            let width = island.size.width;
            island.map_points(|point| Point::new(width - point.x, point.y));
        }
        if upright {
            island.transpose();
            island.size = island.size.transposed();
        }
        island
    }

    /// Takes over the places found for one part.
    fn settle(&mut self, part: &Part, island: &Island) {
        for (&node, &frame) in part.nodes.iter().zip(&island.nodes) {
            self.nodes[node].frame = frame;
        }
        for (&edge, Route { path, arrow, label }) in part.edges.iter().zip(&island.routes) {
            let edge = &mut self.edges[edge];
            edge.path = path.clone();
            edge.arrow = *arrow;
            edge.frame = edge.frame.map(|_| *label);
        }
        for (&cluster, frame) in part.clusters.iter().zip(&island.frames) {
            self.clusters[cluster].frame = frame.rect;
            self.clusters[cluster].title = frame.title;
        }
    }
}

/// Boxes that lines and frames hold together, those lines and those frames, as indices in a [`Layout`]; ascending.
#[derive(Clone, Debug, Default)]
struct Part {
    nodes: Vec<usize>,
    edges: Vec<usize>,
    clusters: Vec<usize>,
}

impl Part {
    fn is_single(&self) -> bool {
        self.edges.is_empty() && self.clusters.is_empty()
    }
}

/// The boxes of a frame.
fn members(diagram: &Diagram, cluster: usize) -> Vec<usize> {
    let nodes = diagram.nodes.iter().enumerate();
    nodes.filter(|(_, node)| node.cluster == Some(cluster)).map(|(index, _)| index).collect()
}
