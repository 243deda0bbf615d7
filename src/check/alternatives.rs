//! The strings that a part of a quote is searched for as: with and without hyphens that may divide words at the ends of lines, and with
//! the differences that give a warning.

use super::fold::{Folded, FoldedQuote, last_letters};
use super::occurrences::Needles;

/// A string that a part of a quote may be in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alternative {
    text: String,
    /// The bytes of `text` at which the text must have a hyphen and a line end.
    joins: Vec<u32>,
    changes: Changes,
}

/// How an alternative differs from the quote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Changes {
    /// The first letter has the other case.
    pub first_letter: bool,
    /// The full stop at the end is dropped.
    pub full_stop: bool,
}

/// An alternative among the strings to search for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct InternedAlternative {
    pub needle: usize,
    pub joins: Box<[u32]>,
    pub changes: Changes,
}

/// What a quote may differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tolerance {
    /// Only its typography.
    Typography,
    /// Also the first letters and the full stops at the ends of its parts.
    Ends,
}

impl Tolerance {
    /// The strings that a part of a quote may be in a text, the most similar first.
    pub(super) fn alternatives(self, folded: &Folded, part: FoldedQuote) -> Vec<Alternative> {
        let exact = exact_alternatives(folded, part);
        match self {
            Self::Typography => exact,
            Self::Ends => with_changed_ends(exact),
        }
    }
}

/// How many hyphens of a part may be dropped independently of each other. Of more, one or all may be dropped.
const MAX_HYPHENS: usize = 3;

/// How many alternatives a part has at most; others are not searched for.
pub(super) const MAX_ALTERNATIVES: usize = 4 * (1 << MAX_HYPHENS);

impl Alternative {
    fn of(text: String) -> Self {
        Self { text, joins: Vec::new(), changes: Changes::default() }
    }

    pub(super) fn intern(self, needles: &mut Needles) -> InternedAlternative {
        let Self { text, joins, changes } = self;
        InternedAlternative { needle: needles.add(text), joins: joins.into(), changes }
    }
}

/// The alternatives that differ only in their typography, the quote itself first.
fn exact_alternatives(folded: &Folded, quote: FoldedQuote) -> Vec<Alternative> {
    let FoldedQuote { text, joins } = quote;
    if joins.is_empty() && !(folded.has_joins() && text.contains('-')) {
        return vec![Alternative::of(text)];
    }
    let hyphens: Vec<usize> = divisible_hyphens(folded, &text).collect();
    let mut all = vec![Alternative::of(text.clone())];
    if !joins.is_empty() {
        all.push(Alternative::of(with_hyphens(&text, &joins)));
    }
    let subsets: Vec<Vec<usize>> = match hyphens.len() {
        0..=MAX_HYPHENS => (1_usize..1 << hyphens.len())
            .map(|subset| (0..hyphens.len()).filter(|bit| subset >> bit & 1 == 1).map(|bit| hyphens[bit]).collect())
            .collect(),
        _ => hyphens.iter().map(|hyphen| vec![*hyphen]).chain([hyphens.clone()]).collect(),
    };
    all.extend(subsets.iter().map(|subset| without_hyphens(&text, subset)));
    all.truncate(MAX_ALTERNATIVES / 4);
    all
}

/// Adds the alternatives that deserve a warning.
fn with_changed_ends(exact: Vec<Alternative>) -> Vec<Alternative> {
    let changed = exact.iter().flat_map(|alternative| {
        let case = with_other_case(alternative);
        let both = case.as_ref().and_then(without_full_stop);
        [case, without_full_stop(alternative), both]
    });
    let changed: Vec<Alternative> = changed.flatten().filter(|changed| !changed.text.is_empty()).collect();
    exact.into_iter().chain(changed).collect()
}

/// The bytes of hyphens between letters. A line end divides a word after the same letters.
fn divisible_hyphens<'a>(folded: &'a Folded, text: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices('-').map(|(at, _)| at).filter(|at| {
        let letters = last_letters(&text[..*at]);
        !letters.is_empty() && text[at + 1..].starts_with(char::is_alphabetic) && folded.is_divided(letters)
    })
}

fn with_hyphens(text: &str, joins: &[u32]) -> String {
    let mut hyphenated = String::with_capacity(text.len() + joins.len());
    let mut from = 0;
    for join in joins.iter().map(|join| *join as usize) {
        hyphenated.push_str(&text[from..join]);
        hyphenated.push('-');
        from = join;
    }
    hyphenated + &text[from..]
}

fn without_hyphens(text: &str, hyphens: &[usize]) -> Alternative {
    let mut joined = String::with_capacity(text.len());
    let (mut from, mut joins) = (0, Vec::with_capacity(hyphens.len()));
    for hyphen in hyphens {
        joined.push_str(&text[from..*hyphen]);
        joins.push(joined.len() as u32);
        from = hyphen + 1;
    }
    Alternative { text: joined + &text[from..], joins, changes: Changes::default() }
}

/// The alternative with another case of its first letter, after punctuation such as quotation marks.
fn with_other_case(alternative: &Alternative) -> Option<Alternative> {
    let Alternative { text, joins, changes } = alternative;
    let (at, first) = text.char_indices().find(|(_, c)| c.is_alphanumeric())?;
    let other = match first.is_uppercase() {
        true => single(first.to_lowercase())?,
        false => single(first.to_uppercase())?,
    };
    if other == first {
        return None;
    }
    let rest = &text[at + first.len_utf8()..];
    let shift = |join: &u32| *join - first.len_utf8() as u32 + other.len_utf8() as u32;
    Some(Alternative {
        text: format!("{}{other}{rest}", &text[..at]),
        joins: joins.iter().map(shift).collect(),
        changes: Changes { first_letter: true, ..*changes },
    })
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

fn without_full_stop(alternative: &Alternative) -> Option<Alternative> {
    let text = alternative.text.strip_suffix('.').filter(|rest| !rest.ends_with('.'))?;
    let changes = Changes { full_stop: true, ..alternative.changes };
    Some(Alternative { text: text.to_owned(), joins: alternative.joins.clone(), changes })
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold_quote;
    use super::*;

    fn texts(alternatives: Vec<Alternative>) -> Vec<String> {
        alternatives.into_iter().map(|alternative| alternative.text).collect()
    }

    #[test]
    fn hyphens_of_divided_words_may_be_dropped() {
        let folded = Folded::new("an infra-\nstructure and a re-\ncover");
        let exact = |quote: &str| exact_alternatives(&folded, fold_quote(quote));
        assert_eq!(texts(exact("infra-structure")), ["infra-structure", "infrastructure"]);
        assert_eq!(exact("infra-structure")[1].joins, [5]);
        assert_eq!(texts(exact("well-known")), ["well-known"]);
        assert_eq!(texts(exact("re-cover infra-x")).len(), 4);
        assert_eq!(texts(exact("the pre-\nfab")), ["the prefab", "the pre-fab"]);
    }

    #[test]
    fn the_case_of_the_first_letter_and_a_full_stop_may_change() {
        let folded = Folded::new("");
        let relaxed = |quote: &str| texts(Tolerance::Ends.alternatives(&folded, fold_quote(quote)));
        assert_eq!(relaxed("The mill."), ["The mill.", "the mill.", "The mill", "the mill"]);
        assert_eq!(relaxed("5 mills..."), ["5 mills..."]);
        assert_eq!(relaxed("'ß"), ["'ß"]);
        assert_eq!(relaxed("."), ["."]);
    }
}
