//! Patterns of words.

use super::words::WordForms;
use rustc_hash::FxHashMap;

/// Patterns of words, by their first words, with what they mean.
#[derive(Debug)]
pub(super) struct Patterns<T> {
    all: Vec<(Pattern, T)>,
    /// The indices of those with a first word.
    by_first_word: FxHashMap<String, Vec<u32>>,
    /// The indices of those whose first word may be any of many.
    with_wildcard: Vec<u32>,
}

impl<T> Default for Patterns<T> {
    fn default() -> Self {
        Self { all: Vec::new(), by_first_word: FxHashMap::default(), with_wildcard: Vec::new() }
    }
}

/// The words of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The alternatives for each word.
    words: Vec<Vec<WordPattern>>,
    /// Whether a comma follows.
    pub has_comma: bool,
    /// Whether other words may be in front of the comma.
    pub is_open: bool,
}

impl Pattern {
    fn new(written: &str) -> Self {
        let (written, has_comma) = match written.trim_end().strip_suffix(',') {
            Some(written) => (written, true),
            None => (written, false),
        };
        let (written, is_open) = match written.trim_end().strip_suffix('…') {
            Some(written) if has_comma => (written, true),
            _ => (written, false),
        };
        let words = written.split_whitespace().map(|word| word.split('|').map(WordPattern::new).collect()).collect();
        Self { words, has_comma, is_open }
    }

    /// The number of words.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum WordPattern {
    Exact(String),
    EndsWith(String),
    StartsWith(String),
    Contains(String),
}

impl WordPattern {
    fn new(written: &str) -> Self {
        let form = |word: &str| WordForms::new(word).exact.into_owned();
        match (written.strip_prefix('*'), written.strip_suffix('*')) {
            (Some(end), Some(_)) => Self::Contains(form(end.strip_suffix('*').unwrap_or(end))),
            (Some(end), None) => Self::EndsWith(form(end)),
            (None, Some(start)) => Self::StartsWith(form(start)),
            (None, None) => Self::Exact(form(written)),
        }
    }

    fn matches(&self, word: &WordForms<'_>) -> bool {
        let matches = |word: &str| match self {
            Self::Exact(exact) => word == exact,
            Self::EndsWith(end) => word.ends_with(end.as_str()),
            Self::StartsWith(start) => word.starts_with(start.as_str()),
            Self::Contains(part) => word.contains(part.as_str()),
        };
        matches(&word.exact) || word.lower.as_deref().is_some_and(matches)
    }
}

impl<T> Patterns<T> {
    /// Adds a pattern. `|` separates alternatives of a word, and `*` stands for any letters.
    pub(super) fn add(&mut self, written: &str, meaning: T) {
        let pattern = Pattern::new(written);
        let (Some(first), Ok(index)) = (pattern.words.first(), u32::try_from(self.all.len())) else { return };
        let mut has_wildcard = false;
        for alternative in first {
            match alternative {
                WordPattern::Exact(word) => match self.by_first_word.get_mut(word) {
                    Some(indices) if indices.last() == Some(&index) => {}
                    Some(indices) => indices.push(index),
                    None => drop(self.by_first_word.insert(word.clone(), vec![index])),
                },
                _ => has_wildcard = true,
            }
        }
        if has_wildcard {
            self.with_wildcard.push(index);
        }
        self.all.push((pattern, meaning));
    }

    /// The patterns that consecutive words begin with. Takes time linear in the number of patterns that begin with the first word.
    pub(super) fn matches<'p>(&'p self, words: &'p [WordForms<'_>]) -> impl Iterator<Item = &'p (Pattern, T)> {
        let with = |word: &str| self.by_first_word.get(word).into_iter().flatten();
        let first = words.first();
        let exact = first.into_iter().flat_map(move |word| with(&word.exact));
        let lower = first.and_then(|word| word.lower.as_deref()).into_iter().flat_map(with);
        exact.chain(lower).chain(&self.with_wildcard).map(|index| &self.all[*index as usize]).filter(
            move |(pattern, _)| {
                let is_match = |(alternatives, word): (&Vec<WordPattern>, &WordForms<'_>)| {
                    alternatives.iter().any(|one| one.matches(word))
                };
                pattern.len() <= words.len() && pattern.words.iter().zip(words).all(is_match)
            },
        )
    }

    /// The number of words of the longest pattern that consecutive words begin with.
    pub(super) fn longest_at(&self, words: &[WordForms<'_>]) -> Option<usize> {
        self.matches(words).map(|(pattern, _)| pattern.len()).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_alternatives_and_wildcards() {
        for (pattern, text, is_match) in [
            ("not", "not", true),
            ("not", "Not", true),
            ("not", "NOT", true),
            ("Not", "not", false),
            ("Not", "Not", true),
            ("*n't", "didn't", true),
            ("n'*", "n’a pas", true),
            ("*not*", "cannotx", true),
            ("*not*", "no", false),
            ("fail|failed to", "failed to", true),
            ("fail|failed to", "failed at", false),
            ("failed *ly to", "failed badly to", true),
            ("e\u{301}te\u{301}", "été", true),
        ] {
            let mut patterns = Patterns::default();
            patterns.add(pattern, ());
            let words: Vec<_> = text.split(' ').map(WordForms::new).collect();
            assert_eq!(patterns.longest_at(&words).is_some(), is_match, "{pattern}: {text}");
        }
    }

    #[test]
    fn a_pattern_is_stored_once() {
        let mut patterns = Patterns::default();
        patterns.add(&vec!["*a"; 1_000].join("|"), ());
        patterns.add(&vec!["a"; 1_000].join("|"), ());
        assert_eq!((patterns.all.len(), patterns.with_wildcard.len(), patterns.by_first_word["a"].len()), (2, 1, 1));
    }
}
