//! Compares a quote with a window of a text: which tokens correspond, and whether they are similar enough.

use super::alignment::{Step, align};
use super::boundary::{Side, is_word_character};
use super::fold::Folded;
use super::tokens::{Token, TokenKind};
use crate::model::CodePointIndex;
use std::ops::Range;
use unicode_normalization::char::decompose_canonical;

/// A quote or a text, with its tokens.
#[derive(Clone, Copy)]
pub(super) struct Tokenized<'t> {
    pub text: &'t str,
    pub folded: &'t Folded,
    pub tokens: &'t [Token],
    /// The numbers of the lower-case tokens; equal for equal ones of the quote and of the text.
    pub forms: &'t [u32],
    pub code_points: &'t CodePointIndex,
}

impl<'t> Tokenized<'t> {
    /// A token in its folded form.
    pub(super) fn token(&self, index: usize) -> &'t str {
        self.tokens[index].text(self.folded)
    }

    /// The bytes of consecutive tokens in the original text.
    pub(super) fn bytes(&self, tokens: Range<usize>) -> Range<usize> {
        let folded = self.tokens[tokens.start].start as usize..self.tokens[tokens.end - 1].end as usize;
        let points = self.folded.original(folded);
        let byte = |point| self.code_points.byte(self.text, point).unwrap_or(self.text.len());
        byte(points.start)..byte(points.end)
    }

    /// The original text of consecutive tokens.
    pub(super) fn original(&self, tokens: Range<usize>) -> &'t str {
        if tokens.is_empty() { "" } else { &self.text[self.bytes(tokens)] }
    }

    /// The folded text of consecutive tokens.
    pub(super) fn folded(&self, tokens: Range<usize>) -> &'t str {
        if tokens.is_empty() {
            return "";
        }
        &self.folded.text()[self.tokens[tokens.start].start as usize..self.tokens[tokens.end - 1].end as usize]
    }

    /// The number of words and numbers among consecutive tokens.
    pub(super) fn words(&self, tokens: Range<usize>) -> usize {
        self.tokens[tokens].iter().filter(|token| !token.is_mark()).count()
    }

    /// Whether a paragraph ends between a token and the next.
    pub(super) fn ends_paragraph(&self, index: usize) -> bool {
        let next = self.tokens.get(index + 1);
        next.is_none_or(|next| self.folded.paragraph_end(self.tokens[index].start as usize) <= next.start as usize)
    }
}

/// How the tokens of a quote correspond to those of a text.
pub(super) struct Comparison<'t> {
    pub quote: Tokenized<'t>,
    pub source: Tokenized<'t>,
    /// The weight of each token of the quote: rare and long words locate a passage.
    pub weights: &'t [i32],
}

/// The penalty for words that are not similar, and for punctuation marks that are not the same.
const OTHER_WORD: i32 = -16;
const OTHER_MARK: i32 = -12;
const OTHER_NUMBER: i32 = -4;

/// The least weight of the words of a quote that a similar passage has, in percent.
const MIN_SIMILARITY: i32 = 50;

/// How many tokens a quote may have that is compared with the same ones in any order.
const MAX_REORDERED: usize = 8;

/// How many words at an end of a quote may correspond to entirely different ones.
const MAX_OTHER_WORDS: usize = 2;

/// How two tokens correspond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// They are the same, apart from letter case.
    Same,
    /// Words with similar letters.
    Similar,
    /// Different numbers.
    Numbers,
    /// Different punctuation marks.
    Marks,
    /// Words, or a word and a symbol such as `&`, that have nothing in common.
    Words,
    /// A word and a punctuation mark.
    None,
}

impl Comparison<'_> {
    pub(super) fn likeness(&self, q: usize, s: usize) -> Likeness {
        if self.quote.forms[q] == self.source.forms[s] {
            return Likeness::Same;
        }
        match (self.quote.tokens[q].kind, self.source.tokens[s].kind) {
            (TokenKind::Mark, TokenKind::Mark) => Likeness::Marks,
            (TokenKind::Mark, _) if is_symbol(self.quote.token(q)) => Likeness::Words,
            (_, TokenKind::Mark) if is_symbol(self.source.token(s)) => Likeness::Words,
            (TokenKind::Mark, _) | (_, TokenKind::Mark) => Likeness::None,
            _ if may_be_similar(self.quote.token(q), self.source.token(s))
                && are_similar(self.quote.token(q), self.source.token(s)) =>
            {
                Likeness::Similar
            }
            (TokenKind::Number, TokenKind::Number) => Likeness::Numbers,
            _ => Likeness::Words,
        }
    }

    /// Whether tokens are the same.
    pub(super) fn is_same(&self, q: usize, s: usize) -> bool {
        self.quote.forms[q] == self.source.forms[s] && self.quote.token(q) == self.source.token(s)
    }

    /// Whether a correspondence of tokens that are not the same is not arbitrary.
    pub(super) fn is_likely(&self, q: usize, s: usize) -> bool {
        !matches!(self.likeness(q, s), Likeness::Words | Likeness::None)
    }

    /// The best steps from a range of tokens of the quote to the tokens around two that correspond, with their score. At most `omitted` tokens
    /// of the text are omitted on each side.
    pub(super) fn align(&self, compared: Range<usize>, (q, s): (usize, usize), omitted: usize) -> (i32, Vec<Step>) {
        let is_same = |q: usize, s: usize| self.quote.forms[q] == self.source.forms[s];
        let before = (1..=(q - compared.start).min(s)).take_while(|back| is_same(q - back, s - back)).count();
        let room = (compared.end - q).min(self.source.tokens.len() - s);
        let after = (1..room).take_while(|on| is_same(q + on, s + on)).count();
        let (first_q, first_s) = (q - before, s - before);
        let (end_q, end_s) = (q + after + 1, s + after + 1);
        let (before, after) = (first_q - compared.start, compared.end - end_q);
        let room = first_s.min(before + omitted);
        let (score_before, left) = self.extend(before, room, |q| first_q - 1 - q, |s| first_s - 1 - s);
        let room = (self.source.tokens.len() - end_s).min(after + omitted);
        let (score_after, right) = self.extend(after, room, |q| end_q + q, |s| end_s + s);
        let between = (first_q..end_q).zip(first_s..end_s);
        let score: i32 = between.clone().filter_map(|(q, s)| self.score(q, s)).sum();
        let steps = left.into_iter().rev().chain(between.map(|(q, s)| Step::Pair(q, s))).chain(right);
        (score_before + score + score_after, steps.collect())
    }

    /// The steps from a number of tokens of the quote to some of a number of tokens of the text. The functions convert to their indices.
    fn extend(
        &self,
        quote: usize,
        source: usize,
        in_quote: impl Fn(usize) -> usize,
        in_source: impl Fn(usize) -> usize,
    ) -> (i32, Vec<Step>) {
        if quote == 0 {
            return (0, Vec::new());
        }
        let pair = |q, s| self.score(in_quote(q), in_source(s));
        let converted = |step| match step {
            Step::Pair(q, s) => Step::Pair(in_quote(q), in_source(s)),
            Step::Added(q) => Step::Added(in_quote(q)),
            Step::Omitted(s) => Step::Omitted(in_source(s)),
        };
        let (score, steps) = align(quote, source, pair);
        (score, steps.into_iter().map(converted).collect())
    }

    /// The score of the correspondence of two tokens; `None` if they cannot correspond.
    fn score(&self, q: usize, s: usize) -> Option<i32> {
        Some(match self.likeness(q, s) {
            Likeness::Same => self.weights[q] - i32::from(self.quote.token(q) != self.source.token(s)),
            Likeness::Similar => self.weights[q] / 2,
            Likeness::Numbers => OTHER_NUMBER,
            Likeness::Marks => OTHER_MARK,
            Likeness::Words => OTHER_WORD,
            Likeness::None => return None,
        })
    }

    /// The steps from a short quote to tokens around one of the text that are the same in another order.
    pub(super) fn reordered(&self, (_, s): (usize, usize)) -> Option<Vec<Step>> {
        let sorted = |forms: &[u32]| {
            let mut forms = forms.to_vec();
            forms.sort_unstable();
            forms
        };
        let quote = self.quote.forms;
        if quote.len() > MAX_REORDERED {
            return None;
        }
        let forms = sorted(quote);
        let window = s.saturating_sub(quote.len())..(s + quote.len()).min(self.source.forms.len());
        let mut passages = self.source.forms[window.clone()].windows(quote.len().max(1));
        let first = window.start + passages.position(|passage| sorted(passage) == forms)?;
        Some((0..quote.len()).map(|token| Step::Pair(token, first + token)).collect())
    }

    /// Whether enough of the words of a quote are in the passage.
    pub(super) fn is_similar(&self, steps: &[Step]) -> bool {
        let (mut found, mut total) = (0, 0);
        for (number, step) in steps.iter().enumerate() {
            let (q, share) = match *step {
                Step::Pair(q, s) => (
                    q,
                    match self.likeness(q, s) {
                        Likeness::Same => 2,
                        Likeness::Similar | Likeness::Numbers => 1,
                        Likeness::Marks | Likeness::Words | Likeness::None => 0,
                    },
                ),
                Step::Added(q) => {
                    (q, self.is_split(q, &steps[number.saturating_sub(1)..(number + 2).min(steps.len())]))
                }
                Step::Omitted(_) => continue,
            };
            if !self.quote.tokens[q].is_mark() {
                found += self.weights[q] * share / 2;
                total += self.weights[q];
            }
        }
        found > 0 && found * 100 >= total * MIN_SIMILARITY
    }

    /// The share, 0 or 2, of an added word that is a part of a word of the text, as another part corresponds to it in a neighbouring step.
    pub(super) fn is_split(&self, added: usize, neighbours: &[Step]) -> i32 {
        let is_rest = |step: &Step| match *step {
            Step::Pair(q, s) => {
                let both = q.min(added)..q.max(added) + 1;
                word_characters(self.quote.folded(both)).eq(word_characters(self.source.token(s)))
            }
            Step::Added(_) | Step::Omitted(_) => false,
        };
        if neighbours.iter().any(is_rest) { 2 } else { 0 }
    }

    /// Trims what corresponds only by its position at both ends of the passage: the tokens of the quote there are added ones. `None` if
    /// no words correspond.
    pub(super) fn trim(&self, steps: &[Step]) -> Option<Vec<Step>> {
        let is_strong = |step: &Step| match *step {
            Step::Pair(q, s) if !self.quote.tokens[q].is_mark() => {
                matches!(self.likeness(q, s), Likeness::Same | Likeness::Similar)
            }
            _ => false,
        };
        let (first, last) = (steps.iter().position(is_strong)?, steps.iter().rposition(is_strong)?);
        let (before, after) = (&steps[..first], &steps[last + 1..]);
        let mut trimmed = match self.same_marks(steps[first], before, Side::Start) {
            Some(marks) => marks,
            None => {
                let kept = self.kept(steps[first], before.iter().rev(), Side::Start);
                let (dropped, kept) = before.split_at(before.len() - kept);
                added(dropped).chain(kept.iter().copied()).collect()
            }
        };
        trimmed.extend_from_slice(&steps[first..=last]);
        match self.same_marks(steps[last], after, Side::End) {
            Some(marks) => trimmed.extend(marks),
            None => {
                let (kept, dropped) = after.split_at(self.kept(steps[last], after.iter(), Side::End));
                trimmed.extend(kept.iter().copied().chain(added(dropped)));
            }
        }
        self.complete(&mut trimmed);
        Some(trimmed)
    }

    /// How many steps at an end are kept. `outward` are those from the passage outwards.
    fn kept<'s>(&self, nearest: Step, mut outward: impl Iterator<Item = &'s Step>, side: Side) -> usize {
        let (mut words, mut is_crossed, mut kept) = (0, false, 0);
        let Step::Pair(_, mut at) = nearest else { return 0 };
        let is_stop = |mark: &str| matches!(mark, "." | "," | ";" | ":" | "!" | "?");
        while let Some(Step::Pair(q, s)) = outward.next() {
            let is_kept = match self.likeness(*q, *s) {
                Likeness::Same => {
                    is_crossed |= matches!(self.quote.token(*q), "." | ";" | "!" | "?" | "|");
                    true
                }
                Likeness::Marks => {
                    is_crossed = true;
                    side == Side::End && is_stop(self.quote.token(*q)) && is_stop(self.source.token(*s))
                }
                Likeness::Words | Likeness::None => {
                    words += 1;
                    !is_crossed && words <= MAX_OTHER_WORDS
                }
                Likeness::Similar | Likeness::Numbers => !is_crossed,
            };
            if !is_kept || self.source.ends_paragraph(at.min(*s)) {
                break;
            }
            (at, kept) = (*s, kept + 1);
        }
        kept
    }

    /// The steps for punctuation marks at an end, if the text has the same ones there, in whatever order.
    fn same_marks(&self, nearest: Step, steps: &[Step], side: Side) -> Option<Vec<Step>> {
        let Step::Pair(q, s) = nearest else { return None };
        let count = steps.iter().filter(|step| !matches!(step, Step::Omitted(_))).count();
        let ranges = match side {
            Side::Start => (q - count..q, s.checked_sub(count)?..s),
            Side::End => (q + 1..q + 1 + count, s + 1..s + 1 + count),
        };
        let marks = |tokenized: &Tokenized<'_>, range: &Range<usize>| {
            let tokens = tokenized.tokens.get(range.clone())?;
            let mut forms = tokenized.forms[range.clone()].to_vec();
            forms.sort_unstable();
            tokens.iter().all(Token::is_mark).then_some(forms)
        };
        let is_same = marks(&self.quote, &ranges.0)? == marks(&self.source, &ranges.1)?;
        is_same.then(|| ranges.0.zip(ranges.1).map(|(q, s)| Step::Pair(q, s)).collect())
    }

    /// Adds the rest of a word of the text that the quote joins with the word at an end of the passage.
    fn complete(&self, steps: &mut Vec<Step>) {
        let are_joined = |q: usize, source: Range<usize>| {
            word_characters(self.quote.token(q)).eq(word_characters(self.source.folded(source)))
        };
        if let Some(Step::Pair(q, s)) = steps.first().copied().filter(|step| !self.has_same_letters(step)) {
            let rest = (1..=MAX_REST).find(|rest| s >= *rest && are_joined(q, s - rest..s + 1)).unwrap_or(0);
            steps.splice(..0, (s - rest..s).map(Step::Omitted));
        }
        if let Some(Step::Pair(q, s)) = steps.last().copied().filter(|step| !self.has_same_letters(step)) {
            let is_rest = |rest: &usize| s + rest < self.source.tokens.len() && are_joined(q, s..s + rest + 1);
            let rest = (1..=MAX_REST).find(is_rest).unwrap_or(0);
            steps.extend((s + 1..s + 1 + rest).map(Step::Omitted));
        }
    }

    fn has_same_letters(&self, step: &Step) -> bool {
        match *step {
            Step::Pair(q, s) => word_characters(self.quote.token(q)).eq(word_characters(self.source.token(s))),
            Step::Added(_) | Step::Omitted(_) => false,
        }
    }
}

/// How many tokens the rest of a word may have: `’` and `s`, for example.
const MAX_REST: usize = 2;

/// The letters and digits of a text.
pub(super) fn word_characters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| is_word_character(*c))
}

/// The tokens of the quote as added ones.
fn added(steps: &[Step]) -> impl Iterator<Item = Step> + '_ {
    steps.iter().filter_map(|step| match *step {
        Step::Pair(q, _) | Step::Added(q) => Some(Step::Added(q)),
        Step::Omitted(_) => None,
    })
}

/// Whether a mark stands for a word, and does not separate words.
fn is_symbol(mark: &str) -> bool {
    !mark.starts_with(['.', ',', ';', ':', '!', '?', '\'', '"', '-', '(', ')', '[', ']', '{', '}', '|'])
}

/// A letter without its case and accents.
fn base(c: char) -> char {
    let mut base = c;
    if !c.is_ascii() {
        let mut letters = Vec::new();
        decompose_canonical(c, |c| letters.push(c));
        base = letters.first().copied().unwrap_or(c);
    }
    base.to_ascii_lowercase()
}

/// Whether words may be [similar](are_similar), in constant time: their first or their last letters are.
pub(super) fn may_be_similar(a: &str, b: &str) -> bool {
    let is_equal = |a: Option<&u8>, b: Option<&u8>| {
        a.zip(b).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b) || !a.is_ascii() || !b.is_ascii())
    };
    let (a, b) = (a.as_bytes(), b.as_bytes());
    is_equal(a.first(), b.first()) || is_equal(a.last(), b.last())
}

/// Whether words differ in at most two fifths of their letters, which are adjacent, or in two that are swapped. Takes linear time.
pub(super) fn are_similar(a: &str, b: &str) -> bool {
    let is_equal = |(a, b): &(char, char)| a == b || base(*a) == base(*b);
    let (length_a, length_b) = (a.chars().count(), b.chars().count());
    let (shorter, longer) = (length_a.min(length_b), length_a.max(length_b));
    if shorter * 5 < longer * 3 {
        return false;
    }
    let prefix = a.chars().zip(b.chars()).take_while(is_equal).count();
    let suffix = a.chars().rev().zip(b.chars().rev()).take_while(is_equal).count().min(shorter - prefix);
    let is_swapped = || {
        let differing = |text: &str| text.chars().skip(prefix).take(2).collect::<Vec<_>>();
        let (a, b) = (differing(a), differing(b));
        length_a == length_b && prefix + suffix + 2 == shorter && a[0] == b[1] && a[1] == b[0]
    };
    (prefix + suffix) * 5 >= longer * 3 || is_swapped()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_words_differ_in_few_letters() {
        for (a, b) in [
            ("Aldmor", "Aldmoor"),
            ("form", "from"),
            ("scraped", "scrapped"),
            ("1,95O", "1,950"),
            ("plans", "plan"),
            ("Lodz", "Łódź"),
        ] {
            assert!(are_similar(a, b), "{a} {b}");
        }
        for (a, b) in [("labour", "about"), ("bus", "station"), ("at", "of"), ("moon", "locomotive")] {
            assert!(!are_similar(a, b), "{a} {b}");
        }
    }
}
