//! Measures the stages before the store at several sizes, the bundled dataset as a whole, and diagrams.
//!
//! `cargo bench --bench stages`. The generated dataset is the same in each run: statements with quotes, 100 from each source,
//! and sources with inline text.
#![allow(missing_docs, reason = "criterion's macro generates functions without docs")]

#[path = "workload/mod.rs"]
#[allow(dead_code, reason = "the graphs and queries are for another benchmark")]
mod workload;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use factloom::check::{CheckOptions, Checked, Checker, Outcome, Quote, check, ground};
use factloom::dataset::{Dataset, DatasetRoot, OpenOutcome, Source, locate};
use factloom::diagnostic::{Findings, Policy, TextStyle, write_text};
use factloom::model::Selector;
use factloom::output::{Cluster, Diagram, DiagramEdge, DiagramNode, svg};
use factloom::{BUNDLED, compile, query, triples};
use oxigraph::sparql::QueryResults;
use rayon::prelude::*;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Reads and checks a dataset without faults.
fn read_and_check(directory: &Path) -> (Dataset, Checked) {
    let opened = Dataset::open(DatasetRoot::Directory(directory.to_owned()), None);
    let dataset = opened.dataset.expect("the manifest is well formed");
    let mut findings = opened.findings;
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    (dataset, checked)
}

/// Reads, checks and maps a dataset, and counts its triples.
fn read_check_and_map(directory: &Path) -> usize {
    let (dataset, checked) = read_and_check(directory);
    let mut count = 0;
    for statement in checked.statements.iter() {
        triples::write_statement(statement, &dataset.namespaces, &mut |triple| {
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
        let directory = tempfile::tempdir().expect("a temporary directory");
        workload::dataset::generate(directory.path(), statements, 100).expect("the dataset can be written");
        group.throughput(Throughput::Elements(statements as u64));
        group.bench_with_input(BenchmarkId::from_parameter(statements), directory.path(), |b, directory| {
            b.iter(|| read_check_and_map(directory));
        });
    }
    group.finish();
}

/// A check of statements with quotes, of the same statements with quotes that dispute them, to which the evidence checks do not apply,
/// and the grounding of the same quotes alone. The first two differ in the time of the evidence checks.
fn evidence_checks(c: &mut Criterion) {
    const STATEMENTS: usize = 100_000;
    let mut group = c.benchmark_group("evidence checks");
    group.sample_size(10).measurement_time(Duration::from_secs(10)).throughput(Throughput::Elements(STATEMENTS as u64));
    let directory = tempfile::tempdir().expect("a temporary directory");
    workload::dataset::generate(directory.path(), STATEMENTS, 100).expect("the dataset can be written");
    let facts = directory.path().join("facts.jsonl");
    let supporting = fs::read_to_string(&facts).expect("it was written");
    let disputing = supporting.replace(r#"{"source":"#, r#"{"stance":"disputes","source":"#);
    for (name, text) in [("supporting quotes", &supporting), ("disputing quotes", &disputing)] {
        fs::write(&facts, text).expect("it can be written");
        group.bench_function(name, |b| b.iter(|| read_and_check(directory.path()).1));
    }
    let (dataset, checked) = read_and_check(directory.path());
    let mut quotes = vec![Vec::new(); dataset.sources.len()];
    for evidence in checked.statements.iter().flat_map(|statement| &statement.evidence) {
        let source = dataset.sources.iter().position(|source| source.id == evidence.source).expect("it is known");
        quotes[source].push(Quote { text: evidence.quote.as_deref().expect("a quote"), selector: &evidence.selector });
    }
    group.bench_function("grounding alone", |b| {
        b.iter(|| {
            let search = |(source, quotes): (&Source, &Vec<Quote<'_>>)| {
                let text = dataset.text(source).expect("it is readable").expect("it is in the dataset");
                ground(&text, quotes).iter().filter(|outcome| matches!(outcome, Outcome::Found(_))).count()
            };
            let found: usize = dataset.sources.par_iter().zip(&quotes).map(search).sum();
            assert_eq!(found, STATEMENTS);
        });
    });
    group.finish();
}

/// A check after one of many files was edited: a statement has other words as its quote.
fn edited(c: &mut Criterion) {
    let mut group = c.benchmark_group("check after an edit of one file");
    group.sample_size(30);
    for files in [10, 100] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        workload::dataset::generate_files(directory.path(), files).expect("the dataset can be written");
        let root = DatasetRoot::Directory(directory.path().to_owned());
        let name = format!("facts/{:03}.jsonl", files / 2);
        let original = fs::read_to_string(directory.path().join(&name)).expect("it was written");
        let mut opened = Dataset::open(root.clone(), None);
        let mut checker = Checker::default();
        let mut check = |opened: &OpenOutcome| {
            let mut findings = opened.findings.clone();
            let dataset = opened.dataset.as_ref().expect("the manifest is well formed");
            let checked = checker.check(dataset, &CheckOptions::default(), &mut findings);
            assert!(findings.is_empty(), "{findings:?}");
            assert_eq!(checked.statements.len(), files * workload::dataset::STATEMENTS_PER_FILE);
            checked
        };
        check(&opened);
        let mut edits = 0;
        group.throughput(Throughput::Elements((files * workload::dataset::STATEMENTS_PER_FILE) as u64));
        group.bench_function(BenchmarkId::from_parameter(files * workload::dataset::STATEMENTS_PER_FILE), |b| {
            b.iter_custom(|iterations| {
                (0..iterations)
                    .map(|_| {
                        edits += 1;
                        let buffers = root.clone().with_buffers([(&name, without_first_word(&original, edits))]);
                        let start = Instant::now();
                        opened.update(buffers, &[&name]);
                        black_box(check(&opened));
                        start.elapsed()
                    })
                    .sum()
            });
        });
        let scratch = Dataset::open(opened.files.root().clone(), None).dataset.expect("the manifest is well formed");
        let scratch = factloom::check::check(&scratch, &CheckOptions::default(), &mut Findings::new());
        assert_eq!(check(&opened).statements, scratch.statements);
    }
    group.finish();
}

/// A file of facts in which one quote, another one each time, lacks its first word.
fn without_first_word(facts: &str, edit: usize) -> String {
    let mut lines: Vec<String> = facts.lines().map(str::to_owned).collect();
    let line = edit * 7 % lines.len();
    let line = &mut lines[line];
    let quote = line.find("\"quote\":\"").expect("a quote") + "\"quote\":\"".len();
    let word = quote + line[quote..].find(' ').expect("several words");
    line.replace_range(quote..=word, "");
    lines.join("\n")
}

fn bundled(c: &mut Criterion) {
    c.bench_function("bundled dataset, compiled and queried", |b| {
        b.iter(|| {
            let opened = Dataset::open(DatasetRoot::Bundled(BUNDLED), None);
            let dataset = opened.dataset.expect("the bundled dataset has a manifest");
            let mut findings = opened.findings;
            let checked = check(&dataset, &CheckOptions::default(), &mut findings);
            let store = compile(&dataset, &checked, &factloom::rules::RuleOptions::default(), &mut findings)
                .expect("the store is in memory");
            let query = query::parse("SELECT ?who { ?who v:helpedBuild e:pakistan-steel-mills }", &dataset.namespaces);
            let QueryResults::Solutions(rows) = store.query(&query.expect("a valid query")).expect("the query runs")
            else {
                panic!("a SELECT query has rows");
            };
            assert_eq!(rows.count(), 2);
        });
    });
}

/// A connected diagram with twice as many labelled edges as nodes, in clusters if there are any.
fn diagram(nodes: usize, clusters: usize) -> Diagram {
    let node = |index: usize| DiagramNode {
        name: index.to_string(),
        label: format!("Entity number {index}"),
        cluster: (clusters > 0).then(|| index * clusters / nodes),
        ..DiagramNode::default()
    };
    let edge = |index: usize| DiagramEdge {
        from: if index < nodes - 1 { index / 2 } else { index * 7919 % nodes },
        to: if index < nodes - 1 { index + 1 } else { index * 104_729 % nodes },
        label: "is a natural ally of".to_owned(),
        ..DiagramEdge::default()
    };
    let clusters =
        (0..clusters).map(|index| Cluster { label: format!("Cluster {index}"), ..Cluster::default() }).collect();
    let (nodes, edges) = ((0..nodes).map(node).collect(), (0..2 * nodes).map(edge).collect());
    Diagram { clusters, nodes, edges, ..Diagram::default() }
}

fn layout(c: &mut Criterion) {
    let mut group = c.benchmark_group("diagram");
    group.sample_size(10);
    for (nodes, clusters) in [(200, 0), (200, 8), (500, 0), (1_000, 0)] {
        let name = format!("{nodes} nodes, {} edges, {clusters} clusters", 2 * nodes);
        let diagram = diagram(nodes, clusters);
        group.bench_function(name, |b| {
            b.iter(|| svg::write(black_box(&diagram), &mut std::io::sink()).expect("a sink accepts everything"));
        });
    }
    group.finish();
}

/// Quotes from texts such as reports: each sentence of each text is quoted once. The texts are searched in parallel, as `check` does.
fn quotes(c: &mut Criterion) {
    const WORDS: [&str; 20] = [
        "mill", "river", "in", "the", "guild", "of", "built", "1873", "with", "steel", "a", "town", "was", "closed",
        "by", "help", "iron", "and", "new", "works",
    ];
    const TEXTS: usize = 40;
    const SENTENCES: usize = 5_000;
    // A linear congruential generator with the constants of Knuth's MMIX.
    let mut state = 1_u64;
    let mut next = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let texts: Vec<(String, Vec<String>)> = (0..TEXTS)
        .map(|_| {
            let sentences: Vec<Vec<&str>> =
                (0..SENTENCES).map(|_| (0..20).map(|_| WORDS[next(20)]).collect()).collect();
            let quotes = sentences.iter().map(|words| words[3..15].join(" ")).collect();
            (sentences.iter().map(|words| words.join(" ")).collect::<Vec<_>>().join(". "), quotes)
        })
        .collect();
    let selector = Selector::default();
    let mut group = c.benchmark_group("quotes matched");
    group.sample_size(10).throughput(Throughput::Elements((TEXTS * SENTENCES) as u64));
    group.bench_function("12 words from texts of 100,000 words", |b| {
        b.iter(|| {
            let search = |(text, quotes): &(String, Vec<String>)| {
                let quotes: Vec<Quote<'_>> = quotes.iter().map(|text| Quote { text, selector: &selector }).collect();
                let outcomes = ground(black_box(text), &quotes);
                outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Found(_))).count()
            };
            let found: usize = texts.par_iter().map(search).sum();
            assert_eq!(found, TEXTS * SENTENCES);
        });
    });
    group.finish();
}

/// Texts and quotes for which simple searches take time in proportion to the product of their lengths.
fn grounding(c: &mut Criterion) {
    let mut group = c.benchmark_group("grounding");
    group.sample_size(10);
    for size in [10_000, 100_000] {
        let repeated = "a".repeat(10 * size);
        let nested: Vec<String> = (1..size.isqrt()).map(|length| "a".repeat(length)).collect();
        for (name, text, quote) in [
            ("a quote with many ellipses", "a ".repeat(size) + "b", "a…".repeat(size)),
            ("a long quote in repetitive text", repeated.clone(), "a".repeat(size) + "b"),
            ("many parts, each a prefix of the next", repeated, nested.join("…")),
        ] {
            let selector = Selector::default();
            group.throughput(Throughput::Bytes((text.len() + quote.len()) as u64));
            group.bench_function(BenchmarkId::new(name, size), |b| {
                b.iter(|| ground(black_box(&text), &[Quote { text: &quote, selector: &selector }]));
            });
        }
    }
    group.finish();
}

/// Reads and checks a dataset with these files, and renders its findings.
fn read_check_and_render(files: &[(String, String)]) -> usize {
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let opened = Dataset::open(DatasetRoot::memory(files), None);
    let dataset = opened.dataset.expect("the manifest is well formed");
    let mut findings = opened.findings;
    check(&dataset, &CheckOptions::default(), &mut findings);
    let diagnostics = locate(findings, &dataset.files, &Policy::default());
    write_text(&diagnostics, TextStyle { color: false, width: 100 }, &mut std::io::sink()).expect("a sink");
    diagnostics.len()
}

/// A dataset of a mill, with further triples in its vocabulary and other facts.
fn mill(vocabulary: &str, class: &str, facts: &str) -> Vec<(String, String)> {
    let manifest = r#"{ "title": "A mill", "base": "https://example.org/mill/",
        "sources": [{ "id": "chronicle", "content": "The guild built the old mill. The town praised it." }] }"#;
    let vocabulary = format!(
        "@prefix v: <https://example.org/mill/vocabulary/> .\n\
         @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
         @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         v:built a owl:ObjectProperty .\n{vocabulary}"
    );
    let entity = |id: &str| format!(r#"{{ "id": "{id}", "type": "{class}", "label": "{id}" }}"#);
    let entities = format!("[{}, {}]", entity("guild"), entity("old-mill"));
    let files = [
        ("factloom.json", manifest.to_owned()),
        ("vocabulary.ttl", vocabulary),
        ("entities.json", entities),
        ("facts.json", facts.to_owned()),
    ];
    files.map(|(name, text)| (name.to_owned(), text)).into()
}

const FACT: &str = r#"[{ "id": "f", "subject": "guild", "predicate": "built", "object": "old-mill",
    "evidence": [{ "source": "chronicle", "quote": "The guild built the old mill" }] }]"#;

/// Long chains and cycles of classes and properties.
fn hierarchies(c: &mut Criterion) {
    let mut group = c.benchmark_group("check with a hierarchy");
    group.sample_size(10);
    for size in [1_000, 10_000] {
        let triples = |predicate: &str, above: &dyn Fn(usize) -> usize| {
            let triple = |number| format!("v:C{number} {predicate} v:C{} .\n", above(number));
            (0..size).map(triple).collect::<String>()
        };
        let properties: Vec<String> = (0..size).map(|number| format!("v:C{number} a owl:ObjectProperty .\n")).collect();
        for (name, vocabulary, class) in [
            ("chain of classes", triples("rdfs:subClassOf", &|number| number + 1), "C0"),
            ("cycle of classes", triples("rdfs:subClassOf", &|number| (number + 1) % size), "C0"),
            (
                "chain of properties",
                properties.concat() + &triples("rdfs:subPropertyOf", &|number| number + 1) + "v:Thing a owl:Class .",
                "Thing",
            ),
        ] {
            let files = mill(&vocabulary, class, FACT);
            group.throughput(Throughput::Elements(size as u64));
            group.bench_function(BenchmarkId::new(name, size), |b| b.iter(|| read_check_and_render(&files)));
        }
    }
    group.finish();
}

/// Many problems in one file.
fn problems(c: &mut Criterion) {
    let mut group = c.benchmark_group("check and show problems");
    group.sample_size(10);
    for size in [1_000, 10_000] {
        let fact = |number: usize| {
            format!(
                r#"{{ "id": "bad-{number}", "subject": "giuld-{number}", "predicate": "built", "object": "old-mill",
                "evidence": [{{ "source": "chronicle", "quote": "The town built the old mill {number}" }}] }}"#
            )
        };
        let facts = format!("[{}]", (0..size).map(fact).collect::<Vec<_>>().join(",\n"));
        let files = mill("v:Thing a owl:Class .", "Thing", &facts);
        assert!(read_check_and_render(&files) >= 2 * size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |b| b.iter(|| read_check_and_render(&files)));
    }
    group.finish();
}

criterion_group!(benches, edited, bundled, layout, quotes, evidence_checks, grounding, hierarchies, problems, stages);
criterion_main!(benches);
