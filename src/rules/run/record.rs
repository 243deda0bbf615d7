//! What was derived, and from what: one derivation for each triple.

use super::clause::{Clause, Place};
use super::term_order::TermOrder;
use super::terms::Terms;
use crate::rules::rule::Slot;
use crate::store::{GraphError, Id};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::hash_map::Entry;

/// Derived triples in the order in which they were found, each with one derivation.
///
/// A derivation is a clause and the values of those variables that the triple itself does not give.
#[derive(Default)]
pub(in crate::rules) struct Record {
    pub(in crate::rules) triples: Vec<[Id; 3]>,
    /// How many steps lead to each: one more than to the deepest of its premises.
    levels: Vec<u32>,
    clauses: Vec<u32>,
    /// Where the further values of each begin.
    starts: Vec<u32>,
    values: Vec<Id>,
    numbers: FxHashMap<[Id; 3], u32>,
    /// The triples of each level, from 1 on.
    by_level: Vec<Vec<u32>>,
}

/// A derivation that was found.
pub(in crate::rules) struct Found<'a> {
    pub(in crate::rules) triple: [Id; 3],
    /// How many steps lead to it.
    pub(in crate::rules) level: u32,
    pub(in crate::rules) clause: usize,
    /// The values of the clause's variables.
    pub(in crate::rules) row: &'a [Id],
}

/// The variables whose values a triple that a clause derived does not give, ascending.
fn further(clause: &Clause) -> impl Iterator<Item = Slot> + '_ {
    let in_head = |slot: Slot| clause.head.contains(&Place::Slot(slot));
    (0..clause.row.len()).filter(move |slot| {
        !in_head(*slot) && clause.open().any(|at| clause.condition.atoms[at].contains(&Place::Slot(*slot)))
    })
}

impl Record {
    pub(in crate::rules) fn len(&self) -> usize {
        self.triples.len()
    }

    /// The number of a derived triple.
    pub(in crate::rules) fn number(&self, triple: [Id; 3]) -> Option<usize> {
        self.numbers.get(&triple).map(|number| *number as usize)
    }

    pub(in crate::rules) fn contains(&self, triple: [Id; 3]) -> bool {
        self.numbers.contains_key(&triple)
    }

    /// Whether a triple was derived by the end of a round. What was derived since may yet get a better derivation.
    pub(in crate::rules) fn is_of_round(&self, triple: [Id; 3], round: u32) -> bool {
        self.number(triple).is_some_and(|number| self.levels[number] <= round)
    }

    /// The triples of a level; `None` beyond the last one.
    pub(in crate::rules) fn of_level(&self, level: u32) -> Option<impl Iterator<Item = [Id; 3]> + '_> {
        let numbers = self.by_level.get(level as usize - 1)?;
        Some(numbers.iter().map(|number| self.triples[*number as usize]))
    }

    /// The clause that a triple was derived by.
    pub(in crate::rules) fn clause(&self, number: usize) -> usize {
        self.clauses[number] as usize
    }

    /// The values of the variables of the clause that a triple was derived by.
    pub(in crate::rules) fn row(&self, number: usize, clause: &Clause) -> Vec<Id> {
        let mut row = clause.row.clone();
        for (place, id) in clause.head.iter().zip(self.triples[number]) {
            if let Place::Slot(slot) = place {
                row[*slot] = id;
            }
        }
        for (slot, value) in further(clause).zip(&self.values[self.starts[number] as usize..]) {
            row[slot] = *value;
        }
        row
    }

    /// Takes a derivation of a triple: the first one found, or a better one of the same level.
    pub(in crate::rules) fn offer(
        &mut self,
        Found { triple, level, clause: number, row }: Found<'_>,
        clauses: &[Clause],
        ranks: &mut TermOrder,
        terms: &Terms<'_>,
    ) -> Result<(), GraphError> {
        let start = u32::try_from(self.values.len()).map_err(|_| GraphError::TooLarge("derivations"))?;
        let values = further(&clauses[number]).map(|slot| row[slot]);
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
                if self.levels[known] == level && self.is_better(known, number, row, clauses, ranks, terms)? {
                    self.clauses[known] = number as u32;
                    self.starts[known] = start;
                    self.values.extend(values);
                }
            }
        }
        Ok(())
    }

    /// Whether a derivation comes before the one that is kept: by the rule's name, then by the premises in the order in
    /// which the rule has them, each by the N-Triples of its terms.
    fn is_better(
        &self,
        known: usize,
        number: usize,
        row: &[Id],
        clauses: &[Clause],
        ranks: &mut TermOrder,
        terms: &Terms<'_>,
    ) -> Result<bool, GraphError> {
        let kept = &clauses[self.clause(known)];
        let other = &clauses[number];
        match other.rule.cmp(&kept.rule) {
            Ordering::Equal => {}
            order => return Ok(order == Ordering::Less),
        }
        let order = ranks.compare(&other.premises(row), &kept.premises(&self.row(known, kept)), terms)?;
        Ok(order == Ordering::Less)
    }
}
