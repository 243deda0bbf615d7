//! Paths between two entities.

use super::merged::{kind_cost, merge_parallel};
use super::{Direction, View};
use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::{EdgeRef, Reversed};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A path that visits no entity twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The entities, from the first to the last.
    pub nodes: Vec<NodeIndex>,
    /// The statements between them. Of parallel statements, a fact if there is one, else an inference, else an
    /// entailment, else a claim.
    pub edges: Vec<EdgeIndex>,
}

/// Options of a search for paths.
#[derive(Clone, Copy, Debug)]
pub struct PathSearch {
    /// The direction in which statements are followed.
    pub direction: Direction,
    /// The greatest number of statements in a path; `None` for the shortest paths only.
    pub max_length: Option<usize>,
    /// The greatest number of paths.
    pub limit: usize,
}

/// The result of a search for paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// The paths, the shortest first. Of equally short ones, those with the most facts come first, then those with the most
    /// inferences.
    pub paths: Vec<Path>,
    /// Whether there are more paths than the limit.
    pub has_more: bool,
    /// Whether the search reached its step limit, so that longer paths may be missing.
    pub incomplete: bool,
}

/// The cost of an edge, greater than the sum of the kind costs of any path.
const EDGE_COST: u64 = 1 << 32;

/// The greatest number of edges that a search examines and of nodes that it compares. There may be more paths than fit into memory.
const MAX_STEPS: usize = 20_000_000;

/// The beginning of a path: its last node and edge, and the prefix that it extends.
struct Prefix {
    node: NodeIndex,
    cost: u64,
    parent: Option<(usize, EdgeIndex)>,
}

/// The paths between two entities, the shortest first, then those with the most facts. Parallel statements make one path, with a fact
/// if there is one.
///
/// A best-first search, depth-first among equals. Its lower bound is the exact distance to the end, by Dijkstra (“A note on two
/// problems in connexion with graphs”, Numerische Mathematik 1, 1959), O(e log e) for e edges. So paths are found in their order, and
/// the search ends with the last one wanted. A shortest path takes as many steps as its nodes have edges, times the logarithm of
/// the queue's length; longer ones may lead into dead ends. The search stops after 20 million steps.
///
/// ```
/// use factloom::store::Labels;
/// use factloom::view::{Direction, PathSearch, View, paths};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let (from, to) = (view.node_with_id("karachi").unwrap(), view.node_with_id("pakistan").unwrap());
/// let search = PathSearch { direction: Direction::Out, max_length: None, limit: 1 };
/// assert_eq!(paths(&view, from, to, &search).paths[0].edges.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn paths(view: &View, from: NodeIndex, to: NodeIndex, search: &PathSearch) -> Paths {
    let graph = merge_parallel(view, search.direction);
    let edge_cost = |edge: &EdgeIndex| EDGE_COST + u64::from(kind_cost(&view.graph()[*edge]));
    // The shortest paths only need the distances of nodes that are no farther from the end than the start is.
    let goal = search.max_length.is_none().then_some(from);
    let distances = dijkstra(Reversed(&graph), to, goal, |edge| edge_cost(edge.weight()));
    let mut found = Paths::default();
    let Some(shortest) = distances.get(&from) else { return found };
    let max_length = search.max_length.map_or(shortest / EDGE_COST, |length| length as u64);
    let mut prefixes = vec![Prefix { node: from, cost: 0, parent: None }];
    let mut queue = BinaryHeap::from([(Reverse(*shortest), 0, Reverse(0))]);
    let mut steps_left = MAX_STEPS;
    while let Some((Reverse(total), length, Reverse(number))) = queue.pop() {
        if total / EDGE_COST > max_length {
            break;
        }
        let Prefix { node, cost, .. } = prefixes[number];
        if node == to {
            found.has_more = found.paths.len() == search.limit;
            if found.has_more {
                break;
            }
            found.paths.push(path(&graph, &prefixes, number));
            continue;
        }
        // A shortest path visits no entity twice, so its prefix does not need to be searched.
        let visited = search.max_length.map(|_| visited(&prefixes, number)).unwrap_or_default();
        for edge in graph.edges(node) {
            steps_left = steps_left.saturating_sub(1 + visited.len());
            if steps_left == 0 {
                found.incomplete = true;
                return found;
            }
            let (next, cost) = (edge.target(), cost + edge_cost(edge.weight()));
            let Some(total) = distances.get(&next).map(|distance| cost + distance) else { continue };
            if total / EDGE_COST <= max_length && !visited.contains(&next) {
                queue.push((Reverse(total), length + 1, Reverse(prefixes.len())));
                prefixes.push(Prefix { node: next, cost, parent: Some((number, edge.id())) });
            }
        }
    }
    found
}

/// The nodes of a prefix, from the last to the first.
fn visited(prefixes: &[Prefix], number: usize) -> Vec<NodeIndex> {
    let numbers = std::iter::successors(Some(number), |number| prefixes[*number].parent.map(|(parent, _)| parent));
    numbers.map(|number| prefixes[number].node).collect()
}

fn path(graph: &DiGraph<(), EdgeIndex>, prefixes: &[Prefix], last: usize) -> Path {
    let mut nodes = visited(prefixes, last);
    nodes.reverse();
    let parents = std::iter::successors(prefixes[last].parent, |(parent, _)| prefixes[*parent].parent);
    let mut edges: Vec<EdgeIndex> = parents.map(|(_, edge)| graph[edge]).collect();
    edges.reverse();
    Path { nodes, edges }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::tests::view;

    fn found(edges: &[(&str, &str, char)], search: PathSearch) -> Vec<Vec<String>> {
        let view = view(edges);
        let (from, to) = (view.node_with_id("a").unwrap(), view.node_with_id("z").unwrap());
        let ids = |path: &Path| {
            assert_eq!((path.nodes[0], path.nodes[path.nodes.len() - 1]), (from, to));
            path.edges.iter().map(|edge| view.graph()[*edge].statement.to_string()).collect()
        };
        paths(&view, from, to, &search).paths.iter().map(ids).collect()
    }

    const ALL: PathSearch = PathSearch { direction: Direction::Out, max_length: None, limit: usize::MAX };

    #[test]
    fn the_shortest_paths_come_first_and_then_those_with_the_most_facts() {
        let edges =
            [("a", "b", 'c'), ("b", "z", 'f'), ("a", "c", 'f'), ("c", "z", 'i'), ("a", "b", 'i'), ("a", "d", 'f')];
        assert_eq!(found(&edges, ALL), [["s4", "s1"], ["s2", "s3"]], "both have as many facts, and b comes before c");
        let edges = [("a", "b", 'c'), ("b", "z", 'f'), ("a", "c", 'f'), ("c", "z", 'i')];
        assert_eq!(found(&edges, PathSearch { limit: 1, ..ALL }), [["s2", "s3"]]);
        assert_eq!(found(&[("a", "z", 'c'), ("a", "z", 'f')], ALL), [["s1"]]);
    }

    #[test]
    fn longer_paths_follow_and_no_path_visits_an_entity_twice() {
        let edges =
            [("a", "z", 'c'), ("a", "b", 'f'), ("b", "z", 'f'), ("b", "c", 'f'), ("c", "a", 'f'), ("c", "z", 'f')];
        let search = PathSearch { max_length: Some(3), ..ALL };
        assert_eq!(found(&edges, search), [vec!["s0"], vec!["s1", "s2"], vec!["s1", "s3", "s5"]]);
        assert_eq!(found(&edges, PathSearch { max_length: Some(2), ..ALL }).len(), 2);
    }

    #[test]
    fn statements_are_followed_backwards_only_if_the_direction_allows_it() {
        let edges = [("b", "a", 'f'), ("b", "z", 'f')];
        assert_eq!(found(&edges, PathSearch { direction: Direction::Both, ..ALL }), [["s0", "s1"]]);
        assert!(
            found(&edges, ALL).is_empty() && found(&edges, PathSearch { direction: Direction::In, ..ALL }).is_empty()
        );
    }

    #[test]
    fn a_path_is_found_even_if_there_are_too_many_to_list() {
        let layers: Vec<Vec<String>> = (0..24).map(|n| vec![format!("m{n}x"), format!("m{n}y")]).collect();
        let layers = [vec![vec!["a".to_owned()]], layers, vec![vec!["z".to_owned()]]].concat();
        let between = |pair: &[Vec<String>]| {
            let ends = |from: &String| pair[1].iter().map(|to| (from.clone(), to.clone())).collect::<Vec<_>>();
            pair[0].iter().flat_map(ends).collect::<Vec<_>>()
        };
        let pairs: Vec<(String, String)> = layers.windows(2).flat_map(between).collect();
        let edges: Vec<(&str, &str, char)> = pairs.iter().map(|(from, to)| (&from[..], &to[..], 'f')).collect();
        for max_length in [None, Some(25), Some(30)] {
            let lengths: Vec<usize> =
                found(&edges, PathSearch { max_length, limit: 3, ..ALL }).iter().map(Vec::len).collect();
            assert_eq!(lengths, [25; 3]);
        }
    }

    #[test]
    fn more_paths_than_the_limit_are_reported() {
        let view = view(&[("a", "b", 'f'), ("b", "z", 'f'), ("a", "c", 'f'), ("c", "z", 'f')]);
        let (from, to) = (view.node_with_id("a").unwrap(), view.node_with_id("z").unwrap());
        let more = |limit: usize| paths(&view, from, to, &PathSearch { limit, ..ALL }).has_more;
        assert!(more(1) && !more(2));
        assert_eq!(paths(&view, from, from, &ALL).paths, [Path { nodes: vec![from], edges: Vec::new() }]);
    }
}
