//! The nodes near entities, and the edges on paths between two of them.

use super::mask::Mask;
use super::{Neighbourhood, PathsBetween};
use crate::view::Direction;
use fixedbitset::FixedBitSet;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::graphmap::DiGraphMap;
use petgraph::visit::EdgeRef;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// The greatest cost of a search for paths that visit no entity twice: the nodes and edges that it examines. A large graph has too
/// many such paths to list.
const SEARCH_BUDGET: usize = 20_000_000;

impl Mask<'_> {
    /// The selected edges that a direction allows from a node, with the nodes at their other ends.
    fn edges_from(&self, node: NodeIndex, direction: Direction) -> impl Iterator<Item = (EdgeIndex, NodeIndex)> {
        let directions: &[_] = match direction {
            Direction::Out => &[Outgoing],
            Direction::In => &[Incoming],
            Direction::Both => &[Outgoing, Incoming],
        };
        let edges = directions.iter().flat_map(move |direction| self.graph.edges_directed(node, *direction));
        let neighbours =
            edges.map(move |edge| (edge.id(), if edge.source() == node { edge.target() } else { edge.source() }));
        neighbours.filter(|(edge, to)| self.edges.contains(edge.index()) && self.nodes.contains(to.index()))
    }

    /// The distance of each node in edges; `None` if it is greater than `max`.
    fn distances(&self, from: NodeIndex, direction: Direction, max: usize) -> Vec<Option<usize>> {
        let mut distances = vec![None; self.graph.node_count()];
        distances[from.index()] = Some(0);
        let mut queue = VecDeque::from([(from, 0)]);
        while let Some((node, distance)) = queue.pop_front() {
            if distance == max {
                break;
            }
            for (_, to) in self.edges_from(node, direction) {
                if distances[to.index()].is_none() {
                    distances[to.index()] = Some(distance + 1);
                    queue.push_back((to, distance + 1));
                }
            }
        }
        distances
    }
}

/// The selected nodes in any of some neighbourhoods. O(nodes + edges) for each.
pub(super) fn nodes_near(mask: &Mask<'_>, neighbourhoods: &[Neighbourhood], direction: Direction) -> FixedBitSet {
    let mut near = FixedBitSet::with_capacity(mask.graph.node_count());
    for Neighbourhood { entity, radius } in neighbourhoods {
        if mask.nodes.contains(entity.index()) {
            let distances = mask.distances(*entity, direction, *radius);
            near.extend((0..distances.len()).filter(|node| distances[*node].is_some()));
        }
    }
    near
}

/// Adds the edges on paths between two entities to `found`. Returns false if the search budget was spent.
pub(super) fn edges_on_paths(
    mask: &Mask<'_>,
    paths: &PathsBetween,
    direction: Direction,
    found: &mut FixedBitSet,
) -> bool {
    let PathsBetween { from, to, max_length } = *paths;
    let backward = match direction {
        Direction::Out => Direction::In,
        Direction::In => Direction::Out,
        Direction::Both => Direction::Both,
    };
    let from_start = mask.distances(from, direction, max_length.unwrap_or(usize::MAX));
    let to_end = mask.distances(to, backward, max_length.unwrap_or(usize::MAX));
    let Some(max_length) = max_length.or(to_end[from.index()]) else { return true };
    let mut walks = Walks { graph: DiGraphMap::new(), from_start, to_end, from, to, max_length };
    for node in mask.graph.node_indices().filter(|node| walks.from_start[node.index()].is_some()).collect::<Vec<_>>() {
        for (_, next) in mask.edges_from(node, direction) {
            walks.add(node, next);
        }
    }
    // A walk no longer than the shortest path is itself a shortest path.
    let (edges, complete) = match paths.max_length {
        None => (walks.graph.all_edges().map(|(node, next, ())| (node, next)).collect(), true),
        Some(_) => walks.edges_on_paths(),
    };
    for (node, next) in edges {
        for (edge, to) in mask.edges_from(node, direction) {
            if to == next {
                found.insert(edge.index());
            }
        }
    }
    complete
}

/// The graph of the walks between two entities of at most `max_length` edges, with parallel edges merged. Unlike a path, a walk may
/// visit an entity twice.
struct Walks {
    graph: DiGraphMap<NodeIndex, ()>,
    from_start: Vec<Option<usize>>,
    to_end: Vec<Option<usize>>,
    from: NodeIndex,
    to: NodeIndex,
    max_length: usize,
}

impl Walks {
    fn add(&mut self, node: NodeIndex, next: NodeIndex) {
        let (Some(before), Some(after)) = (self.from_start[node.index()], self.to_end[next.index()]) else { return };
        if before + 1 + after <= self.max_length && node != next && node != self.to && next != self.from {
            self.graph.add_edge(node, next, ());
        }
    }

    /// The edges that are also on a path, and whether all edges were decided within the search budget.
    ///
    /// Deciding whether a path leads through a given edge is hard in general (Fortune, Hopcroft, Wyllie, “The directed
    /// subgraph homeomorphism problem”, Theoretical Computer Science 10, 1980). But nearly always a shortest path to the edge can be
    /// completed, and each path decides all of its edges.
    fn edges_on_paths(&self) -> (BTreeSet<(NodeIndex, NodeIndex)>, bool) {
        let mut found = BTreeSet::new();
        let mut budget = SEARCH_BUDGET;
        for (node, next, ()) in self.graph.all_edges() {
            if !found.contains(&(node, next))
                && let Some(path) = self.path_through(node, next, &mut budget)
            {
                found.extend(path.windows(2).map(|pair| (pair[0], pair[1])));
            }
        }
        (found, budget > 0)
    }

    /// A path through an edge. Tries the paths that lead to it, the shortest first, until one can be completed.
    fn path_through(&self, node: NodeIndex, next: NodeIndex, budget: &mut usize) -> Option<Vec<NodeIndex>> {
        let suffix_length = self.to_end[next.index()]? + 1;
        // The path to the edge, backwards, and for each of its nodes the predecessors still to try.
        let mut prefix = vec![node];
        let mut untried = vec![self.predecessors(node)];
        loop {
            if prefix.last() == Some(&self.from) {
                if let Some(suffix) = self.shortest_suffix(next, &prefix, budget) {
                    return Some(prefix.into_iter().rev().chain(suffix).collect());
                }
                untried.last_mut()?.clear();
            }
            spend(budget, prefix.len())?;
            match untried.last_mut()?.pop() {
                None => {
                    prefix.pop();
                    untried.pop();
                }
                Some(earlier) => {
                    let fits = self.from_start[earlier.index()]? + prefix.len() + suffix_length <= self.max_length;
                    if fits && earlier != next && !prefix.contains(&earlier) {
                        prefix.push(earlier);
                        untried.push(self.predecessors(earlier));
                    }
                }
            }
        }
    }

    /// The predecessors of a node, the nearest to the start last.
    fn predecessors(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let mut predecessors: Vec<NodeIndex> = self.graph.neighbors_directed(node, Incoming).collect();
        predecessors.sort_by_key(|node| Reverse((self.from_start[node.index()], node.index())));
        predecessors
    }

    /// The shortest path from a node to the end that avoids the nodes of the prefix.
    fn shortest_suffix(&self, start: NodeIndex, prefix: &[NodeIndex], budget: &mut usize) -> Option<Vec<NodeIndex>> {
        spend(budget, prefix.len())?;
        let avoided: HashSet<NodeIndex> = prefix.iter().copied().collect();
        let mut parents = HashMap::from([(start, start)]);
        let mut queue = VecDeque::from([(start, prefix.len())]);
        while let Some((node, length)) = queue.pop_front() {
            if node == self.to {
                let parent = |node: &NodeIndex| (*node != start).then(|| parents[node]);
                let mut suffix: Vec<NodeIndex> = std::iter::successors(Some(node), parent).collect();
                suffix.reverse();
                return Some(suffix);
            }
            for next in self.graph.neighbors(node) {
                spend(budget, 1)?;
                let fits = self.to_end[next.index()].is_some_and(|distance| length + 1 + distance <= self.max_length);
                if fits && !avoided.contains(&next) && !parents.contains_key(&next) {
                    parents.insert(next, node);
                    queue.push_back((next, length + 1));
                }
            }
        }
        None
    }
}

/// Subtracts a cost from a search budget; `None` if nothing is left.
fn spend(budget: &mut usize, cost: usize) -> Option<()> {
    *budget = budget.saturating_sub(cost);
    (*budget > 0).then_some(())
}
