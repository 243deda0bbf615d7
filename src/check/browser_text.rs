//! A text as a browser compares it with the words of a [text fragment](https://wicg.github.io/scroll-to-text-fragment/): letter case,
//! accents and white space do not count, and words are whole.

use crate::escape::HYPHENS;
use crate::escape::text_fragment::{is_line_end, is_written_without_spaces};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_segmentation::UnicodeSegmentation;

/// A text without white space and accents, in lower case: a sequence of units, which are compared by hashes.
///
/// Two passages that a browser regards as equal are equal here. The converse is not needed: a passage that seems to occur twice only gets a
/// longer link.
pub(super) struct BrowserText<'a> {
    text: &'a str,
    /// The byte of each unit in the text.
    bytes: Vec<u32>,
    /// What precedes each unit.
    flags: Vec<u8>,
    /// The hashes of the first units, for each number of them.
    hashes: Vec<u64>,
}

/// A word may begin at the unit, or end before it.
const BOUNDARY: u8 = 1;
/// A line ends before the unit.
const LINE_END: u8 = 2;
/// The unit is a letter or a digit.
const WORD: u8 = 4;

/// The multiplier of the hashes, which are polynomials of the units. An arbitrary odd number.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The only white space that is part of a word.
const NARROW_NO_BREAK_SPACE: char = '\u{202F}';
/// How many characters before and after a byte are read to find out whether a word begins or ends there.
const MAX_RUN: usize = 100;

impl<'a> BrowserText<'a> {
    /// Takes linear time.
    pub(super) fn new(text: &'a str) -> Self {
        let mut new = Self {
            text,
            bytes: Vec::with_capacity(text.len()),
            flags: Vec::with_capacity(text.len()),
            hashes: Vec::with_capacity(text.len() + 1),
        };
        new.hashes.push(0);
        let (mut hash, mut gap, mut previous) = (0_u64, BOUNDARY, Kind::Other);
        let mut byte = 0;
        while let Some(first) = text.as_bytes().get(byte) {
            // Most texts are mostly ASCII.
            let c = match first.is_ascii() {
                true => char::from(*first),
                false => text[byte..].chars().next().unwrap_or_default(),
            };
            let at = byte as u32;
            byte += c.len_utf8();
            if c.is_whitespace() {
                gap |= if is_line_end(c) { BOUNDARY | LINE_END } else { BOUNDARY };
                continue;
            }
            let Some(unit) = unit(c) else { continue };
            let kind = Kind::of(unit);
            let is_inside = kind == Kind::Letter && previous == Kind::Letter;
            let is_word = kind != Kind::Other;
            new.bytes.push(at);
            new.flags.push(gap | if is_inside { 0 } else { BOUNDARY } | if is_word { WORD } else { 0 });
            hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(u32::from(unit)) + 1);
            new.hashes.push(hash);
            (gap, previous) = (0, kind);
        }
        new
    }

    /// The units of a range of bytes.
    pub(super) fn units(&self, bytes: Range<usize>) -> Range<usize> {
        let unit = |byte: usize| self.bytes.partition_point(|at| (*at as usize) < byte);
        unit(bytes.start)..unit(bytes.end)
    }

    /// The byte at which a unit starts.
    pub(super) fn start_of(&self, unit: usize) -> usize {
        self.bytes.get(unit).map_or(self.text.len(), |at| *at as usize)
    }

    /// The byte at which the units before this one end, with their accents.
    pub(super) fn end_of(&self, unit: usize) -> usize {
        let Some(last) = unit.checked_sub(1) else { return 0 };
        let (start, end) = (self.start_of(last), self.start_of(unit));
        start + self.text[start..end].trim_end().len()
    }

    /// Whether a word may begin at a unit, or end before it.
    pub(super) fn is_boundary(&self, unit: usize) -> bool {
        self.flags.get(unit).is_none_or(|flags| flags & BOUNDARY != 0)
    }

    /// The start of the word before a unit, or of the word that the unit is in. The words from there to the passage are on one line, and
    /// have at most `limit` units.
    pub(super) fn word_start_before(&self, unit: usize, passage: usize, limit: usize) -> Option<usize> {
        let first = passage.saturating_sub(limit);
        for start in (first..unit).rev() {
            if start + 1 < passage && self.is_line_start(start + 1) {
                return None;
            }
            let is_word_start =
                self.flags[start] & (BOUNDARY | WORD) == BOUNDARY | WORD && !self.is_divided_before(start);
            if is_word_start && self.is_word_edge(self.start_of(start)) {
                return Some(start);
            }
        }
        None
    }

    /// The end of the word after a unit, or of the word that the unit is in. The words from the end of the passage to there are on one
    /// line, and have at most `limit` units.
    pub(super) fn word_end_after(&self, unit: usize, passage: usize, limit: usize) -> Option<usize> {
        let last = self.bytes.len().min(passage + limit);
        for end in unit + 1..=last {
            if end - 1 > passage && self.is_line_start(end - 1) {
                return None;
            }
            let is_word_end = self.is_boundary(end) && self.flags[end - 1] & WORD != 0 && !self.is_divided_after(end);
            if is_word_end && self.is_word_edge(self.end_of(end)) {
                return Some(end);
            }
        }
        None
    }

    /// Whether a word begins or ends at a byte by the rules of [UAX #29](https://unicode.org/reports/tr29/). In long runs without white
    /// space, only their ends are known.
    pub(super) fn is_word_edge(&self, byte: usize) -> bool {
        let is_space = |c: char| c.is_whitespace() && c != NARROW_NO_BREAK_SPACE;
        let (before, after) = self.text.split_at(byte);
        if before.chars().next_back().is_none_or(is_space) || after.chars().next().is_none_or(is_space) {
            return true;
        }
        let start = before.char_indices().rev().take(MAX_RUN).take_while(|(_, c)| !is_space(*c)).last();
        let start = start.map_or(byte, |(at, _)| at);
        let length: usize = after.chars().take(MAX_RUN).take_while(|c| !is_space(*c)).map(char::len_utf8).sum();
        self.text[start..byte + length].split_word_bound_indices().any(|(at, _)| start + at == byte)
    }

    /// Whether a hyphen at a line end precedes a unit: a page may have the word in one.
    fn is_divided_before(&self, unit: usize) -> bool {
        self.is_line_start(unit) && self.text[..self.start_of(unit)].trim_end().ends_with(HYPHENS)
    }

    /// Whether a hyphen at a line end follows the units before this one.
    fn is_divided_after(&self, unit: usize) -> bool {
        let rest = self.text[self.end_of(unit)..].strip_prefix(HYPHENS);
        rest.is_some_and(|rest| {
            rest.trim_start_matches(|c: char| c.is_whitespace() && !is_line_end(c)).starts_with(is_line_end)
        })
    }

    /// Whether a unit is the first of its line.
    pub(super) fn is_line_start(&self, unit: usize) -> bool {
        self.flags.get(unit).is_some_and(|flags| flags & LINE_END != 0)
    }

    fn hash(&self, units: &Range<usize>, powers: &[u64]) -> u64 {
        let before = self.hashes[units.start].wrapping_mul(powers[units.len()]);
        self.hashes[units.end].wrapping_sub(before)
    }

    /// Whether each passage is found only once, as whole words; `None` if that takes too many steps. The passages begin and end at
    /// boundaries.
    ///
    /// At each boundary, the hash of the next few units tells whether a passage may begin there. So the time grows with the text and the
    /// passages, unless many passages of different lengths begin alike.
    pub(super) fn are_unique(&self, passages: &[Range<usize>], steps: &mut usize) -> Option<Vec<bool>> {
        let longest = passages.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        let powers: Vec<u64> = std::iter::successors(Some(1_u64), |power| Some(power.wrapping_mul(BASE)))
            .take(longest.max(WINDOWS[0]) + 1)
            .collect();
        let key = |passage: &Range<usize>| (self.hash(passage, &powers), passage.len());
        // Whether each passage has been found.
        let mut found: FxHashMap<(u64, usize), bool> = FxHashMap::default();
        // The lengths of the passages that begin with a window.
        let mut lengths: FxHashMap<(u64, usize), Vec<usize>> = FxHashMap::default();
        // Whether a passage may begin with a window that has this hash.
        let filter_bits = (16 * passages.len()).next_power_of_two().ilog2().clamp(10, 24);
        let mut filter = vec![false; 1 << filter_bits];
        let slot = |hash: u64| (hash.wrapping_mul(BASE) >> (64 - filter_bits)) as usize;
        for passage in passages.iter().filter(|passage| !passage.is_empty()) {
            if found.insert(key(passage), false).is_none() {
                let window = WINDOWS.into_iter().find(|window| *window <= passage.len()).unwrap_or(1);
                let (hash, _) = key(&(passage.start..passage.start + window));
                filter[slot(hash)] = true;
                lengths.entry((hash, window)).or_default().push(passage.len());
            }
        }
        for lengths in lengths.values_mut() {
            lengths.sort_unstable();
            lengths.dedup();
        }
        let is_used = |window: &usize| lengths.keys().any(|(_, other)| window == other);
        let windows: Vec<usize> = WINDOWS.into_iter().filter(is_used).collect();
        let mut repeated: FxHashSet<(u64, usize)> = FxHashSet::default();
        let total = self.bytes.len();
        for start in (0..total).filter(|start| self.is_boundary(*start)) {
            for window in windows.iter().filter(|window| start + **window <= total) {
                let first = key(&(start..start + window));
                if !filter[slot(first.0)] {
                    continue;
                }
                for length in lengths.get(&first).into_iter().flatten() {
                    *steps = steps.checked_sub(1)?;
                    let passage = start..start + length;
                    if passage.end <= total && self.is_boundary(passage.end) {
                        let key = key(&passage);
                        if found.get_mut(&key).is_some_and(|is_found| std::mem::replace(is_found, true)) {
                            repeated.insert(key);
                        }
                    }
                }
            }
        }
        Some(passages.iter().map(|passage| !repeated.contains(&key(passage))).collect())
    }

    /// Whether a passage is found as whole words at an earlier unit, but not before `from`; `None` if that takes too many steps.
    pub(super) fn is_found_earlier(&self, passage: &Range<usize>, from: usize, steps: &mut usize) -> Option<bool> {
        let power = (0..passage.len()).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let hash = |start: usize, end: usize| self.hashes[end].wrapping_sub(self.hashes[start].wrapping_mul(power));
        let sought = hash(passage.start, passage.end);
        for start in from..passage.start {
            *steps = steps.checked_sub(1)?;
            let end = start + passage.len();
            if self.is_boundary(start) && self.is_boundary(end) && hash(start, end) == sought {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// How many units are hashed to find out whether a passage may begin there: the greatest number that is not greater than its length.
const WINDOWS: [usize; 4] = [32, 8, 2, 1];

/// What a unit is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A word or a number, which does not end next to another such unit.
    Letter,
    /// A text without spaces between words.
    Unspaced,
    Other,
}

impl Kind {
    fn of(unit: char) -> Self {
        match unit {
            'a'..='z' | '0'..='9' => Self::Letter,
            unit if unit.is_ascii() || !unit.is_alphabetic() => Self::Other,
            unit if is_written_without_spaces(unit) => Self::Unspaced,
            _ => Self::Letter,
        }
    }
}

/// The unit of a character; `None` if it does not count.
fn unit(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase());
    }
    match c {
        // Soft hyphen, zero-width characters, marks of direction and of byte order.
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => None,
        c if canonical_combining_class(c) != 0 => None,
        // The first letter of a syllable does not stand for it.
        '\u{AC00}'..='\u{D7A3}' => Some(c),
        c => {
            let mut first = None;
            decompose_canonical(c, |part| first = first.or(Some(part)));
            first.unwrap_or(c).to_lowercase().next()
        }
    }
}
