//! Reading JSON records: fast if a file is valid, with every problem reported if it is not.
//!
//! A file is first parsed by serde_json as it is. If that fails, comments and trailing commas are replaced by spaces, and
//! each record is read on its own: see [`recover`](super::recover).

use super::members::{Object, without_position};
use super::recover::{Problem, recover};
use crate::diagnostic::{Code, FileId, Finding, Findings, Location, PathSegment};
use crate::model::floor_char_boundary;
use aho_corasick::AhoCorasick;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The type of a file's records.
pub trait RecordFormat: DeserializeOwned + Send {
    /// The name of a record in messages.
    const NAME: &'static str;
    /// Fields that may contain characters that are invalid in XML, because they never reach the graph.
    const FREE_TEXT: &'static [&'static str] = &[];
    /// An alternative to resolving a merge conflict in a file of such records; continues the help.
    const REGENERATE: &'static str = "";
}

/// The arrangement of records in a file.
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
    /// The layout of a file of records, by its extension.
    pub fn of(name: &str) -> Self {
        let extension = std::path::Path::new(name).extension();
        if extension.is_some_and(|extension| extension == "jsonl") { Self::Lines } else { Self::Array }
    }
}

/// A record and its position.
#[derive(Clone, Debug)]
pub struct Record<T> {
    /// The record's value.
    pub value: T,
    /// The file.
    pub file: FileId,
    /// The record's position in the file, as in [`Location::Value`].
    pub index: usize,
    /// Whether the reader found no problem in the record; otherwise `value` lacks the invalid fields.
    pub is_valid: bool,
}

impl<T> Record<T> {
    /// The location of a value in this record.
    pub fn location(&self, path: impl IntoIterator<Item = PathSegment>) -> Location {
        Location::Value { record: self.index, path: path.into_iter().collect(), key: false }
    }

    /// A finding about a value in this record.
    pub fn finding(
        &self,
        code: Code,
        path: impl IntoIterator<Item = PathSegment>,
        message: impl Into<String>,
    ) -> Finding {
        Finding::new(code, self.file, self.location(path), message)
    }
}

impl<T: RecordFormat> Record<T> {
    /// The value of a required field of the object at `path`. Reports it if it is missing; `hint` continues the
    /// help, such as " with the id of an entity".
    ///
    /// Reports nothing if the record is invalid: the field may have been removed, which is reported separately.
    pub fn required<V>(
        &self,
        path: &[PathSegment],
        field: &str,
        value: Option<V>,
        hint: &str,
        findings: &mut Findings,
    ) -> Option<V> {
        if value.is_none() && self.is_valid {
            let finding = self.finding(Code::MissingField, path.iter().cloned(), format!("missing field `{field}`"));
            let label = format!("this {} has no `{field}`", if path.is_empty() { T::NAME } else { "object" });
            findings.push(finding.label(label).help(format!("add `\"{field}\"`{hint}")));
        }
        value
    }
}

/// Reads all records of a file's text.
pub fn read<T: RecordFormat>(file: FileId, layout: Layout, text: &str, findings: &mut Findings) -> Vec<Record<T>> {
    match layout {
        Layout::Lines => {
            let mut end = 0;
            let lines = text.split_inclusive('\n').map(|line| {
                let start = end;
                end += line.len();
                read_line(file, line, start, findings)
            });
            lines.flatten().collect()
        }
        Layout::Array => match parse_valid::<Vec<Object<T>>>(text) {
            Some(values) => {
                let values = values.into_iter().enumerate();
                values.map(|(index, Object(value))| Record { value, file, index, is_valid: true }).collect()
            }
            None => read_invalid(file, layout, text, 0, findings),
        },
        Layout::Document => match parse_valid(text) {
            Some(Object(value)) => vec![Record { value, file, index: 0, is_valid: true }],
            None => read_invalid(file, layout, text, 0, findings),
        },
    }
}

/// Reads the record in a line that starts at byte `start` of its file; `None` if the line is blank or not JSON.
pub(super) fn read_line<T: RecordFormat>(
    file: FileId,
    line: &str,
    start: usize,
    findings: &mut Findings,
) -> Option<Record<T>> {
    match parse_valid(line) {
        Some(Object(value)) => Some(Record { value, file, index: start, is_valid: true }),
        None => read_invalid(file, Layout::Lines, line, start, findings).pop(),
    }
}

/// Parses a text without any problem; `None` if it may contain characters that are invalid in XML.
fn parse_valid<T: DeserializeOwned>(text: &str) -> Option<T> {
    static SUSPICIOUS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let patterns = ["\\b", "\\f", "\\u000", "\\u001", "\\ufff", "\u{FFFE}", "\u{FFFF}"];
        AhoCorasick::builder().ascii_case_insensitive(true).build(patterns).expect("the patterns are short")
    });
    if SUSPICIOUS.is_match(text) { None } else { serde_json::from_str(text).ok() }
}

/// Reads records one by one and reports every problem.
///
/// `text` is a file, or a line that starts at byte `start` of its file.
fn read_invalid<T: RecordFormat>(
    file: FileId,
    layout: Layout,
    text: &str,
    start: usize,
    findings: &mut Findings,
) -> Vec<Record<T>> {
    let json = without_comments(text);
    if layout == Layout::Lines && json.trim_ascii().is_empty() {
        return Vec::new();
    }
    let help = match layout {
        Layout::Document => format!("write the {} as a JSON object", T::NAME),
        Layout::Array => format!("write a JSON list with one object per {}", T::NAME),
        Layout::Lines if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|marker| text.starts_with(marker)) => {
            format!("resolve the merge conflict{}", T::REGENERATE)
        }
        Layout::Lines => "write one JSON object per line".to_owned(),
    };
    let elements = parse(&json).and_then(|value| match (layout, value) {
        (Layout::Array, ast::Value::Array(array)) => Ok(array.elements),
        (Layout::Array, other) => Err(JsonError {
            offset: other.start(),
            message: format!("expected a list of {} objects", T::NAME),
            label: "not a list".to_owned(),
        }),
        (_, value) => Ok(vec![value]),
    });
    let elements = match elements {
        Ok(elements) => elements,
        Err(JsonError { offset, message, label }) => {
            let help = correction(&message, &json[offset..], layout).unwrap_or(help);
            let location = Location::Bytes(start + offset..start + offset);
            findings.push(Finding::new(Code::SyntaxError, file, location, message).label(label).help(help));
            return Vec::new();
        }
    };
    let mut records = Vec::with_capacity(elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        let record = if layout == Layout::Lines { start } else { index };
        let mut problems = Vec::new();
        inspect(&element, &mut Vec::new(), T::FREE_TEXT, &mut problems);
        let value = recover(&json[element.start()..element.end()], T::NAME, &mut problems);
        let is_valid = problems.is_empty();
        findings.extend(problems.into_iter().map(|p| {
            let location = Location::Value { record, path: p.path, key: p.key };
            Finding::new(p.code, file, location, p.message).label(p.label).help(p.help)
        }));
        records.extend(value.map(|value| Record { value, file, index: record, is_valid }));
    }
    records
}

/// Replaces comments, trailing commas and a byte order mark by spaces.
pub(crate) fn without_comments(text: &str) -> String {
    let mut json = text.to_owned();
    // The rest of an unclosed comment is reported as invalid JSON.
    let _unclosed = json_strip_comments::strip(&mut json);
    match json.strip_prefix('\u{FEFF}') {
        Some(rest) => format!("   {rest}"),
        None => json,
    }
}

/// A syntax error in JSON.
pub(super) struct JsonError {
    offset: usize,
    message: String,
    label: String,
}

/// Parses JSON without comments, with positions.
pub(super) fn parse(json: &str) -> Result<ast::Value<'_>, JsonError> {
    // serde_json checks the syntax more strictly; the AST has the positions.
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(json) {
        return Err(JsonError::new(json, &error));
    }
    let parsed = jsonc_parser::parse_to_ast(
        json,
        &jsonc_parser::CollectOptions::default(),
        &jsonc_parser::ParseOptions::default(),
    );
    parsed.ok().and_then(|parsed| parsed.value).ok_or_else(|| JsonError {
        offset: 0,
        message: "invalid JSON: invalid Unicode escape in a string".to_owned(),
        label: "in this value".to_owned(),
    })
}

/// The correction of a syntax error, if the message and the text after it suggest one.
fn correction(message: &str, rest: &str, layout: Layout) -> Option<String> {
    let next = rest.chars().next();
    match message.strip_prefix("invalid JSON: ")? {
        "expected `\"` at the end of a string" => return Some("close the string with `\"`".to_owned()),
        "unescaped control character in a string" if matches!(next, Some('\n' | '\r')) => {
            return Some("close the string with `\"`, or write the line break in it as `\\n`".to_owned());
        }
        _ => {}
    }
    let next = next?;
    match message.strip_prefix("invalid JSON: expected ")? {
        "a value" | "a field name in double quotes" if is_other_quotation_mark(next) => {
            Some(format!("replace `{next}` with `\"`, also at the end of the string"))
        }
        "`,` or `]`" | "`,` or `}`" if "{[\"".contains(next) => Some(format!("add `,` before `{next}`")),
        "the end of the input" if "]}".contains(next) => Some(format!("remove `{next}`")),
        "the end of the input" if layout == Layout::Array => Some("move the object inside the `[ … ]`".to_owned()),
        _ => None,
    }
}

/// Whether a character quotes text, but not in JSON.
fn is_other_quotation_mark(c: char) -> bool {
    matches!(c, '\'' | '`' | '‘'..='‟' | '«' | '»' | '‹' | '›' | '「' | '『' | '＂')
}

impl JsonError {
    fn new(json: &str, error: &serde_json::Error) -> Self {
        let message = without_position(error);
        // serde_json counts lines from 1, and columns in bytes from 1. A control character follows the column.
        let line_start: usize = json.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let column = error.column() + usize::from(message.starts_with("control character"));
        let offset = floor_char_boundary(json, line_start + column.saturating_sub(1));
        let rest = if error.is_eof() { "" } else { &json[offset..] };
        let label = match rest.chars().next() {
            _ if json.trim_ascii().is_empty() => "the file is empty".to_owned(),
            Some(found) if !found.is_control() => format!("unexpected `{found}`"),
            Some(_) => "unexpected character".to_owned(),
            None => "unexpected end of input".to_owned(),
        };
        let reason = match message.as_str() {
            "EOF while parsing a list" => "expected `]`",
            "EOF while parsing an object" => "expected `}`",
            "EOF while parsing a string" => "expected `\"` at the end of a string",
            "EOF while parsing a value" | "expected value" => "expected a value",
            "expected ident" => "expected `true`, `false` or `null`",
            "key must be a string" => "expected a field name in double quotes",
            "trailing characters" => "expected the end of the input",
            "trailing comma" => "unexpected `,`",
            "invalid escape" | "unexpected end of hex escape" => "invalid escape in a string",
            "recursion limit exceeded" => "more than 128 nested lists and objects",
            "invalid number" | "number out of range" => "invalid number",
            "expected `:`" => "expected `:`",
            "expected `,` or `]`" => "expected `,` or `]`",
            "expected `,` or `}`" => "expected `,` or `}`",
            message if message.starts_with("control character") => "unescaped control character in a string",
            _ => "invalid string",
        };
        Self { offset, message: format!("invalid JSON: {reason}"), label }
    }
}

/// Finds problems that serde does not report: duplicate fields, and characters that are invalid in XML.
fn inspect(value: &ast::Value<'_>, path: &mut Vec<PathSegment>, free_text: &[&str], problems: &mut Vec<Problem>) {
    match value {
        ast::Value::StringLit(string) => {
            if let Some(c) = string.value.chars().find(|c| !crate::model::literal::is_xml_character(*c)) {
                problems.push(Problem {
                    code: Code::InvalidCharacter,
                    path: path.clone(),
                    key: false,
                    message: format!("invalid character U+{:04X}", u32::from(c)),
                    label: "this string contains it".into(),
                    help: "remove the character, which XML 1.0 does not allow".into(),
                });
            }
        }
        ast::Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                path.push(index.into());
                inspect(element, path, free_text, problems);
                path.pop();
            }
        }
        ast::Value::Object(object) => {
            let mut names = HashSet::new();
            for property in &object.properties {
                let name = property.name.as_str();
                path.push(name.into());
                if !names.insert(name) {
                    problems.push(Problem {
                        code: Code::DuplicateField,
                        path: path.clone(),
                        key: true,
                        message: format!("duplicate field `{name}`"),
                        label: "already present in this object".into(),
                        help: "remove one of the two".into(),
                    });
                }
                if !(path.len() == 1 && free_text.contains(&name)) {
                    inspect(&property.value, path, free_text, problems);
                }
                path.pop();
            }
        }
        _ => {}
    }
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
        let mut findings = Findings::new();
        let records = read(FileId(0), layout, text, &mut findings);
        (records, findings.into_iter().map(|f| (f.code, f.location)).collect())
    }

    fn value(record: usize, path: &[&str], key: bool) -> Location {
        Location::Value { record, path: path.iter().map(|s| PathSegment::from(*s)).collect(), key }
    }

    #[test]
    fn comments_and_trailing_commas_are_accepted() {
        let (records, found) =
            findings(Layout::Array, "\u{FEFF}[ // one\n {\"id\": \"a//b\",}, /* two */ {\"size\": 1},]");
        assert_eq!(found, []);
        assert_eq!(records[0].value.id.as_deref(), Some("a//b"));
        assert_eq!(records[1].value.size, Some(1));
    }

    #[test]
    fn every_problem_of_every_record_is_reported() {
        let text = r#"[{"id": 1, "size": "x", "lables": {}}, {"id": "ok"}, {"labels": {"en": 1, "de": "b"}}]"#;
        let (records, mut found) = findings(Layout::Array, text);
        found.sort_by_key(|(code, _)| *code);
        assert_eq!(
            found,
            [
                (Code::UnknownField, value(0, &["lables"], true)),
                (Code::InvalidValue, value(0, &["id"], false)),
                (Code::InvalidValue, value(0, &["size"], false)),
                (Code::InvalidValue, value(2, &["labels", "en"], false)),
            ]
        );
        assert_eq!(records.len(), 3);
        assert_eq!(records.iter().map(|r| r.is_valid).collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(records[2].value.labels.0, [("de".to_owned(), "b".to_owned())]);
    }

    #[test]
    fn duplicate_fields_are_reported() {
        for text in [r#"[{"id": "a", "id": "b"}]"#, r#"[{"labels": {"en": "a", "en": "b"}}]"#] {
            let (records, found) = findings(Layout::Array, text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].0, Code::DuplicateField);
            assert!(!records[0].is_valid);
        }
    }

    #[test]
    fn characters_that_are_invalid_in_xml_are_reported_except_in_free_text() {
        let (_, found) = findings(Layout::Array, r#"[{"id": "\u0000", "labels": {"en": "a\fb"}}]"#);
        assert_eq!(found, [(Code::InvalidCharacter, value(0, &["labels", "en"], false))]);
        let (_, found) = findings(Layout::Array, r#"[{"labels": {"en": "C:\\bin", "de": "\u000a"}}]"#);
        assert_eq!(found, []);
    }

    #[test]
    fn lines_are_read_independently() {
        let (records, found) =
            findings(Layout::Lines, "{\"id\": \"a\"}\n\n// no\n{\"id\": }\n{\"size\": -1}\n{\"id\":\"b\"}\n");
        assert_eq!(records.len(), 3);
        assert_eq!(records[2].value.id.as_deref(), Some("b"));
        assert_eq!(found[0], (Code::SyntaxError, Location::Bytes(26..26)));
        assert_eq!(found[1], (Code::InvalidValue, value(28, &["size"], false)));
    }

    #[test]
    fn deep_nesting_is_an_error() {
        for depth in [200, 100_000] {
            let deep = format!("[{{\"id\": {}{}}}]", "[".repeat(depth), "]".repeat(depth));
            let (_, found) = findings(Layout::Array, &deep);
            assert_eq!(found.len(), 1, "{depth}");
        }
    }

    #[test]
    fn a_syntax_error_gets_the_correction_that_fits() {
        for (text, help) in [
            (r#"[{"id": "a"} {"id": "b"}]"#, "add `,` before `{`"),
            (r#"[{"id": "a" "size": 1}]"#, "add `,` before `\"`"),
            (r#"[{"id": "a"}] {"id": "b"}"#, "move the object inside the `[ … ]`"),
            (r#"[{"id": "a"}]]"#, "remove `]`"),
            (r#"{"id": "a"}"#, "write a JSON list with one object per sample"),
            (r#"[{"id": “a”}]"#, "replace `“` with `\"`, also at the end of the string"),
            (r#"[{"id": 'a'}]"#, "replace `'` with `\"`, also at the end of the string"),
            (r#"[{'id': "a"}]"#, "replace `'` with `\"`, also at the end of the string"),
            (r#"[{"id": "a"#, "close the string with `\"`"),
            ("[{\"id\": \"a\n}]", "close the string with `\"`, or write the line break in it as `\\n`"),
        ] {
            let mut findings = Findings::new();
            read::<Sample>(FileId(0), Layout::Array, text, &mut findings);
            assert_eq!(findings[0].help, help, "{text}");
        }
    }

    #[test]
    fn a_file_that_is_not_an_array_gets_one_error() {
        for text in ["", "{}", "[", "null", "[{]"] {
            let (_, found) = findings(Layout::Array, text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].0, Code::SyntaxError);
        }
    }
}
