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
fn a_search_says_which_word_it_shows_in_place_of_a_misspelt_one() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output = factloom(directory.path(), &["search", "--example", "Karachy", "xyzzy", "--limit", "3"]);
    assert!(output.stderr.contains("note: no text has “Karachy”; showing “Karachi”\n"), "{}", output.stderr);
    assert!(output.stderr.contains("note: no text has “xyzzy”\n"), "{}", output.stderr);
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
fn a_property_is_shown_with_its_definition_and_statements() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = stdout_of(directory.path(), &["show", "--example", "v:signed"]);
    assert!(text.starts_with("signed\n    IRI: v:signed\n    kind: property\n    comment: Is a party"), "{text}");
    for line in ["domain: agent (v:Agent)", "range: agreement (v:Agreement)", "triples: 2", "statements: 2"] {
        assert!(text.contains(&format!("    {line}\n")), "{line}: {text}");
    }
    assert!(text.contains("\nRussia signed PSM revival agreement\n    fact · russia-signed-agreement\n"), "{text}");
    // By the last part of its IRI, and by its label.
    for name in ["signed", "was signed at"] {
        assert!(stdout_of(directory.path(), &["show", "--example", name]).contains("    kind: property\n"), "{name}");
    }
    // The triples of claims are not in the graph.
    let planned = &json(directory.path(), &["show", "--example", "modernises", "-f", "json"])[0];
    assert_eq!((&planned["triples"], &planned["statements"]), (&0.into(), &1.into()));
    assert_eq!(planned["examples"][0]["kind"], "claim");
}

#[test]
fn a_class_is_shown_with_its_hierarchy_and_instances() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let class = &json(directory.path(), &["show", "--example", "v:State", "-f", "json"])[0];
    assert_eq!(class["kind"], "class");
    assert_eq!(class["subclasses"][0], "https://factloom.example/psm/vocabulary/HistoricalState");
    let count =
        json(directory.path(), &["query", "--example", "-f", "json", "-e", "SELECT DISTINCT ?s { ?s a v:State }"]);
    assert_eq!(class["instances"], count["results"]["bindings"].as_array().expect("rows").len());
    assert!(class["superclasses"].as_array().expect("a list").iter().all(|iri| *iri != class["iri"]));
    // Its own terms and those of other vocabularies, and entities in the same list.
    let all = json(directory.path(), &["show", "--example", "-f", "json", "fl:Evidence", "schema:Country", "russia"]);
    let kinds = all.as_array().expect("a list").iter().map(|one| one["kind"].as_str().expect("a kind"));
    assert_eq!(kinds.collect::<Vec<_>>(), ["class", "class", "entity"]);
}

#[test]
fn an_unknown_entity_is_an_error_that_names_a_search_with_results() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let help = |name: &str| factloom(directory.path(), &["show", "--example", name]).stderr;
    let found = help("Vitalichko");
    assert!(found.contains("help: `factloom search Vitalichko` shows where these words occur\n"), "{found}");
    for name in ["qwertyuiop", "schema:NoSuchClass", "\"Vitalichko\"; x"] {
        assert!(help(name).contains("help: use the id or the label of an entity"), "{name}: {}", help(name));
    }
}

#[test]
fn a_name_of_several_properties_is_an_error_that_lists_them() {
    let vocabulary = "@prefix v: <https://example.org/mill/vocabulary/> .\n\
        @prefix o: <https://e.org/> .\n\
        @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
        v:Builder a owl:Class ; rdfs:label \"builder\" .\n\
        v:rents a owl:ObjectProperty ; rdfs:label \"rents\" .\n\
        o:rents a owl:ObjectProperty ; rdfs:label \"rents\" .\n";
    let dataset = scratch::dataset(&[("vocabulary-more.ttl", vocabulary)]);
    let manifest = dataset.path().join("factloom.json");
    let mut value: Value = serde_json::from_str(&std::fs::read_to_string(&manifest).expect("it exists")).expect("JSON");
    value["vocabulary"] = serde_json::json!(["vocabulary.ttl", "vocabulary-more.ttl"]);
    std::fs::write(&manifest, value.to_string()).expect("it can be written");
    let output = factloom(dataset.path(), &["show", "rents"]);
    assert_eq!(output.status, Some(2), "{}", output.stdout);
    assert!(output.stderr.contains("several terms have the name `rents`"), "{}", output.stderr);
    assert!(output.stderr.contains("help: use one of <https://e.org/rents>, v:rents\n"), "{}", output.stderr);
}

#[test]
fn the_text_of_a_stored_query_is_printed() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = stdout_of(directory.path(), &["query", "--example", "who-helped-build-psm", "--show"]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/who-helped-build-psm.rq");
    assert_eq!(text.trim_end(), std::fs::read_to_string(path).expect("it exists").trim_end());
}
