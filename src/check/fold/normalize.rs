//! Unicode's form C, with the code points that each character came from.
//!
//! Normalization only changes a starter and the following characters that may combine with it
//! ([UAX #15](https://unicode.org/reports/tr15/), section 9), so the text is split before characters that cannot combine.

use super::characters::is_ignored;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Normalizes a text. Calls `push` with the first code point, the character and the number of code points.
pub(super) fn normalize(original: &str, mut push: impl FnMut(u32, char, u32)) {
    let mut chars = original.chars().enumerate().peekable();
    let mut run: Vec<char> = Vec::new();
    while let Some((at, first)) = chars.next() {
        let at = at as u32;
        // No character below U+0300 combines.
        if first < '\u{300}' && chars.peek().is_none_or(|(_, next)| *next < '\u{300}') {
            push(at, first, 1);
            continue;
        }
        run.clear();
        run.push(first);
        if !is_isolated(first) {
            while let Some((_, next)) = chars.next_if(|(_, next)| !cannot_combine(*next)) {
                run.push(next);
            }
        }
        if is_nfc_quick(run.iter().copied()) == IsNormalized::Yes {
            for (offset, c) in run.iter().enumerate() {
                push(at + offset as u32, *c, 1);
            }
        } else {
            let length = run.len() as u32;
            for c in run.iter().copied().nfc() {
                push(at, c, length);
            }
        }
    }
}

/// Whether no following character can combine with this one.
fn is_isolated(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_ignored(c)
}

/// Whether a character never combines with the preceding one.
fn cannot_combine(c: char) -> bool {
    let starts = |c: char| canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes;
    if starts(c) {
        return true;
    }
    // A character that decomposes into a starter, such as the ohm sign.
    let mut first = None;
    decompose_canonical(c, |d| first = first.or(Some(d)));
    canonical_combining_class(c) == 0 && first.is_some_and(|d| d != c && starts(d))
}
