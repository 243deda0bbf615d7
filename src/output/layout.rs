//! Where everything in a diagram goes: boxes, labels and lines, as numbers.
//!
//! 1. Texts are measured, which gives the sizes of boxes and labels ([`metrics`](super::metrics)).
//! 2. Each connected part is laid out in layers (`layout/arrange.rs`): cycles are broken and boxes ranked
//!    (`rank`), edges cut into pieces with their labels in between (`layered`), layers sorted (`order`) and
//!    spaced (`coordinates`), lines drawn (`route`, `loops`).
//! 3. The parts are packed on a page (`pack`).
//!
//! Invariant: no box or label overlaps another, and no line touches a box or a label that is not its own.
//! The result depends on the diagram alone: nothing is random, and no trigonometry differs by platform.
//!
//! `rust-sugiyama`, the ready-made layout for petgraph, returns places of boxes but not of the bends of long
//! edges, so lines could not be kept off boxes. Brandes and Köpf's coordinates, which it uses, made
//! pages up to three times as high as [`coordinates`] does.

mod arrange;
mod coordinates;
mod direction;
mod geometry;
mod layered;
mod loops;
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

use geometry::Placed;
use sketch::{Island, Route, Sketch, SketchEdge, SketchNode};

use super::diagram::{Attributes, Diagram, DiagramEdge, RankDir};
use super::metrics::{Font, TextBlock};

/// The room around a drawing.
const PAGE_MARGIN: f64 = 16.0;

/// Average letters in a line of a box, of an ellipse (wider than its text) and of an edge's label.
const BOX_COLUMNS: u16 = 24;
const ELLIPSE_COLUMNS: u16 = 16;
const LABEL_COLUMNS: u16 = 22;

const NODE_FONT_SIZE: f64 = 13.0;
const LABEL_FONT_SIZE: f64 = 10.5;

/// The room between the text of a box and its border, and the least size of a box.
const NODE_PADDING: Size = Size { width: 10.0, height: 6.0 };
const LEAST_NODE: Size = Size { width: 28.0, height: 28.0 };

/// The room around the text of an edge's label.
const LABEL_PADDING: Size = Size { width: 5.0, height: 1.0 };

/// A diagram with a place for everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The size of the page; everything lies within it.
    pub size: Size,
    /// The boxes, as in [`Diagram::nodes`].
    pub nodes: Vec<PlacedNode>,
    /// The lines, in the order of [`Diagram::edges`]; without those whose ends are no boxes of the diagram.
    pub edges: Vec<PlacedEdge>,
}

/// A box with a place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    /// Where it lies.
    pub frame: Rect,
    /// What form its border has.
    pub outline: Outline,
    /// Its label, for the middle of the frame.
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
        let upright = matches!(diagram.rankdir, RankDir::TopBottom | RankDir::BottomTop);
        let mut layout = Self::measure(diagram);
        let parts = layout.parts(diagram);
        let (single, connected): (Vec<_>, Vec<_>) = parts.into_iter().partition(Part::is_single);

        let mut islands: Vec<Island> = connected.iter().map(|part| layout.island(diagram, part, upright)).collect();
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
        let nodes = diagram.nodes.iter().map(|node| {
            let outline = outline(&node.attributes);
            let columns = if outline == Outline::Ellipse { ELLIPSE_COLUMNS } else { BOX_COLUMNS };
            let text = TextBlock::wrap(&node.label, font(&node.attributes, NODE_FONT_SIZE), columns);
            let size = box_size(outline, &text);
            PlacedNode { frame: Rect { size, ..Rect::default() }, outline, text }
        });
        let edges = diagram.edges.iter().enumerate();
        let edges = edges.filter(|(_, edge)| edge.from.max(edge.to) < diagram.nodes.len()).map(|(index, edge)| {
            let text = TextBlock::wrap(&edge.label, font(&edge.attributes, LABEL_FONT_SIZE), LABEL_COLUMNS);
            let size = padded(&text, LABEL_PADDING);
            let frame = (!text.lines.is_empty()).then(|| Rect { size, ..Rect::default() });
            PlacedEdge { index, path: Path::default(), arrow: <[Point; 3]>::default(), frame, text }
        });
        Self { size: Size::default(), nodes: nodes.collect(), edges: edges.collect() }
    }

    /// The connected parts of the diagram, in the order of their first boxes.
    fn parts(&self, diagram: &Diagram) -> Vec<Part> {
        let mut joined = petgraph::unionfind::UnionFind::<usize>::new(self.nodes.len());
        for placed in &self.edges {
            let edge = &diagram.edges[placed.index];
            joined.union(edge.from, edge.to);
        }
        let part_of = joined.into_labeling();
        let mut parts: Vec<Part> = vec![Part::default(); self.nodes.len()];
        for (node, &part) in part_of.iter().enumerate() {
            parts[part].nodes.push(node);
        }
        for (index, placed) in self.edges.iter().enumerate() {
            parts[part_of[diagram.edges[placed.index].from]].edges.push(index);
        }
        parts.retain(|part| !part.nodes.is_empty());
        parts.sort_by_key(|part| part.nodes[0]);
        parts
    }

    /// Lays out one connected part.
    fn island(&self, diagram: &Diagram, part: &Part, upright: bool) -> Island {
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
            SketchNode { size, outline: *outline, loops }
        });
        let mut island = arrange::arrange(&Sketch { nodes: nodes.collect(), edges });
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
    }
}

/// Boxes that lines connect, and those lines, as indices in a [`Layout`]; ascending.
#[derive(Clone, Debug, Default)]
struct Part {
    nodes: Vec<usize>,
    edges: Vec<usize>,
}

impl Part {
    fn is_single(&self) -> bool {
        self.edges.is_empty()
    }
}

/// The outline of a box, by Graphviz's name of its shape; those not known here are boxes.
fn outline(attributes: &Attributes) -> Outline {
    match attributes.get("shape").map(String::as_str) {
        Some("ellipse" | "oval" | "circle") => Outline::Ellipse,
        _ => Outline::Box,
    }
}

fn box_size(outline: Outline, text: &TextBlock) -> Size {
    let size = padded(text, NODE_PADDING);
    let size = Size { width: size.width.max(LEAST_NODE.width), height: size.height.max(LEAST_NODE.height) };
    // The smallest ellipse of a rectangle's ratio around it is √2 times as wide and high.
    let factor = if outline == Outline::Ellipse { std::f64::consts::SQRT_2 } else { 1.0 };
    Size { width: size.width * factor, height: size.height * factor }
}

fn padded(text: &TextBlock, padding: Size) -> Size {
    Size { width: text.width + 2.0 * padding.width, height: text.height + 2.0 * padding.height }
}

/// The font that Graphviz's attributes ask for.
fn font(attributes: &Attributes, default_size: f64) -> Font {
    let size = attributes.get("fontsize").and_then(|size| size.trim().parse::<f64>().ok());
    let size = size.filter(|size| size.is_finite()).map_or(default_size, |size| size.clamp(1.0, 200.0));
    let bold = attributes.get("fontname").is_some_and(|name| name.to_ascii_lowercase().contains("bold"));
    Font { size, bold }
}
