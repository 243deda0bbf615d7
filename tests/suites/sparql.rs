//! The queries of the W3C's test suites of SPARQL 1.0, 1.1 and 1.2 have the results that the W3C expects, or those of Oxigraph's own
//! store if it expects none, both in the library and in the program.

use super::comparison::{as_stored, is_reduced, order, result_set, unreduced};
use super::{Outcome, in_parallel};
use crate::files_below;
use crate::program::factloom;
use crate::result_sets::{PermittedDifferences, ResultSet};
use crate::scratch::{temp_dir, write};
use factloom::model::Namespaces;
use factloom::query::for_oxigraph;
use factloom::store::{CompiledGraph, GraphBuilder};
use oxigraph::io::{RdfFormat, RdfParser, RdfSerializer};
use oxigraph::model::vocab::rdf;
use oxigraph::model::{Graph, NamedNode, NamedOrBlankNodeRef, Quad, TermRef, Triple, TripleRef, Variable};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput};
use oxigraph::sparql::{QueryResults, QuerySolution, QuerySolutionIter, QueryTripleIter};
use oxigraph::store::Store;
use spargebra::Query;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const NO_SERVICE: &str = "requires SERVICE, an optional part of SPARQL 1.1 (Federated Query), which is not supported";
const INVALID_SUBJECT: &str = "is accepted: the subject of the triple term is not an IRI or a variable, so that the expression is an error when it is evaluated";
/// The tests that fail, and why.
pub const DEVIATIONS: [(&str, &str); 9] = [
    (
        "sparql10/syntax-sparql3#syn-bad-26",
        "is accepted: in `?x<?a&&?b>?y`, the longest token is the IRI `<?a&&?b>`, but the parser reads an operator",
    ),
    ("sparql11/service#service1", NO_SERVICE),
    ("sparql11/service#service2", NO_SERVICE),
    ("sparql11/service#service3", NO_SERVICE),
    ("sparql11/service#service4a", NO_SERVICE),
    ("sparql11/service#service5", NO_SERVICE),
    ("sparql11/service#service6", NO_SERVICE),
    ("sparql12/syntax-triple-terms-negative#tripleterm-subject-03", INVALID_SUBJECT),
    ("sparql12/syntax-triple-terms-negative#tripleterm-subject-06", INVALID_SUBJECT),
];

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
    /// Its IRI.
    name: String,
    /// The directory of its manifest, and the fragment of its IRI.
    label: String,
    /// Whether its manifest lists it: some tests are obsolete.
    is_listed: bool,
    query: NamedNode,
    data: Vec<NamedNode>,
    graphs: Vec<NamedNode>,
    result: Option<NamedNode>,
}

struct Suites(PathBuf);

impl Suites {
    fn find() -> Self {
        Self(super::suites())
    }

    fn text(&self, iri: &NamedNode) -> String {
        let path = iri.as_str().strip_prefix(BASE).expect("the suites refer only to their own files");
        fs::read_to_string(self.0.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    fn tests(&self) -> Vec<Test> {
        self.tests_of(&["QueryEvaluationTest", "CSVResultFormatTest", "PositiveSyntaxTest", "PositiveSyntaxTest11"])
    }

    /// The queries with a syntax error.
    fn negative_tests(&self) -> Vec<Test> {
        self.tests_of(&["NegativeSyntaxTest", "NegativeSyntaxTest11"])
    }

    fn tests_of(&self, kinds: &[&str]) -> Vec<Test> {
        let manifests = files_below(&self.0).into_iter().filter(|path| path.ends_with("manifest.ttl"));
        let manifests = manifests.filter(|path| path.to_string_lossy().starts_with("sparql"));
        let manifests = manifests.filter(|path| !path.starts_with("sparql11/entailment"));
        manifests.flat_map(|path| self.tests_in_manifest(&path, kinds)).collect()
    }

    fn tests_in_manifest(&self, manifest: &Path, kinds: &[&str]) -> Vec<Test> {
        let iri = NamedNode::new_unchecked(format!("{BASE}{}", manifest.display()));
        let graph = graph_of(&iri, &self.text(&iri));
        let mut tests = Vec::new();
        for kind in kinds {
            let kind = NamedNode::new_unchecked(format!("{MANIFEST}{kind}"));
            let directory = manifest.parent().expect("a manifest is in a directory").display().to_string();
            let read = |test| read_test(&graph, test, &directory);
            tests.extend(graph.subjects_for_predicate_object(rdf::TYPE, &kind).map(read));
        }
        tests.sort_by(|a: &Test, b| a.name.cmp(&b.name));
        tests
    }
}

fn read_test(graph: &Graph, test: NamedOrBlankNodeRef<'_>, directory: &str) -> Test {
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
    let name = test.to_string();
    let fragment = name.trim_matches(['<', '>']).rsplit('#').next().unwrap_or_default();
    let is_listed = graph.triples_for_object(test).any(|triple| triple.predicate == rdf::FIRST);
    Test { label: format!("{directory}#{fragment}"), is_listed, name, query, data, graphs, result }
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

/// The graphs that a query names with FROM and FROM NAMED, each once.
fn from_graphs(query: &Query) -> Vec<NamedNode> {
    let Some(dataset) = query.dataset() else { return Vec::new() };
    let named = dataset.named.iter().flatten();
    let graphs: BTreeSet<&NamedNode> = dataset.default.iter().chain(named).collect();
    graphs.into_iter().cloned().collect()
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

    /// The named graphs: those of the test, and without a dataset those that the query names with FROM.
    fn named_graphs(&self, suites: &Suites) -> Vec<Quad> {
        let graph = |name: &NamedNode| graph_of(name, &suites.text(name));
        let quads =
            |name: &NamedNode| graph(name).iter().map(|triple| triple.in_graph(name).into_owned()).collect::<Vec<_>>();
        let from = match self.query(suites) {
            Ok(query) if self.result.is_some() && self.data.is_empty() && self.graphs.is_empty() => from_graphs(&query),
            _ => Vec::new(),
        };
        self.graphs.iter().chain(&from).flat_map(quads).collect()
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

    /// All quads as N-Quads, with the literals as they are written: a store would change them.
    fn quads(&self, suites: &Suites, named_graphs: &[Quad]) -> Vec<u8> {
        let mut serializer = RdfSerializer::from_format(RdfFormat::NQuads).for_writer(Vec::new());
        let mut serialize = |quad: &Quad| serializer.serialize_quad(quad).expect("memory accepts all");
        for (iri, format, text) in self.documents(suites) {
            let parser = RdfParser::from_format(format).with_base_iri(&iri).expect("an IRI").rename_blank_nodes();
            parser.for_slice(&text).for_each(|quad| serialize(&quad.unwrap_or_else(|e| panic!("{iri}: {e}"))));
        }
        named_graphs.iter().for_each(serialize);
        serializer.finish().expect("memory accepts all")
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
        let found = &found.as_ref().ok()?.clone().held();
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
    let quads = test.quads(suites, &test.named_graphs(suites));
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
            let found = &found.clone().held();
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

/// How the compiled graph's results differ from the store's.
fn difference(
    query: &Query,
    (store, expected): (&Store, &Result<ResultSet, String>),
    (graph, found): (&CompiledGraph, &Result<ResultSet, String>),
) -> Option<String> {
    let same = match (expected, found) {
        (Err(_), Err(_)) => true,
        (Ok(expected), Ok(found)) => {
            let found = &found.clone().held();
            let permitted = PermittedDifferences::of(query);
            let same_rows = match &permitted.unsliced {
                _ if permitted.reduced => {
                    is_reduced(found, expected, &ResultSet::of_store(store, &unreduced(query), TIMEOUT))
                }
                None => expected.is_isomorphic_to(found),
                // Which rows a limit selects is open: any of the rows without the limit, which must be the same.
                Some(all) => {
                    expected.rows().len() == found.rows().len()
                        && ResultSet::of(graph.query(all)).map(ResultSet::held).is_ok_and(|of_graph| {
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

/// The outcomes of all tests in the library.
pub fn outcomes() -> Vec<Outcome> {
    let suites = &Suites::find();
    let outcome = |test: &Test, failure: Option<String>| {
        let suite = test.label.split('/').next().unwrap_or_default().to_owned();
        Outcome { suite, name: test.label.clone(), failure }
    };
    let (mut tests, mut negative) = (suites.tests(), suites.negative_tests());
    tests.retain(|test| test.is_listed);
    negative.retain(|test| test.is_listed);
    let mut outcomes = in_parallel(&tests, |test| outcome(test, test.failure(suites)));
    outcomes.extend(in_parallel(&negative, |test| {
        let accepted = test.query(suites).is_ok().then(|| "accepted".to_owned());
        outcome(test, accepted)
    }));
    outcomes
}

impl Test {
    /// Why the test fails; `None` if it passes.
    fn failure(&self, suites: &Suites) -> Option<String> {
        let query = match self.query(suites) {
            Ok(query) => query,
            Err(error) => return Some(error),
        };
        let result = self.result.as_ref()?;
        let named_graphs = self.named_graphs(suites);
        if result.as_str().rsplit_once('.').is_some_and(|(_, extension)| extension == "csv") {
            let quads = self.quads(suites, &named_graphs);
            return csv_failure(&suites.text(&self.query), &suites.text(result), &quads);
        }
        let found = ResultSet::of(self.compiled(suites, &named_graphs).query(&query));
        match self.is_expected(suites, &query, &found) {
            Some(true) => None,
            Some(false) | None => Some(format!("{found:?}")),
        }
    }
}

/// Compares the rows of the program's CSV, apart from their order, that of the columns, and the labels of blank nodes.
fn csv_failure(query: &str, expected: &str, quads: &[u8]) -> Option<String> {
    let directory = temp_dir(&[("query.rq", query)]);
    write(directory.path(), "data.nq", quads);
    let output =
        factloom(directory.path(), &["query", "--data", "data.nq", "--query-file", "query.rq", "--format", "csv"]);
    let rows = |text: &str| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names = reader.headers().expect("a header").clone();
        let row = |record: csv::StringRecord| {
            let cell = |cell: &str| if cell.starts_with("_:") { "_:".to_owned() } else { cell.to_owned() };
            names.iter().map(str::to_owned).zip(record.iter().map(cell)).collect::<BTreeMap<_, _>>()
        };
        let mut rows: Vec<_> = reader.records().map(|record| row(record.expect("a valid row"))).collect();
        rows.sort();
        rows
    };
    (rows(&output.stdout) != rows(expected)).then_some(output.stdout)
}

fn the_program_returns_the_results_of_the_w3c() {
    let suites = Suites::find();
    let tests = suites.tests();
    let differences =
        in_parallel(&tests, |test| difference_of_program(&suites, test).filter(|_| !test.differs_by_design()));
    let differences: Vec<String> = differences.into_iter().flatten().collect();
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
