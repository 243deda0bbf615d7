//! `why`: proofs, absent statements, and the impact of removing a statement.

use crate::program::{factloom, run_external, stdout_of};
use crate::scratch::dataset;
use serde_json::Value;
use std::path::Path;

/// A directory without a dataset, in which the example is used.
const NO_DATASET: &str = "/";

fn why(args: &[&str]) -> String {
    stdout_of(Path::new(NO_DATASET), &[&["why"], args].concat())
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&why(&[args, &["--format", "json"]].concat())).expect("valid JSON")
}

const RUSSIA: &str = "Russia helped build Pakistan Steel Mills";

#[test]
fn the_inference_about_russia_is_proved_down_to_the_quotes() {
    insta::assert_snapshot!("why-russia", why(&[RUSSIA]));
    insta::assert_snapshot!("why-russia-markdown", why(&[RUSSIA, "--format", "markdown"]));
    insta::assert_snapshot!("why-all", why(&["--all", "PSM is located in Pakistan"]));
}

#[test]
fn a_statement_is_named_by_id_by_a_sentence_in_any_case_or_by_its_parts() {
    let by_sentence = why(&[RUSSIA]);
    let parts = ["--subject", "russia", "--predicate", "helpedBuild", "--object", "PSM"];
    let words: Vec<&str> = RUSSIA.split(' ').collect();
    for args in [
        &["i-d67d15a2598a4e08"][..],
        &["russian federation HELPED build psm"],
        &["Россия helped build Pakistan Steel"],
        &["روس helped build PSM"],
        &words,
        &parts,
    ] {
        assert_eq!(why(args), by_sentence, "{args:?}");
    }
}

#[test]
fn each_reference_in_json_is_a_step() {
    let proof = json(&["--all", "Pakistan Steel Mills is located in Pakistan"]);
    let steps = proof["steps"].as_array().expect("a list");
    let refs: Vec<&str> = steps.iter().map(|step| step["ref"].as_str().expect("a reference")).collect();
    assert_eq!(proof["proves"], steps[0]["ref"]);
    let derivations = steps[0]["derivations"].as_array().expect("a list");
    assert_eq!((derivations.len(), &steps[0]["moreDerivations"]), (2, &Value::from(0)));
    for step in steps {
        for derivation in step["derivations"].as_array().into_iter().flatten() {
            for premise in derivation["premises"].as_array().expect("a list") {
                assert!(refs.contains(&premise.as_str().expect("a reference")), "{premise}");
            }
        }
        let is_leaf = step["derivations"].as_array().is_none_or(Vec::is_empty);
        let has_evidence = step["statements"].as_array().is_some_and(|statements| {
            statements.iter().all(|statement| statement["evidence"].as_array().is_some_and(|list| !list.is_empty()))
        });
        assert!(!is_leaf || has_evidence || step["declared"]["line"].is_u64(), "{step}");
    }
}

fn graphviz_renders_all_steps_of_a_proof() {
    let dot = why(&[RUSSIA, "--format", "dot"]);
    let rendered = run_external("dot", &["-Tsvg"], dot.as_bytes());
    assert_eq!((rendered.status, rendered.stderr.as_str()), (Some(0), ""));
    for text in ["state&#45;continuity", "Built in 1973 with help … the Soviet Union", "Russia continues Soviet Union"]
    {
        assert!(rendered.stdout.contains(text), "{text}");
    }
    assert_eq!(rendered.stdout.matches("class=\"edge\"").count(), 4);
}
external!(Need::Program("dot"), graphviz_renders_all_steps_of_a_proof);

#[test]
fn an_unknown_statement_is_a_usage_error_with_a_suggestion() {
    let cases = [
        (&["Rusia helped build PSM"][..], "did you mean “Russia”?"),
        (&["PSM helpd build Russia"], "did you mean “helped build”?"),
        (&["russia-continues-soviet-unio"], "did you mean `russia-continues-soviet-union`?"),
        (&["nothing at all"], "factloom facts"),
        (&["--subject", "russia", "--predicate", "helpedBuilt", "--object", "psm"], "did you mean `helpedBuild`?"),
        (&["--not", "--format", "dot", RUSSIA], "--format"),
    ];
    for (args, help) in cases {
        let output = factloom(Path::new(NO_DATASET), &[&["why"], args].concat());
        assert_eq!(output.status, Some(2), "{args:?}: {}", output.stderr);
        assert!(output.stderr.contains(help), "{args:?}: {}", output.stderr);
    }
}

#[test]
fn the_meanings_of_an_ambiguous_sentence_are_listed() {
    let entities = r#"[{ "id": "guild", "type": "Thing", "label": "Guild" }, { "id": "guild-2", "type": "Thing", "label": "guild" },
        { "id": "old-mill", "type": "Thing", "label": "Old mill" }, { "id": "mill-2", "type": "Thing", "label": "Old Mill" }]"#;
    let directory = dataset(&[("entities.json", entities)]);
    // A meaning that is in the graph is preferred.
    assert!(stdout_of(directory.path(), &["why", "guild built old mill"]).contains("fact"));
    let output = factloom(directory.path(), &["why", "old mill built guild"]);
    assert_eq!(output.status, Some(2));
    let listed = output.stderr.matches("\n  Old ").count();
    assert_eq!(listed, 4, "{}", output.stderr);
}

#[test]
fn not_explains_why_a_statement_is_not_in_the_graph() {
    let output = factloom(Path::new(NO_DATASET), &["why", "Karachi is located in Moscow"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(1), ""));
    assert!(output.stderr.contains("--not"));
    insta::assert_snapshot!("why-not", why(&["--not", "Karachi is located in Moscow"]));
    insta::assert_snapshot!("why-not-a-claim", why(&["--not", "revival of PSM restores PSM"]));
    let contradicted = json(&["--not", "government of Pakistan governs Russia"]);
    assert_eq!(contradicted["contradicting"][0]["id"], "government-of-pakistan-governs-pakistan");
    let present = factloom(Path::new(NO_DATASET), &["why", "--not", RUSSIA]);
    assert_eq!(present.status, Some(1));
}

#[test]
fn rules_with_fewer_missing_premises_come_first() {
    let absence = json(&["--not", "Russia helped build road and rail link"]);
    let attempt = &absence["attempts"][0];
    assert_eq!(attempt["rule"], "state-continuity");
    assert_eq!(attempt["unmatched"], 1);
    assert_eq!(attempt["missing"]["pattern"][0], "<https://factloom.example/psm/entity/soviet-union>");
    assert_eq!(attempt["found"].as_array().map(Vec::len), Some(2));
}

#[test]
fn uses_lists_dependent_inferences_and_changed_results() {
    insta::assert_snapshot!("why-uses", why(&["--uses", "russia-continues-soviet-union"]));
    let one_of_four = json(&["--uses", "soviet-union-helped-build-psm"]);
    assert_eq!(one_of_four["stillHolds"], true);
    assert_eq!(one_of_four["dependents"][0]["stillDerived"], true);
    assert_eq!(json(&["--uses", "psm-stood-idle"])["dependents"], Value::Array(Vec::new()));
}

#[test]
fn uses_takes_only_facts_and_claims() {
    for (args, message) in [
        (&["--uses", RUSSIA][..], "is an inference"),
        (&["--uses", "Russia is a state"], "is declared at entities.json:"),
        (&["--uses", "Karachi is located in Moscow"], "Karachi is located in Moscow"),
    ] {
        let output = factloom(Path::new(NO_DATASET), &[&["why"], args].concat());
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(output.stderr.contains(message) && output.stderr.contains("help: "), "{}", output.stderr);
    }
    assert_eq!(json(&["--uses", "revival-would-restore-psm"])["stillHolds"], false);
}

#[test]
fn a_literal_matches_a_statement_or_has_the_datatype_of_the_range() {
    let vocabulary = "@prefix v: <https://example.org/mill/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\
        v:Thing a owl:Class . v:built a owl:ObjectProperty . v:floors a owl:DatatypeProperty , owl:FunctionalProperty ;\n\
        rdfs:range xsd:integer .";
    let facts = r#"[{ "id": "f", "subject": "old-mill", "predicate": "floors", "object": 3,
        "evidence": [{ "source": "chronicle", "quote": "the old mill" }] }]"#;
    let rule = "CONSTRUCT { ?a v:floors ?n } WHERE { VALUES (?a ?n) { (e:guild 9) } ?b v:built ?a }";
    let directory = dataset(&[("vocabulary.ttl", vocabulary), ("facts.json", facts), ("rules/nine.rq", rule)]);
    let parts = |object| ["why", "--subject", "old-mill", "--predicate", "floors", "--object", object];
    assert!(stdout_of(directory.path(), &parts("3")).contains("the old mill"));
    let absent: Value =
        serde_json::from_str(&stdout_of(directory.path(), &[&parts("4")[..], &["--not", "--format", "json"]].concat()))
            .expect("valid JSON");
    assert_eq!(absent["absent"]["object"], "\"4\"^^<http://www.w3.org/2001/XMLSchema#integer>");
    assert_eq!(absent["contradicting"][0]["id"], "f");
    assert_eq!(absent["attempts"][0]["missing"]["condition"], true);
}

/// A dataset with rules that depend on each other.
fn cyclic_rules() -> tempfile::TempDir {
    let vocabulary = "@prefix v: <https://example.org/mill/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        v:Thing a owl:Class . v:built a owl:ObjectProperty . v:near a owl:ObjectProperty . v:beside a owl:ObjectProperty .";
    dataset(&[
        ("vocabulary.ttl", vocabulary),
        ("rules/near.rq", "CONSTRUCT { ?a v:near ?b } WHERE { { ?a v:built ?b } UNION { ?a v:beside ?b } }"),
        ("rules/beside.rq", "CONSTRUCT { ?a v:beside ?b } WHERE { { ?a v:near ?b } UNION { ?a v:built ?b } }"),
    ])
}

#[test]
fn a_cycle_of_derivations_is_shown_once() {
    let directory = cyclic_rules();
    let shown = stdout_of(directory.path(), &["why", "--all", "guild near old mill"]);
    assert_eq!(shown.matches("derivation 1 of 2").count(), 2, "{shown}");
    assert!(shown.contains(" above"), "{shown}");
    let one = stdout_of(directory.path(), &["why", "guild near old mill"]);
    assert!(one.contains("1 more derivation"), "{one}");
    assert!(!one.contains(" above"), "{one}");
}

/// A label that every format has to escape.
const SPECIAL: &str = "<b>\"A\" | `x` \\N [y](z) *سلام*";

fn special_entities() -> Value {
    serde_json::json!([
        { "id": "guild", "type": "Thing", "label": SPECIAL },
        { "id": "old-mill", "type": "Thing", "label": "ends in \\" },
    ])
}

#[test]
fn special_characters_in_labels_are_escaped_in_every_format() {
    let label = SPECIAL;
    let directory = dataset(&[("entities.json", &special_entities().to_string())]);
    assert!(stdout_of(directory.path(), &["why", "f"]).starts_with(&format!("{label} built ends in")));
    let json: Value =
        serde_json::from_str(&stdout_of(directory.path(), &["why", "f", "--format", "json"])).expect("valid JSON");
    assert_eq!(json["steps"][0]["sentence"], format!("{label} built ends in \\"));
    let markdown = stdout_of(directory.path(), &["why", "f", "--format", "markdown"]);
    assert!(markdown.contains(r"\<b\>") && markdown.contains(r"\[y\](z) \*سلام\*"), "{markdown}");
}

fn graphviz_reads_special_characters_in_a_proof() {
    let directory = dataset(&[("entities.json", &special_entities().to_string())]);
    let dot = stdout_of(directory.path(), &["why", "f", "--format", "dot"]);
    let rendered = run_external("dot", &["-Tplain"], dot.as_bytes());
    assert_eq!((rendered.status, rendered.stderr.as_str()), (Some(0), ""));
}
external!(Need::Program("dot"), graphviz_reads_special_characters_in_a_proof);
