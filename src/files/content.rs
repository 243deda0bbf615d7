//! The content of a file that was opened.

use super::ReadError;
use super::fingerprint::Fingerprint;
use super::open::OpenFile;
use std::sync::Arc;

/// The content of a file. A file on disk has not been read yet.
pub(crate) enum Content {
    /// Part of the program.
    Static(&'static str),
    /// A text in memory.
    Text(Arc<str>),
    /// A file on disk.
    File(OpenFile),
}

impl Content {
    /// The whole text, and the fingerprint of a file on disk. Errors call it `name`.
    pub(crate) fn text(self, name: &str) -> Result<(String, Option<Fingerprint>), ReadError> {
        match self {
            Self::Static(text) => Ok((text.to_owned(), None)),
            Self::Text(text) => Ok(((*text).to_owned(), None)),
            Self::File(file) => file.text(name).map(|(text, fingerprint)| (text, Some(fingerprint))),
        }
    }

    /// An error if a text in memory is larger than `max_size` bytes. A file on disk checks this itself.
    pub(super) fn limited(self, name: &str, max_size: u64) -> Result<Self, ReadError> {
        let length = match &self {
            Self::Static(text) => text.len(),
            Self::Text(text) => text.len(),
            Self::File(_) => return Ok(self),
        };
        match length as u64 > max_size {
            true => Err(ReadError::too_large(name, max_size)),
            false => Ok(self),
        }
    }
}
