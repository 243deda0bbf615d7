//! The components of a diagram, side by side on one page.

use super::geometry::{Point, Size};

/// The preferred width of the page by its height.
const PAGE_RATIO: f64 = 1.5;

/// The room between two components.
const GAP: f64 = 28.0;

/// Packs rectangles in rows, the highest first, so that the page has about the ratio of a screen.
///
/// Returns the corner of each rectangle and the size of the page. Next-fit decreasing height: Coffman, Garey, Johnson
/// and Tarjan, *Performance bounds for level-oriented two-dimensional packing algorithms* (1980);
/// O(n log n). Rectangles of the same height keep their order.
pub(super) fn pack(sizes: &[Size]) -> (Vec<Point>, Size) {
    let area: f64 = sizes.iter().map(|size| (size.width + GAP) * (size.height + GAP)).sum();
    let widest = sizes.iter().map(|size| size.width).fold(0.0, f64::max);
    let limit = widest.max((area * PAGE_RATIO).sqrt());
    let mut by_height: Vec<usize> = (0..sizes.len()).collect();
    by_height.sort_by(|&a, &b| sizes[b].height.total_cmp(&sizes[a].height));

    let mut corners = vec![Point::default(); sizes.len()];
    let mut page = Size::default();
    let mut pen = Point::default();
    for index in by_height {
        let size = sizes[index];
        if pen.x > 0.0 && pen.x + size.width > limit {
            pen = Point::new(0.0, page.height + GAP);
        }
        corners[index] = pen;
        page.width = page.width.max(pen.x + size.width);
        page.height = page.height.max(pen.y + size.height);
        pen.x += size.width + GAP;
    }
    (corners, page)
}

/// Places rectangles in a grid, row by row, each in the middle of its cell.
///
/// Returns the corner of each rectangle and the size of the grid. It is at most `limit` wide unless it has only one column.
pub(super) fn grid(sizes: &[Size], limit: f64) -> (Vec<Point>, Size) {
    let area: f64 = sizes.iter().map(|size| (size.width + GAP) * (size.height + GAP)).sum();
    let limit = limit.max((area * PAGE_RATIO).sqrt());
    let mut columns = sizes.len().max(1);
    let mut widths = column_widths(sizes, columns);
    while columns > 1 && total(&widths) > limit {
        columns -= 1;
        widths = column_widths(sizes, columns);
    }
    let heights: Vec<f64> = sizes.chunks(columns).map(|row| row.iter().map(|s| s.height).fold(0.0, f64::max)).collect();

    let mut corners = Vec::with_capacity(sizes.len());
    let mut y = 0.0;
    for (row, height) in sizes.chunks(columns).zip(&heights) {
        let mut x = 0.0;
        for (size, width) in row.iter().zip(&widths) {
            corners.push(Point::new(x + (width - size.width) / 2.0, y + (height - size.height) / 2.0));
            x += width + GAP;
        }
        y += height + GAP;
    }
    (corners, Size { width: total(&widths), height: total(&heights) })
}

fn column_widths(sizes: &[Size], columns: usize) -> Vec<f64> {
    let mut widths = vec![0.0_f64; columns];
    for row in sizes.chunks(columns) {
        for (width, size) in widths.iter_mut().zip(row) {
            *width = width.max(size.width);
        }
    }
    widths
}

/// The total extent of adjacent cells.
fn total(extents: &[f64]) -> f64 {
    extents.iter().sum::<f64>() + GAP * extents.len().saturating_sub(1) as f64
}
