//! Where files are written, and where links may lead.

#[cfg(feature = "cli")]
use super::error::LinkOut;
use super::error::{Outside, ReadError, WriteError};
use super::open::other_kind;
use super::scope::{PathScope, is_internal, normalize, top_directory};
#[cfg(feature = "cli")]
use crate::atomic_file::follow_links;
use std::io;
#[cfg(feature = "cli")]
use std::path::absolute;
use std::path::{Path, PathBuf};

/// The file that makes a directory a dataset.
#[cfg(feature = "cli")]
const MANIFEST: &str = "factloom.json";

/// The path of a file that may be written: where `scope` allows to read it, and with no link on the way from the dataset's
/// directory, or from the top of the work tree. The file and the directories may be missing.
///
/// # Errors
///
/// Returns an error if the file may not be written, is a link, or is not a regular file.
pub(crate) fn path_to_write(root: &Path, name: &str, scope: PathScope) -> Result<PathBuf, WriteError> {
    let is_inside = scope.check_name(name)?;
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let directory = root.canonicalize().map_err(|e| ReadError::from_io(name, e))?;
    let (top, reason) = top_directory(&directory, name, is_inside)?;
    let outside = |reason| ReadError::Outside { name: name.to_owned(), reason };
    // As there are no links on the way, each `..` leads back.
    let path = normalize(&directory.join(name));
    let below = path.strip_prefix(top).map_err(|_| outside(reason))?;
    if is_internal(below) {
        return Err(outside(Outside::Internal).into());
    }
    let mut current = top.to_owned();
    for component in below.components() {
        current.push(component);
        let metadata = match current.symlink_metadata() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => break,
            metadata => metadata.map_err(|e| ReadError::from_io(name, e))?,
        };
        if metadata.is_symlink() {
            let link = current.strip_prefix(top).unwrap_or(&current).display().to_string();
            return Err(WriteError::Link { link });
        }
        if current == path
            && let Some(kind) = other_kind(metadata.file_type())
        {
            return Err(WriteError::NotRegular { name: name.to_owned(), kind });
        }
    }
    Ok(path)
}

/// An error if a link leads from a path that the user names, which is below a dataset, out of that dataset: a dataset from anyone
/// may have a link with a likely name.
#[cfg(feature = "cli")]
pub(crate) fn check_links(path: &Path) -> io::Result<Result<(), LinkOut>> {
    let (target, written) = (follow_links(path)?, normalize(&absolute(path)?));
    // The nearest directory that exists contains all that will be created.
    let existing = target.ancestors().skip(1).find_map(|above| {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        above.canonicalize().ok()
    });
    for dataset in written.ancestors().skip(1).filter(|above| above.join(MANIFEST).symlink_metadata().is_ok()) {
        let directory = dataset.canonicalize()?;
        if existing.as_ref().is_some_and(|existing| !existing.starts_with(&directory)) {
            return Ok(Err(LinkOut { dataset: dataset.display().to_string() }));
        }
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn error(root: &Path, name: &str, scope: PathScope) -> String {
        path_to_write(root, name, scope).map_or_else(|e| e.to_string(), |path| format!("written to {}", path.display()))
    }

    #[test]
    fn a_file_is_written_where_it_may_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let tree = dir.path().canonicalize().unwrap();
        let root = tree.join("data");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::create_dir(tree.join(".git")).unwrap();
        let path = |name: &str, scope| path_to_write(&root, name, scope).unwrap();
        assert_eq!(path("factloom.lock", PathScope::Inside), root.join("factloom.lock"));
        assert_eq!(path("new/deep/a.csv", PathScope::GoldenFiles), root.join("new/deep/a.csv"));
        assert_eq!(path("sub/../../tests/a.csv", PathScope::GoldenFiles), tree.join("tests/a.csv"));
        for (name, scope, message) in [
            ("../tests/a.csv", PathScope::Inside, "`../tests/a.csv` is outside the dataset's directory"),
            ("../../a.csv", PathScope::GoldenFiles, "`../../a.csv` is outside the git work tree of the dataset"),
            (
                ".git/a.csv",
                PathScope::GoldenFiles,
                "`.git/a.csv` is in a directory that belongs to git or to the cache",
            ),
            ("sub", PathScope::Inside, "`sub` is a directory, not a file"),
        ] {
            assert_eq!(error(&root, name, scope), message);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_not_written_through_a_link() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("data");
        fs::create_dir_all(root.join("real")).unwrap();
        fs::write(root.join("real/a.csv"), "").unwrap();
        for (target, link) in [("real", "inside"), ("..", "up"), ("real/a.csv", "a.csv"), ("/no/such/file", "dangling")]
        {
            symlink(target, root.join(link)).unwrap();
        }
        for (name, link) in
            [("inside/a.csv", "inside"), ("up/b.csv", "up"), ("a.csv", "a.csv"), ("dangling", "dangling")]
        {
            assert_eq!(
                error(&root, name, PathScope::Inside),
                format!("`{link}` is a link, and factloom does not write through links")
            );
        }
        // The dataset itself may be reached through a link.
        symlink(&root, dir.path().join("link")).unwrap();
        let path = path_to_write(&dir.path().join("link"), "b.csv", PathScope::Inside).unwrap();
        assert_eq!(path, root.canonicalize().unwrap().join("b.csv"));
    }

    #[cfg(all(unix, feature = "cli"))]
    #[test]
    fn a_named_path_below_a_dataset_does_not_leave_it() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("data");
        for directory in ["data/real", "elsewhere/other"] {
            fs::create_dir_all(dir.path().join(directory)).unwrap();
        }
        for name in ["data/factloom.json", "data/real/a", "elsewhere/a", "elsewhere/other/factloom.json"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        for (target, link) in [
            ("real", "inside"),
            ("real/a", "file"),
            ("../elsewhere", "out"),
            ("../elsewhere/other", "dataset"),
            ("../elsewhere/a", "file-out"),
            ("../elsewhere/new", "new-out"),
            ("/dev/null", "device"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        symlink("data/real/a", dir.path().join("link")).unwrap();
        symlink("data", dir.path().join("dataset")).unwrap();
        let check = |name: &str| check_links(&dir.path().join(name)).unwrap();
        for name in ["data/new", "data/inside/new", "data/file", "data/no/such/directory/x", "link", "dataset/new"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for name in
            ["data/out/new", "data/out/no/such/x", "data/dataset/new", "data/file-out", "data/new-out", "data/device"]
        {
            assert!(check(name).is_err(), "{name}");
        }
        assert!(check("data/out/../x").is_err(), "the system follows the link first");
    }
}
