//! Explains why a quote was not found: one cause, the passage with the differences, and the quote to write instead.

#[cfg(test)]
mod tests;

use super::closest_passage::{Passage, Passages};
use super::clues::Clues;
use super::difference_kind::{Difference, DifferenceKind, cause, shortened, shortened_to};
use super::evidence::{Explanation, QuoteRequest};
use super::fold::{Folded, fold};
use super::ground::{Failure, MAX_MATCHES, Outcome, Quote, ground_in, quote_parts};
use super::quote_warnings::{code_of_alteration, warn};
use super::selectors::{explain_selector, selector_matches};
use super::tokens::{TokenKind, tokens};
use crate::dataset::Source;
use crate::diagnostic::{Code, FileId, Finding, Findings, Fix, Location};
use crate::model::Span;
use rustc_hash::FxHashMap;

/// How many differences are reported.
const MAX_DIFFERENCES: usize = 4;

/// The longest quote that is proposed, in bytes, and the longest that is shown as a whole in a note, in characters.
pub(super) const MAX_PROPOSED: usize = 400;

const NOTHING_SIMILAR: &str = "nothing similar is in the source";

const COPY: &str = "copy the words from the source";

/// A finding whose help is not known yet: the first of the proposed quotes that is found, or else the fallback.
pub(super) struct Draft {
    finding: Finding,
    proposed: Vec<String>,
    fallback: &'static str,
    /// Whether the proposed quote is the only right one.
    is_only: bool,
}

impl Draft {
    /// A finding with the quotes to propose in its help.
    pub(super) fn new(finding: Finding, proposed: Vec<String>, fallback: &'static str) -> Self {
        let proposed = proposed.into_iter().filter(|quote| quote.len() <= MAX_PROPOSED).collect();
        Self { finding, proposed, fallback, is_only: false }
    }

    /// The same, and the proposed quote is the only right one: its words are those that were written.
    pub(super) fn only(self) -> Self {
        Self { is_only: true, ..self }
    }

    /// The finding, with its help.
    fn finish(self, is_found: impl Iterator<Item = bool>) -> Finding {
        let found = self.proposed.into_iter().zip(is_found).find(|(_, is_found)| *is_found);
        match found {
            // In JSON, the quote can be pasted into a file of facts, and its quotation marks are not mistaken for those around it.
            Some((quote, _)) => {
                let fix = self.is_only.then(|| Fix::Text { from: None, to: quote.clone() });
                self.finding.help(format!("quote {}", serde_json::Value::String(quote))).fix(fix)
            }
            None if self.finding.help.is_empty() => self.finding.help(self.fallback),
            None => self.finding,
        }
    }
}

impl From<Finding> for Draft {
    /// A finding whose help is known.
    fn from(finding: Finding) -> Self {
        Self { finding, proposed: Vec::new(), fallback: COPY, is_only: false }
    }
}

/// Explains why quotes were not found, or how they differ from the text, by their indices. `folded` is the folded text.
///
/// Only as many findings as would be stored are explained. A quote is proposed only if it is found with the selector of the other.
pub(super) fn explain_all(
    source: &Source,
    (text, folded): (&str, &Folded),
    requests: &[QuoteRequest<'_>],
    outcomes: &[Outcome],
) -> FxHashMap<usize, Vec<Explanation>> {
    let with_findings: Vec<usize> =
        (0..outcomes.len()).filter(|number| !matches!(outcomes[*number], Outcome::Found(_))).collect();
    // Warnings do not take the places of errors.
    let mut counts: FxHashMap<Code, usize> = FxHashMap::default();
    let is_explained = |number: &usize| {
        let code = match &outcomes[*number] {
            Outcome::Found(_) => None,
            Outcome::Altered(_, alterations) => alterations.first().map(code_of_alteration),
            Outcome::Failed(failure) => Some(code_of_failure(failure)),
        };
        code.is_some_and(|code| {
            let count = counts.entry(code).or_default();
            *count += 1;
            *count <= Findings::MAX_PER_CODE
        })
    };
    let (explained, counted): (Vec<usize>, Vec<usize>) = with_findings.into_iter().partition(is_explained);
    if explained.is_empty() {
        return FxHashMap::default();
    }
    let passages = Passages::new(text, folded);
    let is_absent =
        |outcome: &Outcome| matches!(outcome, Outcome::Failed(Failure::NotFound { matches: 0, cut_number: None, .. }));
    let absent: Vec<usize> = explained.iter().copied().filter(|number| is_absent(&outcomes[*number])).collect();
    let quotes: Vec<&str> = absent.iter().map(|number| requests[*number].quote).collect();
    let clues: FxHashMap<usize, Clues> = absent.into_iter().zip(Clues::find(folded, &quotes)).collect();
    let (none, selected) = (Clues::default(), selector_matches(folded, requests, outcomes));
    let drafts: Vec<Vec<Draft>> = explained
        .iter()
        .map(|number| match &outcomes[*number] {
            Outcome::Found(_) => Vec::new(),
            Outcome::Altered(span, alterations) => warn(source, span, alterations, &passages),
            Outcome::Failed(failure) => {
                let (request, clues) = (&requests[*number], clues.get(number).unwrap_or(&none));
                vec![match selected.get(number) {
                    Some(matches) => explain_selector(source, request.selector, matches, &passages).into(),
                    None => explain(source, request, failure, &passages, clues),
                }]
            }
        })
        .collect();
    let proposed = explained.iter().zip(&drafts).flat_map(|(number, drafts)| {
        let selector = requests[*number].selector;
        let proposed = drafts.iter().flat_map(|draft| &draft.proposed);
        proposed.map(move |text| Quote { text, selector })
    });
    let proposed: Vec<Quote<'_>> = proposed.collect();
    let outcomes_of_proposed = if proposed.is_empty() { Vec::new() } else { ground_in(folded, &proposed) };
    let is_found = |outcome: Outcome| matches!(outcome, Outcome::Found(_) | Outcome::Altered(..));
    let mut is_found = outcomes_of_proposed.into_iter().map(is_found);
    let mut explanations: FxHashMap<usize, Vec<Explanation>> = FxHashMap::default();
    for (number, drafts) in explained.iter().zip(drafts) {
        let finish = |draft: Draft| {
            let count = draft.proposed.len();
            let is_found: Vec<bool> = is_found.by_ref().take(count).collect();
            Explanation::Finding(Box::new(draft.finish(is_found.into_iter())))
        };
        explanations.insert(*number, drafts.into_iter().map(finish).collect());
    }
    explanations.extend(counted.iter().map(|number| (*number, counted_only(&outcomes[*number]))));
    explanations
}

/// The findings about a quote that are only counted.
fn counted_only(outcome: &Outcome) -> Vec<Explanation> {
    let codes: Vec<Code> = match outcome {
        Outcome::Found(_) => Vec::new(),
        Outcome::Altered(_, alterations) => alterations.iter().map(code_of_alteration).collect(),
        Outcome::Failed(failure) => vec![code_of_failure(failure)],
    };
    codes.into_iter().map(Explanation::Counted).collect()
}

/// A finding about a quote, not yet located.
pub(super) fn unlocated(code: Code, message: impl Into<String>) -> Finding {
    Finding::new(code, FileId(0), Location::File, message)
}

/// The code of the finding about a quote that was not found.
fn code_of_failure(failure: &Failure) -> Code {
    match failure {
        Failure::Ambiguous(_) => Code::QuoteAmbiguous,
        Failure::Empty => Code::MissingEvidence,
        Failure::NotFound { .. } | Failure::TooManyMatches => Code::QuoteNotFound,
    }
}

/// How often a quote occurs.
pub(super) fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        0..=MAX_MATCHES => format!("{count} times"),
        _ => format!("more than {MAX_MATCHES} times"),
    }
}

/// Explains why a quote was not found. `clues` are those about the quote.
fn explain(
    source: &Source,
    request: &QuoteRequest<'_>,
    failure: &Failure,
    passages: &Passages<'_>,
    clues: &Clues,
) -> Draft {
    let finding = match failure {
        Failure::Ambiguous(spans) => {
            let message = format!("the quote occurs {} in `{}`", times(spans.len()), source.id);
            let finding = unlocated(Code::QuoteAmbiguous, message)
                .label("matches several passages")
                .help("quote more words, or select a match with `prefix`, `suffix` or `nth`");
            spans.iter().take(MAX_MATCHES).enumerate().fold(finding, |finding, (index, span)| {
                let context = passages.context(span.start());
                finding.note(format!("match {} at {}: {context}", index + 1, position(source, span)))
            })
        }
        Failure::TooManyMatches => {
            let message = format!("the parts of the quote occur too often in `{}`", source.id);
            unlocated(Code::QuoteNotFound, message)
                .label("the search for a match was ended")
                .help("quote more words in each part, or a passage without ellipses")
        }
        Failure::Empty => unlocated(Code::MissingEvidence, "the quote has no words")
            .label("only ellipses and white space")
            .help("quote the words that support the statement"),
        Failure::NotFound { cut_number: Some(whole), .. } => {
            return explain_cut_number(source, request, whole, passages);
        }
        Failure::NotFound { missing_part, .. } => {
            // With several parts, those that are found only with a warning are not missing.
            let missing: Vec<usize> = match clues.parts.is_empty() {
                true => vec![missing_part.unwrap_or(0)],
                false => (0..clues.parts.len()).filter(|part| clues.parts[*part].is_empty()).collect(),
            };
            match missing.is_empty() {
                true => explain_order(source, request, clues),
                false => return explain_missing(source, request, &missing, passages, clues),
            }
        }
    };
    Draft::from(finding)
}

/// Whether a finding states that the source has nothing similar to the quote.
pub(super) fn has_nothing_similar(finding: &Finding) -> bool {
    finding.code == Code::QuoteNotFound && finding.message.ends_with(NOTHING_SIMILAR)
}

fn not_found(source: &Source, cause: &str) -> Finding {
    unlocated(Code::QuoteNotFound, format!("quote not found in `{}`: {cause}", source.id))
}

pub(super) fn position(source: &Source, span: &Span) -> String {
    format!("{}:{}:{}", source.id, span.line(), span.column())
}

fn explain_cut_number(source: &Source, request: &QuoteRequest<'_>, whole: &Span, passages: &Passages<'_>) -> Draft {
    let parts = quote_parts(request.quote);
    let texts = whole.parts().iter().map(|part| passages.slice(part.clone()));
    let mut cut = texts.zip(if whole.parts().len() == 1 { vec![request.quote] } else { parts });
    let number = cut.find(|(whole, part)| fold(whole) != fold(part)).map_or("", |(whole, part)| {
        let folded = Folded::new(whole);
        let tokens = tokens(&folded);
        let mut numbers = tokens.iter().filter(|token| token.kind == TokenKind::Number);
        // The quote lacks the start of the first word or the end of the last one.
        let number = if lacks_start(whole, part) { numbers.next() } else { numbers.next_back() };
        let points = number.map(|number| folded.original(number.bytes()));
        let byte = |point: u32| whole.char_indices().nth(point as usize).map_or(whole.len(), |(at, _)| at);
        points.map_or(whole, |points| &whole[byte(points.start)..byte(points.end)])
    });
    let words = passages.words(whole);
    let finding = not_found(source, &format!("the number there is `{}`", shortened(number)))
        .label("cuts a number")
        .note(format!("the source has “{}” at {}", shortened_to(&words, MAX_PROPOSED), position(source, whole)));
    Draft::new(finding, vec![words], COPY)
}

/// Whether a part of a quote lacks the start of the words of the source, and not only their end. The case of its first letter and a full
/// stop at its end may differ.
fn lacks_start(whole: &str, part: &str) -> bool {
    let part = fold(part).to_lowercase();
    !fold(whole).to_lowercase().starts_with(part.strip_suffix('.').unwrap_or(&part))
}

/// Explains why parts that the source contains are not a match.
fn explain_order(source: &Source, request: &QuoteRequest<'_>, clues: &Clues) -> Finding {
    let parts = quote_parts(request.quote);
    let (cause, label, help) = match clues.are_in_order() {
        true => (
            "its parts are in different paragraphs",
            "the parts do not occur in one paragraph",
            "quote each paragraph as a separate piece of evidence",
        ),
        false => (
            "its parts are in another order",
            "the parts do not occur in this order",
            "quote the parts in the order of the source",
        ),
    };
    let finding = not_found(source, cause).label(label).help(help);
    parts.iter().zip(&clues.parts).take(MAX_MATCHES).fold(finding, |finding, (part, spans)| {
        let at: Vec<String> = spans.iter().take(MAX_DIFFERENCES).map(|span| position(source, span)).collect();
        if at.is_empty() { finding } else { finding.note(format!("“{}” is at {}", shortened(part), at.join(", "))) }
    })
}

/// Explains why the source does not contain some parts of a quote.
fn explain_missing(
    source: &Source,
    request: &QuoteRequest<'_>,
    missing: &[usize],
    passages: &Passages<'_>,
    clues: &Clues,
) -> Draft {
    let parts = quote_parts(request.quote);
    let part = |number: usize| parts.get(number).copied().unwrap_or(request.quote);
    let closest: Vec<(usize, Option<Passage>)> =
        missing.iter().map(|number| (*number, passages.closest(part(*number)))).collect();
    let is_omission = |one: &Difference| {
        matches!(one.kind, DifferenceKind::OmittedWord | DifferenceKind::OmittedWords | DifferenceKind::Marks)
    };
    let is_explained = closest.iter().all(|(_, passage)| {
        passage.as_ref().is_some_and(|passage| !passage.is_partial && passage.differences.iter().all(is_omission))
    });
    if let Some((proposed, span)) = clues.with_ellipses.as_ref().filter(|_| !is_explained) {
        let finding = not_found(source, "words are omitted without an ellipsis")
            .label("not in the source without more words between the sentences")
            .note(format!("the sentences are at {}", position(source, span)));
        return Draft::new(finding, vec![proposed.clone()], COPY);
    }
    if let Some((number, _)) = closest.iter().find(|(_, passage)| passage.is_none()) {
        let finding = not_found(source, NOTHING_SIMILAR).label(match parts.len() {
            0 | 1 => "not in the source".to_owned(),
            _ => format!("`{}` is not in the source", shortened(part(*number))),
        });
        return finding.help("quote words of this source, or name the source that contains them").into();
    }
    let closest: Vec<(usize, Passage)> =
        closest.into_iter().filter_map(|(number, passage)| Some((number, passage?))).collect();
    let differences: Vec<&Difference> = closest.iter().flat_map(|(_, passage)| &passage.differences).collect();
    let mut finding = describe(source, &differences);
    for (_, passage) in closest.iter().take(MAX_DIFFERENCES) {
        let (line, column) = passages.line_and_column(passage.start);
        finding = finding.note(format!("closest passage at {}:{line}:{column}: “{}”", source.id, passage.shown));
    }
    if closest.iter().any(|(_, passage)| passage.is_partial) {
        return finding.help("copy the words from the source, with `…` for omitted words").into();
    }
    let with = |words: fn(&Passage) -> &str| {
        let mut corrected = parts.clone();
        for (number, passage) in &closest {
            match corrected.get_mut(*number) {
                Some(part) => *part = words(passage),
                None => corrected = vec![words(passage)],
            }
        }
        corrected.join(" … ")
    };
    let mut proposed = vec![with(|passage| &passage.with_ellipses), with(|passage| &passage.whole)];
    proposed.dedup();
    let fallback = match closest.iter().any(|(_, passage)| passage.spans_paragraphs) {
        true => "quote each paragraph as a separate piece of evidence",
        false => COPY,
    };
    // The words are the same, and nothing is omitted.
    let is_typography = |one: &&Difference| {
        use DifferenceKind::{AddedSpace, Appearance, MissingSpace, Spaces};
        matches!(one.kind, AddedSpace | Appearance | MissingSpace | Spaces)
    };
    let is_only = proposed.len() == 1 && differences.iter().all(is_typography);
    let draft = Draft::new(finding, proposed, fallback);
    if is_only { draft.only() } else { draft }
}

/// A finding that names the differences between a quote and the closest passages, the most important one first.
fn describe(source: &Source, differences: &[&Difference]) -> Finding {
    let first = (0..differences.len()).min_by_key(|number| differences[*number].kind);
    let Some(first) = first else {
        return not_found(source, "the white space or the typography differs").label("not in the source");
    };
    let finding = not_found(source, &cause(differences)).label(differences[first].describe());
    let others = differences.iter().enumerate().filter(|(number, _)| *number != first);
    let finding = others.take(MAX_DIFFERENCES).fold(finding, |finding, (_, one)| finding.note(one.describe()));
    match differences.len().saturating_sub(1 + MAX_DIFFERENCES) {
        0 => finding,
        1 => finding.note("there is one more difference"),
        more => finding.note(format!("there are {more} more differences")),
    }
}
