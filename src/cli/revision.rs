//! Git revisions of a dataset, checked out to a temporary directory.
//!
//! Invariant: the repository does not change: neither its files nor its index nor its configuration.

use super::failure::Failure;
use crate::dataset::{DatasetRoot, MANIFEST};
use std::ffi::{OsStr, OsString};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The files of a commit in a temporary directory, which is deleted when this is dropped.
pub(super) struct Checkout {
    files: TempDir,
    /// The directory of the dataset, relative to the root of the repository.
    dataset: PathBuf,
    /// The revision, as the user wrote it.
    revision: String,
}

/// Two revisions, or a revision and the working tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Revisions {
    from: String,
    /// `None` for the working tree.
    to: Option<String>,
    /// Whether to compare `to` with the merge base of the two, instead of with `from`.
    from_merge_base: bool,
}

impl Revisions {
    /// Parses `FROM..TO`, `FROM...TO` and `FROM`. As in Git, an omitted side is `HEAD`.
    pub(super) fn parse(text: &str) -> Self {
        let or_head = |side: &str| if side.is_empty() { "HEAD".to_owned() } else { side.to_owned() };
        let (sides, from_merge_base) = match text.split_once("...") {
            Some(sides) => (Some(sides), true),
            None => (text.split_once(".."), false),
        };
        match sides {
            Some((from, to)) => Self { from: or_head(from), to: Some(or_head(to)), from_merge_base },
            None => Self { from: or_head(text), to: None, from_merge_base },
        }
    }

    /// Checks out the dataset at both revisions; `None` for the working tree.
    pub(super) fn check_out(&self, root: &DatasetRoot) -> Result<(Checkout, Option<Checkout>), Failure> {
        let repository = Repository::new(root)?;
        let to = self.to.as_deref().map(|to| Ok::<_, Failure>((to, repository.commit(to)?))).transpose()?;
        let mut from = repository.commit(&self.from)?;
        if let (true, Some((to, commit))) = (self.from_merge_base, &to) {
            let output = repository.git(["merge-base", &from, commit])?;
            from = stdout_of(&output).ok_or_else(|| {
                let message = format!("`{}` and `{to}` have no common commit", self.from);
                Failure::new(message).help(format!("compare the revisions directly with --rev {}..{to}", self.from))
            })?;
        }
        let name = if self.from_merge_base { from.get(..12).unwrap_or(&from) } else { &self.from };
        let before = repository.check_out(&from, name)?;
        let after = to.map(|(to, commit)| repository.check_out(&commit, to)).transpose()?;
        Ok((before, after))
    }
}

impl Checkout {
    /// Checks out a dataset at a revision.
    pub(super) fn new(root: &DatasetRoot, revision: &str) -> Result<Self, Failure> {
        let repository = Repository::new(root)?;
        repository.check_out(&repository.commit(revision)?, revision)
    }

    /// The root of the dataset at the revision.
    pub(super) fn root(&self) -> DatasetRoot {
        DatasetRoot::Directory(self.files.path().join(&self.dataset))
    }

    /// The revision, as the user wrote it.
    pub(super) fn revision(&self) -> &str {
        &self.revision
    }

    /// A message in which files of the temporary directory have their names in Git: `main:data/facts.json`.
    pub(super) fn with_git_names(&self, message: &str) -> String {
        let root = format!("{}{MAIN_SEPARATOR}", self.files.path().display());
        message.replace(&root, &format!("{}:", self.revision))
    }
}

/// The last commit that changed a file. `None` if the file is not committed or has been edited, or if the history is cut off:
/// in a shallow clone, the oldest commit seems to add every file.
pub(super) fn last_changed(file: &Path) -> Option<String> {
    let name = file.file_name()?;
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let run = |args: &[&str]| stdout_of(&git(directory).args(args).output().ok()?);
    let run_on_file = |args: &[&str]| {
        let output = git(directory).arg("--literal-pathspecs").args(args).arg("--").arg(name).output().ok()?;
        stdout_of(&output)
    };
    let is_as_committed = run_on_file(&["status", "--porcelain"])?.is_empty();
    let commit = run_on_file(&["rev-list", "-1", "HEAD"]).filter(|commit| is_as_committed && !commit.is_empty())?;
    let is_cut_off = run(&["rev-parse", "--is-shallow-repository"]).as_deref() == Some("true")
        && run(&["rev-parse", "--verify", "--quiet", &format!("{commit}^")]).is_none();
    (!is_cut_off).then_some(commit)
}

/// The repository that contains a dataset.
struct Repository {
    root: PathBuf,
    /// The directory of the dataset, relative to the root.
    dataset: PathBuf,
}

impl Repository {
    fn new(root: &DatasetRoot) -> Result<Self, Failure> {
        let DatasetRoot::Directory(dir) = root else {
            let failure = Failure::new("the bundled example is not in a git repository");
            return Err(failure.help("name a dataset with --dataset DIR"));
        };
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        let rev_parse = |option: &str| {
            let output = git(dir).args(["rev-parse", option]).output().map_err(|e| cannot_run(&e))?;
            stdout_of(&output).map(PathBuf::from).ok_or_else(|| {
                let message = format!("`{}` is not in a git repository", dir.display());
                Failure::new(message).help("compare two directories with `factloom diff OLD NEW`")
            })
        };
        Ok(Self { root: rev_parse("--show-toplevel")?, dataset: rev_parse("--show-prefix")? })
    }

    fn git<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Result<Output, Failure> {
        git(&self.root).args(args).output().map_err(|e| cannot_run(&e))
    }

    /// The commit that a revision names.
    fn commit(&self, revision: &str) -> Result<String, Failure> {
        let output = self.git(["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")])?;
        stdout_of(&output).filter(|_| !revision.starts_with('-')).ok_or_else(|| {
            Failure::new(format!("unknown git revision `{revision}`"))
                .help("name a branch, a tag or a commit; `git log --oneline` lists commits")
        })
    }

    /// Checks out a commit to a temporary directory, through a temporary index.
    fn check_out(&self, commit: &str, revision: &str) -> Result<Checkout, Failure> {
        let failed = || {
            Failure::new(format!("cannot check out the git revision `{revision}`"))
                .help("free disk space, or run `git fsck` in the repository")
        };
        let temporary = || tempfile::Builder::new().prefix("factloom-").tempdir().map_err(|_| failed());
        let (files, index) = (temporary()?, temporary()?);
        let mut prefix = OsString::from("--prefix=");
        prefix.push(files.path().join(""));
        let mut checkout_index =
            ["checkout-index", "--all", "--quiet", "--ignore-skip-worktree-bits"].map(OsStr::new).to_vec();
        checkout_index.push(&prefix);
        for args in [vec![OsStr::new("read-tree"), OsStr::new(commit)], checkout_index] {
            let mut command = git(&self.root);
            command.env("GIT_INDEX_FILE", index.path().join("index")).args(args);
            if !command.output().map_err(|e| cannot_run(&e))?.status.success() {
                return Err(failed());
            }
        }
        if !files.path().join(&self.dataset).join(MANIFEST).is_file() {
            let manifest = self.dataset.join(MANIFEST);
            let message = format!("no `{}` at the git revision `{revision}`", manifest.display());
            return Err(Failure::new(message).help("name a revision that contains the dataset, or commit it first"));
        }
        Ok(Checkout { files, dataset: self.dataset.clone(), revision: revision.to_owned() })
    }
}

/// Git in a directory, with everything disabled that would write to the repository: index updates, hooks, daemons. The
/// variables that a Git hook sets for its own repository are removed.
fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(variable);
    }
    command.env("GIT_OPTIONAL_LOCKS", "0").arg("-C").arg(directory);
    for setting in
        ["core.hooksPath=/dev/null", "core.splitIndex=false", "core.fsmonitor=false", "core.sparseCheckout=false"]
    {
        command.args(["-c", setting]);
    }
    command
}

/// The output without its line end; `None` if the command failed.
fn stdout_of(output: &Output) -> Option<String> {
    let text = String::from_utf8(output.stdout.clone()).ok().filter(|_| output.status.success())?;
    Some(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

fn cannot_run(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot run `git`: {error}"))
        .help("install Git, or compare two directories with `factloom diff OLD NEW`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_omitted_side_is_head() {
        let parse = |text| {
            let Revisions { from, to, from_merge_base } = Revisions::parse(text);
            (from, to.unwrap_or_default(), from_merge_base)
        };
        let revisions = |from: &str, to: &str, merge_base| (from.to_owned(), to.to_owned(), merge_base);
        assert_eq!(parse("main..HEAD"), revisions("main", "HEAD", false));
        assert_eq!(parse("main...topic"), revisions("main", "topic", true));
        assert_eq!(parse("main.."), revisions("main", "HEAD", false));
        assert_eq!(parse("...topic"), revisions("HEAD", "topic", true));
        assert_eq!(parse("v1.0"), revisions("v1.0", "", false));
    }
}
