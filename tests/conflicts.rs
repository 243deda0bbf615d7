//! Conflicts, and the number of independent sources.

use crate::program::{RunOutput, factloom, stdout_of};
use crate::scratch::{temp_dir, write};
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

const MANIFEST: &str = r#"{ "title": "A mill", "base": "https://example.org/mill/",
  "sources": [
    { "id": "morning", "url": "https://example.org/morning", "publisher": "The Press" },
    { "id": "evening", "url": "https://example.org/evening", "publisher": "The Press" },
    { "id": "letter" }, { "id": "known", "kind": "background" } ] }"#;

const VOCABULARY: &str = r#"@prefix v: <https://example.org/mill/vocabulary/> .
@prefix fl: <https://factloom.example/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
v:Thing a owl:Class .
v:built a owl:ObjectProperty ; rdfs:label "built" .
v:height a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:decimal ; rdfs:label "is as high as" .
fl:pointInTime a owl:FunctionalProperty .
"#;

const ENTITIES: &str = r#"[
  { "id": "mill", "type": "Thing", "label": "Mill" }, { "id": "guild", "type": "Thing", "label": "Guild" }
]"#;

fn dataset(facts: &str) -> TempDir {
    let files = [("factloom.json", MANIFEST), ("vocabulary.ttl", VOCABULARY), ("entities.json", ENTITIES)];
    temp_dir(&[&files[..], &[("facts.json", facts)]].concat())
}

/// The fact that the guild built the mill.
fn built(id: &str, when: &str, source: &str) -> String {
    format!(
        r#"{{ "id": "{id}", "subject": "guild", "predicate": "built", "object": "mill",
        "qualifiers": {{ "pointInTime": "{when}" }}, "evidence": [{{ "source": "{source}", "quote": "{when}" }}] }}"#
    )
}

fn bundled(args: &[&str]) -> RunOutput {
    factloom(Path::new("/"), &[&["conflicts"], args].concat())
}

/// The objects of a JSON array or of JSON Lines.
fn objects(text: &str) -> Vec<Value> {
    let documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    documents
        .flat_map(|document| match document.expect("valid JSON") {
            Value::Array(objects) => objects,
            object => vec![object],
        })
        .collect()
}

fn strings<'a>(value: &'a Value, field: &str) -> Vec<&'a str> {
    let list = value.as_array().expect("a list");
    list.iter().map(|item| item[field].as_str().expect("a string")).collect()
}

#[test]
fn the_sides_of_conflicts_are_shown_next_to_each_other() {
    for format in ["text", "markdown"] {
        let output = bundled(&["--format", format]);
        assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
        insta::assert_snapshot!(format!("conflicts-as-{format}"), output.stdout);
    }
}

#[test]
fn two_years_conflict_but_not_with_the_decade() {
    let found = objects(&bundled(&["--format", "json"]).stdout);
    let years = found.iter().find(|d| d["kind"] == "qualifiers").expect("a conflict of years");
    assert_eq!(years["heading"], "Soviet Union helped build Pakistan Steel Mills");
    let sides = &years["sides"];
    assert_eq!(strings(sides, "label"), ["1971", "1973"]);
    assert_eq!((&sides[0]["sources"], &sides[1]["sources"]), (&1.into(), &2.into()));
    for side in sides.as_array().expect("a list") {
        assert_eq!(strings(&side["inferred"], "sentence"), ["Russia helped build Pakistan Steel Mills"]);
        assert!(strings(&side["statements"], "id").iter().all(|id| id.starts_with("soviet-union-helped-build-psm")));
        let evidence = &side["statements"][0]["evidence"][0];
        assert!(
            evidence["quote"].as_str().is_some_and(|quote| quote.contains(side["label"].as_str().expect("a year")))
        );
    }
    let kinds: Vec<&str> = found.iter().map(|d| d["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["values", "values", "values", "qualifiers", "disputed"]);
}

#[test]
fn quotes_in_conflicts_are_shown_in_their_sentences() {
    let letter = r#"{ "id": "letter", "content": "Built in 1873, as all know. Others say 1874." }"#;
    let manifest = MANIFEST.replace(r#"{ "id": "letter" }"#, letter);
    let facts = format!("[{}, {}]", built("a", "1873", "letter"), built("b", "1874", "letter"));
    let directory = dataset(&facts);
    write(directory.path(), "factloom.json", manifest);
    let shown = stdout_of(directory.path(), &["conflicts", "--context", "sentence"]);
    for line in ["in: Built in ‹1873›, as all know.", "in: Others say ‹1874›."] {
        assert!(shown.contains(line), "{shown}");
    }
}

#[test]
fn supporting_and_disputing_evidence_are_the_sides_of_a_disputed_statement() {
    let found = objects(&bundled(&["--format", "json", "--entity", "soviet-union"]).stdout);
    let disputed = found.iter().find(|d| d["kind"] == "disputed").expect("a disputed statement");
    let sides = &disputed["sides"];
    assert_eq!(strings(sides, "label"), ["supported", "disputed"]);
    assert_eq!(strings(&sides[0]["statements"][0]["evidence"], "stance"), ["supports"]);
    assert_eq!(strings(&sides[1]["statements"][0]["evidence"], "stance"), ["disputes"]);
    assert_eq!(sides[0]["sources"], 0);
    assert!(sides[0]["inferred"].as_array().is_some_and(|inferred| inferred.len() > 1));
    assert_eq!(sides[1]["inferred"], serde_json::json!([]));
}

#[test]
fn entity_filters_conflicts_and_an_unknown_entity_is_an_error() {
    let output = bundled(&["--entity", "Vadim Velichko", "--format", "json"]);
    let headings: Vec<Value> = objects(&output.stdout).into_iter().map(|d| d["heading"].clone()).collect();
    assert_eq!(headings, ["Vadim Velichko is named …"]);
    let refused = bundled(&["--entity", "Vadim Velicko"]);
    assert_eq!((refused.status, refused.stdout.as_str()), (Some(2), ""));
    assert!(refused.stderr.contains("Vadim Velichko"), "{}", refused.stderr);
    let none = bundled(&["--entity", "karachi"]);
    assert_eq!((none.status, none.stdout.as_str()), (Some(0), ""));
}

#[test]
fn dates_with_a_common_day_do_not_conflict() {
    let agreeing = [("a", "1971", "letter"), ("b", "197X", "morning"), ("c", "1971-05", "evening")];
    let facts: Vec<String> = agreeing.iter().map(|(id, when, source)| built(id, when, source)).collect();
    let here = dataset(&format!("[{}]", facts.join(",")));
    let output = factloom(here.path(), &["check", "--allow", "unused-predicate"]);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
    assert_eq!(stdout_of(here.path(), &["conflicts"]), "");
}

#[test]
fn a_conflict_becomes_an_error_if_it_is_denied() {
    let here = dataset(&format!("[{}, {}]", built("a", "1971", "letter"), built("b", "1973", "morning")));
    let check = |args: &[&str]| factloom(here.path(), &[&["check", "--allow", "unused-predicate"], args].concat());
    let output = check(&[]);
    assert_eq!(output.status, Some(0));
    assert!(output.stderr.starts_with("warning[conflict]"), "{}", output.stderr);
    assert_eq!(check(&["--deny", "conflict"]).status, Some(1));
    assert_eq!(check(&["--allow", "conflict"]).stderr, "");
    // The graph has both facts.
    assert_eq!(objects(&stdout_of(here.path(), &["facts", "--format", "json"])).len(), 2);
}

#[test]
fn a_single_source_is_reported_only_if_enabled() {
    let here = dataset(&format!("[{}, {}]", built("a", "1971", "morning"), built("b", "1971", "evening")));
    let check = |args: &[&str]| factloom(here.path(), &[&["check", "--allow", "unused-predicate"], args].concat());
    for disabled in [&[][..], &["--deny", "warnings"], &["--warn", "single-source", "--allow", "single-source"]] {
        let output = check(disabled);
        assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{disabled:?}");
    }
    for (enabled, status, severity) in [
        (&["--warn", "single-source"][..], 0, "warning"),
        (&["--deny", "single-source"], 1, "error"),
        (&["--warn", "single-source", "--deny", "warnings"], 1, "error"),
    ] {
        let output = check(enabled);
        assert_eq!(output.status, Some(status), "{enabled:?}");
        // Both sources have the same publisher.
        assert!(output.stderr.starts_with(&format!("{severity}[single-source]")), "{}", output.stderr);
        assert_eq!(output.stderr.matches("[single-source]").count(), 1, "{}", output.stderr);
    }
    let refused = check(&["--warn", "single-sauce"]);
    assert_eq!(refused.status, Some(2));
    assert!(refused.stderr.contains("did you mean `single-source`?"), "{}", refused.stderr);
}

#[test]
fn facts_with_the_same_triple_are_grouped_with_the_number_of_independent_sources() {
    let facts = [built("a", "1971", "morning"), built("c", "1971", "evening"), built("d", "1971", "letter")];
    let other = r#"{ "id": "b", "subject": "mill", "predicate": "height", "object": 20,
        "evidence": [{ "source": "letter", "quote": "20" }, { "source": "known", "note": "So it is." }] }"#;
    let here = dataset(&format!("[{}, {other}]", facts.join(",")));
    let text = stdout_of(here.path(), &["facts"]);
    let lines: Vec<&str> = text.lines().filter(|l| !l.contains("https:") && !l.contains('“')).collect();
    let head = [
        "Guild built Mill",
        "    supported by 2 independent sources",
        "    fact · a",
        "    point in time: 1971",
        "    fact · c",
    ];
    assert_eq!(lines[..5], head, "{text}");
    assert_eq!(text.matches("Guild built Mill").count(), 1);
    assert_eq!(text.matches("supported by").count(), 1);
    let json = objects(&stdout_of(here.path(), &["facts", "--format", "json"]));
    let sources: Vec<(&str, u64)> =
        json.iter().map(|f| (f["id"].as_str().expect("an id"), f["sources"].as_u64().expect("a number"))).collect();
    assert_eq!(sources, [("a", 2), ("b", 1), ("c", 2), ("d", 2)]);
    // Filtered facts are hidden but count.
    let chosen = stdout_of(here.path(), &["facts", "--source", "evening"]);
    assert!(chosen.starts_with("Guild built Mill\n    supported by 2 independent sources\n    fact · c\n"), "{chosen}");
    assert!(!chosen.contains("fact · a"), "{chosen}");
}

#[test]
fn the_output_grows_linearly_with_the_facts() {
    let length = |number: usize| {
        let here = dataset("[]");
        let fact = |n: usize| {
            format!(
                r#"{{"subject":"mill","predicate":"height","object":{n}.5,"evidence":[{{"source":"letter","quote":"{n}.5"}}]}}"#
            )
        };
        let lines: Vec<String> = (0..number).map(|n| fact(1_000_000 + n)).collect();
        crate::scratch::write(here.path(), "facts.jsonl", lines.join("\n"));
        let check = factloom(here.path(), &["check", "--format", "json"]);
        let diagnostics: Vec<serde_json::Value> = serde_json::from_str(&check.stdout).expect("an array");
        let conflicts = diagnostics.iter().filter(|diagnostic| diagnostic["code"] == "conflict");
        let lengths: Vec<usize> = conflicts.map(|diagnostic| diagnostic.to_string().len()).collect();
        assert_eq!(lengths.len(), 1, "{}", check.stdout);
        assert!(lengths[0] < 4_000, "{}", check.stdout);
        (stdout_of(here.path(), &["conflicts", "--format", "json"]).len(), stdout_of(here.path(), &["conflicts"]).len())
    };
    let ((json, text), (ten_times_json, ten_times_text)) = (length(100), length(1_000));
    assert!(ten_times_json < 11 * json, "{json} {ten_times_json}");
    assert!(ten_times_text < 11 * text, "{text} {ten_times_text}");
}
