//! What hangs together, and what would fall apart without it.

use super::View;
use super::merged::{directed, undirected};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::unionfind::UnionFind;
use petgraph::visit::EdgeRef;
use rustworkx_core::connectivity;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The largest parts of a view in which statements lead from each entity to every other, whichever way they are gone: the largest
/// first, then by their first nodes, each in the order of its nodes. Nearly linear in the edges.
///
/// ```
/// use factloom::{store::Labels, view::{View, weak_components}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let sizes = weak_components(&view).iter().map(Vec::len).sum::<usize>();
/// assert_eq!(sizes, view.graph().node_count());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn weak_components(view: &View) -> Vec<Vec<NodeIndex>> {
    let mut joined = UnionFind::<usize>::new(view.graph.node_count());
    for edge in view.graph.edge_references() {
        joined.union(edge.source().index(), edge.target().index());
    }
    let mut components: BTreeMap<usize, Vec<NodeIndex>> = BTreeMap::new();
    for (node, root) in joined.into_labeling().into_iter().enumerate() {
        components.entry(root).or_default().push(NodeIndex::new(node));
    }
    largest_first(components.into_values().collect())
}

/// The largest parts of a view in which statements lead from each entity to every other, from subject to object; in the order of
/// [`weak_components`]. Linear in the edges, but for sorting.
///
/// By the algorithm of Kosaraju and Sharir (“A strong-connectivity algorithm and its applications in data flow analysis”, Computers
/// and Mathematics with Applications 7, 1981), as petgraph has it.
///
/// ```
/// use factloom::{store::Labels, view::{View, strong_components, weak_components}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// assert!(strong_components(&view).len() >= weak_components(&view).len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn strong_components(view: &View) -> Vec<Vec<NodeIndex>> {
    largest_first(kosaraju_scc(&directed(view)))
}

fn largest_first(mut components: Vec<Vec<NodeIndex>>) -> Vec<Vec<NodeIndex>> {
    for nodes in &mut components {
        nodes.sort_unstable();
    }
    components.sort_unstable_by_key(|nodes| (Reverse(nodes.len()), nodes.first().copied()));
    components
}

/// Two entities that would no longer hang together without the statements between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The entities, in the order of the nodes.
    pub ends: [NodeIndex; 2],
    /// The statements between them, in the order of their ids.
    pub edges: Vec<EdgeIndex>,
}

/// The bridges of a view, in the order of their ends. Several statements between two entities are one bridge.
///
/// By the depth-first search of Hopcroft and Tarjan (“Algorithm 447: efficient algorithms for graph manipulation”, Communications of
/// the ACM 16, 1973), as rustworkx-core has it: linear in the edges, but for sorting.
///
/// ```
/// use factloom::{store::Labels, view::{View, bridges}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// assert!(bridges(&view).iter().all(|bridge| !bridge.edges.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bridges(view: &View) -> Vec<Bridge> {
    let found = connectivity::bridges(&undirected(view)).into_iter();
    let mut ends: Vec<[NodeIndex; 2]> = found.map(|(a, b)| [a.min(b), a.max(b)]).collect();
    ends.sort_unstable();
    let bridge = |ends: [NodeIndex; 2]| {
        let [a, b] = ends;
        let along = view.graph.edges_connecting(a, b).chain(view.graph.edges_connecting(b, a));
        let mut edges: Vec<EdgeIndex> = along.map(|edge| edge.id()).collect();
        edges.sort_unstable();
        Bridge { ends, edges }
    };
    ends.into_iter().map(bridge).collect()
}

/// The entities without which some of their neighbours would no longer hang together, in the order of the nodes.
///
/// By the search of [`bridges`].
///
/// ```
/// use factloom::{store::Labels, view::{View, articulation_points}};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let mill = view.node_with_id("pakistan-steel-mills").unwrap();
/// assert!(articulation_points(&view).contains(&mill));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn articulation_points(view: &View) -> Vec<NodeIndex> {
    let mut points: Vec<NodeIndex> = connectivity::articulation_points(&undirected(view), None).into_iter().collect();
    points.sort_unstable();
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::tests::view;

    fn ids(view: &View, nodes: &[NodeIndex]) -> String {
        nodes.iter().map(|node| view.graph()[*node].id.as_str()).collect()
    }

    #[test]
    fn components_are_the_largest_first_and_strong_only_both_ways() {
        let view = view(&[("a", "b", 'f'), ("c", "d", 'f'), ("d", "c", 'f'), ("d", "e", 'f'), ("f", "f", 'f')]);
        let of = |components: Vec<Vec<NodeIndex>>| components.iter().map(|c| ids(&view, c)).collect::<Vec<_>>();
        assert_eq!(of(weak_components(&view)), ["cde", "ab", "f"]);
        assert_eq!(of(strong_components(&view)), ["cd", "a", "b", "e", "f"]);
    }

    #[test]
    fn parallel_statements_are_one_bridge() {
        let view = view(&[("a", "b", 'f'), ("b", "a", 'c'), ("b", "c", 'f'), ("c", "d", 'f'), ("d", "b", 'f')]);
        let [bridge] = &bridges(&view)[..] else { panic!("there is one bridge") };
        assert_eq!((ids(&view, &bridge.ends), bridge.edges.len()), ("ab".to_owned(), 2));
        assert_eq!(ids(&view, &articulation_points(&view)), "b");
    }

    #[test]
    fn a_chain_of_any_length_overflows_no_stack() {
        let graph = (0..100_000).map(|n| (n, n + 1));
        let view = crate::view::select::tests::of_pairs(&graph.collect::<Vec<_>>());
        assert_eq!((bridges(&view).len(), strong_components(&view).len()), (100_000, 100_001));
        assert_eq!((articulation_points(&view).len(), weak_components(&view).len()), (99_999, 1));
    }
}
