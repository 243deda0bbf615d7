//! Times in what people and programs read.

use crate::program::{factloom, stdout_of};
use crate::scratch::temp_dir;
use serde_json::Value;
use tempfile::TempDir;

const MANIFEST: &str =
    r#"{ "base": "https://example.org/mill/", "sources": [{ "id": "known", "kind": "background" }] }"#;

const VOCABULARY: &str = r#"@prefix v: <https://example.org/mill/vocabulary/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
v:Thing a owl:Class .
v:built a owl:ObjectProperty ; rdfs:label "built" .
v:opened a owl:DatatypeProperty ; rdfs:label "opened" ; rdfs:range <http://id.loc.gov/datatypes/edtf/EDTF> .
"#;

const ENTITIES: &str = r#"[
  { "id": "mill", "type": "Thing", "label": "Mill" }, { "id": "guild", "type": "Thing", "label": "Guild" }
]"#;

/// A dataset in which the guild built the mill, with different qualifiers, and the mill opened about 1873.
fn dataset(qualifiers: &[(&str, &str)]) -> TempDir {
    let evidence = r#""evidence": [{ "source": "known", "note": "n" }]"#;
    let mut facts = vec![format!(
        r#"{{ "id": "opened", "subject": "mill", "predicate": "opened", "object": "1873~", {evidence} }}"#
    )];
    facts.extend(qualifiers.iter().map(|(id, qualifiers)| {
        format!(
            r#"{{ "id": "{id}", "subject": "guild", "predicate": "built", "object": "mill", "qualifiers": {qualifiers}, {evidence} }}"#
        )
    }));
    temp_dir(&[
        ("factloom.json", MANIFEST),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", ENTITIES),
        ("facts.json", &format!("[{}]", facts.join(", "))),
    ])
}

#[test]
fn people_read_words_and_programs_read_edtf() {
    let dataset = dataset(&[("spring", r#"{ "pointInTime": "1873-21" }"#)]);
    let path = dataset.path();
    let facts = stdout_of(path, &["facts"]);
    for words in ["Mill opened about 1873", "point in time: spring 1873"] {
        assert!(facts.contains(words), "{facts}");
    }
    assert!(stdout_of(path, &["why", "Guild built Mill"]).contains("point in time: spring 1873"));
    assert!(stdout_of(path, &["draw", "-f", "svg", "--footnotes"]).contains("(point in time: spring 1873)"));
    let query = "SELECT ?when { e:mill v:opened ?when }";
    assert!(stdout_of(path, &["query", "-q", query, "-f", "table"]).contains("about 1873"));
    assert_eq!(stdout_of(path, &["query", "-q", query, "-f", "csv"]), "when\r\n1873~\r\n");
    let json: Value = serde_json::from_str(&stdout_of(path, &["facts", "-f", "json"])).expect("valid JSON");
    let built = &json.as_array().expect("a list").iter().find(|fact| fact["id"] == "spring").expect("the fact");
    assert_eq!((&built["earliest"], &built["latest"]), (&"1873-03-01".into(), &"1873-12-31".into()));
    assert_eq!(built["qualifiers"][0]["value"], "\"1873-21\"^^<http://id.loc.gov/datatypes/edtf/EDTF>");
    assert!(stdout_of(path, &["export", "-f", "graphml"]).contains("point in time: 1873-21"));
}

#[test]
fn a_sentence_with_a_time_in_words_is_found() {
    let dataset = dataset(&[]);
    for sentence in ["Mill opened about 1873", "Mill opened 1873~"] {
        assert!(stdout_of(dataset.path(), &["why", sentence]).contains("opened"), "{sentence}");
    }
}

#[test]
fn open_and_reversed_periods_are_exported_and_selected_as_documented() {
    let dataset = dataset(&[
        ("before", r#"{ "pointInTime": "../1870" }"#),
        ("since", r#"{ "startTime": "1880~/.." }"#),
        ("reversed", r#"{ "startTime": "1873", "endTime": "1871" }"#),
    ]);
    let path = dataset.path();
    let edges = |gexf: &str| {
        let attributes = |line: &str| {
            let value = |name: &str| {
                let value = line.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
                value.map_or("–", |(value, _)| value).to_owned()
            };
            ["id", "start", "end"].map(value).join(" ")
        };
        gexf.lines().filter(|line| line.trim_start().starts_with("<edge ")).map(attributes).collect::<Vec<_>>()
    };
    let mut exported = edges(&stdout_of(path, &["export", "-f", "gexf"]));
    exported.sort();
    assert_eq!(exported, ["before – 1870-12-31", "reversed 1871-01-01 1873-12-31", "since 1880-01-01 –"]);
    for (time, expected) in [
        ("1860", &["before"][..]),
        ("1872", &["reversed"]),
        ("../1865-05-01", &["before"]),
        ("1872?/..", &["reversed", "since"]),
        ("1875", &[]),
    ] {
        let gexf = stdout_of(path, &["export", "-f", "gexf", "--at", time]);
        let mut selected: Vec<String> =
            edges(&gexf).iter().map(|edge| edge.split(' ').next().unwrap().to_owned()).collect();
        selected.sort();
        assert_eq!(selected, expected, "{time}");
    }
    let refused = factloom(path, &["export", "-f", "gexf", "--from", "../1870"]);
    assert_eq!(refused.status, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("the interval `../1870` has no first day"), "{}", refused.stderr);
}

#[test]
fn a_time_that_cannot_be_represented_is_refused_with_the_reason() {
    let dataset = dataset(&[("f", r#"{ "pointInTime": "1873" }"#)]);
    let facts = |time: &str| {
        let text = std::fs::read_to_string(dataset.path().join("facts.json")).expect("the facts");
        std::fs::write(dataset.path().join("facts.json"), text.replace("1873~", time)).expect("the facts");
        let output = factloom(dataset.path(), &["check", "-f", "json"]);
        std::fs::write(dataset.path().join("facts.json"), text).expect("the facts");
        output.stdout
    };
    // The object of a predicate with the range EDTF.
    assert!(facts("[1873,1875]").contains("unsupported date `[1873,1875]`"));
    assert!(!facts("1873-05-01T10:00:00Z").contains("unsupported date"));
}
