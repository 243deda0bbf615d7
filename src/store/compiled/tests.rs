//! The compiled graph compared with Oxigraph's parsers, and corrupt files.

use super::{CompiledGraph, GraphBuilder, GraphError};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{BaseDirection, BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use proptest::prelude::*;
use std::collections::BTreeSet;

const SAMPLE: &str = r#"
<http://e/a> <http://e/p> <http://e/b> . # a comment
<http://e/a>	<http://e/p> "plain" .
_:x <http://e/p> _:y-1.z .
<http://e/a> <http://e/q> "tab\tquote\" \u00e9 \U0001F600" .
<http://e/a> <http://e/q> "Werk"@DE-at .
<http://e/a> <http://e/q> "left"@he--rtl .
<http://e/a> <http://e/q> "007"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://e/a> <http://e/q> "7"^^<http://www.w3.org/2001/XMLSchema#int> .
<http://e/a> <http://e/q> "typed"^^<http://www.w3.org/2001/XMLSchema#string> .
<http://e/a> <http://e/q> "soon"^^<http://www.w3.org/2001/XMLSchema#date> .
<http://e/r> <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> <<( <http://e/a> <http://e/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> )>> .
<http://e/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> <<( <http://e/a> <http://e/p> <<( _:x <http://e/p> "7"^^<http://www.w3.org/2001/XMLSchema#integer> )>> )>> .
<http://e/پاکستان><http://e/p><http://e/鋼>.
"#;

fn graph(format: RdfFormat, text: &str) -> Result<CompiledGraph, GraphError> {
    let mut builder = GraphBuilder::new();
    builder.read(format, None, text.as_bytes())?;
    builder.finish()
}

fn quads(graph: &CompiledGraph) -> BTreeSet<String> {
    let term = |id| graph.term(id).unwrap().to_string();
    let named = &graph.parts().named;
    let mut lines: BTreeSet<String> = graph.matches([None; 3]).map(|t| t.unwrap().map(term).join(" ")).collect();
    lines.extend((0..named.len()).map(|at| named.quad(0, at).unwrap().map(term).join(" ")));
    lines
}

/// The quads of a document as Oxigraph's parser reads them.
fn reference(format: RdfFormat, text: &str) -> BTreeSet<String> {
    let line = |quad: Quad| match quad.graph_name {
        GraphName::DefaultGraph => format!("{} {} {}", quad.subject, quad.predicate, quad.object),
        name => format!("{} {} {} {name}", quad.subject, quad.predicate, quad.object),
    };
    RdfParser::from_format(format).for_slice(text).map(|quad| line(quad.unwrap())).collect()
}

#[test]
fn documents_are_read_as_oxigraph_reads_them() {
    assert_eq!(quads(&graph(RdfFormat::NTriples, SAMPLE).unwrap()), reference(RdfFormat::NTriples, SAMPLE));
    let trig = "@prefix e: <http://e/> . e:a e:p 1, 1.0, 1e0, true . e:g { e:a e:p e:b, 01 . _:b e:q _:b } _:b { e:a e:p e:b }";
    assert_eq!(quads(&graph(RdfFormat::TriG, trig).unwrap()), reference(RdfFormat::TriG, trig));
}

#[test]
fn line_ends_of_windows_and_old_macs_are_accepted() {
    for end in ["\r\n", "\r", "\n\r\n"] {
        let text = SAMPLE.trim().replace('\n', end).replace("# a comment", "");
        assert_eq!(quads(&graph(RdfFormat::NTriples, &text).unwrap()).len(), 13, "{end:?}");
    }
    let after_a_comment = "# first\r<http://e/a> <http://e/p> <http://e/b> .\r";
    assert_eq!(quads(&graph(RdfFormat::NTriples, after_a_comment).unwrap()).len(), 1);
}

#[test]
fn triple_terms_are_read_up_to_a_depth() {
    let line = |depth: usize| {
        let (open, close) = ("<<( <http://e/a#> <http://e/p> ".repeat(depth), " )>>".repeat(depth));
        format!("<http://e/a> <http://e/p> {open}\"<<(\\\" <<(\"{close} . # \"\n")
    };
    for depth in [0, 1, 8, 9, 128] {
        let graph = graph(RdfFormat::NTriples, &line(depth)).unwrap();
        assert_eq!(quads(&graph), reference(RdfFormat::NTriples, &line(depth)), "{depth}");
        graph.verify().unwrap();
    }
    for depth in [129, 100_000] {
        for format in [RdfFormat::NTriples, RdfFormat::NQuads, RdfFormat::Turtle] {
            let found = graph(format, &line(depth)).err().map(|e| e.to_string());
            assert!(
                found.as_ref().is_some_and(|e| e.contains("nested more than 128 levels deep")),
                "{depth} {format:?}: {found:?}"
            );
        }
    }
    // Many terms in sequence are not nested.
    let wide = line(1).repeat(500).replace('\n', "\r");
    assert_eq!(quads(&graph(RdfFormat::NTriples, &wide).unwrap()).len(), 1);
}

#[test]
fn a_syntax_error_has_its_line() {
    for line in [
        "<http://e/a> <http://e/p> <http://e/b>",
        "<http://e/a> <http://e/p> \"open .",
        "<http://e/a> <e p> <http://e/b> .",
        "<relative> <http://e/p> <http://e/b> .",
        "<http://e/a> <http://e/p> \"x\"@d_e .",
        "<http://e/a> <http://e/p> \"x\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .",
        "\"literal\" <http://e/p> <http://e/b> .",
        "<http://e/a> _:p <http://e/b> .",
        "<http://e/a> <http://e/p> <http://e/b> . <http://e/c>",
    ] {
        let text =
            format!("<http://e/a> <http://e/p> <http://e/b> .\n{line}\n<http://e/a> <http://e/p> <http://e/b> .\n");
        let error = graph(RdfFormat::NTriples, &text).err().map(|e| e.to_string());
        assert!(error.as_ref().is_some_and(|e| e.starts_with("line 2")), "{line}: {error:?}");
    }
    let mut builder = GraphBuilder::new();
    let error = builder.read(RdfFormat::NTriples, None, &b"<http://e/a> <http://e/p> <http://e/b> .\n\xff"[..]);
    assert_eq!(error.unwrap_err().to_string(), "line 2: invalid UTF-8");
}

#[test]
fn documents_do_not_share_blank_nodes() {
    let mut builder = GraphBuilder::new();
    for _ in 0..2 {
        builder.read(RdfFormat::NTriples, None, "_:b <http://e/p> <http://e/b> .".as_bytes()).unwrap();
    }
    let lines = quads(&builder.finish().unwrap());
    assert_eq!(
        lines.into_iter().collect::<Vec<_>>(),
        ["_:b <http://e/p> <http://e/b>", "_:f2.b <http://e/p> <http://e/b>"]
    );
}

#[test]
fn a_builder_resumes_a_graph() {
    let first = graph(RdfFormat::NTriples, SAMPLE).unwrap();
    let again = GraphBuilder::resume(&first).unwrap().finish().unwrap();
    let bytes = |graph: &CompiledGraph| {
        let mut bytes = Vec::new();
        graph.write(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(bytes(&first), bytes(&again));
    let opened = CompiledGraph::from_bytes(bytes(&first)).unwrap();
    opened.verify().unwrap();
    assert_eq!(quads(&opened), quads(&first));
    assert_eq!(bytes(&GraphBuilder::resume(&opened).unwrap().finish().unwrap()), bytes(&first));
}

fn many(lines: usize) -> String {
    let line = |i: usize| match i % 3 {
        0 => format!(
            "<http://e/{}> <http://e/p{}> \"{i}\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n",
            i % 977,
            i % 7
        ),
        1 => format!("<http://e/{}> <http://e/q> <http://e/{}> .\n", i % 977, i * 31 % 1009),
        _ => format!("_:b{} <http://e/r> <<( <http://e/{}> <http://e/q> \"é{i}\" )>> .\n", i % 500, i % 977),
    };
    (0..lines).map(line).collect()
}

#[test]
fn the_same_document_gives_the_same_bytes_on_any_number_of_threads() {
    // Several blocks, which are parsed in parallel.
    let text = many(150_000);
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut bytes = Vec::new();
            graph(RdfFormat::NTriples, &text).unwrap().write(&mut bytes).unwrap();
            bytes
        })
    };
    let (one, two) = (of(1), of(2));
    assert!(one == two && of(3) == one);
    CompiledGraph::from_bytes(one).unwrap().verify().unwrap();
}

/// Reads all quads of a graph.
fn read_all(graph: &CompiledGraph) -> Result<usize, GraphError> {
    let mut length = 0;
    for triple in graph.matches([None; 3]) {
        for id in triple? {
            length += graph.term(id)?.to_string().len();
        }
    }
    for at in 0..graph.parts().named.len() {
        for id in graph.parts().named.quad(0, at)? {
            length += graph.term(id)?.to_string().len();
        }
    }
    Ok(length)
}

#[test]
fn sections_that_are_not_consecutive_are_rejected() {
    let mut bytes = Vec::new();
    graph(RdfFormat::NTriples, SAMPLE).unwrap().write(&mut bytes).unwrap();
    assert!(CompiledGraph::from_bytes(super::file::with_valid_checksums(bytes.clone())).is_ok());
    // The second section gets the offset of the first.
    let (first, second) = (40..48, 56..64);
    bytes.copy_within(first, second.start);
    assert!(CompiledGraph::from_bytes(super::file::with_valid_checksums(bytes)).is_err());
}

#[test]
fn a_truncated_file_is_rejected() {
    let mut bytes = Vec::new();
    graph(RdfFormat::NTriples, &many(500)).unwrap().write(&mut bytes).unwrap();
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        assert!(CompiledGraph::from_bytes(bytes[..length].to_vec()).is_err(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_changed_byte_is_found(at in any::<prop::sample::Index>(), change in 1_u8..) {
        let mut bytes = Vec::new();
        graph(RdfFormat::NTriples, SAMPLE).unwrap().write(&mut bytes).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        let found = CompiledGraph::from_bytes(bytes).and_then(|graph| read_all(&graph).and_then(|_| graph.verify()));
        prop_assert!(found.is_err());
    }

    /// An attacker can recompute the checksums.
    #[test]
    fn a_changed_file_with_recomputed_checksums_is_read_in_full_or_rejected(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = Vec::new();
        graph(RdfFormat::NTriples, SAMPLE).unwrap().write(&mut bytes).unwrap();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(graph) = CompiledGraph::from_bytes(super::file::with_valid_checksums(bytes)) {
            let (content, verified) = (read_all(&graph), graph.verify());
            prop_assert!(verified.is_err() || content.is_ok());
        }
    }
}

fn any_iri() -> impl Strategy<Value = NamedNode> {
    prop_oneof![
        "[a-z]{1,6}(/[A-Za-z0-9._~é鋼%20]{0,8}){0,3}(#[a-z]{0,4})?".prop_map(|path| format!("http://e/{path}")),
        "urn:[a-z]{2,8}:[a-zA-Z0-9:@()+,.=;$_!*'-]{1,12}",
    ]
    .prop_filter_map("a valid IRI", |iri| NamedNode::new(iri).ok())
}

fn any_node() -> impl Strategy<Value = NamedOrBlankNode> {
    prop_oneof![
        any_iri().prop_map(NamedOrBlankNode::from),
        // A label such as `f1-1` changes in Turtle, where it could be that of a node without a label.
        "[a-eg-z_][a-z0-9_-]{0,8}".prop_map(|label| BlankNode::new_unchecked(label).into()),
    ]
}

/// Literals in any form: numbers with zeros and signs, invalid ones, any datatype, language and direction.
fn any_literal() -> impl Strategy<Value = Literal> {
    let names =
        "integer|decimal|double|float|boolean|int|byte|nonNegativeInteger|date|dateTime|dateTimeStamp|gYear|duration";
    let text = prop_oneof![
        "[+-]?0{0,3}[0-9]{1,40}(\\.[0-9]{0,30})?([eE][+-]?[0-9]{1,3})?",
        "20[0-9]{2}-0[1-9]-0[1-9](T(12|24):00:00(\\.0+)?)?(Z|[+-]00:00|\\+05:00)?",
        "-?P[0-9]{1,3}(Y|M|D)",
        "INF|-INF|NaN|inf|true|1|0",
        any::<String>(),
    ];
    let typed = (text, names).prop_map(|(text, name)| {
        Literal::new_typed_literal(text, NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{name}")))
    });
    let other = (any::<String>(), any_iri()).prop_map(|(text, iri)| Literal::new_typed_literal(text, iri));
    let direction = prop_oneof![Just(None), Just(Some(BaseDirection::Ltr)), Just(Some(BaseDirection::Rtl))];
    let tag = "[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-x-[a-z0-9]{1,8})?";
    let tagged = (any::<String>(), tag, direction).prop_map(|(text, tag, direction)| match direction {
        None => Literal::new_language_tagged_literal(text, tag).unwrap(),
        Some(direction) => Literal::new_directional_language_tagged_literal(text, tag, direction).unwrap(),
    });
    prop_oneof![6 => typed, 1 => other, 2 => tagged, 1 => any::<String>().prop_map(Literal::new_simple_literal)]
}

fn any_object() -> impl Strategy<Value = Term> {
    let leaf = prop_oneof![4 => any_literal().prop_map(Term::from), 1 => any_node().prop_map(Term::from)];
    leaf.prop_recursive(3, 3, 1, |inner| {
        (any_node(), any_iri(), inner)
            .prop_map(|(subject, predicate, object)| Term::from(Triple::new(subject, predicate, object)))
    })
}

fn triples(graph: &CompiledGraph) -> BTreeSet<String> {
    graph.quads().map(|quad| Triple::from(quad.unwrap()).to_string()).collect()
}

proptest! {
    /// RDF 1.1, section 3.3: two literals are the same term if and only if their forms, datatypes and languages are equal.
    #[test]
    fn terms_stay_as_they_are_written(
        written in prop::collection::vec((any_node(), any_iri(), any_object()), 1..12),
    ) {
        let written: Vec<Triple> = written.into_iter().map(|(s, p, o)| Triple::new(s, p, o)).collect();
        let expected: BTreeSet<String> = written.iter().map(Triple::to_string).collect();
        let lines: String = written.iter().fold(String::new(), |lines, triple| lines + &triple.to_string() + " .\n");
        let read = graph(RdfFormat::NTriples, &lines).unwrap();
        prop_assert!(read.verify().is_ok());
        prop_assert_eq!(triples(&read), expected.clone());
        // Also without the parser of this module, and from a file.
        let turtle = graph(RdfFormat::Turtle, &lines).unwrap();
        prop_assert_eq!(triples(&turtle), expected.clone());
        let mut bytes = Vec::new();
        read.write(&mut bytes).unwrap();
        prop_assert_eq!(triples(&CompiledGraph::from_bytes(bytes).unwrap()), expected);
        for triple in &written {
            let id = read.id_of(triple.object.as_ref()).unwrap();
            prop_assert_eq!(id.map(|id| read.term(id).unwrap()), Some(triple.object.clone()));
        }
    }
}

/// RDF 1.1, section 3.3, permits lower case; in RDF 1.2, tags that differ only in letter case are the same.
#[test]
fn language_tags_are_the_same_in_any_letter_case() {
    let lines = "<urn:s> <urn:p> \"a\"@en-GB , \"a\"@EN-gb , \"a\"@en-gb , \"a\"@AR--rtl .";
    let expected = [r#"<urn:s> <urn:p> "a"@ar--rtl"#, r#"<urn:s> <urn:p> "a"@en-gb"#];
    assert_eq!(triples(&graph(RdfFormat::Turtle, lines).unwrap()), expected.map(str::to_owned).into());
    let lines: String = lines
        .split(" , ")
        .map(|object| match object.strip_prefix("<urn:s>") {
            Some(_) => format!("{object} .\n"),
            None => format!("<urn:s> <urn:p> {} .\n", object.trim_end_matches(" .")),
        })
        .collect();
    assert_eq!(triples(&graph(RdfFormat::NTriples, &lines).unwrap()), expected.map(str::to_owned).into());
}

#[test]
fn a_string_with_its_datatype_is_a_simple_literal() {
    let line =
        format!("<urn:s> <urn:p> \"a\"^^{} .\n<urn:s> <urn:p> <<( <urn:s> {} \"b\" )>> .\n", xsd::STRING, rdf::VALUE);
    let graph = graph(RdfFormat::NTriples, &line).unwrap();
    assert!(graph.id_of((&Literal::new_simple_literal("a")).into()).unwrap().is_some());
    graph.verify().unwrap();
}
