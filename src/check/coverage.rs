//! The sentences of a source, and which of them are quoted.

use super::paragraphs::paragraph_ranges;
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
    /// The line on which it begins, counted from 1.
    pub line: u32,
    /// Whether it overlaps a span.
    pub covered: bool,
}

/// Splits a text into sentences by the rules of [UAX #29](https://unicode.org/reports/tr29/). A sentence may go on over the end of a line,
/// but not over a blank line. If no line between others is blank, each line is a paragraph, and a sentence ends with it.
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
    for (line, range, bytes) in located(text) {
        let next = merged.partition_point(|part| part.end <= range.start);
        let covered = merged.get(next).is_some_and(|part| part.start < range.end);
        found.push(Sentence { text: &text[bytes], range, line, covered });
    }
    found
}

/// The bytes of the sentences of a text, without white space at their ends. Takes linear time.
///
/// A line end is not the end of a sentence, unless there is a blank line, or no line between others is blank: then each line is a
/// paragraph.
pub(super) fn sentence_ranges(text: &str) -> Vec<Range<usize>> {
    paragraph_ranges(text).into_iter().flat_map(|paragraph| sentences_of_paragraph(text, paragraph)).collect()
}

/// The bytes of the sentences of a paragraph, without white space at their ends. Takes linear time.
pub(super) fn sentences_of_paragraph(text: &str, paragraph: Range<usize>) -> Vec<Range<usize>> {
    // Line ends are sentence ends in UAX #29.
    let joined = text[paragraph.clone()].replace(['\n', '\r'], " ");
    let mut sentences: Vec<Range<usize>> = Vec::new();
    for (at, sentence) in joined.split_sentence_bound_indices() {
        let start = paragraph.start + at + sentence.len() - sentence.trim_start().len();
        let end = start + sentence.trim().len();
        match sentences.last_mut() {
            _ if start == end => {}
            Some(last) if ends_with_abbreviation(&text[last.clone()]) => last.end = end,
            _ => sentences.push(start..end),
        }
    }
    sentences
}

/// Abbreviations before names and numbers. UAX #29 takes the dot after them as the end of a sentence.
const ABBREVIATIONS: [&str; 32] = [
    "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Messrs", "Rev", "Hon", "Gen", "Col", "Maj", "Capt", "Lt", "Sgt", "Gov",
    "Sen", "Rep", "Pres", "Adm", "Brig", "Mt", "No", "Nos", "vs", "cf", "Fig", "Figs", "e.g", "i.e", "approx", "ca",
];

/// Whether a sentence seems to end with the dot of an abbreviation or of an initial.
fn ends_with_abbreviation(sentence: &str) -> bool {
    let Some(rest) = sentence.strip_suffix('.') else { return false };
    let word = rest.rsplit(|c: char| c.is_whitespace() || "([“‘\"'".contains(c)).next().unwrap_or_default();
    let mut letters = word.rsplit('.').next().unwrap_or_default().chars();
    let is_initial = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none() && !word.ends_with('I');
    is_initial || ABBREVIATIONS.contains(&word)
}

/// The line, the code points and the bytes of each sentence.
pub(super) fn located(text: &str) -> impl Iterator<Item = (u32, Range<u32>, Range<usize>)> {
    let (mut line, mut point, mut byte) = (1, 0, 0);
    sentence_ranges(text).into_iter().map(move |bytes| {
        let count = |text: &str| text.chars().count() as u32;
        let gap = &text[byte..bytes.start];
        let start = point + count(gap);
        let first_line = line + gap.matches('\n').count() as u32;
        let sentence = &text[bytes.clone()];
        line = first_line + sentence.matches('\n').count() as u32;
        (point, byte) = (start + count(sentence), bytes.end);
        (first_line, start..point, bytes)
    })
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
    fn a_sentence_goes_on_over_a_line_end_if_blank_lines_separate_paragraphs() {
        let found = |text| sentences(text, []).into_iter().map(|s| (s.text, s.range, s.line)).collect::<Vec<_>>();
        assert_eq!(found("One\ntwo. Éa\n\n b\n"), [("One\ntwo.", 0..8, 1), ("Éa", 9..11, 2), ("b", 14..15, 4)]);
        assert_eq!(found("One\ntwo."), [("One", 0..3, 1), ("two.", 4..8, 2)]);
        assert_eq!(found(" \n"), []);
    }

    #[test]
    fn an_abbreviation_does_not_end_a_sentence() {
        let found = |text| sentences(text, []).into_iter().map(|s| s.text).collect::<Vec<_>>();
        assert_eq!(
            found("Its engineer, Dr. Strand, left. J. R. Holt came."),
            ["Its engineer, Dr. Strand, left.", "J. R. Holt came."]
        );
        assert_eq!(found("So did I. They came at St. Olave’s."), ["So did I.", "They came at St. Olave’s."]);
    }
}
