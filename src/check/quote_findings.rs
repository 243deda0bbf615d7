//! Reports the findings about quotes. A quote that its source does not contain may be in another source.

use super::evidence::{Explanation, Loss, QuoteResult};
use super::ground::{ANY, Outcome, Quote, ground};
use super::quotes::{CheckedFile, Texts};
use crate::dataset::{Dataset, Source};
use crate::diagnostic::{Code, FileId, Finding, Findings};
use crate::model::Span;
use rayon::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

/// The most quotes that are searched for in other sources.
const MAX_QUOTES: usize = 1_000;

/// The fewest words of a quote that is searched for in other sources: fewer may be there by chance.
const MIN_WORDS: usize = 2;

/// Reports quotes that were not found, and quotes that were found but differ from the text, those that the manifest excludes among them.
///
/// A lost quote is searched for in the other texts in each check, as its result depends on all of them.
pub(super) fn report(dataset: &Dataset, files: &[CheckedFile], texts: &Texts, findings: &mut Findings) {
    let mut lost: Vec<LostQuote<'_>> = Vec::new();
    let mut others: Vec<(FileId, &Explanation)> = Vec::new();
    for file in files {
        let quotes = &file.facts.quotes;
        for ((fact, piece), (source, loss)) in &quotes.lost {
            let quote = file.facts.evidence(*fact, *piece).and_then(|evidence| evidence.quote.as_deref());
            match quote.and_then(|quote| LostQuote::new(quote, *source as usize, loss)) {
                Some(quote) => lost.push(quote),
                None => others.push((file.file, &loss.explanation)),
            }
        }
        others.extend(quotes.warnings.values().flat_map(|(_, all)| all).map(|warning| (file.file, warning)));
    }
    for (excluded, result) in texts.excluded(dataset) {
        let file = excluded.location.0;
        match result {
            QuoteResult::Lost(loss) => {
                let source = dataset.source_number(excluded.source.as_str());
                match source.and_then(|source| LostQuote::new(&excluded.quote, source, loss)) {
                    Some(quote) => lost.push(quote),
                    None => others.push((file, &loss.explanation)),
                }
            }
            QuoteResult::Found { warnings: all, .. } => others.extend(all.iter().map(|warning| (file, warning))),
            QuoteResult::Cited => {}
        }
    }
    for (lost, found) in lost.iter().zip(find(dataset, &lost)) {
        let own = &dataset.sources[lost.source];
        findings.push(match found {
            // The text that had the quote when it was locked has changed.
            Some((other, span)) if lost.is_locked => {
                let (line, column) = (span.line(), span.column());
                lost.finding.clone().note(format!("`{}` contains the quote at {0}:{line}:{column}", other.id))
            }
            Some(found) => in_other_source(lost.finding, own, found),
            None => lost.finding.clone(),
        });
    }
    for (file, explanation) in others {
        explanation.report(file, findings);
    }
}

/// A quote that another source may have.
struct LostQuote<'a> {
    quote: &'a str,
    /// The number of the source.
    source: usize,
    /// Whether the lock has the quote from this source.
    is_locked: bool,
    finding: &'a Finding,
}

impl<'a> LostQuote<'a> {
    /// `None` if its own source has the words, or if the finding is not stored.
    fn new(quote: &'a str, source: usize, loss: &'a Loss) -> Option<Self> {
        let (true, Explanation::Finding(finding)) = (loss.is_absent, &loss.explanation) else { return None };
        Some(Self { quote, source, is_locked: loss.is_locked, finding })
    }
}

/// The first other source that contains each quote, and the position there.
///
/// Each text is read and searched once. Only the first thousand quotes are searched for.
fn find<'a>(dataset: &'a Dataset, lost: &[LostQuote<'_>]) -> Vec<Option<(&'a Source, Span)>> {
    let is_searched = |lost: &LostQuote<'_>| lost.quote.unicode_words().nth(MIN_WORDS - 1).is_some();
    let searched: Vec<usize> = (0..lost.len()).filter(|number| is_searched(&lost[*number])).take(MAX_QUOTES).collect();
    let mut found: Vec<Option<(&Source, Span)>> = lost.iter().map(|_| None).collect();
    if searched.is_empty() {
        return found;
    }
    let search = |(number, source): (usize, &Source)| {
        let others: Vec<usize> = searched.iter().copied().filter(|quote| lost[*quote].source != number).collect();
        let Ok(Some(text)) = dataset.text(source) else { return Vec::new() };
        let quotes: Vec<Quote<'_>> =
            others.iter().map(|quote| Quote { text: lost[*quote].quote, selector: &ANY }).collect();
        let outcomes = ground(&text, &quotes).into_iter().map(|outcome| match outcome {
            // A selector belongs to the source that the evidence names, and other differences are only warnings.
            Outcome::Found(span) | Outcome::Altered(span, _) => Some(span),
            Outcome::Ambiguous(spans) => spans.into_iter().next(),
            _ => None,
        });
        others.into_iter().zip(outcomes).filter_map(|(quote, span)| Some((quote, span?))).collect()
    };
    let in_sources: Vec<Vec<(usize, Span)>> = dataset.sources.par_iter().enumerate().map(search).collect();
    for (source, in_source) in dataset.sources.iter().zip(in_sources) {
        for (quote, span) in in_source {
            found[quote].get_or_insert((source, span));
        }
    }
    found
}

/// The finding about a quote that another source contains, in place of the one that its own does not.
fn in_other_source(lost: &Finding, own: &Source, (other, span): (&Source, Span)) -> Finding {
    Finding {
        code: Code::QuoteInOtherSource,
        message: format!("the quote is in `{}`, not in `{}`", other.id, own.id),
        label: format!("found at {}:{}:{}", other.id, span.line(), span.column()),
        help: format!("name the source `{}`, or quote words of `{}`", other.id, own.id),
        notes: Vec::new(),
        ..lost.clone()
    }
}
