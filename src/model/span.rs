//! Where a quote lies in its source.

use std::ops::Range;

/// Where a quote lies in its source, in Unicode code points counted from 0, and in lines and columns counted from 1.
///
/// A quote with words left out has a part for each run of words that it gives; the span reaches from the
/// beginning of the first to the end of the last.
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
    /// A span of parts in the order of the text, whose first code point stands at `line` and `column`.
    ///
    /// `None` where there is no part, one is empty, two overlap or are out of order, or a line or column is 0.
    pub fn new(parts: Vec<Range<u32>>, line: u32, column: u32) -> Option<Self> {
        let ordered = parts.windows(2).all(|w| w[0].end <= w[1].start);
        let filled = parts.iter().all(|p| p.start < p.end);
        (!parts.is_empty() && ordered && filled && line > 0 && column > 0).then_some(Self { parts, line, column })
    }

    /// The first code point of the quote.
    pub fn start(&self) -> u32 {
        self.parts[0].start
    }

    /// The code point behind the last of the quote.
    pub fn end(&self) -> u32 {
        self.parts[self.parts.len() - 1].end
    }

    /// The runs of code points that the quote gives, in order; one where no words are left out.
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
    fn parts_that_are_no_span_are_refused() {
        assert_eq!(Span::new(vec![], 1, 1), None);
        assert_eq!(Span::new(vec![3..3], 1, 1), None);
        assert_eq!(Span::new(vec![3..5, 4..6], 1, 1), None);
        assert_eq!(Span::new(vec![3..5], 0, 1), None);
    }
}
