//! Deep and long queries on a stack of 2 MiB: a result or a clear error, never an abort.

use crate::scratch::dataset;
use crate::{files_below, repository};
use factloom::dataset::{DatasetRoot, Vocabulary};
use factloom::model::{MAX_DEPTH, MAX_NESTING, Namespaces, SparqlError};
use factloom::query::{self, Decorators, QueryTemplate};
use factloom::report::ResultSet;
use factloom::rules::{self, Explainer, Rule};
use factloom::store::{Labels, Store, StoreError};
use factloom::view::View;
use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::fs;
use std::sync::LazyLock;

const STACK: usize = 2 << 20;

/// Runs work in a thread with the stack size of Rust's threads, whatever the environment sets.
fn on_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

static STORE: LazyLock<Store> =
    LazyLock::new(|| factloom::build(DatasetRoot::Bundled(factloom::BUNDLED)).expect("the bundled dataset").1);

fn names() -> &'static Namespaces {
    STORE.namespaces()
}

/// A query with a number of levels.
type Shape = (&'static str, fn(usize) -> String);

fn nested(start: &str, open: &str, middle: &str, close: &str, end: &str, levels: usize) -> String {
    format!("{start}{}{middle}{}{end}", open.repeat(levels), close.repeat(levels))
}

fn numbered(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().concat()
}

fn chain(start: &str, link: &str, separator: &str, end: &str, length: usize) -> String {
    format!("{start}{}{end}", vec![link; length].join(separator))
}

/// Queries whose brackets or `!` are nested: one for each level, and one or two around them.
const NESTED: [Shape; 22] = [
    ("groups", |n| nested("ASK { ?s ?p ?o ", "{", "?s ?p ?o", "}", "}", n)),
    ("brackets in an expression", |n| nested("SELECT * { FILTER(", "(", "1 = 1", ")", ") ?s v:continues ?o }", n)),
    ("negations", |n| nested("ASK { FILTER(", "!", "true", "", ") }", n)),
    ("negated brackets", |n| nested("ASK { FILTER(", "!(", "true", ")", ") }", n / 32)),
    ("negative brackets", |n| nested("ASK { FILTER(", "-(", "1", ")", " = 1) }", n)),
    ("subtrahends", |n| nested("ASK { FILTER(", "1-(", "1", ")", " = 1) }", n)),
    ("function calls", |n| nested("SELECT (", "STR(", "1", ")", " AS ?a) { }", n)),
    ("conditions", |n| nested("SELECT (", "IF(true,1,", "1", ")", " AS ?a) { }", n)),
    ("triple terms in an expression", |n| nested("ASK { BIND(", "<<( ?s ?p ", "?o", " )>>", " AS ?a) }", n)),
    ("collections", |n| nested("ASK { ?s ?p ", "(", "1", ")", " }", n)),
    ("property lists", |n| nested("ASK { ?s ?p ", "[ ?p ", "1", "]", " }", n)),
    ("reified triples", |n| nested("ASK { ", "<< ", "?s", " ?p ?o >>", " ?p ?o }", n)),
    ("triple terms", |n| nested("ASK { ?s ?p ", "<<( ?s ?p ", "?o", " )>>", " }", n)),
    ("annotations", |n| nested("ASK { ?s ?p ?o ", "{| ?p ?o ", "", "|}", " }", n)),
    ("triple terms in VALUES", |n| nested("ASK { VALUES ?a { ", "<<( e:a e:b ", "1", " )>>", " } }", n)),
    ("paths", |n| nested("ASK { ?s ", "(", "v:continues", ")*", " ?o }", n)),
    ("OPTIONAL", |n| nested("ASK { ?s ?p ?o ", "OPTIONAL { ?s ?q ?o ", "", "}", " }", n)),
    ("UNION", |n| nested("ASK { ", "{} UNION { ", "", "}", " }", n)),
    ("MINUS", |n| nested("ASK { ?s ?p ?o ", "MINUS { ?s v:continues ?o ", "", "}", " }", n)),
    ("GRAPH", |n| nested("ASK { ", "GRAPH ?g { ", "?s ?p ?o", "}", " }", n)),
    ("EXISTS", |n| nested("ASK { ", "FILTER EXISTS { ", "", "}", " }", n / 2 + 1)),
    ("subqueries", |n| nested("SELECT * { ", "{ SELECT ?s { ", "?s v:continues ?o", "} }", " }", n / 2)),
];

/// Queries with chains: one level for each link.
const CHAINS: [Shape; 15] = [
    ("||", |n| chain("SELECT * { ?s v:continues ?o FILTER(", "?s = ?o", "||", ") }", n)),
    ("&&", |n| chain("ASK { FILTER(", "1 = 1", "&&", ") }", n)),
    ("+", |n| chain("SELECT (", "1", "+", " AS ?sum) { }", n)),
    ("*", |n| chain("SELECT (", "1.0", "*", " AS ?product) { }", n)),
    ("repeated sequences", |n| chain("ASK { ?s (", "v:continues", "/", ")+ ?o }", n)),
    ("alternatives", |n| chain("ASK { ?s ", "v:continues", "|", " ?o }", n)),
    ("UNION", |n| chain("ASK { ", "{ ?s ?p ?o }", " UNION ", " }", n)),
    ("OPTIONAL", |n| chain("ASK { ?s v:continues ?o ", "OPTIONAL { ?o ?p 1 }", "", " }", n)),
    ("MINUS", |n| chain("ASK { ?s v:continues ?o ", "MINUS { ?o v:continues ?s }", "", " }", n)),
    ("FILTER", |n| chain("ASK { ", "FILTER(1 = 1)", " ", " }", n)),
    ("FILTER EXISTS", |n| chain("ASK { ", "FILTER EXISTS { }", " ", " }", n)),
    ("VALUES", |n| chain("ASK { ", "VALUES ?a { 1 }", " ", " }", n)),
    ("BIND", |n| format!("ASK {{ {} }}", numbered(n, |i| format!("BIND(1 AS ?b{i})")))),
    ("SELECT", |n| format!("SELECT {} {{ }}", numbered(n, |i| format!("(1 AS ?b{i})")))),
    ("HAVING", |n| chain("SELECT ?s { ?s v:continues ?o } GROUP BY ?s HAVING ", "(1 = 1)", "", "", n)),
];

/// Queries that are long, not deep.
const LISTS: [Shape; 9] = [
    ("a path", |n| chain("ASK { ?s ", "v:continues", "/", " ?o }", n)),
    ("groups", |n| chain("ASK { ", "{ ?s v:continues ?o }", "", " }", n)),
    ("rows", |n| chain("SELECT * { VALUES (?a ?b) { ", "(1 2)", " ", " } }", n)),
    ("patterns", |n| format!("ASK {{ {} }}", numbered(n, |i| format!("?s{i} v:continues ?s{} . ", i + 1)))),
    ("a star", |n| chain("SELECT * { ?s ", "v:continues ?o", ";", " }", n)),
    ("objects", |n| chain("ASK { ?s v:continues ", "?o", ",", " }", n)),
    ("a collection", |n| chain("ASK { ?s v:continues (", "1", " ", ") }", n)),
    ("arguments", |n| chain("SELECT (COALESCE(", "?x", ",", ") AS ?a) { }", n)),
    ("alternatives", |n| chain("SELECT * { ?s v:continues ?o FILTER(?o IN (", "1", ",", ")) }", n)),
];

fn parse(text: &str) -> Result<Query, SparqlError> {
    query::parse(text, names())
}

/// Gives a query to every function that recurses over it. The results do not matter here, only that there are some.
fn use_everywhere(name: &str, text: &str) {
    let query = parse(text).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    assert_eq!(query, query.clone(), "{name}");
    ResultSet::collect(&STORE, &query).expect(name);
    let _ = STORE.explain(&query).map(|explanation| explanation.to_string());
    let _ = query::cite(&STORE, &query);
    let _ = query::why_empty(&STORE, &query, text);
    let _ = query::statements_of(&STORE, &query);
    let template = QueryTemplate::new("deep", text, query, names()).expect(name);
    let labels = Labels::new(&STORE, "en");
    let bound = template.bind(&std::collections::BTreeMap::new(), &labels).expect(name);
    drop(STORE.query(&query::with_limit(bound, 1)));
}

#[test]
fn queries_at_the_limit_of_nesting_run_on_a_small_stack() {
    for (name, shape) in NESTED {
        on_small_stack(|| {
            let levels = MAX_NESTING - 2;
            use_everywhere(name, &shape(levels));
        });
    }
}

#[test]
fn chains_at_the_limit_of_depth_run_on_a_small_stack() {
    for (name, shape) in CHAINS {
        on_small_stack(|| use_everywhere(name, &shape(MAX_DEPTH - 10)));
    }
}

#[test]
fn queries_beyond_the_limits_are_rejected() {
    on_small_stack(|| {
        for (name, shape) in NESTED {
            for levels in [2 * MAX_NESTING, 20_000] {
                let result = parse(&shape(levels));
                assert!(matches!(result, Err(SparqlError::TooNested)), "{name}: {result:?}");
            }
        }
        for (name, shape) in CHAINS {
            for length in [MAX_DEPTH + 1, 20 * MAX_DEPTH] {
                let result = parse(&shape(length));
                assert!(matches!(result, Err(SparqlError::TooDeep)), "{name}");
            }
        }
        let longest = format!("ASK {{ FILTER({}) }}", vec!["1"; (1 << 19) - 20].join("+"));
        assert!(matches!(parse(&longest), Err(SparqlError::TooDeep)));
        let path = format!("ASK {{ ?s {} ?o }}", vec!["a"; 20_000].join("/"));
        assert!(matches!(parse(&path), Err(SparqlError::TooDeep)));
        assert!(matches!(parse(&format!("{longest}{longest}")), Err(SparqlError::TooLong)));
    });
}

#[test]
fn long_queries_run_on_a_small_stack() {
    for (name, shape) in LISTS {
        on_small_stack(|| {
            let query = parse(&shape(9_000)).expect(name);
            ResultSet::collect(&STORE, &query).expect(name);
            use_everywhere(name, &shape(100));
        });
    }
}

#[test]
fn a_query_that_a_program_builds_is_measured_too() {
    let chained = |length: usize| {
        let mut pattern = GraphPattern::default();
        for _ in 0..length {
            pattern = GraphPattern::Distinct { inner: Box::new(pattern) };
        }
        Query::Ask { dataset: None, pattern, base_iri: None }
    };
    on_small_stack(|| assert!(STORE.query(&chained(2 * MAX_DEPTH)).is_ok()));
    let deep = chained(100_000);
    on_small_stack(|| assert!(matches!(STORE.query(&deep), Err(StoreError::TooDeep(_)))));
    // Only this destructor needs more than a small stack.
    let big = std::thread::Builder::new().stack_size(256 << 20);
    big.spawn(move || drop(deep)).unwrap().join().unwrap();
}

#[test]
fn rules_at_the_limit_run_on_a_small_stack() {
    let valid = repository().join("tests/cases/valid");
    let rule = |body: &str| format!("CONSTRUCT {{ ?a v:helpedBuild ?b }} WHERE {{ ?a v:built ?b {body} }}");
    let filter = |length: usize| rule(&format!("FILTER({})", vec!["?a != ?b"; length].join("||")));
    let patterns = |length: usize| rule(&numbered(length, |n| format!(". ?a{n} v:built ?b ")));
    for text in [filter(MAX_DEPTH - 10), patterns(MAX_DEPTH - 10)] {
        let copy = tempfile::tempdir().unwrap();
        for file in files_below(&valid) {
            fs::create_dir_all(copy.path().join(&file).parent().unwrap()).unwrap();
            fs::copy(valid.join(&file), copy.path().join(&file)).unwrap();
        }
        fs::write(copy.path().join("rules/builders.rq"), &text).unwrap();
        on_small_stack(|| {
            let (dataset, store) = factloom::build(DatasetRoot::Directory(copy.path().to_owned())).unwrap();
            let derived = query::parse("ASK { e:guild v:helpedBuild e:old-mill }", &dataset.namespaces).unwrap();
            assert!(matches!(store.query(&derived), Ok(QueryResults::Boolean(true))));
            let labels = Labels::new(&store, "en");
            let triple =
                labels.parse_sentence("guild helpedBuild old-mill", dataset.vocabulary.predicate_iris()).unwrap();
            assert_eq!(Explainer::new(&store).unwrap().count(&triple).unwrap(), 1);
            let other =
                labels.parse_sentence("farmer helpedBuild old-mill", dataset.vocabulary.predicate_iris()).unwrap();
            Explainer::new(&store).unwrap().absence(&other).unwrap();
        });
    }
    let parse = |text: &str| Rule::parse("deep", text, &Vocabulary::default(), names()).unwrap_err().to_string();
    on_small_stack(|| {
        assert!(parse(&filter(MAX_DEPTH + 1)).contains("more than 500 operators"));
        assert_eq!(parse(&patterns(MAX_DEPTH + 1)), "rules do not support more than 500 patterns");
    });
}

#[test]
fn deep_files_are_rejected_on_a_small_stack() {
    let deep = 100_000;
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(deep), close.repeat(deep));
    let turtle = |open: &str| format!("{} v:a v:b {} .", crate::scratch::VOCABULARY, nested(open, ")"));
    for (name, text) in [
        ("facts.json", nested("[", "]")),
        ("entities.json", format!("[{}]", nested("{\"a\":", "}"))),
        ("vocabulary.ttl", turtle("(")),
        ("vocabulary.ttl", turtle("<< v:a v:b ")),
        ("queries/deep.rq", format!("ASK {{ {} }}", nested("{", "}"))),
    ] {
        let directory = dataset(&[(name, &text)]);
        on_small_stack(|| {
            assert!(factloom::build(DatasetRoot::Directory(directory.path().to_owned())).is_err(), "{name}");
        });
    }
    on_small_stack(|| assert!(Decorators::parse(&format!("#+ tags: {}\nASK {{}}", nested("[", "]"))).is_err()));
}

#[test]
fn threads_share_a_store_its_labels_and_a_view() {
    let labels = Labels::new(&STORE, "en");
    let view = View::new(&STORE, &labels).unwrap();
    std::thread::scope(|scope| {
        for (store, labels, view) in vec![(STORE.clone(), labels.clone(), view.clone()); 4] {
            scope.spawn(move || {
                let russia = view.node_with_id("russia").expect("a node");
                assert_eq!(&*labels.name(&view.graph()[russia].iri).unwrap(), "Russia");
                assert!(store.query(&parse("ASK { e:russia ?p ?o }").unwrap()).is_ok());
            });
        }
    });
    assert!(std::ptr::eq(view.graph(), view.clone().graph()));
}

#[test]
fn views_and_explanations_are_cancelled_with_their_store() {
    let token = CancellationToken::new();
    let store = STORE.with_cancellation(token.clone());
    let labels = Labels::new(&store, "en");
    let triple = labels
        .parse_sentence(
            "Russia helped build Pakistan Steel Mills",
            query::vocabulary_of(store.metadata()).unwrap().predicate_iris(),
        )
        .unwrap();
    let mut explainer = Explainer::new(&store).unwrap();
    assert_eq!(explainer.count(&triple).unwrap(), 1);
    token.cancel();
    let cancelled = |error| matches!(error, StoreError::Evaluation(QueryEvaluationError::Cancelled));
    assert!(cancelled(View::new(&store, &labels).unwrap_err()));
    assert!(cancelled(explainer.derivations(&triple).unwrap_err()));
    assert!(cancelled(explainer.absence(&triple).unwrap_err()));
    assert!(rules::without_statements(&store, &[]).is_err_and(cancelled));
    assert!(View::new(&STORE, &Labels::new(&STORE, "en")).is_ok());
}
