//! Where a dataset's files are: on disk, or compiled into the program.

use super::inputs::{Fingerprint, Stamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::string::FromUtf8Error;

/// A dataset that is compiled into the program: names relative to its manifest, and texts.
pub type BundledFiles = &'static [(&'static str, &'static str)];

/// The folder that a manifest lies in.
#[derive(Clone, Debug)]
pub enum DatasetRoot {
    /// A folder on disk.
    Directory(PathBuf),
    /// Files compiled into the program.
    Bundled(BundledFiles),
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("there is no file `{0}`")]
    Missing(String),
    /// It is a folder.
    #[error("`{0}` is a folder and not a file")]
    IsFolder(String),
    /// It is not UTF-8.
    #[error("`{name}` is not UTF-8: byte {byte} (line {line}) begins no character")]
    NotUtf8 {
        /// The file.
        name: String,
        /// The first byte that is wrong, counted from 1.
        byte: usize,
        /// Its line, counted from 1.
        line: usize,
    },
    /// It lies outside the dataset.
    #[error("`{0}` lies outside the dataset's folder")]
    Outside(String),
    /// A pattern of file names is malformed.
    #[error("`{0}` is no pattern of file names: {1}")]
    Pattern(String, String),
    /// The operating system refused.
    #[error("`{0}` cannot be read: {1}")]
    Io(String, io::Error),
}

impl ReadError {
    /// Of a text that stands behind so many bytes and line ends of the file.
    pub(super) fn not_utf8(name: &str, error: &FromUtf8Error, bytes: usize, lines: usize) -> Self {
        let good = error.utf8_error().valid_up_to();
        let line = lines + error.as_bytes()[..good].split(|b| *b == b'\n').count();
        Self::NotUtf8 { name: name.to_owned(), byte: bytes + good + 1, line }
    }

    pub(super) fn of(name: &str, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(name.to_owned()),
            io::ErrorKind::IsADirectory => Self::IsFolder(name.to_owned()),
            _ => Self::Io(name.to_owned(), error),
        }
    }
}

/// How far from the manifest a file may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PathScope {
    /// Below the manifest's folder only.
    Inside,
    /// Anywhere that a relative path leads.
    Anywhere,
    /// Not a file of the dataset at all, but one of those that are compiled into the program.
    BuiltIn,
}

impl DatasetRoot {
    /// Refuses a file, named relative to the manifest, that lies farther away than `reach` allows or is not there.
    pub(super) fn allows(&self, name: &str, reach: PathScope) -> Result<(), ReadError> {
        match self {
            Self::Bundled(_) => Ok(()),
            Self::Directory(root) => within(root, name, reach),
        }
    }

    /// The files that a pattern matches, relative to the manifest, sorted.
    ///
    /// # Errors
    ///
    /// Where the pattern is malformed or leads farther away than `reach` allows.
    pub fn matching(&self, pattern: &str, reach: PathScope) -> Result<Vec<String>, ReadError> {
        let malformed = |e: glob::PatternError| ReadError::Pattern(pattern.to_owned(), e.to_string());
        match self {
            Self::Bundled(files) => {
                let options = glob::MatchOptions { require_literal_separator: true, ..Default::default() };
                let pattern = glob::Pattern::new(pattern).map_err(malformed)?;
                let names = files.iter().map(|(name, _)| *name);
                let mut names: Vec<String> =
                    names.filter(|n| pattern.matches_with(n, options)).map(str::to_owned).collect();
                names.sort();
                Ok(names)
            }
            Self::Directory(root) => {
                if Path::new(pattern).is_absolute() || (reach == PathScope::Inside && leaves(pattern)) {
                    return Err(ReadError::Outside(pattern.to_owned()));
                }
                let root = root.to_string_lossy();
                let whole = match &*root {
                    "" => pattern.to_owned(),
                    root => format!("{}/{pattern}", glob::Pattern::escape(root)),
                };
                let mut names = Vec::new();
                for path in glob::glob(&whole).map_err(malformed)? {
                    let path = path.map_err(|e| ReadError::of(pattern, e.into()))?;
                    let path = path.to_string_lossy();
                    let name = path.strip_prefix(&*root).unwrap_or(&path);
                    let name = name.trim_start_matches('/');
                    // What a build keeps here is no part of the dataset.
                    if !name.starts_with(".factloom/") {
                        names.push(name.to_owned());
                    }
                }
                names.sort();
                Ok(names)
            }
        }
    }

    /// A file's name as the user would write it from the working folder.
    pub fn display_path(&self, name: &str) -> String {
        match self {
            Self::Bundled(_) => name.to_owned(),
            Self::Directory(root) if root.as_os_str().is_empty() || root == Path::new(".") => name.to_owned(),
            Self::Directory(root) => {
                let path = root.join(name);
                let short = without_detours(&path);
                // Where a symbolic link was on the way, `..` leads elsewhere than back.
                let place = |path: &Path| {
                    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                    folder.unwrap_or(Path::new(".")).canonicalize().ok()
                };
                let same = short == path || place(&short).is_some_and(|there| place(&path) == Some(there));
                (if same { short } else { path }).to_string_lossy().into_owned()
            }
        }
    }
}

impl fmt::Display for DatasetRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundled(_) => f.write_str("the bundled dataset"),
            Self::Directory(root) if root.as_os_str().is_empty() => f.write_str("."),
            Self::Directory(root) => write!(f, "{}", root.display()),
        }
    }
}

/// Refuses a file that lies farther away from the manifest than it may.
fn within(root: &Path, name: &str, reach: PathScope) -> Result<(), ReadError> {
    let outside = || ReadError::Outside(name.to_owned());
    if Path::new(name).is_absolute() || (reach == PathScope::Inside && leaves(name)) {
        return Err(outside());
    }
    if reach == PathScope::Anywhere {
        return Ok(());
    }
    // A symbolic link may lead out of a folder that somebody else packed.
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let path = root.join(name).canonicalize().map_err(|e| ReadError::of(name, e))?;
    let root = root.canonicalize().map_err(|e| ReadError::of(name, e))?;
    if path.starts_with(root) { Ok(()) } else { Err(outside()) }
}

/// A path in which no folder is entered and left again.
fn without_detours(path: &Path) -> PathBuf {
    let mut short = PathBuf::new();
    for component in path.components() {
        let entered = matches!(short.components().next_back(), Some(Component::Normal(_)));
        match component {
            Component::ParentDir if entered => drop(short.pop()),
            other => short.push(other),
        }
    }
    short
}

/// Whether a relative path climbs above where it begins.
fn leaves(name: &str) -> bool {
    let mut depth = 0_i64;
    for component in Path::new(name).components() {
        match component {
            Component::ParentDir => depth -= 1,
            Component::Normal(_) => depth += 1,
            _ => {}
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

/// Opens a file, wherever it lies, and says what it is like; `name` is what messages call it.
pub(super) fn open(path: &Path, name: &str) -> Result<(File, Stamp), ReadError> {
    let opened = || {
        let file = File::open(path)?;
        let stamp = Stamp::of(&file.metadata()?);
        Ok((file, stamp))
    };
    opened().map_err(|e| ReadError::of(name, e))
}

/// Reads a text file, wherever it lies, and says what it was like.
pub(super) fn read_text(path: &Path, name: &str) -> Result<(String, Fingerprint), ReadError> {
    let (mut file, stamp) = open(path, name)?;
    let mut bytes = Vec::with_capacity(stamp.size());
    file.read_to_end(&mut bytes).map_err(|e| ReadError::of(name, e))?;
    let content = Sha256::new_with_prefix(&bytes);
    let text = String::from_utf8(bytes).map_err(|e| ReadError::not_utf8(name, &e, 0, 0))?;
    Ok((text, Fingerprint::new(stamp, content)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Files, Layout};
    use std::fs;

    fn read(folder: &DatasetRoot, name: &str, reach: PathScope) -> Result<String, ReadError> {
        let mut files = Files::new(folder.clone(), None);
        let file = files.add(name, Layout::of(name), reach);
        files.read(file)
    }

    fn disk() -> (tempfile::TempDir, DatasetRoot) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("data/rules")).unwrap();
        for name in ["out.txt", "data/a.json", "data/rules/2.rq", "data/rules/1.rq"] {
            fs::write(dir.path().join(name), name).unwrap();
        }
        let folder = DatasetRoot::Directory(dir.path().join("data"));
        (dir, folder)
    }

    #[test]
    fn patterns_match_sorted_names_relative_to_the_manifest() {
        let (_dir, folder) = disk();
        assert_eq!(folder.matching("rules/*.rq", PathScope::Inside).unwrap(), ["rules/1.rq", "rules/2.rq"]);
        assert_eq!(folder.matching("../*.txt", PathScope::Anywhere).unwrap(), ["../out.txt"]);
        assert_eq!(read(&folder, "../out.txt", PathScope::Anywhere).unwrap(), "out.txt");
        let bundled = DatasetRoot::Bundled(&[("b.rq", "2"), ("a.rq", "1"), ("x/a.rq", "3")]);
        assert_eq!(bundled.matching("*.rq", PathScope::Inside).unwrap(), ["a.rq", "b.rq"]);
    }

    #[test]
    fn a_file_is_shown_without_detours_unless_they_lead_elsewhere() {
        let (dir, folder) = disk();
        let shown = |folder: &DatasetRoot| PathBuf::from(folder.display_path("../out.txt"));
        assert_eq!(shown(&folder), dir.path().join("out.txt"));
        assert_eq!(shown(&DatasetRoot::Directory(dir.path().join("none"))), dir.path().join("none/../out.txt"));
        #[cfg(unix)]
        {
            fs::create_dir(dir.path().join("far")).unwrap();
            let link = dir.path().join("far/link");
            std::os::unix::fs::symlink(dir.path().join("data"), &link).unwrap();
            assert_eq!(shown(&DatasetRoot::Directory(link.clone())), link.join("../out.txt"));
        }
    }

    #[test]
    fn a_dataset_cannot_read_outside_its_folder() {
        let (dir, folder) = disk();
        for name in ["../out.txt", "rules/../../out.txt", "/etc/hostname"] {
            assert!(matches!(read(&folder, name, PathScope::Inside), Err(ReadError::Outside(_))), "{name}");
            assert!(matches!(folder.matching(name, PathScope::Inside), Err(ReadError::Outside(_))), "{name}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(dir.path().join("out.txt"), dir.path().join("data/link")).unwrap();
            assert!(matches!(read(&folder, "link", PathScope::Inside), Err(ReadError::Outside(_))));
        }
    }

    #[test]
    fn a_file_that_is_no_text_is_named_with_its_bad_byte() {
        let (dir, folder) = disk();
        fs::write(dir.path().join("data/bad"), b"ok\n\xff").unwrap();
        let error = read(&folder, "bad", PathScope::Inside).unwrap_err();
        assert_eq!(error.to_string(), "`bad` is not UTF-8: byte 4 (line 2) begins no character");
        assert!(matches!(read(&folder, "rules", PathScope::Inside), Err(ReadError::IsFolder(_))));
        assert!(matches!(read(&folder, "none", PathScope::Inside), Err(ReadError::Missing(_))));
    }
}
