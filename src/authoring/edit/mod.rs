//! Edits of JSON files that keep their formatting and comments, and change only what they must.
//!
//! Invariant: text outside the edited ranges stays the same, byte for byte.

mod diff;
mod list;
mod style;

pub(super) use diff::{FileEdit, unified_diff};
pub(super) use list::{append_items, list_of_records};
pub(super) use style::{ItemStyle, one_line, several_lines};

use crate::files::PathScope;
use std::ops::Range;

/// A file of a dataset with its new content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its name, relative to the manifest.
    pub name: String,
    /// Where it may be.
    pub scope: PathScope,
    /// Its new content.
    pub text: String,
    /// The difference in the unified format.
    pub diff: String,
}

impl ChangedFile {
    /// A file inside the dataset, whose text is edited. A new file has an empty text.
    pub(super) fn new(name: &str, text: &str, edits: &[TextEdit]) -> Self {
        let diff = unified_diff(&FileEdit { name, text, edits });
        Self { name: name.to_owned(), scope: PathScope::Inside, text: apply(text, edits), diff }
    }
}

/// A replacement of some bytes of a text. An empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TextEdit {
    pub range: Range<usize>,
    pub text: String,
}

impl TextEdit {
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { range: at..at, text: text.into() }
    }
}

/// The line end that a text has.
pub(super) fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The edit that adds lines at the end of a text.
pub(super) fn append_lines(text: &str, lines: impl IntoIterator<Item = String>) -> TextEdit {
    let line_end = line_end(text);
    let mut added = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        added.push_str(line_end);
    }
    for line in lines {
        added.push_str(&line);
        added.push_str(line_end);
    }
    TextEdit::insert(text.len(), added)
}

/// Applies edits, which do not overlap. Insertions at the same byte keep their order.
pub(super) fn apply(text: &str, edits: &[TextEdit]) -> String {
    let mut sorted: Vec<&TextEdit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.range.start);
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut edited = String::with_capacity(text.len() + added);
    let mut end = 0;
    for edit in sorted {
        debug_assert!(edit.range.start >= end, "edits do not overlap");
        edited.push_str(&text[end..edit.range.start]);
        edited.push_str(&edit.text);
        end = edit.range.end;
    }
    edited.push_str(&text[end..]);
    edited
}
