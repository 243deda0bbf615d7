//! Text that is safe in a terminal and in Markdown.

/// A text without control characters other than line breaks, so that it cannot send escape sequences to a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// A text on one line, without control characters.
pub(crate) fn printable_line(text: &str) -> String {
    single_line(text).chars().filter(|c| !c.is_control()).collect()
}

/// A text in which line breaks and tabs are spaces.
pub(crate) fn single_line(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\n', '\r', '\t'], " ")
}

/// A text that Markdown renders literally, without control characters; line breaks become `<br>`.
pub(crate) fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("<br>"),
            '\t' => escaped.push(' '),
            '&' => escaped.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '#' => escaped.extend(['\\', c]),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A text on one line that Markdown renders literally.
pub(crate) fn escape_markdown_line(text: &str) -> String {
    escape_markdown(&single_line(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_renders_escaped_text_literally() {
        assert_eq!(escape_markdown("a|b <c> *d*\n#[e]\u{1b}"), "a\\|b \\<c\\> \\*d\\*<br>\\#\\[e\\]");
        assert_eq!(escape_markdown_line("a\r\nb\tc"), "a b c");
    }

    #[test]
    fn printable_text_has_no_control_characters() {
        assert_eq!(printable("a\u{1b}[2J\tb\nc"), "a[2J b\nc");
        assert_eq!(printable_line("a\nb\u{7}"), "a b");
    }
}
