//! What JSON-LD drops, contexts in other documents, and limits.

use crate::store::{DocumentOptions, GraphBuilder};
use oxigraph::io::{JsonLdProfileSet, RdfFormat};

/// The triples of a document, and notes on it.
fn read_with(text: &str, options: &DocumentOptions<'_>) -> Result<(Vec<String>, Vec<String>), String> {
    let mut builder = GraphBuilder::new();
    let format = RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() };
    let notes = builder.read_with(format, options, text.as_bytes()).map_err(|e| e.to_string())?;
    let graph = builder.finish().map_err(|e| e.to_string())?;
    let mut quads: Vec<String> = graph.quads().map(|quad| quad.unwrap().to_string()).collect();
    quads.sort();
    Ok((quads, notes))
}

fn read(text: &str) -> Result<(Vec<String>, Vec<String>), String> {
    read_with(text, &DocumentOptions { base: Some("http://e/"), contexts: None })
}

#[test]
fn what_is_dropped_is_noted() {
    let (quads, notes) = read(r#"{"@id": "a", "name": 1, "http://e/p": [2, {"@id": "http://e/<>"}]}"#).unwrap();
    assert_eq!(quads.len(), 1);
    assert_eq!(
        notes,
        [
            "dropped 1 triple with relative or invalid IRIs or language tags: `http://e/<>`",
            "ignored keys without an IRI: `name`"
        ]
    );
    let keys: Vec<String> = (0..9).map(|n| format!("\"key{n}\": 1")).collect();
    let (quads, notes) = read(&format!("{{{}}}", keys.join(","))).unwrap();
    assert_eq!(
        (quads.len(), &*notes[0]),
        (0, "ignored keys without an IRI: `key0`, `key1`, `key2`, `key3`, `key4` and others")
    );
    assert_eq!(read(r#"{"@id": "a", "http://e/p": 1}"#).unwrap().1, [""; 0]);
}

#[test]
fn an_error_has_the_code_of_the_standard_and_the_value() {
    for (text, message) in [
        (r#"{"@id": 5}"#, "invalid JSON-LD: invalid @id value: `5`"),
        (
            r#"{"@context": {"a": {"@id": "b:c", "@container": "@none"}}}"#,
            "invalid JSON-LD: invalid container mapping: `\"@none\"`",
        ),
        (r#"{"@context": "c.jsonld"}"#, "cannot read the context `c.jsonld`: it is in another document"),
        ("{\n\"a\": }", "line 2, column 6: invalid JSON"),
    ] {
        assert_eq!(read(text).unwrap_err(), message);
    }
}

#[test]
fn contexts_in_other_documents_are_read_once() {
    let count = std::cell::Cell::new(0);
    let load = |iri: &str| {
        count.set(count.get() + 1);
        assert_eq!(iri, "http://e/c.jsonld");
        Ok(br#"{"@context": {"p": "http://e/p"}}"#.to_vec())
    };
    let options = DocumentOptions { base: Some("http://e/graph"), contexts: Some(&load) };
    let text = r#"[{"@context": "c.jsonld", "p": 1}, {"@context": "c.jsonld", "p": 2}]"#;
    assert_eq!(read_with(text, &options).unwrap().0.len(), 2);
    assert_eq!(count.get(), 1);
    let itself = |_: &str| Ok(br#"{"@context": "c.jsonld"}"#.to_vec());
    let options = DocumentOptions { base: Some("http://e/graph"), contexts: Some(&itself) };
    assert_eq!(read_with(text, &options).unwrap_err(), "invalid JSON-LD: context overflow: c.jsonld");
}

#[test]
fn hostile_contexts_are_refused() {
    let chain: Vec<String> = (0..2_000).map(|n| format!("\"t{n}\": \"t{}:x\"", n + 1)).collect();
    let deep = format!("{}1{}", "{\"a\": {\"@id\": \"b:c\", \"@context\": ".repeat(240), "}}".repeat(240));
    for (context, message) in [
        (
            format!("{{{}}}", chain.join(",")),
            "the document has more than 500 terms of contexts that refer to each other",
        ),
        (format!("{{\"t\": \"t:x\", \"u\": {deep}}}"), "invalid JSON-LD: cyclic IRI mapping: t"),
    ] {
        assert_eq!(read(&format!("{{\"@context\": {context}}}")).unwrap_err(), message);
    }
    // Each use of the term copies the context.
    let terms: Vec<String> = (0..3_000).map(|n| format!("\"t{n}\": \"e:{n}\"")).collect();
    let nodes: Vec<String> = (0..20_000).map(|n| format!(r#"{{"@context": {{"x{n}": null}}}}"#)).collect();
    let nodes = nodes.join(",");
    let text = format!("{{\"@context\": {{{}}}, \"e:p\": [{nodes}]}}", terms.join(","));
    let limit = "the document has contexts with too many terms that are applied too often";
    assert_eq!(read(&text).unwrap_err(), limit);
}

#[test]
fn the_context_of_a_term_is_processed_once_for_many_nodes() {
    let terms: Vec<String> = (0..3_000).map(|n| format!("\"t{n}\": \"e:{n}\"")).collect();
    let scoped = format!("{{{}}}", terms.join(","));
    let context = format!(
        r#"{{"p": {{"@id": "e:p", "@context": {scoped}}}, "T": {{"@id": "e:T", "@context": {scoped}}}, "q": "e:q"}}"#
    );
    for node in [r#"{"p": {"t5": 1}}"#, r#"{"@type": "T", "t5": 1}"#, r#"{"q": {"@context": {"t5": "e:5"}, "t5": 1}}"#]
    {
        let nodes = vec![node; 10_000].join(",");
        let (quads, notes) = read(&format!(r#"{{"@context": {context}, "@graph": [{nodes}]}}"#)).unwrap();
        assert_eq!((quads.len(), notes), (20_000, Vec::new()), "{node}");
    }
}

/// JSON-LD 1.1, section 1.4: "In JSON-LD the names in an object MUST be unique".
#[test]
fn an_object_with_a_key_twice_is_refused_with_its_position() {
    let text = "{\"@id\": \"a\",\n  \"http://e/é\": {\"x\": 1}, \"http://e/é\": 2}";
    assert_eq!(read(text).unwrap_err(), "line 2, column 27: the object has the key \"http://e/é\" twice");
    let text = r#"{"@context": {"a": "e:a", "\u0061": "e:b"}}"#;
    assert_eq!(read(text).unwrap_err(), "line 1, column 27: the object has the key \"a\" twice");
    assert!(read(r#"[{"http://e/a": 1}, {"http://e/a": {"http://e/a": 1}}]"#).is_ok());
}

#[test]
fn numbers_have_the_forms_of_xml_schema() {
    for (number, literal) in [
        ("5", "\"5\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
        ("-0", "\"0\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
        ("5.0", "\"5\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
        ("123456789012345678901", "\"123456789012345678901\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
        ("5.5", "\"5.5E0\"^^<http://www.w3.org/2001/XMLSchema#double>"),
        ("1e400", "\"INF\"^^<http://www.w3.org/2001/XMLSchema#double>"),
        ("1e30", "\"1.0E30\"^^<http://www.w3.org/2001/XMLSchema#double>"),
        (
            "{\"@value\": 5, \"@type\": \"http://www.w3.org/2001/XMLSchema#double\"}",
            "\"5.0E0\"^^<http://www.w3.org/2001/XMLSchema#double>",
        ),
        (
            "{\"@value\": {\"b\": 1.50, \"a\": []}, \"@type\": \"@json\"}",
            "\"{\\\"a\\\":[],\\\"b\\\":1.5}\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>",
        ),
    ] {
        let emitted = std::cell::RefCell::new(Vec::new());
        let emit = |quad: oxigraph::model::Quad| {
            emitted.borrow_mut().push(quad.object.to_string());
            Ok(())
        };
        let text = format!("{{\"http://e/p\": {number}}}");
        super::read(text.as_bytes(), "http://e/", None, emit).unwrap();
        assert_eq!(*emitted.borrow(), [literal], "{number}");
    }
}
