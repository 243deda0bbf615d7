//! The words of a source in place of those that the dataset quotes: in links, exports and the lock, and in their context.

use crate::program::{factloom, stdout_of};
use crate::scratch;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const TEXT: &str =
    "The “old” mill — one\nof many — closed. In 1873, as all knew, the guild built it. The guild built it well.";

/// A dataset with four facts about one text.
fn dataset() -> TempDir {
    let evidence = [
        json!({ "source": "s", "quote": "The \"old\" mill - one of many" }),
        json!({ "source": "s", "quote": "The guild built it" }),
        json!({ "source": "s", "quote": "built it", "prefix": "1873, as all knew, the guild" }),
        json!({ "source": "s", "quote": "In 1873 … built it", "note": "a note" }),
    ];
    let facts = evidence.iter().enumerate().map(|(number, evidence)| {
        let id = format!("f{number}");
        json!({ "id": id, "subject": "guild", "predicate": "built", "object": "old-mill", "evidence": [evidence] })
    });
    let facts = Value::Array(facts.collect()).to_string();
    let source = json!({ "id": "s", "text": "s.txt", "url": "https://e.org/a#top:~:text=old&x" });
    let manifest = json!({ "base": "https://example.org/mill/", "sources": [source] }).to_string();
    scratch::dataset(&[("factloom.json", &manifest), ("facts.json", &facts), ("s.txt", TEXT)])
}

fn links(directory: &Path) -> Vec<String> {
    let facts: Vec<Value> = serde_json::from_str(&stdout_of(directory, &["facts", "-f", "json"])).expect("JSON");
    let link = |fact: &Value| fact["evidence"][0]["link"].as_str().expect("a link").to_owned();
    facts.iter().map(link).collect()
}

#[test]
fn a_lock_has_the_words_and_the_links_of_an_unavailable_text() {
    let dataset = dataset();
    let expected = [
        "The%20%E2%80%9Cold%E2%80%9D%20mill%20%E2%80%94%20one,of%20many",
        "it.-,The%20guild%20built%20it",
        "1873%2C%20as%20all%20knew%2C%20the%20guild-,built%20it",
        "In%201873,built%20it",
    ];
    let expected = expected.map(|words| format!("https://e.org/a#top:~:text={words}&x"));
    assert_eq!(links(dataset.path()), expected);
    let turtle = stdout_of(dataset.path(), &["export", "-f", "turtle"]);
    assert!(turtle.contains(r#"fl:sourceExact "The “old” mill — one\nof many""#), "{turtle}");
    stdout_of(dataset.path(), &["lock"]);
    fs::remove_file(dataset.path().join("s.txt")).expect("the text can be removed");
    assert_eq!(links(dataset.path()), expected);
    assert_eq!(stdout_of(dataset.path(), &["export", "-f", "turtle"]), turtle);
}

#[test]
fn annotations_have_the_words_of_the_source() {
    let dataset = dataset();
    let written = stdout_of(dataset.path(), &["export", "-f", "annotations"]);
    let written: Value = serde_json::from_str(&written).expect("JSON");
    let items = written["first"]["items"].as_array().expect("annotations");
    let mut count = 0;
    for target in items.iter().flat_map(|item| item["target"].as_array().expect("targets")) {
        let (quoted, position) = (&target["selector"][0], &target["selector"][1]);
        let part = |name: &str| quoted[name].as_str().unwrap_or_default();
        let words = [part("prefix"), part("exact"), part("suffix")].concat();
        let found: Vec<usize> = TEXT.match_indices(&words).map(|(at, _)| at + part("prefix").len()).collect();
        let starts: Vec<usize> = found.iter().map(|at| TEXT[..*at].chars().count()).collect();
        assert!(starts.iter().any(|start| json!(start) == position["start"]), "{target}: {starts:?}");
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn quotes_are_shown_in_their_sentences() {
    let dataset = dataset();
    let shown = stdout_of(dataset.path(), &["facts", "--context", "sentence"]);
    for line in [
        "    “The \"old\" mill - one of many”  s 1:1\n",
        "    in: ‹The “old” mill — one of many› — closed.\n",
        "    “In 1873 … built it” (5 words omitted)  s 2:19\n",
        "    in: ‹In 1873›, as all knew, the guild ‹built it›.\n    note: a note\n",
    ] {
        assert!(shown.contains(line), "{line} is not in {shown}");
    }
    let query =
        ["query", "-e", "SELECT ?s { ?s v:built ?o }", "--cite=footnotes", "-f", "markdown", "--context", "sentence"];
    let footnotes = stdout_of(dataset.path(), &query);
    assert!(footnotes.contains("“The “old” mill — one of many”"), "{footnotes}");
    assert!(footnotes.contains("in: **In 1873**, as all knew, the guild **built it**."), "{footnotes}");
}

#[test]
fn a_note_names_the_sources_without_a_text_once() {
    let dataset = dataset();
    stdout_of(dataset.path(), &["lock"]);
    fs::remove_file(dataset.path().join("s.txt")).expect("the text can be removed");
    let query = ["query", "-e", "SELECT ?s { ?s v:built ?o }", "--cite", "--context", "sentence"];
    for args in [&["facts", "--context", "sentence"][..], &["why", "f1", "--context", "sentence"], &query] {
        let output = factloom(dataset.path(), args);
        let note = "note: the text of `s` is unavailable, so its quotes are shown without context\n";
        assert_eq!(output.stderr, note, "{args:?}");
        assert!(output.stdout.contains("built it") && !output.stdout.contains("in: "), "{}", output.stdout);
    }
}
