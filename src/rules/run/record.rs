//! Records one derivation of each derived triple.

use super::clause::{Clause, Component};
use super::term_order::TermOrder;
use super::terms::Terms;
use crate::rules::rule::Slot;
use crate::store::{GraphError, Id};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::hash_map::Entry;

/// Derived triples in the order of their derivation.
///
/// A derivation is a clause and the values of the slots that are not in the head of the clause.
#[derive(Default)]
pub(in crate::rules) struct Record {
    pub(in crate::rules) triples: Vec<[Id; 3]>,
    /// The depth of each derivation: one more than that of its deepest premise.
    levels: Vec<u32>,
    clauses: Vec<u32>,
    /// The index in `values` of the first value of each derivation.
    starts: Vec<u32>,
    values: Vec<Id>,
    numbers: FxHashMap<[Id; 3], u32>,
    /// The triples of each level, starting with level 1.
    by_level: Vec<Vec<u32>>,
}

/// A derivation to record.
pub(in crate::rules) struct Found<'a> {
    pub(in crate::rules) triple: [Id; 3],
    /// The depth.
    pub(in crate::rules) level: u32,
    pub(in crate::rules) clause: usize,
    /// The solution.
    pub(in crate::rules) row: &'a [Id],
}

/// The slots of a clause that are not in its head, ascending.
fn body_slots(clause: &Clause) -> impl Iterator<Item = Slot> + '_ {
    let in_head = |slot: Slot| clause.head.contains(&Component::Slot(slot));
    (0..clause.row.len()).filter(move |slot| {
        !in_head(*slot) && clause.open_atoms().any(|at| clause.condition.atoms[at].contains(&Component::Slot(*slot)))
    })
}

impl Record {
    pub(in crate::rules) fn len(&self) -> usize {
        self.triples.len()
    }

    /// The index of a derived triple.
    pub(in crate::rules) fn number(&self, triple: [Id; 3]) -> Option<usize> {
        self.numbers.get(&triple).map(|number| *number as usize)
    }

    pub(in crate::rules) fn contains(&self, triple: [Id; 3]) -> bool {
        self.numbers.contains_key(&triple)
    }

    /// Whether a triple was derived in a round or before. A triple of the next round may still get a better derivation.
    pub(in crate::rules) fn is_of_round(&self, triple: [Id; 3], round: u32) -> bool {
        self.number(triple).is_some_and(|number| self.levels[number] <= round)
    }

    /// The triples of a level; `None` after the last level.
    pub(in crate::rules) fn of_level(&self, level: u32) -> Option<impl Iterator<Item = [Id; 3]> + '_> {
        let numbers = self.by_level.get(level as usize - 1)?;
        Some(numbers.iter().map(|number| self.triples[*number as usize]))
    }

    /// The clause of a derivation.
    pub(in crate::rules) fn clause(&self, number: usize) -> usize {
        self.clauses[number] as usize
    }

    /// The solution of a derivation.
    pub(in crate::rules) fn row(&self, number: usize, clause: &Clause) -> Vec<Id> {
        let mut row = clause.row.clone();
        for (component, id) in clause.head.iter().zip(self.triples[number]) {
            if let Component::Slot(slot) = component {
                row[*slot] = id;
            }
        }
        for (slot, value) in body_slots(clause).zip(&self.values[self.starts[number] as usize..]) {
            row[slot] = *value;
        }
        row
    }

    /// Records a derivation if it is the first of its triple, or a better one with the same depth.
    pub(in crate::rules) fn offer(
        &mut self,
        Found { triple, level, clause: number, row }: Found<'_>,
        clauses: &[Clause],
        order: &mut TermOrder,
        terms: &Terms<'_>,
    ) -> Result<(), GraphError> {
        let start = u32::try_from(self.values.len()).map_err(|_| GraphError::TooLarge("derivations"))?;
        let values = body_slots(&clauses[number]).map(|slot| row[slot]);
        match self.numbers.entry(triple) {
            Entry::Vacant(entry) => {
                let new = self.triples.len() as u32;
                entry.insert(new);
                self.triples.push(triple);
                self.levels.push(level);
                self.clauses.push(number as u32);
                self.starts.push(start);
                self.values.extend(values);
                if self.by_level.len() < level as usize {
                    self.by_level.resize_with(level as usize, Vec::new);
                }
                self.by_level[level as usize - 1].push(new);
            }
            Entry::Occupied(entry) => {
                let known = *entry.get() as usize;
                if self.levels[known] == level && self.is_better(known, number, row, clauses, order, terms)? {
                    self.clauses[known] = number as u32;
                    self.starts[known] = start;
                    self.values.extend(values);
                }
            }
        }
        Ok(())
    }

    /// Whether a derivation precedes the recorded one: by the name of the rule, then by the premises in the order of the
    /// rule's patterns, compared as N-Triples.
    fn is_better(
        &self,
        known: usize,
        number: usize,
        row: &[Id],
        clauses: &[Clause],
        order: &mut TermOrder,
        terms: &Terms<'_>,
    ) -> Result<bool, GraphError> {
        let recorded = &clauses[self.clause(known)];
        let other = &clauses[number];
        match other.rule.cmp(&recorded.rule) {
            Ordering::Equal => {}
            order => return Ok(order == Ordering::Less),
        }
        let order = order.compare(&other.premises(row), &recorded.premises(&self.row(known, recorded)), terms)?;
        Ok(order == Ordering::Less)
    }
}
