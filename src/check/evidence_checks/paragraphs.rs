//! The paragraphs and the sentences around quotes.

use crate::check::paragraphs::paragraph_ranges;
use crate::check::sentences::sentences_of_paragraph;
use crate::model::floor_char_boundary;
use std::cell::OnceCell;
use std::ops::Range;

/// The paragraphs of a text, with the sentences of those with a quote that lacks a value. Dividing a text into sentences takes longer than
/// all checks, so unlike the sentence index of the lock, this divides only these paragraphs.
pub(super) struct Paragraphs {
    bytes: Vec<Range<usize>>,
    sentences: Vec<OnceCell<Vec<Range<usize>>>>,
}

/// How many bytes of the sentences before and after a quote are searched for values.
const MAX_SENTENCE: usize = 2_000;

impl Paragraphs {
    pub(super) fn new(text: &str) -> Self {
        let mut bytes: Vec<Range<usize>> = Vec::new();
        for paragraph in paragraph_ranges(text) {
            // If no line is blank, lines are paragraphs. A sentence may still go on in the next one.
            let continues = |last: &Range<usize>| {
                last.end == paragraph.start && text[paragraph.clone()].trim_start().starts_with(char::is_lowercase)
            };
            match bytes.last_mut() {
                Some(last) if continues(last) => last.end = paragraph.end,
                _ => bytes.push(paragraph),
            }
        }
        Self { sentences: bytes.iter().map(|_| OnceCell::new()).collect(), bytes }
    }

    /// Where the paragraph with a byte starts.
    pub(super) fn start(&self, byte: usize) -> usize {
        self.at(byte).map_or(0, |number| self.bytes[number].start)
    }

    /// The number of the paragraph with a byte.
    fn at(&self, byte: usize) -> Option<usize> {
        let number = self.bytes.partition_point(|paragraph| paragraph.end <= byte);
        (number < self.bytes.len()).then_some(number)
    }

    fn sentences(&self, text: &str, paragraph: usize) -> &[Range<usize>] {
        self.sentences[paragraph].get_or_init(|| sentences_of_paragraph(text, self.bytes[paragraph].clone()))
    }

    /// The bytes from the sentence with the first of some bytes to the one with the last, as far as they are close.
    pub(super) fn around(&self, text: &str, bytes: &Range<usize>) -> Range<usize> {
        let last_byte = bytes.end.saturating_sub(1).max(bytes.start);
        let (Some(first), Some(last)) = (self.at(bytes.start), self.at(last_byte)) else { return bytes.clone() };
        let sentence = |paragraph: usize, byte: usize| {
            let sentences = self.sentences(text, paragraph);
            sentences.get(sentences.partition_point(|sentence| sentence.end <= byte)).unwrap_or(bytes)
        };
        let (first, last) = (sentence(first, bytes.start), sentence(last, last_byte));
        let close = close_to(text, bytes, MAX_SENTENCE, MAX_SENTENCE);
        first.start.clamp(close.start, bytes.start)..last.end.clamp(bytes.end, close.end)
    }
}

/// Some bytes of a text, with about as many bytes before and after them.
pub(super) fn close_to(text: &str, bytes: &Range<usize>, before: usize, after: usize) -> Range<usize> {
    let start = floor_char_boundary(text, bytes.start.saturating_sub(before));
    start..floor_char_boundary(text, bytes.end.saturating_add(after)).max(bytes.end)
}

/// The bytes that some ascending ranges cover: those that overlap or touch become one.
pub(super) fn union(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match all.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => all.push(range),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_goes_on_after_a_wrapped_line() {
        let (text, quote) = ("In 1973, when it rained, the old\nmill opened. It closed.\nA town.", "mill opened");
        let start = text.find(quote).unwrap();
        let paragraphs = Paragraphs::new(text);
        let around = paragraphs.around(text, &(start..start + quote.len()));
        assert_eq!(&text[around], "In 1973, when it rained, the old\nmill opened.");
        assert_eq!(paragraphs.start(text.find("town").unwrap()), text.find("A town").unwrap());
    }

    #[test]
    fn ranges_that_touch_become_one() {
        assert_eq!(union([0..2, 2..5, 4..6, 8..9].into_iter()), [0..6, 8..9]);
    }
}
