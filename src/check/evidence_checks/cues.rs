//! The words of a language that show that a source does not state what a quote seems to state.

use super::numbers::Decimal;
use super::words::{Word, comparable_words};
use crate::dataset::{CueFields, Dataset};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The cues of a language.
#[derive(Debug, Default)]
pub(super) struct Cues {
    /// What a quote must not omit before its first words, by what it shows.
    pub omitted: Vec<(Doubt, CueList)>,
    pub hedges: CueList,
    pub contrasts: CueList,
    /// Words between a cue and a quote that do not separate them.
    pub fillers: FxHashSet<String>,
    /// Words of names that do not identify anything.
    pub minor_words: FxHashSet<String>,
    /// The names of each month, as words.
    pub months: Vec<Vec<Vec<String>>>,
    pub numbers: FxHashMap<String, Decimal>,
    pub scales: FxHashMap<String, Decimal>,
}

/// What an omitted cue shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The source states the opposite.
    Negation,
    /// The source states that it may be so, or is intended.
    Possibility,
    /// The source reports that others state it.
    Attribution,
}

/// The cues of several languages, by the first part of their tags.
#[derive(Debug, Default)]
pub(super) struct AllCues(BTreeMap<String, Cues>);

impl AllCues {
    /// The cues of the languages of the dataset and its sources: those of the program, extended by those of the dataset. Takes time linear
    /// in both.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let tags = dataset.sources.iter().filter_map(|source| source.language.as_ref()).chain([&dataset.language]);
        let languages: BTreeSet<String> = tags.map(|tag| primary_language(tag)).collect();
        let cues = |language: String| {
            let added = dataset.cues.iter().filter(|(tag, _)| primary_language(tag) == language);
            let added = added.map(|(_, added)| Cow::Borrowed(added));
            let fields: Vec<_> = CueFields::built_in(&language).map(Cow::Owned).into_iter().chain(added).collect();
            (!fields.is_empty()).then(|| (language, Cues::new(&fields)))
        };
        Self(languages.into_iter().filter_map(cues).collect())
    }

    /// The cues of the program.
    #[cfg(test)]
    pub(super) fn built_in() -> &'static Self {
        static CUES: std::sync::LazyLock<AllCues> = std::sync::LazyLock::new(|| {
            let cues = |language: &&str| {
                let fields = CueFields::built_in(language).expect("the language has cues");
                ((*language).to_owned(), Cues::new(&[Cow::Owned(fields)]))
            };
            AllCues(CueFields::LANGUAGES.iter().map(cues).collect())
        });
        &CUES
    }

    /// The cues of the language with a tag.
    pub(super) fn get(&self, tag: &str) -> Option<&Cues> {
        self.0.get(&primary_language(tag))
    }
}

fn primary_language(tag: &str) -> String {
    tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

impl Cues {
    fn new(fields: &[Cow<'_, CueFields>]) -> Self {
        let list = |cues: fn(&CueFields) -> &[String], exceptions: fn(&CueFields) -> &[String]| {
            let all = |list: fn(&CueFields) -> &[String]| fields.iter().flat_map(move |fields| list(fields));
            CueList { cues: Patterns::new(all(cues)), exceptions: Patterns::new(all(exceptions)) }
        };
        let words = |list: fn(&CueFields) -> &[String]| {
            fields.iter().flat_map(|fields| list(fields)).flat_map(|word| comparable_words(word)).collect()
        };
        let numbers = |list: fn(&CueFields) -> &BTreeMap<String, String>| {
            let all = fields.iter().flat_map(|fields| list(fields));
            let number =
                |(word, value): (&String, &String)| Some((comparable_words(word).pop()?, Decimal::parse(value)?));
            all.filter_map(number).collect()
        };
        let months = fields.iter().flat_map(|fields| fields.months.iter().enumerate());
        let mut by_month: Vec<Vec<Vec<String>>> = Vec::new();
        for (month, names) in months {
            by_month.resize_with(by_month.len().max(month + 1), Vec::new);
            by_month[month].extend(names.iter().map(|name| comparable_words(name)).filter(|words| !words.is_empty()));
        }
        Self {
            omitted: vec![
                (Doubt::Negation, list(|f| &f.negation, |f| &f.negation_exceptions)),
                (Doubt::Attribution, list(|f| &f.attribution, |f| &f.attribution_exceptions)),
                (Doubt::Possibility, list(|f| &f.possibility, |f| &f.possibility_exceptions)),
            ],
            hedges: list(|f| &f.hedges, |_| &[]),
            contrasts: list(|f| &f.contrasts, |_| &[]),
            fillers: words(|f| &f.fillers),
            minor_words: words(|f| &f.minor_words),
            months: by_month,
            numbers: numbers(|f| &f.numbers),
            scales: numbers(|f| &f.scales),
        }
    }
}

/// Cues, and phrases that begin with one but are none.
#[derive(Debug, Default)]
pub(super) struct CueList {
    cues: Patterns,
    exceptions: Patterns,
}

impl CueList {
    /// The number of words of the cue that consecutive words begin with. Takes time linear in the number of cues that begin with the
    /// first word.
    pub(super) fn length_at(&self, words: &[Word<'_>]) -> Option<usize> {
        let length = self.cues.longest_at(words)?;
        self.exceptions.longest_at(words).is_none().then_some(length)
    }
}

/// Patterns of words, by their first words.
#[derive(Debug, Default)]
struct Patterns {
    by_first_word: FxHashMap<String, Vec<Pattern>>,
    /// Those whose first word may begin or end in any way.
    with_wildcard: Vec<Pattern>,
}

/// The alternatives for each word.
type Pattern = Vec<Vec<WordPattern>>;

#[derive(Clone, Debug, PartialEq, Eq)]
enum WordPattern {
    Exact(String),
    EndsWith(String),
    StartsWith(String),
}

impl WordPattern {
    fn new(written: &str) -> Self {
        match (written.strip_prefix('*'), written.strip_suffix('*')) {
            (Some(end), _) => Self::EndsWith(end.to_owned()),
            (None, Some(start)) => Self::StartsWith(start.to_owned()),
            (None, None) => Self::Exact(written.to_owned()),
        }
    }

    fn matches(&self, word: &str) -> bool {
        match self {
            Self::Exact(exact) => word == exact,
            Self::EndsWith(end) => word.ends_with(end.as_str()),
            Self::StartsWith(start) => word.starts_with(start.as_str()),
        }
    }
}

impl Patterns {
    fn new<'a>(written: impl Iterator<Item = &'a String>) -> Self {
        let mut all = Self::default();
        for written in written {
            let words = written.split_whitespace();
            let pattern: Pattern = words.map(|word| word.split('|').map(WordPattern::new).collect()).collect();
            let Some(first) = pattern.first() else { continue };
            for alternative in first {
                match alternative {
                    WordPattern::Exact(word) => {
                        all.by_first_word.entry(word.clone()).or_default().push(pattern.clone());
                    }
                    WordPattern::EndsWith(_) | WordPattern::StartsWith(_) => all.with_wildcard.push(pattern.clone()),
                }
            }
        }
        all
    }

    /// The number of words of the longest pattern that consecutive words begin with.
    fn longest_at(&self, words: &[Word<'_>]) -> Option<usize> {
        let first = words.first()?.plain();
        let by_word = self.by_first_word.get(&*first).into_iter().flatten();
        let matching = by_word.chain(&self.with_wildcard).filter(|pattern| {
            let pairs = pattern.iter().zip(words);
            let is_match = |(alternatives, word): (&Vec<WordPattern>, &Word<'_>)| {
                let word = word.plain();
                alternatives.iter().any(|alternative| alternative.matches(&word))
            };
            pattern.len() <= words.len() && pairs.into_iter().all(is_match)
        });
        matching.map(Vec::len).max()
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    fn list(cues: &[&str], exceptions: &[&str]) -> CueList {
        let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let (cues, exceptions) = (owned(cues), owned(exceptions));
        CueList { cues: Patterns::new(cues.iter()), exceptions: Patterns::new(exceptions.iter()) }
    }

    #[test]
    fn a_cue_has_alternatives_and_exceptions() {
        let list = list(&["not", "*n't", "n'*", "fail|failed to"], &["not|*n't only|just"]);
        for (text, expected) in [
            ("not built", Some(1)),
            ("not only built", None),
            ("didn’t build", Some(1)),
            ("didn't just", None),
            ("n’a pas", Some(1)),
            ("failed to build", Some(2)),
            ("failed miserably", None),
            ("failed", None),
            ("Not", None),
            ("knot", None),
        ] {
            assert_eq!(list.length_at(&words(text).collect::<Vec<_>>()), expected, "{text}");
        }
    }

    #[test]
    fn the_cues_of_the_program_are_well_formed() {
        for (language, cues) in &AllCues::built_in().0 {
            assert_eq!(cues.months.len(), 12, "{language}");
            assert!(!cues.minor_words.is_empty(), "{language}");
        }
    }
}
