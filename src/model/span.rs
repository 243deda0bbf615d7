//! The position of a quote in its source.

use std::ops::Range;

/// The position of a quote in its source: ranges of Unicode code points counted from 0, and the line and column of the
/// first, counted from 1.
///
/// A quote with ellipses has one part for each run of quoted words.
///
/// ```
/// use factloom::model::Span;
///
/// let span = Span::new(vec![178..191, 207..223], 1, 179).unwrap();
/// assert_eq!((span.start(), span.end()), (178, 223));
/// assert_eq!(span.parts(), [178..191, 207..223]);
/// assert_eq!((span.line(), span.column()), (1, 179));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    parts: Vec<Range<u32>>,
    line: u32,
    column: u32,
}

impl Span {
    /// A span of parts in text order. `line` and `column` are the position of the first code point.
    ///
    /// `None` if there are no parts, a part is empty, parts overlap or are out of order, or the line or column is 0.
    pub fn new(parts: Vec<Range<u32>>, line: u32, column: u32) -> Option<Self> {
        let ordered = parts.windows(2).all(|w| w[0].end <= w[1].start);
        let non_empty = parts.iter().all(|p| p.start < p.end);
        (!parts.is_empty() && ordered && non_empty && line > 0 && column > 0).then_some(Self { parts, line, column })
    }

    /// The first code point of the quote.
    pub fn start(&self) -> u32 {
        self.parts[0].start
    }

    /// The end of the quote (exclusive).
    pub fn end(&self) -> u32 {
        self.parts[self.parts.len() - 1].end
    }

    /// The ranges of the quoted words, in order; only one if the quote has no ellipsis.
    pub fn parts(&self) -> &[Range<u32>] {
        &self.parts
    }

    /// The line of the first code point, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column of the first code point in its line, in code points counted from 1.
    pub fn column(&self) -> u32 {
        self.column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_parts_are_rejected() {
        assert_eq!(Span::new(vec![], 1, 1), None);
        assert_eq!(Span::new(vec![3..3], 1, 1), None);
        assert_eq!(Span::new(vec![3..5, 4..6], 1, 1), None);
        assert_eq!(Span::new(vec![3..5], 0, 1), None);
    }
}
