//! Lists of words that show that a source does not state what a quote from it seems to state: those of the program by language, and
//! those that a manifest adds.

use super::json::Record;
use super::manifest::Manifest;
use super::source::check_language_tag;
use crate::diagnostic::{Code, Findings, PathSegment};
use crate::model::{literal::canonical, vocab::xsd};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The cues of a language. A cue consists of words in the letter case of the text; `|` separates alternatives of a word, and `*` at the
/// start or the end of a word stands for any letters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Cues"))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CueFields {
    /// Words that negate what follows, such as `not` and `fail|failed to`.
    pub negation: Vec<String>,
    /// Phrases that begin with such a word but do not negate what follows, such as `not only`.
    pub negation_exceptions: Vec<String>,
    /// Words that make what follows possible or intended, such as `might` and `plan|planned to`.
    pub possibility: Vec<String>,
    /// Phrases that begin with such a word but state a fact, such as `would later`.
    pub possibility_exceptions: Vec<String>,
    /// Words that attribute what follows to others, such as `allegedly`.
    pub attribution: Vec<String>,
    /// Phrases that begin with such a word but state a fact.
    pub attribution_exceptions: Vec<String>,
    /// Words that do not separate such a word from what it affects, such as `to` and `been`.
    pub fillers: Vec<String>,
    /// Words that make a quote uncertain, such as `probably`.
    pub hedges: Vec<String>,
    /// Words after a quote that restrict it, such as `but not`.
    pub contrasts: Vec<String>,
    /// Words of names that do not identify anything, such as `of`.
    pub minor_words: Vec<String>,
    /// The names of each month, from January.
    #[cfg_attr(test, schemars(length(max = 12)))]
    pub months: Vec<Vec<String>>,
    /// Numbers in words, and their values as decimal numbers.
    pub numbers: BTreeMap<String, String>,
    /// Words that multiply the number before them, and their values.
    pub scales: BTreeMap<String, String>,
}

/// How many items each list may have: those that begin with the same word are tried in turn.
const MAX_ITEMS: usize = 1_000;

impl CueFields {
    /// The languages with cues.
    #[cfg(test)]
    pub(crate) const LANGUAGES: [&str; 6] = ["ar", "de", "en", "fi", "fr", "ru"];

    /// The cues of the program for a language.
    pub(crate) fn built_in(language: &str) -> Option<Self> {
        let json = match language {
            "ar" => include_str!("cues/ar.json"),
            "de" => include_str!("cues/de.json"),
            "en" => include_str!("cues/en.json"),
            "fi" => include_str!("cues/fi.json"),
            "fr" => include_str!("cues/fr.json"),
            "ru" => include_str!("cues/ru.json"),
            _ => return None,
        };
        // A test reads all files.
        serde_json::from_str(json).ok()
    }

    /// The number of items of the longest list.
    fn longest(&self) -> usize {
        // Destructured, so that a new list is not forgotten.
        let Self {
            negation,
            negation_exceptions,
            possibility,
            possibility_exceptions,
            attribution,
            attribution_exceptions,
            fillers,
            hedges,
            contrasts,
            minor_words,
            months,
            numbers,
            scales,
        } = self;
        let negations = [negation, negation_exceptions];
        let others = [possibility, possibility_exceptions, attribution, attribution_exceptions];
        let words = [fillers, hedges, contrasts, minor_words];
        let lists = negations.into_iter().chain(others).chain(words).chain(months).map(Vec::len);
        lists.chain([numbers.len(), scales.len()]).max().unwrap_or_default()
    }
}

/// Reports languages, months and numbers of a manifest's cues that are invalid, and lists that are too long.
pub(super) fn check(manifest: &Record<Manifest>, findings: &mut Findings) {
    for (language, fields) in &manifest.value.cues.0 {
        let path = |members: &[&str]| -> Vec<PathSegment> {
            ["cues", language].iter().chain(members).map(|name| PathSegment::from(*name)).collect()
        };
        check_language_tag(manifest, path(&[]), true, language, findings);
        let mut report = |members: &[&str], message: String, label: &str, help: &str| {
            let finding = manifest.finding(Code::InvalidValue, path(members), message);
            findings.push(finding.label(label).help(help));
        };
        if !matches!(fields.months.len(), 0 | 12) {
            let message = format!("names of {} months", fields.months.len());
            report(&["months"], message, "expected twelve lists, from January", "add the lists of the other months");
        }
        if fields.longest() > MAX_ITEMS {
            let message = format!("a list of more than {MAX_ITEMS} cues");
            report(&[], message, "one of these lists is too long", "remove cues that are rare");
        }
        for (name, values) in [("numbers", &fields.numbers), ("scales", &fields.scales)] {
            for (word, value) in values.iter().filter(|(_, value)| canonical(value, xsd::DECIMAL).is_none()) {
                let message = format!("invalid number `{value}`");
                report(&[name, word], message, "expected a decimal number", "write a value such as \"12\" or \"0.5\"");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_all_languages_can_be_read() {
        for language in CueFields::LANGUAGES {
            let fields = CueFields::built_in(language).unwrap_or_else(|| panic!("{language}"));
            assert_eq!(fields.months.len(), 12, "{language}");
            assert!(fields.longest() <= MAX_ITEMS, "{language}");
        }
    }
}
