//! The queries of the benchmark on small graphs: what is measured there is right here.

#[path = "../benches/workload/mod.rs"]
#[allow(dead_code, reason = "the dataset is for the benchmarks")]
mod workload;

use factloom::store::{Evaluator, GraphBuilder};
use oxigraph::io::RdfFormat;
use oxigraph::sparql::SparqlEvaluator;
use oxigraph::store::Store;
use workload::{Graph, answers, queries};

#[test]
fn the_queries_of_the_benchmark_are_answered_by_operators_as_oxigraph_answers_them() {
    for graph in Graph::ALL {
        let mut triples = Vec::new();
        graph.write(20_000, &mut triples).expect("memory takes all");
        let store = Store::new().expect("a store in memory");
        store.load_from_slice(RdfFormat::NTriples, &triples).expect("it is N-Triples");
        let mut builder = GraphBuilder::new();
        builder.read(RdfFormat::NTriples, None, triples.as_slice()).expect("it is N-Triples");
        let compiled = builder.finish().expect("it is small enough");
        for benchmark in queries::all().filter(|query| query.graph == graph) {
            let name = benchmark.name;
            let query = spargebra::SparqlParser::new().parse_query(&benchmark.sparql()).expect(name);
            let explanation = compiled.explain(&query).expect(name);
            assert_eq!(explanation.evaluator, Evaluator::Operators, "{name} has operators of its own: {explanation}");
            let answer = compiled.query(&query).expect(name);
            let answer = answers::answer(answer, benchmark.compared).expect(name);
            let expected = SparqlEvaluator::new().for_query(query).on_store(&store).execute().expect(name);
            let expected = answers::answer(expected, benchmark.compared).expect(name);
            assert_eq!(answer, expected, "{name}");
        }
    }
}

#[test]
fn a_generated_graph_has_as_many_lines_as_were_asked_for_and_is_the_same_each_time() {
    for graph in Graph::ALL {
        let written = |triples| {
            let mut out = Vec::new();
            graph.write(triples, &mut out).expect("memory takes all");
            String::from_utf8(out).expect("it is UTF-8")
        };
        let thousand = written(1000);
        assert_eq!(thousand.lines().count(), 1000);
        assert!(written(2000).starts_with(&thousand));
    }
}
