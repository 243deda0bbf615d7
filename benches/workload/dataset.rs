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
            let number = source * per_source + sentence;
            let (subject, object) = (random.below(entities), random.below(entities));
            // The quote names the subject, and its sentence has the values of the statement.
            let mut quote = format!("Entity {subject} ");
            for _ in 0..8 {
                quote.push_str(random.choose::<String>(&words));
                quote.push(' ');
            }
            let _ = write!(quote, "n{source}x{sentence}");
            let (predicate, object) = match number % 5 {
                0 => ("measures", number.to_string()),
                _ => ("relatesTo", format!("\"e{object}\"")),
            };
            let qualifiers = if number.is_multiple_of(7) { r#","qualifiers":{"pointInTime":"1973"}"# } else { "" };
            writeln!(
                fact_lines,
                r#"{{"id":"f{number}","subject":"e{subject}","predicate":"{predicate}","object":{object}{qualifiers},"evidence":[{{"source":"s{source}","quote":"{quote}"}}]}}"#
            )?;
            let _ = write!(text, "{quote} {number} in 1973");
            text.push_str(if sentence % 10 == 9 { ".\\n\\n" } else { ". " });
        }
        writeln!(source_lines, r#"{{"id":"s{source}","title":"Source {source}","content":"{text}"}}"#)?;
    }
    source_lines.flush()?;
    fact_lines.flush()
}

/// The number of statements in each file of [`generate_files`].
#[allow(dead_code, reason = "only `stages` measures edits")]
pub const STATEMENTS_PER_FILE: usize = 1000;

/// Writes a dataset with [`STATEMENTS_PER_FILE`] statements in each of several files, whose quotes are from 200 sources with a
/// text file each.
#[allow(dead_code, reason = "only `stages` measures edits")]
pub fn generate_files(directory: &Path, files: usize) -> io::Result<()> {
    const SOURCES: usize = 200;
    let mut random = SplitMix(7);
    let words = words(&mut random, 4000);
    let entities = (files * STATEMENTS_PER_FILE / 20).max(10);
    let manifest = r#"{ "title": "Benchmark", "base": "https://bench.example/", "language": "en",
  "sources": "sources.jsonl", "entities": "entities.jsonl", "facts": "facts/*.jsonl" }"#;
    fs::write(directory.join("factloom.json"), manifest)?;
    fs::write(directory.join("vocabulary.ttl"), VOCABULARY)?;
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let entity = |entity| format!("{{\"id\":\"e{entity}\",\"type\":\"Thing\",\"label\":\"Entity {entity}\"}}\n");
    fs::write(directory.join("entities.jsonl"), lines(entities, &entity))?;
    let source =
        |source| format!("{{\"id\":\"s{source}\",\"title\":\"Source {source}\",\"text\":\"s{source}.txt\"}}\n");
    fs::write(directory.join("sources.jsonl"), lines(SOURCES, &source))?;
    fs::create_dir(directory.join("facts"))?;
    let mut texts = vec![String::new(); SOURCES];
    for file in 0..files {
        let mut facts = String::new();
        for number in file * STATEMENTS_PER_FILE..(file + 1) * STATEMENTS_PER_FILE {
            let mut quote = String::new();
            for _ in 0..8 {
                quote.push_str(random.choose::<String>(&words));
                quote.push(' ');
            }
            let _ = write!(quote, "n{number}");
            let (source, subject) = (random.below(SOURCES), random.below(entities));
            let (predicate, object) = match number % 5 {
                0 => ("measures", number.to_string()),
                _ => ("relatesTo", format!("\"e{}\"", random.below(entities))),
            };
            let _ = writeln!(
                facts,
                r#"{{"id":"f{number}","subject":"e{subject}","predicate":"{predicate}","object":{object},"qualifiers":{{"pointInTime":"1973"}},"evidence":[{{"source":"s{source}","quote":"{quote}"}}]}}"#
            );
            // The sentence has what the statement states.
            let _ = write!(texts[source], "{quote} Entity {subject} {number} in 1973");
            texts[source].push_str(if number % 10 == 9 { ".\n\n" } else { ". " });
        }
        fs::write(directory.join(format!("facts/{file:03}.jsonl")), facts)?;
    }
    texts.iter().enumerate().try_for_each(|(source, text)| fs::write(directory.join(format!("s{source}.txt")), text))
}
