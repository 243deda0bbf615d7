//! Text for each kind of output: one function for each place in which a text may be written.
//!
//! | target | specification |
//! | --- | --- |
//! | [`terminal`] | ECMA-48 control functions, UAX #9 bidirectional formatting |
//! | [`markdown`] | CommonMark 0.31, and the tables and strikethrough of GitHub |
//! | [`xml`] | XML 1.0, also for SVG and HTML |
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_and_tabs_become_spaces() {
        assert_eq!(single_line("a\r\nb\tc\u{2028}d\ne"), "a b c d e");
        assert!(matches!(single_line("a b"), Cow::Borrowed("a b")));
    }
}
