//! The compiled graph against Oxigraph's own store, on the bundled dataset.

use factloom::dataset::Folder;
use factloom::store::{CompiledGraph, Engine, GraphBuilder};
use factloom::{BUNDLED, query};
use oxigraph::sparql::QueryResults;

/// The bundled dataset's graph, through a file.
fn compiled() -> (factloom::dataset::Dataset, factloom::store::Store, CompiledGraph) {
    let (dataset, store) = factloom::build(Folder::Bundled(BUNDLED)).unwrap();
    let mut builder = GraphBuilder::new();
    for triple in store.triples().unwrap() {
        builder.insert_triple(triple.as_ref()).unwrap();
    }
    let mut bytes = Vec::new();
    builder.finish().unwrap().write(&mut bytes).unwrap();
    (dataset, store, CompiledGraph::from_bytes(bytes).unwrap())
}

fn rows(results: QueryResults<'_>) -> Vec<String> {
    let mut rows: Vec<String> = match results {
        QueryResults::Boolean(answer) => vec![answer.to_string()],
        QueryResults::Solutions(solutions) => solutions
            .map(|solution| {
                let solution = solution.unwrap();
                let mut row: Vec<String> = solution.iter().map(|(name, term)| format!("{name}={term}")).collect();
                row.sort();
                row.join(" ")
            })
            .collect(),
        QueryResults::Graph(triples) => triples.map(|triple| triple.unwrap().to_string()).collect(),
    };
    rows.sort();
    rows
}

#[test]
fn stored_queries_are_answered_by_operators_as_oxigraph_answers_them() {
    let (dataset, store, graph) = compiled();
    graph.verify().unwrap();
    for stored in &dataset.queries {
        let parsed = query::parse(&stored.text, &dataset.names).unwrap();
        assert_eq!(rows(graph.query(&parsed).unwrap()), rows(store.query(&parsed).unwrap()), "{}", stored.name);
        let explanation = graph.explain(&parsed).unwrap();
        println!("{}\n{explanation}", stored.name);
        assert_eq!(explanation.engine, Engine::Operators, "{}: {explanation}", stored.name);
    }
}
