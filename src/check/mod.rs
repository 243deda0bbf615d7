//! Checks a [`Dataset`]: ids, classes and datatypes, quotes, conflicts and unused names.
//!
//! The result is the [`Statement`](crate::model::Statement)s without errors. All errors of the other statements are reported in one run.
//!
//! Invariant: a quote is found, apart from its typography, or there is a finding; nothing is guessed, moved or repaired.

mod alignment;
mod allow;
mod boundary;
mod browser_text;
mod checker;
mod closest_passage;
mod clues;
mod comparison;
mod conflict;
mod coverage;
mod difference_kind;
mod differences;
mod duplicates;
mod evidence;
mod evidence_checks;
mod explain;
mod facts;
mod fold;
mod ground;
mod lock;
mod lock_comparison;
mod occurrences;
mod paragraphs;
mod passage_search;
mod patterns;
mod quote_findings;
mod quote_warnings;
mod quotes;
mod reversed_period;
mod selectors;
mod sentence_index;
mod sentences;
mod similar_passages;
mod single_source;
mod source_words;
mod statements;
mod text_findings;
mod tokens;
mod types;
mod usage;
mod value;
mod word_index;

pub use allow::AllowedFinding;
pub use checker::Checker;
pub(crate) use checker::{CheckedFact, consequential_codes};
pub use conflict::{Conflict, ConflictKind, Denied, Exclusions, Side};
pub use coverage::{
    CoverageBasis, CoverageCounts, CoveredSentence, CoveringQuote, QuotePurpose, SentenceStatus, SourceCoverage,
    coverage,
};
pub(crate) use difference_kind::{Difference, DifferenceKind};
pub use evidence::EvidenceCounts;
pub(crate) use evidence_checks::{EvidenceChecks, comparable_words};
pub(crate) use fold::Folded;
pub use ground::{Alteration, Failure, MAX_MATCHES, Outcome, Quote, ground, quote_parts};
pub use lock::{Lock, LockedQuote, LockedSentence, LockedSource, QuoteKey, sha256};
pub(crate) use passage_search::{EXACT, PassageSearch, Quotation};
pub(crate) use sentence_index::SentenceIndex;
pub use sentences::{SentencePosition, sentences};
pub(crate) use similar_passages::{MIN_SCORE, SimilarPassage, Spelling};
pub use statements::Statements;

use crate::dataset::Dataset;
use crate::diagnostic::{Code, Findings};
use crate::model::Span;

/// How the lock is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LockUse {
    /// Report differences between the texts and the lock.
    #[default]
    Verify,
    /// Make a new lock from the available texts.
    Update,
}

/// How a dataset is checked.
#[derive(Clone, Copy, Default)]
pub struct CheckOptions<'a> {
    /// Whether a missing text of a source is an error.
    pub require_text: bool,
    /// How the lock is used.
    pub lock: LockUse,
    /// The [opt-in](Code::is_opt_in) codes to report.
    pub opt_in: &'a [Code],
    /// Called from any thread after the quotes of a source have been searched for.
    pub on_source: Option<&'a (dyn Fn() + Sync)>,
}

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// The statements without errors, in the order of the files.
    pub statements: Statements,
    /// The findings that the dataset acknowledges, which are not among the others.
    pub allowed: Vec<AllowedFinding>,
    /// How many statements have errors.
    pub omitted: usize,
    /// How many quotes have each status.
    pub evidence: EvidenceCounts,
    /// The spans of [`Dataset::excluded`]; `None` if a span is not known.
    pub excluded: Vec<Option<Span>>,
    /// The new lock; empty without [`LockUse::Update`].
    pub lock: Lock,
    /// How many quotes of the statements, and excluded ones, were found in a text but are not in the lock.
    pub unlocked: usize,
    /// How many quotes in the lock the dataset no longer has.
    pub unused: usize,
}

/// Reads and checks the facts of a dataset, and reports all errors. A [`Checker`] can do the same again faster.
///
/// Facts and sources are processed in parallel, in time linear in the facts, the quotes and the texts. Facts in `.jsonl` are
/// read a few megabytes at a time, and at most one text per thread is in memory. Memory is dominated by the statements:
/// about 700 bytes for a statement with a quote, half as much again during the check, and the contents of the lock.
///
/// ```
/// use factloom::check::{CheckOptions, check};
/// use factloom::dataset::{Dataset, DatasetRoot};
///
/// let files = &[
///     ("factloom.json", r#"{ "base": "https://example.org/", "sources": [{ "id": "s", "content": "A made B." }] }"#),
///     ("vocabulary.ttl", "@prefix v: <https://example.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
///         v:Thing a owl:Class . v:made a owl:ObjectProperty ."),
///     ("entities.json", r#"[{ "id": "a", "type": "Thing", "label": "A" }, { "id": "b", "type": "Thing", "label": "B" }]"#),
///     ("facts.json", r#"[{ "id": "f", "subject": "a", "predicate": "made", "object": "b",
///         "evidence": [{ "source": "s", "quote": "A made B" }] }]"#),
/// ];
/// let opened = Dataset::open(DatasetRoot::Bundled(files), None);
/// let (dataset, mut findings) = (opened.dataset.unwrap(), opened.findings);
/// let checked = check(&dataset, &CheckOptions::default(), &mut findings);
/// assert!(findings.is_empty());
/// assert_eq!(checked.evidence.verified, 1);
/// ```
pub fn check(dataset: &Dataset, options: &CheckOptions<'_>, findings: &mut Findings) -> Checked {
    Checker::default().check(dataset, options, findings)
}
