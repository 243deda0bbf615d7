//! The same document in other forms, and relative IRIs, in every syntax.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use oxigraph::io::JsonLdProfileSet;
use oxigraph::model::dataset::{CanonicalizationAlgorithm, Dataset};
use std::io::Write;

const JSON_LD: RdfFormat = RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() };

/// A document in each syntax, with a comment at the end if there are comments. It ends without a line break.
const DOCUMENTS: [(RdfFormat, &str); 7] = [
    (RdfFormat::NTriples, "# first\n<http://e/a> <http://e/p> _:b . # b\n\n_:b <http://e/p> \"x\"@en .\n# last"),
    (RdfFormat::NQuads, "<http://e/a> <http://e/p> _:b <http://e/g> .\n\n_:b <http://e/p> \"x\"@en . # last"),
    (RdfFormat::Turtle, "@prefix e: <http://e/> .\n# a comment\ne:a\n  e:p [ e:q \"x\" ,\n ( 1 2 ) ] .\n# last"),
    (RdfFormat::TriG, "PREFIX e: <http://e/>\ne:g {\n  e:a e:p [ e:q 1.5 ]\n}\n{ e:a e:p _:b }\n# last"),
    (
        RdfFormat::N3,
        "@prefix e: <http://e/> .\n# a comment\ne:a e:p [ e:q \"x\" ] .\n{ e:a e:p e:b } e:q e:c .\n# last",
    ),
    (
        RdfFormat::RdfXml,
        "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"\n  xmlns:e=\"http://e/\">\n\
         <rdf:Description rdf:about=\"http://e/a\">\n<e:p\n>x</e:p>\n<e:q rdf:parseType=\"Resource\">\n<e:r/>\n</e:q>\n\
         </rdf:Description>\n</rdf:RDF>\n<!-- last -->",
    ),
    (JSON_LD, "{\n\"@id\": \"http://e/a\",\n\"http://e/p\": [\n\"x\",\n{ \"http://e/q\": 1 }\n]\n}"),
];

fn read(format: RdfFormat, base: Option<&str>, text: &[u8]) -> Result<Vec<Quad>, String> {
    let mut builder = GraphBuilder::new();
    builder.read(format, base, text).map_err(|e| e.to_string())?;
    builder.finish().map_err(|e| e.to_string())?.quads().map(|quad| quad.map_err(|e| e.to_string())).collect()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn byte_order_marks_line_ends_and_compression_change_nothing() {
    for (format, text) in DOCUMENTS {
        let expected = read(format, None, text.as_bytes()).unwrap();
        assert!(expected.len() >= 2, "{format:?}: {expected:?}");
        // The reference knows none of this.
        let canonical = |quads: Vec<Quad>| {
            let mut dataset: Dataset = quads.into_iter().collect();
            dataset.canonicalize(CanonicalizationAlgorithm::Unstable);
            dataset
        };
        let reference = RdfParser::from_format(format).for_slice(text).collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(canonical(reference), canonical(expected.clone()), "{format:?}");

        let windows = text.replace('\n', "\r\n");
        let forms = [
            format!("{text}\n").into_bytes(),
            format!("\u{FEFF}{text}").into_bytes(),
            windows.clone().into_bytes(),
            format!("\u{FEFF}{windows}\r\n").into_bytes(),
            gzip(text.as_bytes()),
            gzip(format!("\u{FEFF}{windows}").as_bytes()),
            [gzip(&text.as_bytes()[..20]), gzip(b""), gzip(&text.as_bytes()[20..])].concat(),
        ];
        for (number, form) in forms.iter().enumerate() {
            assert_eq!(read(format, None, form), Ok(expected.clone()), "{format:?}, form {number}");
        }
        let compressed = gzip(text.as_bytes());
        let cut = read(format, None, &compressed[..compressed.len() - 10]);
        assert_eq!(cut, Err("invalid gzip: it ends too early".to_owned()), "{format:?}");
    }
}

#[test]
fn relative_iris_are_resolved_or_named() {
    let xml = |content: &str| {
        format!(
            r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">{content}</rdf:RDF>"#
        )
    };
    for (format, text, relative) in [
        (RdfFormat::Turtle, "<#x> <http://e/p> <> .".to_owned(), "#x"),
        (RdfFormat::Turtle, "@prefix : <#> . <http://e/a> <http://e/p> :x .".to_owned(), "#x"),
        (RdfFormat::Turtle, "<http://e/a> <http://e/p> \"1\"^^<t> .".to_owned(), "t"),
        (RdfFormat::TriG, "<x/y> { <http://e/a> <http://e/p> <http://e/b> }".to_owned(), "x/y"),
        (RdfFormat::N3, "<http://e/a> <p> <http://e/b> .".to_owned(), "p"),
        (RdfFormat::Turtle, "<http://e/a> <http://e/p> <<( <http://e/a> <http://e/p> </x> )>> .".to_owned(), "/x"),
        (RdfFormat::RdfXml, xml(r#"<rdf:Description rdf:ID="x"><e:p>1</e:p></rdf:Description>"#), "#x"),
        (RdfFormat::RdfXml, xml(r#"<rdf:Description rdf:about="//h/x"><e:p>1</e:p></rdf:Description>"#), "//h/x"),
        (JSON_LD, r#"{"@id": "x", "http://e/p": 1}"#.to_owned(), "x"),
        (JSON_LD, r##"{"@id": "http://e/a", "@type": "#x"}"##.to_owned(), "#x"),
    ] {
        let base = "http://e/path/file";
        let quads = read(format, Some(base), text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(quads.len(), 1, "{text}");
        let resolved = match relative {
            "/x" => "http://e/x".to_owned(),
            "//h/x" => "http://h/x".to_owned(),
            fragment if fragment.starts_with('#') => format!("{base}{fragment}"),
            path => format!("http://e/path/{path}"),
        };
        assert!(quads[0].to_string().contains(&format!("<{resolved}>")), "{text}: {}", quads[0]);
        let without = read(format, None, text.as_bytes());
        assert_eq!(without, Err(format!("relative IRI `{relative}` without a base")), "{text}");
    }
    // A base in the document needs no other, and an unused relative IRI none.
    assert!(read(RdfFormat::Turtle, None, b"@base <http://e/> . <#x> <p> <> .").is_ok());
    assert!(read(RdfFormat::Turtle, None, b"@prefix : <#> . <http://e/a> <http://e/p> 1 .").is_ok());
    assert!(read(RdfFormat::Turtle, Some("relative"), b"").is_err());
}

/// RDF/XML, section 2.14.
#[test]
fn a_relative_xml_base_is_resolved_against_the_base_in_scope() {
    let text = "<?xml version='1.0'?>\n<!-- <a xml:base='no'> -->\n\
        <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/' xml:base = 'a/b/'>\n\
        <rdf:Description rdf:about='s' xml:base=\"../c/?x&amp;y\">\n\
        <e:p rdf:resource='o'/><e:p xml:base='d/' rdf:resource='o'/><e:p xml:base='http://f/g' rdf:resource='o'/>\n\
        </rdf:Description><rdf:Description rdf:about='t' e:q='>'/></rdf:RDF>";
    for size in [1, 7, 1 << 16] {
        let mut builder = GraphBuilder::new();
        let pieces = Pieces { text: text.as_bytes(), size };
        builder.read(RdfFormat::RdfXml, Some("http://e/"), pieces).unwrap();
        let graph = builder.finish().unwrap();
        let mut triples: Vec<String> = graph.quads().map(|quad| quad.unwrap().to_string()).collect();
        triples.sort();
        let expected = [
            "<http://e/a/b/t> <http://e/q> \">\"",
            "<http://e/a/c/s> <http://e/p> <http://e/a/c/d/o>",
            "<http://e/a/c/s> <http://e/p> <http://e/a/c/o>",
            "<http://e/a/c/s> <http://e/p> <http://f/o>",
        ];
        assert_eq!(triples, expected);
    }
}

#[test]
fn relative_bases_that_expand_too_much_are_refused() {
    let document = |base: &str, value: &str, elements: usize| {
        let element = format!("<rdf:Description xml:base='{value}' rdf:about='a' e:p='1'/>\n").repeat(elements);
        let namespaces = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/'";
        format!("<rdf:RDF {namespaces} xml:base='{base}'>\n{element}</rdf:RDF>")
    };
    let read =
        |text: &str| GraphBuilder::new().read(RdfFormat::RdfXml, None, text.as_bytes()).map_err(|e| e.to_string());
    let long = format!("http://e/{}/", "x".repeat(500_000));
    let refused = "relative `xml:base` attributes expand to more than 8 times the document";
    // Short bases are also resolved against a long one, though not written with it.
    for value in ["x/", "", "/"] {
        let error = read(&document(&long, value, 1_000)).unwrap_err();
        assert_eq!(error, format!("line 12: {refused}"), "{value}");
    }
    assert_eq!(read(&document(&long, "http://f/", 1_000)), Ok(()));
    assert_eq!(read(&document(&format!("http://e/{}/", "x".repeat(300)), "x/", 10_000)), Ok(()));
}

/// A text that is read in pieces.
struct Pieces<'a> {
    text: &'a [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.size.min(buffer.len());
        self.text.read(&mut buffer[..length])
    }
}

#[test]
fn an_error_in_rdf_xml_has_its_line() {
    let start = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/'>\n";
    for (rest, line) in [
        ("<rdf:Description rdf:about='http://e/a'>\n<e:p rdf:ID='1'/>\n</rdf:Description>\n</rdf:RDF>\n", 3),
        ("\n\n<rdf:li/>\n</rdf:RDF>", 4),
        ("<rdf:Description>\n<e:p>\n</e:q>\n</rdf:Description></rdf:RDF>", 4),
    ] {
        let text = format!("{start}{rest}");
        let error = GraphBuilder::new().read(RdfFormat::RdfXml, None, text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error, format!("line {line}: invalid RDF/XML"), "{rest}");
    }
    let text = format!("{start}<rdf:Description/>\n<rdf:Description>\n");
    let error = GraphBuilder::new().read(RdfFormat::RdfXml, None, text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "line 4: the document ends inside an element");
}

#[test]
fn an_endless_token_is_refused_before_it_fills_the_memory() {
    let rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/'>\n";
    for (format, start) in [
        (RdfFormat::NQuads, "\n<http://e/a> <http://e/b> \"".to_owned()),
        (RdfFormat::Turtle, "\n# ".to_owned()),
        (RdfFormat::TriG, "\n<http://e/".to_owned()),
        (JSON_LD, "\n{\"http://e/a\": \"".to_owned()),
        (RdfFormat::RdfXml, format!("{rdf}<rdf:Description><e:p>")),
        (RdfFormat::RdfXml, format!("{rdf}<!--")),
        (RdfFormat::RdfXml, format!("{rdf}<rdf:Description e:p=\"")),
    ] {
        let endless = start.as_bytes().chain(std::io::repeat(b'x'));
        let error = GraphBuilder::new().read(format, None, endless).unwrap_err().to_string();
        assert_eq!(error, "line 2: a string, a comment or another token is longer than 16 MiB", "{start}");
    }
}
