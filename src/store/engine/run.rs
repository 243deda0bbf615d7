//! Running the steps of a chain: depth first, one row at a time.

use super::matching::{Cursor, TermCursor};
use super::operators::Running;
use super::plan::{Chain, Place, Step};
use super::stop::Stop;
use super::table::Table;
use super::terms::ComputedTerms;
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, FIRST_COMPUTED, Id};
use oxigraph::model::Term;
use std::rc::Rc;

/// What the run of one query works with.
pub(super) struct Context {
    pub(super) graph: CompiledGraph,
    pub(super) computed: ComputedTerms,
    pub(super) tables: Vec<Option<Rc<Table>>>,
    /// The runs of the chains of EXISTS.
    pub(super) exists: Vec<Option<Run>>,
    pub(super) evaluator: spareval::QueryEvaluator,
    /// What NOW() is, once it has been asked.
    pub(super) now: Option<spareval::ExpressionTerm>,
    pub(super) stop: Stop,
    /// Whether nothing but the row itself holds the ids of terms that were computed for it.
    pub(super) forgets: bool,
    pub(super) width: usize,
    /// Whether the query is run for its counts, so that those of operators within tables are kept.
    pub(super) explains: bool,
}

impl Context {
    /// Whether a term is an IRI or a blank node.
    pub(super) fn is_node(&self, id: Id) -> Result<bool, GraphError> {
        match id < FIRST_COMPUTED {
            true => self.graph.is_node(id),
            false => Ok(matches!(self.computed.term(&self.graph, id)?, Term::NamedNode(_) | Term::BlankNode(_))),
        }
    }

    /// Forgets the terms that were computed since there were so many, if nothing else holds them: memory may not grow with
    /// the rows of an answer.
    fn forget(&mut self, computed: usize) {
        if self.forgets {
            self.computed.truncate(computed);
        }
    }
}

/// Where the run of a chain stands.
pub(super) struct Run {
    frames: Vec<Frame>,
    /// How many frames are open; the last of them is asked next.
    depth: usize,
    /// How many rows came out of each step.
    pub(super) rows: Vec<u64>,
    fresh: bool,
    /// For how many equal rows the row before each step stands.
    counts: Vec<u64>,
    /// For filters on one variable the last value and whether it passed.
    tested: Vec<(Option<Id>, bool)>,
}

enum Frame {
    Closed,
    Cursor(Cursor),
    Terms(TermCursor),
    /// The row goes on, as it is, once.
    Once(u64),
    /// A slot was filled, when so many terms had been computed; it is emptied when the row has gone on.
    Filled {
        slot: usize,
        gone: bool,
        computed: usize,
    },
    /// Values for a place, one after the other.
    Values {
        slot: usize,
        values: std::vec::IntoIter<Id>,
    },
    /// Values for the two ends of a path: what is left of where it begins, and where it leads from the present one.
    Pairs {
        starts: std::vec::IntoIter<Id>,
        ends: std::vec::IntoIter<Id>,
        start: Id,
        slots: [usize; 2],
    },
    Rows {
        rows: RowSource,
        at: usize,
        filled: Vec<usize>,
    },
    Branches {
        runs: Vec<Run>,
        at: usize,
    },
    Maybe {
        run: Box<Run>,
        state: Maybe,
    },
}

enum RowSource {
    Listed,
    Table(Rc<Table>, Rc<[u32]>),
}

#[derive(PartialEq, Eq)]
enum Maybe {
    Unmatched,
    Matched,
    Alone,
}

impl Run {
    pub(super) fn new(chain: &Chain) -> Self {
        let length = chain.nodes.len();
        let frames = (0..length).map(|_| Frame::Closed).collect();
        Self {
            frames,
            depth: 0,
            rows: vec![0; length],
            fresh: true,
            counts: vec![1; length + 1],
            tested: vec![(None, false); length],
        }
    }

    /// Begins anew, with another row.
    pub(super) fn restart(&mut self) {
        self.depth = 0;
        self.fresh = true;
    }

    /// The runs of the chains that a step holds, for their counts.
    pub(super) fn inner(&self, step: usize) -> Vec<&Self> {
        match self.frames.get(step) {
            Some(Frame::Branches { runs, .. }) => runs.iter().collect(),
            Some(Frame::Maybe { run, .. }) => vec![run],
            _ => Vec::new(),
        }
    }

    /// Takes the row on to the next end of the chain: for how many equal rows it stands then; 0 at the end, when the row is as
    /// it was in the beginning.
    pub(super) fn next(&mut self, chain: &Chain, context: &mut Context, row: &mut [Id]) -> Result<u64, GraphError> {
        let length = chain.nodes.len();
        if self.fresh {
            self.fresh = false;
            if length == 0 {
                return Ok(1);
            }
            self.open(chain, context, row, 0)?;
            self.depth = 1;
        }
        while self.depth > 0 {
            context.stop.check()?;
            let level = self.depth - 1;
            let count = self.advance(&chain.nodes[level].step, context, row, level)?;
            if count == 0 {
                self.depth -= 1;
                continue;
            }
            // What is more than can be counted stays so: it is not taken for few rows, or none.
            let count = count.saturating_mul(self.counts[level]);
            self.rows[level] = self.rows[level].saturating_add(count);
            if self.depth == length {
                return Ok(count);
            }
            self.counts[level + 1] = count;
            self.open(chain, context, row, level + 1)?;
            self.depth += 1;
        }
        Ok(0)
    }

    fn open(&mut self, chain: &Chain, context: &mut Context, row: &mut [Id], level: usize) -> Result<(), GraphError> {
        let graph = &context.graph;
        let before = std::mem::replace(&mut self.frames[level], Frame::Closed);
        self.frames[level] = match &chain.nodes[level].step {
            Step::Triple { places, graph: name, needed } => {
                Frame::Cursor(Cursor::new(graph, places, *name, *needed, row)?)
            }
            Step::TripleTerm { whole, parts } => Frame::Terms(TermCursor::new(graph, *whole, *parts, row)?),
            Step::Path { subject, path, object } => open_path(context, *subject, path, *object, row)?,
            Step::Graphs { name } => {
                let names = graph.named().graphs()?;
                match row[*name] {
                    0 => Frame::Values { slot: *name, values: names.into_iter() },
                    bound => Frame::Once(u64::from(names.contains(&bound))),
                }
            }
            Step::Filter { expr, on } => {
                // An id of a computed term may be that of another the next time.
                let id = on.map(|slot| row[slot]).filter(|id| *id < FIRST_COMPUTED);
                let computed = context.computed.len();
                let holds = match self.tested[level] {
                    (last, holds) if id.is_some() && last == id => holds,
                    _ => expr.truth(context, row)? == Some(true),
                };
                self.tested[level] = (id, holds);
                context.forget(computed);
                Frame::Once(u64::from(holds))
            }
            Step::Bind { slot, expr } => {
                let computed = context.computed.len();
                match (expr.id(context, row)?, row[*slot]) {
                    (Some(id), 0) => {
                        row[*slot] = id;
                        self.frames[level] = Frame::Filled { slot: *slot, gone: false, computed };
                        return Ok(());
                    }
                    (value, bound) => {
                        context.forget(computed);
                        Frame::Once(u64::from(value.is_none_or(|id| id == bound)))
                    }
                }
            }
            Step::Values { .. } => Frame::Rows { rows: RowSource::Listed, at: 0, filled: Vec::new() },
            Step::Union(chains) => {
                let mut runs = match before {
                    Frame::Branches { runs, .. } => runs,
                    _ => chains.iter().map(Self::new).collect(),
                };
                runs.iter_mut().for_each(Self::restart);
                Frame::Branches { runs, at: 0 }
            }
            Step::Optional(inner) => {
                let mut run = match before {
                    Frame::Maybe { run, .. } => run,
                    _ => Box::new(Self::new(inner)),
                };
                run.restart();
                Frame::Maybe { run, state: Maybe::Unmatched }
            }
            Step::Table { table, op, keys, .. } => {
                let table = table_of(*table, op, keys, context)?;
                let candidates = table.candidates(row);
                Frame::Rows { rows: RowSource::Table(table, candidates), at: 0, filled: Vec::new() }
            }
            Step::Minus { table, op, slots, keys } => {
                let table = table_of(*table, op, keys, context)?;
                Frame::Once(u64::from(!table.agrees(row, slots)))
            }
        };
        Ok(())
    }

    /// The next row of a step, or 0.
    fn advance(&mut self, step: &Step, context: &mut Context, row: &mut [Id], level: usize) -> Result<u64, GraphError> {
        match &mut self.frames[level] {
            Frame::Closed => Ok(0),
            Frame::Cursor(cursor) => cursor.next(&context.graph, row),
            Frame::Terms(cursor) => cursor.next(&context.graph, row),
            Frame::Once(count) => Ok(std::mem::take(count)),
            Frame::Filled { slot, gone, computed } => {
                if *gone {
                    row[*slot] = 0;
                    context.forget(*computed);
                }
                Ok(u64::from(!std::mem::replace(gone, true)))
            }
            Frame::Values { slot, values } => {
                let value = values.next();
                row[*slot] = value.unwrap_or(0);
                Ok(u64::from(value.is_some()))
            }
            Frame::Pairs { starts, ends, start, slots } => {
                let Step::Path { path, .. } = step else { return Ok(0) };
                loop {
                    // At both ends of the path may stand one variable.
                    if let Some(end) = ends.find(|end| slots[0] != slots[1] || end == start) {
                        (row[slots[0]], row[slots[1]]) = (*start, end);
                        return Ok(1);
                    }
                    let Some(next) = starts.next() else {
                        (row[slots[0]], row[slots[1]]) = (0, 0);
                        return Ok(0);
                    };
                    let mut found = Vec::new();
                    path.from(context, next, true, &mut found)?;
                    (*start, *ends) = (next, found.into_iter());
                }
            }
            Frame::Rows { rows, at, filled } => {
                for slot in filled.drain(..) {
                    row[slot] = 0;
                }
                let slots: &[usize] = match step {
                    Step::Values { slots, .. } | Step::Table { slots, .. } => slots,
                    _ => &[],
                };
                loop {
                    let values: &[Id] = match (&*rows, step) {
                        (RowSource::Listed, Step::Values { rows, .. }) => match rows.get(*at) {
                            Some(values) => values,
                            None => return Ok(0),
                        },
                        (RowSource::Table(table, found), _) => match found.get(*at) {
                            Some(index) => table.row(*index),
                            None => return Ok(0),
                        },
                        (RowSource::Listed, _) => return Ok(0),
                    };
                    *at += 1;
                    let agrees = |(slot, value): (&usize, &Id)| *value == 0 || row[*slot] == 0 || row[*slot] == *value;
                    if slots.iter().zip(values).all(agrees) {
                        for (slot, value) in slots.iter().zip(values) {
                            if *value != 0 && row[*slot] == 0 {
                                row[*slot] = *value;
                                filled.push(*slot);
                            }
                        }
                        return Ok(1);
                    }
                }
            }
            Frame::Branches { runs, at } => {
                let Step::Union(chains) = step else { return Ok(0) };
                while let (Some(run), Some(chain)) = (runs.get_mut(*at), chains.get(*at)) {
                    let count = run.next(chain, context, row)?;
                    if count > 0 {
                        return Ok(count);
                    }
                    *at += 1;
                }
                Ok(0)
            }
            Frame::Maybe { run, state } => {
                let Step::Optional(chain) = step else { return Ok(0) };
                if *state == Maybe::Alone {
                    return Ok(0);
                }
                let count = run.next(chain, context, row)?;
                if count > 0 {
                    *state = Maybe::Matched;
                    return Ok(count);
                }
                let alone = *state == Maybe::Unmatched;
                *state = Maybe::Alone;
                Ok(u64::from(alone))
            }
        }
    }
}

fn open_path(
    context: &Context,
    subject: Place,
    path: &super::path::Path,
    object: Place,
    row: &[Id],
) -> Result<Frame, GraphError> {
    let mut nodes = Vec::new();
    Ok(match (subject.end(row), object.end(row)) {
        (End::Node(from), End::Node(to)) => Frame::Once(path.leads(context, from, to)?),
        (End::Node(from), End::Open(slot)) => {
            path.from(context, from, true, &mut nodes)?;
            Frame::Values { slot, values: nodes.into_iter() }
        }
        (End::Open(slot), End::Node(to)) => {
            path.from(context, to, false, &mut nodes)?;
            Frame::Values { slot, values: nodes.into_iter() }
        }
        (End::Open(subject), End::Open(object)) => {
            let (starts, ends) = (path.starts(context)?.into_iter(), nodes.into_iter());
            Frame::Pairs { starts, ends, start: 0, slots: [subject, object] }
        }
    })
}

/// What stands at an end of a path: a node, or a variable without a value.
enum End {
    Node(Id),
    Open(usize),
}

impl Place {
    fn end(self, row: &[Id]) -> End {
        match self {
            Self::Fixed(id) => End::Node(id),
            Self::Slot(slot) if row[slot] == 0 => End::Open(slot),
            Self::Slot(slot) => End::Node(row[slot]),
        }
    }
}

/// The rows of an operator that stands on its own, which are found once for each run of the query.
fn table_of(
    index: usize,
    op: &super::plan::Op,
    keys: &[usize],
    context: &mut Context,
) -> Result<Rc<Table>, GraphError> {
    if let Some(table) = &context.tables[index] {
        return Ok(Rc::clone(table));
    }
    let mut running = Running::new(op);
    let mut row = vec![0; context.width];
    let mut table = Table::new(op, keys);
    loop {
        let count = running.next(op, context, &mut row)?;
        if count == 0 {
            break;
        }
        for _ in 0..count {
            context.stop.check()?;
            table.push(&row);
        }
    }
    table.given_by = context.explains.then_some(running);
    let table = Rc::new(table.indexed(&context.stop)?);
    context.tables[index] = Some(Rc::clone(&table));
    Ok(table)
}
