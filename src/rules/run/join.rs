//! Joins the patterns of a clause.

use super::clause::{Component, Condition, Pattern, instantiate};
use super::evaluation::Evaluation;
use super::facts::{Facts, Generation};
use super::terms::{CREATED_TERMS, Terms};
use crate::rules::MAX_TERM_BYTES;
use crate::rules::rule::Slot;
use crate::store::{GraphError, Id};
use std::collections::BTreeSet;

/// A step of a join.
enum Step {
    /// Match a triple pattern.
    Match(Pattern, Generation),
    /// Join the rows of a table, by its number.
    Table(usize),
    /// Compute a value, by its number.
    Bind(usize),
    /// Test an expression, by its number.
    Test(usize),
    /// Test that a condition has no solution, by its number.
    Absent(usize, Plan),
}

/// The steps of a join, in order.
struct Plan(Vec<Step>);

/// Which triples each pattern matches.
#[derive(Clone, Copy, Debug)]
pub(in crate::rules) enum Delta {
    /// All patterns match all triples.
    None,
    /// The pattern with this number matches new triples, and the ones before it old triples.
    At(usize),
}

impl Delta {
    fn generation(self, atom: usize) -> Generation {
        match self {
            Self::At(at) if atom < at => Generation::Old,
            Self::At(at) if atom == at => Generation::New,
            Self::None | Self::At(_) => Generation::All,
        }
    }
}

impl Plan {
    /// Orders the open patterns of a condition: first the one that must match a new triple, then those with the most known
    /// components, then those with the fewest triples. Values are computed and tested as early as possible.
    fn new(
        condition: &Condition,
        open: impl Iterator<Item = usize>,
        delta: Delta,
        known: impl Iterator<Item = Slot>,
        facts: &Facts<'_>,
    ) -> Result<Self, GraphError> {
        let mut planner = Planner {
            condition,
            facts,
            known: known.collect(),
            steps: (0..condition.tables.len()).map(Step::Table).collect(),
            binds: (0..condition.binds.len()).collect(),
            tests: (0..condition.tests.len()).collect(),
        };
        planner.known.extend(condition.tables.iter().flat_map(|(slots, _)| slots));
        let mut open: Vec<usize> = open.collect();
        planner.add_computable();
        while !open.is_empty() {
            let next = match delta {
                Delta::At(at) if open.contains(&at) => at,
                _ => planner.best(&open)?,
            };
            open.retain(|at| *at != next);
            planner.steps.push(Step::Match(condition.atoms[next], delta.generation(next)));
            planner.known.extend(condition.atoms[next].iter().filter_map(|component| component.slot()));
            planner.add_computable();
        }
        planner.finish()
    }
}

struct Planner<'a, 'b> {
    condition: &'a Condition,
    facts: &'a Facts<'b>,
    known: BTreeSet<Slot>,
    steps: Vec<Step>,
    /// The numbers of the binds and tests without a step.
    binds: Vec<usize>,
    tests: Vec<usize>,
}

impl Planner<'_, '_> {
    /// The pattern to match next.
    fn best(&self, open: &[usize]) -> Result<usize, GraphError> {
        let mut best = None;
        for at in open {
            let atom = self.condition.atoms[*at];
            let is_known = |component: Component| component.slot().is_none_or(|slot| self.known.contains(&slot));
            let known = atom.iter().filter(|component| is_known(**component)).count();
            // A subject or an object is more selective than a predicate.
            let ends = usize::from(is_known(atom[0])) + usize::from(is_known(atom[2]));
            let key = (std::cmp::Reverse((ends, known)), self.facts.count(atom[1].id())?, *at);
            if best.as_ref().is_none_or(|(known, _)| key < *known) {
                best = Some((key, *at));
            }
        }
        Ok(best.map_or(open[0], |(_, at)| at))
    }

    /// Adds the binds and tests that only need known values.
    fn add_computable(&mut self) {
        let condition = self.condition;
        let bound = condition.bound();
        // A slot that is never bound need not be known.
        let ready = |slots: &[Slot], known: &BTreeSet<Slot>| {
            slots.iter().all(|slot| known.contains(slot) || !bound.contains(slot))
        };
        while let Some(at) = self.binds.iter().position(|bind| ready(&condition.binds[*bind].1.slots, &self.known)) {
            let bind = self.binds.remove(at);
            self.steps.push(Step::Bind(bind));
            self.known.insert(condition.binds[bind].0);
        }
        let (steps, known) = (&mut self.steps, &self.known);
        self.tests.retain(|test| {
            let now = ready(&condition.tests[*test].slots, known);
            if now {
                steps.push(Step::Test(*test));
            }
            !now
        });
    }

    fn finish(mut self) -> Result<Plan, GraphError> {
        // Binds that depend on each other in a cycle are computed as far as possible.
        self.steps.extend(self.binds.iter().copied().map(Step::Bind));
        self.steps.extend(self.tests.iter().copied().map(Step::Test));
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
    /// The triples for patterns.
    pub(in crate::rules) facts: &'a Facts<'b>,
    /// The triples for negated patterns: all triples of earlier strata.
    pub(in crate::rules) complete: &'a Facts<'b>,
    pub(in crate::rules) evaluation: &'a Evaluation,
}

/// A callback that receives each solution.
pub(in crate::rules) type OnSolution<'a, E> = dyn FnMut(&[Id], &mut Terms<'_>) -> Result<(), Stop<E>> + 'a;

/// Why a search ended early.
pub(in crate::rules) enum Stop<E> {
    /// The callback needs no further solution.
    Enough,
    Failed(E),
}

impl<E: From<GraphError>> From<GraphError> for Stop<E> {
    fn from(error: GraphError) -> Self {
        Self::Failed(error.into())
    }
}

impl Join<'_, '_> {
    /// Calls `on_solution` with each solution of the open patterns of a condition that agrees with `row`. Returns whether it was
    /// called with all of them.
    pub(in crate::rules) fn for_each_solution<E: From<GraphError>>(
        &self,
        condition: &Condition,
        open: impl Iterator<Item = usize>,
        delta: Delta,
        row: &[Id],
        terms: &mut Terms<'_>,
        on_solution: &mut OnSolution<'_, E>,
    ) -> Result<bool, E> {
        let known = (0..row.len()).filter(|slot| row[*slot] != 0);
        let plan = Plan::new(condition, open, delta, known, self.facts)?;
        match self.solutions(condition, &plan.0, &mut row.to_vec(), terms, on_solution) {
            Ok(()) => Ok(true),
            Err(Stop::Enough) => Ok(false),
            Err(Stop::Failed(e)) => Err(e),
        }
    }

    /// Calls `on_solution` with the row of each solution until it returns an error.
    fn solutions<E: From<GraphError>>(
        &self,
        condition: &Condition,
        steps: &[Step],
        row: &mut Vec<Id>,
        terms: &mut Terms<'_>,
        on_solution: &mut OnSolution<'_, E>,
    ) -> Result<(), Stop<E>> {
        let Some((step, rest)) = steps.split_first() else { return on_solution(row, terms) };
        match step {
            Step::Match(pattern, generation) => {
                let ids = instantiate(*pattern, row).map(|id| Some(id).filter(|id| *id != 0));
                let mut matched = |triple: [Id; 3]| {
                    self.evaluation.count_rows(1)?;
                    let before = pattern.map(|component| component.value(row));
                    let fits = assign(*pattern, triple, row);
                    let result = if fits { self.solutions(condition, rest, row, terms, on_solution) } else { Ok(()) };
                    for (component, id) in pattern.iter().zip(before) {
                        if let Some(slot) = component.slot() {
                            row[slot] = id;
                        }
                    }
                    result
                };
                self.facts.each(ids, *generation, &mut matched)
            }
            Step::Table(table) => {
                let (slots, rows) = &condition.tables[*table];
                for values in rows {
                    self.evaluation.count_rows(1)?;
                    let before: Vec<Id> = slots.iter().map(|slot| row[*slot]).collect();
                    let mut fits = true;
                    for (slot, value) in slots.iter().zip(values) {
                        fits &= row[*slot] == 0 || row[*slot] == *value;
                        row[*slot] = *value;
                    }
                    let result = if fits { self.solutions(condition, rest, row, terms, on_solution) } else { Ok(()) };
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
                let value = match formula.value(row, terms, self.evaluation)? {
                    Some(term) => terms.id(term)?,
                    None => 0,
                };
                if terms.created_bytes() > MAX_TERM_BYTES {
                    return Err(GraphError::TooLarge(CREATED_TERMS).into());
                }
                if value != 0 && before != 0 && value != before {
                    return Ok(());
                }
                if value != 0 {
                    row[*slot] = value;
                }
                let result = self.solutions(condition, rest, row, terms, on_solution);
                row[*slot] = before;
                result
            }
            Step::Test(test) => match condition.tests[*test].holds(row, terms, self.evaluation)? {
                true => self.solutions(condition, rest, row, terms, on_solution),
                false => Ok(()),
            },
            Step::Absent(number, plan) => {
                let complete = Join { facts: self.complete, ..*self };
                let absent = &condition.absent[*number];
                match complete.solutions::<E>(absent, &plan.0, row, terms, &mut |_, _| Err(Stop::Enough)) {
                    Ok(()) => self.solutions(condition, rest, row, terms, on_solution),
                    Err(Stop::Enough) => Ok(()),
                    failed => failed,
                }
            }
        }
    }
}

/// Binds the variables of a pattern to a triple. Returns whether the triple fits the values that are bound already.
fn assign(pattern: Pattern, triple: [Id; 3], row: &mut [Id]) -> bool {
    for (component, id) in pattern.iter().zip(triple) {
        match component {
            Component::Id(known) if *known != id => return false,
            Component::Id(_) => {}
            Component::Slot(slot) if row[*slot] != 0 && row[*slot] != id => return false,
            Component::Slot(slot) => row[*slot] = id,
        }
    }
    true
}
