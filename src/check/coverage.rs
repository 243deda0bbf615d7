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
    for (line, range, sentence) in split(text) {
        let trimmed = sentence.trim();
        if trimmed.is_empty() {
            continue;
        }
        let next = merged.partition_point(|part| part.end <= range.start);
        let covered = merged.get(next).is_some_and(|part| part.start < range.end);
        found.push(Sentence { text: trimmed, range, line, covered });
    }
    found
}

/// The line, the code points and the text of each sentence, including white space at its ends.
fn split(text: &str) -> impl Iterator<Item = (u32, Range<u32>, &str)> {
    let lines = text.split_inclusive('\n').zip(1_u32..);
    let sentences = lines.flat_map(|(text, line)| text.split_sentence_bounds().map(move |sentence| (line, sentence)));
    let mut end = 0;
    sentences.map(move |(line, sentence)| {
        let start = end;
        end += sentence.chars().count() as u32;
        (line, start..end, sentence)
    })
}

/// The sentences of a text, to find those around a quote.
pub(super) struct SentenceIndex<'a> {
    text: &'a str,
    /// The code points and the bytes of each sentence, without white space at its ends.
    sentences: Vec<(Range<u32>, Range<usize>)>,
}

impl<'a> SentenceIndex<'a> {
    /// Takes linear time.
    pub(super) fn new(text: &'a str) -> Self {
        let mut sentences = Vec::new();
        let mut next = 0;
        for (_, points, sentence) in split(text) {
            let (start, trimmed) = (next, sentence.trim_start());
            next += sentence.len();
            let (leading, trimmed) = (sentence.len() - trimmed.len(), trimmed.trim_end());
            if !trimmed.is_empty() {
                let first = points.start + sentence[..leading].chars().count() as u32;
                let end = first + trimmed.chars().count() as u32;
                sentences.push((first..end, start + leading..start + leading + trimmed.len()));
            }
        }
        Self { text, sentences }
    }

    /// The code points and the text from the sentence that contains the start of a span to the one that contains its end. Takes
    /// logarithmic time.
    pub(super) fn around(&self, span: &Span) -> Option<(Range<u32>, &'a str)> {
        let first = self.sentences.partition_point(|(points, _)| points.end <= span.start());
        let last = self.sentences.partition_point(|(points, _)| points.end < span.end());
        let ((first, first_bytes), (last, last_bytes)) = (self.sentences.get(first)?, self.sentences.get(last)?);
        Some((first.start..last.end, self.text.get(first_bytes.start..last_bytes.end)?))
    }
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

    #[test]
    fn the_sentences_around_a_quote_reach_from_its_first_part_to_its_last() {
        let text = "  Où? One two.  Three. \nFour five.\n\nSix";
        let index = SentenceIndex::new(text);
        for (parts, expected) in [
            (vec![6..9], Some((6..14, "One two."))),
            (vec![2..5], Some((2..5, "Où?"))),
            (vec![10..11, 24..28], Some((6..34, "One two.  Three. \nFour five."))),
            (vec![36..39], Some((36..39, "Six"))),
            (vec![36..40], None),
        ] {
            let span = Span::new(parts, 1, 1).unwrap();
            assert_eq!(index.around(&span), expected, "{span:?}");
        }
    }
}
