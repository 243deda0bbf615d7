//! Unicode's form C with expanded presentation forms, with the code points that each character came from.
//!
//! Normalization only changes a starter and the following characters that may combine with it
//! ([UAX #15](https://unicode.org/reports/tr15/), section 9), so the text is split before characters that cannot combine.

use super::characters::{is_ignored, is_presentation_form};
use unicode_normalization::char::{canonical_combining_class, decompose_canonical, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What a normalized text consists of.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    /// ASCII letters and digits, which are code points starting at `at`.
    Word { at: u32, text: &'a str },
    /// A character that came from `length` code points starting at `at`.
    Character { at: u32, c: char, length: u32 },
}

/// Normalizes a text. Calls `push` with its pieces, and with the text from the start of each, or of the characters that it may combine with.
pub(super) fn normalize<'a>(original: &'a str, mut push: impl FnMut(Piece<'a>, &'a str)) {
    let (mut byte, mut at) = (0, 0_u32);
    let mut run: Vec<char> = Vec::new();
    while byte < original.len() {
        let rest = &original[byte..];
        let word = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        // The last character may combine with the next one.
        let word = word - usize::from(word > 0 && rest.as_bytes().get(word).is_some_and(|next| !next.is_ascii()));
        if word > 0 {
            push(Piece::Word { at, text: &rest[..word] }, rest);
            byte += word;
            at += word as u32;
            continue;
        }
        let mut chars = rest.chars().peekable();
        let Some(first) = chars.next() else { break };
        // No character below U+0300 combines.
        if first < '\u{300}' && chars.peek().is_none_or(|next| *next < '\u{300}') {
            push(Piece::Character { at, c: first, length: 1 }, rest);
            byte += first.len_utf8();
            at += 1;
            continue;
        }
        run.clear();
        run.push(first);
        if !is_isolated(first) {
            while let Some(next) = chars.next_if(|next| !cannot_combine(*next)) {
                run.push(next);
            }
        }
        push_run(&run, at, &mut |piece| push(piece, rest));
        byte += run.iter().map(|c| c.len_utf8()).sum::<usize>();
        at += run.len() as u32;
    }
}

/// Normalizes a character and those that may combine with it, which are code points starting at `at`.
fn push_run<'a>(run: &[char], at: u32, push: &mut impl FnMut(Piece<'a>)) {
    let has_presentation_form = run.iter().any(|c| is_presentation_form(*c));
    if !has_presentation_form && is_nfc_quick(run.iter().copied()) == IsNormalized::Yes {
        return run.iter().zip(at..).for_each(|(c, at)| push(Piece::Character { at, c: *c, length: 1 }));
    }
    let mut expanded: Vec<char> = Vec::with_capacity(run.len());
    for c in run {
        match is_presentation_form(*c) {
            true => decompose_compatible(*c, |c| expanded.push(c)),
            false => expanded.push(*c),
        }
    }
    let normalized: Vec<char> = expanded.into_iter().nfc().collect();
    // The first characters may have stayed the same.
    let same = run.iter().zip(&normalized).take_while(|(before, after)| before == after).count();
    let (at_rest, length) = (at + same as u32, (run.len() - same) as u32);
    normalized[..same].iter().zip(at..).for_each(|(c, at)| push(Piece::Character { at, c: *c, length: 1 }));
    normalized[same..].iter().for_each(|c| push(Piece::Character { at: at_rest, c: *c, length }));
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
