//! The characters that XML 1.0 can represent. <https://www.w3.org/TR/xml/#charsets>

use super::OutputError;
use std::borrow::Cow;

fn is_writable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// The text unchanged.
///
/// # Errors
///
/// Returns an error if XML cannot represent one of its characters.
pub(super) fn require_writable(text: &str) -> Result<&str, OutputError> {
    // A fast test on bytes: the UTF-8 of U+FFFE and U+FFFF begins with EF.
    if text.bytes().filter(|byte| *byte < b' ' || *byte == 0xEF).count() == 0 {
        return Ok(text);
    }
    text.chars().find(|c| !is_writable(*c)).map_or(Ok(text), |c| Err(OutputError::XmlCharacter(c)))
}

/// The text with U+FFFD in place of characters that XML cannot represent.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    match text.chars().all(is_writable) {
        true => Cow::Borrowed(text),
        false => text.chars().map(|c| if is_writable(c) { c } else { '\u{fffd}' }).collect(),
    }
}
