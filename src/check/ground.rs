//! Grounding: finding each quote in its source.
//!
//! One pass through the folded text of a source finds all its quotes and their parts. The time grows with the text and the quotes, not
//! with their product. A second pass searches for quotes that were not found with the differences that give a warning.

mod ellipsis;
mod matches;
#[cfg(test)]
mod tests;

pub use ellipsis::quote_parts;

use super::boundary::{Cut, Side, cut};
use super::fold::{Folded, FoldedQuote, fold_quote};
use super::occurrences::{Needles, Occurrences};
use super::patterns::{Changes, InternedPattern, SearchText, Tolerance};
use crate::model::{Selector, Span};
use ellipsis::parts;
use matches::Matches;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::ops::Range;

/// A quote to find in a source.
#[derive(Clone, Copy, Debug)]
pub struct Quote<'a> {
    /// The words, with `…`, `[…]` or a run of three or more dots for omitted words; the dots may have single spaces between them.
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
    /// No match, or not only one.
    Failed(Failure),
}

/// Why a quote was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
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

impl Outcome {
    /// The matches: one, or the first of several.
    pub(super) fn into_spans(self) -> Vec<Span> {
        match self {
            Self::Found(span) | Self::Altered(span, _) => vec![span],
            Self::Failed(Failure::Ambiguous(spans)) => spans,
            Self::Failed(Failure::NotFound { .. } | Failure::TooManyMatches | Failure::Empty) => Vec::new(),
        }
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// How a quote differs from the text where it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// It begins or ends inside a word. The span has the whole words.
    CutsWord(Span),
    /// The first letter of a part has the other case. The part is counted from 0 among the parts that have words.
    FirstLetterCase(usize),
    /// A part ends with a full stop, but the sentence goes on. The part is counted in the same way.
    AddedFullStop(usize),
}

/// Selects any match.
pub(super) static ANY: Selector = Selector { nth: None, prefix: None, suffix: None };

/// How many matches of an ambiguous quote are reported.
pub const MAX_MATCHES: usize = 20;

/// Searches for quotes in a text and returns an outcome for each, in their order.
///
/// A quote is first searched for literally. If there is no match, ellipses split it into parts, which must follow each other
/// in one paragraph: a match is an occurrence of the first part, with the nearest occurrence of each further part. Each part
/// consists of whole words and numbers. If a quote has no such match, its parts may begin and end inside words, but not inside numbers.
/// If that does not help either, a part may begin with a letter of the other case, and may end with a full stop that the text lacks.
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
    ground_in(&Folded::new(text), quotes)
}

/// Searches for quotes in a folded text, as [`ground`] does.
pub(super) fn ground_in(folded: &Folded, quotes: &[Quote<'_>]) -> Vec<Outcome> {
    ground_within(folded, quotes, Scope::Paragraph)
}

/// Searches for quotes in a folded text, as [`ground`] does, but their parts may be in different paragraphs.
pub(super) fn ground_across_paragraphs(folded: &Folded, quotes: &[Quote<'_>]) -> Vec<Outcome> {
    ground_within(folded, quotes, Scope::Text)
}

/// Where the parts of a quote between ellipses must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Paragraph,
    Text,
}

fn ground_within(folded: &Folded, quotes: &[Quote<'_>], scope: Scope) -> Vec<Outcome> {
    if quotes.is_empty() {
        return Vec::new();
    }
    let mut outcomes = search(folded, quotes, scope, Tolerance::Typography);
    let is_lost = |outcome: &Outcome| matches!(outcome, Outcome::Failed(Failure::NotFound { matches: 0, .. }));
    let cuts_number =
        |outcome: &Outcome| matches!(outcome, Outcome::Failed(Failure::NotFound { cut_number: Some(_), .. }));
    let lost: Vec<usize> = (0..quotes.len()).filter(|number| is_lost(&outcomes[*number])).collect();
    if lost.is_empty() {
        return outcomes;
    }
    let lost_quotes: Vec<Quote<'_>> = lost.iter().map(|number| quotes[*number]).collect();
    for (number, outcome) in lost.into_iter().zip(search(folded, &lost_quotes, scope, Tolerance::Ends)) {
        // The reason why the quote itself was not found is the better one, except if only a changed end shows that it cuts a number.
        if !is_lost(&outcome) || cuts_number(&outcome) && !cuts_number(&outcomes[number]) {
            outcomes[number] = outcome;
        }
    }
    outcomes
}

/// Searches for quotes that differ from the text in no more than a tolerance.
fn search(folded: &Folded, quotes: &[Quote<'_>], scope: Scope, tolerance: Tolerance) -> Vec<Outcome> {
    let size = folded.text().len() + quotes.iter().map(|quote| quote.text.len()).sum::<usize>();
    let quotes: Vec<QuoteWords<FoldedQuote, FoldedQuote>> = quotes.iter().map(QuoteWords::new).collect();
    let has_joins = folded.has_joins() || quotes.iter().any(QuoteWords::has_joins);
    let text = SearchText::new(folded, has_joins);
    let mut needles = Needles::default();
    let resolved: Vec<Resolved> =
        quotes.into_iter().map(|quote| quote.resolve(&text, tolerance, &mut needles)).collect();
    let occurrences = Occurrences::find(&needles, &text);
    let steps = Cell::new(MIN_MATCH_STEPS + MATCH_STEPS_PER_BYTE * size);
    let resumed = RefCell::default();
    let search = Search { text, folded, occurrences: &occurrences, scope, steps, resumed };
    // Equal quotes are searched for once.
    let mut known: FxHashMap<&Resolved, Outcome> = FxHashMap::default();
    resolved.iter().map(|quote| known.entry(quote).or_insert_with(|| search.outcome(quote)).clone()).collect()
}

/// A part of a quote: its patterns in the order of preference.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Part(Vec<InternedPattern>);

/// What a quote consists of: strings of parts, and of the context.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct QuoteWords<P, C> {
    literal: P,
    /// The parts that have words, if there is an ellipsis.
    parts: Option<Vec<P>>,
    prefix: Option<C>,
    suffix: Option<C>,
    nth: Option<u32>,
}

/// A quote whose words are among the strings to search for.
type Resolved = QuoteWords<Part, InternedPattern>;

impl QuoteWords<FoldedQuote, FoldedQuote> {
    fn new(quote: &Quote<'_>) -> Self {
        let Quote { text, selector } = quote;
        let parts = parts(text);
        let has_words = |words: &FoldedQuote| !words.text.is_empty();
        let context = |words: &Option<String>| words.as_deref().map(fold_quote).filter(has_words);
        Self {
            literal: fold_quote(text),
            parts: (parts.len() > 1).then(|| parts.into_iter().map(fold_quote).filter(has_words).collect()),
            prefix: context(&selector.prefix),
            suffix: context(&selector.suffix),
            nth: selector.nth,
        }
    }

    /// Whether a line end divides a word.
    fn has_joins(&self) -> bool {
        let Self { literal, parts: _, prefix, suffix, nth: _ } = self;
        [Some(literal), prefix.as_ref(), suffix.as_ref()].into_iter().flatten().any(|words| !words.joins.is_empty())
    }

    fn resolve(self, text: &SearchText<'_>, tolerance: Tolerance, needles: &mut Needles) -> Resolved {
        let mut part = |words| {
            let patterns = tolerance.patterns(text.pattern(words));
            Part(patterns.into_iter().map(|pattern| pattern.intern(needles)).collect())
        };
        let literal = part(self.literal);
        let parts = self.parts.map(|parts| parts.into_iter().map(part).collect());
        let mut context = |words: Option<FoldedQuote>| words.map(|words| text.pattern(words).intern(needles));
        Resolved { literal, parts, prefix: context(self.prefix), suffix: context(self.suffix), nth: self.nth }
    }
}

struct Search<'a> {
    text: SearchText<'a>,
    folded: &'a Folded,
    occurrences: &'a Occurrences,
    scope: Scope,
    /// How many more steps all quotes may take together, beyond those that each may take.
    steps: Cell<usize>,
    /// For quotes with a number, by their other contents and the allowed cut: see [`Matches::nth`].
    resumed: RefCell<Resumed>,
}

type Resumed = FxHashMap<(Resolved, Option<Cut>), Vec<usize>>;

/// A part of a quote in the text.
#[derive(Clone, Debug)]
struct PartMatch {
    range: Range<usize>,
    /// The byte at which the string of its pattern occurs. A hyphen may precede it.
    at: usize,
    changes: Changes,
}

/// The search for a quote took too many steps.
#[derive(Debug)]
struct Exhausted;

/// The number of steps that the search for a quote may take in any case, and the number for each byte of the text and the quotes
/// that all may take together.
const MATCH_STEPS_PER_QUOTE: usize = 10_000;
const MATCH_STEPS_PER_BYTE: usize = 16;
const MIN_MATCH_STEPS: usize = 10_000_000;

impl Search<'_> {
    fn outcome(&self, quote: &Resolved) -> Outcome {
        let Resolved { literal, parts, .. } = quote;
        let is_absent = self.count(literal) == 0;
        if literal.0[0].length == 0 || is_absent && parts.as_ref().is_some_and(Vec::is_empty) {
            return Failure::Empty.into();
        }
        let (parts, in_paragraph) = match parts {
            Some(parts) if is_absent => (&parts[..], self.scope == Scope::Paragraph),
            _ => (std::slice::from_ref(literal), false),
        };
        self.outcome_of_parts(quote, parts, in_paragraph).unwrap_or(Failure::TooManyMatches.into())
    }

    fn count(&self, part: &Part) -> usize {
        part.0.iter().map(|pattern| self.occurrences.count(pattern.needle)).sum()
    }

    fn outcome_of_parts(&self, quote: &Resolved, parts: &[Part], in_paragraph: bool) -> Result<Outcome, Exhausted> {
        let not_found =
            |matches, missing_part, cut_number| Failure::NotFound { matches, missing_part, cut_number }.into();
        if let Some(missing) = parts.iter().position(|part| self.count(part) == 0) {
            return Ok(not_found(0, Some(missing), None));
        }
        let context = (quote.prefix.as_ref(), quote.suffix.as_ref());
        let matches = |(prefix, suffix), allowed| {
            let (search, from, steps) = (self, 0, 0);
            Matches { search, parts, prefix, suffix, in_paragraph, allowed, from, steps }
        };
        let is_absent = |words: &Option<InternedPattern>| {
            words.as_ref().is_some_and(|words| self.occurrences.count(words.needle) == 0)
        };
        let is_out_of_context = is_absent(&quote.prefix) || is_absent(&quote.suffix);
        // Only if no match has whole words, those that cut words count.
        for allowed in [None, Some(Cut::Word)] {
            let mut chosen = matches(context, allowed);
            // More matches do not change the outcome.
            let found = match quote.nth {
                _ if is_out_of_context => Vec::new(),
                Some(nth) => {
                    let mut resumed = self.resumed.borrow_mut();
                    let resumed = resumed.entry((Resolved { nth: None, ..quote.clone() }, allowed)).or_default();
                    chosen.nth(nth, resumed)?.into_iter().collect()
                }
                None => chosen.first(MAX_MATCHES + 1)?,
            };
            match &found[..] {
                [] => {}
                [only] => return Ok(self.found(only)),
                _ => {
                    let spans = found.iter().filter_map(|found| self.span(found)).collect();
                    return Ok(Failure::Ambiguous(spans).into());
                }
            }
            let count = matches((None, None), allowed).first(MAX_MATCHES + 1)?.len();
            if count > 0 {
                return Ok(not_found(count, None, None));
            }
        }
        let cut = matches(context, Some(Cut::Number)).first(1)?.pop();
        // The only part occurs, but not as it must: for example, within a character, or without a hyphen that no line end explains.
        let missing = (parts.len() == 1 && cut.is_none()).then_some(0);
        Ok(not_found(0, missing, cut.and_then(|cut| self.span(&merged(self.whole(&cut))))))
    }

    /// The outcome of a match.
    fn found(&self, found: &[PartMatch]) -> Outcome {
        let Some(span) = self.span(found) else { return Failure::Empty.into() };
        let mut alterations: Vec<Alteration> = Vec::new();
        let with_case = found.iter().enumerate().filter(|(_, part)| part.changes.first_letter);
        alterations.extend(with_case.map(|(number, _)| Alteration::FirstLetterCase(number)));
        let with_full_stop = found.iter().enumerate().filter(|(_, part)| part.changes.full_stop);
        alterations.extend(with_full_stop.map(|(number, _)| Alteration::AddedFullStop(number)));
        let whole = self.whole(found);
        if whole.iter().zip(found).any(|(whole, part)| whole.range != part.range) {
            alterations.extend(self.span(&merged(whole)).map(Alteration::CutsWord));
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
            PartMatch { range: start..end, ..part.clone() }
        };
        found.iter().map(whole).collect()
    }

    fn span(&self, found: &[PartMatch]) -> Option<Span> {
        let parts: Vec<Range<u32>> = found.iter().map(|part| self.folded.original(part.range.clone())).collect();
        let (line, column) = self.folded.line_and_column(parts[0].start);
        Span::new(parts, line, column)
    }
}

/// The parts of a match, where those that overlap are one: an ellipsis may be inside a word.
fn merged(parts: Vec<PartMatch>) -> Vec<PartMatch> {
    let mut merged: Vec<PartMatch> = Vec::with_capacity(parts.len());
    for part in parts {
        match merged.last_mut() {
            Some(last) if part.range.start <= last.range.end => last.range.end = last.range.end.max(part.range.end),
            _ => merged.push(part),
        }
    }
    merged
}

/// How many characters a match is extended by to have whole words.
const MAX_EXTENSION: usize = 100;
