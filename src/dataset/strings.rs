//! The strings of JSON records with their positions, for edits.

use super::json::{Layout, parse, without_comments};
use super::locate::elements;
use crate::diagnostic::PathSegment;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use std::ops::Range;

/// A string in a record: a value, or the name of a member.
pub(crate) struct JsonString<'a> {
    /// The path from the record to the value, or to the value of the member.
    pub path: &'a [PathSegment],
    /// Whether it is the name of a member.
    pub is_key: bool,
    /// The string without escapes.
    pub value: &'a str,
    /// Its bytes in the text, with the quotation marks.
    pub range: Range<usize>,
}

/// The bytes of the records of a file. Linear in the text.
pub(crate) fn record_ranges(text: &str, layout: Layout) -> Vec<Range<usize>> {
    match layout {
        Layout::Document => vec![0..text.len()],
        Layout::Array => elements(text),
        Layout::Lines => {
            let mut end = 0;
            let line = |line: &str| {
                let start = end;
                end += line.len();
                start..start + line.trim_end_matches(['\r', '\n']).len()
            };
            text.split_inclusive('\n').map(line).collect()
        }
    }
}

/// Calls a function with each string of a record, which may contain comments. Does nothing if the record is not valid JSON.
pub(crate) fn for_each_string(text: &str, record: Range<usize>, visit: &mut dyn FnMut(&JsonString<'_>)) {
    let json = without_comments(&text[record.clone()]);
    if let Ok(value) = parse(&json) {
        visit_value(&value, record.start, &mut Vec::new(), visit);
    }
}

/// The bytes of a member of the object that has a value at some bytes, in a record. `None` if there is no such member.
pub(crate) fn sibling_range(
    text: &str,
    record: Range<usize>,
    value: &Range<usize>,
    name: &str,
) -> Option<Range<usize>> {
    fn find<'a>(node: &'a ast::Value<'a>, value: &Range<usize>, name: &str) -> Option<Range<usize>> {
        match node {
            ast::Value::Object(object) => {
                let ranges = object.properties.iter().map(|property| property.value.range());
                if ranges.map(|range| range.start..range.end).any(|range| range == *value) {
                    let sibling = object.properties.iter().find(|property| property.name.as_str() == name)?;
                    return Some(sibling.value.start()..sibling.value.end());
                }
                object.properties.iter().find_map(|property| find(&property.value, value, name))
            }
            ast::Value::Array(array) => array.elements.iter().find_map(|element| find(element, value, name)),
            _ => None,
        }
    }
    let json = without_comments(&text[record.clone()]);
    let in_record = value.start.checked_sub(record.start)?..value.end.checked_sub(record.start)?;
    let found = find(&parse(&json).ok()?, &in_record, name)?;
    Some(found.start + record.start..found.end + record.start)
}

fn visit_value(
    value: &ast::Value<'_>,
    start: usize,
    path: &mut Vec<PathSegment>,
    visit: &mut dyn FnMut(&JsonString<'_>),
) {
    match value {
        ast::Value::StringLit(string) => {
            let range = string.start() + start..string.end() + start;
            visit(&JsonString { path, is_key: false, value: &string.value, range });
        }
        ast::Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                path.push(index.into());
                visit_value(element, start, path, visit);
                path.pop();
            }
        }
        ast::Value::Object(object) => {
            for property in &object.properties {
                let (name, range) = (property.name.as_str(), property.name.range());
                path.push(name.into());
                let range = range.start + start..range.end + start;
                visit(&JsonString { path, is_key: true, value: name, range });
                visit_value(&property.value, start, path, visit);
                path.pop();
            }
        }
        ast::Value::NumberLit(_) | ast::Value::BooleanLit(_) | ast::Value::NullKeyword(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_have_their_paths_and_positions() {
        let text = "\u{feff}[ 1, // \"no\"\n { \"a\": [\"\\u0062\", { \"c\": \"d\" }] }, ]";
        let records = record_ranges(text, Layout::Array);
        let mut found = Vec::new();
        for record in records {
            for_each_string(text, record, &mut |string| {
                found.push((string.path.len(), string.is_key, string.value.to_owned(), &text[string.range.clone()]));
            });
        }
        let expected = [
            (1, true, "a", "\"a\""),
            (2, false, "b", "\"\\u0062\""),
            (3, true, "c", "\"c\""),
            (3, false, "d", "\"d\""),
        ];
        assert_eq!(found, expected.map(|(length, is_key, value, text)| (length, is_key, value.to_owned(), text)));
    }

    #[test]
    fn lines_are_records_without_their_line_ends() {
        let text = "{}\r\n\n[1]";
        let records: Vec<&str> = record_ranges(text, Layout::Lines).into_iter().map(|range| &text[range]).collect();
        assert_eq!(records, ["{}", "", "[1]"]);
    }
}
