//! Where strings occur in a text: all occurrences of many strings, in time and memory that grow with the text and the strings, not with
//! their product or with the number of occurrences.
//!
//! If a text begins with a string at some position, it also begins there with each string that is a prefix of that one. So only the
//! longest string at each position is kept; of the sorted strings, those with a common prefix are adjacent.

use super::patterns::SearchText;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};
use std::collections::HashMap;
use std::ops::Range;

/// Distinct strings to search for.
#[derive(Default)]
pub(super) struct Needles {
    ids: HashMap<String, usize>,
}

impl Needles {
    /// Adds a string, and returns its id.
    pub(super) fn add(&mut self, needle: String) -> usize {
        let next = self.ids.len();
        *self.ids.entry(needle).or_insert(next)
    }
}

/// The occurrences of strings in a text.
pub(super) struct Occurrences {
    /// For each id, the numbers of the sorted strings that begin with the string; empty for the empty string.
    ranges: Vec<Range<u32>>,
    /// For each sorted string, where its positions begin in `positions`, and where the last ones end.
    starts: Vec<u32>,
    /// The positions at which each sorted string is the longest, in order.
    positions: Vec<u32>,
}

impl Occurrences {
    /// Finds all occurrences. Their positions are bytes of the folded text. Takes O((t + q) log n) time for a text of t bytes and n strings of q bytes in total, and O(t + q) memory.
    ///
    /// Comparing the text with the strings by a binary search is fast for ordinary texts, but a text that repeats the beginning of a
    /// long string makes it compare that beginning at each position. After too much of that, an automaton takes over.
    pub(super) fn find(needles: &Needles, searched: &SearchText<'_>) -> Self {
        let text = searched.text();
        let sorted = SortedNeedles::new(needles);
        let mut compared = 0;
        let limit = COMPARED_PER_BYTE * text.len() + (1 << 20);
        let mut longest: Vec<(u32, u32)> = Vec::new();
        let bytes = text.as_bytes();
        for at in (0..bytes.len()).filter(|at| text.is_char_boundary(*at)) {
            if let Some(needle) = sorted.longest_prefix(&bytes[at..], &mut compared) {
                longest.push((at as u32, needle));
            }
            if compared > limit {
                longest = sorted.longest_by_automaton(bytes);
                break;
            }
        }
        let mut starts = vec![0; sorted.needles.len() + 1];
        for (_, needle) in &longest {
            starts[*needle as usize + 1] += 1;
        }
        for needle in 1..starts.len() {
            starts[needle] += starts[needle - 1];
        }
        let mut next: Vec<u32> = starts.clone();
        let mut positions = vec![0; longest.len()];
        for (at, needle) in longest {
            let slot = &mut next[needle as usize];
            positions[*slot as usize] = searched.folded_byte(at);
            *slot += 1;
        }
        let mut ranges = vec![0..0; needles.ids.len()];
        for (number, (_, id)) in sorted.needles.iter().enumerate() {
            ranges[*id] = number as u32..sorted.ends[number];
        }
        Self { ranges, starts, positions }
    }

    /// How often a string occurs.
    pub(super) fn count(&self, id: usize) -> usize {
        let Range { start, end } = self.ranges[id];
        (self.starts[end as usize] - self.starts[start as usize]) as usize
    }

    /// The first occurrence of a string at or after a byte, and the number of searches that it took.
    pub(super) fn next(&self, id: usize, from: usize) -> (Option<usize>, usize) {
        let range = self.ranges[id].clone();
        let next = |number: u32| {
            let positions =
                &self.positions[self.starts[number as usize] as usize..self.starts[number as usize + 1] as usize];
            positions.get(positions.partition_point(|at| (*at as usize) < from)).copied()
        };
        (range.clone().filter_map(next).min().map(|at| at as usize), range.len())
    }
}

/// How many bytes of strings are compared for each byte of a text before an automaton takes over.
const COMPARED_PER_BYTE: usize = 64;

/// The number of bytes of strings in an automaton, which has a state of about fifty bytes for each of them.
const MAX_AUTOMATON: usize = 4 << 20;

/// Sorted strings. One binary search finds the longest that a text starts with, since it is a prefix of the last string that is not greater
/// than the text.
struct SortedNeedles<'a> {
    needles: Vec<(&'a [u8], usize)>,
    /// The longest other string that each string starts with.
    prefixes: Vec<Option<u32>>,
    /// The end of the strings that start with each string.
    ends: Vec<u32>,
    /// The index of the first string with each first byte.
    starts: [usize; 257],
    /// Whether a string may start with four bytes that have this hash.
    hashes: Vec<bool>,
}

/// A hash of the first four bytes, if there are four.
fn prefix_hash(bytes: &[u8]) -> Option<usize> {
    let first: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
    // Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
    Some((u32::from_le_bytes(first).wrapping_mul(0x9E37_79B1) >> 16) as usize)
}

impl<'a> SortedNeedles<'a> {
    fn new(needles: &'a Needles) -> Self {
        let non_empty = needles.ids.iter().filter(|(needle, _)| !needle.is_empty());
        let mut needles: Vec<(&[u8], usize)> = non_empty.map(|(needle, id)| (needle.as_bytes(), *id)).collect();
        needles.sort_unstable();
        let mut prefixes = Vec::with_capacity(needles.len());
        let mut ends = vec![needles.len() as u32; needles.len()];
        let mut open: Vec<u32> = Vec::new();
        for (index, (needle, _)) in needles.iter().enumerate() {
            while let Some(last) = open.pop_if(|last| !needle.starts_with(needles[*last as usize].0)) {
                ends[last as usize] = index as u32;
            }
            prefixes.push(open.last().copied());
            open.push(index as u32);
        }
        let starts = std::array::from_fn(|byte| needles.partition_point(|(needle, _)| usize::from(needle[0]) < byte));
        let mut hashes = vec![false; 1 << 16];
        for (needle, _) in &needles {
            match prefix_hash(needle) {
                Some(hash) => hashes[hash] = true,
                None => hashes.fill(true),
            }
        }
        Self { needles, prefixes, ends, starts, hashes }
    }

    /// The number of the longest string that a text starts with. Adds the number of compared bytes to `compared`.
    fn longest_prefix(&self, text: &[u8], compared: &mut usize) -> Option<u32> {
        if prefix_hash(text).is_some_and(|hash| !self.hashes[hash]) {
            return None;
        }
        let first = usize::from(text[0]);
        let (mut low, mut high) = (self.starts[first], self.starts[first + 1]);
        let start = low;
        while low < high {
            let middle = usize::midpoint(low, high);
            let (needle, _) = self.needles[middle];
            let common = common_prefix(needle, text);
            *compared += common;
            if common == needle.len() || common < text.len() && needle[common] < text[common] {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut last = low.checked_sub(1).filter(|last| *last >= start).map(|last| last as u32);
        while let Some(index) = last {
            let (needle, _) = self.needles[index as usize];
            let common = common_prefix(needle, text);
            *compared += common;
            if common == needle.len() {
                break;
            }
            last = self.prefixes[index as usize];
        }
        last
    }

    /// The positions at which the text starts with a string, and the number of the longest, in the order of the text.
    ///
    /// Reads the text backwards: the longest string that ends at a state of the automaton of the reversed strings starts at that position
    /// of the text (Aho and Corasick, *Efficient string matching*, 1975). Takes linear time for each automaton.
    fn longest_by_automaton(&self, text: &[u8]) -> Vec<(u32, u32)> {
        const NONE: u32 = u32::MAX;
        let mut longest = vec![NONE; text.len()];
        let mut set = |at: usize, number: u32| {
            let is_longer = |known: u32| self.needles[known as usize].0.len() < self.needles[number as usize].0.len();
            if longest[at] == NONE || is_longer(longest[at]) {
                longest[at] = number;
            }
        };
        let mut batch: Vec<u32> = Vec::new();
        let mut size = 0;
        // A longer string than the text does not occur in it.
        let fitting = (0..self.needles.len()).filter(|number| self.needles[*number].0.len() <= text.len());
        for number in fitting {
            let (needle, _) = self.needles[number];
            if needle.len() > MAX_AUTOMATON {
                each_occurrence(needle, text, |at| set(at, number as u32));
                continue;
            }
            if size + needle.len() > MAX_AUTOMATON {
                self.find_batch(&std::mem::take(&mut batch), text, &mut set);
                size = 0;
            }
            batch.push(number as u32);
            size += needle.len();
        }
        self.find_batch(&batch, text, &mut set);
        let found = (0..).zip(longest).filter(|(_, number)| *number != NONE);
        found.collect()
    }

    /// Calls `found` with the positions at which the text starts with one of some strings, and the longest of them.
    fn find_batch(&self, batch: &[u32], text: &[u8], found: &mut impl FnMut(usize, u32)) {
        let reversed =
            batch.iter().map(|number| self.needles[*number as usize].0.iter().rev().copied().collect::<Vec<u8>>());
        let automaton = NFA::builder().match_kind(MatchKind::Standard).build(reversed);
        // The limits on the size and the number of patterns are far above that of a batch.
        let Ok(automaton) = automaton else { return };
        let Ok(mut state): Result<StateID, _> = automaton.start_state(Anchored::No) else { return };
        for (at, byte) in text.iter().enumerate().rev() {
            state = automaton.next_state(Anchored::No, state, *byte);
            if automaton.is_match(state) {
                // The first match of a state is that of the state itself, the others are those of its suffixes.
                found(at, batch[automaton.match_pattern(state, 0).as_usize()]);
            }
        }
    }
}

/// The number of bytes at the start that two strings have in common.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
    let mut common = 0;
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        let difference = word(a) ^ word(b);
        if difference != 0 {
            return common + difference.trailing_zeros() as usize / 8;
        }
        common += 8;
    }
    common + a[common..].iter().zip(&b[common..]).take_while(|(a, b)| a == b).count()
}

/// Calls `found` with the positions of one string, in linear time (Knuth, Morris and Pratt, *Fast pattern matching in strings*, 1977).
fn each_occurrence(needle: &[u8], text: &[u8], mut found: impl FnMut(usize)) {
    // The length of the longest proper prefix of each prefix that is also its suffix.
    let mut borders: Vec<u32> = vec![0; needle.len()];
    let extended = |borders: &[u32], mut length: usize, byte: u8| {
        while length > 0 && (length == needle.len() || needle[length] != byte) {
            length = borders[length - 1] as usize;
        }
        length + usize::from(needle[length] == byte)
    };
    let mut length = 0;
    for (index, byte) in needle.iter().enumerate().skip(1) {
        length = extended(&borders, length, *byte);
        borders[index] = length as u32;
    }
    let mut length = 0;
    for (index, byte) in text.iter().enumerate() {
        length = extended(&borders, length, *byte);
        if length == needle.len() {
            found(index + 1 - length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::Folded;
    use super::*;
    use proptest::prelude::*;

    fn all(occurrences: &Occurrences, id: usize) -> Vec<usize> {
        let mut from = 0;
        std::iter::from_fn(|| {
            let found = occurrences.next(id, from).0?;
            from = found + 1;
            Some(found)
        })
        .collect()
    }

    proptest! {
        /// Both ways of searching find what a search at each position finds.
        #[test]
        fn all_occurrences_are_found(text in "[abé]{0,40}", words in prop::collection::vec("[abé]{0,5}", 1..12)) {
            let mut needles = Needles::default();
            let ids: Vec<usize> = words.iter().map(|word| needles.add(word.clone())).collect();
            let folded = Folded::new(&text);
            let occurrences = Occurrences::find(&needles, &SearchText::new(&folded, false));
            for (word, id) in words.iter().zip(&ids) {
                let expected: Vec<usize> =
                    text.char_indices().map(|(at, _)| at).filter(|at| !word.is_empty() && text[*at..].starts_with(word)).collect();
                prop_assert_eq!(all(&occurrences, *id), expected.clone());
                prop_assert_eq!(occurrences.count(*id), expected.len());
                if !word.is_empty() {
                    let mut found = Vec::new();
                    each_occurrence(word.as_bytes(), text.as_bytes(), |at| found.push(at));
                    prop_assert_eq!(found, expected);
                }
            }
            let sorted = SortedNeedles::new(&needles);
            let longest: Vec<(u32, u32)> = text
                .char_indices()
                .filter_map(|(at, _)| Some((at as u32, sorted.longest_prefix(&text.as_bytes()[at..], &mut 0)?)))
                .collect();
            prop_assert_eq!(sorted.longest_by_automaton(text.as_bytes()), longest);
        }
    }
}
