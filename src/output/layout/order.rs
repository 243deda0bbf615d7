//! The order of the items in each layer, such that few lines cross.
//!
//! Layer by layer, to and fro, items are sorted by the weighted median of their neighbours' places in the layer
//! before, with swaps of adjacent items in between; the best order seen is kept. Gansner, Koutsofios, North
//! and Vo, *A technique for drawing directed graphs* (1993), section 3, whose figures these functions follow.

use super::layered::{Item, Kind, Layered};
use std::collections::BTreeMap;

/// Sweeps over the layers per attempt, and sweeps without progress before an attempt ends.
const SWEEPS: usize = 80;
const PATIENCE: usize = 10;

/// Passes of swaps after each sweep.
const SWAP_PASSES: usize = 10;

/// The side of a layer that a sweep looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// An order of the items, and each item's place in its layer.
#[derive(Clone)]
struct Order {
    layers: Vec<Vec<usize>>,
    place: Vec<usize>,
    /// The row of each frame: of two frames in one layer, the one with the lesser row lies above, as in all layers.
    /// Empty as long as frames do not matter.
    rows: Vec<usize>,
}

/// Sorts each layer of `graph` so that few pieces of edges cross.
///
/// Each of a bounded number of sweeps takes O((V + E) log V), V and E counting bends and pieces of edges, and
/// for each pair of adjacent items the product of their degrees. With frames, the rows of which follow from an order without
/// them, it is twice as much.
///
/// What lies in a frame is kept together, and two frames lie to each other alike in all layers that they share: so they can be
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
    }
}

/// Items in the order in which a walk along the lines reaches them, so that a tree has no crossing.
fn initial(graph: &Layered, start: Side) -> Order {
    let mut layers = vec![Vec::new(); graph.layers.len()];
    let mut seen = vec![false; graph.items.len()];
    let mut stack: Vec<usize> = (0..graph.items.len()).rev().collect();
    stack.sort_by_key(|&item| {
        let sources = match start {
            Side::Left => &graph.items[item].left,
            Side::Right => &graph.items[item].right,
        };
        sources.is_empty()
    });
    while let Some(item) = stack.pop() {
        if std::mem::replace(&mut seen[item], true) {
            continue;
        }
        layers[graph.items[item].layer].push(item);
        let (first, then) = match start {
            Side::Left => (&graph.items[item].right, &graph.items[item].left),
            Side::Right => (&graph.items[item].left, &graph.items[item].right),
        };
        stack.extend(then.iter().rev().chain(first.iter().rev()));
    }
    Order::new(layers, graph.items.len())
}

/// Sweeps to and fro; returns the best order found and its number of crossings.
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
        // Swaps that change nothing lead out of dead ends, but only now and then, or they go round in circles.
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
        let mut order = Self { layers, place: vec![0; item_count], rows: Vec::new() };
        for layer in 0..order.layers.len() {
            order.number(layer);
        }
        order
    }

    /// Writes down the places of the items of a layer.
    fn number(&mut self, layer: usize) {
        for (place, &item) in self.layers[layer].iter().enumerate() {
            self.place[item] = place;
        }
    }

    /// Frames in the order in which their contents lie on average.
    fn with_rows(mut self, graph: &Layered) -> Self {
        let mut heights = vec![(0.0, 0.0); graph.spans.len()];
        for (item, place) in graph.items.iter().zip(&self.place) {
            if let Some(cluster) = item.cluster.filter(|_| item.kind == Kind::Node) {
                let (sum, count) = &mut heights[cluster];
                *sum += (*place as f64 + 0.5) / self.layers[item.layer].len() as f64;
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

    /// Brings together what lies in one frame, below its label, and the frames into the order of their rows.
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
        self.number(layer);
        let middle =
            |block: &Vec<usize>| block.iter().map(|&item| self.place[item]).sum::<usize>() as f64 / block.len() as f64;
        let mut middles: Vec<f64> = blocks.values().map(middle).collect();
        middles.sort_by(f64::total_cmp);
        for (middle, mut block) in middles.into_iter().zip(blocks.into_values()) {
            block.sort_by_key(|&item| items[item].kind != Kind::Title);
            units.push((middle, block));
        }
        units.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.layers[layer] = units.into_iter().flat_map(|(_, unit)| unit).collect();
        self.number(layer);
    }

    /// Whether two adjacent items may change places.
    fn may_swap(&self, a: &Item, b: &Item) -> bool {
        self.rows.is_empty() || (a.cluster == b.cluster && a.kind != Kind::Title)
    }

    /// Sorts a layer by the median place of the neighbours on one side; items without any keep their place.
    fn sort_by_median(&mut self, items: &[Item], layer: usize, side: Side) {
        let mut movable = Vec::new();
        let mut slots = Vec::new();
        for (slot, &item) in self.layers[layer].iter().enumerate() {
            let neighbours = match side {
                Side::Left => &items[item].left,
                Side::Right => &items[item].right,
            };
            let places = neighbours.iter().map(|&neighbour| self.place[neighbour]).collect();
            if let Some(median) = weighted_median(places) {
                movable.push((median, item));
                slots.push(slot);
            }
        }
        movable.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (slot, (_, item)) in slots.into_iter().zip(movable) {
            self.layers[layer][slot] = item;
        }
        self.number(layer);
        self.gather(items, layer);
    }

    /// Swaps adjacent items as long as that avoids crossings, for a bounded number of passes; those for which
    /// it makes no difference too, if asked for.
    fn swap_neighbours(&mut self, items: &[Item], swap_equal: bool) {
        for _ in 0..SWAP_PASSES {
            let mut improved = false;
            for layer in 0..self.layers.len() {
                for place in 1..self.layers[layer].len() {
                    let (a, b) = (self.layers[layer][place - 1], self.layers[layer][place]);
                    if !self.may_swap(&items[a], &items[b]) {
                        continue;
                    }
                    let (now, swapped) = self.crossings_of_pair(&items[a], &items[b]);
                    if swapped < now || (swap_equal && swapped == now) {
                        self.layers[layer].swap(place - 1, place);
                        self.place[a] = place;
                        self.place[b] = place - 1;
                        improved |= swapped < now;
                    }
                }
            }
            if !improved {
                return;
            }
        }
    }

    /// How often the lines at two items cross if `a` lies above `b`, and if it lies below.
    fn crossings_of_pair(&self, a: &Item, b: &Item) -> (usize, usize) {
        let (mut above, mut below) = (0, 0);
        for (a, b) in [(&a.left, &b.left), (&a.right, &b.right)] {
            for &neighbour_of_a in a {
                for &neighbour_of_b in b {
                    let (place_a, place_b) = (self.place[neighbour_of_a], self.place[neighbour_of_b]);
                    above += usize::from(place_a > place_b);
                    below += usize::from(place_a < place_b);
                }
            }
        }
        (above, below)
    }

    /// How often lines cross in all, in O(E log V).
    ///
    /// Barth, Mutzel and Jünger, *Simple and efficient bilayer cross counting* (2004).
    fn crossings(&self, items: &[Item]) -> usize {
        let mut crossings = 0;
        for pair in self.layers.windows(2) {
            let mut counter = InversionCounter::new(pair[1].len());
            let mut ends = Vec::new();
            for &item in &pair[0] {
                ends.clear();
                ends.extend(items[item].right.iter().map(|&neighbour| self.place[neighbour]));
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

/// The median of some places; of an even number, the two in the middle weighted by how close together the
/// others on their side lie.
fn weighted_median(mut places: Vec<usize>) -> Option<f64> {
    places.sort_unstable();
    let middle = places.len() / 2;
    match *places.as_slice() {
        [] => None,
        [a, b] => Some((a + b) as f64 / 2.0),
        [first, .., last] if places.len().is_multiple_of(2) => {
            let (low, high) = (places[middle - 1], places[middle]);
            let (before, after) = ((low - first) as f64, (last - high) as f64);
            let spread = before + after;
            Some(if spread > 0.0 { (low as f64 * after + high as f64 * before) / spread } else { low as f64 })
        }
        _ => Some(places[middle] as f64),
    }
}

/// Counts the numbers added so far that are greater than a given one (a Fenwick tree).
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
    fn the_median_of_an_even_number_leans_to_the_denser_side() {
        assert_eq!(weighted_median(vec![]), None);
        assert_eq!(weighted_median(vec![7]), Some(7.0));
        assert_eq!(weighted_median(vec![2, 9, 4]), Some(4.0));
        assert_eq!(weighted_median(vec![0, 1, 5, 13]), Some((8.0 + 5.0) / 9.0));
    }
}
