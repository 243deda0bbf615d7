//! How long the stages before the store take, and how that grows; and how long the bundled dataset takes as a whole.
//!
//! `cargo bench --bench stages`. The generated dataset is the same at each run: statements with quotes, spread over
//! sources with inline text, 100 to a source.
#![allow(missing_docs, reason = "criterion's macro makes functions without any")]

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

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Reads, checks and maps a dataset, and counts its triples.
fn before_the_store(folder: &Path) -> usize {
    let opened = Dataset::open(DatasetRoot::Directory(folder.to_owned()), None);
    let mut dataset = opened.dataset.expect("the manifest is well formed");
    let mut findings = opened.findings;
    let checked = check(&mut dataset, &CheckOptions::default(), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    let mut count = 0;
    for statement in &checked.statements {
        triples::write_statement(statement, &dataset.names, &mut |triple| {
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
        workload::dataset::generate(folder.path(), statements, 100).expect("the temporary folder takes files");
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
            let opened = Dataset::open(DatasetRoot::Bundled(BUNDLED), None);
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

/// A connected drawing of 200 boxes and 400 labelled lines, in eight frames or in none.
fn diagram(frames: usize) -> Diagram {
    let node = |index: usize| DiagramNode {
        name: index.to_string(),
        label: format!("Entity number {index}"),
        cluster: (frames > 0).then(|| index * frames / 200),
        ..DiagramNode::default()
    };
    let edge = |index: usize| DiagramEdge {
        from: if index < 199 { index / 2 } else { index * 7919 % 200 },
        to: if index < 199 { index + 1 } else { index * 104_729 % 200 },
        label: "is a natural ally of".to_owned(),
        ..DiagramEdge::default()
    };
    let clusters = (0..frames).map(|index| Cluster { label: format!("Frame {index}"), ..Cluster::default() }).collect();
    let (nodes, edges) = ((0..200).map(node).collect(), (0..400).map(edge).collect());
    Diagram { clusters, nodes, edges, ..Diagram::default() }
}

fn drawing(c: &mut Criterion) {
    let mut group = c.benchmark_group("drawing of 200 boxes and 400 lines");
    group.sample_size(10);
    for frames in [0, 8] {
        group.bench_with_input(BenchmarkId::new("frames", frames), &diagram(frames), |b, diagram| {
            b.iter(|| svg::write(black_box(diagram), &mut std::io::sink()).expect("a sink takes everything"));
        });
    }
    group.finish();
}

criterion_group!(benches, bundled, drawing, stages);
criterion_main!(benches);
