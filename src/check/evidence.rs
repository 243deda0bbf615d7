//! Finds the quotes from one source, and compares them with the lock.

use super::closest_passage::Passages;
use super::explain::{code_of_loss, explain, unlocated};
use super::ground::{Outcome, Quote, ground};
use super::lock::{LockedQuote, LockedSource, QuoteKey, sha256};
use super::{CheckOptions, LockUse};
use crate::dataset::{Dataset, Source, SourceText};
use crate::diagnostic::{Code, FileId, Finding, Findings};
use crate::model::{Selector, Span};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;

/// The number of pieces of evidence with each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceCounts {
    /// The quote was found in the text of its source.
    pub verified: usize,
    /// The text is unavailable, and the lock contains the quote.
    pub locked: usize,
    /// The source has no text.
    pub cited: usize,
    /// Background: a note without a quote.
    pub background: usize,
}

/// A quote to find.
pub(super) struct QuoteRequest<'a> {
    pub quote: &'a str,
    pub selector: &'a Selector,
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
        /// Whether it was found in a text, but is not in the lock.
        is_unlocked: bool,
    },
    /// The source has no text.
    Cited,
    /// It was not found.
    Lost(Loss),
}

/// Why a quote was not found.
#[derive(Clone, Debug)]
pub(super) struct Loss {
    pub explanation: Explanation,
    /// Whether the quote differs from the lock.
    pub is_change: bool,
}

/// The finding about a quote that was not found.
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
}

/// Explains why quotes from a source were not found, as long as the findings would be stored.
#[derive(Default)]
struct Explanations(usize);

impl Explanations {
    fn lost(&mut self, code: Code, is_change: bool, explain: impl FnOnce() -> Finding) -> QuoteResult {
        self.0 += 1;
        let explanation = match self.0 <= Findings::MAX_PER_CODE {
            true => Explanation::Finding(Box::new(Finding { code, ..explain() })),
            false => Explanation::Counted(code),
        };
        QuoteResult::Lost(Loss { explanation, is_change })
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
    /// The SHA-256 of the text; `None` without a text.
    pub sha256: Option<String>,
    pub locked: Option<Arc<LockedSource>>,
    pub lock_use: LockUse,
    pub require_text: bool,
    pub basis: Basis,
    pub problem: Option<TextProblem>,
    /// Whether the text has another hash than the lock.
    pub differs_from_lock: bool,
}

/// Why the text of a source was not used.
#[derive(Debug)]
pub(super) enum TextProblem {
    TooLarge,
    /// It is missing, and [required](CheckOptions::require_text).
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
    options: &CheckOptions<'_>,
) -> SourceResult {
    let state = SourceState {
        revision: dataset.text_revision(source),
        sha256: None,
        locked,
        lock_use: options.lock,
        require_text: options.require_text,
        basis: Basis::Text,
        problem: None,
        differs_from_lock: false,
    };
    let unreadable = || QuoteResult::Lost(Loss { explanation: Explanation::Source, is_change: false });
    let mut result = SourceResult { state, quotes: Vec::new(), locked: None };
    match dataset.text_with_sha256(source) {
        Ok(Some((text, _))) if u32::try_from(text.len()).is_err() => {
            result.state.problem = Some(TextProblem::TooLarge);
            result.quotes = requests.iter().map(|_| unreadable()).collect();
        }
        Ok(Some((text, sha256))) => {
            result.state.sha256 = Some(sha256);
            find_in_text(source, &text, requests, &mut result);
        }
        Ok(None) if source.text == SourceText::None => {
            result.state.basis = Basis::None;
            result.quotes = requests.iter().map(|_| QuoteResult::Cited).collect();
        }
        Ok(None) => {
            result.state.basis = Basis::Lock;
            result.state.problem = options.require_text.then_some(TextProblem::Missing);
            find_in_lock(source, requests, &mut result);
        }
        Err(error) => {
            result.state.problem = Some(TextProblem::Unreadable(error.to_string()));
            result.quotes = requests.iter().map(|_| unreadable()).collect();
        }
    }
    result
}

impl TextProblem {
    pub(super) fn finding(&self, source: &Source) -> Finding {
        let finding = |message| finding_at_text(source, Code::UnreadableFile, message);
        match self {
            Self::TooLarge => finding(format!("the text of `{}` exceeds 4 GiB", source.id))
                .label("too large")
                .help("split the text into several sources"),
            Self::Missing => finding(format!("the text of `{}` is missing", source.id))
                .label("file not found")
                .help("add the file, or pass its directory with --source-dir"),
            Self::Unreadable(message) => {
                finding(message.clone()).help("use a UTF-8 text file in the dataset's directory or in --source-dir")
            }
        }
    }
}

/// A finding at the file name of a source's text.
fn finding_at_text(source: &Source, code: Code, message: String) -> Finding {
    let (file, location) = &source.location;
    Finding::new(code, *file, location.member("text"), message)
}

/// The finding that the text of a source has another hash than the lock, although all its quotes are the same.
pub(super) fn changed_text(source: &Source) -> Finding {
    let message = format!("the text of `{}` has changed", source.id);
    let finding = finding_at_text(source, Code::SourceChanged, message);
    finding.label("differs from the locked text").help(UPDATE_LOCK)
}

const UPDATE_LOCK: &str = "review the change, then accept it with `factloom lock`";

fn find_in_lock(source: &Source, requests: &[QuoteRequest<'_>], result: &mut SourceResult) {
    let locked = result.state.locked.as_deref();
    let mut explanations = Explanations::default();
    let find = |request: &QuoteRequest<'_>| match locked.and_then(|locked| locked.quotes.get(&request.key())) {
        Some(quote) => QuoteResult::Found { span: quote.span.clone(), is_unlocked: false },
        None => explanations.lost(Code::NotLocked, false, || {
            let message = format!("the text of `{}` is unavailable, and the quote is not locked", source.id);
            let help = "run `factloom lock --source-dir DIR` with the directory that contains the text";
            unlocated(Code::NotLocked, message).label("not in factloom.lock").help(help)
        }),
    };
    result.quotes = requests.iter().map(find).collect();
    if result.state.lock_use == LockUse::Update {
        // The requests are all quotes from the source.
        result.locked = locked.map(|locked| {
            let keys: HashSet<QuoteKey> = requests.iter().map(QuoteRequest::key).collect();
            let quotes = locked.quotes.iter().filter(|(key, _)| keys.contains(key));
            let quotes = quotes.map(|(key, quote)| (key.clone(), quote.clone())).collect();
            LockedSource { sha256: locked.sha256.clone(), length: locked.length, quotes }
        });
    }
}

fn find_in_text(source: &Source, text: &str, requests: &[QuoteRequest<'_>], result: &mut SourceResult) {
    let state = &mut result.state;
    let quotes: Vec<Quote<'_>> = requests.iter().map(|r| Quote { text: r.quote, selector: r.selector }).collect();
    let outcomes = if quotes.is_empty() { Vec::new() } else { ground(text, &quotes) };
    let clues = super::clues::Clues::default();
    let verified = state.locked.as_deref().filter(|_| state.lock_use == LockUse::Verify);
    state.differs_from_lock = verified.is_some_and(|locked| Some(&locked.sha256) != state.sha256.as_ref());
    let (mut passages, mut explanations) = (None, Explanations::default());
    let find = |(request, outcome): (&QuoteRequest<'_>, &Outcome)| {
        let before = verified.and_then(|locked| locked.quotes.get(&request.key())).map(|quote| &quote.span);
        match (outcome, before) {
            (Outcome::Found(span) | Outcome::Altered(span, _), Some(before)) if before != span => {
                explanations.lost(Code::SourceChanged, true, || {
                    let position = |span: &Span| format!("{}:{}", span.line(), span.column());
                    let (from, to) = (position(before), position(span));
                    let message = format!("the quote has moved from {from} to {to} in `{}`", source.id);
                    unlocated(Code::SourceChanged, message)
                        .label("factloom.lock has another position")
                        .help(UPDATE_LOCK)
                })
            }
            (Outcome::Found(span) | Outcome::Altered(span, _), _) => {
                QuoteResult::Found { span: span.clone(), is_unlocked: before.is_none() }
            }
            (_, before) => {
                let code = before.map_or(code_of_loss(outcome), |_| Code::SourceChanged);
                explanations.lost(code, before.is_some(), || {
                    let passages = passages.get_or_insert_with(|| Passages::new(text));
                    let finding = explain(source, request, outcome, passages, &clues);
                    match before {
                        None => finding,
                        Some(before) => {
                            let label = format!("was at {}:{} when it was locked", before.line(), before.column());
                            let message = format!("the quote is no longer in `{}`", source.id);
                            let help = "quote the text as it is now, then run `factloom lock`".to_owned();
                            Finding { message, label, help, ..finding }
                        }
                    }
                })
            }
        }
    };
    result.quotes = requests.iter().zip(&outcomes).map(find).collect();
    if state.lock_use == LockUse::Update {
        result.locked = Some(locked_source(text, requests, &result.quotes));
    }
}

/// The lock entry of a source.
fn locked_source(text: &str, requests: &[QuoteRequest<'_>], results: &[QuoteResult]) -> LockedSource {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let quotes = requests.iter().zip(results).filter_map(|(request, result)| {
        let QuoteResult::Found { span, .. } = result else { return None };
        let words = &text[bytes[span.start() as usize]..bytes[span.end() as usize]];
        Some((request.key(), LockedQuote { sha256: sha256(words), span: span.clone() }))
    });
    LockedSource { sha256: sha256(text), length: (bytes.len() - 1) as u32, quotes: quotes.collect() }
}
