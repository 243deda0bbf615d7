//! The passage of a text that is most like words that are not in it.

use super::fold::{Folded, fold};
use crate::diagnostic::closest;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A word that is found at more places than this says nothing about where a passage is.
const COMMON: usize = 200;
/// Words of a quote that are compared; a longer one is compared by its beginning.
const COMPARED: usize = 60;
/// Words that a passage is said to differ in.
const SHOWN: usize = 4;

/// Code points from one byte that is remembered to the next.
const STEP: usize = 256;
/// Bytes that may be searched for parts of lost quotes, in all; then no more is said than that they are lost.
const SEARCHED: usize = 1 << 31;

/// The words of a text, by what they are, to find passages by.
pub struct Passages<'a> {
    text: &'a str,
    folded: Folded,
    words: Vec<(usize, &'a str)>,
    places: HashMap<String, Vec<usize>>,
    line_starts: Vec<usize>,
    /// The byte of each 256th code point.
    steps: Vec<usize>,
    left: Cell<usize>,
}

/// A passage, and in what it differs from the words looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The passage as it stands in the text.
    pub text: String,
    /// The byte of the text at which it begins.
    pub start: usize,
    /// The words looked for, and those in their place, where they differ; either may be empty.
    pub differences: Vec<(String, String)>,
}

impl<'a> Passages<'a> {
    /// Orders the words of a text. Linear in its length.
    pub fn new(text: &'a str) -> Self {
        let words: Vec<(usize, &str)> = text.unicode_word_indices().collect();
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, (_, word)) in words.iter().enumerate() {
            places.entry(word.to_lowercase()).or_default().push(index);
        }
        let line_starts = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let steps = text.char_indices().step_by(STEP).map(|(at, _)| at).collect();
        Self { text, folded: Folded::new(text), words, places, line_starts, steps, left: Cell::new(SEARCHED) }
    }

    /// The first of the parts of a quote that is nowhere in the text; `None` where each is somewhere.
    pub fn lost<'p>(&self, parts: &[&'p str]) -> Option<&'p str> {
        let [.., last] = parts else { return None };
        if parts.len() == 1 || self.left.get() < self.folded.text().len() {
            return Some(last);
        }
        self.left.set(self.left.get() - self.folded.text().len());
        parts.iter().copied().find(|part| !self.folded.text().contains(&fold(part)))
    }

    /// The line and the column of a byte, each counted from 1.
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        (line, self.text[self.line_starts[line - 1]..byte].chars().count() + 1)
    }

    /// The words of a line around a code point, cut to some sixty characters.
    pub fn around(&self, code_point: u32) -> String {
        let from = (code_point as usize).saturating_sub(20);
        let Some(step) = self.steps.get(from / STEP) else { return String::new() };
        let shown: String = self.text[*step..].chars().skip(from % STEP).take(60).collect();
        let here: usize = shown.chars().take(code_point as usize - from).map(char::len_utf8).sum();
        let start = shown[..here].rfind('\n').map_or(0, |at| at + 1);
        let end = shown[here..].find('\n').map_or(shown.len(), |at| here + at);
        let before = if start == 0 && from > 0 { "…" } else { "" };
        let after = if end == shown.len() { "…" } else { "" };
        format!("“{before}{}{after}”", shown[start..end].trim())
    }

    /// The passage most like the words, and the first of those; `None` where no word of them is in the text.
    ///
    /// The words vote for the place at which the passage would begin, rare words only; the work is bounded for each call.
    pub fn closest(&self, wanted: &str) -> Option<Passage> {
        let wanted: Vec<&str> = wanted.unicode_words().take(COMPARED).collect();
        let mut votes: BTreeMap<isize, usize> = BTreeMap::new();
        for (index, word) in wanted.iter().enumerate() {
            let places = self.places.get(&word.to_lowercase()).filter(|places| places.len() <= COMMON);
            for place in places.into_iter().flatten() {
                // A word left out or put in shifts what follows by one.
                for shift in -1..=1 {
                    let weight = if shift == 0 { 2 } else { 1 };
                    *votes.entry(*place as isize - index as isize + shift).or_default() += weight;
                }
            }
        }
        let best = votes.iter().max_by_key(|(at, votes)| (**votes, -**at));
        let Some((start, _)) = best else { return self.misspelt(&wanted) };
        let from = usize::try_from(start - 1).unwrap_or(0);
        let until = usize::try_from(start + wanted.len() as isize + 2).unwrap_or(0).min(self.words.len());
        self.compare(&wanted, from.min(until), until)
    }

    /// Compares the words with a stretch of the text, and cuts off what stands around the passage.
    fn compare(&self, wanted: &[&str], from: usize, until: usize) -> Option<Passage> {
        let there: Vec<&str> = self.words[from..until].iter().map(|(_, word)| *word).collect();
        let ops = capture_diff_slices(Algorithm::Myers, wanted, &there);
        let changes = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
        let mut changes: Vec<(Range<usize>, Range<usize>)> =
            changes.map(|op| (op.old_range(), op.new_range())).collect();
        let (mut first, mut last) = (0, there.len());
        if let Some((old, new)) = changes.first_mut().filter(|(old, _)| old.start == 0) {
            new.start += new.len().saturating_sub(old.len());
            first = new.start;
        }
        if let Some((old, new)) = changes.last_mut().filter(|(old, _)| old.end == wanted.len()) {
            new.end -= new.len().saturating_sub(old.len());
            last = new.end;
        }
        changes.retain(|(old, new)| !(old.is_empty() && new.is_empty()));
        let (start, _) = *self.words.get(from + first)?;
        let (end, word) = *self.words.get((from + last).checked_sub(1)?)?;
        let changes = changes.into_iter().take(SHOWN);
        let differences = changes.map(|(old, new)| (wanted[old].join(" "), there[new].join(" "))).collect();
        Some(Passage { text: self.text[start..end + word.len()].to_owned(), start, differences })
    }

    /// For a word or two that are nowhere: the word most like the first of them.
    fn misspelt(&self, wanted: &[&str]) -> Option<Passage> {
        let [word] = wanted else { return None };
        // A comparison of letters costs as much as a search of some hundred bytes.
        let cost = self.places.len() * 200;
        if self.left.get() < cost {
            return None;
        }
        self.left.set(self.left.get() - cost);
        let near = closest(&word.to_lowercase(), self.places.keys().map(String::as_str))?;
        let (start, found) = self.words[*self.places.get(near)?.first()?];
        Some(Passage { text: found.to_owned(), start, differences: vec![((*word).to_owned(), found.to_owned())] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "The old mill stood by the river. It was built in 1973 with help from abroad, and it closed in 2015.";

    fn near(wanted: &str) -> (String, Vec<(String, String)>) {
        let passage = Passages::new(TEXT).closest(wanted).unwrap();
        assert!(TEXT[passage.start..].starts_with(&passage.text));
        (passage.text, passage.differences)
    }

    fn pairs(differences: &[(&str, &str)]) -> Vec<(String, String)> {
        differences.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn the_differing_words_are_named() {
        assert_eq!(near("built in 1937 with help"), ("built in 1973 with help".into(), pairs(&[("1937", "1973")])));
        assert_eq!(near("Built in 1973"), ("built in 1973".into(), pairs(&[("Built", "built")])));
        assert_eq!(near("with help from"), ("with help from".into(), vec![]));
        assert_eq!(near("closed down in 2015"), ("closed in 2015".into(), pairs(&[("down", "")])));
        assert_eq!(near("the river. It built"), ("the river. It was built".into(), pairs(&[("", "was")])));
    }

    #[test]
    fn a_place_is_shown_with_the_words_around_it() {
        let text = "one\n".repeat(1000) + "two three\n" + &"four ".repeat(100);
        let passages = Passages::new(&text);
        assert_eq!(passages.around(4004), "“two three”");
        assert_eq!(passages.around(4100), "“…four four four four four four four four four four four four…”");
        assert_eq!(passages.line_and_column(4004), (1001, 5));
        assert_eq!(passages.lost(&["one", " three", "five"]), Some("five"));
        assert_eq!(passages.lost(&["one", "four"]), None);
    }

    #[test]
    fn a_single_word_is_compared_by_its_letters() {
        assert_eq!(near("rivre"), ("river".into(), pairs(&[("rivre", "river")])));
        assert_eq!(Passages::new(TEXT).closest("xylophone"), None);
        assert_eq!(Passages::new("").closest("x"), None);
    }
}
