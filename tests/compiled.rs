//! The compiled graph compared with Oxigraph's store, on the bundled dataset.

use factloom::dataset::DatasetRoot;
use factloom::store::{CompiledGraph, Evaluator, GraphBuilder, QueryLimits};
use factloom::{BUNDLED, query};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};

/// The graph of the bundled dataset, written to a file and read again.
fn compiled() -> (factloom::dataset::Dataset, factloom::store::Store, CompiledGraph) {
    let (dataset, store) = factloom::build(DatasetRoot::Bundled(BUNDLED)).unwrap();
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
        QueryResults::Boolean(value) => vec![value.to_string()],
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
fn stored_queries_run_on_operators_with_the_results_of_oxigraph() {
    let (dataset, store, graph) = compiled();
    graph.verify().unwrap();
    let reference = oxigraph::store::Store::new().unwrap();
    reference.extend(store.quads().unwrap()).unwrap();
    for stored in &dataset.queries {
        let parsed = query::parse(&stored.text, &dataset.namespaces).unwrap();
        let expected = SparqlEvaluator::new().for_query(parsed.clone()).on_store(&reference).execute().unwrap();
        assert_eq!(rows(graph.query(&parsed).unwrap()), rows(expected), "{}", stored.name);
        let explanation = graph.explain(&parsed, &QueryLimits::default()).unwrap();
        assert_eq!(explanation.evaluator, Evaluator::Operators, "{}: {explanation}", stored.name);
    }
}

#[test]
fn explanations_count_the_rows_of_each_step_and_are_repeatable() {
    let (dataset, _, graph) = compiled();
    let explained = |text: &str| {
        let parsed = query::parse(text, &dataset.namespaces).unwrap();
        graph.explain(&parsed, &QueryLimits::default()).unwrap().without_times().to_string()
    };
    let text = "SELECT ?p (COUNT(*) AS ?n) {
        ?s ?p [ rdfs:label ?label ]
        MINUS { SELECT DISTINCT ?s { ?s a fl:Claim } ORDER BY ?s LIMIT 3 }
    } GROUP BY ?p ORDER BY ?p LIMIT 2";
    let found = explained(text);
    assert_eq!(found, explained(text));
    insta::assert_snapshot!(found);
    let named = "SELECT * { GRAPH e:russia { ?s v:helpedBuild ?o } OPTIONAL { ?o rdfs:label ?l } }";
    insta::assert_snapshot!(explained(named));
}

#[test]
fn explanations_show_paths_as_written_and_what_spareval_computed() {
    let (dataset, _, graph) = compiled();
    let parsed = |text: &str| query::parse(text, &dataset.namespaces).unwrap();
    let explained = |text: &str| {
        let explanation = graph.explain(&parsed(text), &QueryLimits::default()).unwrap();
        dataset.namespaces.shorten(&explanation.without_times().to_string())
    };
    insta::assert_snapshot!(explained(
        "SELECT ?plant ?year (xsd:string(?year) AS ?text) {
            ?plant (v:helpedBuild|^v:partOf)+ ?who . ?plant !(a|^v:partOf) ?other
            OPTIONAL { ?st fl:pointInTime ?t BIND(YEAR(?t) AS ?year) }
            FILTER NOT EXISTS { ?who v:partOf*/a v:Mill }
        }"
    ));
}

#[test]
fn the_times_of_the_steps_are_within_that_of_the_query() {
    let (dataset, _, graph) = compiled();
    let query = query::parse("SELECT * { ?a ?b ?c . ?c ?d ?e MINUS { ?e ?f ?g } } ORDER BY ?b", &dataset.namespaces);
    let explanation = graph.explain(&query.unwrap(), &QueryLimits::default()).unwrap();
    let (_, evaluation) = explanation.times.unwrap();
    let sum: std::time::Duration = explanation.steps.iter().filter_map(|step| step.time).sum();
    assert!(!sum.is_zero() && sum <= evaluation, "{sum:?} of {evaluation:?}\n{explanation}");
}
