//! Connected components, bridges and articulation points.

use super::View;
use super::merged::{directed, undirected};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use rustworkx_core::connectivity;
use std::cmp::Reverse;

/// The weakly connected components of a view, largest first, then by their first nodes; nodes in the order of the view. Linear in
/// the edges, plus sorting.
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
    let components = connectivity::connected_components(view.graph()).into_iter();
    largest_first(components.map(|nodes| nodes.into_iter().collect()).collect())
}

/// The strongly connected components of a view, in the order of [`weak_components`]. Linear in the edges, plus sorting.
///
/// Uses petgraph's implementation of Kosaraju and Sharir, “A strong-connectivity algorithm and its applications in data flow
/// analysis”, Computers and Mathematics with Applications 7, 1981.
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

/// Two entities that are connected only by the statements between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The entities, in the order of the nodes.
    pub ends: [NodeIndex; 2],
    /// The statements between them, in the order of their ids.
    pub edges: Vec<EdgeIndex>,
}

/// The bridges of a view, in the order of their ends. Several statements between two entities are one bridge. Linear in the edges,
/// plus sorting.
///
/// Uses rustworkx-core's implementation of Hopcroft and Tarjan, “Algorithm 447: efficient algorithms for graph manipulation”,
/// Communications of the ACM 16, 1973.
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
    let bridges = connectivity::bridges(&undirected(view)).into_iter();
    let mut ends: Vec<[NodeIndex; 2]> = bridges.map(|(a, b)| [a.min(b), a.max(b)]).collect();
    ends.sort_unstable();
    let bridge = |ends: [NodeIndex; 2]| {
        let [a, b] = ends;
        let both = view.graph.edges_connecting(a, b).chain(view.graph.edges_connecting(b, a));
        let mut edges: Vec<EdgeIndex> = both.map(|edge| edge.id()).collect();
        edges.sort_unstable();
        Bridge { ends, edges }
    };
    ends.into_iter().map(bridge).collect()
}

/// The articulation points of a view: the entities that some of their neighbours need to be connected, in the order of the
/// nodes. Uses the algorithm of [`bridges`].
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
    fn components_are_sorted_by_size_and_strong_ones_need_both_directions() {
        let view = view(&[("a", "b", 'f'), ("c", "d", 'f'), ("d", "c", 'f'), ("d", "e", 'f'), ("f", "f", 'f')]);
        let all_ids = |components: Vec<Vec<NodeIndex>>| components.iter().map(|c| ids(&view, c)).collect::<Vec<_>>();
        assert_eq!(all_ids(weak_components(&view)), ["cde", "ab", "f"]);
        assert_eq!(all_ids(strong_components(&view)), ["cd", "a", "b", "e", "f"]);
    }

    #[test]
    fn parallel_statements_are_one_bridge() {
        let view = view(&[("a", "b", 'f'), ("b", "a", 'c'), ("b", "c", 'f'), ("c", "d", 'f'), ("d", "b", 'f')]);
        let [bridge] = &bridges(&view)[..] else { panic!("there is one bridge") };
        assert_eq!((ids(&view, &bridge.ends), bridge.edges.len()), ("ab".to_owned(), 2));
        assert_eq!(ids(&view, &articulation_points(&view)), "b");
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let graph = (0..100_000).map(|n| (n, n + 1));
        let view = crate::view::select::tests::view_of_pairs(&graph.collect::<Vec<_>>());
        assert_eq!((bridges(&view).len(), strong_components(&view).len()), (100_000, 100_001));
        assert_eq!((articulation_points(&view).len(), weak_components(&view).len()), (99_999, 1));
    }
}
