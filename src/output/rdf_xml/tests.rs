//! RDF/XML compared with Oxigraph's, and read again.

use super::*;
use crate::model::Namespaces;
use crate::output::{GraphFormat, RdfVersion, write_graph};
use oxigraph::io::{RdfFormat, RdfParser, RdfSerializer};
use oxigraph::model::dataset::CanonicalizationAlgorithm;
use oxigraph::model::{BlankNode, Graph, Literal, NamedNode, Term, Triple};
use proptest::prelude::*;

fn write(triples: &[Triple]) -> Result<String, OutputError> {
    write_with(triples, &Namespaces::standard())
}

fn write_with(triples: &[Triple], namespaces: &Namespaces) -> Result<String, OutputError> {
    let mut out = Vec::new();
    let format = GraphFormat(RdfFormat::RdfXml);
    let result = write_graph(triples.to_vec(), format, RdfVersion::V12, namespaces, &mut out);
    if result.is_err() {
        assert!(out.is_empty(), "something was written");
    }
    result.map(|()| String::from_utf8(out).unwrap())
}

fn canonical(triples: impl IntoIterator<Item = Triple>) -> Graph {
    let mut graph: Graph = triples.into_iter().collect();
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph
}

/// Writes triples and reads them again.
fn round_trip(triples: &[Triple]) {
    assert_reads_as(&write(triples).unwrap(), triples);
}

fn assert_reads_as(text: &str, triples: &[Triple]) {
    let read = RdfParser::from_format(RdfFormat::RdfXml).for_slice(text);
    let read: Vec<Triple> = read.map(|quad| quad.unwrap_or_else(|e| panic!("{e}\n{text}")).into()).collect();
    assert_eq!(canonical(read), canonical(triples.iter().cloned()), "{text}");
}

fn iri(iri: &str) -> NamedNode {
    NamedNode::new(iri).unwrap()
}

#[test]
fn what_rdf_xml_cannot_represent_is_refused_before_anything_is_written() {
    let good = Triple::new(iri("http://e/a"), iri("http://e/b"), iri("http://e/c"));
    let refused = |bad: Triple| write(&[good.clone(), bad]).unwrap_err().to_string();
    for (predicate, reason) in [
        ("http://e/", "it does not end with a name in XML"),
        ("http://e/1", "it does not end with a name in XML"),
        ("http://e/a%20", "it does not end with a name in XML"),
        ("http://www.w3.org/2000/xmlns/a", "XML reserves its namespace"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#li", "it is part of the syntax"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#Description", "it is part of the syntax"),
    ] {
        let message = format!("RDF/XML cannot represent the predicate <{predicate}>: {reason}");
        let bad = Triple::new(iri("http://e/a"), iri(predicate), iri("http://e/c"));
        assert_eq!(refused(bad.clone()), message);
        assert_eq!(refused(Triple::new(iri("http://e/a"), iri("http://e/p"), Term::from(bad))), message);
    }
    let bad = Triple::new(iri("http://e/a"), iri("http://e/b"), Literal::new_simple_literal("x\u{1}y"));
    assert_eq!(refused(bad), "the value `x\\u{1}y` contains U+0001, which XML cannot represent");
}

#[test]
fn names_that_are_not_names_in_xml_are_written_if_the_syntax_allows_it() {
    let types = ["http://e/", "http://e/1", "http://www.w3.org/1999/02/22-rdf-syntax-ns#Description", "http://e/C"];
    for class in types {
        round_trip(&[Triple::new(iri("http://e/a"), rdf::TYPE, iri(class))]);
    }
    for predicate in ["http://www.w3.org/XML/1998/namespaceab", "http://www.w3.org/2000/xmlns/ab", "urn:a:b", "x:b"] {
        round_trip(&[Triple::new(iri("http://e/a"), iri(predicate), iri("http://e/b"))]);
    }
    let labels = ["1a", "_1a", "__1a", "a:b", "a-1b", "_a-1b", "a-0b", "a.b", "é", "x"];
    let node = |label: &str| BlankNode::new(label).unwrap();
    let triples: Vec<Triple> = labels.iter().map(|l| Triple::new(node(l), iri("http://e/p"), node("x"))).collect();
    round_trip(&triples);
    let mut ids: Vec<_> = labels.iter().map(|label| node_id(label)).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), labels.len());
}

#[test]
fn a_prefix_that_xml_does_not_have_is_not_declared() {
    let triples = [Triple::new(iri("http://e/a"), iri("http://e/b"), iri("http://e/c"))];
    for prefix in ["", "xml", "xmlns", "XMLfoo", "rdf", "its"] {
        let namespaces = Namespaces::standard().with_prefix(prefix, "http://e/").unwrap();
        let text = write_with(&triples, &namespaces).unwrap();
        assert!(text.contains("<b xmlns=\"http://e/\" "), "{prefix}: {text}");
        assert_reads_as(&text, &triples);
    }
    for reserved in RESERVED_NAMESPACES {
        let triples = [Triple::new(iri("http://e/a"), iri("http://e/b"), iri(reserved))];
        let text = write_with(&triples, &Namespaces::standard().with_prefix("x", reserved).unwrap()).unwrap();
        assert!(!text.contains("xmlns:x"), "{text}");
        assert_reads_as(&text, &triples);
    }
}

fn triples() -> impl Strategy<Value = Vec<Triple>> {
    let node =
        prop::sample::select(vec!["http://e/a", "http://e/b#c", "http://www.w3.org/2000/01/rdf-schema#d", "urn:x:é"]);
    let node = node.prop_map(iri);
    let predicate = prop_oneof![node.clone(), Just(rdf::TYPE.into_owned())];
    let subject = prop_oneof![
        node.clone().prop_map(NamedOrBlankNode::from),
        prop::sample::select(vec!["a", "b1"]).prop_map(|label| BlankNode::new(label).unwrap().into())
    ];
    let object = prop_oneof![
        subject.clone().prop_map(Term::from),
        "[a-z <>&\"'\n\r\t#é]{0,6}".prop_map(|text| Literal::new_simple_literal(text).into()),
        "[a-z]{1,3}".prop_map(|text| Literal::new_language_tagged_literal(text, "en").unwrap().into()),
        Just(Literal::new_directional_language_tagged_literal("x", "he", BaseDirection::Rtl).unwrap().into()),
        Just(Literal::from(5).into()),
    ];
    let triple = (subject.clone(), predicate.clone(), object).prop_map(|(s, p, o)| Triple::new(s, p, o));
    let nested = (subject, predicate, triple.clone()).prop_map(|(s, p, inner)| Triple::new(s, p, Term::from(inner)));
    prop::collection::vec(prop_oneof![4 => triple, 1 => nested], 0..8)
}

proptest! {
    #[test]
    fn the_bytes_are_those_of_oxigraph(triples in triples()) {
        let mut expected = WithoutCommands::new(Vec::new());
        let namespaces = Namespaces::standard();
        let written = write(&triples).unwrap();
        let used = |namespace: &str| written.contains(&format!("=\"{namespace}\""));
        let mut serializer = RdfSerializer::from_format(RdfFormat::RdfXml);
        for (prefix, namespace) in namespaces.prefixes().iter().filter(|(_, namespace)| used(namespace)) {
            serializer = serializer.with_prefix(prefix, namespace).unwrap();
        }
        let mut serializer = serializer.for_writer(&mut expected);
        for triple in &triples {
            serializer.serialize_triple(triple).unwrap();
        }
        serializer.finish().unwrap().flush().unwrap();
        prop_assert_eq!(written, String::from_utf8(expected.into_inner()).unwrap());
        round_trip(&triples);
    }
}
