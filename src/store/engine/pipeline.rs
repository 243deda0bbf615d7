//! Runs the steps of a pipeline: depth first, one row at a time.

use super::budget::Budget;
use super::computed_terms::ComputedTerms;
use super::join_table::JoinTable;
use super::nodes::{IntoNodes, Nodes};
use super::operator::OperatorState;
use super::path::Path;
use super::plan::{Operator, PatternTerm, Pipeline, Slot, Step, TableIndex};
use super::scan::{TripleScan, TripleTermScan};
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, FIRST_COMPUTED, Id};
use oxigraph::model::Term;
use oxsdatatypes::DateTime;
use std::cell::OnceCell;
use std::rc::Rc;

/// What all parts of a running query share.
pub(super) struct Execution {
    pub(super) graph: CompiledGraph,
    pub(super) computed: ComputedTerms,
    pub(super) tables: Vec<Option<Rc<JoinTable>>>,
    /// The states of the pipelines of EXISTS.
    pub(super) exists: Vec<Option<PipelineState>>,
    pub(super) evaluator: spareval::QueryEvaluator,
    /// The value of NOW(), once it is needed.
    pub(super) now: OnceCell<DateTime>,
    pub(super) budget: Rc<Budget>,
    /// Whether nothing outlives a row but the row itself, so that terms computed for it can be dropped.
    pub(super) drops_computed: bool,
    pub(super) row_width: usize,
    /// Whether join tables keep the states of their operators for an explanation.
    pub(super) explains: bool,
}

impl Execution {
    /// Whether a term is an IRI or a blank node.
    pub(super) fn is_node(&self, id: Id) -> Result<bool, GraphError> {
        match id < FIRST_COMPUTED {
            true => self.graph.is_node(id),
            false => Ok(matches!(self.computed.term(&self.graph, id)?, Term::NamedNode(_) | Term::BlankNode(_))),
        }
    }

    /// The id of a term; a new one becomes a computed term.
    pub(super) fn id_of(&mut self, term: Term) -> Result<Id, GraphError> {
        let before = self.computed.bytes();
        let id = self.computed.id_of(&self.graph, term)?;
        self.budget.reserve(self.computed.bytes() - before)?;
        Ok(id)
    }

    /// Drops the computed terms after the first `length`, if nothing else refers to them. Memory use must not grow with the
    /// number of rows.
    fn drop_computed(&mut self, length: usize) {
        if self.drops_computed {
            let before = self.computed.bytes();
            self.computed.truncate(length);
            self.budget.release(before - self.computed.bytes());
        }
    }
}

/// The state of a pipeline while a query runs.
pub(super) struct PipelineState {
    steps: Vec<StepState>,
    /// How many steps are open; the last of them produces the next row.
    depth: usize,
    /// How many rows each step has produced.
    pub(super) rows: Vec<u64>,
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
    /// The rows of VALUES or of a join table, and the slots that the current one has bound.
    Rows {
        rows: RowSource,
        next: usize,
        bound: Vec<Slot>,
    },
    Union {
        branches: Vec<PipelineState>,
        current: usize,
    },
    Optional {
        state: Box<PipelineState>,
        progress: OptionalProgress,
    },
}

enum RowSource {
    Values,
    Table(Rc<JoinTable>, Rc<[u32]>),
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
            started: false,
            counts: vec![1; length + 1],
            memos: vec![(None, false); length],
        }
    }

    /// Starts again, with another row.
    pub(super) fn restart(&mut self) {
        self.depth = 0;
        self.started = false;
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
                return Ok(1);
            }
            self.open(pipeline, execution, row, 0)?;
            self.depth = 1;
        }
        while self.depth > 0 {
            execution.budget.check()?;
            let level = self.depth - 1;
            let count = self.advance(&pipeline[level].step, execution, row, level)?;
            if count == 0 {
                self.depth -= 1;
                continue;
            }
            // A count that does not fit must not wrap around to few rows, or none.
            let count = count.saturating_mul(self.counts[level]);
            self.rows[level] = self.rows[level].saturating_add(count);
            if self.depth == pipeline.len() {
                return Ok(count);
            }
            self.counts[level + 1] = count;
            self.open(pipeline, execution, row, level + 1)?;
            self.depth += 1;
        }
        Ok(0)
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
            Step::Triple { terms, graph: name, used } => {
                StepState::Scan(TripleScan::new(graph, *terms, *name, *used, row)?)
            }
            Step::TripleTerm { term, components } => {
                StepState::TermScan(TripleTermScan::new(graph, *term, *components, row)?)
            }
            Step::Path { subject, path, object } => open_path(execution, *subject, path, *object, row)?,
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
            Step::Filter { expr, memo } => {
                // The id of a computed term may be that of another term the next time.
                let id = memo.map(|slot| row[slot]).filter(|id| *id < FIRST_COMPUTED);
                let computed = execution.computed.len();
                let holds = match self.memos[level] {
                    (last, holds) if id.is_some() && last == id => holds,
                    _ => expr.effective_boolean(execution, row)? == Some(true),
                };
                self.memos[level] = (id, holds);
                execution.drop_computed(computed);
                StepState::Row(u64::from(holds))
            }
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
            Step::Values { .. } => StepState::Rows { rows: RowSource::Values, next: 0, bound: Vec::new() },
            Step::Union(pipelines) => {
                let mut branches = match previous {
                    StepState::Union { branches, .. } => branches,
                    _ => pipelines.iter().map(Self::new).collect(),
                };
                branches.iter_mut().for_each(Self::restart);
                StepState::Union { branches, current: 0 }
            }
            Step::Optional(pipeline) => {
                let mut state = match previous {
                    StepState::Optional { state, .. } => state,
                    _ => Box::new(Self::new(pipeline)),
                };
                state.restart();
                StepState::Optional { state, progress: OptionalProgress::Unmatched }
            }
            Step::Join { table, operator, keys, .. } => {
                let table = join_table(*table, operator, keys, execution)?;
                let candidates = table.candidates(row);
                StepState::Rows { rows: RowSource::Table(table, candidates), next: 0, bound: Vec::new() }
            }
            Step::Minus { table, operator, slots, keys } => {
                let table = join_table(*table, operator, keys, execution)?;
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
            StepState::Values { variable, values } => {
                let value = values.next();
                variable.set(row, value.unwrap_or(0));
                Ok(u64::from(value.is_some()))
            }
            StepState::PathPairs { starts, start, ends } => {
                let Step::Path { subject, path, object } = step else { return Ok(0) };
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
                    path.follow(execution, next, true, &mut reached)?;
                    (*start, *ends) = (next, reached.into_iter());
                }
            }
            StepState::Rows { rows, next, bound } => {
                for slot in bound.drain(..) {
                    row[slot] = 0;
                }
                loop {
                    let (slots, values) = match (&*rows, step) {
                        (RowSource::Values, Step::Values { slots, rows }) => {
                            (slots, rows.get(*next).map(Vec::as_slice))
                        }
                        (RowSource::Table(table, found), Step::Join { slots, .. }) => {
                            (slots, found.get(*next).map(|index| table.row(*index)))
                        }
                        _ => return Ok(0),
                    };
                    let Some(values) = values else { return Ok(0) };
                    *next += 1;
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
            StepState::Optional { state, progress } => {
                let Step::Optional(pipeline) = step else { return Ok(0) };
                if *progress == OptionalProgress::Done {
                    return Ok(0);
                }
                let count = state.next(pipeline, execution, row)?;
                if count > 0 {
                    *progress = OptionalProgress::Matched;
                    return Ok(count);
                }
                let unmatched = std::mem::replace(progress, OptionalProgress::Done) == OptionalProgress::Unmatched;
                Ok(u64::from(unmatched))
            }
        }
    }
}

fn open_path(
    execution: &Execution,
    subject: PatternTerm,
    path: &Path,
    object: PatternTerm,
    row: &[Id],
) -> Result<StepState, GraphError> {
    let mut nodes = Nodes::new(&execution.budget);
    Ok(match (subject.id(row), object.id(row)) {
        (Some(from), Some(to)) => StepState::Row(path.count(execution, from, to)?),
        (Some(from), None) => {
            path.follow(execution, from, true, &mut nodes)?;
            StepState::Values { variable: object, values: nodes.into_iter() }
        }
        (None, Some(to)) => {
            path.follow(execution, to, false, &mut nodes)?;
            StepState::Values { variable: subject, values: nodes.into_iter() }
        }
        (None, None) => {
            let starts = path.start_nodes(execution)?.into_iter();
            StepState::PathPairs { starts, start: 0, ends: nodes.into_iter() }
        }
    })
}

/// The rows of a standalone operator, which are computed once for each run of the query.
fn join_table(
    index: TableIndex,
    operator: &Operator,
    keys: &[Slot],
    execution: &mut Execution,
) -> Result<Rc<JoinTable>, GraphError> {
    if let Some(table) = &execution.tables[index] {
        return Ok(Rc::clone(table));
    }
    let mut state = OperatorState::new(operator);
    let mut row = vec![0; execution.row_width];
    let mut table = JoinTable::new(operator, keys);
    while let count @ 1.. = state.next(operator, execution, &mut row)? {
        for _ in 0..count {
            execution.budget.check()?;
            table.push(&row, &execution.budget)?;
        }
    }
    table.operator_state = execution.explains.then_some(state);
    let table = Rc::new(table.indexed(&execution.budget)?);
    execution.tables[index] = Some(Rc::clone(&table));
    Ok(table)
}
