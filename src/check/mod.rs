//! Checks a [`Dataset`]: ids, classes and datatypes, quotes, conflicts and unused names.
//!
//! The result is the [`Statement`]s without errors. All errors of the other statements are reported in one run.
//!
//! Invariant: a quote is found exactly or not at all; nothing is guessed, moved or repaired.

mod closest_passage;
mod conflict;
mod coverage;
mod evidence;
mod fold;
mod ground;
mod lock;
mod single_source;
mod types;
mod usage;
mod value;

pub use conflict::{Conflict, ConflictKind, Exclusions, Side};
pub use coverage::{Sentence, sentences};
pub use evidence::EvidenceCounts;
pub use ground::{MAX_MATCHES, Outcome, Quote, ground, quote_parts};
pub use lock::{Lock, LockedQuote, LockedSource, QuoteKey, sha256};

use crate::dataset::{Dataset, MANIFEST, SourceText};
use crate::diagnostic::{Code, Finding, Location, Severity};
use crate::model::{Span, Statement};
use std::path::Path;
use usage::UniqueStatements;

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
    pub statements: Vec<Statement>,
    /// How many statements have errors.
    pub omitted: usize,
    /// The status of the evidence of the statements.
    pub evidence: EvidenceCounts,
    /// The spans of [`Dataset::excluded`]; `None` if a span is not known.
    pub excluded: Vec<Option<Span>>,
    /// The new lock; complete only with [`LockUse::Update`].
    pub lock: Lock,
    /// How many quotes were found in a text but are not in the lock.
    pub unlocked: usize,
}

/// Reads and checks the facts of a dataset, and reports all errors. Texts embedded in the dataset are removed from it once
/// their quotes have been found.
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
/// let (mut dataset, mut findings) = (opened.dataset.unwrap(), opened.findings);
/// let checked = check(&mut dataset, &CheckOptions::default(), &mut findings);
/// assert!(findings.is_empty());
/// assert_eq!(checked.evidence.verified, 1);
/// ```
pub fn check(dataset: &mut Dataset, options: &CheckOptions<'_>, findings: &mut Vec<Finding>) -> Checked {
    let suppressed = consequential_codes(dataset, findings);
    let (mut drafts, used) = types::drafts(dataset, findings);
    let draft_count = drafts.len();
    let finding_count = findings.len();
    let lock = Lock::read(&dataset.files, dataset.lock_file, findings);
    if options.lock == LockUse::Update {
        // A corrupt lock can be replaced.
        findings.truncate(finding_count);
    }
    let evidence = evidence::resolve(dataset, &mut drafts, lock, options, findings);
    for source in &mut dataset.sources {
        if let SourceText::Inline(text) = &mut source.text {
            *text = String::new();
        }
    }
    let UniqueStatements { statements, records, merged } =
        usage::unique_statements(drafts, &dataset.namespaces, findings);
    if draft_count > 0 {
        usage::report_unused(dataset, &used, findings);
    } else if findings.iter().all(|finding| finding.code.severity() == Severity::Warning) {
        let finding =
            Finding::new(Code::EmptyDataset, dataset.manifest_file, Location::File, "the dataset has no facts");
        findings.push(finding.help("add facts to `facts.json`, or create an example dataset with `factloom init`"));
    }
    conflict::report(dataset, &statements, &records, findings);
    if options.opt_in.contains(&Code::SingleSource) {
        single_source::report(dataset, &statements, &records, findings);
    }
    findings.retain(|finding| !suppressed.contains(&finding.code));
    Checked {
        omitted: draft_count - statements.len() - merged,
        evidence: evidence.counts(&statements),
        statements,
        excluded: evidence.excluded,
        lock: evidence.lock,
        unlocked: evidence.unlocked,
    }
}

/// The codes of findings that may only follow from incomplete definitions: the findings reported while the dataset was opened
/// show that a file cannot be read, or that an id is invalid.
fn consequential_codes(dataset: &Dataset, findings: &[Finding]) -> Vec<Code> {
    const ENTITIES: &[Code] = &[Code::UnknownEntity, Code::UnusedEntity];
    const VOCABULARY: &[Code] = &[Code::UnknownClass, Code::UnknownPredicate, Code::UnusedPredicate];
    let explained = findings.iter().map(|finding| {
        let name = dataset.files.name(finding.file);
        let is_vocabulary = Path::new(name).extension().is_some_and(|extension| extension == "ttl");
        match finding.code {
            // The manifest lists the files of both.
            Code::SyntaxError | Code::UnreadableFile if name == MANIFEST => [ENTITIES, VOCABULARY].concat(),
            Code::SyntaxError | Code::UnreadableFile if is_vocabulary => VOCABULARY.to_vec(),
            Code::InvalidId if name == MANIFEST => vec![Code::UnknownSource],
            Code::SyntaxError | Code::UnreadableFile | Code::InvalidId => ENTITIES.to_vec(),
            _ => Vec::new(),
        }
    });
    explained.flatten().collect()
}
