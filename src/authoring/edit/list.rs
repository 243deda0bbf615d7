//! Adding items to a list in a JSON text.

use super::style::ItemStyle;
use super::{TextEdit, line_end};
use crate::dataset::elements;
use std::ops::Range;

/// The indentation of an item if a list has none to follow.
const INDENT: &str = "  ";

/// The widest indentation that is copied from an item that other text precedes on its line.
const MAX_INDENT: usize = 60;

/// The bytes of the list of records that a file is; `None` if it is not a list.
pub(in crate::authoring) fn list_of_records(json: &str) -> Option<Range<usize>> {
    let start = json.find('[')?;
    let end = json.rfind(']')? + 1;
    (start < end).then_some(start..end)
}

/// The edits that add items at the end of a list, and its bytes are `list`. `item` writes each item for a style and an indentation; the list
/// decides whether each begins a line. Comments and a trailing comma stay.
pub(in crate::authoring) fn append_items(
    text: &str,
    list: Range<usize>,
    count: usize,
    item: impl Fn(usize, ItemStyle, &str) -> String,
) -> Vec<TextEdit> {
    if count == 0 {
        return Vec::new();
    }
    let line_end = line_end(text);
    let known = elements(&text[list.clone()]);
    let line_start = |byte: usize| text[..byte].rfind('\n').map_or(0, |at| at + 1);
    let joined = |style, indent: &str, separator: &str| -> String {
        (0..count).map(|number| item(number, style, indent)).collect::<Vec<_>>().join(separator)
    };
    let Some(last) = known.last().map(|last| last.start + list.start..last.end + list.start) else {
        let line = &text[line_start(list.start)..list.start];
        let base: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let indent = format!("{base}{INDENT}");
        let items = joined(ItemStyle::Compact, &indent, &format!(",{line_end}{indent}"));
        let is_open = text[list.clone()].contains('\n');
        let close = if is_open { String::new() } else { format!("{line_end}{base}") };
        return vec![TextEdit::insert(list.start + 1, format!("{line_end}{indent}{items}{close}"))];
    };
    let style = ItemStyle::of(&text[last.clone()]);
    let separator = match text[list.start..last.end].contains('\n') {
        true => format!("{line_end}{}", indentation(&text[line_start(last.start)..last.start])),
        false => " ".to_owned(),
    };
    let indent = separator.trim_start_matches(['\r', '\n']);
    let items = joined(style, indent, &format!(",{separator}"));
    match trailing_comma(text, last.end) {
        Some(comma) => {
            let at = end_of_comments(text, comma + 1);
            vec![TextEdit::insert(at, format!("{separator}{items},"))]
        }
        None => match end_of_comments(text, last.end) {
            at if at == last.end => vec![TextEdit::insert(at, format!(",{separator}{items}"))],
            at => vec![TextEdit::insert(last.end, ","), TextEdit::insert(at, format!("{separator}{items}"))],
        },
    }
}

/// White space as wide as the text before an item on its line.
fn indentation(before: &str) -> String {
    let is_blank = before.chars().all(char::is_whitespace);
    match is_blank || before.chars().count() <= MAX_INDENT {
        true => before.chars().map(|c| if c.is_whitespace() { c } else { ' ' }).collect(),
        false => before.chars().take_while(|c| c.is_whitespace()).chain(INDENT.chars()).collect(),
    }
}

/// The byte after a comment that starts at a byte; `None` if none starts there.
fn end_of_comment(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    if rest.starts_with("//") {
        return Some(at + rest.find(['\n', '\r']).unwrap_or(rest.len()));
    }
    rest.starts_with("/*").then(|| at + rest.find("*/").map_or(rest.len(), |end| end + 2))
}

/// The comma that follows an item, after white space and comments.
fn trailing_comma(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().len();
        match text[at..].chars().next()? {
            ',' => return Some(at),
            '/' => at = end_of_comment(text, at)?,
            _ => return None,
        }
    }
}

/// The byte after the comments that follow on the same line.
fn end_of_comments(text: &str, start: usize) -> usize {
    let (mut at, mut end) = (start, start);
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        match end_of_comment(text, at) {
            Some(after) if !text[at..after].contains('\n') => (at, end) = (after, after),
            _ => return end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authoring::edit::apply;

    fn appended(text: &str, items: &[&str]) -> String {
        let list = list_of_records(text).unwrap();
        apply(text, &append_items(text, list, items.len(), |number, _, _| items[number].to_owned()))
    }

    #[test]
    fn items_follow_the_layout_of_the_list() {
        for (before, after) in [
            ("[]", "[\n  8,\n  9\n]"),
            ("[\n]\n", "[\n  8,\n  9\n]\n"),
            ("[1]", "[1, 8, 9]"),
            ("[ 1, 2 ]", "[ 1, 2, 8, 9 ]"),
            ("[\n\t1,\n\t2\n]\n", "[\n\t1,\n\t2,\n\t8,\n\t9\n]\n"),
            ("[\n  1,\n]", "[\n  1,\n  8,\n  9,\n]"),
            ("[\r\n  1\r\n]", "[\r\n  1,\r\n  8,\r\n  9\r\n]"),
            ("[ 1,\n  2 ]", "[ 1,\n  2,\n  8,\n  9 ]"),
            ("[ { \"a\":\n 1 } ]", "[ { \"a\":\n 1 },\n  8,\n  9 ]"),
        ] {
            assert_eq!(appended(before, &["8", "9"]), after, "{before:?}");
        }
    }

    #[test]
    fn comments_stay_with_the_items_they_follow() {
        for (before, after) in [
            ("[\n  1 // one ,\n]", "[\n  1, // one ,\n  9\n]"),
            ("[\n  1, // one\n]", "[\n  1, // one\n  9,\n]"),
            ("[\n  1 /* a */ /* b */\n  // end ]\n]", "[\n  1, /* a */ /* b */\n  9\n  // end ]\n]"),
            ("[\n  1 /* a\n b */ ,\n]", "[\n  1 /* a\n b */ ,\n  9,\n]"),
            ("// [ none ]\n[\n  1\n]", "// [ none ]\n[\n  1,\n  9\n]"),
            ("[ // none\n]", "[\n  9 // none\n]"),
        ] {
            let list = list_of_records(&crate::dataset::without_comments(before)).unwrap();
            let edits = append_items(before, list, 1, |_, _, _| "9".to_owned());
            assert_eq!(apply(before, &edits), after, "{before:?}");
        }
    }

    #[test]
    fn the_added_items_are_read_after_the_others() {
        for text in [crate::authoring::TUTORIAL, crate::BUNDLED]
            .into_iter()
            .flatten()
            .filter(|(name, text)| {
                std::path::Path::new(name).extension().is_some_and(|e| e == "json")
                    && text.trim_start().starts_with('[')
            })
            .map(|(_, text)| text)
        {
            let before = elements(text);
            let after = appended(text, &["{}", "{}"]);
            let read = elements(&after);
            assert_eq!(read.len(), before.len() + 2);
            let contents = |text: &str, ranges: &[Range<usize>]| -> Vec<String> {
                ranges.iter().map(|range| text[range.clone()].to_owned()).collect()
            };
            assert_eq!(contents(&after, &read[..before.len()]), contents(text, &before));
        }
    }
}
