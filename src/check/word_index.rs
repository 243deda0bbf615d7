//! An index of the words of a text, and where the words of a quote are in it.

use super::comparison::{are_similar, may_be_similar};
use super::fold::Folded;
use super::tokens::{Token, TokenKind, tokens};
use crate::diagnostic::closest;
use crate::model::CodePointIndex;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// How many occurrences of the rarest words of a quote locate its passage.
const MAX_HITS: usize = 500;
/// How many more tokens than the quote a passage may have.
pub(super) const MAX_OMITTED: usize = 150;
/// With more distinct words than this in a text, a quote of one word is not compared with them: it takes milliseconds.
const MAX_COMPARED: usize = 10_000;
/// The weight of a punctuation mark, and of each letter of a word that occurs once, up to a number of letters.
const MARK_WEIGHT: i32 = 4;
const LETTER_WEIGHT: usize = 16;
const MAX_LENGTH: usize = 6;
/// Short numbers weigh as much as one of so many digits.
const MIN_DIGITS: usize = 3;

/// An index of the words of a text.
pub(super) struct WordIndex {
    pub tokens: Vec<Token>,
    /// The number of the lower-case form of each token.
    pub forms: Vec<u32>,
    numbers: FxHashMap<String, u32>,
    /// For each form, where its tokens begin in `occurrences`, and where the last ones end.
    starts: Vec<u32>,
    /// The tokens of each form, in order.
    occurrences: Vec<u32>,
}

/// Which passages are compared with a quote.
#[derive(Clone, Copy)]
pub(super) struct Windows {
    /// How many more tokens than the quote each may have.
    pub omitted: usize,
    pub count: usize,
    /// The least weight of the words in a passage, in percent of that of all words.
    pub min_share: i32,
}

impl Windows {
    /// To find the closest passage.
    pub(super) const CLOSEST: Self = Self { omitted: MAX_OMITTED, count: 3, min_share: 0 };
}

/// A quote to compare with a text.
pub(super) struct QuoteTokens<'q> {
    pub text: &'q str,
    pub folded: Folded,
    pub tokens: Vec<Token>,
    pub forms: Vec<u32>,
    pub weights: Vec<i32>,
    pub code_points: CodePointIndex,
}

/// The lower-case form of a token.
fn form(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

impl WordIndex {
    /// Indexes a text, in linear time.
    pub(super) fn new(folded: &Folded) -> Self {
        let tokens = tokens(folded);
        let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
        let (mut forms, mut starts) = (Vec::with_capacity(tokens.len()), vec![0_u32]);
        for token in &tokens {
            let next = numbers.len() as u32;
            let number = *numbers.entry(form(token.text(folded))).or_insert(next);
            if number == next {
                starts.push(0);
            }
            starts[number as usize + 1] += 1;
            forms.push(number);
        }
        for number in 1..starts.len() {
            starts[number] += starts[number - 1];
        }
        let (mut ends, mut occurrences) = (starts.clone(), vec![0; tokens.len()]);
        for (token, form) in (0..).zip(&forms) {
            let end = &mut ends[*form as usize];
            occurrences[*end as usize] = token;
            *end += 1;
        }
        Self { tokens, forms, numbers, starts, occurrences }
    }

    /// The tokens of a form, in order; none for a form that the text lacks.
    fn occurrences(&self, form: u32) -> &[u32] {
        match self.starts.get(form as usize..form as usize + 2) {
            Some(&[start, end]) => &self.occurrences[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Whether the text has a form.
    pub(super) fn has(&self, form: u32) -> bool {
        (form as usize) < self.numbers.len()
    }

    /// The tokens of a quote.
    pub(super) fn quote<'q>(&self, text: &'q str) -> QuoteTokens<'q> {
        let folded = Folded::new(text);
        let tokens = tokens(&folded);
        let mut unknown: FxHashMap<String, u32> = FxHashMap::default();
        let forms: Vec<u32> = tokens
            .iter()
            .map(|token| {
                let form = form(token.text(&folded));
                self.numbers.get(&form).copied().unwrap_or_else(|| {
                    let next = (self.numbers.len() + unknown.len()) as u32;
                    *unknown.entry(form).or_insert(next)
                })
            })
            .collect();
        let weight = |(token, form): (&Token, &u32)| {
            let occurrences = self.occurrences(*form).len().max(1);
            match token.is_mark() {
                true => MARK_WEIGHT,
                false => {
                    let length = token.text(&folded).chars().take(MAX_LENGTH).count();
                    let length = if token.kind == TokenKind::Number { length.max(MIN_DIGITS) } else { length };
                    ((LETTER_WEIGHT * length) as i32 / (1 + occurrences.ilog2() as i32)).max(MARK_WEIGHT)
                }
            }
        };
        let weights = tokens.iter().zip(&forms).map(weight).collect();
        QuoteTokens { text, folded, tokens, forms, weights, code_points: CodePointIndex::new(text) }
    }

    /// Corresponding tokens of a quote and of the passages that have the most of its rare words, the best passage first.
    pub(super) fn anchors(&self, quote: &QuoteTokens<'_>, compared: Range<usize>) -> Vec<(usize, usize)> {
        let forms: Vec<Vec<u32>> = quote.forms.iter().map(|form| vec![*form]).collect();
        let anchors = self.anchors_in(quote, &forms, compared, Windows::CLOSEST);
        if anchors.is_empty() { self.closest_word(quote).into_iter().collect() } else { anchors }
    }

    /// The same, for passages that `forms` locate: some for each token of the quote.
    pub(super) fn anchors_in(
        &self,
        quote: &QuoteTokens<'_>,
        forms: &[Vec<u32>],
        compared: Range<usize>,
        windows: Windows,
    ) -> Vec<(usize, usize)> {
        // The words with the fewest occurrences.
        let mut words: Vec<usize> = compared.clone().filter(|token| !quote.tokens[*token].is_mark()).collect();
        let count = |token: usize| forms[token].iter().map(|form| self.occurrences(*form).len()).sum::<usize>();
        words.sort_by_cached_key(|token| (count(*token), &forms[*token], *token));
        words.dedup_by_key(|token| &forms[*token]);
        let mut hits: Vec<(u32, usize)> = Vec::new();
        let total: i32 = words.iter().map(|token| quote.weights[*token]).sum();
        // Frequent words do not locate passages.
        let mut frequent = total;
        for (number, token) in words.iter().enumerate() {
            if !hits.is_empty() && hits.len() + count(*token) > MAX_HITS {
                break;
            }
            let occurrences = forms[*token].iter().flat_map(|form| self.occurrences(*form));
            hits.extend(occurrences.take(MAX_HITS).map(|occurrence| (*occurrence, number)));
            frequent -= quote.weights[*token];
        }
        if hits.is_empty() {
            return Vec::new();
        }
        hits.sort_unstable();
        let mut anchors: Vec<(usize, usize)> = Vec::new();
        let least = total * windows.min_share / 100 - frequent;
        let (length, count) = (compared.len() + windows.omitted, windows.count);
        for window in Self::windows(quote, &words, &hits, length, (count, least)) {
            // Of the words in the window, the one with the most equal tokens around it.
            let pairs = window.iter().flat_map(|(token, number)| {
                let located = &forms[words[*number]];
                let same = compared.clone().filter(move |other| forms[*other] == *located);
                same.map(move |other| (other, *token as usize))
            });
            let run = |(q, s): &(usize, usize)| {
                let weight = |q: usize| quote.weights[q];
                let before = (1..=*q.min(s)).take_while(|back| quote.forms[q - back] == self.forms[s - back]);
                let after = (0..(compared.end - q).min(self.forms.len() - s))
                    .take_while(|on| quote.forms[q + on] == self.forms[s + on]);
                before.map(|back| weight(q - back)).sum::<i32>() + after.map(|on| weight(q + on)).sum::<i32>()
            };
            anchors.extend(pairs.min_by_key(|pair| -run(pair)));
        }
        anchors
    }

    /// The runs of hits, no longer than a number of tokens, that have the most of the words, the heaviest first: a number of them at most,
    /// each with a least weight.
    fn windows<'h>(
        quote: &QuoteTokens<'_>,
        words: &[usize],
        hits: &'h [(u32, usize)],
        length: usize,
        (count, least): (usize, i32),
    ) -> Vec<&'h [(u32, usize)]> {
        // For the hit at which each window ends, the weight of the words in it, and the hit at which it starts.
        let (mut from, mut weight, mut counts) = (0, 0, vec![0_u32; words.len()]);
        let mut candidates: Vec<(i32, usize, usize)> = Vec::with_capacity(hits.len());
        for (to, (token, number)) in hits.iter().enumerate() {
            counts[*number] += 1;
            if counts[*number] == 1 {
                weight += quote.weights[words[*number]];
            }
            while hits[from].0 as usize + length < *token as usize || counts[hits[from].1] > 1 {
                let dropped = hits[from].1;
                counts[dropped] -= 1;
                if counts[dropped] == 0 {
                    weight -= quote.weights[words[dropped]];
                }
                from += 1;
            }
            candidates.push((weight, from, to));
        }
        let (mut windows, mut best_weight) = (Vec::new(), 0);
        while windows.len() < count {
            // The heaviest, then the shortest, then the first.
            let key = |(weight, from, to): &(i32, usize, usize)| (-*weight, hits[*to].0 - hits[*from].0, *to);
            let Some((weight, from, to)) = candidates.iter().copied().min_by_key(key) else { break };
            if weight * 5 < best_weight * 4 || weight < least {
                break;
            }
            best_weight = best_weight.max(weight);
            windows.push(&hits[from..=to]);
            candidates.retain(|(_, other_from, other_to)| *other_to < from || to < *other_from);
        }
        windows
    }

    /// The form of each of some tokens of a quote; for a word that the text lacks, those of similar words of the text.
    pub(super) fn similar_forms(&self, quote: &QuoteTokens<'_>, compared: Range<usize>) -> Vec<Vec<u32>> {
        let similar = |(token, form): (&Token, &u32)| {
            if token.is_mark() || self.has(*form) || self.numbers.len() > MAX_COMPARED {
                return vec![*form];
            }
            let word = token.text(&quote.folded);
            let is_similar = |known: &str| may_be_similar(word, known) && are_similar(word, known);
            let mut forms: Vec<u32> =
                self.numbers.iter().filter(|(known, _)| is_similar(known)).map(|(_, number)| *number).collect();
            forms.sort_unstable();
            forms
        };
        quote.tokens[compared.clone()].iter().zip(&quote.forms[compared]).map(similar).collect()
    }

    /// The word of a quote of one word, and the closest one of the text.
    fn closest_word(&self, quote: &QuoteTokens<'_>) -> Option<(usize, usize)> {
        let mut words = quote.tokens.iter().enumerate().filter(|(_, token)| !token.is_mark());
        let (Some((number, word)), None) = (words.next(), words.next()) else { return None };
        if self.numbers.len() > MAX_COMPARED {
            return None;
        }
        let key = closest(word.text(&quote.folded), self.numbers.keys().map(String::as_str))?;
        self.occurrences(*self.numbers.get(key)?).first().map(|token| (number, *token as usize))
    }
}
