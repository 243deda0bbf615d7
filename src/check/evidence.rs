//! Finds all quotes of a dataset, source by source, and compares them with the lock.

use super::closest_passage::Passages;
use super::ground::{self, MAX_MATCHES, Outcome, Quote, ground};
use super::lock::{Lock, LockedQuote, LockedSource, QuoteKey, sha256};
use super::types::Draft;
use super::{CheckOptions, LockUse};
use crate::dataset::{Dataset, Source, SourceText};
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::model::{Selector, SourceId, Span, Statement};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

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

/// What a quote belongs to.
#[derive(Clone, Copy)]
enum Owner {
    /// A piece of evidence of a draft.
    Evidence { draft: u32, index: u32 },
    /// A quote that the manifest excludes.
    Excluded(u32),
}

impl Owner {
    fn request<'a>(self, drafts: &'a [Draft], dataset: &'a Dataset) -> QuoteRequest<'a> {
        static ANY: Selector = Selector { nth: None, prefix: None, suffix: None };
        match self {
            Self::Evidence { draft, index } => {
                let draft = &drafts[draft as usize];
                let (index, evidence) = &draft.evidence[index as usize];
                let quote = evidence.quote.as_deref().unwrap_or_default();
                let location = QuoteLocation::Evidence(draft.record, *index);
                QuoteRequest { quote, selector: &evidence.selector, location }
            }
            Self::Excluded(number) => {
                let excluded = &dataset.excluded[number as usize];
                let location = QuoteLocation::Excluded(&excluded.location);
                QuoteRequest { quote: &excluded.quote, selector: &ANY, location }
            }
        }
    }
}

/// A quote to find.
struct QuoteRequest<'a> {
    quote: &'a str,
    selector: &'a Selector,
    location: QuoteLocation<'a>,
}

enum QuoteLocation<'a> {
    Evidence((FileId, usize), usize),
    Excluded(&'a (FileId, Location)),
}

impl QuoteRequest<'_> {
    fn key(&self) -> QuoteKey {
        QuoteKey { quote: self.quote.to_owned(), selector: self.selector.clone() }
    }

    fn finding(&self, code: Code, message: impl Into<String>) -> Finding {
        let (file, location) = match self.location {
            QuoteLocation::Evidence((file, record), index) => {
                let path = vec!["evidence".into(), index.into(), "quote".into()];
                (file, Location::Value { record, path, key: false })
            }
            QuoteLocation::Excluded(location) => location.clone(),
        };
        Finding::new(code, file, location, message)
    }
}

/// The results for the quotes from one source.
struct SourceResult {
    /// The span of each quote, in the order of the requests.
    spans: Vec<Option<Span>>,
    findings: Vec<Finding>,
    locked: Option<LockedSource>,
    basis: Basis,
    unlocked: usize,
}

/// How the quotes from a source were verified.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Basis {
    Text,
    Lock,
    /// Not at all: the source has no text.
    None,
}

/// The results for all quotes.
pub(super) struct EvidenceResult {
    bases: HashMap<SourceId, Basis>,
    pub excluded: Vec<Option<Span>>,
    pub lock: Lock,
    pub unlocked: usize,
}

impl EvidenceResult {
    pub(super) fn counts(&self, statements: &[Statement]) -> EvidenceCounts {
        let mut counts = EvidenceCounts::default();
        for evidence in statements.iter().flat_map(|statement| &statement.evidence) {
            match (&evidence.quote, self.bases.get(&evidence.source)) {
                (None, _) => counts.background += 1,
                (Some(_), Some(Basis::Text)) => counts.verified += 1,
                (Some(_), Some(Basis::Lock)) => counts.locked += 1,
                (Some(_), Some(Basis::None) | None) => counts.cited += 1,
            }
        }
        counts
    }
}

/// Finds each quote and sets its span in the drafts. Drafts with a quote that is not found become invalid.
pub(super) fn resolve(
    dataset: &Dataset,
    drafts: &mut [Draft],
    mut lock: Lock,
    options: &CheckOptions<'_>,
    findings: &mut Vec<Finding>,
) -> EvidenceResult {
    let mut owners: Vec<Vec<Owner>> = dataset.sources.iter().map(|_| Vec::new()).collect();
    let mut add = |source: &SourceId, owner| {
        // Drafts and excluded quotes only have known sources.
        if let Some(number) = dataset.source_number(source.as_str()) {
            owners[number].push(owner);
        }
    };
    for (number, draft) in drafts.iter().enumerate() {
        for (index, (_, evidence)) in draft.evidence.iter().enumerate().filter(|(_, (_, e))| e.quote.is_some()) {
            add(&evidence.source, Owner::Evidence { draft: number as u32, index: index as u32 });
        }
    }
    for (number, excluded) in dataset.excluded.iter().enumerate() {
        add(&excluded.source, Owner::Excluded(number as u32));
    }
    let locked: Vec<Option<LockedSource>> = dataset.sources.iter().map(|source| lock.take(&source.id)).collect();
    let all = &*drafts;
    let resolve_source = |((source, owners), locked): ((&Source, &Vec<Owner>), Option<LockedSource>)| {
        let requests: Vec<QuoteRequest<'_>> = owners.iter().map(|owner| owner.request(all, dataset)).collect();
        let result = resolve_source(dataset, source, &requests, locked, options);
        if let Some(on_source) = options.on_source {
            on_source();
        }
        result
    };
    let results: Vec<SourceResult> = dataset.sources.par_iter().zip(&owners).zip(locked).map(resolve_source).collect();

    let mut all = EvidenceResult {
        bases: HashMap::new(),
        excluded: vec![None; dataset.excluded.len()],
        lock: Lock::default(),
        unlocked: results.iter().map(|result| result.unlocked).sum(),
    };
    for ((source, owners), result) in dataset.sources.iter().zip(owners).zip(results) {
        findings.extend(result.findings);
        all.bases.insert(source.id.clone(), result.basis);
        if let Some(locked) = result.locked {
            all.lock.insert(source.id.clone(), locked);
        }
        for (owner, span) in owners.into_iter().zip(result.spans) {
            match owner {
                Owner::Excluded(number) => all.excluded[number as usize] = span,
                Owner::Evidence { draft, index } => {
                    let draft = &mut drafts[draft as usize];
                    draft.is_valid &= span.is_some() || result.basis == Basis::None;
                    draft.evidence[index as usize].1.span = span;
                }
            }
        }
    }
    all
}

fn resolve_source(
    dataset: &Dataset,
    source: &Source,
    requests: &[QuoteRequest<'_>],
    locked: Option<LockedSource>,
    options: &CheckOptions<'_>,
) -> SourceResult {
    let spans = vec![None; requests.len()];
    let mut result = SourceResult { spans, findings: Vec::new(), locked: None, basis: Basis::Text, unlocked: 0 };
    match dataset.text(source) {
        Ok(Some(text)) if u32::try_from(text.len()).is_err() => {
            let message = format!("the text of `{}` exceeds 4 GiB", source.id);
            let finding = finding_at_text(source, Code::UnreadableFile, message);
            result.findings.push(finding.label("too large").help("split the text into several sources"));
        }
        Ok(Some(text)) => resolve_in_text(source, &text, requests, locked.as_ref(), options.lock, &mut result),
        Ok(None) if source.text == SourceText::None => result.basis = Basis::None,
        Ok(None) => {
            result.basis = Basis::Lock;
            if options.require_text {
                let message = format!("the text of `{}` is missing", source.id);
                let finding = finding_at_text(source, Code::UnreadableFile, message).label("file not found");
                result.findings.push(finding.help("add the file, or pass its directory with --source-dir"));
            }
            resolve_in_lock(source, requests, locked, &mut result);
        }
        Err(e) => {
            let finding = finding_at_text(source, Code::UnreadableFile, e.to_string());
            result.findings.push(finding.help("use a UTF-8 text file in the dataset's directory or in --source-dir"));
        }
    }
    result
}

/// A finding at the file name of a source's text.
fn finding_at_text(source: &Source, code: Code, message: String) -> Finding {
    let (file, location) = &source.location;
    Finding::new(code, *file, location.member("text"), message)
}

fn resolve_in_lock(
    source: &Source,
    requests: &[QuoteRequest<'_>],
    locked: Option<LockedSource>,
    result: &mut SourceResult,
) {
    for (request, span) in requests.iter().zip(&mut result.spans) {
        *span = locked.as_ref().and_then(|locked| Some(locked.quotes.get(&request.key())?.span.clone()));
        if span.is_none() {
            let message = format!("the text of `{}` is unavailable, and the quote is not locked", source.id);
            let help = "run `factloom lock --source-dir DIR` with the directory that contains the text";
            let finding = request.finding(Code::NotLocked, message);
            result.findings.push(finding.label("not in factloom.lock").help(help));
        }
    }
    result.locked = locked.map(|mut locked| {
        let keys: HashSet<QuoteKey> = requests.iter().map(QuoteRequest::key).collect();
        locked.quotes.retain(|key, _| keys.contains(key));
        locked
    });
}

fn resolve_in_text(
    source: &Source,
    text: &str,
    requests: &[QuoteRequest<'_>],
    locked: Option<&LockedSource>,
    lock_use: LockUse,
    result: &mut SourceResult,
) {
    let quotes: Vec<Quote<'_>> = requests.iter().map(|r| Quote { text: r.quote, selector: r.selector }).collect();
    let outcomes = ground(text, &quotes);
    let verified = locked.filter(|_| lock_use == LockUse::Verify);
    let mut passages = None;
    let mut is_quote_changed = false;
    let mut unlocked = HashSet::new();
    for ((request, outcome), result_span) in requests.iter().zip(&outcomes).zip(&mut result.spans) {
        let before = verified.and_then(|locked| locked.quotes.get(&request.key())).map(|quote| &quote.span);
        let finding = match (outcome, before) {
            (Outcome::Found(span), Some(before)) if before != span => {
                is_quote_changed = true;
                let position = |span: &Span| format!("{}:{}", span.line(), span.column());
                let (from, to) = (position(before), position(span));
                let message = format!("the quote has moved from {from} to {to} in `{}`", source.id);
                request
                    .finding(Code::SourceChanged, message)
                    .label("factloom.lock has another position")
                    .help(UPDATE_LOCK)
            }
            (Outcome::Found(span), _) => {
                if before.is_none() {
                    unlocked.insert(request.key());
                }
                *result_span = Some(span.clone());
                continue;
            }
            (_, before) => {
                let passages = passages.get_or_insert_with(|| Passages::new(text));
                let finding = explain(source, request, outcome, passages);
                match before {
                    None => finding,
                    Some(before) => {
                        is_quote_changed = true;
                        let label = format!("was at {}:{} when it was locked", before.line(), before.column());
                        let message = format!("the quote is no longer in `{}`", source.id);
                        let help = "quote the text as it is now, then run `factloom lock`".to_owned();
                        Finding { code: Code::SourceChanged, message, label, help, ..finding }
                    }
                }
            }
        };
        result.findings.push(finding);
    }
    result.unlocked = unlocked.len();
    if verified.is_some_and(|locked| !is_quote_changed && locked.sha256 != sha256(text)) {
        let message = format!("the text of `{}` has changed", source.id);
        let finding = finding_at_text(source, Code::SourceChanged, message);
        result.findings.push(finding.label("differs from the locked text").help(UPDATE_LOCK));
    }
    if lock_use == LockUse::Update {
        result.locked = Some(locked_source(text, requests, &result.spans));
    }
}

const UPDATE_LOCK: &str = "review the change, then accept it with `factloom lock`";

/// The lock entry of a source.
fn locked_source(text: &str, requests: &[QuoteRequest<'_>], spans: &[Option<Span>]) -> LockedSource {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let quotes = requests.iter().zip(spans).filter_map(|(request, span)| {
        let span = span.clone()?;
        let words = &text[bytes[span.start() as usize]..bytes[span.end() as usize]];
        Some((request.key(), LockedQuote { sha256: sha256(words), span }))
    });
    LockedSource { sha256: sha256(text), length: (bytes.len() - 1) as u32, quotes: quotes.collect() }
}

/// How often a quote occurs.
fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        0..=MAX_MATCHES => format!("{count} times"),
        _ => format!("more than {MAX_MATCHES} times"),
    }
}

/// Explains why a quote was not found, and shows the closest passage.
fn explain(source: &Source, request: &QuoteRequest<'_>, outcome: &Outcome, passages: &Passages<'_>) -> Finding {
    match outcome {
        Outcome::Ambiguous(spans) => {
            let message = format!("the quote occurs {} in `{}`", times(spans.len()), source.id);
            let finding = request
                .finding(Code::QuoteAmbiguous, message)
                .label("matches several passages")
                .help("quote more words, or select a match with `prefix`, `suffix` or `nth`");
            spans.iter().take(MAX_MATCHES).enumerate().fold(finding, |finding, (index, span)| {
                let (line, column) = (span.line(), span.column());
                let context = passages.context(span.start());
                finding.note(format!("match {} at {}:{line}:{column}: {context}", index + 1, source.id))
            })
        }
        Outcome::Empty => request
            .finding(Code::MissingEvidence, "the quote has no words")
            .label("only ellipses and white space")
            .help("quote the words that support the statement"),
        Outcome::NotFound(matches) if *matches > 0 => {
            let (selector, label, help) = match request.selector {
                Selector { nth: Some(nth), prefix: None, suffix: None } => {
                    ("`nth` selects", format!("`nth` is {nth}"), format!("use a number from 1 to {matches}"))
                }
                _ => {
                    ("`prefix`, `suffix` and `nth` select", "not in this context".into(), "correct one of them".into())
                }
            };
            let label = format!("{label}, but the quote occurs {}", times(*matches));
            let message = format!("{selector} no match in `{}`", source.id);
            request.finding(Code::QuoteNotFound, message).label(label).help(help)
        }
        Outcome::NotFound(_) | Outcome::Found(_) => {
            let finding = request.finding(Code::QuoteNotFound, format!("quote not found in `{}`", source.id));
            explain_missing(source, request, passages, finding)
        }
    }
}

fn explain_missing(source: &Source, request: &QuoteRequest<'_>, passages: &Passages<'_>, finding: Finding) -> Finding {
    let parts = ground::parts(request.quote);
    let Some(missing) = passages.first_missing(&parts) else {
        return finding
            .label("the parts do not occur in this order in one paragraph")
            .help("quote the parts in the order of the source, from one paragraph");
    };
    let finding = finding.label(match parts.len() {
        1 => "not in the source".to_owned(),
        _ => format!("`{}` is not in the source", missing.trim()),
    });
    let Some(passage) = passages.closest(missing) else {
        return finding.help("quote words of this source, or name the source that contains them");
    };
    let (line, column) = passages.line_and_column(passage.start);
    let finding = finding.note(format!("closest passage at {}:{line}:{column}: “{}”", source.id, passage.text));
    let finding = passage.differences.iter().fold(finding, |finding, (quote, text)| {
        finding.note(match (quote.as_str(), text.as_str()) {
            (quote, "") => format!("the quote has `{quote}`, the source does not"),
            ("", text) => format!("the source has `{text}`, the quote does not"),
            (quote, text) => format!("the quote has `{quote}`, the source has `{text}`"),
        })
    });
    let finding = match passage.differences.len() {
        0 => finding.note("only the punctuation differs"),
        _ => finding,
    };
    match parts.len() == 1 && passage.differences.len() <= 1 {
        true => finding.help(format!("did you mean “{}”?", passage.text)),
        false => finding.help("copy the words from the source, with `…` for omitted words"),
    }
}
