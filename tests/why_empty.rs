//! Why a query has no row: where the solutions ran out, and what is nearly right there.

use crate::program::{command, factloom, run};
use factloom::query::{self, EmptyStep, SolutionCount};
use factloom::store::Store;
use std::path::Path;
use std::sync::LazyLock;

static BUNDLED: LazyLock<Store> = LazyLock::new(|| {
    let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED)).expect("it is sound");
    store
});

fn asked(text: &str) -> Vec<EmptyStep> {
    let query = query::parse(text, BUNDLED.names()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    query::why_empty(&BUNDLED, &query).expect("it can be explained")
}

/// A stored query, what is broken in it, the place where its solutions run out, and words of a hint.
struct Broken {
    query: &'static str,
    from: &'static str,
    to: &'static str,
    place: &'static str,
    hint: &'static str,
}

const fn broken(
    query: &'static str,
    from: &'static str,
    to: &'static str,
    place: &'static str,
    hint: &'static str,
) -> Broken {
    Broken { query, from, to, place, hint }
}

const BROKEN: [Broken; 27] = [
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
        "?predicate (rdfs:subPropertyOf)* v:afected",
        "did you mean `v:affected`?",
    ),
    broken(
        "neighbourhood-of-psm",
        "fl:Fact, fl:Inference",
        "fl:Facts, fl:Inferences",
        "FILTER(?kind IN (fl:Facts, fl:Inferences))",
        "did you mean `fl:Fact`?",
    ),
    // In the wrong direction.
    broken(
        "who-helped-build-psm",
        "?helper v:helpedBuild e:pakistan-steel-mills",
        "e:pakistan-steel-mills v:helpedBuild ?helper",
        "?statement rdf:reifies <<( e:pakistan-steel-mills v:helpedBuild ?helper )>>",
        "turned round it is there: `?statement rdf:reifies <<( ?helper v:helpedBuild e:pakistan-steel-mills )>>`",
    ),
    broken(
        "is-the-mill-in-pakistan",
        "e:pakistan-steel-mills v:locatedIn e:pakistan",
        "e:pakistan v:locatedIn e:pakistan-steel-mills",
        "e:pakistan v:locatedIn e:pakistan-steel-mills",
        "turned round it is there: `e:pakistan-steel-mills v:locatedIn e:pakistan`",
    ),
    broken(
        "events-before-the-signing",
        "?earlier v:happenedBefore e:signing-ceremony",
        "e:signing-ceremony v:happenedBefore ?earlier",
        "?statement rdf:reifies <<( e:signing-ceremony v:happenedBefore ?earlier )>>",
        "turned round it is there",
    ),
    broken(
        "where-was-the-agreement-signed",
        "e:psm-agreement v:wasSignedAt/v:tookPlaceAt/v:locatedIn* ?place",
        "?place v:wasSignedAt/v:tookPlaceAt/v:locatedIn* e:psm-agreement",
        "_:b1 (v:locatedIn)* e:psm-agreement",
        "turned round the path is there: from `e:psm-agreement` to `?place`",
    ),
    broken(
        "office-holders",
        "?person v:holdsOffice ?post",
        "?post v:holdsOffice ?person",
        "?post v:postIn _:b1",
        "it fits once `?post v:holdsOffice ?person` before it is turned round",
    ),
    // Of another datatype or language, or a thing in place of its label.
    broken(
        "when-did-the-mill-close",
        "FILTER(",
        "FILTER(?year = 2015 && ",
        "FILTER(?year = \"2015\"^^xsd:integer)",
        "the graph has `\"2015\"^^xsd:gYear`, which is of another datatype",
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
        "LANG(?about) = \"en\")\n  OPT",
        "?about = \"Pakistan Steel Mills\")\n  OPT",
        "FILTER(?about = \"Pakistan Steel Mills\")",
        "of another language",
    ),
    broken(
        "who-signed-for-pakistan",
        "v:signedFor e:pakistan ",
        "v:signedFor \"Pakistan\" ",
        "?statement rdf:reifies <<( ?person v:signedFor \"Pakistan\" )>>",
        "“Pakistan” is the label of `e:pakistan`",
    ),
    broken(
        "who-helped-build-psm",
        "rdfs:label ?who",
        "rdfs:label ?who , \"soviet union\"",
        "?helper rdfs:label \"soviet union\"",
        "in another letter case",
    ),
    // A claim, or an inference, that is asked for as a fact.
    broken(
        "has-production-restarted",
        "ASK",
        "ASK",
        "?project v:restartsProductionAt e:pakistan-steel-mills",
        "only a claim says so: “",
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
        "there is `fl:Inference`",
    ),
    // What nothing can satisfy.
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
    let mut wrong = Vec::new();
    for Broken { query, from, to, place, hint } in &BROKEN {
        let stored = BUNDLED.metadata().queries.iter().find(|q| q.name == *query).expect("it is stored");
        assert!(stored.text.contains(from), "{query} has no {from:?}");
        let places = asked(&stored.text.replacen(from, to, 1));
        let right = places.first().is_some_and(|found| found.place == *place)
            && places.iter().flat_map(|found| &found.hints).any(|found| found.contains(hint));
        if !right {
            let said: Vec<String> = places.iter().map(ToString::to_string).collect();
            wrong.push(format!("{query}: {from} → {to}\n{}", said.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_query_with_rows_has_nothing_to_explain() {
    for stored in &BUNDLED.metadata().queries {
        let query = crate::queries::with_defaults(&BUNDLED, stored);
        let places = query::why_empty(&BUNDLED, &query).expect("it can be explained");
        let said = factloom(Path::new("/"), &["query", &stored.name]);
        let empty = said.stdout.trim() == "false";
        assert_eq!(places.is_empty(), !empty, "{}", stored.name);
    }
}

/// The only place where a query runs out of solutions, and how many there were before it.
#[track_caller]
fn ends(text: &str, place: &str, before: Option<SolutionCount>) -> Vec<String> {
    let places = asked(text);
    assert_eq!(places.len(), 1, "{text}: {places:?}");
    assert_eq!((places[0].place.as_str(), places[0].before), (place, before), "{text}: {places:?}");
    places[0].hints.clone()
}

#[test]
fn every_kind_of_step_can_be_where_solutions_run_out() {
    let exactly = |number| Some(SolutionCount::Exactly(number));
    let one = "?s v:continues ?o";
    ends(&format!("SELECT * {{ {one} }} LIMIT 0"), "LIMIT 0", exactly(1));
    ends(&format!("SELECT * {{ {one} }} OFFSET 7"), "OFFSET 7", exactly(1));
    ends(&format!("SELECT * {{ {one} MINUS {{ ?s rdfs:label ?l }} }}"), "MINUS { ?s rdfs:label ?l . }", exactly(1));
    ends(
        &format!("SELECT * {{ {one} FILTER NOT EXISTS {{ ?s rdfs:label ?l }} }}"),
        "FILTER NOT EXISTS { ?s rdfs:label ?l . }",
        exactly(1),
    );
    ends(
        &format!("SELECT * {{ {one} FILTER EXISTS {{ ?s v:continues e:nobody }} }}"),
        "?s v:continues e:nobody",
        exactly(1),
    );
    ends(&format!("SELECT * {{ {one} VALUES ?s {{ e:rusia }} }}"), "VALUES ( ?s ) { ( e:rusia )  }", exactly(1));
    ends(&format!("SELECT * {{ {one} {{ SELECT ?s {{ ?s v:none ?x }} }} }}"), "?s v:none ?x", None);
    let hints = ends(
        &format!("SELECT * {{ {one} BIND(1 AS ?n) FILTER(?n > 1) }}"),
        "FILTER(?n > \"1\"^^xsd:integer)",
        exactly(1),
    );
    assert_eq!(hints, ["`?n` is `\"1\"^^xsd:integer`"]);
    ends(
        &format!("SELECT ?s {{ {one} }} GROUP BY ?s HAVING(COUNT(*) > 1)"),
        "FILTER(COUNT(*) > \"1\"^^xsd:integer)",
        exactly(1),
    );
}

#[test]
fn numbers_are_not_misspelt() {
    for condition in ["COUNT(*) > 5", "COUNT(*) = 5", "COUNT(*) IN (5, 6)"] {
        let places = asked(&format!("SELECT ?s {{ ?s v:continues ?o }} GROUP BY ?s HAVING({condition})"));
        let hints: Vec<&String> = places.iter().flat_map(|place| &place.hints).collect();
        assert!(!hints.is_empty() && hints.iter().all(|hint| !hint.contains("did you mean")), "{hints:?}");
    }
}

#[test]
fn an_aggregate_over_nothing_is_explained_by_its_pattern() {
    let hints = ends("SELECT (COUNT(*) AS ?n) { ?s v:continuse ?o }", "?s v:continuse ?o", None);
    assert_eq!(hints, ["`v:continuse` is not in the graph; did you mean `v:continues`?"]);
    assert!(asked("SELECT (COUNT(*) AS ?n) { ?s v:continues ?o }").is_empty());
}

#[test]
fn a_path_is_turned_round_by_its_ends() {
    let places = asked("SELECT * { VALUES ?z { e:soviet-union } ?z v:continues+ ?y }");
    assert_eq!(places[0].hints[0], "turned round it is there: `?y v:continues+ ?z`");
}

#[test]
fn each_branch_of_a_union_is_explained() {
    let places = asked("SELECT * { ?s rdfs:label ?l { ?s v:continuse ?o } UNION { ?s v:none ?o } }");
    let branches: Vec<_> = places.iter().map(|place| place.branches.clone()).collect();
    assert_eq!(branches, [[(1, 2)], [(2, 2)]]);
    assert_eq!(places[0].hints, ["`v:continuse` is not in the graph; did you mean `v:continues`?"]);
}

#[test]
fn graphs_and_descriptions_of_nothing_are_explained() {
    let places = asked("CONSTRUCT { ?s v:p ?nothing } { ?s v:continues ?o }");
    assert_eq!(places[0].hints, ["`?nothing` has no value in any solution"]);
    let places = asked("DESCRIBE e:rusia");
    assert_eq!(places[0].hints, ["`e:rusia` is not in the graph; did you mean `e:russia`?"]);
}

#[test]
fn counting_stops_at_a_limit() {
    let places = asked("SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(?a = 1) }");
    assert_eq!(places[0].before, Some(SolutionCount::AtLeast(10_000)));
    assert!(places[0].to_string().contains("(at least 10000 solutions before it)"), "{}", places[0]);
}

#[test]
fn the_answer_stays_on_stdout_and_the_explanation_goes_to_stderr() {
    let empty = "SELECT ?who { ?who v:helpedBuilt e:pakistan-steel-mills }";
    let said = factloom(Path::new("/"), &["query", "-q", empty, "--why-empty"]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(0), "who\r\n"));
    insta::assert_snapshot!("said-of-a-misspelt-predicate", said.stderr);
    let said = factloom(Path::new("/"), &["query", "has-production-restarted", "--why-empty"]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(0), "false\n"));
    insta::assert_snapshot!("said-of-a-claim", said.stderr);
    let said = run(command(Path::new("/")).args(["query", "who-helped-build-psm", "--why-empty", "--cite"]));
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), "note: the answer is not empty\n"));
}
