//! Which layer a node belongs to, given which way each edge runs: edges as short as they can be.

use super::simplex::{Edge, incident_edges, shorten};

/// The layer of each node of a connected graph without cycles, such that the sum of the lengths of the
/// edges is smallest; each edge leads at least one layer up. Ties hold together what no edge connects.
///
/// Complexity: that of [`shorten`].
pub(super) fn ranks(node_count: usize, edges: &[(usize, usize)], ties: &[Edge]) -> Vec<usize> {
    let edges = edges.iter().map(|&(from, to)| Edge { from, to, length: 1, weight: 1 });
    let edges: Vec<Edge> = edges.chain(ties.iter().copied()).collect();
    let incident = incident_edges(node_count, &edges);
    let mut ranks = shorten(longest_paths(&edges, &incident), &edges);
    let least = ranks.iter().copied().min().unwrap_or(0);
    for rank in &mut ranks {
        *rank -= least;
    }
    balance(&mut ranks, &edges, &incident);
    ranks.into_iter().map(|rank| usize::try_from(rank).unwrap_or(0)).collect()
}

/// A first ranking: each node just above the highest of its predecessors.
fn longest_paths(edges: &[Edge], incident: &[Vec<usize>]) -> Vec<i64> {
    let node_count = incident.len();
    let mut waiting = vec![0_usize; node_count];
    for edge in edges {
        waiting[edge.to] += 1;
    }
    let mut ranks = vec![0_i64; node_count];
    let mut ready: Vec<usize> = (0..node_count).filter(|&node| waiting[node] == 0).collect();
    while let Some(node) = ready.pop() {
        for edge in incident[node].iter().map(|&edge| edges[edge]).filter(|edge| edge.from == node) {
            ranks[edge.to] = ranks[edge.to].max(ranks[node] + edge.length);
            waiting[edge.to] -= 1;
            if waiting[edge.to] == 0 {
                ready.push(edge.to);
            }
        }
    }
    ranks
}

/// Moves nodes that may lie in several layers at no cost into the one with the fewest nodes.
fn balance(ranks: &mut [i64], edges: &[Edge], incident: &[Vec<usize>]) {
    let most = ranks.iter().copied().max().unwrap_or(0);
    let layer = |rank: i64| usize::try_from(rank).unwrap_or(0);
    let mut crowd = vec![0_usize; layer(most) + 1];
    for &rank in &*ranks {
        crowd[layer(rank)] += 1;
    }
    for node in 0..ranks.len() {
        let (mut low, mut high, mut surplus) = (0, most, 0);
        for edge in incident[node].iter().map(|&edge| edges[edge]) {
            if edge.from == node {
                high = high.min(ranks[edge.to] - edge.length);
                surplus += edge.weight;
            } else {
                low = low.max(ranks[edge.from] + edge.length);
                surplus -= edge.weight;
            }
        }
        if surplus == 0
            && let Some(best) = (low..=high).min_by_key(|&rank| crowd[layer(rank)])
            && crowd[layer(best)] + 1 < crowd[layer(ranks[node])]
        {
            crowd[layer(ranks[node])] -= 1;
            crowd[layer(best)] += 1;
            ranks[node] = best;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_drawn_towards_its_only_neighbour() {
        // 4 could lie in layer 0, two layers away from 2.
        let ranks = ranks(5, &[(0, 1), (1, 2), (2, 3), (4, 3)], &[]);
        assert_eq!(ranks, [0, 1, 2, 3, 2]);
    }

    #[test]
    fn the_sum_of_lengths_is_the_least_possible() {
        // From figure 2-3 of the paper.
        let edges = [(0, 1), (1, 2), (2, 3), (3, 7), (0, 4), (0, 5), (4, 6), (5, 6), (6, 7)];
        let ranks = ranks(8, &edges, &[]);
        let length: usize = edges.iter().map(|&(from, to)| ranks[to] - ranks[from]).sum();
        assert_eq!(length, 10);
        assert!(edges.iter().all(|&(from, to)| ranks[from] < ranks[to]));
    }

    #[test]
    fn no_nodes_no_ranks() {
        assert_eq!(ranks(0, &[], &[]), Vec::<usize>::new());
    }
}
