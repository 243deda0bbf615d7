//! The words of a language that are part of numbers and dates.

use super::tokens::{Token, TokenKind, tokens};
use crate::check::evidence_checks::words::{comparable, comparable_words};
use crate::dataset::CueFields;
use oxsdatatypes::Decimal;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::str::FromStr;

/// What words mean in numbers and dates. A word may have several meanings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
pub(in crate::check::evidence_checks) struct Meaning {
    pub month: Option<Month>,
    /// The number of a season, from spring.
    pub season: Option<u32>,
    pub number: Option<Decimal>,
    pub ordinal: Option<u32>,
    /// The denominator of a fraction.
    pub fraction: Option<u32>,
    pub scale: Option<Decimal>,
    /// The last digits of the first year of a decade.
    pub decade: Option<u32>,
    pub is_century: bool,
    /// Whether it puts the year before it before the year 1.
    pub is_before_christ: bool,
    pub is_minus: bool,
    pub is_conjunction: bool,
    pub is_connector: bool,
}

/// A name of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check::evidence_checks) struct Month {
    pub number: u32,
    /// Whether the name begins with a capital letter, as it is another word in lower case.
    pub is_capital: bool,
}

/// The words of a language, by the first one.
#[derive(Debug, Default)]
pub(in crate::check::evidence_checks) struct Lexicon {
    by_first_word: FxHashMap<String, Vec<Phrase>>,
    /// Which lists have words: without them, what a text has cannot be decided.
    pub has: Lists,
}

/// Which lists have words.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
pub(in crate::check::evidence_checks) struct Lists {
    pub numbers: bool,
    pub months: bool,
    pub seasons: bool,
    pub decades: bool,
    pub centuries: bool,
    pub before_christ: bool,
    pub minus: bool,
}

#[derive(Debug)]
struct Phrase {
    /// The words after the first one.
    rest: Vec<String>,
    meaning: Meaning,
}

impl Lexicon {
    pub(in crate::check::evidence_checks) fn new(fields: &[Cow<'_, CueFields>]) -> Self {
        let mut all = Self::default();
        for fields in fields {
            for (month, names) in (1..).zip(&fields.months) {
                for name in names {
                    let is_capital = name.starts_with(char::is_uppercase);
                    all.add(name, |meaning| meaning.month = Some(Month { number: month, is_capital }));
                }
            }
            for (season, names) in (1..).zip(&fields.seasons) {
                for name in names {
                    all.add(name, |meaning| meaning.season = Some(season));
                }
            }
            for (word, value) in &fields.numbers {
                all.add(word, |meaning| meaning.number = Decimal::from_str(value).ok());
            }
            for (word, value) in &fields.scales {
                all.add(word, |meaning| meaning.scale = Decimal::from_str(value).ok());
            }
            for (word, value) in &fields.ordinals {
                all.add(word, |meaning| meaning.ordinal = value.parse().ok());
            }
            for (word, value) in &fields.fractions {
                all.add(word, |meaning| meaning.fraction = value.parse().ok().filter(|value| *value > 1));
            }
            for (word, value) in &fields.decades {
                all.add(word, |meaning| meaning.decade = value.parse().ok());
            }
            fields.centuries.iter().for_each(|word| all.add(word, |meaning| meaning.is_century = true));
            fields.before_christ.iter().for_each(|word| all.add(word, |meaning| meaning.is_before_christ = true));
            fields.minus.iter().for_each(|word| all.add(word, |meaning| meaning.is_minus = true));
            fields.conjunctions.iter().for_each(|word| all.add(word, |meaning| meaning.is_conjunction = true));
            fields.connectors.iter().for_each(|word| all.add(word, |meaning| meaning.is_connector = true));
        }
        let has = |list: fn(&CueFields) -> bool| fields.iter().any(|fields| !list(fields));
        all.has = Lists {
            numbers: has(|f| f.numbers.is_empty()),
            months: has(|f| f.months.iter().all(Vec::is_empty)),
            seasons: has(|f| f.seasons.iter().all(Vec::is_empty)),
            decades: has(|f| f.decades.is_empty()),
            centuries: has(|f| f.centuries.is_empty()),
            before_christ: has(|f| f.before_christ.is_empty()),
            minus: has(|f| f.minus.is_empty()),
        };
        for phrases in all.by_first_word.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
        }
        all
    }

    fn add(&mut self, written: &str, set: impl FnOnce(&mut Meaning)) {
        let mut words = comparable_words(written).into_iter();
        let Some(first) = words.next() else { return };
        let rest: Vec<String> = words.collect();
        let phrases = self.by_first_word.entry(first).or_default();
        match phrases.iter_mut().find(|phrase| phrase.rest == rest) {
            Some(phrase) => set(&mut phrase.meaning),
            None => {
                let mut meaning = Meaning::default();
                set(&mut meaning);
                phrases.push(Phrase { rest, meaning });
            }
        }
    }

    /// What the longest phrase means that begins with a word of a text, and the byte at its end. Takes time linear in the number of phrases
    /// that begin with the word.
    pub(in crate::check::evidence_checks) fn meaning(&self, text: &str, word: &Token<'_>) -> Option<(Meaning, usize)> {
        let mut buffer = [0; 32];
        let phrases = match in_lower_case(word.text, &mut buffer) {
            Some(lower) => self.by_first_word.get(lower)?,
            None => self.by_first_word.get(&comparable(word.text))?,
        };
        phrases.iter().find_map(|phrase| {
            let mut next =
                tokens(text, word.end()).filter(|token| !matches!(token.kind, TokenKind::Mark('.' | '-' | '\'' | '’')));
            let mut end = word.end();
            for expected in &phrase.rest {
                let token = next.next().filter(|token| token.kind == TokenKind::Word)?;
                if comparable(token.text) != *expected {
                    return None;
                }
                end = token.end();
            }
            Some((phrase.meaning, end))
        })
    }
}

/// A short ASCII word in lower case.
fn in_lower_case<'b>(word: &str, buffer: &'b mut [u8; 32]) -> Option<&'b str> {
    let buffer = buffer.get_mut(..word.len()).filter(|_| word.is_ascii())?;
    buffer.copy_from_slice(word.as_bytes());
    buffer.make_ascii_lowercase();
    std::str::from_utf8(buffer).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_counts() {
        let mut fields = CueFields::default();
        fields.numbers.insert("dix".to_owned(), "10".to_owned());
        fields.numbers.insert("soixante-dix".to_owned(), "70".to_owned());
        fields.before_christ.push("av. J.-C.".to_owned());
        let lexicon = Lexicon::new(&[Cow::Owned(fields)]);
        let meaning = |text: &str| lexicon.meaning(text, &tokens(text, 0).next().unwrap());
        assert_eq!(meaning("dix ans").unwrap().0.number, Some(Decimal::from(10)));
        assert_eq!(meaning("Soixante-dix ans").unwrap().0.number, Some(Decimal::from(70)));
        assert_eq!(meaning("soixante ans"), None);
        let (before, end) = meaning("av. J.-C., il").unwrap();
        assert!(before.is_before_christ && end == "av. J.-C".len());
    }
}
