//! The bytes that findings are about, and the diagnostics that show them.

use super::Files;
use super::json::{Layout, parse, without_comments};
use crate::diagnostic::{
    Diagnostic, FileId, Finding, Findings, IndexedText, Location, PathSegment, Policy, Severity, TextRange,
};
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// Converts findings to diagnostics under a policy, sorted by file, position and code. `files` has the names of the files, which
/// are not read.
///
/// ```
/// use factloom::dataset::{Dataset, DatasetRoot, locate};
/// use factloom::diagnostic::Policy;
///
/// let opened = Dataset::open(DatasetRoot::Bundled(&[("factloom.json", "{\n  \"titel\": \"A mill\"\n}")]), None);
/// let diagnostics = locate(opened.findings, &opened.files, &Policy::default());
/// assert!(diagnostics.iter().any(|d| (d.line, d.column) == (2, 3)));
/// ```
pub fn locate(findings: Findings, files: &Files, policy: &Policy) -> Vec<Diagnostic> {
    let unstored: Vec<Finding> = findings.unstored().collect();
    let all = findings.into_iter().chain(unstored);
    locate_with(all.filter_map(|finding| Some((policy.severity(finding.code)?, finding))), files)
}

/// The same for findings that the dataset acknowledges.
pub fn locate_allowed(findings: impl IntoIterator<Item = Finding>, files: &Files) -> Vec<Diagnostic> {
    locate_with(findings.into_iter().map(|finding| (Severity::Allowed, finding)), files)
}

fn locate_with(findings: impl Iterator<Item = (Severity, Finding)>, files: &Files) -> Vec<Diagnostic> {
    let mut located: Vec<(FileId, Diagnostic)> = findings
        .map(|(severity, finding)| {
            let related = finding.related.iter().map(|related| {
                let (line, column) = line_and_column(range(&related.location));
                format!("{}: {}:{line}:{column}", related.message, files.display_path(related.file))
            });
            let notes = finding.notes.iter().cloned().chain(related).collect();
            (finding.file, diagnostic(&finding, severity, files.display_path(finding.file), notes))
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
    let mut finding = finding.clone();
    if let Location::Bytes(bytes) = finding.location {
        finding.location = Location::Text(Arc::new(IndexedText::new(text)).range(bytes));
    }
    diagnostic(&finding, finding.code.severity(), name.to_owned(), finding.notes.clone())
}

fn diagnostic(finding: &Finding, severity: Severity, file: String, notes: Vec<String>) -> Diagnostic {
    let range = range(&finding.location);
    let (line, column) = line_and_column(range);
    Diagnostic {
        code: finding.code,
        severity,
        file,
        line,
        column,
        range: range.cloned(),
        message: finding.message.clone(),
        label: finding.label.clone(),
        help: finding.help.clone(),
        notes,
    }
}

/// The range of a location, unless it is a whole file. Stages return no other locations.
fn range(location: &Location) -> Option<&TextRange> {
    match location {
        Location::Text(range) => Some(range),
        Location::File | Location::Bytes(_) | Location::Value { .. } => None,
    }
}

/// The line and column of a range; zeros for a whole file.
fn line_and_column(range: Option<&TextRange>) -> (usize, usize) {
    range.map_or((0, 0), |range| {
        let start = range.start();
        (start.line, start.column)
    })
}

impl Files {
    /// Turns the locations of findings into ranges of the texts in which they were found. A stage calls this at its end.
    ///
    /// A text of at most [`MAX_SHARED_TEXT`](crate::diagnostic::MAX_SHARED_TEXT) bytes is still in memory. A longer one is read
    /// once more; if it has changed since it was checked, its findings are about the whole file.
    ///
    /// Only records with findings are parsed. Linear in the findings and in the length of the files with findings.
    pub(crate) fn resolve_locations(&self, findings: &mut [Finding]) {
        let mut unresolved: BTreeMap<FileId, Vec<&mut Location>> = BTreeMap::new();
        for finding in findings {
            let related = finding.related.iter_mut().map(|related| (related.file, &mut related.location));
            for (file, location) in [(finding.file, &mut finding.location)].into_iter().chain(related) {
                if matches!(location, Location::Bytes(_) | Location::Value { .. }) {
                    unresolved.entry(file).or_default().push(location);
                }
            }
        }
        for (file, locations) in unresolved {
            match self.checked_text(file) {
                Some(text) => resolve(&text, self.layout(file), locations),
                None => locations.into_iter().for_each(|location| *location = Location::File),
            }
        }
    }
}

/// Turns the locations of findings in a text into ranges. Each record with findings is parsed once.
fn resolve(text: &Arc<IndexedText>, layout: Layout, locations: Vec<&mut Location>) {
    let mut by_record: BTreeMap<usize, Vec<&mut Location>> = BTreeMap::new();
    for location in locations {
        match location {
            Location::Value { record, .. } => by_record.entry(*record).or_default().push(location),
            Location::Bytes(bytes) => *location = Location::Text(text.range(bytes.clone())),
            Location::File | Location::Text(_) => {}
        }
    }
    let elements = match layout {
        Layout::Array if !by_record.is_empty() => elements(text),
        _ => Vec::new(),
    };
    for (record, locations) in by_record {
        let bytes = match layout {
            Layout::Document => 0..text.len(),
            Layout::Array => elements.get(record).cloned().unwrap_or(0..0),
            Layout::Lines => {
                let line = text.get(record..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
                record..record + line.len()
            }
        };
        let json = without_comments(&text[bytes.clone()]);
        let value = parse(&json).ok();
        let mut members = Members::default();
        for location in locations {
            if let Location::Value { path, key, .. } = &*location {
                let found = value.as_ref().map_or(0..bytes.len(), |value| range_of(value, path, *key, &mut members));
                *location = Location::Text(text.range(found.start + bytes.start..found.end + bytes.start));
            }
        }
    }
}

/// The bytes of the elements of a JSON array, which may contain comments.
pub(crate) fn elements(text: &str) -> Vec<Range<usize>> {
    let json = without_comments(text);
    let elements: Vec<&RawValue> = serde_json::from_str(&json).unwrap_or_default();
    let range = |element: &RawValue| {
        let start = element.get().as_ptr().addr() - json.as_ptr().addr();
        start..start + element.get().len()
    };
    elements.into_iter().map(range).collect()
}

/// The bytes of the value at a path in a record, which is a JSON value that may contain comments at some bytes of a text. If there is no
/// such value, those of the innermost one on the path.
pub(crate) fn value_range(text: &str, record: Range<usize>, path: &[PathSegment]) -> Option<Range<usize>> {
    let json = without_comments(&text[record.clone()]);
    let value = parse(&json).ok()?;
    let found = range_of(&value, path, false, &mut Members::default());
    Some(found.start + record.start..found.end + record.start)
}

/// The indices of the members of objects by their names, to find many of them in linear time. Of members with the same name, the last.
#[derive(Default)]
struct Members<'a>(HashMap<Range<usize>, HashMap<&'a str, usize>>);

impl<'a> Members<'a> {
    fn find(&mut self, object: &'a ast::Object<'_>, name: &str) -> Option<&'a ast::ObjectProp<'a>> {
        let index = self.0.entry(object.start()..object.end()).or_insert_with(|| {
            object.properties.iter().enumerate().map(|(index, property)| (property.name.as_str(), index)).collect()
        });
        index.get(name).map(|index| &object.properties[*index])
    }
}

/// The bytes of the value at a path, or of the innermost existing value on that path.
fn range_of<'a>(value: &'a ast::Value<'a>, path: &[PathSegment], key: bool, members: &mut Members<'a>) -> Range<usize> {
    let mut value = value;
    for (index, step) in path.iter().enumerate() {
        let is_last = index + 1 == path.len();
        let child = match (step, value) {
            (PathSegment::Key(name), ast::Value::Object(object)) => {
                // The finding about duplicate members points to the last one.
                let property = members.find(object, name);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Dataset, DatasetRoot, SizeLimit};
    use crate::diagnostic::Code;
    use crate::files::{PathScope, ReadOptions};

    #[test]
    fn an_invalid_line_does_not_shift_the_positions_of_later_lines() {
        let bad = "{\"id\": \"a}\n{\"id\": \"x//y\", \"lable\": \"B\"}\n";
        let files = &*Box::leak(Box::new([
            ("factloom.json", "{\"base\": \"https://e.org/\"}"),
            ("vocabulary.ttl", ""),
            ("entities.jsonl", bad),
        ]));
        let opened = Dataset::open(DatasetRoot::Bundled(files), None);
        let diagnostics = locate(opened.findings, &opened.files, &Policy::default());
        let unknown = diagnostics.iter().find(|d| d.code == Code::UnknownField).unwrap();
        assert_eq!((unknown.line, unknown.column), (2, 16));
    }

    #[test]
    fn elements_after_comments_have_their_own_positions() {
        let text = "[ // [1, 2]\n {\"id\": \"é\"}, /* , */ {\"id\": \"b\", /* é */ \"x\": 1 },\n]";
        let at = |record, member: &str, key| {
            let mut location = Location::Value { record, path: vec![member.into()], key };
            resolve(&Arc::new(IndexedText::new(text)), Layout::Array, vec![&mut location]);
            &text[range(&location).unwrap().bytes()]
        };
        assert_eq!(at(0, "id", false), "\"é\"");
        assert_eq!(at(1, "x", true), "\"x\"");
        assert_eq!(at(1, "x", false), "1");
        assert_eq!(at(1, "missing", false), "{\"id\": \"b\", /* é */ \"x\": 1 }");
    }

    #[test]
    fn findings_are_shown_as_they_were_found_even_if_the_files_have_changed_since() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("factloom.json"), "{\"base\": \"https://e.org/\",\n \"titel\": \"A\"}").unwrap();
        std::fs::write(path("vocabulary.ttl"), "").unwrap();
        let entities = "{\"id\": \"a\", \"lable\": \"A\"}\n".repeat(9_000);
        std::fs::write(path("entities.jsonl"), entities).unwrap();
        let opened = Dataset::open(DatasetRoot::Directory(directory.path().to_owned()), None);
        for name in ["factloom.json", "entities.jsonl"] {
            std::fs::remove_file(path(name)).unwrap();
        }
        let diagnostics = locate(opened.findings, &opened.files, &Policy::default());
        let shown = |d: &Diagnostic| (d.line, d.column, d.range.as_ref().unwrap().excerpt().text);
        let unknown: Vec<_> = diagnostics.iter().filter(|d| d.code == Code::UnknownField).map(shown).collect();
        assert_eq!(unknown.len(), 9_001);
        assert_eq!(unknown[0], (2, 2, " \"titel\": \"A\"}".to_owned()));
        assert_eq!(unknown[9_000], (9_000, 13, "{\"id\": \"a\", \"lable\": \"A\"}".to_owned()));
    }

    #[test]
    fn a_long_file_that_changes_before_its_findings_are_located_has_findings_without_lines() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("entities.jsonl");
        std::fs::write(&path, " ".repeat(100_000) + "\n{}").unwrap();
        let mut files = Files::new(DatasetRoot::Directory(directory.path().to_owned()), ReadOptions::default());
        let file = files.add("entities.jsonl", Layout::Lines, PathScope::Inside, SizeLimit::DATA);
        files.read(file).unwrap();
        let located = |files: &Files| {
            let mut findings = [Finding::new(Code::InvalidValue, file, Location::Bytes(100_001..100_003), "")];
            files.resolve_locations(&mut findings);
            let [finding] = findings;
            range(&finding.location).map(|range| range.start().line)
        };
        assert_eq!(located(&files), Some(2));
        std::fs::write(&path, "{}").unwrap();
        assert_eq!(located(&files), None);
    }
}
