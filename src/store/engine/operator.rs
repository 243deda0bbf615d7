//! Runs operators over rows.

use super::aggregate::Groups;
use super::execution::Execution;
use super::pipeline::PipelineState;
use super::plan::{Operator, OperatorKind, Pipeline, PlannedStep, Slot, Step};
use super::row_numbers::RowNumbers;
use super::sort::Sorter;
use crate::store::GraphError;
use crate::store::compiled::Id;
use std::time::Duration;

/// The state of an operator while a query runs.
pub(super) struct OperatorState {
    /// How many rows it has produced.
    pub(super) rows: u64,
    /// Its own time, if it is measured. That of a pipeline is the time of its steps, which are measured instead.
    pub(super) time: Duration,
    pub(super) input: Option<Box<OperatorState>>,
    pub(super) kind: StateKind,
}

pub(super) enum StateKind {
    /// `count` is how many times the input produced the current row; 0 before the first row.
    Pipeline {
        state: PipelineState,
        count: u64,
    },
    /// The rows of an operator that has to read all of its input first, once it has.
    Rows(Option<std::vec::IntoIter<Vec<Id>>>),
    /// The distinct rows so far.
    Distinct(RowNumbers),
    Slice {
        skip: u64,
        remaining: u64,
    },
    Project,
}

impl OperatorState {
    pub(super) fn new(operator: &Operator) -> Self {
        let input = operator.input.as_ref().map(|input| Box::new(Self::new(input)));
        let kind = match &operator.kind {
            OperatorKind::Pipeline(pipeline) => StateKind::Pipeline { state: PipelineState::new(pipeline), count: 0 },
            OperatorKind::Group { .. } | OperatorKind::Sort { .. } => StateKind::Rows(None),
            OperatorKind::Distinct(slots) => StateKind::Distinct(RowNumbers::new(slots.len())),
            OperatorKind::Slice { start, length } => {
                StateKind::Slice { skip: *start as u64, remaining: length.map_or(u64::MAX, |length| length as u64) }
            }
            OperatorKind::Project(_) => StateKind::Project,
        };
        Self { rows: 0, time: Duration::ZERO, input, kind }
    }

    /// Puts the next row in `row`, which must be empty before the first call and unchanged between calls. Returns how many
    /// equal rows it stands for; 0 at the end.
    pub(super) fn next(
        &mut self,
        operator: &Operator,
        execution: &mut Execution,
        row: &mut Vec<Id>,
    ) -> Result<u64, GraphError> {
        let lap = match operator.kind {
            OperatorKind::Pipeline(_) | OperatorKind::Project(_) => None,
            _ => execution.stopwatch.start(),
        };
        let count = self.next_row(operator, execution, row)?;
        execution.stopwatch.stop(lap, &mut self.time);
        self.rows = self.rows.saturating_add(count);
        Ok(count)
    }

    fn next_row(
        &mut self,
        operator: &Operator,
        execution: &mut Execution,
        row: &mut Vec<Id>,
    ) -> Result<u64, GraphError> {
        let input = self.input.as_deref_mut().zip(operator.input.as_deref());
        match (&mut self.kind, &operator.kind, input) {
            (StateKind::Pipeline { state, .. }, OperatorKind::Pipeline(pipeline), None) => {
                state.next(pipeline, execution, row)
            }
            (StateKind::Pipeline { state, count }, OperatorKind::Pipeline(pipeline), Some((input, operator))) => loop {
                if *count > 0 {
                    let times = state.next(pipeline, execution, row)?;
                    if times > 0 {
                        return Ok(times);
                    }
                }
                *count = input.next(operator, execution, row)?;
                if *count == 0 {
                    return Ok(0);
                }
                state.restart(*count);
            },
            (StateKind::Rows(rows), OperatorKind::Group { keys, aggregates, slots }, Some((input, operator))) => {
                if rows.is_none() {
                    let mut groups = Groups::new(keys, aggregates);
                    while let count @ 1.. = input.next(operator, execution, row)? {
                        groups.add(row, count, execution, slots)?;
                    }
                    *rows = Some(groups.finish(execution)?.into_iter());
                }
                row.fill(0);
                execution.restore_context(row);
                let Some(values) = rows.as_mut().and_then(Iterator::next) else { return Ok(0) };
                let slots = keys.iter().copied().chain(aggregates.iter().map(|(slot, _)| *slot));
                slots.zip(values).for_each(|(slot, value)| row[slot] = value);
                Ok(1)
            }
            (StateKind::Rows(rows), OperatorKind::Sort { keys, limit }, Some((input, operator))) => {
                if rows.is_none() {
                    let mut sorter = Sorter::new(keys, *limit);
                    while let count @ 1.. = input.next(operator, execution, row)? {
                        sorter.add(row, count, execution)?;
                    }
                    *rows = Some(sorter.finish(execution)?.into_iter());
                }
                row.fill(0);
                execution.restore_context(row);
                let Some(values) = rows.as_mut().and_then(Iterator::next) else { return Ok(0) };
                row.copy_from_slice(&values);
                Ok(1)
            }
            (StateKind::Distinct(seen), OperatorKind::Distinct(slots), Some((input, operator))) => loop {
                if input.next(operator, execution, row)? == 0 {
                    return Ok(0);
                }
                if seen.insert(row, slots, &execution.budget)? {
                    return Ok(1);
                }
            },
            (StateKind::Slice { skip, remaining }, _, Some((input, operator))) => loop {
                if *remaining == 0 {
                    return Ok(0);
                }
                let count = input.next(operator, execution, row)?;
                if count == 0 {
                    return Ok(0);
                }
                let skipped = count.min(*skip);
                *skip -= skipped;
                let count = (count - skipped).min(*remaining);
                if count > 0 {
                    *remaining -= count;
                    return Ok(count);
                }
            },
            (StateKind::Project, _, Some((input, operator))) => input.next(operator, execution, row),
            _ => Err(GraphError::Corrupt("a plan runs with the state of another")),
        }
    }
}

impl Operator {
    pub(super) fn new(kind: OperatorKind, input: Self) -> Self {
        Self { kind, input: Some(Box::new(input)) }
    }

    pub(super) fn pipeline(pipeline: Pipeline) -> Self {
        Self { kind: OperatorKind::Pipeline(pipeline), input: None }
    }

    /// Whether it keeps no rows: each is extended by one pipeline, returned and forgotten.
    pub(super) fn keeps_no_rows(&self) -> bool {
        match &self.kind {
            OperatorKind::Pipeline(_) => self.input.is_none(),
            OperatorKind::Slice { .. } | OperatorKind::Project(_) => {
                self.input.as_ref().is_none_or(|input| input.keeps_no_rows())
            }
            OperatorKind::Group { .. } | OperatorKind::Sort { .. } | OperatorKind::Distinct(_) => false,
        }
    }

    /// The slots that its rows may bind, in ascending order.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let mut slots = Vec::new();
        self.add_slots(&mut slots);
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    fn add_slots(&self, slots: &mut Vec<Slot>) {
        match &self.kind {
            OperatorKind::Group { keys, aggregates, .. } => {
                slots.extend(keys);
                slots.extend(aggregates.iter().map(|(slot, _)| *slot));
                return;
            }
            OperatorKind::Project(projected) => return slots.extend(projected),
            OperatorKind::Pipeline(pipeline) => add_pipeline_slots(pipeline, slots),
            OperatorKind::Sort { .. } | OperatorKind::Distinct(_) | OperatorKind::Slice { .. } => {}
        }
        if let Some(input) = &self.input {
            input.add_slots(slots);
        }
    }
}

fn add_pipeline_slots(pipeline: &Pipeline, slots: &mut Vec<Slot>) {
    for PlannedStep { step, .. } in pipeline {
        slots.extend(step.pattern_slots());
        match step {
            Step::Bind { slot, .. } => slots.push(*slot),
            Step::Join { slots: joined, .. } => slots.extend(joined),
            Step::Union(branches) => branches.iter().for_each(|branch| add_pipeline_slots(branch, slots)),
            Step::Optional(pipeline) => add_pipeline_slots(pipeline, slots),
            _ => {}
        }
    }
}
