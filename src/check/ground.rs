//! Grounding: finding each quote in its source, exactly or not at all.
//!
//! All quotes from a source are looked for in one pass over its folded text, with a binary search among the sorted quotes
//! at each place, so that the time grows with the text, the quotes and the places found, and not with their product.

use super::fold::{Folded, fold};
use crate::model::{Selector, Span};
use std::collections::HashMap;
use std::ops::Range;

/// Words to be found in a source.
#[derive(Clone, Copy, Debug)]
pub struct Quote<'a> {
    /// The words, with `…`, `...`, `[…]` or `[...]` for words left out.
    pub text: &'a str,
    /// What tells equal quotes apart.
    pub selector: &'a Selector,
}

/// What came of looking for a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is at one place.
    Found(Span),
    /// It is at several places: the first [`MAX_MATCHES`] of them, and one more where there are more.
    Ambiguous(Vec<Span>),
    /// It is at no place, or at fewer than the selector asks for: how many there are without the selector, as far as they
    /// were counted.
    NotFound(usize),
    /// There is nothing to look for.
    Empty,
}

/// How many of several places are looked at.
pub const MAX_MATCHES: usize = 20;

/// Looks for quotes in a text; one outcome for each, in their order.
///
/// A quote is tried literally first. Then the words left out cut it in parts, which must follow each other within one
/// paragraph: a match is a place of the first part, with the nearest place of each further part.
///
/// Takes O(t log n + q + m log m) comparisons for a text of t bytes, n quotes of q bytes and m places at which a part of a
/// quote lies; a quote with a prefix or a suffix is compared at each of its places.
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
    let wanted: Vec<(usize, Option<Vec<usize>>)> = quotes
        .iter()
        .map(|quote| {
            let whole = needles.add(fold(quote.text));
            let parts = parts(quote.text);
            let elided = parts.len() > 1;
            let words = parts.into_iter().map(fold).filter(|part| !part.is_empty());
            (whole, elided.then(|| words.map(|part| needles.add(part)).collect()))
        })
        .collect();
    let places = needles.places(folded.text());
    let search = Search { folded: &folded, needles: &needles, places: &places };
    // Quotes that several statements share are looked for once.
    let mut known: HashMap<(usize, Option<Vec<usize>>, &Selector), Outcome> = HashMap::new();
    let outcomes = quotes.iter().zip(wanted).map(|(quote, (whole, parts))| {
        let outcome = known.entry((whole, parts, quote.selector));
        let outcome =
            outcome.or_insert_with_key(|(whole, parts, selector)| search.outcome(selector, *whole, parts.as_deref()));
        outcome.clone()
    });
    outcomes.collect()
}

/// The words that a quote gives, cut where words are left out.
pub fn quote_parts(quote: &str) -> Vec<&str> {
    parts(quote).into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Cuts a quote where words are left out.
pub(super) fn parts(quote: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = quote;
    while let Some((at, mark)) = ELISIONS
        .iter()
        .filter_map(|mark| Some((rest.find(mark)?, *mark)))
        .min_by_key(|(at, mark)| (*at, std::cmp::Reverse(mark.len())))
    {
        parts.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    parts.push(rest);
    parts
}

const ELISIONS: [&str; 4] = ["[…]", "[...]", "…", "..."];

/// Distinct folded words to look for.
#[derive(Default)]
struct Needles {
    numbers: HashMap<String, usize>,
    lengths: Vec<usize>,
}

impl Needles {
    fn add(&mut self, words: String) -> usize {
        let next = self.lengths.len();
        let length = words.len();
        let number = *self.numbers.entry(words).or_insert(next);
        if number == next {
            self.lengths.push(length);
        }
        number
    }

    /// For each needle the bytes at which it begins in the text, in order.
    fn places(&self, text: &str) -> Vec<Vec<u32>> {
        let mut places: Vec<Vec<u32>> = vec![Vec::new(); self.lengths.len()];
        let sorted = Sorted::new(self);
        let bytes = text.as_bytes();
        for at in (0..bytes.len()).filter(|at| text.is_char_boundary(*at)) {
            sorted.beginning(&bytes[at..], |needle| places[needle].push(at as u32));
        }
        places
    }
}

/// Needles in order, so that those that a text begins with are found by one binary search: they are all prefixes of the
/// last needle that is not greater than the text.
struct Sorted<'a> {
    needles: Vec<(&'a [u8], usize)>,
    /// For each needle the longest other that it begins with.
    prefixes: Vec<Option<usize>>,
    /// Where the needles of each first byte begin, and where the last ones end.
    starts: [usize; 257],
    /// A bit for each hash of four bytes that a needle begins with; all are set where one is shorter.
    beginnings: Vec<bool>,
}

/// A hash of the first four bytes; `None` of fewer.
fn beginning(bytes: &[u8]) -> Option<usize> {
    let first: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
    // Multiplicative hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
    Some((u32::from_le_bytes(first).wrapping_mul(0x9E37_79B1) >> 16) as usize)
}

impl<'a> Sorted<'a> {
    fn new(needles: &'a Needles) -> Self {
        let filled = needles.numbers.iter().filter(|(words, _)| !words.is_empty());
        let mut needles: Vec<(&[u8], usize)> = filled.map(|(words, number)| (words.as_bytes(), *number)).collect();
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
        let mut beginnings = vec![false; 1 << 16];
        for (needle, _) in &needles {
            match beginning(needle) {
                Some(hash) => beginnings[hash] = true,
                None => beginnings.fill(true),
            }
        }
        Self { needles, prefixes, starts, beginnings }
    }

    /// Hands out the needles that a text begins with.
    fn beginning(&self, text: &[u8], mut found: impl FnMut(usize)) {
        if beginning(text).is_some_and(|hash| !self.beginnings[hash]) {
            return;
        }
        let first = usize::from(text[0]);
        let (start, end) = (self.starts[first], self.starts[first + 1]);
        let not_greater = self.needles[start..end].partition_point(|(needle, _)| *needle <= text);
        let mut last = (start + not_greater).checked_sub(1).filter(|last| *last >= start);
        while let Some(index) = last {
            let (needle, number) = self.needles[index];
            if text.starts_with(needle) {
                found(number);
            }
            last = self.prefixes[index];
        }
    }
}

struct Search<'a> {
    folded: &'a Folded,
    needles: &'a Needles,
    places: &'a [Vec<u32>],
}

type Match = Vec<Range<usize>>;

impl Search<'_> {
    fn outcome(&self, selector: &Selector, whole: usize, parts: Option<&[usize]>) -> Outcome {
        let literal = &self.places[whole];
        if self.needles.lengths[whole] == 0 || (literal.is_empty() && parts.is_some_and(<[usize]>::is_empty)) {
            return Outcome::Empty;
        }
        // So many matches decide the outcome.
        let (enough, any) = match selector {
            Selector { nth: Some(nth), prefix: None, suffix: None } => ((*nth).max(1) as usize, true),
            Selector { prefix: None, suffix: None, .. } => (MAX_MATCHES + 1, true),
            _ => (usize::MAX, false),
        };
        let all: Vec<Match> = match parts {
            Some(parts) if literal.is_empty() => self.in_parts(parts, enough),
            _ => literal.iter().take(enough).map(|at| vec![self.range(*at, whole)]).collect(),
        };
        let (prefix, suffix) = (selector.prefix.as_deref().map(fold), selector.suffix.as_deref().map(fold));
        let fits = |m: &&Match| any || self.is_between(m, prefix.as_deref(), suffix.as_deref());
        let chosen: Vec<&Match> = all.iter().filter(fits).collect();
        match selector.nth {
            Some(nth) => {
                let place = (nth as usize).checked_sub(1).and_then(|i| chosen.get(i));
                match place.and_then(|m| self.span(m)) {
                    Some(span) => Outcome::Found(span),
                    None => Outcome::NotFound(all.len()),
                }
            }
            None => {
                let mut spans: Vec<Span> = chosen.iter().take(MAX_MATCHES + 1).filter_map(|m| self.span(m)).collect();
                // Places inside one composed character are one place.
                spans.dedup();
                match spans.len() {
                    0 => Outcome::NotFound(all.len()),
                    1 => Outcome::Found(spans.remove(0)),
                    _ => Outcome::Ambiguous(spans),
                }
            }
        }
    }

    fn range(&self, at: u32, needle: usize) -> Range<usize> {
        at as usize..at as usize + self.needles.lengths[needle]
    }

    /// The first places of a quote in parts, in the order of the text.
    ///
    /// Where a further part lies only behind the end of a paragraph, the paragraphs in between are leapt over, so that
    /// a second part that is rare bounds the work.
    fn in_parts(&self, parts: &[usize], enough: usize) -> Vec<Match> {
        let mut matches = Vec::new();
        if parts.iter().any(|part| self.places[*part].is_empty()) {
            return matches;
        }
        let firsts = &self.places[parts[0]];
        let mut first = 0;
        while matches.len() < enough && first < firsts.len() {
            let mut found = vec![self.range(firsts[first], parts[0])];
            let end = self.folded.paragraph_end(found[0].start);
            let mut leap = (found[0].end > end).then_some(found[0].start + 1);
            for part in &parts[1..] {
                if leap.is_some() {
                    break;
                }
                let places = &self.places[*part];
                let from = found[found.len() - 1].end;
                let Some(at) = places.get(places.partition_point(|at| (*at as usize) < from)) else { return matches };
                found.push(self.range(*at, *part));
                if found[found.len() - 1].end > end {
                    leap = Some(self.folded.paragraph_start(*at as usize).max(found[0].start + 1));
                }
            }
            match leap {
                None => {
                    matches.push(found);
                    first += 1;
                }
                Some(from) => first += firsts[first..].partition_point(|at| (*at as usize) < from),
            }
        }
        matches
    }

    /// Whether a match stands between folded words.
    fn is_between(&self, found: &Match, prefix: Option<&str>, suffix: Option<&str>) -> bool {
        let text = self.folded.text();
        let before = text[..found[0].start].trim_end_matches(' ');
        let behind = text[found[found.len() - 1].end..].trim_start_matches(' ');
        prefix.is_none_or(|prefix| before.ends_with(prefix)) && suffix.is_none_or(|suffix| behind.starts_with(suffix))
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
        let Outcome::Ambiguous(places) = one("a mill\nand a mill", "a mill") else { panic!() };
        assert_eq!(places.iter().map(|s| (s.line(), s.column())).collect::<Vec<_>>(), [(1, 1), (2, 5)]);
    }

    #[test]
    fn words_are_left_out_within_one_paragraph_only() {
        let text = "one two three\nfour five";
        assert_eq!(parts_of(&one(text, "one … three")), [0..3, 8..13]);
        for quote in ["one … four", "one … six", "three … one"] {
            assert_eq!(one(text, quote), Outcome::NotFound(0), "{quote}");
        }
        assert_eq!(parts_of(&one("one two\nthree\n\nfour", "one [...] three")), [0..3, 8..13]);
    }

    #[test]
    fn the_nearest_continuation_is_taken() {
        assert_eq!(parts_of(&one("a b x c x", "b ... x")), [2..3, 4..5]);
        let Outcome::Ambiguous(places) = one("a x a y y", "a … y") else { panic!() };
        assert_eq!(places[0].parts(), [0..1, 6..7]);
        assert_eq!(places[1].parts(), [4..5, 6..7]);
    }

    #[test]
    fn a_quote_is_tried_literally_before_its_parts() {
        assert_eq!(parts_of(&one("wait … what, wait then what", "wait … what")), [0..11]);
        assert_eq!(parts_of(&one("so [...] on", "so […] on")), [0..2, 9..11]);
    }

    #[test]
    fn marks_at_the_ends_leave_nothing_out() {
        assert_eq!(parts_of(&one("the mill closed", "… mill …")), [4..8]);
        assert_eq!(one("the mill", "…"), Outcome::Empty);
        assert_eq!(one("the mill", " \n "), Outcome::Empty);
    }

    #[test]
    fn selectors_tell_equal_quotes_apart() {
        let text = "old mill, new mill; new mill";
        let with = |nth, prefix: Option<&str>, suffix: Option<&str>| {
            let selector = Selector { nth, prefix: prefix.map(str::to_owned), suffix: suffix.map(str::to_owned) };
            ground(text, &[Quote { text: "mill", selector: &selector }]).remove(0)
        };
        assert_eq!(parts_of(&with(None, Some("old"), None)), [4..8]);
        assert_eq!(parts_of(&with(None, None, Some(" ;"))), [14..18]);
        assert_eq!(parts_of(&with(Some(2), Some("new "), None)), [24..28]);
        assert_eq!(with(Some(4), None, None), Outcome::NotFound(3));
        assert_eq!(with(Some(0), None, None), Outcome::NotFound(1));
    }

    #[test]
    fn time_does_not_grow_with_quotes_times_text() {
        // A hundred thousand quotes whose first part is at a hundred thousand places: an hour, if it did.
        let text = "the mill by the river\n".repeat(50_000) + "at last";
        let quotes: Vec<String> = (0..100_000).map(|n| format!("the … {}", ["last", "lost", "mill"][n % 3])).collect();
        let selector = Selector::default();
        let quotes: Vec<Quote<'_>> = quotes.iter().map(|q| Quote { text: q, selector: &selector }).collect();
        let found = |o: &Outcome| matches!(o, Outcome::NotFound(0) | Outcome::Ambiguous(_));
        assert!(ground(&text, &quotes).iter().all(found));
    }

    proptest! {
        /// Whatever graphemes are cut from a text are found where they were cut, or that place is among the candidates.
        #[test]
        fn any_words_of_a_text_are_found_at_their_place(
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
            let place = text[..graphemes[a].0].chars().count() as u32;
            let all = place..place + words.chars().count() as u32;
            // White space and soft hyphens at the ends are not part of what is found.
            let unseen = |c: &char| c.is_whitespace() || *c == '\u{AD}';
            let seen = all.start + words.chars().take_while(unseen).count() as u32
                ..all.end - words.chars().rev().take_while(unseen).count() as u32;
            match one(&text, words) {
                Outcome::Found(span) => prop_assert_eq!(span.start()..span.end(), seen),
                Outcome::Ambiguous(places) => prop_assert!(
                    places.len() > MAX_MATCHES || places.iter().any(|s| (s.start()..s.end()) == seen), "{places:?} {seen:?}"
                ),
                other => prop_assert!(false, "{other:?} {words:?}"),
            }
        }
    }
}
