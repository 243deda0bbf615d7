//! `factloom import`

use crate::program::{command, factloom, run, stdout_of};
use crate::scratch::{temp_dir, write};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

const RIGHT: &str = r#"{ "subject": "steam engine", "predicate": "locatedIn", "object": "pump-house", "evidence": [{ "source": "pump-house", "quote": "The engine is in the engine hall, the largest room of the pump house" }] }"#;
const WRONG: &str = r#"{ "subject": "water-company", "predicate": "bought", "object": "pump-house", "evidence": [{ "source": "pump-house", "quote": "The Ebbingford Water Company bought the pump house" }] }"#;

/// The tutorial dataset with a file of proposals.
fn dataset(proposals: &str) -> TempDir {
    let here = temp_dir(&[]);
    stdout_of(here.path(), &["init"]);
    write(here.path(), "answer.jsonl", proposals);
    here
}

fn file(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).unwrap_or_default()
}

#[test]
fn without_write_nothing_changes_and_a_rejection_is_a_finding() {
    let here = dataset(&format!("{RIGHT}\n{WRONG}\n"));
    let before = file(here.path(), "facts.json");
    let output = factloom(here.path(), &["import", "answer.jsonl"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    for part in [
        "answer.jsonl:1: accepted",
        "`steam engine` is the label of `steam-engine`",
        "answer.jsonl:2: quote not found",
        "2 proposals: 1 accepted, 1 rejected (1 quote not found)",
        "+  { \"id\": \"steam-engine-located-in-pump-house\", \"subject\": \"steam-engine\"",
    ] {
        assert!(output.stdout.contains(part), "{part}\n{}", output.stdout);
    }
    assert!(output.stderr.contains("nothing was written; --write adds"), "{}", output.stderr);
    assert_eq!((file(here.path(), "facts.json"), here.path().join("rejected.jsonl").exists()), (before, false));
    assert_eq!(factloom(here.path(), &["import", "answer.jsonl", "-q"]).stderr, "");
}

#[test]
fn accepted_proposals_pass_the_check_and_rejects_are_imported_after_correction() {
    let here = dataset(&format!("{RIGHT}\n{WRONG}\n"));
    let comments = |text: &str| text.lines().filter(|line| line.trim_start().starts_with("//")).count();
    let before = file(here.path(), "facts.json");
    let args = ["import", "answer.jsonl", "--write", "--proposed-by", "some-model 3"];
    let output = factloom(here.path(), &args);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    assert!(output.stderr.ends_with("wrote facts.json, rejected.jsonl\n"), "{}", output.stderr);
    let facts = file(here.path(), "facts.json");
    assert_eq!(comments(&facts), comments(&before));
    assert!(facts.contains("\"proposedBy\": \"some-model 3\"") && facts.starts_with(before.trim_end_matches("\n]\n")));
    assert_eq!(factloom(here.path(), &["check", "--deny", "warnings"]).status, Some(0));
    let json: Value = serde_json::from_str(&stdout_of(here.path(), &["facts", "-f", "json"])).expect("JSON");
    let proposed = json.as_array().expect("a list").iter().filter(|fact| fact["proposedBy"] == "some-model 3");
    assert_eq!(proposed.count(), 1);
    let query = "SELECT ?s { ?s fl:proposedBy ?by }";
    assert!(stdout_of(here.path(), &["query", "-f", "csv", query]).contains("steam-engine-located-in-pump-house"));

    // Again: what was accepted is a duplicate, and the reject is there once.
    let rejects = file(here.path(), "rejected.jsonl");
    let again = factloom(here.path(), &args);
    assert!(again.stdout.contains("1 duplicate, 1 rejected"), "{}", again.stdout);
    assert_eq!((file(here.path(), "facts.json"), file(here.path(), "rejected.jsonl")), (facts, rejects.clone()));

    // Corrected, the reject becomes evidence of a known statement.
    let corrected = rejects
        .replace("\"water-company\"", "\"pump-house-society\"")
        .replace(
            "The Ebbingford Water Company bought the pump house",
            "In 1996 the Pump House Society bought the pump house",
        )
        .replace(
            "\"object\": \"pump-house\"",
            "\"object\": \"pump-house\", \"qualifiers\": { \"pointInTime\": \"1996\" }",
        );
    write(here.path(), "rejected.jsonl", &corrected);
    let output = factloom(here.path(), &["import", "rejected.jsonl", "--write"]);
    assert_eq!(output.status, Some(0), "{}\n{}", output.stdout, output.stderr);
    assert_eq!(file(here.path(), "rejected.jsonl"), "");
    assert_eq!(factloom(here.path(), &["check", "--deny", "warnings"]).status, Some(0));
}

/// The program is killed after it has replaced the facts, and before the rejects: the next import gives the right verdicts.
#[test]
fn a_kill_between_the_two_files_loses_nothing() {
    let wrong = WRONG.replace("bought the pump house\"", "bought the pump\"");
    let rejected = format!("{wrong}\n{RIGHT}\n");
    let here = dataset("");
    write(here.path(), "rejected.jsonl", &rejected);
    let output = factloom(here.path(), &["import", "rejected.jsonl", "--write"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    let (facts, rejects) = (file(here.path(), "facts.json"), file(here.path(), "rejected.jsonl"));
    // As it was before the second file was replaced.
    write(here.path(), "rejected.jsonl", &rejected);
    let output = factloom(here.path(), &["import", "rejected.jsonl", "--write"]);
    assert!(output.stdout.contains("2 proposals: 0 accepted, 1 duplicate, 1 rejected"), "{}", output.stdout);
    assert_eq!((file(here.path(), "facts.json"), file(here.path(), "rejected.jsonl")), (facts, rejects));
}

#[test]
fn a_kill_at_any_moment_leaves_each_file_old_or_new() {
    let proposals = format!("{RIGHT}\n{WRONG}\n");
    let args = ["import", "answer.jsonl", "--write"];
    let whole = dataset(&proposals);
    let before = file(whole.path(), "facts.json");
    factloom(whole.path(), &args);
    let expected = (file(whole.path(), "facts.json"), file(whole.path(), "rejected.jsonl"));
    for delay in [0, 20, 50, 100, 150, 200, 300, 500] {
        let here = dataset(&proposals);
        let mut import = command(here.path());
        let mut child = import.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().expect("it is killed, or has ended");
        child.wait().expect("it ends");
        let facts = file(here.path(), "facts.json");
        assert!(facts == before || facts == expected.0, "{delay}: {facts}");
        let rejects = file(here.path(), "rejected.jsonl");
        assert!(rejects.is_empty() || rejects == expected.1, "{delay}: {rejects}");
        factloom(here.path(), &args);
        assert_eq!((file(here.path(), "facts.json"), file(here.path(), "rejected.jsonl")), expected, "{delay}");
    }
}

#[test]
fn proposals_are_read_from_stdin_and_written_to_other_files() {
    let here = dataset("");
    write(here.path(), "facts.jsonl", "");
    let mut import = command(here.path());
    import.args(["import", "-", "--write", "--to", "facts.jsonl", "--rejects", "later.jsonl"]);
    let mut child =
        import.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(format!("[{RIGHT},\n{WRONG}]").as_bytes()).expect("it reads");
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let facts = file(here.path(), "facts.jsonl");
    assert_eq!((facts.lines().count(), file(here.path(), "later.jsonl").lines().count()), (1, 1));
    assert!(facts.contains("\"proposedBy\": \"stdin\"") && !facts.contains("\"id\""), "{facts}");
}

#[test]
fn the_verdicts_are_written_as_json() {
    let here = dataset(&format!("{RIGHT}\n{WRONG}\n{{\n"));
    let output = factloom(here.path(), &["import", "answer.jsonl", "-f", "json"]);
    let json: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let verdicts: Vec<&str> =
        json["proposals"].as_array().expect("a list").iter().filter_map(|one| one["verdict"].as_str()).collect();
    assert_eq!(verdicts, ["accepted", "quote-not-found", "invalid"]);
    assert_eq!((&json["counts"]["accepted"], &json["proposals"][1]["line"]), (&1.into(), &2.into()));
    let reason = &json["proposals"][1]["reasons"][0];
    assert_eq!(reason["code"], "quote-not-found");
    let lines = factloom(here.path(), &["import", "answer.jsonl", "-f", "jsonl"]).stdout;
    assert_eq!(lines.lines().count(), 3);
}

#[test]
fn misuse_names_the_next_step() {
    let here = dataset(&format!("{RIGHT}\n{WRONG}\n"));
    write(here.path(), "answer.odt", "");
    write(here.path(), "bad.json", b"[\"\n\xff\"]");
    for (args, message) in [
        (&["import", "answer.jsonl", "--write", "--rejects", "facts.json"][..], "it is a file of the dataset"),
        (&["import", "answer.odt"], "--input-format"),
        (&["import", "missing.json"], "cannot read `missing.json`"),
        (&["import", "bad.json"], "not valid UTF-8 (line 2)"),
        (&["import", "answer.jsonl", "--to", "other.json"], "add `other.json` to `facts`"),
        (&["import", "answer.jsonl", "--allow", "quote-not-found"], "is an error"),
        (&["import", "answer.jsonl", "--example", "--write"], "cannot be changed"),
        (&["import"], "<FILE>"),
    ] {
        let output = factloom(here.path(), args);
        assert_eq!(output.status, Some(2), "{args:?}: {}", output.stdout);
        assert!(output.stderr.contains(message), "{args:?}: {}", output.stderr);
    }
    let nowhere = temp_dir(&[("a.json", "[]")]);
    assert!(run(command(nowhere.path()).args(["import", "a.json"])).stderr.contains("factloom init"));
}

#[test]
fn rejects_are_not_read_as_facts() {
    let here = dataset(WRONG);
    let manifest = file(here.path(), "factloom.json")
        .replace("\"factloom\": 1,", "\"factloom\": 1, \"facts\": [\"facts.json\", \"r*.jsonl\"],");
    write(here.path(), "factloom.json", manifest);
    let output = factloom(here.path(), &["import", "answer.jsonl", "--write"]);
    assert_eq!(output.status, Some(2), "{}", output.stdout);
    assert!(output.stderr.contains("--rejects") && !here.path().join("rejected.jsonl").exists(), "{}", output.stderr);
}

/// A text or a name that a terminal would interpret is shown as text.
#[test]
fn proposals_are_escaped_for_the_terminal() {
    let here = dataset("{\"subject\": \"\\u001b[2Jx\\u202e\", \"predicate\": \"built\"}\n{\"a\u{1b}[2J\": }\n");
    let output = factloom(here.path(), &["import", "answer.jsonl"]);
    for text in [&output.stdout, &output.stderr] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    }
}
