//! Git revisions: what a dataset was, in a temporary folder.
//!
//! Invariant: the repository stays as it is: its files, its index, its configuration.

use super::failure::Failure;
use crate::dataset::{DatasetRoot, MANIFEST};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// What a repository held at a revision, in a temporary folder that goes when this is dropped.
pub(super) struct Checkout {
    files: TempDir,
    /// The dataset's folder, from the repository's root.
    dataset: PathBuf,
    /// The revision, as people know it.
    revision: String,
}

/// Two revisions, or one and the files as they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Revisions {
    pub from: String,
    /// `None` for the files as they are.
    pub to: Option<String>,
    /// Whether not `from` itself is meant, but where `to` branched off from it.
    pub since_branching: bool,
}

impl Revisions {
    /// Reads `FROM..TO`, `FROM...TO` and `FROM`, as Git has them: a side left out is `HEAD`.
    pub(super) fn read(written: &str) -> Self {
        let or_head = |side: &str| if side.is_empty() { "HEAD".to_owned() } else { side.to_owned() };
        let (sides, since_branching) = match written.split_once("...") {
            Some(sides) => (Some(sides), true),
            None => (written.split_once(".."), false),
        };
        match sides {
            Some((from, to)) => Self { from: or_head(from), to: Some(or_head(to)), since_branching },
            None => Self { from: or_head(written), to: None, since_branching },
        }
    }

    /// What the dataset of a folder was at the two; `None` for the files as they are.
    pub(super) fn checkouts(&self, folder: &DatasetRoot) -> Result<(Checkout, Option<Checkout>), Failure> {
        let repository = Repository::of(folder)?;
        let to = self.to.as_deref().map(|to| Ok::<_, Failure>((to, repository.commit(to)?))).transpose()?;
        let mut from = repository.commit(&self.from)?;
        if let (true, Some((to, commit))) = (self.since_branching, &to) {
            let output = repository.git(["merge-base", &from, commit])?;
            from = said(&output).ok_or_else(|| {
                let message = format!("`{}` and `{to}` have no commit in common", self.from);
                Failure::new(message).help(format!("compare them as they are: --rev {}..{to}", self.from))
            })?;
        }
        let name = if self.since_branching { from.get(..12).unwrap_or(&from) } else { &self.from };
        let before = repository.check_out(&from, name)?;
        let after = to.map(|(to, commit)| repository.check_out(&commit, to)).transpose()?;
        Ok((before, after))
    }
}

impl Checkout {
    /// What the dataset of a folder was at a revision.
    pub(super) fn of(folder: &DatasetRoot, revision: &str) -> Result<Self, Failure> {
        let repository = Repository::of(folder)?;
        repository.check_out(&repository.commit(revision)?, revision)
    }

    /// The dataset's folder as it was.
    pub(super) fn root(&self) -> DatasetRoot {
        DatasetRoot::Directory(self.files.path().join(&self.dataset))
    }

    /// The revision, as people know it.
    pub(super) fn revision(&self) -> &str {
        &self.revision
    }

    /// A text in which files of the temporary folder are named as Git names them: `main:data/facts.json`.
    pub(super) fn named(&self, text: &str) -> String {
        let root = format!("{}{}", self.files.path().display(), std::path::MAIN_SEPARATOR);
        text.replace(&root, &format!("{}:", self.revision))
    }
}

/// The commit that a file was last changed in; `None` where Git does not know the file, knows it otherwise than it is, or knows
/// no more than that it is there: in a clone without the history, all files seem to come with the first commit.
pub(super) fn last_changed(file: &Path) -> Option<String> {
    let (folder, name) = (file.parent().filter(|parent| !parent.as_os_str().is_empty()), file.file_name()?);
    let here = || git(folder.unwrap_or(Path::new(".")));
    let of_file = |args: &[&str]| {
        let output = here().arg("--literal-pathspecs").args(args).arg("--").arg(name).output().ok()?;
        said(&output)
    };
    let ask = |args: &[&str]| said(&here().args(args).output().ok()?);
    let is_as_committed = of_file(&["status", "--porcelain"])?.is_empty();
    let commit = of_file(&["rev-list", "-1", "HEAD"]).filter(|commit| is_as_committed && !commit.is_empty())?;
    let is_cut_off = ask(&["rev-parse", "--is-shallow-repository"]).as_deref() == Some("true")
        && ask(&["rev-parse", "--verify", "--quiet", &format!("{commit}^")]).is_none();
    (!is_cut_off).then_some(commit)
}

/// A repository that a dataset lies in.
struct Repository {
    root: PathBuf,
    /// The dataset's folder, from the root.
    dataset: PathBuf,
}

impl Repository {
    fn of(folder: &DatasetRoot) -> Result<Self, Failure> {
        let DatasetRoot::Directory(dir) = folder else {
            let failure = Failure::new("the bundled dataset lies in no Git repository");
            return Err(failure.help("name the folder of a dataset with --dataset DIR"));
        };
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        let ask = |question: &str| {
            let output = git(dir).args(["rev-parse", question]).output().map_err(|e| not_run(&e))?;
            said(&output).map(PathBuf::from).ok_or_else(|| {
                let message = format!("`{folder}` lies in no Git repository: {}", complaint(&output));
                Failure::new(message).help("compare two folders instead: `factloom diff A B`")
            })
        };
        Ok(Self { root: ask("--show-toplevel")?, dataset: ask("--show-prefix")? })
    }

    fn git<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Result<Output, Failure> {
        git(&self.root).args(args).output().map_err(|e| not_run(&e))
    }

    /// The commit that a revision names.
    fn commit(&self, revision: &str) -> Result<String, Failure> {
        let unknown = |why: &str| {
            let message = format!("there is no revision `{revision}`: {why}");
            Failure::new(message).help("name a branch, a tag or a commit; `git log --oneline` lists commits")
        };
        if revision.starts_with('-') {
            return Err(unknown("a revision does not begin with `-`"));
        }
        let output = self.git(["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")])?;
        said(&output).ok_or_else(|| unknown(&complaint(&output)))
    }

    /// Puts what was there at a commit in a temporary folder, by way of an index of its own.
    fn check_out(&self, commit: &str, revision: &str) -> Result<Checkout, Failure> {
        let failed = |why: &str| Failure::new(format!("cannot check out `{revision}`: {why}"));
        let temporary = || tempfile::Builder::new().prefix("factloom-").tempdir().map_err(|e| failed(&e.to_string()));
        let (files, index) = (temporary()?, temporary()?);
        let mut prefix = OsStr::new("--prefix=").to_owned();
        prefix.push(files.path().join(""));
        for args in [
            &[OsStr::new("read-tree"), OsStr::new(commit)][..],
            &["checkout-index", "--all", "--quiet", "--ignore-skip-worktree-bits"].map(OsStr::new)[..],
        ] {
            let mut command = git(&self.root);
            command.env("GIT_INDEX_FILE", index.path().join("index")).args(args);
            if args[0] == "checkout-index" {
                command.arg(&prefix);
            }
            let output = command.output().map_err(|e| not_run(&e))?;
            if !output.status.success() {
                return Err(failed(&complaint(&output)));
            }
        }
        if !files.path().join(&self.dataset).join(MANIFEST).is_file() {
            let place = self.dataset.join(MANIFEST);
            let message = format!("there is no `{}` at `{revision}`", place.display());
            return Err(Failure::new(message).help("name a revision that has the dataset, and commit it first"));
        }
        Ok(Checkout { files, dataset: self.dataset.clone(), revision: revision.to_owned() })
    }
}

/// Git in a folder, of whose repository nothing is written: no index, no hook, no daemon. What a hook that runs this program
/// says about its own repository does not count.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(variable);
    }
    command.env("GIT_OPTIONAL_LOCKS", "0").arg("-C").arg(folder);
    for setting in
        ["core.hooksPath=/dev/null", "core.splitIndex=false", "core.fsmonitor=false", "core.sparseCheckout=false"]
    {
        command.args(["-c", setting]);
    }
    command
}

/// What Git writes, without the end of its line; `None` where it fails.
fn said(output: &Output) -> Option<String> {
    let text = String::from_utf8(output.stdout.clone()).ok().filter(|_| output.status.success())?;
    Some(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

/// What Git complains of, in one line.
fn complaint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("git gives no reason");
    line.strip_prefix("fatal: ").unwrap_or(line).to_owned()
}

fn not_run(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot run `git`: {error}")).help("install Git, or compare two folders: `factloom diff A B`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_that_is_left_out_is_head() {
        let read = |written| {
            let Revisions { from, to, since_branching } = Revisions::read(written);
            (from, to.unwrap_or_default(), since_branching)
        };
        let is = |from: &str, to: &str, since| (from.to_owned(), to.to_owned(), since);
        assert_eq!(read("main..HEAD"), is("main", "HEAD", false));
        assert_eq!(read("main...topic"), is("main", "topic", true));
        assert_eq!(read("main.."), is("main", "HEAD", false));
        assert_eq!(read("...topic"), is("HEAD", "topic", true));
        assert_eq!(read("v1.0"), is("v1.0", "", false));
    }
}
