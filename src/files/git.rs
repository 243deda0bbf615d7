//! The git repository of a dataset.
//!
//! Invariant: git neither changes the repository nor runs other programs: no hooks, filters, monitors or downloads.

use super::revision::Revision;
use super::root::DatasetRoot;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Why a revision cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The program `git` cannot run.
    #[error("cannot run `git`: {0}")]
    Run(io::Error),
    /// The directory is not in a repository.
    #[error("`{}` is not in a git repository", .0.display())]
    NoRepository(PathBuf),
    /// The revision does not exist.
    #[error("unknown git revision `{0}`")]
    UnknownRevision(String),
    /// An object is missing or corrupt.
    #[error("cannot read the git revision `{0}`")]
    Unreadable(String),
}

/// The repository that contains a dataset.
///
/// ```no_run
/// use factloom::files::Repository;
/// use std::path::Path;
///
/// let repository = Repository::containing(Path::new("data/mill"))?;
/// let (dataset, store) = factloom::build(repository.at("main")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
    /// The directory of the dataset, relative to the root, with `/`; empty for the root.
    dataset: String,
}

impl Repository {
    /// The repository that contains the directory of a dataset.
    ///
    /// # Errors
    ///
    /// Returns an error if no repository contains it, or git is not installed.
    pub fn containing(dataset: &Path) -> Result<Self, GitError> {
        let directory = if dataset.as_os_str().is_empty() { Path::new(".") } else { dataset };
        let rev_parse = |option: &str| {
            let output = git(directory).args(["rev-parse", option]).output().map_err(GitError::Run)?;
            stdout_of(&output).ok_or_else(|| GitError::NoRepository(directory.to_owned()))
        };
        let root = PathBuf::from(rev_parse("--show-toplevel")?);
        Ok(Self { root, dataset: rev_parse("--show-prefix")?.trim_end_matches('/').to_owned() })
    }

    /// The directory of the dataset, relative to the root of the repository; empty for the root.
    pub fn dataset(&self) -> &str {
        &self.dataset
    }

    /// The commit that a revision names.
    ///
    /// # Errors
    ///
    /// Returns an error if the revision does not exist.
    pub fn commit(&self, revision: &str) -> Result<String, GitError> {
        let name = format!("{revision}^{{commit}}");
        let commit = self.stdout(&["rev-parse", "--verify", "--end-of-options", &name])?;
        let commit = commit.filter(|_| !revision.starts_with('-'));
        commit.ok_or_else(|| GitError::UnknownRevision(revision.to_owned()))
    }

    /// The best common ancestor of two commits; `None` if they have none in common.
    ///
    /// # Errors
    ///
    /// Returns an error if git cannot run.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, GitError> {
        self.stdout(&["merge-base", one, other])
    }

    /// The dataset at a revision. Its files are read from the object database when they are needed.
    ///
    /// # Errors
    ///
    /// Returns an error if the revision does not exist.
    pub fn at(&self, revision: &str) -> Result<DatasetRoot, GitError> {
        self.at_commit(&self.commit(revision)?, revision)
    }

    /// The dataset at a commit, with a name for paths and messages.
    ///
    /// # Errors
    ///
    /// Returns an error if the commit does not exist.
    pub fn at_commit(&self, commit: &str, name: &str) -> Result<DatasetRoot, GitError> {
        let list = git(&self.root).args(["ls-tree", "-r", "-z", "--full-tree", commit]).output();
        let list = list.map_err(GitError::Run)?;
        if !list.status.success() {
            return Err(GitError::Unreadable(name.to_owned()));
        }
        Ok(DatasetRoot::Revision(Revision::new(name, &self.root, &self.dataset, &list.stdout)))
    }

    fn stdout(&self, args: &[&str]) -> Result<Option<String>, GitError> {
        Ok(stdout_of(&git(&self.root).args(args).output().map_err(GitError::Run)?))
    }
}

/// The last commit that changed a file. `None` if the file is not committed or has been edited, or if the history is cut off:
/// in a shallow clone, the oldest commit seems to add every file.
pub fn last_changed(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let run = |args: &[&str]| git(directory).args(args).output().ok().filter(|output| output.status.success());
    // `git status` would run the filters that the repository configures.
    let committed = run(&["cat-file", "blob", &format!("HEAD:./{name}")])?.stdout;
    let (current, _) = super::read_text(file, name, committed.len() as u64 * 2).ok()?;
    let lines = |text: &str| text.replace("\r\n", "\n");
    if lines(&current) != lines(&String::from_utf8(committed).ok()?) {
        return None;
    }
    let commit = stdout_of(&run(&["--literal-pathspecs", "rev-list", "-1", "HEAD", "--", name])?)?;
    let is_cut_off = stdout_of(&run(&["rev-parse", "--is-shallow-repository"])?)? == "true"
        && run(&["rev-parse", "--verify", "--quiet", &format!("{commit}^")]).is_none();
    (!is_cut_off && !commit.is_empty()).then_some(commit)
}

/// Git in a directory, with everything disabled that would write to the repository, run a program or use the network. The
/// variables that a git hook sets for its own repository are removed.
pub(super) fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(variable);
    }
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0");
    command.arg("--no-pager").arg("-C").arg(directory);
    for setting in ["core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotePath=false"] {
        command.args(["-c", setting]);
    }
    command
}

/// The output without its line end; `None` if the command failed.
fn stdout_of(output: &Output) -> Option<String> {
    let text = String::from_utf8(output.stdout.clone()).ok().filter(|_| output.status.success())?;
    Some(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}
