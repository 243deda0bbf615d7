//! Lists of words that show that a source does not state what a quote from it seems to state: those of the program by language, and
//! those that a manifest adds.

use super::json::Record;
use super::manifest::Manifest;
use super::source::check_language_tag;
use crate::diagnostic::{Code, Findings, PathSegment};
use crate::escape::single_line;
use crate::model::{literal::is_valid, vocab::xsd};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The cues of a language. A cue consists of words; `|` separates alternatives of a word, and `*` at the start or the end of a word stands
/// for any letters. Words in lower case also match those that begin with a capital letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Cues"))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CueFields {
    /// Words that negate what follows, such as `not` and `fail|failed to`.
    pub negation: Vec<String>,
    /// Phrases with such a word that do not negate what follows, such as `not only`.
    pub negation_exceptions: Vec<String>,
    /// Words that make what follows possible or intended, such as `might` and `plan|planned to`.
    pub possibility: Vec<String>,
    /// Phrases with such a word that state a fact, such as `would later`.
    pub possibility_exceptions: Vec<String>,
    /// Words that attribute what follows to others, such as `allegedly`, or `according to …,` up to a comma.
    pub attribution: Vec<String>,
    /// Phrases with such a word that state a fact.
    pub attribution_exceptions: Vec<String>,
    /// Words that do not separate such a word from what it affects, such as `to` and `been`.
    pub fillers: Vec<String>,
    /// Words that make a quote uncertain, such as `probably`.
    pub hedges: Vec<String>,
    /// Words after a quote that restrict it, such as `but not`.
    pub contrasts: Vec<String>,
    /// Words of names that do not identify anything, such as `of`.
    pub minor_words: Vec<String>,
    /// Words before a number that refers to a part of a text, such as `page`.
    pub references: Vec<String>,
    /// The names of each month, from January. One with a capital letter is another word in lower case.
    #[cfg_attr(test, schemars(length(max = 12)))]
    pub months: Vec<Vec<String>>,
    /// The names of each season, from spring.
    #[cfg_attr(test, schemars(length(max = 4)))]
    pub seasons: Vec<Vec<String>>,
    /// Numbers in words, and their values as decimal numbers.
    pub numbers: BTreeMap<String, String>,
    /// Words that multiply the number before them, and their values.
    pub scales: BTreeMap<String, String>,
    /// Ordinals in words, and their values as whole numbers.
    pub ordinals: BTreeMap<String, String>,
    /// Fractions in words, such as `third`, and their denominators.
    pub fractions: BTreeMap<String, String>,
    /// Decades in words, such as `seventies`, and the last two digits of their first years.
    pub decades: BTreeMap<String, String>,
    /// Words for `century`.
    pub centuries: Vec<String>,
    /// Words after a year before the year 1, such as `BC`.
    pub before_christ: Vec<String>,
    /// Words that make a number negative, such as `minus` and `loss`.
    pub minus: Vec<String>,
    /// Words for `and`.
    pub conjunctions: Vec<String>,
    /// Other words within dates and numbers, such as `of` and `to`.
    pub connectors: Vec<String>,
}

/// How many items each list may have, with alternatives: those that begin with the same word are tried in turn.
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

    /// The lists of cues, by their names.
    fn lists(&self) -> [(&'static str, &Vec<String>); 14] {
        [
            ("negation", &self.negation),
            ("negationExceptions", &self.negation_exceptions),
            ("possibility", &self.possibility),
            ("possibilityExceptions", &self.possibility_exceptions),
            ("attribution", &self.attribution),
            ("attributionExceptions", &self.attribution_exceptions),
            ("fillers", &self.fillers),
            ("hedges", &self.hedges),
            ("contrasts", &self.contrasts),
            ("minorWords", &self.minor_words),
            ("references", &self.references),
            ("centuries", &self.centuries),
            ("beforeChrist", &self.before_christ),
            ("minus", &self.minus),
        ]
    }

    /// The number of items of the longest list, with alternatives.
    fn longest(&self) -> usize {
        let items = |list: &Vec<String>| list.iter().map(|cue| 1 + cue.matches('|').count()).sum();
        let others = self.months.iter().chain(&self.seasons).chain([&self.conjunctions, &self.connectors]);
        let numbers = [&self.numbers, &self.scales, &self.ordinals, &self.fractions, &self.decades];
        let cues = self.lists().map(|(_, list)| items(list));
        cues.into_iter().chain(others.map(Vec::len)).chain(numbers.map(BTreeMap::len)).max().unwrap_or_default()
    }
}

/// Whether a cue has a word without letters or with `*` in the middle, which matches nothing or everything.
fn is_empty_cue(cue: &str) -> bool {
    let cue = cue.trim().trim_end_matches(',').trim_end().trim_end_matches('…');
    let is_empty = |word: &str| {
        let word = word.strip_prefix('*').unwrap_or(word);
        let word = word.strip_suffix('*').unwrap_or(word);
        !word.contains(char::is_alphanumeric) || word.contains('*')
    };
    cue.trim().is_empty() || cue.split_whitespace().flat_map(|word| word.split('|')).any(is_empty)
}

/// Reports languages, months and numbers of a manifest's cues that are invalid, and lists that are too long.
pub(super) fn check(manifest: &Record<Manifest>, findings: &mut Findings) {
    for (language, fields) in &manifest.value.cues.0 {
        let path = |members: &[&str]| -> Vec<PathSegment> {
            ["cues", language].iter().chain(members).map(|name| PathSegment::from(*name)).collect()
        };
        check_language_tag(manifest, path(&[]), true, language, findings);
        for (list, index, cue) in
            fields.lists().into_iter().flat_map(|(name, list)| (0..).zip(list).map(move |(at, cue)| (name, at, cue)))
        {
            if is_empty_cue(cue) {
                let path = [path(&[list]), vec![PathSegment::Index(index)]].concat();
                let finding = manifest.finding(Code::InvalidValue, path, format!("invalid cue `{}`", single_line(cue)));
                let help = "write words with letters, with `*` only at the start or the end of a word";
                findings.push(finding.label("a word has no letters, or `*` in the middle").help(help));
            }
        }
        let mut report = |members: &[&str], message: String, label: &str, help: &str| {
            let finding = manifest.finding(Code::InvalidValue, path(members), message);
            findings.push(finding.label(label).help(help));
        };
        if !matches!(fields.seasons.len(), 0 | 4) {
            let message = format!("names of {} seasons", fields.seasons.len());
            report(&["seasons"], message, "expected four lists, from spring", "add the lists of the other seasons");
        }
        if !matches!(fields.months.len(), 0 | 12) {
            let message = format!("names of {} months", fields.months.len());
            report(&["months"], message, "expected twelve lists, from January", "add the lists of the other months");
        }
        if fields.longest() > MAX_ITEMS {
            let message = format!("a list of more than {MAX_ITEMS} cues");
            report(&[], message, "one of these lists is too long", "remove cues that are rare");
        }
        for (name, values, is_whole) in [
            ("numbers", &fields.numbers, false),
            ("scales", &fields.scales, false),
            ("ordinals", &fields.ordinals, true),
            ("fractions", &fields.fractions, true),
            ("decades", &fields.decades, true),
        ] {
            let is_valid = |value: &str| match is_whole {
                true => value.parse::<u32>().is_ok(),
                false => is_valid(value, xsd::DECIMAL),
            };
            for (word, value) in values.iter().filter(|(_, value)| !is_valid(value)) {
                let message = format!("invalid number `{}`", single_line(value));
                let (label, help) = match is_whole {
                    true => ("expected a whole number", "write a value such as \"12\""),
                    false => ("expected a decimal number", "write a value such as \"12\" or \"0.5\""),
                };
                report(&[name, word], message, label, help);
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
