//! Edges from a node to itself: nested loops below the node.

use super::geometry::{Outline, Path, Point, Rect, Size, Step};
use super::graph::{Route, half_extent};
use super::route::{ARROW_LENGTH, arrow, label_break};

/// The free room between two loops, and around the labels inside.
const GAP: f64 = 7.0;

/// The radius of a loop's corners.
const CORNER: f64 = 6.0;

/// Half the width and the depth of each loop, from the innermost outwards.
fn extents(labels: &[Size]) -> Vec<(f64, f64)> {
    let mut half_width: f64 = 12.0;
    let mut floor: f64 = ARROW_LENGTH + CORNER;
    let mut extents = Vec::with_capacity(labels.len());
    for label in labels {
        half_width = half_width.max(label.width / 2.0 + CORNER);
        let depth = floor + label.height / 2.0;
        extents.push((half_width, depth));
        half_width += GAP;
        floor = depth + label.height / 2.0 + GAP;
    }
    extents
}

/// The least width of a node with loops of these labels, and the height of the loops below it.
pub(super) fn room(labels: &[Size]) -> Size {
    match (extents(labels).last(), labels.last()) {
        (Some((half_width, depth)), Some(label)) => {
            Size { width: 2.0 * (half_width + GAP), height: depth + label.height / 2.0 }
        }
        _ => Size::default(),
    }
}

/// The routes of the loops of a node, in the order of their labels.
pub(super) fn routes(node: Rect, outline: Outline, labels: &[Size]) -> Vec<Route> {
    let centre = node.centre();
    let (across, along) = (node.size.width / 2.0, node.size.height / 2.0);
    let draw = |(&label, (half_width, depth)): (&Size, (f64, f64))| {
        let top = centre.y + half_extent(outline, along, across, half_width);
        let floor = node.bottom() + depth;
        let (left, right) = (centre.x - half_width, centre.x + half_width);
        let label = Rect::centred(Point::new(centre.x, floor), label);
        let mut path = Path { steps: vec![Step::Move(Point::new(right, top))] };
        path.line_to(Point::new(right, floor - CORNER));
        let corner = Point::new(right, floor);
        path.steps.push(Step::Curve(corner, corner, Point::new(right - CORNER, floor)));
        label_break(&mut path, label, true);
        path.line_to(Point::new(left + CORNER, floor));
        let corner = Point::new(left, floor);
        path.steps.push(Step::Curve(corner, corner, Point::new(left, floor - CORNER)));
        path.line_to(Point::new(left, top + ARROW_LENGTH));
        Route { path, arrow: arrow(Point::new(left, top), Point::new(0.0, -1.0)), label }
    };
    labels.iter().zip(extents(labels)).map(draw).collect()
}
