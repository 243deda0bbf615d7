//! What is found out about proposals.

use crate::diagnostic::Code;
use crate::model::choices;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

choices!(
    /// The result for a proposal.
    Verdict {
        /// It is a new statement of the dataset.
        Accepted "accepted",
        /// The dataset, or an earlier proposal, has the statement. The proposal adds evidence to it.
        AddsEvidence "adds-evidence",
        /// The dataset, or an earlier proposal, has the statement with this evidence.
        Duplicate "duplicate",
        /// It cannot be read, or lacks something, or has an invalid value.
        Invalid "invalid",
        /// It names an entity, a predicate, a source or a status that the dataset does not have.
        UnknownName "unknown-name",
        /// Its subject or its object does not belong to the domain or the range of the predicate.
        Mismatch "mismatch",
        /// The source does not have the quote.
        QuoteNotFound "quote-not-found",
        /// Another source has the quote.
        QuoteInOtherSource "quote-in-other-source",
        /// The quote cuts a word.
        CutsWord "cuts-word",
        /// The quote cannot be verified, or the proposal depends on a part of the dataset that has errors.
        Unverifiable "unverifiable",
        /// It contradicts a statement of the dataset, or an earlier proposal.
        Conflict "conflict",
        /// The check has another finding about it.
        Finding "finding",
    }
);

impl Verdict {
    /// Whether the proposal stays out of the dataset, and is to be corrected. A duplicate needs no correction.
    pub fn is_rejection(self) -> bool {
        !matches!(self, Self::Accepted | Self::AddsEvidence | Self::Duplicate)
    }

    /// What it means for one or several proposals, such as `accepted`.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AddsEvidence => "adds evidence to a known statement",
            Self::Duplicate => "duplicate",
            Self::Invalid => "invalid",
            Self::UnknownName => "unknown name",
            Self::Mismatch => "does not fit the vocabulary",
            Self::QuoteNotFound => "quote not found",
            Self::QuoteInOtherSource => "quote in another source",
            Self::CutsWord => "cuts a word",
            Self::Unverifiable => "cannot be verified",
            Self::Conflict => "conflict",
            Self::Finding => "other finding",
        }
    }

    /// The verdict about a proposal with a finding.
    pub(super) fn of(code: Code) -> Self {
        match code {
            Code::SyntaxError
            | Code::MissingField
            | Code::UnknownField
            | Code::DuplicateField
            | Code::InvalidValue
            | Code::InvalidId
            | Code::DuplicateId
            | Code::InvalidLiteral
            | Code::InvalidCharacter
            | Code::MissingEvidence => Self::Invalid,
            Code::UnknownEntity | Code::UnknownPredicate | Code::UnknownSource | Code::UnknownStatus => {
                Self::UnknownName
            }
            Code::DomainMismatch | Code::RangeMismatch => Self::Mismatch,
            Code::QuoteNotFound => Self::QuoteNotFound,
            Code::QuoteInOtherSource => Self::QuoteInOtherSource,
            Code::QuoteCutsWord => Self::CutsWord,
            Code::NotLocked | Code::UnreadableFile => Self::Unverifiable,
            Code::Conflict => Self::Conflict,
            Code::DuplicateStatement => Self::Duplicate,
            _ => Self::Finding,
        }
    }
}

/// A reason for a verdict: a finding of the check, or an explanation like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The code of the finding; `None` for an explanation of the import.
    pub code: Option<Code>,
    /// What was found.
    pub message: String,
    /// What is wrong.
    pub label: String,
    /// The next step.
    pub help: String,
    /// Further details.
    pub notes: Vec<String>,
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { code, message, label, help, notes } = self;
        let mut map = serializer.serialize_map(None)?;
        if let Some(code) = code {
            map.serialize_entry("code", code.as_str())?;
        }
        map.serialize_entry("message", message)?;
        for (name, text) in [("label", label), ("help", help)] {
            if !text.is_empty() {
                map.serialize_entry(name, text)?;
            }
        }
        if !notes.is_empty() {
            map.serialize_entry("notes", notes)?;
        }
        map.end()
    }
}

impl Reason {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: None, message: message.into(), label: String::new(), help: help.into(), notes: Vec::new() }
    }
}

/// Where a proposal is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The name of the file.
    pub file: String,
    /// The line on which the proposal starts, counted from 1; 0 if that is unknown.
    #[serde(skip_serializing_if = "is_zero")]
    pub line: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// The verdict about a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Where the proposal is from.
    pub origin: Origin,
    /// The verdict.
    pub verdict: Verdict,
    /// The id of the statement, if it has one: that of the proposal, or of the statement that it repeats or adds evidence to.
    pub id: Option<String>,
    /// Why the proposal was rejected; for others, the findings that were allowed.
    pub reasons: Vec<Reason>,
    /// What was replaced or set aside.
    pub notes: Vec<String>,
}
