//! Comparisons of git revisions.

use crate::program::{RunOutput, command, run};
use crate::scratch::{FACTS, dataset, temp_dir, write};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// The directory of the dataset in its repository. Its name has a space and another script.
const DATASET: &str = "data/the مصنع";

/// Runs git in a directory.
pub fn git(directory: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "A"),
        ("GIT_AUTHOR_EMAIL", "a@example.org"),
        ("GIT_COMMITTER_NAME", "A"),
        ("GIT_COMMITTER_EMAIL", "a@example.org"),
    ] {
        command.env(name, value);
    }
    let output = run(command.current_dir(directory).args(args));
    assert_eq!(output.status, Some(0), "git {args:?}\n{}", output.stderr);
    output.stdout.trim().to_owned()
}

pub fn commit(directory: &Path, message: &str) -> String {
    git(directory, &["add", "--all"]);
    git(directory, &["commit", "--quiet", "--message", message]);
    git(directory, &["rev-parse", "HEAD"])
}

/// A repository with a dataset in a directory, stored queries next to it, and a second commit with another fact.
fn repository() -> TempDir {
    let repository =
        temp_dir(&[("queries/who.rq", "SELECT ?who ?what { ?who v:built ?what }"), (".gitignore", ".factloom\n")]);
    let valid = dataset(&[]);
    for file in crate::files_below(valid.path()) {
        let name = format!("{DATASET}/{}", file.display());
        write(repository.path(), &name, fs::read(valid.path().join(file)).expect("the file can be read"));
    }
    let manifest = crate::scratch::MANIFEST.replacen('{', r#"{ "queries": "../../queries/*.rq","#, 1);
    write(repository.path(), &format!("{DATASET}/factloom.json"), manifest);
    git(repository.path(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(repository.path(), "first");
    write(repository.path(), &format!("{DATASET}/facts.json"), more_facts("g"));
    commit(repository.path(), "second");
    repository
}

/// The fact of the valid dataset, and another one.
fn more_facts(id: &str) -> String {
    let more = format!(
        r#", {{ "id": "{id}", "subject": "guild", "predicate": "built", "object": "guild",
        "evidence": [{{ "source": "chronicle", "quote": "The town praised it" }}] }}]"#
    );
    FACTS.trim_end().trim_end_matches(']').to_owned() + &more
}

fn diff(directory: &Path, args: &[&str]) -> RunOutput {
    run(command(&directory.join(DATASET)).arg("diff").args(args).env("GIT_CONFIG_GLOBAL", "/dev/null"))
}

/// The files below a directory with their contents.
fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = crate::files_below(directory).into_iter();
    files.map(|file| (file.display().to_string(), fs::read(directory.join(file)).expect("it can be read"))).collect()
}

#[test]
fn comparing_two_revisions_does_not_change_the_repository() {
    let repository = repository();
    // Hooks and other indexes are ignored.
    let hook = "#!/bin/sh\ntouch hook-was-run\n";
    for name in ["post-index-change", "post-checkout"] {
        write(repository.path(), &format!(".git/hooks/{name}"), hook);
        let _ = run(Command::new("chmod").arg("+x").arg(repository.path().join(".git/hooks").join(name)));
    }
    for setting in ["core.splitIndex", "core.sparseCheckout"] {
        git(repository.path(), &["config", setting, "true"]);
    }
    let before = contents(repository.path());
    let (temporary, cache) = (temp_dir(&[]), temp_dir(&[]));
    let output = run(command(&repository.path().join(DATASET))
        .args(["diff", "--rev", "HEAD~1..main"])
        .env("TMPDIR", temporary.path())
        .env("FACTLOOM_CACHE_DIR", cache.path())
        .env("GIT_INDEX_FILE", "no-such-index")
        .env("GIT_DIR", "no-such-repository"));
    assert_eq!((output.status, output.stderr.as_str()), (Some(1), ""));
    let expected = "HEAD~1 → main\n  statements  1 added\n  queries     1 changed\n  diagrams    1 changed\n";
    assert!(output.stdout.starts_with(expected), "{}", output.stdout);
    assert!(output.stdout.contains("    + Guild | Guild\n"), "{}", output.stdout);
    assert!(contents(repository.path()) == before, "something was written");
    assert_eq!(fs::read_dir(temporary.path()).expect("it is there").count(), 0);
    assert_eq!(fs::read_dir(cache.path()).expect("it is there").count(), 0);
}

#[test]
fn a_single_revision_is_compared_with_the_current_files() {
    let repository = repository();
    let output = diff(repository.path(), &["--rev", "HEAD"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(0), "HEAD → .: no differences\n"), "{}", output.stderr);
    write(repository.path(), &format!("{DATASET}/facts.json"), more_facts("h"));
    let output = diff(repository.path(), &["--rev", "HEAD"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    assert!(output.stdout.contains("    ~ id: [-g-]{+h+}\n"), "{}", output.stdout);
}

#[test]
fn three_dots_compare_with_the_revision_of_the_branch_point() {
    let repository = repository();
    git(repository.path(), &["switch", "--quiet", "--create", "topic", "HEAD~1"]);
    write(repository.path(), "queries/what.rq", "SELECT ?what { ?who v:built ?what }");
    commit(repository.path(), "a query");
    let output = diff(repository.path(), &["--rev", "main...topic"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    let base = git(repository.path(), &["merge-base", "main", "topic"]);
    let expected = format!("{} → topic\n  queries  1 added\n\n", &base[..12]);
    assert!(output.stdout.starts_with(&expected), "{}", output.stdout);
    let output = diff(repository.path(), &["--rev", "main..topic", "--format", "json"]);
    assert!(output.stdout.contains("\"removed\""), "{}", output.stdout);
}

#[test]
fn a_comparison_that_fails_has_a_help_text() {
    let repository = repository();
    for (args, message) in [
        (&["--rev", "nowhere..main"][..], "unknown git revision `nowhere`"),
        (&["--rev=--output=x..main"], "unknown git revision `--output=x`"),
        (&["--rev", "main", "--dataset", "/"], "factloom.json"),
        (&["--rev", "main", "."], "cannot be used with"),
        (&[], "required arguments were not provided"),
    ] {
        let output = diff(repository.path(), args);
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(output.stderr.contains(message), "{args:?}: {}", output.stderr);
    }
    assert!(!repository.path().join("x").exists());
    let elsewhere = dataset(&[]);
    let output = run(command(elsewhere.path()).args(["diff", "--rev", "main"]));
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("`.` is not in a git repository"), "{}", output.stderr);
    assert!(output.stderr.contains("help: compare two directories with"), "{}", output.stderr);
    let output = run(command(repository.path()).args(["diff", "--rev", "main", "--dataset", DATASET]).env("PATH", ""));
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("cannot run `git`"), "{}", output.stderr);
    let output = run(command(Path::new("/")).args(["diff", "--rev", "main", "--example"]));
    assert!(output.stderr.contains("the bundled example is not in a git repository"), "{}", output.stderr);
}

#[test]
fn errors_at_a_revision_have_git_paths() {
    let repository = repository();
    write(repository.path(), &format!("{DATASET}/facts.json"), r#"[{ "id": "f" }]"#);
    commit(repository.path(), "broken");
    let output = diff(repository.path(), &["--rev", "HEAD~1..HEAD"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
    assert!(output.stderr.contains(&format!("HEAD:{DATASET}/facts.json:1:")), "{}", output.stderr);
    assert!(output.stderr.contains("error: `HEAD` cannot be compared: it has errors"), "{}", output.stderr);
    let output = diff(repository.path(), &["--rev", "HEAD~1..HEAD", "--keep-going"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    git(repository.path(), &["mv", DATASET, "data/mill"]);
    commit(repository.path(), "moved");
    let output = run(command(&repository.path().join("data/mill")).args(["diff", "--rev", "HEAD~1"]));
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("no `data/mill/factloom.json` at the git revision `HEAD~1`"), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn links_of_a_revision_stay_within_its_tree() {
    use std::os::unix::fs::symlink;
    let repository = repository();
    let directory = repository.path().join(DATASET);
    let facts = directory.join("facts.json");
    // A link to a file of the dataset is followed, even if the working tree has something else.
    fs::rename(&facts, directory.join("real.json")).expect("it is there");
    symlink("real.json", &facts).expect("a link can be made");
    commit(repository.path(), "a link");
    fs::remove_file(directory.join("real.json")).expect("it is there");
    let output = diff(repository.path(), &["--rev", "HEAD~1..HEAD"]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
    // Links out of the dataset, out of the repository, and in a circle.
    for (target, message) in [
        ("../../queries/who.rq", "`facts.json` is a link that leads outside the dataset"),
        ("/proc/self/environ", "`facts.json` is a link that leads outside the dataset"),
        ("../../../secret", "`facts.json` is outside the git work tree of the dataset"),
        ("facts.json", "cannot read `facts.json`: too many symbolic links"),
        ("nowhere", "file `facts.json` does not exist"),
        ("rules", "file `facts.json` does not exist"),
    ] {
        fs::remove_file(&facts).expect("it is there");
        symlink(target, &facts).expect("a link can be made");
        commit(repository.path(), target);
        let output = diff(repository.path(), &["--rev", "HEAD~1..HEAD"]);
        assert_eq!(output.status, Some(2), "{target}: {}", output.stderr);
        assert!(output.stderr.contains(message), "{target}: {}", output.stderr);
        git(repository.path(), &["reset", "--quiet", "--hard", "HEAD~1"]);
    }
}

#[test]
fn filters_of_the_repository_do_not_run() {
    let repository = repository();
    write(repository.path(), ".gitattributes", "* filter=evil\n");
    for (name, value) in [("filter.evil.smudge", "touch ran; cat"), ("filter.evil.clean", "cat")] {
        git(repository.path(), &["config", name, value]);
    }
    commit(repository.path(), "attributes");
    let output = diff(repository.path(), &["--rev", "HEAD~1..HEAD"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(!crate::files_below(repository.path()).iter().any(|file| file.ends_with("ran")));
}

#[test]
fn a_large_file_of_a_revision_is_refused_and_the_others_are_read() {
    let repository = repository();
    let text = format!("[{}]", " ".repeat(100_000));
    write(repository.path(), &format!("{DATASET}/facts.json"), text);
    commit(repository.path(), "large");
    let output = diff(repository.path(), &["--rev", "HEAD~1..HEAD", "--max-file-size", "50k"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("`facts.json` is larger than 50 KiB"), "{}", output.stderr);
    assert_eq!(output.stderr.matches("error[").count(), 1, "{}", output.stderr);
}
