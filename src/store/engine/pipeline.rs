//! Runs the steps of a pipeline: depth first, one row at a time.

use super::edges::Edges;
use super::execution::Execution;
use super::expression::Expr;
use super::join_table::JoinTable;
use super::nodes::{IntoNodes, Nodes};
use super::operator::OperatorState;
use super::path::{End, Path};
use super::plan::{Context, NO_TERM, Operator, PatternTerm, Pipeline, PlannedStep, Slot, Step, TableIndex};
use super::scan::{TripleScan, TripleTermScan};
use crate::store::GraphError;
use crate::store::compiled::{FIRST_COMPUTED, Id};
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

/// The state of a pipeline while a query runs.
pub(super) struct PipelineState {
    /// Those of filters after another step stay closed.
    steps: Vec<StepState>,
    /// How many steps are open; the last of them produces the next row.
    depth: usize,
    /// How many rows each step has produced.
    pub(super) rows: Vec<u64>,
    /// The time of each step, if it is measured.
    pub(super) times: Vec<Duration>,
    started: bool,
    /// How many equal rows the input row of each step stands for.
    counts: Vec<u64>,
    /// The last value that each filter with a memo has tested, and the result.
    memos: Vec<(Option<Id>, bool)>,
}

enum StepState {
    Closed,
    Scan(TripleScan),
    TermScan(TripleTermScan),
    /// The row itself, this many times.
    Row(u64),
    /// A slot that was bound when there were `computed` terms. It is unbound when the row has been extended.
    Bound {
        slot: Slot,
        done: bool,
        computed: usize,
    },
    /// The remaining solutions that get a number.
    Solutions {
        slot: Slot,
        remaining: u64,
    },
    /// The remaining values of a variable.
    Values {
        variable: PatternTerm,
        values: IntoNodes,
    },
    /// The remaining start nodes of a path, and the remaining end nodes of the current one.
    PathPairs {
        starts: IntoNodes,
        start: Id,
        ends: IntoNodes,
    },
    /// The remaining rows of VALUES or of a join table, and the slots that the current one has bound.
    Rows {
        source: RowSource,
        rows: Range<usize>,
        bound: Vec<Slot>,
    },
    Union {
        branches: Vec<PipelineState>,
        current: usize,
    },
    Optional {
        state: Box<PipelineState>,
        progress: OptionalProgress,
        /// How many equal rows the row stands for.
        count: u64,
    },
}

enum RowSource {
    Values,
    Table(Rc<JoinTable>),
}

#[derive(PartialEq, Eq)]
enum OptionalProgress {
    Unmatched,
    Matched,
    Done,
}

impl PipelineState {
    pub(super) fn new(pipeline: &Pipeline) -> Self {
        let length = pipeline.len();
        Self {
            steps: (0..length).map(|_| StepState::Closed).collect(),
            depth: 0,
            rows: vec![0; length],
            times: vec![Duration::ZERO; length],
            started: false,
            counts: vec![1; length + 1],
            memos: vec![(None, false); length],
        }
    }

    /// Starts again, with another row that stands for some equal ones.
    pub(super) fn restart(&mut self, count: u64) {
        self.depth = 0;
        self.started = false;
        self.counts[0] = count;
    }

    /// The states of the pipelines inside a step.
    pub(super) fn nested(&self, step: usize) -> Vec<&Self> {
        match self.steps.get(step) {
            Some(StepState::Union { branches, .. }) => branches.iter().collect(),
            Some(StepState::Optional { state, .. }) => vec![state],
            _ => Vec::new(),
        }
    }

    /// Extends the row to the next one at the end of the pipeline. Returns how many equal rows it stands for; 0 at the end,
    /// when the row is as it was at the start.
    pub(super) fn next(
        &mut self,
        pipeline: &Pipeline,
        execution: &mut Execution,
        row: &mut [Id],
    ) -> Result<u64, GraphError> {
        if !self.started {
            self.started = true;
            if pipeline.is_empty() {
                return Ok(self.counts[0]);
            }
            self.open_timed(pipeline, execution, row, 0)?;
            self.depth = 1;
        }
        while self.depth > 0 {
            execution.budget.check()?;
            let level = self.depth - 1;
            let lap = execution.stopwatch.start();
            let count = self.advance(&pipeline[level].step, execution, row, level)?;
            execution.stopwatch.stop(lap, &mut self.times[level]);
            if count == 0 {
                self.depth -= 1;
                continue;
            }
            // A count that does not fit must not wrap around to few rows, or none.
            let count = count.saturating_mul(self.counts[level]);
            self.rows[level] = self.rows[level].saturating_add(count);
            let Some(next) = self.pass_filters(pipeline, execution, row, level, count)? else { continue };
            if next == pipeline.len() {
                return Ok(count);
            }
            self.counts[next] = count;
            self.open_timed(pipeline, execution, row, next)?;
            self.depth = next + 1;
        }
        Ok(0)
    }

    /// Tests a row by the filters that directly follow a step. Returns the step after them; `None` if the row does not pass.
    fn pass_filters(
        &mut self,
        pipeline: &Pipeline,
        execution: &mut Execution,
        row: &[Id],
        level: usize,
        count: u64,
    ) -> Result<Option<usize>, GraphError> {
        let mut next = level + 1;
        while let Some(PlannedStep { step: Step::Filter { expr, memo }, .. }) = pipeline.get(next) {
            let lap = execution.stopwatch.start();
            let holds = self.holds(expr, *memo, execution, row, next)?;
            execution.stopwatch.stop(lap, &mut self.times[next]);
            if !holds {
                if let (Some(slot), StepState::Scan(scan)) = (memo, &mut self.steps[level]) {
                    scan.skip_equal(*slot, &execution.graph)?;
                }
                return Ok(None);
            }
            self.rows[next] = self.rows[next].saturating_add(count);
            next += 1;
        }
        Ok(Some(next))
    }

    /// Whether a row passes a filter.
    fn holds(
        &mut self,
        expr: &Expr,
        memo: Option<Slot>,
        execution: &mut Execution,
        row: &[Id],
        level: usize,
    ) -> Result<bool, GraphError> {
        // The id of a computed term may be that of another term the next time.
        let id = memo.map(|slot| row[slot]).filter(|id| *id < FIRST_COMPUTED);
        if let (last @ Some(_), holds) = self.memos[level]
            && last == id
        {
            return Ok(holds);
        }
        let computed = execution.computed.len();
        let holds = expr.effective_boolean(execution, row)? == Some(true);
        self.memos[level] = (id, holds);
        execution.drop_computed(computed);
        Ok(holds)
    }

    fn open_timed(
        &mut self,
        pipeline: &Pipeline,
        execution: &mut Execution,
        row: &mut [Id],
        level: usize,
    ) -> Result<(), GraphError> {
        let lap = execution.stopwatch.start();
        self.open(pipeline, execution, row, level)?;
        execution.stopwatch.stop(lap, &mut self.times[level]);
        Ok(())
    }

    fn open(
        &mut self,
        pipeline: &Pipeline,
        execution: &mut Execution,
        row: &mut [Id],
        level: usize,
    ) -> Result<(), GraphError> {
        let graph = &execution.graph;
        let previous = std::mem::replace(&mut self.steps[level], StepState::Closed);
        self.steps[level] = match &pipeline[level].step {
            Step::Triple { terms: [s, PatternTerm::Constant(predicate), o], by_subject: true, .. } => {
                StepState::Scan(TripleScan::by_subject(graph, *s, *predicate, *o))
            }
            Step::Triple { terms, graph: name, used, .. } => {
                StepState::Scan(TripleScan::new(graph, *terms, *name, *used, row)?)
            }
            Step::TripleTerm { term, components } => {
                StepState::TermScan(TripleTermScan::new(graph, *term, *components, row)?)
            }
            Step::Path { subject, path, object, graph, .. } => {
                let graph = graph.map(|graph| graph.id(row).unwrap_or(NO_TERM));
                open_path(Edges { execution, graph }, *subject, path, *object, row)?
            }
            Step::NamedGraphs(slot) => {
                let names = graph.named().graphs()?;
                match row[*slot] {
                    0 => {
                        let mut values = Nodes::new(&execution.budget);
                        names.into_iter().try_for_each(|name| values.push(name))?;
                        StepState::Values { variable: PatternTerm::Slot(*slot), values: values.into_iter() }
                    }
                    bound => StepState::Row(u64::from(names.contains(&bound))),
                }
            }
            // Only the first step of a pipeline is opened if it is a filter.
            Step::Filter { expr, memo } => StepState::Row(u64::from(self.holds(expr, *memo, execution, row, level)?)),
            Step::Bind { slot, expr } => {
                let computed = execution.computed.len();
                match (expr.id(execution, row)?, row[*slot]) {
                    (Some(id), 0) => {
                        row[*slot] = id;
                        StepState::Bound { slot: *slot, done: false, computed }
                    }
                    (value, bound) => {
                        execution.drop_computed(computed);
                        StepState::Row(u64::from(value.is_none_or(|id| id == bound)))
                    }
                }
            }
            Step::Solution(slot) => {
                let remaining = std::mem::replace(&mut self.counts[level], 1);
                StepState::Solutions { slot: *slot, remaining }
            }
            Step::Values { rows, .. } => {
                StepState::Rows { source: RowSource::Values, rows: 0..rows.len(), bound: Vec::new() }
            }
            Step::Union(pipelines) => {
                let mut branches = match previous {
                    StepState::Union { branches, .. } => branches,
                    _ => pipelines.iter().map(Self::new).collect(),
                };
                let count = std::mem::replace(&mut self.counts[level], 1);
                for branch in &mut branches {
                    branch.restart(count);
                }
                StepState::Union { branches, current: 0 }
            }
            Step::Optional(pipeline) => {
                let mut state = match previous {
                    StepState::Optional { state, .. } => state,
                    _ => Box::new(Self::new(pipeline)),
                };
                let count = std::mem::replace(&mut self.counts[level], 1);
                state.restart(count);
                StepState::Optional { state, progress: OptionalProgress::Unmatched, count }
            }
            Step::Join { table, operator, keys, context, .. } => {
                let table = join_table(*table, operator, keys, context, execution, row)?;
                let rows = table.candidates(row);
                StepState::Rows { source: RowSource::Table(table), rows, bound: Vec::new() }
            }
            Step::Minus { table, operator, slots, keys, context } => {
                let table = join_table(*table, operator, keys, context, execution, row)?;
                StepState::Row(u64::from(!table.has_compatible(row, slots)))
            }
        };
        Ok(())
    }

    /// The next row of a step, or 0.
    fn advance(
        &mut self,
        step: &Step,
        execution: &mut Execution,
        row: &mut [Id],
        level: usize,
    ) -> Result<u64, GraphError> {
        match &mut self.steps[level] {
            StepState::Closed => Ok(0),
            StepState::Scan(scan) => scan.next(&execution.graph, row),
            StepState::TermScan(scan) => scan.next(&execution.graph, row),
            StepState::Row(count) => Ok(std::mem::take(count)),
            StepState::Bound { slot, done, computed } => {
                if *done {
                    row[*slot] = 0;
                    execution.drop_computed(*computed);
                }
                Ok(u64::from(!std::mem::replace(done, true)))
            }
            StepState::Solutions { slot, remaining } => {
                let is_next = *remaining > 0;
                *remaining = remaining.saturating_sub(1);
                row[*slot] = if is_next { execution.number_solution() } else { 0 };
                Ok(u64::from(is_next))
            }
            StepState::Values { variable, values } => {
                let value = values.next();
                variable.set(row, value.unwrap_or(0));
                Ok(u64::from(value.is_some()))
            }
            StepState::PathPairs { starts, start, ends } => {
                let Step::Path { subject, path, object, graph, .. } = step else { return Ok(0) };
                let graph = graph.map(|graph| graph.id(row).unwrap_or(NO_TERM));
                let edges = Edges { execution, graph };
                loop {
                    // Both ends of the path may be the same variable.
                    if let Some(end) = ends.find(|end| subject != object || end == start) {
                        subject.set(row, *start);
                        object.set(row, end);
                        return Ok(1);
                    }
                    let Some(next) = starts.next() else {
                        subject.set(row, 0);
                        object.set(row, 0);
                        return Ok(0);
                    };
                    let mut reached = Nodes::new(&execution.budget);
                    path.follow(edges, End { id: next, is_named: false }, true, &mut reached)?;
                    (*start, *ends) = (next, reached.into_iter());
                }
            }
            StepState::Rows { source, rows, bound } => {
                for slot in bound.drain(..) {
                    row[slot] = 0;
                }
                loop {
                    let Some(next) = rows.next() else { return Ok(0) };
                    let (slots, values) = match (&*source, step) {
                        (RowSource::Values, Step::Values { slots, rows }) => (slots, rows[next].as_slice()),
                        (RowSource::Table(table), Step::Join { slots, .. }) => (slots, table.row_at(next)),
                        _ => return Ok(0),
                    };
                    let compatible =
                        |(slot, value): (&Slot, &Id)| *value == 0 || row[*slot] == 0 || row[*slot] == *value;
                    if slots.iter().zip(values).all(compatible) {
                        for (slot, value) in slots.iter().zip(values) {
                            if *value != 0 && row[*slot] == 0 {
                                row[*slot] = *value;
                                bound.push(*slot);
                            }
                        }
                        return Ok(1);
                    }
                }
            }
            StepState::Union { branches, current } => {
                let Step::Union(pipelines) = step else { return Ok(0) };
                while let (Some(state), Some(pipeline)) = (branches.get_mut(*current), pipelines.get(*current)) {
                    let count = state.next(pipeline, execution, row)?;
                    if count > 0 {
                        return Ok(count);
                    }
                    *current += 1;
                }
                Ok(0)
            }
            StepState::Optional { state, progress, count: unmatched } => {
                let Step::Optional(pipeline) = step else { return Ok(0) };
                if *progress == OptionalProgress::Done {
                    return Ok(0);
                }
                let count = state.next(pipeline, execution, row)?;
                if count > 0 {
                    *progress = OptionalProgress::Matched;
                    return Ok(count);
                }
                let is_unmatched = std::mem::replace(progress, OptionalProgress::Done) == OptionalProgress::Unmatched;
                Ok(if is_unmatched { *unmatched } else { 0 })
            }
        }
    }
}

fn open_path(
    edges: Edges<'_>,
    subject: PatternTerm,
    path: &Path,
    object: PatternTerm,
    row: &[Id],
) -> Result<StepState, GraphError> {
    let mut nodes = Nodes::new(&edges.execution.budget);
    let end = |term: PatternTerm| term.id(row).map(|id| End { id, is_named: term.constant().is_some() });
    Ok(match (end(subject), end(object)) {
        (Some(from), Some(to)) => StepState::Row(path.count(edges, from, to)?),
        (Some(from), None) => {
            path.follow(edges, from, true, &mut nodes)?;
            StepState::Values { variable: object, values: nodes.into_iter() }
        }
        (None, Some(to)) => {
            path.follow(edges, to, false, &mut nodes)?;
            StepState::Values { variable: subject, values: nodes.into_iter() }
        }
        (None, None) => {
            let starts = path.start_nodes(edges)?.into_iter();
            StepState::PathPairs { starts, start: 0, ends: nodes.into_iter() }
        }
    })
}

/// The rows of a standalone operator, which are computed once for each run of the query, or again if its context has changed.
fn join_table(
    index: TableIndex,
    operator: &Operator,
    keys: &[Slot],
    context: &Context,
    execution: &mut Execution,
    outer: &[Id],
) -> Result<Rc<JoinTable>, GraphError> {
    let context: Vec<(Slot, Id)> = context.iter().map(|(from, to)| (*to, outer[*from])).collect();
    match execution.tables[index].take() {
        Some(table) if table.context == context => {
            execution.tables[index] = Some(Rc::clone(&table));
            return Ok(table);
        }
        Some(table) => execution.budget.release(table.bytes),
        None => {}
    }
    let memory_before = execution.budget.memory_left();
    let mut state = OperatorState::new(operator);
    let mut row = vec![0; execution.row_width];
    let mut table = JoinTable::new(operator, keys);
    table.context.clone_from(&context);
    let outer_context = std::mem::replace(&mut execution.context, context);
    execution.restore_context(&mut row);
    while let count @ 1.. = state.next(operator, execution, &mut row)? {
        for _ in 0..count {
            execution.budget.check()?;
            table.push(&row, &execution.budget)?;
        }
    }
    execution.context = outer_context;
    table.operator_state = execution.stopwatch.is_enabled().then_some(state);
    let mut table = table.indexed(&execution.budget)?;
    table.bytes = usize::try_from(memory_before.saturating_sub(execution.budget.memory_left())).unwrap_or(0);
    let table = Rc::new(table);
    execution.tables[index] = Some(Rc::clone(&table));
    Ok(table)
}
