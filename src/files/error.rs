//! Why a file cannot be read.

use crate::diagnostic::io_message;
use std::fmt;
use std::io;
use std::string::FromUtf8Error;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It does not exist.
    #[error("file `{0}` does not exist")]
    Missing(String),
    /// It is a link to a file that does not exist.
    #[error("`{0}` is a link to a file that does not exist")]
    DanglingLink(String),
    /// It is a directory.
    #[error("`{0}` is a directory, not a file")]
    IsDirectory(String),
    /// It is a pipe, a device or a socket.
    #[error("`{name}` is {kind}, not a file")]
    NotRegular {
        /// The file.
        name: String,
        /// The kind, such as `a named pipe`.
        kind: &'static str,
    },
    /// It is too large.
    #[error("`{name}` is larger than {}", shown_size(*limit))]
    TooLarge {
        /// The file.
        name: String,
        /// The maximum size in bytes.
        limit: u64,
        /// Whether several smaller files have the same use.
        can_split: bool,
    },
    /// It is too large for what it is used for.
    #[error("`{name}` is larger than {}, the limit for {usage}", shown_size(*limit))]
    TooLargeForUse {
        /// The file.
        name: String,
        /// The maximum size in bytes.
        limit: u64,
        /// The use, such as `a style`.
        usage: &'static str,
        /// How to correct the error.
        help: &'static str,
    },
    /// It is not UTF-8.
    #[error("`{name}` is not valid UTF-8 (line {line}, byte {byte} of the file)")]
    NotUtf8 {
        /// The file.
        name: String,
        /// The position of the first invalid byte, counted from 1.
        byte: usize,
        /// Its line, counted from 1.
        line: usize,
    },
    /// It is in a place from which nothing is read.
    #[error("`{name}` {reason}")]
    Outside {
        /// The file or pattern.
        name: String,
        /// The rule that excludes it.
        reason: Outside,
    },
    /// The pattern of file names is invalid.
    #[error("invalid file name pattern `{0}`")]
    Pattern(String),
    /// The directories that a pattern covers have too many files.
    #[error("the pattern `{pattern}` covers more than {limit} files and directories")]
    TooManyEntries {
        /// The pattern.
        pattern: String,
        /// The limit.
        limit: usize,
    },
    /// The operating system returned an error.
    #[error("cannot read `{}`: {}", .0, io_message(.1))]
    Io(String, io::Error),
}

/// A path that the user names is below a dataset, and a link leads out of that.
#[cfg(feature = "cli")]
#[derive(Debug, thiserror::Error)]
#[error("a link leads out of the dataset in `{dataset}`")]
pub(crate) struct LinkOut {
    /// The directory of the dataset.
    pub(super) dataset: String,
}

#[cfg(feature = "cli")]
impl LinkOut {
    /// How to correct the error.
    pub(crate) const HELP: &str = "name the file that the link leads to";
}

/// Why a file of a dataset cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// It is in a place from which nothing is read either.
    #[error(transparent)]
    Place(#[from] ReadError),
    /// It is a link, or in a directory that is one.
    #[error("`{link}` is a link, and factloom does not write through links")]
    Link {
        /// The file or directory, relative to the directory of the dataset or the top of the work tree.
        link: String,
    },
    /// It is a directory, a pipe, a device or a socket.
    #[error("`{name}` is {kind}, not a file")]
    NotRegular {
        /// The file.
        name: String,
        /// The kind, such as `a named pipe`.
        kind: &'static str,
    },
}

#[cfg(feature = "cli")]
impl WriteError {
    /// How to correct the error.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Place(error) => error.help(),
            Self::Link { .. } => "replace the link with a regular file or directory",
            Self::NotRegular { .. } => "remove it",
        }
    }
}

/// The rule that keeps a file from being read; see [`PathScope`](super::PathScope).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// The file is outside the dataset's directory.
    Directory,
    /// A symbolic link leads out of the dataset's directory, or to a file of another kind.
    Link,
    /// A symbolic link leads out of the directory of source texts.
    TextLink,
    /// The file is outside the dataset's directory, and its extension is not one of those that are read from there.
    Extension(&'static [&'static str]),
    /// The file is outside the dataset's directory, and that is not in a work tree.
    NoWorkTree,
    /// The file is outside the work tree.
    WorkTree,
    /// The file is in `.git` or `.factloom`.
    Internal,
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory => f.write_str("is outside the dataset's directory"),
            Self::Link => f.write_str("is a link that leads outside the dataset"),
            Self::TextLink => f.write_str("is a link that leads outside the directory of source texts"),
            Self::Extension(extensions) => {
                write!(f, "is outside the dataset's directory, and its extension is not .{}", extensions.join(", ."))
            }
            Self::NoWorkTree => f.write_str("is outside the dataset's directory, which is not in a git work tree"),
            Self::WorkTree => f.write_str("is outside the git work tree of the dataset"),
            Self::Internal => f.write_str("is in a directory that belongs to git or to the cache"),
        }
    }
}

/// The error of reading more than the allowed number of bytes, inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("the file is larger than {}", shown_size(*.0))]
pub(super) struct SizeLimitExceeded(pub(super) u64);

impl ReadError {
    /// The error of a file that is larger than a limit.
    pub(super) fn too_large(name: &str, limit: u64) -> Self {
        Self::TooLarge { name: name.to_owned(), limit, can_split: true }
    }

    /// The error of a part of a file, after a number of bytes and line ends.
    pub(crate) fn not_utf8(name: &str, error: &FromUtf8Error, bytes: usize, lines: usize) -> Self {
        let valid = error.utf8_error().valid_up_to();
        let line = lines + error.as_bytes()[..valid].split(|b| *b == b'\n').count();
        Self::NotUtf8 { name: name.to_owned(), byte: bytes + valid + 1, line }
    }

    /// The error of the operating system, or of a reader of this module.
    pub(crate) fn from_io(name: &str, error: io::Error) -> Self {
        if let Some(SizeLimitExceeded(limit)) = error.get_ref().and_then(|e| e.downcast_ref()) {
            return Self::too_large(name, *limit);
        }
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing(name.to_owned()),
            io::ErrorKind::IsADirectory => Self::IsDirectory(name.to_owned()),
            _ => Self::Io(name.to_owned(), error),
        }
    }

    /// How to correct the error.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Missing(_) => "create the file, or correct its path in the manifest",
            Self::DanglingLink(_) => "replace the link with a file, or remove it",
            Self::IsDirectory(_) => "name a file instead",
            Self::NotRegular { .. } => "replace it with a regular file",
            Self::TooLarge { can_split: true, .. } => "split the file, or raise the limit with --max-file-size",
            Self::TooLarge { can_split: false, .. } => "raise the limit with --max-file-size",
            Self::TooLargeForUse { help, .. } => help,
            Self::NotUtf8 { .. } => "save the file as UTF-8",
            Self::Outside { reason, .. } => reason.help(),
            Self::Pattern(_) => "write a path in which `*` matches any characters, such as `facts/*.json`",
            Self::TooManyEntries { .. } => "name a directory with fewer files in the pattern",
            Self::Io(..) => "make the file readable",
        }
    }
}

impl Outside {
    fn help(self) -> &'static str {
        match self {
            Self::Directory | Self::Extension(_) | Self::WorkTree => "move the file into the dataset's directory",
            Self::Link | Self::TextLink => "replace the link with a copy of the file",
            Self::NoWorkTree => {
                "move the file into the dataset's directory, or run `git init` in a directory that contains both"
            }
            Self::Internal => "move the file to another directory of the dataset",
        }
    }
}

/// A size in bytes, or in a larger unit if it is a whole number of those.
fn shown_size(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_in_the_largest_whole_unit() {
        assert_eq!(
            [0, 10, 1 << 10, 3 << 20, 1 << 30, (1 << 30) + 1].map(shown_size),
            ["0 bytes", "10 bytes", "1 KiB", "3 MiB", "1 GiB", "1073741825 bytes"]
        );
    }
}
