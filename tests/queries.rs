//! The stored queries, their expected results and the formats of results.

use crate::program::{command, factloom, run, stdout_of};
use crate::repository;
use factloom::query::{ParameterValues, QueryTemplate};
use factloom::store::{Labels, Store, StoredQuery};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsParser, ReaderQueryResultsParserOutput};
use spargebra::Query;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The files of a directory of the repository with one of these extensions, by name without extension.
fn files(directory: &str, extensions: &[&str]) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(repository().join(directory)).expect("the directory can be listed");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut found = BTreeMap::new();
    for path in paths.filter(|p| p.extension().is_some_and(|e| extensions.iter().any(|extension| e == *extension))) {
        let name = path.file_stem().and_then(|s| s.to_str()).expect("a name").to_owned();
        assert!(found.insert(name, path).is_none(), "two files with the same name in {directory}");
    }
    found
}

fn triples(text: &str, format: RdfFormat) -> BTreeSet<String> {
    let parser = RdfParser::from_format(format);
    parser.for_slice(text.as_bytes()).map(|t| t.unwrap_or_else(|e| panic!("{e}\n{text}")).to_string()).collect()
}

/// Rows as maps from variables to terms, in order.
fn rows(text: &str, format: QueryResultsFormat) -> Vec<BTreeMap<String, String>> {
    let parser = QueryResultsParser::from_format(format);
    let ReaderQueryResultsParserOutput::Solutions(solutions) =
        parser.for_reader(text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"))
    else {
        panic!("no rows: {text}")
    };
    let row = |solution: oxigraph::sparql::QuerySolution| {
        solution.iter().map(|(variable, term)| (variable.as_str().to_owned(), term.to_string())).collect()
    };
    solutions.map(|solution| row(solution.unwrap_or_else(|e| panic!("{e}\n{text}")))).collect()
}

/// A stored query with the default values of its parameters.
pub fn with_defaults(store: &Store, stored: &StoredQuery) -> Query {
    let template =
        QueryTemplate::parse(&stored.name, &stored.text, store.namespaces()).expect("the stored query is valid");
    template.bind(&ParameterValues::new(), &Labels::new(store, "en")).expect("the bundled queries have defaults")
}

fn temp_dir() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

#[test]
fn each_stored_query_has_its_expected_results() {
    factloom::testing::assert_golden(repository().join("data/psm"));
}

#[test]
fn each_stored_query_has_a_summary() {
    let list = stdout_of(temp_dir().path(), &["query", "--list"]);
    assert!(list.lines().count() >= 12);
    for line in list.lines().filter(|line| line.starts_with("  ")) {
        assert!(line.trim_start().split_once("  ").is_some_and(|(_, summary)| !summary.trim().is_empty()), "{line}");
    }
}

#[test]
fn each_stored_query_declares_its_prefixes() {
    for (name, path) in files("queries", &["rq"]) {
        let text = fs::read_to_string(path).expect("the query is UTF-8");
        let parsed = oxigraph::sparql::SparqlEvaluator::new().parse_query(&text);
        assert!(parsed.is_ok(), "{name} does not run elsewhere");
    }
}

#[test]
fn russia_and_the_soviet_union_helped_build_the_mill() {
    let query = "SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills }";
    let output = stdout_of(temp_dir().path(), &["query", "-e", query]);
    let mut who: Vec<&str> = output.lines().map(str::trim_end).collect();
    assert_eq!(who.remove(0), "who");
    who.sort_unstable();
    let base = "https://factloom.example/psm/entity/";
    assert_eq!(who, [format!("{base}russia"), format!("{base}soviet-union")]);
}

#[test]
fn a_claim_is_never_asserted() {
    let asserted = "ASK { ?claim a fl:Claim ; rdf:reifies <<( ?s ?p ?o )>> . ?s ?p ?o
        FILTER NOT EXISTS { ?other rdf:reifies <<( ?s ?p ?o )>> . FILTER (?other != ?claim) } }";
    assert_eq!(stdout_of(temp_dir().path(), &["query", "-e", asserted]).trim(), "false");
    let claims = "SELECT (COUNT(?claim) AS ?n) { ?claim a fl:Claim }";
    let output = stdout_of(temp_dir().path(), &["query", "-e", claims]);
    assert!(output.lines().nth(1).is_some_and(|n| n.trim().parse::<u32>().is_ok_and(|n| n > 5)), "{output}");
}

#[test]
fn every_format_of_rows_has_the_same_rows() {
    let here = temp_dir();
    let output = |name: &str, format: &str| stdout_of(here.path(), &["query", name, "--results-format", format]);
    for name in files("tests/queries", &["csv"]).keys().filter(|name| !name.contains('.')) {
        let json = rows(&output(name, "json"), QueryResultsFormat::Json);
        assert_eq!(rows(&output(name, "xml"), QueryResultsFormat::Xml), json, "{name} in XML");
        assert_eq!(rows(&output(name, "tsv"), QueryResultsFormat::Tsv), json, "{name} in TSV");
        // CSV has no types.
        let csv = output(name, "csv");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let names: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let table: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
        assert_eq!(table.len(), json.len(), "{name} in CSV");
        for (row, solution) in table.iter().zip(&json) {
            for (variable, value) in names.iter().zip(row) {
                let term = solution.get(variable);
                let plain = term.map_or(String::new(), |term| plain(term));
                assert_eq!(value, plain, "{name} in CSV");
            }
        }
    }
}

/// A term as in CSV: an IRI without brackets, a literal without its datatype.
fn plain(term: &str) -> String {
    if let Some(iri) = term.strip_prefix('<') {
        return iri.trim_end_matches('>').to_owned();
    }
    match oxigraph::model::Term::from_str(term) {
        Ok(oxigraph::model::Term::Literal(literal)) => literal.value().to_owned(),
        _ => term.to_owned(),
    }
}

#[test]
fn booleans_are_written_in_every_format() {
    let here = temp_dir();
    for format in ["csv", "tsv", "table", "markdown"] {
        let output = stdout_of(here.path(), &["query", "is-the-mill-in-pakistan", "--results-format", format]);
        assert!(output.contains("true"), "{format}: {output}");
    }
    for (name, format) in [("json", QueryResultsFormat::Json), ("xml", QueryResultsFormat::Xml)] {
        let output = stdout_of(here.path(), &["query", "is-the-mill-in-pakistan", "--results-format", name]);
        let parsed = QueryResultsParser::from_format(format).for_reader(output.as_bytes()).expect("valid results");
        assert!(matches!(parsed, ReaderQueryResultsParserOutput::Boolean(true)), "{output}");
    }
}

#[test]
fn json_lines_have_an_object_for_each_row() {
    let here = temp_dir();
    let query =
        "SELECT ?who ?none ?label { ?who v:continues e:soviet-union ; rdfs:label ?label FILTER(lang(?label) = 'en') }";
    let output = stdout_of(here.path(), &["query", query, "-f", "jsonl"]);
    let iri = "https://factloom.example/psm/entity/russia";
    let line = format!(
        r#"{{"who":{{"type":"uri","value":"{iri}"}},"label":{{"type":"literal","value":"Russia","xml:lang":"en"}}}}"#
    );
    assert_eq!(output, format!("{line}\n"));
    let output = stdout_of(here.path(), &["query", "is-the-mill-in-pakistan", "-f", "ndjson"]);
    assert_eq!(output, "{\"boolean\":true}\n");
    let output = stdout_of(here.path(), &["query", "ASK {}", "--cite", "-f", "jsonl"]);
    assert!(output.starts_with("{\"result\":{\"type\":\"literal\",\"value\":\"true\""), "{output}");
    assert_eq!(stdout_of(here.path(), &["query", "SELECT ?x { ?x v:continues ?x }", "-f", "jsonl"]), "");
}

#[test]
fn rows_are_shown_as_tables() {
    let here = temp_dir();
    for format in ["table", "markdown"] {
        let output = stdout_of(here.path(), &["query", "who-helped-build-psm", "--results-format", format]);
        insta::assert_snapshot!(format!("rows-as-{format}"), output);
    }
}

#[test]
fn every_format_of_graphs_has_the_same_triples() {
    let here = temp_dir();
    let output = |format: &str| stdout_of(here.path(), &["query", "neighbourhood-of-psm", "--results-format", format]);
    let expected = triples(&output("ntriples"), RdfFormat::NTriples);
    assert!(expected.len() > 10);
    for (name, format) in [
        ("turtle", RdfFormat::Turtle),
        ("ttl", RdfFormat::Turtle),
        ("rdfxml", RdfFormat::RdfXml),
        ("trig", RdfFormat::TriG),
        ("nquads", RdfFormat::NQuads),
    ] {
        assert_eq!(triples(&output(name), format), expected, "{name}");
    }
    let described = stdout_of(here.path(), &["query", "-e", "DESCRIBE e:pakistan-steel-mills"]);
    assert!(triples(&described, RdfFormat::Turtle).len() > 5, "{described}");
}

#[test]
fn the_file_extension_selects_the_format() {
    let here = temp_dir();
    let written = |name: &str, query: &str| {
        stdout_of(here.path(), &["query", query, "-o", name]);
        fs::read_to_string(here.path().join(name)).expect("the file was written")
    };
    assert_eq!(rows(&written("a.srj", "who-helped-build-psm"), QueryResultsFormat::Json).len(), 4);
    assert_eq!(rows(&written("a.srx", "who-helped-build-psm"), QueryResultsFormat::Xml).len(), 4);
    assert!(written("a.md", "who-helped-build-psm").starts_with('|'));
    assert!(triples(&written("a.nt", "neighbourhood-of-psm"), RdfFormat::NTriples).len() > 10);
}

#[test]
fn a_query_can_be_read_from_a_file_or_stdin() {
    let here = temp_dir();
    fs::write(here.path().join("q.rq"), "ASK { e:russia v:continues e:soviet-union }")
        .expect("the file can be written");
    assert_eq!(stdout_of(here.path(), &["query", "--query-file", "q.rq"]).trim(), "true");
    let file = fs::File::open(here.path().join("q.rq")).expect("the file was written");
    let output = run(command(here.path()).args(["query", "--query-file", "-"]).stdin(file));
    assert_eq!((output.status, output.stdout.trim()), (Some(0), "true"), "{}", output.stderr);
}

/// Asserts a usage error with these words.
#[track_caller]
fn assert_rejected(args: &[&str], expected: &[&str]) {
    let outcome = factloom(Path::new("/"), &[&["query"], args].concat());
    assert_eq!(outcome.status, Some(2), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "");
    for words in expected {
        assert!(outcome.stderr.contains(words), "{words:?} is not in {:?}", outcome.stderr);
    }
}

#[test]
fn invalid_queries_are_rejected_with_help() {
    assert_rejected(&["who-helped-built-psm"], &["who-helped-built-psm", "did you mean `who-helped-build-psm`?"]);
    assert_rejected(&["-e", "SELECT"], &["syntax error: unexpected end of the query", "= help:"]);
    assert_rejected(&["-e", "ASK { ?s nowhere:p ?o }"], &["unknown prefix `nowhere:`", "= help:"]);
    assert_rejected(&["-e", "INSERT DATA { <a:a> <a:b> <a:c> }"], &["unsupported update `INSERT`", "= help:"]);
    assert_rejected(
        &["who-helped-build-psm", "--results-format", "turtle"],
        &["the result is not a graph", "one of table"],
    );
    assert_rejected(&["neighbourhood-of-psm", "--results-format", "csv"], &["the result is a graph", "one of turtle"]);
    assert_rejected(&["--query-file", "no-such-file.rq"], &["no-such-file.rq"]);
    assert_rejected(&["who-helped-build-psm", "-e", "ASK {}"], &["cannot be used with"]);
    assert_rejected(&[], &["expected a query", "--query-file"]);
}
