//! Measures the stages before the store at several sizes, the bundled dataset as a whole, and diagrams.
//!
//! `cargo bench --bench stages`. The generated dataset is the same in each run: statements with quotes, 100 from each source,
//! and sources with inline text.
#![allow(missing_docs, reason = "criterion's macro generates functions without docs")]

#[path = "workload/mod.rs"]
#[allow(dead_code, reason = "the graphs and queries are for another benchmark")]
mod workload;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use factloom::check::{CheckOptions, check};
use factloom::dataset::{Dataset, DatasetRoot};
use factloom::output::{Cluster, Diagram, DiagramEdge, DiagramNode, svg};
use factloom::{BUNDLED, compile, query, triples};
use oxigraph::sparql::QueryResults;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Reads, checks and maps a dataset, and counts its triples.
fn read_check_and_map(directory: &Path) -> usize {
    let opened = Dataset::open(DatasetRoot::Directory(directory.to_owned()), None);
    let mut dataset = opened.dataset.expect("the manifest is well formed");
    let mut findings = opened.findings;
    let checked = check(&mut dataset, &CheckOptions::default(), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    let mut count = 0;
    for statement in &checked.statements {
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

fn bundled(c: &mut Criterion) {
    c.bench_function("bundled dataset, compiled and queried", |b| {
        b.iter(|| {
            let opened = Dataset::open(DatasetRoot::Bundled(BUNDLED), None);
            let mut dataset = opened.dataset.expect("the bundled dataset has a manifest");
            let mut findings = opened.findings;
            let checked = check(&mut dataset, &CheckOptions::default(), &mut findings);
            let store = compile(&dataset, checked, &mut findings).expect("the store is in memory");
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

criterion_group!(benches, bundled, layout, stages);
criterion_main!(benches);
