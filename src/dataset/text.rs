//! The texts of sources.
//!
//! Invariant: a text is normalised as soon as it is read: it has no byte order mark, and its lines end with LF. So the line-ending
//! style of a checkout changes neither hashes nor positions.

use super::{Dataset, ReadError, Source, SourceText, files};
use memchr::memchr;
use std::borrow::Cow;

/// The text of a source, and its hashes.
pub(crate) struct HashedText<'a> {
    pub text: Cow<'a, str>,
    /// The SHA-256 of the text, in hexadecimal.
    pub sha256: String,
    /// The SHA-256 of the text before it was normalised.
    pub unnormalized_sha256: String,
}

impl Dataset {
    /// The text of a source, without a byte order mark, and with LF at line ends; `None` if it has no text, or if the file of its
    /// text is missing.
    ///
    /// # Errors
    ///
    /// Returns an error if the file exists but cannot be read, or is outside the dataset.
    pub fn text<'a>(&self, source: &'a Source) -> Result<Option<Cow<'a, str>>, ReadError> {
        match &source.text {
            SourceText::None => Ok(None),
            SourceText::Inline(text) => Ok(Some(normalized(text.into()))),
            SourceText::File(path) => Ok(self.files.text(path)?.map(|(text, _)| normalized(text.into()))),
        }
    }

    /// The [text](Self::text) of a source, and its hashes.
    pub(crate) fn hashed_text<'a>(&self, source: &'a Source) -> Result<Option<HashedText<'a>>, ReadError> {
        let hashed = |text: Cow<'a, str>, unnormalized_sha256: String| {
            if is_normalized(&text) {
                return HashedText { text, sha256: unnormalized_sha256.clone(), unnormalized_sha256 };
            }
            let text = normalized(text);
            HashedText { sha256: files::sha256(&text), text, unnormalized_sha256 }
        };
        match &source.text {
            SourceText::None => Ok(None),
            SourceText::Inline(text) => Ok(Some(hashed(text.into(), files::sha256(text)))),
            SourceText::File(path) => Ok(self.files.text(path)?.map(|(text, sha256)| hashed(text.into(), sha256))),
        }
    }

    /// A number that stands for the text of a source: if it is the same, so is the text.
    pub(crate) fn text_revision(&self, source: &Source) -> u64 {
        match &source.text {
            SourceText::None | SourceText::Inline(_) => self.files.revision_when_opened(),
            SourceText::File(path) => self.files.revision(path),
        }
    }

    /// The paths at which the text of a source is searched for.
    pub(crate) fn text_paths(&self, source: &Source) -> Vec<String> {
        match &source.text {
            SourceText::None | SourceText::Inline(_) => Vec::new(),
            SourceText::File(path) => self.files.text_paths(path),
        }
    }

    /// Whether this text of a source may be redistributed: as its description states, or if the dataset itself contains the text.
    pub(crate) fn is_redistributable(&self, source: &Source, text: &str) -> bool {
        source.redistributable.unwrap_or_else(|| match &source.text {
            SourceText::None => false,
            SourceText::Inline(_) => true,
            SourceText::File(path) => self.files.own_text(path).is_some_and(|own| normalized(own.into()) == text),
        })
    }
}

const BYTE_ORDER_MARK: char = '\u{FEFF}';

fn is_normalized(text: &str) -> bool {
    !text.starts_with(BYTE_ORDER_MARK) && memchr(b'\r', text.as_bytes()).is_none()
}

/// The text without byte order marks at its start, and with LF instead of CRLF and CR.
fn normalized(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_normalized(&text) {
        return text;
    }
    let mut lines = text.trim_start_matches(BYTE_ORDER_MARK).split('\r');
    let mut normalized = String::with_capacity(text.len());
    normalized.push_str(lines.next().unwrap_or_default());
    for line in lines {
        normalized.push('\n');
        normalized.push_str(line.strip_prefix('\n').unwrap_or(line));
    }
    Cow::Owned(normalized)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_are_removed_and_line_ends_become_lf() {
        for (text, expected) in [
            ("\u{FEFF}a\r\nb\rc\nd\r\n\r\n", "a\nb\nc\nd\n\n"),
            ("\r\r\n\n\r", "\n\n\n\n"),
            ("\u{FEFF}\u{FEFF}a\u{FEFF}", "a\u{FEFF}"),
            ("", ""),
        ] {
            assert_eq!(normalized(text.into()), expected, "{text:?}");
            assert!(matches!(normalized(expected.into()), Cow::Borrowed(same) if same == expected));
        }
    }
}
