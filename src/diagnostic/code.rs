//! The codes of all findings.

use crate::model::choices;

choices!(
    /// How serious a finding is.
    Severity {
        /// The dataset cannot be built.
        Error "error",
        /// The dataset can be built.
        Warning "warning",
        /// A warning that the dataset acknowledges.
        Allowed "allowed",
    }
);

/// When a finding is reported, and how serious it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// A warning about words of a source, whose text may be unavailable.
    TextWarning,
    /// A warning that is reported only if the user enables it.
    OptIn,
    /// Such a warning about words of a source.
    TextOptIn,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $level:ident)*) => {
        choices!(
            /// The kind of a finding.
            Code { $($(#[doc = $doc])+ $variant $name),* }
        );

        impl Code {
            fn level(self) -> Level {
                match self { $(Self::$variant => Level::$level),* }
            }

            /// The meaning of the code, in one sentence.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),* }
            }
        }
    };
}

codes! {
    /// A file is not valid JSON, Turtle, SPARQL or YAML.
    SyntaxError "syntax-error" Error
    /// An object lacks a required field.
    MissingField "missing-field" Error
    /// An object has a field that is not part of its format.
    UnknownField "unknown-field" Error
    /// An object has the same field twice, or two fields that exclude each other.
    DuplicateField "duplicate-field" Error
    /// A field has a value of the wrong type, or one that is not allowed.
    InvalidValue "invalid-value" Error
    /// Two things have the same id.
    DuplicateId "duplicate-id" Error
    /// An entity, a status, a class or a predicate has two labels in one language.
    DuplicateLabel "duplicate-label" Error
    /// An id has a character other than letters, digits, `-` and `_`, is not normalised, or is reserved.
    InvalidId "invalid-id" Error
    /// The dataset has no entity with this id.
    UnknownEntity "unknown-entity" Error
    /// The vocabulary does not define this class.
    UnknownClass "unknown-class" Error
    /// The vocabulary does not define this predicate.
    UnknownPredicate "unknown-predicate" Error
    /// The dataset has no source with this id.
    UnknownSource "unknown-source" Error
    /// The status of a claim is neither built in nor declared in the manifest.
    UnknownStatus "unknown-status" Error
    /// The subject is not an instance of the predicate's domain.
    DomainMismatch "domain-mismatch" Error
    /// The object is not an instance of the predicate's range, or has another datatype.
    RangeMismatch "range-mismatch" Error
    /// A literal is not a valid value of its datatype.
    InvalidLiteral "invalid-literal" Error
    /// A string has a character that XML 1.0 does not allow.
    InvalidCharacter "invalid-character" Error
    /// The vocabulary contains a blank node.
    BlankNode "blank-node" Error
    /// A statement has no evidence, or a piece of evidence has no quote.
    MissingEvidence "missing-evidence" Error
    /// The source does not contain the quote.
    QuoteNotFound "quote-not-found" Error
    /// Another source of the dataset contains the quote.
    QuoteInOtherSource "quote-in-other-source" Error
    /// The source contains the quote more than once.
    QuoteAmbiguous "quote-ambiguous" Error
    /// The text of a source is missing, and the lock does not contain all quotes from it.
    NotLocked "not-locked" Error
    /// A file is missing or cannot be read.
    UnreadableFile "unreadable-file" Error
    /// The decorators of a stored query (`#+` lines) are invalid.
    InvalidDecorator "invalid-decorator" Error
    /// A rule is not a CONSTRUCT query, or uses a feature that rules do not support.
    UnsupportedRule "unsupported-rule" Error
    /// A rule derives a triple that does not fit the vocabulary.
    InvalidDerivation "invalid-derivation" Error
    /// A rule negates a predicate that depends on what the rule derives.
    NegationCycle "negation-cycle" Error
    /// An attribute of Graphviz would read a file outside the dataset or fetch one, or is not a safe link.
    UnsafeAttribute "unsafe-attribute" Error
    /// A rule exceeds a limit, such as those on inferences, rounds and rows.
    RuleLimit "rule-limit" Error
    /// Facts contradict each other, or a claim denies a fact.
    Conflict "conflict" Warning
    /// The start time of a statement is after its end time.
    ReversedPeriod "reversed-period" Warning
    /// The text of a source has changed since it was locked; all locked quotes were found again.
    SourceChanged "source-changed" TextWarning
    /// The text of a source is missing; the lock contains all quotes from it.
    MissingText "missing-text" Warning
    /// The lock differs from the manifest, or from a text that has not changed.
    OutdatedLock "outdated-lock" Warning
    /// Two statements have the same triple, kind, qualifiers and evidence.
    DuplicateStatement "duplicate-statement" Warning
    /// A quote begins or ends inside a word of its source.
    QuoteCutsWord "quote-cuts-word" TextWarning
    /// A quote begins with another letter case than its source.
    QuoteChangesCase "quote-changes-case" TextWarning
    /// A quote ends with a full stop where the text goes on.
    QuoteAddsFullStop "quote-adds-full-stop" TextWarning
    /// A quote omits words that negate it, make it a possibility or attribute it to others.
    NegatedContext "negated-context" TextWarning
    /// Neither the quotes of a statement nor their sentences have one of its dates or numbers.
    ValueNotInQuote "value-not-in-quote" TextWarning
    /// The text around the quotes of a statement names neither its subject nor its object.
    QuoteOffTopic "quote-off-topic" TextWarning
    /// A literal or a language tag is not in its canonical form.
    NonCanonicalLiteral "non-canonical-literal" Warning
    /// The dataset has no facts and no claims.
    EmptyDataset "empty-dataset" Warning
    /// No statement mentions this entity.
    UnusedEntity "unused-entity" Warning
    /// No statement and no rule uses this predicate.
    UnusedPredicate "unused-predicate" Warning
    /// No claim has this status.
    UnusedStatus "unused-status" Warning
    /// A link is incomplete, or has a scheme other than `http`, `https`, `mailto` and `doi`.
    UnsupportedLink "unsupported-link" Warning
    /// Names of two entities look alike, but are not equal; equal ones are not reported.
    LookalikeName "lookalike-name" Warning
    /// Graphviz does not have this attribute.
    UnknownAttribute "unknown-attribute" Warning
    /// A pattern of file names in the manifest matches no file.
    NoMatchingFile "no-matching-file" Warning
    /// An acknowledgement that no finding fits.
    UnusedAllow "unused-allow" Warning
    /// Only one independent source supports a fact.
    SingleSource "single-source" OptIn
    /// A quote that supports a fact has words that make it uncertain.
    HedgedQuote "hedged-quote" TextOptIn
    /// The sentence of a quote goes on with words that restrict it.
    ContrastAfterQuote "contrast-after-quote" TextOptIn
}

impl Code {
    /// The default severity.
    pub fn severity(self) -> Severity {
        match self.level() {
            Level::Error => Severity::Error,
            Level::Warning | Level::TextWarning | Level::OptIn | Level::TextOptIn => Severity::Warning,
        }
    }

    /// Whether the code is reported only if the user enables it.
    pub fn is_opt_in(self) -> bool {
        matches!(self.level(), Level::OptIn | Level::TextOptIn)
    }

    /// Whether it takes the text of a source to find out if there is such a finding.
    pub(crate) fn needs_text(self) -> bool {
        matches!(self.level(), Level::TextWarning | Level::TextOptIn)
    }
}
