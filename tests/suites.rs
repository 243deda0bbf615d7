//! The queries of the W3C's test suites of SPARQL 1.0, 1.1 and 1.2 have the results that the W3C expects, or those of Oxigraph's own
//! store if it expects none, both in the library and in the program.
//!
//! The suites are data: the W3C's `rdf-tests`, in the directory that FACTLOOM_SUITES names. The tests of entailment and of
//! updates are excluded: neither engine supports them.

use crate::files_below;
use crate::program::factloom;
use crate::result_sets::{PermittedDifferences, ResultSet, Row};
use crate::scratch::{temp_dir, write};
use factloom::model::Namespaces;
use factloom::query::for_oxigraph;
use factloom::store::{CompiledGraph, GraphBuilder};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::vocab::rdf;
use oxigraph::model::{
    Graph, GraphName, NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term, TermRef, Triple, TripleRef,
    Variable,
};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput};
use oxigraph::sparql::{QueryResults, QuerySolution, QuerySolutionIter, QueryTripleIter};
use oxigraph::store::Store;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The number of queries in the suites.
const QUERIES: usize = 906;
/// How many of them are rejected: sixteen need a service or a custom function.
const REJECTED: usize = 16;

/// Queries whose results differ from those that the W3C expects, or, if it expects none, from those of Oxigraph's store.
const KNOWN_DIFFERENCES: [(&str, &str); 1] = [(
    "syntax-query/manifest#test_32",
    "NOT IN () is true for every term; Oxigraph requires a term with an effective boolean value",
)];

const BASE: &str = "https://w3c.github.io/rdf-tests/sparql/";
const MANIFEST: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const RESULT_SET: &str = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";
const QUERY: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#";
/// The data for the queries of syntax tests. No string starts with a digit: literals would have no total order, because numbers
/// are compared with numbers by value and with strings as strings.
const SAMPLE: &str = r#"
PREFIX : <http://example.com/ns#> PREFIX n: <http://example/> PREFIX c: <http://example.com/> PREFIX e: <http://www.example.org>
:s :p :o, :x, 1, "y", [ :q :o ] ; :q :r, :o ; :r 123 . :x :p :s ; :q ( 1 :a [] ) . :a :b :c ; :p :q .
<< :s :p :o >> :q :z . << :s :p :o ~ :r >> :r << :a :b :c >> . :s :p <<( :s :p <<( :x :q 1 )>> )>> .
n:s n:p n:o, n:a, n:b ; n:q 1, 2.5, "x"@en . n:a n:b n:c . c:s c:p c:o, 5 ; c:q c:r . e:s e:p e:o, 1 ; e:q "x" .
"#;
const TIMEOUT: Duration = Duration::from_secs(20);

/// A test with a query. The queries of syntax tests are evaluated, too.
struct Test {
    name: String,
    query: NamedNode,
    data: Vec<NamedNode>,
    graphs: Vec<NamedNode>,
    result: Option<NamedNode>,
}

struct Suites(PathBuf);

impl Suites {
    fn find() -> Self {
        Self(std::env::var_os("FACTLOOM_SUITES").expect("FACTLOOM_SUITES names the suites").into())
    }

    fn text(&self, iri: &NamedNode) -> String {
        let path = iri.as_str().strip_prefix(BASE).expect("the suites refer only to their own files");
        fs::read_to_string(self.0.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    fn tests(&self) -> Vec<Test> {
        let manifests = files_below(&self.0).into_iter().filter(|path| path.ends_with("manifest.ttl"));
        let manifests = manifests.filter(|path| !path.starts_with("sparql11/entailment"));
        manifests.flat_map(|path| self.tests_in_manifest(&path)).collect()
    }

    fn tests_in_manifest(&self, manifest: &Path) -> Vec<Test> {
        let iri = NamedNode::new_unchecked(format!("{BASE}{}", manifest.display()));
        let graph = graph_of(&iri, &self.text(&iri));
        let kinds = ["QueryEvaluationTest", "CSVResultFormatTest", "PositiveSyntaxTest", "PositiveSyntaxTest11"];
        let mut tests = Vec::new();
        for kind in kinds {
            let kind = NamedNode::new_unchecked(format!("{MANIFEST}{kind}"));
            tests.extend(graph.subjects_for_predicate_object(rdf::TYPE, &kind).map(|test| read_test(&graph, test)));
        }
        tests.sort_by(|a: &Test, b| a.name.cmp(&b.name));
        tests
    }
}

fn read_test(graph: &Graph, test: NamedOrBlankNodeRef<'_>) -> Test {
    let values = |subject: NamedOrBlankNodeRef<'_>, namespace: &str, name: &str| -> Vec<NamedNode> {
        let predicate = NamedNode::new_unchecked(format!("{namespace}{name}"));
        let objects = graph.objects_for_subject_predicate(subject, &predicate);
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
        other => panic!("{other} is not an action"),
    };
    let result = values(test, MANIFEST, "result").pop();
    Test { name: test.to_string(), query, data, graphs, result }
}

fn format_of(iri: &NamedNode) -> RdfFormat {
    let extension = iri.as_str().rsplit_once('.').expect("files have an extension").1;
    RdfFormat::from_extension(extension).unwrap_or_else(|| panic!("{iri} is not an RDF file"))
}

/// The graph of a document. Its blank nodes are different from those of all other documents.
fn graph_of(iri: &NamedNode, text: &str) -> Graph {
    let parser = RdfParser::from_format(format_of(iri)).with_base_iri(iri.as_str()).expect("an IRI");
    let parser = parser.rename_blank_nodes();
    parser
        .for_slice(text)
        .map(|quad| quad.map(Triple::from))
        .collect::<Result<_, _>>()
        .unwrap_or_else(|e| panic!("{iri}: {e}"))
}

impl Test {
    /// Whether the IRI of the test ends with a manifest and a fragment.
    fn is_named(&self, name: &str) -> bool {
        self.name.ends_with(&format!("{name}>"))
    }

    fn differs_by_design(&self) -> bool {
        KNOWN_DIFFERENCES.iter().any(|(name, _)| self.is_named(name))
    }

    fn query(&self, suites: &Suites) -> Result<Query, String> {
        let namespaces = Namespaces::standard();
        namespaces.parse_query_with_base(&suites.text(&self.query), &self.query).map_err(|e| e.to_string())
    }

    /// The documents of the default graph: their IRIs, formats and texts.
    fn documents(&self, suites: &Suites) -> Vec<(String, RdfFormat, String)> {
        if self.result.is_none() && self.data.is_empty() {
            return vec![(self.query.as_str().to_owned(), RdfFormat::Turtle, SAMPLE.to_owned())];
        }
        self.data.iter().map(|data| (data.as_str().to_owned(), format_of(data), suites.text(data))).collect()
    }

    fn named_graphs(&self, suites: &Suites) -> Vec<Quad> {
        let graph = |name: &NamedNode| graph_of(name, &suites.text(name));
        let quads = |name| graph(name).iter().map(|triple| triple.in_graph(name).into_owned()).collect::<Vec<_>>();
        self.graphs.iter().flat_map(quads).collect()
    }

    fn store(&self, suites: &Suites, named_graphs: &[Quad]) -> Store {
        let store = Store::new().expect("a store in memory");
        for (iri, format, text) in self.documents(suites) {
            let parser = RdfParser::from_format(format).with_base_iri(&iri).expect("an IRI");
            store.load_from_slice(parser, &text).unwrap_or_else(|e| panic!("{iri}: {e}"));
        }
        for name in &self.graphs {
            store.insert_named_graph(name).expect("a store in memory accepts graphs");
        }
        for quad in named_graphs {
            store.insert(quad).expect("a store in memory accepts quads");
        }
        store
    }

    fn compiled(&self, suites: &Suites, named_graphs: &[Quad]) -> CompiledGraph {
        let mut builder = GraphBuilder::new();
        for (iri, format, text) in self.documents(suites) {
            builder.read(format, Some(&iri), text.as_bytes()).unwrap_or_else(|e| panic!("{iri}: {e}"));
        }
        for quad in named_graphs {
            builder.insert(quad.into()).expect("a small graph");
        }
        builder.finish().expect("a small graph")
    }

    /// Whether results are those that the suite expects; `None` if it has none that can be compared.
    fn is_expected(&self, suites: &Suites, query: &Query, found: &Result<ResultSet, String>) -> Option<bool> {
        let found = found.as_ref().ok()?;
        let expected = self.expected(suites, found)?;
        let permitted = PermittedDifferences::of(query);
        Some(match permitted.reduced {
            true => found.equals_as_set(&expected),
            false => expected.is_isomorphic_to(found) && order(&expected, &permitted) == order(found, &permitted),
        })
    }

    /// The expected results of the suite; `None` if it has none, or only as CSV, which has no types.
    fn expected(&self, suites: &Suites, found: &ResultSet) -> Option<ResultSet> {
        let file = self.result.as_ref()?;
        let text = suites.text(file);
        let results = if matches!(found, ResultSet::Triples(_)) {
            let stored = |t: TripleRef<'_>| Triple::new(t.subject, t.predicate, as_stored(t.object.into_owned()));
            let triples: Vec<_> = graph_of(file, &text).iter().map(|triple| Ok(stored(triple))).collect();
            QueryResults::Graph(QueryTripleIter::new(triples.into_iter()))
        } else {
            let extension = file.as_str().rsplit_once('.')?.1;
            if matches!(extension, "ttl" | "rdf") {
                return result_set(&graph_of(file, &text), found);
            }
            let format = QueryResultsFormat::from_extension(extension).filter(|f| *f != QueryResultsFormat::Csv)?;
            match QueryResultsParser::from_format(format).for_slice(text.as_bytes()).ok()? {
                SliceQueryResultsParserOutput::Boolean(boolean) => boolean.into(),
                SliceQueryResultsParserOutput::Solutions(solutions) => {
                    let ResultSet::Solutions { variables: columns, .. } = found else { return None };
                    if solutions.variables().iter().any(|v| !columns.iter().any(|column| column == v.as_str())) {
                        return None;
                    }
                    let row =
                        |s: QuerySolution| columns.iter().map(|v| s.get(v.as_str()).cloned().map(as_stored)).collect();
                    let rows: Vec<Vec<_>> = solutions.map(|s| s.map(row)).collect::<Result<_, _>>().ok()?;
                    let variables = columns.iter().map(Variable::new_unchecked).collect();
                    QuerySolutionIter::from_tuples(variables, rows.into_iter().map(Ok)).into()
                }
            }
        };
        ResultSet::of(Ok::<_, String>(results)).ok()
    }
}

/// The results in a graph, in the vocabulary of the suites of SPARQL 1.0. The terms are as stored.
fn result_set(graph: &Graph, found: &ResultSet) -> Option<ResultSet> {
    let name = |name: &str| NamedNode::new_unchecked(format!("{RESULT_SET}{name}"));
    let object = |subject: NamedOrBlankNodeRef<'_>, predicate: &str| {
        graph.object_for_subject_predicate(subject, &name(predicate)).map(TermRef::into_owned)
    };
    let node = |term: TermRef<'_>| NamedOrBlankNode::try_from(term.into_owned()).ok();
    let set = graph.subject_for_predicate_object(rdf::TYPE, &name("ResultSet"))?;
    let ResultSet::Solutions { variables, .. } = found else {
        let Term::Literal(boolean) = object(set, "boolean")? else { return None };
        return Some(ResultSet::Boolean(boolean.value() == "true"));
    };
    let mut solutions = Vec::new();
    for solution in graph.objects_for_subject_predicate(set, &name("solution")).filter_map(node) {
        let mut row = vec![None; variables.len()];
        for binding in graph.objects_for_subject_predicate(&solution, &name("binding")).filter_map(node) {
            let Term::Literal(variable) = object(binding.as_ref(), "variable")? else { return None };
            let column = variables.iter().position(|known| known == variable.value())?;
            row[column] = Some(as_stored(object(binding.as_ref(), "value")?));
        }
        let index = match object(solution.as_ref(), "index") {
            Some(Term::Literal(index)) => index.value().parse().unwrap_or(0),
            _ => 0,
        };
        solutions.push((index, row));
    }
    solutions.sort_by_key(|(index, _): &(u32, _)| *index);
    let variables = variables.iter().map(Variable::new_unchecked).collect();
    let rows = solutions.into_iter().map(|(_, row)| Ok(row));
    ResultSet::of(Ok::<_, String>(QuerySolutionIter::from_tuples(variables, rows).into())).ok()
}

/// The results of the program for a file of quads.
fn run_program(base: &NamedNode, text: &str, is_graph: bool, quads: &[u8]) -> Result<ResultSet, String> {
    let directory = temp_dir(&[("query.rq", text)]);
    write(directory.path(), "data.nq", quads);
    let format = if is_graph { "ntriples" } else { "json" };
    let arguments = ["query", "--data", "data.nq", "--query-file", "query.rq", "--query-base", base.as_str()];
    let output = factloom(directory.path(), &[&arguments[..], &["--format", format]].concat());
    if output.status != Some(0) {
        return Err(output.stderr);
    }
    let results = if is_graph {
        let quads =
            RdfParser::from_format(RdfFormat::NTriples).for_slice(&output.stdout).map(|quad| quad.map(Triple::from));
        let triples = quads.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
        QueryResults::Graph(QueryTripleIter::new(triples.into_iter().map(Ok)))
    } else {
        let parser = QueryResultsParser::from_format(QueryResultsFormat::Json);
        match parser.for_slice(output.stdout.as_bytes()).map_err(|e| e.to_string())? {
            SliceQueryResultsParserOutput::Boolean(boolean) => boolean.into(),
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
    ResultSet::of(Ok::<_, String>(results))
}

/// How the program's results differ from those of Oxigraph's store for the same quads.
fn difference_of_program(suites: &Suites, test: &Test) -> Option<String> {
    let query = test.query(suites).ok()?;
    let store = test.store(suites, &test.named_graphs(suites));
    let quads = store.dump_to_writer(RdfFormat::NQuads, Vec::new()).expect("memory accepts everything");
    // A file cannot contain the empty graphs that the suites know.
    let store = Store::new().expect("a store in memory");
    let quads_again = RdfParser::from_format(RdfFormat::NQuads).for_slice(&quads);
    store.extend(quads_again.map(|quad| quad.expect("valid N-Quads"))).expect("a store in memory accepts quads");
    let is_graph = matches!(query, Query::Construct { .. } | Query::Describe { .. });
    let found = run_program(&test.query, &suites.text(&test.query), is_graph, &quads);
    if test.is_expected(suites, &query, &found) == Some(true) {
        return None;
    }
    let query = for_oxigraph(&query);
    let expected = ResultSet::of_store(&store, &query, TIMEOUT);
    let same = match (&expected, &found) {
        (Err(_), Err(_)) => true,
        (Ok(expected), Ok(found)) => {
            let permitted = PermittedDifferences::of(&query);
            let same_rows = match &permitted.unsliced {
                _ if permitted.reduced => {
                    is_reduced(found, expected, &ResultSet::of_store(&store, &unreduced(&query), TIMEOUT))
                }
                None => expected.is_isomorphic_to(found),
                Some(all) => {
                    expected.rows().len() == found.rows().len()
                        && ResultSet::of_store(&store, all, TIMEOUT).is_ok_and(|all| found.is_contained_in(&all))
                }
            };
            same_rows && order(expected, &permitted) == order(found, &permitted)
        }
        _ => false,
    };
    (!same).then(|| format!("{}\nOxigraph's store: {expected:?}\nthe program: {found:?}", test.name))
}

/// The sort keys of the rows. REDUCED may return some of them less often.
fn order(results: &ResultSet, permitted: &PermittedDifferences) -> Vec<Row> {
    let mut keys = results.keys(&permitted.order);
    if permitted.reduced {
        keys.dedup();
    }
    keys
}

/// The query without REDUCED.
fn unreduced(query: &Query) -> Query {
    let mut query = query.clone();
    if let Query::Select { pattern, .. } = &mut query {
        let mut current = pattern;
        loop {
            match current {
                GraphPattern::Slice { inner, .. } => current = inner,
                GraphPattern::Reduced { inner } => {
                    *current = std::mem::take(&mut **inner);
                    break;
                }
                _ => break,
            }
        }
    }
    query
}

/// Whether rows are a result of REDUCED: the expected ones, with any multiplicity from one to that without REDUCED.
fn is_reduced(found: &ResultSet, expected: &ResultSet, unreduced: &Result<ResultSet, String>) -> bool {
    let distinct = |results: &ResultSet| match results {
        ResultSet::Solutions { variables, .. } => {
            let mut rows: Vec<Row> = results.sorted().into_iter().cloned().collect();
            rows.dedup();
            ResultSet::Solutions { variables: variables.clone(), rows }
        }
        other => other.clone(),
    };
    let counts = |results: &ResultSet| {
        let mut counts = BTreeMap::<&Row, usize>::new();
        results.rows().iter().for_each(|row| *counts.entry(row).or_default() += 1);
        let mut counts: Vec<usize> = counts.into_values().collect();
        counts.sort_unstable();
        counts
    };
    distinct(found).is_isomorphic_to(&distinct(expected))
        && unreduced.as_ref().is_ok_and(|all| {
            let (found, all) = (counts(found), counts(all));
            found.len() == all.len() && found.iter().zip(&all).all(|(found, all)| found <= all)
        })
}

/// A term in the form in which Oxigraph's store returns it.
fn as_stored(term: Term) -> Term {
    let store = Store::new().expect("a store in memory");
    let quad = Quad::new(rdf::TYPE, rdf::TYPE, term, GraphName::DefaultGraph);
    store.insert(&quad).expect("a store in memory takes quads");
    store.iter().next().and_then(Result::ok).expect("the quad is there").object
}

/// How the compiled graph's results differ from the store's.
fn difference(
    query: &Query,
    (store, expected): (&Store, &Result<ResultSet, String>),
    (graph, found): (&CompiledGraph, &Result<ResultSet, String>),
) -> Option<String> {
    let same = match (expected, found) {
        (Err(_), Err(_)) => true,
        (Ok(expected), Ok(found)) => {
            let permitted = PermittedDifferences::of(query);
            let same_rows = match &permitted.unsliced {
                _ if permitted.reduced => {
                    is_reduced(found, expected, &ResultSet::of_store(store, &unreduced(query), TIMEOUT))
                }
                None => expected.is_isomorphic_to(found),
                // Which rows a limit selects is open: any of the rows without the limit, which must be the same.
                Some(all) => {
                    expected.rows().len() == found.rows().len()
                        && ResultSet::of(graph.query(all)).is_ok_and(|of_graph| {
                            found.is_contained_in(&of_graph)
                                && ResultSet::of_store(store, all, TIMEOUT)
                                    .is_ok_and(|all| all.is_isomorphic_to(&of_graph))
                        })
                }
            };
            same_rows && order(expected, &permitted) == order(found, &permitted)
        }
        _ => false,
    };
    (!same).then(|| format!("Oxigraph's store: {expected:?}\nthe compiled graph: {found:?}"))
}

fn the_program_returns_the_results_of_the_w3c() {
    let suites = Suites::find();
    let (suites, tests) = (&suites, suites.tests());
    let next = AtomicUsize::new(0);
    let compare = || {
        let mut differences = Vec::new();
        while let Some(test) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
            let difference = difference_of_program(suites, test);
            differences.extend(difference.filter(|_| !test.differs_by_design()));
        }
        differences
    };
    let threads = thread::available_parallelism().map_or(2, NonZero::get);
    let differences: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(compare)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no thread panics")).collect()
    });
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(tests.len(), QUERIES);
}
external!(Need::Suites, the_program_returns_the_results_of_the_w3c);

fn the_compiled_graph_returns_the_results_of_the_w3c() {
    let suites = Suites::find();
    let tests = suites.tests();
    let (mut rejected, mut as_expected, mut unexpected) = (Vec::new(), 0, Vec::new());
    let (mut known, mut differences) = (Vec::new(), Vec::new());
    for test in &tests {
        let query = match test.query(&suites) {
            Ok(query) => query,
            Err(e) => {
                rejected.push(format!("{}: {e}", test.name));
                continue;
            }
        };
        let named_graphs = test.named_graphs(&suites);
        let (store, graph) = (test.store(&suites, &named_graphs), test.compiled(&suites, &named_graphs));
        let found = ResultSet::of(graph.query(&query));
        let is_expected = test.is_expected(&suites, &query, &found);
        as_expected += usize::from(is_expected == Some(true));
        let query = for_oxigraph(&query);
        let of_store = ResultSet::of_store(&store, &query, TIMEOUT);
        let list = if test.differs_by_design() { &mut known } else { &mut differences };
        if is_expected != Some(true)
            && let Some(difference) = difference(&query, (&store, &of_store), (&graph, &found))
        {
            list.push(format!("{}\n{difference}", test.name));
        } else if is_expected == Some(false) {
            unexpected.push(&test.name);
        }
        if let Err(e) = &found {
            rejected.push(format!("{}: {e}", test.name));
        }
    }
    println!("{} queries, {as_expected} of them with the results that the W3C expects", tests.len());
    println!("As in Oxigraph, the results differ from the W3C's: {unexpected:#?}\nRejected: {rejected:#?}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(known.len(), KNOWN_DIFFERENCES.len(), "only these still differ: {known:#?}");
    assert_eq!((tests.len(), rejected.len()), (QUERIES, REJECTED));
}
external!(Need::Suites, the_compiled_graph_returns_the_results_of_the_w3c);
