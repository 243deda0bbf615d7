//! Rules of the commonest shape, `?x p ?m . ?m q ?y → ?x r ?y`, in whatever direction: transitivity and chains.
//!
//! Of such a rule a triple may have as many derivations as there are nodes, and only the first is kept. So what starts at one
//! `?x` is gone through together, with the middles in their order, and a set of bits tells which ends were reached before.

use super::clause::{Clause, Place, Places};
use super::facts::{Facts, Generation};
use super::record::Record;
use super::term_order::TermOrder;
use super::terms::Terms;
use crate::rules::rule::Slot;
use crate::store::{GraphError, Id};
use fixedbitset::FixedBitSet;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// A pattern as a step from one node to another.
#[derive(Clone, Copy)]
struct Leg {
    predicate: Id,
    /// Whether it goes from subject to object.
    forward: bool,
}

impl Leg {
    /// The step that a pattern makes from a variable to another.
    fn of(places: Places, from: Slot, to: Slot) -> Option<Self> {
        let Place::Id(predicate) = places[1] else { return None };
        match (places[0].slot()?, places[2].slot()?) {
            ends if ends == (from, to) => Some(Self { predicate, forward: true }),
            ends if ends == (to, from) => Some(Self { predicate, forward: false }),
            _ => None,
        }
    }

    fn reversed(self) -> Self {
        Self { forward: !self.forward, ..self }
    }

    /// Hands out where the step leads to from a node.
    #[inline]
    fn each(self, facts: &Facts<'_>, from: Id, extent: Generation, mut each: impl FnMut(Id)) -> Result<(), GraphError> {
        if extent != Generation::New {
            let given = match self.forward {
                true => facts.graph.object_ids(from, self.predicate)?,
                false => facts.graph.subject_ids(self.predicate, from)?,
            };
            for id in given {
                each(id.get());
            }
        }
        let derived = match self.forward {
            true => facts.derived.objects(self.predicate, from, extent),
            false => facts.derived.subjects(self.predicate, from, extent),
        };
        derived.iter().copied().for_each(each);
        Ok(())
    }

    /// Hands out all steps: from where to where.
    fn pairs(self, facts: &Facts<'_>, extent: Generation, mut each: impl FnMut(Id, Id)) -> Result<(), GraphError> {
        let mut turned = |s, o| if self.forward { each(s, o) } else { each(o, s) };
        if extent != Generation::New {
            facts.graph.for_each_match([None, Some(self.predicate), None], |[s, _, o]| {
                turned(s, o);
                Ok::<_, GraphError>(())
            })?;
        }
        facts.derived.pairs(self.predicate, extent).for_each(|(s, o)| turned(s, o));
        Ok(())
    }
}

/// A start, a middle, and the triples that the second step is taken over.
struct Way {
    x: Id,
    rank: Option<u32>,
    m: Id,
    extent: Generation,
}

/// A clause of this shape.
pub(in crate::rules) struct Composition {
    first: Leg,
    second: Leg,
    derives: Id,
    ends: (Slot, Slot),
    middle: Slot,
}

impl Composition {
    /// The shape of a clause, where it is this one.
    pub(in crate::rules) fn of(clause: &Clause) -> Option<Self> {
        let [Place::Slot(x), Place::Id(derives), Place::Slot(y)] = clause.head else { return None };
        let open: Vec<Places> = clause.open().map(|at| clause.condition.atoms[at]).collect();
        let [one, other] = open[..] else { return None };
        let condition = &clause.condition;
        let of_ends = |formula: &super::clause::Formula| formula.slots.iter().all(|slot| *slot == x || *slot == y);
        let plain = condition.binds.is_empty() && condition.tables.is_empty() && condition.absent.is_empty();
        if x == y || !plain || !condition.tests.iter().all(of_ends) {
            return None;
        }
        let middle_of = |places: Places, end: Slot| match (places[0].slot()?, places[2].slot()?) {
            (a, b) if a == end && b != end => Some(b),
            (a, b) if b == end && a != end => Some(a),
            _ => None,
        };
        for (first, second) in [(one, other), (other, one)] {
            if let Some(middle) = middle_of(first, x).filter(|middle| *middle != y)
                && let (Some(first), Some(second)) = (Leg::of(first, x, middle), Leg::of(second, middle, y))
            {
                return Some(Self { first, second, derives, ends: (x, y), middle });
            }
        }
        None
    }

    /// Finds what the clause derives from what the last round added, or in the first round from all there is: each new triple
    /// once, with the first middle that leads to it.
    pub(in crate::rules) fn derive(
        &self,
        round: u32,
        facts: &Facts<'_>,
        record: &Record,
        ranks: &mut TermOrder,
        terms: &Terms<'_>,
    ) -> Result<Vec<(Id, Id, Id)>, GraphError> {
        // Where to start, over which middle, and how far the second step ranges from there.
        let mut ways: Vec<(Id, Id, Generation)> = Vec::new();
        if round == 0 {
            self.first.pairs(facts, Generation::All, |x, m| ways.push((x, m, Generation::All)))?;
        } else {
            self.first.pairs(facts, Generation::New, |x, m| ways.push((x, m, Generation::All)))?;
            let mut middles = BTreeSet::new();
            self.second.pairs(facts, Generation::New, |m, _| _ = middles.insert(m))?;
            for m in middles {
                self.first.reversed().each(facts, m, Generation::Old, |x| ways.push((x, m, Generation::New)))?;
            }
        }
        ranks.cover(ways.iter().map(|(_, m, _)| *m), terms)?;
        let ranked = |(x, m, extent)| Way { x, rank: ranks.get(m), m, extent };
        let mut ways: Vec<Way> = ways.into_iter().map(ranked).collect();
        ways.par_sort_unstable_by_key(|way| (way.x, way.rank));
        let groups: Vec<&[Way]> = ways.chunk_by(|a, b| a.x == b.x).collect();
        let none_reached = || FixedBitSet::with_capacity(terms.bound());
        let found = groups.par_chunks(64).map_init(none_reached, |reached, groups| {
            let mut found = Vec::new();
            for group in groups {
                self.starting_at_one(group, facts, &|triple| record.is_of_round(triple, round), reached, &mut found)?;
            }
            Ok::<_, GraphError>(found)
        });
        Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Finds what starts at one node.
    fn starting_at_one(
        &self,
        ways: &[Way],
        facts: &Facts<'_>,
        is_derived: &dyn Fn([Id; 3]) -> bool,
        reached: &mut FixedBitSet,
        found: &mut Vec<(Id, Id, Id)>,
    ) -> Result<(), GraphError> {
        let Some(Way { x, .. }) = ways.first() else { return Ok(()) };
        let mut marked = Vec::new();
        let mut mark = |y: Id, reached: &mut FixedBitSet| {
            let new = !reached.put(y as usize);
            if new {
                marked.push(y);
            }
            new
        };
        // Whether an end is known already is looked up one by one where there are few to come, and marked where there are many.
        let known = Leg { predicate: self.derives, forward: true };
        let few = ways.len() <= 4;
        if !few {
            known.each(facts, *x, Generation::All, |y| _ = mark(y, reached))?;
        }
        for Way { m, extent, .. } in ways {
            let mut failed = None;
            self.second.each(facts, *m, *extent, |y| {
                if !mark(y, reached) {
                    return;
                }
                let triple = [*x, self.derives, y];
                let is_known = few && {
                    let given = facts.graph.contains_ids(triple).unwrap_or_else(|e| {
                        failed = Some(e);
                        true
                    });
                    given || is_derived(triple)
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

    /// The row of values of the clause for what was found.
    pub(in crate::rules) fn row(&self, clause: &Clause, (x, y, m): (Id, Id, Id)) -> Vec<Id> {
        let mut row = clause.row.clone();
        row[self.ends.0] = x;
        row[self.ends.1] = y;
        row[self.middle] = m;
        row
    }
}
