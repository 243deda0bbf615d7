//! The ellipses of a quote.

use super::super::fold::fold;
use memchr::memchr3;

/// The parts of a quote between its ellipses that have words.
pub fn quote_parts(quote: &str) -> Vec<&str> {
    parts(quote).into_iter().map(str::trim).filter(|part| !fold(part).is_empty()).collect()
}

/// The parts of a quote between its ellipses.
pub(super) fn parts(quote: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    // The first bytes of ellipses. None of them is within a character.
    while let Some(found) = memchr3(b'[', ELLIPSIS.as_bytes()[0], b'.', &quote.as_bytes()[at..]) {
        at += found;
        match ellipsis_length(&quote[at..]) {
            Some(length) => {
                // The parentheses of `(…)` belong to the ellipsis.
                let (before, after) = (quote[start..at].trim_end(), quote[at + length..].trim_start());
                let (part, rest) = match (before.strip_suffix('('), after.strip_prefix(')')) {
                    (Some(part), Some(rest)) => (part, rest),
                    _ => (&quote[start..at], &quote[at + length..]),
                };
                parts.push(part);
                at = quote.len() - rest.len();
                start = at;
            }
            None => at += 1,
        }
    }
    parts.push(&quote[start..]);
    parts
}

const ELLIPSIS: &str = "…";

/// The length of the ellipsis that a text starts with: `…`, `⋯` or at least three dots, and more dots; also in square brackets. Single spaces
/// may be between dots.
fn ellipsis_length(text: &str) -> Option<usize> {
    if let Some(inner) = text.strip_prefix('[') {
        let inner = inner.trim_start();
        let length = ellipsis_length(inner).filter(|_| !inner.starts_with('['))?;
        let after = inner[length..].trim_start().strip_prefix(']')?;
        return Some(text.len() - after.len());
    }
    let rest = text.trim_start_matches(['…', '⋯']);
    let adjacent = rest.len() - rest.trim_start_matches('.').len();
    if rest.len() == text.len() && adjacent == 1 {
        return spaced_dots_length(text);
    }
    let length = text.len() - rest.len() + adjacent;
    (rest.len() < text.len() || adjacent >= 3).then_some(length)
}

/// The length of at least three dots with single spaces between them, which a text starts with.
fn spaced_dots_length(text: &str) -> Option<usize> {
    let (mut rest, mut dots) = (text.strip_prefix('.')?, 1);
    let is_space = |c: char| matches!(c, ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}');
    while let Some(next) = rest.strip_prefix(is_space).and_then(|rest| rest.strip_prefix('.')) {
        (rest, dots) = (next, dots + 1);
    }
    (dots >= 3 && !rest.starts_with('.')).then_some(text.len() - rest.len())
}
