//! From a finding to its line and column: the second reading of a file, which only files with problems get.

use super::Files;
use super::json::{Layout, blanked, parse};
use crate::diagnostic::{Diagnostic, Excerpt, FileId, Finding, Location, PathSegment, Policy, Severity};
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use std::collections::HashMap;
use std::ops::Range;

/// How much of a long line is shown: code points before the words, and in all.
const BEFORE: usize = 60;
const SHOWN: usize = 400;

/// Turns findings into diagnostics, sorted by file, place and code, under a policy.
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
    let mut wanted: HashMap<FileId, Vec<&Location>> = HashMap::new();
    for (_, finding) in &findings {
        wanted.entry(finding.file).or_default().push(&finding.location);
        for related in &finding.related {
            wanted.entry(related.file).or_default().push(&related.location);
        }
    }
    let mut places: HashMap<(FileId, &Location), Place> = HashMap::new();
    for (file, ats) in wanted {
        for (at, place) in places_in(files, file, ats) {
            places.insert((file, at), place);
        }
    }
    let place_of = |file: FileId, at: &Location| places.get(&(file, at)).cloned().unwrap_or_default();
    let mut located: Vec<(FileId, Diagnostic)> = findings
        .iter()
        .map(|(severity, finding)| {
            let place = place_of(finding.file, &finding.location);
            let mut notes = finding.notes.clone();
            for related in &finding.related {
                let Place { line, column, .. } = place_of(related.file, &related.location);
                notes.push(format!("{}: {}:{line}:{column}", related.message, files.display_path(related.file)));
            }
            let diagnostic = place.of(finding, *severity, files.display_path(finding.file), notes);
            (finding.file, diagnostic)
        })
        .collect();
    located.sort_by(|(f, a), (g, b)| {
        (f, a.line, a.column, a.code, &a.message).cmp(&(g, b.line, b.column, b.code, &b.message))
    });
    located.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

/// Turns a finding about a text that is no file of a dataset, such as a query that somebody asks, into a diagnostic under
/// the name that the text is known by.
///
/// Linear in the text.
///
/// ```
/// use factloom::dataset::locate_in;
/// use factloom::diagnostic::{Location, Code, FileId, Finding};
///
/// let finding = Finding::new(Code::SyntaxError, FileId(0), Location::Bytes(6..8), "`?x` cannot stand here");
/// let diagnostic = locate_in(&finding, "query", "ASK {\n?x }");
/// assert_eq!((diagnostic.line, diagnostic.column), (2, 1));
/// ```
pub fn locate_in(finding: &Finding, name: &str, text: &str) -> Diagnostic {
    let place = match &finding.location {
        Location::Bytes(range) => Cursor::new(text).place(range),
        Location::File | Location::Value { .. } => Place::default(),
    };
    place.of(finding, finding.code.severity(), name.to_owned(), finding.notes.clone())
}

#[derive(Clone, Default)]
struct Place {
    line: usize,
    column: usize,
    excerpt: Option<Excerpt>,
}

impl Place {
    /// The diagnostic of a finding that is here.
    fn of(self, finding: &Finding, severity: Severity, file: String, notes: Vec<String>) -> Diagnostic {
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

fn places_in<'a>(files: &Files, file: FileId, ats: Vec<&'a Location>) -> Vec<(&'a Location, Place)> {
    let whole_file = |ats: Vec<&'a Location>| ats.into_iter().map(|at| (at, Place::default())).collect();
    // A file that has become unreadable since leaves its problems without a line.
    let Ok(text) = files.read(file) else { return whole_file(ats) };
    let plain = blanked(&text);
    let layout = files.layout(file);
    let mut ranges: Vec<(Range<usize>, &Location)> = Vec::with_capacity(ats.len());
    let mut places = Vec::with_capacity(ats.len());
    let mut document = None;
    let mut lines: HashMap<usize, String> = HashMap::new();
    for at in ats {
        match at {
            Location::File => places.push((at, Place::default())),
            Location::Bytes(range) => ranges.push((range.clone(), at)),
            Location::Value { record, path, key } => {
                let range = match layout {
                    Layout::Lines => {
                        let line = text.get(*record..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
                        let plain = lines.entry(*record).or_insert_with(|| blanked(line));
                        let found = parse(plain).map_or(0..line.len(), |v| find(&v, path, *key));
                        found.start + record..found.end + record
                    }
                    Layout::Array | Layout::Document => {
                        let value = document.get_or_insert_with(|| parse(&plain).ok());
                        let root = value.as_ref().and_then(|v| match (layout, v) {
                            (Layout::Array, ast::Value::Array(array)) => array.elements.get(*record),
                            _ => Some(v),
                        });
                        root.map_or(0..0, |v| find(v, path, *key))
                    }
                };
                ranges.push((range, at));
            }
        }
    }
    // In the order of the text, so that lines and columns are counted once, however long a line is.
    ranges.sort_by_key(|(range, _)| (range.start, range.end));
    let mut cursor = Cursor::new(&text);
    for (range, at) in ranges {
        places.push((at, cursor.place(&range)));
    }
    places
}

/// The bytes of the value at a path, or of the nearest value around it; of an object or a list its first line.
fn find(value: &ast::Value<'_>, path: &[PathSegment], key: bool) -> Range<usize> {
    let mut value = value;
    for (index, step) in path.iter().enumerate() {
        let last = index + 1 == path.len();
        let child = match (step, value) {
            (PathSegment::Key(name), ast::Value::Object(object)) => {
                // Of a name given twice the second is meant.
                let property = object.properties.iter().rfind(|p| p.name.as_str() == name);
                if let (Some(property), true, true) = (property, last, key) {
                    let range = property.name.range();
                    return range.start..range.end;
                }
                property.map(|p| &p.value)
            }
            (PathSegment::Index(index), ast::Value::Array(array)) => array.elements.get(*index),
            // A single value where there may be a list.
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

    /// The place of a range that begins no earlier than the last one asked for.
    fn place(&mut self, range: &Range<usize>) -> Place {
        let start = floor(self.text, range.start.min(self.text.len()));
        let ahead = &self.text[self.offset..start];
        match ahead.rfind('\n') {
            Some(at) => {
                self.line += ahead.bytes().filter(|b| *b == b'\n').count();
                self.line_start = self.offset + at + 1;
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
        let end = floor(self.text, range.end.min(line_end)).max(start);
        Place { line: self.line, column: self.column, excerpt: Some(self.excerpt(start, end, line_end)) }
    }

    fn excerpt(&self, start: usize, end: usize, line_end: usize) -> Excerpt {
        let before = &self.text[self.line_start..start];
        let from = match before.char_indices().rev().nth(BEFORE) {
            Some((at, _)) if line_end - self.line_start > SHOWN => self.line_start + at,
            _ => self.line_start,
        };
        let until = match self.text[from..line_end.max(from)].char_indices().nth(SHOWN) {
            Some((at, _)) => from + at,
            None => line_end.max(start),
        };
        let end = end.min(until);
        // Nothing to underline: the character there, or the place behind the last one.
        let end = match self.text[start..until].chars().next() {
            Some(c) if end <= start => start + c.len_utf8(),
            _ => end.max(start),
        };
        Excerpt { text: self.text[from..until].to_owned(), highlight: start - from..end - from }
    }
}

fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str, ranges: &[Range<usize>]) -> Vec<(usize, usize, String)> {
        let mut cursor = Cursor::new(text);
        ranges
            .iter()
            .map(|range| {
                let place = cursor.place(range);
                let excerpt = place.excerpt.unwrap();
                (place.line, place.column, excerpt.text[excerpt.highlight].to_owned())
            })
            .collect()
    }

    #[test]
    fn columns_count_code_points() {
        let text = "ab\n  \"ščß\": \"x\"\r\nend";
        let quote = text.find("\"x\"").unwrap();
        assert_eq!(
            places(text, &[0..1, quote..quote + 3, text.len()..text.len()]),
            [(1, 1, "a".into()), (2, 10, "\"x\"".into()), (3, 4, String::new())]
        );
    }

    #[test]
    fn a_line_that_is_no_json_moves_no_place_in_the_lines_behind_it() {
        let bad = "{\"id\": \"a}\n{\"id\": \"x//y\", \"lable\": \"B\"}\n";
        let files = &*Box::leak(Box::new([
            ("factloom.json", "{\"base\": \"https://e.org/\"}"),
            ("vocabulary.ttl", ""),
            ("entities.jsonl", bad),
        ]));
        let opened = crate::dataset::Dataset::open(crate::dataset::DatasetRoot::Bundled(files), None);
        let places = locate(opened.findings, &opened.files, &Policy::default());
        let unknown = places.iter().find(|d| d.code == crate::diagnostic::Code::UnknownField).unwrap();
        assert_eq!((unknown.line, unknown.column), (2, 16));
    }

    #[test]
    fn of_a_long_line_only_the_part_around_the_words_is_shown() {
        let text = "x".repeat(100_000) + "WORD" + &"y".repeat(100_000);
        let mut cursor = Cursor::new(&text);
        let place = cursor.place(&(100_000..100_004));
        let excerpt = place.excerpt.unwrap();
        assert_eq!(place.column, 100_001);
        assert_eq!(&excerpt.text[excerpt.highlight.clone()], "WORD");
        assert_eq!(excerpt.text.len(), SHOWN);
    }
}
