//! `query --why-empty`: the step at which the solutions run out, and hints.

use crate::program::{command, factloom, run};
use factloom::query::{self, EmptyStep, SolutionCount};
use factloom::store::Store;
use std::path::Path;
use std::sync::LazyLock;

static BUNDLED: LazyLock<Store> = LazyLock::new(|| {
    let (_, store) =
        factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED)).expect("the dataset is valid");
    store
});

fn explain(text: &str) -> Vec<EmptyStep> {
    let query = query::parse(text, BUNDLED.namespaces()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    query::why_empty(&BUNDLED, &query).expect("the query can be explained")
}

/// A stored query, a replacement that breaks it, the step at which its solutions run out, and part of a hint.
struct Broken {
    query: &'static str,
    from: &'static str,
    to: &'static str,
    step: &'static str,
    hint: &'static str,
}

const fn broken(
    query: &'static str,
    from: &'static str,
    to: &'static str,
    step: &'static str,
    hint: &'static str,
) -> Broken {
    Broken { query, from, to, step, hint }
}

const BROKEN: [Broken; 25] = [
    // Misspelt.
    broken(
        "who-helped-build-psm",
        "v:helpedBuild",
        "v:helpedBuilt",
        "?statement rdf:reifies <<( ?helper v:helpedBuilt e:pakistan-steel-mills )>>",
        "did you mean `v:helpedBuild`?",
    ),
    broken("planned-changes", "fl:planned", "fl:planed", "?claim fl:status fl:planed", "did you mean `fl:planned`?"),
    broken(
        "when-did-the-mill-close",
        "e:pakistan-steel-mills",
        "e:pakistan-steel-mill",
        "?statement rdf:reifies <<( ?end ?predicate e:pakistan-steel-mill )>>",
        "did you mean `e:pakistan-steel-mills`?",
    ),
    broken(
        "locations",
        "v:locatedIn",
        "e:locatedIn",
        "?statement rdf:reifies <<( ?inner e:locatedIn ?outer )>>",
        "did you mean `v:locatedIn`?",
    ),
    broken(
        "signatories",
        "e:psm-agreement",
        "e:psm-agrement",
        "?statement v:signedDocument e:psm-agrement",
        "did you mean `e:psm-agreement`?",
    ),
    broken("quoted-remarks", "a v:Remark", "a v:Remrk", "?remark rdf:type v:Remrk", "did you mean `v:Remark`?"),
    broken("claims-by-status", "a fl:Claim", "a fl:Claims", "?claim rdf:type fl:Claims", "`fl:Claim`?"),
    broken(
        "timeline",
        "fl:pointInTime|fl:startTime",
        "fl:pointInTim|fl:starTime",
        "?statement (fl:pointInTim | fl:starTime) ?when",
        "did you mean `fl:pointInTime`?",
    ),
    broken(
        "who-attended-the-signing",
        "v:hadSignatory \"signed\") (v:wasAttendedBy",
        "v:hadSignator \"signed\") (v:wasAttendBy",
        "e:signing-ceremony ?predicate ?guest",
        "did you mean `v:hadSignatory`?",
    ),
    broken(
        "effects-of-the-decline",
        "v:affected",
        "v:afected",
        "?predicate rdfs:label ?effect",
        "did you mean `v:affected`?",
    ),
    broken(
        "neighbourhood-of-psm",
        "fl:Fact, fl:Inference",
        "fl:Facts, fl:Inferences",
        "FILTER(?kind IN (fl:Facts, fl:Inferences))",
        "did you mean `fl:Fact`?",
    ),
    // With subject and object swapped.
    broken(
        "who-helped-build-psm",
        "?helper v:helpedBuild e:pakistan-steel-mills",
        "e:pakistan-steel-mills v:helpedBuild ?helper",
        "?statement rdf:reifies <<( e:pakistan-steel-mills v:helpedBuild ?helper )>>",
        "it matches with subject and object swapped: `?statement rdf:reifies <<( ?helper v:helpedBuild e:pakistan-steel-mills )>>`",
    ),
    broken(
        "is-the-mill-in-pakistan",
        "e:pakistan-steel-mills v:locatedIn e:pakistan",
        "e:pakistan v:locatedIn e:pakistan-steel-mills",
        "e:pakistan v:locatedIn e:pakistan-steel-mills",
        "it matches with subject and object swapped: `e:pakistan-steel-mills v:locatedIn e:pakistan`",
    ),
    broken(
        "events-before-the-signing",
        "?earlier v:happenedBefore e:signing-ceremony",
        "e:signing-ceremony v:happenedBefore ?earlier",
        "?statement rdf:reifies <<( e:signing-ceremony v:happenedBefore ?earlier )>>",
        "it matches with subject and object swapped",
    ),
    // With another datatype or language tag, or a label in place of a name.
    broken(
        "when-did-the-mill-close",
        "FILTER(",
        "FILTER(?year = 2015 && ",
        "FILTER(?year = \"2015\"^^xsd:integer)",
        "the graph has `\"2015\"^^xsd:gYear`, with another datatype",
    ),
    broken(
        "who-helped-build-psm",
        "LANG(?who) = \"en\"",
        "LANG(?who) = \"eng\"",
        "FILTER(LANG(?who) = \"eng\")",
        "`LANG(?who)` is \"en\"",
    ),
    broken(
        "who-asked-russia-for-help",
        "LANG(?topic) = \"en\")\n  OPT",
        "?topic = \"Pakistan Steel Mills\")\n  OPT",
        "FILTER(?topic = \"Pakistan Steel Mills\")",
        "with another language tag",
    ),
    broken(
        "who-signed-for-pakistan",
        "v:signedFor e:pakistan ",
        "v:signedFor \"Pakistan\" ",
        "?statement rdf:reifies <<( ?person v:signedFor \"Pakistan\" )>>",
        "did you mean `e:pakistan`?",
    ),
    broken(
        "who-helped-build-psm",
        "rdfs:label ?who",
        "rdfs:label ?who , \"soviet union\"",
        "?helper rdfs:label \"soviet union\"",
        "in another letter case",
    ),
    // A claim or an inference, queried as a fact.
    broken(
        "has-production-restarted",
        "ASK",
        "ASK",
        "?project v:restartsProductionAt e:pakistan-steel-mills",
        "only a claim states this: “",
    ),
    broken(
        "does-the-article-credit-russia",
        "ASK",
        "ASK",
        "?statement rdf:reifies <<( e:russia v:helpedBuild e:pakistan-steel-mills )>>",
        "(inference, rule state-continuity",
    ),
    broken(
        "why-is-russia-credited",
        "a fl:Inference",
        "a fl:Fact",
        "?inference rdf:type fl:Fact",
        "instead of `fl:Fact`, the graph has `fl:Inference`",
    ),
    // A condition that nothing satisfies.
    broken(
        "who-helped-build-psm",
        "FILTER(",
        "FILTER(?year > \"2030\"^^xsd:gYear) FILTER(",
        "FILTER(?year > \"2030\"^^xsd:gYear)",
        ", `\"1973\"^^xsd:gYear`",
    ),
    broken(
        "who-helped-build-psm",
        "FILTER(LANG(?who)",
        "FILTER(LANG(?whom)",
        "FILTER(LANG(?whom) = \"en\")",
        "did you mean `?who`?",
    ),
    broken(
        "neighbourhood-of-the-agreement",
        "?centre IN (?subject, ?object)",
        "?centre = ?predicate",
        "FILTER(?centre = ?predicate)",
        "`?centre` is `e:",
    ),
];

#[test]
fn broken_stored_queries_are_explained() {
    let mut unexpected = Vec::new();
    for Broken { query, from, to, step, hint } in &BROKEN {
        let stored = BUNDLED.metadata().queries.iter().find(|q| q.name == *query).expect("the query is stored");
        assert!(stored.text.contains(from), "{query} does not contain {from:?}");
        let steps = explain(&stored.text.replacen(from, to, 1));
        let as_expected = steps.first().is_some_and(|found| found.step == *step)
            && steps.iter().flat_map(|found| &found.hints).any(|found| found.contains(hint));
        if !as_expected {
            let output: Vec<String> = steps.iter().map(ToString::to_string).collect();
            unexpected.push(format!("{query}: {from} → {to}\n{}", output.join("\n")));
        }
    }
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n\n"));
}

#[test]
fn a_query_with_results_has_no_explanation() {
    for stored in &BUNDLED.metadata().queries {
        let query = crate::queries::with_defaults(&BUNDLED, stored);
        let steps = query::why_empty(&BUNDLED, &query).expect("the query can be explained");
        let output = factloom(Path::new("/"), &["query", &stored.name]);
        let empty = output.stdout.trim() == "false";
        assert_eq!(steps.is_empty(), !empty, "{}", stored.name);
    }
}

/// Asserts the only step at which a query runs out of solutions and the number of solutions before it; returns the hints.
#[track_caller]
fn runs_out_at(text: &str, step: &str, before: Option<SolutionCount>) -> Vec<String> {
    let steps = explain(text);
    assert_eq!(steps.len(), 1, "{text}: {steps:?}");
    assert_eq!((steps[0].step.as_str(), steps[0].before), (step, before), "{text}: {steps:?}");
    steps[0].hints.clone()
}

#[test]
fn solutions_can_run_out_at_every_kind_of_step() {
    let exactly = |number| Some(SolutionCount::Exactly(number));
    let one = "?s v:continues ?o";
    runs_out_at(&format!("SELECT * {{ {one} }} LIMIT 0"), "LIMIT 0", exactly(1));
    runs_out_at(&format!("SELECT * {{ {one} }} OFFSET 7"), "OFFSET 7", exactly(1));
    runs_out_at(
        &format!("SELECT * {{ {one} MINUS {{ ?s rdfs:label ?l }} }}"),
        "MINUS { ?s rdfs:label ?l . }",
        exactly(1),
    );
    runs_out_at(
        &format!("SELECT * {{ {one} FILTER NOT EXISTS {{ ?s rdfs:label ?l }} }}"),
        "FILTER NOT EXISTS { ?s rdfs:label ?l . }",
        exactly(1),
    );
    runs_out_at(
        &format!("SELECT * {{ {one} FILTER EXISTS {{ ?s v:continues e:nobody }} }}"),
        "?s v:continues e:nobody",
        exactly(1),
    );
    runs_out_at(&format!("SELECT * {{ {one} VALUES ?s {{ e:rusia }} }}"), "VALUES ( ?s ) { ( e:rusia )  }", exactly(1));
    runs_out_at(&format!("SELECT * {{ {one} {{ SELECT ?s {{ ?s v:none ?x }} }} }}"), "?s v:none ?x", None);
    let hints = runs_out_at(
        &format!("SELECT * {{ {one} BIND(1 AS ?n) FILTER(?n > 1) }}"),
        "FILTER(?n > \"1\"^^xsd:integer)",
        exactly(1),
    );
    assert_eq!(hints, ["`?n` is `\"1\"^^xsd:integer`"]);
    runs_out_at(
        &format!("SELECT ?s {{ {one} }} GROUP BY ?s HAVING(COUNT(*) > 1)"),
        "FILTER(COUNT(*) > \"1\"^^xsd:integer)",
        exactly(1),
    );
}

#[test]
fn no_similar_number_is_suggested() {
    for condition in ["COUNT(*) > 5", "COUNT(*) = 5", "COUNT(*) IN (5, 6)"] {
        let steps = explain(&format!("SELECT ?s {{ ?s v:continues ?o }} GROUP BY ?s HAVING({condition})"));
        let hints: Vec<&String> = steps.iter().flat_map(|step| &step.hints).collect();
        assert!(!hints.is_empty() && hints.iter().all(|hint| !hint.contains("did you mean")), "{hints:?}");
    }
}

#[test]
fn an_aggregate_over_nothing_is_explained_by_its_pattern() {
    let hints = runs_out_at("SELECT (COUNT(*) AS ?n) { ?s v:continuse ?o }", "?s v:continuse ?o", None);
    assert_eq!(hints, ["`v:continuse` is not in the graph; did you mean `v:continues`?"]);
    assert!(explain("SELECT (COUNT(*) AS ?n) { ?s v:continues ?o }").is_empty());
}

#[test]
fn a_path_may_match_with_its_ends_swapped() {
    let steps = explain("SELECT * { VALUES ?z { e:soviet-union } ?z v:continues+ ?y }");
    assert_eq!(steps[0].hints[0], "it matches with subject and object swapped: `?y (v:continues)+ ?z`");
}

#[test]
fn each_branch_of_a_union_is_explained() {
    let steps = explain("SELECT * { ?s rdfs:label ?l { ?s v:continuse ?o } UNION { ?s v:none ?o } }");
    let branches: Vec<_> = steps.iter().map(|step| step.branches.clone()).collect();
    assert_eq!(branches, [[(1, 2)], [(2, 2)]]);
    assert_eq!(steps[0].hints, ["`v:continuse` is not in the graph; did you mean `v:continues`?"]);
}

#[test]
fn an_empty_graph_is_explained() {
    let steps = explain("CONSTRUCT { ?s v:p ?nothing } { ?s v:continues ?o }");
    assert_eq!(steps[0].hints, ["`?nothing` is unbound in every solution"]);
    let steps = explain("DESCRIBE e:rusia");
    assert_eq!(steps[0].hints, ["`e:rusia` is not in the graph; did you mean `e:russia`?"]);
}

#[test]
fn counting_stops_at_a_limit() {
    let steps = explain("SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(?a = 1) }");
    assert_eq!(steps[0].before, Some(SolutionCount::AtLeast(10_000)));
    assert!(steps[0].to_string().contains("(at least 10000 solutions before it)"), "{}", steps[0]);
}

#[test]
fn the_result_goes_to_stdout_and_the_explanation_to_stderr() {
    let empty = "SELECT ?who { ?who v:helpedBuilt e:pakistan-steel-mills }";
    let output = factloom(Path::new("/"), &["query", "-e", empty, "--why-empty"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(0), "who\r\n"));
    insta::assert_snapshot!("explanation-of-a-misspelt-predicate", output.stderr);
    let output = factloom(Path::new("/"), &["query", "--example", "-e", empty]);
    assert_eq!(output.stderr, "note: no rows; --why-empty explains why\n");
    assert_eq!(factloom(Path::new("/"), &["query", "--example", "-q", "-e", empty]).stderr, "");
    let output = factloom(Path::new("/"), &["query", "has-production-restarted", "--why-empty"]);
    assert_eq!((output.status, output.stdout.as_str()), (Some(0), "false\n"));
    insta::assert_snapshot!("explanation-of-a-claim", output.stderr);
    let output = run(command(Path::new("/")).args(["query", "who-helped-build-psm", "--why-empty", "--cite"]));
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), "note: the result is not empty\n"));
}
