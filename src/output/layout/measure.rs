//! The sizes of nodes and labels.

use super::geometry::{Outline, Point, Rect, Size};
use super::{PlacedCluster, PlacedEdge, PlacedNode};
use crate::output::diagram::{Attributes, Cluster, DiagramEdge, DiagramNode, Row};
use crate::output::text_metrics::{Font, TextBlock};

/// The number of average letters in a line of a box, of an ellipse (which is wider than its text), of the label of an edge and of a
/// cluster, and in the columns of a table.
const BOX_COLUMNS: u16 = 24;
const ELLIPSE_COLUMNS: u16 = 16;
const EDGE_LABEL_COLUMNS: u16 = 22;
const CLUSTER_LABEL_COLUMNS: u16 = 28;
const NAME_COLUMNS: u16 = 16;
const VALUE_COLUMNS: u16 = 26;

const NODE_FONT_SIZE: f64 = 13.0;
const EDGE_LABEL_FONT_SIZE: f64 = 10.5;
const CLUSTER_LABEL_FONT_SIZE: f64 = 12.0;

/// The font size of a table by that of the label above it.
const TABLE_FONT: f64 = 0.82;

/// The room between the text of a node and its border, and the least size of a node.
const NODE_PADDING: Size = Size { width: 10.0, height: 6.0 };
const MIN_NODE_SIZE: Size = Size { width: 28.0, height: 28.0 };

/// The room around the label of an edge and of a cluster.
const EDGE_LABEL_PADDING: Size = Size { width: 5.0, height: 1.0 };
const CLUSTER_LABEL_PADDING: Size = Size { width: 0.0, height: 1.0 };

/// The room between the columns of a table, between its rows, and above and below the rule between label and table.
const COLUMN_GAP: f64 = 8.0;
const ROW_GAP: f64 = 2.0;
const RULE_GAP: f64 = 4.0;

/// The rows of a node in two columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    rows: Vec<[TextBlock; 2]>,
    name_width: f64,
    size: Size,
}

impl Table {
    fn new(rows: &[Row], font: Font) -> Self {
        let font = Font { size: font.size * TABLE_FONT, ..font };
        let cell = |text, columns| TextBlock::wrap(text, font, columns);
        let rows: Vec<[TextBlock; 2]> =
            rows.iter().map(|row| [cell(&row.name, NAME_COLUMNS), cell(&row.value, VALUE_COLUMNS)]).collect();
        let widest = |column: usize| rows.iter().map(|row| row[column].width).fold(0.0, f64::max);
        let (name_width, value_width) = (widest(0), widest(1));
        let height = rows.iter().map(|row| row[0].height.max(row[1].height) + ROW_GAP).sum::<f64>();
        let size = Size { width: name_width + COLUMN_GAP + value_width, height };
        Self { size: if rows.is_empty() { Size::default() } else { size }, name_width, rows }
    }
}

impl PlacedNode {
    pub(super) fn measure(node: &DiagramNode) -> Self {
        let outline = Outline::of(&node.attributes);
        let columns = if outline == Outline::Ellipse { ELLIPSE_COLUMNS } else { BOX_COLUMNS };
        let font = font(&node.attributes, NODE_FONT_SIZE);
        // The label is bold above a table.
        let label_font = Font { bold: font.bold || !node.rows.is_empty(), ..font };
        let text = TextBlock::wrap(&node.label, label_font, columns);
        let mut placed = Self { bounds: Rect::default(), outline, text, table: Table::new(&node.rows, font) };
        placed.bounds.size = placed.min_size();
        placed
    }

    fn min_size(&self) -> Size {
        let size = padded(self.content(), NODE_PADDING);
        let size = Size { width: size.width.max(MIN_NODE_SIZE.width), height: size.height.max(MIN_NODE_SIZE.height) };
        // The smallest ellipse of a rectangle's ratio around it is √2 times as wide and high.
        let factor = if self.outline == Outline::Ellipse { std::f64::consts::SQRT_2 } else { 1.0 };
        Size { width: size.width * factor, height: size.height * factor }
    }

    /// The size of the label and the table.
    fn content(&self) -> Size {
        let rule = if self.table.rows.is_empty() { 0.0 } else { 2.0 * RULE_GAP };
        Size {
            width: self.text.width.max(self.table.size.width),
            height: self.text.height + rule + self.table.size.height,
        }
    }

    fn content_bounds(&self) -> Rect {
        Rect::centred(self.bounds.centre(), self.content())
    }

    /// The bounds of the label.
    pub fn label_bounds(&self) -> Rect {
        let content = self.content_bounds();
        Rect { size: Size { height: self.text.height, ..content.size }, ..content }
    }

    /// The ends of the line between label and table, if there is a table.
    pub fn rule(&self) -> Option<[Point; 2]> {
        let (content, label) = (self.content_bounds(), self.label_bounds());
        let y = label.bottom() + RULE_GAP;
        (!self.table.rows.is_empty()).then(|| [Point::new(content.corner.x, y), Point::new(content.right(), y)])
    }

    /// The cells of the table with their bounds, row by row.
    pub fn cells(&self) -> impl Iterator<Item = (&TextBlock, Rect)> {
        let content = self.content_bounds();
        let left = content.corner.x;
        let value_width = content.size.width - self.table.name_width - COLUMN_GAP;
        let mut y = self.label_bounds().bottom() + 2.0 * RULE_GAP;
        self.table.rows.iter().flat_map(move |[name, value]| {
            let height = name.height.max(value.height);
            let cell = |x, width, text: &TextBlock| Rect {
                corner: Point::new(x, y),
                size: Size { width, height: text.height },
            };
            let value_left = left + self.table.name_width + COLUMN_GAP;
            let cells =
                [(name, cell(left, self.table.name_width, name)), (value, cell(value_left, value_width, value))];
            y += height + ROW_GAP;
            cells
        })
    }
}

impl PlacedEdge {
    pub(super) fn measure(index: usize, edge: &DiagramEdge) -> Self {
        let text = TextBlock::wrap(&edge.label, font(&edge.attributes, EDGE_LABEL_FONT_SIZE), EDGE_LABEL_COLUMNS);
        let size = padded(extent(&text), EDGE_LABEL_PADDING);
        let label_bounds = (!text.lines.is_empty()).then(|| Rect { size, ..Rect::default() });
        Self { index, path: super::Path::default(), arrow: <[Point; 3]>::default(), label_bounds, text }
    }
}

impl PlacedCluster {
    pub(super) fn measure(index: usize, cluster: &Cluster) -> Self {
        let font = font(&cluster.attributes, CLUSTER_LABEL_FONT_SIZE);
        let text = TextBlock::wrap(&cluster.label, Font { bold: true, ..font }, CLUSTER_LABEL_COLUMNS);
        let label_bounds = Rect { size: padded(extent(&text), CLUSTER_LABEL_PADDING), ..Rect::default() };
        Self { index, bounds: Rect::default(), label_bounds, text }
    }
}

fn extent(text: &TextBlock) -> Size {
    Size { width: text.width, height: text.height }
}

fn padded(size: Size, padding: Size) -> Size {
    Size { width: size.width + 2.0 * padding.width, height: size.height + 2.0 * padding.height }
}

/// The font of Graphviz's attributes.
fn font(attributes: &Attributes, default_size: f64) -> Font {
    let size = attributes.get("fontsize").and_then(|size| size.trim().parse::<f64>().ok());
    let size = size.filter(|size| size.is_finite()).map_or(default_size, |size| size.clamp(1.0, 200.0));
    let bold = attributes.get("fontname").is_some_and(|name| name.to_ascii_lowercase().contains("bold"));
    Font { size, bold }
}
