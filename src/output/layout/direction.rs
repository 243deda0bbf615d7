//! The direction of each edge on the page: cycles are broken, and edges reversed that would make it too wide.

use super::rank::ranks;
use super::simplex::Edge;
use petgraph::algo::greedy_feedback_arc_set;
use petgraph::graph::DiGraph;

/// The number of layers that other edges must get shorter for an edge to be reversed.
const REVERSAL_COST: usize = 4;

/// The number of rounds of reversing and ranking, and of passes through all nodes in each. More would gain next to nothing.
const ROUNDS: usize = 4;
const PASSES: usize = 10;

/// The layer of each node, and whether each edge is reversed, so that it leads to a lower layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ranking {
    pub(super) ranks: Vec<usize>,
    pub(super) reversed: Vec<bool>,
}

/// Ranks the nodes of a connected graph without loops, so that the ends of each edge are in different layers.
///
/// Cycles are broken by the heuristic of Eades, Lin and Smyth, *A fast and effective heuristic for the
/// feedback arc set problem* (1993). It reverses few edges, and so may keep a long path to which all others must adapt. A diagram
/// is easier to read if it is much narrower and a few more edges are reversed. So each node is moved to the layer where its edges are
/// shortest, with an extra cost for reversed ones, and the graph is ranked again with the resulting directions, as long as the cost
/// decreases.
///
/// Each of a bounded number of passes takes O(E) for each layer that an edge spans; for ranking see [`ranks`].
pub(super) fn rank_with_directions(node_count: usize, edges: &[(usize, usize)], ties: &[Edge]) -> Ranking {
    let mut best = Ranking::new(node_count, edges, ties, feedback_arcs(edges));
    for _ in 0..ROUNDS {
        let moved = move_nodes(edges, best.ranks.clone());
        let reversed = edges.iter().map(|&(from, to)| moved[to] < moved[from]).collect();
        let next = Ranking::new(node_count, edges, ties, reversed);
        if next.cost(edges) >= best.cost(edges) {
            break;
        }
        best = next;
    }
    best
}

impl Ranking {
    fn new(node_count: usize, edges: &[(usize, usize)], ties: &[Edge], reversed: Vec<bool>) -> Self {
        let directed =
            |(&(from, to), &reversed): (&(usize, usize), &bool)| if reversed { (to, from) } else { (from, to) };
        let directed: Vec<(usize, usize)> = edges.iter().zip(&reversed).map(directed).collect();
        Self { ranks: ranks(node_count, &directed, ties), reversed }
    }

    fn cost(&self, edges: &[(usize, usize)]) -> usize {
        edges.iter().map(|&(from, to)| cost(self.ranks[from], self.ranks[to])).sum()
    }
}

/// The cost of an edge between two layers.
fn cost(from: usize, to: usize) -> usize {
    from.abs_diff(to) + if to < from { REVERSAL_COST } else { 0 }
}

/// A small set of edges to reverse so that there is no cycle, in linear time.
fn feedback_arcs(edges: &[(usize, usize)]) -> Vec<bool> {
    let indexed = edges.iter().enumerate().map(|(index, &(from, to))| (from as u32, to as u32, index));
    let graph = DiGraph::<(), usize>::from_edges(indexed);
    let mut reversed = vec![false; edges.len()];
    for edge in greedy_feedback_arc_set(&graph) {
        reversed[*edge.weight()] = true;
    }
    reversed
}

/// Moves each node to the layer where its edges cost least, but not to that of a neighbour, until no node moves.
fn move_nodes(edges: &[(usize, usize)], mut ranks: Vec<usize>) -> Vec<usize> {
    let mut incident = vec![Vec::new(); ranks.len()];
    for &(from, to) in edges {
        incident[from].push((from, to));
        incident[to].push((from, to));
    }
    for _ in 0..PASSES {
        let mut moved = false;
        for (node, edges) in incident.iter().enumerate() {
            let price = |rank: usize, ranks: &[usize]| -> Option<usize> {
                let prices = edges.iter().map(|&(from, to)| {
                    let (from, to) = if from == node { (rank, ranks[to]) } else { (ranks[from], rank) };
                    (from != to).then(|| cost(from, to))
                });
                prices.sum()
            };
            let neighbours = || edges.iter().map(|&(from, to)| ranks[if from == node { to } else { from }]);
            let lowest = neighbours().min().unwrap_or(0).saturating_sub(1);
            let highest = neighbours().max().unwrap_or(0) + 1;
            let choices = (lowest..=highest).filter_map(|rank| Some((price(rank, &ranks)?, rank)));
            let best = choices.min();
            let current = price(ranks[node], &ranks);
            if let (Some((price, rank)), Some(current)) = (best, current)
                && price < current
            {
                ranks[node] = rank;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_broken_by_reversing_few_edges() {
        let edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 2)];
        let reversed = feedback_arcs(&edges);
        assert_eq!(reversed.iter().filter(|&&reversed| reversed).count(), 2);
    }

    #[test]
    fn a_graph_without_cycles_keeps_its_directions() {
        let edges = [(0, 1), (1, 2), (0, 2), (2, 3), (1, 3)];
        let ranking = rank_with_directions(4, &edges, &[]);
        assert_eq!(ranking, Ranking { ranks: vec![0, 1, 2, 3], reversed: vec![false; 5] });
    }

    #[test]
    fn edges_are_reversed_if_that_saves_much_room() {
        // Node 9 has five edges to the end of a path, which would span the whole path if 9 were before its start.
        let mut edges: Vec<(usize, usize)> = (0..8).map(|node| (node, node + 1)).collect();
        edges.extend([(9, 8), (9, 8), (9, 8), (9, 8), (9, 8), (9, 0)]);
        let ranking = rank_with_directions(10, &edges, &[]);
        let length: usize = edges.iter().map(|&(from, to)| ranking.ranks[from].abs_diff(ranking.ranks[to])).sum();
        assert!(length < 30, "{length}");
        assert_eq!(ranking.reversed.iter().filter(|&&reversed| reversed).count(), 1);
    }
}
