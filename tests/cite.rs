//! `query --cite`: each row with the statements that it is derived from.

use crate::program::{command, factloom, run, stdout_of};
use factloom::check::{CheckOptions, Checked, EvidenceCounts, check};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::model::{Evidence, Kind, Namespaces, Qualifier, SourceId, Statement, StatementId, vocab};
use factloom::query::{self, CitationGap, CitationReport, CitedQueryResults};
use factloom::store::{Labels, Store};
use factloom::{BUNDLED, triples};
use oxigraph::model::{Literal, NamedNode, Term, Triple};
use oxigraph::sparql::QueryResults;
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsParser, ReaderQueryResultsParserOutput};
use proptest::prelude::*;
use spargebra::Query;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The bundled dataset, checked, and its statements.
fn bundled() -> (Dataset, Vec<Statement>) {
    let opened = Dataset::open(DatasetRoot::Bundled(BUNDLED), None);
    let dataset = opened.dataset.expect("the manifest is valid");
    let mut findings = opened.findings;
    let statements = check(&dataset, &CheckOptions::default(), &mut findings).statements;
    (dataset, statements.iter().cloned().collect())
}

/// The graph of the dataset with some of its statements; the rules are run again.
fn compiled(dataset: &Dataset, statements: Vec<Statement>) -> Store {
    let checked = Checked {
        allowed: Vec::new(),
        statements: statements.into_iter().collect(),
        omitted: 0,
        evidence: EvidenceCounts::default(),
        excluded: Vec::new(),
        lock: factloom::check::Lock::default(),
        unlocked: 0,
        unused: 0,
    };
    factloom::compile(
        dataset,
        &checked,
        &factloom::rules::RuleOptions::default(),
        &mut factloom::diagnostic::Findings::new(),
    )
    .expect("the graph can be built")
}

/// The number of occurrences of each row, triple or boolean.
fn rows(store: &Store, query: &Query) -> BTreeMap<String, usize> {
    let mut rows = BTreeMap::new();
    let mut count = |row: String| *rows.entry(row).or_default() += 1;
    match store.query(query).expect("the query can be run") {
        QueryResults::Solutions(solutions) => {
            solutions.for_each(|row| count(format!("{:?}", row.expect("a row").values())));
        }
        QueryResults::Boolean(result) => count(result.to_string()),
        QueryResults::Graph(triples) => triples.for_each(|triple| count(triple.expect("a triple").to_string())),
    }
    rows
}

/// The rows, as `rows` writes them, with the statements that they cite.
fn cited_rows(results: &CitationReport) -> Vec<(String, BTreeSet<StatementId>)> {
    let written = match &results.results {
        CitedQueryResults::Solutions { rows, .. } => {
            rows.iter().map(|(row, _)| format!("{:?}", row.values())).collect()
        }
        CitedQueryResults::Boolean(result, _) => vec![result.to_string()],
        CitedQueryResults::Graph(triples) => triples.iter().map(|(triple, _)| triple.to_string()).collect::<Vec<_>>(),
    };
    let cited = results.results.citations().into_iter().map(|citation| citation.statements.iter().cloned().collect());
    written.into_iter().zip(cited).collect()
}

fn parse(text: &str, names: &Namespaces) -> Query {
    query::parse(text, names).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// The stored queries that match only labels and classes, which are declared.
const ABOUT_LABELS: [&str; 1] = ["entities-by-name"];

/// Queries that match a triple together with its statements.
const ANNOTATED: [&str; 4] = [
    "SELECT ?who ?when { ?who v:helpedBuild ?plant {| fl:pointInTime ?when |} }",
    "SELECT ?who ?when { ?who v:helpedBuild ?plant . ?s rdf:reifies <<( ?who v:helpedBuild ?plant )>> ; fl:pointInTime ?when }",
    "SELECT ?who ?when { ?who v:helpedBuild ?plant ~ ?s . ?s fl:pointInTime ?when }",
    "SELECT ?who ?when { << ?who v:helpedBuild ?plant >> fl:pointInTime ?when }",
];

#[test]
fn an_annotated_pattern_cites_the_statement_that_it_matched() {
    let (dataset, statements) = bundled();
    let store = compiled(&dataset, statements);
    let id = |id: &str| StatementId::new(id).expect("an id");
    for text in ANNOTATED {
        let report = query::cite(&store, &parse(text, store.namespaces())).expect("the query can be cited");
        let rows = cited_rows(&report);
        let of_1971: Vec<_> = rows
            .iter()
            .filter(|(row, cited)| row.contains("soviet-union") && row.contains("1971") && !cited.is_empty())
            .collect();
        assert_eq!(of_1971.len(), 1, "{text}: {rows:?}");
        assert_eq!(of_1971[0].1, BTreeSet::from([id("soviet-union-helped-build-psm-profit")]), "{text}");
    }
    // Without its statement, the triple is supported by each of them.
    let report = query::cite(&store, &parse("SELECT ?who { ?who v:helpedBuild ?plant }", store.namespaces()));
    let rows = cited_rows(&report.expect("the query can be cited"));
    let soviet = rows.iter().find(|(row, _)| row.contains("soviet-union")).expect("a row");
    assert!(soviet.1.len() > 1, "{soviet:?}");
}

#[test]
fn each_of_many_groups_cites_its_own_statements() {
    let (dataset, statements) = bundled();
    let store = compiled(&dataset, statements);
    // One statement or more for each, with and without the values of the groups in the second run.
    let all = "SELECT ?s (COUNT(*) AS ?n) { ?s fl:evidence ?e . ?s rdf:reifies ?t } GROUP BY ?s";
    for (text, of_all) in [(all.to_owned(), true), (format!("{all} ORDER BY ?s LIMIT 5"), false)] {
        let report = query::cite(&store, &parse(&text, store.namespaces())).expect("the query can be cited");
        let rows = cited_rows(&report);
        assert!(if of_all { rows.len() > 100 } else { rows.len() == 5 }, "{}", rows.len());
        for (row, cited) in rows {
            assert_eq!(cited.len(), 1, "{row}");
            let id = cited.first().expect("a statement");
            assert!(row.contains(&format!("/{id}")), "{row} {id}");
        }
    }
}

#[test]
fn a_row_disappears_without_the_statements_that_it_cites() {
    let (dataset, statements) = bundled();
    let store = compiled(&dataset, statements.clone());
    let mut checked = 0;
    let stored = store
        .metadata()
        .queries
        .iter()
        .map(|stored| (stored.name.as_str(), crate::queries::with_defaults(&store, stored)));
    let annotated = ANNOTATED.iter().map(|text| (*text, parse(text, store.namespaces())));
    for (name, query) in stored.chain(annotated) {
        if query.to_string().contains("GROUP BY") || ABOUT_LABELS.contains(&name) {
            continue;
        }
        let results = query::cite(&store, &query).expect("the query can be cited");
        let all = rows(&store, &query);
        let mut without: BTreeMap<BTreeSet<StatementId>, BTreeMap<String, usize>> = BTreeMap::new();
        for (row, cited) in cited_rows(&results) {
            if row == "false" {
                continue;
            }
            assert!(!cited.is_empty(), "{name}: {row} cites nothing");
            let remaining = without.entry(cited.clone()).or_insert_with(|| {
                let kept = statements.iter().filter(|statement| !cited.contains(&statement.id)).cloned();
                rows(&compiled(&dataset, kept.collect()), &query)
            });
            let (before, after) = (all[&row], remaining.get(&row).copied().unwrap_or_default());
            assert!(after < before, "{name}: {row} is still there without {cited:?}");
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} rows were checked");
}

#[test]
fn stored_queries_cite_all_rows_and_inferences_cite_facts() {
    let (dataset, statements) = bundled();
    let store = compiled(&dataset, statements);
    for stored in &store.metadata().queries {
        let query = crate::queries::with_defaults(&store, stored);
        let results = query::cite(&store, &query).expect("the query can be cited");
        // The classes of entities are those that are not entailed, and some questions have the answer no.
        let is_absence = |gap: &CitationGap| matches!(gap, CitationGap::Absence | CitationGap::FalseResult);
        let mut gaps = results.gaps.iter().filter(|gap| !is_absence(gap));
        let is_about_labels = ABOUT_LABELS.contains(&stored.name.as_str());
        let is_expected = |gap: &CitationGap| is_about_labels && matches!(gap, CitationGap::Unsupported(_));
        assert!(gaps.all(is_expected), "{}: {:?}", stored.name, results.gaps);
        for citation in results.results.citations() {
            let kinds: Vec<&Kind> = citation.statements.iter().map(|id| &results.statements[id].kind).collect();
            let inferred = kinds.iter().any(|kind| kind.derivation().is_some());
            assert!(!inferred || kinds.contains(&&Kind::Fact), "{}: {citation:?}", stored.name);
            assert!(
                citation.declared.iter().all(|declared| declared.origin != query::TripleOrigin::Unknown),
                "{}: {citation:?}",
                stored.name
            );
        }
    }
}

/// The distinct sentences of the statements that the rows of a stored query with a value cite.
fn sentences(name: &str, value: &str) -> BTreeSet<String> {
    let (dataset, store) = factloom::build(DatasetRoot::Bundled(BUNDLED)).expect("the dataset is valid");
    let text = &store.metadata().queries.iter().find(|q| q.name == name).expect("the query is stored").text;
    let results = query::cite(&store, &parse(text, &dataset.namespaces)).expect("the query can be cited");
    let labels = Labels::new(&store, "en");
    let has_value = |row: &str| row.contains(&format!("\"{value}\""));
    let ids = cited_rows(&results).into_iter().filter(|(row, _)| has_value(row)).flat_map(|(_, cited)| cited);
    ids.map(|id| labels.sentence(&results.statements[&id].triple).expect("the terms have labels")).collect()
}

#[test]
fn stored_queries_cite_the_expected_sentences() {
    let set = |sentences: &[&str]| sentences.iter().map(|s| (*s).to_owned()).collect::<BTreeSet<String>>();
    let soviet = "Soviet Union helped build Pakistan Steel Mills";
    let russia = "Russia helped build Pakistan Steel Mills";
    assert_eq!(sentences("who-helped-build-psm", "Soviet Union"), set(&[soviet]));
    assert_eq!(sentences("who-helped-build-psm", "Russia"), set(&[russia, soviet, "Russia continues Soviet Union"]));
    assert_eq!(
        sentences("where-was-the-agreement-signed", "Moscow"),
        set(&[
            "PSM revival agreement was signed at signing ceremony",
            "signing ceremony took place at Pakistan Embassy in Moscow",
            "Pakistan Embassy in Moscow is located in Moscow",
        ])
    );
}

/// A graph of three facts, one of them stated twice, and a claim, about entities `a` to `c` and predicates `p` to `r`.
fn small_store() -> Store {
    let names = Namespaces::new("https://e.example/", &[]).expect("names");
    let mut all: Vec<Statement> =
        ["a p b", "a p b", "b p c", "c q a"].iter().enumerate().map(|(n, t)| fact(n, t)).collect();
    let claim = factloom::model::Claim { status: factloom::model::BuiltInStatus::Planned.into(), by: None };
    all.push(Statement { kind: Kind::Claim(claim), ..fact(9, "a r b") });
    store_of(&all, names)
}

fn node(kind: &str, name: &str) -> NamedNode {
    NamedNode::new(format!("https://e.example/{kind}/{name}")).expect("an IRI")
}

/// A fact from a subject, a predicate and an object, with its own evidence and a qualifier.
fn fact(number: usize, words: &str) -> Statement {
    let words: Vec<&str> = words.split(' ').collect();
    let (predicate, object) = (node("vocabulary", words[1]), Term::from(node("entity", words[2])));
    Statement {
        id: StatementId::new(&format!("f{number}")).expect("an id"),
        triple: Triple::new(node("entity", words[0]), predicate, object),
        kind: Kind::Fact,
        qualifiers: vec![Qualifier {
            predicate: node("vocabulary", "since"),
            value: Literal::from(i64::try_from(number % 3).expect("small")).into(),
        }],
        evidence: vec![Evidence {
            quote: Some(format!("quote {number}")),
            ..Evidence::new(SourceId::new("s").expect("an id"))
        }],
        proposed_by: None,
    }
}

fn store_of(statements: &[Statement], names: Namespaces) -> Store {
    let mut all = Vec::new();
    for statement in statements {
        triples::write_statement(statement, &names, &mut |triple| all.push(triple.into_owned()));
    }
    for name in ["a", "b", "c"] {
        let label = Literal::new_language_tagged_literal(name.to_uppercase(), "en").expect("a tag");
        all.push(Triple::new(node("entity", name), vocab::rdfs::LABEL, label));
    }
    let mut store = Store::in_memory(names).expect("a store");
    store.load(all).expect("the triples can be loaded");
    store
}

/// Asserts the ids that the rows of a query on the small graph cite, and the gaps.
#[track_caller]
fn assert_cites(text: &str, expected: &[&str], gaps: &[CitationGap]) {
    let store = small_store();
    let query = parse(text, store.namespaces());
    let results = query::cite(&store, &query).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let join = |ids: BTreeSet<StatementId>| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let mut cited: Vec<String> = cited_rows(&results).into_iter().map(|(_, ids)| join(ids)).collect();
    cited.sort();
    assert_eq!(cited, expected, "{text}");
    assert_eq!(results.gaps.iter().copied().collect::<Vec<_>>(), gaps, "{text}");
}

#[test]
fn every_kind_of_pattern_cites_what_it_matched() {
    // A triple is cited by all facts that state it.
    assert_cites("SELECT ?o { e:a v:p ?o }", &["f0 f1"], &[]);
    assert_cites("ASK { e:a v:p ?o }", &["f0 f1"], &[]);
    assert_cites("ASK { e:a v:r ?o }", &[""], &[CitationGap::FalseResult]);
    assert_cites("SELECT * { ?s v:p ?o }", &["f0 f1", "f2"], &[]);
    // A triple about a statement cites it, one about evidence the statements with it.
    assert_cites("SELECT ?st { ?st v:since 1 }", &["f1"], &[]);
    assert_cites("SELECT ?st { ?st a fl:Claim ; fl:status ?status }", &["f9"], &[]);
    assert_cites("SELECT ?st { ?st rdf:reifies <<( e:a v:p ?o )>> }", &["f0", "f1"], &[]);
    assert_cites("SELECT * { ?ev oa:exact 'quote 2' }", &["f2"], &[]);
    assert_cites("SELECT * { ?st fl:evidence ?ev . ?ev oa:exact ?q . ?st v:since 2 }", &["f2"], &[]);
    // Only the rows that match OPTIONAL cite it.
    assert_cites("SELECT ?s { ?s v:p ?o OPTIONAL { ?o v:q e:a } }", &["f0 f1", "f2 f3"], &[]);
    assert_cites("SELECT ?s { ?s v:p ?o OPTIONAL { e:c v:q e:a FILTER(?s = e:b) } }", &["f0 f1", "f2 f3"], &[]);
    assert_cites("SELECT * { { ?s v:p e:c } UNION { ?s v:q e:a } }", &["f2", "f3"], &[]);
    assert_cites("SELECT * { VALUES ?s { e:a UNDEF } ?s v:p e:b }", &["f0 f1", "f0 f1"], &[]);
    assert_cites("SELECT * { ?s v:p ?o FILTER EXISTS { ?o v:q ?x } }", &["f2 f3"], &[]);
    assert_cites("SELECT * { ?s v:p ?o FILTER EXISTS { ?x v:q ?y FILTER(?x = ?o) } }", &["f2 f3"], &[]);
    assert_cites("SELECT * { ?s v:p ?o FILTER NOT EXISTS { ?o v:q ?x } }", &["f0 f1"], &[CitationGap::Absence]);
    assert_cites("SELECT * { ?s v:p ?o MINUS { ?s v:p e:c } }", &["f0 f1"], &[CitationGap::Absence]);
    assert_cites("SELECT * { ?s v:p ?o FILTER(EXISTS { ?o v:q ?x } || false) }", &["f2"], &[CitationGap::NestedExists]);
    // Merged rows cite all their solutions.
    assert_cites("SELECT DISTINCT ?p { ?s ?p ?o . ?st rdf:reifies <<( ?s ?p ?o )>> }", &["f0 f1 f2", "f3"], &[]);
    assert_cites("SELECT ?s { ?s v:p ?o } ORDER BY ?s LIMIT 1", &["f0 f1"], &[]);
    assert_cites("SELECT ?s { ?s v:p ?o } ORDER BY ?s OFFSET 1", &["f2"], &[]);
    // Groups.
    assert_cites("SELECT (COUNT(*) AS ?n) { ?s v:p ?o }", &["f0 f1 f2"], &[]);
    assert_cites("SELECT ?s (COUNT(?o) AS ?n) { ?s v:p ?o } GROUP BY ?s HAVING(COUNT(?o) > 0)", &["f0 f1", "f2"], &[]);
    assert_cites(
        "SELECT (MAX(?n) AS ?most) { SELECT ?s (COUNT(?o) AS ?n) { ?s v:p ?o } GROUP BY ?s }",
        &["f0 f1 f2"],
        &[],
    );
    assert_cites("SELECT (COUNT(*) AS ?n) { ?s v:none ?o }", &[""], &[CitationGap::Unsupported(1)]);
    // Subqueries, whose variables are local.
    assert_cites("SELECT ?o { ?x v:q ?o { SELECT ?o { ?o v:p ?x } } }", &["f0 f1 f3"], &[]);
    assert_cites("SELECT ?s { ?s v:p ?o { SELECT DISTINCT ?o { ?o v:q ?x } } }", &["f2 f3"], &[]);
    assert_cites(
        "SELECT ?s { ?s v:p ?o { SELECT ?o { ?o v:q ?x } LIMIT 1 } }",
        &["f2 f3"],
        &[CitationGap::SlicedSubquery],
    );
    assert_cites("SELECT ?s { ?s v:p ?o OPTIONAL { SELECT ?o { ?o v:q e:a } } }", &["f0 f1", "f2 f3"], &[]);
    // Paths.
    assert_cites("SELECT ?x { e:a v:p+ ?x }", &["f0 f1", "f0 f1 f2"], &[]);
    assert_cites("SELECT ?x { e:a v:p* ?x }", &["", "f0 f1", "f0 f1 f2"], &[CitationGap::Unsupported(1)]);
    assert_cites("SELECT ?x { e:a (v:p/v:p/v:q)+ ?x }", &["f0 f1 f2 f3"], &[]);
    assert_cites("SELECT ?x { ?x (^v:p|^v:q)+ e:b }", &["f0 f1 f2 f3", "f2", "f2 f3"], &[]);
    assert_cites("SELECT ?x { e:c !v:p ?x FILTER(isIRI(?x)) }", &["f3"], &[]);
    // Variables named like the hidden ones, and volatile values.
    assert_cites("SELECT ?cited1 { ?cited1 v:p [] OPTIONAL { ?cited1 v:q ?cited2 } }", &["f0 f1", "f2"], &[]);
    assert_cites("SELECT ?x { ?s v:p ?o BIND(UUID() AS ?x) }", &["f0 f1", "f2"], &[]);
    assert_cites("SELECT ?s ?y { ?s v:p ?o BIND(RAND() AS ?x) BIND(?x * 2 AS ?y) }", &["f0 f1", "f2"], &[]);
    assert_cites("SELECT ?l { e:a rdfs:label ?l }", &[""], &[CitationGap::Unsupported(1)]);
    // Graphs.
    assert_cites("CONSTRUCT { ?o v:back ?s } { ?s v:p ?o }", &["f0 f1", "f2"], &[]);
    assert_cites("CONSTRUCT { [] v:from ?s } { ?s v:p ?o }", &["f0 f1", "f2"], &[]);
    assert_cites("CONSTRUCT WHERE { ?s v:q ?o }", &["f3"], &[]);
    assert_cites("DESCRIBE e:c", &["", "f3"], &[CitationGap::Unsupported(1)]);
}

/// Asserts the ids that the rows cite, in order.
#[track_caller]
fn assert_cites_in_order(text: &str, expected: &[&str]) {
    let store = small_store();
    let query = parse(text, store.namespaces());
    let results = query::cite(&store, &query).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let join = |ids: BTreeSet<StatementId>| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let cited: Vec<String> = cited_rows(&results).into_iter().map(|(_, ids)| join(ids)).collect();
    assert_eq!(cited, expected, "{text}");
    assert_eq!(results.gaps, BTreeSet::new(), "{text}");
}

#[test]
fn equal_rows_are_cited_in_the_order_of_hidden_variables() {
    let one = "{ VALUES ?x { 1 } ?s v:p|v:q ?o }";
    assert_cites_in_order(&format!("SELECT ?x {one} ORDER BY ?s"), &["f0 f1", "f2", "f3"]);
    assert_cites_in_order(&format!("SELECT ?x {one} ORDER BY DESC(?s)"), &["f3", "f2", "f0 f1"]);
    assert_cites_in_order(&format!("SELECT ?x {one} ORDER BY DESC(?s) LIMIT 1"), &["f3"]);
    assert_cites_in_order(&format!("SELECT ?x {one} ORDER BY DESC(STR(?o)) LIMIT 1"), &["f2"]);
    assert_cites_in_order(&format!("SELECT ?x {one} ORDER BY ?s LIMIT 1 OFFSET 1"), &["f2"]);
    assert_cites_in_order(&format!("SELECT ?x {one} ORDER BY ?s OFFSET 2"), &["f3"]);
    // The rows are found again by their values, in order.
    let of_p = "{ ?s ?p ?o FILTER(?p = v:p) }";
    assert_cites_in_order(&format!("SELECT ?p {of_p} ORDER BY ?s LIMIT 1"), &["f0 f1"]);
    assert_cites_in_order(&format!("SELECT ?p {of_p} ORDER BY DESC(?s) LIMIT 1"), &["f2"]);
    // The order does not distinguish the rows, so any of them may be cited.
    assert_cites_in_order("SELECT ?s { VALUES ?x { 1 2 } ?s v:p e:b } ORDER BY ?s OFFSET 1", &["f0 f1"]);
}

#[test]
fn conditions_use_outer_variables_and_are_cited() {
    let union = "{ ?x v:none ?y } UNION { ?x v:q ?y FILTER(?x = ?o) }";
    assert_cites(&format!("SELECT ?s {{ ?s v:p ?o FILTER EXISTS {{ {union} }} }}"), &["f2 f3"], &[]);
    assert_cites("SELECT ?s { ?s v:p ?o FILTER EXISTS { { ?x v:q ?y FILTER(?x = ?o) } } }", &["f2 f3"], &[]);
    let bound = "?x v:q ?y BIND(?o AS ?z) FILTER(?z = ?x)";
    assert_cites(&format!("SELECT ?s {{ ?s v:p ?o FILTER EXISTS {{ {bound} }} }}"), &["f2 f3"], &[]);
    let nested = "?x v:q ?y FILTER EXISTS { ?z v:p ?x FILTER(?x = ?o) }";
    assert_cites(&format!("SELECT ?s {{ ?s v:p ?o FILTER EXISTS {{ {nested} }} }}"), &["f2 f3"], &[]);
    let optional = "VALUES ?s { e:a } OPTIONAL { ?s v:none ?o } FILTER EXISTS { ?o v:q ?x }";
    assert_cites(&format!("SELECT ?s {{ {optional} }}"), &["f3"], &[]);
    assert_cites("SELECT ?s { ?s v:p ?o FILTER EXISTS { ?o v:q ?x } } LIMIT 1", &["f2 f3"], &[]);
}

#[test]
fn a_graph_without_statements_is_reported() {
    let names = Namespaces::standard();
    let mut store = Store::in_memory(names).expect("a store");
    store
        .load([Triple::new(node("entity", "a"), node("vocabulary", "p"), Term::from(node("entity", "b")))])
        .expect("the triples can be loaded");
    let results =
        query::cite(&store, &parse("SELECT * { ?s ?p ?o }", store.namespaces())).expect("the query can be cited");
    assert_eq!(results.gaps, BTreeSet::from([CitationGap::NoStatements]));
    assert!(results.statements.is_empty());
}

/// A triple pattern on the small graph.
fn part() -> impl Strategy<Value = String> {
    let term = || prop::sample::select(vec!["?x", "?y", "?z", "e:a", "e:b"]);
    let verb = || prop::sample::select(vec!["v:p", "v:q", "?v"]);
    let plain = (term(), verb(), term()).prop_map(|(s, p, o)| format!("{s} {p} {o} ."));
    let reified = (term(), verb(), term()).prop_map(|(s, p, o)| format!("?st rdf:reifies <<( {s} {p} {o} )>> ."));
    prop_oneof![4 => plain, 1 => reified, 1 => Just("?st v:since ?n .".to_owned())]
}

fn group() -> impl Strategy<Value = String> {
    let two = || prop::collection::vec(part(), 1..3).prop_map(|parts| parts.join(" "));
    prop_oneof![
        3 => two(),
        1 => (two(), two()).prop_map(|(a, b)| format!("{a} OPTIONAL {{ {b} }}")),
        1 => (two(), two()).prop_map(|(a, b)| format!("{{ {a} }} UNION {{ {b} }}")),
        1 => (two(), two()).prop_map(|(a, b)| format!("{a} {{ SELECT DISTINCT ?x {{ {b} }} }}")),
        1 => (two(), two()).prop_map(|(a, b)| format!("{a} FILTER EXISTS {{ {b} }}")),
        1 => (two(), two()).prop_map(|(a, b)| format!("{a} MINUS {{ {b} }}")),
    ]
}

/// The query without its OPTIONAL part.
fn without_optional(text: &str) -> Option<String> {
    let (before, after) = text.split_once(" OPTIONAL {")?;
    let (_, after) = after.split_once('}')?;
    Some(format!("{before}{after}"))
}

fn any_query() -> impl Strategy<Value = String> {
    let head =
        prop::sample::select(vec!["SELECT *", "SELECT ?x", "SELECT DISTINCT ?x ?z", "SELECT (COUNT(*) AS ?count)"]);
    let tail = prop::sample::select(vec!["", " ORDER BY ?y", " LIMIT 2", " ORDER BY ?x OFFSET 1"]);
    (head, group(), tail).prop_map(|(head, group, tail)| format!("{head} {{ {group} }}{tail}"))
}

fn any_facts() -> impl Strategy<Value = Vec<String>> {
    let name = || prop::sample::select(vec!["a", "b", "c"]);
    let verb = prop::sample::select(vec!["p", "q"]);
    prop::collection::vec((name(), verb, name()).prop_map(|(s, p, o)| format!("{s} {p} {o}")), 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_those_of_the_plain_query_and_disappear_without_their_statements(facts in any_facts(), text in any_query()) {
        let names = Namespaces::new("https://e.example/", &[]).expect("names");
        let statements: Vec<Statement> = facts.iter().enumerate().map(|(n, words)| fact(n, words)).collect();
        let store = store_of(&statements, names.clone());
        let query = parse(&text, &names);
        let fails = match store.query(&query) {
            Ok(QueryResults::Solutions(mut rows)) => rows.any(|row| row.is_err()),
            _ => true,
        };
        if fails {
            // A triple term has a literal as its subject.
            return Ok(());
        }
        let results = query::cite(&store, &query).expect("the query can be cited");
        let in_order = |store: &Store| match store.query(&query).expect("the query can be run") {
            QueryResults::Solutions(rows) => rows.map(|row| format!("{:?}", row.expect("a row").values())).collect::<Vec<_>>(),
            _ => unreachable!("it is a SELECT query"),
        };
        let cited = cited_rows(&results);
        prop_assert_eq!(cited.iter().map(|(row, _)| row.clone()).collect::<Vec<_>>(), in_order(&store), "{}", text);
        let untraced = results.gaps.iter().any(|gap| matches!(gap, CitationGap::Untraced(_)));
        prop_assert!(!untraced || text.contains("reifies"), "{}", text);
        if text.contains("COUNT") || text.contains("LIMIT") || text.contains("OFFSET") || text.contains("MINUS") {
            return Ok(());
        }
        let all = rows(&store, &query);
        for ((row, ids), citation) in cited.into_iter().zip(results.results.citations()) {
            if untraced || (!citation.declared.is_empty() && text.contains("DISTINCT")) {
                // Declared triples can be sufficient for one of the merged rows.
                continue;
            }
            if without_optional(&text).is_some_and(|text| rows(&store, &parse(&text, &names)).contains_key(&row)) {
                // The row exists without its OPTIONAL part: if that no longer matches, other rows may become equal to it.
                continue;
            }
            if ids.is_empty() {
                // Labels alone are sufficient for some rows, which is reported.
                let reported = results.gaps.iter().any(|gap| matches!(gap, CitationGap::Unsupported(_)));
                prop_assert!(reported, "{} {}", text, row);
                continue;
            }
            let kept: Vec<Statement> = statements.iter().filter(|s| !ids.contains(&s.id)).cloned().collect();
            let remaining = rows(&store_of(&kept, names.clone()), &query);
            prop_assert!(remaining.get(&row).copied().unwrap_or_default() < all[&row], "{} {} {:?}", text, row, ids);
            // Each cited statement was matched.
            let only: Vec<Statement> = statements.iter().filter(|s| ids.contains(&s.id)).cloned().collect();
            let with = rows(&store_of(&only, names.clone()), &query);
            prop_assert!(with.contains_key(&row) || text.contains("OPTIONAL"), "{} {} {:?}", text, row, ids);
        }
    }
}

fn temp_dir() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

#[test]
fn other_parsers_read_cited_results() {
    let here = temp_dir();
    for name in ["who-helped-build-psm", "claims-by-status", "background-statements"] {
        for (format, known) in [("json", QueryResultsFormat::Json), ("xml", QueryResultsFormat::Xml)] {
            let read = |args: &[&str]| {
                let text = stdout_of(here.path(), &[&["query", name, "--results-format", format], args].concat());
                let parser = QueryResultsParser::from_format(known);
                match parser.for_reader(text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}")) {
                    ReaderQueryResultsParserOutput::Solutions(rows) => rows
                        .map(|row| format!("{:?}", row.unwrap_or_else(|e| panic!("{e}\n{text}"))))
                        .collect::<Vec<_>>(),
                    ReaderQueryResultsParserOutput::Boolean(_) => panic!("{text}"),
                }
            };
            assert_eq!(read(&["--cite"]), read(&[]), "{name} in {format}");
        }
    }
    for format in ["json", "xml"] {
        let text = stdout_of(here.path(), &["query", "is-the-mill-in-pakistan", "--cite", "--results-format", format]);
        let known = if format == "json" { QueryResultsFormat::Json } else { QueryResultsFormat::Xml };
        let parsed = QueryResultsParser::from_format(known).for_reader(text.as_bytes()).expect("valid results");
        assert!(matches!(parsed, ReaderQueryResultsParserOutput::Boolean(true)), "{text}");
    }
}

#[test]
fn json_lists_the_statements_of_each_row() {
    let text = stdout_of(temp_dir().path(), &["query", "who-helped-build-psm", "--cite", "--results-format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
    let rows = json["results"]["bindings"].as_array().expect("rows");
    let citations = json["citations"].as_array().expect("citations");
    assert_eq!(rows.len(), citations.len());
    for id in citations.iter().flat_map(|citation| citation["statements"].as_array().expect("ids")) {
        assert!(json["statements"][id.as_str().expect("an id")]["sentence"].is_string(), "{text}");
    }
    assert!(citations.iter().all(|citation| citation["declared"][0]["line"].is_u64()), "{text}");
    assert_eq!(json["gaps"], serde_json::json!([]));
}

#[test]
fn xml_lists_the_statements_in_attributes() {
    let text = stdout_of(temp_dir().path(), &["query", "who-helped-build-psm", "--cite", "--results-format", "xml"]);
    let mut reader = quick_xml::NsReader::from_str(&text);
    let mut cited = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) if tag.local_name().as_ref() == b"result" => {
                for attribute in tag.attributes().map(|a| a.expect("an attribute")) {
                    let (namespace, name) = reader.resolve_attribute(attribute.key);
                    let ours = quick_xml::name::Namespace(b"https://factloom.example/ns#");
                    assert_eq!(namespace, quick_xml::name::ResolveResult::Bound(ours));
                    let value = attribute.unescape_value().expect("a value").into_owned();
                    cited.push((String::from_utf8_lossy(name.as_ref()).into_owned(), value));
                }
            }
            _ => {}
        }
    }
    let of = |name: &str| cited.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
    let row = of("statements").iter().position(|ids| ids.starts_with("soviet-union-helped-build-psm "));
    let row = row.unwrap_or_else(|| panic!("{text}"));
    assert_eq!(of("statements").len(), text.matches("<result ").count(), "{text}");
    assert!(of("quotes")[row].contains("“Built in 1973 with help … the Soviet Union”  psm-revival 1:179"), "{text}");
    assert!(of("declared")[row].contains("\"Soviet Union\"@en (entities.json:"), "{text}");
}

#[test]
fn columns_of_the_query_keep_their_names() {
    let text = "SELECT ?statements ?quotes { ?statements v:continues ?quotes }";
    let csv = stdout_of(temp_dir().path(), &["query", "-e", text, "--cite"]);
    assert!(csv.starts_with("statements,quotes,statements_,quotes_\r\n"), "{csv}");
    assert!(csv.contains(",russia-continues-soviet-union,"), "{csv}");
}

#[test]
fn a_cited_graph_contains_the_statements_of_its_triples() {
    let here = temp_dir();
    let plain = stdout_of(here.path(), &["query", "neighbourhood-of-psm", "--results-format", "nt"]);
    let cited = stdout_of(here.path(), &["query", "neighbourhood-of-psm", "--results-format", "nt", "--cite"]);
    let lines: BTreeSet<&str> = cited.lines().collect();
    assert!(plain.lines().all(|line| lines.contains(line)), "{cited}");
    for what in ["#reifies> <<(", "#Fact>", "oa#exact>", "#wasDerivedFrom>"] {
        assert!(cited.contains(what), "{what} is not in {cited}");
    }
}

#[test]
fn citation_gaps_are_reported_on_stderr() {
    let here = temp_dir();
    let absent = "SELECT ?s { ?s v:continues ?o FILTER NOT EXISTS { ?s v:continues e:russia } }";
    let output = factloom(here.path(), &["query", "-e", absent, "--cite"]);
    assert_eq!(
        (output.status, output.stderr.as_str()),
        (Some(0), "note: the absence of triples (NOT EXISTS, MINUS) cannot be cited\n")
    );
    fs::write(here.path().join("a.ttl"), "<http://e/a> <http://e/b> <http://e/c> .").expect("the file can be written");
    let output = factloom(here.path(), &["query", "--data", "a.ttl", "-e", "ASK { ?s ?p ?o }", "--cite"]);
    assert_eq!(output.stderr, "note: the graph has no statements to cite\n");
    assert_eq!(output.stdout, "result,statements,quotes\r\ntrue,,\r\n");
}

#[test]
fn footnotes_require_a_table_format() {
    let here = temp_dir();
    for format in ["table", "markdown"] {
        let text = stdout_of(
            here.path(),
            &["query", "when-did-the-mill-close", "--cite=footnotes", "--results-format", format],
        );
        insta::assert_snapshot!(format!("footnotes-as-{format}"), text);
    }
    let default = stdout_of(here.path(), &["query", "is-the-mill-in-pakistan", "--cite=footnotes"]);
    assert!(default.starts_with("true [1]") && default.contains("\n[1] "), "{default}");
    for args in [&["who-helped-build-psm", "--results-format", "csv"][..], &["neighbourhood-of-psm"]] {
        let output = factloom(here.path(), &[&["query", "--cite=footnotes"], args].concat());
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""));
        assert!(output.stderr.contains("footnotes") && output.stderr.contains("help: "), "{}", output.stderr);
    }
    let output = run(command(Path::new("/")).args(["query", "--list", "--cite"]));
    assert_eq!(output.status, Some(2), "{}", output.stderr);
    let output = run(command(Path::new("/")).args(["query", "--list", "-o", "names.txt"]));
    assert_eq!(output.status, Some(2), "{}", output.stderr);
}

#[test]
fn unusual_queries_are_cited_without_a_panic() {
    let store = small_store();
    let deep = format!("SELECT * {{ {} ?s ?p ?o {} }}", "{".repeat(100), "}".repeat(100));
    let optional = format!("SELECT * {{ ?s ?p ?o {} }}", "OPTIONAL { ?s v:p ?x } ".repeat(40));
    for text in [
        deep.as_str(),
        &optional,
        "SELECT * { }",
        "ASK { }",
        "SELECT * { VALUES (?a ?b) { (UNDEF e:a) (1 UNDEF) } OPTIONAL { ?b v:p ?a } }",
        "SELECT (SUM(?n) AS ?m) { SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o FILTER EXISTS { ?s v:q ?x } } GROUP BY ?s ORDER BY ?s LIMIT 2 }",
        "SELECT (IF(EXISTS { ?s v:q ?o }, 1, 2) AS ?x) { ?s v:p ?o }",
        "SELECT * { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { GRAPH <http://e/none> { ?s ?p ?o } }",
        "SELECT REDUCED ?s { ?s ?p ?o { SELECT * { ?s v:p ?x } } MINUS { ?s v:q ?y } }",
        "SELECT * { { SELECT * { { SELECT ?s { ?s v:p [ v:q ?o ] } ORDER BY ?o } } } }",
        "SELECT * { ?s v:p ?o OPTIONAL { { ?s v:q ?o } UNION { OPTIONAL { ?o v:p ?z } } } FILTER(!BOUND(?z) || EXISTS { ?z ?y ?x }) }",
        "CONSTRUCT { ?s ?p <<( ?s ?p ?o )>> . _:b v:p [] } { ?s ?p ?o } LIMIT 3",
        "DESCRIBE ?s { ?s v:p ?o }",
        "SELECT * { ?s (v:p|!(v:p|^v:q))* ?o }",
        "SELECT * { << e:a v:p e:b >> v:since ?n }",
    ] {
        let query = parse(text, store.namespaces());
        let results = query::cite(&store, &query).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(
            rows(&store, &query).values().sum::<usize>().max(1),
            results.results.citations().len().max(1),
            "{text}"
        );
        query::why_empty(&store, &query, text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    }
}
