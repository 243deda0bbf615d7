//! RDF files and compiled graphs instead of a dataset.

use crate::program::{command, factloom, run, stdout_of};
use crate::scratch::temp_dir;
use std::fs;
use std::fs::File;

const TURTLE: &str = "<http://e/a> <http://e/knows> <http://e/b> , <http://e/c> .\n";
const COUNT: &str = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }";

#[test]
fn rdf_files_are_queried_instead_of_a_dataset() {
    let dir = temp_dir(&[("a.ttl", TURTLE), ("b.nt", "<http://e/a> <http://e/knows> \"b\" .\n"), ("plain", TURTLE)]);
    assert_eq!(stdout_of(dir.path(), &["query", "--data", "a.ttl", "-e", COUNT]).trim_end(), "n\r\n2");
    let both = ["query", "--data", "a.ttl", "--data", "b.nt", "-e", COUNT];
    assert_eq!(stdout_of(dir.path(), &both).trim_end(), "n\r\n3");
    let named = ["query", "--data", "plain", "--data-format", "ttl", "-e", COUNT];
    assert_eq!(stdout_of(dir.path(), &named).trim_end(), "n\r\n2");
    let mut stdin = command(dir.path());
    stdin.args(["query", "--data", "-", "--data-format", "turtle", "-e", "ASK { ?s ?p <http://e/c> }"]);
    let output = run(stdin.stdin(File::open(dir.path().join("a.ttl")).expect("the file exists")));
    assert_eq!((output.status, output.stdout.trim()), (Some(0), "true"), "{}", output.stderr);
    // The graph is not cached.
    assert_eq!(crate::files_below(dir.path()).len(), 3);
}

#[test]
fn a_compiled_graph_has_the_triples_of_its_file() {
    let dir = temp_dir(&[("a.ttl", TURTLE)]);
    stdout_of(dir.path(), &["export", "--data", "a.ttl", "-o", "a.factloom"]);
    assert_eq!(stdout_of(dir.path(), &["verify", "a.factloom"]), "a.factloom: valid, 2 quads\n");
    assert_eq!(stdout_of(dir.path(), &["query", "--data", "a.factloom", "-e", COUNT]).trim_end(), "n\r\n2");
    let written = stdout_of(dir.path(), &["export", "--data", "a.factloom", "-T", "ntriples"]);
    assert_eq!(written, stdout_of(dir.path(), &["export", "--data", "a.ttl", "-T", "ntriples"]));
    stdout_of(dir.path(), &["export", "--data", "a.factloom", "-o", "b.factloom"]);
    let read = |name: &str| fs::read(dir.path().join(name)).expect("the file was written");
    assert!(read("a.factloom") == read("b.factloom"));
}

#[test]
fn the_compiled_graph_of_a_dataset_has_its_prefixes_and_stored_queries() {
    let dir = temp_dir(&[]);
    stdout_of(dir.path(), &["export", "-T", "factloom", "-o", "psm"]);
    for query in [&["who-helped-build-psm"][..], &["-e", "ASK { e:russia v:continues e:soviet-union }"], &["--list"]] {
        let expected = stdout_of(dir.path(), &[&["query"], query].concat());
        assert_eq!(stdout_of(dir.path(), &[&["query", "--data", "psm"], query].concat()), expected);
    }
    let export = |args: &[&str]| stdout_of(dir.path(), &[&["export", "-T", "turtle"], args].concat());
    assert_eq!(export(&["--data", "psm"]), export(&[]));
}

#[test]
fn named_graphs_are_separate() {
    let quads = "<http://e/a> <http://e/b> <http://e/c> <http://e/g> .\n<http://e/x> <http://e/y> \"z\" .\n";
    let dir = temp_dir(&[("a.nq", quads)]);
    stdout_of(dir.path(), &["export", "--data", "a.nq", "-o", "a.factloom"]);
    let mut actual: Vec<String> =
        stdout_of(dir.path(), &["export", "--data", "a.factloom", "-T", "nquads"]).lines().map(str::to_owned).collect();
    actual.sort();
    let mut expected: Vec<&str> = quads.lines().collect();
    expected.sort_unstable();
    assert_eq!(actual, expected);
    let query = "ASK { GRAPH <http://e/g> { <http://e/a> ?p ?o } }";
    assert_eq!(stdout_of(dir.path(), &["query", "--data", "a.factloom", "-e", query]).trim(), "true");
    let output = factloom(dir.path(), &["export", "--data", "a.nq", "-T", "turtle"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("named graphs"), "{}", output.stderr);
}

#[test]
fn unreadable_data_is_reported_with_help() {
    let dir = temp_dir(&[("bad.ttl", "<http://e/a> <b"), ("a.ttl", TURTLE), ("plain", TURTLE), ("x.docx", "")]);
    stdout_of(dir.path(), &["export", "--data", "a.ttl", "-o", "a.factloom"]);
    for (args, words) in [
        (&["--data", "none.nt"][..], "none.nt"),
        (&["--data", "bad.ttl"], "cannot read `bad.ttl`: line 1"),
        (&["--data", "plain"], "--data-format"),
        (&["--data", "x.docx"], "--data-format"),
        (&["--data", "-"], "--data-format"),
        (&["--data", "a.ttl", "--data-format", "docx"], "docx"),
        (&["--data", "a.factloom", "--data", "a.ttl"], "cannot be merged"),
        (&["--data", "a.ttl", "--dataset", "."], "cannot be used with"),
        (&["--data-format", "ttl"], "--data"),
    ] {
        let output = factloom(dir.path(), &[&["query", "-e", COUNT], args].concat());
        assert_eq!((output.status, output.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(output.stderr.contains(words), "{words:?} is not in {:?}", output.stderr);
    }
}

#[test]
fn corrupt_graphs_are_detected() {
    let dir = temp_dir(&[("a.ttl", TURTLE), ("text.factloom", "no graph at all")]);
    stdout_of(dir.path(), &["export", "--data", "a.ttl", "-o", "a.factloom"]);
    let whole = fs::read(dir.path().join("a.factloom")).expect("the file was written");
    let mut changed = whole.clone();
    let last = changed.len() - 20;
    changed[last] ^= 1;
    fs::write(dir.path().join("changed.factloom"), &changed).expect("the file can be written");
    fs::write(dir.path().join("cut.factloom"), &whole[..whole.len() - 1]).expect("the file can be written");
    for (name, status) in [("changed", 1), ("cut", 1), ("text", 2), ("none", 2)] {
        let output = factloom(dir.path(), &["verify", &format!("{name}.factloom")]);
        assert_eq!((output.status, output.stdout.as_str()), (Some(status), ""), "{name}: {}", output.stderr);
        assert!(output.stderr.contains(name), "{}", output.stderr);
    }
    let output = factloom(dir.path(), &["query", "--data", "changed.factloom", "-e", COUNT]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("corrupt"), "{}", output.stderr);
}

#[test]
fn a_node_with_two_types_or_two_triples_is_reported() {
    let kind = "<https://example.org/mill/statement/f> a <https://factloom.example/ns#Claim> .\n";
    let reified = "<https://example.org/mill/statement/f> <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> \
                   <<( <https://example.org/mill/entity/old-mill> v:built <https://example.org/mill/entity/guild> )>> .\n";
    for (turtle, predicate) in [(kind, "rdf-syntax-ns#type>"), (reified, "rdf-syntax-ns#reifies>")] {
        let vocabulary = format!("{}{turtle}", crate::scratch::VOCABULARY);
        let dir = crate::scratch::dataset(&[("vocabulary.ttl", &vocabulary)]);
        stdout_of(dir.path(), &["export", "-o", "mill.factloom"]);
        for args in [
            &["facts"][..],
            &["query", "--data", "mill.factloom", "--cite", "-e", "SELECT ?what { e:guild v:built ?what }"],
        ] {
            let output = factloom(dir.path(), args);
            assert_eq!(output.status, Some(2), "{args:?}: {}{}", output.stdout, output.stderr);
            for words in ["invalid statement `https://example.org/mill/statement/f`", predicate, "more than one value"]
            {
                assert!(output.stderr.contains(words), "{words:?} is not in {:?}", output.stderr);
            }
        }
    }
}

/// A graph with literals in any form, written by the program, is the graph that it read.
#[test]
fn literals_stay_as_they_are_written() {
    let xsd = "http://www.w3.org/2001/XMLSchema#";
    let object = |(text, datatype): (&str, &str)| format!("\"{text}\"^^<{xsd}{datatype}>");
    let mut objects: Vec<String> = [
        ("01", "integer"),
        ("1", "integer"),
        ("+1", "int"),
        ("1", "nonNegativeInteger"),
        ("300", "byte"),
        ("1.0", "decimal"),
        ("1E0", "double"),
        ("+INF", "float"),
        ("1", "boolean"),
        ("2020-01-01T00:00:00+00:00", "dateTime"),
        ("2020-01-01T00:00:00Z", "dateTimeStamp"),
        ("P14M", "duration"),
        ("123456789012345678901234567890", "integer"),
        ("0.123456789012345678901234567890", "decimal"),
        ("soon", "date"),
    ]
    .map(object)
    .into();
    objects.extend(["\"a\"@en-gb".to_owned(), "\"a\"@ar--rtl".to_owned(), "\"\"".to_owned()]);
    objects.extend(objects.clone().iter().map(|object| format!("<<( <urn:s> <urn:p> {object} )>>")));
    let mut lines: Vec<String> = objects.iter().map(|object| format!("<urn:s> <urn:p> {object} .")).collect();
    lines.sort();
    let dir = temp_dir(&[("a.nt", &lines.join("\n"))]);
    stdout_of(dir.path(), &["export", "--data", "a.nt", "-o", "a.factloom"]);
    let construct = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }";
    let (export, query) = (["export", "-T", "ntriples"], ["query", "-e", construct, "-f", "nt"]);
    for data in ["a.nt", "a.factloom"] {
        for arguments in [&export[..], &query[..]] {
            let written = stdout_of(dir.path(), &[arguments, &["--data", data]].concat());
            let mut written: Vec<&str> = written.lines().collect();
            written.sort_unstable();
            assert_eq!(written, lines, "{arguments:?} {data}");
        }
    }
}
