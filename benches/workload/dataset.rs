//! A dataset: statements with quotes from sources with inline text.

use super::random::SplitMix;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

const VOCABULARY: &str = "\
@prefix v: <https://bench.example/vocabulary/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
v:Thing a owl:Class ; rdfs:label \"thing\" .
v:relatesTo a owl:ObjectProperty ; rdfs:domain v:Thing ; rdfs:range v:Thing ; rdfs:label \"relates to\" .
v:measures a owl:DatatypeProperty ; rdfs:domain v:Thing ; rdfs:range xsd:integer ; rdfs:label \"measures\" .
";

const MANIFEST: &str = r#"{ "title": "Benchmark", "base": "https://bench.example/", "language": "en",
  "sources": "sources.jsonl", "entities": "entities.jsonl", "facts": "facts.jsonl" }"#;

/// Random words in several scripts.
pub fn words(random: &mut SplitMix, count: usize) -> Vec<String> {
    let syllables = ["ka", "ri", "stöl", "ма", "tes", "鋼", "mil", "bau", "en", "port"];
    (0..count).map(|_| (0..3).map(|_| *random.choose(&syllables)).collect()).collect()
}

/// Writes a dataset to a directory.
pub fn generate(directory: &Path, statements: usize, per_source: usize) -> io::Result<()> {
    let mut random = SplitMix(7);
    let words = words(&mut random, 4000);
    let entities = (statements / 10).max(10);
    let create = |name: &str| Ok::<_, io::Error>(BufWriter::new(File::create(directory.join(name))?));

    fs::write(directory.join("factloom.json"), MANIFEST)?;
    fs::write(directory.join("vocabulary.ttl"), VOCABULARY)?;
    let mut entity_lines = create("entities.jsonl")?;
    for entity in 0..entities {
        writeln!(entity_lines, r#"{{"id":"e{entity}","type":"Thing","label":"Entity {entity}"}}"#)?;
    }
    entity_lines.flush()?;

    let (mut source_lines, mut fact_lines) = (create("sources.jsonl")?, create("facts.jsonl")?);
    for source in 0..statements / per_source {
        let mut text = String::new();
        for sentence in 0..per_source {
            let mut quote = String::new();
            for _ in 0..8 {
                quote.push_str(random.choose::<String>(&words));
                quote.push(' ');
            }
            let _ = write!(quote, "n{source}x{sentence}");
            let number = source * per_source + sentence;
            let (predicate, object) = match number % 5 {
                0 => ("measures", number.to_string()),
                _ => ("relatesTo", format!("\"e{}\"", random.below(entities))),
            };
            let qualifiers = if number.is_multiple_of(7) { r#","qualifiers":{"pointInTime":"1973"}"# } else { "" };
            writeln!(
                fact_lines,
                r#"{{"id":"f{number}","subject":"e{}","predicate":"{predicate}","object":{object}{qualifiers},"evidence":[{{"source":"s{source}","quote":"{quote}"}}]}}"#,
                random.below(entities)
            )?;
            text.push_str(&quote);
            text.push_str(if sentence % 10 == 9 { ".\\n\\n" } else { ". " });
        }
        writeln!(source_lines, r#"{{"id":"s{source}","title":"Source {source}","content":"{text}"}}"#)?;
    }
    source_lines.flush()?;
    fact_lines.flush()
}
