//! What the fuzz targets share: a small valid dataset in memory, and everything that may be done with a changed one.

use factloom::check::{CheckOptions, Checked, check};
use factloom::dataset::{Dataset, DatasetRoot, OpenOutcome, locate};
use factloom::diagnostic::{Policy, TextStyle, write_text};
use factloom::output::{Diagram, DiagramOptions, StatementText, diagram, dot, mermaid, svg};
use factloom::rules::RuleOptions;
use factloom::store::{Labels, Store};
use factloom::view::View;

/// The rows that a rule may examine.
const MAX_ROWS: u64 = 100_000;

/// The text of the source `s`.
pub const TEXT: &str = "A made B in 1973.\n\nB made “C” … and C made B again. B made C.";

/// The files of a valid dataset. Their names are those that the targets replace.
pub const FILES: [(&str, &str); 9] = [
    (
        "factloom.json",
        r#"{ "base": "https://f.example/", "title": "f", "facts": ["facts.json", "facts.jsonl"], "style": "style.json",
  "prefixes": { "w": "https://w.example/" },
  "sources": [{ "id": "s", "text": "s.txt" }, { "id": "b", "kind": "background" }, { "id": "c", "url": "https://f.example/c" }] }"#,
    ),
    ("s.txt", TEXT),
    (
        "vocabulary.ttl",
        "@prefix v: <https://f.example/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
v:Thing a owl:Class . v:made a owl:ObjectProperty ; rdfs:domain v:Thing ; rdfs:range v:Thing .
v:size a owl:DatatypeProperty ; rdfs:range xsd:integer . v:name a owl:DatatypeProperty ; rdfs:range xsd:string .
v:begin a owl:DatatypeProperty ; rdfs:range xsd:date .",
    ),
    (
        "entities.json",
        r#"[{ "id": "a", "type": "Thing", "label": "A", "aliases": ["An A"] }, { "id": "b", "type": "Thing", "label": "B" }]"#,
    ),
    (
        "facts.json",
        r#"[{ "id": "f", "subject": "a", "predicate": "made", "object": "b", "evidence": [{ "source": "s", "quote": "A made B" }] },
            { "id": "g", "subject": "b", "predicate": "made", "object": "a", "claim": { "status": "possible" },
              "evidence": [{ "source": "s", "quote": "C made … again" }] }]"#,
    ),
    ("facts.jsonl", ""),
    ("style.json", r#"{ "node": { "shape": "box" } }"#),
    ("queries/all.rq", "#+ summary: All\nSELECT ?s ?o { ?s v:made ?o } ORDER BY ?s ?o"),
    ("rules/back.rq", "CONSTRUCT { ?b v:made ?a } WHERE { ?a v:made ?b }"),
];

/// A dataset in memory: [`FILES`], with others in place of those of the same names, and further ones.
pub fn root(changed: &[(&str, &str)]) -> DatasetRoot {
    let unchanged = FILES.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    DatasetRoot::memory(unchanged.chain(changed).map(|(name, text)| (*name, *text)))
}

/// Opens a dataset, checks it, builds its graph, and shows its findings.
///
/// # Panics
///
/// Panics if a message could control a terminal.
pub fn use_dataset(changed: &[(&str, &str)]) -> Option<(Dataset, Checked, Store)> {
    let OpenOutcome { dataset, files, mut findings } = Dataset::open(root(changed), None);
    let built = dataset.and_then(|dataset| {
        let rules = RuleOptions { max_rows: MAX_ROWS, ..RuleOptions::default() };
        let checked = check(&dataset, &CheckOptions::default(), &mut findings);
        let store = factloom::compile(&dataset, &checked, &rules, &mut findings).ok()?;
        Some((dataset, checked, store))
    });
    let diagnostics = locate(findings, &files, &Policy::default());
    let mut text = Vec::new();
    write_text(&diagnostics, TextStyle { color: false, width: 100 }, &mut text).expect("a vector accepts all output");
    let text = String::from_utf8(text).expect("messages are UTF-8");
    // The marks U+200E, U+200F and U+061C only affect their neighbours.
    let is_interpreted = |c: char| {
        !matches!(c, '\n' | '\t') && c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(is_interpreted), "a message has a character that a terminal would interpret: {text:?}");
    built
}

/// Draws a graph in every format.
pub fn draw(store: &Store, language: &str) {
    let labels = Labels::new(store, language);
    let Ok(view) = View::new(store, &labels) else { return };
    let text = StatementText::new(store, &labels);
    let options = DiagramOptions { legend: true, footnotes: true, attributes: true, ..DiagramOptions::default() };
    let Ok(drawn) = diagram("f", &view, &text, &options) else { return };
    write_all(&drawn);
}

fn write_all(drawn: &Diagram) {
    let mut out = Vec::new();
    dot::write(drawn, &mut out).expect("a vector accepts all output");
    mermaid::write(drawn, &mut out).expect("a vector accepts all output");
    svg::write(drawn, &mut out).expect("a vector accepts all output");
}
