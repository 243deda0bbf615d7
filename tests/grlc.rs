//! The stored queries under [grlc](https://grlc.io), which serves the same files.
//!
//! Queries with triple terms are excluded, because grlc parses queries with rdflib, which does not support them.

use crate::program::{factloom, python, stdout_of};
use factloom::query::{ParameterValues, QueryTemplate};
use oxigraph::io::{RdfFormat, RdfParser};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A stored query with values.
struct Run {
    stored: QueryTemplate,
    values: ParameterValues,
}

/// The stored queries that rdflib can parse, each with its test cases.
fn runs() -> Vec<Run> {
    let (dataset, _) =
        factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED)).expect("the dataset is valid");
    let mut runs = Vec::new();
    for query in dataset.queries.iter().filter(|query| !query.text.contains("<<(")) {
        let stored =
            QueryTemplate::parse(&query.name, &query.text, &dataset.namespaces).expect("the stored query is valid");
        for case in stored.test_cases() {
            let defaults =
                stored.parameters.iter().filter_map(|p| Some((p.name.clone(), stored.default(p)?.to_owned())));
            let values: ParameterValues = defaults.chain(case.values).collect();
            // grlc inserts values into the text of the query, where these characters would end a string.
            if values.values().any(|value| value.contains(['"', '\\'])) {
                continue;
            }
            runs.push(Run { stored: stored.clone(), values });
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
    let file = |run: &Run| crate::repository().join(format!("queries/{}.rq", run.stored.name));
    let requests: Vec<Value> = runs.iter().map(|run| json!({ "file": file(run), "values": run.values })).collect();
    let requests = serde_json::to_vec(&requests).expect("valid JSON");
    let path = |name: &str| here.path().join(name).to_string_lossy().into_owned();
    let (nt, out) = (path("graph.nt"), path("results.json"));
    python(include_str!("grlc/serve.py"), &[&nt, &out], &requests);
    let results = fs::read(here.path().join("results.json")).expect("the results were written");
    let results: Vec<Value> = serde_json::from_slice(&results).expect("valid JSON");
    assert_eq!(results.len(), runs.len());
    for (Run { stored, values }, served) in runs.iter().zip(&results) {
        let name = &stored.name;
        assert_eq!(served["status"], 200, "{name}: {served}");
        assert_eq!(served["summary"].as_str(), stored.decorators.summary.as_deref(), "{name}");
        assert_eq!(served["tags"], json!(stored.decorators.tags), "{name}");
        let declared: BTreeMap<&str, &str> =
            stored.parameters.iter().map(|p| (p.variable.as_str(), p.name.as_str())).collect();
        assert_eq!(served["parameters"], json!(declared), "{name}");
        let params: Vec<String> = values.iter().map(|(name, value)| format!("--param={name}={value}")).collect();
        let mut args = vec!["query", name];
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
