//! Finds the quotes from one source, and compares them with the lock.

use super::closest_passage::Passages;
use super::clues::Clues;
use super::coverage::SentenceIndex;
use super::evidence_checks::{EvidenceChecks, Observation};
use super::explain::{code_of_loss, explain, warn};
use super::ground::{Outcome, Quote, ground};
use super::lock::{LockedQuote, LockedSentence, LockedSource, QuoteKey, sha256};
use super::source_words::{FoundQuote, source_words};
use super::{CheckOptions, LockUse};
use crate::dataset::{Dataset, HashedText, Source, SourceText};
use crate::diagnostic::{Code, FileId, Finding, Findings};
use crate::escape::url;
use crate::model::{CodePointIndex, Evidence, Selector, SourceWords, Span, Statement};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
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
}

impl EvidenceCounts {
    /// The number of quotes.
    pub fn quotes(&self) -> usize {
        self.verified + self.locked + self.cited
    }
}

/// A quote to find.
pub(super) struct QuoteRequest<'a> {
    pub quote: &'a str,
    pub selector: &'a Selector,
    /// The statement and its piece of evidence; `None` for a quote that the manifest excludes.
    pub supported: Option<(&'a Statement, &'a Evidence)>,
}

impl QuoteRequest<'_> {
    fn key(&self) -> QuoteKey {
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

/// Explains why quotes from a source were not found, as long as the findings would be stored. Counts them by code.
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
}

/// Why the text of a source was not used.
#[derive(Debug)]
pub(super) enum TextProblem {
    TooLarge,
    /// The file is missing. This is an error only if a quote is not locked, or the text is [required](CheckOptions::require_text).
    Missing,
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
    };
    let mut result = SourceResult { state, quotes: Vec::new(), locked: None };
    let lost = || QuoteResult::Lost(Loss { explanation: Explanation::Source, is_locked: false });
    match dataset.hashed_text(source) {
        Ok(Some(HashedText { text, .. })) if u32::try_from(text.len()).is_err() => {
            result.state.problem = Some(TextProblem::TooLarge);
            result.quotes = requests.iter().map(|_| lost()).collect();
        }
        Ok(Some(text)) => {
            find_in_text(source, &text, requests, checks, &mut result);
            if options.lock == LockUse::Update {
                let redistributable = dataset.is_redistributable(source);
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
            result.quotes = requests.iter().map(|_| lost()).collect();
        }
    }
    result
}

fn find_in_lock(source: &Source, requests: &[QuoteRequest<'_>], result: &mut SourceResult) {
    let locked = result.state.locked.as_deref();
    let find = |request: &QuoteRequest<'_>| match locked.and_then(|locked| locked.quotes.get(&request.key())) {
        Some(LockedQuote { span, words, .. }) => QuoteResult::Found {
            span: span.clone(),
            words: words.clone(),
            lock: LockStatus::Same,
            warnings: Vec::new(),
            observation: Observation::default(),
        },
        None => QuoteResult::Lost(Loss { explanation: Explanation::Source, is_locked: false }),
    };
    result.quotes = requests.iter().map(find).collect();
    if result.state.lock_use == LockUse::Update {
        // The requests are all quotes from the source.
        result.locked = locked.map(|locked| {
            let keys: HashSet<QuoteKey> = requests.iter().map(QuoteRequest::key).collect();
            let quotes = locked.quotes.iter().filter(|(key, _)| keys.contains(key));
            let quotes = quotes.map(|(key, quote)| (key.clone(), quote.clone())).collect();
            let redistributable = source.redistributable.unwrap_or(locked.redistributable);
            LockedSource { sha256: locked.sha256.clone(), length: locked.length, redistributable, quotes }
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
    let outcomes = if quotes.is_empty() { Vec::new() } else { ground(text, &quotes) };
    let comparison = (state.lock_use == LockUse::Verify).then(|| Comparison::new(hashed, state.locked.as_deref()));
    state.has_changed = comparison.as_ref().is_some_and(|comparison| comparison.has_changed);
    let clues = clues(text, requests, &outcomes);
    let (passages, mut explanations) = (OnceCell::new(), Explanations::default());
    let checks = checks.of_source(source, text);
    let find = |(number, (request, outcome)): (usize, (&QuoteRequest<'_>, &Outcome))| {
        let passages = || passages.get_or_init(|| Passages::new(text));
        if let Outcome::Found(span) | Outcome::Altered(span, _) = outcome {
            let lock = comparison.as_ref().map(|comparison| comparison.status(request, span)).unwrap_or_default();
            let mut warnings = match outcome {
                Outcome::Altered(_, alterations) => warn(source, span, alterations, passages()),
                _ => Vec::new(),
            };
            let (doubts, observation) = request
                .supported
                .map(|(statement, evidence)| checks.check(statement, evidence, span))
                .unwrap_or_default();
            warnings.extend(doubts);
            let warnings = warnings.into_iter().map(|finding| explanations.next(finding.code, || finding)).collect();
            return QuoteResult::Found { span: span.clone(), words: None, lock, warnings, observation };
        }
        let before = comparison.as_ref().and_then(|comparison| comparison.locked(request));
        let explanation = explanations.next(code_of_loss(outcome), || {
            let none = Clues::default();
            let finding = explain(source, request, outcome, passages(), clues.get(&number).unwrap_or(&none));
            match before {
                None => finding,
                Some(LockedQuote { span, .. }) => {
                    let (line, column) = (span.line(), span.column());
                    finding.note(format!("when it was locked, the quote was at {}:{line}:{column}", source.id))
                }
            }
        });
        QuoteResult::Lost(Loss { explanation, is_locked: before.is_some() })
    };
    result.quotes = requests.iter().zip(&outcomes).enumerate().map(find).collect();
    let has_page = source.url.as_deref().is_some_and(url::is_web_address);
    add_words(text, has_page, requests, &mut result.quotes);
}

/// Clues about the quotes whose absence will be explained, by their indices.
fn clues(text: &str, requests: &[QuoteRequest<'_>], outcomes: &[Outcome]) -> HashMap<usize, Clues> {
    let is_absent = |outcome: &Outcome| matches!(outcome, Outcome::NotFound { matches: 0, cut_number: None, .. });
    let absent = (0..outcomes.len()).filter(|number| is_absent(&outcomes[*number]));
    let absent: Vec<usize> = absent.take(Findings::MAX_PER_CODE).collect();
    let quotes: Vec<&str> = absent.iter().map(|number| requests[*number].quote).collect();
    absent.into_iter().zip(Clues::find(text, &quotes)).collect()
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

/// Compares the quotes in a text with those in the lock.
struct Comparison<'a> {
    text: &'a str,
    locked: Option<&'a LockedSource>,
    /// Whether the text has another hash than the lock.
    has_changed: bool,
    /// Whether the lock is about the normalised text, so that positions can be compared.
    has_same_positions: bool,
    sentences: OnceCell<SentenceIndex<'a>>,
}

impl<'a> Comparison<'a> {
    fn new(text: &'a HashedText<'_>, locked: Option<&'a LockedSource>) -> Self {
        let is_locked = |sha256: &String| locked.is_some_and(|locked| locked.sha256 == *sha256);
        let is_same = is_locked(&text.sha256);
        // A lock of version 1 is about the text before it was normalised.
        let is_same_unnormalized = !is_same && is_locked(&text.unnormalized_sha256);
        Self {
            text: &text.text,
            locked,
            has_changed: locked.is_some() && !is_same && !is_same_unnormalized,
            has_same_positions: !is_same_unnormalized,
            sentences: OnceCell::new(),
        }
    }

    fn locked(&self, request: &QuoteRequest<'_>) -> Option<&LockedQuote> {
        self.locked?.quotes.get(&request.key())
    }

    fn status(&self, request: &QuoteRequest<'_>, span: &Span) -> LockStatus {
        let Some(before) = self.locked(request) else { return LockStatus::NotLocked };
        let has_moved = self.has_same_positions && before.span != *span;
        let is_other_sentence = |before: &LockedSentence| {
            let sentences = self.sentences.get_or_init(|| SentenceIndex::new(self.text));
            sentences.around(span).is_none_or(|(_, sentence)| sha256(sentence) != before.sha256)
        };
        let has_other_sentence = self.has_changed && before.sentence.as_ref().is_some_and(is_other_sentence);
        match has_moved || has_other_sentence {
            true => LockStatus::Changed { has_moved, has_other_sentence },
            false => LockStatus::Same,
        }
    }
}

/// The lock entry of a source.
fn locked_source(text: &HashedText<'_>, requests: &[QuoteRequest<'_>], results: &[QuoteResult]) -> LockedSource {
    let HashedText { text, sha256: hash, .. } = text;
    let code_points = CodePointIndex::new(text);
    let byte = |code_point| code_points.byte(text, code_point).unwrap_or(text.len());
    let sentences = SentenceIndex::new(text);
    let quotes = requests.iter().zip(results).filter_map(|(request, result)| {
        let QuoteResult::Found { span, words, .. } = result else { return None };
        let quoted = &text[byte(span.start())..byte(span.end())];
        let sentence = sentences.around(span).map(|(points, sentence)| LockedSentence {
            start: points.start,
            end: points.end,
            sha256: sha256(sentence),
        });
        Some((
            request.key(),
            LockedQuote { sha256: sha256(quoted), span: span.clone(), words: words.clone(), sentence },
        ))
    });
    LockedSource {
        sha256: hash.clone(),
        length: code_points.count(),
        quotes: quotes.collect(),
        ..LockedSource::default()
    }
}
