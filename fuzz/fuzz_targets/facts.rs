//! A fact file with arbitrary content: reading it, checking it and rendering its diagnostics must not panic, and a dataset
//! without errors must compile.
#![no_main]

use factloom::check::{CheckOptions, check};
use factloom::dataset::{Dataset, DatasetRoot, locate};
use factloom::diagnostic::{Policy, TextStyle, write_text};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

const VOCABULARY: &str = "
@prefix v: <https://f.example/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
v:Thing a owl:Class . v:made a owl:ObjectProperty ; rdfs:domain v:Thing ; rdfs:range v:Thing .
v:size a owl:DatatypeProperty ; rdfs:range xsd:integer . v:name a owl:DatatypeProperty ; rdfs:range xsd:string .";

const MANIFEST: &str = r#"{ "base": "https://f.example/", "title": "f", "facts": ["facts.json", "facts.jsonl"],
  "sources": [{ "id": "s", "content": "A made B in 1973.\n\nB made “C” … and C made B again. B made C." },
              { "id": "b", "kind": "background" }, { "id": "c", "url": "https://f.example/c" }] }"#;

const ENTITIES: &str = r#"[{ "id": "a", "type": "Thing", "label": "A" }, { "id": "b", "type": "Thing", "label": "B" }]"#;

static DATASET_DIR: LazyLock<TempDir> = LazyLock::new(|| {
    let directory = tempfile::tempdir().unwrap();
    let files = [("factloom.json", MANIFEST), ("vocabulary.ttl", VOCABULARY), ("entities.json", ENTITIES)];
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    directory
});

fuzz_target!(|data: &[u8]| {
    let Some((first, text)) = data.split_first() else { return };
    // As a JSON document, or as JSON Lines.
    let (file, other) = if first % 2 == 0 { ("facts.json", "facts.jsonl") } else { ("facts.jsonl", "facts.json") };
    fs::write(DATASET_DIR.path().join(file), text).unwrap();
    fs::write(DATASET_DIR.path().join(other), if other == "facts.json" { "[]" } else { "" }).unwrap();
    let opened = Dataset::open(DatasetRoot::Directory(DATASET_DIR.path().to_owned()), None);
    let mut findings = opened.findings;
    let Some(mut dataset) = opened.dataset else { return };
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    if let Ok(store) = factloom::compile(&dataset, &checked, &mut findings) {
        let _ = store.len();
    }
    let diagnostics = locate(findings, &opened.files, &Policy::default());
    let _ = write_text(&diagnostics, TextStyle { color: false, width: 100 }, &mut Vec::new());
});
