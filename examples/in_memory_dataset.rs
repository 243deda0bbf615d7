//! Builds a graph from a dataset in memory, and shows the error for a quote that its source does not contain.
//!
//! ```sh
//! cargo run --example in_memory_dataset
//! ```

use factloom::dataset::DatasetRoot;
use factloom::{BuildError, query};
use oxigraph::sparql::QueryResults;
use std::error::Error;

/// A dataset with a list of facts: its files, by their paths relative to the manifest.
fn bridge_dataset(facts: &str) -> DatasetRoot {
    DatasetRoot::memory([
        (
            "factloom.json",
            r#"{ "base": "https://example.org/bridge/",
                 "sources": [{ "id": "leaflet", "title": "Bridges of Norrow", "text": "leaflet.txt" }] }"#,
        ),
        ("leaflet.txt", "The Iron Bridge crosses the river Ebb. It was opened in 1902."),
        (
            "vocabulary.ttl",
            "@prefix v: <https://example.org/bridge/vocabulary/> .
             @prefix owl: <http://www.w3.org/2002/07/owl#> .
             @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
             v:Bridge a owl:Class .
             v:River a owl:Class .
             v:crosses a owl:ObjectProperty ; rdfs:domain v:Bridge ; rdfs:range v:River .",
        ),
        (
            "entities.json",
            r#"[{ "id": "iron-bridge", "type": "Bridge", "label": "Iron Bridge" },
                { "id": "ebb", "type": "River", "label": "Ebb" }]"#,
        ),
        ("facts.json", facts),
    ])
}

const RIGHT: &str = r#"[{ "id": "bridge-crosses-ebb", "subject": "iron-bridge", "predicate": "crosses", "object": "ebb",
          "evidence": [{ "source": "leaflet", "quote": "The Iron Bridge crosses the river Ebb" }] }]"#;

/// The source names the river Ebb.
const WRONG: &str = r#"[{ "id": "bridge-crosses-ebb", "subject": "iron-bridge", "predicate": "crosses", "object": "ebb",
          "evidence": [{ "source": "leaflet", "quote": "The Iron Bridge crosses the canal" }] }]"#;

fn main() -> Result<(), Box<dyn Error>> {
    let (dataset, store) = factloom::build(bridge_dataset(RIGHT))?;
    let query = query::parse("ASK { e:iron-bridge v:crosses e:ebb }", &dataset.namespaces)?;
    let QueryResults::Boolean(crosses) = store.query(&query)? else { unreachable!("an ASK query has a boolean") };
    println!("the bridge crosses the Ebb: {crosses}");
    assert!(crosses);

    let Err(BuildError::Dataset(errors)) = factloom::build(bridge_dataset(WRONG)) else {
        return Err("the wrong quote was accepted".into());
    };
    for error in &errors {
        println!("{}:{}:{}: {}", error.file, error.line, error.column, error.message);
    }
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "quote not found in `leaflet`: a word differs");
    Ok(())
}
