//! [Text fragments](https://wicg.github.io/scroll-to-text-fragment/): addresses of words in a web page.

use super::HYPHENS;
use std::fmt::Write as _;
use std::ops::Range;

/// The words of a passage that a text fragment names: all of them, or the first and the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The bytes of the first part.
    pub(crate) start: Range<usize>,
    /// The bytes of the last part; `None` if `start` is the whole passage.
    pub(crate) end: Option<Range<usize>>,
}

/// The longest passage whose words are all named, in characters.
const MAX_PASSAGE: usize = 300;
/// The longest first or last words of other passages, in characters.
const MAX_TERM: usize = 100;
/// The least number of words and of characters to which longer ones are shortened.
const MIN_TERM: (usize, usize) = (5, 20);

/// Chooses the words that name a passage with these parts; `None` if a part at its ends has none.
///
/// A browser finds a term only within one block of the page. A line end may be the end of a block, and the page may have a word that a hyphen
/// divides there without the hyphen, so a term has no part of such a word.
pub(crate) fn terms(parts: &[&str]) -> Option<Terms> {
    let (first, last) = (*parts.first()?, *parts.last()?);
    let (opening, closing) = (first_line(first)?, last_line(last)?);
    if parts.len() == 1 && opening == closing && first[opening.clone()].chars().count() <= MAX_PASSAGE {
        return Some(Terms { start: opening, end: None });
    }
    let (start, end) = (first_words(first, opening.clone()), last_words(last, closing));
    let overlap = parts.len() == 1 && end.start < start.end;
    Some(if overlap { Terms { start: opening, end: None } } else { Terms { start, end: Some(end) } })
}

/// The first line of a text, without a word that its end divides; `None` if it has only that word.
fn first_line(text: &str) -> Option<Range<usize>> {
    let whole = trimmed(text, 0..text.len())?;
    let end = text[whole.clone()].find(is_line_end).map_or(whole.end, |at| whole.start + at);
    let line = trimmed(text, whole.start..end)?;
    match end < whole.end && text[line.clone()].ends_with(HYPHENS) {
        true => {
            let last = text[line.clone()].rfind(char::is_whitespace)?;
            trimmed(text, line.start..line.start + last)
        }
        false => Some(line),
    }
}

/// The last line of a text, without a word that the line end before it divides; `None` if it has only that word.
fn last_line(text: &str) -> Option<Range<usize>> {
    let whole = trimmed(text, 0..text.len())?;
    let line_end = text[whole.clone()].char_indices().rfind(|(_, c)| is_line_end(*c));
    let start = line_end.map_or(whole.start, |(at, c)| whole.start + at + c.len_utf8());
    let line = trimmed(text, start..whole.end)?;
    match text[whole.start..start].trim_end().ends_with(HYPHENS) {
        true => {
            let first = text[line.clone()].find(char::is_whitespace)?;
            trimmed(text, line.start + first..line.end)
        }
        false => Some(line),
    }
}

/// A line, or its first words if it is long.
fn first_words(text: &str, line: Range<usize>) -> Range<usize> {
    let mut words = WordCount::default();
    let mut ends = text[line.clone()].char_indices().filter_map(|(at, c)| words.ends_before(c).then_some(at));
    match text[line.clone()].chars().count() > MAX_TERM {
        true => line.start..ends.next().map_or(line.end, |at| line.start + at),
        false => line,
    }
}

/// A line, or its last words if it is long.
fn last_words(text: &str, line: Range<usize>) -> Range<usize> {
    let mut words = WordCount::default();
    let from_end = text[line.clone()].char_indices().rev();
    let mut starts = from_end.filter_map(|(at, c)| words.ends_before(c).then_some(at + c.len_utf8()));
    match text[line.clone()].chars().count() > MAX_TERM {
        true => starts.next().map_or(line.start, |at| line.start + at)..line.end,
        false => line,
    }
}

/// How many words and characters have been read, from the start or the end of a text.
#[derive(Default)]
struct WordCount {
    words: usize,
    characters: usize,
    previous: Option<char>,
}

impl WordCount {
    /// Reads a character. Returns whether enough words end before it.
    fn ends_before(&mut self, c: char) -> bool {
        let ends_word = self.previous.is_some_and(|previous| {
            !previous.is_whitespace()
                && (c.is_whitespace() || is_written_without_spaces(previous) || is_written_without_spaces(c))
        });
        self.words += usize::from(ends_word);
        let is_enough = ends_word && self.words >= MIN_TERM.0 && self.characters >= MIN_TERM.1;
        self.characters += 1;
        self.previous = Some(c);
        is_enough
    }
}

/// A range without the white space at its ends; `None` if there is nothing else.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let end = range.start + text[range.clone()].trim_end().len();
    let start = end - text[range.start..end].trim_start().len();
    (start < end).then_some(start..end)
}

/// Whether a character ends a line.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character is of a script without spaces between words.
pub(crate) fn is_written_without_spaces(c: char) -> bool {
    matches!(c,
        // Thai, Lao and Tibetan; Myanmar; Khmer; Tai.
        '\u{E00}'..='\u{FFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{1950}'..='\u{19DF}'
        | '\u{1A20}'..='\u{1AAF}' | '\u{AA60}'..='\u{AADF}'
        // Han, Hiragana, Katakana and other ideographs.
        | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{17000}'..='\u{18DFF}' | '\u{1B000}'..='\u{1B2FF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The text directive of a passage. `prefix` and `suffix` are the words directly before and after it.
pub(crate) fn directive(prefix: Option<&str>, start: &str, end: Option<&str>, suffix: Option<&str>) -> String {
    let mut directive = "text=".to_owned();
    if let Some(prefix) = prefix.filter(|prefix| !prefix.trim().is_empty()) {
        push_term(prefix, &mut directive);
        directive.push_str("-,");
    }
    push_term(start, &mut directive);
    if let Some(end) = end {
        directive.push(',');
        push_term(end, &mut directive);
    }
    if let Some(suffix) = suffix.filter(|suffix| !suffix.trim().is_empty()) {
        directive.push_str(",-");
        push_term(suffix, &mut directive);
    }
    directive
}

/// Adds words with single spaces. `-`, `,` and `&` are special in a directive.
fn push_term(words: &str, directive: &mut String) {
    for (number, word) in words.split_whitespace().enumerate() {
        directive.push_str(if number == 0 { "" } else { "%20" });
        for byte in word.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'~' => directive.push(char::from(byte)),
                // Writing to a string cannot fail.
                byte => _ = write!(directive, "%{byte:02X}"),
            }
        }
    }
}

/// An address with a text directive. The id of an element and directives of other kinds are preserved; another text directive is
/// replaced, since a browser would scroll to the first one.
pub(crate) fn with_directive(address: &str, directive: &str) -> String {
    let (page, fragment) = address.split_once('#').unwrap_or((address, ""));
    let (element, directives) = fragment.split_once(DELIMITER).unwrap_or((fragment, ""));
    let others = directives.split('&').filter(|other| !other.is_empty() && !other.starts_with("text="));
    let directives: Vec<&str> = std::iter::once(directive).chain(others).collect();
    format!("{page}#{element}{DELIMITER}{}", directives.join("&"))
}

/// What separates the directives from the fragment that a page sees.
const DELIMITER: &str = ":~:";

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &[&str]) -> Option<(String, Option<String>)> {
        let Terms { start, end } = terms(parts)?;
        Some((parts[0][start].to_owned(), end.map(|end| parts[parts.len() - 1][end].to_owned())))
    }

    #[test]
    fn special_characters_are_percent_encoded() {
        assert_eq!(directive(None, "a-b, c & d", None, None), "text=a%2Db%2C%20c%20%26%20d");
        assert_eq!(directive(None, " مل \n x ", None, Some(" ")), "text=%D9%85%D9%84%20x");
        assert_eq!(directive(Some("x-"), "a", Some("b"), Some("c,")), "text=x%2D-,a,b,-c%2C");
    }

    #[test]
    fn a_short_passage_on_one_line_is_named_whole() {
        assert_eq!(shown(&[" bank here "]), Some(("bank here".to_owned(), None)));
        assert_eq!(shown(&[&"five ".repeat(60)]), Some(("five ".repeat(60).trim().to_owned(), None)));
        assert_eq!((shown(&[]), shown(&[" \n "]), shown(&["a", " "])), (None, None, None));
    }

    #[test]
    fn other_passages_are_named_by_their_first_and_last_words() {
        let pair = |start: &str, end: &str| Some((start.to_owned(), Some(end.to_owned())));
        assert_eq!(shown(&["first words", "in between", "last"]), pair("first words", "last"));
        assert_eq!(shown(&["one line \n two lines\r\n three"]), pair("one line", "three"));
        assert_eq!(shown(&["the old co-\noperation ended"]), pair("the old", "ended"));
        assert_eq!(shown(&["the old\nco-\noperation of"]), pair("the old", "of"));
        for divided in ["co\u{AD}\noperation", "co-\noperation ended", "the co\u{2010}\r\noperation"] {
            assert_eq!(shown(&[divided]), None, "{divided}");
        }
        assert_eq!((shown(&["the market", "re-\nopened"]), shown(&["re-\nopened", "by"])), (None, None));
        let long: Vec<String> = (100..200).map(|number| format!("word{number}")).collect();
        assert_eq!(
            shown(&[&long.join(" ")]),
            pair("word100 word101 word102 word103 word104", "word195 word196 word197 word198 word199")
        );
        let long: String = ('\u{4E00}'..'\u{5000}').collect();
        let (start, end) = shown(&[&long]).unwrap();
        assert_eq!((start.chars().count(), end.unwrap().chars().count()), (20, 20));
        // Words without a boundary are not cut.
        assert_eq!(shown(&[&"a".repeat(400)]), Some(("a".repeat(400), None)));
    }

    #[test]
    fn the_fragment_of_an_address_is_preserved() {
        for (address, expected) in [
            ("https://e.org/a", "https://e.org/a#:~:text=x"),
            ("https://e.org/a#", "https://e.org/a#:~:text=x"),
            ("https://e.org/a#id", "https://e.org/a#id:~:text=x"),
            ("https://e.org/a#:~:text=old", "https://e.org/a#:~:text=x"),
            ("https://e.org/a#id:~:text=old,words&foo&text=other", "https://e.org/a#id:~:text=x&foo"),
            ("https://e.org/a#id:~:foo=1&bar", "https://e.org/a#id:~:text=x&foo=1&bar"),
        ] {
            assert_eq!(with_directive(address, "text=x"), expected);
        }
    }
}
