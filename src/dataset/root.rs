//! The location of a dataset's files: a directory, or compiled into the program.

use super::inputs::{FileStat, Fingerprint};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::string::FromUtf8Error;

/// A dataset that is compiled into the program: the names of its files, relative to the manifest, and their texts.
pub type BundledFiles = &'static [(&'static str, &'static str)];

/// The location of a manifest.
#[derive(Clone, Debug)]
pub enum DatasetRoot {
    /// A directory.
    Directory(PathBuf),
    /// Files compiled into the program.
    Bundled(BundledFiles),
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It does not exist.
    #[error("file `{0}` does not exist")]
    Missing(String),
    /// It is a directory.
    #[error("`{0}` is a directory, not a file")]
    IsDirectory(String),
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
    /// It is outside the dataset's directory.
    #[error("`{0}` is outside the dataset's directory")]
    Outside(String),
    /// The pattern of file names is invalid.
    #[error("invalid file name pattern `{0}`")]
    Pattern(String),
    /// The operating system returned an error.
    #[error("cannot read `{0}`: {1}")]
    Io(String, io::Error),
}

impl ReadError {
    /// The error of a part of a file, after a number of bytes and line ends.
    pub(super) fn not_utf8(name: &str, error: &FromUtf8Error, bytes: usize, lines: usize) -> Self {
        let valid = error.utf8_error().valid_up_to();
        let line = lines + error.as_bytes()[..valid].split(|b| *b == b'\n').count();
        Self::NotUtf8 { name: name.to_owned(), byte: bytes + valid + 1, line }
    }

    pub(super) fn from_io(name: &str, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(name.to_owned()),
            io::ErrorKind::IsADirectory => Self::IsDirectory(name.to_owned()),
            _ => Self::Io(name.to_owned(), error),
        }
    }

    /// How to correct the error.
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Missing(_) => "create the file, or correct its path in the manifest",
            Self::IsDirectory(_) => "name a file instead",
            Self::NotUtf8 { .. } => "save the file as UTF-8",
            Self::Outside(_) => "move the file into the dataset's directory",
            Self::Pattern(_) => "write a path in which `*` matches any characters, such as `facts/*.json`",
            Self::Io(..) => "make the file readable",
        }
    }
}

/// Where a file may be, relative to the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PathScope {
    /// Only below the manifest's directory.
    Inside,
    /// At any relative path.
    Anywhere,
    /// Nowhere: the file is compiled into the program.
    BuiltIn,
}

impl DatasetRoot {
    /// The files that a pattern matches, relative to the manifest, sorted.
    ///
    /// # Errors
    ///
    /// Returns an error if the pattern is invalid or leads outside `scope`.
    pub fn matching(&self, pattern: &str, scope: PathScope) -> Result<Vec<String>, ReadError> {
        let invalid = |_: glob::PatternError| ReadError::Pattern(pattern.to_owned());
        match self {
            Self::Bundled(files) => {
                let options = glob::MatchOptions { require_literal_separator: true, ..Default::default() };
                let pattern = glob::Pattern::new(pattern).map_err(invalid)?;
                let names = files.iter().map(|(name, _)| *name);
                let mut names: Vec<String> =
                    names.filter(|n| pattern.matches_with(n, options)).map(str::to_owned).collect();
                names.sort();
                Ok(names)
            }
            Self::Directory(root) => {
                if Path::new(pattern).is_absolute() || (scope == PathScope::Inside && climbs_out(pattern)) {
                    return Err(ReadError::Outside(pattern.to_owned()));
                }
                let root = root.to_string_lossy();
                let full_pattern = match &*root {
                    "" => pattern.to_owned(),
                    root => format!("{}/{pattern}", glob::Pattern::escape(root)),
                };
                let mut names = Vec::new();
                for path in glob::glob(&full_pattern).map_err(invalid)? {
                    let path = path.map_err(|e| ReadError::from_io(pattern, e.into()))?;
                    let path = path.to_string_lossy();
                    let name = path.strip_prefix(&*root).unwrap_or(&path);
                    let name = name.trim_start_matches('/');
                    // Files that a build caches are not part of the dataset.
                    if !name.starts_with(".factloom/") {
                        names.push(name.to_owned());
                    }
                }
                names.sort();
                Ok(names)
            }
        }
    }

    /// A file's path relative to the current directory.
    pub fn display_path(&self, name: &str) -> String {
        match self {
            Self::Bundled(_) => name.to_owned(),
            Self::Directory(root) if root.as_os_str().is_empty() || root == Path::new(".") => name.to_owned(),
            Self::Directory(root) => {
                let path = root.join(name);
                let normalized = normalize(&path);
                // After a symbolic link, `..` does not lead back.
                let directory = |path: &Path| {
                    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                    parent.unwrap_or(Path::new(".")).canonicalize().ok()
                };
                let is_same =
                    normalized == path || directory(&normalized).is_some_and(|parent| directory(&path) == Some(parent));
                (if is_same { normalized } else { path }).to_string_lossy().into_owned()
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

/// Returns an error if a file is outside `scope` or does not exist.
pub(super) fn check_scope(root: &Path, name: &str, scope: PathScope) -> Result<(), ReadError> {
    let outside = || ReadError::Outside(name.to_owned());
    if Path::new(name).is_absolute() || (scope == PathScope::Inside && climbs_out(name)) {
        return Err(outside());
    }
    if scope == PathScope::Anywhere {
        return Ok(());
    }
    // A symbolic link may lead out of the directory.
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let path = root.join(name).canonicalize().map_err(|e| ReadError::from_io(name, e))?;
    let root = root.canonicalize().map_err(|e| ReadError::from_io(name, e))?;
    if path.starts_with(root) { Ok(()) } else { Err(outside()) }
}

/// Resolves the `..` components of a path lexically.
fn normalize(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for component in path.components() {
        let can_pop = matches!(normalized.components().next_back(), Some(Component::Normal(_)));
        match component {
            Component::ParentDir if can_pop => drop(normalized.pop()),
            other => normalized.push(other),
        }
    }
    normalized
}

/// Whether a relative path leads above its start.
fn climbs_out(path: &str) -> bool {
    let normalized = normalize(Path::new(path));
    normalized.components().find(|component| *component != Component::CurDir) == Some(Component::ParentDir)
}

/// Opens a file and returns its metadata. Errors call it `name`.
pub(super) fn open(path: &Path, name: &str) -> Result<(File, FileStat), ReadError> {
    let opened = || {
        let file = File::open(path)?;
        let stat = FileStat::new(&file.metadata()?);
        Ok((file, stat))
    };
    opened().map_err(|e| ReadError::from_io(name, e))
}

/// Reads a text file and returns its fingerprint. Errors call it `name`.
pub(super) fn read_text(path: &Path, name: &str) -> Result<(String, Fingerprint), ReadError> {
    let (mut file, stat) = open(path, name)?;
    let mut bytes = Vec::with_capacity(stat.size());
    file.read_to_end(&mut bytes).map_err(|e| ReadError::from_io(name, e))?;
    let content = Sha256::new_with_prefix(&bytes);
    let text = String::from_utf8(bytes).map_err(|e| ReadError::not_utf8(name, &e, 0, 0))?;
    Ok((text, Fingerprint::new(stat, content)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Files, Layout};
    use std::fs;

    fn read(root: &DatasetRoot, name: &str, scope: PathScope) -> Result<String, ReadError> {
        let mut files = Files::new(root.clone(), None);
        let file = files.add(name, Layout::of(name), scope);
        files.read(file)
    }

    fn disk() -> (tempfile::TempDir, DatasetRoot) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("data/rules")).unwrap();
        for name in ["out.txt", "data/a.json", "data/rules/2.rq", "data/rules/1.rq"] {
            fs::write(dir.path().join(name), name).unwrap();
        }
        let root = DatasetRoot::Directory(dir.path().join("data"));
        (dir, root)
    }

    #[test]
    fn patterns_match_sorted_names_relative_to_the_manifest() {
        let (_dir, root) = disk();
        assert_eq!(root.matching("rules/*.rq", PathScope::Inside).unwrap(), ["rules/1.rq", "rules/2.rq"]);
        assert_eq!(root.matching("../*.txt", PathScope::Anywhere).unwrap(), ["../out.txt"]);
        assert_eq!(read(&root, "../out.txt", PathScope::Anywhere).unwrap(), "out.txt");
        let bundled = DatasetRoot::Bundled(&[("b.rq", "2"), ("a.rq", "1"), ("x/a.rq", "3")]);
        assert_eq!(bundled.matching("*.rq", PathScope::Inside).unwrap(), ["a.rq", "b.rq"]);
    }

    #[test]
    fn displayed_paths_are_normalized_unless_a_link_forbids_it() {
        let (dir, root) = disk();
        let shown = |root: &DatasetRoot| PathBuf::from(root.display_path("../out.txt"));
        assert_eq!(shown(&root), dir.path().join("out.txt"));
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
    fn a_dataset_cannot_read_outside_its_directory() {
        let (dir, root) = disk();
        for name in ["../out.txt", "rules/../../out.txt", "/etc/hostname"] {
            assert!(matches!(read(&root, name, PathScope::Inside), Err(ReadError::Outside(_))), "{name}");
            assert!(matches!(root.matching(name, PathScope::Inside), Err(ReadError::Outside(_))), "{name}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(dir.path().join("out.txt"), dir.path().join("data/link")).unwrap();
            assert!(matches!(read(&root, "link", PathScope::Inside), Err(ReadError::Outside(_))));
        }
    }

    #[test]
    fn an_invalid_byte_is_reported_with_its_position() {
        let (dir, root) = disk();
        fs::write(dir.path().join("data/bad"), b"ok\n\xff").unwrap();
        let error = read(&root, "bad", PathScope::Inside).unwrap_err();
        assert_eq!(error.to_string(), "`bad` is not valid UTF-8 (line 2, byte 4 of the file)");
        assert!(matches!(read(&root, "rules", PathScope::Inside), Err(ReadError::IsDirectory(_))));
        assert!(matches!(read(&root, "none", PathScope::Inside), Err(ReadError::Missing(_))));
    }
}
