//! Queries that would take hours end soon after somebody stops them, whatever they are doing.

use crate::program::factloom;
use factloom::model::Namespaces;
use factloom::query;
use factloom::store::{CompiledGraph, GraphBuilder, GraphMetadata, Store, StoreError};
use oxigraph::model::{Literal, NamedNode, Triple};
use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults};
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// How many nodes stand in a ring. Four patterns about them have 2.5 * 10^14 solutions.
const NODES: usize = 2_000;
/// When a query is stopped.
const STOPPED: Duration = Duration::from_millis(100);
/// When it must have ended at the latest, on a slow machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(3);

const LONG: [(&str, &str); 19] = [
    ("rows", "SELECT * { ?a :n ?b . ?c :n ?d . ?e :n ?f . ?g :n ?h }"),
    ("equal rows that are counted", "SELECT (1 AS ?one) { ?a :n ?b . ?c :n ?d . ?e :n ?f . ?g :n ?h }"),
    ("a filter that nothing passes", "ASK { ?a :n ?b . ?c :n ?d . ?e :n ?f FILTER (?b + ?d + ?f < 0) }"),
    (
        "a union and an option",
        "ASK { { ?a :n ?b } UNION { ?a :next ?b } OPTIONAL { ?c :n ?d . ?e :n ?f } FILTER (?d + ?f < 0) }",
    ),
    (
        "DISTINCT",
        "SELECT DISTINCT ?one { ?a :n ?b . ?c :n ?d . ?e :n ?f BIND (?b - ?b AS ?one) FILTER (?b < ?d + ?f) }",
    ),
    ("a sort", "SELECT * { ?a :n ?b . ?c :n ?d . ?e :n ?f } ORDER BY (?b * ?d * ?f)"),
    ("a sort of which little is kept", "SELECT * { ?a :n ?b . ?c :n ?d . ?e :n ?f } ORDER BY (?b * ?d * ?f) LIMIT 3"),
    ("groups", "SELECT ?s (MAX(?b * ?d) AS ?most) { ?a :n ?b . ?c :n ?d . ?e :n ?f BIND (?b + ?f AS ?s) } GROUP BY ?s"),
    (
        "the sum of equal rows",
        "SELECT (SUM(?one) AS ?s) { BIND (1 AS ?one) ?a :n ?b . ?c :n ?d . ?e :n ?f . ?g :n ?h }",
    ),
    ("the texts of equal rows", "SELECT (GROUP_CONCAT('') AS ?s) { ?a :n ?b . ?c :n ?d . ?e :n ?f . ?g :n ?h }"),
    ("a path between any two nodes", "SELECT (COUNT(?a) AS ?n) { ?a (:next|:other)* ?b }"),
    ("a path of paths", "ASK { ?a :next ?b . :x1 (:next*/:next*/:next*/:next*) :nowhere }"),
    ("EXISTS", "ASK { ?a :n ?b FILTER EXISTS { ?c :n ?d . ?e :n ?f FILTER (?b + ?d + ?f < 0) } }"),
    ("a query within", "SELECT * { ?a :n ?b { SELECT ?c { ?c :n ?d . ?e :n ?f . ?g :n ?h } LIMIT 1000000000 } }"),
    ("MINUS", "ASK { ?a :n ?b . ?c :n ?d MINUS { ?a :n ?b . ?c :n ?d . ?e :n ?f FILTER (?b + ?d != ?f) } }"),
    ("a graph", "CONSTRUCT { ?a :to ?c , ?e , [] } { ?a :n ?b . ?c :n ?d . ?e :n ?f }"),
    ("a description", "DESCRIBE ?a { ?a :n ?b . ?c :n ?d . ?e :n ?f FILTER (?b + ?d + ?f < 0) }"),
    (
        "rows that the query lists",
        "SELECT (BNODE('x') AS ?x) { VALUES ?a { 1 2 3 4 5 6 7 8 9 } VALUES ?b { 1 2 3 4 5 6 7 8 9 }
         VALUES ?c { 1 2 3 4 5 6 7 8 9 } VALUES ?d { 1 2 3 4 5 6 7 8 9 } VALUES ?e { 1 2 3 4 5 6 7 8 9 }
         VALUES ?f { 1 2 3 4 5 6 7 8 9 } VALUES ?g { 1 2 3 4 5 6 7 8 9 } VALUES ?h { 1 2 3 4 5 6 7 8 9 } }",
    ),
    ("what spareval answers", "SELECT (BNODE(STR(?b)) AS ?x) { ?a :n ?b . ?c :n ?d . ?e :n ?f } ORDER BY ?f"),
];

fn ring() -> Vec<Triple> {
    let node = |n: usize| NamedNode::new_unchecked(format!("http://e.org/x{}", n % NODES));
    let name = |name: &str| NamedNode::new_unchecked(format!("http://e.org/{name}"));
    let of = |n| {
        let number = Literal::from(n as u64);
        [Triple::new(node(n), name("next"), node(n + 1)), Triple::new(node(n), name("n"), number)]
    };
    (0..NODES).flat_map(of).collect()
}

fn compiled() -> Store {
    let mut builder = GraphBuilder::new();
    for triple in ring() {
        builder.insert_triple(triple.as_ref()).expect("a small graph");
    }
    Store::build(builder, GraphMetadata::new(Namespaces::standard())).expect("a small graph")
}

fn drained(results: Result<QueryResults<'_>, StoreError>) -> Result<(), StoreError> {
    match results? {
        QueryResults::Boolean(_) => {}
        QueryResults::Solutions(solutions) => {
            for solution in solutions {
                solution?;
            }
        }
        QueryResults::Graph(triples) => {
            for triple in triples {
                triple?;
            }
        }
    }
    Ok(())
}

/// Does something with a store that is stopped before long, and says how long it went on after that.
fn stopped(store: &Store, work: impl FnOnce(&Store) -> Result<(), StoreError>) -> Result<Duration, String> {
    let token = CancellationToken::new();
    let stoppable = store.with_cancellation(token.clone());
    let start = Instant::now();
    thread::spawn(move || {
        thread::sleep(STOPPED);
        token.cancel();
    });
    match work(&stoppable) {
        Err(StoreError::Evaluation(QueryEvaluationError::Cancelled)) => Ok(start.elapsed().saturating_sub(STOPPED)),
        other => Err(format!("after {:?}: {other:?}", start.elapsed())),
    }
}

#[test]
fn a_query_that_is_stopped_ends_before_long_whatever_it_is_doing() {
    let store = compiled();
    for (name, text) in LONG {
        let query = query::parse(&format!("PREFIX : <http://e.org/> {text}"), store.names()).expect(name);
        let late = stopped(&store, |store| drained(store.query(&query))).unwrap_or_else(|e| panic!("{name}: {e}"));
        println!("{name}: {late:?}");
        assert!(late < PATIENCE, "{name} went on for {late:?}");
    }
}

#[test]
fn an_explanation_is_stopped_as_its_query_is() {
    let store = compiled();
    let query = query::parse(&format!("PREFIX : <http://e.org/> {}", LONG[2].1), store.names()).expect("a query");
    assert!(stopped(&store, |store| store.explain(&query).map(drop)).is_ok_and(|late| late < PATIENCE));
}

#[test]
fn oxigraphs_store_is_stopped_in_the_same_way() {
    let mut store = Store::in_memory(Namespaces::standard()).expect("a store in memory");
    store.load(ring()).expect("a store in memory takes triples");
    // It looks at the token once for each triple that it reads, however much it makes of that.
    let pairs = "PREFIX : <http://e.org/> ASK { ?a :n ?b . ?c :n ?d FILTER (?b + ?d < 0) }";
    let query = query::parse(pairs, store.names()).expect("a query");
    let late = stopped(&store, |store| drained(store.query(&query)));
    assert!(late.as_ref().is_ok_and(|late| *late < PATIENCE), "{late:?}");
}

#[test]
fn a_store_that_is_stopped_already_answers_nothing() {
    let store = compiled();
    let token = CancellationToken::new();
    token.cancel();
    let query = query::parse("ASK { ?s ?p ?o }", store.names()).expect("a query");
    let stoppable = store.with_cancellation(token.clone());
    assert!(matches!(stoppable.query(&query), Err(StoreError::Evaluation(QueryEvaluationError::Cancelled))));
    assert!(matches!(store.query(&query), Ok(QueryResults::Boolean(true))));
    let graph: &CompiledGraph = store.graph().expect("it is compiled");
    assert!(graph.query_cancellable(&query, &token).is_err() && graph.query(&query).is_ok());
}

#[test]
fn a_query_that_takes_too_long_is_stopped_and_leaves_no_file() {
    let here = tempfile::tempdir().expect("a temporary folder");
    let endless = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    let none = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) < 0) }";
    let path =
        "SELECT (COUNT(*) AS ?n) { ?a (!e:x|^!e:x)* ?b . ?c (!e:x|^!e:x)* ?d . ?e (!e:x|^!e:x)* ?f FILTER (?a != ?e) }";
    for args in [
        &["-q", endless, "-o", "rows.csv"][..],
        &["-q", endless, "--results-format", "table"],
        &["-q", none],
        &["-q", none, "--why-empty"],
        &["-q", none, "--cite"],
        &["-q", endless, "--cite", "-o", "cited.json"],
        &["-q", none, "--explain"],
        &["-q", path],
    ] {
        let started = std::time::Instant::now();
        let said = factloom(here.path(), &[&["query", "--timeout", "200ms"], args].concat());
        assert_eq!(said.status, Some(2), "{args:?}: {}", said.stderr);
        assert!(said.stderr.contains("error: the query was stopped after 200ms\nhelp: "), "{args:?}: {}", said.stderr);
        assert!(started.elapsed().as_secs() < 10, "{args:?} took {:?}", started.elapsed());
    }
    let left: Vec<_> =
        fs::read_dir(here.path()).expect("it can be listed").map(|e| e.expect("an entry").file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
    let said = factloom(here.path(), &["query", "--timeout", "10min", "-q", "ASK {}"]);
    assert_eq!((said.status, said.stdout.trim()), (Some(0), "true"), "{}", said.stderr);
    let said = factloom(here.path(), &["query", "--timeout", "soon", "-q", "ASK {}"]);
    assert_eq!(said.status, Some(2), "{}", said.stderr);
}
