//! Whether the git directory of a work tree belongs to it.
//!
//! A directory from anyone may contain a `.git` that leads to another repository of its reader: by a link, by a `.git` file, or by
//! files within `.git` that name directories elsewhere. Then git would show the contents of that repository as those of this one.
//!
//! Invariant: what git reads for a repository that was accepted is in its git directory.

use super::git::GitError;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The maximum size of the files that name directories, in bytes.
const MAX_PATH_FILE: u64 = 1 << 12;

/// The number of files and directories that are visited.
const MAX_ENTRIES: usize = 500_000;

/// The parts of a git directory that hold revisions and objects.
const PARTS: [&str; 6] = ["HEAD", "config", "packed-refs", "refs", "reftable", "objects"];

/// The git directory of the work tree with this top, a path without links.
///
/// `configured_work_tree` returns the value of `core.worktree` in a configuration file.
///
/// # Errors
///
/// Returns an error if the git directory, or a part of it, is elsewhere.
pub(super) fn own_git_directory(
    top: &Path,
    configured_work_tree: impl Fn(&Path) -> Option<String>,
) -> Result<PathBuf, GitError> {
    let foreign = || GitError::Foreign(top.to_owned());
    let dot_git = top.join(".git");
    let kind = dot_git.symlink_metadata().map_err(|_| foreign())?.file_type();
    let git_directory = match kind.is_dir() {
        true => dot_git,
        false => {
            let target = path_in(&dot_git).ok_or_else(foreign)?;
            let target = target.strip_prefix("gitdir:").ok_or_else(foreign)?.trim_start();
            top.join(target).canonicalize().map_err(|_| foreign())?
        }
    };
    let common = common_directory(&git_directory).ok_or_else(foreign)?;
    let is_own = is_self_contained(&git_directory, &common)
        && is_self_contained(&common, &common)
        && (kind.is_dir() || leads_back(&git_directory, top, configured_work_tree));
    is_own.then_some(git_directory).ok_or_else(foreign)
}

/// Whether a git directory outside of a work tree names it as its own: that of a linked work tree in `gitdir`, that of a submodule in
/// its configuration.
fn leads_back(git_directory: &Path, top: &Path, configured_work_tree: impl Fn(&Path) -> Option<String>) -> bool {
    let is_same = |path: PathBuf, expected: &Path| path.canonicalize().is_ok_and(|path| path == expected);
    let linked = path_in(&git_directory.join("gitdir")).map(|path| git_directory.join(path));
    // `.git` is a file here, not a link, so that its canonical path is this one.
    linked.is_some_and(|path| is_same(path, &top.join(".git")))
        || ["config", "config.worktree"].iter().any(|file| {
            let work_tree = configured_work_tree(&git_directory.join(file));
            work_tree.is_some_and(|path| is_same(git_directory.join(path), top))
        })
}

/// The directory with the objects: the git directory itself, or that of the main work tree, which contains it.
fn common_directory(git_directory: &Path) -> Option<PathBuf> {
    let file = git_directory.join("commondir");
    if file.symlink_metadata().is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
        return Some(git_directory.to_owned());
    }
    let common = git_directory.join(path_in(&file)?).canonicalize().ok()?;
    (git_directory.parent()?.file_name()? == "worktrees" && git_directory.parent()?.parent()? == common)
        .then_some(common)
}

/// Whether the parts of a git directory are regular files and directories, or links that stay in `common`.
fn is_self_contained(git_directory: &Path, common: &Path) -> bool {
    if git_directory.join("objects/info/alternates").symlink_metadata().is_ok() {
        return false;
    }
    let mut open: Vec<PathBuf> = PARTS.iter().map(|name| git_directory.join(name)).collect();
    let mut visited = 0;
    while let Some(path) = open.pop() {
        visited += 1;
        let Ok(kind) = path.symlink_metadata().map(|metadata| metadata.file_type()) else { continue };
        if kind.is_file() || is_link_within(&path, common) {
            continue;
        }
        let Ok(entries) = fs::read_dir(&path) else { return false };
        if !kind.is_dir() || visited > MAX_ENTRIES {
            return false;
        }
        open.extend(entries.filter_map(Result::ok).map(|entry| entry.path()));
    }
    true
}

/// Whether a path is a link to a regular file of a directory.
fn is_link_within(path: &Path, directory: &Path) -> bool {
    let target = path.is_symlink().then(|| path.canonicalize().ok()).flatten();
    target.is_some_and(|target| target.starts_with(directory) && target.is_file())
}

/// The path in a file, without its line end.
fn path_in(file: &Path) -> Option<String> {
    let is_regular = file.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    let (text, _) = is_regular.then(|| super::read_text(file, "", MAX_PATH_FILE).ok()).flatten()?;
    Some(text.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A directory with two repositories: `ours` may be read, but `private` may not.
    fn repositories() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        for name in ["ours/.git", "private/.git"] {
            for file in ["HEAD", "config", "refs/heads/main", "objects/ab/cdef", "objects/pack/pack-1.pack"] {
                let path = top.join(name).join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "").unwrap();
            }
        }
        (dir, top)
    }

    fn is_own(top: &Path, work_tree: Option<&str>) -> bool {
        own_git_directory(top, |_| work_tree.map(str::to_owned)).is_ok()
    }

    #[test]
    fn the_git_directory_of_the_work_tree_belongs_to_it() {
        let (_dir, top) = repositories();
        assert_eq!(own_git_directory(&top.join("ours"), |_| None).unwrap(), top.join("ours/.git"));
        symlink("refs/heads/main", top.join("ours/.git/refs/alias")).unwrap();
        assert!(!is_own(&top.join("ours"), None), "the link is dangling");
        fs::remove_file(top.join("ours/.git/refs/alias")).unwrap();
        symlink("heads/main", top.join("ours/.git/refs/alias")).unwrap();
        assert!(is_own(&top.join("ours"), None));
    }

    #[test]
    fn a_git_directory_that_leads_elsewhere_is_foreign() {
        type Arrange = fn(&Path);
        let replace = |path: &Path, target: &Path| {
            let _ = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
            symlink(target, path).unwrap();
        };
        let cases: [(&str, Arrange); 4] = [
            ("a file", |git| {
                fs::remove_dir_all(git).unwrap();
                fs::write(git, "gitdir: ../private/.git\n").unwrap();
            }),
            ("a common directory", |git| fs::write(git.join("commondir"), "../../private/.git\n").unwrap()),
            ("alternates", |git| {
                fs::create_dir(git.join("objects/info")).unwrap();
                fs::write(git.join("objects/info/alternates"), "../../../private/.git/objects\n").unwrap();
            }),
            ("a pipe", |git| {
                fs::remove_file(git.join("HEAD")).unwrap();
                assert!(std::process::Command::new("mkfifo").arg(git.join("HEAD")).status().unwrap().success());
            }),
        ];
        for (name, arrange) in cases {
            let (_dir, top) = repositories();
            arrange(&top.join("ours/.git"));
            assert!(!is_own(&top.join("ours"), None), "{name}");
        }
        for link in [
            "",
            "HEAD",
            "refs",
            "refs/heads/main",
            "objects",
            "objects/ab",
            "objects/ab/cdef",
            "objects/pack/pack-1.pack",
        ] {
            let (_dir, top) = repositories();
            let [ours, private] = ["ours", "private"].map(|name| top.join(name).join(".git").join(link));
            // Without the slash of an empty name.
            replace(&ours.components().collect::<PathBuf>(), &private);
            assert!(!is_own(&top.join("ours"), None), "{link}");
        }
    }

    #[test]
    fn linked_work_trees_and_submodules_lead_back() {
        let (_dir, top) = repositories();
        let linked = top.join("private/.git/worktrees/tree");
        fs::create_dir_all(&linked).unwrap();
        fs::create_dir(top.join("tree")).unwrap();
        fs::write(top.join("tree/.git"), format!("gitdir: {}\n", linked.display())).unwrap();
        assert!(!is_own(&top.join("tree"), None));
        fs::write(linked.join("commondir"), "../..\n").unwrap();
        fs::write(linked.join("gitdir"), format!("{}\n", top.join("tree/.git").display())).unwrap();
        assert!(is_own(&top.join("tree"), None));
        fs::write(linked.join("gitdir"), "../../../../tree/.git\n").unwrap();
        assert!(is_own(&top.join("tree"), None));
        fs::write(linked.join("commondir"), "../../../../ours/.git\n").unwrap();
        assert!(!is_own(&top.join("tree"), None));
        // A submodule names its work tree in its configuration.
        fs::create_dir(top.join("module")).unwrap();
        fs::write(top.join("module/.git"), "gitdir: ../private/.git\n").unwrap();
        assert!(is_own(&top.join("module"), Some("../../module")));
        assert!(!is_own(&top.join("module"), Some("../../ours")) && !is_own(&top.join("module"), None));
    }
}
