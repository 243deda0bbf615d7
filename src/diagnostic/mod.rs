//! Problems in a dataset: what is wrong, where, what was expected, and what to do next.
//!
//! The stages report [`Finding`]s, whose place is a record and a path in it, so that the fast reading need not keep
//! positions. [`dataset::locate`](crate::dataset::locate) reads a file with findings once more and turns them into
//! [`Diagnostic`]s, whose place is a line and a column, with the line itself.
//!
//! Invariant: nothing here reads a file or prints.

mod code;
mod render;
mod suggest;

pub use code::{Code, Severity};
pub use render::{TextStyle, write_github, write_github_error, write_json, write_text};
pub use suggest::{Suggestions, closest};

/// A file of a dataset: its number in [`Dataset::files`](crate::dataset::Dataset::files).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A step from a JSON value to one inside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathSegment {
    /// To a member of an object.
    Key(String),
    /// To an element of an array, counted from 0.
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

/// Where in a file a finding is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// The file as a whole.
    File,
    /// A run of bytes of the file's text.
    Bytes(std::ops::Range<usize>),
    /// A value in a record of a JSON file.
    Value {
        /// The record: an element of the array, counted from 0, or the byte at which a line of a `.jsonl` file begins.
        record: usize,
        /// The way from the record to the value.
        path: Vec<PathSegment>,
        /// Whether the member's name is meant and not its value.
        key: bool,
    },
}

/// A problem as a stage reports it.
///
/// ```
/// use factloom::diagnostic::{Location, Code, FileId, Finding};
///
/// let finding = Finding::new(Code::UnknownEntity, FileId(0), Location::File, "no entity has the id `mil`");
/// let finding = finding.label("the id of an entity").help("did you mean `mill`?");
/// assert_eq!(finding.code.as_str(), "unknown-entity");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of problem it is.
    pub code: Code,
    /// The file.
    pub file: FileId,
    /// The place in the file.
    pub at: Location,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// What was expected, beside the underlined words.
    pub label: String,
    /// The next step.
    pub help: String,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// Other places that have to do with it.
    pub related: Vec<Related>,
}

/// Another place that has to do with a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What is there, such as `the first one`.
    pub message: String,
    /// The file.
    pub file: FileId,
    /// The place in the file.
    pub at: Location,
}

impl Finding {
    /// A finding without expectation, help and notes.
    pub fn new(code: Code, file: FileId, at: Location, message: impl Into<String>) -> Self {
        Self {
            code,
            file,
            at,
            message: message.into(),
            label: String::new(),
            help: String::new(),
            notes: Vec::new(),
            related: Vec::new(),
        }
    }

    /// Says what was expected.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds what else there is to know.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Points to another place.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, file: FileId, at: Location) -> Self {
        self.related.push(Related { message: message.into(), file, at });
        self
    }
}

/// A line of a file, cut to what can be shown, with the words meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line without its end; of a long one the part around the words.
    pub text: String,
    /// The words, as bytes of `text`.
    pub words: std::ops::Range<usize>,
}

/// A problem with its place, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem it is.
    pub code: Code,
    /// Whether it keeps the dataset from being built.
    pub severity: Severity,
    /// The file, as a path from the working folder or as the user named it.
    pub file: String,
    /// The line, counted from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The column, in code points counted from 1; 0 where the file as a whole is meant.
    pub column: usize,
    /// The line itself, where there is one.
    pub excerpt: Option<Excerpt>,
    /// What is wrong.
    pub message: String,
    /// What was expected.
    pub label: String,
    /// The next step.
    pub help: String,
    /// What else there is to know.
    pub notes: Vec<String>,
}

/// Which codes count as errors and which are not reported, as the user asked.
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
    /// Warnings that are not reported; errors always are.
    pub allow: Vec<Code>,
    /// Warnings to report that are reported [only when asked for](Code::is_opt_in); denying one by name asks for it, too.
    pub warn: Vec<Code>,
}

impl Policy {
    /// The severity of a code under this policy; `None` where it is not reported.
    ///
    /// Only warnings can be allowed: what is an error by itself cannot be built.
    pub fn severity(&self, code: Code) -> Option<Severity> {
        match code.severity() {
            Severity::Error => Some(Severity::Error),
            Severity::Warning if self.deny.contains(&code) => Some(Severity::Error),
            Severity::Warning if self.allow.contains(&code) => None,
            Severity::Warning if code.is_opt_in() && !self.warn.contains(&code) => None,
            Severity::Warning if self.deny_warnings => Some(Severity::Error),
            Severity::Warning => Some(Severity::Warning),
        }
    }

    /// The codes to look for that are looked for [only when asked](Code::is_opt_in).
    pub fn opt_in_codes(&self) -> Vec<Code> {
        let asked = |code: &Code| code.is_opt_in() && self.severity(*code).is_some();
        Code::ALL.iter().copied().filter(asked).collect()
    }
}
