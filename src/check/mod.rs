//! Checking a [`Dataset`]: what its facts mean, whether they fit the vocabulary, and whether their quotes hold.
//!
//! What comes out are [`Statement`]s that can be trusted: every name in them is known, every literal is a value of its
//! datatype, every quote was found or is locked. What is wrong with the others is said in findings, all in one run.
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
pub use evidence::{EvidenceCounts, LockUse};
pub use ground::{MAX_MATCHES, Outcome, Quote, ground, quote_parts};
pub use lock::{Lock, LockedQuote, LockedSource, QuoteKey, sha256};

use crate::dataset::{Dataset, SourceText};
use crate::diagnostic::{Code, Finding};
use crate::model::{Span, Statement};
use usage::Identified;

/// How a dataset is checked.
#[derive(Clone, Copy, Default)]
pub struct CheckOptions<'a> {
    /// Whether it is an error that a source's text is not at hand.
    pub require_text: bool,
    /// How quotes are held against the lock.
    pub lock: LockUse,
    /// What to look for of what is looked for [only when asked](Code::is_opt_in).
    pub opt_in: &'a [Code],
    /// Called after each source whose quotes were looked for, from any thread.
    pub on_source: Option<&'a (dyn Fn() + Sync)>,
}

/// What a check found to hold.
#[derive(Debug)]
pub struct Checked {
    /// The statements with nothing wrong, in the order of the files.
    pub statements: Vec<Statement>,
    /// How many statements were left out because something is wrong with them.
    pub dropped: usize,
    /// How well the evidence of the statements holds.
    pub evidence: EvidenceCounts,
    /// Where each of [`Dataset::excluded`] lies; `None` where that is not known.
    pub excluded: Vec<Option<Span>>,
    /// What the lock is to hold; complete only where it was renewed.
    pub lock: Lock,
    /// Quotes that were found in a text and that the lock does not hold.
    pub unlocked: usize,
}

/// Reads the facts of a dataset, checks them, and reports all that is wrong. Texts that stand in the dataset itself are taken
/// out of it once their quotes are found.
///
/// Linear in the facts, the quotes and the texts; facts and sources are gone through in parallel. Facts in `.jsonl` are
/// read some megabytes at a time, and of texts in files as many are in memory as there are threads. So the memory is that
/// of the statements, some 700 bytes for one with a quote, and half as much again for as long as the check lasts; with
/// what the lock holds, where there is one.
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
    let (mut drafts, used) = types::drafts(dataset, findings);
    let read = drafts.len();
    // A damaged lock is no obstacle to making it anew: what it held and nobody else knows will be missed.
    let before = findings.len();
    let lock = Lock::read(&dataset.files, dataset.lock_file, findings);
    if options.lock == LockUse::Update {
        findings.truncate(before);
    }
    let on_source = options.on_source.unwrap_or(&|| {});
    let evidence =
        evidence::resolve(dataset, &mut drafts, lock, options.lock, options.require_text, on_source, findings);
    for source in &mut dataset.sources {
        if let SourceText::Inline(text) = &mut source.text {
            *text = String::new();
        }
    }
    let Identified { statements, places, merged } = usage::identify(drafts, &dataset.names, findings);
    usage::unused(dataset, &used, findings);
    conflict::report(dataset, &statements, &places, findings);
    if options.opt_in.contains(&Code::SingleSource) {
        single_source::report(dataset, &statements, &places, findings);
    }
    Checked {
        dropped: read - statements.len() - merged,
        evidence: evidence.counts(&statements),
        statements,
        excluded: evidence.excluded,
        lock: evidence.lock,
        unlocked: evidence.unlocked,
    }
}
