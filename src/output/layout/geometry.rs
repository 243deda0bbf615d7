//! Points, rectangles and lines on the page; y grows downwards.

use crate::output::diagram::Attributes;

/// A position on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// The distance from the left edge.
    pub x: f64,
    /// The distance from the upper edge.
    pub y: f64,
}

/// A size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// The upper left corner.
    pub corner: Point,
    /// The size.
    pub size: Size,
}

/// The shape of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outline {
    /// The rectangle itself.
    #[default]
    Box,
    /// The ellipse inscribed in it.
    Ellipse,
}

/// A piece of a [`Path`], which starts at the end of the previous one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Continues from this point after a gap.
    Move(Point),
    /// A straight line to this point.
    Line(Point),
    /// A cubic Bézier curve with two control points, and its end.
    Curve(Point, Point, Point),
}

/// A line of straight and curved pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// The pieces, in the order in which they are drawn.
    pub steps: Vec<Step>,
}

impl Point {
    pub(super) fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

impl Outline {
    /// The outline for Graphviz's attribute `shape`. Unknown shapes are boxes.
    pub fn of(attributes: &Attributes) -> Self {
        match attributes.get("shape").map(String::as_str) {
            Some("ellipse" | "oval" | "circle") => Self::Ellipse,
            _ => Self::Box,
        }
    }
}

impl Size {
    pub(super) fn transposed(self) -> Self {
        Self { width: self.height, height: self.width }
    }
}

impl Rect {
    pub(super) fn centred(centre: Point, size: Size) -> Self {
        let corner = Point::new(centre.x - size.width / 2.0, centre.y - size.height / 2.0);
        Self { corner, size }
    }

    /// The x coordinate of the right side.
    pub fn right(&self) -> f64 {
        self.corner.x + self.size.width
    }

    /// The y coordinate of the lower side.
    pub fn bottom(&self) -> f64 {
        self.corner.y + self.size.height
    }

    /// The point in the middle.
    pub fn centre(&self) -> Point {
        Point::new(self.corner.x + self.size.width / 2.0, self.corner.y + self.size.height / 2.0)
    }

    pub(super) fn map_points(&mut self, map: impl Fn(Point) -> Point) {
        let (a, b) = (map(self.corner), map(Point::new(self.right(), self.bottom())));
        self.corner = Point::new(a.x.min(b.x), a.y.min(b.y));
        self.size = Size { width: (b.x - a.x).abs(), height: (b.y - a.y).abs() };
    }
}

impl Path {
    /// Adds a straight line. Consecutive horizontal lines are joined.
    pub(super) fn line_to(&mut self, to: Point) {
        match self.steps.as_mut_slice() {
            [.., Step::Move(end) | Step::Line(end) | Step::Curve(_, _, end)] if *end == to => {}
            [.., Step::Move(before) | Step::Line(before) | Step::Curve(_, _, before), Step::Line(last)]
                if same(before.y, last.y) && same(last.y, to.y) =>
            {
                *last = to;
            }
            _ => self.steps.push(Step::Line(to)),
        }
    }

    /// Adds a curve that is horizontal at both ends and monotonic between them.
    pub(super) fn curve_to(&mut self, from: Point, to: Point) {
        if same(from.y, to.y) {
            self.line_to(to);
            return;
        }
        let middle = f64::midpoint(from.x, to.x);
        self.steps.push(Step::Curve(Point::new(middle, from.y), Point::new(middle, to.y), to));
    }

    pub(super) fn map_points(&mut self, map: impl Fn(Point) -> Point) {
        for step in &mut self.steps {
            *step = match *step {
                Step::Move(to) => Step::Move(map(to)),
                Step::Line(to) => Step::Line(map(to)),
                Step::Curve(a, b, to) => Step::Curve(map(a), map(b), map(to)),
            };
        }
    }
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.005
}
