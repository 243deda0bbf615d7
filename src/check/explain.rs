//! Explains why a quote was not found.

use super::closest_passage::Passages;
use super::evidence::QuoteRequest;
use super::fold::fold;
use super::ground::{self, MAX_MATCHES, Outcome};
use crate::dataset::Source;
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::model::Selector;

/// A finding about a quote, not yet located.
pub(super) fn unlocated(code: Code, message: impl Into<String>) -> Finding {
    Finding::new(code, FileId(0), Location::File, message)
}

/// The code of the finding about a quote that was not found.
pub(super) fn code_of_loss(outcome: &Outcome) -> Code {
    match outcome {
        Outcome::Ambiguous(_) => Code::QuoteAmbiguous,
        Outcome::Empty => Code::MissingEvidence,
        Outcome::Found(_) | Outcome::NotFound { .. } | Outcome::TooManyMatches => Code::QuoteNotFound,
    }
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
pub(super) fn explain(
    source: &Source,
    request: &QuoteRequest<'_>,
    outcome: &Outcome,
    passages: &Passages<'_>,
) -> Finding {
    match outcome {
        Outcome::Ambiguous(spans) => {
            let message = format!("the quote occurs {} in `{}`", times(spans.len()), source.id);
            let finding = unlocated(Code::QuoteAmbiguous, message)
                .label("matches several passages")
                .help("quote more words, or select a match with `prefix`, `suffix` or `nth`");
            spans.iter().take(MAX_MATCHES).enumerate().fold(finding, |finding, (index, span)| {
                let (line, column) = (span.line(), span.column());
                let context = passages.context(span.start());
                finding.note(format!("match {} at {}:{line}:{column}: {context}", index + 1, source.id))
            })
        }
        Outcome::TooManyMatches => {
            let message = format!("the parts of the quote occur too often in `{}`", source.id);
            unlocated(Code::QuoteNotFound, message)
                .label("the search for a match was ended")
                .help("quote more words in each part, or a passage without ellipses")
        }
        Outcome::Empty => unlocated(Code::MissingEvidence, "the quote has no words")
            .label("only ellipses and white space")
            .help("quote the words that support the statement"),
        Outcome::NotFound { matches, .. } if *matches > 0 => {
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
            unlocated(Code::QuoteNotFound, message).label(label).help(help)
        }
        Outcome::NotFound { missing_part, .. } => {
            let finding = unlocated(Code::QuoteNotFound, format!("quote not found in `{}`", source.id));
            explain_missing(source, request, *missing_part, passages, finding)
        }
        Outcome::Found(_) => unlocated(Code::QuoteNotFound, format!("quote not found in `{}`", source.id)),
    }
}

fn explain_missing(
    source: &Source,
    request: &QuoteRequest<'_>,
    missing_part: Option<usize>,
    passages: &Passages<'_>,
    finding: Finding,
) -> Finding {
    let parts = ground::parts(request.quote);
    let mut parts_with_words = parts.iter().copied().filter(|part| !fold(part).is_empty());
    let Some(missing) = missing_part.and_then(|number| parts_with_words.nth(number)) else {
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
