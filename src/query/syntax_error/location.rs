//! The token at which a syntax error is, and what the parser would have accepted there.
//!
//! The parser reports the furthest character that it has read. That is often long after the error: it compares
//! `Russia` with `OPTIONAL` over the length of the keyword, and searches for the end of an IRI in the rest of the text. The
//! text is therefore parsed again with its tokens moved apart by more than the length of any keyword.

use crate::diagnostic::one_of;
use crate::model::{Namespaces, SparqlError, Token, TokenKind};
use std::fmt::Write;
use std::ops::Range;

/// More characters than the longest keyword has.
const GAP: usize = 32;

/// The index of the first token that the parser cannot accept; the number of tokens if the text ends too early. `None` if the
/// parser reports no position.
pub(super) fn failing_token(text: &str, tokens: &[Token], e: &SparqlError, namespaces: &Namespaces) -> Option<usize> {
    let failure = |text: &str| error_offset(&namespaces.parse_query(text).err()?, text);
    error_offset(e, text)?;
    let (clear, starts) = spread(text, tokens, &(0..0));
    let offset = failure(&clear)?;
    let first = starts.partition_point(|start| start + 8 * GAP < offset);
    let end = starts.partition_point(|start| *start <= offset);
    let (spread, starts) = spread(text, tokens, &(first..end));
    let found = match failure(&spread) {
        Some(offset) if offset == spread.len() => tokens.len(),
        Some(offset) => starts.partition_point(|start| *start <= offset).saturating_sub(1),
        None => end.saturating_sub(1),
    };
    // A string without a closing quotation mark takes up the rest of the text.
    let unterminated =
        tokens.last().is_some_and(|last| last.kind == TokenKind::UnterminatedString && last.span.end == text.len());
    Some(if unterminated { found.min(tokens.len() - 1) } else { found })
}

/// The text with a range of its tokens moved apart, and where its tokens then begin. After each `<` that begins no IRI, a
/// comment with a `>` ends the parser's search for the end of an IRI.
fn spread(text: &str, tokens: &[Token], range: &Range<usize>) -> (String, Vec<usize>) {
    let mut spread = String::with_capacity(text.len() + (range.len() + 2) * GAP);
    let mut starts = Vec::with_capacity(tokens.len());
    let mut end = 0;
    for (index, token) in tokens.iter().enumerate() {
        let word = &text[token.span.clone()];
        spread.push_str(&text[end..token.span.start]);
        if (range.contains(&index) || index == range.end) && !range.is_empty() && !word.starts_with('@') {
            push_gap(&mut spread);
        }
        starts.push(spread.len());
        spread.push_str(word);
        if token.kind == TokenKind::Punctuation && word.starts_with('<') {
            spread.push_str(" #>\n");
        }
        end = token.span.end;
    }
    spread.push_str(&text[end..]);
    spread.push('\n');
    push_gap(&mut spread);
    (spread, starts)
}

fn push_gap(text: &mut String) {
    let _ = write!(text, "{:GAP$}", "");
}

/// The byte at which the parser failed. Its message begins with `error at LINE:COLUMN: `, both counted from 1.
fn error_offset(error: &SparqlError, text: &str) -> Option<usize> {
    let SparqlError::Syntax(error) = error else { return None };
    let message = error.to_string();
    let (position, _) = message.strip_prefix("error at ")?.split_once(": ")?;
    let (line, column) = position.split_once(':')?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let rest = &text[start..];
    let offset = rest.char_indices().nth(column.checked_sub(1)?).map_or(rest.len(), |(offset, _)| offset);
    Some(start + offset)
}

/// Tokens that a label names, each with an example, in the order of the label.
const EXPECTED: [(&str, &str); 15] = [
    ("ASK ", "`SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`"),
    ("WHERE ", "`WHERE`"),
    ("BY ", "`BY`"),
    ("AS ", "`AS`"),
    (".", "`.`"),
    (";", "`;`"),
    (",", "`,`"),
    (")", "`)`"),
    ("]", "`]`"),
    (")>>", "`)>>`"),
    ("}", "`}`"),
    ("{", "`{`"),
    ("= ", "an operator"),
    ("ORDER ", "`ORDER BY`"),
    ("LIMIT ", "`LIMIT`"),
];

const TERMS: [(&str, &str); 3] = [("?x", "a variable"), ("<a:a>", "an IRI"), ("\"x\"", "a literal")];

/// The longest list of what was expected.
const MAX_EXPECTED: usize = 5;

/// A label with the common tokens that can follow some accepted tokens; empty if there are none.
pub(super) fn expected_after(text: &str, tokens: &[Token], namespaces: &Namespaces) -> String {
    let end = tokens.last().map_or(0, |last| last.span.end);
    let (before, _) = spread(&text[..end], tokens, &(0..0));
    let accepts = |piece: &str| {
        let mut text = format!("{before} {piece}\n");
        push_gap(&mut text);
        let error = namespaces.parse_query(&text).err();
        error.is_none_or(|error| error_offset(&error, &text) == Some(text.len()))
    };
    let name_of = |(piece, name): &(&str, &'static str)| accepts(piece).then_some(*name);
    let mut expected: Vec<&str> = match accepts("?x") && accepts("FILTER(") {
        true => vec!["a triple pattern"],
        false => TERMS.iter().filter_map(name_of).collect(),
    };
    if expected.is_empty() && accepts("1") {
        expected.push("a number");
    }
    expected.extend(EXPECTED.iter().filter_map(name_of).take(MAX_EXPECTED - expected.len()));
    if expected.is_empty() { String::new() } else { format!("expected {}", one_of(&expected)) }
}
