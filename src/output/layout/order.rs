//! The order of the items in each layer, with few crossings of edges.
//!
//! Layer by layer, back and forth, items are sorted by the weighted median of their neighbours' positions in the previous layer,
//! with swaps of adjacent items in between; the best order is kept. Gansner, Koutsofios, North and Vo, *A technique for drawing
//! directed graphs* (1993), section 3, with figures that correspond to these functions.

use super::layered::{Item, Kind, Layered};
use std::collections::BTreeMap;

/// The greatest number of sweeps over the layers, and of sweeps without progress.
const SWEEPS: usize = 80;
const PATIENCE: usize = 10;

/// The greatest number of passes of swaps after a sweep.
const SWAP_PASSES: usize = 10;

/// A side of a layer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn neighbours(self, item: &Item) -> &[usize] {
        match self {
            Self::Left => &item.left,
            Self::Right => &item.right,
        }
    }
}

/// An order of the items, and the position of each item in its layer.
#[derive(Clone)]
struct Order {
    layers: Vec<Vec<usize>>,
    positions: Vec<usize>,
    /// The row of each cluster. Of two clusters in the same layers, the one with the lower row is above the other. Empty before the
    /// rows are known.
    rows: Vec<usize>,
}

/// Sorts each layer of `graph` so that few pieces of edges cross.
///
/// Each of a bounded number of sweeps takes O((V + E) log V), where V and E include bends and pieces of edges, and
/// for each pair of adjacent items the product of their degrees. With clusters it takes twice as much, since their rows follow from an
/// order without them.
///
/// The items of a cluster are adjacent, and two clusters have the same order in all layers that they share, so that they can be
/// rectangles. Sander, *Layout of compound directed graphs* (1996).
pub(super) fn order(graph: &mut Layered) {
    let mut best: Option<(usize, Order)> = None;
    for start in [Side::Left, Side::Right] {
        let mut attempt = sweep(&graph.items, initial(graph, start), start);
        if !graph.spans.is_empty() {
            attempt = sweep(&graph.items, attempt.1.with_rows(graph), start);
        }
        if best.as_ref().is_none_or(|(crossings, _)| attempt.0 < *crossings) {
            best = Some(attempt);
        }
    }
    if let Some((_, best)) = best {
        graph.layers = best.layers;
        graph.positions = best.positions;
    }
}

/// The items in the order of a depth-first traversal, so that a tree has no crossings.
fn initial(graph: &Layered, start: Side) -> Order {
    let mut layers = vec![Vec::new(); graph.layers.len()];
    let mut seen = vec![false; graph.items.len()];
    let mut stack: Vec<usize> = (0..graph.items.len()).rev().collect();
    stack.sort_by_key(|&item| start.neighbours(&graph.items[item]).is_empty());
    while let Some(item) = stack.pop() {
        if std::mem::replace(&mut seen[item], true) {
            continue;
        }
        layers[graph.items[item].layer].push(item);
        let item = &graph.items[item];
        let other = if start == Side::Left { Side::Right } else { Side::Left };
        stack.extend(start.neighbours(item).iter().rev().chain(other.neighbours(item).iter().rev()));
    }
    Order::new(layers, graph.items.len())
}

/// Sweeps back and forth. Returns the best order and its number of crossings.
fn sweep(items: &[Item], mut order: Order, start: Side) -> (usize, Order) {
    let mut best = (order.crossings(items), order.clone());
    let mut idle = 0;
    for round in 0..SWEEPS {
        let forward = (round % 2 == 0) == (start == Side::Left);
        let layer_count = order.layers.len();
        for step in 1..layer_count {
            if forward {
                order.sort_by_median(items, step, Side::Left);
            } else {
                order.sort_by_median(items, layer_count - 1 - step, Side::Right);
            }
        }
        // Swaps of equal cost help to leave local minima, but would be undone if every round made them.
        order.swap_neighbours(items, round % 4 < 2);
        let crossings = order.crossings(items);
        if crossings < best.0 {
            best = (crossings, order.clone());
            idle = 0;
        } else {
            idle += 1;
        }
        if idle == PATIENCE || best.0 == 0 {
            break;
        }
    }
    best
}

impl Order {
    fn new(layers: Vec<Vec<usize>>, item_count: usize) -> Self {
        let mut order = Self { layers, positions: vec![0; item_count], rows: Vec::new() };
        for layer in 0..order.layers.len() {
            order.update_positions(layer);
        }
        order
    }

    /// Updates the positions of the items of a layer.
    fn update_positions(&mut self, layer: usize) {
        for (position, &item) in self.layers[layer].iter().enumerate() {
            self.positions[item] = position;
        }
    }

    /// Sorts the clusters by the average position of their nodes.
    fn with_rows(mut self, graph: &Layered) -> Self {
        let mut heights = vec![(0.0, 0.0); graph.spans.len()];
        for (item, position) in graph.items.iter().zip(&self.positions) {
            if let Some(cluster) = item.cluster.filter(|_| item.kind == Kind::Node) {
                let (sum, count) = &mut heights[cluster];
                *sum += (*position as f64 + 0.5) / self.layers[item.layer].len() as f64;
                *count += 1.0;
            }
        }
        let mut rows: Vec<usize> = (0..heights.len()).collect();
        rows.sort_by(|&a, &b| (heights[a].0 / heights[a].1).total_cmp(&(heights[b].0 / heights[b].1)));
        self.rows = vec![0; rows.len()];
        for (row, cluster) in rows.into_iter().enumerate() {
            self.rows[cluster] = row;
        }
        for layer in 0..self.layers.len() {
            self.gather(&graph.items, layer);
        }
        self
    }

    /// Makes the items of each cluster adjacent, its label first, and sorts the clusters by their rows.
    fn gather(&mut self, items: &[Item], layer: usize) {
        if self.rows.is_empty() {
            return;
        }
        let mut blocks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut units: Vec<(f64, Vec<usize>)> = Vec::new();
        for (slot, &item) in self.layers[layer].iter().enumerate() {
            match items[item].cluster {
                Some(cluster) => blocks.entry(self.rows[cluster]).or_default().push(item),
                None => units.push((slot as f64, vec![item])),
            }
        }
        self.update_positions(layer);
        let middle = |block: &Vec<usize>| {
            block.iter().map(|&item| self.positions[item]).sum::<usize>() as f64 / block.len() as f64
        };
        let mut middles: Vec<f64> = blocks.values().map(middle).collect();
        middles.sort_by(f64::total_cmp);
        for (middle, mut block) in middles.into_iter().zip(blocks.into_values()) {
            block.sort_by_key(|&item| items[item].kind != Kind::ClusterLabel);
            units.push((middle, block));
        }
        units.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.layers[layer] = units.into_iter().flat_map(|(_, unit)| unit).collect();
        self.update_positions(layer);
    }

    /// Whether two adjacent items may be swapped.
    fn may_swap(&self, a: &Item, b: &Item) -> bool {
        self.rows.is_empty() || (a.cluster == b.cluster && a.kind != Kind::ClusterLabel)
    }

    /// Sorts a layer by the median position of the neighbours on one side. Items without neighbours keep their position.
    fn sort_by_median(&mut self, items: &[Item], layer: usize, side: Side) {
        let mut movable = Vec::new();
        let mut slots = Vec::new();
        for (slot, &item) in self.layers[layer].iter().enumerate() {
            let positions = side.neighbours(&items[item]).iter().map(|&neighbour| self.positions[neighbour]).collect();
            if let Some(median) = weighted_median(positions) {
                movable.push((median, item));
                slots.push(slot);
            }
        }
        movable.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (slot, (_, item)) in slots.into_iter().zip(movable) {
            self.layers[layer][slot] = item;
        }
        self.update_positions(layer);
        self.gather(items, layer);
    }

    /// Swaps adjacent items as long as that reduces crossings, for a bounded number of passes. With `swap_equal`, also swaps items if
    /// the number of crossings stays the same.
    fn swap_neighbours(&mut self, items: &[Item], swap_equal: bool) {
        for _ in 0..SWAP_PASSES {
            let mut improved = false;
            for layer in 0..self.layers.len() {
                for position in 1..self.layers[layer].len() {
                    let (a, b) = (self.layers[layer][position - 1], self.layers[layer][position]);
                    if !self.may_swap(&items[a], &items[b]) {
                        continue;
                    }
                    let (now, swapped) = self.crossings_of_pair(&items[a], &items[b]);
                    if swapped < now || (swap_equal && swapped == now) {
                        self.layers[layer].swap(position - 1, position);
                        self.positions[a] = position;
                        self.positions[b] = position - 1;
                        improved |= swapped < now;
                    }
                }
            }
            if !improved {
                return;
            }
        }
    }

    /// The number of crossings of the edges at two items if `a` is above `b`, and if it is below.
    fn crossings_of_pair(&self, a: &Item, b: &Item) -> (usize, usize) {
        let (mut above, mut below) = (0, 0);
        for (a, b) in [(&a.left, &b.left), (&a.right, &b.right)] {
            for &neighbour_of_a in a {
                for &neighbour_of_b in b {
                    let (position_a, position_b) = (self.positions[neighbour_of_a], self.positions[neighbour_of_b]);
                    above += usize::from(position_a > position_b);
                    below += usize::from(position_a < position_b);
                }
            }
        }
        (above, below)
    }

    /// The total number of crossings, in O(E log V).
    ///
    /// Barth, Mutzel and Jünger, *Simple and efficient bilayer cross counting* (2004).
    fn crossings(&self, items: &[Item]) -> usize {
        let mut crossings = 0;
        for pair in self.layers.windows(2) {
            let mut counter = InversionCounter::new(pair[1].len());
            let mut ends = Vec::new();
            for &item in &pair[0] {
                ends.clear();
                ends.extend(items[item].right.iter().map(|&neighbour| self.positions[neighbour]));
                ends.sort_unstable();
                crossings += ends.iter().map(|&end| counter.greater(end)).sum::<usize>();
                for &end in &ends {
                    counter.add(end);
                }
            }
        }
        crossings
    }
}

/// The median of some positions. Of an even number, the two in the middle are weighted by the density of the positions on their side.
fn weighted_median(mut positions: Vec<usize>) -> Option<f64> {
    positions.sort_unstable();
    let middle = positions.len() / 2;
    match *positions.as_slice() {
        [] => None,
        [a, b] => Some((a + b) as f64 / 2.0),
        [first, .., last] if positions.len().is_multiple_of(2) => {
            let (low, high) = (positions[middle - 1], positions[middle]);
            let (before, after) = ((low - first) as f64, (last - high) as f64);
            let spread = before + after;
            Some(if spread > 0.0 { (low as f64 * after + high as f64 * before) / spread } else { low as f64 })
        }
        _ => Some(positions[middle] as f64),
    }
}

/// Counts the added numbers that are greater than a given one (a Fenwick tree).
struct InversionCounter {
    sums: Vec<usize>,
    total: usize,
}

impl InversionCounter {
    fn new(len: usize) -> Self {
        Self { sums: vec![0; len + 1], total: 0 }
    }

    fn add(&mut self, number: usize) {
        let mut index = number + 1;
        while index < self.sums.len() {
            self.sums[index] += 1;
            index += index & index.wrapping_neg();
        }
        self.total += 1;
    }

    fn greater(&self, number: usize) -> usize {
        let mut index = number + 1;
        let mut up_to = 0;
        while index > 0 {
            up_to += self.sums[index];
            index &= index - 1;
        }
        self.total - up_to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inversions_are_counted() {
        let mut counter = InversionCounter::new(5);
        let mut inversions = 0;
        for number in [3, 0, 4, 1, 1] {
            inversions += counter.greater(number);
            counter.add(number);
        }
        assert_eq!(inversions, 5);
    }

    #[test]
    fn the_median_of_an_even_number_is_closer_to_the_denser_side() {
        assert_eq!(weighted_median(vec![]), None);
        assert_eq!(weighted_median(vec![7]), Some(7.0));
        assert_eq!(weighted_median(vec![2, 9, 4]), Some(4.0));
        assert_eq!(weighted_median(vec![0, 1, 5, 13]), Some((8.0 + 5.0) / 9.0));
    }
}
