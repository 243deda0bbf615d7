//! Reports the findings about quotes of facts. A quote that its source does not contain may be in another source.

use super::evidence::Explanation;
use super::ground::{ANY, Outcome, Quote, ground};
use super::quotes::CheckedFile;
use crate::dataset::{Dataset, Source};
use crate::diagnostic::{Code, Finding, Findings};
use crate::model::Span;
use rayon::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

/// The most quotes that are searched for in other sources.
const MAX_QUOTES: usize = 1_000;

/// The fewest words of a quote that is searched for in other sources: fewer may be there by chance.
const MIN_WORDS: usize = 2;

/// Reports quotes that were not found, and quotes that were found but differ from the text.
///
/// A lost quote is searched for in the other texts in each check, as its result depends on all of them.
pub(super) fn report(dataset: &Dataset, files: &[CheckedFile], findings: &mut Findings) {
    let mut lost: Vec<(&Finding, LostQuote<'_>)> = Vec::new();
    for file in files {
        let quotes = &file.facts.quotes;
        for ((fact, piece), (source, loss)) in &quotes.lost {
            let source = *source as usize;
            // A selector belongs to the source.
            let evidence = file.facts.evidence(*fact, *piece).filter(|evidence| evidence.selector == ANY);
            match (&loss.explanation, evidence.and_then(|evidence| evidence.quote.as_deref())) {
                (Explanation::Finding(finding), Some(quote)) if finding.code == Code::QuoteNotFound => {
                    lost.push((finding, LostQuote { quote, source }));
                }
                (explanation, _) => explanation.report(file.file, findings),
            }
        }
        let warnings = quotes.warnings.values().flat_map(|(_, warnings)| warnings);
        warnings.for_each(|warning| warning.report(file.file, findings));
    }
    let quotes: Vec<LostQuote<'_>> = lost.iter().map(|(_, quote)| *quote).collect();
    for ((finding, quote), found) in lost.iter().zip(find(dataset, &quotes)) {
        findings.push(match found {
            Some(found) => in_other_source(finding, &dataset.sources[quote.source], found),
            None => (*finding).clone(),
        });
    }
}

/// A quote that its source does not contain.
#[derive(Clone, Copy)]
struct LostQuote<'a> {
    quote: &'a str,
    /// The number of the source.
    source: usize,
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
            Outcome::Found(span) => Some(span),
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
