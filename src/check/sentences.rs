//! The sentences of a text.

use super::paragraphs::paragraph_ranges;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Where a sentence is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentencePosition {
    /// The code points in the text.
    pub range: Range<u32>,
    /// The line on which it begins, counted from 1.
    pub line: u32,
    /// Whether it is the first one of its paragraph.
    pub begins_paragraph: bool,
}

/// The positions of the sentences of a text, in their order, by the rules of [UAX #29](https://unicode.org/reports/tr29/). A sentence may go
/// on over the end of a line, but not over a blank line. If no line between others is blank, each line is a paragraph, and a sentence ends
/// with it. Sentences have no white space at their ends.
///
/// Takes linear time.
///
/// ```
/// use factloom::check::sentences;
///
/// let found = sentences("The mill stood. It closed.");
/// assert_eq!(found.iter().map(|sentence| sentence.range.clone()).collect::<Vec<_>>(), [0..15, 16..26]);
/// ```
pub fn sentences(text: &str) -> Vec<SentencePosition> {
    located(text).map(|(position, _)| position).collect()
}

/// Sentences as in the lock: for each paragraph, the first code point, the end (exclusive) and the line of each sentence.
pub(super) type Paragraphs = Vec<Vec<(u32, u32, u32)>>;

/// Sentences by paragraph.
pub(super) fn to_paragraphs(sentences: &[SentencePosition]) -> Paragraphs {
    let paragraphs = sentences.chunk_by(|_, next| !next.begins_paragraph);
    let sentence = |one: &SentencePosition| (one.range.start, one.range.end, one.line);
    paragraphs.map(|paragraph| paragraph.iter().map(sentence).collect()).collect()
}

/// The sentences of a text of this length; `None` if they are not in order, or not in the text.
pub(super) fn of_paragraphs(paragraphs: &Paragraphs, length: u32) -> Option<Vec<SentencePosition>> {
    let (mut sentences, mut end, mut last_line) = (Vec::new(), 0, 1);
    for paragraph in paragraphs {
        for (number, &(start, sentence_end, line)) in paragraph.iter().enumerate() {
            if start < end || sentence_end <= start || sentence_end > length || line < last_line {
                return None;
            }
            (end, last_line) = (sentence_end, line);
            sentences.push(SentencePosition { range: start..sentence_end, line, begins_paragraph: number == 0 });
        }
    }
    Some(sentences)
}

/// The bytes of the sentences of a text, and whether each is the first one of its paragraph.
fn sentence_ranges(text: &str) -> impl Iterator<Item = (bool, Range<usize>)> {
    paragraph_ranges(text).into_iter().flat_map(|paragraph| {
        let sentences = sentences_of_paragraph(text, paragraph).into_iter().enumerate();
        sentences.map(|(number, sentence)| (number == 0, sentence))
    })
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

/// The position and the bytes of each sentence.
pub(super) fn located(text: &str) -> impl Iterator<Item = (SentencePosition, Range<usize>)> {
    let (mut line, mut point, mut byte) = (1, 0, 0);
    sentence_ranges(text).map(move |(begins_paragraph, bytes)| {
        let count = |text: &str| text.chars().count() as u32;
        let gap = &text[byte..bytes.start];
        let start = point + count(gap);
        let first_line = line + gap.matches('\n').count() as u32;
        let sentence = &text[bytes.clone()];
        line = first_line + sentence.matches('\n').count() as u32;
        (point, byte) = (start + count(sentence), bytes.end);
        (SentencePosition { range: start..point, line: first_line, begins_paragraph }, bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words, the line and the paragraph of each sentence.
    fn found(text: &str) -> Vec<(&str, Range<u32>, u32, bool)> {
        let sentence = |(position, bytes): (SentencePosition, Range<usize>)| {
            (&text[bytes], position.range, position.line, position.begins_paragraph)
        };
        located(text).map(sentence).collect()
    }

    fn words(text: &str) -> Vec<&str> {
        found(text).into_iter().map(|(words, ..)| words).collect()
    }

    #[test]
    fn a_sentence_goes_on_over_a_line_end_if_blank_lines_separate_paragraphs() {
        assert_eq!(
            found("One\ntwo. Éa\n\n b\n"),
            [("One\ntwo.", 0..8, 1, true), ("Éa", 9..11, 2, false), ("b", 14..15, 4, true)]
        );
        assert_eq!(found("One\ntwo."), [("One", 0..3, 1, true), ("two.", 4..8, 2, true)]);
        assert_eq!(found(" \n"), []);
    }

    #[test]
    fn sentences_are_locked_by_paragraph() {
        let all = sentences("One\ntwo. Éa\n\n b\n");
        let paragraphs = to_paragraphs(&all);
        assert_eq!(paragraphs, [vec![(0, 8, 1), (9, 11, 2)], vec![(14, 15, 4)]]);
        assert_eq!(of_paragraphs(&paragraphs, 15), Some(all));
        for contradiction in [vec![vec![(0, 8, 1), (7, 9, 1)]], vec![vec![(3, 3, 1)]], vec![vec![(0, 2, 2), (2, 4, 1)]]]
        {
            assert_eq!(of_paragraphs(&contradiction, 15), None);
        }
        assert_eq!(of_paragraphs(&paragraphs, 14), None);
    }

    #[test]
    fn an_abbreviation_does_not_end_a_sentence() {
        assert_eq!(
            words("Its engineer, Dr. Strand, left. J. R. Holt came."),
            ["Its engineer, Dr. Strand, left.", "J. R. Holt came."]
        );
        assert_eq!(words("So did I. They came at St. Olave’s."), ["So did I.", "They came at St. Olave’s."]);
    }
}
