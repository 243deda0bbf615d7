//! `query --why-empty`: the step at which the solutions run out, and hints.

use crate::program::{command, factloom, run};
use factloom::files::ReadOptions;
use factloom::model::{Entailment, vocab};
use factloom::project::{Project, ProjectOptions};
use factloom::query::{self, EmptyStep, SolutionCount};
use factloom::store::Store;
use oxigraph::model::{Literal, NamedNode, Triple};
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static BUNDLED: LazyLock<Store> = LazyLock::new(|| {
    let (_, store) =
        factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED)).expect("the dataset is valid");
    store
});

fn explain(text: &str) -> Vec<EmptyStep> {
    let query = query::parse(text, BUNDLED.namespaces()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    query::why_empty(&BUNDLED, &query, text).expect("the query can be explained")
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
        "entities-by-name",
        "rdfs:label|skos:altLabel",
        "rdfs:labl|skos:altLabl",
        "?entity (rdfs:labl | skos:altLabl) ?_name_en",
        "did you mean `rdfs:label`?",
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
        "FILTER(?when = 2015 && ",
        "FILTER(?when = 2015)",
        "with another datatype; did you mean `FILTER(?when = \"2015\"^^xsd:gYear)`?",
    ),
    broken(
        "who-helped-build-psm",
        "LANG(?who) = \"en\"",
        "LANG(?who) = \"eng\"",
        "FILTER(LANG(?who) = \"eng\")",
        "did you mean `FILTER(LANG(?who) = \"en\")`?",
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

/// Queries with a mistake of a kind that analysts make, and the first hint, which is `hint` or contains it.
const MISTAKES: [(&str, &str); 135] = [
    // A class with members only in subclasses; a predicate with only subproperties.
    ("SELECT ?x { ?x a v:BuiltThing }", "did you mean `?x a/rdfs:subClassOf* v:BuiltThing`?"),
    ("SELECT ?x ?l { ?x a v:Agent ; rdfs:label ?l }", "did you mean `?x a/rdfs:subClassOf* v:Agent`?"),
    // The same class in two patterns, of which the second one fails.
    (
        "SELECT * { ?a v:continues ?b . ?a a v:State . ?b a v:State }",
        "such as `v:HistoricalState`; did you mean `?b a/rdfs:subClassOf* v:State`?",
    ),
    (
        "SELECT * { ?a a v:State ; v:continues/a v:State }",
        "such as `v:HistoricalState`; did you mean `?a v:continues/a/rdfs:subClassOf* v:State`?",
    ),
    (
        "SELECT * { VALUES ?c { v:State } ?a a ?c ; v:continues ?b . ?b a ?c . ?b rdfs:label ?l }",
        "only instances of subclasses of `?c` match; did you mean `?b a/rdfs:subClassOf* ?c`?",
    ),
    (
        "SELECT ?x { ?x v:contributedTo e:pakistan-steel-mills }",
        "did you mean `?x ?predicate e:pakistan-steel-mills . ?predicate rdfs:subPropertyOf* v:contributedTo`?",
    ),
    // A PREFIX for another namespace.
    (
        "PREFIX v: <http://example.org/psm#> SELECT ?who { ?who v:helpedBuild ?x }",
        "did you mean `<https://factloom.example/psm/vocabulary/helpedBuild>`? Check the PREFIX",
    ),
    (
        "PREFIX e: <https://factloom.example/psm/entities/> SELECT ?p { e:russia ?p ?o }",
        "did you mean `<https://factloom.example/psm/entity/russia>`? Check the PREFIX",
    ),
    (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema/> SELECT ?l { e:russia rdfs:label ?l }",
        "did you mean `<http://www.w3.org/2000/01/rdf-schema#label>`? Check the PREFIX",
    ),
    (
        "PREFIX schema: <http://schema.org/> SELECT ?u { ?s schema:url ?u }",
        "`<http://schema.org/url>` is not in the graph; did you mean `<https://schema.org/url>`?",
    ),
    (
        "PREFIX v: <http://factloom.example/psm/vocabulary#> SELECT ?x { ?x a v:Person }",
        "did you mean `<https://factloom.example/psm/vocabulary/Person>`?",
    ),
    (
        "PREFIX ent: <https://factloom.example/psm/entities/> SELECT ?p { ent:russia ?p ?o }",
        "did you mean `e:russia`? Check the PREFIX of the query: `e:` is `<https://factloom.example/psm/entity/>`",
    ),
    (
        "PREFIX e: <https://factloom.example/psm/vocabulary/> SELECT ?x { e:karachi v:locatedIn ?x }",
        "`<https://factloom.example/psm/vocabulary/karachi>` is not in the graph; \
         did you mean `<https://factloom.example/psm/entity/karachi>`? Check the PREFIX",
    ),
    (
        "PREFIX v: <https://factloom.example/psm/entity/> SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills }",
        "`<https://factloom.example/psm/entity/helpedBuild>` is not in the graph; \
         did you mean `<https://factloom.example/psm/vocabulary/helpedBuild>`? Check the PREFIX",
    ),
    (
        "PREFIX st: <https://factloom.example/psm/status/> SELECT ?claim { ?claim fl:status st:planned }",
        "`<https://factloom.example/psm/status/planned>` is not in the graph; \
         did you mean `fl:planned`? Check the PREFIX of the query: `fl:` is `<https://factloom.example/ns#>`",
    ),
    (
        "PREFIX e: <http://www.wikidata.org/entity/> SELECT ?mill { ?mill v:locatedIn e:Q8660 }",
        "`<http://www.wikidata.org/entity/Q8660>` is the exact match of an entity; \
         did you mean `<https://factloom.example/psm/entity/karachi>`?",
    ),
    (
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema/> SELECT ?s { ?s fl:pointInTime \"1973\"^^xsd:gYear }",
        "the datatype is `<http://www.w3.org/2001/XMLSchema#gYear>`, not `<http://www.w3.org/2001/XMLSchema/gYear>`: \
         check the PREFIX of the query; did you mean `\"1973\"^^<http://www.w3.org/2001/XMLSchema#gYear>`?",
    ),
    (
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema/> SELECT ?s { ?s fl:earliest ?t FILTER(?t > \"1973-01-01\"^^xsd:date) }",
        "not `<http://www.w3.org/2001/XMLSchema/date>`: check the PREFIX of the query; \
         did you mean `FILTER(?t > \"1973-01-01\"^^<http://www.w3.org/2001/XMLSchema#date>)`?",
    ),
    (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema/> SELECT ?x { ?x a v:Agent }",
        "did you mean `?x a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* v:Agent`?",
    ),
    (
        "PREFIX org: <http://www.w3.org/ns/org/> SELECT ?x { ?x org:holds ?o }",
        "`<http://www.w3.org/ns/org/holds>` is not in the graph",
    ),
    (
        "PREFIX dc: <http://purl.org/dc/elements/1.1/> SELECT ?p { ?s dc:publisher ?p }",
        "did you mean `dcterms:publisher`? Check the PREFIX of the query: `dcterms:` is `<http://purl.org/dc/terms/>`",
    ),
    // A constant of VALUES or BIND that only a condition compares.
    (
        "SELECT * { ?st fl:by ?by . BIND(\"Haroon Akhtar Khan\"@en AS ?speaker) FILTER(?by = ?speaker) }",
        "did you mean `BIND(e:haroon-akhtar-khan AS ?speaker)`?",
    ),
    (
        "PREFIX wd: <http://www.wikidata.org/entity/> \
         SELECT ?x { VALUES ?c { wd:Q8660 } ?x v:locatedIn ?p ; rdfs:label ?l FILTER(?p = ?c) }",
        "is the exact match of an entity; did you mean `VALUES ?c { e:karachi }`?",
    ),
    (
        "SELECT * { VALUES ?status { \"planned\" } ?st fl:status ?s FILTER(?s = ?status) }",
        "did you mean `VALUES ?status { fl:planned }`?",
    ),
    (
        "SELECT ?x { VALUES ?place { \"Karachi\"@en \"Moscow\"@en } ?x v:locatedIn ?where . FILTER(?where IN (?place)) }",
        "did you mean `VALUES ?place { e:karachi e:moscow }`?",
    ),
    (
        "SELECT ?m { VALUES ?name { \"russian federation\" } ?m skos:altLabel ?l FILTER(STR(?l) = ?name) }",
        "the graph has it in another letter case; did you mean `VALUES ?name { \"Russian Federation\" }`?",
    ),
    (
        "SELECT * { ?x v:holdsOffice ?post . ?post rdfs:label ?pl . ?y rdfs:label ?pl2 . FILTER(?post = ?pl2) }",
        "`?post` is an IRI, not a string; did you mean `FILTER(?pl = ?pl2)`?",
    ),
    // A day that is in the year of the values.
    (
        "SELECT ?t { ?st rdf:reifies <<( ?s v:officiallyClosed ?m )>> ; fl:pointInTime ?t . \
         FILTER(?t <= \"2024-06-30\"^^xsd:date) }",
        "`?t` is of the type `xsd:gYear`, not `xsd:date`; did you mean `?st fl:earliest ?t`?",
    ),
    // A variable in another letter case.
    (
        "SELECT ?who { ?who v:helpedBuild ?plant . FILTER(?Plant = e:pakistan-steel-mills) }",
        "`?Plant` is not bound, as variables are case-sensitive; did you mean `?plant`?",
    ),
    ("SELECT ?x { ?x a v:City ; rdfs:label ?name . FILTER(LANG(?Name) = \"en\") }", "did you mean `?name`?"),
    ("SELECT ?s { ?s fl:pointInTime ?t . FILTER(?T > \"1970\"^^xsd:gYear) }", "did you mean `?t`?"),
    // A number compared with a year.
    ("SELECT ?s { ?s fl:pointInTime ?t . FILTER(YEAR(?t) = \"1973\") }", "did you mean `FILTER(YEAR(?t) = 1973)`?"),
    ("SELECT ?s { ?s fl:earliest ?t . FILTER(YEAR(?t) = \"1973\") }", "did you mean `FILTER(YEAR(?t) = 1973)`?"),
    // One of the values is a year, and the other a month.
    (
        "SELECT ?e ?t { ?st rdf:reifies <<( ?e v:stoppedWorkAt ?mill )>> ; fl:pointInTime ?t . \
         FILTER(?t >= \"2010-01-01\"^^xsd:date) }",
        "did you mean `FILTER(YEAR(?t) >= 2010)`?",
    ),
    ("SELECT ?s { ?s fl:pointInTime ?t . FILTER(?t = 1973) }", "did you mean `FILTER(?t = \"1973\"^^xsd:gYear)`?"),
    ("SELECT ?s { ?s fl:pointInTime 1973 }", "did you mean `\"1973\"^^xsd:gYear`?"),
    ("SELECT ?s { ?s fl:pointInTime ?t . FILTER(?t > 2020) }", "did you mean `FILTER(YEAR(?t) > 2020)`?"),
    ("SELECT ?s { ?s fl:earliest ?t . FILTER(STR(YEAR(?t)) = 1973) }", "`FILTER(STR(YEAR(?t)) = \"1973\")`?"),
    // The IRI of an exact match.
    (
        "PREFIX wd: <http://www.wikidata.org/entity/> SELECT ?p ?o { wd:Q8660 ?p ?o }",
        "`<http://www.wikidata.org/entity/Q8660>` is the exact match of an entity; did you mean `e:karachi`?",
    ),
    (
        "PREFIX wd: <http://www.wikidata.org/entity/> SELECT ?x { ?x v:locatedIn ?p . FILTER(?p = wd:Q8660) }",
        "did you mean `e:karachi`?",
    ),
    (
        "PREFIX wd: <http://www.wikidata.org/entity/> SELECT ?p { VALUES ?x { wd:Q8660 } ?x v:locatedIn ?p }",
        "did you mean `e:karachi`?",
    ),
    // An alias used as a label.
    (
        "SELECT ?x { ?x rdfs:label \"PSM\" }",
        "is an alias of `e:pakistan-steel-mills`; did you mean `\"Pakistan Steel Mills\"@en`?",
    ),
    ("SELECT ?x { ?x rdfs:label \"USSR\"@en }", "did you mean `\"Soviet Union\"@en`?"),
    (
        "SELECT ?x { ?x rdfs:label ?l . FILTER(?l = \"PSM\"@en) }",
        "did you mean `FILTER(?l = \"Pakistan Steel Mills\"@en)`?",
    ),
    (
        "SELECT ?x { ?x rdfs:label ?l . FILTER(STR(?l) = \"USSR\") }",
        "did you mean `FILTER(STR(?l) = \"Soviet Union\")`?",
    ),
    (
        "SELECT ?x { ?x rdfs:label ?l . FILTER(?l IN (\"USSR\", \"PSM\")) }",
        "did you mean `FILTER(?l IN (\"Soviet Union\"@en, \"Pakistan Steel Mills\"@en))`?",
    ),
    // Letter case.
    (
        "SELECT ?x { ?x rdfs:label ?l . FILTER(REGEX(?l, \"steel mills\")) }",
        "`FILTER(REGEX(?l, \"steel mills\", \"i\"))`?",
    ),
    (
        "SELECT ?x { ?x rdfs:label ?l . FILTER(CONTAINS(?l, \"KARACHI\")) }",
        "`FILTER(CONTAINS(LCASE(?l), \"karachi\"))`?",
    ),
    (
        "SELECT ?x { ?e oa:exact ?q . FILTER(CONTAINS(?q, \"soviet union\")) }",
        "`FILTER(CONTAINS(LCASE(?q), \"soviet union\"))`?",
    ),
    (
        "SELECT ?x { ?x rdfs:label ?l . FILTER(STRSTARTS(?l, \"soviet\")) }",
        "`FILTER(STRSTARTS(LCASE(?l), \"soviet\"))`?",
    ),
    ("SELECT ?x { ?x rdfs:label \"soviet union\"@en }", "in another letter case; did you mean `\"Soviet Union\"@en`?"),
    // A year compared with a date.
    ("SELECT ?s { ?s fl:earliest ?d . FILTER(?d = \"1973\"^^xsd:gYear) }", "did you mean `FILTER(YEAR(?d) = 1973)`?"),
    ("SELECT ?s { ?s fl:earliest ?d . FILTER(?d > \"2020\"^^xsd:gYear) }", "`FILTER(?d > \"2020-12-31\"^^xsd:date)`?"),
    (
        "SELECT ?s { ?s fl:earliest ?d . FILTER(?d > \"2015-05\"^^xsd:gYearMonth) }",
        "`FILTER(?d > \"2015-05-31\"^^xsd:date)`?",
    ),
    (
        "SELECT ?s { ?s fl:earliest ?d . FILTER(?d >= \"2015-06-01T00:00:00\"^^xsd:dateTime) }",
        "`FILTER(?d >= \"2015-06-01\"^^xsd:date)`?",
    ),
    (
        "SELECT ?x { ?who v:helpedBuild ?x . FILTER(?who = \"Russia\" || ?who = \"Soviet Union\") }",
        "did you mean `FILTER((?who = e:russia) || (?who = e:soviet-union))`?",
    ),
    ("SELECT ?s { ?s fl:latest ?d . FILTER(?d < \"1980\") }", "`FILTER(?d < \"1980-01-01\"^^xsd:date)`?"),
    (
        "SELECT ?s { ?s fl:pointInTime ?d . FILTER(?d = \"1973-01-01\"^^xsd:date) }",
        "`FILTER(?d = \"1973\"^^xsd:gYear)`?",
    ),
    // GRAPH or FROM without named graphs.
    (
        "SELECT ?who { GRAPH ?g { ?who v:helpedBuild ?x } }",
        "the data have no named graphs; did you mean `{ ?who v:helpedBuild ?x . }`?",
    ),
    ("SELECT ?who { GRAPH <http://e/g> { ?who v:helpedBuild ?x } }", "the data have no named graphs; did you mean"),
    ("SELECT ?who FROM <http://e/g> { ?who v:helpedBuild ?x }", "the query has results without `FROM <http://e/g>`"),
    (
        "SELECT ?who FROM NAMED <http://e/g> { GRAPH ?g { ?who v:helpedBuild ?x } }",
        "the query has results without `FROM NAMED <http://e/g>` and without GRAPH",
    ),
    // A string compared with an entity.
    ("SELECT ?x { ?who v:helpedBuild ?x . FILTER(?who = \"Soviet Union\") }", "`FILTER(?who = e:soviet-union)`?"),
    (
        "SELECT ?x { \"Soviet Union\" v:helpedBuild ?x }",
        "“Soviet Union” is the name of an entity; did you mean `e:soviet-union`?",
    ),
    (
        "SELECT ?x { ?who v:helpedBuild ?x . FILTER(CONTAINS(?who, \"Soviet\")) }",
        "did you mean `?who rdfs:label ?whoLabel . FILTER(CONTAINS(?whoLabel, \"Soviet\"))`?",
    ),
    (
        "SELECT ?x { ?who v:helpedBuild ?x . FILTER(?who IN (\"Russia\", \"Soviet Union\")) }",
        "did you mean `FILTER(?who IN (e:russia, e:soviet-union))`?",
    ),
    // The same where the class or the predicate is a value.
    ("SELECT ?x { ?x a ?c VALUES ?c { v:BuiltThing } }", "did you mean `?x a/rdfs:subClassOf* ?c`?"),
    ("SELECT ?x { ?x a ?c FILTER(?c = v:Agent) }", "did you mean `?x a/rdfs:subClassOf* ?c`?"),
    ("SELECT ?x ?l { ?x a ?c ; rdfs:label ?l FILTER(?c IN (v:Agent, v:BuiltThing)) }", "`?x a/rdfs:subClassOf* ?c`?"),
    (
        "SELECT ?x { VALUES ?p { v:contributedTo } ?x ?p e:pakistan-steel-mills }",
        "did you mean `?x ?predicate e:pakistan-steel-mills . ?predicate rdfs:subPropertyOf* ?p`?",
    ),
    // A variable in another letter case outside of the step without solutions.
    (
        "SELECT ?y { ?x fl:pointInTime ?t BIND(STR(?T) AS ?y) FILTER(?y = \"1973\") }",
        "`?T` is not bound, as variables are",
    ),
    (
        "SELECT ?x (COUNT(?s) AS ?n) { ?s v:locatedIn ?x } GROUP BY ?x HAVING(COUNT(?S) > 0)",
        "`?S` is not bound, as variables are case-sensitive; did you mean `?s`?",
    ),
    (
        "SELECT ?x { ?x v:helpedBuild ?p FILTER EXISTS { ?x v:continues ?y FILTER(?P = e:pakistan-steel-mills) } }",
        "did you mean `?p`?",
    ),
    (
        "SELECT ?x { ?x v:continues ?y FILTER NOT EXISTS { ?X v:locatedIn ?z } }",
        "different variables, as variables are case-sensitive",
    ),
    (
        "SELECT ?x (COUNT(?s) AS ?n) { ?s v:locatedIn ?x } GROUP BY ?x HAVING(?N > 0)",
        "as HAVING comes before the expressions of SELECT; did you mean `HAVING(COUNT(?s) > 0)`?",
    ),
    // Dates and entities as strings.
    ("SELECT ?s { ?s fl:earliest ?d FILTER(STR(?d) = \"1973\") }", "did you mean `FILTER(YEAR(?d) = 1973)`?"),
    ("SELECT ?s { ?s fl:pointInTime ?d FILTER(STR(?d) = \"1973-01-01\") }", "`FILTER(?d = \"1973\"^^xsd:gYear)`?"),
    (
        "SELECT ?s { ?s fl:earliest ?d FILTER(CONTAINS(?d, \"1973\")) }",
        "of the type `xsd:date`, not strings; did you mean `FILTER(CONTAINS(STR(?d), \"1973\"))`?",
    ),
    ("SELECT ?s { ?s fl:earliest ?d FILTER(STRSTARTS(?d, 2025)) }", "`FILTER(STRSTARTS(STR(?d), \"2025\"))`?"),
    ("SELECT ?s { ?s fl:earliest \"2025\"^^xsd:gYear }", "`?s fl:earliest ?date . FILTER(YEAR(?date) = 2025)`?"),
    ("SELECT ?s { ?who v:helpedBuild ?s FILTER(STR(?who) = \"Soviet Union\") }", "`FILTER(?who = e:soviet-union)`?"),
    (
        "SELECT ?s { ?s v:helpedBuild ?p FILTER(STR(?p) IN (\"PSM\", \"Steel Mills\", \"Pakistan Steel Mills\")) }",
        "did you mean `FILTER(?p IN (e:pakistan-steel-mills",
    ),
    (
        "SELECT ?s { ?who v:helpedBuild ?s FILTER(STRSTARTS(STR(?who), \"soviet\")) }",
        "`?who rdfs:label ?whoLabel . FILTER(STRSTARTS(LCASE(STR(?whoLabel)), \"soviet\"))`?",
    ),
    // Names in VALUES and BIND.
    (
        "SELECT ?s { VALUES ?who { \"USSR\" \"Russia\" } ?who v:helpedBuild ?s }",
        "`VALUES ?who { e:soviet-union e:russia }`?",
    ),
    (
        "SELECT ?s { ?s rdfs:label ?l VALUES ?l { \"PSM\" } }",
        "did you mean `VALUES ?l { \"Pakistan Steel Mills\"@en }`?",
    ),
    ("SELECT ?s { VALUES ?t { 1973 } ?s fl:pointInTime ?t }", "did you mean `VALUES ?t { \"1973\"^^xsd:gYear }`?"),
    ("SELECT ?x { BIND(\"Karachi\" AS ?n) ?x v:locatedIn ?n }", "did you mean `BIND(e:karachi AS ?n)`?"),
    // A string in place of a status or a class.
    ("SELECT ?s { ?s fl:status \"planned\" }", "the values are IRIs, not strings; did you mean `fl:planned`?"),
    ("SELECT ?s { ?s fl:status ?t FILTER(STR(?t) = \"Planned\") }", "did you mean `FILTER(?t = fl:planned)`?"),
    ("SELECT ?s { ?s a \"Person\" }", "did you mean `v:Person`?"),
    // Addresses of an exact match.
    (
        "SELECT ?p ?o { <https://www.wikidata.org/wiki/Q8660> ?p ?o }",
        "it is an address of the exact match of an entity; did you mean `e:karachi`?",
    ),
    ("SELECT ?x { ?x v:locatedIn <https://www.wikidata.org/entity/Q8660/> }", "did you mean `e:karachi`?"),
    ("SELECT ?x { VALUES ?y { <http://wikidata.org/wiki/q8660> } ?x v:locatedIn ?y }", "did you mean `e:karachi`?"),
    // A predicate in the other direction.
    ("SELECT ?who { ?plant a v:SteelMill ; v:helpedBuild ?who }", "swapped: `?who v:helpedBuild ?plant`"),
    ("SELECT ?l { e:pakistan-steel-mills v:helpedBuild/rdfs:label ?l }", "v:helpedBuild e:pakistan-steel-mills`"),
    (
        "SELECT ?x { ?x rdfs:label ?l FILTER(LANGMATCHES(LANG(?l), \"eng\")) }",
        "`FILTER(LANGMATCHES(LANG(?l), \"en\"))`?",
    ),
    // A class with a member of its own, but those that satisfy the rest of the query are in subclasses.
    (
        "SELECT ?x { ?x a v:Place ; v:locatedIn e:karachi }",
        "only instances of subclasses of `v:Place` match, such as `v:SteelMill`; did you mean `?x a/rdfs:subClassOf* v:Place`?",
    ),
    (
        "SELECT ?x { ?x a v:Agent ; v:signed ?d . ?d v:wasSignedAt ?c . ?c a v:Event }",
        "did you mean `?x a/rdfs:subClassOf* v:Agent` and `?c a/rdfs:subClassOf* v:Event`?",
    ),
    ("SELECT ?s { ?s a fl:Statement ; fl:status fl:planned }", "did you mean `?s a/rdfs:subClassOf* fl:Statement`?"),
    // A search of labels for an alias or a title.
    (
        "SELECT ?x { ?x a v:State ; rdfs:label ?l FILTER(STRSTARTS(?l, \"Islamic Republic\")) }",
        "it is in an alias, not in a label; did you mean `?x rdfs:label|skos:altLabel ?l`?",
    ),
    ("SELECT ?x { ?x rdfs:label ?l FILTER(REGEX(?l, \"^Union of Soviet\")) }", "`?x rdfs:label|skos:altLabel ?l`?"),
    (
        "SELECT ?x { ?x rdfs:label ?l FILTER(CONTAINS(?l, \"russian federation\")) }",
        "did you mean `?x rdfs:label|skos:altLabel ?l . FILTER(CONTAINS(LCASE(?l), \"russian federation\"))`?",
    ),
    ("SELECT ?x { ?x skos:altLabel ?l FILTER(CONTAINS(?l, \"Soviet Union\")) }", "`?x skos:altLabel|rdfs:label ?l`?"),
    ("SELECT ?x { ?x rdfs:label ?l FILTER(CONTAINS(?l, \"Hindustan Times\")) }", "did you mean `?x dcterms:title ?l`?"),
    (
        "SELECT ?x { ?x rdfs:label \"Geo News on the signing\" }",
        "is the title of a source, not a label; did you mean `?x dcterms:title \"Geo News on the signing\"@en`?",
    ),
    (
        "SELECT ?x { ?x dcterms:title ?t FILTER(?t = \"Karachi\") }",
        "did you mean `?x rdfs:label ?t . FILTER(STR(?t) = \"Karachi\")`?",
    ),
    ("SELECT ?t { ?e oa:hasSource ?s . ?s rdfs:label ?t }", "did you mean `?s dcterms:title ?t`?"),
    ("SELECT ?q { ?e oa:hasSource \"Geo News on the signing\" ; oa:exact ?q }", "did you mean `src:geo`?"),
    // Times of different types, compared or joined.
    (
        "SELECT ?s { VALUES ?y { 1973 } ?s fl:pointInTime ?t FILTER(?t = ?y) }",
        "did you mean `VALUES ?y { \"1973\"^^xsd:gYear }`?",
    ),
    (
        "SELECT ?s { VALUES ?y { \"1973\" } ?s fl:earliest ?t FILTER(YEAR(?t) = ?y) }",
        "did you mean `VALUES ?y { 1973 }`?",
    ),
    ("SELECT ?s { VALUES ?y { 1973 } ?s fl:earliest ?y }", "`?s fl:earliest ?date . FILTER(YEAR(?date) = ?y)`?"),
    ("SELECT ?s { ?s fl:earliest ?y VALUES ?y { 1973 } }", "`VALUES ?value { 1973 } . FILTER(YEAR(?y) = ?value)`?"),
    (
        "SELECT ?s { BIND(\"1973-01-01\"^^xsd:date AS ?d) ?s fl:pointInTime ?d }",
        "did you mean `BIND(\"1973\"^^xsd:gYear AS ?d)`?",
    ),
    (
        "SELECT ?s { ?s fl:pointInTime ?t BIND(\"1973-01-01\"^^xsd:date AS ?d) FILTER(?t = ?d) }",
        "did you mean `BIND(\"1973\"^^xsd:gYear AS ?d)`?",
    ),
    (
        "SELECT ?s { ?s fl:earliest ?t FILTER(?t = \"2025-07\"^^xsd:gYearMonth) }",
        "`FILTER(STRSTARTS(STR(?t), \"2025-07\"))`?",
    ),
    (
        "SELECT ?s { ?s fl:earliest ?t FILTER(?t >= \"2015-05-01T12:00:00\"^^xsd:dateTime) }",
        "`FILTER(xsd:dateTime(?t) >= \"2015-05-01T12:00:00\"^^xsd:dateTime)`?",
    ),
    (
        "SELECT ?s { ?s fl:pointInTime ?t FILTER(?t = \"1973-05\"^^xsd:gYearMonth) }",
        "did you mean `FILTER(?t = \"1973\"^^xsd:gYear)`?",
    ),
    ("SELECT ?s { ?s dcterms:issued ?t FILTER(?t = \"2025\"^^xsd:gYear) }", "did you mean `FILTER(YEAR(?t) = 2025)`?"),
    (
        "SELECT ?s { ?s fl:earliest ?t FILTER(YEAR(?t) > \"2015-06-01\"^^xsd:date) }",
        "did you mean `FILTER(?t > \"2015-06-01\"^^xsd:date)`?",
    ),
    ("SELECT ?s { ?s fl:earliest ?t FILTER(xsd:integer(?t) = 1973) }", "did you mean `FILTER(YEAR(?t) = 1973)`?"),
    (
        "SELECT ?s { ?s fl:earliest ?t FILTER(SUBSTR(?t, 1, 4) = \"1973\") }",
        "`FILTER(SUBSTR(STR(?t), 1, 4) = \"1973\")`?",
    ),
    // A predicate of another vocabulary.
    (
        "SELECT ?y { ?x owl:sameAs <http://www.wikidata.org/entity/Q15180> ; v:helpedBuild ?y }",
        "`owl:sameAs` is not in the graph; did you mean `skos:exactMatch`?",
    ),
    (
        "SELECT ?y { ?x owl:sameAs <https://www.wikidata.org/wiki/Q15180> ; v:helpedBuild ?y }",
        "`owl:sameAs` is not in the graph; did you mean `skos:exactMatch`?",
    ),
    (
        "PREFIX foaf: <http://xmlns.com/foaf/0.1/> SELECT ?n { ?x foaf:name ?n }",
        "not in the graph; did you mean `rdfs:label`?",
    ),
    (
        "PREFIX wd: <http://www.wikidata.org/entity/> SELECT ?d { wd:Q159 v:signed ?d . wd:Q843 v:signed ?d }",
        "are exact matches of entities; did you mean `e:russia`, `e:pakistan`?",
    ),
    // Regular expressions and wildcards of other languages.
    (
        "SELECT ?x { ?x rdfs:label ?l FILTER(REGEX(?l, \"(?i)steel\")) }",
        "did you mean `FILTER(REGEX(?l, \"steel\", \"i\"))`?",
    ),
    (
        "SELECT ?x { ?x rdfs:label ?l FILTER(REGEX(?l, \"/steel/i\")) }",
        "did you mean `FILTER(REGEX(?l, \"steel\", \"i\"))`?",
    ),
    (
        "SELECT ?x { ?x rdfs:label ?l FILTER(CONTAINS(?l, \"%Steel%\")) }",
        "did you mean `FILTER(CONTAINS(?l, \"Steel\"))`?",
    ),
    // GRAPH without named graphs, in several patterns or in OPTIONAL.
    (
        "SELECT ?x { ?x v:signed ?d OPTIONAL { GRAPH ?g { ?d rdfs:label ?l } } FILTER(BOUND(?l)) }",
        "the data have no named graphs; did you mean `{ ?d rdfs:label ?l . }`?",
    ),
    (
        "SELECT ?x { GRAPH <http://e/g> { ?x v:signed ?d } GRAPH <http://e/g> { ?d rdfs:label ?l } }",
        "did you mean `{ ?x v:signed ?d . }` and `{ ?d rdfs:label ?l . }`?",
    ),
    // An IRI in place of a string.
    ("SELECT ?x { ?x v:locatedIn ?o FILTER(STRENDS(?o, \"karachi\")) }", "`FILTER(STRENDS(STR(?o), \"karachi\"))`?"),
    (
        "SELECT ?p { e:karachi ?p ?o FILTER(STRSTARTS(STR(?p), v:)) }",
        "`FILTER(STRSTARTS(STR(?p), STR(<https://factloom.example/psm/vocabulary/>)))`?",
    ),
    (
        "SELECT ?x { ?x v:helpedBuild ?o FILTER(CONTAINS(?o, \"psm\")) }",
        "did you mean `?o skos:altLabel ?oAlias . FILTER(CONTAINS(LCASE(?oAlias), \"psm\"))`?",
    ),
    (
        "SELECT ?x { ?x v:locatedIn ?o FILTER(STRAFTER(?o, \"entity/\") = \"karachi\") }",
        "`FILTER(STRAFTER(STR(?o), \"entity/\") = \"karachi\")`?",
    ),
    (
        "SELECT ?x { ?x v:locatedIn ?o FILTER(?o = \"https://factloom.example/psm/entity/karachi\") }",
        "did you mean `FILTER(?o = e:karachi)`?",
    ),
];

#[test]
fn the_first_hint_at_a_common_mistake_is_its_correction() {
    let options = ReadOptions { entailment: Some(Entailment::None), ..ReadOptions::default() };
    let root = factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED);
    let options = ProjectOptions { read: options, ..ProjectOptions::default() };
    let store = Project::open(root, options).graph(&|_| {}).expect("the dataset is valid").store;
    let mut unexpected = Vec::new();
    for (text, hint) in MISTAKES {
        let query = query::parse(text, store.namespaces()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let steps = query::why_empty(&store, &query, text).expect("the query can be explained");
        let first = steps.first().and_then(|step| step.hints.first());
        if !first.is_some_and(|first| first.contains(hint)) {
            unexpected.push(format!("{text}\n  expected {hint}\n  found {first:?}"));
        }
    }
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
}

#[test]
fn only_what_has_results_is_suggested() {
    // `v:helpedBuilt` is like `v:helpedBuild`, but Karachi did not help to build anything.
    let steps = explain("SELECT ?s { ?s a fl:Statement }");
    assert!(steps[0].hints[0].ends_with("did you mean `?s a/rdfs:subClassOf* fl:Statement`?"), "{:?}", steps[0].hints);
    let steps = explain("SELECT ?y { ?x v:helpedBuild/v:helpedBuild+ ?y }");
    assert!(steps[0].hints.iter().all(|hint| !hint.contains("swapped")), "{:?}", steps[0].hints);
    let steps = explain("SELECT ?x { e:karachi v:helpedBuilt ?x }");
    assert_eq!(steps[0].hints, ["`v:helpedBuilt` is not in the graph"]);
    for text in [
        "?s v:notSigned ?o",
        "?s a rdf:Property",
        "?s fl:earliest ?d . FILTER(?d > \"2115-05-01T12:00:00\"^^xsd:dateTime)",
        // Every IRI contains the word, as it is in their namespace.
        "?s v:helpedBuild ?o . FILTER(CONTAINS(?o, \"example\"))",
    ] {
        let steps = explain(&format!("SELECT * {{ {text} }}"));
        assert!(steps[0].hints.iter().all(|hint| !hint.contains("did you mean")), "{:?}", steps[0].hints);
    }
    let steps = explain("SELECT ?x { ?x rdfs:label ?l . FILTER(CONTAINS(?l, \"LAHORE\")) }");
    assert!(steps[0].hints.iter().all(|hint| !hint.contains("did you mean")), "{:?}", steps[0].hints);
}

#[test]
fn a_query_with_results_has_no_explanation() {
    for stored in &BUNDLED.metadata().queries {
        let query = crate::queries::with_defaults(&BUNDLED, stored);
        let steps = query::why_empty(&BUNDLED, &query, &stored.text).expect("the query can be explained");
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
    runs_out_at(&format!("SELECT * {{ {one} VALUES ?s {{ e:rusia }} }}"), "VALUES ?s { e:rusia }", exactly(1));
    runs_out_at(&format!("SELECT * {{ {one} {{ SELECT ?s {{ ?s v:none ?x }} }} }}"), "?s v:none ?x", None);
    let hints =
        runs_out_at(&format!("SELECT * {{ {one} BIND(1 AS ?n) FILTER(?n > 1) }}"), "FILTER(?n > 1)", exactly(1));
    assert_eq!(hints, ["`?n` is `1`"]);
    runs_out_at(&format!("SELECT ?s {{ {one} }} GROUP BY ?s HAVING(COUNT(*) > 1)"), "HAVING(COUNT(*) > 1)", exactly(1));
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
fn a_filter_on_a_column_is_corrected_in_its_group() {
    let karachi = "https://factloom.example/psm/entity/karachi";
    let text = format!("SELECT ?x (STR(?y) AS ?z) {{ ?x v:locatedIn ?y FILTER(?z = \"{karachi}\") }}");
    let hint = format!(
        "`?z` is not bound in this group, as it is assigned outside of it; did you mean `FILTER(STR(?y) = \"{karachi}\")`?"
    );
    assert_eq!(explain(&text)[0].hints, [hint]);
}

#[test]
fn many_literals_are_compared_with_many_names_in_the_time_for_hints() {
    let mut store = Store::in_memory(BUNDLED.namespaces().clone()).expect("it is empty");
    let name = |n: usize| Literal::from(format!("name {n} of something"));
    let iri = |n: usize| NamedNode::new_unchecked(format!("http://e/{n}"));
    store.load((0..9_000).map(|n| Triple::new(iri(n), vocab::rdfs::LABEL, name(n)))).expect("it is writable");
    let literals: Vec<String> = (0..500).map(|n| format!("\"nothing {n}\"")).collect();
    for text in [
        format!("SELECT * {{ VALUES ?name {{ {} }} ?x rdfs:label ?name }}", literals.join(" ")),
        format!("SELECT * {{ ?x rdfs:label ?name FILTER(?name IN ({})) }}", literals.join(", ")),
        format!("SELECT * {{ ?x rdfs:label ?name FILTER(?name = {}) }}", literals[..200].join(" || ?name = ")),
    ] {
        let query = query::parse(&text, store.namespaces()).expect("it is valid");
        let start = Instant::now();
        let steps = query::why_empty(&store, &query, &text).expect("the query can be explained");
        assert_eq!(steps.len(), 1);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
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

#[test]
fn numbers_and_patterns_are_shown_with_the_prefixes_of_the_query() {
    let steps = explain(
        "PREFIX v: <https://other.example/> PREFIX xsd: <https://xsd.example/> SELECT * { ?s v:p 5 . ?s rdfs:label ?l }",
    );
    assert_eq!(steps[0].step, "?s <https://other.example/p> 5");
    // A declaration for the same namespace changes nothing.
    let steps = explain("PREFIX v: <https://factloom.example/psm/vocabulary/> SELECT * { ?s v:continuse ?l }");
    assert_eq!(steps[0].hints, ["`v:continuse` is not in the graph; did you mean `v:continues`?"]);
}

#[test]
fn all_conditions_of_a_group_are_corrected_together() {
    for (text, hints) in [
        (
            "SELECT ?s { ?s fl:earliest ?t FILTER(?t > 1970 && ?t < 1980) }",
            vec![
                "the values are of the type `xsd:date`; \
                 did you mean `FILTER(?t > \"1970-12-31\"^^xsd:date && ?t < \"1980-01-01\"^^xsd:date)`?",
                "the values are dates, not years; did you mean `FILTER(YEAR(?t) > 1970 && YEAR(?t) < 1980)`?",
            ],
        ),
        (
            "SELECT ?s { ?s fl:earliest ?t FILTER(?t >= \"1970\"^^xsd:gYear) FILTER(?t < \"1980\"^^xsd:gYear) }",
            vec![
                "the values are of the type `xsd:date`; \
                 did you mean `FILTER(?t >= \"1970-01-01\"^^xsd:date && ?t < \"1980-01-01\"^^xsd:date)`?",
                "the values are dates, not years; did you mean `FILTER(YEAR(?t) >= 1970 && YEAR(?t) < 1980)`?",
            ],
        ),
        (
            "SELECT ?s { ?s oa:exact ?q FILTER(CONTAINS(?q, \"RUSSIA\") && CONTAINS(?q, \"AGREEMENT\")) }",
            vec![
                "it matches in another letter case; \
                 did you mean `FILTER(CONTAINS(LCASE(?q), \"russia\") && CONTAINS(LCASE(?q), \"agreement\"))`?",
            ],
        ),
        (
            "SELECT * { ?a v:isPartnerIn ?p . ?b v:isPartnerIn ?p FILTER(?a = \"Pakistan\" && ?b = \"Russia\") }",
            vec![
                "“Pakistan” is the name of an entity, “Russia” is the name of an entity; \
                 did you mean `FILTER(?a = e:pakistan && ?b = e:russia)`?",
            ],
        ),
        (
            "SELECT * { ?x v:locatedIn ?p FILTER(CONTAINS(?x, \"Steel\") && (CONTAINS(?p, \"Karachi\") || ?p = 5)) }",
            vec![
                "`?x` is an IRI, not a string, `?p` is an IRI, not a string; did you mean `?x rdfs:label ?xLabel . \
                 ?p rdfs:label ?pLabel . FILTER(CONTAINS(?xLabel, \"Steel\") && (CONTAINS(?pLabel, \"Karachi\") || (?p = 5)))`?",
            ],
        ),
        // The other condition is right.
        (
            "SELECT * { ?x rdfs:label ?l FILTER(LANG(?l) = \"en\" && STRSTARTS(?l, \"SOVIET\")) }",
            vec!["it matches in another letter case; did you mean `FILTER(STRSTARTS(LCASE(?l), \"soviet\"))`?"],
        ),
        // No change of both has a solution.
        (
            "SELECT ?s { ?s fl:earliest ?t FILTER(?t > 1970 && ?t < 1960) }",
            vec![
                "the values are of the type `xsd:date`; did you mean `FILTER(?t > \"1970-12-31\"^^xsd:date)`?",
                "the values are dates, not years; did you mean `FILTER(YEAR(?t) > 1970)`?",
            ],
        ),
    ] {
        let found = &explain(text)[0].hints;
        assert!(hints.iter().eq(found.iter().take(hints.len())), "{text}\n{found:#?}");
    }
}

#[test]
fn a_correction_with_which_the_whole_query_has_results_is_preferred() {
    // A comparison with a date, which is tried second, excludes the years that the outer filter requires.
    let steps = explain(
        "SELECT ?t { { SELECT ?t { ?s fl:pointInTime ?t FILTER(?t >= \"2015\") } } FILTER(DATATYPE(?t) = xsd:gYear) }",
    );
    let suggested: Vec<&String> = steps[0].hints.iter().filter(|hint| hint.contains("did you mean")).collect();
    let expected = ["FILTER(YEAR(?t) >= 2015)", "FILTER(?t >= \"2015\"^^xsd:gYear)"];
    assert_eq!(suggested.len(), expected.len(), "{suggested:?}");
    for (hint, filter) in suggested.iter().zip(expected) {
        assert!(hint.ends_with(&format!("did you mean `{filter}`?")), "{suggested:?}");
    }
}
