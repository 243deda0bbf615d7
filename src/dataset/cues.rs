//! Lists of words that show that a source does not state what a quote from it seems to state: those of the program by language, and
//! those that a manifest adds.

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

/// The languages with cues, and their files.
const BUILT_IN: [(&str, &str); 6] = [
    ("ar", include_str!("cues/ar.json")),
    ("de", include_str!("cues/de.json")),
    ("en", include_str!("cues/en.json")),
    ("fi", include_str!("cues/fi.json")),
    ("fr", include_str!("cues/fr.json")),
    ("ru", include_str!("cues/ru.json")),
];

impl CueFields {
    /// The cues of the program, with their languages.
    pub(crate) fn built_in() -> impl Iterator<Item = (&'static str, Self)> {
        // A test reads all files.
        BUILT_IN.iter().filter_map(|(language, json)| Some((*language, serde_json::from_str(json).ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_all_languages_can_be_read() {
        for (language, json) in BUILT_IN {
            let fields: CueFields = serde_json::from_str(json).unwrap_or_else(|error| panic!("{language}: {error}"));
            assert_eq!(fields.months.len(), 12, "{language}");
        }
        assert_eq!(CueFields::built_in().count(), BUILT_IN.len());
    }
}
