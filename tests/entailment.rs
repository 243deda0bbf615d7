//! Standard entailment compared with owlrl.

use crate::program::{factloom, python, stdout_of};
use crate::scratch;
use factloom::dataset::DatasetRoot;
use factloom::model::{Entailment, Kind};
use factloom::rules::{RuleOptions, with_entailment};
use factloom::store::{GraphBuilder, Store};
use oxigraph::io::RdfFormat;
use std::collections::BTreeSet;
use std::path::Path;

const VOCABULARY: &str = r"
@prefix v: <https://example.org/vocabulary/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
v:Thing a owl:Class .
v:Plant a owl:Class ; rdfs:subClassOf v:Thing .
v:Mill a owl:Class ; rdfs:subClassOf v:Plant .
v:Owner a owl:Class .
v:Place a owl:Class .
v:touches a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:domain v:Thing .
v:inside a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:subPropertyOf v:touches ; rdfs:range v:Place .
v:deepInside a owl:ObjectProperty ; rdfs:subPropertyOf v:inside .
v:holds a owl:ObjectProperty ; owl:inverseOf v:inside .
v:owns a owl:ObjectProperty ; rdfs:domain v:Owner .
v:size a owl:DatatypeProperty ; rdfs:domain v:Plant .
owl:sameAs a owl:ObjectProperty .
";

const ENTITIES: &str = r#"[
  { "id": "mill", "type": "Mill", "label": "mill" }, { "id": "works", "type": "Plant", "label": "works" },
  { "id": "town", "type": "Thing", "label": "town" }, { "id": "land", "type": "Place", "label": "land" },
  { "id": "realm", "type": "Thing", "label": "realm" }, { "id": "ada", "type": "Owner", "label": "ada" }
]"#;

const FACTS: [(&str, &str, &str); 6] = [
    ("mill", "deepInside", "town"),
    ("town", "inside", "land"),
    ("land", "deepInside", "realm"),
    ("ada", "owns", "works"),
    ("mill", "owl:sameAs", "works"),
    ("works", "size", "3"),
];

fn dataset(entailment: &str) -> tempfile::TempDir {
    let manifest = format!(
        r#"{{ "base": "https://example.org/", "entailment": "{entailment}", "sources": [{{ "id": "s", "kind": "background" }}] }}"#
    );
    let fact = |(number, (s, p, o)): (usize, &(&str, &str, &str))| {
        let object =
            if *p == "size" { format!(r#"{{ "value": "{o}", "type": "xsd:integer" }}"#) } else { format!("\"{o}\"") };
        format!(
            r#"{{ "id": "f{number}", "subject": "{s}", "predicate": "{p}", "object": {object},
               "evidence": [{{ "source": "s", "note": "It is known." }}] }}"#
        )
    };
    let facts = format!("[{}]", FACTS.iter().enumerate().map(fact).collect::<Vec<_>>().join(","));
    let files = [
        ("factloom.json", manifest.as_str()),
        ("vocabulary.ttl", VOCABULARY),
        ("entities.json", ENTITIES),
        ("facts.json", &facts),
    ];
    scratch::temp_dir(&files)
}

fn build(entailment: &str) -> Store {
    factloom::build(DatasetRoot::Directory(dataset(entailment).path().to_owned())).expect("no error").1
}

/// The triples about entities with predicates and classes of the vocabulary.
fn entity_triples(triples: impl Iterator<Item = String>) -> BTreeSet<String> {
    let is_selected = |triple: &String| {
        let mut parts = triple.split(' ');
        let (subject, predicate, object) = (parts.next(), parts.next(), parts.next());
        let is_entity = subject.is_some_and(|s| s.starts_with("<https://example.org/entity/"));
        let is_predicate =
            predicate.is_some_and(|p| p.starts_with("<https://example.org/vocabulary/") || p.ends_with("#sameAs>"));
        let is_class = predicate.is_some_and(|p| p.ends_with("#type>"))
            && object.is_some_and(|o| o.starts_with("<https://example.org/vocabulary/"));
        is_entity && (is_predicate || is_class) && subject != object
    };
    triples.filter(is_selected).collect()
}

fn both_rule_sets_entail_the_same_triples_as_owlrl() {
    let store = build("owl");
    let actual = entity_triples(store.triples().expect("a valid store").iter().map(ToString::to_string));
    let inferred = store.statements().filter(|s| matches!(s.as_ref().expect("a statement").kind, Kind::Entailment(_)));
    assert!(inferred.count() > 20);

    let plain = build("none");
    let mut nt = String::new();
    for triple in plain.triples().expect("a valid store") {
        let line = triple.to_string();
        if !line.contains("<<(") && !line.starts_with("<https://example.org/statement/") {
            nt.push_str(&line);
            nt.push_str(" .\n");
        }
    }
    let script = "import sys, rdflib, owlrl\n\
        g = rdflib.Graph(); g.parse(data=sys.stdin.read(), format='nt')\n\
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(g)\n\
        out = rdflib.Graph()\n\
        for t in g:\n    if not isinstance(t[0], rdflib.Literal): out.add(t)\n\
        sys.stdout.write(out.serialize(format='nt'))\n";
    let output = python(script, &[], nt.as_bytes());
    let lines = output.stdout.lines().filter_map(|line| Some(line.strip_suffix(" .")?.to_owned()));
    let expected = entity_triples(lines);
    let mut builder = GraphBuilder::new();
    builder.read(RdfFormat::NTriples, None, nt.as_bytes()).expect("valid N-Triples");
    let builder = with_entailment(builder, Entailment::Owl, &RuleOptions::default()).expect("no limit is reached");
    let extended = Store::compiled(builder.finish().expect("a small graph")).expect("a valid graph");
    let of_triples = entity_triples(extended.triples().expect("a valid store").iter().map(ToString::to_string));
    for actual in [actual, of_triples] {
        let missing: Vec<_> = expected.difference(&actual).collect();
        let surplus: Vec<_> = actual.difference(&expected).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nsurplus {surplus:#?}");
    }
}
external!(Need::Python("owlrl"), both_rule_sets_entail_the_same_triples_as_owlrl);

#[test]
fn the_proof_of_an_inferred_class_has_its_rule_and_the_lines_of_its_premises() {
    let store = build("rdfs");
    let mut explainer = factloom::rules::Explainer::new(&store).expect("the rules can be read");
    let names = store.namespaces();
    let id = |id: &str| names.entity(&factloom::model::EntityId::new(id).expect("an id"));
    let class = oxigraph::model::NamedNode::new_unchecked("https://example.org/vocabulary/Thing");
    let triple = oxigraph::model::Triple::new(id("mill"), oxigraph::model::vocab::rdf::TYPE, class);
    let proof = explainer.proof(&triple, false).expect("a valid store");
    assert_eq!(proof.steps[0].derivations[0].rule, "rdfs-class-hierarchy");
    let files: Vec<&str> = proof.steps.iter().filter_map(|step| Some(step.declared_at.as_ref()?.0.as_str())).collect();
    assert!(files.contains(&"vocabulary.ttl") && files.contains(&"entities.json"), "{files:?}");
    let view = factloom::view::View::new(&store, &factloom::store::Labels::new(&store, "en")).expect("a view");
    let mill = &view.graph()[view.node_with_id("mill").expect("a node")];
    assert_eq!(
        mill.class.as_ref().map(oxigraph::model::NamedNode::as_str),
        Some("https://example.org/vocabulary/Mill")
    );
}

/// The things that a query finds, separated by spaces.
fn things(directory: &Path, args: &[&str]) -> String {
    let found = stdout_of(
        directory,
        &[&["query", "SELECT ?thing { ?thing a v:Thing } ORDER BY ?thing", "-f", "tsv"], args].concat(),
    );
    let ids = found.lines().filter_map(|line| line.strip_prefix("<https://example.org/entity/")?.strip_suffix('>'));
    ids.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_manifest_chooses_the_entailment_and_an_option_overrides_it() {
    let (none, rdfs) = (dataset("none"), dataset("rdfs"));
    let (none, rdfs) = (none.path(), rdfs.path());
    let (stated, entailed) = ("realm town", "land mill realm town works");
    // The second time, each graph comes from its own cache.
    for _ in 0..2 {
        assert_eq!(things(none, &[]), stated);
        assert_eq!(things(rdfs, &[]), entailed);
        assert_eq!(things(none, &["--entailment", "rdfs"]), entailed);
        assert_eq!(things(rdfs, &["--entailment", "none"]), stated);
    }
    let cached = |name: &str| none.join(".factloom").join(name).exists();
    assert!(cached("graph.factloom") && cached("graph-rdfs.factloom") && cached("inputs-rdfs.json"));
}

#[test]
fn an_entailment_is_marked_and_listed_or_drawn_only_on_request() {
    let dataset = dataset("owl");
    let run = |args: &[&str]| stdout_of(dataset.path(), args);
    let marked = run(&["query", "ASK { ?e a fl:Entailment ; rdf:reifies <<( e:mill a v:Thing )>> }"]);
    assert_eq!(marked.trim(), "true");
    let proof = run(&["why", "--subject", "mill", "--predicate", "rdf:type", "--object", "v:Thing"]);
    let first = proof.lines().next().expect("a line");
    assert!(first.starts_with("mill is a Thing ") && first.contains(" entailment · rule "), "{proof}");
    assert!(!run(&["facts"]).contains("entailment"));
    assert!(run(&["facts", "--kind", "entailment"]).contains("entailment, rule owl-inverse"));
    let edges = |args: &[&str]| run(&[&["draw", "-f", "dot"], args].concat()).matches(" -> ").count();
    assert_eq!(edges(&[]), 5);
    assert!(edges(&["--kind", "entailment"]) > 5);
    let (facts, all) = (run(&["path", "realm", "town"]), run(&["path", "realm", "town", "--kind", "entailment"]));
    assert!(facts.contains("deepInside") && all.contains("holds"), "{facts}{all}");
}

#[test]
fn what_a_rule_of_the_dataset_derives_too_is_an_inference() {
    let dataset = dataset("rdfs");
    // Sorted by name, it would follow the rules of RDF Schema.
    let rule = "PREFIX v: <https://example.org/vocabulary/>\nCONSTRUCT { ?a v:inside ?b } WHERE { ?a v:deepInside ?b }";
    scratch::write(dataset.path(), "rules/surroundings.rq", rule);
    let of_kind = |kind: &str| stdout_of(dataset.path(), &["facts", "--kind", kind, "--predicate", "inside"]);
    assert!(
        of_kind("inference").contains("mill inside town\n    inference, rule surroundings"),
        "{}",
        of_kind("inference")
    );
    assert_eq!(of_kind("entailment"), "");
}

#[test]
fn a_query_that_selects_entailments_draws_them() {
    let dataset = dataset("rdfs");
    let query = "#+ diagram:\n#+   title: Inside\nPREFIX v: <https://example.org/vocabulary/>\nCONSTRUCT { ?a v:inside ?b } WHERE { ?a v:inside ?b }";
    scratch::write(dataset.path(), "queries/inside.rq", query);
    let edges =
        |args: &[&str]| stdout_of(dataset.path(), &[&["draw", "-f", "dot"], args].concat()).matches(" -> ").count();
    assert_eq!(edges(&["inside"]), 3);
    let select = "SELECT ?s { ?s a fl:Entailment ; rdf:reifies <<( e:mill v:inside e:town )>> }";
    assert_eq!(edges(&["--select", select]), 1);
}

#[test]
fn the_entailment_of_rdf_files_is_added_on_request() {
    let turtle = "PREFIX : <http://e/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        :City rdfs:subClassOf :Place . :near rdfs:range :Place . :karachi a :City ; :near :pipri , \"the sea\" .";
    let directory = scratch::temp_dir(&[("data.ttl", turtle)]);
    let places = |args: &[&str]| {
        let query = "PREFIX : <http://e/> SELECT ?place { ?place a :Place } ORDER BY ?place";
        stdout_of(directory.path(), &[&["query", query, "--data", "data.ttl", "-f", "tsv"], args].concat())
    };
    assert_eq!(places(&[]), "?place\n");
    assert_eq!(places(&["--entailment", "rdfs"]), "?place\n<http://e/karachi>\n<http://e/pipri>\n");
    stdout_of(directory.path(), &["export", "--data", "data.ttl", "-f", "factloom", "-o", "data.factloom"]);
    let refused = factloom(directory.path(), &["query", "ASK {}", "--data", "data.factloom", "--entailment", "rdfs"]);
    assert_eq!(refused.status, Some(2));
    assert!(refused.stderr.contains("is a compiled graph, whose entailment is fixed"), "{}", refused.stderr);
}
