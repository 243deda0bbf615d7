//! The network simplex method: whole numbers for nodes, such that edges between them are as short as can be.
//!
//! Gansner, Koutsofios, North and Vo, *A technique for drawing directed graphs* (1993), sections 2 and 4,
//! where it serves for ranks and for coordinates alike.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A bound on the nodes moved. What reaches it is still a valid solution, but not the best.
const WORK: usize = 20_000_000;

/// How many tree edges are compared before one is replaced.
const CANDIDATES: usize = 30;

/// An edge: how long it must be, and how much each unit of its length costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) length: i64,
    pub(super) weight: i64,
}

/// Changes values of the nodes of a connected graph, between which every edge has at least its length, until
/// the weighted sum of the edges' lengths is the least possible.
///
/// A first tree takes O(E log V). Pivots are about as many as nodes; each takes as much time as there are edges at the
/// nodes of the smaller of the two parts that it moves apart, and steps on the tree's paths from there to its root.
pub(super) fn shorten(values: Vec<i64>, edges: &[Edge]) -> Vec<i64> {
    if values.is_empty() {
        return values;
    }
    let mut simplex = Simplex::new(values, edges);
    simplex.span();
    simplex.hang();
    let mut work = 0;
    while work < WORK
        && let Some((child, up)) = simplex.costly_tree_edge()
    {
        let moved = simplex.pivot(child, up);
        if moved == 0 {
            break;
        }
        work += moved;
    }
    simplex.values
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

/// Values, and a spanning tree of edges without slack that holds them together, rooted in node 0.
struct Simplex<'a> {
    edges: &'a [Edge],
    incident: Vec<Vec<usize>>,
    values: Vec<i64>,
    /// For each node, the edges of the tree at it.
    tree: Vec<Vec<usize>>,
    /// For each node, its parent in the tree and the edge to it.
    parent: Vec<Option<(usize, usize)>>,
    /// For each node, what lies below it in the tree, itself included.
    below: Vec<Part>,
    /// For each node, the cut value of the tree edge above it: where that is negative, lengthening the edge saves something.
    cut: Vec<i64>,
    /// Whether a node lies in the part being moved.
    is_moving: Vec<bool>,
    /// The node at which the search for the next edge to replace begins.
    next: usize,
}

/// A part of the tree that one of its edges holds to the rest.
#[derive(Clone, Copy, Default)]
struct Part {
    /// The weight of the edges that leave it less that of those that lead into it: what moving it up by one would save.
    surplus: i64,
    nodes: usize,
}

impl Part {
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
            below: vec![Part::default(); count],
            cut: vec![0; count],
            is_moving: vec![false; count],
            next: 0,
        }
    }

    /// By how much an edge is longer than it must be.
    fn slack(&self, edge: usize) -> i64 {
        let Edge { from, to, length, .. } = self.edges[edge];
        self.values[to] - self.values[from] - length
    }

    fn other_end(&self, edge: usize, node: usize) -> usize {
        let Edge { from, to, .. } = self.edges[edge];
        if from == node { to } else { from }
    }

    /// Chooses a spanning tree of edges without slack, moving nodes where there is none.
    ///
    /// The smallest part is joined with the one nearest to it; so each node is looked at O(log V) times.
    fn span(&mut self) {
        let count = self.values.len();
        let mut part_of: Vec<usize> = (0..count).collect();
        let mut parts: Vec<Vec<usize>> = (0..count).map(|node| vec![node]).collect();
        let mut smallest: BinaryHeap<_> = (0..count).map(|part| Reverse((1, part))).collect();
        while let Some(Reverse((size, part))) = smallest.pop() {
            if parts[part].len() != size {
                continue; // It has grown or been taken up since.
            }
            let edges = parts[part].iter().flat_map(|&node| &self.incident[node]).copied();
            let leaving = edges.filter(|&edge| part_of[self.edges[edge].from] != part_of[self.edges[edge].to]);
            let Some(edge) = leaving.min_by_key(|&edge| (self.slack(edge), edge)) else {
                return;
            };
            let Edge { from, to, .. } = self.edges[edge];
            let outward = part_of[from] == part;
            let shift = if outward { self.slack(edge) } else { -self.slack(edge) };
            let target = part_of[if outward { to } else { from }];
            self.tree[from].push(edge);
            self.tree[to].push(edge);
            let members = std::mem::take(&mut parts[part]);
            for &member in &members {
                self.values[member] += shift;
                part_of[member] = target;
            }
            parts[target].extend(members);
            smallest.push(Reverse((parts[target].len(), target)));
        }
    }

    /// Roots the tree in node 0, and sums up its parts.
    fn hang(&mut self) {
        let order = self.part(0, None);
        for &node in &order {
            let own = self.incident[node].iter().map(|&edge| {
                let Edge { from, weight, .. } = self.edges[edge];
                if from == node { weight } else { -weight }
            });
            self.below[node] = Part { surplus: own.sum(), nodes: 1 };
            let above = self.parent[node].map(|(_, edge)| edge);
            for index in 0..self.tree[node].len() {
                let edge = self.tree[node][index];
                if Some(edge) != above {
                    let child = self.other_end(edge, node);
                    self.parent[child] = Some((node, edge));
                }
            }
        }
        for &node in order.iter().rev() {
            if let Some((parent, _)) = self.parent[node] {
                self.below[parent] = self.below[parent].with(self.below[node]);
            }
            self.cut_above(node);
        }
    }

    /// The nodes of the part of the tree that `node` lies in if the edge `without` is cut, each after the one that leads
    /// to it.
    fn part(&self, node: usize, without: Option<usize>) -> Vec<usize> {
        let mut order = vec![(node, without)];
        let mut scanned = 0;
        while let Some(&(node, via)) = order.get(scanned) {
            scanned += 1;
            let onward = self.tree[node].iter().filter(|&&edge| Some(edge) != via);
            order.extend(onward.map(|&edge| (self.other_end(edge, node), Some(edge))));
        }
        order.into_iter().map(|(node, _)| node).collect()
    }

    /// A tree edge whose lengthening saves much, as the node below it and whether the edge starts there.
    ///
    /// Like Graphviz, it takes the best of the next few that save anything.
    fn costly_tree_edge(&mut self) -> Option<(usize, bool)> {
        let (before, behind) = self.cut.split_at(self.next);
        let cuts = (self.next..).zip(behind).chain((0..).zip(before));
        let costly = cuts.filter(|(_, cut)| **cut < 0).map(|(node, cut)| (*cut, node));
        let (_, node) = costly.take(CANDIDATES).min()?;
        self.next = (node + 1) % self.cut.len();
        let (_, edge) = self.parent[node]?;
        Some((node, self.edges[edge].from == node))
    }

    fn cut_above(&mut self, node: usize) {
        let surplus = self.below[node].surplus;
        self.cut[node] = match self.parent[node] {
            Some((_, edge)) if self.edges[edge].from == node => surplus,
            Some(_) => -surplus,
            None => 0,
        };
    }

    /// Replaces the tree edge above `child` by the one that stops it first from growing; returns how many
    /// nodes that moved.
    fn pivot(&mut self, child: usize, up: bool) -> usize {
        let Some((old_parent, leaving)) = self.parent[child] else { return 0 };
        // Only how the two parts lie to each other matters, so the smaller one moves.
        let below_moves = 2 * self.below[child].nodes <= self.values.len();
        let moving = self.part(if below_moves { child } else { old_parent }, Some(leaving));
        for &node in &moving {
            self.is_moving[node] = true;
        }
        // If the tree edge starts in the part that moves, its substitute leads into that part.
        let inward = up == below_moves;
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
        let part = self.below[child];
        self.change_upwards(old_parent, |above| above.without(part));
        self.change_upwards(outside, |above| above.with(part));
        self.reroot(child, inside, (outside, entering));
        moving.len()
    }

    fn replace(&mut self, leaving: usize, entering: usize) {
        let Edge { from, to, .. } = self.edges[leaving];
        self.tree[from].retain(|&edge| edge != leaving);
        self.tree[to].retain(|&edge| edge != leaving);
        let Edge { from, to, .. } = self.edges[entering];
        self.tree[from].push(entering);
        self.tree[to].push(entering);
    }

    /// Corrects the sums of a node and of all above it.
    fn change_upwards(&mut self, node: usize, change: impl Fn(Part) -> Part) {
        let mut next = Some(node);
        while let Some(node) = next {
            self.below[node] = change(self.below[node]);
            self.cut_above(node);
            next = self.parent[node].map(|(parent, _)| parent);
        }
    }

    /// Hangs the part of the tree below `old_root` up by `new_root`: only the path between them turns round.
    fn reroot(&mut self, old_root: usize, new_root: usize, parent: (usize, usize)) {
        let whole = self.below[old_root];
        let (mut node, mut above, mut part) = (new_root, parent, whole);
        loop {
            let former_parent = self.parent[node].replace(above);
            let former_part = std::mem::replace(&mut self.below[node], part);
            self.cut_above(node);
            let Some((next, edge)) = former_parent.filter(|_| node != old_root) else { return };
            (node, above, part) = (next, (node, edge), whole.without(former_part));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavier_edges_become_shorter() {
        // Node 1 may lie anywhere between 0 and 2, which are ten apart.
        let edge = |from, to, length, weight| Edge { from, to, length, weight };
        let light = [edge(0, 2, 10, 1), edge(0, 1, 1, 1), edge(1, 2, 1, 5)];
        let values = shorten(vec![0, 3, 20], &light);
        assert_eq!((values[1] - values[0], values[2] - values[0]), (9, 10));
        let heavy = [edge(0, 2, 10, 1), edge(0, 1, 1, 5), edge(1, 2, 1, 1)];
        let values = shorten(vec![0, 3, 20], &heavy);
        assert_eq!((values[1] - values[0], values[2] - values[0]), (1, 10));
    }

    #[test]
    fn parts_without_connection_stay_apart() {
        assert_eq!(shorten(vec![4, 2], &[]), [4, 2]);
    }
}
