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
/// A first tree takes O(E log V). Pivots are about as many as nodes, and each takes as much time as the part of
/// the tree that it moves has edges.
pub(super) fn shorten(values: Vec<i64>, edges: &[Edge]) -> Vec<i64> {
    if values.is_empty() {
        return values;
    }
    let mut simplex = Simplex::new(values, edges);
    simplex.span();
    simplex.hang(0, None);
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
    in_tree: Vec<bool>,
    /// For each node, its parent in the tree and the edge to it.
    parent: Vec<Option<(usize, usize)>>,
    /// For each node, the weight of the edges that leave the part of the tree below it (itself included)
    /// less that of those that lead into it: what moving that part up by one would save.
    surplus: Vec<i64>,
    /// Whether a node lies in the part being moved.
    is_below: Vec<bool>,
    /// The node at which the search for the next edge to replace begins.
    next: usize,
}

impl<'a> Simplex<'a> {
    fn new(values: Vec<i64>, edges: &'a [Edge]) -> Self {
        let count = values.len();
        Self {
            edges,
            incident: incident_edges(count, edges),
            values,
            in_tree: vec![false; edges.len()],
            parent: vec![None; count],
            surplus: vec![0; count],
            is_below: vec![false; count],
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
            self.in_tree[edge] = true;
            let members = std::mem::take(&mut parts[part]);
            for &member in &members {
                self.values[member] += shift;
                part_of[member] = target;
            }
            parts[target].extend(members);
            smallest.push(Reverse((parts[target].len(), target)));
        }
    }

    /// Roots the part of the tree at `root` there, below `parent`, and sums it up; returns its nodes.
    fn hang(&mut self, root: usize, parent: Option<(usize, usize)>) -> Vec<usize> {
        self.parent[root] = parent;
        let order = self.below(root);
        for &node in &order {
            self.surplus[node] = 0;
            for edge in self.incident[node].iter().map(|&edge| self.edges[edge]) {
                self.surplus[node] += if edge.from == node { edge.weight } else { -edge.weight };
            }
        }
        for &node in order.iter().skip(1).rev() {
            if let Some((parent, _)) = self.parent[node] {
                self.surplus[parent] += self.surplus[node];
            }
        }
        order
    }

    /// The nodes of the tree below `root`, each after its parent; makes their parents point that way.
    fn below(&mut self, root: usize) -> Vec<usize> {
        let mut order = vec![root];
        let mut scanned = 0;
        while let Some(&node) = order.get(scanned) {
            scanned += 1;
            let above = self.parent[node].map(|(_, edge)| edge);
            for &edge in self.incident[node].iter().filter(|&&edge| self.in_tree[edge] && Some(edge) != above) {
                let child = self.other_end(edge, node);
                self.parent[child] = Some((node, edge));
                order.push(child);
            }
        }
        order
    }

    /// A tree edge whose lengthening saves much, as the node below it and whether the edge starts there.
    ///
    /// Like Graphviz, it takes the best of the next few that save anything.
    fn costly_tree_edge(&mut self) -> Option<(usize, bool)> {
        let count = self.values.len();
        let cut = |node: usize| {
            let (_, edge) = self.parent[node]?;
            let up = self.edges[edge].from == node;
            let cut = if up { self.surplus[node] } else { -self.surplus[node] };
            (cut < 0).then_some((cut, node, up))
        };
        let (_, node, up) = (self.next..count).chain(0..self.next).filter_map(cut).take(CANDIDATES).min()?;
        self.next = (node + 1) % count;
        Some((node, up))
    }

    /// Replaces the tree edge above `child` by the one that stops it first from growing; returns how many
    /// nodes that moved.
    fn pivot(&mut self, child: usize, up: bool) -> usize {
        let Some((old_parent, leaving)) = self.parent[child] else { return 0 };
        let below = self.below(child);
        for &node in &below {
            self.is_below[node] = true;
        }
        // If the tree edge starts in the part below, its substitute leads into that part.
        let candidates = below.iter().flat_map(|&node| &self.incident[node]).copied().filter(|&edge| {
            let Edge { from, to, .. } = self.edges[edge];
            self.is_below[from] != self.is_below[to] && self.is_below[to] == up
        });
        let entering = candidates.min_by_key(|&edge| (self.slack(edge), edge));
        let shift = entering.map_or(0, |edge| if up { -self.slack(edge) } else { self.slack(edge) });
        for &node in &below {
            self.is_below[node] = false;
            self.values[node] += shift;
        }
        let Some(entering) = entering else { return 0 };

        self.in_tree[leaving] = false;
        self.in_tree[entering] = true;
        let Edge { from, to, .. } = self.edges[entering];
        let (inside, outside) = if up { (to, from) } else { (from, to) };
        let moved = self.surplus[child];
        self.add_upwards(old_parent, -moved);
        self.add_upwards(outside, moved);
        self.hang(inside, Some((outside, entering)));
        below.len()
    }

    /// Corrects the sums of a node and of all above it.
    fn add_upwards(&mut self, node: usize, surplus: i64) {
        let mut next = Some(node);
        while let Some(node) = next {
            self.surplus[node] += surplus;
            next = self.parent[node].map(|(parent, _)| parent);
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
