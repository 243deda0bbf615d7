//! What is near entities, and what is between two of them.

use super::apply::Taken;
use super::{Neighbourhood, PathsBetween};
use crate::view::Direction;
use fixedbitset::FixedBitSet;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::graphmap::DiGraphMap;
use petgraph::visit::EdgeRef;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// After so many edges the search for paths that visit no entity twice is given up: in a large graph there are more than anybody
/// could wait for.
const MOST_STEPS: usize = 20_000_000;

impl Taken<'_> {
    /// The edges by which a direction leads on from a node, and the nodes that they lead to.
    fn steps(&self, node: NodeIndex, direction: Direction) -> impl Iterator<Item = (EdgeIndex, NodeIndex)> {
        let along = (direction != Direction::In).then(|| self.graph.edges_directed(node, Outgoing));
        let against = (direction != Direction::Out).then(|| self.graph.edges_directed(node, Incoming));
        let along = along.into_iter().flatten().map(|edge| (edge.id(), edge.target()));
        let against = against.into_iter().flatten().map(|edge| (edge.id(), edge.source()));
        along.chain(against).filter(|(edge, to)| self.edges.contains(edge.index()) && self.nodes.contains(to.index()))
    }

    /// How many edges away each node is, up to so many; `None` for those that are farther.
    fn distances(&self, from: NodeIndex, direction: Direction, most: usize) -> Vec<Option<usize>> {
        let mut distances = vec![None; self.graph.node_count()];
        distances[from.index()] = Some(0);
        let mut open = VecDeque::from([(from, 0)]);
        while let Some((node, distance)) = open.pop_front() {
            if distance == most {
                break;
            }
            for (_, to) in self.steps(node, direction) {
                if distances[to.index()].is_none() {
                    distances[to.index()] = Some(distance + 1);
                    open.push_back((to, distance + 1));
                }
            }
        }
        distances
    }
}

/// The nodes near some entities, by edges and nodes that are taken.
///
/// Each node is visited once, by the entity that reaches farthest beyond it: O(nodes + edges).
pub(super) fn near(taken: &Taken<'_>, arounds: &[Neighbourhood], direction: Direction) -> FixedBitSet {
    let mut near = FixedBitSet::with_capacity(taken.graph.node_count());
    // No node is farther away than there are nodes.
    let radius = |around: &Neighbourhood| around.radius.min(taken.graph.node_count());
    let mut frontier: Vec<NodeIndex> = Vec::new();
    for left in (0..=arounds.iter().map(radius).max().unwrap_or(0)).rev() {
        let begin = arounds.iter().filter(|around| radius(around) == left).map(|around| around.entity);
        frontier.extend(begin.filter(|entity| taken.nodes.contains(entity.index()) && !near.put(entity.index())));
        if left == 0 {
            break;
        }
        let mut next = Vec::new();
        for node in frontier {
            next.extend(taken.steps(node, direction).map(|(_, to)| to).filter(|to| !near.put(to.index())));
        }
        frontier = next;
    }
    near
}

/// Adds the edges that are on paths between two entities; false where the search for them was given up.
pub(super) fn on_paths(
    taken: &Taken<'_>,
    between: &PathsBetween,
    direction: Direction,
    found: &mut FixedBitSet,
) -> bool {
    let PathsBetween { from, to, max_length } = *between;
    let back = direction.reversed();
    let behind = taken.distances(from, direction, max_length.unwrap_or(usize::MAX));
    let ahead = taken.distances(to, back, max_length.unwrap_or(usize::MAX));
    let Some(most) = max_length.or(ahead[from.index()]) else { return true };
    let mut steps = Steps { graph: DiGraphMap::new(), behind, ahead, from, to, most };
    let reached = |node: &NodeIndex| steps.behind[node.index()].is_some();
    let nodes: Vec<NodeIndex> = taken.graph.node_indices().filter(reached).collect();
    for node in nodes {
        for (_, next) in taken.steps(node, direction) {
            steps.add(node, next);
        }
    }
    // What is on a way that is no longer than the shortest is on a shortest path, which visits no entity twice.
    let (wanted, complete) = match max_length {
        None => (steps.graph.all_edges().map(|(node, next, ())| (node, next)).collect(), true),
        Some(_) => steps.on_simple_paths(),
    };
    for (node, next) in wanted {
        for (edge, to) in taken.steps(node, direction) {
            if to == next {
                found.insert(edge.index());
            }
        }
    }
    complete
}

/// The steps, parallel edges merged, that are on ways from one entity to another of at most so many steps; a way may visit an
/// entity twice.
struct Steps {
    graph: DiGraphMap<NodeIndex, ()>,
    behind: Vec<Option<usize>>,
    ahead: Vec<Option<usize>>,
    from: NodeIndex,
    to: NodeIndex,
    most: usize,
}

impl Steps {
    fn add(&mut self, node: NodeIndex, next: NodeIndex) {
        let (Some(behind), Some(ahead)) = (self.behind[node.index()], self.ahead[next.index()]) else { return };
        if behind + 1 + ahead <= self.most && node != next && node != self.to && next != self.from {
            self.graph.add_edge(node, next, ());
        }
    }

    /// Those that are on a path which visits no entity twice, and whether none was left undecided.
    ///
    /// That there is such a path through a given step is hard to decide in general (Fortune, Hopcroft, Wyllie, “The directed
    /// subgraph homeomorphism problem”, Theoretical Computer Science 10, 1980). But nearly always a shortest way to the step can be
    /// completed, and each path that is found decides all of its steps.
    fn on_simple_paths(&self) -> (BTreeSet<(NodeIndex, NodeIndex)>, bool) {
        let mut found = BTreeSet::new();
        let mut left = MOST_STEPS;
        for (node, next, ()) in self.graph.all_edges() {
            if !found.contains(&(node, next))
                && let Some(path) = self.path_through(node, next, &mut left)
            {
                found.extend(path.windows(2).map(|pair| (pair[0], pair[1])));
            }
        }
        (found, left > 0)
    }

    /// A path through a step: the ways that lead to it are tried, the shortest first, until one can be completed.
    fn path_through(&self, node: NodeIndex, next: NodeIndex, left: &mut usize) -> Option<Vec<NodeIndex>> {
        let after = self.ahead[next.index()]? + 1;
        let mut way = vec![node];
        let mut open = vec![self.before(node)];
        loop {
            if way.last() == Some(&self.from) {
                if let Some(rest) = self.rest(next, &way, left) {
                    return Some(way.into_iter().rev().chain(rest).collect());
                }
                open.last_mut()?.clear();
            }
            spend(left, way.len())?;
            match open.last_mut()?.pop() {
                None => {
                    way.pop();
                    open.pop();
                }
                Some(earlier) => {
                    let fits = self.behind[earlier.index()]? + way.len() + after <= self.most;
                    if fits && earlier != next && !way.contains(&earlier) {
                        way.push(earlier);
                        open.push(self.before(earlier));
                    }
                }
            }
        }
    }

    /// The nodes before one, that nearest to the beginning last.
    fn before(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let mut before: Vec<NodeIndex> = self.graph.neighbors_directed(node, Incoming).collect();
        before.sort_by_key(|node| Reverse((self.behind[node.index()], node.index())));
        before
    }

    /// The shortest way from a node to the end that avoids the nodes of a way to it.
    fn rest(&self, next: NodeIndex, way: &[NodeIndex], left: &mut usize) -> Option<Vec<NodeIndex>> {
        spend(left, way.len())?;
        let avoided: HashSet<NodeIndex> = way.iter().copied().collect();
        let mut reached_from = HashMap::from([(next, next)]);
        let mut open = VecDeque::from([(next, way.len())]);
        while let Some((node, length)) = open.pop_front() {
            if node == self.to {
                let mut rest = vec![node];
                while let Some(last) = rest.last().copied().filter(|last| *last != next) {
                    rest.push(reached_from[&last]);
                }
                rest.reverse();
                return Some(rest);
            }
            for further in self.graph.neighbors(node) {
                spend(left, 1)?;
                let fits = self.ahead[further.index()].is_some_and(|ahead| length + 1 + ahead <= self.most);
                if fits && !avoided.contains(&further) && !reached_from.contains_key(&further) {
                    reached_from.insert(further, node);
                    open.push_back((further, length + 1));
                }
            }
        }
        None
    }
}

/// Takes steps from what may be spent, a step for each node of a way that is gone over again; `None` where nothing is left.
fn spend(left: &mut usize, steps: usize) -> Option<()> {
    *left = left.saturating_sub(steps);
    (*left > 0).then_some(())
}
