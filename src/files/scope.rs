//! Which files a dataset may read.
//!
//! Names are checked twice: as they are written, and after symbolic links have been resolved. Links are allowed as long as they
//! stay in the dataset's directory.

use super::error::{Outside, ReadError};
use serde::{Deserialize, Serialize};
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

/// Where a file may be.
///
/// Outside the dataset's directory, only files with certain extensions are read, and only below the top of the enclosing git work
/// tree: the nearest directory upwards that contains `.git`. So a dataset can share queries with others of its repository, but
/// cannot read the private files of its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathScope {
    /// In the dataset's directory: that of the manifest.
    Inside,
    /// In the dataset's directory, or a `.rq` file elsewhere in the work tree.
    Queries,
    /// In the dataset's directory, or a file with the extension of a golden file elsewhere in the work tree.
    GoldenFiles,
}

/// Directories whose files are not part of a dataset.
pub(super) const INTERNAL: [&str; 2] = [".git", ".factloom"];

impl PathScope {
    /// The extensions of the files that may be outside the dataset's directory.
    fn extensions_outside(self) -> &'static [&'static str] {
        match self {
            Self::Inside => &[],
            Self::Queries => &["rq"],
            Self::GoldenFiles => &["csv", "tsv", "srj", "srx", "ttl", "nt", "bool"],
        }
    }

    /// Whether the extension of a file is allowed outside the dataset's directory.
    pub(super) fn allows_extension(self, path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| self.extensions_outside().contains(&extension))
    }

    /// Whether a name or pattern, as it is written, is in the dataset's directory.
    ///
    /// # Errors
    ///
    /// Returns an error if it may not be where it is. The extension is not checked.
    pub(super) fn check_place(self, name: &str) -> Result<bool, ReadError> {
        let outside = |reason| Err(ReadError::Outside { name: name.to_owned(), reason });
        if is_internal(Path::new(name)) {
            return outside(Outside::Internal);
        }
        let is_inside = resolve(name).is_some();
        if !is_inside && (self == Self::Inside || is_absolute(name)) {
            return outside(Outside::Directory);
        }
        Ok(is_inside)
    }

    /// Whether a file is in the dataset's directory, by its name.
    ///
    /// # Errors
    ///
    /// Returns an error if it may not be read.
    pub(super) fn check_name(self, name: &str) -> Result<bool, ReadError> {
        let is_inside = self.check_place(name)?;
        if is_inside || self.allows_extension(Path::new(name)) {
            return Ok(is_inside);
        }
        let reason = Outside::Extension(self.extensions_outside());
        Err(ReadError::Outside { name: name.to_owned(), reason })
    }
}

/// The path of a file that may be read, without links.
pub(super) fn canonical_file(root: &Path, name: &str, scope: PathScope) -> Result<PathBuf, ReadError> {
    let is_inside = scope.check_name(name)?;
    let path = canonical_path(root, name, is_inside)?;
    if is_inside || scope.allows_extension(&path) {
        return Ok(path);
    }
    Err(ReadError::Outside { name: name.to_owned(), reason: Outside::Link })
}

/// The path of a file or directory without links, if that is in the dataset's directory, or in its work tree unless `is_inside`.
pub(super) fn canonical_path(root: &Path, name: &str, is_inside: bool) -> Result<PathBuf, ReadError> {
    let outside = |reason| ReadError::Outside { name: name.to_owned(), reason };
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let directory = root.canonicalize().map_err(|e| ReadError::from_io(name, e))?;
    let (top, reason) = top_directory(&directory, name, is_inside)?;
    // Whether a file outside exists is not revealed either.
    if !is_inside && !normalize(&directory.join(name)).starts_with(top) {
        return Err(outside(reason));
    }
    let link = root.join(name);
    let path = link.canonicalize().map_err(|e| match ReadError::from_io(name, e) {
        ReadError::Missing(name) if link.is_symlink() => ReadError::DanglingLink(name),
        other => other,
    })?;
    match path.strip_prefix(top) {
        Err(_) => Err(outside(reason)),
        Ok(below) if is_internal(below) => Err(outside(Outside::Internal)),
        Ok(_) => Ok(path),
    }
}

/// The directory that a file may not leave, and the rule if it does. `directory` is that of the dataset, without links.
pub(super) fn top_directory<'a>(
    directory: &'a Path,
    name: &str,
    is_inside: bool,
) -> Result<(&'a Path, Outside), ReadError> {
    if is_inside {
        return Ok((directory, Outside::Link));
    }
    let outside = || ReadError::Outside { name: name.to_owned(), reason: Outside::NoWorkTree };
    Ok((work_tree(directory).ok_or_else(outside)?, Outside::WorkTree))
}

/// The top of the git work tree that contains a directory: the nearest directory upwards that contains `.git`.
pub(super) fn work_tree(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|above| above.join(".git").symlink_metadata().is_ok())
}

/// Whether a path has a component that names a directory of git or of the cache.
pub(super) fn is_internal(path: &Path) -> bool {
    let is_internal = |name: &std::ffi::OsStr| INTERNAL.iter().any(|internal| name.eq_ignore_ascii_case(internal));
    path.components().any(|component| matches!(component, Component::Normal(name) if is_internal(name)))
}

/// The form of names in which they are compared: with `/` as the separator, and without empty and `.` components.
pub(super) fn tidy(name: &str) -> String {
    with_slashes(name, MAIN_SEPARATOR)
}

fn with_slashes(name: &str, separator: char) -> String {
    let name = name.replace(separator, "/");
    let start = if name.starts_with('/') { "/" } else { "" };
    let components: Vec<&str> = name.split('/').filter(|component| !matches!(*component, "" | ".")).collect();
    format!("{start}{}", components.join("/"))
}

/// A name without `..` components; `None` if it is absolute or leads above the manifest.
pub(super) fn resolve(name: &str) -> Option<String> {
    if is_absolute(name) {
        return None;
    }
    let mut components: Vec<&str> = Vec::new();
    let name = tidy(name);
    for component in name.split('/') {
        match component {
            ".." => drop(components.pop()?),
            other => components.push(other),
        }
    }
    Some(components.join("/"))
}

/// A name in the form in which files in memory are looked up: `..` only at the start. `None` if it is absolute.
pub(super) fn key(name: &str) -> Option<String> {
    (!is_absolute(name)).then(|| tidy(&normalize(Path::new(&tidy(name))).to_string_lossy()))
}

/// Whether a path does not depend on a directory that it is joined to; on Windows, also `\a` and `C:a`.
fn is_absolute(name: &str) -> bool {
    let first = Path::new(name).components().next();
    matches!(first, Some(Component::RootDir | Component::Prefix(_)))
}

/// Resolves the `..` components of a path lexically.
pub(super) fn normalize(path: &Path) -> PathBuf {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A work tree with a dataset, and files inside and outside of both.
    fn work_tree() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        for name in ["tree/.git/config", "tree/shared/a.rq", "tree/shared/a.txt", "tree/data/b.rq", "a.rq"] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let root = dir.path().join("tree/data");
        (dir, root)
    }

    fn reason(root: &Path, name: &str, scope: PathScope) -> Option<Outside> {
        match canonical_file(root, name, scope) {
            Ok(_) => None,
            Err(ReadError::Outside { reason, .. }) => Some(reason),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn only_queries_in_the_work_tree_are_read_outside_the_dataset() {
        let (dir, root) = work_tree();
        for (name, scope, expected) in [
            ("b.rq", PathScope::Inside, None),
            ("../shared/a.rq", PathScope::Queries, None),
            ("../shared/a.rq", PathScope::Inside, Some(Outside::Directory)),
            (
                "../shared/a.rq",
                PathScope::GoldenFiles,
                Some(Outside::Extension(PathScope::GoldenFiles.extensions_outside())),
            ),
            ("../shared/a.txt", PathScope::Queries, Some(Outside::Extension(&["rq"]))),
            ("../../a.rq", PathScope::Queries, Some(Outside::WorkTree)),
            ("../../no-such-file.rq", PathScope::Queries, Some(Outside::WorkTree)),
            ("../.git/config", PathScope::Queries, Some(Outside::Internal)),
            ("x/../../shared/a.txt", PathScope::Inside, Some(Outside::Directory)),
            ("/etc/hostname", PathScope::Queries, Some(Outside::Directory)),
            (".factloom/inputs.json", PathScope::Inside, Some(Outside::Internal)),
        ] {
            assert_eq!(reason(&root, name, scope), expected, "{name}");
        }
        fs::remove_dir_all(dir.path().join("tree/.git")).unwrap();
        assert_eq!(reason(&root, "../shared/a.rq", PathScope::Queries), Some(Outside::NoWorkTree));
    }

    #[cfg(unix)]
    #[test]
    fn links_may_not_leave_the_dataset() {
        use std::os::unix::fs::symlink;
        let (dir, root) = work_tree();
        fs::create_dir(root.join("sub")).unwrap();
        for (target, link, expected) in [
            ("b.rq", "inside", None),
            ("../b.rq", "sub/inside", None),
            ("../shared/a.rq", "outside.rq", Some(Outside::Link)),
            ("../shared", "directory", Some(Outside::Link)),
            ("/etc/hostname", "absolute", Some(Outside::Link)),
        ] {
            symlink(target, root.join(link)).unwrap();
            let name = if link == "directory" { "directory/a.txt" } else { link };
            assert_eq!(reason(&root, name, PathScope::Queries), expected, "{name}");
        }
        symlink("nope", root.join("dangling")).unwrap();
        let dangling = canonical_file(&root, "dangling", PathScope::Inside);
        assert!(matches!(dangling, Err(ReadError::DanglingLink(name)) if name == "dangling"));
        // A query outside the dataset that is a link to a file of another kind, or out of the work tree.
        for (target, link, expected) in [
            ("a.txt", "text.rq", Some(Outside::Link)),
            ("a.rq", "query.rq", None),
            ("../../a.rq", "far.rq", Some(Outside::WorkTree)),
            ("../.git/config", "git.rq", Some(Outside::Internal)),
        ] {
            symlink(target, dir.path().join("tree/shared").join(link)).unwrap();
            assert_eq!(reason(&root, &format!("../shared/{link}"), PathScope::Queries), expected, "{link}");
        }
        // The dataset itself may be reached through a link.
        symlink(&root, dir.path().join("link")).unwrap();
        assert_eq!(reason(&dir.path().join("link"), "b.rq", PathScope::Inside), None);
        assert_eq!(reason(&dir.path().join("link"), "../shared/a.rq", PathScope::Queries), None);
    }

    #[test]
    fn names_are_compared_in_one_form() {
        assert_eq!(with_slashes(r"facts\.\a.json", '\\'), "facts/a.json");
        assert_eq!(with_slashes(r"a\b", '/'), r"a\b");
        assert_eq!(with_slashes("./a//b/.", '/'), "a/b");
        assert_eq!(resolve("a/../b/./c").as_deref(), Some("b/c"));
        assert_eq!([resolve("a/../../b"), resolve("/a")], [None, None]);
        assert_eq!(key("a/../../b//c").as_deref(), Some("../b/c"));
    }
}
