//! Grounding: finding each quote in its source, exactly or not at all.
//!
//! One pass through the folded text of a source finds all its quotes, with a binary search among the sorted quotes
//! at each position. The time grows with the text, the quotes and the matches, not with their product.

use super::fold::{Folded, fold};
use crate::model::{Selector, Span};
use std::collections::HashMap;
use std::ops::Range;

/// A quote to find in a source.
#[derive(Clone, Copy, Debug)]
pub struct Quote<'a> {
    /// The words, with `…`, `...`, `[…]` or `[...]` for omitted words.
    pub text: &'a str,
    /// Selects one of several matches.
    pub selector: &'a Selector,
}

/// The result of searching for a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// One match.
    Found(Span),
    /// Several matches: the first [`MAX_MATCHES`], and one more if there are more.
    Ambiguous(Vec<Span>),
    /// No match that fits the selector.
    NotFound {
        /// The number of matches without the selector, as far as they were counted.
        matches: usize,
        /// The first part that the text does not contain, counted from 0 among the parts that have words.
        missing_part: Option<usize>,
    },
    /// The quote has no words.
    Empty,
}

/// How many matches of an ambiguous quote are reported.
pub const MAX_MATCHES: usize = 20;

/// Searches for quotes in a text and returns an outcome for each, in their order.
///
/// A quote is first searched for literally. If there is no match, ellipses split it into parts, which must follow each other
/// in one paragraph: a match is an occurrence of the first part, with the nearest occurrence of each further part.
///
/// Takes O(t log n + q + m log m) comparisons for a text of t bytes, n quotes of q bytes in total and m occurrences of parts.
/// A quote with a prefix or a suffix is compared at each of its matches.
///
/// ```
/// use factloom::check::{Outcome, Quote, ground};
/// use factloom::model::Selector;
///
/// let text = "It was built in 1973 with help from others.\nIt closed in 2015.";
/// let quote = Quote { text: "built … with help", selector: &Selector::default() };
/// let [Outcome::Found(span)] = &ground(text, &[quote])[..] else { panic!() };
/// assert_eq!((span.start(), span.end(), span.line(), span.column()), (7, 30, 1, 8));
/// ```
pub fn ground(text: &str, quotes: &[Quote<'_>]) -> Vec<Outcome> {
    let folded = Folded::new(text);
    let mut needles = Needles::default();
    let needle_ids: Vec<(usize, Option<Vec<usize>>)> = quotes
        .iter()
        .map(|quote| {
            let literal = needles.add(fold(quote.text));
            let parts = parts(quote.text);
            let has_ellipsis = parts.len() > 1;
            let parts = parts.into_iter().map(fold).filter(|part| !part.is_empty());
            (literal, has_ellipsis.then(|| parts.map(|part| needles.add(part)).collect()))
        })
        .collect();
    let occurrences = needles.occurrences(folded.text());
    let search = Search { folded: &folded, needles: &needles, occurrences: &occurrences };
    // Equal quotes are searched for once.
    let mut known: HashMap<(usize, Option<Vec<usize>>, &Selector), Outcome> = HashMap::new();
    let outcomes = quotes.iter().zip(needle_ids).map(|(quote, (literal, parts))| {
        let outcome = known.entry((literal, parts, quote.selector));
        let outcome = outcome
            .or_insert_with_key(|(literal, parts, selector)| search.outcome(selector, *literal, parts.as_deref()));
        outcome.clone()
    });
    outcomes.collect()
}

/// The non-empty parts of a quote between its ellipses.
pub fn quote_parts(quote: &str) -> Vec<&str> {
    parts(quote).into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The parts of a quote between its ellipses.
pub(super) fn parts(quote: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = quote;
    while let Some((at, ellipsis)) = ELLIPSES
        .iter()
        .filter_map(|ellipsis| Some((rest.find(ellipsis)?, *ellipsis)))
        .min_by_key(|(at, ellipsis)| (*at, std::cmp::Reverse(ellipsis.len())))
    {
        parts.push(&rest[..at]);
        rest = &rest[at + ellipsis.len()..];
    }
    parts.push(rest);
    parts
}

const ELLIPSES: [&str; 4] = ["[…]", "[...]", "…", "..."];

/// Distinct folded strings to search for.
#[derive(Default)]
struct Needles {
    ids: HashMap<String, usize>,
    lengths: Vec<usize>,
}

impl Needles {
    fn add(&mut self, needle: String) -> usize {
        let next = self.lengths.len();
        let length = needle.len();
        let id = *self.ids.entry(needle).or_insert(next);
        if id == next {
            self.lengths.push(length);
        }
        id
    }

    /// The byte offsets of each needle in the text, in order.
    fn occurrences(&self, text: &str) -> Vec<Vec<u32>> {
        let mut occurrences: Vec<Vec<u32>> = vec![Vec::new(); self.lengths.len()];
        let sorted = SortedNeedles::new(self);
        let bytes = text.as_bytes();
        for at in (0..bytes.len()).filter(|at| text.is_char_boundary(*at)) {
            sorted.for_each_prefix(&bytes[at..], |needle| occurrences[needle].push(at as u32));
        }
        occurrences
    }
}

/// Sorted needles. One binary search finds all needles that a text starts with, since they are prefixes of the last needle
/// that is not greater than the text.
struct SortedNeedles<'a> {
    needles: Vec<(&'a [u8], usize)>,
    /// The longest other needle that each needle starts with.
    prefixes: Vec<Option<usize>>,
    /// The index of the first needle with each first byte.
    starts: [usize; 257],
    /// Whether a needle may start with four bytes that have this hash.
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
        let mut open: Vec<usize> = Vec::new();
        for (index, (needle, _)) in needles.iter().enumerate() {
            while open.last().is_some_and(|last| !needle.starts_with(needles[*last].0)) {
                open.pop();
            }
            prefixes.push(open.last().copied());
            open.push(index);
        }
        let starts = std::array::from_fn(|byte| needles.partition_point(|(needle, _)| usize::from(needle[0]) < byte));
        let mut hashes = vec![false; 1 << 16];
        for (needle, _) in &needles {
            match prefix_hash(needle) {
                Some(hash) => hashes[hash] = true,
                None => hashes.fill(true),
            }
        }
        Self { needles, prefixes, starts, hashes }
    }

    /// Calls `found` for each needle that the text starts with.
    fn for_each_prefix(&self, text: &[u8], mut found: impl FnMut(usize)) {
        if prefix_hash(text).is_some_and(|hash| !self.hashes[hash]) {
            return;
        }
        let first = usize::from(text[0]);
        let (start, end) = (self.starts[first], self.starts[first + 1]);
        let not_greater = self.needles[start..end].partition_point(|(needle, _)| *needle <= text);
        let mut last = (start + not_greater).checked_sub(1).filter(|last| *last >= start);
        while let Some(index) = last {
            let (needle, id) = self.needles[index];
            if text.starts_with(needle) {
                found(id);
            }
            last = self.prefixes[index];
        }
    }
}

struct Search<'a> {
    folded: &'a Folded,
    needles: &'a Needles,
    occurrences: &'a [Vec<u32>],
}

type Match = Vec<Range<usize>>;

impl Search<'_> {
    fn outcome(&self, selector: &Selector, needle: usize, parts: Option<&[usize]>) -> Outcome {
        let literal = &self.occurrences[needle];
        if self.needles.lengths[needle] == 0 || (literal.is_empty() && parts.is_some_and(<[usize]>::is_empty)) {
            return Outcome::Empty;
        }
        // More matches do not change the outcome.
        let (limit, is_unrestricted) = match selector {
            Selector { nth: Some(nth), prefix: None, suffix: None } => ((*nth).max(1) as usize, true),
            Selector { prefix: None, suffix: None, .. } => (MAX_MATCHES + 1, true),
            _ => (usize::MAX, false),
        };
        let all: Vec<Match> = match parts {
            Some(parts) if literal.is_empty() => self.matches_of_parts(parts, limit),
            _ => literal.iter().take(limit).map(|at| vec![self.range(*at, needle)]).collect(),
        };
        let (prefix, suffix) = (selector.prefix.as_deref().map(fold), selector.suffix.as_deref().map(fold));
        let fits = |m: &&Match| is_unrestricted || self.is_surrounded_by(m, prefix.as_deref(), suffix.as_deref());
        let chosen: Vec<&Match> = all.iter().filter(fits).collect();
        match selector.nth {
            Some(nth) => {
                let found = (nth as usize).checked_sub(1).and_then(|i| chosen.get(i));
                match found.and_then(|m| self.span(m)) {
                    Some(span) => Outcome::Found(span),
                    None => self.not_found(all.len(), parts),
                }
            }
            None => {
                let mut spans: Vec<Span> = chosen.iter().take(MAX_MATCHES + 1).filter_map(|m| self.span(m)).collect();
                // Matches inside one composed character have the same span.
                spans.dedup();
                match spans.len() {
                    0 => self.not_found(all.len(), parts),
                    1 => Outcome::Found(spans.remove(0)),
                    _ => Outcome::Ambiguous(spans),
                }
            }
        }
    }

    fn not_found(&self, matches: usize, parts: Option<&[usize]>) -> Outcome {
        let missing_part = match parts {
            _ if matches > 0 => None,
            Some(parts) => parts.iter().position(|part| self.occurrences[*part].is_empty()),
            None => Some(0),
        };
        Outcome::NotFound { matches, missing_part }
    }

    fn range(&self, at: u32, needle: usize) -> Range<usize> {
        at as usize..at as usize + self.needles.lengths[needle]
    }

    /// The first matches of a quote with ellipses, in the order of the text.
    ///
    /// If the next occurrence of a further part is in a later paragraph, the search continues there, so that a rare part
    /// bounds the work.
    fn matches_of_parts(&self, parts: &[usize], limit: usize) -> Vec<Match> {
        let mut matches = Vec::new();
        if parts.iter().any(|part| self.occurrences[*part].is_empty()) {
            return matches;
        }
        let starts_of_matches = &self.occurrences[parts[0]];
        let mut first = 0;
        while matches.len() < limit && first < starts_of_matches.len() {
            let mut found = vec![self.range(starts_of_matches[first], parts[0])];
            let end = self.folded.paragraph_end(found[0].start);
            let mut skip_to = (found[0].end > end).then_some(found[0].start + 1);
            for part in &parts[1..] {
                if skip_to.is_some() {
                    break;
                }
                let occurrences = &self.occurrences[*part];
                let from = found[found.len() - 1].end;
                let next = occurrences.partition_point(|at| (*at as usize) < from);
                let Some(at) = occurrences.get(next) else { return matches };
                found.push(self.range(*at, *part));
                if found[found.len() - 1].end > end {
                    skip_to = Some(self.folded.paragraph_start(*at as usize).max(found[0].start + 1));
                }
            }
            match skip_to {
                None => {
                    matches.push(found);
                    first += 1;
                }
                Some(from) => first += starts_of_matches[first..].partition_point(|at| (*at as usize) < from),
            }
        }
        matches
    }

    /// Whether a match follows the folded prefix and precedes the folded suffix.
    fn is_surrounded_by(&self, found: &Match, prefix: Option<&str>, suffix: Option<&str>) -> bool {
        let text = self.folded.text();
        let before = text[..found[0].start].trim_end_matches(' ');
        let after = text[found[found.len() - 1].end..].trim_start_matches(' ');
        prefix.is_none_or(|prefix| before.ends_with(prefix)) && suffix.is_none_or(|suffix| after.starts_with(suffix))
    }

    fn span(&self, found: &Match) -> Option<Span> {
        let parts: Vec<Range<u32>> = found.iter().map(|part| self.folded.original(part.clone())).collect();
        let (line, column) = self.folded.line_and_column(parts[0].start);
        Span::new(parts, line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn one(text: &str, quote: &str) -> Outcome {
        ground(text, &[Quote { text: quote, selector: &Selector::default() }]).remove(0)
    }

    fn parts_of(outcome: &Outcome) -> Vec<Range<u32>> {
        match outcome {
            Outcome::Found(span) => span.parts().to_vec(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_quote_found_twice_is_ambiguous() {
        let Outcome::Ambiguous(spans) = one("a mill\nand a mill", "a mill") else { panic!() };
        assert_eq!(spans.iter().map(|s| (s.line(), s.column())).collect::<Vec<_>>(), [(1, 1), (2, 5)]);
    }

    #[test]
    fn an_ellipsis_stays_within_one_paragraph() {
        let text = "one two three\nfour five";
        assert_eq!(parts_of(&one(text, "one … three")), [0..3, 8..13]);
        for (quote, missing_part) in
            [("one … four", None), ("… one … six", Some(1)), ("three … one", None), ("six", Some(0))]
        {
            assert_eq!(one(text, quote), Outcome::NotFound { matches: 0, missing_part }, "{quote}");
        }
        assert_eq!(parts_of(&one("one two\nthree\n\nfour", "one [...] three")), [0..3, 8..13]);
    }

    #[test]
    fn the_nearest_occurrence_of_the_next_part_is_taken() {
        assert_eq!(parts_of(&one("a b x c x", "b ... x")), [2..3, 4..5]);
        let Outcome::Ambiguous(spans) = one("a x a y y", "a … y") else { panic!() };
        assert_eq!(spans[0].parts(), [0..1, 6..7]);
        assert_eq!(spans[1].parts(), [4..5, 6..7]);
    }

    #[test]
    fn a_literal_match_takes_precedence_over_ellipses() {
        assert_eq!(parts_of(&one("wait … what, wait then what", "wait … what")), [0..11]);
        assert_eq!(parts_of(&one("so [...] on", "so […] on")), [0..2, 9..11]);
    }

    #[test]
    fn ellipses_at_the_ends_match_nothing() {
        assert_eq!(parts_of(&one("the mill closed", "… mill …")), [4..8]);
        assert_eq!(one("the mill", "…"), Outcome::Empty);
        assert_eq!(one("the mill", " \n "), Outcome::Empty);
    }

    #[test]
    fn selectors_choose_among_equal_quotes() {
        let text = "old mill, new mill; new mill";
        let with = |nth, prefix: Option<&str>, suffix: Option<&str>| {
            let selector = Selector { nth, prefix: prefix.map(str::to_owned), suffix: suffix.map(str::to_owned) };
            ground(text, &[Quote { text: "mill", selector: &selector }]).remove(0)
        };
        assert_eq!(parts_of(&with(None, Some("old"), None)), [4..8]);
        assert_eq!(parts_of(&with(None, None, Some(" ;"))), [14..18]);
        assert_eq!(parts_of(&with(Some(2), Some("new "), None)), [24..28]);
        let not_found = |matches| Outcome::NotFound { matches, missing_part: None };
        assert_eq!(with(Some(4), None, None), not_found(3));
        assert_eq!(with(Some(0), None, None), not_found(1));
    }

    #[test]
    fn search_time_is_not_the_product_of_quotes_and_text() {
        // A hundred thousand quotes with a hundred thousand occurrences of their first part would take an hour.
        let text = "the mill by the river\n".repeat(50_000) + "at last";
        let quotes: Vec<String> = (0..100_000).map(|n| format!("the … {}", ["last", "lost", "mill"][n % 3])).collect();
        let selector = Selector::default();
        let quotes: Vec<Quote<'_>> = quotes.iter().map(|q| Quote { text: q, selector: &selector }).collect();
        let found = |o: &Outcome| matches!(o, Outcome::NotFound { matches: 0, .. } | Outcome::Ambiguous(_));
        assert!(ground(&text, &quotes).iter().all(found));
    }

    proptest! {
        /// Any range of graphemes of a text is found, or is among the ambiguous matches.
        #[test]
        fn any_words_of_a_text_are_found_at_their_position(
            text in proptest::collection::vec(prop_oneof![
                4 => prop::sample::select(vec!["mill ", "built", " ", "\n", "\n\n", "…", "—", "“", "é", "e\u{301}", "स्टील", "مل",
                    "鋼", "\u{AD}", "한", "\u{1112}\u{1161}\u{11AB}", "...", "🏭", "👩‍🔧", "\r\n", "\u{2126}", "[...]"]),
                1 => any::<char>().prop_map(|c| c.to_string().leak() as &str),
            ], 1..30),
            from in any::<prop::sample::Index>(),
            to in any::<prop::sample::Index>(),
        ) {
            let text = text.concat();
            let graphemes: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
            let (a, b) = (from.index(graphemes.len()), to.index(graphemes.len()));
            let (a, b) = (a.min(b), a.max(b));
            let words = &text[graphemes[a].0..graphemes[b].0 + graphemes[b].1.len()];
            prop_assume!(!fold(words).is_empty());
            let start = text[..graphemes[a].0].chars().count() as u32;
            let all = start..start + words.chars().count() as u32;
            // White space and soft hyphens at the ends are not part of the match.
            let is_ignored = |c: &char| c.is_whitespace() || *c == '\u{AD}';
            let expected = all.start + words.chars().take_while(is_ignored).count() as u32
                ..all.end - words.chars().rev().take_while(is_ignored).count() as u32;
            match one(&text, words) {
                Outcome::Found(span) => prop_assert_eq!(span.start()..span.end(), expected),
                Outcome::Ambiguous(spans) => prop_assert!(
                    spans.len() > MAX_MATCHES || spans.iter().any(|s| (s.start()..s.end()) == expected), "{spans:?} {expected:?}"
                ),
                other => prop_assert!(false, "{other:?} {words:?}"),
            }
        }
    }
}
