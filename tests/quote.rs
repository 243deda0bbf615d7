//! `factloom quote`: the evidence that it prints, and what it says if it finds no passage.

use crate::program::{command, factloom, run, stdout_of};
use crate::scratch::{MANIFEST, dataset, write};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;
use std::time::Instant;

#[test]
fn the_printed_evidence_can_be_pasted() {
    let directory = dataset(&[]);
    let here = directory.path();
    let output = stdout_of(here, &["quote", "gild", "BUILT the old mill"]);
    let lines: Vec<&str> = output.lines().map(str::trim).collect();
    let expected = [
        "chronicle:1:5",
        "The ‹guild built the old mill›.",
        "the quote has `gild`, the source has `guild`",
        r#"{ "source": "chronicle", "quote": "guild built the old mill" }"#,
    ];
    assert_eq!(lines, expected);
    let facts = format!(
        r#"[{{ "id": "f", "subject": "guild", "predicate": "built", "object": "old-mill", "evidence": [{}] }}]"#,
        lines[3]
    );
    write(here, "facts.json", facts);
    assert!(stdout_of(here, &["check"]).contains("1 quote: 1 verified"));
}

#[test]
fn words_may_come_from_stdin() {
    let directory = dataset(&[]);
    let mut program = command(directory.path());
    program.args(["quote", "-", "-f", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().expect("the program can be run");
    child.stdin.take().expect("stdin is a pipe").write_all(b"the guild\n built the\told mill\n").expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(found["candidates"][0]["evidence"]["quote"], "The guild built the old mill");
    assert_eq!(found["candidates"][0]["start"], 0);
}

#[test]
fn without_a_passage_the_nearest_one_is_shown_and_the_status_is_1() {
    let directory = dataset(&[]);
    let here = directory.path();
    let output = factloom(here, &["quote", "guild", "moved", "timber", "yesterday"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(1), ""));
    assert!(output.stderr.starts_with("error: no source has these words"), "{}", output.stderr);
    assert!(output.stderr.contains("nearest passage at chronicle:1:5: The ‹guild› built"), "{}", output.stderr);
    assert!(output.stderr.contains("\nhelp: "), "{}", output.stderr);
    let json = factloom(here, &["quote", "-f", "json", "guild", "moved", "timber", "yesterday"]);
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!((json["candidates"].as_array().map(Vec::len), &json["nearest"]["line"]), (Some(0), &Value::from(1)));
    let output = factloom(here, &["quote", "xylophone"]);
    assert!(output.status == Some(1) && output.stderr.contains("help: use fewer or other words"), "{}", output.stderr);
}

#[test]
fn mistakes_in_the_arguments_are_explained() {
    let directory = dataset(&[]);
    for (args, message) in [
        (&["quote", "…"][..], "no words to search for"),
        (&["quote", "mill", "--source", "chronicel"], "did you mean `chronicle`?"),
        (&["quote"], "<WORDS>"),
    ] {
        let output = factloom(directory.path(), args);
        assert!(output.status == Some(2) && output.stderr.contains(message), "{args:?}: {}", output.stderr);
    }
    let nowhere = crate::scratch::temp_dir(&[]);
    let output = factloom(nowhere.path(), &["quote", "mill"]);
    assert!(output.status == Some(2) && output.stderr.contains("factloom init"), "{}", output.stderr);
}

#[test]
fn sources_without_a_text_are_named() {
    let manifest = MANIFEST
        .replace("\"content\": \"The guild built the old mill.\\nThe town praised it.\\n\"", "\"text\": \"t.txt\"");
    assert_ne!(manifest, MANIFEST);
    let directory = dataset(&[("factloom.json", &manifest), ("t.txt", "The guild built the old mill.\n")]);
    let here = directory.path();
    stdout_of(here, &["lock"]);
    std::fs::remove_file(here.join("t.txt")).expect("it is there");
    let output = factloom(here, &["quote", "gild built"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(output.stdout.contains("chronicle:1:1 (locked)"), "{}", output.stdout);
    assert!(output.stderr.contains("only the locked quotes of `chronicle` were searched"), "{}", output.stderr);
}

#[test]
fn thousands_of_sources_are_searched_in_seconds() {
    let directory = dataset(&[]);
    let sources: Vec<Value> = (0..4_000_u32)
        .map(|number| {
            let sentence =
                |n: u32| format!("The guild {} of town {number} built mill number {n} in 18{:02}.", n * 7, n % 90);
            let text: Vec<String> = (0..20).map(sentence).collect();
            serde_json::json!({ "id": format!("s{number}"), "content": text.join(" ") })
        })
        .collect();
    let manifest = serde_json::json!({ "base": "https://example.org/mill/", "sources": sources });
    write(directory.path(), "factloom.json", manifest.to_string());
    let started = Instant::now();
    let output = run(command(directory.path()).args(["quote", "gild 14 of town 3999 built mill number 2"]));
    assert!(
        output.stdout.contains(r#""source": "s3999", "quote": "guild 14 of town 3999 built mill number 2""#),
        "{}",
        output.stdout
    );
    // Less than two seconds, but tests run without optimization and at the same time.
    assert!(started.elapsed().as_secs() < 90, "{:?}", started.elapsed());
}
