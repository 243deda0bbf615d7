//! Statuses of claims: built-in ones, and those that a dataset declares.

use crate::program::{factloom, stdout_of};
use crate::scratch::{self, FACTS, MANIFEST, write};
use factloom::build;
use factloom::dataset::DatasetRoot;
use factloom::model::{ClaimStatus, StatementId};
use factloom::rules::without_statements;
use factloom::triples;
use oxigraph::model::Triple;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

const STATUSES: &str = r#"[
    { "id": "rumoured", "label": "a rumour", "labels": { "de": "ein Gerücht" }, "line": "dashed" },
    { "id": "legend", "label": "legendary", "line": "bold-dotted" },
    { "id": "unused", "label": "unused" }
]"#;

/// A dataset with a fact and a claim of each of these statuses about the same triple.
fn dataset(statuses: &[&str]) -> TempDir {
    let claim = |(index, status): (usize, &&str)| {
        let claim = format!(r#"{{ "id": "c{index}-{status}", "claim": {{ "status": "{status}", "by": "guild" }},"#);
        FACTS.trim().trim_start_matches('[').trim_end_matches(']').replace(r#"{ "id": "f","#, &claim)
    };
    let claims: Vec<String> = statuses.iter().enumerate().map(claim).collect();
    let facts = FACTS.replace("\n]", &format!(",{}\n]", claims.join(",")));
    let manifest = MANIFEST.replacen('{', &format!("{{ \"statuses\": {STATUSES},"), 1);
    scratch::dataset(&[("factloom.json", &manifest), ("facts.json", &facts)])
}

fn json(directory: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&stdout_of(directory, args)).expect("the output is JSON")
}

#[test]
fn the_graph_describes_declared_statuses() {
    let dataset = dataset(&["rumoured", "alleged"]);
    let query = "SELECT ?status ?label { ?claim fl:status ?status OPTIONAL { ?status rdfs:label ?label } } ORDER BY ?status ?label";
    let rows = stdout_of(dataset.path(), &["query", "-f", "tsv", "-e", query]);
    let expected = "?status\t?label
<https://example.org/mill/status/rumoured>\t\"a rumour\"@en
<https://example.org/mill/status/rumoured>\t\"ein Gerücht\"@de
<https://factloom.example/ns#alleged>\t\"alleged\"@en
";
    assert_eq!(rows, expected);
    let by_prefix = "SELECT ?claim { ?claim fl:status status:rumoured . status:unused a fl:ClaimStatus }";
    assert_eq!(
        stdout_of(dataset.path(), &["query", "-f", "tsv", "-e", by_prefix]),
        "?claim\n<https://example.org/mill/statement/c0-rumoured>\n"
    );
}

#[test]
fn a_citation_names_the_status_that_declares_a_label() {
    let dataset = dataset(&["rumoured"]);
    let query = "SELECT ?label { status:rumoured rdfs:label ?label FILTER(LANG(?label) = \"en\") }";
    let results = json(dataset.path(), &["query", "--cite", "-f", "json", "-e", query]);
    assert_eq!(results["citations"][0]["declared"][0]["status"], "rumoured", "{results:#}");
}

#[test]
fn statements_are_read_back_with_their_statuses() {
    let directory = dataset(&["rumoured", "alleged", "disputed", "legend"]);
    let (dataset, store) = build(DatasetRoot::Directory(directory.path().to_owned())).expect("a valid dataset");
    let graph = store.triples().expect("the store can be read");
    let read = triples::read_statements(graph.iter().map(Triple::as_ref), &dataset.namespaces).expect("statements");
    let statuses: Vec<&ClaimStatus> = read.iter().filter_map(|statement| statement.kind.status()).collect();
    let expected =
        ["rumoured", "alleged", "disputed", "legend"].map(|name| name.parse::<ClaimStatus>().expect("a name"));
    assert_eq!(statuses, expected.iter().collect::<Vec<_>>());
    // Rules do not match the descriptions of statuses, but a graph without a statement keeps them.
    let without = without_statements(&store, &[StatementId::new("f").expect("an id")]).expect("the store can be read");
    let description = |triple: &&Triple| triple.subject.to_string().contains("/status/");
    assert_eq!(
        without.triples().expect("triples").iter().filter(description).count(),
        graph.iter().filter(description).count()
    );
}

#[test]
fn statements_are_shown_with_the_label_of_their_status() {
    let dataset = dataset(&["rumoured", "alleged", "disputed"]);
    let text = stdout_of(dataset.path(), &["facts", "--kind", "claim"]);
    for kind in ["claim, a rumour by Guild · c0", "claim, alleged by Guild · c1", "claim, disputed by Guild · c2"] {
        assert!(text.contains(kind), "{text}");
    }
    let statements = json(dataset.path(), &["facts", "--kind", "claim", "-f", "json"]);
    assert_eq!(statements[0]["status"], "rumoured");
}

#[test]
fn options_select_declared_statuses() {
    let dataset = dataset(&["rumoured", "alleged", "legend"]);
    let ids = |args: &[&str]| -> Vec<String> {
        let statements = json(dataset.path(), args);
        let statements = statements.as_array().expect("a list");
        statements.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(ids(&["facts", "-f", "json", "--status", "rumoured,alleged"]), ["c0-rumoured", "c1-alleged"]);
    assert_eq!(ids(&["facts", "-f", "json", "--status", "unused"]), [""; 0]);
    let drawn = |args: &[&str]| stdout_of(dataset.path(), &[&["draw", "-f", "dot"], args].concat());
    let (only, without) = (drawn(&["--status", "legend"]), drawn(&["--exclude-status", "legend"]));
    assert!(only.contains("built (legendary)") && !only.contains("built (alleged)"), "{only}");
    assert!(!without.contains("legendary") && without.contains("built (a rumour)"), "{without}");
    let paths = stdout_of(dataset.path(), &["path", "guild", "old-mill", "--status", "rumoured"]);
    assert!(paths.contains("a rumour"), "{paths}");
    for (command, option) in [("facts", "--status"), ("draw", "--exclude-status")] {
        for (status, help) in [
            ("rumored", "did you mean `rumoured`?"),
            (
                "gossip",
                "the statuses are reported, planned, possible, denied, alleged, disputed, rumoured, legend, unused",
            ),
        ] {
            let output = factloom(dataset.path(), &[command, option, status]);
            assert_eq!(output.status, Some(2), "{}", output.stderr);
            let expected = format!("unknown status `{status}`");
            assert!(output.stderr.contains(&expected) && output.stderr.contains(help), "{}", output.stderr);
        }
    }
}

#[test]
fn diagrams_show_the_line_and_the_label_of_a_status() {
    let dataset = dataset(&["rumoured", "legend", "alleged", "disputed"]);
    let draw = |args: &[&str]| stdout_of(dataset.path(), &[&["draw", "--legend"], args].concat());
    let dot = draw(&["-f", "dot"]);
    let edge = |label: &str| dot.lines().find(|line| line.contains(label)).unwrap_or_else(|| panic!("{label}: {dot}"));
    for (label, attributes) in [
        ("built (a rumour)", ["style\"=\"dashed\"", "penwidth\"=\"1.4\"", "color\"=\"#4a0a5a\""]),
        ("built (legendary)", ["style\"=\"dotted\"", "penwidth\"=\"2.4\"", "color\"=\"#4a0a5a\""]),
        ("built (alleged)", ["style\"=\"dotted\"", "penwidth\"=\"1.4\"", "color\"=\"#8a2be2\""]),
        ("built (disputed)", ["style\"=\"dotted\"", "penwidth\"=\"1.4\"", "color\"=\"#781010\""]),
    ] {
        let edge = edge(label);
        assert!(attributes.iter().all(|attribute| edge.contains(attribute)), "{edge}");
    }
    for format in ["dot", "svg", "mermaid"] {
        let drawn = draw(&["-f", format]);
        for label in ["a rumour", "legendary", "alleged", "disputed"] {
            assert!(
                drawn.contains(&format!("claim: {label}")) || drawn.contains(&format!("claim#58; {label}")),
                "{format}: {drawn}"
            );
        }
    }
    assert!(draw(&["-f", "dot", "--lang", "de"]).contains("built (ein Gerücht)"));
    write(
        dataset.path(),
        "style.json",
        r##"{ "kind": { "claim": { "penwidth": "1" } }, "status": { "rumoured": { "style": "dotted", "color": "#123456" } } }"##,
    );
    let dot = draw(&["-f", "dot"]);
    let edge = dot.lines().find(|line| line.contains("built (a rumour)")).expect("an edge");
    assert!(edge.contains("style\"=\"dotted\"") && edge.contains("#123456"), "{edge}");
}

#[test]
fn a_disputed_claim_is_no_conflict_and_is_not_merged() {
    let dataset = dataset(&["disputed", "alleged"]);
    let check = factloom(dataset.path(), &["check", "--deny", "conflict"]);
    assert_eq!((check.status, check.stderr.contains("conflict")), (Some(0), false), "{}", check.stderr);
    let merged = stdout_of(dataset.path(), &["draw", "-f", "dot", "--merge"]);
    assert!(merged.contains("built (2 statements)") && merged.contains("built (disputed)"), "{merged}");
}

#[test]
fn exports_contain_the_id_of_a_status() {
    let dataset = dataset(&["rumoured"]);
    for format in ["graphml", "gexf", "cytoscape"] {
        let exported = stdout_of(dataset.path(), &["export", "-T", format]);
        assert!(exported.contains("rumoured"), "{format}: {exported}");
    }
    let nanopublications = stdout_of(dataset.path(), &["export", "-T", "nanopub"]);
    assert!(nanopublications.contains("status:rumoured rdfs:label \"a rumour\""), "{nanopublications}");
    let turtle = stdout_of(dataset.path(), &["export", "-T", "turtle", "--status", "rumoured"]);
    assert!(turtle.contains("fl:status status:rumoured") && turtle.contains("\"a rumour\"@en"), "{turtle}");
    assert!(!turtle.contains("legendary"), "{turtle}");
}

#[test]
fn a_changed_declaration_is_a_difference() {
    let (before, after) = (dataset(&["rumoured"]), dataset(&["rumoured"]));
    let manifest = std::fs::read_to_string(after.path().join("factloom.json")).expect("the manifest");
    let edited =
        manifest.replace("legendary", "told in legends").replace(r#"{ "id": "unused", "label": "unused" }"#, "");
    write(after.path(), "factloom.json", edited);
    let [old, new] = [&before, &after].map(|directory| directory.path().to_str().expect("a path"));
    let output = factloom(before.path(), &["diff", old, new, "-f", "json"]);
    let changes: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let changes = changes["changes"].as_array().expect("changes");
    let found: Vec<[&str; 3]> = changes
        .iter()
        .map(|change| ["type", "change", "iri"].map(|member| change[member].as_str().expect("a string")))
        .collect();
    let expected = [
        ["status", "changed", "https://example.org/mill/status/legend"],
        ["status", "removed", "https://example.org/mill/status/unused"],
    ];
    assert_eq!(found, expected, "{}", output.stderr);
    let text = factloom(before.path(), &["diff", old, new]).stdout;
    assert!(text.contains("told in legends") && text.contains("status · legend"), "{text}");
}

#[test]
fn a_manifest_declares_at_most_32_statuses() {
    let declare = |count: usize| {
        let statuses: Vec<String> =
            (0..count).map(|number| format!(r#"{{ "id": "s{number}", "label": "status {number}" }}"#)).collect();
        let manifest = MANIFEST.replacen('{', &format!("{{ \"statuses\": [{}],", statuses.join(",")), 1);
        let dataset = scratch::dataset(&[("factloom.json", &manifest)]);
        factloom(dataset.path(), &["check"])
    };
    assert_eq!(declare(32).status, Some(0));
    let output = declare(33);
    assert_eq!(output.status, Some(1));
    assert!(output.stderr.contains("the manifest declares 33 statuses"), "{}", output.stderr);
}
