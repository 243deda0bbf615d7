//! Syntax errors in queries, as the program shows them.

use crate::program::{RunOutput, command, factloom, run};
use crate::scratch::{dataset, write};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

/// The stderr of a query that must be rejected.
fn rejected(directory: &Path, args: &[&str]) -> String {
    let RunOutput { status, stdout, stderr, .. } = factloom(directory, &[&["query"], args].concat());
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{args:?}\n{stderr}");
    stderr
}

#[test]
fn the_token_is_underlined() {
    let directory = dataset(&[]);
    let long = format!("ASK {{ # {}\r\n\t?水 v:built \"水車 🏭 ساقیہ\" ?o v:built ?x }}\r\n", "x".repeat(500));
    let line =
        format!("ASK {{ {} Old mill v:built ?x . {} }}", "?水 v:built ?車 .".repeat(40), "?s ?p ?o .".repeat(80));
    for (name, query) in [
        ("missing-dot", "SELECT ?who {\n  ?who v:built ?what\n  ?what a ?kind\n}"),
        ("undeclared-prefix", "SELECT * { ?s foaf:name ?o }"),
        ("label", "SELECT * { Guild v:built ?what }"),
        ("end-of-the-text", "SELECT * {\n  ?s v:built ?o .\n  # and so on\n\n"),
        ("tabs-line-ends-and-wide-characters", long.as_str()),
        ("long-line", line.as_str()),
        ("ungrouped", "SELECT ?s (COUNT(?o) AS ?n) { ?s v:built ?o }"),
        ("update", "INSERT DATA { e:guild v:built e:old-mill }"),
        ("empty", " \n"),
        ("too-deep", &format!("ASK {{ FILTER({}", "(".repeat(300))),
    ] {
        insta::assert_snapshot!(name, rejected(directory.path(), &["-e", query]));
    }
}

#[test]
fn the_location_names_the_file_or_the_query() {
    let directory = dataset(&[]);
    write(directory.path(), "mine.rq", "ASK {\n  ?s ?p }");
    let stderr = rejected(directory.path(), &["--query-file", "mine.rq"]);
    assert!(stderr.contains("--> mine.rq:2:9"), "{stderr}");
    let stderr = rejected(directory.path(), &["-e", "ASK {\n  ?s ?p }"]);
    assert!(stderr.contains("--> query:2:9"), "{stderr}");
    let mut program = command(directory.path());
    program.args(["query", "--query-file", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().expect("the program can be run");
    child.stdin.take().expect("stdin is a pipe").write_all(b"ASK { ?s ?p }").expect("the query can be written");
    let output = child.wait_with_output().expect("the program exits");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--> stdin:1:13"), "{output:?}");
}

#[test]
fn an_invalid_stored_query_prevents_the_build() {
    let directory = dataset(&[("queries/broken.rq", "SELECT ?s {\n ?s v:built Old mill }")]);
    for args in [&["check"][..], &["query", "-e", "ASK {}"], &["build"]] {
        let stderr = run(command(directory.path()).args(args));
        assert_eq!(stderr.status, Some(1), "{args:?}\n{}", stderr.stderr);
        assert!(stderr.stderr.contains("queries/broken.rq:2:13"), "{args:?}\n{}", stderr.stderr);
    }
    let stderr = factloom(directory.path(), &["query", "--keep-going", "broken"]);
    assert_eq!(stderr.status, Some(2));
    assert!(stderr.stderr.contains("--> broken:2:13"), "{}", stderr.stderr);
    assert!(stderr.stderr.contains("replace the label `Old mill` with `e:old-mill`"), "{}", stderr.stderr);
}
