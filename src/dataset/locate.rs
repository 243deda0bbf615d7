//! Lines and columns of findings. Only files with findings are read a second time for them.

use super::Files;
use super::json::{Layout, parse, without_comments};
use crate::diagnostic::{Diagnostic, Excerpt, FileId, Finding, Location, PathSegment, Policy, Severity};
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use std::collections::HashMap;
use std::ops::Range;

/// The number of code points shown of a long line: before the position, and in total.
const MAX_BEFORE: usize = 60;
const MAX_SHOWN: usize = 400;

/// Converts findings to diagnostics under a policy, sorted by file, position and code.
///
/// Each file is read and parsed once. Linear in the findings and in the length of the files.
///
/// ```
/// use factloom::dataset::{Dataset, DatasetRoot, locate};
/// use factloom::diagnostic::Policy;
///
/// let opened = Dataset::open(DatasetRoot::Bundled(&[("factloom.json", "{\n  \"titel\": \"A mill\"\n}")]), None);
/// let diagnostics = locate(opened.findings, &opened.files, &Policy::default());
/// assert!(diagnostics.iter().any(|d| (d.line, d.column) == (2, 3)));
/// ```
pub fn locate(findings: Vec<Finding>, files: &Files, policy: &Policy) -> Vec<Diagnostic> {
    let findings: Vec<(Severity, Finding)> =
        findings.into_iter().filter_map(|f| Some((policy.severity(f.code)?, f))).collect();
    let mut locations: HashMap<FileId, Vec<&Location>> = HashMap::new();
    for (_, finding) in &findings {
        locations.entry(finding.file).or_default().push(&finding.location);
        for related in &finding.related {
            locations.entry(related.file).or_default().push(&related.location);
        }
    }
    let mut positions: HashMap<(FileId, &Location), Position> = HashMap::new();
    for (file, locations) in locations {
        let found = positions_in(files, file, locations).into_iter();
        positions.extend(found.map(|(location, position)| ((file, location), position)));
    }
    let position_of = |file: FileId, location: &Location| positions.get(&(file, location)).cloned().unwrap_or_default();
    let mut located: Vec<(FileId, Diagnostic)> = findings
        .iter()
        .map(|(severity, finding)| {
            let position = position_of(finding.file, &finding.location);
            let mut notes = finding.notes.clone();
            for related in &finding.related {
                let Position { line, column, .. } = position_of(related.file, &related.location);
                notes.push(format!("{}: {}:{line}:{column}", related.message, files.display_path(related.file)));
            }
            let diagnostic = position.diagnostic(finding, *severity, files.display_path(finding.file), notes);
            (finding.file, diagnostic)
        })
        .collect();
    located.sort_by(|(f, a), (g, b)| {
        (f, a.line, a.column, a.code, &a.message).cmp(&(g, b.line, b.column, b.code, &b.message))
    });
    located.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

/// Converts a finding about a text outside a dataset, such as a query, to a diagnostic. `name` is its file name.
///
/// Linear in the text.
///
/// ```
/// use factloom::dataset::locate_in;
/// use factloom::diagnostic::{Location, Code, FileId, Finding};
///
/// let finding = Finding::new(Code::SyntaxError, FileId(0), Location::Bytes(6..8), "syntax error: unexpected `?x`");
/// let diagnostic = locate_in(&finding, "query", "ASK {\n?x }");
/// assert_eq!((diagnostic.line, diagnostic.column), (2, 1));
/// ```
pub fn locate_in(finding: &Finding, name: &str, text: &str) -> Diagnostic {
    let position = match &finding.location {
        Location::Bytes(range) => Cursor::new(text).position(range),
        Location::File | Location::Value { .. } => Position::default(),
    };
    position.diagnostic(finding, finding.code.severity(), name.to_owned(), finding.notes.clone())
}

/// The line and column of a finding; zeros if it concerns the whole file.
#[derive(Clone, Default)]
struct Position {
    line: usize,
    column: usize,
    excerpt: Option<Excerpt>,
}

impl Position {
    fn diagnostic(self, finding: &Finding, severity: Severity, file: String, notes: Vec<String>) -> Diagnostic {
        Diagnostic {
            code: finding.code,
            severity,
            file,
            line: self.line,
            column: self.column,
            excerpt: self.excerpt,
            message: finding.message.clone(),
            label: finding.label.clone(),
            help: finding.help.clone(),
            notes,
        }
    }
}

fn positions_in<'a>(files: &Files, file: FileId, locations: Vec<&'a Location>) -> Vec<(&'a Location, Position)> {
    // If the file has become unreadable since, its findings have no line.
    let Ok(text) = files.read(file) else { return Vec::new() };
    let layout = files.layout(file);
    let json = without_comments(&text);
    let mut document = None;
    let mut lines: HashMap<usize, String> = HashMap::new();
    let mut ranges: Vec<(Range<usize>, &Location)> = Vec::with_capacity(locations.len());
    for location in locations {
        let range = match location {
            Location::File => continue,
            Location::Bytes(range) => range.clone(),
            Location::Value { record, path, key } if layout == Layout::Lines => {
                let line = text.get(*record..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
                let json = lines.entry(*record).or_insert_with(|| without_comments(line));
                let range = parse(json).map_or(0..line.len(), |value| range_of(&value, path, *key));
                range.start + record..range.end + record
            }
            Location::Value { record, path, key } => {
                let document = document.get_or_insert_with(|| parse(&json).ok()).as_ref();
                let value = document.and_then(|value| match (layout, value) {
                    (Layout::Array, ast::Value::Array(array)) => array.elements.get(*record),
                    _ => Some(value),
                });
                value.map_or(0..0, |value| range_of(value, path, *key))
            }
        };
        ranges.push((range, location));
    }
    // In text order, so that lines and columns are counted only once, even in long lines.
    ranges.sort_by_key(|(range, _)| (range.start, range.end));
    let mut cursor = Cursor::new(&text);
    ranges.into_iter().map(|(range, location)| (location, cursor.position(&range))).collect()
}

/// The bytes of the value at a path, or of the innermost existing value on that path.
fn range_of(value: &ast::Value<'_>, path: &[PathSegment], key: bool) -> Range<usize> {
    let mut value = value;
    for (index, step) in path.iter().enumerate() {
        let is_last = index + 1 == path.len();
        let child = match (step, value) {
            (PathSegment::Key(name), ast::Value::Object(object)) => {
                // The finding about duplicate members points to the last one.
                let property = object.properties.iter().rfind(|p| p.name.as_str() == name);
                if let (Some(property), true, true) = (property, is_last, key) {
                    let range = property.name.range();
                    return range.start..range.end;
                }
                property.map(|p| &p.value)
            }
            (PathSegment::Index(index), ast::Value::Array(array)) => array.elements.get(*index),
            // A single value instead of a list.
            (PathSegment::Index(0), single) => Some(single),
            _ => None,
        };
        match child {
            Some(child) => value = child,
            None => break,
        }
    }
    let range = value.range();
    range.start..range.end
}

/// Counts lines and columns forward through a text.
struct Cursor<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
    column: usize,
    line_start: usize,
    line_end: Option<usize>,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, offset: 0, line: 1, column: 1, line_start: 0, line_end: None }
    }

    /// The position of a range. Ranges must be passed in text order.
    fn position(&mut self, range: &Range<usize>) -> Position {
        let start = floor_char_boundary(self.text, range.start.min(self.text.len()));
        let ahead = &self.text[self.offset..start];
        match ahead.rfind('\n') {
            Some(line_end) => {
                self.line += ahead.bytes().filter(|b| *b == b'\n').count();
                self.line_start = self.offset + line_end + 1;
                self.line_end = None;
                self.column = self.text[self.line_start..start].chars().count() + 1;
            }
            None => self.column += ahead.chars().count(),
        }
        self.offset = start;
        let line_start = self.line_start;
        let rest = &self.text[start..];
        let line_end = *self.line_end.get_or_insert_with(|| {
            let end = start + rest.find('\n').unwrap_or(rest.len());
            end - usize::from(self.text[line_start..end].ends_with('\r'))
        });
        let end = floor_char_boundary(self.text, range.end.min(line_end)).max(start);
        Position { line: self.line, column: self.column, excerpt: Some(self.excerpt(start, end, line_end)) }
    }

    fn excerpt(&self, start: usize, end: usize, line_end: usize) -> Excerpt {
        let before = &self.text[self.line_start..start];
        let from = match before.char_indices().rev().nth(MAX_BEFORE) {
            Some((index, _)) if line_end - self.line_start > MAX_SHOWN => self.line_start + index,
            _ => self.line_start,
        };
        let until = match self.text[from..line_end.max(from)].char_indices().nth(MAX_SHOWN) {
            Some((index, _)) => from + index,
            None => line_end.max(start),
        };
        let end = end.min(until);
        // An empty range underlines the next character, or the end of the line.
        let end = match self.text[start..until].chars().next() {
            Some(c) if end <= start => start + c.len_utf8(),
            _ => end.max(start),
        };
        Excerpt { text: self.text[from..until].to_owned(), highlight: start - from..end - from }
    }
}

fn floor_char_boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(text: &str, ranges: &[Range<usize>]) -> Vec<(usize, usize, String)> {
        let mut cursor = Cursor::new(text);
        ranges
            .iter()
            .map(|range| {
                let position = cursor.position(range);
                let excerpt = position.excerpt.unwrap();
                (position.line, position.column, excerpt.text[excerpt.highlight].to_owned())
            })
            .collect()
    }

    #[test]
    fn columns_count_code_points() {
        let text = "ab\n  \"ščß\": \"x\"\r\nend";
        let quote = text.find("\"x\"").unwrap();
        assert_eq!(
            positions(text, &[0..1, quote..quote + 3, text.len()..text.len()]),
            [(1, 1, "a".into()), (2, 10, "\"x\"".into()), (3, 4, String::new())]
        );
    }

    #[test]
    fn an_invalid_line_does_not_shift_the_positions_of_later_lines() {
        let bad = "{\"id\": \"a}\n{\"id\": \"x//y\", \"lable\": \"B\"}\n";
        let files = &*Box::leak(Box::new([
            ("factloom.json", "{\"base\": \"https://e.org/\"}"),
            ("vocabulary.ttl", ""),
            ("entities.jsonl", bad),
        ]));
        let opened = crate::dataset::Dataset::open(crate::dataset::DatasetRoot::Bundled(files), None);
        let diagnostics = locate(opened.findings, &opened.files, &Policy::default());
        let unknown = diagnostics.iter().find(|d| d.code == crate::diagnostic::Code::UnknownField).unwrap();
        assert_eq!((unknown.line, unknown.column), (2, 16));
    }

    #[test]
    fn long_lines_are_cut_around_the_position() {
        let text = "x".repeat(100_000) + "WORD" + &"y".repeat(100_000);
        let mut cursor = Cursor::new(&text);
        let position = cursor.position(&(100_000..100_004));
        let excerpt = position.excerpt.unwrap();
        assert_eq!(position.column, 100_001);
        assert_eq!(&excerpt.text[excerpt.highlight.clone()], "WORD");
        assert_eq!(excerpt.text.len(), MAX_SHOWN);
    }
}
