//! Markdown: [CommonMark](https://spec.commonmark.org/0.31.2/) with the tables and the strikethrough of
//! [GitHub](https://github.github.com/gfm/).
//!
//! A backslash escapes any ASCII punctuation. `<` and `&` are escaped too, so that HTML and entities stay text.

use super::single_line;
use super::terminal::replacement;

/// The start of a block, in which `-` or `1.` begins a list, and `--` or `==` is a rule or underlines a heading.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Blank,
    Digits,
    Text,
}

/// A text in a paragraph, a list item or a table cell. Line breaks become `<br>`. Characters that a terminal would
/// interpret are replaced, since they would also mislead the reader of a pull request.
pub(crate) fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut start = Start::Blank;
    while let Some(c) = chars.next() {
        let ends_marker = chars.peek().is_none_or(|next| matches!(next, ' ' | '\t') || *next == c);
        match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\n' | '\r' => escaped.push_str("<br>"),
            '\t' => escaped.push(' '),
            '&' => escaped.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '#' | '$' => escaped.extend(['\\', c]),
            '-' | '+' | '=' if start == Start::Blank && ends_marker => escaped.extend(['\\', c]),
            // A build server could read the line as a command.
            ':' if start == Start::Blank => escaped.push_str("\\:"),
            '.' | ')' if start == Start::Digits && ends_marker => escaped.extend(['\\', c]),
            c => escaped.push(replacement(c).unwrap_or(c)),
        }
        start = match (start, c) {
            (Start::Blank, ' ') => Start::Blank,
            (Start::Blank | Start::Digits, '0'..='9') => Start::Digits,
            _ => Start::Text,
        };
    }
    escaped
}

/// A text on one line.
pub(crate) fn line(line: &str) -> String {
    text(&single_line(line))
}

/// A link with a text, which is escaped.
///
/// An address in angle brackets may contain anything but line breaks and unescaped angle brackets; `|` would end a cell of a table.
pub(crate) fn link(text: &str, address: &str) -> String {
    let mut destination = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '<' | '>' | '|' | '\\' => destination.extend(['\\', c]),
            '&' => destination.push_str("&amp;"),
            c => destination.push(replacement(c).unwrap_or(c)),
        }
    }
    format!("[{}](<{destination}>)", line(text))
}

/// A text in bold on a line, between others.
///
/// Asterisks next to punctuation are text, unless white space or punctuation is on their other side.
pub(crate) fn bold(text: &str, before: &str, after: &str) -> String {
    let is_letter = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && c.is_alphanumeric());
    let opens = is_letter(text.chars().next()) || !is_letter(before.chars().next_back());
    let closes = is_letter(text.chars().next_back()) || !is_letter(after.chars().next());
    let text = line(text);
    if opens && closes { format!("**{text}**") } else { format!("<b>{text}</b>") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    /// The text and the addresses of links, as pulldown-cmark reads them.
    fn read(markdown: &str) -> (String, Vec<String>) {
        let (mut text, mut links) = (String::new(), Vec::new());
        for event in
            Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH)
        {
            match event {
                Event::Text(part) => text.push_str(&part),
                Event::InlineHtml(html) if &*html == "<br>" => text.push('\n'),
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.to_string()),
                other => panic!("{markdown:?} has {other:?}"),
            }
        }
        (text, links)
    }

    #[test]
    fn markdown_renders_escaped_text_literally() {
        assert_eq!(text("a|b <c> *d*\n#[e]\u{1b}"), "a\\|b \\<c\\> \\*d\\*<br>\\#\\[e\\]␛");
        assert_eq!(line("a\r\nb\tc"), "a b c");
        assert_eq!(text("a\u{202e}b\u{2066}\u{9b}"), "a\u{fffd}b\u{fffd}\u{fffd}");
        assert_eq!(text(" ::error::x"), " \\::error::x");
        for plain in ["2025-07-11", "1.5 million", "-5", "a - b", "(1)"] {
            assert_eq!(text(plain), plain);
        }
        for start in ["- item", "1. item", "2) item", "---", "+ x", "===", "# x", "> x", "$x$", "&amp;", "~~x~~"] {
            assert_eq!(read(&text(start)).0, start);
        }
    }

    #[test]
    fn bold_text_is_bold_between_any_others() {
        for (before, bold_text, after) in
            [("a ", "b c", "."), ("は", "「鋼」", "と"), ("x", "(y)", ""), ("", "*a*", "b"), ("a", "b", "c")]
        {
            let markdown = format!("{}{}{}", line(before), bold(bold_text, before, after), line(after));
            let events: Vec<Event<'_>> = Parser::new(&markdown).collect();
            let is_start = |event: &Event<'_>| match event {
                Event::Start(Tag::Strong) => true,
                Event::InlineHtml(html) => &**html == "<b>",
                _ => false,
            };
            let start = events.iter().position(is_start).unwrap_or_else(|| panic!("{markdown} has no bold text"));
            let text: String = events[start + 1..]
                .iter()
                .map_while(|e| match e {
                    Event::Text(text) => Some(text.to_string()),
                    _ => None,
                })
                .collect();
            assert_eq!(text, bold_text, "{markdown}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(original in "[^\\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069} ]{1,30}( [^\\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]{0,9}[^\\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069} ])?|[-+0-9.()*_#<>&;\\[\\]\\\\`~|$=!: a]{1,12}") {
            // CommonMark strips spaces around a paragraph.
            let original = original.trim();
            prop_assume!(!original.is_empty());
            prop_assert_eq!(read(&text(original)).0, original);
        }

        #[test]
        fn links_are_read_back(label in "[^\\p{C}\\s]{1,12}", address in "https://e\\.org/[^\\p{C}\\s]{0,20}") {
            prop_assert_eq!(read(&link(&label, &address)), (label, vec![address]));
        }
    }
}
