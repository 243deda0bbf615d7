//! Which sentences of the sources are quoted by statements, which the manifest excludes, and which are open.

use super::ground::quote_parts;
use super::lock::Lock;
use super::sentences::{SentencePosition, sentences};
use super::{Checked, Statements};
use crate::dataset::{Dataset, Source, SourceText};
use crate::diagnostic::Findings;
use crate::model::{Evidence, SourceId, SourceWords, Span};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

/// How the sentences of a source are covered.
#[derive(Clone, Debug)]
pub struct SourceCoverage {
    /// The index of the source in [`Dataset::sources`].
    pub source: usize,
    /// From where its sentences are known.
    pub basis: CoverageBasis,
    /// Whether its text may be redistributed.
    pub is_redistributable: bool,
    /// The sentences, in their order; none without a text or a lock that has them.
    pub sentences: Vec<CoveredSentence>,
    /// The quotes whose positions are known, in the order of the text.
    pub quotes: Vec<CoveringQuote>,
}

/// From where the sentences of a source are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageBasis {
    /// From its text.
    Text,
    /// From the lock, as the text is unavailable.
    Lock,
    /// They are not known: the text is unavailable, and the lock does not have them.
    Unknown,
    /// The source has no text.
    NoText,
}

/// A sentence, and the quotes that have words of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredSentence {
    /// Where it is.
    pub position: SentencePosition,
    /// Whether it is quoted, excluded or open.
    pub status: SentenceStatus,
    /// The first quotes that have words of it, by their indices in [`SourceCoverage::quotes`], ascending.
    pub quotes: Vec<usize>,
    /// How many others there are.
    pub more: usize,
}

/// Whether a sentence is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SentenceStatus {
    /// A statement quotes words of it.
    Quoted,
    /// The manifest excludes words of it, and no statement quotes it.
    Excluded,
    /// Neither.
    Open,
}

impl SentenceStatus {
    /// The name in the output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quoted => "quoted",
            Self::Excluded => "excluded",
            Self::Open => "open",
        }
    }
}

/// A quote of one or more statements, or one that the manifest excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveringQuote {
    /// Where it is.
    pub span: Span,
    /// The words at the parts of the span: those of the source, or those of the dataset if they only differ in their typography.
    pub words: Vec<String>,
    /// What it is for.
    pub purpose: QuotePurpose,
}

/// What a quote is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuotePurpose {
    /// It is evidence: the statements by their indices in [`Checked::statements`], with the index of the piece of evidence.
    Evidence(Vec<(usize, usize)>),
    /// The manifest excludes it, for this reason.
    Excluded(String),
}

/// The numbers of sentences by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoverageCounts {
    /// Those that statements quote.
    pub quoted: usize,
    /// Those that the manifest excludes.
    pub excluded: usize,
    /// The others.
    pub open: usize,
}

impl CoverageCounts {
    /// The number of sentences.
    pub fn total(&self) -> usize {
        self.quoted + self.excluded + self.open
    }

    /// The share of the sentences that are not open, in tenths of a percent, rounded down: 100 % means that none is open. `None` without
    /// sentences.
    pub fn per_mille(&self) -> Option<usize> {
        (1000 * (self.quoted + self.excluded)).checked_div(self.total())
    }

    /// Adds other counts.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let (quoted, excluded) = (self.quoted + other.quoted, self.excluded + other.excluded);
        Self { quoted, excluded, open: self.open + other.open }
    }
}

impl SourceCoverage {
    /// The numbers of sentences by status.
    pub fn counts(&self) -> CoverageCounts {
        let count = |status| self.sentences.iter().filter(|sentence| sentence.status == status).count();
        CoverageCounts {
            quoted: count(SentenceStatus::Quoted),
            excluded: count(SentenceStatus::Excluded),
            open: count(SentenceStatus::Open),
        }
    }
}

/// How many quotes of a sentence are listed.
const MAX_LISTED: usize = 50;

/// Which sentences of sources are quoted, excluded and open, in the order of the sources; of all sources if `only` is empty.
///
/// A sentence is quoted if a part of a quote has words of it; omitted words do not count. Statements with errors do not count either. Texts
/// are read in parallel, and at most one per thread is in memory. Takes O((t + q) log q) time for t bytes of text and q quotes.
pub fn coverage(dataset: &Dataset, checked: &Checked, only: &[SourceId]) -> Vec<SourceCoverage> {
    let mut quotes = quotes_by_source(dataset, checked);
    let is_selected = |source: &Source| only.is_empty() || only.contains(&source.id);
    let selected: Vec<(usize, Vec<CoveringQuote>)> = (0..dataset.sources.len())
        .filter(|source| is_selected(&dataset.sources[*source]))
        .map(|source| (source, quotes.remove(&source).unwrap_or_default()))
        .collect();
    let lock = OnceLock::new();
    let read_lock = || lock.get_or_init(|| Lock::read(&dataset.files, dataset.lock_file, &mut Findings::new()));
    let cover = |(number, quotes): (usize, Vec<CoveringQuote>)| {
        let source = &dataset.sources[number];
        let (basis, is_redistributable, positions) = match dataset.text(source) {
            Ok(Some(text)) => (CoverageBasis::Text, dataset.is_redistributable(source, &text), sentences(&text)),
            Ok(None) if source.text == SourceText::None => (CoverageBasis::NoText, false, Vec::new()),
            Ok(None) | Err(_) => {
                let locked = read_lock().source(&source.id);
                let is_locked_so = locked.is_some_and(|locked| locked.redistributable);
                let is_redistributable = source.redistributable.unwrap_or(is_locked_so);
                match locked.and_then(|locked| locked.sentences.clone()) {
                    Some(found) => (CoverageBasis::Lock, is_redistributable, found),
                    None => (CoverageBasis::Unknown, is_redistributable, Vec::new()),
                }
            }
        };
        let sentences = covered_sentences(positions, &quotes);
        SourceCoverage { source: number, basis, is_redistributable, sentences, quotes }
    };
    selected.into_par_iter().map(cover).collect()
}

/// The quotes from each source, in the order of its text. Equal ones are there once.
fn quotes_by_source(dataset: &Dataset, checked: &Checked) -> HashMap<usize, Vec<CoveringQuote>> {
    let Checked { statements, excluded, .. } = checked;
    let mut by_span: HashMap<usize, BTreeMap<QuoteOrder, CoveringQuote>> = HashMap::new();
    for (statement, piece, evidence) in pieces(statements) {
        let (Some(span), Some(source)) = (&evidence.span, dataset.source_number(evidence.source.as_str())) else {
            continue;
        };
        let quote =
            by_span.entry(source).or_default().entry(QuoteOrder::new(span, None)).or_insert_with(|| CoveringQuote {
                span: span.clone(),
                words: words(evidence, span),
                purpose: QuotePurpose::Evidence(Vec::new()),
            });
        if let QuotePurpose::Evidence(statements) = &mut quote.purpose {
            statements.push((statement, piece));
        }
    }
    for (number, (quote, span)) in dataset.excluded.iter().zip(excluded).enumerate() {
        let (Some(span), Some(source)) = (span, dataset.source_number(quote.source.as_str())) else { continue };
        let purpose = QuotePurpose::Excluded(quote.reason.clone());
        let words = typed_words(&quote.quote, span);
        let covering = CoveringQuote { span: span.clone(), words, purpose };
        by_span.entry(source).or_default().insert(QuoteOrder::new(span, Some(number)), covering);
    }
    by_span.into_iter().map(|(source, quotes)| (source, quotes.into_values().collect())).collect()
}

/// The order of quotes: by position, those of statements first, then by their numbers in the manifest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct QuoteOrder(Vec<(u32, u32)>, Option<usize>);

impl QuoteOrder {
    fn new(span: &Span, excluded: Option<usize>) -> Self {
        Self(span.parts().iter().map(|part| (part.start, part.end)).collect(), excluded)
    }
}

/// The pieces of evidence of all statements, with their indices.
fn pieces(statements: &Statements) -> impl Iterator<Item = (usize, usize, &Evidence)> {
    statements.iter().enumerate().flat_map(|(statement, one)| {
        one.evidence.iter().enumerate().map(move |(piece, evidence)| (statement, piece, evidence))
    })
}

/// The quoted words, as the source has them if they differ from those of the dataset.
fn words(evidence: &Evidence, span: &Span) -> Vec<String> {
    let exact = evidence.source_words.as_deref().and_then(|words: &SourceWords| words.parts(span));
    match exact {
        Some(parts) => parts.into_iter().map(str::to_owned).collect(),
        None => typed_words(evidence.quote.as_deref().unwrap_or_default(), span),
    }
}

fn typed_words(quote: &str, span: &Span) -> Vec<String> {
    match span.parts().len() {
        1 => vec![quote.to_owned()],
        _ => quote_parts(quote).into_iter().map(str::to_owned).collect(),
    }
}

/// The sentences with their quotes. Passes once over both.
fn covered_sentences(positions: Vec<SentencePosition>, quotes: &[CoveringQuote]) -> Vec<CoveredSentence> {
    let mut parts: Vec<(u32, u32, usize)> = quotes
        .iter()
        .enumerate()
        .flat_map(|(number, quote)| quote.span.parts().iter().map(move |part| (part.start, part.end, number)))
        .collect();
    parts.sort_unstable();
    let mut next = parts.into_iter().peekable();
    // The parts that begin before the end of the sentence, by their ends, and the numbers of parts of their quotes.
    let mut ends: BinaryHeap<Reverse<(u32, usize)>> = BinaryHeap::new();
    // The quotes with a part there, those of statements first.
    let mut current: BTreeMap<(bool, usize), usize> = BTreeMap::new();
    let key = |quote: usize| (matches!(quotes[quote].purpose, QuotePurpose::Excluded(_)), quote);
    let cover = |position: SentencePosition| {
        let Range { start, end } = position.range.clone();
        while let Some((_, part_end, quote)) = next.next_if(|(part_start, ..)| *part_start < end) {
            ends.push(Reverse((part_end, quote)));
            *current.entry(key(quote)).or_default() += 1;
        }
        while ends.peek().is_some_and(|Reverse((part_end, _))| *part_end <= start) {
            let Some(Reverse((_, quote))) = ends.pop() else { break };
            if let Entry::Occupied(mut parts) = current.entry(key(quote)) {
                *parts.get_mut() -= 1;
                if *parts.get() == 0 {
                    parts.remove();
                }
            }
        }
        let status = match current.first_key_value() {
            None => SentenceStatus::Open,
            Some(((false, _), _)) => SentenceStatus::Quoted,
            Some(((true, _), _)) => SentenceStatus::Excluded,
        };
        let mut listed: Vec<usize> = current.keys().take(MAX_LISTED).map(|(_, quote)| *quote).collect();
        listed.sort_unstable();
        let more = current.len().saturating_sub(MAX_LISTED);
        CoveredSentence { position, status, quotes: listed, more }
    };
    positions.into_iter().map(cover).collect()
}

#[cfg(test)]
mod tests;
