//! Grounding: finding each quote in its source, exactly or not at all.
//!
//! One pass through the folded text of a source finds all its quotes and their parts. The time grows with the text and the quotes, not
//! with their product.

use super::fold::{Folded, fold};
use super::occurrences::{Needles, Occurrences};
use crate::model::{Selector, Span};
use memchr::memchr3;
use std::cell::Cell;
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
    /// The parts of the quote occur so often that the search for a match with its prefix and suffix was ended.
    TooManyMatches,
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
/// Takes O((t + q) log t) time for a text of t bytes and quotes of q bytes in total: the number of searches for the next part of a quote is
/// limited to a multiple of both. Only quotes whose parts occur very often reach the limit.
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
    let mut size = text.len();
    let resolved: Vec<Resolved> = quotes
        .iter()
        .map(|Quote { text, selector }| {
            size += text.len();
            let literal = needles.add(fold(text));
            let parts = parts(text);
            let has_ellipsis = parts.len() > 1;
            let parts = parts.into_iter().map(fold).filter(|part| !part.is_empty());
            let parts = has_ellipsis.then(|| parts.map(|part| needles.add(part)).collect());
            let mut context = |words: &Option<String>| {
                let words = fold(words.as_deref()?);
                (!words.is_empty()).then(|| needles.add(words))
            };
            let (prefix, suffix) = (context(&selector.prefix), context(&selector.suffix));
            Resolved { literal, parts, prefix, suffix, nth: selector.nth }
        })
        .collect();
    let occurrences = Occurrences::find(&needles, folded.text());
    let steps = Cell::new(MIN_STEPS + STEPS_PER_BYTE * size);
    let search = Search { folded: &folded, needles: &needles, occurrences: &occurrences, steps };
    // Equal quotes are searched for once.
    let mut known: HashMap<&Resolved, Outcome> = HashMap::new();
    resolved.iter().map(|quote| known.entry(quote).or_insert_with(|| search.outcome(quote)).clone()).collect()
}

/// The non-empty parts of a quote between its ellipses.
pub fn quote_parts(quote: &str) -> Vec<&str> {
    parts(quote).into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The parts of a quote between its ellipses.
pub(super) fn parts(quote: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    // The first bytes of ellipses. None of them is within a character.
    while let Some(found) = memchr3(b'[', ELLIPSIS[0], b'.', &quote.as_bytes()[at..]) {
        at += found;
        match ELLIPSES.iter().find(|ellipsis| quote[at..].starts_with(**ellipsis)) {
            Some(ellipsis) => {
                parts.push(&quote[start..at]);
                at += ellipsis.len();
                start = at;
            }
            None => at += 1,
        }
    }
    parts.push(&quote[start..]);
    parts
}

const ELLIPSIS: &[u8] = "…".as_bytes();
const ELLIPSES: [&str; 4] = ["[…]", "[...]", "…", "..."];

/// What a quote was resolved to: the ids of folded strings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Resolved {
    literal: usize,
    /// The parts that have words, if there is an ellipsis.
    parts: Option<Vec<usize>>,
    prefix: Option<usize>,
    suffix: Option<usize>,
    nth: Option<u32>,
}

struct Search<'a> {
    folded: &'a Folded,
    needles: &'a Needles,
    occurrences: &'a Occurrences,
    /// How many more searches all quotes may take together, beyond those that each may take.
    steps: Cell<usize>,
}

type Match = Vec<Range<usize>>;

/// The search for a quote took too many steps.
#[derive(Debug)]
struct Exhausted;

/// The number of steps that the search for a quote may take in any case, and the number for each byte of the text and the quotes
/// that all may take together.
const STEPS_PER_QUOTE: usize = 10_000;
const STEPS_PER_BYTE: usize = 16;
const MIN_STEPS: usize = 10_000_000;

/// The matches of a quote.
struct Matches<'a> {
    search: &'a Search<'a>,
    /// The parts of the quote; one without an ellipsis.
    parts: &'a [usize],
    prefix: Option<usize>,
    suffix: Option<usize>,
    /// Whether a match must be in one paragraph.
    in_paragraph: bool,
    /// Where the next match may start.
    from: usize,
    steps: usize,
}

impl Search<'_> {
    fn outcome(&self, quote: &Resolved) -> Outcome {
        let Resolved { literal, parts, .. } = quote;
        let is_absent = self.occurrences.count(*literal) == 0;
        if self.needles.length(*literal) == 0 || is_absent && parts.as_ref().is_some_and(Vec::is_empty) {
            return Outcome::Empty;
        }
        let literal = [*literal];
        let (parts, in_paragraph) = match parts {
            Some(parts) if is_absent => (&parts[..], true),
            _ => (&literal[..], false),
        };
        self.outcome_of_parts(quote, parts, in_paragraph).unwrap_or(Outcome::TooManyMatches)
    }

    fn outcome_of_parts(&self, quote: &Resolved, parts: &[usize], in_paragraph: bool) -> Result<Outcome, Exhausted> {
        if let Some(missing) = parts.iter().position(|part| self.occurrences.count(*part) == 0) {
            return Ok(Outcome::NotFound { matches: 0, missing_part: Some(missing) });
        }
        let matches = |prefix, suffix| Matches { search: self, parts, prefix, suffix, in_paragraph, from: 0, steps: 0 };
        let mut chosen = matches(quote.prefix, quote.suffix);
        let is_absent = |words: &Option<usize>| words.is_some_and(|words| self.occurrences.count(words) == 0);
        // More matches do not change the outcome.
        let found = match quote.nth {
            _ if is_absent(&quote.prefix) || is_absent(&quote.suffix) => Vec::new(),
            Some(nth) => chosen.nth(nth)?.into_iter().collect(),
            None => chosen.first(MAX_MATCHES + 1)?,
        };
        let mut spans: Vec<Span> = found.iter().filter_map(|m| self.span(m)).collect();
        // Matches inside one composed character have the same span.
        spans.dedup();
        Ok(match spans.len() {
            0 => {
                let matches = matches(None, None).first(MAX_MATCHES + 1)?.len();
                Outcome::NotFound { matches, missing_part: None }
            }
            1 => Outcome::Found(spans.remove(0)),
            _ => Outcome::Ambiguous(spans),
        })
    }

    fn range(&self, at: usize, needle: usize) -> Range<usize> {
        at..at + self.needles.length(needle)
    }

    fn span(&self, found: &Match) -> Option<Span> {
        let parts: Vec<Range<u32>> = found.iter().map(|part| self.folded.original(part.clone())).collect();
        let (line, column) = self.folded.line_and_column(parts[0].start);
        Span::new(parts, line, column)
    }
}

impl Matches<'_> {
    /// The first matches, at most `limit`.
    fn first(&mut self, limit: usize) -> Result<Vec<Match>, Exhausted> {
        let mut found = Vec::new();
        while found.len() < limit {
            let Some(next) = self.next()? else { break };
            found.push(next);
        }
        Ok(found)
    }

    /// The match with a number, counted from 1.
    fn nth(&mut self, number: u32) -> Result<Option<Match>, Exhausted> {
        for _ in 1..number {
            if self.next()?.is_none() {
                return Ok(None);
            }
        }
        if number == 0 { Ok(None) } else { self.next() }
    }

    /// The next match: in the order of the text, each occurrence of the first part, with the nearest occurrence of each further part
    /// in the paragraph.
    ///
    /// If the next occurrence of a further part is in a later paragraph, the search continues there, so that a rare part
    /// bounds the work.
    fn next(&mut self) -> Result<Option<Match>, Exhausted> {
        let (search, folded) = (self.search, self.search.folded);
        'starts: while let Some(start) = self.next_start()? {
            let first = search.range(start, self.parts[0]);
            let paragraph_end = folded.paragraph_end(start);
            self.from = start + 1;
            if self.in_paragraph && first.end > paragraph_end {
                continue;
            }
            let mut end = first.end;
            let mut found = vec![first];
            for part in &self.parts[1..] {
                let Some(at) = self.next_occurrence(*part, end)? else { return Ok(None) };
                let range = search.range(at, *part);
                if range.end > paragraph_end {
                    self.from = folded.paragraph_start(at).max(start + 1);
                    continue 'starts;
                }
                end = range.end;
                found.push(range);
            }
            if self.precedes_suffix(end)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The next occurrence of the first part that follows the prefix.
    fn next_start(&mut self) -> Result<Option<usize>, Exhausted> {
        let (text, mut from) = (self.search.folded.text(), self.from);
        loop {
            let Some(at) = self.next_occurrence(self.parts[0], from)? else { return Ok(None) };
            let Some(prefix) = self.prefix else { return Ok(Some(at)) };
            // The prefix ends before the start, or before the space before it.
            let end = text[..at].trim_end_matches(' ').len();
            let length = self.search.needles.length(prefix);
            let Some(found) = self.next_occurrence(prefix, end.saturating_sub(length))? else { return Ok(None) };
            if found + length == end {
                return Ok(Some(at));
            }
            // The rarer of the two determines the number of steps.
            from = (found + length).max(at + 1);
        }
    }

    fn precedes_suffix(&mut self, end: usize) -> Result<bool, Exhausted> {
        let Some(suffix) = self.suffix else { return Ok(true) };
        let after = self.search.folded.text()[end..].trim_start_matches(' ');
        let start = self.search.folded.text().len() - after.len();
        Ok(self.next_occurrence(suffix, start)? == Some(start))
    }

    fn next_occurrence(&mut self, needle: usize, from: usize) -> Result<Option<usize>, Exhausted> {
        let (found, steps) = self.search.occurrences.next(needle, from);
        self.steps += steps;
        if self.steps > STEPS_PER_QUOTE {
            let left = self.search.steps.get().checked_sub(steps).ok_or(Exhausted)?;
            self.search.steps.set(left);
        }
        Ok(found)
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
        assert_eq!(with(Some(0), None, None), not_found(3));
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

    /// With comparisons at each position, or lists of all occurrences, each of these would take minutes or gigabytes.
    #[test]
    fn hostile_quotes_take_linear_time() {
        let repeated = "a".repeat(200_000);
        let distant = format!("b{}", "a".repeat(20_000));
        let nested: Vec<String> = (1..200).map(|length| "a".repeat(length)).collect();
        let any = Selector::default();
        let context = |prefix: &str, suffix: &str| Selector {
            nth: None,
            prefix: Some(prefix.into()),
            suffix: Some(suffix.into()),
        };
        let (long, late) = (context(&"a".repeat(20_000), ""), context("", "b"));
        let not_found = |missing_part| Outcome::NotFound { matches: 0, missing_part };
        for (text, quote, selector, expected) in [
            (&repeated, "a".repeat(20_000) + "b", &any, Some(not_found(Some(0)))),
            (&repeated, "…a".repeat(20_000), &any, None),
            (&repeated, nested.join("…"), &any, None),
            (&repeated, "a".repeat(10_000), &long, None),
            (&distant, "a…".repeat(1_000), &late, Some(Outcome::TooManyMatches)),
            (&"a\n".repeat(20_000), "a … a".into(), &any, Some(not_found(None))),
        ] {
            let outcome = ground(text, &[Quote { text: &quote, selector }]).remove(0);
            match expected {
                Some(expected) => assert_eq!(outcome, expected),
                None => assert!(matches!(outcome, Outcome::Ambiguous(_)), "{outcome:?}"),
            }
        }
        let many = (0..20_000).map(|number| format!("a…b{number}…a")).collect::<Vec<_>>();
        let many: Vec<Quote<'_>> = many.iter().map(|text| Quote { text, selector: &any }).collect();
        assert!(ground(&repeated, &many).iter().all(|outcome| *outcome == not_found(Some(1))));
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
