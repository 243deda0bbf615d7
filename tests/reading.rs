//! RDF files in all forms: relative IRIs, blank nodes, compression.

use crate::program::{command, factloom, run, stdout_of};
use crate::scratch::{dataset, temp_dir, write};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::Write;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory accepts everything");
    encoder.finish().expect("memory accepts everything")
}

/// A document with the relative IRI `#x` and blank nodes without labels, in each syntax that has them.
const DOCUMENTS: [(&str, &str); 5] = [
    ("graph.ttl", "<#x> <http://e/p> [ <http://e/q> ( 1 [] ) ] ."),
    ("graph.trig", "<#x> { [] <http://e/p> [ <http://e/q> ( 1 [] ) ] }"),
    ("graph.n3", "<#x> <http://e/p> [ <http://e/q> ( 1 [] ) ] ."),
    (
        "graph.rdf",
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"><e:C rdf:ID="x">
        <e:p rdf:parseType="Collection"><e:C/><e:C/></e:p><e:q><e:C><e:r>1</e:r></e:C></e:q></e:C></rdf:RDF>"#,
    ),
    (
        "graph.jsonld",
        r##"{"@id": "#x", "http://e/p": [{"http://e/q": {"@list": [1, {}]}}, {}, {"http://e/r": {"http://e/s": 2}}]}"##,
    ),
];

#[test]
fn relative_iris_are_resolved_against_the_file_or_the_base() {
    let dir = temp_dir(&DOCUMENTS);
    let path = dir.path().canonicalize().expect("it exists");
    for (name, text) in DOCUMENTS {
        let query = |further: &[&str], expected: &str| {
            let select = "SELECT DISTINCT ?g ?s { { ?s ?p ?o FILTER isIRI(?s) } UNION { GRAPH ?g { ?s ?p ?o } } }";
            let args = [&["query", "-f", "tsv", "--data", name, "-e", select][..], further].concat();
            let rows = stdout_of(&path, &args);
            assert!(rows.contains(&format!("<{expected}>")), "{expected} is not in {rows}");
        };
        query(&[], &format!("file://{}/{name}#x", path.display()));
        query(&["--base", "http://example.org/dir/file"], "http://example.org/dir/file#x");

        let stdin = |further: &[&str]| {
            let mut stdin = command(dir.path());
            let format = name.split_once('.').expect("it has an extension").1;
            stdin.args(["query", "-e", "SELECT * { ?s ?p ?o }", "-f", "csv", "--data", "-", "--data-format", format]);
            run(stdin.args(further).stdin(File::open(dir.path().join(name)).expect("the file exists")))
        };
        let refused = stdin(&[]);
        assert_eq!((refused.status, &*refused.stdout), (Some(2), ""), "{text}");
        for words in ["cannot read `-`: relative IRI `#x` without a base", "--base IRI"] {
            assert!(refused.stderr.contains(words), "{words:?} is not in {:?}", refused.stderr);
        }
        assert_eq!(stdin(&["--base", "http://e/"]).status, Some(0), "{text}");
    }
}

#[test]
fn relative_iris_of_a_query_have_the_base_of_the_data() {
    let turtle = "<#x> <#p> <other.ttl> .";
    let dir = temp_dir(&[("a.ttl", turtle), ("b.ttl", turtle), ("query.rq", "ASK { <#x> <#p> <other.ttl> }")]);
    let ask = |args: &[&str]| factloom(dir.path(), &[&["query", "--query-file", "query.rq"], args].concat());
    let is_true = |args: &[&str]| {
        let output = ask(args);
        assert_eq!(output.status, Some(0), "{args:?}: {}", output.stderr);
        output.stdout.trim() == "true"
    };
    assert!(is_true(&["--data", "a.ttl"]));
    let both = ["--data", "a.ttl", "--data", "b.ttl", "--base", "http://e/f"];
    assert!(is_true(&both));
    assert!(!is_true(&[&both[..], &["--query-base", "http://e/other"]].concat()));
    let based = ["query", "--data", "a.ttl", "--base", "http://e/f", "-e", "BASE <http://e/f> ASK { <#x> ?p ?o }"];
    assert_eq!(stdout_of(dir.path(), &based).trim(), "true");
    let output = ask(&["--data", "a.ttl", "--data", "b.ttl"]);
    assert_eq!(output.status, Some(2), "two files have two bases");
    let output = factloom(dir.path(), &["query", "--data", "a.ttl", "--base", "relative", "-e", "ASK {}"]);
    assert!(output.status == Some(2) && output.stderr.contains("expected an absolute IRI"), "{}", output.stderr);
}

#[test]
fn relative_iris_of_a_vocabulary_are_below_the_base_of_the_dataset() {
    let vocabulary = "<vocabulary/Thing> a <http://www.w3.org/2002/07/owl#Class> .\n\
        <vocabulary/built> a <http://www.w3.org/2002/07/owl#ObjectProperty> ; \
        <http://www.w3.org/2000/01/rdf-schema#label> \"built\" .\n";
    let dir = dataset(&[("vocabulary.ttl", vocabulary)]);
    let rows = stdout_of(dir.path(), &["query", "-f", "csv", "-e", "SELECT ?who { ?who v:built e:old-mill }"]);
    assert_eq!(rows.trim_end(), "who\r\nhttps://example.org/mill/entity/guild");
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    let dir = temp_dir(&DOCUMENTS);
    for (name, _) in DOCUMENTS {
        let export = |format: &str| stdout_of(dir.path(), &["export", "--data", name, "-f", format]);
        assert_eq!(export("nquads"), export("nquads"), "{name}");
        stdout_of(dir.path(), &["export", "--data", name, "-o", "one.factloom"]);
        stdout_of(dir.path(), &["export", "--data", name, "-o", "two.factloom"]);
        let read = |name: &str| std::fs::read(dir.path().join(name)).expect("the file was written");
        assert!(read("one.factloom") == read("two.factloom"), "{name}");
        // Documents do not share blank nodes.
        let twice = stdout_of(dir.path(), &["export", "--data", name, "--data", name, "-f", "nquads"]);
        assert!(twice.contains("_:f1-1 ") && twice.contains("_:f2-1 "), "{twice}");
    }
}

#[test]
fn compressed_files_are_read() {
    let turtle = "<http://e/a> <http://e/p> <http://e/b> , <http://e/c> .\n";
    let dir = temp_dir(&[("a.ttl", turtle)]);
    let (compressed, both) = (gzip(turtle), [gzip("<http://e/a> <http://e/p> "), gzip("<http://e/b> .")].concat());
    for (name, bytes) in
        [("b.ttl.gz", &compressed), ("c.TTL.GZ", &compressed), ("d.ttl", &compressed), ("e.nt.gz", &both)]
    {
        write(dir.path(), name, bytes);
        let query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }";
        let rows = stdout_of(dir.path(), &["query", "-f", "csv", "--data", name, "-e", query]);
        assert_eq!(rows.trim_end(), if name == "e.nt.gz" { "n\r\n1" } else { "n\r\n2" }, "{name}");
    }
    write(dir.path(), "cut.ttl.gz", &compressed[..compressed.len() - 9]);
    write(dir.path(), "changed.nt.gz", [&both[..both.len() - 8], &[0; 8]].concat());
    write(dir.path(), "plain.gz", &compressed);
    for (name, words) in [
        ("cut.ttl.gz", "cannot read `cut.ttl.gz`: invalid gzip: it ends too early"),
        ("changed.nt.gz", "cannot read `changed.nt.gz`: invalid gzip: it is damaged"),
        ("plain.gz", "--data-format"),
    ] {
        let output = factloom(dir.path(), &["export", "--data", name, "-f", "ntriples"]);
        assert_eq!((output.status, &*output.stdout), (Some(2), ""), "{name}");
        assert!(output.stderr.contains(words), "{words:?} is not in {:?}", output.stderr);
    }
}

#[test]
fn what_a_format_cannot_represent_is_refused_before_anything_is_written() {
    let good = "<http://e/a> <http://e/b> \"good\" .\n";
    let character = format!("{good}<http://e/z> <http://e/b> \"x\\u0001y\" .\n");
    let predicate = format!("{good}<http://e/z> <http://e/1> \"good\" .\n");
    let direction = format!("{good}<http://e/z> <http://e/b> \"good\"@en--ltr .\n");
    let dir = temp_dir(&[("character.nt", &character), ("predicate.nt", &predicate), ("direction.nt", &direction)]);
    let construct = ["query", "-e", "CONSTRUCT WHERE { ?s ?p ?o }"];
    let select = ["query", "-e", "SELECT * { ?s ?p ?o } ORDER BY ?s"];
    for (args, data, words) in [
        (&["export", "-f", "rdfxml"][..], "character.nt", "the value `x\\u{1}y` contains U+0001"),
        (&["export", "-f", "rdfxml", "--rdf", "1.1"], "character.nt", "the value `x\\u{1}y` contains U+0001"),
        (&[&construct[..], &["-f", "rdfxml"]].concat(), "character.nt", "the value `x\\u{1}y` contains U+0001"),
        (&[&select[..], &["-f", "xml"]].concat(), "character.nt", "the value `x\\u{1}y` contains U+0001"),
        (&[&select[..], &["-f", "xml", "--cite"]].concat(), "character.nt", "the value `x\\u{1}y` contains U+0001"),
        (&["export", "-f", "rdfxml"], "predicate.nt", "RDF/XML cannot represent the predicate <http://e/1>"),
        (&[&construct[..], &["-f", "rdfxml"]].concat(), "predicate.nt", "the predicate <http://e/1>"),
        (&["export", "-f", "turtle", "--rdf", "1.1"], "direction.nt", "the base direction of \"good\"@en--ltr"),
    ] {
        for further in
            [&["--data", data][..], &["--data", data, "-o", "out.xml"], &["--data", data, "-o", "/dev/stdout"]]
        {
            let output = factloom(dir.path(), &[args, further].concat());
            assert_eq!((output.status, &*output.stdout), (Some(2), ""), "{args:?}");
            assert!(output.stderr.contains(words), "{words:?} is not in {:?}", output.stderr);
            assert!(output.stderr.contains("help: "), "{}", output.stderr);
            assert!(!dir.path().join("out.xml").exists());
        }
    }
}

#[test]
fn contexts_next_to_a_json_ld_file_are_read() {
    let document = r#"{"@context": "contexts/mill.jsonld", "@id": "a", "built": "1823"}"#;
    let context = r#"{"@context": {"built": "http://e/built"}}"#;
    let dir = temp_dir(&[("mills/graph.jsonld", document), ("mills/contexts/mill.jsonld", context)]);
    let other = r#"{"@context": "https://example.org/context.jsonld", "@id": "a", "built": "1823"}"#;
    write(dir.path(), "mills/other.jsonld", other);
    write(dir.path(), "mills/outside.jsonld", document.replace("contexts/mill", "../mill"));
    let export = |args: &[&str]| factloom(dir.path(), &[&["export", "-f", "ntriples", "--data"], args].concat());
    for base in ["http://e/dir/graph", "http://e/dir/graph?q=a/b#c"] {
        let output = export(&["mills/graph.jsonld", "--base", base]);
        assert_eq!(output.stdout, "<http://e/dir/a> <http://e/built> \"1823\" .\n", "{}", output.stderr);
    }
    assert_eq!(export(&["mills/graph.jsonld"]).status, Some(0));
    for (name, context) in [("other", "https://example.org/context.jsonld"), ("outside", "../mill.jsonld")] {
        let output = export(&[&format!("mills/{name}.jsonld")]);
        assert_eq!((output.status, &*output.stdout), (Some(2), ""));
        let message =
            format!("cannot read the context `{context}`: only contexts in the directory of the file are read");
        assert!(output.stderr.contains(&message), "{}", output.stderr);
        assert!(output.stderr.contains("help: save the context in the directory of the file"), "{}", output.stderr);
    }
}

#[test]
fn what_json_ld_drops_is_reported() {
    let document = r#"{"@context": {"@base": null, "e": "http://e/"}, "@id": "http://e/a", "name": "x", "e:p": {"@id": "b"},
        "e:q": {"@value": "x", "@language": "a b"}, "e:r": "kept"}"#;
    let dir = temp_dir(&[("graph.jsonld", document)]);
    let output = factloom(dir.path(), &["export", "-f", "ntriples", "--data", "graph.jsonld"]);
    assert_eq!((output.status, &*output.stdout), (Some(0), "<http://e/a> <http://e/r> \"kept\" .\n"));
    for words in [
        "`graph.jsonld`: dropped 2 triples with relative or invalid IRIs or language tags: `a b`, `b`",
        "`graph.jsonld`: ignored keys without an IRI: `name`",
    ] {
        assert!(output.stderr.contains(words), "{words:?} is not in {:?}", output.stderr);
    }
}
