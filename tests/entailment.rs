//! Standard entailment compared with owlrl.

use crate::program::python;
use crate::scratch;
use factloom::dataset::DatasetRoot;
use factloom::model::Kind;
use factloom::store::Store;
use std::collections::BTreeSet;

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

fn build(rules: &str) -> Store {
    let manifest = format!(
        r#"{{ "base": "https://example.org/", "rules": {rules}, "sources": [{{ "id": "s", "kind": "background" }}] }}"#
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
    let directory = scratch::temp_dir(&files);
    factloom::build(DatasetRoot::Directory(directory.path().to_owned())).expect("no error").1
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
    let store = build(r#"["rdfs", "owl"]"#);
    let actual = entity_triples(store.triples().expect("a valid store").iter().map(ToString::to_string));
    let inferred = store.statements().filter(|s| matches!(s.as_ref().expect("a statement").kind, Kind::Inference(_)));
    assert!(inferred.count() > 20);

    let plain = build("[]");
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
    let missing: Vec<_> = expected.difference(&actual).collect();
    let surplus: Vec<_> = actual.difference(&expected).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nsurplus {surplus:#?}");
}
external!(Need::Python("owlrl"), both_rule_sets_entail_the_same_triples_as_owlrl);

#[test]
fn the_proof_of_an_inferred_class_has_its_rule_and_the_lines_of_its_premises() {
    let store = build(r#"["rdfs"]"#);
    let mut explainer = factloom::rules::Explainer::new(&store).expect("the rules can be read");
    let names = store.namespaces();
    let id = |id: &str| names.entity(&factloom::model::EntityId::new(id).expect("an id"));
    let class = oxigraph::model::NamedNode::new_unchecked("https://example.org/vocabulary/Thing");
    let triple = oxigraph::model::Triple::new(id("mill"), oxigraph::model::vocab::rdf::TYPE, class);
    let proof = explainer.proof(&triple, false).expect("a valid store");
    assert_eq!(proof.steps[0].derivations[0].rule, "rdfs-subclass");
    let files: Vec<&str> = proof.steps.iter().filter_map(|step| Some(step.declared_at.as_ref()?.0.as_str())).collect();
    assert!(files.contains(&"vocabulary.ttl") && files.contains(&"entities.json"), "{files:?}");
    let view = factloom::view::View::new(&store, &factloom::store::Labels::new(&store, "en")).expect("a view");
    let mill = &view.graph()[view.node_with_id("mill").expect("a node")];
    assert_eq!(
        mill.class.as_ref().map(oxigraph::model::NamedNode::as_str),
        Some("https://example.org/vocabulary/Mill")
    );
}
