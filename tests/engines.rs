//! `factloom query --engine`: both engines return the same results.

use crate::program::{factloom, stdout_of};
use std::fs;

/// The names of the bundled stored queries.
fn stored_queries() -> Vec<String> {
    let directory = fs::read_dir(crate::repository().join("queries")).expect("the directory can be listed");
    let paths = directory.map(|entry| entry.expect("an entry").path());
    let queries = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rq"));
    queries.map(|path| path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned()).collect()
}

#[test]
fn both_engines_agree_on_all_stored_queries() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let queries = stored_queries();
    assert!(queries.len() >= 10, "{queries:?}");
    for name in queries {
        let expected = stdout_of(directory.path(), &["query", &name]);
        let output = factloom(directory.path(), &["query", &name, "--engine", "both"]);
        assert_eq!((output.status, output.stdout), (Some(0), expected), "{name}: {}", output.stderr);
    }
}

#[test]
fn either_engine_returns_the_same_rows() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let query = "SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills } ORDER BY ?who";
    let run = |engine| stdout_of(directory.path(), &["query", "-e", query, "--engine", engine]);
    let rows = run("factloom");
    assert_eq!(rows.lines().count(), 3, "{rows}");
    assert_eq!(run("oxigraph"), rows);
    assert_eq!(run("both"), rows);
}

#[test]
fn named_graphs_are_part_of_the_comparison() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let quads = "<http://e/a> <http://e/p> _:b <http://e/g> .\n_:b <http://e/p> <http://e/c> .\n";
    fs::write(directory.path().join("data.nq"), quads).expect("the file can be written");
    for engine in ["factloom", "oxigraph", "both"] {
        let query = "SELECT ?g ?s { GRAPH ?g { ?s ?p ?o } ?o ?p ?c }";
        let rows = stdout_of(directory.path(), &["query", "--data", "data.nq", "-e", query, "--engine", engine]);
        assert_eq!(rows.trim_end().replace('\r', ""), "g,s\nhttp://e/g,http://e/a", "{engine}");
    }
}

#[test]
fn a_difference_where_oxigraph_deviates_from_the_standard_is_a_note() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let query = "SELECT (REPLACE('abc', 'b', '[$1]') AS ?same) (REGEX('a', '^[a-z-[aeiou]]$') AS ?different) { }";
    let output = factloom(directory.path(), &["query", "-e", query, "--engine", "both", "-f", "csv"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert_eq!(output.stdout, "same,different\r\na[]c,false\r\n");
    assert!(output.stderr.contains("see `Regular expressions` in docs/reference/conformance.md"), "{}", output.stderr);
    // The paths of the standard are the same in both.
    let query = "SELECT ?x ?y { { ?x v:helpedBuild|v:helpedBuild ?o } UNION { <urn:absent> v:helpedBuild* ?y } }";
    let output = factloom(directory.path(), &["query", "-e", query, "--engine", "both", "-f", "csv"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    assert!(!output.stderr.contains("different"), "{}", output.stderr);
}
