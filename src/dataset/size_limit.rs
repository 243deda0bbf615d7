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
    /// How to correct a file that is too large for its use.
    help: &'static str,
    /// Whether several smaller files have the same use.
    can_split: bool,
}

impl SizeLimit {
    /// Entities and facts: only the limit of [`ReadOptions`](crate::files::ReadOptions) applies.
    pub(crate) const DATA: Self = Self::new(u64::MAX, "data", "split the file").splittable();
    /// The text of a source, to which the same applies.
    pub(crate) const TEXT: Self = Self::new(u64::MAX, "a text", "shorten the text");
    pub(crate) const MANIFEST: Self = Self::new(8 << 20, "a manifest", "move the sources to a `.jsonl` file");
    const VOCABULARY: Self = Self::new(16 << 20, "a vocabulary", "split the file").splittable();
    /// A query is parsed if it has at most 1 MiB.
    pub(crate) const QUERY: Self = Self::new(2 << 20, "a query", "shorten the query");
    const STYLE: Self = Self::new(4 << 20, "a style", "shorten the file");
    pub(crate) const GOLDEN_FILE: Self = Self::new(4 << 20, "a golden file", "limit the results of the query");
    pub(crate) const LOCK: Self = Self::new(256 << 20, "a lock", "split the dataset");

    const fn new(bytes: u64, usage: &'static str, help: &'static str) -> Self {
        Self { bytes, usage, help, can_split: false }
    }

    const fn splittable(self) -> Self {
        Self { can_split: true, ..self }
    }

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
    pub(crate) fn at_most(self, max_file_size: u64) -> u64 {
        self.bytes.min(max_file_size)
    }

    /// The error of a file that is too large, with a help that fits its use. An option does not change the limit for a use.
    pub(super) fn error(self, error: ReadError) -> ReadError {
        match error {
            ReadError::TooLarge { name, limit, .. } if limit == self.bytes => {
                ReadError::TooLargeForUse { name, limit, usage: self.usage, help: self.help }
            }
            ReadError::TooLarge { name, limit, .. } => ReadError::TooLarge { name, limit, can_split: self.can_split },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_fits_the_use_of_the_file() {
        let help = |use_: SizeLimit, limit| {
            use_.error(ReadError::TooLarge { name: "f".to_owned(), limit, can_split: true }).help()
        };
        assert_eq!(help(SizeLimit::DATA, 10), "split the file, or raise the limit with --max-file-size");
        assert_eq!(help(SizeLimit::VOCABULARY, 10), "split the file, or raise the limit with --max-file-size");
        assert_eq!(help(SizeLimit::VOCABULARY, 16 << 20), "split the file");
        for whole in [SizeLimit::MANIFEST, SizeLimit::LOCK, SizeLimit::QUERY, SizeLimit::TEXT] {
            assert_eq!(help(whole, 10), "raise the limit with --max-file-size", "{whole:?}");
        }
        assert_eq!(help(SizeLimit::MANIFEST, 8 << 20), "move the sources to a `.jsonl` file");
        assert_eq!(help(SizeLimit::LOCK, 256 << 20), "split the dataset");
    }
}
