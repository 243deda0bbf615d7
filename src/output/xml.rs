//! What XML can hold. <https://www.w3.org/TR/xml/#charsets>

use std::borrow::Cow;

/// Whether XML 1.0 can hold a character.
pub(super) fn is_writable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// The text with U+FFFD for what XML cannot hold.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    match text.chars().all(is_writable) {
        true => Cow::Borrowed(text),
        false => text.chars().map(|c| if is_writable(c) { c } else { '\u{fffd}' }).collect(),
    }
}
