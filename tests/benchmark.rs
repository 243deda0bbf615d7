//! The queries of the benchmark have the right results on small graphs.

#[path = "../benches/workload/mod.rs"]
#[allow(dead_code, reason = "only the benchmarks use the dataset")]
mod workload;

use factloom::query::for_oxigraph;
use factloom::store::{Evaluator, GraphBuilder, QueryLimits};
use oxigraph::io::RdfFormat;
use oxigraph::sparql::SparqlEvaluator;
use oxigraph::store::Store;
use workload::fingerprint::fingerprint;
use workload::{Graph, queries};

#[test]
fn the_operators_and_oxigraph_agree_on_the_queries_of_the_benchmark() {
    for graph in Graph::ALL {
        let mut triples = Vec::new();
        graph.write(20_000, &mut triples).expect("memory accepts everything");
        let store = Store::new().expect("a store in memory");
        store.load_from_slice(RdfFormat::NTriples, &triples).expect("valid N-Triples");
        let mut builder = GraphBuilder::new();
        builder.read(RdfFormat::NTriples, None, triples.as_slice()).expect("valid N-Triples");
        let compiled = builder.finish().expect("a small graph");
        for benchmark in queries::all().filter(|query| query.graph == graph) {
            let name = benchmark.name;
            let query = spargebra::SparqlParser::new().parse_query(&benchmark.sparql()).expect(name);
            let explanation = compiled.explain(&query, &QueryLimits::default()).expect(name);
            assert_eq!(explanation.evaluator, Evaluator::Operators, "{name}: {explanation}");
            let found = compiled.query(&query).expect(name);
            let found = fingerprint(found, benchmark.comparison).expect(name);
            let expected =
                SparqlEvaluator::new().for_query(for_oxigraph(&query)).on_store(&store).execute().expect(name);
            let expected = fingerprint(expected, benchmark.comparison).expect(name);
            assert_eq!(found, expected, "{name}");
        }
    }
}

#[test]
fn a_generated_graph_has_the_requested_size_and_is_the_same_each_time() {
    for graph in Graph::ALL {
        let generate = |triples| {
            let mut out = Vec::new();
            graph.write(triples, &mut out).expect("memory accepts everything");
            String::from_utf8(out).expect("valid UTF-8")
        };
        let small = generate(1000);
        assert_eq!(small.lines().count(), 1000);
        assert!(generate(2000).starts_with(&small));
    }
}
