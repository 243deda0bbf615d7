//! Whether a text names an entity.

use super::cues::Cues;
use super::words::{comparable, comparable_word_ranges, comparable_words};
use crate::check::boundary::is_word_character;
use crate::check::fold::fold;
use crate::dataset::Entity;
use crate::escape::text_fragment::is_written_without_spaces;
use rustc_hash::FxHashSet;
use std::cell::OnceCell;
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
    /// As in the dataset.
    written: Box<str>,
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
    /// acronym. An entity with more names counts as named. Takes time logarithmic in the words of the text for each word of the names.
    pub(super) fn are_in(&self, text: &NamedText<'_>) -> bool {
        self.are_too_many || self.names.iter().any(|name| name.is_in(text))
    }

    /// Whether a text has one of the names as written, and not in a longer word; then they [are in](Self::are_in) the text.
    pub(super) fn are_written_in(&self, text: &str) -> bool {
        let is_whole = |name: &str| {
            text.find(name).is_some_and(|at| {
                !text[..at].ends_with(is_word_character) && !text[at + name.len()..].starts_with(is_word_character)
            })
        };
        self.names.iter().any(|name| is_whole(&name.written))
    }

    /// Whether one of the names is in the script of a text.
    pub(super) fn share_script(&self, text: &NamedText<'_>) -> bool {
        let scripts: FxHashSet<Script> = text.original.chars().map(|c| c.script()).collect();
        self.names.iter().any(|name| name.script == Script::Common || scripts.contains(&name.script))
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
        // Digits are in all scripts.
        let script = name.chars().find(|c| c.is_alphabetic()).map_or(Script::Common, |c| c.script());
        words.first()?;
        let written = name.trim().into();
        Some(Self { written, words, content, initials, acronym, unseparated, script })
    }

    fn is_in(&self, text: &NamedText<'_>) -> bool {
        if let Some(name) = &self.unseparated {
            return text.folded().contains(name);
        }
        if let (Some(acronym), [_]) = (&self.acronym, &self.words[..]) {
            return text.capitals().iter().any(|word| word == acronym) || self.has_acronym(text);
        }
        let last = self.content.last().is_some_and(|word| text.has(word));
        let count = || self.content.iter().filter(|word| text.has(word)).count();
        last || 2 * count() >= self.content.len().max(1) || self.has_acronym(text)
    }

    /// Whether the text has the initials of the name, or words whose initials are the name.
    fn has_acronym(&self, text: &NamedText<'_>) -> bool {
        let has_initials = !self.initials.is_empty() && text.capitals().iter().any(|word| self.initials.contains(word));
        has_initials || self.acronym.as_ref().is_some_and(|acronym| text.initials().contains(acronym.as_str()))
    }
}

/// A text in which names are searched for.
pub(super) struct NamedText<'a> {
    original: &'a str,
    comparable: String,
    /// The bytes of the words of `comparable`, in the order of the text.
    words: Vec<Range<usize>>,
    /// The same in the order of the words.
    sorted: OnceCell<Vec<Range<usize>>>,
    capitals: OnceCell<Vec<String>>,
    initials: OnceCell<String>,
    folded: OnceCell<String>,
}

impl<'a> NamedText<'a> {
    /// Takes linear time.
    pub(super) fn new(original: &'a str) -> Self {
        let comparable = comparable(original);
        Self {
            original,
            words: comparable_word_ranges(&comparable).collect(),
            comparable,
            sorted: OnceCell::new(),
            capitals: OnceCell::new(),
            initials: OnceCell::new(),
            folded: OnceCell::new(),
        }
    }

    /// Whether the text has a word, or one with the same stem.
    fn has(&self, word: &str) -> bool {
        let text = |range: &Range<usize>| &self.comparable[range.clone()];
        let sorted = self.sorted.get_or_init(|| {
            let mut sorted = self.words.clone();
            sorted.sort_unstable_by(|a, b| text(a).cmp(text(b)));
            sorted
        });
        let has = |start: &str, is_match: fn(&str, &str) -> bool| {
            let at = sorted.partition_point(|other| text(other) < start);
            sorted.get(at).is_some_and(|other| is_match(text(other), start))
        };
        has(word, |other, word| other == word)
            || stem(word).is_some_and(|stem| has(stem, |other, stem| other.starts_with(stem)))
    }

    /// The words in capital letters, in lower case and without dots.
    fn capitals(&self) -> &[String] {
        self.capitals.get_or_init(|| {
            let is_in_capitals = |word: &&str| {
                word.starts_with(char::is_uppercase)
                    && word.chars().nth(1).is_some()
                    && !word.contains(char::is_lowercase)
            };
            let words = self.original.split(|c| !is_word_character(c) && c != '.').map(|word| word.trim_matches('.'));
            words.filter(is_in_capitals).map(|word| comparable(word).replace('.', "")).collect()
        })
    }

    /// The first letters of the words.
    fn initials(&self) -> &str {
        self.initials
            .get_or_init(|| self.words.iter().filter_map(|word| self.comparable[word.clone()].chars().next()).collect())
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(self.original).to_lowercase())
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
    use proptest::prelude::*;

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
            ("1984", "he published 1984 at last", true),
            ("1984", "he published it at last", false),
            ("Łódź", "the Lodz factory", true),
            ("Federal Bureau of Investigation", "Agents of the F.B.I. came", true),
        ] {
            let cues = AllCues::built_in().get("en");
            assert_eq!(Names::of_string(name, cues).are_in(&NamedText::new(text)), is_there, "{name}: {text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_is_written_in_a_text_is_in_it(name in "[A-Za-z0-9 é鋼.’-]{1,12}", before in "[a-z ,é]{0,5}", after in "[a-z ,鋼]{0,5}") {
            let names = Names::of_string(&name, AllCues::built_in().get("en"));
            let text = format!("{before}{}{after}", name.trim());
            prop_assert!(!names.are_written_in(&text) || names.are_in(&NamedText::new(&text)), "{text}");
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
