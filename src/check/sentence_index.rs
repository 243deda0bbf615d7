//! The sentences of a text, to find those around a quote.

use super::sentences::{SentencePosition, located};
use crate::model::{CodePointIndex, Span};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A text and its sentences.
pub(crate) struct SentenceIndex<'a> {
    text: Cow<'a, str>,
    code_points: CodePointIndex,
    /// The position and the bytes of each sentence, without white space at its ends.
    sentences: Vec<(SentencePosition, Range<usize>)>,
    /// The first byte of each word, once words have been counted.
    word_starts: OnceCell<Vec<usize>>,
}

impl<'a> SentenceIndex<'a> {
    /// Takes linear time.
    pub(crate) fn new(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        let code_points = CodePointIndex::new(&text);
        let sentences = located(&text).collect();
        Self { text, code_points, sentences, word_starts: OnceCell::new() }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The positions of the sentences.
    pub(super) fn positions(&self) -> impl Iterator<Item = &SentencePosition> {
        self.sentences.iter().map(|(position, _)| position)
    }

    /// The length of the text in code points.
    pub(super) fn length(&self) -> u32 {
        self.code_points.count()
    }

    /// The bytes of a part of a span; `None` if it is not in the text. Takes constant time.
    pub(crate) fn bytes(&self, part: &Range<u32>) -> Option<Range<usize>> {
        let byte = |code_point| self.code_points.byte(&self.text, code_point);
        Some(byte(part.start)?..byte(part.end)?)
    }

    /// The code points and the text from the sentence that contains the start of a span to the one that contains its end. Takes
    /// logarithmic time.
    pub(super) fn around(&self, span: &Span) -> Option<(Range<u32>, &str)> {
        let first = self.sentences.partition_point(|(sentence, _)| sentence.range.end <= span.start());
        let last = self.sentences.partition_point(|(sentence, _)| sentence.range.end < span.end());
        let ((first, first_bytes), (last, last_bytes)) = (self.sentences.get(first)?, self.sentences.get(last)?);
        Some((first.range.start..last.range.end, self.text.get(first_bytes.start..last_bytes.end)?))
    }

    /// The first byte of the sentence that contains a byte. Takes logarithmic time.
    pub(crate) fn sentence_start(&self, byte: usize) -> usize {
        let next = self.sentences.partition_point(|(_, bytes)| bytes.end <= byte);
        self.sentences.get(next).map_or(byte, |(_, bytes)| bytes.start.min(byte))
    }

    /// The end of the sentence that contains the byte before this one. Takes logarithmic time.
    pub(crate) fn sentence_end(&self, byte: usize) -> usize {
        let next = self.sentences.partition_point(|(_, bytes)| bytes.end < byte);
        self.sentences.get(next).filter(|(_, bytes)| bytes.start < byte).map_or(byte, |(_, bytes)| bytes.end)
    }

    /// The number of words that start at some bytes. The first call takes linear time, each further one logarithmic time.
    pub(crate) fn count_words(&self, bytes: &Range<usize>) -> usize {
        let find_words = || self.text.unicode_word_indices().map(|(at, _)| at).collect();
        let starts = self.word_starts.get_or_init(find_words);
        let before = |byte: usize| starts.partition_point(|start| *start < byte);
        before(bytes.end) - before(bytes.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn words_are_counted_as_in_a_text_of_its_own(
            pieces in proptest::collection::vec(prop::sample::select(vec!["mill", "é", "3.5", "—", ",", "鋼", "\n"]), 0..30),
            from in 0_usize..30,
            to in 0_usize..30,
        ) {
            let text = pieces.join(" ") + " ";
            let ends: Vec<usize> = text.match_indices(' ').map(|(at, _)| at + 1).collect();
            let end = |number: usize| ends.get(number).copied().unwrap_or(text.len());
            let gap = end(from.min(to))..end(from.max(to));
            let expected = text[gap.clone()].unicode_words().count();
            prop_assert_eq!(SentenceIndex::new(&*text).count_words(&gap), expected);
        }
    }
}
