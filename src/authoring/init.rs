//! Writes the tutorial dataset.

use crate::atomic_file::{AtomicFile, directory_of, remove_abandoned};
use crate::dataset::{BundledFiles, MANIFEST};
use crate::diagnostic::io_message;
use crate::files::{PathScope, path_to_write};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The dataset that [`init`] writes: a short text about an invented town, with facts, a claim, a rule and stored queries.
pub static TUTORIAL: BundledFiles = include!("../../data/tutorial.rs");

/// Why a dataset was not created.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The directory has a manifest.
    #[error("`{}` already exists", .0.display())]
    HasManifest(PathBuf),
    /// There is a file in place of the directory.
    #[error("`{}` is a file, not a directory", .0.display())]
    NotADirectory(PathBuf),
    /// A file that would be written exists.
    #[error("`{}` already exists", .0.display())]
    Exists(PathBuf),
    /// A file or directory could not be created.
    #[error("cannot create `{}`: {}", .path.display(), io_message(.error))]
    Create {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
}

/// Writes the [`TUTORIAL`] dataset to a directory, which is created if it is missing. Returns the names of the files relative
/// to the directory, in the order in which a reader would open them.
///
/// Nothing is written if the directory has a manifest or if one of the files exists.
///
/// # Errors
///
/// Returns an error if the directory has a manifest, or if a file exists or cannot be created.
///
/// ```
/// use factloom::authoring::init;
/// use factloom::dataset::DatasetRoot;
///
/// let dir = tempfile::tempdir()?;
/// init(dir.path())?;
/// let (dataset, _) = factloom::build(DatasetRoot::Directory(dir.path().to_owned()))?;
/// assert_eq!(dataset.title, "The pump house of Ebbingford");
/// assert!(init(dir.path()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn init(dir: &Path) -> Result<Vec<&'static str>, InitError> {
    if dir.exists() && !dir.is_dir() {
        return Err(InitError::NotADirectory(dir.to_owned()));
    }
    if let Some(manifest) = find_manifest(dir) {
        return Err(InitError::HasManifest(manifest));
    }
    if let Some((name, _)) = TUTORIAL.iter().find(|(name, _)| dir.join(name).exists()) {
        return Err(InitError::Exists(dir.join(name)));
    }
    fs::create_dir_all(directory_of(&dir.join(MANIFEST)))
        .map_err(|error| InitError::Create { path: dir.to_owned(), error })?;
    // No file appears before all have been written.
    let written = TUTORIAL.iter().map(|(name, text)| write_new(dir, name, text).map_err(failed(dir, name)));
    let names: Vec<&str> = TUTORIAL.iter().map(|(name, _)| *name).collect();
    AtomicFile::commit_all_new(written.collect::<Result<_, _>>()?)
        .map_err(|(index, error)| failed(dir, names[index])(error))?;
    Ok(names)
}

/// The manifest of a directory, even if its name differs in letter case.
pub fn find_manifest(dir: &Path) -> Option<PathBuf> {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let entries = fs::read_dir(dir).ok()?.filter_map(Result::ok);
    let mut found: Vec<PathBuf> =
        entries.filter(|entry| entry.file_name().eq_ignore_ascii_case(MANIFEST)).map(|entry| entry.path()).collect();
    found.sort();
    found.pop()
}

/// Writes a new file of a dataset under a temporary name.
fn write_new(dir: &Path, name: &str, text: &str) -> io::Result<AtomicFile> {
    let path = path_to_write(dir, name, PathScope::Inside).map_err(|e| io::Error::other(e.to_string()))?;
    fs::create_dir_all(directory_of(&path))?;
    remove_abandoned(directory_of(&path));
    let file = AtomicFile::create(&path)?;
    let mut writer = file.writer();
    writer.write_all(text.as_bytes())?;
    file.complete(writer)?;
    Ok(file)
}

/// The error of creating a file.
fn failed(dir: &Path, name: &str) -> impl FnOnce(io::Error) -> InitError {
    let path = dir.join(name);
    |error| match error.kind() {
        io::ErrorKind::AlreadyExists => InitError::Exists(path),
        _ => InitError::Create { path, error },
    }
}
