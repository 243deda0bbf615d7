//! Statements of the bundled dataset, written as triples and read again.

use factloom::BUNDLED;
use factloom::check::{CheckOptions, check};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::diagnostic::Code;
use factloom::model::Statement;
use factloom::store::{Labels, Store};
use factloom::{compile, triples};
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use std::collections::BTreeSet;

fn bundled() -> Store {
    let opened = Dataset::open(DatasetRoot::Bundled(BUNDLED), None);
    let mut findings = opened.findings;
    let dataset = opened.dataset.expect("the bundled dataset has a manifest");
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    let store = compile(&dataset, &checked, &factloom::rules::RuleOptions::default(), &mut findings)
        .expect("the store can be filled");
    // The bundled dataset shows that sources disagree.
    findings.retain_codes(|code| code != Code::Conflict);
    assert_eq!(findings[..], []);
    store
}

fn statements(store: &Store) -> Vec<Statement> {
    store.statements().collect::<Result<_, _>>().expect("the statements can be read")
}

/// The filter of `docs/reference/rdf.md`, for a year.
fn filter(year: &str) -> String {
    let docs = std::fs::read_to_string(crate::repository().join("docs/reference/rdf.md")).expect("the page exists");
    let filter = docs.split_once("```sparql").and_then(|(_, rest)| rest.split_once("```")).expect("a filter").0;
    filter.replace("1980", year)
}

#[test]
fn the_documented_filter_selects_what_at_selects() {
    let run = |args: &[&str]| crate::program::stdout_of(std::path::Path::new("/"), args);
    let mut sizes = BTreeSet::new();
    for year in ["1950", "1971", "1973", "1980", "1991", "2015", "2025", "2030"] {
        let exported = run(&["export", "--at", year, "-f", "ntriples"]);
        let reifying = exported.lines().filter(|line| line.contains("rdf-syntax-ns#reifies>"));
        let selected: BTreeSet<&str> =
            reifying.filter_map(|line| line.strip_prefix('<')?.split_once('>')).map(|(iri, _)| iri).collect();
        // Like diagrams, a selection excludes entailments.
        let query = format!(
            "SELECT DISTINCT ?statement {{ ?statement rdf:reifies ?triple ; a ?kind . FILTER(?kind != fl:Entailment) {} }}",
            filter(year)
        );
        let rows = run(&["query", "-f", "csv", "-e", &query]);
        assert_eq!(rows.lines().skip(1).map(str::trim).collect::<BTreeSet<_>>(), selected, "{year}");
        sizes.insert(selected.len());
    }
    assert!(sizes.len() > 3, "{sizes:?}");
}

#[test]
fn statements_are_read_as_they_were_written() {
    let store = bundled();
    let all = store.triples().expect("the store can be read");
    let read = triples::read_statements(all.iter().map(Triple::as_ref), store.namespaces())
        .expect("the triples are statements");
    assert!(read.len() >= 70, "{}", read.len());
    let mut mapped = Vec::new();
    for statement in &read {
        triples::write_statement(statement, store.namespaces(), &mut |triple| mapped.push(triple.into_owned()));
        let one = store.statement(&statement.id).expect("the store can be read");
        assert_eq!(one.as_ref(), Some(statement));
    }
    assert!(mapped.iter().all(|triple| store.contains(triple.as_ref()).expect("the store can be read")));
    assert_eq!(statements(&store), read);
}

/// The ids of statements in their order.
fn ids(statements: &[Statement]) -> Vec<&str> {
    statements.iter().map(|s| s.id.as_str()).collect()
}

#[test]
fn the_graph_has_the_statements_that_check_returned() {
    let mut opened = Dataset::open(DatasetRoot::Bundled(BUNDLED), None);
    let dataset = opened.dataset.as_mut().expect("the bundled dataset has a manifest");
    let checked = check(dataset, &CheckOptions::default(), &mut opened.findings);
    let store = bundled();
    for statement in checked.statements.iter() {
        let read = store.statement(&statement.id).expect("the store can be read");
        assert_eq!(read.as_ref(), Some(statement));
    }
    let inferred = store.statements().filter(|s| s.as_ref().expect("it is one").kind.derivation().is_some());
    assert_eq!(inferred.count() + checked.statements.len(), statements(&store).len());
}

#[test]
fn the_compiled_graph_agrees_with_the_store_in_memory() {
    let compiled = bundled();
    let mut memory = Store::in_memory(compiled.namespaces().clone()).expect("a store in memory");
    memory.load(compiled.triples().expect("the graph can be read")).expect("the store can be filled");
    assert_eq!(compiled.triples().expect("triples"), memory.triples().expect("triples"));
    let all = statements(&compiled);
    assert_eq!(all, statements(&memory));
    assert!(ids(&all).is_sorted());
    let entities = compiled.entities().expect("the graph can be read");
    assert_eq!(entities, memory.entities().expect("the store can be read"));
    assert!(entities.len() > 20);
    for entity in &entities {
        let (of_graph, of_memory) = (compiled.statements_of(entity), memory.statements_of(entity));
        let (of_graph, of_memory) = (of_graph.expect("the graph"), of_memory.expect("the store"));
        assert_eq!(ids(&of_graph), ids(&of_memory), "{entity}");
        let expected: Vec<&str> = all.iter().filter(|s| s.mentions(entity)).map(|s| s.id.as_str()).collect();
        assert_eq!(ids(&of_graph), expected, "{entity}");
        let labels = (Labels::new(&compiled, "en").name(entity), Labels::new(&memory, "en").name(entity));
        assert_eq!(labels.0.expect("the graph"), labels.1.expect("the store"));
    }
}

#[test]
fn the_graph_has_no_blank_nodes() {
    fn blank(triple: &Triple) -> bool {
        matches!(triple.subject, NamedOrBlankNode::BlankNode(_))
            || match &triple.object {
                Term::BlankNode(_) => true,
                Term::Triple(inner) => blank(inner),
                _ => false,
            }
    }
    let all = bundled().triples().expect("the store can be read");
    assert!(all.len() > 500);
    assert!(!all.iter().any(blank));
}

#[test]
fn facts_and_inferences_are_asserted_and_claims_are_not() {
    let store = bundled();
    let asserted: BTreeSet<String> =
        statements(&store).iter().filter(|s| s.is_asserted()).map(|s| s.triple.to_string()).collect();
    for statement in statements(&store) {
        let there = store.contains(statement.triple.as_ref()).expect("the store can be read");
        assert_eq!(there, asserted.contains(&statement.triple.to_string()), "{}", statement.id);
    }
    let kinds: BTreeSet<&str> = statements(&store).iter().map(|s| s.kind.as_str()).collect();
    assert_eq!(kinds.len(), 4);
}

#[test]
fn values_keep_their_forms_and_datatypes_and_conflict_by_value() {
    let height = "v:height a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label \"height\" .";
    let fact = |id: &str, object: &str| {
        format!(
            r#"{{ "id": "{id}", "subject": "old-mill", "predicate": "height", "object": {object},
            "evidence": [{{ "source": "chronicle", "quote": "The guild built the old mill" }}] }}"#
        )
    };
    let facts = [
        fact("int", r#"{ "value": "01", "type": "xsd:int" }"#),
        fact("decimal", r#"{ "value": "1.00", "type": "xsd:decimal" }"#),
        fact("integer", "1"),
    ];
    let vocabulary = format!("{}{height}\n", crate::scratch::VOCABULARY);
    let files = [("vocabulary.ttl", &*vocabulary), ("facts.json", &format!("[{}]", facts.join(",")))];
    let dir = crate::scratch::dataset(&files);
    let run = |args: &[&str]| crate::program::stdout_of(dir.path(), args);
    let exported = run(&["export", "-T", "ntriples"]);
    let value = |form: &str| {
        let mill = "<https://example.org/mill/entity/old-mill> <https://example.org/mill/vocabulary/height>";
        format!("{mill} {} .", form.replace("xsd:", "http://www.w3.org/2001/XMLSchema#"))
    };
    for form in [r#""01"^^<xsd:int>"#, r#""1.00"^^<xsd:decimal>"#, r#""1"^^<xsd:integer>"#] {
        assert!(exported.lines().any(|line| line == value(form)), "{form}: {exported}");
    }
    let rows = run(&["query", "-f", "csv", "-e", "SELECT ?form { ?s v:height ?h BIND(STR(?h) AS ?form) } ORDER BY ?h"]);
    assert_eq!(rows.replace('\r', ""), "form\n1.00\n01\n1\n");
    // Their values are equal.
    let check = crate::program::factloom(dir.path(), &["check"]);
    assert!(!check.stderr.contains("conflict"), "{}", check.stderr);
    assert_eq!(check.stderr.matches("warning[non-canonical-literal]").count(), 2, "{}", check.stderr);
    // A graph that was written and read again has the same triples.
    run(&["export", "-o", "mill.factloom"]);
    assert_eq!(run(&["export", "--data", "mill.factloom", "-T", "ntriples"]), exported);
}
