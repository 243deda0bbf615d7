//! Explains why a quote was not found, or how it differs from the text: one cause, the passage with the difference, and the quote to write
//! instead.

use super::boundary::is_word_character;
use super::closest_passage::Passages;
use super::clues::Clues;
use super::differences::{Difference, DifferenceKind, differences};
use super::evidence::QuoteRequest;
use super::fold::fold;
use super::ground::{Alteration, MAX_MATCHES, Outcome, quote_parts};
use crate::dataset::Source;
use crate::diagnostic::{Code, FileId, Finding, Location};
use crate::model::Span;

/// How many differences are reported.
const MAX_DIFFERENCES: usize = 4;

/// The longest quote that is proposed, in bytes.
const MAX_PROPOSED: usize = 400;

/// A finding about a quote, not yet located.
pub(super) fn unlocated(code: Code, message: impl Into<String>) -> Finding {
    Finding::new(code, FileId(0), Location::File, message)
}

/// The code of the finding about a quote that was not found.
pub(super) fn code_of_loss(outcome: &Outcome) -> Code {
    match outcome {
        Outcome::Ambiguous(_) => Code::QuoteAmbiguous,
        Outcome::Empty => Code::MissingEvidence,
        Outcome::Found(_) | Outcome::Altered(..) | Outcome::NotFound { .. } | Outcome::TooManyMatches => {
            Code::QuoteNotFound
        }
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
pub(super) fn explain(
    source: &Source,
    request: &QuoteRequest<'_>,
    outcome: &Outcome,
    passages: &Passages<'_>,
    clues: &Clues,
) -> Finding {
    match outcome {
        Outcome::Ambiguous(spans) => {
            let message = format!("the quote occurs {} in `{}`", times(spans.len()), source.id);
            let finding = unlocated(Code::QuoteAmbiguous, message)
                .label("matches several passages")
                .help("quote more words, or select a match with `prefix`, `suffix` or `nth`");
            spans.iter().take(MAX_MATCHES).enumerate().fold(finding, |finding, (index, span)| {
                let context = passages.context(span.start());
                finding.note(format!("match {} at {}: {context}", index + 1, position(source, span)))
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
        Outcome::NotFound { cut_number: Some(whole), .. } => explain_cut_number(source, request, whole, passages),
        Outcome::NotFound { missing_part, .. } => {
            // A part may occur only inside words or numbers.
            let missing = missing_part.or_else(|| clues.parts.iter().position(Vec::is_empty));
            match missing {
                Some(part) => explain_missing(source, request, part, passages, clues),
                None => explain_order(source, request, clues),
            }
        }
        Outcome::Found(_) | Outcome::Altered(..) => not_found(source, "it was not searched for"),
    }
}

fn not_found(source: &Source, cause: &str) -> Finding {
    unlocated(Code::QuoteNotFound, format!("quote not found in `{}`: {cause}", source.id))
}

pub(super) fn position(source: &Source, span: &Span) -> String {
    format!("{}:{}:{}", source.id, span.line(), span.column())
}

/// The words of the source at a span, with `…` between its parts.
fn words(passages: &Passages<'_>, span: &Span) -> String {
    let parts: Vec<&str> = span.parts().iter().map(|part| passages.slice(part.clone())).collect();
    parts.join(" … ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The help to quote some words.
fn propose(finding: Finding, words: &str) -> Finding {
    match words.len() <= MAX_PROPOSED {
        true => finding.help(format!("quote “{words}”")),
        false => finding.help("copy the words from the source"),
    }
}

fn explain_cut_number(source: &Source, request: &QuoteRequest<'_>, whole: &Span, passages: &Passages<'_>) -> Finding {
    let parts = quote_parts(request.quote);
    let texts = whole.parts().iter().map(|part| passages.slice(part.clone()));
    let cut = texts.zip(if whole.parts().len() == 1 { vec![request.quote] } else { parts });
    let mut numbers = cut.filter(|(whole, part)| fold(whole) != fold(part)).map(|(whole, part)| {
        let mut pieces = whole.split_whitespace();
        let number = if lacks_start(whole, part) { pieces.next() } else { pieces.next_back() };
        number.unwrap_or(whole).trim_end_matches(['.', ',', ';', ')']).to_owned()
    });
    let number = numbers.next().unwrap_or_default();
    let finding = not_found(source, &format!("the number there is `{number}`")).label("cuts a number").note(format!(
        "the source has “{}” at {}",
        words(passages, whole),
        position(source, whole)
    ));
    propose(finding, &words(passages, whole))
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
        if at.is_empty() { finding } else { finding.note(format!("“{part}” is at {}", at.join(", "))) }
    })
}

/// Explains why the source does not contain a part of a quote.
fn explain_missing(
    source: &Source,
    request: &QuoteRequest<'_>,
    missing_part: usize,
    passages: &Passages<'_>,
    clues: &Clues,
) -> Finding {
    if let Some((proposed, span)) = &clues.with_ellipses {
        let finding = not_found(source, "words between its sentences are missing")
            .label("not in the source without more words between the sentences")
            .note(format!("the sentences are at {}", position(source, span)));
        return propose(finding, proposed);
    }
    let parts = quote_parts(request.quote);
    let missing = parts.get(missing_part).copied().unwrap_or(request.quote);
    let Some((passage, compared)) = passages.closest(missing) else {
        return not_found(source, "nothing similar is in the source")
            .label(if parts.len() > 1 {
                format!("`{missing}` is not in the source")
            } else {
                "not in the source".into()
            })
            .help("quote words of this source, or name the source that contains them");
    };
    let found = differences(compared, passage.text);
    let (line, column) = passages.line_and_column(passage.start);
    let cause = match found.is_empty() {
        true => "the white space or the typography differs".to_owned(),
        false => DifferenceKind::of(&found).clause(),
    };
    let label = found.first().map_or_else(|| "not in the source".to_owned(), Difference::describe);
    let finding = not_found(source, &cause).label(label);
    let finding = found.iter().skip(1).take(MAX_DIFFERENCES).fold(finding, |finding, one| finding.note(one.describe()));
    let finding = match found.len().saturating_sub(1 + MAX_DIFFERENCES) {
        0 => finding,
        1 => finding.note("there is one more difference"),
        more => finding.note(format!("there are {more} more differences")),
    };
    let finding = finding.note(format!("closest passage at {}:{line}:{column}: “{}”", source.id, passage.shown));
    if compared.len() < missing.len() {
        return finding.help("copy the words from the source, with `…` for omitted words");
    }
    let words = passage.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let proposed: Vec<&str> = parts
        .iter()
        .enumerate()
        .map(|(number, part)| if number == missing_part { &words[..] } else { *part })
        .collect();
    propose(finding, &proposed.join(" … "))
}

/// The warnings about a quote that was found at a span with alterations.
pub(super) fn warn(source: &Source, span: &Span, alterations: &[Alteration], passages: &Passages<'_>) -> Vec<Finding> {
    let corrected = |alteration: &Alteration| match alteration {
        Alteration::CutsWord(whole) => words(passages, whole),
        Alteration::FirstLetterCase(_) | Alteration::AddedFullStop => words(passages, span),
    };
    // All are corrected at once, with whole words if a word is cut.
    let proposed = alterations.last().map(corrected).unwrap_or_default();
    let finding = |alteration: &Alteration| match alteration {
        Alteration::CutsWord(whole) => {
            let uncut = |(whole, part): (&std::ops::Range<u32>, &std::ops::Range<u32>)| {
                let text = passages.slice(whole.clone());
                let word = match whole.start < part.start {
                    true => {
                        let omitted = passages.slice(whole.start..part.start).len();
                        let rest = &text[omitted..];
                        &text[..omitted + rest.find(char::is_whitespace).unwrap_or(rest.len())]
                    }
                    false => {
                        let rest = passages.slice(whole.start..part.end);
                        &text[rest.rfind(char::is_whitespace).unwrap_or(0)..]
                    }
                };
                (whole != part).then(|| word.to_owned())
            };
            let word = whole.parts().iter().zip(span.parts()).find_map(uncut).unwrap_or_default();
            let word = word.trim_matches(|c: char| !is_word_character(c));
            unlocated(Code::QuoteCutsWord, format!("the quote cuts the word `{word}` in `{}`", source.id))
                .label("begins or ends inside a word")
        }
        Alteration::FirstLetterCase(part) => {
            let text = span.parts().get(*part).map_or("", |part| passages.slice(part.clone()));
            let word = text.split(|c| !is_word_character(c)).find(|word| !word.is_empty()).unwrap_or(text);
            let message = format!("the quote begins with another letter case than `{word}` in `{}`", source.id);
            unlocated(Code::QuoteChangesCase, message).label("the case of the first letter differs")
        }
        Alteration::AddedFullStop => {
            let continuation = passages.continuation(span.end()).trim();
            let message = format!("the quote ends with a full stop that is not in `{}`", source.id);
            let finding = unlocated(Code::QuoteAddsFullStop, message);
            match continuation {
                "" => finding.label("the line ends without a full stop"),
                _ => finding.label(format!("the text goes on `{continuation}`")),
            }
        }
    };
    alterations.iter().map(|alteration| propose(finding(alteration), &proposed)).collect()
}
