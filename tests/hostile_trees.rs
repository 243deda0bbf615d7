//! Datasets whose files are not what they seem: each gives a finding within a second, and nothing of other files is shown.
#![cfg(unix)]

use crate::program::{RunOutput, command};
use crate::scratch::{ENTITIES, FACTS, VOCABULARY, temp_dir, write};
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Words of the files outside of the dataset, and of the environment.
const SECRET: &str = "correct-horse-battery-staple";

/// After this time a command is taken to hang.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A hostile dataset.
struct Tree {
    name: &'static str,
    /// Members of the manifest.
    manifest: &'static str,
    /// Changes the files. The argument is the dataset's directory.
    arrange: fn(&Path),
    /// The expected finding: its code, and words of its file and its message.
    expected: (&'static str, &'static str, &'static str),
}

/// Puts a named pipe in the place of a file.
fn pipe(directory: &Path, name: &str) {
    let path = directory.join(name);
    let _ = fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
}

/// Puts a link in the place of a file.
fn link(directory: &Path, name: &str, target: &str) {
    let path = directory.join(name);
    let _ = fs::remove_file(&path);
    symlink(target, path).expect("a link can be made");
}

/// A file that is larger than any disk, but takes no space.
fn huge(directory: &Path, name: &str) {
    let file = fs::File::create(directory.join(name)).expect("it can be created");
    file.set_len(1 << 40).expect("the file system has sparse files");
}

macro_rules! tree {
    ($name:literal, $arrange:expr, $expected:expr) => {
        tree!($name, "", $arrange, $expected)
    };
    ($name:literal, $manifest:expr, $arrange:expr, $expected:expr) => {
        Tree { name: $name, manifest: $manifest, arrange: $arrange, expected: $expected }
    };
}

const UNREADABLE: &str = "unreadable-file";
const PIPE: &str = "is a named pipe";
const DEVICE_LINK: &str = "is a link that leads outside";

fn trees() -> Vec<Tree> {
    vec![
        tree!("pipe-as-manifest", |d| pipe(d, "factloom.json"), (UNREADABLE, "factloom.json", PIPE)),
        tree!("pipe-as-vocabulary", |d| pipe(d, "vocabulary.ttl"), (UNREADABLE, "vocabulary.ttl", PIPE)),
        tree!("pipe-as-entities", |d| pipe(d, "entities.json"), (UNREADABLE, "entities.json", PIPE)),
        tree!("pipe-as-facts", |d| pipe(d, "facts.json"), (UNREADABLE, "facts.json", PIPE)),
        tree!("pipe-as-lines-of-facts", |d| pipe(d, "facts.jsonl"), (UNREADABLE, "facts.jsonl", PIPE)),
        tree!("pipe-as-rule", |d| pipe(d, "rules/a.rq"), (UNREADABLE, "rules/a.rq", PIPE)),
        tree!("pipe-as-query", |d| pipe(d, "queries/q.rq"), (UNREADABLE, "queries/q.rq", PIPE)),
        tree!("pipe-as-style", |d| pipe(d, "style.json"), (UNREADABLE, "style.json", PIPE)),
        tree!("pipe-as-lock", |d| pipe(d, "factloom.lock"), (UNREADABLE, "factloom.lock", PIPE)),
        tree!("pipe-as-text", |d| pipe(d, "sources/a.txt"), (UNREADABLE, "factloom.json", PIPE)),
        tree!(
            "link-cycle",
            r#""rules": "deep/**/*.rq","#,
            |d| {
                write(d, "deep/a/b/c.txt", "");
                link(d, "deep/a/up", "..");
                link(d, "deep/a/b/top", "../../..");
                link(d, "deep/one", "two");
                link(d, "deep/two", "one");
            },
            ("no-matching-file", "factloom.json", "deep/**/*.rq")
        ),
        tree!("link-to-itself", |d| link(d, "facts.json", "facts.json"), (UNREADABLE, "facts.json", "cannot read")),
        tree!("environment-as-text", |d| link(d, "sources/a.txt", "/proc/self/environ"), (UNREADABLE, "", DEVICE_LINK)),
        tree!("environment-as-facts", |d| link(d, "facts.json", "/proc/self/environ"), (UNREADABLE, "", DEVICE_LINK)),
        tree!("zeros-as-facts", |d| link(d, "facts.json", "/dev/zero"), (UNREADABLE, "facts.json", DEVICE_LINK)),
        tree!("zeros-as-lines", |d| link(d, "facts.jsonl", "/dev/zero"), (UNREADABLE, "facts.jsonl", DEVICE_LINK)),
        tree!(
            "name-with-brackets",
            r#""facts": "facts[1].json","#,
            |d| write(d, "facts[1].json", FACTS.replace("guild", "gild")),
            ("unknown-entity", "facts[1].json", "gild")
        ),
        tree!(
            "directory-as-facts",
            |d| {
                fs::remove_file(d.join("facts.json")).expect("it is there");
                write(d, "facts.json/a", "");
            },
            (UNREADABLE, "facts.json", "is a directory")
        ),
        tree!(
            "socket-as-style",
            |d| drop(UnixListener::bind(d.join("style.json")).expect("a socket can be made")),
            (UNREADABLE, "style.json", "is a socket")
        ),
        tree!("huge-facts", |d| huge(d, "facts.json"), (UNREADABLE, "facts.json", "is larger than 1 GiB")),
        tree!("huge-lines", |d| huge(d, "facts.jsonl"), (UNREADABLE, "facts.jsonl", "is larger than 1 GiB")),
        tree!("huge-text", |d| huge(d, "sources/a.txt"), (UNREADABLE, "factloom.json", "is larger than 1 GiB")),
        tree!("huge-manifest", |d| huge(d, "factloom.json"), (UNREADABLE, "factloom.json", "the limit for a manifest")),
        tree!("huge-vocabulary", |d| huge(d, "vocabulary.ttl"), (UNREADABLE, "vocabulary.ttl", "larger than 16 MiB")),
        tree!("huge-rule", |d| huge(d, "rules/a.rq"), (UNREADABLE, "rules/a.rq", "larger than 2 MiB")),
        tree!("huge-query", |d| huge(d, "queries/q.rq"), (UNREADABLE, "queries/q.rq", "larger than 2 MiB")),
        tree!("huge-style", |d| huge(d, "style.json"), (UNREADABLE, "style.json", "larger than 4 MiB")),
        tree!("huge-lock", |d| huge(d, "factloom.lock"), (UNREADABLE, "factloom.lock", "larger than 256 MiB")),
        tree!("link-out", |d| link(d, "style.json", "../shared/secret.json"), (UNREADABLE, "style.json", "is a link")),
        tree!(
            "directory-link-out",
            r#""facts": "more/*.json","#,
            |d| link(d, "more", "../shared"),
            (UNREADABLE, "factloom.json", "leads outside")
        ),
        tree!("path-out", r#""style": "../shared/secret.json","#, |_| {}, (UNREADABLE, "factloom.json", "is outside")),
        tree!(
            "another-file-as-query",
            r#""queries": "../shared/secret.json","#,
            |_| {},
            (UNREADABLE, "factloom.json", "its extension is not .rq")
        ),
        tree!(
            "link-as-query",
            r#""queries": "../shared/link.rq","#,
            |d| link(&d.join("../shared"), "link.rq", "secret.json"),
            (UNREADABLE, "factloom.json", "is a link")
        ),
        tree!(
            "query-above-the-work-tree",
            r#""queries": "../../far.rq","#,
            |_| {},
            (UNREADABLE, "factloom.json", "is outside the git work tree")
        ),
        tree!(
            "query-without-a-work-tree",
            r#""queries": "../shared/*.rq","#,
            |d| fs::remove_dir_all(d.join("../.git")).expect("it is there"),
            (UNREADABLE, "factloom.json", "not in a git work tree")
        ),
        tree!(
            "golden-file-above-the-work-tree",
            r#""tests": "../../*.csv","#,
            |_| {},
            (UNREADABLE, "factloom.json", "is outside the git work tree")
        ),
        tree!(
            "configuration-of-git-as-text",
            |d| {
                let manifest = fs::read_to_string(d.join("factloom.json")).expect("it is there");
                write(d, ".git/config", SECRET);
                write(d, "factloom.json", manifest.replace("sources/a.txt", ".git/config"));
            },
            (UNREADABLE, "factloom.json", "belongs to git")
        ),
    ]
}

/// A work tree with a valid dataset in `tree/data`, changed by a hostile one.
fn arrange(tree: &Tree) -> TempDir {
    let manifest = format!(
        r#"{{ {} "title": "A mill", "base": "https://example.org/mill/",
            "sources": [{{ "id": "chronicle", "text": "sources/a.txt" }}] }}"#,
        tree.manifest
    );
    let directory = temp_dir(&[
        ("far.rq", SECRET),
        ("far.csv", SECRET),
        ("tree/.git/HEAD", SECRET),
        ("tree/shared/secret.json", SECRET),
        ("tree/data/factloom.json", &manifest),
        ("tree/data/vocabulary.ttl", VOCABULARY),
        ("tree/data/entities.json", ENTITIES),
        ("tree/data/facts.json", FACTS),
        ("tree/data/sources/a.txt", "The guild built the old mill.\nThe town praised it.\n"),
        ("tree/data/rules/a.rq", "CONSTRUCT { ?b v:built ?a } WHERE { ?a v:built ?b }"),
        ("tree/data/queries/q.rq", "SELECT ?a { ?a v:built ?b }"),
        ("tree/data/tests/queries/q.csv", "a\n"),
    ]);
    (tree.arrange)(&directory.path().join("tree/data"));
    directory
}

/// Runs a command, which must end, and returns how long it took.
fn run_in_time(directory: &Path, args: &[&str]) -> (RunOutput, Duration) {
    let start = Instant::now();
    let mut child = command(&directory.join("tree/data"))
        .args(args)
        .env("SECRET", SECRET)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be run");
    while child.try_wait().expect("its status is known").is_none() {
        if start.elapsed() > TIMEOUT {
            child.kill().expect("it can be stopped");
            panic!("factloom {args:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = start.elapsed();
    let output: RunOutput = child.wait_with_output().expect("it has ended").into();
    assert!(!output.stdout.contains(SECRET) && !output.stderr.contains(SECRET), "{output:?}");
    (output, took)
}

#[test]
fn each_hostile_tree_gives_a_finding_within_a_second() {
    let trees = trees();
    assert!(trees.len() >= 20);
    for tree in &trees {
        let directory = arrange(tree);
        let (code, file, words) = tree.expected;
        let check = || run_in_time(directory.path(), &["check", ".", "--format", "jsonl"]);
        let (output, mut took) = check();
        let findings: Vec<serde_json::Value> =
            output.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let is_expected = |finding: &serde_json::Value| {
            let has = |member: &str, words: &str| finding[member].as_str().is_some_and(|text| text.contains(words));
            finding["code"] == code && has("file", file) && has("message", words)
        };
        assert!(findings.iter().any(is_expected), "{}: {output:?}", tree.name);
        // Other tests run at the same time.
        for _ in 0..4 {
            took = took.min(check().1);
        }
        assert!(took < Duration::from_secs(1), "{}: {took:?}", tree.name);
        // No command hangs, or shows the secret.
        for args in [&["build", ".", "-o", "out"][..], &["facts"], &["test"], &["lock"]] {
            run_in_time(directory.path(), args);
        }
    }
}

#[test]
fn a_golden_file_that_is_a_pipe_fails_its_test() {
    let directory = arrange(&tree!("pipe-as-golden-file", |d| pipe(d, "tests/queries/q.csv"), ("", "", "")));
    let (output, _) = run_in_time(directory.path(), &["test"]);
    assert_eq!(output.status, Some(1), "{output:?}");
    assert!(output.stdout.contains(PIPE), "{output:?}");
    run_in_time(directory.path(), &["test", "--bless"]);
}

#[test]
fn a_huge_golden_file_is_not_read() {
    let directory = arrange(&tree!("huge-golden-file", |d| huge(d, "tests/queries/q.csv"), ("", "", "")));
    let (output, _) = run_in_time(directory.path(), &["test"]);
    assert_eq!(output.status, Some(1), "{output:?}");
    assert!(output.stdout.contains("is larger than 4 MiB, the limit for a golden file"), "{output:?}");
}

#[test]
fn a_lock_that_is_a_pipe_is_not_written_to() {
    let directory = arrange(&tree!("pipe-as-lock", |d| pipe(d, "factloom.lock"), ("", "", "")));
    let (output, _) = run_in_time(directory.path(), &["lock"]);
    assert_eq!(output.status, Some(2), "{output:?}");
    assert!(output.stderr.contains("cannot write `factloom.lock`: `factloom.lock` is a named pipe"), "{output:?}");
}

/// The cache is part of the dataset's directory, so that it may be hostile, too.
#[test]
fn a_hostile_cache_is_ignored_and_nothing_is_written_through_links() {
    let arrangements: [fn(&Path); 5] = [
        |d| link(d, ".factloom", "../shared"),
        |d| {
            write(d, ".factloom/x", "");
            link(d, ".factloom/.gitignore", "../../shared/secret.json");
        },
        |d| {
            write(d, ".factloom/x", "");
            link(d, ".factloom/inputs.json", "/dev/zero");
            link(d, ".factloom/graph.factloom", "../../shared/secret.json");
        },
        |d| {
            write(d, ".factloom/x", "");
            pipe(d, ".factloom/inputs.json");
            pipe(d, ".factloom/graph.factloom");
        },
        |d| {
            write(d, ".factloom/x", "");
            pipe(d, ".factloom/.gitignore");
        },
    ];
    for change in arrangements {
        let directory = arrange(&Tree { name: "cache", manifest: "", arrange: change, expected: ("", "", "") });
        for _ in 0..2 {
            let (output, _) = run_in_time(directory.path(), &["facts"]);
            assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{output:?}");
        }
        let shared = directory.path().join("tree/shared");
        assert_eq!(fs::read_dir(&shared).expect("it is there").count(), 1);
        assert_eq!(fs::read_to_string(shared.join("secret.json")).expect("it is there"), SECRET);
    }
}

#[test]
fn texts_are_not_read_through_links_out_of_the_directory_of_sources() {
    for target in ["/proc/self/environ", "../../shared/secret.json", "/dev/zero"] {
        let directory = arrange(&tree!("link-as-text", |_| {}, ("", "", "")));
        link(&directory.path().join("tree/data"), "sources/a.txt", target);
        let (output, _) = run_in_time(directory.path(), &["check", ".", "--source-dir", "sources"]);
        assert_eq!(output.status, Some(1), "{output:?}");
        let message = "`sources/a.txt` is a link that leads outside the directory of source texts";
        assert!(output.stderr.contains(message), "{output:?}");
    }
}

#[test]
fn a_named_file_below_a_dataset_is_not_read_through_a_link_out_of_it() {
    let directory = arrange(&tree!("links", |d| link(d, "a.ttl", "/proc/self/environ"), ("", "", "")));
    link(&directory.path().join("tree/data"), "q.rq", "/proc/self/environ");
    let (output, _) = run_in_time(directory.path(), &["query", "--query-file", "q.rq"]);
    assert!(output.stderr.contains("cannot read `q.rq`: a link leads out of the dataset"), "{output:?}");
    let (output, _) = run_in_time(directory.path(), &["query", "--data", "a.ttl", "-e", "ASK {}"]);
    assert!(output.stderr.contains("cannot read `a.ttl`: a link leads out of the dataset"), "{output:?}");
}

#[test]
fn golden_files_and_images_are_not_shown_or_read_through_links() {
    let directory =
        arrange(&tree!("link-as-golden-file", |d| link(d, "tests/queries/q.csv", "/proc/self/environ"), ("", "", "")));
    let (output, _) = run_in_time(directory.path(), &["test"]);
    assert_eq!(output.status, Some(1), "{output:?}");
    assert!(output.stdout.contains(DEVICE_LINK), "{output:?}");
    // Images are compared, and never larger than the expected ones.
    let data = directory.path().join("tree/data");
    write(&data, "queries/d.rq", "#+ diagram: { title: D }\nSELECT ?statement { ?statement a fl:Fact }");
    write(&data, "images/x", "");
    pipe(&data, "images/d.svg");
    let (output, _) = run_in_time(directory.path(), &["draw", "--check", "images"]);
    assert!(output.status == Some(2) && output.stderr.contains(PIPE), "{output:?}");
    fs::remove_file(data.join("images/d.svg")).expect("it is there");
    huge(&data, "images/d.svg");
    let (output, _) = run_in_time(directory.path(), &["draw", "--check", "images"]);
    assert!(output.status == Some(1) && output.stdout.contains("d.svg: out of date"), "{output:?}");
}

#[test]
fn the_valid_tree_has_no_finding() {
    let directory = arrange(&tree!("valid", |_| {}, ("", "", "")));
    let (output, _) = run_in_time(directory.path(), &["check", "."]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_size_limit_can_be_changed() {
    let directory = arrange(&tree!("valid", |_| {}, ("", "", "")));
    let (output, _) = run_in_time(directory.path(), &["check", ".", "--max-file-size", "20"]);
    assert_eq!(output.status, Some(1));
    assert!(output.stderr.contains("`factloom.json` is larger than 20 bytes"), "{}", output.stderr);
    assert!(output.stderr.contains("raise the limit with --max-file-size"), "{}", output.stderr);
    for (size, status) in [("1M", 0), ("2g", 0), ("1k", 0), ("big", 2), ("99999999999999G", 2)] {
        let (output, _) = run_in_time(directory.path(), &["check", ".", "--max-file-size", size]);
        assert_eq!(output.status, Some(status), "{size}: {}", output.stderr);
    }
}
