//! How long the stages before the store take, and how that grows; and how long the bundled dataset takes as a whole.
//!
//! `cargo bench --bench stages`. The generated dataset is the same at each run: statements with quotes, spread over
//! sources with inline text, 100 to a source.
#![allow(missing_docs, reason = "criterion's macro makes functions without any")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use factloom::check::{CheckOptions, check};
use factloom::dataset::{Dataset, Folder};
use factloom::{BUNDLED, compile, query, triples};
use oxigraph::sparql::QueryResults;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

/// A small generator of numbers, the same everywhere (Steele, Lea and Flood, “Fast splittable pseudorandom number
/// generators”, OOPSLA 2014).
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap_or(0)
    }
}

/// Writes a dataset of so many statements, 100 from each source.
fn generate(folder: &Path, statements: usize) {
    let mut random = SplitMix(7);
    let syllables = ["ka", "ri", "stöl", "ма", "tes", "鋼", "mil", "bau", "en", "port"];
    let words: Vec<String> =
        (0..4000).map(|_| (0..3).map(|_| syllables[random.below(syllables.len())]).collect()).collect();
    let entities = (statements / 10).max(10);
    let (mut source_lines, mut fact_lines, mut entity_lines) = (String::new(), String::new(), String::new());
    for entity in 0..entities {
        let _ = writeln!(entity_lines, r#"{{"id":"e{entity}","type":"Thing","label":"Entity {entity}"}}"#);
    }
    for source in 0..statements / 100 {
        let mut text = String::new();
        for sentence in 0..100 {
            let mut quote = String::new();
            for _ in 0..8 {
                quote.push_str(&words[random.below(words.len())]);
                quote.push(' ');
            }
            let _ = write!(quote, "n{source}x{sentence}");
            let number = source * 100 + sentence;
            let (predicate, object) = match number % 5 {
                0 => ("measures", number.to_string()),
                _ => ("relatesTo", format!("\"e{}\"", random.below(entities))),
            };
            let qualifiers = if number % 7 == 0 { r#","qualifiers":{"pointInTime":"1973"}"# } else { "" };
            let _ = writeln!(
                fact_lines,
                r#"{{"id":"f{number}","subject":"e{}","predicate":"{predicate}","object":{object}{qualifiers},"evidence":[{{"source":"s{source}","quote":"{quote}"}}]}}"#,
                random.below(entities)
            );
            text.push_str(&quote);
            text.push_str(if sentence % 10 == 9 { ".\\n\\n" } else { ". " });
        }
        let _ = writeln!(source_lines, r#"{{"id":"s{source}","title":"Source {source}","content":"{text}"}}"#);
    }
    let files = [
        ("factloom.json", MANIFEST),
        ("vocabulary.ttl", VOCABULARY),
        ("sources.jsonl", &source_lines),
        ("entities.jsonl", &entity_lines),
        ("facts.jsonl", &fact_lines),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("the temporary folder takes files");
    }
}

/// Reads, checks and maps a dataset, and counts its triples.
fn before_the_store(folder: &Path) -> usize {
    let opened = Dataset::open(Folder::Disk(folder.to_owned()), None);
    let mut dataset = opened.dataset.expect("the manifest is well formed");
    let mut findings = opened.findings;
    let checked = check(&mut dataset, &CheckOptions::default(), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    let mut count = 0;
    for statement in &checked.statements {
        triples::statement(statement, &dataset.names, &mut |triple| {
            black_box(triple);
            count += 1;
        });
    }
    count
}

fn stages(c: &mut Criterion) {
    let mut group = c.benchmark_group("read, check and map");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    for statements in [10_000, 100_000, 1_000_000] {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        generate(folder.path(), statements);
        group.throughput(Throughput::Elements(statements as u64));
        group.bench_with_input(BenchmarkId::from_parameter(statements), folder.path(), |b, folder| {
            b.iter(|| before_the_store(folder));
        });
    }
    group.finish();
}

fn bundled(c: &mut Criterion) {
    c.bench_function("bundled dataset, compiled and asked", |b| {
        b.iter(|| {
            let opened = Dataset::open(Folder::Bundled(BUNDLED), None);
            let mut dataset = opened.dataset.expect("the bundled dataset has a manifest");
            let mut findings = opened.findings;
            let checked = check(&mut dataset, &CheckOptions::default(), &mut findings);
            let store = compile(&dataset, checked, &mut findings).expect("the store is in memory");
            let query = query::parse("SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills }", &dataset.names);
            let QueryResults::Solutions(rows) = store.query(&query.expect("it is SPARQL")).expect("it can be asked")
            else {
                panic!("a SELECT query has rows");
            };
            assert_eq!(rows.count(), 2);
        });
    });
}

criterion_group!(benches, bundled, stages);
criterion_main!(benches);
