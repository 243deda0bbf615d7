//! `factloom search` and `factloom show`.

use crate::program::{factloom, stdout_of};
use crate::scratch;
use serde_json::Value;
use std::path::Path;

fn json(directory: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&stdout_of(directory, args)).expect("the output is JSON")
}

#[test]
fn a_search_names_what_it_finds_as_commands_and_queries_do() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = stdout_of(directory.path(), &["search", "--example", "stel", "mills", "--limit", "1"]);
    assert_eq!(text, "Pakistan Steel Mills\n    entity e:pakistan-steel-mills\n");
    let hits = json(directory.path(), &["search", "--example", "gathering", "rust", "-f", "json"]);
    let quote = hits.as_array().expect("a list").iter().find(|hit| hit["field"] == "quote").expect("a quote");
    let id = quote["statements"][0].as_str().expect("the id of a statement");
    assert!(stdout_of(directory.path(), &["why", "--example", id]).contains("rust"));
}

#[test]
fn a_search_without_result_says_so() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output = factloom(directory.path(), &["search", "--example", "xyzzy"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(0), ""));
    assert!(output.stderr.contains("note: nothing has these words"), "{}", output.stderr);
    assert_eq!(factloom(directory.path(), &["search", "--example"]).status, Some(2));
}

#[test]
fn an_entity_is_shown_with_its_names_and_every_statement_that_mentions_it() {
    let dataset = scratch::dataset(&[]);
    let entities = json(
        dataset.path(),
        &["query", "-f", "json", "-e", "SELECT DISTINCT ?e { ?e a ?c . FILTER(STRSTARTS(STR(?e), STR(e:))) }"],
    );
    let rows = entities["results"]["bindings"].as_array().expect("rows");
    assert!(!rows.is_empty());
    for row in rows {
        let iri = row["e"]["value"].as_str().expect("an IRI");
        let shown = &json(dataset.path(), &["show", iri, "-f", "json"])[0];
        assert_eq!(shown["iri"], iri);
        let ids = |statements: &Value| {
            let ids = statements.as_array().expect("a list").iter();
            let mut ids: Vec<String> = ids.map(|statement| statement["id"].to_string()).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(&shown["statements"]), ids(&json(dataset.path(), &["facts", "--entity", iri, "-f", "json"])));
    }
}

#[test]
fn the_text_of_a_stored_query_is_printed() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = stdout_of(directory.path(), &["query", "--example", "who-helped-build-psm", "--show"]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/who-helped-build-psm.rq");
    assert_eq!(text.trim_end(), std::fs::read_to_string(path).expect("it exists").trim_end());
}
