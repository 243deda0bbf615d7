//! Chooses the order in which steps are joined.
//!
//! Estimates use exact counts for the constants of a pattern, and the numbers of distinct subjects and objects of its
//! predicate for variables that are bound.

use super::plan::{PatternTerm, Slot, Step};
use crate::store::GraphError;
use crate::store::compiled::CompiledGraph;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Up to this many steps, all orders are tried; beyond that, the order is greedy.
const MAX_EXHAUSTIVE: usize = 5;

/// The indexes of steps in the order in which they run, each with the number of rows expected after it.
type Order = Vec<(usize, f64)>;

/// The best order of steps if the slots in `bound` are bound before.
pub(super) fn join_order(graph: &CompiledGraph, steps: &[Step], bound: &BTreeSet<Slot>) -> Result<Order, GraphError> {
    let candidates = steps.iter().map(|step| Candidate::new(graph, step)).collect::<Result<Vec<_>, _>>()?;
    let best = greedy_order(&candidates, bound);
    if !(2..=MAX_EXHAUSTIVE).contains(&steps.len()) {
        return Ok(best);
    }
    let mut search = Search { candidates: &candidates, cost: total_cost(&candidates, &best), best };
    search.extend(&mut Vec::new(), bound, 1.0, 0.0);
    Ok(search.best)
}

/// The rows that all steps produce, plus a cost for each lookup.
fn total_cost(candidates: &[Candidate], order: &Order) -> f64 {
    let mut rows_before = 1.0;
    order
        .iter()
        .map(|(index, rows)| rows + candidates[*index].lookup_cost * std::mem::replace(&mut rows_before, *rows))
        .sum()
}

/// Takes the candidate with the fewest expected matches each time; those that share a variable with the ones before come first.
/// O(n log n) in the candidates, and in the pairs of candidates and their variables.
fn greedy_order(candidates: &[Candidate], bound: &BTreeSet<Slot>) -> Order {
    let (mut bound, mut rows, mut order) = (bound.clone(), 1.0, Order::new());
    let mut with_slot: BTreeMap<Slot, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        candidate.slots().for_each(|slot| with_slot.entry(slot).or_default().push(index));
    }
    let rank = |index: usize, bound: &BTreeSet<Slot>, is_first: bool| {
        let is_connected = is_first || candidates[index].slots().any(|slot| bound.contains(&slot));
        Rank { is_unconnected: !is_connected, matches: candidates[index].matches_per_row(bound), index }
    };
    // The first candidate need not be connected to any other.
    let ranks = |bound: &BTreeSet<Slot>, is_first: bool| -> Vec<Rank> {
        (0..candidates.len()).map(|index| rank(index, bound, is_first)).collect()
    };
    let Some(mut next) = ranks(&bound, true).into_iter().min() else { return order };
    let mut known = ranks(&bound, false);
    let mut remaining: BTreeSet<Rank> = known.iter().copied().collect();
    loop {
        remaining.remove(&known[next.index]);
        rows *= next.matches;
        order.push((next.index, rows));
        let new: Vec<Slot> = candidates[next.index].slots().filter(|slot| bound.insert(*slot)).collect();
        for index in new.iter().flat_map(|slot| &with_slot[slot]) {
            if remaining.remove(&known[*index]) {
                known[*index] = rank(*index, &bound, false);
                remaining.insert(known[*index]);
            }
        }
        let Some(first) = remaining.first() else { return order };
        next = *first;
    }
}

/// How early a candidate is taken: smaller ranks first.
#[derive(Clone, Copy)]
struct Rank {
    is_unconnected: bool,
    matches: f64,
    index: usize,
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        let unconnected = self.is_unconnected.cmp(&other.is_unconnected);
        unconnected.then(self.matches.total_cmp(&other.matches)).then(self.index.cmp(&other.index))
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rank {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rank {}

/// A depth-first search for the cheapest order.
struct Search<'a> {
    candidates: &'a [Candidate],
    cost: f64,
    best: Order,
}

impl Search<'_> {
    fn extend(&mut self, order: &mut Order, bound: &BTreeSet<Slot>, rows_before: f64, cost: f64) {
        if cost >= self.cost {
            return;
        }
        if order.len() == self.candidates.len() {
            self.cost = cost;
            self.best.clone_from(order);
            return;
        }
        for (index, candidate) in self.candidates.iter().enumerate() {
            if order.iter().any(|(used, _)| *used == index) {
                continue;
            }
            let rows = rows_before * candidate.matches_per_row(bound);
            let mut bound = bound.clone();
            bound.extend(candidate.slots());
            order.push((index, rows));
            self.extend(order, &bound, rows, cost + rows + candidate.lookup_cost * rows_before);
            order.pop();
        }
    }
}

/// A step with its statistics.
struct Candidate {
    terms: Vec<PatternTerm>,
    /// The number of matches if only the constants are known.
    matches: f64,
    /// By how much a bound value of each term divides the number of matches.
    distinct: [f64; 4],
    /// The cost of one lookup, in rows.
    lookup_cost: f64,
}

impl Candidate {
    fn new(graph: &CompiledGraph, step: &Step) -> Result<Self, GraphError> {
        let (matches, distinct) = match step {
            Step::Triple { terms, graph: None, .. } => triple_statistics(graph, *terms)?,
            Step::Triple { terms, graph: Some(name), .. } => quad_statistics(graph, *terms, *name)?,
            Step::TripleTerm { term, components } => triple_term_statistics(graph, *term, *components)?,
            Step::Path { subject, path, object, .. } => {
                // A path reaches at most as many nodes as its predicates have triples, and its start.
                let reached = (path.triple_count(graph)?.min(graph.orders().len()) as f64) + 1.0;
                let starts = default_distinct(graph).min(reached);
                let matches = match (subject.constant(), object.constant()) {
                    (None, None) => starts * reached.sqrt(),
                    (Some(_), Some(_)) => 1.0,
                    _ => reached.sqrt(),
                };
                (matches, [starts, starts, 1.0, 1.0])
            }
            Step::Values { rows, .. } => (rows.len() as f64, [rows.len() as f64; 4]),
            _ => (1.0, [1.0; 4]),
        };
        let terms = match step {
            // The name of a graph is no reason to join two patterns: most graphs match both.
            Step::Triple { terms, .. } => terms.to_vec(),
            Step::Path { subject, object, .. } => vec![*subject, *object],
            _ => step.terms(),
        };
        let lookup_cost = if matches!(step, Step::Path { .. }) { 20.0 } else { 1.5 };
        Ok(Self { terms, matches, distinct, lookup_cost })
    }

    fn slots(&self) -> impl Iterator<Item = Slot> {
        self.terms.iter().filter_map(|term| term.slot())
    }

    /// The expected number of matches for one row.
    fn matches_per_row(&self, bound: &BTreeSet<Slot>) -> f64 {
        let mut matches = self.matches;
        for (index, term) in self.terms.iter().enumerate() {
            if term.slot().is_some_and(|slot| bound.contains(&slot)) {
                matches /= self.distinct[index.min(3)].max(1.0);
            }
        }
        matches
    }
}

/// The number of distinct values that is assumed if nothing better is known: a tenth of all terms.
fn default_distinct(graph: &CompiledGraph) -> f64 {
    (graph.id_bound() as f64 / 10.0).max(1.0)
}

fn triple_statistics(graph: &CompiledGraph, terms: [PatternTerm; 3]) -> Result<(f64, [f64; 4]), GraphError> {
    let orders = graph.orders();
    let constants = terms.map(PatternTerm::constant);
    let predicate = match constants[1] {
        Some(predicate) => orders.of_predicate(predicate)?,
        None => None,
    };
    let matches = orders.matching(constants)?.len();
    let (subjects, objects) = match &predicate {
        Some(row) => (f64::from(row.subjects), f64::from(row.objects)),
        None => (default_distinct(graph), default_distinct(graph)),
    };
    Ok((matches as f64, [subjects, orders.predicate_count() as f64, objects, 1.0]))
}

/// The graph has no counts of distinct values in named graphs: one for three quads is assumed.
fn quad_statistics(
    graph: &CompiledGraph,
    terms: [PatternTerm; 3],
    name: PatternTerm,
) -> Result<(f64, [f64; 4]), GraphError> {
    let [s, p, o] = terms.map(PatternTerm::constant);
    let matches = graph.named().candidates([s, p, o, name.constant()])?.1.len() as f64;
    let values = (matches / 3.0).max(1.0);
    Ok((matches, [values, graph.orders().predicate_count() as f64 + 10.0, values, 1.0]))
}

fn triple_term_statistics(
    graph: &CompiledGraph,
    term: PatternTerm,
    components: [PatternTerm; 3],
) -> Result<(f64, [f64; 4]), GraphError> {
    let total = graph.components().len() as f64;
    let mut matches = total;
    let mut distinct = [total.sqrt(), (total / 1000.0).clamp(1.0, 50.0), total.sqrt(), total];
    for (component, pattern) in components.into_iter().enumerate() {
        if let PatternTerm::Constant(id) = pattern {
            matches = matches.min(graph.components().with(component, id)?.len() as f64);
            distinct[component] = 1.0;
        }
    }
    if term.constant().is_some() {
        matches = matches.min(1.0);
    }
    // A known triple term has exactly one set of components.
    distinct[3] = matches.max(1.0);
    Ok((matches, distinct))
}
