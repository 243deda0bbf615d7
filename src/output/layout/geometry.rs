//! Points, rectangles and lines on the page; y grows downwards.

use crate::output::diagram::Attributes;

/// A place on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// The distance from the left edge.
    pub x: f64,
    /// The distance from the upper edge.
    pub y: f64,
}

/// An extent.
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
    /// The extent.
    pub size: Size,
}

/// The form of a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outline {
    /// The rectangle itself.
    #[default]
    Box,
    /// The ellipse that fills it.
    Ellipse,
}

/// A piece of a [`Path`]; each begins where the one before it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Lifts the pen and goes on from this point.
    Move(Point),
    /// A straight line to this point.
    Line(Point),
    /// A cubic Bézier curve by two control points to the last point.
    Curve(Point, Point, Point),
}

/// A line made of straight and curved pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// The pieces, in the order in which they are drawn.
    pub steps: Vec<Step>,
}

impl Point {
    pub(super) fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Mirrored at the diagonal: what ran to the right then runs down.
    fn transposed(self) -> Self {
        Self { x: self.y, y: self.x }
    }
}

impl Outline {
    /// The outline that Graphviz's attribute `shape` asks for; shapes not known here are boxes.
    #[must_use]
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
    #[must_use]
    pub fn right(&self) -> f64 {
        self.corner.x + self.size.width
    }

    /// The y coordinate of the lower side.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.corner.y + self.size.height
    }

    /// The point in the middle.
    #[must_use]
    pub fn centre(&self) -> Point {
        Point::new(self.corner.x + self.size.width / 2.0, self.corner.y + self.size.height / 2.0)
    }
}

impl Path {
    /// Draws a straight line to `to`. Level lines in a row are joined into one.
    pub(super) fn line_to(&mut self, to: Point) {
        match self.steps.as_mut_slice() {
            [.., Step::Move(at) | Step::Line(at) | Step::Curve(_, _, at)] if *at == to => {}
            [.., Step::Move(before) | Step::Line(before) | Step::Curve(_, _, before), Step::Line(last)]
                if same(before.y, last.y) && same(last.y, to.y) =>
            {
                *last = to;
            }
            _ => self.steps.push(Step::Line(to)),
        }
    }

    /// Draws a curve that leaves `from` and reaches `to` level, and never turns back between them.
    pub(super) fn curve_to(&mut self, from: Point, to: Point) {
        if same(from.y, to.y) {
            self.line_to(to);
            return;
        }
        let middle = f64::midpoint(from.x, to.x);
        self.steps.push(Step::Curve(Point::new(middle, from.y), Point::new(middle, to.y), to));
    }
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.005
}

/// What can be moved on the page as a whole.
pub(super) trait Placed {
    /// Replaces every point by what `map` makes of it.
    fn map_points(&mut self, map: impl Fn(Point) -> Point);

    fn translate(&mut self, by: Point) {
        self.map_points(|point| Point::new(point.x + by.x, point.y + by.y));
    }

    fn transpose(&mut self) {
        self.map_points(Point::transposed);
    }
}

impl Placed for Rect {
    fn map_points(&mut self, map: impl Fn(Point) -> Point) {
        let (a, b) = (map(self.corner), map(Point::new(self.right(), self.bottom())));
        self.corner = Point::new(a.x.min(b.x), a.y.min(b.y));
        self.size = Size { width: (b.x - a.x).abs(), height: (b.y - a.y).abs() };
    }
}

impl Placed for Path {
    fn map_points(&mut self, map: impl Fn(Point) -> Point) {
        for step in &mut self.steps {
            *step = match *step {
                Step::Move(to) => Step::Move(map(to)),
                Step::Line(to) => Step::Line(map(to)),
                Step::Curve(a, b, to) => Step::Curve(map(a), map(b), map(to)),
            };
        }
    }
}
