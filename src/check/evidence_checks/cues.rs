//! The words of a language that show that a source does not state what a quote seems to state.

use super::patterns::Patterns;
use super::reading::Lexicon;
use super::words::{WordForms, comparable, comparable_words};
use crate::dataset::{CueFields, Dataset};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The cues of a language.
#[derive(Debug, Default)]
pub(super) struct Cues {
    pub omitted: OmittedCues,
    pub hedges: Patterns<()>,
    pub contrasts: Patterns<()>,
    /// Words between a cue and a quote that do not separate them.
    pub fillers: Patterns<()>,
    /// Words of names that do not identify anything.
    pub minor_words: FxHashSet<String>,
    /// Words before the number of a page or a section.
    pub references: FxHashSet<String>,
    pub lexicon: Lexicon,
}

/// What a quote must not omit before its first words, by what it shows.
#[derive(Debug, Default)]
pub(super) struct OmittedCues {
    cues: Patterns<Doubt>,
    /// Phrases that have a cue but do not show the same.
    exceptions: Patterns<Doubt>,
}

/// What an omitted cue shows. The first one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The source states the opposite.
    Negation,
    /// The source reports that others state it.
    Attribution,
    /// The source states that it may be so, or is intended.
    Possibility,
}

impl Doubt {
    pub(super) const ALL: [Self; 3] = [Self::Negation, Self::Attribution, Self::Possibility];
}

/// A cue in some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    pub doubt: Doubt,
    /// The index of its first word, and its number of words.
    pub start: usize,
    pub length: usize,
    /// Whether a comma follows it, and whether other words may be in front of that.
    pub has_comma: bool,
    pub is_open: bool,
}

impl OmittedCues {
    /// Whether some words begin with a phrase that has a cue but states a fact, such as the month `May`.
    pub(super) fn is_exception(&self, words: &[WordForms<'_>]) -> bool {
        self.exceptions.matches(words).any(|(_, doubt)| *doubt == Doubt::Possibility)
    }

    /// The cues in some words, except those in phrases that do not show the same. Takes time linear in the words and in the cues that begin
    /// with them.
    pub(super) fn find(&self, words: &[WordForms<'_>]) -> Vec<Cue> {
        let mut found = Vec::new();
        for start in 0..words.len() {
            for found_pattern in self.cues.matches(&words[start..]) {
                let (pattern, doubt) = found_pattern;
                let (length, has_comma, is_open) = (pattern.len(), pattern.has_comma, pattern.is_open);
                found.push(Cue { doubt: *doubt, start, length, has_comma, is_open });
            }
        }
        if !found.is_empty() {
            for start in 0..words.len() {
                for (pattern, doubt) in self.exceptions.matches(&words[start..]) {
                    let phrase = start..start + pattern.len();
                    found.retain(|cue| cue.doubt != *doubt || !phrase.contains(&cue.start));
                }
            }
        }
        found
    }
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
    pub(super) fn new(fields: &[Cow<'_, CueFields>]) -> Self {
        let mut all = Self { lexicon: Lexicon::new(fields), ..Self::default() };
        for fields in fields {
            let OmittedCues { cues, exceptions } = &mut all.omitted;
            for (list, doubt) in [
                (&fields.negation, Doubt::Negation),
                (&fields.attribution, Doubt::Attribution),
                (&fields.possibility, Doubt::Possibility),
            ] {
                for cue in list {
                    cues.add(cue, doubt);
                }
            }
            for (list, doubt) in [
                (&fields.negation_exceptions, Doubt::Negation),
                (&fields.attribution_exceptions, Doubt::Attribution),
                (&fields.possibility_exceptions, Doubt::Possibility),
            ] {
                for phrase in list {
                    exceptions.add(phrase, doubt);
                }
            }
            fields.hedges.iter().for_each(|cue| all.hedges.add(cue, ()));
            fields.contrasts.iter().for_each(|cue| all.contrasts.add(cue, ()));
            fields.fillers.iter().for_each(|word| all.fillers.add(word, ()));
            all.minor_words.extend(fields.minor_words.iter().flat_map(|word| comparable_words(word)));
            all.references.extend(fields.references.iter().map(|word| comparable(word)));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cue_in_an_exception_does_not_count() {
        let mut fields = CueFields::default();
        let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        fields.negation = owned(&["not", "*n't", "fail|failed to", "doubt that"]);
        fields.negation_exceptions = owned(&["not|*n't only|just", "no doubt", "Not"]);
        let cues = Cues::new(&[Cow::Owned(fields)]);
        for (text, expected) in [
            ("did not build", Some((1, 1))),
            ("not only built", None),
            ("didn’t build", Some((0, 1))),
            ("didn't just", None),
            ("They failed to build", Some((1, 2))),
            ("failed miserably", None),
            ("NOT", Some((0, 1))),
            ("Not", None),
            ("knot", None),
            ("no doubt that", None),
            ("we doubt that", Some((1, 2))),
        ] {
            let words: Vec<_> = text.split(' ').map(WordForms::new).collect();
            let found = cues.omitted.find(&words).first().map(|cue| (cue.start, cue.length));
            assert_eq!(found, expected, "{text}");
        }
    }
}
