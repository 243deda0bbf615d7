//! Finds the passage of a text that is closest to a quote that the text does not contain.

use crate::diagnostic::closest;
use rustc_hash::FxHashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Words with more occurrences than this are too common to locate a passage.
const MAX_OCCURRENCES: usize = 200;
/// How many occurrences of the rarest words of a quote locate its passage.
const MAX_VOTES: usize = 2_000;
/// How many words of a quote are compared.
const MAX_WORDS: usize = 60;
/// With more distinct words than this in a text, a quote of one word is not compared with them: it takes milliseconds.
const MAX_COMPARED: usize = 10_000;
/// How many differences are reported.
const MAX_DIFFERENCES: usize = 4;
/// The number of code points between two entries of `Passages::checkpoints`.
const CHECKPOINT: usize = 256;

/// An index of the words of a text.
pub struct Passages<'a> {
    text: &'a str,
    words: Vec<(usize, &'a str)>,
    /// The occurrences of each word in lower case, as indices of `words`.
    occurrences: HashMap<String, Vec<usize>>,
    line_starts: Vec<usize>,
    /// The byte offset of every 256th code point.
    checkpoints: Vec<usize>,
}

/// A passage, and how it differs from the quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The passage.
    pub text: String,
    /// The byte offset of the passage in the text.
    pub start: usize,
    /// Words of the quote and the corresponding words of the passage. Either may be empty.
    pub differences: Vec<(String, String)>,
}

impl<'a> Passages<'a> {
    /// Indexes a text, in linear time.
    pub fn new(text: &'a str) -> Self {
        let words: Vec<(usize, &str)> = text.unicode_word_indices().collect();
        let mut occurrences: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, (_, word)) in words.iter().enumerate() {
            occurrences.entry(word.to_lowercase()).or_default().push(index);
        }
        let line_starts = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let checkpoints = text.char_indices().step_by(CHECKPOINT).map(|(at, _)| at).collect();
        Self { text, words, occurrences, line_starts, checkpoints }
    }

    /// The line and the column of a byte, counted from 1.
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        (line, self.text[self.line_starts[line - 1]..byte].chars().count() + 1)
    }

    /// About sixty characters of the line around a code point.
    pub fn context(&self, code_point: u32) -> String {
        let from = (code_point as usize).saturating_sub(20);
        let Some(checkpoint) = self.checkpoints.get(from / CHECKPOINT) else { return String::new() };
        let shown: String = self.text[*checkpoint..].chars().skip(from % CHECKPOINT).take(60).collect();
        let here: usize = shown.chars().take(code_point as usize - from).map(char::len_utf8).sum();
        let start = shown[..here].rfind('\n').map_or(0, |at| at + 1);
        let end = shown[here..].find('\n').map_or(shown.len(), |at| here + at);
        let before = if start == 0 && from > 0 { "…" } else { "" };
        let after = if end == shown.len() { "…" } else { "" };
        format!("“{before}{}{after}”", shown[start..end].trim())
    }

    /// The first of the passages closest to a quote, or `None` if the text contains no word of the quote.
    ///
    /// Each occurrence of a rare word votes for the start of the passage that it implies. The work per call is bounded.
    pub fn closest(&self, quote: &str) -> Option<Passage> {
        let quote: Vec<&str> = quote.unicode_words().take(MAX_WORDS).collect();
        let mut votes: FxHashMap<isize, usize> = FxHashMap::default();
        let words = quote.iter().enumerate();
        let words = words.filter_map(|(index, word)| Some((self.occurrences.get(&word.to_lowercase())?, index)));
        let mut rare: Vec<(&Vec<usize>, usize)> =
            words.filter(|(occurrences, _)| occurrences.len() <= MAX_OCCURRENCES).collect();
        rare.sort_by_key(|(occurrences, index)| (occurrences.len(), *index));
        let mut used = 0;
        for (occurrences, index) in rare {
            used += occurrences.len();
            if used > MAX_VOTES {
                break;
            }
            for occurrence in occurrences {
                // A missing or additional word shifts the following words by one.
                for shift in -1..=1 {
                    let weight = if shift == 0 { 2 } else { 1 };
                    *votes.entry(*occurrence as isize - index as isize + shift).or_default() += weight;
                }
            }
        }
        let best = votes.iter().max_by_key(|(at, votes)| (**votes, -**at));
        let Some((start, _)) = best else { return self.closest_word(&quote) };
        let from = usize::try_from(start - 1).unwrap_or(0);
        let end = usize::try_from(start + quote.len() as isize + 2).unwrap_or(0).min(self.words.len());
        self.compare(&quote, from.min(end), end)
    }

    /// Compares a quote with a range of words, and trims the words around the passage.
    fn compare(&self, quote: &[&str], from: usize, end: usize) -> Option<Passage> {
        let words: Vec<&str> = self.words[from..end].iter().map(|(_, word)| *word).collect();
        let ops = capture_diff_slices(Algorithm::Myers, quote, &words);
        let changes = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
        let mut changes: Vec<(Range<usize>, Range<usize>)> =
            changes.map(|op| (op.old_range(), op.new_range())).collect();
        let (mut first, mut last) = (0, words.len());
        if let Some((old, new)) = changes.first_mut().filter(|(old, _)| old.start == 0) {
            new.start += new.len().saturating_sub(old.len());
            first = new.start;
        }
        if let Some((old, new)) = changes.last_mut().filter(|(old, _)| old.end == quote.len()) {
            new.end -= new.len().saturating_sub(old.len());
            last = new.end;
        }
        changes.retain(|(old, new)| !(old.is_empty() && new.is_empty()));
        if first >= last {
            return None;
        }
        let (start, _) = *self.words.get(from + first)?;
        let (end, word) = *self.words.get((from + last).checked_sub(1)?)?;
        let changes = changes.into_iter().take(MAX_DIFFERENCES);
        let differences = changes.map(|(old, new)| (quote[old].join(" "), words[new].join(" "))).collect();
        Some(Passage { text: self.text[start..end + word.len()].to_owned(), start, differences })
    }

    /// The word closest to a quote of one word.
    fn closest_word(&self, quote: &[&str]) -> Option<Passage> {
        let [word] = quote else { return None };
        if self.occurrences.len() > MAX_COMPARED {
            return None;
        }
        let key = closest(word, self.occurrences.keys().map(String::as_str))?;
        let (start, found) = self.words[*self.occurrences.get(key)?.first()?];
        Some(Passage { text: found.to_owned(), start, differences: vec![((*word).to_owned(), found.to_owned())] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str =
        "The old mill stood by the river. It was built in 1973 with help from abroad, and it closed in 2015.";

    fn closest_to(quote: &str) -> (String, Vec<(String, String)>) {
        let passage = Passages::new(TEXT).closest(quote).unwrap();
        assert!(TEXT[passage.start..].starts_with(&passage.text));
        (passage.text, passage.differences)
    }

    #[test]
    fn a_passage_without_any_word_of_the_quote_is_not_shown() {
        // Found by fuzzing.
        let text = " \u{1}\0\0\0\u{1} B iA \u{2066} C\nstatusA made B.\n\nB made “ad\u{201c}g”.";
        assert_eq!(Passages::new(text).closest("A made\0J\0\0").map(|passage| passage.text), None);
    }

    proptest! {
        #[test]
        fn a_passage_is_part_of_the_text(text in "([abAB1][ab]?[ .\n]){0,20}", quote in "([abAB1][ab]?[ .]){0,6}") {
            if let Some(passage) = Passages::new(&text).closest(&quote) {
                prop_assert!(!passage.text.is_empty() && text[passage.start..].starts_with(&passage.text));
            }
        }
    }

    fn pairs(differences: &[(&str, &str)]) -> Vec<(String, String)> {
        differences.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn differing_words_are_listed() {
        assert_eq!(
            closest_to("built in 1937 with help"),
            ("built in 1973 with help".into(), pairs(&[("1937", "1973")]))
        );
        assert_eq!(closest_to("Built in 1973"), ("built in 1973".into(), pairs(&[("Built", "built")])));
        assert_eq!(closest_to("with help from"), ("with help from".into(), vec![]));
        assert_eq!(closest_to("closed down in 2015"), ("closed in 2015".into(), pairs(&[("down", "")])));
        assert_eq!(closest_to("the river. It built"), ("the river. It was built".into(), pairs(&[("", "was")])));
    }

    #[test]
    fn a_match_is_shown_with_its_context() {
        let text = "one\n".repeat(1000) + "two three\n" + &"four ".repeat(100);
        let passages = Passages::new(&text);
        assert_eq!(passages.context(4004), "“two three”");
        assert_eq!(passages.context(4100), "“…four four four four four four four four four four four four…”");
        assert_eq!(passages.line_and_column(4004), (1001, 5));
    }

    #[test]
    fn a_single_word_is_compared_by_its_letters() {
        assert_eq!(closest_to("rivre"), ("river".into(), pairs(&[("rivre", "river")])));
        assert_eq!(Passages::new(TEXT).closest("xylophone"), None);
        assert_eq!(Passages::new("").closest("x"), None);
    }
}
