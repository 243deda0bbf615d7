//! The sentences of a source, and which of them are quoted.

use crate::model::Span;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A sentence of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    /// The text, without white space at the ends.
    pub text: &'a str,
    /// The code points in the source.
    pub range: Range<u32>,
    /// The line, counted from 1.
    pub line: u32,
    /// Whether it overlaps a span.
    pub covered: bool,
}

/// Splits a text into sentences by the rules of [UAX #29](https://unicode.org/reports/tr29/). A sentence ends at the end of
/// its line at the latest.
///
/// Takes O(t + s log s) time for a text of t bytes and s parts of spans.
///
/// ```
/// use factloom::check::sentences;
/// use factloom::model::Span;
///
/// let span = Span::new(vec![4..8], 1, 5).unwrap();
/// let found = sentences("The mill stood. It closed.", [&span]);
/// assert_eq!(found.iter().map(|s| s.covered).collect::<Vec<_>>(), [true, false]);
/// ```
pub fn sentences<'a, 's>(text: &'a str, spans: impl IntoIterator<Item = &'s Span>) -> Vec<Sentence<'a>> {
    let mut parts: Vec<Range<u32>> = spans.into_iter().flat_map(|span| span.parts().iter().cloned()).collect();
    parts.sort_by_key(|part| part.start);
    // Merged parts do not overlap, so only the first part that ends after the start of a sentence matters.
    let mut merged: Vec<Range<u32>> = Vec::with_capacity(parts.len());
    for part in parts {
        match merged.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => merged.push(part),
        }
    }
    let mut found = Vec::new();
    let mut start = 0_u32;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        for sentence in line.split_sentence_bounds() {
            let length = sentence.chars().count() as u32;
            let range = start..start + length;
            start += length;
            let trimmed = sentence.trim();
            if trimmed.is_empty() {
                continue;
            }
            let next = merged.partition_point(|part| part.end <= range.start);
            let covered = merged.get(next).is_some_and(|part| part.start < range.end);
            found.push(Sentence { text: trimmed, range, line: number as u32 + 1, covered });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn omitted_words_are_not_covered() {
        let span = Span::new(vec![0..3, 18..20], 1, 1).unwrap();
        let found = sentences("One two. Three. Four five.\nSix", [&span]);
        let sentences: Vec<_> = found.iter().map(|s| (s.text, s.line, s.covered)).collect();
        assert_eq!(
            sentences,
            [("One two.", 1, true), ("Three.", 1, false), ("Four five.", 1, true), ("Six", 2, false)]
        );
    }
}
