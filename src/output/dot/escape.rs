//! Texts as DOT's strings, and long ones in lines.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// How many characters a line of a label has at most. Graphviz breaks none, and a label of thousands of characters in one line
/// would be a drawing that no screen and no sheet holds.
pub(super) const WIDTH: usize = 48;

/// A string that is no escString. A backslash at its end would escape the closing quotation mark, and one before a line
/// break would join the lines.
pub(super) fn literal(value: &str) -> Cow<'_, str> {
    if !value.contains(['"', '\\']) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 2);
    let mut backslashes = 0;
    for c in value.chars().chain(['"']) {
        // The last mark stands for the closing one, and is taken off again.
        if (c == '"' || c == '\n') && backslashes % 2 == 1 {
            escaped.push('\\');
        }
        if c == '"' {
            escaped.push('\\');
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        escaped.push(c);
    }
    escaped.truncate(escaped.len() - 2);
    Cow::Owned(escaped)
}

/// How many bytes follow each other without an escape. Graphviz reads no run of more than 16,384.
const RUN: usize = 8_192;

/// An escString that stands for a text: `\N`, `\l` and the like mean themselves, and `&amp;` is no character reference. Long ones
/// are continued on the next line, which is part of no text.
///
/// <https://graphviz.org/docs/attr-types/escString/>
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.len() <= RUN && !text.contains(['\\', '"', '&', '\n', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut run_from = 0;
    while let Some(c) = chars.next() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '&' => escaped.push_str("&amp;"),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => escaped.push_str("\\n"),
            c => escaped.push(c),
        }
        if escaped.len() - run_from >= RUN {
            escaped.push_str("\\\n");
            run_from = escaped.len();
        }
    }
    Cow::Owned(escaped)
}

/// A label whose long lines are broken.
pub(super) fn wrapped(label: &str) -> Cow<'_, str> {
    // Bytes are quickly counted, and never fewer than characters.
    if label.len() <= WIDTH { Cow::Borrowed(label) } else { Cow::Owned(lines(label, WIDTH).join("\n")) }
}

/// The lines of a text, each of so many characters at most: broken at a blank, which the line break stands for, else within a
/// word, but never within what a reader takes for one character.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split(['\n', '\r']).flat_map(|line| broken(line, width)).collect()
}

fn broken(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut from, mut blank, mut length) = (0, None, 0);
    for (at, character) in line.grapheme_indices(true) {
        if length >= width && character != " " {
            let (end, next) = blank.map_or((at, at), |blank: usize| (blank, blank + 1));
            lines.push(line[from..end].to_owned());
            (from, blank) = (next, None);
            length = line[from..at].graphemes(true).count();
        }
        if character == " " && at > from {
            blank = Some(at);
        }
        length += 1;
    }
    lines.push(line[from..].to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_graphviz_would_replace_is_escaped() {
        assert_eq!(text(r#"a\N "b" &amp; \l"#), r#"a\\N \"b\" &amp;amp; \\l"#);
        assert_eq!(text("one\r\ntwo\nthree"), "one\\ntwo\\nthree");
        assert_eq!(literal("back\\"), "back\\\\");
        assert_eq!(literal("a\\\"b"), "a\\\\\\\"b");
        assert_eq!(literal("a\"b"), "a\\\"b");
    }

    #[test]
    fn no_run_is_longer_than_graphviz_reads() {
        let long = "製".repeat(10_000);
        let escaped = text(&long);
        assert!(escaped.split("\\\n").all(|run| run.len() <= RUN + 4));
        assert_eq!(escaped.replace("\\\n", ""), long);
    }

    #[test]
    fn long_lines_are_broken_at_blanks_and_else_between_characters() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("onetwothree", 4), ["onet", "woth", "ree"]);
        assert_eq!(lines("a👩🏽‍🏭e\u{301}b\nc", 2), ["a👩🏽‍🏭", "e\u{301}b", "c"]);
        assert_eq!(lines("", 4), [""]);
        let long = "製".repeat(10_000);
        assert_eq!(lines(&long, 48).concat(), long);
    }
}
