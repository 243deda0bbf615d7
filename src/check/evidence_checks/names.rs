//! Whether a text names an entity.

use super::cues::Cues;
use super::words::{comparable, comparable_word_ranges, comparable_words};
use crate::check::boundary::is_word_character;
use crate::check::fold::fold;
use crate::dataset::Entity;
use crate::escape::text_fragment::is_written_without_spaces;
use std::ops::Range;
use unicode_script::{Script, UnicodeScript};

/// The names of an entity, ready to be searched for.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<Name>,
    /// Whether there are more names or words than are searched for.
    are_too_many: bool,
}

#[derive(Debug)]
struct Name {
    /// The words, without case and diacritics.
    words: Vec<String>,
    /// The words that identify something; all if there are no others.
    content: Vec<String>,
    /// The first letters of the words, and of the words that identify something, in capitals.
    initials: Vec<String>,
    /// The name itself, if it may be an acronym.
    acronym: Option<String>,
    /// The folded name in lower case, if its script separates no words.
    unseparated: Option<String>,
    script: Script,
}

/// How many names of an entity, and how many words of a name, are searched for.
const MAX_NAMES: usize = 100;
const MAX_WORDS: usize = 30;

/// The fewest letters of a word whose last two may differ.
const MIN_STEM: usize = 5;

impl Names {
    /// The label, the labels in other languages and the aliases of an entity.
    pub(super) fn of_entity(entity: &Entity, cues: Option<&Cues>) -> Self {
        let labels = entity.labels.iter().map(|(_, label)| label);
        let all = std::iter::once(&entity.label).chain(labels).chain(&entity.aliases);
        Self::new(all.map(String::as_str), cues)
    }

    /// The words of a string.
    pub(super) fn of_string(string: &str, cues: Option<&Cues>) -> Self {
        Self::new(std::iter::once(string), cues)
    }

    fn new<'n>(mut written: impl Iterator<Item = &'n str>, cues: Option<&Cues>) -> Self {
        let names: Vec<Name> = written.by_ref().take(MAX_NAMES).filter_map(|name| Name::new(name, cues)).collect();
        let are_too_many = written.next().is_some() || names.iter().any(|name| name.words.len() > MAX_WORDS);
        Self { names, are_too_many }
    }

    /// Whether a text has one of the names: its words in any inflection, half of those that identify something, the last of these, or an
    /// acronym. If there are too many, it may have one. Takes time linear in the text.
    pub(super) fn are_in(&self, text: &NamedText<'_>) -> bool {
        self.are_too_many || self.names.iter().any(|name| name.is_in(text))
    }

    /// Whether one of the names is in the script of a text.
    pub(super) fn share_script(&self, text: &NamedText<'_>) -> bool {
        self.names.iter().any(|name| text.original.chars().any(|c| c.script() == name.script))
    }
}

impl Name {
    fn new(name: &str, cues: Option<&Cues>) -> Option<Self> {
        let words = comparable_words(name);
        let is_minor = |word: &String| cues.is_some_and(|cues| cues.minor_words.contains(word));
        let mut content: Vec<String> =
            words.iter().filter(|word| !is_minor(word) && word.chars().nth(1).is_some()).cloned().collect();
        if content.is_empty() {
            content.clone_from(&words);
        }
        let initials =
            [&words, &content].map(|words| words.iter().filter_map(|word| word.chars().next()).collect::<String>());
        let initials = initials.into_iter().filter(|initials| initials.chars().nth(1).is_some()).collect();
        let is_acronym = |word: &str| word.chars().count() > 1 && word.chars().all(|c| c.is_uppercase() || c == '.');
        let acronym = is_acronym(name.trim()).then(|| words.concat());
        let unseparated = name.chars().any(is_written_without_spaces).then(|| fold(name).to_lowercase());
        let script = name.chars().find(|c| c.is_alphabetic())?.script();
        Some(Self { words, content, initials, acronym, unseparated, script })
    }

    fn is_in(&self, text: &NamedText<'_>) -> bool {
        if let Some(name) = &self.unseparated {
            return text.folded().contains(name);
        }
        if let (Some(acronym), [_]) = (&self.acronym, &self.words[..]) {
            let is_acronym = |word: &str| word.chars().all(char::is_uppercase) && word.to_lowercase() == *acronym;
            let mut written = text.original.split(|c| !is_word_character(c)).filter(|word| !word.is_empty());
            return written.any(is_acronym) || self.has_acronym(text);
        }
        let last = self.content.last().is_some_and(|word| text.has(word));
        let count = || self.content.iter().filter(|word| text.has(word)).count();
        last || 2 * count() >= self.content.len().max(1) || self.has_acronym(text) || text.has_all(&self.words)
    }

    /// Whether the text has the initials of the name, or words whose initials are the name.
    fn has_acronym(&self, text: &NamedText<'_>) -> bool {
        let is_initials = |word: &str| {
            let mut letters = word.chars().filter(|c| *c != '.');
            let is_capital =
                letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(|c| !c.is_lowercase());
            is_capital && word.chars().all(|c| !c.is_lowercase()) && {
                let letters = word.replace('.', "").to_lowercase();
                self.initials.contains(&letters)
            }
        };
        if !self.initials.is_empty() && text.original.split(|c| !is_word_character(c) && c != '.').any(is_initials) {
            return true;
        }
        let Some(acronym) = &self.acronym else { return false };
        let length = acronym.chars().count();
        let initial = |word: &Range<usize>| text.comparable[word.clone()].chars().next();
        text.words.windows(length).any(|words| words.iter().filter_map(initial).eq(acronym.chars()))
    }
}

/// A text in which names are searched for.
pub(super) struct NamedText<'a> {
    original: &'a str,
    comparable: String,
    /// The bytes of the words of `comparable`.
    words: Vec<Range<usize>>,
}

impl<'a> NamedText<'a> {
    /// Takes linear time.
    pub(super) fn new(original: &'a str) -> Self {
        let comparable = comparable(original);
        Self { original, words: comparable_word_ranges(&comparable).collect(), comparable }
    }

    fn has(&self, word: &str) -> bool {
        let stem = stem(word);
        let is_same = |other: &str| other == word || stem.is_some_and(|stem| other.starts_with(stem));
        self.words.iter().any(|other| is_same(&self.comparable[other.clone()]))
    }

    fn has_all(&self, name: &[String]) -> bool {
        !name.is_empty()
            && self
                .words
                .windows(name.len())
                .any(|words| words.iter().map(|word| &self.comparable[word.clone()]).eq(name))
    }

    fn folded(&self) -> String {
        fold(self.original).to_lowercase()
    }
}

/// All but the last two letters of a word of at least five letters.
fn stem(word: &str) -> Option<&str> {
    let letters = word.chars().count();
    let (end, _) = word.char_indices().nth(letters.checked_sub(2).filter(|_| letters >= MIN_STEM)?)?;
    Some(&word[..end])
}

#[cfg(test)]
mod tests {
    use super::super::cues::AllCues;
    use super::*;

    #[test]
    fn a_name_may_be_inflected_shortened_or_an_acronym() {
        for (name, text, is_there) in [
            ("Pakistan Steel Mills", "PSM was built in 1973", true),
            ("PSM", "the Pakistan Steel Mills were built", true),
            ("Pakistan Steel Mills", "the mills were closed", true),
            ("Soviet Union", "Soviet help", true),
            ("Soviet Union", "the Soviets helped", true),
            ("Bill Gates", "Gates left", true),
            ("University of Karachi", "a university in Karachi", true),
            ("University of Karachi", "of the town", false),
            ("Москва", "в Москве", true),
            ("Café Müller", "cafe muller", true),
            ("鋼鉄工場", "新しい鋼鉄工場が", true),
            ("鋼鉄工場", "新しい工場が", false),
            ("Iron Bridge", "the ship sank", false),
            ("IT", "he said it was", false),
        ] {
            let cues = AllCues::built_in().get("en");
            assert_eq!(Names::of_string(name, cues).are_in(&NamedText::new(text)), is_there, "{name}: {text}");
        }
    }

    #[test]
    fn too_many_names_and_words_may_be_in_any_text() {
        let text = NamedText::new("the ship sank");
        let words = |count: usize| (0..count).map(|number| format!("name{number}")).collect::<Vec<_>>();
        let names = |names: &[String]| Names::new(names.iter().map(String::as_str), None);
        assert!(!names(&words(MAX_NAMES)).are_in(&text) && names(&words(MAX_NAMES + 1)).are_in(&text));
        let label = |count: usize| Names::of_string(&words(count).join(" "), None);
        assert!(!label(MAX_WORDS).are_in(&text) && label(MAX_WORDS + 1).are_in(&text));
    }

    #[test]
    fn names_in_another_script_cannot_be_found() {
        let names = Names::of_string("Karachi", None);
        assert!(names.share_script(&NamedText::new("the port")) && !names.share_script(&NamedText::new("كراچی")));
    }
}
