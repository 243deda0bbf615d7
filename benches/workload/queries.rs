//! The queries, grouped by feature. Every graph with at least 20,000 triples contains the IRIs that they use.

use super::Graph;

/// How the results of two engines are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// As a multiset.
    Rows,
    /// As a sequence: the query orders all rows, without ties.
    Sequence,
    /// By the number of rows: the query leaves open which ones it selects.
    Count,
}

/// A query for one of the graphs.
#[derive(Debug, Clone, Copy)]
pub struct Benchmark {
    /// Its name in tables.
    pub name: &'static str,
    /// The graph on which it runs.
    pub graph: Graph,
    /// How its results are compared.
    pub comparison: Comparison,
    text: &'static str,
}

impl Benchmark {
    /// The text of the query with its prefixes.
    pub fn sparql(&self) -> String {
        format!("{PREFIXES}{}", self.text)
    }
}

/// `d:` and `g:` are the first two departments of the first university.
const PREFIXES: &str = "\
PREFIX u: <https://bench.example/university#>
PREFIX d: <http://www.Department0.University0.example/>
PREFIX g: <http://www.Department1.University0.example/>
PREFIX e: <https://bench.example/entity/>
PREFIX v: <https://bench.example/vocabulary/>
PREFIX st: <https://bench.example/statement/>
PREFIX src: <https://bench.example/source/>
PREFIX fl: <https://factloom.example/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
";

/// All queries.
pub fn all() -> impl Iterator<Item = Benchmark> {
    let group = |graph, comparison, queries: &'static [(&str, &str)]| {
        queries.iter().map(move |&(name, text)| Benchmark { name, graph, comparison, text })
    };
    group(Graph::University, Comparison::Rows, UNIVERSITY)
        .chain(group(Graph::University, Comparison::Sequence, UNIVERSITY_ORDERED))
        .chain(group(Graph::University, Comparison::Count, UNIVERSITY_LIMITED))
        .chain(group(Graph::Facts, Comparison::Rows, FACTS))
        .chain(group(Graph::Facts, Comparison::Sequence, FACTS_ORDERED))
}

const UNIVERSITY: &[(&str, &str)] = &[
    ("point: a subject", "SELECT ?p ?o { d:FullProfessor0 ?p ?o }"),
    ("point: an object", "SELECT ?s { ?s u:takesCourse d:GraduateCourse0 }"),
    ("point: a literal", r#"SELECT ?s { ?s u:emailAddress "UndergraduateStudent7@Department0.University0.example" }"#),
    ("ask: true", "ASK { d:FullProfessor0 u:worksFor <http://www.Department0.University0.example> }"),
    ("ask: false", "ASK { d:FullProfessor0 u:worksFor <http://www.Department1.University0.example> }"),
    ("star: students of a course", "SELECT ?x { ?x a u:GraduateStudent ; u:takesCourse d:GraduateCourse0 }"),
    (
        "star: professors of a department",
        "SELECT * { ?x a u:FullProfessor ; u:worksFor <http://www.Department0.University0.example> ;
           u:name ?name ; u:emailAddress ?mail ; u:telephone ?telephone }",
    ),
    (
        "star: all graduates",
        "SELECT * { ?x a u:GraduateStudent ; u:name ?name ; u:emailAddress ?mail ; u:age ?age ; u:advisor ?advisor }",
    ),
    (
        "triangle: degree from one's own university",
        "SELECT * { ?x a u:GraduateStudent . ?y a u:University . ?z a u:Department .
           ?x u:memberOf ?z . ?z u:subOrganizationOf ?y . ?x u:undergraduateDegreeFrom ?y }",
    ),
    (
        "triangle: the same without types",
        "SELECT * { ?x u:memberOf ?z . ?z u:subOrganizationOf ?y . ?x u:undergraduateDegreeFrom ?y }",
    ),
    (
        "triangle: taught by one's advisor",
        "SELECT * { ?x a u:GraduateStudent . ?x u:advisor ?y . ?y u:teacherOf ?z . ?x u:takesCourse ?z . ?z a u:GraduateCourse }",
    ),
    (
        "triangle: the same without types, counted",
        "SELECT (COUNT(*) AS ?n) { ?x u:advisor ?y . ?y u:teacherOf ?z . ?x u:takesCourse ?z }",
    ),
    (
        "chain: students to universities",
        "SELECT ?student ?university { ?student u:advisor ?p . ?p u:worksFor ?d . ?d u:subOrganizationOf ?university }",
    ),
    ("scan: a predicate", "SELECT ?s ?name { ?s u:name ?name }"),
    ("scan: a class", "SELECT ?s { ?s a u:UndergraduateStudent }"),
    ("scan: everything", "SELECT * { ?s ?p ?o }"),
    ("optional: advisors", "SELECT * { ?x a u:UndergraduateStudent OPTIONAL { ?x u:advisor ?advisor } }"),
    (
        "optional: students without an advisor",
        "SELECT ?x { ?x a u:UndergraduateStudent OPTIONAL { ?x u:advisor ?advisor } FILTER(!BOUND(?advisor)) }",
    ),
    ("filter: a number", "SELECT ?x ?age { ?x u:age ?age FILTER(?age > 60) }"),
    ("filter: a date", r#"SELECT ?x { ?x u:enrolled ?on FILTER(?on >= "2025-06-01"^^xsd:date) }"#),
    (
        "filter: a regular expression",
        r#"SELECT ?x { ?x u:emailAddress ?mail FILTER(REGEX(?mail, "^Full.*7@.*0\\.U")) }"#,
    ),
    (
        "filter: functions of strings",
        r#"SELECT ?x { ?x u:name ?name FILTER(STRSTARTS(?name, "Graduate") && STRLEN(?name) > 15 && STRENDS(LCASE(?name), "42")) }"#,
    ),
    (
        "filter: other advisees",
        "SELECT * { d:GraduateStudent3 u:advisor ?p . ?b u:advisor ?p FILTER(?b != d:GraduateStudent3) }",
    ),
    (
        "filter: pairs of advisees",
        "SELECT ?a ?b { ?p u:worksFor <http://www.Department0.University0.example> . ?a u:advisor ?p . ?b u:advisor ?p FILTER(?a != ?b) }",
    ),
    (
        "filter: one of a list",
        "SELECT ?x { ?x a ?class FILTER(?class IN (u:Lecturer, u:ResearchGroup, u:University)) }",
    ),
    ("count: everything", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
    ("count: a join", "SELECT (COUNT(*) AS ?n) { ?x u:memberOf ?d . ?x u:takesCourse ?c }"),
    ("count: distinct", "SELECT (COUNT(DISTINCT ?y) AS ?n) { ?x u:doctoralDegreeFrom ?y }"),
    ("group: members of departments", "SELECT ?d (COUNT(*) AS ?n) { ?x u:memberOf ?d } GROUP BY ?d"),
    ("group: triples by predicate", "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"),
    (
        "group: age by class",
        "SELECT ?class (AVG(?age) AS ?mean) (MAX(?age) AS ?most) { ?x a ?class ; u:age ?age } GROUP BY ?class",
    ),
    (
        "having: the busiest advisors",
        "SELECT ?p (COUNT(?x) AS ?n) { ?x u:advisor ?p } GROUP BY ?p HAVING (COUNT(?x) > 14)",
    ),
    ("distinct: interests", "SELECT DISTINCT ?interest { ?x u:researchInterest ?interest }"),
    ("distinct: classes", "SELECT DISTINCT ?class { ?x a ?class }"),
    (
        "distinct: what students of a department take",
        "SELECT DISTINCT ?c { ?x u:memberOf <http://www.Department0.University0.example> ; u:takesCourse ?c }",
    ),
    ("path: p+ from a node", "SELECT ?c { d:GraduateCourse40 u:buildsUpon+ ?c }"),
    ("path: p+ to a node", "SELECT ?c { ?c u:buildsUpon+ d:Course0 }"),
    ("path: p* after a join", "SELECT ?c { d:FullProfessor0 u:teacherOf ?x . ?x u:buildsUpon* ?c }"),
    ("path: a class with its subclasses", "SELECT ?x { ?x a/rdfs:subClassOf* u:Professor }"),
    ("path: p/q/r", "SELECT ?x { ?x u:advisor/u:worksFor/u:subOrganizationOf <http://www.University0.example> }"),
    ("path: ^p/q", "SELECT DISTINCT ?c { <http://www.Department1.University0.example> ^u:memberOf/u:takesCourse ?c }"),
    ("path: p|q", "SELECT ?x { ?x u:worksFor|u:headOf <http://www.Department0.University0.example> }"),
    (
        "union: two degrees",
        "SELECT ?x { { ?x u:mastersDegreeFrom <http://www.University0.example> } UNION { ?x u:doctoralDegreeFrom <http://www.University0.example> } }",
    ),
    ("minus: graduates who do not teach", "SELECT ?x { ?x a u:GraduateStudent MINUS { ?x u:teachingAssistantOf ?c } }"),
    (
        "values: two departments",
        "SELECT ?x ?d { VALUES ?d { <http://www.Department0.University0.example> <http://www.Department1.University0.example> } ?x u:memberOf ?d }",
    ),
    (
        "not exists: courses without prerequisites",
        "SELECT ?c { ?c a u:Course FILTER NOT EXISTS { ?c u:buildsUpon ?d } }",
    ),
    ("exists: teachers with advisees", "SELECT ?p { ?p u:worksFor ?d FILTER EXISTS { ?x u:advisor ?p } }"),
    ("construct: students and advisors", "CONSTRUCT { ?x u:knows ?p } WHERE { ?x u:advisor ?p }"),
    (
        "subquery: the oldest of each department",
        "SELECT ?d ?x { { SELECT ?d (MAX(?age) AS ?most) { ?y u:worksFor ?d ; u:age ?age } GROUP BY ?d } ?x u:worksFor ?d ; u:age ?most }",
    ),
    (
        "bind: a concatenated string",
        r#"SELECT ?card { ?x a u:FullProfessor ; u:name ?name ; u:telephone ?t BIND(CONCAT(?name, ", ", ?t) AS ?card) }"#,
    ),
];

const UNIVERSITY_ORDERED: &[(&str, &str)] = &[
    ("order: the ten oldest", "SELECT ?x ?age { ?x u:age ?age } ORDER BY DESC(?age) ?x LIMIT 10"),
    (
        "order: ten busiest advisors",
        "SELECT ?p (COUNT(*) AS ?n) { ?x u:advisor ?p } GROUP BY ?p ORDER BY DESC(?n) ?p LIMIT 10",
    ),
    (
        "order: members of a department",
        "SELECT ?x ?name { ?x u:memberOf <http://www.Department0.University0.example> ; u:name ?name } ORDER BY ?name ?x",
    ),
];

const UNIVERSITY_LIMITED: &[(&str, &str)] = &[
    ("limit: any ten triples", "SELECT * { ?s ?p ?o } LIMIT 10"),
    ("limit: any hundred of a join", "SELECT * { ?x u:advisor ?p . ?p u:worksFor ?d } LIMIT 100"),
];

const FACTS: &[(&str, &str)] = &[
    ("fact: its quote", "SELECT ?quote ?source { st:f3 fl:evidence ?e . ?e oa:exact ?quote ; oa:hasSource ?source }"),
    ("fact: all about an entity", "SELECT * { { e:e5 ?p ?o } UNION { ?s ?p e:e5 } }"),
    ("fact: a chain", "SELECT ?o { e:e0 v:relation1/v:relation2 ?o }"),
    ("fact: all reachable entities", "SELECT ?o { e:e0 v:relation3+ ?o }"),
    ("fact: a triangle", "SELECT * { ?a v:relation0 ?b . ?b v:relation1 ?c . ?c v:relation2 ?a }"),
    (
        "fact: a relation with labels",
        "SELECT ?from ?to { ?s v:relation3 ?o . ?s rdfs:label ?from . ?o rdfs:label ?to }",
    ),
    ("triple term: ground", "SELECT ?f { ?f rdf:reifies <<( e:e0 v:relation0 e:e1 )>> }"),
    ("triple term: its subject", "SELECT * { ?f rdf:reifies <<( e:e0 ?p ?o )>> }"),
    ("triple term: its predicate", "SELECT * { ?f rdf:reifies <<( ?s v:relation3 ?o )>> }"),
    ("triple term: its object", "SELECT * { ?f rdf:reifies <<( ?s ?p e:e1 )>> }"),
    ("triple term: subject and predicate", "SELECT * { ?f rdf:reifies <<( e:e0 v:relation0 ?o )>> }"),
    (
        "triple term: of an entity, with quotes",
        "SELECT ?p ?o ?quote { ?f rdf:reifies <<( e:e0 ?p ?o )>> ; fl:evidence ?e . ?e oa:exact ?quote }",
    ),
    (
        "triple term: asserted, with citations",
        "SELECT ?p ?o ?quote ?source { e:e0 ?p ?o . ?f rdf:reifies <<( e:e0 ?p ?o )>> ; fl:evidence ?e .
           ?e oa:exact ?quote ; oa:hasSource ?source }",
    ),
    (
        "triple term: all, with their quotes",
        "SELECT ?s ?p ?o ?quote { ?f rdf:reifies <<( ?s ?p ?o )>> ; fl:evidence ?e . ?e oa:exact ?quote }",
    ),
    ("triple term: all, by a path", "SELECT ?t ?quote { ?f rdf:reifies ?t ; fl:evidence/oa:exact ?quote }"),
    ("triple term: planned claims", "SELECT * { ?f a fl:Claim ; rdf:reifies <<( ?s ?p ?o )>> ; fl:status fl:planned }"),
    (
        "triple term: stated twice",
        "SELECT ?t ?f ?g { ?f rdf:reifies ?t . ?g rdf:reifies ?t FILTER(STR(?f) < STR(?g)) }",
    ),
    ("triple term: by a function", "SELECT ?f { ?f rdf:reifies ?t FILTER(SUBJECT(?t) = e:e0) }"),
    (
        "triple term: with a label and a date",
        r#"SELECT ?name ?day { ?f rdf:reifies <<( ?s v:relation7 ?o )>> ; fl:earliest ?day . ?s rdfs:label ?name FILTER(?day >= "2015-01-01"^^xsd:date) }"#,
    ),
    ("triple term: counted by predicate", "SELECT ?p (COUNT(*) AS ?n) { ?f rdf:reifies <<( ?s ?p ?o )>> } GROUP BY ?p"),
    ("claims: by status", "SELECT ?status (COUNT(*) AS ?n) { ?f a fl:Claim ; fl:status ?status } GROUP BY ?status"),
    ("evidence: of a source", "SELECT ?f ?t { ?e oa:hasSource src:s3 . ?f fl:evidence ?e ; rdf:reifies ?t }"),
    ("evidence: containing a word", r#"SELECT ?e { ?e oa:exact ?quote FILTER(CONTAINS(?quote, "鋼鋼鋼")) }"#),
    (
        "evidence: matching a pattern",
        r#"SELECT ?e { ?e oa:exact ?quote FILTER(REGEX(?quote, "^(kari|mil).*(bau|port)en q[0-9]*7$")) }"#,
    ),
    ("measures: the greatest", "SELECT ?s ?n { ?s v:measures ?n FILTER(?n >= 9990) }"),
    ("measures: summed", "SELECT (SUM(?n) AS ?total) (COUNT(DISTINCT ?s) AS ?things) { ?s v:measures ?n }"),
];

const FACTS_ORDERED: &[(&str, &str)] = &[
    (
        "order: ten largest sources",
        "SELECT ?source (COUNT(*) AS ?n) { ?e oa:hasSource ?source } GROUP BY ?source ORDER BY DESC(?n) ?source LIMIT 10",
    ),
    ("order: the latest ten facts", "SELECT ?f ?day { ?f a fl:Fact ; fl:latest ?day } ORDER BY DESC(?day) ?f LIMIT 10"),
];
