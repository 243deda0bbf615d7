//! Queries that would take hours end soon after they are cancelled, whatever they are doing.

use crate::files_below;
use crate::program::{RunOutput, command, factloom};
use crate::scratch::dataset;
use factloom::model::Namespaces;
use factloom::query;
use factloom::store::{CompiledGraph, GraphBuilder, GraphMetadata, Store, StoreError};
use oxigraph::model::{Literal, NamedNode, Triple};
use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults};
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

/// The number of nodes in a ring. Four patterns over them have 1.6 * 10^13 solutions.
const NODES: usize = 2_000;
/// When a query is cancelled.
const CANCEL_AFTER: Duration = Duration::from_millis(100);
/// How soon after that it must end.
const MAX_DELAY: Duration = Duration::from_secs(1);
/// How often work is repeated that other work on the machine may have delayed.
const ATTEMPTS: usize = 3;

const LONG: [(&str, &str); 19] = [
    ("rows", "SELECT * { ?a :n ?b . ?c :n ?d . ?e :n ?f . ?g :n ?h }"),
    ("equal rows, which are counted", "SELECT (1 AS ?one) { ?a :n ?b . ?c :n ?d . ?e :n ?f . ?g :n ?h }"),
    ("a filter that rejects all rows", "ASK { ?a :n ?b . ?c :n ?d . ?e :n ?f FILTER (?b + ?d + ?f < 0) }"),
    (
        "UNION and OPTIONAL",
        "ASK { { ?a :n ?b } UNION { ?a :next ?b } OPTIONAL { ?c :n ?d . ?e :n ?f } FILTER (?d + ?f < 0) }",
    ),
    (
        "DISTINCT",
        "SELECT DISTINCT ?one { ?a :n ?b . ?c :n ?d . ?e :n ?f BIND (?b - ?b AS ?one) FILTER (?b < ?d + ?f) }",
    ),
    ("a sort", "SELECT * { ?a :n ?b . ?c :n ?d . ?e :n ?f } ORDER BY (?b * ?d * ?f)"),
    ("a sort with a limit", "SELECT * { ?a :n ?b . ?c :n ?d . ?e :n ?f } ORDER BY (?b * ?d * ?f) LIMIT 3"),
    ("groups", "SELECT ?s (MAX(?b * ?d) AS ?most) { ?a :n ?b . ?c :n ?d . ?e :n ?f BIND (?b + ?f AS ?s) } GROUP BY ?s"),
    (
        "a sum over equal rows",
        "SELECT (SUM(?one) AS ?s) { BIND (1 AS ?one) ?a :n ?b . ?c :n ?d . ?e :n ?f . ?g :n ?h }",
    ),
    (
        "the concatenation of equal rows",
        "SELECT (GROUP_CONCAT('') AS ?s) { ?a :n ?b . ?c :n ?d . ?e :n ?f . ?g :n ?h }",
    ),
    ("a path between all pairs of nodes", "SELECT (COUNT(?a) AS ?n) { ?a (:next|:other)* ?b }"),
    ("a sequence of closures", "ASK { ?a :next ?b . :x1 (:next*/:next*/:next*/:next*) :nowhere }"),
    ("EXISTS", "ASK { ?a :n ?b FILTER EXISTS { ?c :n ?d . ?e :n ?f FILTER (?b + ?d + ?f < 0) } }"),
    ("a subquery", "SELECT * { ?a :n ?b { SELECT ?c { ?c :n ?d . ?e :n ?f . ?g :n ?h } LIMIT 1000000000 } }"),
    ("MINUS", "ASK { ?a :n ?b . ?c :n ?d MINUS { ?a :n ?b . ?c :n ?d . ?e :n ?f FILTER (?b + ?d != ?f) } }"),
    ("CONSTRUCT", "CONSTRUCT { ?a :to ?c , ?e , [] } { ?a :n ?b . ?c :n ?d . ?e :n ?f }"),
    ("DESCRIBE", "DESCRIBE ?a { ?a :n ?b . ?c :n ?d . ?e :n ?f FILTER (?b + ?d + ?f < 0) }"),
    (
        "rows of VALUES",
        "SELECT (BNODE('x') AS ?x) { VALUES ?a { 1 2 3 4 5 6 7 8 9 } VALUES ?b { 1 2 3 4 5 6 7 8 9 }
         VALUES ?c { 1 2 3 4 5 6 7 8 9 } VALUES ?d { 1 2 3 4 5 6 7 8 9 } VALUES ?e { 1 2 3 4 5 6 7 8 9 }
         VALUES ?f { 1 2 3 4 5 6 7 8 9 } VALUES ?g { 1 2 3 4 5 6 7 8 9 } VALUES ?h { 1 2 3 4 5 6 7 8 9 } }",
    ),
    ("BNODE", "SELECT (BNODE(STR(?b)) AS ?x) { ?a :n ?b . ?c :n ?d . ?e :n ?f } ORDER BY ?f"),
];

fn ring() -> Vec<Triple> {
    let node = |n: usize| NamedNode::new_unchecked(format!("http://e.org/x{}", n % NODES));
    let name = |name: &str| NamedNode::new_unchecked(format!("http://e.org/{name}"));
    let triples_of = |n| {
        let number = Literal::from(n as u64);
        [Triple::new(node(n), name("next"), node(n + 1)), Triple::new(node(n), name("n"), number)]
    };
    (0..NODES).flat_map(triples_of).collect()
}

fn compiled() -> Store {
    let mut builder = GraphBuilder::new();
    for triple in ring() {
        builder.insert_triple(triple.as_ref()).expect("a small graph");
    }
    Store::build(builder, GraphMetadata::new(Namespaces::standard())).expect("a small graph")
}

fn drain(results: Result<QueryResults<'_>, StoreError>) -> Result<(), StoreError> {
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

/// Runs a function on a store, cancels it soon, and returns how long it continued.
fn delay_after_cancel(store: &Store, work: impl FnOnce(&Store) -> Result<(), StoreError>) -> Result<Duration, String> {
    let token = CancellationToken::new();
    let cancellable = store.with_cancellation(token.clone());
    let start = Instant::now();
    thread::spawn(move || {
        thread::sleep(CANCEL_AFTER);
        token.cancel();
    });
    match work(&cancellable) {
        Err(StoreError::Evaluation(QueryEvaluationError::Cancelled)) => {
            Ok(start.elapsed().saturating_sub(CANCEL_AFTER))
        }
        other => Err(format!("after {:?}: {other:?}", start.elapsed())),
    }
}

/// Asserts that work ends within a time after a limit, at least once.
#[track_caller]
fn assert_soon(name: &str, mut delay: impl FnMut() -> Duration) {
    let mut delays = Vec::new();
    while delays.last().is_none_or(|delay| *delay > MAX_DELAY) {
        assert!(delays.len() < ATTEMPTS, "{name} continued for {delays:?}");
        delays.push(delay());
    }
}

#[test]
fn a_cancelled_query_ends_soon_whatever_it_is_doing() {
    let store = compiled();
    for (name, text) in LONG {
        let query = query::parse(&format!("PREFIX : <http://e.org/> {text}"), store.namespaces()).expect(name);
        assert_soon(name, || {
            delay_after_cancel(&store, |store| drain(store.query(&query))).unwrap_or_else(|e| panic!("{name}: {e}"))
        });
    }
}

#[test]
fn an_explanation_is_cancelled_like_its_query() {
    let store = compiled();
    let query = query::parse(&format!("PREFIX : <http://e.org/> {}", LONG[2].1), store.namespaces()).expect("a query");
    assert_soon("an explanation", || {
        delay_after_cancel(&store, |store| store.explain(&query).map(drop)).expect("it is cancelled")
    });
}

#[test]
fn oxigraphs_store_is_cancelled_in_the_same_way() {
    let mut store = Store::in_memory(Namespaces::standard()).expect("a store in memory");
    store.load(ring()).expect("a store in memory accepts triples");
    // It checks the token only when it reads a triple, however many rows it derives from it.
    let pairs = "PREFIX : <http://e.org/> ASK { ?a :n ?b . ?c :n ?d FILTER (?b + ?d < 0) }";
    let query = query::parse(pairs, store.namespaces()).expect("a query");
    assert_soon("Oxigraph", || {
        delay_after_cancel(&store, |store| drain(store.query(&query))).expect("it is cancelled")
    });
}

#[test]
fn a_store_with_a_cancelled_token_runs_no_query() {
    let store = compiled();
    let token = CancellationToken::new();
    token.cancel();
    let query = query::parse("ASK { ?s ?p ?o }", store.namespaces()).expect("a query");
    let cancelled = store.with_cancellation(token.clone());
    assert!(matches!(cancelled.query(&query), Err(StoreError::Evaluation(QueryEvaluationError::Cancelled))));
    assert!(matches!(store.query(&query), Ok(QueryResults::Boolean(true))));
    let graph: &CompiledGraph = store.graph().expect("the store is compiled");
    assert!(graph.query_limited(&query, cancelled.limits()).is_err() && graph.query(&query).is_ok());
}

#[test]
fn a_command_ends_soon_after_its_timeout_whatever_it_is_doing() {
    let rule =
        "CONSTRUCT { ?y v:built ?x } WHERE { ?x v:built ?y . ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o .
        ?p ?q ?r . ?s ?t ?u }";
    let directory = dataset(&[("rules/hostile.rq", rule)]);
    let files = files_below(directory.path());
    // Oxigraph's evaluator cannot be cancelled while it combines the rows of VALUES.
    let values: String = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
        .map(|name| format!("VALUES ?{name} {{ 1 2 3 4 5 6 7 8 9 }} "))
        .concat();
    let rows = format!("SELECT * {{ {values} FILTER(?a + ?b + ?c + ?d + ?e + ?f + ?g + ?h + ?i < 0) }}");
    for args in [
        &["query", "--example", "--engine", "oxigraph", "-e", &rows, "-o", "out.csv"][..],
        &["build", "-o", "out"],
        &["check"],
        &["test"],
        &["query", "-e", "ASK { }"],
        &["export", "-o", "out.ttl"],
    ] {
        let is_query = args[0] == "query";
        assert_soon(&format!("{args:?}"), || {
            let started = Instant::now();
            let output = factloom(directory.path(), &[args, &["--timeout", "1s"]].concat());
            let elapsed = started.elapsed();
            assert_timed_out(&output, &format!("{args:?}"), is_query);
            elapsed.saturating_sub(Duration::from_secs(1))
        });
        assert_eq!(files_below(directory.path()), files, "{args:?}");
    }
}

#[track_caller]
fn assert_timed_out(output: &RunOutput, name: &str, is_query: bool) {
    assert_eq!(output.status, Some(2), "{name}: {}", output.stderr);
    let explain = ", or use `factloom query --explain` to find the step of a query that multiplies rows";
    let explain = if is_query { explain } else { "" };
    let expected = format!("error: the command was cancelled after 1s\nhelp: raise --timeout{explain}\n");
    assert!(output.stderr.contains(&expected), "{name}: {}", output.stderr);
}

/// Stored queries that exceed a limit fail neither a test nor are they a difference: their results are unknown.
#[test]
fn a_limit_ends_tests_and_comparisons() {
    let query = "#+ expect: none\nSELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }";
    let harmless = ("queries/harmless.rq", "#+ expect: none\nSELECT ?a { ?a v:built ?a }");
    let queries = [("queries/a.rq", query), harmless, ("queries/z.rq", query)];
    let (directory, other) = (dataset(&queries), dataset(&queries));
    let other = other.path().to_str().expect("a temporary path is UTF-8");
    for args in [&["test"][..], &["test", "-f", "junit", "-o", "report.xml"], &["diff", other]] {
        for _ in 0..ATTEMPTS {
            let output = factloom(directory.path(), &[args, &["--timeout", "1s"]].concat());
            assert_timed_out(&output, &format!("{args:?}"), false);
            assert_eq!(output.stdout, "", "{args:?}");
        }
        let output = factloom(directory.path(), &[args, &["--max-memory", "100M"]].concat());
        assert_eq!(output.status, Some(2), "{args:?}: {}", output.stderr);
        let message = "error: the command needs more than 100 MiB of memory\nhelp: raise --max-memory\n";
        assert!(output.stderr.ends_with(message), "{args:?}: {}", output.stderr);
    }
    assert!(!directory.path().join("report.xml").exists());
    let output = factloom(directory.path(), &["test", "harmless", "--timeout", "1min", "--max-memory", "1G"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
}

#[test]
fn a_size_that_is_not_a_whole_number_is_explained() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for size in ["1.5G", "512MB", "-1", ""] {
        let output = factloom(directory.path(), &["query", "-e", "ASK {}", &format!("--max-memory={size}")]);
        assert_eq!(output.status, Some(2), "{size}");
        let message = "expected a whole number of bytes, or with K, M or G, such as 512M";
        assert!(size.is_empty() || output.stderr.contains(message), "{size}: {}", output.stderr);
    }
}

#[test]
fn a_command_that_waits_for_its_input_ends_after_its_timeout() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let args = ["query", "--timeout", "1s", "--data", "-", "--data-format", "nt", "-e", "ASK { }"];
    let mut command = command(directory.path());
    let child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("the program can be run");
    // The pipe stays open: without it, the program would read an empty document.
    let _pipe = child.stdin.take();
    assert_timed_out(&child.wait_with_output().expect("the program ends").into(), "stdin", true);
}

#[test]
#[cfg(target_os = "linux")]
fn a_command_ends_when_its_process_needs_too_much_memory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let rows = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }";
    for args in [
        // The rows are collected with their citations, by spareval, and as triples.
        &["-e", rows, "--cite", "-o", "rows.csv"][..],
        &["-e", "SELECT (BNODE('x') AS ?x) ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f"],
        &["-e", "CONSTRUCT { ?a ?h ?f } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"],
    ] {
        let output = factloom(directory.path(), &[&["query", "--max-memory", "100M"], args].concat());
        assert_eq!(output.status, Some(2), "{args:?}: {}", output.stderr);
        let message = "needs more than 100 MiB of memory\nhelp: raise --max-memory";
        assert!(output.stderr.contains(message), "{args:?}: {}", output.stderr);
    }
    assert!(files_below(directory.path()).is_empty());
    let output = factloom(directory.path(), &["query", "--max-memory", "500M", "-e", "ASK {}"]);
    assert_eq!((output.status, output.stdout.trim()), (Some(0), "true"), "{}", output.stderr);
}

#[test]
fn a_query_that_exceeds_the_timeout_fails_and_leaves_no_file() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let endless = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    let empty = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) < 0) }";
    let path =
        "SELECT (COUNT(*) AS ?n) { ?a (!e:x|^!e:x)* ?b . ?c (!e:x|^!e:x)* ?d . ?e (!e:x|^!e:x)* ?f FILTER (?a != ?e) }";
    for args in [
        &["-e", endless, "-o", "rows.csv"][..],
        &["-e", endless, "--format", "table"],
        &["-e", empty],
        &["-e", empty, "--why-empty"],
        &["-e", empty, "--cite"],
        &["-e", endless, "--cite", "-o", "cited.json"],
        &["-e", empty, "--explain"],
        &["-e", path],
    ] {
        assert_soon(&format!("{args:?}"), || {
            let started = Instant::now();
            let output = factloom(directory.path(), &[&["query", "--timeout", "200ms"], args].concat());
            let elapsed = started.elapsed();
            assert_eq!(output.status, Some(2), "{args:?}: {}", output.stderr);
            assert!(
                output.stderr.contains("error: the command was cancelled after 200ms\nhelp: "),
                "{args:?}: {}",
                output.stderr
            );
            elapsed.saturating_sub(Duration::from_millis(200))
        });
    }
    let left: Vec<_> = fs::read_dir(directory.path())
        .expect("the directory can be listed")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let output = factloom(directory.path(), &["query", "--timeout", "10min", "-e", "ASK {}"]);
    assert_eq!((output.status, output.stdout.trim()), (Some(0), "true"), "{}", output.stderr);
    let output = factloom(directory.path(), &["query", "--timeout", "soon", "-e", "ASK {}"]);
    assert_eq!(output.status, Some(2), "{}", output.stderr);
}
