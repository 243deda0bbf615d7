//! The differences between a quote and the passage that corresponds to it, beyond those that folding removes.

use super::alignment::Step;
use super::comparison::{Comparison, Tokenized, word_characters};
use super::difference_kind::{Difference, DifferenceKind};
use std::ops::Range;

/// How many equal tokens may be between differences that are one of order.
const MAX_BETWEEN: usize = 3;

/// Consecutive tokens of the quote and of the text that differ. One of the ranges may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    quote: Range<usize>,
    source: Range<usize>,
    steps: Range<usize>,
}

/// The differences that the steps of an alignment show, in their order.
pub(super) fn differences(comparison: &Comparison<'_>, steps: &[Step]) -> Vec<Difference> {
    let mut groups = groups(comparison, steps);
    groups.retain(|group| !is_hyphenation(comparison, group));
    let groups = merge_reordered(comparison, groups);
    let groups = groups.into_iter().flat_map(|group| split(comparison, steps, group));
    let groups = groups.map(|group| shift(comparison, group));
    let mut differences: Vec<Difference> = groups.map(|group| difference(comparison, &group)).collect();
    if differences.is_empty() {
        differences.extend(
            other_spaces(comparison, steps)
                .map(|group| Difference { kind: DifferenceKind::Spaces, ..difference(comparison, &group) }),
        );
    }
    differences
}

fn difference(comparison: &Comparison<'_>, group: &Group) -> Difference {
    let Comparison { quote, source, .. } = comparison;
    let (folded_quote, folded_source) = (quote.folded(group.quote.clone()), source.folded(group.source.clone()));
    let words = (quote.words(group.quote.clone()), source.words(group.source.clone()));
    let kind = match are_reordered(comparison, group) {
        true if words.0 > 0 => DifferenceKind::WordOrder,
        true => DifferenceKind::MarkOrder,
        false => DifferenceKind::of(folded_quote, folded_source, words),
    };
    Difference {
        quote: quote.original(group.quote.clone()).to_owned(),
        source: source.original(group.source.clone()).to_owned(),
        kind,
        source_tokens: group.source.clone(),
        quote_words: words.0,
        source_words: words.1,
    }
}

/// Consecutive steps between equal tokens.
fn groups(comparison: &Comparison<'_>, steps: &[Step]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let first = steps.iter().find_map(|step| match *step {
        Step::Pair(_, s) | Step::Omitted(s) => Some(s),
        Step::Added(_) => None,
    });
    let first_quoted = steps.iter().find_map(|step| match *step {
        Step::Pair(q, _) | Step::Added(q) => Some(q),
        Step::Omitted(_) => None,
    });
    let (mut q, mut s) = (first_quoted.unwrap_or(0), first.unwrap_or(0));
    for (number, step) in steps.iter().enumerate() {
        let (added, omitted) = match step {
            Step::Pair(..) => (1, 1),
            Step::Added(_) => (1, 0),
            Step::Omitted(_) => (0, 1),
        };
        if !matches!(*step, Step::Pair(q, s) if comparison.is_same(q, s)) {
            match groups.last_mut() {
                Some(last) if last.steps.end == number => {
                    last.quote.end = q + added;
                    last.source.end = s + omitted;
                    last.steps.end = number + 1;
                }
                _ => groups.push(Group { quote: q..q + added, source: s..s + omitted, steps: number..number + 1 }),
            }
        }
        (q, s) = (q + added, s + omitted);
    }
    groups
}

/// Whether a group differs only by a hyphen at a line end, which may be part of the word or not.
fn is_hyphenation(comparison: &Comparison<'_>, group: &Group) -> bool {
    let Comparison { quote, source, .. } = comparison;
    let has_join = |side: &Tokenized<'_>, tokens: &Range<usize>| {
        !tokens.is_empty()
            && side.folded.has_join_in(side.tokens[tokens.start].bytes().start..side.tokens[tokens.end - 1].bytes().end)
    };
    let letters = |side: &Tokenized<'_>, tokens: &Range<usize>| side.folded(tokens.clone()).replace('-', "");
    (has_join(quote, &group.quote) || has_join(source, &group.source))
        && letters(quote, &group.quote) == letters(source, &group.source)
}

/// Whether both have the same words in another order, or only punctuation marks, in another order.
fn are_reordered(comparison: &Comparison<'_>, Group { quote, source, .. }: &Group) -> bool {
    let has_words = comparison.quote.words(quote.clone()) > 0;
    let forms = |side: &Tokenized<'_>, tokens: &Range<usize>| {
        let tokens = tokens.clone().filter(|token| !has_words || !side.tokens[*token].is_mark());
        tokens.map(|token| side.forms[token]).collect::<Vec<u32>>()
    };
    let (mut quote, mut source) = (forms(&comparison.quote, quote), forms(&comparison.source, source));
    if quote == source || quote.len() != source.len() {
        return false;
    }
    quote.sort_unstable();
    source.sort_unstable();
    quote == source
}

/// Makes one group of neighbours that have the same tokens in another order.
fn merge_reordered(comparison: &Comparison<'_>, groups: Vec<Group>) -> Vec<Group> {
    let mut merged: Vec<Group> = Vec::with_capacity(groups.len());
    for group in groups {
        if let Some(last) = merged.last_mut()
            && group.steps.start - last.steps.end <= MAX_BETWEEN
        {
            let both = Group {
                quote: last.quote.start..group.quote.end,
                source: last.source.start..group.source.end,
                steps: last.steps.start..group.steps.end,
            };
            if are_reordered(comparison, &both) {
                *last = both;
                continue;
            }
        }
        merged.push(group);
    }
    merged
}

/// Splits a group into differences that can be named separately: pairs of similar words, of numbers, or of runs of punctuation marks.
fn split(comparison: &Comparison<'_>, steps: &[Step], group: Group) -> Vec<Group> {
    let Comparison { quote, source, .. } = comparison;
    let is_one = are_reordered(comparison, &group)
        || word_characters(quote.folded(group.quote.clone()))
            .flat_map(char::to_lowercase)
            .eq(word_characters(source.folded(group.source.clone())).flat_map(char::to_lowercase));
    if is_one {
        return vec![group];
    }
    let mut parts: Vec<(Group, bool)> = Vec::new();
    let (mut q, mut s) = (group.quote.start, group.source.start);
    for number in group.steps {
        let (added, omitted, is_likely, are_marks) = match steps[number] {
            Step::Pair(q, s) => (1, 1, comparison.is_likely(q, s), quote.tokens[q].is_mark()),
            Step::Added(_) => (1, 0, false, false),
            Step::Omitted(_) => (0, 1, false, false),
        };
        match parts.last_mut() {
            // Marks remain together, and so does what is not a likely pair.
            Some((last, is_last_likely))
                if *is_last_likely == is_likely && (!is_likely || are_marks && ends_with_mark(quote, last)) =>
            {
                last.quote.end = q + added;
                last.source.end = s + omitted;
                last.steps.end = number + 1;
            }
            _ => {
                let part = Group { quote: q..q + added, source: s..s + omitted, steps: number..number + 1 };
                parts.push((part, is_likely));
            }
        }
        (q, s) = (q + added, s + omitted);
    }
    parts.into_iter().map(|(part, _)| part).collect()
}

/// Of omitted tokens that begin with the mark that follows them, those that end with it: a sentence and its full stop.
fn shift(comparison: &Comparison<'_>, mut group: Group) -> Group {
    let Tokenized { tokens, forms, .. } = comparison.source;
    while let Range { start, end } = group.source
        && group.quote.is_empty()
        && tokens[start].is_mark()
        && forms.get(end) == Some(&forms[start])
    {
        group.source = start + 1..end + 1;
    }
    group
}

fn ends_with_mark(quote: &Tokenized<'_>, group: &Group) -> bool {
    group.quote.end > group.quote.start && quote.tokens[group.quote.end - 1].is_mark()
}

/// The first equal tokens that have a space before them only in the quote or only in the text, with the token before them.
fn other_spaces(comparison: &Comparison<'_>, steps: &[Step]) -> Option<Group> {
    steps.windows(2).enumerate().find_map(|(number, pair)| match *pair {
        [Step::Pair(q, s), Step::Pair(next_q, next_s)] => {
            let is_other = comparison.quote.tokens[next_q].is_spaced != comparison.source.tokens[next_s].is_spaced;
            is_other.then(|| Group { quote: q..q + 2, source: s..s + 2, steps: number..number + 2 })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::fold::Folded;
    use super::super::tokens::tokens;
    use super::*;
    use crate::model::CodePointIndex;
    use proptest::prelude::*;

    /// The groups of differences between a quote and a text, whose forms are those of their characters, and their steps.
    fn with_comparison(quote: &str, source: &str, check: impl FnOnce(&Comparison<'_>)) {
        let parts = [quote, source].map(|text| (Folded::new(text), CodePointIndex::new(text)));
        let tokens = parts.each_ref().map(|(folded, _)| tokens(folded));
        let mut all: Vec<String> = Vec::new();
        let forms = [0, 1].map(|side| {
            let forms = tokens[side].iter().map(|token| {
                let form = token.text(&parts[side].0).to_lowercase();
                let number = all.iter().position(|other| *other == form).unwrap_or(all.len());
                all.extend((number == all.len()).then_some(form));
                number as u32
            });
            forms.collect::<Vec<u32>>()
        });
        let side = |number: usize, text| Tokenized {
            text,
            folded: &parts[number].0,
            tokens: &tokens[number],
            forms: &forms[number],
            code_points: &parts[number].1,
        };
        let weights = vec![40; tokens[0].len()];
        check(&Comparison { quote: side(0, quote), source: side(1, source), weights: &weights });
    }

    proptest! {
        /// With what the source has in place of each difference, the quote is the passage.
        #[test]
        fn all_differences_are_named(quote in "([abAB1.,’-]{1,3} ){0,8}", source in "([abAB1.,'-]{1,3} ){1,8}") {
            with_comparison(&quote, &source, |comparison| {
                let (quoted, length) = (comparison.quote.tokens.len(), comparison.source.tokens.len());
                let mut pairs = (0..quoted).flat_map(|q| (0..length).map(move |s| (q, s)));
                let Some(anchor) = pairs.find(|(q, s)| comparison.is_same(*q, *s)) else { return };
                let Some(steps) = comparison.trim(&comparison.align(0..quoted, anchor, length).1) else { return };
                let groups = merge_reordered(comparison, groups(comparison, &steps));
                let groups: Vec<Group> = groups.into_iter().flat_map(|group| split(comparison, &steps, group)).collect();
                let mut corrected: Vec<&str> = Vec::new();
                let mut q = 0;
                for group in &groups {
                    corrected.extend((q..group.quote.start).map(|token| comparison.quote.token(token)));
                    corrected.extend(group.source.clone().map(|token| comparison.source.token(token)));
                    q = group.quote.end;
                }
                corrected.extend((q..quoted).map(|token| comparison.quote.token(token)));
                let passage = steps.iter().filter_map(|step| match *step {
                    Step::Pair(_, s) | Step::Omitted(s) => Some(comparison.source.token(s)),
                    Step::Added(_) => None,
                });
                assert_eq!(corrected, passage.collect::<Vec<_>>());
            });
        }
    }
}
