//! The compiled graph against Oxigraph's own store, on the bundled dataset.

use factloom::dataset::DatasetRoot;
use factloom::store::{CompiledGraph, Evaluator, GraphBuilder};
use factloom::view::EntityGraph;
use factloom::{BUNDLED, query};
use oxigraph::model::{Literal, NamedNode, TripleRef};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use petgraph::Direction;
use petgraph::algo::{dijkstra, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{IntoEdgeReferences, IntoNeighborsDirected};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The bundled dataset's graph, through a file.
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
    let reference = oxigraph::store::Store::new().unwrap();
    reference.extend(store.quads().unwrap()).unwrap();
    for stored in &dataset.queries {
        let parsed = query::parse(&stored.text, &dataset.names).unwrap();
        let expected = SparqlEvaluator::new().for_query(parsed.clone()).on_store(&reference).execute().unwrap();
        assert_eq!(rows(graph.query(&parsed).unwrap()), rows(expected), "{}", stored.name);
        let explanation = graph.explain(&parsed).unwrap();
        println!("{}\n{explanation}", stored.name);
        assert_eq!(explanation.evaluator, Evaluator::Operators, "{}: {explanation}", stored.name);
    }
}

#[test]
fn an_explanation_counts_the_rows_of_each_step_and_is_the_same_each_time() {
    let (dataset, _, graph) = compiled();
    let explained = |text: &str| {
        let parsed = query::parse(text, &dataset.names).unwrap();
        graph.explain(&parsed).unwrap().to_string()
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

/// Namespaces the nodes `0..nodes` first, so that they are the entities of a graph.
fn entities(nodes: u32, edges: &[(u32, u32, u32)]) -> CompiledGraph {
    let node = |number: u32| NamedNode::new_unchecked(format!("http://e/{number}"));
    let mut builder = GraphBuilder::new();
    for number in 0..nodes {
        builder.name(node(number).as_ref().into()).unwrap();
    }
    let name = Literal::new_simple_literal("a name");
    for (source, predicate, target) in edges {
        let predicate = NamedNode::new_unchecked(format!("http://p/{predicate}"));
        builder.insert_triple(TripleRef::new(&node(*source), &predicate, &node(*target))).unwrap();
        // What is no entity is no node.
        builder.insert_triple(TripleRef::new(&node(*source), &predicate, &name)).unwrap();
    }
    builder.finish().unwrap()
}

proptest! {
    #[test]
    fn petgraph_walks_the_columns_as_it_walks_a_copy(
        edges in prop::collection::vec((0_u32..12, 0_u32..3, 0_u32..12), 0..60),
        start in 0_u32..12,
    ) {
        let edges: BTreeSet<(u32, u32, u32)> = edges.into_iter().collect();
        let list: Vec<_> = edges.iter().copied().collect();
        let graph = entities(12, &list);
        let columns = EntityGraph::new(&graph, 12).unwrap();
        let mut copy: DiGraph<(), ()> = DiGraph::new();
        for _ in 0..12 {
            copy.add_node(());
        }
        for (source, _, target) in &list {
            copy.add_edge(NodeIndex::new(*source as usize), NodeIndex::new(*target as usize), ());
        }
        let sets = |groups: Vec<Vec<usize>>| -> BTreeSet<BTreeSet<usize>> {
            groups.into_iter().map(|group| group.into_iter().collect()).collect()
        };
        let here = tarjan_scc(columns).into_iter().map(|group| group.into_iter().map(|n| n as usize).collect());
        let there = tarjan_scc(&copy).into_iter().map(|group| group.into_iter().map(NodeIndex::index).collect());
        prop_assert_eq!(sets(here.collect()), sets(there.collect()));

        let distances = |map: Vec<(usize, u32)>| map.into_iter().collect::<BTreeMap<usize, u32>>();
        let here = dijkstra(columns, start, None, |_| 1_u32).into_iter().map(|(node, far)| (node as usize, far));
        let there = dijkstra(&copy, NodeIndex::new(start as usize), None, |_| 1_u32);
        let there = there.into_iter().map(|(node, far)| (node.index(), far));
        prop_assert_eq!(distances(here.collect()), distances(there.collect()));

        let backwards = |node: u32| columns.neighbors_directed(node, Direction::Incoming).count();
        let incoming = list.iter().filter(|(_, _, target)| *target == start).count();
        prop_assert_eq!(backwards(start), incoming);
        prop_assert_eq!(columns.edge_references().count(), list.len());
    }
}
