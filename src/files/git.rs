//! The git repository of a dataset.
//!
//! A repository from anyone may configure programs that git runs. So only commands that read revisions and objects are used, which
//! need neither the index nor the files of the work tree, and every setting and variable that names a program is overridden.
//!
//! Invariant: git neither changes the repository nor runs other programs: no hooks, filters, monitors or downloads. It reads only
//! the repository of the dataset.

use super::git_directory::own_git_directory;
use super::program::{ProgramError, ProgramLimits, ProgramOutput, program, run};
use super::revision::{Revision, read_blob};
use super::root::DatasetRoot;
use super::scope::work_tree;
use crate::diagnostic::io_message;
use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What a git command may use. The list of the files at a revision is the largest output: about a million files.
const LIMITS: ProgramLimits = ProgramLimits { time: Duration::from_secs(10), output: 1 << 27 };

/// The maximum size in bytes of a file that is compared with its committed version.
const MAX_COMPARED: u64 = 1 << 26;

/// Why a revision cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The program `git` cannot run.
    #[error("cannot run `git`: {}", io_message(.0))]
    Run(io::Error),
    /// A git command takes too long, or its output is too large.
    #[error("cannot read the git repository: {0}")]
    Limit(String),
    /// The directory is not in a repository.
    #[error("`{}` is not in a git repository", .0.display())]
    NoRepository(PathBuf),
    /// The repository belongs to another user, and git is not configured to read it.
    #[error("the git repository in `{}` belongs to another user", .0.display())]
    OtherOwner(PathBuf),
    /// `.git` leads to a directory elsewhere.
    #[error("the git repository in `{}` uses files outside of it", .0.display())]
    Foreign(PathBuf),
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
    /// The repository that contains the directory of a dataset: that of the nearest directory upwards with `.git`.
    ///
    /// # Errors
    ///
    /// Returns an error if no repository contains it, if git is not installed, or if the repository uses the files of another one:
    /// by links, alternates, or a `.git` file that is not that of a linked work tree or a submodule.
    pub fn containing(dataset: &Path) -> Result<Self, GitError> {
        let shown = if dataset.as_os_str().is_empty() { Path::new(".") } else { dataset };
        let no_repository = || GitError::NoRepository(shown.to_owned());
        let directory = shown.canonicalize().map_err(|_| no_repository())?;
        let root = work_tree(&directory).ok_or_else(no_repository)?;
        let configured = |file: &Path| {
            let mut command = git(root).ok()?;
            command.args(["config", "--no-includes", "--file"]).arg(file).args(["--get", "core.worktree"]);
            stdout_of(&run(&mut command, Vec::new(), LIMITS).ok()?)
        };
        let git_directory = own_git_directory(root, configured)?;
        let output = run_git(root, &["rev-parse", "--absolute-git-dir"])?;
        let found = stdout_of(&output).and_then(|path| Path::new(&path).canonicalize().ok());
        match found {
            Some(found) if git_directory.canonicalize().is_ok_and(|expected| expected == found) => {}
            Some(_) => return Err(GitError::Foreign(root.to_owned())),
            // The messages of git are not translated.
            None if output.messages.contains("safe.directory") => return Err(GitError::OtherOwner(root.to_owned())),
            None => return Err(no_repository()),
        }
        let name = path_in(root, &directory).ok_or_else(no_repository)?;
        Ok(Self { root: root.to_owned(), dataset: name })
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
        let list = run_git(&self.root, &["ls-tree", "-r", "-z", "--full-tree", commit])?;
        if !list.is_success {
            return Err(GitError::Unreadable(name.to_owned()));
        }
        Ok(DatasetRoot::Revision(Revision::new(name, &self.root, &self.dataset, &list.stdout)))
    }

    /// The last commit that changed a file. `None` if the file is not committed or has been edited, or if the history is cut off:
    /// in a shallow clone, the oldest commit seems to add every file.
    pub fn last_changed(&self, file: &Path) -> Option<String> {
        let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path_in(&self.root, &directory.canonicalize().ok()?.join(file.file_name()?))?;
        let run = |args: &[&str]| self.stdout(args).ok().flatten();
        let object = run(&["rev-parse", "--verify", "--end-of-options", &format!("HEAD:{name}")])?;
        let committed = read_blob(&self.root, &object, MAX_COMPARED).ok()??;
        let (current, _) = super::read_text(file, &name, MAX_COMPARED).ok()?;
        let lines = |text: &str| text.replace("\r\n", "\n");
        if lines(&current) != lines(&String::from_utf8(committed).ok()?) {
            return None;
        }
        let commit = run(&["--literal-pathspecs", "rev-list", "-1", "HEAD", "--", &name])?;
        let is_cut_off = run(&["rev-parse", "--is-shallow-repository"])? == "true"
            && run(&["rev-parse", "--verify", "--quiet", &format!("{commit}^")]).is_none();
        (!is_cut_off && !commit.is_empty()).then_some(commit)
    }

    fn stdout(&self, args: &[&str]) -> Result<Option<String>, GitError> {
        Ok(stdout_of(&run_git(&self.root, args)?))
    }
}

/// A path below a directory, with `/`; empty for the directory itself.
fn path_in(root: &Path, path: &Path) -> Option<String> {
    let components = path.strip_prefix(root).ok()?.components();
    let names: Option<Vec<&str>> = components.map(|component| component.as_os_str().to_str()).collect();
    Some(names?.join("/"))
}

fn run_git(directory: &Path, args: &[&str]) -> Result<ProgramOutput, GitError> {
    Ok(run(git(directory)?.args(args), Vec::new(), LIMITS)?)
}

/// Settings that override those of the repository. Commands that read objects use few of them. The others are disabled because a
/// later version of git may use them.
const SETTINGS: [&str; 17] = [
    "core.alternateRefsCommand=",
    "core.askPass=",
    // Larger objects are not read into memory as a whole.
    "core.bigFileThreshold=1m",
    "core.fsmonitor=false",
    "core.gitProxy=",
    "core.hooksPath=/dev/null",
    "core.pager=",
    "core.quotePath=false",
    "core.sshCommand=false",
    "credential.helper=",
    "diff.external=",
    "gc.auto=0",
    "log.showSignature=false",
    "maintenance.auto=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
    "submodule.recurse=false",
];

/// Git in the top directory of a work tree, with everything disabled that would write to the repository, run a program or use the
/// network. All variables of git are removed, such as those that name another repository, settings, programs or files to write to.
///
/// # Errors
///
/// Returns an error if git is not installed.
pub(super) fn git(root: &Path) -> Result<Command, GitError> {
    let mut command = program("git")?;
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().to_ascii_uppercase().starts_with(b"GIT_") {
            command.env_remove(name);
        }
    }
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0");
    // Overrides `protocol.NAME.allow`, so that versions which know no GIT_NO_LAZY_FETCH download nothing either.
    command.env("GIT_ALLOW_PROTOCOL", "none").env("LC_ALL", "C");
    // Only this directory is searched for a repository.
    command.envs(root.parent().map(|above| ("GIT_CEILING_DIRECTORIES", above)));
    command.arg("--no-pager").arg("-C").arg(root);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    Ok(command)
}

impl From<ProgramError> for GitError {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::NotInstalled => Self::Run(io::Error::new(io::ErrorKind::NotFound, error.to_string())),
            ProgramError::Io(error) => Self::Run(error),
            ProgramError::Time(_) | ProgramError::Output(_) => Self::Limit(error.to_string()),
        }
    }
}

/// The output without its line end; `None` if the command failed.
fn stdout_of(output: &ProgramOutput) -> Option<String> {
    let text = String::from_utf8(output.stdout.clone()).ok().filter(|_| output.is_success)?;
    Some(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}
