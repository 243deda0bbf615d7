//! The location of a dataset's files.

use super::content::Content;
use super::error::ReadError;
use super::memory::{BundledFiles, EditedFiles, MemoryFiles};
use super::open::open;
use super::pattern::{MAX_ENTRIES, NamePattern, is_wildcard};
use super::revision::Revision;
use super::scope::{PathScope, canonical_file, canonical_path, key, normalize, tidy};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the files of a dataset are.
#[derive(Clone, Debug)]
pub enum DatasetRoot {
    /// In a directory: that of the manifest.
    Directory(PathBuf),
    /// In the program.
    Bundled(BundledFiles),
    /// In memory; see [`DatasetRoot::memory`].
    Memory(MemoryFiles),
    /// In another root, with edited buffers laid over its files; see [`DatasetRoot::with_buffers`].
    Edited(EditedFiles),
    /// At a git revision; see [`Repository::at`](super::Repository::at).
    Revision(Revision),
}

impl DatasetRoot {
    /// Files in memory, by their names relative to the manifest.
    ///
    /// ```
    /// use factloom::dataset::{Dataset, DatasetRoot};
    ///
    /// let title = String::from("A mill");
    /// let manifest = format!(r#"{{ "title": "{title}", "base": "https://example.org/mill/" }}"#);
    /// let root = DatasetRoot::memory([("factloom.json", manifest), ("vocabulary.ttl", String::new())]);
    /// assert_eq!(Dataset::open(root, None).dataset.unwrap().title, title);
    /// ```
    pub fn memory<N: AsRef<str>, T: Into<Arc<str>>>(files: impl IntoIterator<Item = (N, T)>) -> Self {
        Self::Memory(files.into_iter().collect())
    }

    /// The same files with the changed texts of an editor laid over them: each buffer replaces a file or adds one. Buffers that
    /// were laid over the files before are replaced as a whole.
    ///
    /// ```
    /// use factloom::dataset::{Dataset, DatasetRoot};
    ///
    /// let root = DatasetRoot::memory([("factloom.json", r#"{ "base": "https://example.org/" }"#)]);
    /// let root = root.with_buffers([("vocabulary.ttl", "# nothing yet")]);
    /// assert!(Dataset::open(root, None).findings.is_empty());
    /// ```
    #[must_use]
    pub fn with_buffers<N: AsRef<str>, T: Into<Arc<str>>>(self, buffers: impl IntoIterator<Item = (N, T)>) -> Self {
        let base = match self {
            Self::Edited(edited) => edited.base,
            other => Arc::new(other),
        };
        Self::Edited(EditedFiles { base, buffers: buffers.into_iter().collect() })
    }

    /// The same files, edited ones among them, with more texts laid over them.
    #[must_use]
    pub(crate) fn overlaid<N: AsRef<str>, T: Into<Arc<str>>>(self, buffers: impl IntoIterator<Item = (N, T)>) -> Self {
        Self::Edited(EditedFiles { base: Arc::new(self), buffers: buffers.into_iter().collect() })
    }

    /// The directory of the files; `None` if they are not in a directory on disk.
    pub fn directory(&self) -> Option<&Path> {
        match self {
            Self::Directory(root) => Some(root),
            Self::Edited(edited) => edited.base.directory(),
            Self::Bundled(_) | Self::Memory(_) | Self::Revision(_) => None,
        }
    }

    /// The files that a pattern matches, relative to the manifest, sorted. If there is a file of this very name, for example
    /// `facts[1].json`, it is the only match.
    ///
    /// `*`, `?` and `[…]` match within a component of a path, and `**` matches any number of directories. Links to directories are
    /// not followed. Files outside the dataset's directory match only if they have an extension that `scope` allows.
    ///
    /// Linear in the number of files and directories below the components without wildcards.
    ///
    /// # Errors
    ///
    /// Returns an error if the pattern is invalid, leads outside `scope`, or covers more than 200,000 files and directories.
    pub fn matching(&self, pattern: &str, scope: PathScope) -> Result<Vec<String>, ReadError> {
        let pattern = tidy(pattern);
        let is_inside = scope.check_place(&pattern)?;
        if self.has(&pattern) {
            scope.check_name(&pattern)?;
            if let (false, Self::Directory(root)) = (is_inside, self) {
                canonical_file(root, &pattern, scope)?;
            }
            return Ok(vec![pattern]);
        }
        if !is_wildcard(&pattern) {
            scope.check_name(&pattern)?;
            return Ok(Vec::new());
        }
        let parsed = NamePattern::new(&pattern)?;
        let mut names = self.matches(&parsed, &pattern, is_inside)?;
        names.retain(|name| is_inside || scope.allows_extension(Path::new(name)));
        Ok(names)
    }

    /// The sorted names that a pattern with wildcards matches.
    fn matches(&self, parsed: &NamePattern, pattern: &str, is_inside: bool) -> Result<Vec<String>, ReadError> {
        let matching = |name: &&str| parsed.matches(name);
        let mut names: Vec<String> = match self {
            Self::Bundled(files) => files.iter().map(|(name, _)| *name).filter(matching).map(str::to_owned).collect(),
            Self::Memory(files) => files.names().filter(matching).map(str::to_owned).collect(),
            Self::Directory(root) => match canonical_path(root, &parsed.directory(), is_inside) {
                Ok(_) => parsed.files_in(root, pattern, MAX_ENTRIES)?,
                Err(ReadError::Missing(_)) => Vec::new(),
                Err(ReadError::Outside { reason, .. }) => {
                    return Err(ReadError::Outside { name: pattern.to_owned(), reason });
                }
                Err(other) => return Err(other),
            },
            Self::Revision(revision) => revision.matching(parsed, is_inside)?,
            Self::Edited(edited) => {
                let mut names = edited.base.matches(parsed, pattern, is_inside)?;
                names.extend(edited.buffers.names().filter(matching).map(str::to_owned));
                names
            }
        };
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Whether there is a file or directory of this name.
    fn has(&self, name: &str) -> bool {
        match self {
            Self::Bundled(files) => key(name).is_some_and(|name| files.iter().any(|(n, _)| *n == name)),
            Self::Memory(files) => files.get(name).is_some(),
            Self::Directory(root) => root.join(name).symlink_metadata().is_ok(),
            Self::Revision(revision) => revision.has(name),
            Self::Edited(edited) => edited.buffers.get(name).is_some() || edited.base.has(name),
        }
    }

    /// Opens a file of at most `max_size` bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the file does not exist, may not be read, is too large, or is not a regular file.
    pub(crate) fn open(&self, name: &str, scope: PathScope, max_size: u64) -> Result<Content, ReadError> {
        let missing = || ReadError::Missing(name.to_owned());
        let content = match self {
            Self::Directory(root) => Content::File(open(&canonical_file(root, name, scope)?, name, max_size)?),
            Self::Bundled(files) => {
                scope.check_name(name)?;
                let name = key(name).ok_or_else(missing)?;
                Content::Static(files.iter().find(|(n, _)| *n == name).ok_or_else(missing)?.1)
            }
            Self::Memory(files) => {
                scope.check_name(name)?;
                Content::Text(files.get(name).cloned().ok_or_else(missing)?)
            }
            Self::Revision(revision) => Content::Text(revision.text(name, scope, max_size)?.into()),
            Self::Edited(edited) => match edited.buffers.get(name) {
                Some(buffer) => {
                    scope.check_name(name)?;
                    Content::Text(buffer.clone())
                }
                None => edited.base.open(name, scope, max_size)?,
            },
        };
        content.limited(name, max_size)
    }

    /// A file's path relative to the current directory.
    pub fn display_path(&self, name: &str) -> String {
        match self {
            Self::Bundled(_) | Self::Memory(_) => name.to_owned(),
            Self::Revision(revision) => revision.display_path(name),
            Self::Edited(edited) => edited.base.display_path(name),
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
            Self::Memory(_) => f.write_str("a dataset in memory"),
            Self::Revision(revision) => f.write_str(revision.name()),
            Self::Edited(edited) => edited.base.fmt(f),
            Self::Directory(root) if root.as_os_str().is_empty() => f.write_str("."),
            Self::Directory(root) => write!(f, "{}", root.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(root: &DatasetRoot, name: &str) -> Result<String, ReadError> {
        root.open(name, PathScope::Inside, 100)?.text(name).map(|(text, _)| text)
    }

    fn disk() -> (tempfile::TempDir, DatasetRoot) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("data/rules")).unwrap();
        for name in ["out.rq", "out.txt", "data/a.json", "data/rules/2.rq", "data/rules/1.rq"] {
            fs::write(dir.path().join(name), name).unwrap();
        }
        let root = DatasetRoot::Directory(dir.path().join("data"));
        (dir, root)
    }

    #[test]
    fn patterns_match_sorted_names_relative_to_the_manifest() {
        let (dir, root) = disk();
        let matching = |pattern: &str, scope| root.matching(pattern, scope).unwrap();
        assert_eq!(matching("rules/*.rq", PathScope::Inside), ["rules/1.rq", "rules/2.rq"]);
        assert_eq!(matching("./rules//1.rq", PathScope::Inside), ["rules/1.rq"]);
        assert_eq!(matching("no/such/*", PathScope::Inside), [""; 0]);
        assert_eq!(matching("none.json", PathScope::Inside), [""; 0]);
        fs::create_dir(dir.path().join(".git")).unwrap();
        assert_eq!(matching("../*", PathScope::Queries), ["../out.rq"]);
        assert_eq!(matching("../out.rq", PathScope::Queries), ["../out.rq"]);
    }

    #[test]
    fn the_files_in_memory_match_as_those_on_disk() {
        let bundled = DatasetRoot::Bundled(&[("b.rq", "2"), ("a.rq", "1"), ("x/a.rq", "3")]);
        let memory = DatasetRoot::memory([("b.rq", "2"), ("./a.rq", "1"), ("x/a.rq", "3")]);
        for root in [bundled, memory] {
            assert_eq!(root.matching("*.rq", PathScope::Inside).unwrap(), ["a.rq", "b.rq"]);
            assert_eq!(read(&root, "x/../a.rq").unwrap(), "1");
            assert!(matches!(read(&root, "../a.rq"), Err(ReadError::Outside { .. })));
            assert!(matches!(read(&root, "c.rq"), Err(ReadError::Missing(_))));
            assert!(matches!(root.open("a.rq", PathScope::Inside, 0), Err(ReadError::TooLarge { .. })));
        }
    }

    #[test]
    fn a_buffer_replaces_a_file_or_adds_one() {
        let (_dir, root) = disk();
        let root = root.with_buffers([("rules/1.rq", "edited"), ("rules/3.rq", "new")]);
        assert_eq!(root.matching("rules/*.rq", PathScope::Inside).unwrap(), ["rules/1.rq", "rules/2.rq", "rules/3.rq"]);
        assert_eq!(
            ["rules/1.rq", "rules/2.rq", "rules/3.rq"].map(|n| read(&root, n).unwrap()),
            ["edited", "data/rules/2.rq", "new"]
        );
        let root = root.with_buffers([("a.json", "later")]);
        assert_eq!(
            (read(&root, "a.json").unwrap(), read(&root, "rules/1.rq").unwrap()),
            ("later".into(), "data/rules/1.rq".into())
        );
    }

    #[test]
    fn a_name_with_brackets_is_a_file_if_there_is_one() {
        let (dir, root) = disk();
        fs::write(dir.path().join("data/facts1.json"), "").unwrap();
        assert_eq!(root.matching("facts[1].json", PathScope::Inside).unwrap(), ["facts1.json"]);
        fs::write(dir.path().join("data/facts[1].json"), "").unwrap();
        assert_eq!(root.matching("facts[1].json", PathScope::Inside).unwrap(), ["facts[1].json"]);
        let memory = DatasetRoot::memory([("facts[1].json", ""), ("facts1.json", "")]);
        assert_eq!(memory.matching("facts[1].json", PathScope::Inside).unwrap(), ["facts[1].json"]);
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
        let (_dir, root) = disk();
        for name in ["../out.txt", "rules/../../out.txt", "/etc/hostname"] {
            assert!(matches!(read(&root, name), Err(ReadError::Outside { .. })), "{name}");
            assert!(matches!(root.matching(name, PathScope::Inside), Err(ReadError::Outside { .. })), "{name}");
        }
        for pattern in ["../*.rq", "../out.rq"] {
            let error = root.matching(pattern, PathScope::Queries).unwrap_err().to_string();
            let expected = format!("`{pattern}` is outside the dataset's directory, which is not in a git work tree");
            assert_eq!(error, expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pattern_does_not_list_a_directory_outside() {
        let (dir, root) = disk();
        std::os::unix::fs::symlink("..", dir.path().join("data/up")).unwrap();
        let error = root.matching("up/*.txt", PathScope::Inside).unwrap_err();
        assert_eq!(error.to_string(), "`up/*.txt` is a link that leads outside the dataset");
        assert_eq!(root.matching("*/*.txt", PathScope::Inside).unwrap(), [""; 0]);
    }

    #[test]
    fn an_invalid_byte_is_reported_with_its_position() {
        let (dir, root) = disk();
        fs::write(dir.path().join("data/bad"), b"ok\n\xff").unwrap();
        let error = read(&root, "bad").unwrap_err();
        assert_eq!(error.to_string(), "`bad` is not valid UTF-8 (line 2, byte 4 of the file)");
        assert!(matches!(read(&root, "rules"), Err(ReadError::IsDirectory(_))));
        assert!(matches!(read(&root, "none"), Err(ReadError::Missing(_))));
    }
}
