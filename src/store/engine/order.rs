//! In which order patterns are joined: from how many triples each matches, exactly where only constants are bound, and
//! from distinct counts where variables are.

use super::path::Path;
use super::plan::{In, Place, Slot};
use crate::store::GraphError;
use crate::store::compiled::CompiledGraph;
use std::collections::BTreeSet;

/// A pattern that may stand anywhere among others.
pub(super) enum Unit {
    Triple([Place; 3]),
    TripleTerm {
        whole: Place,
        parts: [Place; 3],
    },
    Path {
        subject: Place,
        path: Path,
        object: Place,
    },
    /// Rows that the query lists; with how many there are.
    Values {
        slots: Vec<Slot>,
        rows: Vec<Vec<crate::store::compiled::Id>>,
    },
}

impl Unit {
    fn places(&self) -> Vec<Place> {
        match self {
            Self::Triple(places) => places.to_vec(),
            Self::TripleTerm { whole, parts } => parts.iter().copied().chain([*whole]).collect(),
            Self::Path { subject, object, .. } => vec![*subject, *object],
            Self::Values { slots, .. } => slots.iter().map(|slot| Place::Slot(*slot)).collect(),
        }
    }

    /// What one look-up costs, in rows.
    fn look_up(&self) -> f64 {
        match self {
            Self::Path { .. } => 20.0,
            _ => 1.5,
        }
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.places().into_iter().filter_map(Place::slot)
    }
}

/// Beyond so many patterns they are put in order one by one, not by trying all orders.
const TRIED: usize = 5;

/// The best order of patterns, given the slots that have values before, with the number of rows expected after each.
pub(super) fn order(
    graph: &CompiledGraph,
    current: In,
    units: &[Unit],
    bound: &BTreeSet<Slot>,
) -> Result<Vec<(usize, f64)>, GraphError> {
    let statistics = Statistics::new(graph, current, units)?;
    let all: Vec<usize> = (0..units.len()).collect();
    let mut best = greedy(&statistics, units, bound, &all);
    if (2..=TRIED).contains(&units.len()) {
        let mut search = Search { statistics: &statistics, units, best: cost(units, &best), order: best.clone() };
        search.extend(&mut Vec::new(), bound, 1.0, 0.0);
        best = search.order;
    }
    Ok(best)
}

/// Rows that are made on the way, and a little for each time that a pattern is looked up.
fn cost(units: &[Unit], order: &[(usize, f64)]) -> f64 {
    let mut before = 1.0;
    order.iter().map(|(unit, rows)| rows + units[*unit].look_up() * std::mem::replace(&mut before, *rows)).sum()
}

fn greedy(statistics: &Statistics, units: &[Unit], bound: &BTreeSet<Slot>, all: &[usize]) -> Vec<(usize, f64)> {
    let (mut bound, mut left, mut order, mut rows) = (bound.clone(), all.to_vec(), Vec::new(), 1.0);
    while !left.is_empty() {
        let rank = |unit: &usize| {
            let connected = units[*unit].slots().any(|slot| bound.contains(&slot)) || order.is_empty();
            (!connected, statistics.matches(*unit, units, &bound))
        };
        let best = (0..left.len()).min_by(|a, b| {
            let ((far_a, a), (far_b, b)) = (rank(&left[*a]), rank(&left[*b]));
            far_a.cmp(&far_b).then(a.total_cmp(&b))
        });
        let unit = left.remove(best.unwrap_or(0));
        rows *= statistics.matches(unit, units, &bound);
        order.push((unit, rows));
        bound.extend(units[unit].slots());
    }
    order
}

struct Search<'a> {
    statistics: &'a Statistics,
    units: &'a [Unit],
    best: f64,
    order: Vec<(usize, f64)>,
}

impl Search<'_> {
    fn extend(&mut self, so_far: &mut Vec<(usize, f64)>, bound: &BTreeSet<Slot>, rows: f64, cost: f64) {
        if cost >= self.best {
            return;
        }
        if so_far.len() == self.units.len() {
            self.best = cost;
            self.order.clone_from(so_far);
            return;
        }
        for unit in 0..self.units.len() {
            if so_far.iter().any(|(used, _)| *used == unit) {
                continue;
            }
            let next = rows * self.statistics.matches(unit, self.units, bound);
            let mut bound = bound.clone();
            bound.extend(self.units[unit].slots());
            so_far.push((unit, next));
            self.extend(so_far, &bound, next, cost + next + self.units[unit].look_up() * rows);
            so_far.pop();
        }
    }
}

/// What is known of each pattern.
struct Statistics {
    known: Vec<Known>,
}

/// How many matches a pattern has with its constants alone, and by how much a value for each of its places divides them.
struct Known {
    matches: f64,
    distinct: [f64; 4],
}

impl Statistics {
    fn new(graph: &CompiledGraph, current: In, units: &[Unit]) -> Result<Self, GraphError> {
        let known = units.iter().map(|unit| match (unit, current) {
            (Unit::Triple(places), In::Named(name)) => Known::of_quads(graph, places, name),
            _ => Known::new(graph, unit),
        });
        let known = known.collect::<Result<_, _>>()?;
        Ok(Self { known })
    }

    /// How many rows come of one row, on average.
    fn matches(&self, unit: usize, units: &[Unit], bound: &BTreeSet<Slot>) -> f64 {
        let Known { matches, distinct } = &self.known[unit];
        let mut matches = *matches;
        for (at, place) in units[unit].places().into_iter().enumerate() {
            if place.slot().is_some_and(|slot| bound.contains(&slot)) {
                matches /= distinct[at.min(3)].max(1.0);
            }
        }
        matches
    }
}

impl Known {
    /// The same of a pattern within GRAPH. How many distinct values a predicate has there is not kept: as if there were one
    /// for each few quads.
    fn of_quads(graph: &CompiledGraph, places: &[Place; 3], name: Place) -> Result<Self, GraphError> {
        let [s, p, o] = places.map(Place::fixed);
        let matches = graph.named().candidates([s, p, o, name.fixed()])?.1.len() as f64;
        let values = (matches / 3.0).max(1.0);
        Ok(Self { matches, distinct: [values, graph.orders().predicate_count() as f64 + 10.0, values, 1.0] })
    }

    fn new(graph: &CompiledGraph, unit: &Unit) -> Result<Self, GraphError> {
        let orders = graph.orders();
        let all = orders.len() as f64;
        // Where nothing better is known: a tenth of all terms.
        let some = (graph.id_bound() as f64 / 10.0).max(1.0);
        Ok(match unit {
            Unit::Triple(places) => {
                let constant = places.map(Place::fixed);
                let row = match constant[1] {
                    Some(predicate) => orders.of_predicate(predicate)?,
                    None => None,
                };
                let matches = match constant {
                    [Some(s), Some(p), Some(o)] => f64::from(u8::from(orders.contains(s, p, o)?)),
                    [Some(s), Some(p), None] => orders.objects_of(s, p)?.len() as f64,
                    [None, Some(p), Some(o)] => orders.subjects_of(p, o)?.len() as f64,
                    [Some(s), None, Some(o)] => orders.predicates_of(s, o)?.len() as f64,
                    [Some(s), None, None] => orders.of_subject(s)?.len() as f64,
                    [None, None, Some(o)] => orders.of_object(o)?.len() as f64,
                    [None, Some(_), None] => row.as_ref().map_or(0.0, |row| row.range.len() as f64),
                    [None, None, None] => all,
                };
                let (subjects, objects) = match &row {
                    Some(row) => (f64::from(row.subjects), f64::from(row.objects)),
                    None => (some, some),
                };
                let predicates = orders.predicate_count() as f64;
                Self { matches, distinct: [subjects, predicates, objects, 1.0] }
            }
            Unit::TripleTerm { whole, parts } => {
                let components = graph.components();
                let total = components.len() as f64;
                let mut matches = total;
                let mut distinct = [total.sqrt(), (total / 1000.0).clamp(1.0, 50.0), total.sqrt(), total];
                for (place, part) in parts.iter().enumerate() {
                    if let Place::Fixed(id) = part {
                        matches = matches.min(components.with(place, *id)?.len() as f64);
                        distinct[place] = 1.0;
                    }
                }
                if matches!(whole, Place::Fixed(_)) {
                    matches = matches.min(1.0);
                }
                // A triple term that is known has one set of components.
                distinct[3] = matches.max(1.0);
                Self { matches, distinct }
            }
            Unit::Path { subject, path, object } => {
                let fixed = [subject, object].into_iter().filter(|place| matches!(place, Place::Fixed(_))).count();
                // A path cannot lead to more nodes than its predicates have triples, but for where it starts.
                let reached = (path.triples(graph)? as f64 + 1.0).min(all + 1.0);
                let matches = match fixed {
                    0 => some.min(reached) * reached.sqrt(),
                    1 => reached.sqrt(),
                    _ => 1.0,
                };
                Self { matches, distinct: [some.min(reached), some.min(reached), 1.0, 1.0] }
            }
            Unit::Values { rows, .. } => Self { matches: rows.len() as f64, distinct: [rows.len() as f64; 4] },
        })
    }
}
