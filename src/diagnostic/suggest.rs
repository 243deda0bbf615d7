//! "Did you mean" suggestions.

use super::Suggestion;
/// The candidate closest to a misspelt name, regardless of case: at most one edit, and one more for every four letters.
///
/// Of equally close candidates, the first in alphabetical order is taken. Linear in the candidates.
///
/// ```
/// use factloom::diagnostic::closest;
///
/// assert_eq!(closest("mil", ["mill", "river"]), Some("mill"));
/// assert_eq!(closest("RIVER", ["mill", "river"]), Some("river"));
/// ```
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let candidates = candidates.into_iter().map(|candidate| (candidate, candidate));
    closest_by_key(&written, candidates, 4)
}

/// The candidate closest to a misspelt name of a program, with half as many edits as [`closest`] permits: `notSigned` is not `signed`.
pub(crate) fn closest_name<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let candidates = candidates.into_iter().map(|candidate| (candidate, candidate));
    closest_by_key(&written, candidates, 8)
}

/// The [closest] candidate, or else the shortest one that contains the written words.
pub fn closest_or_longer<'a>(written: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    closest(written, candidates.clone()).or_else(|| {
        let written = written.trim().to_lowercase();
        let longer = candidates.filter(|name| written.len() > 2 && name.to_lowercase().contains(&written));
        longer.min_by_key(|name| (name.len(), *name))
    })
}

/// ``did you mean `name`?`` for the [closest] candidate, or the fallback if no candidate is close.
pub fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    fallback: impl Into<String>,
) -> String {
    closest(written, candidates).map_or_else(|| fallback.into(), |name| format!("did you mean `{name}`?"))
}

/// Like [`did_you_mean`], with the only similar name as a correction.
pub(crate) fn suggest<'a>(
    written: &str,
    candidates: impl Iterator<Item = &'a str> + Clone,
    fallback: impl Into<String>,
) -> Suggestion {
    let help = did_you_mean(written, candidates.clone(), fallback);
    let only = only_candidate(written, &candidates.map(|name| (name, name)));
    Suggestion { help, only: only.map(|name| (written.to_owned(), name.to_owned())) }
}

/// The only name that a misspelt one can stand for. Other names are not even as close as a suggestion has to be, few letters differ, and no
/// digit: `psm-2015` is not `psm-2016`.
fn only_candidate<'a>(
    written: &str,
    candidates: &(impl Iterator<Item = (&'a str, &'a str)> + Clone),
) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let within = |letters_per_edit: usize| {
        let found = within_edits(&lower, candidates.clone(), letters_per_edit);
        found.map(|(_, key, name)| (key, name)).collect::<Vec<_>>()
    };
    let (_, name) = *within(4).first()?;
    let digits = |text: &str| text.chars().filter(|c| c.is_numeric()).collect::<String>();
    let is_only = within(4).iter().all(|(_, other)| *other == name);
    let is_close = within(8).iter().any(|(key, _)| digits(key) == digits(written));
    (is_only && is_close).then_some(name)
}

/// Alternatives in a sentence.
///
/// ```
/// use factloom::diagnostic::one_of;
///
/// assert_eq!(one_of(&["dotted", "dashed", "solid"]), "dotted, dashed or solid");
/// ```
pub fn one_of(alternatives: &[&str]) -> String {
    match alternatives {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => alternatives.concat(),
    }
}

/// The name with the closest key: at most one edit, and one more for each `letters_per_edit`. `written` is in lower case.
fn closest_by_key<'a>(
    written: &str,
    candidates: impl Iterator<Item = (&'a str, &'a str)>,
    letters_per_edit: usize,
) -> Option<&'a str> {
    let found = within_edits(written, candidates, letters_per_edit);
    found.map(|(distance, _, name)| (distance, name)).min().map(|(_, name)| name)
}

/// The candidates whose keys are close, with the number of edits.
fn within_edits<'a>(
    written: &str,
    candidates: impl Iterator<Item = (&'a str, &'a str)>,
    letters_per_edit: usize,
) -> impl Iterator<Item = (usize, &'a str, &'a str)> {
    let length = written.chars().count();
    let edits = 1 + length / letters_per_edit;
    let letters = Letters::new(written);
    let chars: Vec<char> = written.chars().collect();
    candidates
        .filter(move |(key, _)| key.chars().count().abs_diff(length) <= edits && letters.may_be_within(edits, key))
        .filter_map(move |(key, name)| Some((edit_distance(&chars, &key.to_lowercase(), edits)?, key, name)))
}

/// The number of edits between two names, if it is at most `limit`: inserted, deleted and replaced letters, and swaps of neighbours.
///
/// Takes time in proportion to the length and the limit, since only the letters at similar places are compared (Ukkonen, *Algorithms for
/// approximate string matching*, 1985).
pub(crate) fn edit_distance(a: &[char], b: &str, limit: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    // The edits between the first letters of `a`, in each of the last three rows, and those of `b`.
    let too_many = limit + 1;
    let mut rows = [vec![too_many; b.len() + 1], vec![too_many; b.len() + 1], vec![too_many; b.len() + 1]];
    for (column, edits) in rows[0].iter_mut().enumerate().take(limit + 1) {
        *edits = column;
    }
    for row in 1..=a.len() {
        rows.rotate_right(1);
        let [current, last, before_last] = &mut rows;
        current.fill(too_many);
        if row <= limit {
            current[0] = row;
        }
        for column in row.saturating_sub(limit).max(1)..=(row + limit).min(b.len()) {
            let replaced = last[column - 1] + usize::from(a[row - 1] != b[column - 1]);
            let inserted = current[column - 1].min(last[column]) + 1;
            let is_swap = row > 1 && column > 1 && a[row - 1] == b[column - 2] && a[row - 2] == b[column - 1];
            let swapped = if is_swap { before_last[column - 2] + 1 } else { too_many };
            current[column] = replaced.min(inserted).min(swapped).min(too_many);
        }
    }
    Some(rows[0][b.len()]).filter(|edits| *edits <= limit)
}

/// Which letters a name has, regardless of case: a set of their hashes. Comparing two sets excludes most names that are not close, and is
/// much faster than counting edits.
#[derive(Clone, Copy)]
struct Letters(u64);

impl Letters {
    fn new(name: &str) -> Self {
        // Both lower-case forms of Σ are one letter here, since the form depends on the position.
        let hash = |c: char| 1_u64 << (u32::from(if c == 'ς' { 'σ' } else { c }) % 64);
        Self(name.chars().flat_map(char::to_lowercase).fold(0, |letters, c| letters | hash(c)))
    }

    /// Whether a name may be at most this number of edits away. Each edit adds at most one letter to a name, and removes one.
    fn may_be_within(self, edits: usize, name: &str) -> bool {
        let other = Self::new(name);
        let missing = [self.0 & !other.0, other.0 & !self.0].map(u64::count_ones);
        missing.into_iter().all(|letters| letters as usize <= edits)
    }
}

/// How many names are compared in total.
pub(crate) const SUGGESTION_BUDGET: usize = 2_000_000;

/// Suggestions for many misspelt names, with a limit on the total work.
///
/// Without the limit, ten thousand misspelt names among ten thousand candidates would take minutes.
#[derive(Debug, Default)]
pub struct Suggestions<'a> {
    /// Spellings, and the name to suggest for each.
    candidates: Vec<(&'a str, &'a str)>,
    /// How many comparisons remain.
    pub(crate) budget: usize,
    /// How many comparisons were requested, including those beyond the budget.
    pub(crate) requested: usize,
}

impl<'a> Suggestions<'a> {
    /// Suggestions from a list of names.
    pub fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::with_synonyms(names.into_iter().map(|name| (name, name)))
    }

    /// Suggestions from pairs of a spelling, such as a label, and the name to suggest for it.
    pub fn with_synonyms(candidates: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { candidates: candidates.into_iter().collect(), budget: SUGGESTION_BUDGET, requested: 0 }
    }

    /// ``did you mean `name`?``, ``use the id `name` `` for a synonym, or the fallback if no candidate is close.
    pub fn help(&mut self, written: &str, fallback: &str) -> String {
        self.suggest(written, fallback).help
    }

    /// The [help](Self::help), and the only similar name as a correction.
    pub(crate) fn suggest(&mut self, written: &str, fallback: &str) -> Suggestion {
        if written.chars().count() > 200 {
            return fallback.to_owned().into();
        }
        self.requested += self.candidates.len();
        if self.budget < self.candidates.len() {
            return fallback.to_owned().into();
        }
        self.budget -= self.candidates.len();
        let (lower, all) = (written.to_lowercase(), &self.candidates);
        let is_synonym = |id| all.iter().any(|(name, of)| *of == id && *name != id && name.to_lowercase() == lower);
        let help = match closest_by_key(&lower, self.candidates.iter().copied(), 4) {
            Some(id) if is_synonym(id) => format!("use the id `{id}`"),
            Some(name) => format!("did you mean `{name}`?"),
            None => return fallback.to_owned().into(),
        };
        let only = only_candidate(written, &self.candidates.iter().copied());
        Suggestion { help, only: only.map(|name| (written.to_owned(), name.to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_correction_is_the_only_similar_name() {
        let only =
            |written: &str, names: &[&str]| suggest(written, names.iter().copied(), "no").only.map(|(_, name)| name);
        assert_eq!(only("rusia", &["russia", "pakistan"]).as_deref(), Some("russia"));
        assert_eq!(only("old-mil", &["old-mill", "built"]).as_deref(), Some("old-mill"));
        assert_eq!(only("mil", &["mill", "milk"]), None);
        assert_eq!(only("psm-2015", &["psm-2016"]), None);
        assert_eq!(only("notSigned", &["signed"]), None);
        assert_eq!(only("sindh", &["russia"]), None);
    }

    #[test]
    fn a_typo_is_recognized_and_another_word_is_not() {
        let names = ["russia", "pakistan", "pakistan-steel-mills"];
        assert_eq!(closest("rusia", names), Some("russia"));
        assert_eq!(closest("pakistan-stele-mills", names), Some("pakistan-steel-mills"));
        assert_eq!(closest("sindh", names), None);
    }

    proptest! {
        #[test]
        fn names_within_the_edits_are_not_excluded(a in "[a-eÀéİ]{0,8}", b in "[a-eA-EÀéİ]{0,8}") {
            let (a, key) = (a.to_lowercase(), b.to_lowercase());
            let edits = strsim::osa_distance(&a, &key);
            prop_assert!(Letters::new(&a).may_be_within(edits, &b));
            let chars: Vec<char> = a.chars().collect();
            for limit in 0..5 {
                prop_assert_eq!(edit_distance(&chars, &key, limit), (edits <= limit).then_some(edits));
            }
        }
    }

    #[test]
    fn labels_and_aliases_in_any_letter_case_suggest_the_id() {
        let synonyms = [("386bsd", "386bsd"), ("AT&T", "att"), ("American Telephone and Telegraph", "att")];
        let mut suggestions = Suggestions::with_synonyms(synonyms);
        assert_eq!(suggestions.help("386BSD", "no"), "did you mean `386bsd`?");
        assert_eq!(suggestions.help("at&t", "no"), "use the id `att`");
        assert_eq!(suggestions.help("American telephone and Telegraf", "no"), "did you mean `att`?");
    }

    #[test]
    fn suggestions_end_when_the_budget_is_used_up() {
        let names: Vec<String> = (0..1_000_001).map(|n| format!("entity-{n}")).collect();
        let mut suggestions = Suggestions::new(names.iter().map(String::as_str));
        assert_eq!(suggestions.help("entiti-1", "no"), "did you mean `entity-1`?");
        assert_eq!(suggestions.help("entiti-1", "no"), "no");
    }
}
