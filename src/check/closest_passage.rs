//! Finds the passage of a text that is closest to a quote that the text does not contain.

use crate::diagnostic::closest;
use crate::escape::single_line;
use crate::model::CodePointIndex;
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
/// How many words around a passage are shown.
const CONTEXT: usize = 6;
/// The least share of the words of a quote that a similar passage has, in percent.
const MIN_SIMILARITY: usize = 40;

/// An index of the words of a text.
pub struct Passages<'a> {
    text: &'a str,
    words: Vec<(usize, &'a str)>,
    /// The occurrences of each word in lower case, as indices of `words`.
    occurrences: HashMap<String, Vec<usize>>,
    line_starts: Vec<usize>,
    code_points: CodePointIndex,
}

/// A passage that corresponds to a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage<'a> {
    /// The passage.
    pub text: &'a str,
    /// The byte offset of the passage in the text.
    pub start: usize,
    /// The passage with a few words of its line before and after it, which the ellipses stand for where the line goes on.
    pub shown: String,
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
        Self { text, words, occurrences, line_starts, code_points: CodePointIndex::new(text) }
    }

    /// The line and the column of a byte, counted from 1.
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        (line, self.text[self.line_starts[line - 1]..byte].chars().count() + 1)
    }

    /// The text of a range of code points.
    pub fn slice(&self, points: Range<u32>) -> &'a str {
        &self.text[self.byte(points.start)..self.byte(points.end)]
    }

    /// The byte of a code point.
    fn byte(&self, code_point: u32) -> usize {
        self.code_points.byte(self.text, code_point).unwrap_or(self.text.len())
    }

    /// About sixty characters after a code point, within its line.
    pub fn continuation(&self, code_point: u32) -> &'a str {
        let rest = self.text[self.byte(code_point)..].lines().next().unwrap_or_default();
        let end = rest.char_indices().nth(60).map_or(rest.len(), |(at, _)| at);
        match rest[..end].rfind(' ') {
            Some(space) if end < rest.len() => &rest[..space],
            _ => &rest[..end],
        }
    }

    /// About sixty characters of the line around a code point.
    pub fn context(&self, code_point: u32) -> String {
        let from = code_point.saturating_sub(20);
        let shown: String = self.text[self.byte(from)..].chars().take(60).collect();
        let here: usize = shown.chars().take((code_point - from) as usize).map(char::len_utf8).sum();
        let start = shown[..here].rfind('\n').map_or(0, |at| at + 1);
        let end = shown[here..].find('\n').map_or(shown.len(), |at| here + at);
        let before = if start == 0 && from > 0 { "…" } else { "" };
        let after = if end == shown.len() { "…" } else { "" };
        format!("“{before}{}{after}”", shown[start..end].trim())
    }

    /// The first of the passages closest to a quote, and the part of the quote that was compared with it: all, or the start of a long one.
    /// `None` if the text contains nothing similar.
    ///
    /// Each occurrence of a rare word votes for the start of the passage that it implies. The work per call is bounded.
    pub fn closest<'q>(&self, quote: &'q str) -> Option<(Passage<'a>, &'q str)> {
        let end = quote.unicode_word_indices().nth(MAX_WORDS).map_or(quote.len(), |(at, _)| at);
        let quoted = quote[..end].trim();
        let quote: Vec<&str> = quoted.unicode_words().collect();
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
        let Some((start, _)) = best else { return Some((self.closest_word(&quote)?, quoted)) };
        let from = usize::try_from(start - 1).unwrap_or(0);
        let end = usize::try_from(start + quote.len() as isize + 2).unwrap_or(0).min(self.words.len());
        Some((self.compare(quoted, &quote, from.min(end)..end)?, quoted))
    }

    /// Compares a quote with a range of words, and trims the words around the passage.
    fn compare(&self, quoted: &str, quote: &[&str], range: Range<usize>) -> Option<Passage<'a>> {
        let lower = |words: &[&str]| words.iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
        let words: Vec<&str> = self.words[range.clone()].iter().map(|(_, word)| *word).collect();
        let ops = capture_diff_slices(Algorithm::Myers, &lower(quote), &lower(&words));
        let (mut first, mut last) = (0, words.len());
        let mut equal = 0;
        for op in &ops {
            let (old, new) = (op.old_range(), op.new_range());
            match op {
                DiffOp::Equal { .. } => equal += old.len(),
                // More words than the quote has at its start and end are around the passage.
                _ if old.start == 0 => first = new.start + new.len().saturating_sub(old.len()),
                _ => {}
            }
            if !matches!(op, DiffOp::Equal { .. }) && old.end == quote.len() {
                last = new.end - new.len().saturating_sub(old.len());
            }
        }
        if first >= last || equal * 100 < quote.len() * MIN_SIMILARITY {
            return None;
        }
        Some(self.passage(quoted, range.start + first..range.start + last))
    }

    /// The passage of a range of words, with as many marks around it as the quote has.
    fn passage(&self, quoted: &str, words: Range<usize>) -> Passage<'a> {
        let mark = |c: &char| !c.is_alphanumeric();
        let marks_before = quoted.chars().take_while(mark).filter(|c| !c.is_whitespace()).count();
        let marks_after = quoted.chars().rev().take_while(mark).filter(|c| !c.is_whitespace()).count();
        let is_mark = |c: &char| !c.is_alphanumeric() && !c.is_whitespace();
        let (start, _) = self.words[words.start];
        let (end, word) = self.words[words.end - 1];
        let end = end + word.len();
        let before: usize =
            self.text[..start].chars().rev().take_while(is_mark).take(marks_before).map(char::len_utf8).sum();
        let after: usize = self.text[end..].chars().take_while(is_mark).take(marks_after).map(char::len_utf8).sum();
        let (start, end) = (start - before, end + after);
        Passage { text: &self.text[start..end], start, shown: self.shown(start..end, words) }
    }

    /// A passage with a few words of its line before and after it.
    fn shown(&self, bytes: Range<usize>, words: Range<usize>) -> String {
        let line = |byte: usize| self.line_starts.partition_point(|start| *start <= byte);
        let line_start = self.line_starts[line(bytes.start) - 1];
        let line_end = self.line_starts.get(line(bytes.end)).map_or(self.text.len(), |start| start - 1);
        let word = |index: usize| self.words.get(index).copied();
        let from = words.start.checked_sub(CONTEXT).and_then(word).map_or(0, |(at, _)| at).max(line_start);
        let to = word(words.end + CONTEXT - 1).map_or(self.text.len(), |(at, word)| at + word.len()).min(line_end);
        let (from, to) = (from.min(bytes.start), to.max(bytes.end));
        let before = if from > line_start { "… " } else { "" };
        let after = if to < line_end { " …" } else { "" };
        format!("{before}{}{after}", single_line(self.text[from..to].trim()))
    }

    /// The word closest to a quote of one word.
    fn closest_word(&self, quote: &[&str]) -> Option<Passage<'a>> {
        let [word] = quote else { return None };
        if self.occurrences.len() > MAX_COMPARED {
            return None;
        }
        let key = closest(word, self.occurrences.keys().map(String::as_str))?;
        let index = *self.occurrences.get(key)?.first()?;
        Some(self.passage(word, index..index + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str =
        "The old mill stood by the river. It was built in 1973 with help from abroad, and it closed in 2015.";

    fn closest_to(quote: &str) -> (&str, String) {
        let passages = Passages::new(TEXT);
        let (passage, _) = passages.closest(quote).unwrap();
        assert!(TEXT[passage.start..].starts_with(passage.text));
        (passage.text, passage.shown)
    }

    #[test]
    fn a_passage_without_any_word_of_the_quote_is_not_shown() {
        // Found by fuzzing.
        let text = " \u{1}\0\0\0\u{1} B iA \u{2066} C\nstatusA made B.\n\nB made “ad\u{201c}g”.";
        assert_eq!(Passages::new(text).closest("A made\0J\0\0").map(|(passage, _)| passage.text), None);
        assert_eq!(Passages::new(TEXT).closest("the sea has many colours, with waves"), None);
    }

    proptest! {
        #[test]
        fn a_passage_is_part_of_the_text(text in "([abAB1][ab]?[ .\n]){0,20}", quote in "([abAB1][ab]?[ .]){0,6}") {
            if let Some((passage, _)) = Passages::new(&text).closest(&quote) {
                prop_assert!(!passage.text.is_empty() && text[passage.start..].starts_with(passage.text));
                prop_assert!(passage.shown.contains(&*single_line(passage.text.trim())));
            }
        }
    }

    #[test]
    fn the_passage_corresponds_to_the_quote_and_is_shown_with_more_words() {
        assert_eq!(
            closest_to("built in 1937 with help"),
            (
                "built in 1973 with help",
                "… stood by the river. It was built in 1973 with help from abroad, and it closed in …".into()
            )
        );
        assert_eq!(closest_to("Built in 1973").0, "built in 1973");
        assert_eq!(closest_to("closed down in 2015").0, "closed in 2015");
        assert_eq!(closest_to("from abroad.").0, "from abroad,");
        assert_eq!(closest_to("the river. It built").0, "the river. It was built");
        let passages = Passages::new(TEXT);
        assert_eq!((passages.slice(4..12), passages.continuation(75)), ("old mill", ", and it closed in 2015."));
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
        assert_eq!(closest_to("rivre").0, "river");
        assert_eq!(Passages::new(TEXT).closest("xylophone"), None);
        assert_eq!(Passages::new("").closest("x"), None);
    }
}
