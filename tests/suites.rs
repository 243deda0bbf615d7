//! Every query of the W3C's tests of SPARQL 1.1 and 1.2 is answered as Oxigraph's own store answers it, by the library and by
//! the program.
//!
//! The suites are data (`../shared/suites`, the W3C's `rdf-tests`); the test says so and passes where they are not at hand.
//! Left out are the tests of entailment, which neither does, and those of updates.

use crate::answers::{Answer, Freedom};
use crate::program::factloom;
use crate::scratch::{temp_dir, write};
use crate::{files_below, repository};
use factloom::store::{CompiledGraph, GraphBuilder};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::vocab::rdf;
use oxigraph::model::{
    Graph, GraphName, NamedNode, NamedOrBlankNodeRef, Quad, Term, TermRef, Triple, TripleRef, Variable,
};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput};
use oxigraph::sparql::{QueryResults, QuerySolution, QuerySolutionIter, QueryTripleIter};
use oxigraph::store::Store;
use spargebra::{Query, SparqlParser};
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// How many tests of queries the suites have.
const TESTS: usize = 473;
/// Of those, how many Oxigraph refuses: nine need a service or a function that is not at hand, one is not in its grammar.
const REFUSED: usize = 10;

/// The tests in which Oxigraph's store does not answer as the standard says, and the compiled graph does.
const KNOWN: [(&str, &str); 3] = [
    (
        "bindings/manifest#graph",
        "the name of the graph joins with what VALUES inside GRAPH says of it, as the suite expects",
    ),
    (
        "negation/manifest#graph-minus",
        "the name of the graph is not shared by the sides of MINUS, as the suite expects",
    ),
    (
        "syntax-query/manifest#test_32",
        "NOT IN () holds for every term; Oxigraph wants one that counts as true or false",
    ),
];

const BASE: &str = "https://w3c.github.io/rdf-tests/sparql/";
const MANIFEST: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const QUERY: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#";
/// What queries of tests of syntax are asked about, which have no data of their own.
const SAMPLE: &str = r#"
PREFIX : <http://example.com/ns#> PREFIX n: <http://example/> PREFIX c: <http://example.com/> PREFIX e: <http://www.example.org>
:s :p :o, :x, 1, "2", [ :q :o ] ; :q :r, :o ; :r 123 . :x :p :s ; :q ( 1 :a [] ) . :a :b :c ; :p :q .
<< :s :p :o >> :q :z . << :s :p :o ~ :r >> :r << :a :b :c >> . :s :p <<( :s :p <<( :x :q 1 )>> )>> .
n:s n:p n:o, n:a, n:b ; n:q 1, 2.5, "x"@en . n:a n:b n:c . c:s c:p c:o, 5 ; c:q c:r . e:s e:p e:o, 1 ; e:q "x" .
"#;
const PATIENCE: Duration = Duration::from_secs(20);

/// A test that evaluates a query, or one of syntax, whose query is evaluated all the same.
struct Test {
    name: String,
    query: NamedNode,
    data: Vec<NamedNode>,
    graphs: Vec<NamedNode>,
    result: Option<NamedNode>,
}

struct Suites(PathBuf);

impl Suites {
    fn at_hand() -> Option<Self> {
        let folder = repository().join("../shared/suites");
        if folder.is_dir() {
            return Some(Self(folder));
        }
        println!("skipped: the W3C's test suites are not at hand");
        None
    }

    fn text(&self, iri: &NamedNode) -> String {
        let path = iri.as_str().strip_prefix(BASE).expect("the suites name only their own files");
        fs::read_to_string(self.0.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    fn tests(&self) -> Vec<Test> {
        let manifests = files_below(&self.0).into_iter().filter(|path| path.ends_with("manifest.ttl"));
        let tests =
            manifests.filter(|path| !path.starts_with("sparql11/entailment")).flat_map(|path| self.tests_of(&path));
        tests.collect()
    }

    fn tests_of(&self, manifest: &Path) -> Vec<Test> {
        let iri = NamedNode::new_unchecked(format!("{BASE}{}", manifest.display()));
        let graph = graph_of(&iri, &self.text(&iri));
        let kinds = ["QueryEvaluationTest", "CSVResultFormatTest", "PositiveSyntaxTest", "PositiveSyntaxTest11"];
        let mut tests = Vec::new();
        for kind in kinds {
            let kind = NamedNode::new_unchecked(format!("{MANIFEST}{kind}"));
            tests.extend(graph.subjects_for_predicate_object(rdf::TYPE, &kind).map(|test| test_of(&graph, test)));
        }
        tests.sort_by(|a: &Test, b| a.name.cmp(&b.name));
        tests
    }
}

fn test_of(graph: &Graph, test: NamedOrBlankNodeRef<'_>) -> Test {
    let values = |of: NamedOrBlankNodeRef<'_>, namespace: &str, name: &str| -> Vec<NamedNode> {
        let predicate = NamedNode::new_unchecked(format!("{namespace}{name}"));
        let objects = graph.objects_for_subject_predicate(of, &predicate);
        objects.filter_map(|o| if let TermRef::NamedNode(node) = o { Some(node.into_owned()) } else { None }).collect()
    };
    let action = NamedNode::new_unchecked(format!("{MANIFEST}action"));
    let action = graph.object_for_subject_predicate(test, &action).expect("a test has an action");
    let (query, data, graphs) = match action {
        TermRef::NamedNode(query) => (query.into_owned(), Vec::new(), Vec::new()),
        TermRef::BlankNode(node) => {
            let node = node.into();
            let query = values(node, QUERY, "query").pop().expect("an action has a query");
            (query, values(node, QUERY, "data"), values(node, QUERY, "graphData"))
        }
        other => panic!("{other} is no action"),
    };
    let result = values(test, MANIFEST, "result").pop();
    Test { name: test.to_string(), query, data, graphs, result }
}

fn format_of(iri: &NamedNode) -> RdfFormat {
    let extension = iri.as_str().rsplit_once('.').expect("files have an extension").1;
    RdfFormat::from_extension(extension).unwrap_or_else(|| panic!("{iri} is no RDF"))
}

fn graph_of(iri: &NamedNode, text: &str) -> Graph {
    let parser = RdfParser::from_format(format_of(iri)).with_base_iri(iri.as_str()).expect("an IRI");
    parser
        .for_slice(text)
        .map(|quad| quad.map(Triple::from))
        .collect::<Result<_, _>>()
        .unwrap_or_else(|e| panic!("{iri}: {e}"))
}

impl Test {
    fn query(&self, suites: &Suites) -> Result<Query, String> {
        let parser = SparqlParser::new().with_base_iri(self.query.as_str()).expect("an IRI");
        parser.parse_query(&suites.text(&self.query)).map_err(|e| e.to_string())
    }

    /// The documents for the default graph: their IRIs, formats and texts.
    fn documents(&self, suites: &Suites) -> Vec<(String, RdfFormat, String)> {
        if self.result.is_none() && self.data.is_empty() {
            return vec![(self.query.as_str().to_owned(), RdfFormat::Turtle, SAMPLE.to_owned())];
        }
        self.data.iter().map(|data| (data.as_str().to_owned(), format_of(data), suites.text(data))).collect()
    }

    fn store(&self, suites: &Suites) -> Store {
        let store = Store::new().expect("a store in memory");
        for (iri, format, text) in self.documents(suites) {
            let parser = RdfParser::from_format(format).with_base_iri(&iri).expect("an IRI");
            store.load_from_slice(parser, &text).unwrap_or_else(|e| panic!("{iri}: {e}"));
        }
        for name in &self.graphs {
            store.insert_named_graph(name).expect("a store in memory takes graphs");
            for triple in &graph_of(name, &suites.text(name)) {
                store.insert(triple.in_graph(name)).expect("a store in memory takes quads");
            }
        }
        store
    }

    fn compiled(&self, suites: &Suites) -> CompiledGraph {
        let mut builder = GraphBuilder::new();
        for (iri, format, text) in self.documents(suites) {
            builder.read(format, Some(&iri), text.as_bytes()).unwrap_or_else(|e| panic!("{iri}: {e}"));
        }
        for name in &self.graphs {
            for triple in &graph_of(name, &suites.text(name)) {
                builder.insert(triple.in_graph(name)).expect("a small graph");
            }
        }
        builder.finish().expect("a small graph")
    }

    /// The answer that the suite gives; `None` where it gives none, or in a form that says less than an answer (CSV) or
    /// says it as RDF.
    fn expected(&self, suites: &Suites, found: &Answer) -> Option<Answer> {
        let file = self.result.as_ref()?;
        let text = suites.text(file);
        let results = if matches!(found, Answer::Triples(_)) {
            let kept = |t: TripleRef<'_>| Triple::new(t.subject, t.predicate, as_kept(t.object.into_owned()));
            let triples: Vec<_> = graph_of(file, &text).iter().map(|triple| Ok(kept(triple))).collect();
            QueryResults::Graph(QueryTripleIter::new(triples.into_iter()))
        } else {
            let extension = file.as_str().rsplit_once('.')?.1;
            let format = QueryResultsFormat::from_extension(extension).filter(|f| *f != QueryResultsFormat::Csv)?;
            match QueryResultsParser::from_format(format).for_slice(text.as_bytes()).ok()? {
                SliceQueryResultsParserOutput::Boolean(answer) => answer.into(),
                SliceQueryResultsParserOutput::Solutions(solutions) => {
                    let Answer::Solutions { variables: shown, .. } = found else { return None };
                    if solutions.variables().iter().any(|v| !shown.iter().any(|s| s == v.as_str())) {
                        return None;
                    }
                    let row =
                        |s: QuerySolution| shown.iter().map(|v| s.get(v.as_str()).cloned().map(as_kept)).collect();
                    let rows: Vec<Vec<_>> = solutions.map(|s| s.map(row)).collect::<Result<_, _>>().ok()?;
                    let variables = shown.iter().map(Variable::new_unchecked).collect();
                    QuerySolutionIter::from_tuples(variables, rows.into_iter().map(Ok)).into()
                }
            }
        };
        Answer::of(Ok::<_, String>(results)).ok()
    }
}

/// The answer of the program, asked as a command about a file of quads.
fn of_program(base: &NamedNode, text: &str, is_graph: bool, quads: &[u8]) -> Result<Answer, String> {
    let folder = temp_dir(&[("query.rq", text)]);
    write(folder.path(), "data.nq", quads);
    let format = if is_graph { "ntriples" } else { "json" };
    let asked = ["query", "--data", "data.nq", "--query-file", "query.rq", "--query-base", base.as_str()];
    let said = factloom(folder.path(), &[&asked[..], &["--results-format", format]].concat());
    if said.status != Some(0) {
        return Err(said.stderr);
    }
    let results = if is_graph {
        let quads =
            RdfParser::from_format(RdfFormat::NTriples).for_slice(&said.stdout).map(|quad| quad.map(Triple::from));
        let triples = quads.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
        QueryResults::Graph(QueryTripleIter::new(triples.into_iter().map(Ok)))
    } else {
        let parser = QueryResultsParser::from_format(QueryResultsFormat::Json);
        match parser.for_slice(said.stdout.as_bytes()).map_err(|e| e.to_string())? {
            SliceQueryResultsParserOutput::Boolean(answer) => answer.into(),
            SliceQueryResultsParserOutput::Solutions(solutions) => {
                let variables = solutions.variables().to_vec().into();
                let rows: Vec<_> = solutions
                    .map(|s| s.map(|s| s.values().to_vec()))
                    .collect::<Result<_, _>>()
                    .map_err(|e| e.to_string())?;
                QuerySolutionIter::from_tuples(variables, rows.into_iter().map(Ok)).into()
            }
        }
    };
    Answer::of(Ok::<_, String>(results))
}

/// How the program's answer differs from that of Oxigraph's store over the same quads.
fn difference_of_program(suites: &Suites, test: &Test) -> Option<String> {
    let query = test.query(suites).ok()?;
    let quads = test.store(suites).dump_to_writer(RdfFormat::NQuads, Vec::new()).expect("memory takes all");
    // A graph without triples, which the suites know, has no place in a file.
    let store = Store::new().expect("a store in memory");
    store.load_from_slice(RdfFormat::NQuads, &quads).expect("what was written can be read");
    let judge = Answer::of_store(&store, &query, PATIENCE);
    let is_graph = matches!(query, Query::Construct { .. } | Query::Describe { .. });
    let found = of_program(&test.query, &suites.text(&test.query), is_graph, &quads);
    let same = match (&judge, &found) {
        (Err(_), Err(_)) => true,
        (Ok(judge), Ok(found)) => {
            let freedom = Freedom::of(&query);
            let same_rows = match &freedom.unsliced {
                None => judge.is_isomorphic_to(found),
                Some(all) => {
                    judge.rows().len() == found.rows().len()
                        && Answer::of_store(&store, all, PATIENCE).is_ok_and(|all| found.is_contained_in(&all))
                }
            };
            same_rows && judge.keys(&freedom.order) == found.keys(&freedom.order)
        }
        _ => false,
    };
    (!same).then(|| format!("{}\nOxigraph's store: {judge:?}\nthe program: {found:?}", test.name))
}

/// A term in the form in which Oxigraph's store keeps it.
fn as_kept(term: Term) -> Term {
    let store = Store::new().expect("a store in memory");
    let quad = Quad::new(rdf::TYPE, rdf::TYPE, term, GraphName::DefaultGraph);
    store.insert(&quad).expect("a store in memory takes quads");
    store.iter().next().and_then(Result::ok).expect("the quad is there").object
}

/// How the compiled graph's answer differs from the store's.
fn difference(
    query: &Query,
    (store, judge): (&Store, &Result<Answer, String>),
    (graph, found): (&CompiledGraph, &Result<Answer, String>),
) -> Option<String> {
    let same = match (judge, found) {
        (Err(_), Err(_)) => true,
        (Ok(judge), Ok(found)) => {
            let freedom = Freedom::of(query);
            let same_rows = match &freedom.unsliced {
                None => judge.is_isomorphic_to(found),
                // Which rows a limit keeps is open; they are of those that there are without it, which must be the same.
                Some(all) => {
                    judge.rows().len() == found.rows().len()
                        && Answer::of(graph.query(all)).is_ok_and(|of_graph| {
                            found.is_contained_in(&of_graph)
                                && Answer::of_store(store, all, PATIENCE)
                                    .is_ok_and(|all| all.is_isomorphic_to(&of_graph))
                        })
                }
            };
            same_rows && judge.keys(&freedom.order) == found.keys(&freedom.order)
        }
        _ => false,
    };
    (!same).then(|| format!("Oxigraph's store: {judge:?}\nthe compiled graph: {found:?}"))
}

/// Whether what is said of a test is known.
fn is_known(said: &str) -> bool {
    KNOWN.iter().any(|(name, _)| said.lines().next().is_some_and(|line| line.contains(&format!("{name}>"))))
}

#[test]
fn the_program_answers_the_queries_of_the_w3c_as_oxigraphs_store_does() {
    let Some(suites) = Suites::at_hand() else { return };
    let (suites, tests) = (&suites, suites.tests());
    let next = AtomicUsize::new(0);
    let ask = || {
        let mut differ = Vec::new();
        while let Some(test) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
            differ.extend(difference_of_program(suites, test));
        }
        differ
    };
    let threads = thread::available_parallelism().map_or(2, NonZero::get);
    let differ: Vec<String> = thread::scope(|scope| {
        let asking: Vec<_> = (0..threads).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().flat_map(|thread| thread.join().expect("no thread panics")).collect()
    });
    let differ: Vec<String> = differ.into_iter().filter(|said| !is_known(said)).collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(tests.len() >= TESTS);
}

#[test]
fn the_queries_of_the_w3c_are_answered_as_oxigraphs_store_answers_them() {
    let Some(suites) = Suites::at_hand() else { return };
    let tests = suites.tests();
    let (mut refused, mut as_expected, mut unexpected, mut differ) = (Vec::new(), 0, Vec::new(), Vec::new());
    for test in &tests {
        let query = match test.query(&suites) {
            Ok(query) => query,
            Err(e) => {
                refused.push(format!("{}: {e}", test.name));
                continue;
            }
        };
        let (store, graph) = (test.store(&suites), test.compiled(&suites));
        let judge = Answer::of_store(&store, &query, PATIENCE);
        let found = Answer::of(graph.query(&query));
        differ
            .extend(difference(&query, (&store, &judge), (&graph, &found)).map(|how| format!("{}\n{how}", test.name)));
        match judge {
            Err(e) => refused.push(format!("{}: {e}", test.name)),
            Ok(answer) => match test.expected(&suites, &answer) {
                Some(expected) if expected.is_isomorphic_to(&answer) => as_expected += 1,
                Some(_) => unexpected.push(&test.name),
                None => {}
            },
        }
    }
    let (known, differ): (Vec<String>, Vec<String>) = differ.into_iter().partition(|said| is_known(said));
    println!("{} queries, {as_expected} of them answered as the W3C expects", tests.len());
    println!("Oxigraph answers otherwise, by right or not: {unexpected:#?}\nOxigraph refuses: {refused:#?}");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(known.len() == KNOWN.len(), "no longer different: only {known:#?}");
    assert!(tests.len() >= TESTS && refused.len() <= REFUSED, "{} tests, {} refused", tests.len(), refused.len());
}
