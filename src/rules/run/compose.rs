//! Rules of the form `?x p ?m . ?m q ?y → ?x r ?y` (in any direction), such as transitivity.
//!
//! A triple may have as many derivations by such a rule as there are nodes, but only the first is recorded. All solutions for
//! one `?x` are enumerated together, in the order of `?m`, and a bit set has the `?y` that were reached before.

use super::clause::{Clause, Component, Pattern};
use super::facts::{Facts, Generation};
use super::join::Join;
use super::record::Record;
use super::term_order::TermOrder;
use super::terms::Terms;
use crate::rules::rule::Slot;
use crate::store::{GraphError, Id};
use fixedbitset::FixedBitSet;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// A pattern as an edge from one node to another.
#[derive(Clone, Copy)]
struct Edge {
    predicate: Id,
    /// Whether the edge leads from subject to object.
    forward: bool,
}

impl Edge {
    /// The edge of a pattern from one variable to another.
    fn of(pattern: Pattern, from: Slot, to: Slot) -> Option<Self> {
        let Component::Id(predicate) = pattern[1] else { return None };
        match (pattern[0].slot()?, pattern[2].slot()?) {
            ends if ends == (from, to) => Some(Self { predicate, forward: true }),
            ends if ends == (to, from) => Some(Self { predicate, forward: false }),
            _ => None,
        }
    }

    fn reversed(self) -> Self {
        Self { forward: !self.forward, ..self }
    }

    /// Calls `each` with the targets of edges from a node.
    #[inline]
    fn each(
        self,
        facts: &Facts<'_>,
        from: Id,
        generation: Generation,
        mut each: impl FnMut(Id),
    ) -> Result<(), GraphError> {
        if generation != Generation::New {
            let declared = match self.forward {
                true => facts.graph.object_ids(from, self.predicate)?,
                false => facts.graph.subject_ids(self.predicate, from)?,
            };
            for id in declared {
                each(id.get());
            }
        }
        let derived = match self.forward {
            true => facts.derived.objects(self.predicate, from, generation),
            false => facts.derived.subjects(self.predicate, from, generation),
        };
        derived.iter().copied().for_each(each);
        Ok(())
    }

    /// Calls `each` with the source and the target of all edges.
    fn pairs(self, facts: &Facts<'_>, generation: Generation, mut each: impl FnMut(Id, Id)) -> Result<(), GraphError> {
        let mut oriented = |s, o| if self.forward { each(s, o) } else { each(o, s) };
        if generation != Generation::New {
            facts.graph.for_each_match([None, Some(self.predicate), None], |[s, _, o]| {
                oriented(s, o);
                Ok::<_, GraphError>(())
            })?;
        }
        facts.derived.pairs(self.predicate, generation).for_each(|(s, o)| oriented(s, o));
        Ok(())
    }
}

/// A start, a middle node, and the triples for the second edge.
struct HalfPath {
    x: Id,
    rank: Option<u32>,
    m: Id,
    generation: Generation,
}

/// A clause of this form.
pub(in crate::rules) struct Composition {
    first: Edge,
    second: Edge,
    derives: Id,
    ends: (Slot, Slot),
    middle: Slot,
}

impl Composition {
    /// The composition of a clause, if the clause has this form.
    pub(in crate::rules) fn detect(clause: &Clause) -> Option<Self> {
        let [Component::Slot(x), Component::Id(derives), Component::Slot(y)] = clause.head else { return None };
        let open: Vec<Pattern> = clause.open_atoms().map(|at| clause.condition.atoms[at]).collect();
        let [one, other] = open[..] else { return None };
        let condition = &clause.condition;
        let only_ends = |formula: &super::clause::Formula| formula.slots.iter().all(|slot| *slot == x || *slot == y);
        let plain = condition.binds.is_empty() && condition.tables.is_empty() && condition.absent.is_empty();
        if x == y || !plain || !condition.tests.iter().all(only_ends) {
            return None;
        }
        let middle_of = |pattern: Pattern, end: Slot| match (pattern[0].slot()?, pattern[2].slot()?) {
            (a, b) if a == end && b != end => Some(b),
            (a, b) if b == end && a != end => Some(a),
            _ => None,
        };
        for (first, second) in [(one, other), (other, one)] {
            if let Some(middle) = middle_of(first, x).filter(|middle| *middle != y)
                && let (Some(first), Some(second)) = (Edge::of(first, x, middle), Edge::of(second, middle, y))
            {
                return Some(Self { first, second, derives, ends: (x, y), middle });
            }
        }
        None
    }

    /// Derives triples from the triples of the last round, or from all triples in the first round. Each new triple comes once,
    /// as start, end and first middle node.
    pub(in crate::rules) fn derive(
        &self,
        round: u32,
        join: &Join<'_, '_>,
        record: &Record,
        order: &mut TermOrder,
        terms: &Terms<'_>,
    ) -> Result<Vec<(Id, Id, Id)>, GraphError> {
        let facts = join.facts;
        // The start, the middle node, and the triples for the second edge.
        let mut paths: Vec<(Id, Id, Generation)> = Vec::new();
        if round == 0 {
            self.first.pairs(facts, Generation::All, |x, m| paths.push((x, m, Generation::All)))?;
        } else {
            self.first.pairs(facts, Generation::New, |x, m| paths.push((x, m, Generation::All)))?;
            let mut middles = BTreeSet::new();
            self.second.pairs(facts, Generation::New, |m, _| _ = middles.insert(m))?;
            for m in middles {
                self.first.reversed().each(facts, m, Generation::Old, |x| paths.push((x, m, Generation::New)))?;
            }
        }
        join.evaluation.count_rows(paths.len())?;
        order.rank_all(paths.iter().map(|(_, m, _)| *m), terms)?;
        let ranked = |(x, m, generation)| HalfPath { x, rank: order.rank(m), m, generation };
        let mut paths: Vec<HalfPath> = paths.into_iter().map(ranked).collect();
        paths.par_sort_unstable_by_key(|path| (path.x, path.rank));
        let groups: Vec<&[HalfPath]> = paths.chunk_by(|a, b| a.x == b.x).collect();
        let nothing_reached = || FixedBitSet::with_capacity(terms.bound());
        let found = groups.par_chunks(64).map_init(nothing_reached, |reached, groups| {
            let mut found = Vec::new();
            for group in groups {
                self.derive_from(group, facts, &|triple| record.is_of_round(triple, round), reached, &mut found)?;
            }
            Ok::<_, GraphError>(found)
        });
        Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Derives the triples with one start.
    fn derive_from(
        &self,
        paths: &[HalfPath],
        facts: &Facts<'_>,
        is_derived: &dyn Fn([Id; 3]) -> bool,
        reached: &mut FixedBitSet,
        found: &mut Vec<(Id, Id, Id)>,
    ) -> Result<(), GraphError> {
        let Some(HalfPath { x, .. }) = paths.first() else { return Ok(()) };
        let mut marked = Vec::new();
        let mut mark = |y: Id, reached: &mut FixedBitSet| {
            let new = !reached.put(y as usize);
            if new {
                marked.push(y);
            }
            new
        };
        // With few paths, known triples are looked up one by one; with many, all known ends are marked first.
        let known = Edge { predicate: self.derives, forward: true };
        let few = paths.len() <= 4;
        if !few {
            known.each(facts, *x, Generation::All, |y| _ = mark(y, reached))?;
        }
        for HalfPath { m, generation, .. } in paths {
            let mut failed = None;
            self.second.each(facts, *m, *generation, |y| {
                if !mark(y, reached) {
                    return;
                }
                let triple = [*x, self.derives, y];
                let is_known = few && {
                    let declared = facts.graph.contains_ids(triple).unwrap_or_else(|e| {
                        failed = Some(e);
                        true
                    });
                    declared || is_derived(triple)
                };
                if !is_known {
                    found.push((*x, y, *m));
                }
            })?;
            if let Some(e) = failed {
                return Err(e);
            }
        }
        for y in marked {
            reached.set(y as usize, false);
        }
        Ok(())
    }

    /// The row of the clause for a start, an end and a middle node.
    pub(in crate::rules) fn row(&self, clause: &Clause, (x, y, m): (Id, Id, Id)) -> Vec<Id> {
        let mut row = clause.row.clone();
        row[self.ends.0] = x;
        row[self.ends.1] = y;
        row[self.middle] = m;
        row
    }
}
