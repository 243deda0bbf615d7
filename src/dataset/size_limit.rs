//! The maximum sizes of files by their use. Parsing takes up to 250 times the memory of a file, so that files which are small in any
//! real dataset have lower limits than its data.

use super::STYLE;
use super::manifest::RULES;
use crate::files::ReadError;

/// The maximum size of a file with a certain use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SizeLimit {
    bytes: u64,
    /// Such as `a style`.
    usage: &'static str,
}

impl SizeLimit {
    /// Entities, facts and texts: only the limit of [`ReadOptions`](crate::files::ReadOptions) applies.
    pub(crate) const DATA: Self = Self { bytes: u64::MAX, usage: "data" };
    pub(crate) const MANIFEST: Self = Self { bytes: 8 << 20, usage: "a manifest" };
    const VOCABULARY: Self = Self { bytes: 16 << 20, usage: "a vocabulary" };
    /// A query is parsed if it has at most 1 MiB.
    pub(crate) const QUERY: Self = Self { bytes: 2 << 20, usage: "a query" };
    const STYLE: Self = Self { bytes: 4 << 20, usage: "a style" };
    pub(crate) const GOLDEN_FILE: Self = Self { bytes: 4 << 20, usage: "a golden file" };
    pub(crate) const LOCK: Self = Self { bytes: 256 << 20, usage: "a lock" };

    /// The limit for the files that a member of the manifest lists.
    pub(super) fn of(member: &str) -> Self {
        match member {
            "vocabulary" => Self::VOCABULARY,
            "queries" | RULES => Self::QUERY,
            STYLE => Self::STYLE,
            _ => Self::DATA,
        }
    }

    /// The number of bytes that are read at most.
    pub(super) fn at_most(self, max_file_size: u64) -> u64 {
        self.bytes.min(max_file_size)
    }

    /// The error of a file that is too large for its use, which an option does not change.
    pub(super) fn error(self, error: ReadError) -> ReadError {
        match error {
            ReadError::TooLarge { name, limit } if limit == self.bytes => {
                ReadError::TooLargeForUse { name, limit, usage: self.usage }
            }
            other => other,
        }
    }
}
