//! The codes of all problems: stable names to filter, allow and look up.

use std::fmt;
use std::str::FromStr;

/// Whether a problem keeps a dataset from being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $severity:ident)*) => {
        /// A kind of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $variant),* }

        impl Code {
            /// All codes, errors first, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code's stable name, in kebab case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The severity of the code by itself.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),* }
            }

            /// What the code means, in one sentence.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),* }
            }
        }
    };
}

codes! {
    /// The text does not follow the format of its file.
    SyntaxError "syntax" Error
    /// An object has a field that the format does not know.
    UnknownField "unknown-field" Error
    /// An id is given twice.
    DuplicateId "duplicate-id" Error
    /// An id holds something other than letters, digits, `-` and `_`.
    InvalidId "bad-id" Error
    /// No entity has this id.
    UnknownEntity "unknown-entity" Error
    /// The vocabulary defines no such class.
    UnknownClass "unknown-class" Error
    /// The vocabulary defines no such predicate.
    UnknownPredicate "unknown-predicate" Error
    /// No source has this id.
    UnknownSource "unknown-source" Error
    /// The subject is not of the class that the predicate is said of.
    DomainMismatch "domain-mismatch" Error
    /// The object is not of the class or datatype that the predicate leads to.
    RangeMismatch "range-mismatch" Error
    /// A literal is no value of its datatype.
    InvalidLiteral "bad-literal" Error
    /// A text holds a character that XML 1.0 cannot hold.
    InvalidCharacter "bad-character" Error
    /// A statement has no evidence, or evidence has no quote.
    MissingEvidence "missing-evidence" Error
    /// The quote is not in its source.
    QuoteNotFound "quote-not-found" Error
    /// The quote is in its source more than once.
    QuoteAmbiguous "quote-ambiguous" Error
    /// The source's text is not the one that the lock was made from.
    SourceChanged "stale-source" Error
    /// The source's text is not at hand, and the lock does not hold the quote.
    NotLocked "not-locked" Error
    /// A file cannot be read.
    UnreadableFile "unreadable" Error
    /// Two facts, or a fact and a denial of it, cannot both hold.
    Conflict "conflict" Warning
    /// A statement is given twice, with the same qualifiers, claim and evidence.
    DuplicateStatement "duplicate-fact" Warning
    /// A literal is kept in another form than the one that is written.
    NonCanonicalLiteral "non-canonical" Warning
    /// No statement speaks of this entity.
    UnusedEntity "unused-entity" Warning
    /// No statement or rule uses this predicate.
    UnusedPredicate "unused-predicate" Warning
    /// Graphviz knows no such attribute of what the style gives it to.
    UnknownAttribute "unknown-attribute" Warning
    /// One independent source alone states a fact; reported only when asked for.
    SingleSource "single-source" Warning
}

impl Code {
    /// Whether problems of this kind are looked for only when someone asks for them by name: in a sound dataset there are as
    /// many as there are facts.
    pub fn is_opt_in(self) -> bool {
        matches!(self, Self::SingleSource)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|c| c.as_str() == text).ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

/// There is no code of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no code `{0}`")]
pub struct UnknownCode(String);
