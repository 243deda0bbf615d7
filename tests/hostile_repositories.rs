//! Git repositories that try to run programs, or to show the contents of other repositories.
#![cfg(unix)]

use crate::program::{RunOutput, command, run};
use crate::revisions::{commit, git};
use crate::scratch::{FACTS, MANIFEST, dataset, write};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A repository with a dataset at its top, and a program that leaves a file where it ran.
struct Repository {
    directory: TempDir,
}

impl Repository {
    /// Two commits, of which the second changes the label of an entity, and a golden file that does not fit.
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let this = Self { directory };
        let valid =
            dataset(&[("queries/q.rq", "SELECT ?a { ?a v:built ?b }"), ("tests/queries/q.csv", "a\nhttps://e.org/\n")]);
        crate::scratch::copy(valid.path(), &this.root());
        write(&this.root(), ".gitignore", ".factloom\n");
        git(&this.root(), &["init", "--quiet", "--initial-branch", "main"]);
        commit(&this.root(), "first");
        write(&this.root(), "facts.json", FACTS.replace("\"f\"", "\"g\""));
        commit(&this.root(), "second");
        write(this.directory.path(), "canary", format!("#!/bin/sh\ntouch '{}'\nexit 1\n", this.trace().display()));
        make_executable(&this.canary());
        this
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("repository")
    }

    fn canary(&self) -> PathBuf {
        self.directory.path().join("canary")
    }

    /// What the program leaves.
    fn trace(&self) -> PathBuf {
        self.directory.path().join("ran")
    }

    fn config(&self, text: &str) {
        let file = self.root().join(".git/config");
        let config = fs::read_to_string(&file).expect("it is there") + text;
        fs::write(file, config).expect("it can be written");
    }

    fn diff(&self) -> Command {
        let mut program = command(&self.root());
        program.args(["diff", "--rev", "HEAD~1..HEAD"]);
        program
    }

    /// Asserts that the revisions can be compared, and that nothing runs or is written.
    fn assert_compared(&self, program: &mut Command) {
        let before = crate::files_below(&self.root());
        let output = run(program);
        assert_eq!((output.status, output.stderr.as_str()), (Some(1), ""), "{}", output.stdout);
        assert!(output.stdout.contains("    ~ id: [-f-]{+g+}\n"), "{}", output.stdout);
        assert!(!self.trace().exists(), "a program ran");
        assert_eq!(crate::files_below(&self.root()), before);
    }
}

fn make_executable(file: &Path) {
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("it can be made executable");
}

const COMMANDS: [&str; 7] = ["cat-file", "config", "ls-tree", "merge-base", "rev-list", "rev-parse", "upload-pack"];

#[test]
fn no_setting_of_a_repository_runs_a_program() {
    let repository = Repository::new();
    let canary = repository.canary().display().to_string();
    let mut config = String::new();
    for name in ["alternateRefsCommand", "askPass", "editor", "fsmonitor", "gitProxy", "pager", "sshCommand"] {
        let _ = writeln!(config, "[core]\n{name} = {canary}");
    }
    let _ = writeln!(config, "[core]\nhooksPath = {}", repository.directory.path().join("hooks").display());
    for name in ["clean", "smudge", "process"] {
        let _ = writeln!(config, "[filter \"x\"]\n{name} = {canary}\nrequired = true");
    }
    for (section, name) in [
        ("diff", "external"),
        ("diff \"x\"", "textconv"),
        ("diff \"x\"", "command"),
        ("gpg", "program"),
        ("merge \"x\"", "driver"),
        ("credential", "helper"),
        ("uploadpack", "packObjectsHook"),
        ("sequence", "editor"),
    ] {
        let _ = writeln!(config, "[{section}]\n{name} = {canary}");
    }
    for name in COMMANDS {
        let _ = writeln!(config, "[alias]\n{name} = !{canary}\n[pager]\n{name} = {canary}");
    }
    write(repository.directory.path(), "included", format!("[core]\nfsmonitor = {canary}\n"));
    let _ = writeln!(config, "[include]\npath = {}", repository.directory.path().join("included").display());
    let _ = writeln!(config, "[log]\nshowSignature = true\n[diff]\nrenames = true");
    repository.config(&config);
    write(&repository.root(), ".git/info/attributes", "* filter=x diff=x merge=x\n");
    for hook in ["post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"] {
        for directory in [repository.root().join(".git/hooks"), repository.directory.path().join("hooks")] {
            fs::create_dir_all(&directory).expect("it can be created");
            fs::copy(repository.canary(), directory.join(hook)).expect("it can be copied");
            make_executable(&directory.join(hook));
        }
    }
    repository.assert_compared(&mut repository.diff());
    // `test` shows what has changed since the golden file was committed.
    let output = run(command(&repository.root()).arg("test"));
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    assert!(output.stdout.contains("since the golden file was committed"), "{}", output.stdout);
    assert!(!repository.trace().exists(), "a program ran");
    // The settings are those that git uses.
    let status = Command::new("git").args(["status", "--short"]).current_dir(repository.root()).output();
    assert!(status.is_ok() && repository.trace().exists(), "git runs no program");
}

#[test]
fn no_variable_of_git_has_an_effect() {
    let repository = Repository::new();
    let canary = repository.canary().display().to_string();
    let programs = repository.directory.path().join("programs");
    fs::create_dir(&programs).expect("it can be created");
    for name in COMMANDS {
        fs::copy(repository.canary(), programs.join(format!("git-{name}"))).expect("it can be copied");
    }
    let traces = repository.directory.path().join("traces");
    fs::create_dir(&traces).expect("it can be created");
    write(repository.directory.path(), "global", format!("[core]\nfsmonitor = {canary}\n"));
    let global = repository.directory.path().join("global").display().to_string();
    let mut program = repository.diff();
    for name in ["SSH_COMMAND", "SSH", "EXTERNAL_DIFF", "PROXY_COMMAND", "ASKPASS", "PAGER", "EDITOR"] {
        program.env(format!("GIT_{name}"), &canary);
    }
    for name in ["TRACE", "TRACE2", "TRACE2_EVENT", "TRACE_SETUP", "TRACE_PACKET", "TRACE_PERFORMANCE"] {
        program.env(format!("GIT_{name}"), traces.join(name));
    }
    for (name, value) in [
        ("EXEC_PATH", programs.to_str().expect("UTF-8")),
        ("CONFIG_GLOBAL", &global),
        ("CONFIG_SYSTEM", &global),
        ("CONFIG_COUNT", "1"),
        ("CONFIG_KEY_0", "core.bare"),
        ("CONFIG_VALUE_0", "not-a-boolean"),
        ("CONFIG_PARAMETERS", "'core.bare'='not-a-boolean'"),
        ("DIR", "no-such-repository"),
        ("WORK_TREE", "/"),
        ("COMMON_DIR", "/no/such/directory"),
        ("INDEX_FILE", "no-such-index"),
        ("OBJECT_DIRECTORY", "/no/such/directory"),
        ("ALTERNATE_OBJECT_DIRECTORIES", "/no/such/directory"),
        ("NAMESPACE", "other"),
        ("LITERAL_PATHSPECS", "0"),
    ] {
        program.env(format!("GIT_{name}"), value);
    }
    repository.assert_compared(&mut program);
    assert_eq!(fs::read_dir(traces).expect("it is there").count(), 0);
}

#[test]
fn a_missing_object_of_a_partial_clone_is_not_downloaded() {
    let repository = Repository::new();
    let object = git(&repository.root(), &["rev-parse", "HEAD:facts.json"]);
    let (directory, file) = object.split_at(2);
    fs::remove_file(repository.root().join(".git/objects").join(directory).join(file)).expect("it is a loose object");
    let canary = repository.canary().display().to_string();
    repository.config(&format!(
        "[extensions]\npartialClone = origin\n[protocol \"ext\"]\nallow = always\n[remote \"origin\"]\nurl = ext::{canary}\n\
         promisor = true\npartialclonefilter = blob:none\n"
    ));
    let output = run(&mut repository.diff());
    assert_eq!(output.status, Some(2), "{}", output.stdout);
    assert!(output.stderr.contains("cannot read `facts.json`: git does not have the object"), "{}", output.stderr);
    assert!(!repository.trace().exists(), "a program ran");
    let _ = Command::new("git").args(["cat-file", "blob", &object]).current_dir(repository.root()).output();
    assert!(repository.trace().exists(), "git downloads nothing");
}

#[test]
fn a_program_in_the_working_directory_does_not_run() {
    let repository = Repository::new();
    for name in ["git", "dot", "bin/git", "bin/dot"] {
        let file = repository.root().join(name);
        fs::create_dir_all(file.parent().expect("a directory")).expect("it can be created");
        fs::copy(repository.canary(), &file).expect("it can be copied");
        make_executable(&file);
    }
    let path = std::env::var("PATH").expect("there is a PATH");
    repository.assert_compared(repository.diff().env("PATH", format!(":.:bin:{path}")));
    let output = run(repository.diff().env("PATH", ":.:bin"));
    assert!(output.stderr.contains("cannot run `git`"), "{}", output.stderr);
    let draw = ["draw", "--engine", "graphviz"];
    let output = run(command(&repository.root()).args(draw).env("PATH", ":.:bin"));
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("`dot` is not installed"), "{}", output.stderr);
    run(command(&repository.root()).args(draw).env("PATH", format!(":.:bin:{path}")));
    assert!(!repository.trace().exists(), "a program ran");
}

#[test]
fn the_contents_of_another_repository_are_not_shown() {
    const SECRET: &str = "correct-horse-battery-staple";
    /// Gets the git directories of the repository and of the private one.
    type Arrange = fn(&Path, &Path);
    let arrangements: [(&str, Arrange); 5] = [
        ("a `.git` file", |git, _| {
            fs::remove_dir_all(git).expect("it is there");
            fs::write(git, "gitdir: ../private/.git\n").expect("it can be written");
        }),
        ("a link", |git, private| {
            fs::remove_dir_all(git).expect("it is there");
            symlink(private, git).expect("a link can be made");
        }),
        ("a common directory", |git, private| {
            fs::write(git.join("commondir"), private.display().to_string()).expect("it can be written");
        }),
        ("alternates", |git, private| {
            let head = fs::read_to_string(private.join("refs/heads/main")).expect("it is there");
            fs::write(git.join("refs/heads/main"), head).expect("it can be written");
            fs::create_dir_all(git.join("objects/info")).expect("it can be created");
            fs::write(git.join("objects/info/alternates"), private.join("objects").display().to_string())
                .expect("it can be written");
        }),
        ("links to a branch and objects", |git, private| {
            for name in ["refs/heads/main", "objects"] {
                let path = git.join(name);
                let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
                symlink(private.join(name), path).expect("a link can be made");
            }
        }),
    ];
    for (name, arrange) in arrangements {
        let repository = Repository::new();
        let private = repository.directory.path().join("private");
        crate::scratch::copy(&repository.root(), &private);
        write(&private, "facts.json", FACTS.replace("\"f\"", &format!("\"{SECRET}\"")));
        commit(&private, "private");
        arrange(&repository.root().join(".git"), &private.join(".git"));
        let RunOutput { status, stdout, stderr, .. } = run(&mut repository.diff());
        assert_eq!(status, Some(2), "{name}: {stdout}{stderr}");
        assert!(stderr.contains("uses files outside of it"), "{name}: {stderr}");
        assert!(!stdout.contains(SECRET) && !stderr.contains(SECRET), "{name}");
    }
}

#[test]
fn another_work_tree_in_the_settings_has_no_effect() {
    let repository = Repository::new();
    let other = dataset(&[("factloom.json", &MANIFEST.replace("A mill", "Another mill"))]);
    repository.config(&format!("[core]\nworktree = {}\n", other.path().display()));
    repository.assert_compared(&mut repository.diff());
}

#[test]
fn a_linked_work_tree_and_a_submodule_can_be_compared() {
    let repository = Repository::new();
    git(&repository.root(), &["worktree", "add", "--quiet", "../tree"]);
    let tree = repository.directory.path().join("tree");
    let output = run(command(&tree).args(["diff", "--rev", "HEAD~1..HEAD"]));
    assert_eq!((output.status, output.stderr.as_str()), (Some(1), ""));
    let outer = repository.directory.path().join("outer");
    fs::create_dir(&outer).expect("it can be created");
    git(&outer, &["init", "--quiet"]);
    let url = repository.root().display().to_string();
    git(&outer, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "mill"]);
    let output = run(command(&outer.join("mill")).args(["diff", "--rev", "HEAD~1..HEAD"]));
    assert_eq!((output.status, output.stderr.as_str()), (Some(1), ""));
}
