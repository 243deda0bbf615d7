//! GROUP BY and the aggregates.

use super::budget::{Budget, row_bytes};
use super::execution::Execution;
use super::expression::{Evaluated, Expr};
use super::order::compare_values;
use super::plan::{Aggregate, Slot};
use super::row_numbers::RowNumbers;
use super::strings::Concatenation;
use super::value::{Arithmetic, Value, average, calculate};
use crate::store::GraphError;
use crate::store::compiled::{FIRST_COMPUTED, Id};
use rustc_hash::FxHashSet;
use spargebra::algebra::AggregateFunction;
use std::cmp::Ordering;

/// The groups of GROUP BY, in the order of their first rows.
pub(super) struct Groups<'a> {
    keys: &'a [Slot],
    aggregates: &'a [(Slot, Aggregate)],
    numbers: RowNumbers,
    all: Vec<Group>,
    values: RecentValues,
}

struct Group {
    key: Box<[Id]>,
    /// The state of each aggregate, with the values that DISTINCT has seen.
    states: Vec<(Accumulator, FxHashSet<Id>)>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(keys: &'a [Slot], aggregates: &'a [(Slot, Aggregate)]) -> Self {
        let mut groups = Self {
            keys,
            aggregates,
            numbers: RowNumbers::new(keys.len()),
            all: Vec::new(),
            values: RecentValues::default(),
        };
        // Without keys there is one group, even if there are no rows.
        if keys.is_empty() {
            groups.push_state(Box::default());
        }
        groups
    }

    fn push(&mut self, key: Box<[Id]>, budget: &Budget) -> Result<(), GraphError> {
        let states = self.aggregates.len() * size_of::<(Accumulator, FxHashSet<Id>)>();
        budget.reserve(row_bytes(key.len()) + states + size_of::<Group>())?;
        self.push_state(key);
        Ok(())
    }

    fn push_state(&mut self, key: Box<[Id]>) {
        let states = self.aggregates.iter().map(|(_, a)| (a.initial.clone(), FxHashSet::default())).collect();
        self.all.push(Group { key, states });
    }

    /// Adds a row `count` times. `slots` are those that `COUNT(DISTINCT *)` compares.
    pub(super) fn add(
        &mut self,
        row: &[Id],
        count: u64,
        execution: &mut Execution,
        slots: &[Slot],
    ) -> Result<(), GraphError> {
        let index = match self.keys {
            [] => 0,
            keys => {
                let (number, is_new) = self.numbers.number(row, keys, &execution.budget)?;
                if is_new {
                    self.push(keys.iter().map(|slot| row[*slot]).collect(), &execution.budget)?;
                }
                number as usize
            }
        };
        let values = &mut self.values;
        for ((state, seen), (_, aggregate)) in self.all[index].states.iter_mut().zip(self.aggregates) {
            match &aggregate.expr {
                None => state.add_row(row, count, slots, &execution.budget)?,
                Some(expr) if aggregate.distinct => match expr.id(execution, row)? {
                    Some(id) if !seen.insert(id) => {}
                    _ => {
                        execution.budget.reserve(3 * size_of::<Id>())?;
                        state.add(aggregate, row, 1, values, execution)?;
                    }
                },
                Some(_) => state.add(aggregate, row, count, values, execution)?,
            }
        }
        Ok(())
    }

    /// A row for each group: its key, then its aggregates.
    pub(super) fn finish(self, execution: &mut Execution) -> Result<Vec<Vec<Id>>, GraphError> {
        let mut rows = Vec::with_capacity(self.all.len());
        for Group { key, states } in self.all {
            execution.budget.check()?;
            let mut row = key.into_vec();
            for (state, _) in states {
                row.push(match state.finish() {
                    Some(result) => result.into_id(execution)?,
                    None => 0,
                });
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

/// How many values are kept.
const RECENT_VALUES: usize = 256;

/// Values that were decoded recently, by the last bits of their ids. Numbers and dates of many rows are often the same few.
#[derive(Default)]
struct RecentValues {
    known: Vec<Option<Evaluated>>,
    /// The last value that is not a term of the graph.
    computed: Option<Evaluated>,
}

impl RecentValues {
    fn of(&mut self, expr: &Expr, execution: &mut Execution, row: &[Id]) -> Result<Option<&Evaluated>, GraphError> {
        let id = expr.known_id(execution, row)?.filter(|id| *id < FIRST_COMPUTED);
        let Some(id) = id else {
            self.computed = expr.evaluate(execution, row)?;
            return Ok(self.computed.as_ref());
        };
        if self.known.is_empty() {
            self.known.resize(RECENT_VALUES, None);
        }
        let recent = &mut self.known[id as usize % RECENT_VALUES];
        if recent.as_ref().is_none_or(|recent| recent.id != id) {
            *recent = expr.evaluate(execution, row)?;
        }
        Ok(recent.as_ref())
    }
}

/// The state of an aggregate for one group. A result of `None` is an error.
#[derive(Clone)]
pub(super) enum Accumulator {
    Count(u64),
    CountDistinctRows(RowNumbers),
    Sum {
        sum: Option<Value>,
        count: u64,
        is_average: bool,
    },
    /// The least or the greatest value, whichever is `preferred`.
    Extreme {
        best: Option<Evaluated>,
        preferred: Ordering,
        failed: bool,
    },
    Sample(Option<Evaluated>),
    Concat(Concatenation),
}

impl Accumulator {
    /// The state of an empty group. There are no custom aggregates.
    pub(super) fn new(function: &AggregateFunction) -> Self {
        let sum = |is_average| Self::Sum { sum: Some(Value::IntegerLiteral(0.into())), count: 0, is_average };
        let extreme = |preferred| Self::Extreme { best: None, preferred, failed: false };
        match function {
            AggregateFunction::Count => Self::Count(0),
            AggregateFunction::Sum => sum(false),
            AggregateFunction::Avg => sum(true),
            AggregateFunction::Min => extreme(Ordering::Less),
            AggregateFunction::Max => extreme(Ordering::Greater),
            AggregateFunction::Sample | AggregateFunction::Custom(_) => Self::Sample(None),
            AggregateFunction::GroupConcat { separator } => {
                Self::Concat(Concatenation::new(separator.clone().unwrap_or_else(|| " ".to_owned())))
            }
        }
    }

    pub(super) fn count_distinct_rows() -> Self {
        Self::CountDistinctRows(RowNumbers::new(0))
    }

    fn add_row(&mut self, row: &[Id], times: u64, slots: &[Slot], budget: &Budget) -> Result<(), GraphError> {
        match self {
            Self::Count(count) => *count = count.saturating_add(times),
            Self::CountDistinctRows(seen) => drop(seen.insert(row, slots, budget)?),
            _ => {}
        }
        Ok(())
    }

    fn add(
        &mut self,
        aggregate: &Aggregate,
        row: &[Id],
        times: u64,
        values: &mut RecentValues,
        execution: &mut Execution,
    ) -> Result<(), GraphError> {
        let Some(expr) = &aggregate.expr else { return Ok(()) };
        match self {
            Self::Count(count) => {
                if expr.has_value(execution, row)? {
                    *count = count.saturating_add(times);
                }
            }
            Self::CountDistinctRows(..) => {}
            Self::Sum { sum, count, .. } => {
                let added = values.of(expr, execution, row)?;
                for _ in 0..times {
                    execution.budget.check()?;
                    let numbers = sum.as_ref().zip(added);
                    *sum = numbers.and_then(|(sum, added)| calculate(Arithmetic::Add, sum, &added.value));
                    if sum.is_none() {
                        break;
                    }
                }
                *count = count.saturating_add(times);
            }
            Self::Extreme { best, preferred, failed } => {
                if *failed {
                    return Ok(());
                }
                let Some(new) = values.of(expr, execution, row)? else {
                    (*failed, *best) = (true, None);
                    return Ok(());
                };
                let order = match best {
                    None => *preferred,
                    Some(known) if known.id != 0 && known.id == new.id => Ordering::Equal,
                    Some(known) => match compare_values(Some(&new.value), Some(&known.value)) {
                        // The terms decide between equal values.
                        Ordering::Equal => new.compare_terms(known, execution)?,
                        order => order,
                    },
                };
                if order == *preferred {
                    *best = Some(new.clone());
                }
            }
            Self::Sample(sample) => {
                if sample.is_none() {
                    *sample = expr.evaluate(execution, row)?;
                }
            }
            Self::Concat(so_far) => {
                let value = expr.value(execution, row)?;
                for _ in 0..times {
                    let before = so_far.len();
                    so_far.add(value.as_ref(), &|bytes| execution.budget.allow_string(bytes))?;
                    // The string grows by doubling.
                    execution.budget.reserve(2 * so_far.len().saturating_sub(before))?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Option<Evaluated> {
        let value = match self {
            Self::Extreme { best: result, .. } | Self::Sample(result) => return result,
            Self::Count(count) => Value::IntegerLiteral(i64::try_from(count).ok()?.into()),
            Self::CountDistinctRows(seen) => Value::IntegerLiteral(i64::try_from(seen.len()).ok()?.into()),
            Self::Sum { sum, count, is_average: true, .. } => average(&sum?, count)?,
            Self::Sum { sum, .. } => sum?,
            Self::Concat(so_far) => so_far.finish()?,
        };
        Some(Evaluated { value, id: 0 })
    }
}
