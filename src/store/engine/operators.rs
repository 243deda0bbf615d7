//! Running operators over rows: grouping, sorting, leaving out repetitions.

use super::aggregate::Groups;
use super::plan::{Op, Slot, SortKey, Step};
use super::run::{Context, Run};
use super::sort::Sorter;
use crate::store::GraphError;
use crate::store::compiled::Id;
use rustc_hash::FxHashSet;

/// Where the run of an operator stands.
pub(super) struct Running {
    /// How many rows have come out of it.
    pub(super) rows: u64,
    pub(super) state: State,
}

/// What each operator has to remember.
pub(super) enum State {
    Chain(Run),
    Then { inner: Box<Running>, run: Run, open: bool, count: u64 },
    Group { inner: Box<Running>, done: Option<(Vec<Vec<Id>>, usize)> },
    Sort { inner: Box<Running>, done: Option<(Vec<Id>, usize)> },
    Distinct { inner: Box<Running>, seen: Seen },
    Slice { inner: Box<Running>, skip: u64, left: u64 },
    Project { inner: Box<Running> },
}

/// Rows that have been seen. A single value needs no list of its own.
pub(super) enum Seen {
    One(FxHashSet<Id>),
    Many(FxHashSet<Box<[Id]>>),
}

impl Seen {
    pub(super) fn new(width: usize) -> Self {
        if width == 1 { Self::One(FxHashSet::default()) } else { Self::Many(FxHashSet::default()) }
    }

    /// Whether the values of a row are seen for the first time.
    pub(super) fn insert(&mut self, row: &[Id], slots: &[Slot]) -> bool {
        match self {
            Self::One(seen) => seen.insert(row[slots[0]]),
            Self::Many(seen) => seen.insert(slots.iter().map(|slot| row[*slot]).collect()),
        }
    }
}

impl Running {
    pub(super) fn new(op: &Op) -> Self {
        let inner = |op: &Op| Box::new(Self::new(op));
        let state = match op {
            Op::Chain(chain) => State::Chain(Run::new(chain)),
            Op::Then { inner: op, chain } => {
                State::Then { inner: inner(op), run: Run::new(chain), open: false, count: 0 }
            }
            Op::Group { inner: op, .. } => State::Group { inner: inner(op), done: None },
            Op::Sort { inner: op, .. } => State::Sort { inner: inner(op), done: None },
            Op::Distinct { inner: op, slots } => State::Distinct { inner: inner(op), seen: Seen::new(slots.len()) },
            Op::Slice { inner: op, start, length } => {
                let left = length.map_or(u64::MAX, |length| length as u64);
                State::Slice { inner: inner(op), skip: *start as u64, left }
            }
            Op::Project { inner: op, .. } => State::Project { inner: inner(op) },
        };
        Self { rows: 0, state }
    }

    /// Puts the next row in `row`, which is empty before the first call and not touched between calls; says for how many equal
    /// rows it stands. 0 is the end.
    pub(super) fn next(&mut self, op: &Op, context: &mut Context, row: &mut Vec<Id>) -> Result<u64, GraphError> {
        let count = self.state.next(op, context, row)?;
        self.rows = self.rows.saturating_add(count);
        Ok(count)
    }
}

impl State {
    /// That of the operator that an operator takes its rows from.
    pub(super) fn inner(&self) -> Option<&Running> {
        match self {
            Self::Chain(_) => None,
            Self::Then { inner, .. }
            | Self::Group { inner, .. }
            | Self::Sort { inner, .. }
            | Self::Distinct { inner, .. }
            | Self::Slice { inner, .. }
            | Self::Project { inner } => Some(inner),
        }
    }

    fn next(&mut self, op: &Op, context: &mut Context, row: &mut Vec<Id>) -> Result<u64, GraphError> {
        match (self, op) {
            (Self::Chain(run), Op::Chain(chain)) => run.next(chain, context, row),
            (Self::Then { inner, run, open, count }, Op::Then { inner: op, chain }) => loop {
                if *open {
                    let times = run.next(chain, context, row)?;
                    if times > 0 {
                        return Ok(times.saturating_mul(*count));
                    }
                    *open = false;
                }
                *count = inner.next(op, context, row)?;
                if *count == 0 {
                    return Ok(0);
                }
                run.restart();
                *open = true;
            },
            (Self::Group { inner, done }, Op::Group { inner: op, keys, aggregates, all }) => {
                if done.is_none() {
                    let mut groups = Groups::new(keys, aggregates);
                    loop {
                        let count = inner.next(op, context, row)?;
                        if count == 0 {
                            break;
                        }
                        groups.add(row, count, context, all)?;
                    }
                    *done = Some((groups.finish(context)?, 0));
                    row.fill(0);
                }
                let Some((rows, at)) = done else { return Ok(0) };
                row.fill(0);
                let Some(values) = rows.get(*at) else { return Ok(0) };
                *at += 1;
                let slots = keys.iter().copied().chain(aggregates.iter().map(|(slot, _)| *slot));
                slots.zip(values).for_each(|(slot, value)| row[slot] = *value);
                Ok(1)
            }
            (Self::Sort { inner, done }, Op::Sort { inner: op, keys, first }) => {
                if done.is_none() {
                    *done = Some((sorted(inner, op, keys, *first, context, row)?, 0));
                }
                let Some((rows, at)) = done else { return Ok(0) };
                let width = row.len();
                match rows.get(*at * width..(*at + 1) * width) {
                    Some(values) => {
                        row.copy_from_slice(values);
                        *at += 1;
                        Ok(1)
                    }
                    None => {
                        row.fill(0);
                        Ok(0)
                    }
                }
            }
            (Self::Distinct { inner, seen }, Op::Distinct { inner: op, slots }) => loop {
                if inner.next(op, context, row)? == 0 {
                    return Ok(0);
                }
                if seen.insert(row, slots) {
                    return Ok(1);
                }
            },
            (Self::Slice { inner, skip, left }, Op::Slice { inner: op, .. }) => loop {
                if *left == 0 {
                    return Ok(0);
                }
                let count = inner.next(op, context, row)?;
                if count == 0 {
                    return Ok(0);
                }
                let skipped = count.min(*skip);
                *skip -= skipped;
                let count = (count - skipped).min(*left);
                if count > 0 {
                    *left -= count;
                    return Ok(count);
                }
            },
            (Self::Project { inner }, Op::Project { inner: op, .. }) => inner.next(op, context, row),
            _ => Err(GraphError::Corrupt("a plan is run by another's state")),
        }
    }
}

/// All rows of an operator in their order, or the first of them.
fn sorted(
    inner: &mut Running,
    op: &Op,
    keys: &[SortKey],
    first: Option<usize>,
    context: &mut Context,
    row: &mut Vec<Id>,
) -> Result<Vec<Id>, GraphError> {
    let mut sorter = Sorter::new(keys, first);
    loop {
        let count = inner.next(op, context, row)?;
        if count == 0 {
            return sorter.finish(&context.stop);
        }
        sorter.add(row, count, context)?;
    }
}

impl Op {
    /// Whether it keeps no rows: each goes through a chain to its end, and is no more looked at.
    pub(super) fn is_chain(&self) -> bool {
        match self {
            Self::Chain(_) => true,
            Self::Slice { inner, .. } | Self::Project { inner, .. } => inner.is_chain(),
            Self::Then { .. } | Self::Group { .. } | Self::Sort { .. } | Self::Distinct { .. } => false,
        }
    }

    /// The slots that its rows may have values for, ascending.
    pub(super) fn all_slots(&self) -> Vec<Slot> {
        let mut slots = Vec::new();
        self.slots(&mut slots);
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    fn slots(&self, out: &mut Vec<Slot>) {
        match self {
            Self::Chain(chain) => chain.slots(out),
            Self::Then { inner, chain } => {
                inner.slots(out);
                chain.slots(out);
            }
            Self::Group { keys, aggregates, .. } => {
                out.extend(keys);
                out.extend(aggregates.iter().map(|(slot, _)| *slot));
            }
            Self::Sort { inner, .. } | Self::Distinct { inner, .. } | Self::Slice { inner, .. } => inner.slots(out),
            Self::Project { slots, .. } => out.extend(slots),
        }
    }
}

impl super::plan::Chain {
    fn slots(&self, out: &mut Vec<Slot>) {
        use super::plan::{In, Place};
        let place = |place: &Place, out: &mut Vec<Slot>| out.extend(place.slot());
        for node in &self.nodes {
            match &node.step {
                Step::Triple { places, graph, .. } => {
                    for p in places {
                        place(p, out);
                    }
                    if let In::Named(name) = graph {
                        place(name, out);
                    }
                }
                Step::TripleTerm { whole, parts } => {
                    place(whole, out);
                    for p in parts {
                        place(p, out);
                    }
                }
                Step::Path { subject, object, .. } => {
                    place(subject, out);
                    place(object, out);
                }
                Step::Graphs { name } => out.push(*name),
                Step::Filter { .. } | Step::Minus { .. } => {}
                Step::Bind { slot, .. } => out.push(*slot),
                Step::Values { slots, .. } | Step::Table { slots, .. } => out.extend(slots),
                Step::Union(chains) => {
                    for chain in chains {
                        chain.slots(out);
                    }
                }
                Step::Optional(chain) => chain.slots(out),
            }
        }
    }
}
