//! Text for each kind of output: one function for each place in which a text may be written.
//!
//! | target | specification |
//! | --- | --- |
//! | [`terminal`] | ECMA-48 control functions, UAX #9 bidirectional formatting |
//! | [`markdown`] | CommonMark 0.31, and the tables and strikethrough of GitHub |
//! | [`xml`] | XML 1.0, also for SVG |
//! | [`html`] | HTML |
//! | [`dot`] | Graphviz's DOT, `escString` and HTML-like labels |
//! | [`mermaid`] | Mermaid flowcharts |
//! | [`csv`] | RFC 4180 |
//! | [`json`] | RFC 8259 |
//! | [`github`] | GitHub's workflow commands |
//! | [`tap`] | the Test Anything Protocol, version 14 |
//! | [`text_fragment`] | text fragments of URLs |
//! | [`url`] | addresses |
//!
//! Invariant: no other module escapes text for these targets. A reader of the target gives back the text, except for characters that
//! the target cannot contain or that could harm the reader; the tests read with other programs or libraries.

pub(crate) mod csv;
pub(crate) mod dot;
pub(crate) mod github;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod mermaid;
pub(crate) mod tap;
pub(crate) mod terminal;
pub(crate) mod text_fragment;
pub(crate) mod url;
pub(crate) mod xml;

use std::borrow::Cow;

/// A text in which line breaks and tabs are spaces.
pub(crate) fn single_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\r', '\t', '\u{2028}', '\u{2029}']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", " ").replace(['\n', '\r', '\t', '\u{2028}', '\u{2029}'], " "))
}

/// Words of a text on one line. A word that a line end divides is spelled as in `typed`, or else with its hyphen.
pub(crate) fn words_on_one_line(words: &str, typed: &str) -> String {
    let mut line = String::with_capacity(words.len());
    let pieces = words.lines().map(|piece| piece.split_whitespace().collect::<Vec<_>>().join(" "));
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let hyphenated = line.strip_suffix(HYPHENS).filter(|before| before.ends_with(char::is_alphabetic));
        match hyphenated.filter(|_| piece.starts_with(char::is_alphabetic)) {
            Some(before) => {
                let is_letter = |c: char| c.is_alphabetic();
                let start = before.trim_end_matches(is_letter).len();
                let end = piece.len() - piece.trim_start_matches(is_letter).len();
                let joined = [&before[start..], &piece[..end]].concat();
                if typed.contains(&joined) {
                    line.pop();
                }
            }
            None if line.is_empty() => {}
            None => line.push(' '),
        }
        line.push_str(&piece);
    }
    line
}

/// The characters that divide a word at a line end.
pub(crate) const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{AD}'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divided_words_are_joined_as_they_were_typed() {
        for (words, typed, expected) in [
            ("an inter-\n  national team", "an international team", "an international team"),
            ("a well-\nknown man", "a well-known man", "a well-known man"),
            ("a well-\nknown inter-\nnational", "a well-known international", "a well-known international"),
            ("from 5 -\n6 to\r\n\n 7\t8", "from 5 - 6 to 7 8", "from 5 - 6 to 7 8"),
            ("inter-\nnational", "other words", "inter-national"),
            (" a  b\n", "a b", "a b"),
        ] {
            assert_eq!(words_on_one_line(words, typed), expected);
        }
    }

    #[test]
    fn line_breaks_and_tabs_become_spaces() {
        assert_eq!(single_line("a\r\nb\tc\u{2028}d\ne"), "a b c d e");
        assert!(matches!(single_line("a b"), Cow::Borrowed("a b")));
    }
}
