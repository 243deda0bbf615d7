//! The network simplex method: whole numbers for nodes, with the shortest possible edges between them.
//!
//! Gansner, Koutsofios, North and Vo, *A technique for drawing directed graphs* (1993), sections 2 and 4,
//! which use it for ranks and for coordinates.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The greatest number of nodes that are moved, or whose sums are updated. A solution at this limit is valid, but not optimal.
const MAX_STEPS: usize = 20_000_000;

/// The number of tree edges that are compared before one is replaced.
const CANDIDATES: usize = 30;

/// An edge with its least length and the cost of each unit of its length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) length: i64,
    pub(super) weight: i64,
}

/// Changes the values of the nodes of a connected graph to the least weighted sum of the lengths of its edges. With the given values,
/// each edge must have at least its least length.
///
/// The initial tree takes O(E log V). There are about as many pivots as nodes. Each takes time linear in the edges at the nodes of
/// the smaller of two subtrees, and in the length of the paths from there to the root.
pub(super) fn shorten(values: Vec<i64>, edges: &[Edge]) -> Vec<i64> {
    if values.is_empty() {
        return values;
    }
    let mut simplex = Simplex::new(values, edges);
    simplex.build_tree();
    simplex.root_tree();
    let mut steps = 0;
    while steps < MAX_STEPS
        && let Some((child, up)) = simplex.costly_tree_edge()
    {
        match simplex.pivot(child, up) {
            0 => break,
            more => steps += more,
        }
    }
    simplex.values
}

/// The least values of the nodes of a graph without cycles, at which each edge has at least its least length.
pub(super) fn longest_paths(node_count: usize, edges: &[Edge]) -> Vec<i64> {
    let mut incoming = vec![0_usize; node_count];
    let mut outgoing = vec![Vec::new(); node_count];
    for edge in edges {
        incoming[edge.to] += 1;
        outgoing[edge.from].push(edge);
    }
    let mut values = vec![0; node_count];
    let mut ready: Vec<usize> = (0..node_count).filter(|&node| incoming[node] == 0).collect();
    while let Some(node) = ready.pop() {
        for edge in &outgoing[node] {
            values[edge.to] = values[edge.to].max(values[node] + edge.length);
            incoming[edge.to] -= 1;
            if incoming[edge.to] == 0 {
                ready.push(edge.to);
            }
        }
    }
    values
}

/// The edges at each node, as indices.
pub(super) fn incident_edges(node_count: usize, edges: &[Edge]) -> Vec<Vec<usize>> {
    let mut incident = vec![Vec::new(); node_count];
    for (index, edge) in edges.iter().enumerate() {
        incident[edge.from].push(index);
        incident[edge.to].push(index);
    }
    incident
}

/// The values, and a spanning tree of edges without slack, with node 0 as its root.
struct Simplex<'a> {
    edges: &'a [Edge],
    incident: Vec<Vec<usize>>,
    values: Vec<i64>,
    /// The tree edges at each node.
    tree: Vec<Vec<usize>>,
    /// The parent of each node in the tree, and the edge to it.
    parent: Vec<Option<(usize, usize)>>,
    /// The subtree of each node.
    subtrees: Vec<Subtree>,
    /// The cut value of the tree edge from each node to its parent. If it is negative, a longer edge reduces the sum.
    cut: Vec<i64>,
    /// Whether each node is in the subtree being moved.
    is_moving: Vec<bool>,
    /// The node at which the search for the next edge to replace starts.
    next: usize,
}

/// Sums over the nodes of a subtree.
#[derive(Clone, Copy, Default)]
struct Subtree {
    /// The weight of outgoing edges minus that of incoming edges: the gain of increasing its values by one.
    surplus: i64,
    nodes: usize,
}

impl Subtree {
    fn with(self, other: Self) -> Self {
        Self { surplus: self.surplus + other.surplus, nodes: self.nodes + other.nodes }
    }

    fn without(self, other: Self) -> Self {
        Self { surplus: self.surplus - other.surplus, nodes: self.nodes - other.nodes }
    }
}

impl<'a> Simplex<'a> {
    fn new(values: Vec<i64>, edges: &'a [Edge]) -> Self {
        let count = values.len();
        Self {
            edges,
            incident: incident_edges(count, edges),
            values,
            tree: vec![Vec::new(); count],
            parent: vec![None; count],
            subtrees: vec![Subtree::default(); count],
            cut: vec![0; count],
            is_moving: vec![false; count],
            next: 0,
        }
    }

    /// The length of an edge beyond its least length.
    fn slack(&self, edge: usize) -> i64 {
        let Edge { from, to, length, .. } = self.edges[edge];
        self.values[to] - self.values[from] - length
    }

    fn other_end(&self, edge: usize, node: usize) -> usize {
        let Edge { from, to, .. } = self.edges[edge];
        if from == node { to } else { from }
    }

    /// Builds a spanning tree of edges without slack, moving nodes if necessary.
    ///
    /// The smallest component is joined with the nearest one, so that each node is visited O(log V) times.
    fn build_tree(&mut self) {
        let count = self.values.len();
        let mut component_of: Vec<usize> = (0..count).collect();
        let mut components: Vec<Vec<usize>> = (0..count).map(|node| vec![node]).collect();
        let mut smallest: BinaryHeap<_> = (0..count).map(|component| Reverse((1, component))).collect();
        while let Some(Reverse((size, component))) = smallest.pop() {
            if components[component].len() != size {
                continue; // The entry is outdated.
            }
            let edges = components[component].iter().flat_map(|&node| &self.incident[node]).copied();
            let leaving =
                edges.filter(|&edge| component_of[self.edges[edge].from] != component_of[self.edges[edge].to]);
            let Some(edge) = leaving.min_by_key(|&edge| (self.slack(edge), edge)) else {
                return;
            };
            let Edge { from, to, .. } = self.edges[edge];
            let outward = component_of[from] == component;
            let shift = if outward { self.slack(edge) } else { -self.slack(edge) };
            let target = component_of[if outward { to } else { from }];
            self.tree[from].push(edge);
            self.tree[to].push(edge);
            let members = std::mem::take(&mut components[component]);
            for &member in &members {
                self.values[member] += shift;
                component_of[member] = target;
            }
            components[target].extend(members);
            smallest.push(Reverse((components[target].len(), target)));
        }
    }

    /// Makes node 0 the root of the tree, and sums up its subtrees.
    fn root_tree(&mut self) {
        let nodes = self.reachable(0, None);
        for &(node, via) in &nodes {
            self.parent[node] = via.map(|edge| (self.other_end(edge, node), edge));
            let own = self.incident[node].iter().map(|&edge| {
                let Edge { from, weight, .. } = self.edges[edge];
                if from == node { weight } else { -weight }
            });
            self.subtrees[node] = Subtree { surplus: own.sum(), nodes: 1 };
        }
        for &(node, _) in nodes.iter().rev() {
            if let Some((parent, _)) = self.parent[node] {
                self.subtrees[parent] = self.subtrees[parent].with(self.subtrees[node]);
            }
            self.update_cut(node);
        }
    }

    /// The nodes that tree edges other than `without` connect with `node`, each with the edge over which it was reached, in
    /// breadth-first order.
    fn reachable(&self, node: usize, without: Option<usize>) -> Vec<(usize, Option<usize>)> {
        let mut nodes = vec![(node, without)];
        let mut next = 0;
        while let Some(&(node, via)) = nodes.get(next) {
            next += 1;
            let onward = self.tree[node].iter().filter(|&&edge| Some(edge) != via);
            nodes.extend(onward.map(|&edge| (self.other_end(edge, node), Some(edge))));
        }
        nodes
    }

    /// A tree edge with a negative cut value, as its lower node and whether the edge starts there.
    ///
    /// Like Graphviz, it takes the best of the next few candidates.
    fn costly_tree_edge(&mut self) -> Option<(usize, bool)> {
        let (before, after) = self.cut.split_at(self.next);
        let cuts = (self.next..).zip(after).chain((0..).zip(before));
        let costly = cuts.filter(|(_, cut)| **cut < 0).map(|(node, cut)| (*cut, node));
        let (_, node) = costly.take(CANDIDATES).min()?;
        self.next = (node + 1) % self.cut.len();
        let (_, edge) = self.parent[node]?;
        Some((node, self.edges[edge].from == node))
    }

    fn update_cut(&mut self, node: usize) {
        let surplus = self.subtrees[node].surplus;
        self.cut[node] = match self.parent[node] {
            Some((_, edge)) if self.edges[edge].from == node => surplus,
            Some(_) => -surplus,
            None => 0,
        };
    }

    /// Replaces the tree edge from `child` to its parent by the one that first limits its length. Returns the number of steps, 0 if
    /// none exists.
    fn pivot(&mut self, child: usize, up: bool) -> usize {
        let Some((old_parent, leaving)) = self.parent[child] else { return 0 };
        // Only relative values matter, so the smaller subtree moves.
        let child_moves = 2 * self.subtrees[child].nodes <= self.values.len();
        let moving = self.reachable(if child_moves { child } else { old_parent }, Some(leaving));
        let moving: Vec<usize> = moving.into_iter().map(|(node, _)| node).collect();
        for &node in &moving {
            self.is_moving[node] = true;
        }
        // If the tree edge starts in the moving subtree, its replacement leads into this subtree.
        let inward = up == child_moves;
        let candidates = moving.iter().flat_map(|&node| &self.incident[node]).copied().filter(|&edge| {
            let Edge { from, to, .. } = self.edges[edge];
            self.is_moving[from] != self.is_moving[to] && self.is_moving[to] == inward
        });
        let entering = candidates.min_by_key(|&edge| (self.slack(edge), edge));
        let shift = entering.map_or(0, |edge| if inward { -self.slack(edge) } else { self.slack(edge) });
        for &node in &moving {
            self.is_moving[node] = false;
            self.values[node] += shift;
        }
        let Some(entering) = entering else { return 0 };

        let Edge { from, to, .. } = self.edges[entering];
        let (inside, outside) = if up { (to, from) } else { (from, to) };
        self.replace(leaving, entering);
        let subtree = self.subtrees[child];
        let updated = self.update_ancestors(old_parent, |ancestor| ancestor.without(subtree))
            + self.update_ancestors(outside, |ancestor| ancestor.with(subtree));
        self.reroot(child, inside, (outside, entering));
        moving.len() + updated
    }

    fn replace(&mut self, leaving: usize, entering: usize) {
        let Edge { from, to, .. } = self.edges[leaving];
        self.tree[from].retain(|&edge| edge != leaving);
        self.tree[to].retain(|&edge| edge != leaving);
        let Edge { from, to, .. } = self.edges[entering];
        self.tree[from].push(entering);
        self.tree[to].push(entering);
    }

    /// Updates the sums of a node and of its ancestors, and returns their number.
    fn update_ancestors(&mut self, node: usize, change: impl Fn(Subtree) -> Subtree) -> usize {
        let mut updated = 0;
        let mut next = Some(node);
        while let Some(node) = next {
            self.subtrees[node] = change(self.subtrees[node]);
            self.update_cut(node);
            next = self.parent[node].map(|(parent, _)| parent);
            updated += 1;
        }
        updated
    }

    /// Makes `new_root` the root of the subtree of `old_root`, by reversing the path between them.
    fn reroot(&mut self, old_root: usize, new_root: usize, parent: (usize, usize)) {
        let all = self.subtrees[old_root];
        let (mut node, mut new_parent, mut subtree) = (new_root, parent, all);
        loop {
            let old_parent = self.parent[node].replace(new_parent);
            let old_subtree = std::mem::replace(&mut self.subtrees[node], subtree);
            self.update_cut(node);
            let Some((next, edge)) = old_parent.filter(|_| node != old_root) else { return };
            (node, new_parent, subtree) = (next, (node, edge), all.without(old_subtree));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavier_edges_become_shorter() {
        // Node 1 may be anywhere between 0 and 2, which are ten apart.
        let edge = |from, to, length, weight| Edge { from, to, length, weight };
        let light = [edge(0, 2, 10, 1), edge(0, 1, 1, 1), edge(1, 2, 1, 5)];
        let values = shorten(vec![0, 3, 20], &light);
        assert_eq!((values[1] - values[0], values[2] - values[0]), (9, 10));
        let heavy = [edge(0, 2, 10, 1), edge(0, 1, 1, 5), edge(1, 2, 1, 1)];
        let values = shorten(vec![0, 3, 20], &heavy);
        assert_eq!((values[1] - values[0], values[2] - values[0]), (1, 10));
    }

    #[test]
    fn unconnected_nodes_keep_their_values() {
        assert_eq!(shorten(vec![4, 2], &[]), [4, 2]);
    }
}
