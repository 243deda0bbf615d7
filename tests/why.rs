//! `factloom why`: proofs, absent statements, and the impact of removing a statement.

use crate::program::{factloom, run_external, stdout_of};
use crate::scratch::dataset;
use serde_json::Value;
use std::path::Path;

/// Where there is no dataset, the bundled one is used.
const NOWHERE: &str = "/";

fn why(args: &[&str]) -> String {
    stdout_of(Path::new(NOWHERE), &[&["why"], args].concat())
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&why(&[args, &["--format", "json"]].concat())).expect("it is JSON")
}

const RUSSIA: &str = "Russia helped build Pakistan Steel Mills";

#[test]
fn the_relation_that_everyone_looks_for_is_proved_down_to_the_articles_words() {
    insta::assert_snapshot!("why-russia", why(&[RUSSIA]));
    insta::assert_snapshot!("why-russia-markdown", why(&[RUSSIA, "--format", "markdown"]));
    insta::assert_snapshot!("why-all", why(&["--all", "PSM lies in Pakistan"]));
}

#[test]
fn a_statement_is_found_by_id_by_a_sentence_in_any_case_and_by_its_parts() {
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
fn json_refers_from_step_to_step_and_each_reference_is_a_step() {
    let proof = json(&["--all", "Pakistan Steel Mills lies in Pakistan"]);
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
        let leaf = step["derivations"].as_array().is_none_or(Vec::is_empty);
        let quoted = step["statements"].as_array().is_some_and(|statements| {
            statements.iter().all(|statement| statement["evidence"].as_array().is_some_and(|list| !list.is_empty()))
        });
        assert!(!leaf || quoted || step["declared"]["line"].is_u64(), "{step}");
    }
}

#[test]
fn graphviz_draws_a_proof_with_all_its_steps() {
    let dot = why(&[RUSSIA, "--format", "dot"]);
    let Some(drawn) = run_external("dot", &["-Tsvg"], dot.as_bytes()) else { return };
    assert_eq!((drawn.status, drawn.stderr.as_str()), (Some(0), ""));
    for text in ["state&#45;continuity", "Built in 1973 … the Soviet Union", "Russia continues Soviet Union"] {
        assert!(drawn.stdout.contains(text), "{text}");
    }
    assert_eq!(drawn.stdout.matches("class=\"edge\"").count(), 4);
}

#[test]
fn what_names_no_statement_is_misuse_with_a_next_step() {
    let cases = [
        (&["Rusia helped build PSM"][..], "did you mean “russia”?"),
        (&["PSM helpd build Russia"], "did you mean “helped build”?"),
        (&["russia-continues-soviet-unio"], "did you mean `russia-continues-soviet-union`?"),
        (&["nothing at all"], "as `factloom facts` shows them"),
        (&["--subject", "russia", "--predicate", "helpedBuilt", "--object", "psm"], "did you mean `helpedBuild`?"),
        (&["--not", "--format", "dot", RUSSIA], "leave --format out"),
    ];
    for (args, help) in cases {
        let said = factloom(Path::new(NOWHERE), &[&["why"], args].concat());
        assert_eq!(said.status, Some(2), "{args:?}: {}", said.stderr);
        assert!(said.stderr.contains(help), "{args:?}: {}", said.stderr);
    }
}

#[test]
fn an_ambiguous_label_is_listed() {
    let entities = r#"[{ "id": "guild", "type": "Thing", "label": "Guild" }, { "id": "guild-2", "type": "Thing", "label": "guild" },
        { "id": "old-mill", "type": "Thing", "label": "Old mill" }, { "id": "mill-2", "type": "Thing", "label": "Old Mill" }]"#;
    let folder = dataset(&[("entities.json", entities)]);
    // The one that a statement has is meant.
    assert!(stdout_of(folder.path(), &["why", "guild built old mill"]).contains("fact"));
    let said = factloom(folder.path(), &["why", "old mill built guild"]);
    assert_eq!(said.status, Some(2));
    let listed = said.stderr.matches("\n  Old ").count();
    assert_eq!(listed, 4, "{}", said.stderr);
}

#[test]
fn what_is_not_in_the_graph_is_a_finding_and_not_says_why() {
    let said = factloom(Path::new(NOWHERE), &["why", "Karachi lies in Moscow"]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(1), ""));
    assert!(said.stderr.contains("--not"));
    insta::assert_snapshot!("why-not", why(&["--not", "Karachi lies in Moscow"]));
    insta::assert_snapshot!("why-not-a-claim", why(&["--not", "revival of PSM restores PSM"]));
    let excluded = json(&["--not", "government of Pakistan governs Russia"]);
    assert_eq!(excluded["contradicting"][0]["id"], "government-of-pakistan-governs-pakistan");
    let there = factloom(Path::new(NOWHERE), &["why", "--not", RUSSIA]);
    assert_eq!(there.status, Some(1));
}

#[test]
fn a_rule_that_lacks_one_premise_comes_before_one_that_lacks_two() {
    let absence = json(&["--not", "Russia helped build road and rail link"]);
    let attempt = &absence["attempts"][0];
    assert_eq!(attempt["rule"], "state-continuity");
    assert_eq!(attempt["unmatched"], 1);
    assert_eq!(attempt["missing"]["pattern"][0], "<https://factloom.example/psm/entity/soviet-union>");
    assert_eq!(attempt["found"].as_array().map(Vec::len), Some(2));
}

#[test]
fn removing_a_statement_affects_dependent_inferences_and_query_results() {
    insta::assert_snapshot!("why-uses", why(&["--uses", "russia-continues-soviet-union"]));
    let one_of_four = json(&["--uses", "soviet-union-helped-build-psm"]);
    assert_eq!(one_of_four["stillHolds"], true);
    assert_eq!(one_of_four["dependents"][0]["stillDerived"], true);
    assert_eq!(json(&["--uses", "psm-stood-idle"])["dependents"], Value::Array(Vec::new()));
}

#[test]
fn only_facts_and_claims_can_be_retracted() {
    for (args, says) in [
        (&["--uses", RUSSIA][..], "is an inference, and only facts and claims can be retracted"),
        (&["--uses", "Russia is a state"], "it is given at entities.json:"),
        (&["--uses", "Karachi lies in Moscow"], "no statement says that Karachi lies in Moscow"),
    ] {
        let said = factloom(Path::new(NOWHERE), &[&["why"], args].concat());
        assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(said.stderr.contains(says) && said.stderr.contains("help: "), "{}", said.stderr);
    }
    assert_eq!(json(&["--uses", "revival-would-restore-psm"])["stillHolds"], false);
}

#[test]
fn a_literal_is_that_of_the_statement_or_one_of_the_predicates_range() {
    let vocabulary = "@prefix v: <https://example.org/mill/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\
        v:Thing a owl:Class . v:built a owl:ObjectProperty . v:floors a owl:DatatypeProperty , owl:FunctionalProperty ;\n\
        rdfs:range xsd:integer .";
    let facts = r#"[{ "id": "f", "subject": "old-mill", "predicate": "floors", "object": 3,
        "evidence": [{ "source": "chronicle", "quote": "the old mill" }] }]"#;
    let rule = "CONSTRUCT { ?a v:floors ?n } WHERE { VALUES (?a ?n) { (e:guild 9) } ?b v:built ?a }";
    let folder = dataset(&[("vocabulary.ttl", vocabulary), ("facts.json", facts), ("rules/nine.rq", rule)]);
    let parts = |object| ["why", "--subject", "old-mill", "--predicate", "floors", "--object", object];
    assert!(stdout_of(folder.path(), &parts("3")).contains("the old mill"));
    let absent: Value =
        serde_json::from_str(&stdout_of(folder.path(), &[&parts("4")[..], &["--not", "--format", "json"]].concat()))
            .expect("it is JSON");
    assert_eq!(absent["absent"]["object"], "\"4\"^^<http://www.w3.org/2001/XMLSchema#integer>");
    assert_eq!(absent["contradicting"][0]["id"], "f");
    assert_eq!(absent["attempts"][0]["missing"]["condition"], true);
}

/// A dataset whose rules support each other.
fn circle() -> tempfile::TempDir {
    let vocabulary = "@prefix v: <https://example.org/mill/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        v:Thing a owl:Class . v:built a owl:ObjectProperty . v:near a owl:ObjectProperty . v:beside a owl:ObjectProperty .";
    dataset(&[
        ("vocabulary.ttl", vocabulary),
        ("rules/near.rq", "CONSTRUCT { ?a v:near ?b } WHERE { { ?a v:built ?b } UNION { ?a v:beside ?b } }"),
        ("rules/beside.rq", "CONSTRUCT { ?a v:beside ?b } WHERE { { ?a v:near ?b } UNION { ?a v:built ?b } }"),
    ])
}

#[test]
fn support_that_goes_in_a_circle_is_shown_once() {
    let folder = circle();
    let shown = stdout_of(folder.path(), &["why", "--all", "guild near old mill"]);
    assert_eq!(shown.matches("derivation 1 of 2").count(), 2, "{shown}");
    assert!(shown.contains(" above"), "{shown}");
    let short = stdout_of(folder.path(), &["why", "guild near old mill"]);
    assert!(short.contains("1 more derivation (use --all)"), "{short}");
    assert!(!short.contains(" above"), "{short}");
}

#[test]
fn labels_of_any_kind_come_through_in_every_format() {
    let label = "<b>\"A\" | `x` \\N [y](z) *سلام*";
    let entities = serde_json::json!([
        { "id": "guild", "type": "Thing", "label": label },
        { "id": "old-mill", "type": "Thing", "label": "ends in \\" },
    ]);
    let folder = dataset(&[("entities.json", &entities.to_string())]);
    assert!(stdout_of(folder.path(), &["why", "f"]).starts_with(&format!("{label} built ends in \\")));
    let json: Value =
        serde_json::from_str(&stdout_of(folder.path(), &["why", "f", "--format", "json"])).expect("it is JSON");
    assert_eq!(json["steps"][0]["sentence"], format!("{label} built ends in \\"));
    let markdown = stdout_of(folder.path(), &["why", "f", "--format", "markdown"]);
    assert!(markdown.contains(r"\<b\>") && markdown.contains(r"\[y\](z) \*سلام\*"), "{markdown}");
    let dot = stdout_of(folder.path(), &["why", "f", "--format", "dot"]);
    let Some(drawn) = run_external("dot", &["-Tplain"], dot.as_bytes()) else { return };
    assert_eq!((drawn.status, drawn.stderr.as_str()), (Some(0), ""));
}
