//! Texts as DOT strings, and long ones broken into lines.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// The greatest number of characters in a line of a label. Graphviz itself breaks no lines.
pub(super) const WIDTH: usize = 48;

/// A string that is not an escString. A backslash at its end would escape the closing quotation mark, and one before a line
/// break would join the lines.
pub(super) fn literal(value: &str) -> Cow<'_, str> {
    if !value.contains(['"', '\\']) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 2);
    let mut backslashes = 0;
    for c in value.chars() {
        if (c == '"' || c == '\n') && backslashes % 2 == 1 {
            escaped.push('\\');
        }
        if c == '"' {
            escaped.push('\\');
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        escaped.push(c);
    }
    if backslashes % 2 == 1 {
        escaped.push('\\');
    }
    Cow::Owned(escaped)
}

/// The greatest number of bytes before the string continues on a new line. Graphviz accepts at most 16,384.
const RUN: usize = 8_192;

/// An escString that stands for a text, so that Graphviz replaces neither `\N` nor `&amp;`. Long ones are continued on the next line
/// with a backslash.
///
/// <https://graphviz.org/docs/attr-types/escString/>
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.len() <= RUN && !text.contains(['\\', '"', '&', '\n', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut run_start = 0;
    while let Some(c) = chars.next() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '&' => escaped.push_str("&amp;"),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => escaped.push_str("\\n"),
            c => escaped.push(c),
        }
        if escaped.len() - run_start >= RUN {
            escaped.push_str("\\\n");
            run_start = escaped.len();
        }
    }
    Cow::Owned(escaped)
}

/// A label with its long lines broken.
pub(super) fn wrapped(label: &str) -> Cow<'_, str> {
    // Counting bytes is faster, and there are never fewer bytes than characters.
    if label.len() <= WIDTH { Cow::Borrowed(label) } else { Cow::Owned(lines(label, WIDTH).join("\n")) }
}

/// The lines of a text, each of at most `width` graphemes. Lines are broken at a space, which is dropped, or within a word if it is
/// longer than a line.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split(['\n', '\r']).flat_map(|line| break_line(line, width)).collect()
}

fn break_line(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut start, mut space, mut length) = (0, None, 0);
    for (index, grapheme) in line.grapheme_indices(true) {
        if length >= width && grapheme != " " {
            let (end, next) = space.map_or((index, index), |space: usize| (space, space + 1));
            lines.push(line[start..end].to_owned());
            (start, space) = (next, None);
            length = line[start..index].graphemes(true).count();
        }
        if grapheme == " " && index > start {
            space = Some(index);
        }
        length += 1;
    }
    lines.push(line[start..].to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_graphviz_are_escaped() {
        assert_eq!(text(r#"a\N "b" &amp; \l"#), r#"a\\N \"b\" &amp;amp; \\l"#);
        assert_eq!(text("one\r\ntwo\nthree"), "one\\ntwo\\nthree");
        assert_eq!(literal("back\\"), "back\\\\");
        assert_eq!(literal("a\\\"b"), "a\\\\\\\"b");
        assert_eq!(literal("a\"b"), "a\\\"b");
    }

    #[test]
    fn long_texts_are_split_into_runs_that_graphviz_accepts() {
        let long = "製".repeat(10_000);
        let escaped = text(&long);
        assert!(escaped.split("\\\n").all(|run| run.len() <= RUN + 4));
        assert_eq!(escaped.replace("\\\n", ""), long);
    }

    #[test]
    fn long_lines_are_broken_at_spaces_or_between_graphemes() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("onetwothree", 4), ["onet", "woth", "ree"]);
        assert_eq!(lines("a👩🏽‍🏭e\u{301}b\nc", 2), ["a👩🏽‍🏭", "e\u{301}b", "c"]);
        assert_eq!(lines("", 4), [""]);
        let long = "製".repeat(10_000);
        assert_eq!(lines(&long, 48).concat(), long);
    }
}
