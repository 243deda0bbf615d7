//! GROUP BY and the aggregates.

use super::budget::{Budget, row_bytes};
use super::execution::Execution;
use super::operator::DistinctRows;
use super::order::{compare_terms, compare_values};
use super::plan::{Aggregate, Slot};
use super::strings::Concatenation;
use super::value::{Arithmetic, Value, average, calculate, number_pair};
use crate::store::GraphError;
use crate::store::compiled::Id;
use oxigraph::model::Term;
use rustc_hash::{FxHashMap, FxHashSet};
use spargebra::algebra::AggregateFunction;
use std::cmp::Ordering;

/// The groups of GROUP BY, in the order of their first rows.
pub(super) struct Groups<'a> {
    keys: &'a [Slot],
    aggregates: &'a [(Slot, Aggregate)],
    /// The numbers of the groups by their key. A single key needs no allocation for each row.
    by_single_key: FxHashMap<Id, usize>,
    by_key: FxHashMap<Box<[Id]>, usize>,
    all: Vec<Group>,
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
            by_single_key: FxHashMap::default(),
            by_key: FxHashMap::default(),
            all: Vec::new(),
        };
        // Without keys there is one group, even if there are no rows.
        if keys.is_empty() {
            groups.push_state(Box::default());
        }
        groups
    }

    fn push(&mut self, key: Box<[Id]>, budget: &Budget) -> Result<usize, GraphError> {
        let states = self.aggregates.len() * size_of::<(Accumulator, FxHashSet<Id>)>();
        budget.reserve(2 * row_bytes(key.len()) + states + size_of::<Group>())?;
        Ok(self.push_state(key))
    }

    fn push_state(&mut self, key: Box<[Id]>) -> usize {
        let states = self.aggregates.iter().map(|(_, a)| (a.initial.clone(), FxHashSet::default())).collect();
        self.all.push(Group { key, states });
        self.all.len() - 1
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
            [key] => match self.by_single_key.get(&row[*key]) {
                Some(index) => *index,
                None => {
                    let index = self.push(Box::new([row[*key]]), &execution.budget)?;
                    self.by_single_key.insert(row[*key], index);
                    index
                }
            },
            keys => {
                let key: Box<[Id]> = keys.iter().map(|slot| row[*slot]).collect();
                match self.by_key.get(&key) {
                    Some(index) => *index,
                    None => {
                        let index = self.push(key.clone(), &execution.budget)?;
                        self.by_key.insert(key, index);
                        index
                    }
                }
            }
        };
        for ((state, seen), (_, aggregate)) in self.all[index].states.iter_mut().zip(self.aggregates) {
            match &aggregate.expr {
                None => state.add_row(row, count, slots, &execution.budget)?,
                Some(expr) if aggregate.distinct => match expr.id(execution, row)? {
                    Some(id) if !seen.insert(id) => {}
                    _ => {
                        execution.budget.reserve(3 * size_of::<Id>())?;
                        state.add(aggregate, row, 1, execution)?;
                    }
                },
                Some(_) => state.add(aggregate, row, count, execution)?,
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
                    Some(value) => execution.id_of(Term::from(value))?,
                    None => 0,
                });
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

/// The state of an aggregate for one group. A result of `None` is an error.
#[derive(Clone)]
pub(super) enum Accumulator {
    Count(u64),
    CountDistinctRows(DistinctRows, u64),
    Sum {
        sum: Option<Value>,
        count: u64,
        is_average: bool,
    },
    /// The least or the greatest value, whichever is `preferred`, and the id of the last value that was compared.
    Extreme {
        best: Option<Value>,
        last: Id,
        preferred: Ordering,
        failed: bool,
    },
    Sample(Option<Value>),
    Concat(Concatenation),
}

impl Accumulator {
    /// The state of an empty group. There are no custom aggregates.
    pub(super) fn new(function: &AggregateFunction) -> Self {
        let sum = |is_average| Self::Sum { sum: Some(Value::IntegerLiteral(0.into())), count: 0, is_average };
        let extreme = |preferred| Self::Extreme { best: None, last: 0, preferred, failed: false };
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
        Self::CountDistinctRows(DistinctRows::new(0), 0)
    }

    fn add_row(&mut self, row: &[Id], times: u64, slots: &[Slot], budget: &Budget) -> Result<(), GraphError> {
        match self {
            Self::Count(count) => *count = count.saturating_add(times),
            Self::CountDistinctRows(seen, count) => *count += u64::from(seen.insert(row, slots, budget)?),
            _ => {}
        }
        Ok(())
    }

    fn add(
        &mut self,
        aggregate: &Aggregate,
        row: &[Id],
        times: u64,
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
                let value = expr.value(execution, row)?;
                for _ in 0..times {
                    execution.budget.check()?;
                    let numbers = sum.as_ref().zip(value.as_ref()).and_then(|(sum, value)| number_pair(sum, value));
                    *sum = numbers.and_then(|numbers| calculate(Arithmetic::Add, numbers));
                    if sum.is_none() {
                        break;
                    }
                }
                *count = count.saturating_add(times);
            }
            Self::Extreme { best, last, preferred, failed } => {
                let id = expr.known_id(execution, row)?;
                if *failed || (id.is_some() && id == Some(*last)) {
                    return Ok(());
                }
                *last = id.unwrap_or(0);
                match expr.value(execution, row)? {
                    None => (*failed, *best) = (true, None),
                    Some(value) => {
                        let (value, known) = (Some(value), best.as_ref());
                        let order =
                            || compare_values(value.as_ref(), known).then_with(|| compare_terms(value.as_ref(), known));
                        if known.is_none() || order() == *preferred {
                            *best = value;
                        }
                    }
                }
            }
            Self::Sample(sample) => {
                if sample.is_none() {
                    *sample = expr.value(execution, row)?;
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

    fn finish(self) -> Option<Value> {
        match self {
            Self::Count(count) | Self::CountDistinctRows(_, count) => {
                Some(Value::IntegerLiteral(i64::try_from(count).ok()?.into()))
            }
            Self::Sum { sum, count, is_average: true } => average(&sum?, count),
            Self::Sum { sum, .. } => sum,
            Self::Extreme { best, .. } => best,
            Self::Sample(sample) => sample,
            Self::Concat(so_far) => so_far.finish(),
        }
    }
}
