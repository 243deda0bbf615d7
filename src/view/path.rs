//! How two entities hang together.

use super::{Edge, EdgeKind, KindFilter, View};
use petgraph::algo::astar;
use petgraph::graph::{EdgeIndex, NodeIndex, UnGraph};
use petgraph::visit::{EdgeFiltered, EdgeRef};

/// Which way edges may be gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From subject to object only.
    Along,
    /// Either way.
    #[default]
    Either,
}

/// A way from one entity to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The entities, from the first to the last.
    pub nodes: Vec<NodeIndex>,
    /// The statements between them, one fewer.
    pub steps: Vec<Step>,
}

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The statement's edge in the view.
    pub edge: EdgeIndex,
    /// Whether the step goes from the statement's subject to its object.
    pub forward: bool,
}

/// More than any sum of what a path's edges cost beyond their number.
const STEP: u64 = 1 << 32;

/// What an edge costs: a step, and a little for each degree of trust that it lacks.
fn cost(edge: &Edge) -> u64 {
    STEP + match edge.kind {
        EdgeKind::Fact => 0,
        EdgeKind::Inference => 1,
        EdgeKind::Claim(_) => 2,
    }
}

/// A shortest path between two entities: of those with the fewest steps one with the most facts, then inferences.
///
/// By A* without an estimate, which is the algorithm of Dijkstra (“A note on two problems in connexion with graphs”,
/// Numerische Mathematik 1, 1959): O(e log e) for e edges.
///
/// ```
/// use factloom::store::Labels;
/// use factloom::view::{Direction, KindFilter, View, shortest_path};
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let (from, to) = (view.with_id("karachi").unwrap(), view.with_id("pakistan").unwrap());
/// let path = shortest_path(&view, from, to, Direction::Along, KindFilter::ASSERTED).unwrap();
/// assert_eq!(path.steps.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shortest_path(
    view: &View,
    from: NodeIndex,
    to: NodeIndex,
    direction: Direction,
    kinds: KindFilter,
) -> Option<Path> {
    let graph = view.graph();
    let nodes = match direction {
        Direction::Along => {
            let admitted = EdgeFiltered::from_fn(graph, |e| kinds.admits(e.weight().kind));
            astar(&admitted, from, |n| n == to, |e| cost(e.weight()), |_| 0)?.1
        }
        Direction::Either => {
            let mut both: UnGraph<(), u64> = UnGraph::with_capacity(graph.node_count(), graph.edge_count());
            for _ in graph.node_indices() {
                both.add_node(());
            }
            for edge in graph.edge_references().filter(|e| kinds.admits(e.weight().kind)) {
                both.add_edge(edge.source(), edge.target(), cost(edge.weight()));
            }
            astar(&both, from, |n| n == to, |e| *e.weight(), |_| 0)?.1
        }
    };
    let steps = nodes.windows(2).filter_map(|pair| {
        let along = graph.edges_connecting(pair[0], pair[1]).map(|e| (e, true));
        let against = graph.edges_connecting(pair[1], pair[0]).map(|e| (e, false));
        let against = against.filter(|_| direction == Direction::Either);
        let admitted = along.chain(against).filter(|(e, _)| kinds.admits(e.weight().kind));
        let best = admitted.min_by_key(|(e, forward)| (cost(e.weight()), !forward, &e.weight().statement))?;
        Some(Step { edge: best.0.id(), forward: best.1 })
    });
    Some(Path { steps: steps.collect(), nodes: nodes.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::tests::view;

    fn path(edges: &[(&str, &str, char)], from: &str, to: &str, direction: Direction) -> Option<Vec<String>> {
        let view = view(edges);
        let (from, to) = (view.with_id(from).unwrap(), view.with_id(to).unwrap());
        let path = shortest_path(&view, from, to, direction, KindFilter::ALL)?;
        assert_eq!((path.nodes[0], path.nodes[path.nodes.len() - 1]), (from, to));
        Some(path.steps.iter().map(|step| view.graph()[step.edge].statement.to_string()).collect())
    }

    #[test]
    fn the_fewest_steps_win_and_then_the_most_trusted() {
        let edges =
            [("a", "b", 'c'), ("b", "z", 'f'), ("a", "c", 'f'), ("c", "z", 'i'), ("a", "b", 'i'), ("a", "z0", 'f')];
        assert_eq!(path(&edges, "a", "z", Direction::Along).unwrap(), ["s2", "s3"]);
        let parallel = [("a", "b", 'c'), ("a", "b", 'f')];
        assert_eq!(path(&parallel, "a", "b", Direction::Along).unwrap(), ["s1"]);
    }

    #[test]
    fn against_the_edges_only_where_that_is_allowed() {
        let edges = [("b", "a", 'f'), ("b", "c", 'f')];
        assert_eq!(path(&edges, "a", "c", Direction::Either).unwrap(), ["s0", "s1"]);
        assert_eq!(path(&edges, "a", "c", Direction::Along), None);
        assert_eq!(path(&edges, "a", "a", Direction::Along).unwrap(), Vec::<String>::new());
    }
}
