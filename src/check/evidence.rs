//! Finds the quotes from one source, and compares them with the lock.

use super::evidence_checks::{EvidenceChecks, Observation, SupportingQuote};
use super::explain::explain_all;
use super::fold::Folded;
use super::ground::{Failure, Outcome, Quote, ground_in};
use super::lock::{LockedQuote, LockedSource, QuoteKey};
use super::lock_comparison::{LockComparison, locked_source, locked_warning};
use super::source_words::{FoundQuote, source_words};
use super::{CheckOptions, LockUse};
use crate::dataset::{Dataset, HashedText, Source, SourceText};
use crate::diagnostic::{Code, FileId, Finding, Findings};
use crate::escape::url;
use crate::model::{Selector, SourceWords, Span};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;

/// How many quotes have each status, including those that the manifest excludes. Quotes from a source with the same words and the
/// same selector count once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceCounts {
    /// The quote was found in the text of its source.
    pub verified: usize,
    /// The text is unavailable, and the lock contains the quote.
    pub locked: usize,
    /// The source has no text.
    pub cited: usize,
    /// Not a quote, but a note from background.
    pub background: usize,
    /// The quote is only in statements with errors, or is an excluded one that was not found. These are not among the others.
    pub omitted: usize,
}

impl EvidenceCounts {
    /// The number of quotes of the statements, and of the excluded ones.
    pub fn quotes(&self) -> usize {
        self.verified + self.locked + self.cited
    }
}

/// A quote to find.
pub(super) struct QuoteRequest<'a> {
    pub quote: &'a str,
    pub selector: &'a Selector,
    /// The statement and its piece of evidence; `None` for a quote that the manifest excludes.
    pub supported: Option<SupportingQuote<'a>>,
}

impl QuoteRequest<'_> {
    pub(super) fn key(&self) -> QuoteKey {
        QuoteKey { quote: self.quote.to_owned(), selector: self.selector.clone() }
    }
}

/// What was found out about a quote.
#[derive(Clone, Debug)]
pub(super) enum QuoteResult {
    /// It was found in the text or in the lock.
    Found {
        span: Span,
        /// What the source has there.
        words: Option<Box<SourceWords>>,
        lock: LockStatus,
        /// Findings about how the quote differs from the text, and about the words around it.
        warnings: Vec<Explanation>,
        observation: Observation,
    },
    /// The source has no text.
    Cited,
    /// It was not found.
    Lost(Loss),
}

/// How a quote that was found in a text compares with its entry in the lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LockStatus {
    /// They are the same, or were not compared.
    #[default]
    Same,
    /// The lock lacks the quote.
    NotLocked,
    /// The quote is elsewhere, or in another sentence.
    Changed { has_moved: bool, has_other_sentence: bool },
}

/// Why a quote was not found.
#[derive(Clone, Debug)]
pub(super) struct Loss {
    pub explanation: Explanation,
    /// Whether the lock contains the quote.
    pub is_locked: bool,
    /// Whether the text lacks the words of the quote, so that another source may have them.
    pub is_absent: bool,
}

/// The finding about a quote that was not found, or that differs from the text.
#[derive(Clone, Debug)]
pub(super) enum Explanation {
    Finding(Box<Finding>),
    /// Its code: it is only counted, as there are [many](Findings::MAX_PER_CODE) others about quotes from the same source.
    Counted(Code),
    /// The finding is about the source as a whole.
    Source,
}

impl Explanation {
    /// Reports the finding, if it is about the quote.
    pub(super) fn report(&self, file: FileId, findings: &mut Findings) {
        match self {
            Self::Finding(finding) => findings.push((**finding).clone()),
            Self::Counted(code) => findings.count(*code, file, 1),
            Self::Source => {}
        }
    }

    pub(super) fn finding_mut(&mut self) -> Option<&mut Finding> {
        match self {
            Self::Finding(finding) => Some(finding),
            Self::Counted(_) | Self::Source => None,
        }
    }

    /// The code of the finding, if it is about the quote.
    pub(super) fn code(&self) -> Option<Code> {
        match self {
            Self::Finding(finding) => Some(finding.code),
            Self::Counted(code) => Some(*code),
            Self::Source => None,
        }
    }
}

impl QuoteResult {
    /// The findings about the quote.
    pub(super) fn findings_mut(&mut self) -> impl Iterator<Item = &mut Finding> {
        let explanations = match self {
            Self::Found { warnings, .. } => &mut warnings[..],
            Self::Lost(loss) => std::slice::from_mut(&mut loss.explanation),
            Self::Cited => &mut [],
        };
        explanations.iter_mut().filter_map(Explanation::finding_mut)
    }
}

/// Makes findings, as long as they would be stored. Counts them by code.
#[derive(Default)]
struct Explanations(FxHashMap<Code, usize>);

impl Explanations {
    fn next(&mut self, code: Code, explain: impl FnOnce() -> Finding) -> Explanation {
        let count = self.0.entry(code).or_default();
        *count += 1;
        match *count <= Findings::MAX_PER_CODE {
            true => Explanation::Finding(Box::new(explain())),
            false => Explanation::Counted(code),
        }
    }
}

/// How the quotes from a source were verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    Text,
    Lock,
    /// Not at all: the source has no text.
    None,
}

/// What the results for the quotes from a source depend on, and what was found out about its text.
#[derive(Debug)]
pub(super) struct SourceState {
    /// The [revision](crate::dataset::Files) of the text.
    pub revision: u64,
    /// The SHA-256 of the text before it was normalised; `None` without a text.
    pub sha256: Option<String>,
    pub locked: Option<Arc<LockedSource>>,
    pub lock_use: LockUse,
    pub basis: Basis,
    pub problem: Option<TextProblem>,
    /// Whether the text has another hash than the lock.
    pub has_changed: bool,
    /// Whether the lock has another length of the same text.
    pub has_other_length: bool,
}

/// Why the text of a source was not used.
#[derive(Debug)]
pub(super) enum TextProblem {
    TooLarge,
    /// The file is missing. This is an error only if a quote is not locked, or the text is [required](CheckOptions::require_text).
    Missing,
    /// It has no words. This is an error only if there are quotes from it.
    Empty,
    Unreadable(String),
}

/// The state of a source, and the results for the requested quotes in their order.
pub(super) struct SourceResult {
    pub state: SourceState,
    pub quotes: Vec<QuoteResult>,
    /// The new lock entry; complete only with [`LockUse::Update`].
    pub locked: Option<LockedSource>,
}

/// Finds quotes from a source. `locked` is the source's entry in the lock.
pub(super) fn find_quotes(
    dataset: &Dataset,
    source: &Source,
    requests: &[QuoteRequest<'_>],
    locked: Option<Arc<LockedSource>>,
    checks: &EvidenceChecks<'_>,
    options: &CheckOptions<'_>,
) -> SourceResult {
    let state = SourceState {
        revision: dataset.text_revision(source),
        sha256: None,
        locked,
        lock_use: options.lock,
        basis: Basis::Text,
        problem: None,
        has_changed: false,
        has_other_length: false,
    };
    let mut result = SourceResult { state, quotes: Vec::new(), locked: None };
    match dataset.hashed_text(source) {
        Ok(Some(HashedText { text, .. })) if u32::try_from(text.len()).is_err() => {
            result.state.problem = Some(TextProblem::TooLarge);
            result.quotes = lost(requests);
        }
        Ok(Some(text)) if text.text.trim().is_empty() => {
            result.state.problem = Some(TextProblem::Empty);
            result.quotes = lost(requests);
            result.state.sha256 = Some(text.unnormalized_sha256);
        }
        Ok(Some(text)) => {
            find_in_text(source, &text, requests, checks, &mut result);
            if options.lock == LockUse::Update {
                let redistributable = dataset.is_redistributable(source, &text.text);
                result.locked =
                    Some(LockedSource { redistributable, ..locked_source(&text, requests, &result.quotes) });
            }
            result.state.sha256 = Some(text.unnormalized_sha256);
        }
        Ok(None) if source.text == SourceText::None => {
            result.state.basis = Basis::None;
            result.quotes = requests.iter().map(|_| QuoteResult::Cited).collect();
        }
        Ok(None) => {
            result.state.basis = Basis::Lock;
            result.state.problem = Some(TextProblem::Missing);
            find_in_lock(source, requests, &mut result);
        }
        Err(error) => {
            result.state.problem = Some(TextProblem::Unreadable(error.to_string()));
            result.quotes = lost(requests);
        }
    }
    result
}

/// The results if the text of the source is not usable, which is a finding about the source.
fn lost(requests: &[QuoteRequest<'_>]) -> Vec<QuoteResult> {
    let loss = Loss { explanation: Explanation::Source, is_locked: false, is_absent: false };
    vec![QuoteResult::Lost(loss); requests.len()]
}

fn find_in_lock(source: &Source, requests: &[QuoteRequest<'_>], result: &mut SourceResult) {
    let locked = result.state.locked.as_deref();
    let mut explanations = Explanations::default();
    result.quotes = lost(requests);
    for (request, result) in requests.iter().zip(&mut result.quotes) {
        let Some(quote) = locked.and_then(|locked| locked.quotes.get(&request.key())) else { continue };
        let LockedQuote { span, words, warnings, .. } = quote;
        let warning = |code: &Code| explanations.next(*code, || locked_warning(source, *code, words.as_deref()));
        *result = QuoteResult::Found {
            span: span.clone(),
            words: words.clone(),
            lock: LockStatus::Same,
            warnings: warnings.iter().map(warning).collect(),
            observation: Observation::default(),
        };
    }
    if result.state.lock_use == LockUse::Update {
        // The requests are all quotes from the source.
        result.locked = locked.map(|locked| {
            let keys: HashSet<QuoteKey> = requests.iter().map(QuoteRequest::key).collect();
            let quotes = locked.quotes.iter().filter(|(key, _)| keys.contains(key));
            let quotes = quotes.map(|(key, quote)| (key.clone(), quote.clone())).collect();
            let redistributable = source.redistributable.unwrap_or(locked.redistributable);
            let (sha256, sentences) = (locked.sha256.clone(), locked.sentences.clone());
            LockedSource { sha256, length: locked.length, redistributable, sentences, quotes }
        });
    }
}

fn find_in_text(
    source: &Source,
    hashed: &HashedText<'_>,
    requests: &[QuoteRequest<'_>],
    checks: &EvidenceChecks<'_>,
    result: &mut SourceResult,
) {
    let (state, text) = (&mut result.state, &*hashed.text);
    let quotes: Vec<Quote<'_>> = requests.iter().map(|r| Quote { text: r.quote, selector: r.selector }).collect();
    let folded = if quotes.is_empty() { Folded::default() } else { Folded::new(text) };
    let outcomes = ground_in(&folded, &quotes);
    let comparison = (state.lock_use == LockUse::Verify).then(|| LockComparison::new(hashed, state.locked.as_deref()));
    state.has_changed = comparison.as_ref().is_some_and(|comparison| comparison.has_changed);
    state.has_other_length = comparison.as_ref().is_some_and(LockComparison::has_other_length);
    let has_changed = state.has_changed;
    let mut explanations = explain_all(source, (text, &folded), requests, &outcomes);
    let (checks, mut doubts_stored) = (checks.of_source(source, text), Explanations::default());
    let find = |(number, (request, outcome)): (usize, (&QuoteRequest<'_>, &Outcome))| {
        let mut explanations = explanations.remove(&number).unwrap_or_default();
        if let Outcome::Found(span) | Outcome::Altered(span, _) = outcome {
            let lock = comparison.as_ref().map(|comparison| comparison.status(request, span)).unwrap_or_default();
            let (doubts, observation) =
                request.supported.map(|supported| checks.check(supported, span)).unwrap_or_default();
            let mut warnings = explanations;
            warnings.extend(doubts.into_iter().map(|finding| doubts_stored.next(finding.code, || finding)));
            return QuoteResult::Found { span: span.clone(), words: None, lock, warnings, observation };
        }
        let before = comparison.as_ref().and_then(|comparison| comparison.locked(request));
        // There is exactly one.
        let mut explanation = explanations.pop().unwrap_or(Explanation::Source);
        if let (Some(LockedQuote { span, .. }), Some(finding)) = (before, explanation.finding_mut()) {
            if has_changed {
                finding.notes.push(format!("the text of `{}` has changed since it was locked", source.id));
            }
            let (line, column) = (span.line(), span.column());
            finding.notes.push(format!("when it was locked, the quote was at {}:{line}:{column}", source.id));
        }
        let is_absent = matches!(outcome, Outcome::Failed(Failure::NotFound { matches: 0, .. }));
        QuoteResult::Lost(Loss { explanation, is_locked: before.is_some(), is_absent })
    };
    result.quotes = requests.iter().zip(&outcomes).enumerate().map(find).collect();
    let has_page = source.url.as_deref().is_some_and(url::is_web_address);
    add_words(text, has_page, requests, &mut result.quotes);
}

/// Adds to the quotes that were found in a text what it has there.
fn add_words(text: &str, has_page: bool, requests: &[QuoteRequest<'_>], quotes: &mut [QuoteResult]) {
    let found = requests.iter().zip(&*quotes).filter_map(|(request, result)| match result {
        QuoteResult::Found { span, .. } => Some(FoundQuote { quote: request.quote, selector: request.selector, span }),
        QuoteResult::Cited | QuoteResult::Lost(_) => None,
    });
    let found: Vec<FoundQuote<'_>> = found.collect();
    let mut all = source_words(text, has_page, &found).into_iter();
    for result in quotes {
        if let QuoteResult::Found { words, .. } = result {
            *words = all.next().flatten();
        }
    }
}
