//! Searches the texts of all sources, and makes the quotes for the best passages.

use super::{Quotation, QuoteCandidate, QuoteSearch, WordDifference};
use crate::check::{
    EXACT, EvidenceChecks, Folded, Lock, MIN_SCORE, PassageSearch, QuoteKey, SentenceIndex, SimilarPassage, Spelling,
};
use crate::dataset::{Dataset, Source, SourceText};
use crate::diagnostic::Findings;
use crate::model::{SourceId, Span};
use crate::output::QuoteContext;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::OnceLock;

/// How passages are searched for.
#[derive(Clone, Debug)]
pub struct QuoteSearchOptions {
    /// Only in these sources; in all if there are none.
    pub sources: Vec<SourceId>,
    /// How many candidates are returned at most.
    pub limit: usize,
}

impl Default for QuoteSearchOptions {
    fn default() -> Self {
        Self { sources: Vec::new(), limit: 5 }
    }
}

/// The least similarity of a candidate, in parts per thousand.
const MIN_SIMILARITY: u32 = 500;

/// How much less similar than the best one a candidate may be, and if the best one has the words as they are: then only letter case
/// may differ.
const SPREAD: u32 = 150;
const EXACT_SPREAD: u32 = 40;

/// What was found in a source.
struct Hit<'a> {
    source: &'a Source,
    passage: SimilarPassage,
    /// The quote in the lock, if the text is unavailable.
    locked: Option<(QuoteKey, Span)>,
}

/// Whether a text was searched.
enum Searched<'a> {
    Text(Vec<Hit<'a>>),
    Lock(Vec<Hit<'a>>),
    NoText,
}

/// Finds the passages of the sources that have some words, or words similar to them, and the quotes for the best ones.
///
/// Letter case, typography, punctuation, line breaks and spelling may differ, and words may be missing on either side. The words of a
/// passage are always those of its source. Sources are searched in parallel, in time linear in their texts, and at most one text per thread
/// is in memory.
///
/// ```
/// use factloom::authoring::{QuoteSearchOptions, search_quotes};
/// use factloom::dataset::{Dataset, DatasetRoot};
///
/// let files = [("factloom.json", r#"{ "base": "https://example.org/",
///     "sources": [{ "id": "s", "content": "The guild built the old mill in 1887. It closed in 1954." }] }"#)];
/// let dataset = Dataset::open(DatasetRoot::memory(files), None).dataset.unwrap();
/// let found = search_quotes(&dataset, "the gild built the OLD mill", &QuoteSearchOptions::default());
/// assert_eq!(found.candidates[0].quote, "The guild built the old mill");
/// ```
pub fn search_quotes(dataset: &Dataset, words: &str, options: &QuoteSearchOptions) -> QuoteSearch {
    let lock = OnceLock::new();
    let mut result = QuoteSearch::default();
    let mut hits: Vec<Hit<'_>> = Vec::new();
    for spelling in [Spelling::AsGiven, Spelling::Corrected] {
        result = QuoteSearch::default();
        hits = search_sources(dataset, &lock, words, spelling, options, &mut result);
        // The sort is stable, so that equally similar passages are in the order of the sources and the texts.
        hits.sort_by_key(|hit| Reverse(hit.passage.score));
        if hits.first().is_some_and(|best| best.passage.score >= MIN_SIMILARITY) {
            break;
        }
    }
    let best = hits.first().map_or(0, |hit| hit.passage.score);
    let spread = if best == EXACT { EXACT_SPREAD } else { SPREAD };
    let least = best.saturating_sub(spread).max(MIN_SIMILARITY);
    let count = hits.partition_point(|hit| hit.passage.score >= least);
    let checks = EvidenceChecks::new(dataset, &[]);
    let mut made = hits[..count].iter().filter_map(|hit| candidate(dataset, hit, &checks));
    result.candidates = made.by_ref().take(options.limit).collect();
    drop(made);
    result.more = count.saturating_sub(options.limit);
    if result.candidates.is_empty() {
        result.nearest = hits.iter().find_map(|hit| candidate(dataset, hit, &checks));
    }
    result
}

/// Searches the selected sources. Adds those whose texts are not searched to `result`.
fn search_sources<'a>(
    dataset: &'a Dataset,
    lock: &OnceLock<Lock>,
    words: &str,
    spelling: Spelling,
    options: &QuoteSearchOptions,
    result: &mut QuoteSearch,
) -> Vec<Hit<'a>> {
    let is_selected = |source: &&Source| options.sources.is_empty() || options.sources.contains(&source.id);
    let selected: Vec<&Source> = dataset.sources.iter().filter(is_selected).collect();
    let read_lock = || lock.get_or_init(|| Lock::read(&dataset.files, dataset.lock_file, &mut Findings::new()));
    let search = |source: &&'a Source| match (dataset.text(source), &source.text) {
        (Ok(Some(text)), _) => {
            let folded = Folded::new(&text);
            let found = PassageSearch::new(&text, &folded).find(words, spelling).into_iter();
            let similar = found.filter(|passage| passage.score >= MIN_SCORE);
            Searched::Text(similar.map(|passage| Hit { source, passage, locked: None }).collect())
        }
        (Ok(None), SourceText::None) => Searched::NoText,
        (Ok(None) | Err(_), _) => Searched::Lock(search_lock(source, read_lock(), words, spelling)),
    };
    let searched: Vec<Searched<'a>> = selected.par_iter().map(search).collect();
    let mut hits = Vec::new();
    for (source, searched) in selected.into_iter().zip(searched) {
        match searched {
            Searched::Text(found) => hits.extend(found),
            Searched::Lock(found) => {
                hits.extend(found);
                result.unavailable.push(source.id.clone());
            }
            Searched::NoText => result.without_text.push(source.id.clone()),
        }
    }
    hits
}

/// Searches the locked quotes of a source, in the order of its text.
fn search_lock<'a>(source: &'a Source, lock: &Lock, words: &str, spelling: Spelling) -> Vec<Hit<'a>> {
    let Some(locked) = lock.source(&source.id) else { return Vec::new() };
    let mut quotes: Vec<_> = locked.quotes.iter().collect();
    quotes.sort_by_key(|(key, locked)| (locked.span.start(), locked.span.end(), *key));
    let hit = |(key, locked): (&QuoteKey, &crate::check::LockedQuote)| {
        let text = locked.words.as_ref().and_then(|words| words.exact.as_deref()).unwrap_or(&key.quote);
        let folded = Folded::new(text);
        let passage = PassageSearch::new(text, &folded).find(words, spelling).into_iter().next()?;
        let locked = Some((key.clone(), locked.span.clone()));
        (passage.score >= MIN_SCORE).then_some(Hit { source, passage, locked })
    };
    quotes.into_iter().filter_map(hit).collect()
}

/// The quote for what was found; `None` if a check would not find it.
fn candidate(dataset: &Dataset, hit: &Hit<'_>, checks: &EvidenceChecks<'_>) -> Option<QuoteCandidate> {
    let Hit { source, passage: SimilarPassage { score, parts, differences, is_partial }, locked } = hit;
    let (quotation, context) = match locked {
        Some((QuoteKey { quote, selector }, span)) => {
            let (quote, selector, span) = (quote.clone(), selector.clone(), span.clone());
            (Quotation { quote, selector, span, omits_cue: false }, None)
        }
        None => {
            let text = dataset.text(source).ok()??;
            let folded = Folded::new(&text);
            let search = PassageSearch::new(&text, &folded);
            let quotation = search.quotation(parts, Some(&checks.of_source(source, &text)))?;
            let context = QuoteContext::new(&SentenceIndex::new(&*text), &quotation.span);
            (quotation, context)
        }
    };
    let Quotation { quote, selector, span, omits_cue } = quotation;
    Some(QuoteCandidate {
        source: source.id.clone(),
        quote,
        selector,
        span,
        is_locked: locked.is_some(),
        omits_cue,
        similarity: *score,
        differences: differences.iter().map(WordDifference::from).collect(),
        is_partial: *is_partial,
        context,
    })
}
