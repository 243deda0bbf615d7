//! The stored queries under [grlc](https://grlc.io), which serves the same files.
//!
//! Queries with triple terms are excluded, because grlc parses queries with rdflib, which does not support them. `tests/grlc/queries` has some
//! that differ from stored queries only in that.

use crate::program::{factloom, python, stdout_of};
use factloom::query::{ParameterValues, QueryTemplate};
use oxigraph::io::{RdfFormat, RdfParser};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// A stored query with values.
struct Run {
    file: PathBuf,
    stored: QueryTemplate,
    values: ParameterValues,
}

/// The stored queries that rdflib can parse, each with its test cases.
fn runs() -> Vec<Run> {
    let (dataset, _) =
        factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED)).expect("the dataset is valid");
    let mut runs = Vec::new();
    let stored = dataset.queries.iter().map(|query| crate::repository().join(format!("queries/{}.rq", query.name)));
    let others = ["entities-by-name", "most-connected-entities", "who-helped-build"];
    let others = others.map(|name| crate::repository().join(format!("tests/grlc/queries/{name}.rq")));
    for file in stored.chain(others) {
        let text = fs::read_to_string(&file).expect("the query can be read");
        if text.contains("<<(") {
            continue;
        }
        let name = file.file_stem().expect("a name").to_string_lossy();
        let stored = QueryTemplate::parse(&name, &text, &dataset.namespaces).expect("the query is valid");
        for case in stored.test_cases() {
            let defaults =
                stored.parameters.iter().filter_map(|p| Some((p.name.clone(), stored.default(p)?.to_owned())));
            let values: ParameterValues = defaults.chain(case.values).collect();
            // grlc inserts values into the text of the query, where these characters would end a string.
            if values.values().any(|value| value.contains(['"', '\\'])) {
                continue;
            }
            runs.push(Run { file: file.clone(), stored: stored.clone(), values });
        }
    }
    runs
}

fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn graph(text: &str) -> BTreeSet<String> {
    let parser = RdfParser::from_format(RdfFormat::NTriples);
    parser.for_slice(text.as_bytes()).map(|triple| triple.expect("N-Triples").to_string()).collect()
}

fn grlc_finds_the_same_parameters_and_results() {
    let runs = runs();
    let parameters: BTreeSet<&str> =
        runs.iter().flat_map(|run| &run.stored.parameters).map(|p| p.variable.as_str()).collect();
    assert!(runs.len() >= 10 && parameters.len() >= 3, "{} with {parameters:?}", runs.len());
    let here = tempfile::tempdir().expect("a temporary directory");
    stdout_of(here.path(), &["export", "-T", "ntriples", "-o", "graph.nt"]);
    let requests: Vec<Value> = runs.iter().map(|run| json!({ "file": run.file, "values": run.values })).collect();
    let requests = serde_json::to_vec(&requests).expect("valid JSON");
    let path = |name: &str| here.path().join(name).to_string_lossy().into_owned();
    let (nt, out) = (path("graph.nt"), path("results.json"));
    python(include_str!("grlc/serve.py"), &[&nt, &out], &requests);
    let results = fs::read(here.path().join("results.json")).expect("the results were written");
    let results: Vec<Value> = serde_json::from_slice(&results).expect("valid JSON");
    assert_eq!(results.len(), runs.len());
    for (Run { file, stored, values }, served) in runs.iter().zip(&results) {
        let name = &stored.name;
        assert_eq!(served["status"], 200, "{name}: {served}");
        assert_eq!(served["summary"].as_str(), stored.decorators.summary.as_deref(), "{name}");
        assert_eq!(served["tags"], json!(stored.decorators.tags), "{name}");
        let declared: BTreeMap<&str, &str> =
            stored.parameters.iter().map(|p| (p.variable.as_str(), p.name.as_str())).collect();
        assert_eq!(served["parameters"], json!(declared), "{name}");
        let params: Vec<String> = values.iter().map(|(name, value)| format!("--param={name}={value}")).collect();
        let mut args = vec!["query", "--query-file", file.to_str().expect("UTF-8")];
        args.extend(params.iter().map(String::as_str));
        let output = factloom(here.path(), &args);
        assert_eq!(output.status, Some(0), "{name}: {}", output.stderr);
        let expected = served["answer"].as_str().unwrap_or_default();
        if matches!(stored.query, spargebra::Query::Construct { .. }) {
            let actual = stdout_of(here.path(), &[&args[..], &["--results-format", "ntriples"]].concat());
            assert_eq!(graph(expected), graph(&actual), "{name}");
        } else {
            assert_eq!(lines(expected), lines(&output.stdout), "{name} with {values:?}");
        }
    }
}
external!(Need::Python("grlc.gquery, pyoxigraph"), grlc_finds_the_same_parameters_and_results);
