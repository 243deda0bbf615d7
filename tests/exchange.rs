//! Export formats, read back with networkx, rdflib, lxml and Python's csv.

use crate::program::{factloom, python, stdout_of};
use crate::repository;
use crate::scratch::dataset;
use factloom::BUNDLED;
use factloom::dataset::DatasetRoot;
use factloom::model::{Kind, evidence_id};
use factloom::store::{Labels, Store};
use factloom::view::{EdgeKind, View};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

/// The formats with one file, and their additional arguments.
const FILES: [(&str, &[&str]); 11] = [
    ("graphml", &[]),
    ("gexf", &[]),
    ("cytoscape", &[]),
    ("annotations", &[]),
    ("nanopublications", &[]),
    ("jsonld", &[]),
    ("turtle", &["--rdf", "1.1"]),
    ("ntriples", &["--rdf", "1.1"]),
    ("nquads", &["--rdf", "1.1"]),
    ("trig", &["--rdf", "1.1"]),
    ("rdfxml", &["--rdf", "1.1"]),
];

/// Exports a dataset in all formats and reads them with Python.
fn read(directory: &Path) -> Value {
    let out = tempfile::tempdir().expect("a temporary directory");
    let file = |name: &str| out.path().join(name).to_str().expect("UTF-8").to_owned();
    for (format, further) in FILES {
        stdout_of(directory, &[&["export", "-T", format, "-o", &file(format)], further].concat());
    }
    for format in ["csv", "neo4j"] {
        stdout_of(directory, &["export", "-T", format, "-o", &file(format)]);
    }
    let schema = repository().join("tests/exchange/gexf-1.3.xsd");
    let args = [out.path(), &schema].map(|path| path.to_str().expect("UTF-8"));
    let output = python(include_str!("exchange/read.py"), &args, b"");
    serde_json::from_str(&output.stdout).expect("the script writes JSON")
}

/// The expected labels of nodes, and the ends, label, kind and quotes of edges.
fn expected(store: &Store) -> Value {
    let view = View::new(store, &Labels::new(store, "en")).expect("the store has a view");
    let graph = view.graph();
    let nodes: BTreeMap<_, _> = graph.node_weights().map(|node| (&node.id, &node.label)).collect();
    // Exports exclude entailments by default.
    let is_exported = |index: &petgraph::graph::EdgeIndex| graph[*index].kind != EdgeKind::Entailment;
    let edges: BTreeMap<_, _> = graph
        .edge_indices()
        .filter(is_exported)
        .map(|index| {
            let (from, to) = graph.edge_endpoints(index).expect("an edge has two ends");
            let edge = &graph[index];
            let statement = store.require_statement(&edge.statement).expect("the edge is of a statement");
            let mut quotes: Vec<_> = statement.evidence.iter().map(|e| e.quote.clone().unwrap_or_default()).collect();
            if quotes.iter().all(String::is_empty) {
                quotes.clear();
            }
            let ends = [&graph[from].id, &graph[to].id];
            let described = json!([ends[0], ends[1], edge.predicate.label, edge.kind.as_str(), quotes]);
            (edge.statement.to_string(), described)
        })
        .collect();
    json!({ "nodes": nodes, "edges": edges })
}

/// The quotes of a store, each once.
fn quotes(store: &Store) -> BTreeSet<String> {
    let statements = store.statements().map(|statement| statement.expect("the store can be read"));
    statements.flat_map(|statement| statement.evidence).filter_map(|evidence| evidence.quote).collect()
}

/// Compares what Python read with the store.
fn compare(found: &Value, store: &Store) {
    let expected = expected(store);
    for (format, graph) in found["graphs"].as_object().expect("an object") {
        assert_eq!(graph["nodes"], expected["nodes"], "nodes in {format}");
        assert_eq!(graph["edges"], expected["edges"], "edges in {format}");
    }
    let quotes = json!(quotes(store));
    let labels = found["rdf"]["ntriples"]["labels"].clone();
    let known = expected["nodes"].as_object().expect("an object");
    for (id, label) in known {
        let iri = format!("{}entity/{id}", store.namespaces().base());
        assert!(labels.as_array().expect("a list").contains(&json!([iri, label])), "{id} has another label");
    }
    for (format, words) in found["rdf"].as_object().expect("an object") {
        assert_eq!(words["labels"], labels, "labels in {format}");
        assert_eq!(words["quotes"], quotes, "quotes in {format}");
    }
    assert_eq!(found["nanopublications"]["quotes"], quotes);
    let evidence: BTreeSet<String> = store
        .statements()
        .flat_map(|statement| statement.expect("the store can be read").evidence)
        .map(|evidence| store.namespaces().evidence(&evidence_id(&evidence, store.namespaces())).into_string())
        .collect();
    assert_eq!(found["annotations"]["ids"], json!(evidence));
}

fn bundled() -> Store {
    factloom::build(DatasetRoot::Bundled(BUNDLED)).expect("the bundled dataset is valid").1
}

fn other_software_reads_the_same_graph_in_every_format() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let found = read(directory.path());
    compare(&found, &bundled());
}
external!(Need::Python("networkx, lxml, rdflib"), other_software_reads_the_same_graph_in_every_format);

fn no_nanopublication_asserts_a_claim() {
    let (directory, store) = (tempfile::tempdir().expect("a temporary directory"), bundled());
    let found = read(directory.path());
    let found = &found["nanopublications"];
    let (mut claims, mut facts) = (0, 0);
    for statement in store.statements().map(|statement| statement.expect("the store can be read")) {
        let factloom::model::Statement { triple, kind, .. } = &statement;
        let terms = json!([triple.subject.to_string(), triple.predicate.to_string(), triple.object.to_string()]);
        let asserted = found["asserted"].as_array().expect("a list").contains(&terms);
        let literal = matches!(triple.object, oxigraph::model::Term::Literal(_));
        match kind {
            // rdflib normalizes some literals.
            _ if literal => {}
            // Exports exclude them by default.
            Kind::Entailment(_) => {}
            Kind::Claim(_) => {
                claims += 1;
                assert_eq!(asserted, store.contains(triple.as_ref()).expect("a look-up"), "{}", statement.id);
            }
            Kind::Fact | Kind::Inference(_) => {
                facts += 1;
                assert!(asserted, "{} is not asserted", statement.id);
            }
        }
    }
    assert!(claims > 3 && facts > 30, "{claims} claims, {facts} others");
}
external!(Need::Python("networkx, lxml, rdflib"), no_nanopublication_asserts_a_claim);

#[test]
fn an_annotation_has_a_target_for_each_part_of_a_quote() {
    let directory = dataset(&[(
        "facts.json",
        r#"[{ "id": "f", "subject": "guild", "predicate": "built", "object": "old-mill",
            "evidence": [{ "source": "chronicle", "quote": "guild … old mill" }] }]"#,
    )]);
    let written: Value =
        serde_json::from_str(&stdout_of(directory.path(), &["export", "-T", "annotations"])).expect("JSON");
    let item = &written["first"]["items"][0];
    let selectors: Vec<&Value> = item["target"].as_array().expect("a list").iter().map(|t| &t["selector"]).collect();
    let part = |exact: &str, start: u32, end: u32| json!([{ "type": "TextQuoteSelector", "exact": exact }, { "type": "TextPositionSelector", "start": start, "end": end }]);
    assert_eq!(selectors, [&part("guild", 4, 9), &part("old mill", 20, 28)]);
    assert_eq!(item["body"][0]["fl:sentence"], "Guild built Old mill");
}

fn label() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "\"quoted\" and 'so'",
        "back\\slash\\",
        "two\nlines",
        "carriage\r\nreturn\rs",
        "<b>&amp;</b>",
        "]]>",
        "\\N",
        "👩🏽‍🏭",
        "مصنع الصلب",
        "tab\tbed",
        "  blanks about  ",
        "line\u{2028}separator",
        "=1+1",
        "a;b,c|d",
        "\u{85}",
        "[\"a\"]",
        "#",
        "\u{FEFF}mark",
        "%41",
        "{}",
        "--",
        "<!--",
        "null",
        "-0",
        "\u{E000}",
        "é e\u{301}",
    ]);
    let long = Just("long ".repeat(2000) + "label");
    let any = "[^\u{0}-\u{8}\u{B}\u{C}\u{E}-\u{1F}\u{FFFE}\u{FFFF}]{1,40}";
    prop_oneof![6 => hostile.prop_map(str::to_owned), 1 => long, 6 => any.prop_map(|text| text)]
        .prop_filter("a label is not blank", |text| {
            text.contains(|c: char| c.is_alphanumeric() || c.is_ascii_graphic())
        })
}

/// A dataset with the given strings as labels, quotes, notes and literals.
fn with_texts(texts: &[String]) -> TempDir {
    let manifest = r#"{ "title": "A mill", "base": "https://example.org/mill/", "language": "en",
        "sources": [{ "id": "elsewhere", "title": "A text", "url": "https://news.example/" }] }"#;
    let vocabulary =
        format!("{}\nv:says a owl:DatatypeProperty ; rdfs:label \"value\" .\n", crate::scratch::VOCABULARY);
    let entity = |(n, text): (usize, &String)| json!({ "id": format!("n{n}"), "type": "Thing", "label": text });
    let fact = |(n, text): (usize, &String)| {
        let evidence = json!([{ "source": "elsewhere", "quote": text, "note": text }]);
        let (predicate, object) = if n % 3 == 2 { ("says", text.clone()) } else { ("built", format!("n{n}")) };
        json!({ "id": format!("f{n}"), "subject": "n0", "predicate": predicate, "object": object, "evidence": evidence })
    };
    let entities: Vec<Value> = texts.iter().enumerate().map(entity).collect();
    let facts: Vec<Value> = texts.iter().enumerate().map(fact).collect();
    dataset(&[
        ("factloom.json", manifest),
        ("vocabulary.ttl", &vocabulary),
        ("entities.json", &json!(entities).to_string()),
        ("facts.json", &json!(facts).to_string()),
    ])
}

fn every_format_preserves_all_strings() {
    let config = ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&prop::collection::vec(label(), 30..60), |texts| {
        let directory = with_texts(&texts);
        let store =
            factloom::build(DatasetRoot::Directory(directory.path().to_owned())).expect("the dataset is valid").1;
        compare(&read(directory.path()), &store);
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.unwrap_err());
}
external!(Need::Python("networkx, lxml, rdflib"), every_format_preserves_all_strings);

#[test]
fn a_claim_is_not_a_property_of_a_node() {
    let vocabulary = format!(
        "{}v:height a owl:DatatypeProperty ; rdfs:range <http://www.w3.org/2001/XMLSchema#integer> ; rdfs:label \"height\" .\n",
        crate::scratch::VOCABULARY
    );
    let fact = |id: &str, value: u32, claim: &str| {
        format!(
            r#"{{ "id": "{id}", "subject": "old-mill", "predicate": "height", "object": {value}{claim},
            "evidence": [{{ "source": "chronicle", "quote": "old mill" }}] }}"#
        )
    };
    let facts = format!("[{},{}]", fact("a", 12, ""), fact("b", 40, r#", "claim": { "status": "planned" }"#));
    let directory = dataset(&[("vocabulary.ttl", &vocabulary), ("facts.json", &facts)]);
    let written: Value =
        serde_json::from_str(&stdout_of(directory.path(), &["export", "-T", "cytoscape"])).expect("JSON");
    let nodes = written["elements"]["nodes"].as_array().expect("a list");
    let mill = &nodes.iter().find(|node| node["data"]["id"] == "old-mill").expect("the mill is there")["data"];
    assert_eq!((&mill["height"], &mill["claimed"]), (&json!(12), &json!(["height: 40 (planned)"])));
    assert_eq!(mill["statements"], json!(["a", "b"]));
    let graphml = stdout_of(directory.path(), &["export", "-T", "graphml"]);
    assert!(graphml.contains(r#"for="node" attr.name="height" attr.type="long""#), "{graphml}");
}

#[test]
fn neo4j_tables_have_typed_headers_and_complete_relationships() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    stdout_of(directory.path(), &["export", "-T", "neo4j", "-o", "out"]);
    let table =
        |name: &str| csv::Reader::from_path(directory.path().join("out").join(name)).expect("the file can be read");
    let types =
        ["ID", "LABEL", "START_ID", "END_ID", "TYPE", "string", "string[]", "long", "double", "boolean", "date"];
    let header = |table: &mut csv::Reader<_>| -> Vec<String> {
        table.headers().expect("a header").iter().map(str::to_owned).collect()
    };
    let (mut nodes, mut relationships) = (table("nodes.csv"), table("relationships.csv"));
    for field in header(&mut nodes).iter().chain(&header(&mut relationships)) {
        let known = field.split_once(':').is_none_or(|(_, kind)| types.contains(&kind));
        assert!(known, "{field} has no type that Neo4j knows");
    }
    assert_eq!(header(&mut nodes)[..3], ["id:ID", "label", ":LABEL"]);
    assert_eq!(header(&mut relationships)[..3], [":START_ID", ":END_ID", ":TYPE"]);
    let ids: BTreeSet<String> = nodes.records().map(|row| row.expect("a row")[0].to_owned()).collect();
    for row in relationships.records().map(|row| row.expect("a row")) {
        assert!(ids.contains(&row[0]) && ids.contains(&row[1]) && !row[2].is_empty(), "{row:?}");
    }
    let command = std::fs::read_to_string(directory.path().join("out/import.sh")).expect("the command is there");
    assert!(command.contains("neo4j-admin database import full") && command.contains("--multiline-fields=true"));
}

#[test]
fn a_selection_includes_evidence_and_descriptions() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = bundled();
    let view = View::new(&store, &Labels::new(&store, "en")).expect("the store has a view");
    let claims: BTreeSet<String> = view
        .graph()
        .edge_weights()
        .chain(view.graph().node_weights().flat_map(|node| node.attributes.iter().map(|attribute| &attribute.edge)))
        .filter(|edge| matches!(edge.kind, EdgeKind::Claim(_)))
        .map(|edge| store.namespaces().statement(&edge.statement).to_string())
        .collect();
    let lines = stdout_of(directory.path(), &["export", "-T", "ntriples", "--kind", "claim"]);
    let reified: BTreeSet<String> = lines
        .lines()
        .filter(|line| line.contains("rdf-syntax-ns#reifies>"))
        .map(|line| line.split(' ').next().expect("a subject").to_owned())
        .collect();
    assert_eq!(reified, claims);
    let evidence =
        lines.lines().filter_map(|line| line.split_once("ns#evidence> ")).map(|(_, o)| o.trim_end_matches(" ."));
    for node in evidence {
        assert!(lines.lines().any(|line| line.starts_with(node)), "{node} is not there");
    }
    let whole = stdout_of(directory.path(), &["export", "-T", "ntriples"]);
    let all: BTreeSet<&str> = whole.lines().collect();
    assert!(lines.lines().all(|line| all.contains(line)) && lines.lines().count() < all.len());
    let statements = |text: &str| -> BTreeSet<String> {
        text.lines().filter(|line| line.contains("rdf-syntax-ns#reifies>")).map(str::to_owned).collect()
    };
    let every_kind = stdout_of(directory.path(), &["export", "-T", "ntriples", "--kind", "fact,claim,inference"]);
    // By default, a selection excludes entailments.
    let without = stdout_of(directory.path(), &["export", "-T", "ntriples", "--entailment", "none"]);
    assert_eq!(statements(&every_kind), statements(&without));
    assert!(statements(&whole).len() > statements(&without).len());
}

#[test]
fn unsupported_exports_have_a_help_text() {
    let directory = crate::scratch::temp_dir(&[("plain.ttl", "<http://e/a> <http://e/b> <http://e/c> .")]);
    for (args, message, help) in [
        (&["export", "-T", "csv"][..], "several files", "name a directory"),
        (&["export", "-T", "neo4j", "-o", "-"], "several files", "name a directory"),
        (&["export", "-T", "jsonld", "--rdf", "1.2"], "JSON-LD does not support the triple terms", "turtle"),
        (&["export", "-T", "graphml", "--rdf", "1.1"], "--rdf requires an RDF format", "omit --rdf"),
        (&["export", "-T", "turtle", "--lang", "ru"], "labels in all languages", "omit --lang"),
        (
            &["export", "-T", "factloom", "--kind", "fact"],
            "a compiled graph cannot be limited to a selection",
            "Turtle",
        ),
        (&["export", "-T", "graphml", "--data", "plain.ttl"], "the data are plain RDF", "--dataset"),
        (&["export", "-T", "gml"], "invalid value 'gml'", "graphml, gexf, cytoscape"),
    ] {
        let output = factloom(directory.path(), args);
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(output.stderr.contains(message) && output.stderr.contains(help), "{args:?}: {}", output.stderr);
    }
    let output = factloom(directory.path(), &["export", "-T", "jsonld"]);
    assert!(
        output.status == Some(0) && output.stderr.contains("note: JSON-LD does not support triple terms"),
        "{}",
        output.stderr
    );
    let output = factloom(directory.path(), &["export", "-T", "jsonld", "--data", "plain.ttl"]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_compiled_graph_is_exported_like_its_dataset() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    stdout_of(directory.path(), &["export", "-o", "graph.factloom"]);
    for format in ["graphml", "gexf", "cytoscape", "annotations", "nanopublications", "jsonld"] {
        let own = stdout_of(directory.path(), &["export", "-T", format]);
        assert_eq!(stdout_of(directory.path(), &["export", "-T", format, "--data", "graph.factloom"]), own, "{format}");
    }
}
