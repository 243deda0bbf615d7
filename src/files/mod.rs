//! Where the bytes of a dataset come from: a directory, the program itself, memory, a git revision, or edited buffers laid over
//! one of these.
//!
//! A name is a path relative to the manifest, with `/` between its components. [`DatasetRoot`] finds the names that a pattern
//! matches, and opens files.
//!
//! Invariant: this is the only module that opens the files of a dataset. It opens regular files only, reads no more than the
//! allowed size, and never leaves the dataset's directory, except for the files that [`PathScope`] allows.

mod content;
mod error;
mod fingerprint;
mod git;
mod git_directory;
mod inputs;
mod memory;
mod open;
mod pattern;
mod program;
mod revision;
mod root;
mod running;
mod scope;
mod target;

pub(crate) use content::Content;
#[cfg(feature = "cli")]
pub(crate) use error::{LinkOut, WriteError};
pub use error::{Outside, ReadError};
pub use fingerprint::Comparison;
pub(crate) use fingerprint::{FileVersion, Fingerprint};
pub use git::{GitError, Repository};
pub use inputs::Inputs;
pub use memory::{BundledFiles, EditedFiles, MemoryFiles};
#[cfg(feature = "cli")]
pub(crate) use open::has_content;
pub(crate) use open::{read_text, read_text_in};
pub(crate) use pattern::{NamePattern, is_wildcard};
#[cfg(feature = "cli")]
pub(crate) use program::{ProgramError, ProgramLimits, program, run as run_program};
pub use revision::Revision;
pub use root::DatasetRoot;
#[cfg(feature = "cli")]
pub(crate) use running::stop_programs;
pub use scope::PathScope;
#[cfg(feature = "cli")]
pub(crate) use target::check_links;
pub(crate) use target::path_to_write;

use crate::model::Entailment;
use std::path::PathBuf;

/// The maximum size of a file in bytes, unless [`ReadOptions`] say otherwise: 1 GiB.
pub const DEFAULT_MAX_FILE_SIZE: u64 = 1 << 30;

/// How the files of a dataset are read.
///
/// ```
/// use factloom::dataset::{Dataset, DatasetRoot};
/// use factloom::files::ReadOptions;
///
/// let files = &[("factloom.json", r#"{ "base": "https://example.org/mill/" }"#)];
/// let options = ReadOptions { max_file_size: 10, ..ReadOptions::default() };
/// let opened = Dataset::open_with(DatasetRoot::Bundled(files), options);
/// assert_eq!(opened.findings[0].message, "`factloom.json` is larger than 10 bytes");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// A directory in which the texts of sources are looked up first, by path and by file name.
    pub source_dir: Option<PathBuf>,
    /// The maximum size of a file in bytes. Larger files are not read.
    pub max_file_size: u64,
    /// The entailment of the graph, instead of the one that the manifest chooses.
    pub entailment: Option<Entailment>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { source_dir: None, max_file_size: DEFAULT_MAX_FILE_SIZE, entailment: None }
    }
}
