//! How two entities hang together.

use super::merged::{distrust, steps};
use super::{Direction, Step, View};
use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::{EdgeRef, Reversed};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A way from one entity to another that visits none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The entities, from the first to the last.
    pub nodes: Vec<NodeIndex>,
    /// The statements between them, one fewer.
    pub steps: Vec<Step>,
}

/// Which paths are wanted.
#[derive(Clone, Copy, Debug)]
pub struct PathSearch {
    /// Which way statements may be gone.
    pub direction: Direction,
    /// How many statements a path may have; `None` for the fewest that do.
    pub max_length: Option<usize>,
    /// How many paths are wanted.
    pub limit: usize,
}

/// Paths, and whether there may be more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// The paths, the shortest first, and of equally short ones those with the most facts, then inferences.
    pub paths: Vec<Path>,
    /// Whether there are more than were wanted.
    pub has_more: bool,
    /// Whether the search was given up, so that longer paths may be missing.
    pub incomplete: bool,
}

/// More than any sum of what is held against the statements of a path.
const STEP: u64 = 1 << 32;

/// After so many steps, looked at or gone over again, the search is given up: there may be more paths than memory holds.
const MOST_STEPS: usize = 20_000_000;

/// A beginning of a path: its last step, and the beginning that it prolongs.
struct Beginning {
    node: NodeIndex,
    cost: u64,
    before: Option<(usize, EdgeIndex)>,
}

/// The paths between two entities, from the shortest and most trusted on. Parallel statements make one path, by the most trusted of
/// them.
///
/// Best first and of equals the deepest, with what is left to go known beforehand: by the algorithm of Dijkstra (“A note on two problems in connexion with
/// graphs”, Numerische Mathematik 1, 1959) from the end, O(e log e) for e edges. A beginning costs at least as much as what it
/// prolongs, so paths are found in their order and the search ends with the last that is wanted. Shortest paths are found without a
/// detour: each takes no longer than its nodes have edges, but for the logarithm of a heap. Longer ones may lead into dead ends. After
/// 20 million steps the search is given up.
///
/// ```
/// use factloom::store::Labels;
/// use factloom::view::{Direction, PathSearch, View, paths};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let view = View::new(&store, &Labels::new(&store, &dataset.language))?;
/// let (from, to) = (view.node_with_id("karachi").unwrap(), view.node_with_id("pakistan").unwrap());
/// let search = PathSearch { direction: Direction::Out, max_length: None, limit: 1 };
/// assert_eq!(paths(&view, from, to, &search).paths[0].steps.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn paths(view: &View, from: NodeIndex, to: NodeIndex, search: &PathSearch) -> Paths {
    let steps = steps(view, search.direction);
    let cost = |step: &Step| STEP + u64::from(distrust(&view.graph[step.edge]));
    // For the shortest paths it is enough to know what is no farther from the end than their beginning.
    let far_enough = search.max_length.is_none().then_some(from);
    let left = dijkstra(Reversed(&steps), to, far_enough, |edge| cost(edge.weight()));
    let mut found = Paths::default();
    let Some(shortest) = left.get(&from) else { return found };
    let most = search.max_length.map_or(shortest / STEP, |most| most as u64);
    let mut beginnings = vec![Beginning { node: from, cost: 0, before: None }];
    let mut open = BinaryHeap::from([(Reverse(*shortest), 0, Reverse(0))]);
    let mut left_to_do = MOST_STEPS;
    while let Some((Reverse(total), length, Reverse(number))) = open.pop() {
        if total / STEP > most {
            break;
        }
        let Beginning { node, cost: so_far, .. } = beginnings[number];
        if node == to {
            found.has_more = found.paths.len() == search.limit;
            if found.has_more {
                break;
            }
            found.paths.push(path(&steps, &beginnings, number));
            continue;
        }
        // No shortest path visits an entity twice, so that its beginning need not be gone over.
        let visited = search.max_length.map(|_| visited(&beginnings, number)).unwrap_or_default();
        for edge in steps.edges(node) {
            left_to_do = left_to_do.saturating_sub(1 + visited.len());
            if left_to_do == 0 {
                found.incomplete = true;
                return found;
            }
            let (next, cost) = (edge.target(), so_far + cost(edge.weight()));
            let Some(total) = left.get(&next).map(|left| cost + left) else { continue };
            if total / STEP <= most && !visited.contains(&next) {
                open.push((Reverse(total), length + 1, Reverse(beginnings.len())));
                beginnings.push(Beginning { node: next, cost, before: Some((number, edge.id())) });
            }
        }
    }
    found
}

fn visited(beginnings: &[Beginning], number: usize) -> Vec<NodeIndex> {
    let numbers = std::iter::successors(Some(number), |number| beginnings[*number].before.map(|before| before.0));
    numbers.map(|number| beginnings[number].node).collect()
}

fn path(steps: &DiGraph<(), Step>, beginnings: &[Beginning], last: usize) -> Path {
    let mut path = Path { nodes: vec![beginnings[last].node], steps: Vec::new() };
    let mut before = beginnings[last].before;
    while let Some((number, edge)) = before {
        path.nodes.push(beginnings[number].node);
        path.steps.push(steps[edge]);
        before = beginnings[number].before;
    }
    path.nodes.reverse();
    path.steps.reverse();
    path
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
            path.steps.iter().map(|step| view.graph()[step.edge].statement.to_string()).collect()
        };
        paths(&view, from, to, &search).paths.iter().map(ids).collect()
    }

    const ALL: PathSearch = PathSearch { direction: Direction::Out, max_length: None, limit: usize::MAX };

    #[test]
    fn the_fewest_steps_win_and_then_the_most_trusted() {
        let edges =
            [("a", "b", 'c'), ("b", "z", 'f'), ("a", "c", 'f'), ("c", "z", 'i'), ("a", "b", 'i'), ("a", "d", 'f')];
        assert_eq!(found(&edges, ALL), [["s4", "s1"], ["s2", "s3"]], "both lack as much, and b comes before c");
        let edges = [("a", "b", 'c'), ("b", "z", 'f'), ("a", "c", 'f'), ("c", "z", 'i')];
        assert_eq!(found(&edges, PathSearch { limit: 1, ..ALL }), [["s2", "s3"]]);
        assert_eq!(found(&[("a", "z", 'c'), ("a", "z", 'f')], ALL), [["s1"]]);
    }

    #[test]
    fn longer_paths_follow_and_none_visits_an_entity_twice() {
        let edges =
            [("a", "z", 'c'), ("a", "b", 'f'), ("b", "z", 'f'), ("b", "c", 'f'), ("c", "a", 'f'), ("c", "z", 'f')];
        let search = PathSearch { max_length: Some(3), ..ALL };
        assert_eq!(found(&edges, search), [vec!["s0"], vec!["s1", "s2"], vec!["s1", "s3", "s5"]]);
        assert_eq!(found(&edges, PathSearch { max_length: Some(2), ..ALL }).len(), 2);
    }

    #[test]
    fn against_the_statements_only_where_that_is_allowed() {
        let edges = [("b", "a", 'f'), ("b", "z", 'f')];
        assert_eq!(found(&edges, PathSearch { direction: Direction::Both, ..ALL }), [["s0", "s1"]]);
        assert!(
            found(&edges, ALL).is_empty() && found(&edges, PathSearch { direction: Direction::In, ..ALL }).is_empty()
        );
    }

    #[test]
    fn a_path_is_found_where_there_are_more_than_anybody_could_list() {
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
    fn where_there_are_more_than_wanted_it_is_said() {
        let view = view(&[("a", "b", 'f'), ("b", "z", 'f'), ("a", "c", 'f'), ("c", "z", 'f')]);
        let (from, to) = (view.node_with_id("a").unwrap(), view.node_with_id("z").unwrap());
        let more = |limit: usize| paths(&view, from, to, &PathSearch { limit, ..ALL }).has_more;
        assert!(more(1) && !more(2));
        assert_eq!(paths(&view, from, from, &ALL).paths, [Path { nodes: vec![from], steps: Vec::new() }]);
    }
}
