//! [Mermaid flowcharts](https://mermaid.js.org/syntax/flowchart.html). `tests/mermaid.rs` reads them with Mermaid itself.

use super::url;
use std::fmt::Write as _;

/// A text within quotation marks. All but letters, digits and some punctuation are written as Mermaid entities, since backticks
/// start Markdown, `:` and `;` end styles, `<` starts HTML, and `1.` a list.
pub(crate) fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut after_space = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\n' | '\r' => escaped.push_str("<br/>"),
            ' ' if !after_space => escaped.push(c),
            ',' | '(' | ')' | '/' | '?' | '“' | '”' | '’' | '…' | '·' => escaped.push(c),
            c if c.is_alphanumeric() => escaped.push(c),
            // XML and HTML exclude control characters.
            c if c.is_control() && c != '\t' => escaped.push('\u{fffd}'),
            c => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
        }
        after_space = matches!(c, ' ' | '\n' | '\r');
    }
    escaped
}

/// An address within quotation marks. Characters that could end it or start an entity are percent-encoded.
pub(crate) fn address(link: &str) -> String {
    url::address(link, "\"<>\\^`{|};")
}

/// The title in the YAML front matter, as a double-quoted string. Characters that Mermaid interprets before it parses YAML are escaped.
pub(crate) fn title(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            ' ' | ',' | '.' | '(' | ')' | '-' => quoted.push(c),
            c if c.is_alphanumeric() => quoted.push(c),
            c => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Replaces the entities: see `encodeEntities` in Mermaid's source.
    fn decoded(text: &str) -> String {
        let entity = regex::Regex::new("#([0-9]+);").unwrap();
        let decoded = entity.replace_all(text, |found: &regex::Captures<'_>| {
            char::from_u32(found[1].parse().unwrap()).unwrap().to_string()
        });
        decoded.into_owned()
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(original in "(\\PC|[\"#;:&<>`\\\\|%]){0,30}") {
            let written = text(&original);
            prop_assert!(!written.contains(['"', '`', '<', '>', '&', '%', ':', '|', '{']), "{}", written);
            prop_assert_eq!(decoded(&written), original);
        }

        #[test]
        fn any_title_is_read_back(original in "(\\PC|[\"#;:&<>`\\\\|%\n\t]){0,30}") {
            let read: std::collections::BTreeMap<String, String> =
                serde_saphyr::from_str(&format!("title: {}", title(&original))).unwrap();
            prop_assert_eq!(&read["title"], &original);
        }
    }
}
