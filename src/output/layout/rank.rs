//! The layer of each node, given the directions of the edges, with the shortest possible edges.

use super::simplex::{Edge, incident_edges, longest_paths, shorten};

/// The layer of each node of a connected graph without cycles, with the least sum of the lengths of the edges. Each edge leads to a
/// higher layer. Ties connect the nodes of a cluster that no edge connects.
///
/// Takes the time of [`shorten`].
pub(super) fn ranks(node_count: usize, edges: &[(usize, usize)], ties: &[Edge]) -> Vec<usize> {
    let edges = edges.iter().map(|&(from, to)| Edge { from, to, length: 1, weight: 1 });
    let edges: Vec<Edge> = edges.chain(ties.iter().copied()).collect();
    let mut ranks = shorten(longest_paths(node_count, &edges), &edges);
    let least = ranks.iter().copied().min().unwrap_or(0);
    for rank in &mut ranks {
        *rank -= least;
    }
    balance(&mut ranks, &edges, &incident_edges(node_count, &edges));
    ranks.into_iter().map(|rank| usize::try_from(rank).unwrap_or(0)).collect()
}

/// Moves nodes that may be in several layers at no cost to the one with the fewest nodes.
fn balance(ranks: &mut [i64], edges: &[Edge], incident: &[Vec<usize>]) {
    let last = ranks.iter().copied().max().unwrap_or(0);
    let layer = |rank: i64| usize::try_from(rank).unwrap_or(0);
    let mut counts = vec![0_usize; layer(last) + 1];
    for &rank in &*ranks {
        counts[layer(rank)] += 1;
    }
    for node in 0..ranks.len() {
        let (mut low, mut high, mut surplus) = (0, last, 0);
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
            && let Some(best) = (low..=high).min_by_key(|&rank| counts[layer(rank)])
            && counts[layer(best)] + 1 < counts[layer(ranks[node])]
        {
            counts[layer(ranks[node])] -= 1;
            counts[layer(best)] += 1;
            ranks[node] = best;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_next_to_its_only_neighbour() {
        // Node 4 could be in layer 0, two layers away from 2.
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
    fn an_empty_graph_has_no_ranks() {
        assert_eq!(ranks(0, &[], &[]), Vec::<usize>::new());
    }
}
