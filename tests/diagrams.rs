//! `factloom draw`: diagrams read back by Graphviz, named diagrams, and the check of image files.

use crate::program::{factloom, run_external, stdout_of};
use crate::scratch::{dataset, write};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Texts with characters that are special in Graphviz, XML and DOT.
fn hostile() -> Vec<String> {
    let texts = [
        "\"quoted\" and \\ back \\\\ slashed \\N \\G \\l",
        "ends in \\",
        "<b>bold</b> &amp; &lt; ]]> <!-- & <TABLE>",
        "two\nlines",
        "👩🏽‍🏭 🇵🇰 e\u{301}\u{301}\u{301}",
        "پاکستان اسٹیل ملز",
        "製鉄所",
        "\u{301}a mark without a letter \u{202E}",
        "\u{85}\u{9F} control \u{FEFF}",
        "{ a | b } %n %s",
    ];
    let mut texts: Vec<String> = texts.map(str::to_owned).into();
    texts.push("mill ".repeat(2_000) + "end");
    texts.push("製".repeat(10_000));
    texts
}

/// A dataset with each hostile text as the label of an entity, as a literal, and as a quote.
fn hostile_dataset() -> tempfile::TempDir {
    let texts = hostile();
    let entities: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| json!({ "id": format!("n{n}"), "type": "Thing", "label": text }))
        .collect();
    let facts = texts.iter().enumerate().flat_map(|(n, text)| {
        let evidence = json!([{ "source": "letters", "quote": text }]);
        let next = format!("n{}", (n + 1) % texts.len());
        // A statement may have the same id as an entity.
        let about = json!({ "id": format!("n{n}"), "subject": format!("n{n}"), "predicate": "built", "object": next, "evidence": evidence });
        let says = json!({ "id": format!("s{n}"), "subject": format!("n{n}"), "predicate": "says", "object": text, "evidence": evidence });
        [about, says]
    });
    let manifest = json!({ "title": "\"A\\N\" <mill> &amp;", "base": "https://example.org/mill/", "language": "en",
        "sources": [{ "id": "letters", "url": "https://example.org/letters" }] });
    let vocabulary = "@prefix v: <https://example.org/mill/vocabulary/> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\
        v:Thing a owl:Class ; rdfs:label \"<thing> & \\\"co\\\"\" .\nv:built a owl:ObjectProperty ; rdfs:label \"built \\\\N <it>\" .\n\
        v:says a owl:DatatypeProperty ; rdfs:range xsd:string .\n";
    dataset(&[
        ("factloom.json", &manifest.to_string()),
        ("vocabulary.ttl", vocabulary),
        ("entities.json", &json!(entities).to_string()),
        ("facts.json", &json!(facts.collect::<Vec<_>>()).to_string()),
    ])
}

/// The graph as Graphviz reads it, with its attributes.
fn graphviz(dot: &str) -> Value {
    let output = run_external("dot", &["-Tjson0"], dot.as_bytes());
    assert_eq!(
        (output.status, output.stderr.as_str()),
        (Some(0), ""),
        "Graphviz rejects\n{}",
        &dot[..2_000.min(dot.len())]
    );
    serde_json::from_str(&output.stdout).expect("Graphviz writes JSON")
}

/// The text of an escString.
fn read_back(written: &str) -> String {
    let mut text = String::new();
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            (c, _) => text.push(c),
        }
    }
    quick_xml::escape::unescape(&text).expect("only entities of Graphviz").into_owned()
}

/// A text without line breaks and spaces.
fn unbroken(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect()
}

fn graphviz_reads_back_any_text() {
    let dataset = hostile_dataset();
    let dot = stdout_of(dataset.path(), &["draw", "-f", "dot", "--cluster", "class"]);
    let drawn = graphviz(&dot);
    let nodes: BTreeMap<&str, &Value> = objects(&drawn).filter_map(|n| Some((n["name"].as_str()?, n))).collect();
    for (n, text) in hostile().iter().enumerate() {
        let label = read_back(nodes[format!("n{n}").as_str()]["label"].as_str().expect("a label"));
        assert_eq!(unbroken(&label), unbroken(text), "{n}");
        assert!(label.lines().all(|line| line.chars().count() < 60), "{n} is broken into lines");
    }
    let edges = drawn["edges"].as_array().expect("edges");
    assert_eq!(edges.len(), hostile().len());
    for edge in edges {
        assert_eq!(read_back(edge["label"].as_str().expect("a label")), "built \\N <it>");
        let quote = &hostile()[edge["id"].as_str().expect("an id")[1..].parse::<usize>().expect("a number")];
        assert!(unbroken(&read_back(edge["tooltip"].as_str().expect("a tooltip"))).contains(&unbroken(quote)));
        assert!(edge["URL"].as_str().expect("a link").starts_with("https://example.org/letters#:~:text="));
    }
}
external!(Need::Program("dot"), graphviz_reads_back_any_text);

fn rows_legend_and_footnotes_are_drawn_with_any_text() {
    let dataset = hostile_dataset();
    let args = ["draw", "-f", "dot", "--attributes", "--legend", "--footnotes", "--merge", "--cluster", "source"];
    let dot = stdout_of(dataset.path(), &args);
    let output = run_external("dot", &["-Tsvg"], dot.as_bytes());
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
    let svg = output.stdout;
    let mut reader = quick_xml::Reader::from_str(&svg);
    let mut drawn = String::new();
    loop {
        match reader.read_event().expect("Graphviz writes XML") {
            quick_xml::events::Event::Text(text) => drawn.push_str(&text.decode().expect("UTF-8")),
            quick_xml::events::Event::GeneralRef(name) => match name.resolve_char_ref().expect("a reference") {
                Some(c) => drawn.push(c),
                None => drawn.push_str(
                    quick_xml::escape::resolve_predefined_entity(&name.decode().expect("UTF-8")).expect("an entity"),
                ),
            },
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    let plain = |text: &str| unbroken(text).replace('\u{a0}', "");
    let drawn = plain(&drawn);
    for text in hostile() {
        // In the node, in its row, in a sentence and in a quote.
        assert!(drawn.matches(&plain(&text)).count() >= 4, "{}", &text[..text.len().min(60)]);
    }
}
external!(Need::Program("dot"), rows_legend_and_footnotes_are_drawn_with_any_text);

fn ids_in_a_diagram_are_unique() {
    let dataset = hostile_dataset();
    let dot = stdout_of(dataset.path(), &["draw", "-f", "dot", "--cluster", "class"]);
    let output = run_external("dot", &["-Tsvg"], dot.as_bytes());
    let ids: Vec<&str> = output.stdout.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len());
    let is_there = |id: &str| distinct.contains(id);
    assert!(is_there("n0") && (is_there("entity&#58;n0") || is_there("entity:n0")), "{ids:?}");
}
external!(Need::Program("dot"), ids_in_a_diagram_are_unique);

fn objects(drawn: &Value) -> impl Iterator<Item = &Value> {
    drawn["objects"].as_array().into_iter().flatten().filter(|object| object.get("nodes").is_none())
}

fn a_footer_adds_no_nodes_or_edges_for_graphviz() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let counts = |args: &[&str]| {
        let dot = stdout_of(directory.path(), &[&["draw", "-f", "dot"], args].concat());
        let drawn = graphviz(&dot);
        (objects(&drawn).count(), drawn["edges"].as_array().map_or(0, Vec::len))
    };
    let plain = counts(&[]);
    assert_eq!(counts(&["--legend", "--footnotes"]), plain);
    let merged = counts(&["--merge", "--attributes"]);
    assert!(merged.0 == plain.0 && merged.1 < plain.1);
}
external!(Need::Program("dot"), a_footer_adds_no_nodes_or_edges_for_graphviz);

const QUERY: &str = "#+ summary: \"All that was built\"\n#+ diagram:\n#+   legend: true\nCONSTRUCT { ?a v:built ?b } WHERE { ?a v:built ?b }\n";

/// A dataset with a named diagram.
fn with_diagram() -> tempfile::TempDir {
    dataset(&[("queries/all-built.rq", QUERY)])
}

#[test]
fn options_override_the_settings_of_a_named_diagram() {
    let dataset = with_diagram();
    let dot = stdout_of(dataset.path(), &["draw", "all-built", "-f", "dot"]);
    assert!(dot.starts_with("digraph \"All that was built\" {") && dot.contains("a source states it"), "{dot}");
    let dot = stdout_of(
        dataset.path(),
        &["draw", "all-built", "-f", "dot", "--legend=false", "--title", "Mills", "--rankdir", "TB"],
    );
    assert!(dot.starts_with("digraph \"Mills\" {") && !dot.contains("a source states it"), "{dot}");
    assert!(dot.contains("\"rankdir\"=\"TB\""), "{dot}");
    assert_eq!(stdout_of(dataset.path(), &["draw", "--list"]), "all-built  All that was built\n");
    let output = factloom(dataset.path(), &["draw", "al-built"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("did you mean `all-built`?"), "{}", output.stderr);
}

#[test]
fn missing_and_outdated_images_are_listed() {
    let dataset = with_diagram();
    stdout_of(dataset.path(), &["draw", "--all", "-o", "images", "-f", "dot,svg"]);
    assert_eq!(stdout_of(dataset.path(), &["draw", "--check", "images"]), "");
    write(dataset.path(), "images/notes.md", "Not an image");
    let output = factloom(dataset.path(), &["draw", "--check", "images"]);
    assert_eq!(output.status, Some(0));
    assert!(output.stderr.contains("notes.md` is not an image of a named diagram"), "{}", output.stderr);

    write(dataset.path(), "queries/second.rq", QUERY);
    write(dataset.path(), "entities.json", renamed_entities(dataset.path()));
    let output = factloom(dataset.path(), &["draw", "--check", "images"]);
    assert_eq!(output.status, Some(1), "{}", output.stderr);
    assert_eq!(
        output.stdout,
        "all-built.dot: out of date\nall-built.svg: out of date\nsecond.dot: missing\nsecond.svg: missing\n"
    );
}

fn renamed_entities(dataset: &Path) -> String {
    fs::read_to_string(dataset.join("entities.json")).expect("it is there").replacen(
        "\"label\": \"",
        "\"label\": \"The ",
        1,
    )
}

#[test]
fn an_unknown_diagram_setting_is_an_error_with_its_location() {
    let misspelt = dataset(&[("queries/wrong.rq", &QUERY.replace("legend", "legnd"))]);
    let output = factloom(misspelt.path(), &["check"]);
    assert_eq!(output.status, Some(1));
    let report = format!("{}{}", output.stdout, output.stderr);
    assert!(report.contains("queries/wrong.rq:") && report.contains("did you mean `legend`?"), "{report}");
    let asks = dataset(&[("queries/asks.rq", "#+ diagram:\nASK { ?a v:built ?b }\n")]);
    let output = factloom(asks.path(), &["check"]);
    assert!(format!("{}{}", output.stdout, output.stderr).contains("`diagram` does not apply to ASK"));
}

#[test]
fn unknown_graphviz_attributes_are_refused_with_a_suggestion() {
    let dataset = dataset(&[]);
    let output = factloom(dataset.path(), &["draw", "-N", "filcolor=red"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("did you mean `fillcolor`?"), "{}", output.stderr);
}

#[test]
fn labels_are_in_the_given_language() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let dot = stdout_of(directory.path(), &["draw", "-f", "dot", "--focus", "karachi", "--lang", "ur"]);
    assert!(dot.contains("label=\"کراچی\"") && dot.contains("label=\"Pakistan Steel Mills\""), "{dot}");
}

fn graphviz_draws_the_diagrams_of_the_bundled_dataset() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    stdout_of(directory.path(), &["draw", "--all", "-o", "images", "-f", "dot"]);
    let images: Vec<_> = fs::read_dir(directory.path().join("images")).expect("it was made").collect();
    assert!(images.len() >= 3);
    for image in images {
        let dot = fs::read_to_string(image.expect("a file").path()).expect("it was written");
        let drawn = graphviz(&dot);
        assert!(objects(&drawn).count() > 2, "{dot}");
    }
}
external!(Need::Program("dot"), graphviz_draws_the_diagrams_of_the_bundled_dataset);
