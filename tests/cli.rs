//! The command line itself: its help, its options on every command, and its messages.

use crate::program::{command, factloom, run, stdout_of};
use crate::repository;
use crate::scratch::{copy, dataset, temp_dir, write};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The names of the commands, in the order of the help.
fn commands() -> Vec<String> {
    factloom::cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[test]
fn the_help_of_every_command_is_as_reviewed() {
    insta::assert_snapshot!("help", stdout_of(Path::new("/"), &["--help"]));
    for command in commands() {
        insta::assert_snapshot!(format!("help-of-{command}"), stdout_of(Path::new("/"), &[&command, "--help"]));
    }
}

#[test]
fn the_help_lists_every_command_once_under_a_heading() {
    let help = stdout_of(Path::new("/"), &["--help"]);
    let mut headings = Vec::new();
    let mut listed = Vec::new();
    for line in help.lines().take_while(|line| *line != "Global options:") {
        match line.strip_prefix("  ") {
            Some(entry) => listed.extend(entry.split_whitespace().next()),
            None => headings.extend(line.strip_suffix(':')),
        }
    }
    assert_eq!(headings, ["Author", "Explore", "Publish", "Maintain"]);
    assert_eq!(listed, commands());
}

#[test]
fn each_command_is_described_by_one_imperative_line() {
    for command in factloom::cli::command().get_subcommands() {
        let about = command.get_about().expect("a description").to_string();
        assert!(about.len() < 75 && !about.contains('\n') && !about.ends_with('.'), "{about}");
        assert!(about.starts_with(char::is_uppercase), "{about}");
    }
}

#[test]
fn each_long_help_ends_with_two_examples_and_a_link() {
    for name in commands() {
        let help = stdout_of(Path::new("/"), &[&name, "--help"]);
        let (_, end) = help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("no examples of {name}"));
        let examples = end.lines().filter(|line| line.starts_with("  factloom ")).count();
        assert_eq!(examples, 2, "{name}");
        assert!(
            end.trim_end().ends_with(&format!("Documentation in the source repository: docs/reference/cli.md#{name}")),
            "{end}"
        );
    }
    assert!(
        stdout_of(Path::new("/"), &["--help"])
            .trim_end()
            .ends_with("Documentation in the source repository: docs/reference/cli.md")
    );
}

/// A directory like a clone of the repository, with its data and two commits.
fn clone() -> TempDir {
    let clone = temp_dir(&[]);
    for directory in ["data/psm", "data/tutorial", "queries", "tests/queries"] {
        copy(&repository().join(directory), &clone.path().join(directory));
    }
    let _ = fs::remove_dir_all(clone.path().join("data/psm/.factloom"));
    for file in ["README.md", "LICENSE-MIT"] {
        write(clone.path(), file, fs::read(repository().join(file)).expect("the file can be read"));
    }
    // Proposals that the dataset already has.
    let facts = fs::read_to_string(clone.path().join("data/psm/press.json")).expect("a file of facts");
    write(clone.path(), "answer.json", facts);
    for args in [
        &["init", "-q", "-b", "main"][..],
        &["add", "."],
        &["commit", "-qm", "one"],
        &["commit", "-qm", "two", "--allow-empty"],
    ] {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
        let status = Command::new("git").arg("-C").arg(clone.path()).args(identity).args(args).status();
        assert!(status.expect("git can be run").success(), "git {args:?}");
    }
    clone
}

#[test]
fn every_example_of_the_help_runs_with_the_bundled_dataset() {
    let clone = clone();
    // `verify` takes the files that `build` writes, so the examples run in the order of the commands.
    for name in commands() {
        let examples = factloom::cli::examples(&name);
        assert_eq!(examples.len(), 2, "{name}");
        for (comment, line) in examples {
            assert!(comment.starts_with(char::is_uppercase) && !comment.ends_with('.'), "{comment}");
            let words = shlex::split(line).expect("balanced quotation marks");
            assert_eq!(words[..2], ["factloom", &name]);
            // It never ends.
            if name == "watch" {
                continue;
            }
            let directory = match name.as_str() {
                "init" => clone.path().join("empty"),
                _ => clone.path().to_owned(),
            };
            fs::create_dir_all(&directory).expect("a directory can be made");
            let output = run(command(&directory).args(&words[1..]));
            assert_eq!(output.status, Some(0), "{line}\n{}", output.stderr);
            assert!(!output.stderr.contains("is empty"), "{line}\n{}", output.stderr);
        }
    }
}

#[test]
fn an_option_has_the_same_name_on_every_command() {
    let mut command = factloom::cli::command();
    command.build();
    for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = command.get_name();
        let mut longs = BTreeSet::new();
        for arg in command.get_arguments() {
            let Some(long) = arg.get_long() else { continue };
            longs.insert(long);
            assert!(!long.starts_with("not-"), "{name} --{long}");
            let short = match long {
                "format" => 'f',
                "output" => 'o',
                "quiet" => 'q',
                "help" => 'h',
                _ => continue,
            };
            assert_eq!(arg.get_short(), Some(short), "{name} --{long}");
        }
        for global in ["dataset", "example", "color", "quiet", "help"] {
            assert!(longs.contains(global), "{name} has no --{global}");
        }
    }
}

#[test]
fn the_spellings_of_other_tools_are_aliases() {
    let here = temp_dir(&[]);
    let csv = stdout_of(here.path(), &["query", "who-helped-build-psm", "--format", "csv", "--example"]);
    for args in [
        &["--results-format", "csv"][..],
        &["-T", "csv"],
        &["-f", "CSV"],
        &["--results-file", "-", "--results-format", "csv"],
    ] {
        let all = [&["query", "who-helped-build-psm", "--example"][..], args].concat();
        assert_eq!(stdout_of(here.path(), &all), csv, "{args:?}");
    }
    let dot = stdout_of(here.path(), &["draw", "--format", "dot", "--example"]);
    assert_eq!(stdout_of(here.path(), &["draw", "-Tdot", "--example"]), dot);
}

#[test]
fn an_unknown_extension_is_an_error_that_lists_the_known_ones() {
    let here = dataset(&[]);
    for (args, known) in [
        (&["query", "SELECT * { ?s ?p ?o }", "-o", "x.odt"][..], ".csv"),
        (&["facts", "-o", "x.odt"], ".jsonl"),
        (&["draw", "-o", "x.odt"], ".svg"),
        (&["export", "-o", "x.odt"], ".ttl"),
        (&["rank", "-o", "x.odt"], ".png"),
        (&["conflicts", "-o", "x.odt"], ".md"),
        (&["why", "f", "-o", "x.odt"], ".json"),
        (&["check", "-o", "x.odt"], ".txt"),
        (&["test", "-o", "x.odt"], ".tap"),
        (&["diff", ".", ".", "-o", "x.odt"], ".md"),
    ] {
        let output = factloom(here.path(), args);
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(output.stderr.starts_with("error: unknown file extension `.odt`\nhelp: "), "{}", output.stderr);
        assert!(output.stderr.contains(known), "{args:?}: {}", output.stderr);
        assert!(!here.path().join("x.odt").exists(), "{args:?}");
    }
    let export = factloom(here.path(), &["export", "-o", "x.odt"]).stderr;
    assert!(!export.contains(".csv") && export.contains(".cyjs, .factloom"), "{export}");
    let draw = factloom(here.path(), &["draw", "-o", "x.pdf"]).stderr;
    assert!(draw.contains("--engine graphviz"), "{draw}");
    // A file without an extension has the default format.
    stdout_of(here.path(), &["query", "SELECT ?s { ?s v:built ?o }", "-o", "rows"]);
    assert!(fs::read_to_string(here.path().join("rows")).expect("it was written").starts_with("s\r\n"));
}

#[test]
fn a_command_that_writes_files_reports_them_unless_it_is_quiet() {
    let here = dataset(&[]);
    for (args, written) in [
        (&["draw", "-o", "a.svg"][..], "wrote a.svg\n"),
        (&["facts", "-o", "a.json"], "wrote a.json\n"),
        (&["export", "-f", "csv", "-o", "out"], "wrote out/nodes.csv, out/edges.csv\n"),
        (&["lock"], "wrote factloom.lock\n"),
    ] {
        let output = factloom(here.path(), args);
        assert_eq!((output.status, output.stderr.as_str()), (Some(0), written), "{args:?}");
        let output = factloom(here.path(), &[args, &["--quiet"]].concat());
        assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{args:?}");
    }
    let output = factloom(here.path(), &["build"]);
    assert!(output.stderr.starts_with("wrote factloom-out/graph.ttl, "), "{}", output.stderr);
    assert_eq!(factloom(here.path(), &["-q", "build"]).stderr, "");
}

#[test]
fn color_follows_the_option_then_the_environment() {
    let here = dataset(&[("facts.json", r#"[{ "id": "f" }]"#)]);
    let is_coloured = |args: &[&str], no_color: bool| {
        let mut command = command(here.path());
        if !no_color {
            command.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1");
        }
        run(command.arg("check").args(args)).stderr.contains("\u{1b}[")
    };
    assert!(is_coloured(&["--color", "always"], true));
    assert!(!is_coloured(&["--color", "never"], false));
    assert!(!is_coloured(&["--color", "auto"], true));
    assert!(is_coloured(&[], false));
}

#[test]
fn json_is_one_document_and_jsonl_has_one_object_per_line() {
    let here = dataset(&[]);
    for args in [&["facts"][..], &["rank"], &["components"], &["path", "guild", "old-mill"], &["conflicts"], &["check"]]
    {
        let json = stdout_of(here.path(), &[args, &["--format", "json"]].concat());
        let json: Vec<serde_json::Value> = serde_json::from_str(&json).expect("one array");
        let lines = stdout_of(here.path(), &[args, &["--format", "jsonl"]].concat());
        let lines: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        assert_eq!(json, lines, "{args:?}");
    }
}

#[test]
fn a_limit_of_zero_is_refused() {
    let here = dataset(&[]);
    for args in [
        &["query", "SELECT * { ?s ?p ?o }", "--limit", "0"][..],
        &["rank", "--limit", "0"],
        &["path", "guild", "old-mill", "--all", "--limit", "0"],
        &["draw", "--max-nodes", "0"],
    ] {
        let output = factloom(here.path(), args);
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(output.stderr.contains("expected a whole number of at least 1"), "{}", output.stderr);
    }
}

#[test]
fn an_unknown_revision_is_reported_without_words_of_git() {
    let clone = clone();
    for revision in ["nowhere", "nowhere..HEAD", "main...nowhere", "-x"] {
        let output = factloom(clone.path(), &["diff", "--rev", revision]);
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{revision}");
        assert!(output.stderr.starts_with("error: unknown git revision `"), "{}", output.stderr);
        assert!(output.stderr.contains("help: name a branch, a tag or a commit"), "{}", output.stderr);
        assert!(!output.stderr.contains("fatal"), "{}", output.stderr);
    }
    let output = factloom(dataset(&[]).path(), &["diff", "--rev", "HEAD"]);
    assert!(output.stderr.starts_with("error: `.` is not in a git repository\nhelp: "), "{}", output.stderr);
}

#[test]
fn a_dataset_without_statements_is_mentioned() {
    let here = dataset(&[("facts.json", "[]"), ("entities.json", "[]"), ("vocabulary.ttl", "")]);
    let output = factloom(here.path(), &["check"]);
    assert_eq!(output.status, Some(0));
    assert!(output.stderr.starts_with("warning[empty-dataset]: the dataset has no facts\n"), "{}", output.stderr);
    assert_eq!(factloom(here.path(), &["facts"]).stderr, "note: the dataset has no statements\n");
}

#[test]
fn commands_that_read_use_the_example_and_say_so() {
    let empty = temp_dir(&[("graph.ttl", "<http://e/a> <http://e/b> <http://e/c> .")]);
    for args in [
        &["query", "--list"][..],
        &["query", "--list", "--quiet"],
        &["facts"],
        &["why", "Russia helped build Pakistan Steel Mills"],
        &["conflicts"],
        &["draw"],
        &["export"],
        &["path", "russia", "karachi"],
        &["rank"],
        &["components"],
    ] {
        let output = factloom(empty.path(), args);
        assert_eq!(output.status, Some(0), "{args:?}: {}", output.stderr);
        assert!(output.used_example, "{args:?}");
        let example = factloom(empty.path(), &[args, &["--example"]].concat());
        assert!(!example.used_example && example.stdout == output.stdout, "{args:?}");
    }
    assert!(!factloom(dataset(&[]).path(), &["facts"]).used_example);
    assert!(!factloom(empty.path(), &["query", "--data", "graph.ttl", "ASK {}"]).used_example);
}

#[test]
fn commands_that_need_a_dataset_refuse_to_run_without_one() {
    let empty = temp_dir(&[]);
    for args in [&["check"][..], &["build"], &["test"], &["lock"], &["diff", "--rev", "HEAD"]] {
        let output = factloom(empty.path(), args);
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(
            output.stderr.starts_with("error: no factloom.json in this directory or its parents\nhelp: "),
            "{}",
            output.stderr
        );
        for words in ["`factloom init`", "--example", "--dataset DIR"] {
            assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
        }
    }
    assert_eq!(crate::files_below(empty.path()).len(), 0);
    for args in [&["check", "--example"][..], &["build", "--example"], &["test", "--example"]] {
        let output = factloom(empty.path(), args);
        assert_eq!(output.status, Some(0), "{args:?}: {}", output.stderr);
    }
    let output = factloom(empty.path(), &["lock", "--example"]);
    assert_eq!(output.status, Some(2), "{}", output.stderr);
}

fn a_manifest_in_another_letter_case_is_named_as_the_likely_mistake() {
    let wrong = temp_dir(&[("Factloom.json", "{}")]);
    for args in [&["check"][..], &["build"], &["check", "."], &["build", "--dataset", "."]] {
        let output = factloom(wrong.path(), args);
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(output.stderr.contains("`Factloom.json` differs in letter case"), "{}", output.stderr);
        assert!(output.stderr.contains("rename `Factloom.json` to `factloom.json`"), "{}", output.stderr);
    }
}
external!(Need::LetterCase, a_manifest_in_another_letter_case_is_named_as_the_likely_mistake);

#[test]
fn check_and_build_take_a_directory() {
    let parent = temp_dir(&[]);
    copy(dataset(&[]).path(), &parent.path().join("mill"));
    assert!(stdout_of(parent.path(), &["check", "mill"]).starts_with("1 statement about 2 entities"));
    stdout_of(parent.path(), &["build", "mill", "-o", "out"]);
    assert!(parent.path().join("out/graph.ttl").exists());
    let output = factloom(parent.path(), &["check", "nowhere"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("no factloom.json in `nowhere`"), "{}", output.stderr);
    assert!(output.stderr.contains("`factloom init nowhere`"), "{}", output.stderr);
}

#[test]
fn in_a_clone_build_finds_the_bundled_dataset() {
    let clone = clone();
    stdout_of(clone.path(), &["build", "-o", "out"]);
    let turtle = fs::read_to_string(clone.path().join("out/graph.ttl")).expect("it was written");
    assert!(turtle.contains("e:russia v:helpedBuild e:pakistan-steel-mills"), "{}", &turtle[..400]);
}

/// Runs `factloom query` with a text on stdin.
fn query_from_pipe(here: &Path, args: &[&str], stdin: &str) -> (Option<i32>, String) {
    let mut command = command(here);
    let mut child = command
        .arg("query")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be run");
    child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()).expect("the program reads its input");
    let output = child.wait_with_output().expect("the program ends");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_query_is_an_argument_a_name_a_file_or_stdin() {
    let ask = "ASK { e:guild v:built e:old-mill }";
    let here = dataset(&[("queries/built.rq", ask), ("a query.rq", ask)]);
    for args in [
        &["built"][..],
        &[ask],
        &["-e", ask],
        &["--query", ask],
        &["--query-file", "a query.rq"],
        &["--query-file", "queries/built.rq", "-f", "table"],
    ] {
        assert_eq!(stdout_of(here.path(), &[&["query"], args].concat()).trim(), "true", "{args:?}");
    }
    assert_eq!(query_from_pipe(here.path(), &[], ask), (Some(0), "true\n".to_owned()));
    assert_eq!(query_from_pipe(here.path(), &["--query-file", "-"], ask), (Some(0), "true\n".to_owned()));
    write(here.path(), "query.rq", ask);
    let file = fs::File::open(here.path().join("query.rq")).expect("it was written");
    assert_eq!(run(command(here.path()).arg("query").stdin(file)).stdout, "true\n");
    let output = factloom(here.path(), &["query", "query.rq"]);
    assert!(output.stderr.contains("`--query-file query.rq`"), "{}", output.stderr);
}

#[test]
fn the_version_is_that_of_the_crate() {
    assert_eq!(stdout_of(Path::new("/"), &["--version"]), format!("factloom {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn without_a_command_the_help_is_shown_with_the_status_of_a_usage_error() {
    let output = factloom(Path::new("/"), &[]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("Usage: factloom"), "{}", output.stderr);
}
