//! Findings in a dataset, and how they are shown.
//!
//! Within a stage, a [`Finding`] is located by record and path, so that readers do not track positions. The stage ends by
//! turning these locations into ranges of bytes of the text that it read ([`TextRange`]). Lines and columns are computed from
//! them when the finding is shown, so that no file is read again.
//!
//! Invariant: this module reads no files and prints nothing.

mod code;
mod findings;
mod fix;
mod io_message;
mod line_index;
mod render;
mod suggest;
mod turtle_error;

pub use code::{Code, Severity};
pub use findings::Findings;
pub use fix::{Fix, Suggestion};
pub(crate) use io_message::io_message;
pub use line_index::{IndexedText, LineIndex, MAX_SHARED_TEXT, TextPosition, TextRange};
pub use render::{TextStyle, write_github, write_json, write_jsonl, write_text};
pub(crate) use suggest::suggest;
pub(crate) use suggest::{SUGGESTION_BUDGET, closest_name, edit_distance};
pub use suggest::{Suggestions, closest, closest_or_longer, did_you_mean, one_of};
pub(crate) use turtle_error::TurtleError;

use crate::model::StatementId;
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// A file of a dataset: its number in [`Dataset::files`](crate::dataset::Dataset::files).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// One segment of the path to a value in a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathSegment {
    /// A member of an object.
    Key(String),
    /// An element of an array, counted from 0.
    Index(usize),
}

impl From<&str> for PathSegment {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for PathSegment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Where in a file a finding is located.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// The whole file.
    File,
    /// A range of bytes in the text that was checked.
    Text(TextRange),
    /// A range of bytes. Only within a stage.
    Bytes(std::ops::Range<usize>),
    /// A value in a record of a JSON file. Only within a stage.
    Value {
        /// The index of an array element, or the byte offset of a line in a `.jsonl` file.
        record: usize,
        /// The path from the record to the value.
        path: Vec<PathSegment>,
        /// Whether the finding is about the member's name instead of its value.
        key: bool,
    },
}

impl Location {
    /// The location of a member of the value.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        let mut location = self.clone();
        if let Self::Value { path, .. } = &mut location {
            path.push(name.into());
        }
        location
    }

    /// The location of an item of the value, counted from 0.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        let mut location = self.clone();
        if let Self::Value { path, .. } = &mut location {
            path.push(index.into());
        }
        location
    }
}

/// A problem found in a dataset.
///
/// ```
/// use factloom::diagnostic::{Location, Code, FileId, Finding};
///
/// let finding = Finding::new(Code::UnknownEntity, FileId(0), Location::File, "unknown entity `mil`");
/// let finding = finding.label("not an entity of the dataset").help("did you mean `mill`?");
/// assert_eq!(finding.code.as_str(), "unknown-entity");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind.
    pub code: Code,
    /// The file.
    pub file: FileId,
    /// The location in the file.
    pub location: Location,
    /// What was found, in lower case and without a full stop.
    pub message: String,
    /// What is wrong at the location; may be empty.
    pub label: String,
    /// The next step; may be empty.
    pub help: String,
    /// Further details.
    pub notes: Vec<String>,
    /// Related locations.
    pub related: Vec<Related>,
    /// The sides of a conflict; empty for other codes.
    pub sides: Vec<ConflictSide>,
    /// The only right correction, if there is one.
    pub fix: Option<Fix>,
}

/// The ids of the statements that agree with each other in a conflict, in the order of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictSide(pub Vec<StatementId>);

/// A location related to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// A description, such as `first defined here`.
    pub message: String,
    /// The file.
    pub file: FileId,
    /// The location in the file.
    pub location: Location,
}

impl Finding {
    /// Creates a finding without label, help and notes.
    pub fn new(code: Code, file: FileId, location: Location, message: impl Into<String>) -> Self {
        Self {
            code,
            file,
            location,
            message: message.into(),
            label: String::new(),
            help: String::new(),
            notes: Vec::new(),
            related: Vec::new(),
            sides: Vec::new(),
            fix: None,
        }
    }

    /// Sets the label.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Sets the correction that a program can apply.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// Sets the help, and the correction if there is only one.
    #[must_use]
    pub fn suggestion(self, suggestion: impl Into<Suggestion>) -> Self {
        let suggestion = suggestion.into();
        let fix = suggestion.fix();
        self.help(suggestion.help).fix(fix)
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a related location.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, file: FileId, location: Location) -> Self {
        self.related.push(Related { message: message.into(), file, location });
        self
    }
}

/// A line of a file, shortened if it is long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line without its terminator, or the part of a long line around the highlight.
    pub text: String,
    /// The bytes of `text` to underline.
    pub highlight: std::ops::Range<usize>,
}

/// A finding with its position, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The kind.
    #[serde(serialize_with = "as_string")]
    pub code: Code,
    /// The severity under the user's policy.
    #[serde(serialize_with = "as_string")]
    pub severity: Severity,
    /// The path of the file, relative to the working directory or as the user wrote it.
    pub file: String,
    /// The line, counted from 1; 0 for the whole file.
    #[serde(skip_serializing_if = "is_zero")]
    pub line: usize,
    /// The column in code points, counted from 1; 0 for the whole file.
    #[serde(skip_serializing_if = "is_zero")]
    pub column: usize,
    /// The bytes, from which positions in other units follow; `None` for the whole file.
    #[serde(skip)]
    pub range: Option<TextRange>,
    /// What was found.
    pub message: String,
    /// What is wrong at the position; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The next step; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Further details.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

fn as_string<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Which codes are errors, and which are not reported.
///
/// ```
/// use factloom::diagnostic::{Code, Policy, Severity};
///
/// let policy = Policy { deny: vec![Code::UnusedEntity], ..Policy::default() };
/// assert_eq!(policy.severity(Code::UnusedEntity), Some(Severity::Error));
/// assert_eq!(policy.severity(Code::NonCanonicalLiteral), Some(Severity::Warning));
/// assert_eq!(policy.severity(Code::SingleSource), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Warnings that count as errors.
    pub deny: Vec<Code>,
    /// Whether all warnings count as errors.
    pub deny_warnings: bool,
    /// Warnings that are not reported. Errors are always reported.
    pub allow: Vec<Code>,
    /// [Opt-in](Code::is_opt_in) warnings to report. Denying an opt-in warning enables it, too.
    pub warn: Vec<Code>,
}

impl Policy {
    /// The severity of a code under this policy, or `None` if it is not reported.
    pub fn severity(&self, code: Code) -> Option<Severity> {
        match code.severity() {
            Severity::Error => Some(Severity::Error),
            Severity::Warning if self.deny.contains(&code) => Some(Severity::Error),
            Severity::Warning if self.allow.contains(&code) => None,
            Severity::Warning if code.is_opt_in() && !self.warn.contains(&code) => None,
            Severity::Warning if self.deny_warnings => Some(Severity::Error),
            severity => Some(severity),
        }
    }

    /// The [opt-in](Code::is_opt_in) codes that are enabled.
    pub fn opt_in_codes(&self) -> Vec<Code> {
        let is_enabled = |code: &Code| code.is_opt_in() && self.severity(*code).is_some();
        Code::ALL.iter().copied().filter(is_enabled).collect()
    }
}
