//! Grounds all quotes of a dataset, source by source, and holds them against the lock.

use super::closest_passage::Passages;
use super::ground::{MAX_MATCHES, Outcome, Quote, ground};
use super::lock::{Lock, LockedQuote, LockedSource, QuoteKey, sha256};
use super::types::Draft;
use crate::dataset::{Dataset, ExcludedQuote, Source, SourceText};
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::model::{Selector, SourceId, Span, Statement};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// How well the evidence of the statements holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceCounts {
    /// The text is at hand and the quote was found in it.
    pub verified: usize,
    /// The text is not at hand and the lock holds the quote.
    pub locked: usize,
    /// The source names no text at all.
    pub cited: usize,
    /// A note explains it, and there is no quote.
    pub background: usize,
}

/// How quotes are held against the lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LockUse {
    /// What the lock says must still hold.
    #[default]
    Verify,
    /// The lock is about to be made anew from the texts at hand.
    Update,
}

/// Whose a quote is.
#[derive(Clone, Copy)]
enum Owner {
    Evidence { draft: u32, index: u32 },
    LeftOut(u32),
}

/// A quote to be found, and where it is written.
struct QuoteRequest<'a> {
    quote: &'a str,
    selector: &'a Selector,
    written: Written<'a>,
}

enum Written<'a> {
    Evidence(&'a Draft, usize),
    LeftOut(&'a ExcludedQuote),
}

impl<'a> QuoteRequest<'a> {
    /// The quote of an owner that has one.
    fn of(owner: Owner, drafts: &'a [Draft], dataset: &'a Dataset) -> Self {
        static PLAIN: Selector = Selector { nth: None, prefix: None, suffix: None };
        match owner {
            Owner::Evidence { draft, index } => {
                let draft = &drafts[draft as usize];
                let (written, evidence) = &draft.evidence[index as usize];
                let quote = evidence.quote.as_deref().unwrap_or_default();
                Self { quote, selector: &evidence.selector, written: Written::Evidence(draft, *written) }
            }
            Owner::LeftOut(number) => {
                let excluded = &dataset.excluded[number as usize];
                Self { quote: &excluded.quote, selector: &PLAIN, written: Written::LeftOut(excluded) }
            }
        }
    }

    fn place(&self) -> (FileId, Location) {
        match self.written {
            Written::Evidence(draft, index) => {
                let path = vec!["evidence".into(), index.into(), "quote".into()];
                (draft.place.0, Location::Value { record: draft.place.1, path, key: false })
            }
            Written::LeftOut(excluded) => excluded.location.clone(),
        }
    }
}

/// What came of the quotes from one source.
struct Grounded {
    /// For each quote its span, in the order in which they are wanted.
    spans: Vec<Option<Span>>,
    findings: Vec<Finding>,
    locked: Option<LockedSource>,
    basis: Basis,
    unlocked: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Basis {
    Text,
    Lock,
    Address,
}

/// What came of all quotes.
pub(super) struct Evidence {
    bases: HashMap<SourceId, Basis>,
    pub excluded: Vec<Option<Span>>,
    pub lock: Lock,
    pub unlocked: usize,
}

impl Evidence {
    /// How well the evidence of statements holds.
    pub(super) fn counts(&self, statements: &[Statement]) -> EvidenceCounts {
        let mut counts = EvidenceCounts::default();
        for evidence in statements.iter().flat_map(|statement| &statement.evidence) {
            match (&evidence.quote, self.bases.get(&evidence.source)) {
                (None, _) => counts.background += 1,
                (Some(_), Some(Basis::Text)) => counts.verified += 1,
                (Some(_), Some(Basis::Lock)) => counts.locked += 1,
                (Some(_), Some(Basis::Address) | None) => counts.cited += 1,
            }
        }
        counts
    }
}

/// Finds each quote and writes its span into the drafts; drafts with a quote that does not hold are marked.
pub(super) fn resolve(
    dataset: &Dataset,
    drafts: &mut [Draft],
    mut lock: Lock,
    lock_use: LockUse,
    require_text: bool,
    on_source: &(dyn Fn() + Sync),
    findings: &mut Vec<Finding>,
) -> Evidence {
    let mut wanted: Vec<Vec<Owner>> = dataset.sources.iter().map(|_| Vec::new()).collect();
    let mut want = |source: &SourceId, owner| {
        // The sources of drafts and of sentences left out are known.
        if let Some(number) = dataset.source_number(source.as_str()) {
            wanted[number].push(owner);
        }
    };
    for (number, draft) in drafts.iter().enumerate() {
        for (index, (_, evidence)) in draft.evidence.iter().enumerate().filter(|(_, (_, e))| e.quote.is_some()) {
            want(&evidence.source, Owner::Evidence { draft: number as u32, index: index as u32 });
        }
    }
    for (number, item) in dataset.excluded.iter().enumerate() {
        want(&item.source, Owner::LeftOut(number as u32));
    }
    let locked: Vec<Option<LockedSource>> = dataset.sources.iter().map(|source| lock.take(&source.id)).collect();
    let all = &*drafts;
    let of_source = |((source, owners), locked): ((&Source, &Vec<Owner>), Option<LockedSource>)| {
        let wanted: Vec<QuoteRequest<'_>> = owners.iter().map(|owner| QuoteRequest::of(*owner, all, dataset)).collect();
        let grounded = from_source(dataset, source, &wanted, locked, lock_use, require_text);
        on_source();
        grounded
    };
    let grounded: Vec<Grounded> = dataset.sources.par_iter().zip(&wanted).zip(locked).map(of_source).collect();

    let mut result = Evidence {
        bases: HashMap::new(),
        excluded: vec![None; dataset.excluded.len()],
        lock: Lock::default(),
        unlocked: grounded.iter().map(|g| g.unlocked).sum(),
    };
    for ((source, owners), grounded) in dataset.sources.iter().zip(wanted).zip(grounded) {
        findings.extend(grounded.findings);
        result.bases.insert(source.id.clone(), grounded.basis);
        if let Some(locked) = grounded.locked {
            result.lock.insert(source.id.clone(), locked);
        }
        for (owner, span) in owners.into_iter().zip(grounded.spans) {
            let holds = span.is_some() || grounded.basis == Basis::Address;
            match owner {
                Owner::LeftOut(number) => result.excluded[number as usize] = span,
                Owner::Evidence { draft, index } => {
                    let draft = &mut drafts[draft as usize];
                    draft.evidence[index as usize].1.span = span;
                    draft.sound &= holds;
                }
            }
        }
    }
    result
}

fn from_source(
    dataset: &Dataset,
    source: &Source,
    wanted: &[QuoteRequest<'_>],
    locked: Option<LockedSource>,
    lock_use: LockUse,
    require_text: bool,
) -> Grounded {
    let mut grounded =
        Grounded { spans: Vec::new(), findings: Vec::new(), locked: None, basis: Basis::Text, unlocked: 0 };
    match dataset.text(source) {
        Ok(Some(text)) if u32::try_from(text.len()).is_err() => {
            let message = format!("the text of `{}` is larger than four gigabytes", source.id);
            grounded.findings.push(at_text(source, Code::UnreadableFile, message).help("cut it in several sources"));
            grounded.spans.extend(wanted.iter().map(|_| None));
        }
        Ok(Some(text)) => from_text(source, &text, wanted, locked.as_ref(), lock_use, &mut grounded),
        Ok(None) if source.text == SourceText::None => {
            grounded.basis = Basis::Address;
            grounded.spans.extend(wanted.iter().map(|_| None));
        }
        Ok(None) => {
            grounded.basis = Basis::Lock;
            if require_text {
                let message = format!("the text of `{}` is not at hand", source.id);
                let help = "put the file there, or name its folder with --source-dir or FACTLOOM_SOURCES";
                grounded.findings.push(at_text(source, Code::UnreadableFile, message).label("a text file").help(help));
            }
            from_lock(source, wanted, locked.as_ref(), &mut grounded);
            grounded.locked = locked.map(|locked| still_wanted(locked, wanted));
        }
        Err(e) => {
            let help = "name a text file in UTF-8, inside the dataset or in --source-dir";
            grounded.findings.push(at_text(source, Code::UnreadableFile, e.to_string()).help(help));
            grounded.spans.extend(wanted.iter().map(|_| None));
        }
    }
    grounded
}

/// A finding about the text that a source names.
fn at_text(source: &Source, code: Code, message: String) -> Finding {
    let (file, at) = source.location.clone();
    let at = match at {
        Location::Value { record, mut path, key } => {
            path.push("text".into());
            Location::Value { record, path, key }
        }
        other => other,
    };
    Finding::new(code, file, at, message)
}

fn key_of(wanted: &QuoteRequest<'_>) -> QuoteKey {
    QuoteKey { quote: wanted.quote.to_owned(), selector: wanted.selector.clone() }
}

/// What the lock holds of a source, without the quotes that nothing wants any more.
fn still_wanted(mut locked: LockedSource, wanted: &[QuoteRequest<'_>]) -> LockedSource {
    let keys: HashSet<QuoteKey> = wanted.iter().map(key_of).collect();
    locked.quotes.retain(|key, _| keys.contains(key));
    locked
}

fn from_lock(source: &Source, wanted: &[QuoteRequest<'_>], locked: Option<&LockedSource>, grounded: &mut Grounded) {
    for w in wanted {
        let found = locked.and_then(|l| l.quotes.get(&key_of(w)));
        if found.is_none() {
            let (file, at) = w.place();
            let message = format!("the text of `{}` is not at hand, and the lock does not hold this quote", source.id);
            grounded.findings.push(
                Finding::new(Code::NotLocked, file, at, message)
                    .label("a quote that factloom.lock holds")
                    .help("run `factloom lock` where the text is, or name its folder with --source-dir"),
            );
        }
        grounded.spans.push(found.map(|f| f.span.clone()));
    }
}

fn from_text(
    source: &Source,
    text: &str,
    wanted: &[QuoteRequest<'_>],
    locked: Option<&LockedSource>,
    lock_use: LockUse,
    grounded: &mut Grounded,
) {
    let quotes: Vec<Quote<'_>> = wanted.iter().map(|w| Quote { text: w.quote, selector: w.selector }).collect();
    let outcomes = ground(text, &quotes);
    let held = if lock_use == LockUse::Verify { locked } else { None };
    let mut passages = None;
    let mut stale = false;
    let mut unlocked = HashSet::new();
    for (w, outcome) in wanted.iter().zip(&outcomes) {
        let before = held.and_then(|l| l.quotes.get(&key_of(w)));
        let finding = |code, message: String| {
            let (file, at) = w.place();
            Finding::new(code, file, at, message)
        };
        let span = match (outcome, before) {
            (Outcome::Found(span), Some(before)) if before.span != *span => {
                let message = format!(
                    "this quote has moved: it was at {}:{} of `{}`, and is at {}:{}",
                    before.span.line(),
                    before.span.column(),
                    source.id,
                    span.line(),
                    span.column()
                );
                let finding = finding(Code::SourceChanged, message);
                grounded.findings.push(finding.label("the place that factloom.lock holds").help(RELOCK));
                stale = true;
                None
            }
            (Outcome::Found(span), _) => Some(span.clone()),
            (_, Some(before)) => {
                let (line, column) = (before.span.line(), before.span.column());
                let message = format!("this quote was at {line}:{column} of `{}`, and is lost", source.id);
                let passages = passages.get_or_insert_with(|| Passages::new(text));
                let lost = |_, _| finding(Code::SourceChanged, message.clone());
                let found = explain(source, w, outcome, passages, lost).label("words of the text as it is now");
                grounded
                    .findings
                    .push(found.help("restore the text, or quote it as it is now and run `factloom lock`"));
                stale = true;
                None
            }
            (outcome, None) => {
                let passages = passages.get_or_insert_with(|| Passages::new(text));
                grounded.findings.push(explain(source, w, outcome, passages, finding));
                None
            }
        };
        if before.is_none() && span.is_some() {
            unlocked.insert(key_of(w));
        }
        grounded.spans.push(span);
    }
    grounded.unlocked = unlocked.len();
    if held.is_some_and(|l| !stale && l.sha256 != sha256(text)) {
        let message = format!("the text of `{}` is not the one that the lock was made from", source.id);
        let finding = at_text(source, Code::SourceChanged, message);
        grounded.findings.push(finding.label("the text whose hash factloom.lock holds").help(RELOCK));
    }
    if lock_use == LockUse::Update {
        grounded.locked = Some(renewed(text, wanted, &grounded.spans));
    }
}

const RELOCK: &str = "restore the text, or look at the change and accept it with `factloom lock`";

/// What the lock is to hold of a source.
fn renewed(text: &str, wanted: &[QuoteRequest<'_>], spans: &[Option<Span>]) -> LockedSource {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let quotes = wanted.iter().zip(spans).filter_map(|(w, span)| {
        let span = span.clone()?;
        let words = &text[bytes[span.start() as usize]..bytes[span.end() as usize]];
        Some((key_of(w), LockedQuote { sha256: sha256(words), span }))
    });
    LockedSource { sha256: sha256(text), length: (bytes.len() - 1) as u32, quotes: quotes.collect() }
}

/// Says why a quote was not found, and what is nearly there.
fn explain(
    source: &Source,
    wanted: &QuoteRequest<'_>,
    outcome: &Outcome,
    passages: &Passages<'_>,
    finding: impl Fn(Code, String) -> Finding,
) -> Finding {
    match outcome {
        Outcome::Ambiguous(spans) => {
            let many =
                if spans.len() > MAX_MATCHES { format!("more than {MAX_MATCHES}") } else { spans.len().to_string() };
            let finding = finding(Code::QuoteAmbiguous, format!("the quote is in `{}` at {many} places", source.id))
                .label("words that stand at one place")
                .help("quote a word more, or tell the places apart with `prefix`, `suffix` or `nth`");
            spans.iter().take(MAX_MATCHES).enumerate().fold(finding, |finding, (nth, span)| {
                let (line, column) = (span.line(), span.column());
                let around = passages.around(span.start());
                finding.note(format!("nth {}: {}:{line}:{column} {around}", nth + 1, source.id))
            })
        }
        Outcome::Empty => finding(Code::MissingEvidence, "the quote holds no words".into())
            .label("words of the source")
            .help("quote the words that support the statement"),
        Outcome::NotFound(places) if *places > 0 => {
            let message = format!("the quote is in `{}` at {places} places, and none is the one asked for", source.id);
            finding(Code::QuoteNotFound, message)
                .label("a place that `prefix`, `suffix` and `nth` choose")
                .help("correct `prefix`, `suffix` or `nth`")
        }
        Outcome::NotFound(_) | Outcome::Found(_) => {
            let finding = finding(Code::QuoteNotFound, format!("the quote is not in `{}`", source.id))
                .label("words of the source, exactly");
            nearest(source, wanted, passages, finding)
        }
    }
}

fn nearest(source: &Source, wanted: &QuoteRequest<'_>, passages: &Passages<'_>, finding: Finding) -> Finding {
    let parts = super::ground::parts(wanted.quote);
    let Some(lost) = passages.lost(&parts) else {
        return finding.help("each part is in the text, but not in this order within one paragraph");
    };
    match passages.closest(lost) {
        None => finding.help("quote words that are in the source, or name the source that they are in"),
        Some(passage) => {
            let (line, column) = passages.line_and_column(passage.start);
            let finding = finding.note(format!("closest passage, {}:{line}:{column}: “{}”", source.id, passage.text));
            let finding = passage.differences.iter().fold(finding, |finding, (quote, there)| {
                finding.note(match (quote.as_str(), there.as_str()) {
                    (quote, "") => format!("the quote has `{quote}`, and the text has not"),
                    ("", there) => format!("the text has `{there}`, and the quote has not"),
                    (quote, there) => format!("the quote has `{quote}` where the text has `{there}`"),
                })
            });
            finding.help(match passage.differences.is_empty() {
                true => "the words are there: compare the punctuation",
                false => "copy the words from the source, with `…` for words left out",
            })
        }
    }
}
