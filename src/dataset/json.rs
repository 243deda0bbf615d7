//! Reading records from JSON, fast where all is well and in full detail where it is not.
//!
//! A file is parsed by serde_json as it stands. Where that fails, comments and trailing commas are blanked in place
//! and it is tried again; where that fails too, each record is read by itself, and every problem in it is reported.

use super::members::{Object, without_place};
use super::mend::{Problem, mend};
use crate::diagnostic::{Code, FileId, Finding, Location, PathSegment};
use aho_corasick::AhoCorasick;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use serde::de::DeserializeOwned;
use std::sync::LazyLock;

/// What the records of a file are.
pub trait RecordFormat: DeserializeOwned + Send {
    /// What one is called in messages.
    const NAME: &'static str;
    /// Members that may hold characters that XML cannot, since they never reach the graph.
    const FREE_TEXT: &'static [&'static str] = &[];
}

/// How records lie in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The file is one record.
    Document,
    /// The file is an array of records.
    Array,
    /// Each line is a record.
    Lines,
}

impl Layout {
    /// The layout of a file of records, by the ending of its name.
    pub fn of(name: &str) -> Self {
        let ending = std::path::Path::new(name).extension();
        if ending.is_some_and(|ending| ending == "jsonl") { Self::Lines } else { Self::Array }
    }
}

/// A record, and where it stands.
#[derive(Clone, Debug)]
pub struct Record<T> {
    /// What was read.
    pub value: T,
    /// The file.
    pub file: FileId,
    /// Which record of the file, as [`Location::Value`] counts them.
    pub index: usize,
    /// Whether the reader found nothing wrong with it; if it did, `value` lacks what was wrong.
    pub is_valid: bool,
}

impl<T> Record<T> {
    /// The place of a value in this record.
    pub fn at(&self, path: impl IntoIterator<Item = PathSegment>) -> Location {
        Location::Value { record: self.index, path: path.into_iter().collect(), key: false }
    }

    /// A finding about a value in this record.
    pub fn finding(
        &self,
        code: Code,
        path: impl IntoIterator<Item = PathSegment>,
        message: impl Into<String>,
    ) -> Finding {
        Finding::new(code, self.file, self.at(path), message)
    }
}

/// Reads all records of a file's text.
pub fn read<T: RecordFormat>(file: FileId, layout: Layout, text: &str, findings: &mut Vec<Finding>) -> Vec<Record<T>> {
    match layout {
        Layout::Lines => {
            let mut start = 0;
            let lines = text.split_inclusive('\n').map(|line| {
                let at = start;
                start += line.len();
                read_line(file, line, at, findings)
            });
            lines.flatten().collect()
        }
        Layout::Array => read_array(file, text, findings),
        Layout::Document => read_document(file, text, findings),
    }
}

/// Reads the record in a line that begins at byte `record` of its file; nothing where the line holds none.
pub(super) fn read_line<T: RecordFormat>(
    file: FileId,
    line: &str,
    record: usize,
    findings: &mut Vec<Finding>,
) -> Option<Record<T>> {
    match fast(line) {
        Some(Object(value)) => Some(Record { value, file, index: record, is_valid: true }),
        None => slow(file, Layout::Lines, line, record, findings).pop(),
    }
}

fn read_array<T: RecordFormat>(file: FileId, text: &str, findings: &mut Vec<Finding>) -> Vec<Record<T>> {
    match fast::<Vec<Object<T>>>(text) {
        Some(values) => values
            .into_iter()
            .enumerate()
            .map(|(index, Object(value))| Record { value, file, index, is_valid: true })
            .collect(),
        None => slow(file, Layout::Array, text, 0, findings),
    }
}

fn read_document<T: RecordFormat>(file: FileId, text: &str, findings: &mut Vec<Finding>) -> Vec<Record<T>> {
    match fast(text) {
        Some(Object(value)) => vec![Record { value, file, index: 0, is_valid: true }],
        None => slow(file, Layout::Document, text, 0, findings),
    }
}

/// Parses a text in which nothing is wrong and no character is doubtful.
fn fast<T: DeserializeOwned>(text: &str) -> Option<T> {
    static DOUBTFUL: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let patterns = ["\\b", "\\f", "\\u000", "\\u001", "\\ufff", "\\uFFF", "\u{FFFE}", "\u{FFFF}"];
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(patterns)
            .expect("eight short patterns make an automaton")
    });
    if DOUBTFUL.is_match(text) { None } else { serde_json::from_str(text).ok() }
}

/// Reads records one by one and reports all that is wrong with each.
///
/// `text` is a file, or a line of one that begins at byte `record`.
fn slow<T: RecordFormat>(
    file: FileId,
    layout: Layout,
    text: &str,
    record: usize,
    findings: &mut Vec<Finding>,
) -> Vec<Record<T>> {
    let shift = if layout == Layout::Lines { record } else { 0 };
    let plain = blanked(text);
    if layout == Layout::Lines && plain.trim_ascii().is_empty() {
        return Vec::new();
    }
    let mut syntax = |start: usize, end: usize, message: String| {
        let at = Location::Bytes(start + shift..end + shift);
        let help = match layout {
            Layout::Lines => format!("write each {} as one JSON object on one line", T::NAME),
            _ => "comments and trailing commas are accepted; all else is plain JSON".to_owned(),
        };
        findings.push(Finding::new(Code::SyntaxError, file, at, message).help(help));
        Vec::new()
    };
    if let Err(e) = serde_json::from_str::<serde::de::IgnoredAny>(&plain) {
        let start = offset_of(&plain, e.line(), e.column());
        return syntax(start, start, format!("this is no JSON: {}", without_place(&e)));
    }
    let ast = match parse(&plain) {
        Ok(ast) => ast,
        Err((range, message)) => return syntax(range.start, range.end, message),
    };
    let elements: Vec<&ast::Value<'_>> = match (layout, &ast) {
        (Layout::Array, ast::Value::Array(array)) => array.elements.iter().collect(),
        (Layout::Array, other) => {
            let range = other.range();
            return syntax(range.start, range.start + 1, format!("the file is no list of {} objects", T::NAME));
        }
        (_, value) => vec![value],
    };
    let mut records = Vec::with_capacity(elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        let record = if layout == Layout::Lines { record } else { index };
        let range = element.range();
        let mut problems = Vec::new();
        inspect(element, &mut Vec::new(), T::FREE_TEXT, &mut problems);
        let value = mend(&plain[range.start..range.end], T::NAME, &mut problems);
        let is_valid = problems.is_empty();
        findings.extend(problems.into_iter().map(|p| {
            let at = Location::Value { record, path: p.path, key: p.key };
            Finding::new(p.code, file, at, p.message).label(p.expected).help(p.help)
        }));
        records.extend(value.map(|value| Record { value, file, index: record, is_valid }));
    }
    records
}

/// The text with comments and trailing commas, and a byte order mark, replaced by blanks.
pub(super) fn blanked(text: &str) -> String {
    let mut plain = text.to_owned();
    // Where a comment has no end, what is left is no JSON, and reported as such.
    let _unclosed = json_strip_comments::strip(&mut plain);
    match plain.strip_prefix('\u{FEFF}') {
        Some(rest) => format!("   {rest}"),
        None => plain,
    }
}

/// Parses blanked text with positions.
pub(super) fn parse(plain: &str) -> Result<ast::Value<'_>, (std::ops::Range<usize>, String)> {
    let options = jsonc_parser::ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    match jsonc_parser::parse_to_ast(plain, &jsonc_parser::CollectOptions::default(), &options) {
        Ok(result) => result.value.ok_or((0..0, "there is nothing in it".to_owned())),
        Err(e) => {
            let range = e.range();
            Err((range.start..range.end, format!("this is no JSON: {}", e.kind())))
        }
    }
}

/// Finds what serde does not see: names that are given twice, and characters that XML cannot hold.
fn inspect(value: &ast::Value<'_>, path: &mut Vec<PathSegment>, free: &[&str], problems: &mut Vec<Problem>) {
    match value {
        ast::Value::StringLit(text) => {
            if let Some(c) = text.value.chars().find(|c| !crate::model::literal::is_xml_character(*c)) {
                problems.push(Problem {
                    code: Code::InvalidCharacter,
                    path: path.clone(),
                    key: false,
                    message: format!("the text holds the character U+{:04X}", u32::from(c)),
                    expected: "only characters that XML 1.0 can hold".into(),
                    help: "remove the character".into(),
                });
            }
        }
        ast::Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                path.push(index.into());
                inspect(element, path, free, problems);
                path.pop();
            }
        }
        ast::Value::Object(object) => {
            let mut seen = std::collections::HashSet::new();
            for property in &object.properties {
                let name = property.name.as_str();
                path.push(name.into());
                if !seen.insert(name) {
                    problems.push(Problem {
                        code: Code::DuplicateField,
                        path: path.clone(),
                        key: true,
                        message: format!("`{name}` is given twice in one object"),
                        expected: "each name once".into(),
                        help: "keep one of the two, or give a list of values where the format has one".into(),
                    });
                }
                if !(path.len() == 1 && free.contains(&name)) {
                    inspect(&property.value, path, free, problems);
                }
                path.pop();
            }
        }
        _ => {}
    }
}

/// The byte at a line and a column as serde_json counts them, from 1 and in bytes.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut offset = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::members::Members;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        id: Option<String>,
        size: Option<u32>,
        #[serde(default)]
        labels: Members<String>,
    }

    impl RecordFormat for Sample {
        const NAME: &'static str = "sample";
        const FREE_TEXT: &'static [&'static str] = &["id"];
    }

    fn findings(layout: Layout, text: &str) -> (Vec<Record<Sample>>, Vec<(Code, Location)>) {
        let mut findings = Vec::new();
        let records = read(FileId(0), layout, text, &mut findings);
        (records, findings.into_iter().map(|f| (f.code, f.location)).collect())
    }

    fn value(record: usize, path: &[&str], key: bool) -> Location {
        Location::Value { record, path: path.iter().map(|s| PathSegment::from(*s)).collect(), key }
    }

    #[test]
    fn comments_and_trailing_commas_are_no_problem() {
        let (records, found) =
            findings(Layout::Array, "\u{FEFF}[ // one\n {\"id\": \"a//b\",}, /* two */ {\"size\": 1},]");
        assert_eq!(found, []);
        assert_eq!(records[0].value.id.as_deref(), Some("a//b"));
        assert_eq!(records[1].value.size, Some(1));
    }

    #[test]
    fn every_problem_of_every_record_is_found_in_one_run() {
        let text = r#"[{"id": 1, "size": "x", "lables": {}}, {"id": "ok"}, {"labels": {"en": 1, "de": "b"}}]"#;
        let (records, mut found) = findings(Layout::Array, text);
        found.sort_by_key(|(code, _)| *code);
        assert_eq!(
            found,
            [
                (Code::InvalidValue, value(0, &["id"], false)),
                (Code::InvalidValue, value(0, &["size"], false)),
                (Code::InvalidValue, value(2, &["labels", "en"], false)),
                (Code::UnknownField, value(0, &["lables"], true)),
            ]
        );
        assert_eq!(records.len(), 3);
        assert_eq!(records.iter().map(|r| r.is_valid).collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(records[2].value.labels.0, [("de".to_owned(), "b".to_owned())]);
    }

    #[test]
    fn a_name_given_twice_is_reported_and_not_dropped_in_silence() {
        for text in [r#"[{"id": "a", "id": "b"}]"#, r#"[{"labels": {"en": "a", "en": "b"}}]"#] {
            let (records, found) = findings(Layout::Array, text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].0, Code::SyntaxError);
            assert!(!records[0].is_valid);
        }
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_found_but_not_in_free_text() {
        let (_, found) = findings(Layout::Array, r#"[{"id": "\u0000", "labels": {"en": "a\fb"}}]"#);
        assert_eq!(found, [(Code::InvalidCharacter, value(0, &["labels", "en"], false))]);
        let (_, found) = findings(Layout::Array, r#"[{"labels": {"en": "C:\\bin", "de": "\u000a"}}]"#);
        assert_eq!(found, []);
    }

    #[test]
    fn lines_are_read_each_by_itself() {
        let (records, found) =
            findings(Layout::Lines, "{\"id\": \"a\"}\n\n// no\n{\"id\": }\n{\"size\": -1}\n{\"id\":\"b\"}\n");
        assert_eq!(records.len(), 3);
        assert_eq!(records[2].value.id.as_deref(), Some("b"));
        assert_eq!(found[0], (Code::SyntaxError, Location::Bytes(26..26)));
        assert_eq!(found[1], (Code::InvalidValue, value(28, &["size"], false)));
    }

    #[test]
    fn nesting_without_end_is_an_error() {
        for depth in [200, 100_000] {
            let deep = format!("[{{\"id\": {}{}}}]", "[".repeat(depth), "]".repeat(depth));
            let (_, found) = findings(Layout::Array, &deep);
            assert_eq!(found.len(), 1, "{depth}");
        }
    }

    #[test]
    fn what_is_no_list_is_said_to_be_none() {
        for text in ["", "{}", "[", "null", "[{]"] {
            let (_, found) = findings(Layout::Array, text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].0, Code::SyntaxError);
        }
    }
}
