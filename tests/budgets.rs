//! What queries, rules and files may use: memory, the length of strings, rows and levels.

use crate::program::factloom;
use crate::scratch::{VOCABULARY, dataset};
use factloom::check::{CheckOptions, check};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::model::Namespaces;
use factloom::query;
use factloom::rules::RuleOptions;
use factloom::store::{GraphBuilder, GraphMetadata, QueryLimits, Store, StoreError};
use oxigraph::model::{Literal, NamedNode, Triple};
use oxigraph::sparql::{QueryEvaluationError, QueryResults};

/// The number of nodes in a ring.
const NODES: usize = 500;

fn ring() -> Store {
    let node = |n: usize| NamedNode::new_unchecked(format!("http://e.org/x{}", n % NODES));
    let name = |name: &str| NamedNode::new_unchecked(format!("http://e.org/{name}"));
    let mut builder = GraphBuilder::new();
    for n in 0..NODES {
        let number = Literal::from(n as u64);
        for (subject, predicate, object) in [(node(n), "next", node(n + 1).into()), (node(n), "n", number.into())] {
            let triple = Triple { subject: subject.into(), predicate: name(predicate), object };
            builder.insert_triple(triple.as_ref()).expect("a small graph");
        }
        // All numbers of steps between 1 and 30.
        for step in 1..30 {
            builder.insert_triple(Triple::new(node(n), name("near"), node(n + step)).as_ref()).expect("a small graph");
        }
    }
    Store::build(builder, GraphMetadata::new(Namespaces::standard())).expect("a small graph")
}

/// The number of results of a query, or of those before an error, and its message.
fn outcome(store: &Store, text: &str) -> (usize, Option<String>) {
    let query = query::parse(&format!("PREFIX : <http://e.org/> {text}"), store.namespaces()).expect(text);
    let message = |error: &dyn std::error::Error| {
        let source = error.source().map(ToString::to_string);
        source.unwrap_or_else(|| error.to_string())
    };
    let mut rows = 0;
    let mut count = |failed: Option<QueryEvaluationError>| match failed {
        Some(error) => Some(message(&error)),
        None => {
            rows += 1;
            None
        }
    };
    let failure = match store.query(&query) {
        Err(StoreError::Evaluation(error)) => Some(message(&error)),
        Err(error) => Some(error.to_string()),
        Ok(QueryResults::Boolean(_)) => None,
        Ok(QueryResults::Solutions(mut solutions)) => solutions.find_map(|row| count(row.err())),
        Ok(QueryResults::Graph(mut triples)) => triples.find_map(|triple| count(triple.err())),
    };
    (rows, failure)
}

fn failure(store: &Store, text: &str) -> String {
    outcome(store, text).1.unwrap_or_else(|| panic!("{text:.200} ends"))
}

fn with_memory(store: &Store, bytes: u64) -> Store {
    store.with_limits(QueryLimits { max_memory: Some(bytes), ..QueryLimits::default() })
}

/// A chain of 35 values, each computed from the one before.
fn chain(start: &str, step: fn(usize) -> String) -> String {
    let steps = (0..35).map(|n| format!("BIND({} AS ?s{})\n", step(n), n + 1)).collect::<Vec<_>>().concat();
    format!("SELECT (STRLEN(?s35) AS ?n) {{ BIND({start} AS ?s0)\n{steps} }}")
}

#[test]
fn a_query_that_computes_a_huge_string_fails_before_it_is_built() {
    let store = ring();
    let doubled = format!("SELECT (STRLEN({}'ab'{}) AS ?n) {{ }}", "CONCAT(".repeat(30), ",'ab')".repeat(30));
    assert_eq!(outcome(&store, &doubled), (1, None));
    let tree = (0..30).fold("STR(?a)".to_owned(), |inner, _| format!("IF(true,{inner},1)"));
    assert_eq!(outcome(&store, &format!("SELECT ({tree} AS ?n) {{ BIND('a' AS ?a) }}")), (1, None));
    let mib = chain("'0123456789abcdef'", |n| if n < 16 { format!("CONCAT(?s{n}, ?s{n})") } else { format!("?s{n}") });
    assert_eq!(outcome(&store, &mib), (1, None));
    let many = format!("CONCAT({})", vec!["?s20"; 2000].join(","));
    let replaced = "REPLACE(?s16, '[0-9a-f]', ?s16)";
    for text in [
        chain("'ab'", |n| format!("CONCAT(?s{n}, ?s{n})")),
        chain("'ab'@en", |n| format!("CONCAT(?s{n}, '-'@en, ?s{n})")),
        chain("'ab'", |n| format!("REPLACE(?s{n}, '(.+)', '$1$1')")),
        chain("'ab'", |n| format!("REPLACE(?s{n}, STR('(.+)'), '$1$1', '')")),
        chain("'ab'@en", |n| format!("REPLACE(STR(?s{n}), '^.', STR(?s{n}))")),
        chain("' '", |n| if n < 22 { format!("CONCAT(?s{n}, ?s{n})") } else { format!("ENCODE_FOR_URI(?s{n})") }),
        mib.replace("STRLEN(?s35)", &format!("STRLEN({many})")),
        mib.replace("STRLEN(?s35)", &format!("STRLEN({replaced})")),
        mib.replace("STRLEN(?s35)", "GROUP_CONCAT(?s35; separator='') AS ?a) (COUNT(*)").replace(" }", " ?a :n ?b }"),
    ] {
        assert_eq!(failure(&store, &text), "a computed string is longer than 16 MiB", "{text:.200}");
    }
}

#[test]
fn string_functions_return_what_oxigraph_returns() {
    let store = ring();
    let oxigraph = store.to_oxigraph().expect("a small graph");
    let values = ["'a b'", "'a'@en", "'b'@en", "'a'@en--ltr", "'é/%'", "1", ":x", "''", "'a.b'", "'$0'"];
    let mut expressions: Vec<String> = vec!["CONCAT()".to_owned()];
    for a in values {
        expressions.push(format!("CONCAT({a})"));
        expressions.push(format!("ENCODE_FOR_URI({a})"));
        for b in values {
            expressions.push(format!("CONCAT({a}, {b})"));
            expressions.push(format!("CONCAT({a}, {b}, {a}, 'c'@en, {b})"));
            expressions.push(format!("REPLACE({a}, 'a|b', {b})"));
            // A pattern that matches the empty string is an error, but not in Oxigraph.
            if b != "''" {
                expressions.push(format!("REPLACE({a}, {b}, 'x')"));
                expressions.push(format!("REPLACE({a}, STR({b}), '[$0]', 'i')"));
            }
        }
    }
    for expression in expressions {
        let text = format!("PREFIX : <http://e.org/> SELECT ?a {{ BIND({expression} AS ?a) }}");
        let parsed = query::parse(&text, store.namespaces()).expect(&text);
        let rows = |store: &Store| {
            let QueryResults::Solutions(rows) = store.query(&parsed).expect(&text) else { panic!("{text}") };
            rows.map(|row| row.expect("a row").get("a").cloned()).collect::<Vec<_>>()
        };
        assert_eq!(rows(&store), rows(&oxigraph), "{text}");
    }
    for aggregate in
        ["GROUP_CONCAT(?v)", "GROUP_CONCAT(DISTINCT ?v; separator=', ')", "GROUP_CONCAT(STR(?v); separator='')"]
    {
        // A language that all strings have is lost, but not in Oxigraph.
        for list in ["'a' 'b' 'a'", "'a'@en 'b'", "'a' 1", ""] {
            let text = format!("SELECT ({aggregate} AS ?a) {{ VALUES ?v {{ {list} }} }}");
            let parsed = query::parse(&text, store.namespaces()).expect(&text);
            let value = |store: &Store| {
                let QueryResults::Solutions(mut rows) = store.query(&parsed).expect(&text) else { panic!("{text}") };
                rows.next().expect("a group").expect("a row").get("a").cloned()
            };
            assert_eq!(value(&store), value(&oxigraph), "{text}");
        }
    }
}

#[test]
fn a_query_cannot_call_the_functions_that_replace_those_of_spareval() {
    let call = "SELECT (<urn:x-factloom:function:concat>('a', 'b') AS ?a) { }";
    assert!(failure(&ring(), call).contains("is not supported"), "{}", failure(&ring(), call));
}

const MEMORY: [(&str, &str); 15] = [
    ("a sort", "SELECT * { ?a :n ?b . ?c :n ?d } ORDER BY (?b * ?d)"),
    ("a sort of equal rows", "SELECT (1 AS ?one) { ?a :n ?b . ?c :n ?d } ORDER BY ?one"),
    ("a sort by strings", "SELECT * { ?a :n ?b . ?c :n ?d } ORDER BY CONCAT(STR(?a), STR(?c)) LIMIT 100000"),
    ("DISTINCT", "SELECT DISTINCT ?a ?c { ?a :n ?b . ?c :n ?d }"),
    ("DISTINCT of one column", "SELECT DISTINCT ?s { ?a :n ?b . ?c :n ?d BIND(?b * 500 + ?d AS ?s) }"),
    ("groups", "SELECT ?a ?c (COUNT(*) AS ?n) { ?a :n ?b . ?c :n ?d } GROUP BY ?a ?c"),
    (
        "distinct values of a group",
        "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?a :n ?b . ?c :n ?d BIND(?b * 500 + ?d AS ?s) }",
    ),
    ("distinct rows of a group", "SELECT (COUNT(DISTINCT *) AS ?n) { ?a :n ?b . ?c :n ?d }"),
    ("a join with a subquery", "SELECT * { ?a :n ?b { SELECT ?c ?d { ?a :n ?b . ?c :n ?d } LIMIT 1000000 } }"),
    ("MINUS", "SELECT * { ?a :n ?b . ?c :n ?d MINUS { ?a :n ?b . ?c :n ?d } }"),
    (
        "computed terms",
        "SELECT ?s (COUNT(*) AS ?n) { ?a :n ?b . ?c :n ?d BIND(CONCAT(STR(?b), '-', STR(?d)) AS ?s) } GROUP BY ?s",
    ),
    ("CONSTRUCT", "CONSTRUCT { ?a :to ?c } { ?a :n ?b . ?c :n ?d }"),
    ("blank nodes", "CONSTRUCT { [] :to ?c } { ?a :n ?b . ?c :n ?d }"),
    ("a sequence", "SELECT * { :x0 ((:near/:near/:near/:near)|:nowhere) ?b }"),
    ("GROUP_CONCAT", "SELECT (GROUP_CONCAT(STR(?a)) AS ?s) { ?a :n ?b . ?c :n ?d }"),
];

#[test]
fn a_query_that_needs_more_memory_than_it_may_use_fails_at_the_same_row_each_time() {
    let store = ring();
    let limited = with_memory(&store, 1 << 20);
    for (name, text) in MEMORY {
        let (rows, message) = outcome(&limited, text);
        assert_eq!(message.as_deref(), Some("the query needs more than 1 MiB of memory"), "{name}");
        assert_eq!(outcome(&limited, text).0, rows, "{name}");
    }
    let long = chain("'0123456789abcdef'", |n| format!("CONCAT(?s{n}, ?s{n})"));
    assert_eq!(failure(&limited, &long), "the query needs more than 1 MiB of memory");
}

#[test]
fn memory_that_a_query_no_longer_needs_does_not_count() {
    let limited = with_memory(&ring(), 1 << 16);
    for text in [
        // Each of 500 closures has 500 nodes.
        "SELECT (COUNT(*) AS ?n) { ?a :n ?b . ?a :next* ?c . ?c :n 7 }",
        "SELECT (COUNT(*) AS ?n) { ?a :next+ ?c }",
        "SELECT (COUNT(*) AS ?n) { :x0 :near+ ?c }",
        "SELECT (COUNT(*) AS ?n) { ?a :n ?b . ?a :near/:near ?c }",
        // 250,000 computed strings, which are dropped after each row.
        "SELECT ?s { ?a :n ?b . ?c :n ?d BIND(CONCAT(STR(?a), STR(?c)) AS ?s) }",
        "SELECT ?a { ?a :n ?b . ?c :n ?d FILTER(CONCAT(STR(?a), STR(?c)) = 'x') }",
        "SELECT * { ?a :n ?b . ?c :n ?d } ORDER BY DESC(?b * ?d) LIMIT 5",
    ] {
        assert_eq!(outcome(&limited, text).1, None, "{text}");
    }
}

/// The messages of the findings about a dataset with a rule.
fn findings(rule: &str, options: &RuleOptions) -> Result<Vec<String>, StoreError> {
    let directory = dataset(&[("rules/hostile.rq", rule)]);
    let opened = Dataset::open(DatasetRoot::Directory(directory.path().to_owned()), None);
    let (dataset, mut findings) = (opened.dataset.expect("the manifest is valid"), opened.findings);
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    factloom::compile(&dataset, &checked, options, &mut findings)?;
    Ok(findings.into_iter().map(|finding| finding.message).collect())
}

#[test]
fn a_rule_that_examines_too_many_rows_is_named() {
    let options = RuleOptions { max_rows: 1000, ..RuleOptions::default() };
    let message = "the rule `hostile` examines more than 1000 rows";
    for body in [
        "?a ?p ?b . ?c ?q ?d . ?e ?r ?f . ?g ?t ?h . ?i ?u ?j . ?k ?w ?l . ?x v:built ?y",
        "?x v:built ?y FILTER NOT EXISTS { ?a a ?b . ?c a ?d . ?e a ?f . ?g a ?h . ?i a ?j . ?k a ?l . ?m a ?n . ?o a ?p .
         ?q a ?r . ?s a ?t FILTER(?b + ?t = 1) }",
        "?x v:built ?y VALUES ?a { 1 2 3 4 5 6 7 8 9 } VALUES ?b { 1 2 3 4 5 6 7 8 9 } VALUES ?c { 1 2 3 4 5 6 7 8 9 }
         VALUES ?d { 1 2 3 4 5 6 7 8 9 } VALUES ?e { 1 2 3 4 5 6 7 8 9 } VALUES ?f { 1 2 3 4 5 6 7 8 9 }",
        // Its predicates are found before it runs.
        "?p a ?k . ?q a ?l . ?r a ?m . ?s a ?n . ?t a ?o . ?u a ?w . ?a1 ?p ?a2 . ?a1 ?q ?a2 . ?a1 ?r ?a2 . ?a1 ?s ?a2 .
         ?a1 ?t ?a2 . ?a1 ?u ?a2 . ?x v:built ?y",
    ] {
        let rule = format!("CONSTRUCT {{ ?y v:built ?x }} WHERE {{ {body} }}");
        assert_eq!(findings(&rule, &options).expect("the store is sound"), [message], "{body}");
    }
    let usual = "CONSTRUCT { ?y v:built ?x } WHERE { ?x v:built ?y }";
    assert_eq!(findings(usual, &options).expect("the store is sound"), [""; 0]);
}

#[test]
fn the_strings_and_regular_expressions_of_a_rule_count_as_rows() {
    let options = RuleOptions { max_rows: 20_000, ..RuleOptions::default() };
    let long = "a".repeat(100_000);
    let rows = |body: &str| {
        let rule =
            format!("CONSTRUCT {{ ?y v:built ?x }} WHERE {{ ?x v:built ?y VALUES ?n {{ 1 2 3 4 5 6 7 8 }} {body} }}");
        findings(&rule, &options).expect("the store is sound")
    };
    let message = "the rule `hostile` examines more than 20000 rows";
    for body in [
        format!("FILTER(CONTAINS(CONCAT('{long}', STR(?n)), '8'))"),
        format!("FILTER(STRLEN(REPLACE(CONCAT('{long}', STR(?n)), 'a', 'bb')) > 1)"),
        format!("BIND(CONCAT('{long}', STR(?n)) AS ?s) FILTER(STRLEN(?s) > 1)"),
        "VALUES ?m { 1 2 3 4 5 6 7 8 } FILTER(REGEX('x', CONCAT('(x+x+)+', STR(?n), STR(?m))))".to_owned(),
    ] {
        assert_eq!(rows(&body), [message], "{body:.60}");
    }
    assert_eq!(
        rows("FILTER(REGEX(STR(?y), CONCAT('^', STR(?x), '$')) || STRLEN(CONCAT(STR(?x), STR(?n))) > 1)"),
        [""; 0]
    );
    assert_eq!(rows("FILTER(REGEX(STR(?n), '^[0-9]$', 'i'))"), [""; 0]);
}

#[test]
fn a_rule_that_computes_a_huge_string_is_named() {
    let binds = (0..35).map(|n| format!("BIND(CONCAT(?s{n}, ?s{n}) AS ?s{}) ", n + 1)).collect::<Vec<_>>().concat();
    let nested = (0..10).fold("STR(?x)".to_owned(), |inner, _| format!("REPLACE({inner}, '(.+)', '$1$1$1$1')"));
    for body in [
        format!("?x v:built ?y BIND(STR(?x) AS ?s0) {binds} FILTER(STRLEN(?s35) > 1)"),
        format!("?x v:built ?y FILTER(STRLEN({nested}) > 1)"),
    ] {
        let rule = format!("CONSTRUCT {{ ?y v:built ?x }} WHERE {{ {body} }}");
        let messages = findings(&rule, &RuleOptions::default()).expect("the store is sound");
        assert_eq!(messages, ["the rule `hostile` computes a string of more than 16 MiB"], "{body:.200}");
    }
}

#[test]
fn cancelled_rules_end_a_build() {
    let options = RuleOptions::default();
    options.cancellation.cancel();
    for body in ["?x v:built ?y", "?x v:built ?m . ?m v:built ?y"] {
        let built = findings(&format!("CONSTRUCT {{ ?y v:built ?x }} WHERE {{ {body} }}"), &options);
        assert!(matches!(built, Err(StoreError::Evaluation(QueryEvaluationError::Cancelled))), "{built:?}");
    }
}

#[test]
fn a_deeply_nested_golden_file_fails_its_test() {
    let triple = |levels: usize| {
        let nested = format!("{}e:guild{}", "<<( e:guild v:built ".repeat(levels), ")>> ".repeat(levels));
        let prefix = |name: &str, path: &str| format!("@prefix {name}: <https://example.org/mill/{path}/> .\n");
        prefix("e", "entity") + &prefix("v", "vocabulary") + &format!("e:guild v:built {nested} .\n")
    };
    let terms = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let json = format!("{{\"head\":{{\"vars\":[\"o\"]}},\"results\":{{\"bindings\":{}}}}}", terms("[", "]"));
    let xml = format!("<sparql><results>{}</results></sparql>", terms("<triple>", "</triple>"));
    let graph = "CONSTRUCT { ?s v:built ?o } WHERE { ?s v:built ?o }";
    let rows = "SELECT ?o { ?s v:built ?o }";
    for (query, name, golden, message) in [
        (graph, "q.ttl", triple(100_000), "triple terms are nested more than 128 levels deep"),
        (graph, "q.nt", triple(100_000), "triple terms are nested more than 128 levels deep"),
        (rows, "q.srj", json, "it is nested more than 1000 levels deep"),
        (rows, "q.srx", xml, "the document has more than 1000 elements inside each other"),
    ] {
        let golden_name = format!("tests/queries/{name}");
        let directory = dataset(&[("queries/q.rq", query), (&golden_name, &golden)]);
        let output = factloom(directory.path(), &["test"]);
        assert_eq!(output.status, Some(1), "{name}: {}", output.stderr);
        assert!(output.stdout.contains(message), "{name}: {}", output.stdout);
    }
}

#[test]
fn a_deeply_nested_vocabulary_is_a_finding() {
    let terms = format!("{}v:built{}", "<<( v:built v:built ".repeat(100_000), " )>>".repeat(100_000));
    let directory = dataset(&[("vocabulary.ttl", &format!("{VOCABULARY}v:built rdfs:comment {terms} ."))]);
    let output = factloom(directory.path(), &["check"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    let message = "error[syntax-error]: triple terms are nested more than 128 levels deep\n--> vocabulary.ttl";
    assert!(output.stderr.contains(message), "{}", output.stderr);
}
