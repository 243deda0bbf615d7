//! Grounding: finding each quote in its source.
//!
//! One pass through the folded text of a source finds all its quotes and their parts. The time grows with the text and the quotes, not
//! with their product. A second pass searches for quotes that were not found with the differences that give a warning.

use super::alternatives::{
    Alternative, Changes, InternedAlternative, MAX_ALTERNATIVES, exact_alternatives, relaxed_alternatives,
};
use super::boundary::{Cut, Side, cut};
use super::fold::{Folded, FoldedQuote, fold, fold_quote};
use super::occurrences::{Needles, Occurrences};
use crate::model::{Selector, Span};
use memchr::memchr3;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

/// A quote to find in a source.
#[derive(Clone, Copy, Debug)]
pub struct Quote<'a> {
    /// The words, with `…`, `[…]` or a run of three or more dots for omitted words.
    pub text: &'a str,
    /// Selects one of several matches.
    pub selector: &'a Selector,
}

/// The result of searching for a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// One match, which differs at most in its typography.
    Found(Span),
    /// One match, which differs in what deserves a warning.
    Altered(Span, Vec<Alteration>),
    /// Several matches: the first [`MAX_MATCHES`], and one more if there are more.
    Ambiguous(Vec<Span>),
    /// No match that fits the selector.
    NotFound {
        /// The number of matches without the selector, as far as they were counted.
        matches: usize,
        /// The first part that the text does not contain, counted from 0 among the parts that have words.
        missing_part: Option<usize>,
        /// A match that cuts a number, with the whole numbers.
        cut_number: Option<Span>,
    },
    /// The parts of the quote occur so often that the search for a match with its prefix and suffix was ended.
    TooManyMatches,
    /// The quote has no words.
    Empty,
}

/// How a quote differs from the text where it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// It begins or ends inside a word. The span has the whole words.
    CutsWord(Span),
    /// The first letter of a part has the other case. The part is counted from 0 among the parts that have words.
    FirstLetterCase(usize),
    /// It ends with a full stop, but the sentence goes on.
    AddedFullStop,
}

/// How many matches of an ambiguous quote are reported.
pub const MAX_MATCHES: usize = 20;

/// Searches for quotes in a text and returns an outcome for each, in their order.
///
/// A quote is first searched for literally. If there is no match, ellipses split it into parts, which must follow each other
/// in one paragraph: a match is an occurrence of the first part, with the nearest occurrence of each further part. Each part
/// consists of whole words and numbers. If there is no such match, a part may begin with a letter of the other case, the last
/// one may end with a full stop that the text lacks, and finally parts may begin and end inside words, but not inside numbers.
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
    let mut outcomes = search(&folded, quotes, exact_alternatives);
    let is_lost = |outcome: &Outcome| matches!(outcome, Outcome::NotFound { matches: 0, .. });
    let lost: Vec<usize> = (0..quotes.len()).filter(|number| is_lost(&outcomes[*number])).collect();
    if lost.is_empty() {
        return outcomes;
    }
    let lost_quotes: Vec<Quote<'_>> = lost.iter().map(|number| quotes[*number]).collect();
    for (number, outcome) in lost.into_iter().zip(search(&folded, &lost_quotes, relaxed_alternatives)) {
        // The reason why the quote itself was not found is the better one.
        if !is_lost(&outcome) {
            outcomes[number] = outcome;
        }
    }
    outcomes
}

/// Searches for quotes whose parts have some alternatives.
fn search(folded: &Folded, quotes: &[Quote<'_>], alternatives: FindAlternatives) -> Vec<Outcome> {
    let mut needles = Needles::default();
    let mut size = folded.text().len();
    let resolved: Vec<Resolved> = quotes
        .iter()
        .map(|Quote { text, selector }| {
            size += text.len();
            let parts = parts(text);
            let mut add = |words: FoldedQuote, is_last: bool| {
                let alternatives = alternatives(folded, words, is_last);
                Part(alternatives.into_iter().map(|alternative| alternative.intern(&mut needles)).collect())
            };
            let literal = add(fold_quote(text), true);
            let ellipsis = (parts.len() > 1).then(|| {
                let folded_parts = parts.into_iter().map(fold_quote).filter(|part| !part.text.is_empty());
                let mut with_words = folded_parts.peekable();
                let mut resolved = Vec::new();
                while let Some(part) = with_words.next() {
                    resolved.push(add(part, with_words.peek().is_none()));
                }
                resolved
            });
            let mut context = |words: &Option<String>| {
                let words = fold(words.as_deref()?);
                (!words.is_empty()).then(|| needles.add(words))
            };
            let (prefix, suffix) = (context(&selector.prefix), context(&selector.suffix));
            Resolved { literal, parts: ellipsis, prefix, suffix, nth: selector.nth }
        })
        .collect();
    let occurrences = Occurrences::find(&needles, folded.text());
    let steps = Cell::new(MIN_STEPS + STEPS_PER_BYTE * size);
    let search = Search { folded, needles: &needles, occurrences: &occurrences, steps };
    // Equal quotes are searched for once.
    let mut known: HashMap<&Resolved, Outcome> = HashMap::new();
    resolved.iter().map(|quote| known.entry(quote).or_insert_with(|| search.outcome(quote)).clone()).collect()
}

/// Finds the strings that a part of a quote may be in a text; the flag tells whether it is the last part.
type FindAlternatives = fn(&Folded, FoldedQuote, bool) -> Vec<Alternative>;

/// The non-empty parts of a quote between its ellipses.
pub fn quote_parts(quote: &str) -> Vec<&str> {
    parts(quote).into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The parts of a quote between its ellipses.
pub(super) fn parts(quote: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    // The first bytes of ellipses. None of them is within a character.
    while let Some(found) = memchr3(b'[', ELLIPSIS.as_bytes()[0], b'.', &quote.as_bytes()[at..]) {
        at += found;
        match ellipsis_length(&quote[at..]) {
            Some(length) => {
                parts.push(&quote[start..at]);
                at += length;
                start = at;
            }
            None => at += 1,
        }
    }
    parts.push(&quote[start..]);
    parts
}

const ELLIPSIS: &str = "…";

/// The length of the ellipsis that a text starts with: `…` or at least three dots, and more dots; also in square brackets.
fn ellipsis_length(text: &str) -> Option<usize> {
    if let Some(inner) = text.strip_prefix('[') {
        let length = ellipsis_length(inner).filter(|_| !inner.starts_with('['))?;
        return inner[length..].starts_with(']').then_some(length + 2);
    }
    let rest = text.trim_start_matches(ELLIPSIS);
    let dots = rest.len() - rest.trim_start_matches('.').len();
    let length = text.len() - rest.len() + dots;
    (rest.len() < text.len() || dots >= 3).then_some(length)
}

/// A part of a quote: its alternatives in the order of preference.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Part(Vec<InternedAlternative>);

/// What a quote was resolved to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Resolved {
    literal: Part,
    /// The parts that have words, if there is an ellipsis.
    parts: Option<Vec<Part>>,
    prefix: Option<usize>,
    suffix: Option<usize>,
    nth: Option<u32>,
}

struct Search<'a> {
    folded: &'a Folded,
    needles: &'a Needles,
    occurrences: &'a Occurrences,
    /// How many more steps all quotes may take together, beyond those that each may take.
    steps: Cell<usize>,
}

/// A part of a quote in the text.
#[derive(Clone, Debug)]
struct PartMatch {
    range: Range<usize>,
    changes: Changes,
}

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
    parts: &'a [Part],
    prefix: Option<usize>,
    suffix: Option<usize>,
    /// Whether a match must be in one paragraph.
    in_paragraph: bool,
    /// The worst cut that a match may have.
    allowed: Option<Cut>,
    /// Where the next match may start.
    from: usize,
    steps: usize,
}

impl Search<'_> {
    fn outcome(&self, quote: &Resolved) -> Outcome {
        let Resolved { literal, parts, .. } = quote;
        let is_absent = self.count(literal) == 0;
        if self.is_empty(literal) || is_absent && parts.as_ref().is_some_and(Vec::is_empty) {
            return Outcome::Empty;
        }
        let (parts, in_paragraph) = match parts {
            Some(parts) if is_absent => (&parts[..], true),
            _ => (std::slice::from_ref(literal), false),
        };
        self.outcome_of_parts(quote, parts, in_paragraph).unwrap_or(Outcome::TooManyMatches)
    }

    fn is_empty(&self, part: &Part) -> bool {
        self.needles.length(part.0[0].needle) == 0
    }

    fn count(&self, part: &Part) -> usize {
        part.0.iter().map(|alternative| self.occurrences.count(alternative.needle)).sum()
    }

    fn outcome_of_parts(&self, quote: &Resolved, parts: &[Part], in_paragraph: bool) -> Result<Outcome, Exhausted> {
        let not_found = |matches, missing_part, cut_number| Outcome::NotFound { matches, missing_part, cut_number };
        if let Some(missing) = parts.iter().position(|part| self.count(part) == 0) {
            return Ok(not_found(0, Some(missing), None));
        }
        let matches = |prefix, suffix, allowed| {
            let (search, from, steps) = (self, 0, 0);
            Matches { search, parts, prefix, suffix, in_paragraph, allowed, from, steps }
        };
        let is_absent = |words: &Option<usize>| words.is_some_and(|words| self.occurrences.count(words) == 0);
        let is_out_of_context = is_absent(&quote.prefix) || is_absent(&quote.suffix);
        // Only if no match has whole words, those that cut words count.
        for allowed in [None, Some(Cut::Word)] {
            let mut chosen = matches(quote.prefix, quote.suffix, allowed);
            // More matches do not change the outcome.
            let found = match quote.nth {
                _ if is_out_of_context => Vec::new(),
                Some(nth) => chosen.nth(nth)?.into_iter().collect(),
                None => chosen.first(MAX_MATCHES + 1)?,
            };
            match &found[..] {
                [] => {}
                [only] => return Ok(self.found(only)),
                _ => return Ok(Outcome::Ambiguous(found.iter().filter_map(|found| self.span(found)).collect())),
            }
            let count = matches(None, None, allowed).first(MAX_MATCHES + 1)?.len();
            if count > 0 {
                return Ok(not_found(count, None, None));
            }
        }
        let cut = matches(quote.prefix, quote.suffix, Some(Cut::Number)).first(1)?.pop();
        Ok(not_found(0, None, cut.and_then(|cut| self.span(&self.whole(&cut)))))
    }

    /// The outcome of a match.
    fn found(&self, found: &[PartMatch]) -> Outcome {
        let Some(span) = self.span(found) else { return Outcome::Empty };
        let mut alterations: Vec<Alteration> = Vec::new();
        let with_case = found.iter().enumerate().filter(|(_, part)| part.changes.first_letter);
        alterations.extend(with_case.map(|(number, _)| Alteration::FirstLetterCase(number)));
        if found.iter().any(|part| part.changes.full_stop) {
            alterations.push(Alteration::AddedFullStop);
        }
        let whole = self.whole(found);
        if whole.iter().zip(found).any(|(whole, part)| whole.range != part.range) {
            alterations.extend(self.span(&whole).map(Alteration::CutsWord));
        }
        if alterations.is_empty() { Outcome::Found(span) } else { Outcome::Altered(span, alterations) }
    }

    /// The match with whole words and numbers.
    fn whole(&self, found: &[PartMatch]) -> Vec<PartMatch> {
        let text = self.folded.text();
        let whole = |part: &PartMatch| {
            let Range { mut start, mut end } = part.range.clone();
            for c in text[..start].chars().rev().take(MAX_EXTENSION) {
                if cut(self.folded, start, Side::Start).is_none() {
                    break;
                }
                start -= c.len_utf8();
            }
            for c in text[end..].chars().take(MAX_EXTENSION) {
                if cut(self.folded, end, Side::End).is_none() {
                    break;
                }
                end += c.len_utf8();
            }
            PartMatch { range: start..end, changes: part.changes }
        };
        found.iter().map(whole).collect()
    }

    fn span(&self, found: &[PartMatch]) -> Option<Span> {
        let parts: Vec<Range<u32>> = found.iter().map(|part| self.folded.original(part.range.clone())).collect();
        let (line, column) = self.folded.line_and_column(parts[0].start);
        Span::new(parts, line, column)
    }
}

/// How many characters a match is extended by to have whole words.
const MAX_EXTENSION: usize = 100;

impl Matches<'_> {
    /// The first matches, at most `limit`.
    fn first(&mut self, limit: usize) -> Result<Vec<Vec<PartMatch>>, Exhausted> {
        let mut found = Vec::new();
        while found.len() < limit {
            let Some(next) = self.next()? else { break };
            found.push(next);
        }
        Ok(found)
    }

    /// The match with a number, counted from 1.
    fn nth(&mut self, number: u32) -> Result<Option<Vec<PartMatch>>, Exhausted> {
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
    fn next(&mut self) -> Result<Option<Vec<PartMatch>>, Exhausted> {
        let folded = self.search.folded;
        'starts: while let Some(first) = self.next_start()? {
            let start = first.range.start;
            let paragraph_end = folded.paragraph_end(start);
            self.from = start + 1;
            if self.in_paragraph && first.range.end > paragraph_end {
                continue;
            }
            let mut found = vec![first];
            for part in &self.parts[1..] {
                let end = found[found.len() - 1].range.end;
                let Some(next) = self.next_part(part, end)? else { return Ok(None) };
                if next.range.end > paragraph_end {
                    self.from = folded.paragraph_start(next.range.start).max(start + 1);
                    continue 'starts;
                }
                found.push(next);
            }
            if self.precedes_suffix(found[found.len() - 1].range.end)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The next occurrence of the first part that follows the prefix.
    fn next_start(&mut self) -> Result<Option<PartMatch>, Exhausted> {
        let (text, mut from) = (self.search.folded.text(), self.from);
        loop {
            let Some(first) = self.next_part(&self.parts[0], from)? else { return Ok(None) };
            let Some(prefix) = self.prefix else { return Ok(Some(first)) };
            let at = first.range.start;
            // The prefix ends before the start, or before the space before it.
            let end = text[..at].trim_end_matches(' ').len();
            let length = self.search.needles.length(prefix);
            let Some(found) = self.next_occurrence(prefix, end.saturating_sub(length))? else { return Ok(None) };
            if found + length == end {
                return Ok(Some(first));
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

    /// The next occurrence of a part whose cuts are allowed.
    fn next_part(&mut self, part: &Part, mut from: usize) -> Result<Option<PartMatch>, Exhausted> {
        loop {
            if let [only] = &part.0[..] {
                let Some(at) = self.next_occurrence(only.needle, from)? else { return Ok(None) };
                match self.accept(only, at) {
                    None => from = at + 1,
                    found => return Ok(found),
                }
                continue;
            }
            let mut first = usize::MAX;
            let mut alternatives: [Option<usize>; MAX_ALTERNATIVES] = [None; MAX_ALTERNATIVES];
            for (at, alternative) in alternatives.iter_mut().zip(&part.0) {
                *at = self.next_occurrence(alternative.needle, from)?;
                first = first.min(at.unwrap_or(usize::MAX));
            }
            if first == usize::MAX {
                return Ok(None);
            }
            let here = part.0.iter().zip(alternatives).filter(|(_, at)| *at == Some(first));
            for (alternative, _) in here {
                if let Some(found) = self.accept(alternative, first) {
                    return Ok(Some(found));
                }
            }
            from = first + 1;
        }
    }

    /// An occurrence of an alternative, if its hyphens, its end and its cuts are allowed.
    fn accept(&self, alternative: &InternedAlternative, at: usize) -> Option<PartMatch> {
        let InternedAlternative { needle, joins, changes } = alternative;
        let folded = self.search.folded;
        let range = at..at + self.search.needles.length(*needle);
        // A full stop in place of `%` or a decimal point changes the meaning.
        let is_end_changed = || folded.text()[range.end..].starts_with(|c: char| c.is_numeric() || "%‰°".contains(c));
        if joins.iter().any(|join| !folded.is_join(at + *join as usize)) || changes.full_stop && is_end_changed() {
            return None;
        }
        let cuts = cut(folded, range.start, Side::Start).max(cut(folded, range.end, Side::End));
        (cuts <= self.allowed).then_some(PartMatch { range, changes: *changes })
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
            assert_eq!(one(text, quote), Outcome::NotFound { matches: 0, missing_part, cut_number: None }, "{quote}");
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
        assert_eq!(parts_of(&one("so [...] on", "so […] on")), [0..11]);
        assert_eq!(parts_of(&one("so it goes on", "so [.....] on")), [0..2, 11..13]);
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
        let not_found = |matches| Outcome::NotFound { matches, missing_part: None, cut_number: None };
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
        let repeated = "工".repeat(200_000);
        let distant = format!("口{}", "工".repeat(20_000));
        let nested: Vec<String> = (1..200).map(|length| "工".repeat(length)).collect();
        let any = Selector::default();
        let context = |prefix: &str, suffix: &str| Selector {
            nth: None,
            prefix: Some(prefix.into()),
            suffix: Some(suffix.into()),
        };
        let (long, late) = (context(&"工".repeat(20_000), ""), context("", "口"));
        let not_found = |missing_part| Outcome::NotFound { matches: 0, missing_part, cut_number: None };
        for (text, quote, selector, expected) in [
            (&repeated, "工".repeat(20_000) + "口", &any, Some(not_found(Some(0)))),
            (&repeated, "…工".repeat(20_000), &any, None),
            (&repeated, nested.join("…"), &any, None),
            (&repeated, "工".repeat(10_000), &long, None),
            (&distant, "工…".repeat(1_000), &late, Some(Outcome::TooManyMatches)),
            (&"工\n".repeat(20_000), "工 … 工".into(), &any, Some(not_found(None))),
        ] {
            let outcome = ground(text, &[Quote { text: &quote, selector }]).remove(0);
            match expected {
                Some(expected) => assert_eq!(outcome, expected),
                None => assert!(matches!(outcome, Outcome::Ambiguous(_)), "{outcome:?}"),
            }
        }
        // All occurrences cut a word.
        let letters = "a".repeat(200_000);
        assert!(matches!(
            ground(&letters, &[Quote { text: "a … a", selector: &any }])[..],
            [Outcome::Ambiguous(_) | Outcome::TooManyMatches]
        ));
        let many = (0..20_000).map(|number| format!("工…口{number}…工")).collect::<Vec<_>>();
        let many: Vec<Quote<'_>> = many.iter().map(|text| Quote { text, selector: &any }).collect();
        assert!(ground(&repeated, &many).iter().all(|outcome| *outcome == not_found(Some(1))));
    }

    proptest! {
        /// Any range of graphemes of a text is found, or is among the ambiguous matches.
        #[test]
        fn any_words_of_a_text_are_found_at_their_position(
            text in proptest::collection::vec(prop_oneof![
                4 => prop::sample::select(vec!["mill ", "built", " ", "\n", "\n\n", "…", "—", "“", "é", "e\u{301}", "स्टील", "مل",
                    "鋼", "\u{AD}", "한", "\u{1112}\u{1161}\u{11AB}", "...", "🏭", "👩‍🔧", "\r\n", "\u{2126} ", "[...]"]),
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
            // A part of a run of dots is the same as the run.
            prop_assume!(!fold(words).is_empty() && !words.starts_with(['.', '…']) && !words.ends_with(['.', '…']));
            let start = text[..graphemes[a].0].chars().count() as u32;
            let all = start..start + words.chars().count() as u32;
            // White space and what is dropped at the ends are not part of the match.
            let is_ignored = |c: &char| c.is_whitespace() || fold(&c.to_string()).is_empty();
            let expected = all.start + words.chars().take_while(is_ignored).count() as u32
                ..all.end - words.chars().rev().take_while(is_ignored).count() as u32;
            // Adjacent dots and quotation marks are one, so a match may have more of them.
            // A quote that cuts a word here may have whole words elsewhere.
            let folded = Folded::new(&text);
            let starts_at = |point: u32| (0..folded.text().len()).find(|at| folded.text().is_char_boundary(*at) && folded.original(*at..at + folded.text()[*at..].chars().next().map_or(0, char::len_utf8)).start >= point);
            let is_cut = starts_at(expected.start).is_some_and(|at| cut(&folded, at, Side::Start).is_some())
                || starts_at(expected.end).is_some_and(|at| cut(&folded, at, Side::End).is_some());
            let is_expected = |span: &Span| is_cut || span.start() <= expected.start && expected.end <= span.end();
            match one(&text, words) {
                Outcome::Found(span) | Outcome::Altered(span, _) => prop_assert!(is_expected(&span), "{span:?} {expected:?}"),
                Outcome::Ambiguous(spans) => prop_assert!(
                    spans.len() > MAX_MATCHES || spans.iter().any(is_expected), "{spans:?} {expected:?}"
                ),
                Outcome::NotFound { cut_number: Some(span), .. } => prop_assert!(is_expected(&span), "{span:?} {expected:?}"),
                other => prop_assert!(false, "{other:?} {words:?}"),
            }
        }
    }
}
