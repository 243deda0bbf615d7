//! [DOT](https://graphviz.org/doc/info/lang.html), the language of Graphviz. `tests/diagrams.rs` reads it with Graphviz.

use super::{terminal, xml};
use std::borrow::Cow;
use std::fmt::Write as _;

/// A string that is not an escString. A backslash at its end would escape the closing quotation mark. A line break becomes `\\n`,
/// which is one in a label, and characters that a terminal would interpret become U+FFFD.
pub(crate) fn literal(value: &str) -> Cow<'_, str> {
    let value = terminal::without_commands(value);
    if !value.contains(|c: char| matches!(c, '"' | '\\' | '\n') || terminal::replacement(c).is_some()) {
        return value;
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
        match c {
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push(c),
            c => escaped.push(terminal::replacement(c).map_or(c, |_| char::REPLACEMENT_CHARACTER)),
        }
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
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    let is_special =
        |c: char| matches!(c, '\\' | '"' | '&' | '#' | '\r') || terminal::replacement(c).is_some() || c == '\n';
    if text.len() <= RUN && !text.contains(is_special) {
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
            '#' if chars.peek() == Some(&'#') => escaped.push_str("&#35;"),
            c if c != '\t' && terminal::replacement(c).is_some() => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            c => escaped.push(c),
        }
        if escaped.len() - run_start >= RUN {
            escaped.push_str("\\\n");
            run_start = escaped.len();
            // A build server could read the line as a command.
            if chars.next_if_eq(&':').is_some() {
                escaped.push_str("&#58;");
            }
        }
    }
    Cow::Owned(escaped)
}

/// A text within an [HTML-like label](https://graphviz.org/doc/info/shapes.html#html). Graphviz reads XML text as an escString, in
/// which two backslashes are one.
pub(crate) fn html(text: &str) -> String {
    xml::text_lossy(text).replace('\\', r"\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_of_graphviz_are_escaped() {
        assert_eq!(text(r#"a\N "b" &amp; \l"#), r#"a\\N \"b\" &amp;amp; \\l"#);
        assert_eq!(text("one\r\ntwo\nthree"), "one\\ntwo\\nthree");
        assert_eq!(literal("one\n::error::x\u{9b}"), "one\\n\u{fffd}:error::x\u{fffd}");
        assert_eq!(literal("back\\"), "back\\\\");
        assert_eq!(literal("a\\\"b"), "a\\\\\\\"b");
        assert_eq!(literal("a\"b"), "a\\\"b");
    }

    #[test]
    fn what_a_terminal_or_a_build_server_would_interpret_is_an_entity() {
        assert_eq!(text("\u{9b}\u{202e}##vso[x]\ta#b"), "&#155;&#8238;&#35;#vso[x]\ta#b");
        let long = "x".repeat(RUN) + "::error::x";
        assert_eq!(text(&long).lines().nth(1), Some("&#58;:error::x"));
    }

    #[test]
    fn long_texts_are_split_into_runs_that_graphviz_accepts() {
        let long = "製".repeat(10_000);
        let escaped = text(&long);
        assert!(escaped.split("\\\n").all(|run| run.len() <= RUN + 4));
        assert_eq!(escaped.replace("\\\n", ""), long);
    }

    /// The value of a quoted string by the grammar of DOT: only `\"` is an escape, and a backslash joins lines.
    fn quoted(written: &str) -> String {
        let (mut value, mut chars) = (String::new(), written.chars().peekable());
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                ('\\', Some('"')) => value.extend(chars.next()),
                ('\\', Some('\n')) => drop(chars.next()),
                ('\\', Some('\\')) => value.extend([c, chars.next().unwrap()]),
                ('"', _) => panic!("{written:?} ends early"),
                (c, _) => value.push(c),
            }
        }
        value
    }

    /// The text of an escString in a label: entities and backslashes are replaced.
    fn esc_string(value: &str) -> String {
        let (mut text, mut chars) = (String::new(), value.chars());
        while let Some(c) = chars.next() {
            match c {
                '\\' => text.push(match chars.next().unwrap() {
                    'n' => '\n',
                    '\\' => '\\',
                    other => panic!("{value:?} has the escape {other}"),
                }),
                c => text.push(c),
            }
        }
        quick_xml::escape::unescape(&text).unwrap().into_owned()
    }

    proptest! {
        #[test]
        fn any_label_is_read_back(original in "(\\PC|[\\\\\"&;#N\n]){0,40}") {
            prop_assert_eq!(esc_string(&quoted(&text(&original))), original);
        }

        #[test]
        fn a_literal_does_not_end_early(original in "(\\PC|[\\\\\"\n]){0,40}") {
            quoted(&literal(&original));
        }
    }
}
