//! Runs algorithms of petgraph on the graph of a dataset: a topological order of some facts, and distances with weights of
//! your own.
//!
//! ```sh
//! cargo run --example petgraph_algorithms
//! ```
//!
//! In your own project, depend on the same version of petgraph as factloom does, so that the types are the same.

use factloom::dataset::DatasetRoot;
use factloom::store::{EdgeKind, Labels};
use factloom::view::View;
use petgraph::algo::{dijkstra, toposort};
use petgraph::graph::NodeIndex;
use petgraph::visit::{EdgeFiltered, EdgeRef, IntoEdgeReferences, UndirectedAdaptor};
use std::collections::HashSet;
use std::error::Error;

const DATASET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/tutorial/pump-house");

fn main() -> Result<(), Box<dyn Error>> {
    let (dataset, store) = factloom::build(DatasetRoot::Directory(DATASET.into()))?;
    let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
    // A `DiGraph` with entities as nodes and statements as edges.
    let graph = view.graph();

    // Places and things from the innermost to the outermost, by the facts only.
    let located = EdgeFiltered::from_fn(graph, |edge| {
        edge.weight().kind == EdgeKind::Fact && edge.weight().predicate.label == "is located in"
    });
    let entities: HashSet<NodeIndex> =
        located.edge_references().flat_map(|edge| [edge.source(), edge.target()]).collect();
    let order = toposort(&located, None).map_err(|_| "something is located in itself")?;
    let order: Vec<&str> =
        order.iter().filter(|node| entities.contains(node)).map(|node| &*graph[*node].label).collect();
    println!("from the innermost: {}", order.join(", "));
    assert_eq!(order, ["steam engine", "engine hall", "pump house", "Ebbingford"]);

    // Distances in either direction. A path through a claim is as long as one through ten facts.
    let society = view.node_with_id("pump-house-society").ok_or("unknown entity")?;
    let distances = dijkstra(&UndirectedAdaptor(graph), society, None, |edge| match edge.weight().kind {
        EdgeKind::Fact => 1,
        EdgeKind::Inference | EdgeKind::Entailment => 2,
        EdgeKind::Claim(_) => 10,
    });
    let mut nearest: Vec<(u32, &str)> =
        distances.iter().map(|(node, length)| (*length, &*graph[*node].label)).collect();
    nearest.sort_unstable();
    for (length, label) in &nearest {
        println!("{length:>3}  {label}");
    }
    // The plan to run the engine is a claim, so the engine is reached through the engine hall.
    assert!(nearest.contains(&(2, "steam engine")) && nearest.contains(&(3, "Norrow Ironworks")), "{nearest:?}");
    Ok(())
}
