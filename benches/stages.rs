//! Measures the stages before the store at several sizes, the bundled dataset as a whole, and diagrams.
//!
//! `cargo bench --bench stages`. The generated dataset is the same in each run: statements with quotes, 100 from each source,
//! and sources with inline text.
#![allow(missing_docs, reason = "criterion's macro generates functions without docs")]

#[path = "workload/mod.rs"]
#[allow(dead_code, reason = "the graphs and queries are for another benchmark")]
mod workload;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use factloom::check::{CheckOptions, Checker, check};
use factloom::dataset::{Dataset, DatasetRoot, OpenOutcome};
use factloom::output::{Cluster, Diagram, DiagramEdge, DiagramNode, svg};
use factloom::{BUNDLED, compile, query, triples};
use oxigraph::sparql::QueryResults;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Reads, checks and maps a dataset, and counts its triples.
fn read_check_and_map(directory: &Path) -> usize {
    let opened = Dataset::open(DatasetRoot::Directory(directory.to_owned()), None);
    let dataset = opened.dataset.expect("the manifest is well formed");
    let mut findings = opened.findings;
    let checked = check(&dataset, &CheckOptions::default(), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
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
        let scratch = factloom::check::check(&scratch, &CheckOptions::default(), &mut Vec::new());
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

/// A connected diagram of 200 nodes and 400 labelled edges, in clusters if there are any.
fn diagram(clusters: usize) -> Diagram {
    let node = |index: usize| DiagramNode {
        name: index.to_string(),
        label: format!("Entity number {index}"),
        cluster: (clusters > 0).then(|| index * clusters / 200),
        ..DiagramNode::default()
    };
    let edge = |index: usize| DiagramEdge {
        from: if index < 199 { index / 2 } else { index * 7919 % 200 },
        to: if index < 199 { index + 1 } else { index * 104_729 % 200 },
        label: "is a natural ally of".to_owned(),
        ..DiagramEdge::default()
    };
    let clusters =
        (0..clusters).map(|index| Cluster { label: format!("Cluster {index}"), ..Cluster::default() }).collect();
    let (nodes, edges) = ((0..200).map(node).collect(), (0..400).map(edge).collect());
    Diagram { clusters, nodes, edges, ..Diagram::default() }
}

fn layout(c: &mut Criterion) {
    let mut group = c.benchmark_group("diagram of 200 nodes and 400 edges");
    group.sample_size(10);
    for clusters in [0, 8] {
        group.bench_with_input(BenchmarkId::new("clusters", clusters), &diagram(clusters), |b, diagram| {
            b.iter(|| svg::write(black_box(diagram), &mut std::io::sink()).expect("a sink accepts everything"));
        });
    }
    group.finish();
}

criterion_group!(benches, edited, bundled, layout, stages);
criterion_main!(benches);
