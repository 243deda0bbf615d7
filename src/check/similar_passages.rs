//! Finds the passages of a text that are similar to some words, which may differ from them in letter case, letters and omissions.

use super::alignment::Step;
use super::closest_passage::{FAR, MAX_TOKENS, NEAR, Passages, ends_words, gaps, segments, source_tokens};
use super::comparison::{Comparison, Likeness};
use super::difference_kind::Difference;
use super::differences::differences;
use super::tokens::TokenKind;
use super::word_index::{MAX_OMITTED, QuoteTokens, Windows};
use std::ops::Range;

/// A passage that is similar to some words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SimilarPassage {
    /// How similar it is, in parts per thousand.
    pub score: u32,
    /// The code points of the passage, without long runs of words that the given ones omit.
    pub parts: Vec<Range<u32>>,
    /// How the given words differ from it.
    pub differences: Vec<Difference>,
    /// Whether only the first of the given words were compared.
    pub is_partial: bool,
}

/// How the words that locate passages are spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As given. Other words may still be misspelt.
    AsGiven,
    /// Similar words of the text in place of those that it lacks. This takes longer.
    Corrected,
}

/// The least score of a passage that is worth showing.
pub(crate) const MIN_SCORE: u32 = 150;

/// How many passages of a text are compared: short ones, and ones with many more words.
const SHORT: usize = 12;
const LONG: usize = 3;

/// The least weight of the given words that a passage has as they are, in percent, so that it is compared at all: comparing a long passage
/// with each of thousands of texts takes seconds.
const MIN_SHARE: i32 = 10;

/// What words score in parts per hundred, by their likeness.
const SAME: u32 = 100;
const OTHER_CASE: u32 = 98;
const SIMILAR: u32 = 75;
const OTHER_NUMBER: u32 = 20;

/// What omitted words cost, in parts per thousand: the first of a run, each further one, and all at most.
const OMISSION: u32 = 8;
const OMITTED_WORD: u32 = 2;
const MAX_OMISSIONS: u32 = 150;

impl Passages<'_> {
    /// The passages of the text that are most similar to some words, in the order of their scores, then of the text. None overlap. Words
    /// may be omitted between the parts. The work per call is bounded.
    pub(super) fn similar(&self, parts: &[&str], spelling: Spelling) -> Vec<SimilarPassage> {
        let words = parts.join(" ");
        let quote = self.index.quote(&words);
        let QuoteTokens { tokens, forms, .. } = &quote;
        let comparison = self.comparison(&quote);
        let compared = 0..tokens.len().min(MAX_TOKENS);
        let located = match spelling {
            Spelling::AsGiven => forms.iter().map(|form| vec![*form]).collect(),
            Spelling::Corrected => self.index.similar_forms(&quote, compared.clone()),
        };
        let mut anchors: Vec<(usize, usize)> = Vec::new();
        for windows in [
            Windows { omitted: compared.len().max(NEAR), count: SHORT, min_share: MIN_SHARE },
            Windows { omitted: MAX_OMITTED, count: LONG, min_share: MIN_SHARE },
        ] {
            let found = self.index.anchors_in(&quote, &located, compared.clone(), windows);
            anchors.extend(found.into_iter().filter(|anchor| !anchors.contains(anchor)).collect::<Vec<_>>());
        }
        let mut found: Vec<(u32, Vec<Step>)> =
            anchors.into_iter().filter_map(|anchor| comparison.similar_at(compared.clone(), anchor)).collect();
        found.sort_by_key(|(score, steps)| (u32::MAX - score, source_tokens(steps).start));
        let mut ranges: Vec<Range<usize>> = Vec::new();
        found.retain(|(_, steps)| {
            let tokens = source_tokens(steps);
            let is_new = ranges.iter().all(|other| tokens.end <= other.start || other.end <= tokens.start);
            if is_new {
                ranges.push(tokens);
            }
            is_new
        });
        let is_partial = tokens.len() > MAX_TOKENS;
        let mut ellipses: Vec<usize> = Vec::new();
        for part in &parts[..parts.len().saturating_sub(1)] {
            ellipses.push(ellipses.last().unwrap_or(&0) + self.index.quote(part).tokens.len());
        }
        let passage = |(score, steps): (u32, Vec<Step>)| {
            let differences = differences(&comparison, &steps);
            let mut all = gaps(&differences);
            all.extend(ellipses.iter().filter_map(|token| gap_before(&steps, *token)));
            all.sort_by_key(|gap| gap.start);
            all.dedup_by(|next, last| {
                let overlap = next.start <= last.end;
                last.end = if overlap { last.end.max(next.end) } else { last.end };
                overlap
            });
            let segments = segments(&comparison.source, source_tokens(&steps), &all);
            let parts = segments.into_iter().map(|segment| self.code_points_of(segment)).collect();
            SimilarPassage { score, parts, differences, is_partial }
        };
        found.into_iter().map(passage).collect()
    }

    /// The code points of consecutive tokens of the text.
    fn code_points_of(&self, tokens: Range<usize>) -> Range<u32> {
        let bytes = self.index.tokens[tokens.start].start as usize..self.index.tokens[tokens.end - 1].end as usize;
        self.folded.original(bytes)
    }
}

/// The tokens of the text between those that correspond to the tokens before one of the quote, and those that correspond to the others.
fn gap_before(steps: &[Step], token: usize) -> Option<Range<usize>> {
    let pair = |step: &Step| match *step {
        Step::Pair(q, s) => Some((q, s)),
        Step::Added(_) | Step::Omitted(_) => None,
    };
    let before = steps.iter().filter_map(pair).take_while(|(q, _)| *q < token).last()?.1 + 1;
    let after = steps.iter().filter_map(pair).find(|(q, _)| *q >= token)?.1;
    (before < after).then_some(before..after)
}

impl Comparison<'_> {
    /// The passage around two tokens that correspond, with its score; `None` if it is not similar.
    fn similar_at(&self, compared: Range<usize>, anchor: (usize, usize)) -> Option<(u32, Vec<Step>)> {
        let steps = self.trim_words(&self.align(compared.clone(), anchor, NEAR).1)?;
        let mut best = (self.similarity(&steps), steps);
        let is_added = |step: &&Step| matches!(step, Step::Added(q) if !self.quote.tokens[*q].is_mark());
        if best.1.iter().any(|step| is_added(&step)) {
            // What is missing nearby may be farther away.
            let farther = self.trim_words(&self.align(compared, anchor, FAR).1);
            let farther = farther.map(|steps| (self.similarity(&steps), steps));
            if let Some(farther) = farther.filter(|(score, _)| *score > best.0) {
                best = farther;
            }
        }
        (best.0 >= MIN_SCORE).then_some(best)
    }

    /// [Trims](Self::trim) the passage, and also words at its ends that are in place of entirely different ones.
    fn trim_words(&self, steps: &[Step]) -> Option<Vec<Step>> {
        let steps = self.trim(steps)?;
        let is_other = |step: &Step| match *step {
            Step::Pair(q, s) => matches!(self.likeness(q, s), Likeness::Words | Likeness::None),
            Step::Added(_) => true,
            Step::Omitted(_) => false,
        };
        let is_word = |step: &Step| matches!(step, Step::Pair(..)) && !is_other(step);
        // A quote may end with a full stop, but does not begin with one.
        let is_stop = |step: &Step| match *step {
            Step::Pair(_, s) => ends_words(self.source.token(s)),
            Step::Added(_) | Step::Omitted(_) => false,
        };
        let is_first = |step: &Step| is_word(step) && !is_stop(step);
        // Omitted words at an end are the rest of a divided word.
        let begins = steps.first().filter(|step| !is_other(step) && !is_stop(step));
        let first = if begins.is_some() { 0 } else { steps.iter().position(is_first)? };
        let last = if is_other(steps.last()?) { steps.iter().rposition(is_word)? } else { steps.len() - 1 };
        let trimmed = steps.iter().enumerate().filter_map(|(number, step)| match *step {
            step if (first..=last).contains(&number) => Some(step),
            Step::Pair(q, _) | Step::Added(q) => Some(Step::Added(q)),
            Step::Omitted(_) => None,
        });
        Some(trimmed.collect())
    }

    /// How similar a passage is, in parts per thousand. Longer words count more, so that the score does not depend on the text.
    fn similarity(&self, steps: &[Step]) -> u32 {
        let (mut found, mut total, mut omissions, mut is_omission) = (0, 0, 0, false);
        for (number, step) in steps.iter().enumerate() {
            let (q, share) = match *step {
                Step::Omitted(s) => {
                    if !self.source.tokens[s].is_mark() {
                        omissions += if is_omission { OMITTED_WORD } else { OMISSION };
                        is_omission = true;
                    }
                    continue;
                }
                Step::Pair(q, s) => {
                    let share = match self.likeness(q, s) {
                        Likeness::Same if self.is_same(q, s) => SAME,
                        Likeness::Same => OTHER_CASE,
                        Likeness::Similar => SIMILAR,
                        Likeness::Numbers => OTHER_NUMBER,
                        Likeness::Marks | Likeness::Words | Likeness::None => 0,
                    };
                    (q, share)
                }
                Step::Added(q) => {
                    let neighbours = &steps[number.saturating_sub(1)..(number + 2).min(steps.len())];
                    (q, if self.is_split(q, neighbours) > 0 { SIMILAR } else { 0 })
                }
            };
            is_omission = false;
            if !self.quote.tokens[q].is_mark() {
                let weight = self.letters(q);
                found += weight * share;
                total += weight * SAME;
            }
        }
        (1000 * found).checked_div(total).unwrap_or(0).saturating_sub(omissions.min(MAX_OMISSIONS))
    }

    /// The number of letters of a token of the quote, up to six. A number counts as at least three.
    fn letters(&self, token: usize) -> u32 {
        let letters = self.quote.token(token).chars().take(6).count() as u32;
        if self.quote.tokens[token].kind == TokenKind::Number { letters.max(3) } else { letters }
    }
}
