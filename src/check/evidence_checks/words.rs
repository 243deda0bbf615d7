//! The words of a text, and how they are compared.

use crate::check::boundary::is_word_character;
use crate::check::fold::is_mark;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A word of a text: letters, digits and marks, with hyphens and apostrophes between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    /// Its first byte in the text.
    pub start: usize,
    /// Whether only white space is between the word before it, or the start of the text, and it.
    pub follows_directly: bool,
}

impl Word<'_> {
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// A word in the forms that are compared with cues: composed, with typewriter apostrophes, and without invisible characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WordForms<'a> {
    /// In its own letter case.
    pub exact: Cow<'a, str>,
    /// In lower case, if it begins with a capital letter or consists of them.
    pub lower: Option<String>,
}

impl<'a> WordForms<'a> {
    pub(super) fn new(word: &'a str) -> Self {
        if word.bytes().all(|b| b.is_ascii_lowercase()) {
            return Self { exact: Cow::Borrowed(word), lower: None };
        }
        let exact = match word.is_ascii() && !word.contains('`') {
            true => Cow::Borrowed(word),
            false => {
                let plain = |c: char| if is_apostrophe(c) { '\'' } else { c };
                Cow::Owned(word.chars().filter(|c| !is_invisible(*c)).map(plain).nfc().collect())
            }
        };
        let is_capital = exact.starts_with(char::is_uppercase) && {
            let mut others = exact.chars().skip(1);
            let has_upper = others.clone().any(char::is_uppercase);
            !has_upper || !others.any(char::is_lowercase)
        };
        Self { lower: is_capital.then(|| exact.to_lowercase()), exact }
    }
}

/// Whether a character is written as an apostrophe.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '′' | '´' | '`' | '＇')
}

/// Whether a character is between two word characters of one word.
fn is_connector(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}') || is_apostrophe(c)
}

/// Whether a character is invisible, so that it neither separates words nor is part of one.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether a character between words does not separate them: white space, or a mark of emphasis as in `**not**`.
fn is_space(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || matches!(c, '*' | '_')
}

/// The words of a text, in order. Takes linear time.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let (mut at, mut follows_directly) = (0, true);
    std::iter::from_fn(move || {
        let mut rest = text[at..].char_indices();
        let start = loop {
            let (offset, c) = rest.next()?;
            if is_word_character(c) {
                break at + offset;
            }
            follows_directly &= is_space(c);
        };
        let mut end = start;
        for (offset, c) in text[start..].char_indices() {
            let next = || text[start + offset + c.len_utf8()..].chars().next();
            let continues =
                is_word_character(c) || is_invisible(c) || is_connector(c) && next().is_some_and(is_word_character);
            if !continues {
                break;
            }
            end = start + offset + c.len_utf8();
        }
        let word = Word { text: &text[start..end], start, follows_directly };
        (at, follows_directly) = (end, true);
        Some(word)
    })
}

/// The last words of a text up to one that other characters than white space separate from what follows, at most `limit`, the last
/// first.
pub(super) fn last_words(text: &str, limit: usize) -> Vec<Word<'_>> {
    let mut found = Vec::with_capacity(limit);
    let mut end = text.len();
    while found.len() < limit {
        let before = text[..end].trim_end_matches(is_space);
        let is_part = |c: char| is_word_character(c) || is_connector(c) || is_invisible(c);
        let start = before.len() - before.chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
        let Some(word) = words(&before[start..]).last().filter(|word| start + word.range().end == before.len()) else {
            break;
        };
        let word = Word { start: start + word.start, ..word };
        end = word.start;
        found.push(word);
    }
    found
}

/// A text without case, diacritics and invisible characters.
pub(super) fn comparable(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = |c: char| {
        let (simple, others) = match c {
            'ł' | 'Ł' => ('l', None),
            'ø' | 'Ø' => ('o', None),
            'đ' | 'Đ' => ('d', None),
            'ß' | 'ẞ' => ('s', Some('s')),
            'æ' | 'Æ' => ('a', Some('e')),
            'œ' | 'Œ' => ('o', Some('e')),
            _ => (c, None),
        };
        simple.to_lowercase().chain(others)
    };
    text.nfkd().filter(|c| !is_mark(*c) && !is_invisible(*c)).flat_map(plain).collect()
}

/// The bytes of the words of a [comparable] text. Hyphens and apostrophes separate words.
pub(super) fn comparable_word_ranges(comparable: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &comparable[at..];
        let start = at + rest.find(is_word_character)?;
        let length = comparable[start..].find(|c| !is_word_character(c));
        at = length.map_or(comparable.len(), |length| start + length);
        Some(start..at)
    })
}

/// The words of a name or a sentence for comparison.
pub(crate) fn comparable_words(text: &str) -> Vec<String> {
    let comparable = comparable(text);
    comparable_word_ranges(&comparable).map(|word| comparable[word].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_hyphens_and_apostrophes_inside() {
        let found: Vec<_> =
            words("It didn’t re-open: “rock ’n’ roll” - 1973.").map(|w| (w.text, w.follows_directly)).collect();
        let expected = [
            ("It", true),
            ("didn’t", true),
            ("re-open", true),
            ("rock", false),
            ("n", false),
            ("roll", false),
            ("1973", false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn words_have_a_composed_form_and_one_in_lower_case() {
        for (word, exact, lower) in [
            ("not", "not", None),
            ("NOT", "NOT", Some("not")),
            ("Not", "Not", Some("not")),
            ("n\u{AD}ot", "not", None),
            ("eiva\u{308}t", "eivät", None),
            ("didn´t", "didn't", None),
            ("DIDN’T", "DIDN'T", Some("didn't")),
            ("McDonald", "McDonald", None),
            ("не", "не", None),
        ] {
            let forms = WordForms::new(word);
            assert_eq!((&*forms.exact, forms.lower.as_deref()), (exact, lower), "{word}");
        }
    }

    #[test]
    fn the_last_words_end_at_punctuation() {
        for (text, expected) in [
            ("He said, they did not ", vec!["not", "did", "they"]),
            ("did not,", vec![]),
            ("was never\n", vec!["never", "was"]),
            ("(non-profit) didn’t", vec!["didn’t"]),
            ("- not ", vec!["not"]),
            ("did **not** ", vec!["not", "did"]),
            ("", vec![]),
        ] {
            let found: Vec<_> = last_words(text, 5).into_iter().map(|word| word.text).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn compared_words_have_no_case_and_no_diacritics() {
        assert_eq!(comparable_words("Pākistān’s Steel-Mills"), ["pakistan", "s", "steel", "mills"]);
        assert_eq!(comparable_words("ИЖЕВСК"), ["ижевск"]);
        assert_eq!(comparable_words("Łódź Straße"), ["lodz", "strasse"]);
    }
}
