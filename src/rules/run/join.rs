//! Matching the patterns of a clause, one after the other.

use super::clause::{Condition, Place, Places, under};
use super::facts::{Facts, Generation};
use super::fixpoint::MAX_TERM_BYTES;
use super::terms::Terms;
use crate::rules::rule::Slot;
use crate::store::{GraphError, Id};
use spareval::QueryEvaluator;
use std::collections::BTreeSet;

/// What is done next for a row of values.
enum Step {
    /// Match a triple pattern.
    Match(Places, Generation),
    /// Take the rows of a table, by its number.
    Table(usize),
    /// Compute a value, by its number.
    Bind(usize),
    /// Hold an expression against the row, by its number.
    Test(usize),
    /// Look whether something is not there, by its number.
    Absent(usize, Plan),
}

/// The order in which the parts of a condition are gone through.
pub(in crate::rules) struct Plan(Vec<Step>);

/// Which triples each pattern is matched with: those of a round, where one pattern must match something new.
#[derive(Clone, Copy, Debug)]
pub(in crate::rules) enum Delta {
    /// All patterns are matched with all triples.
    None,
    /// The pattern with this number is matched with what is new, those before it with what is old.
    At(usize),
}

impl Delta {
    fn of(self, atom: usize) -> Generation {
        match self {
            Self::At(at) if atom < at => Generation::Old,
            Self::At(at) if atom == at => Generation::New,
            Self::None | Self::At(_) => Generation::All,
        }
    }
}

impl Plan {
    /// Puts the open patterns of a condition in order: first the one that must match something new, then always the one with
    /// the most components known, and of those the one with the fewest triples. What can be computed or tested is, at once.
    pub(in crate::rules) fn new(
        condition: &Condition,
        open: impl Iterator<Item = usize>,
        delta: Delta,
        known: impl Iterator<Item = Slot>,
        facts: &Facts<'_>,
    ) -> Result<Self, GraphError> {
        let pending = Pending::of(condition);
        let mut planner = Planner { condition, facts, known: known.collect(), steps: Vec::new(), pending };
        let mut open: Vec<usize> = open.collect();
        planner.settle();
        while !open.is_empty() {
            let next = match delta {
                Delta::At(at) if open.contains(&at) => at,
                _ => planner.best(&open)?,
            };
            open.retain(|at| *at != next);
            planner.steps.push(Step::Match(condition.atoms[next], delta.of(next)));
            planner.known.extend(condition.atoms[next].iter().filter_map(|place| place.slot()));
            planner.settle();
        }
        planner.finish()
    }
}

/// What is still to be done besides matching.
struct Pending {
    tables: Vec<usize>,
    binds: Vec<usize>,
    tests: Vec<usize>,
}

impl Pending {
    fn of(condition: &Condition) -> Self {
        Self {
            tables: (0..condition.tables.len()).collect(),
            binds: (0..condition.binds.len()).collect(),
            tests: (0..condition.tests.len()).collect(),
        }
    }
}

struct Planner<'a, 'b> {
    condition: &'a Condition,
    facts: &'a Facts<'b>,
    known: BTreeSet<Slot>,
    steps: Vec<Step>,
    pending: Pending,
}

impl Planner<'_, '_> {
    /// The pattern to match next.
    fn best(&self, open: &[usize]) -> Result<usize, GraphError> {
        let mut best = None;
        for at in open {
            let places = self.condition.atoms[*at];
            let is_known = |place: super::clause::Place| place.slot().is_none_or(|slot| self.known.contains(&slot));
            let known = places.iter().filter(|place| is_known(**place)).count();
            // A subject or an object tells more than a predicate.
            let ends = usize::from(is_known(places[0])) + usize::from(is_known(places[2]));
            let predicate = match places[1] {
                Place::Id(id) => Some(id),
                Place::Slot(_) => None,
            };
            let key = (std::cmp::Reverse((ends, known)), self.facts.count(predicate)?, *at);
            if best.as_ref().is_none_or(|(kept, _)| key < *kept) {
                best = Some((key, *at));
            }
        }
        Ok(best.map_or(open[0], |(_, at)| at))
    }

    /// Adds what can be done with the values that are known.
    fn settle(&mut self) {
        let condition = self.condition;
        let ever = condition.bound();
        // What never gets a value need not be waited for.
        let ready = |slots: &[Slot], known: &BTreeSet<Slot>| {
            slots.iter().all(|slot| known.contains(slot) || !ever.contains(slot))
        };
        for table in std::mem::take(&mut self.pending.tables) {
            self.steps.push(Step::Table(table));
            self.known.extend(&condition.tables[table].0);
        }
        while let Some(at) =
            self.pending.binds.iter().position(|bind| ready(&condition.binds[*bind].1.slots, &self.known))
        {
            let bind = self.pending.binds.remove(at);
            self.steps.push(Step::Bind(bind));
            self.known.insert(condition.binds[bind].0);
        }
        let (steps, known) = (&mut self.steps, &self.known);
        self.pending.tests.retain(|test| {
            let now = ready(&condition.tests[*test].slots, known);
            if now {
                steps.push(Step::Test(*test));
            }
            !now
        });
    }

    fn finish(mut self) -> Result<Plan, GraphError> {
        // Values that depend on each other in a circle are computed as far as they can be.
        self.steps.extend(self.pending.binds.iter().copied().map(Step::Bind));
        self.steps.extend(self.pending.tests.iter().copied().map(Step::Test));
        for (number, absent) in self.condition.absent.iter().enumerate() {
            let all = 0..absent.atoms.len();
            let plan = Plan::new(absent, all, Delta::None, self.known.iter().copied(), self.facts)?;
            self.steps.push(Step::Absent(number, plan));
        }
        Ok(Plan(self.steps))
    }
}

/// Finds the solutions of conditions.
pub(in crate::rules) struct Join<'a, 'b> {
    /// What patterns are matched with.
    pub(in crate::rules) facts: &'a Facts<'b>,
    /// What must not match is held against these: all that earlier strata derived, whatever the round.
    pub(in crate::rules) complete: &'a Facts<'b>,
    pub(in crate::rules) evaluator: &'a QueryEvaluator,
}

/// What is done with each solution.
pub(in crate::rules) type Each<'a, E> = dyn FnMut(&[Id], &mut Terms<'_>) -> Result<(), Stop<E>> + 'a;

/// Why a search was given up.
pub(in crate::rules) enum Stop<E> {
    /// Enough was found.
    Enough,
    /// Something failed.
    Failed(E),
}

impl<E> From<GraphError> for Stop<E>
where
    E: From<GraphError>,
{
    fn from(error: GraphError) -> Self {
        Self::Failed(error.into())
    }
}

impl Join<'_, '_> {
    /// Hands out the solutions, as rows of values, until `each` has had enough or fails.
    pub(in crate::rules) fn solutions<E: From<GraphError>>(
        &self,
        condition: &Condition,
        plan: &Plan,
        row: &mut Vec<Id>,
        terms: &mut Terms<'_>,
        each: &mut Each<'_, E>,
    ) -> Result<(), Stop<E>> {
        self.step(condition, &plan.0, row, terms, each)
    }

    fn step<E: From<GraphError>>(
        &self,
        condition: &Condition,
        steps: &[Step],
        row: &mut Vec<Id>,
        terms: &mut Terms<'_>,
        each: &mut Each<'_, E>,
    ) -> Result<(), Stop<E>> {
        let Some((step, rest)) = steps.split_first() else { return each(row, terms) };
        match step {
            Step::Match(places, extent) => {
                let pattern = under(*places, row).map(|id| Some(id).filter(|id| *id != 0));
                let mut matched = |triple: [Id; 3]| {
                    let before = places.map(|place| place.under(row));
                    let fits = assign(*places, triple, row);
                    let result = match fits {
                        true => self.step(condition, rest, row, terms, each),
                        false => Ok(()),
                    };
                    for (place, id) in places.iter().zip(before) {
                        if let Some(slot) = place.slot() {
                            row[slot] = id;
                        }
                    }
                    result
                };
                self.facts.each(pattern, *extent, &mut matched)
            }
            Step::Table(table) => {
                let (slots, rows) = &condition.tables[*table];
                for values in rows {
                    let before: Vec<Id> = slots.iter().map(|slot| row[*slot]).collect();
                    let mut fits = true;
                    for (slot, value) in slots.iter().zip(values) {
                        fits &= row[*slot] == 0 || row[*slot] == *value;
                        row[*slot] = *value;
                    }
                    let result = if fits { self.step(condition, rest, row, terms, each) } else { Ok(()) };
                    for (slot, id) in slots.iter().zip(before) {
                        row[*slot] = id;
                    }
                    result?;
                }
                Ok(())
            }
            Step::Bind(bind) => {
                let (slot, formula) = &condition.binds[*bind];
                let before = row[*slot];
                let value = match formula.value(row, terms, self.evaluator)? {
                    Some(term) => terms.id(term)?,
                    None => 0,
                };
                if terms.made_bytes() > MAX_TERM_BYTES {
                    return Err(GraphError::TooLarge("the terms that rules make").into());
                }
                if value != 0 && before != 0 && value != before {
                    return Ok(());
                }
                if value != 0 {
                    row[*slot] = value;
                }
                let result = self.step(condition, rest, row, terms, each);
                row[*slot] = before;
                result
            }
            Step::Test(test) => match condition.tests[*test].holds(row, terms, self.evaluator)? {
                true => self.step(condition, rest, row, terms, each),
                false => Ok(()),
            },
            Step::Absent(number, plan) => {
                let complete = Join { facts: self.complete, ..*self };
                match complete.any(&condition.absent[*number], plan, row, terms)? {
                    true => Ok(()),
                    false => self.step(condition, rest, row, terms, each),
                }
            }
        }
    }

    /// Whether there is a solution.
    pub(in crate::rules) fn any<E: From<GraphError>>(
        &self,
        condition: &Condition,
        plan: &Plan,
        row: &mut Vec<Id>,
        terms: &mut Terms<'_>,
    ) -> Result<bool, Stop<E>> {
        let found = self.solutions::<E>(condition, plan, row, terms, &mut |_, _| Err(Stop::Enough));
        match found {
            Ok(()) => Ok(false),
            Err(Stop::Enough) => Ok(true),
            Err(failed) => Err(failed),
        }
    }
}

/// Gives the variables of a pattern the values of a triple; `false` where one has another value already.
fn assign(places: Places, triple: [Id; 3], row: &mut [Id]) -> bool {
    for (place, id) in places.iter().zip(triple) {
        match place {
            Place::Id(known) if *known != id => return false,
            Place::Id(_) => {}
            Place::Slot(slot) if row[*slot] != 0 && row[*slot] != id => return false,
            Place::Slot(slot) => row[*slot] = id,
        }
    }
    true
}
