//! Scans the triples, quads or triple terms that match a pattern.

use super::plan::{NO_TERM, PatternTerm, Slot};
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, Id, Words, run_end};
use std::ops::Range;

/// A column of one of the orders SPO, POS and OSP.
#[derive(Clone, Copy)]
enum Column {
    SpoP,
    SpoO,
    PosO,
    PosS,
    OspS,
    OspP,
}

impl Column {
    fn of(self, graph: &CompiledGraph) -> &Words {
        let orders = graph.orders();
        match self {
            Self::SpoP => &orders.spo_p,
            Self::SpoO => &orders.spo_o,
            Self::PosO => &orders.pos_o,
            Self::PosS => &orders.pos_s,
            Self::OspS => &orders.osp_s,
            Self::OspP => &orders.osp_p,
        }
    }
}

/// How matches are scanned. Components are 0 to 2 for subject, predicate and object.
#[derive(Clone, Copy)]
enum ScanKind {
    /// Counts the matches.
    Count,
    /// Reads one component of each match.
    One(usize, Column),
    /// Reads the distinct values of one component, and counts the matches of each.
    Runs(usize, Column),
    /// Reads two components of each match.
    Two(usize, Column, usize, Column),
    /// Reads all triples of an object and keeps the subjects of those with this predicate.
    Filtered(Id),
    /// Reads the predicates, subjects or objects of the whole graph, and counts the matches of each.
    Predicates,
    Subjects,
    Objects,
    /// Reads all triples; holds the current subject.
    All(Id),
    /// Reads the triples of a predicate, subject by subject; holds the positions of those of the current subject that are left.
    BySubject {
        predicate: Id,
        left: (usize, usize),
    },
    /// Reads quads of named graphs in one of their orders.
    Quads(usize),
}

/// Up to this many triples of an object are filtered by predicate. Beyond that, a binary search in POS is faster.
const MAX_FILTERED: usize = 16;

/// The state of a scan.
pub(super) struct TripleScan {
    kind: ScanKind,
    next: usize,
    end: usize,
    /// The ids of subject, predicate, object and graph name that are known before the scan.
    bound: [Option<Id>; 4],
    /// The slots of the others, which the scan binds.
    open: [Option<Slot>; 4],
    /// Whether one of these slots occurs several times.
    repeated: bool,
}

impl TripleScan {
    /// Starts to scan the matches of a pattern in the default graph, or in named graphs, for a row.
    pub(super) fn new(
        graph: &CompiledGraph,
        terms: [PatternTerm; 3],
        name: Option<PatternTerm>,
        used: [bool; 3],
        row: &[Id],
    ) -> Result<Self, GraphError> {
        let [s, p, o] = terms;
        let bound = [s.id(row), p.id(row), o.id(row), name.and_then(|name| name.id(row))];
        let open = [s.open_slot(row), p.open_slot(row), o.open_slot(row), name.and_then(|name| name.open_slot(row))];
        let repeated = (1..4).any(|at| open[at].is_some() && open[..at].contains(&open[at]));
        let (kind, range) = match name {
            Some(_) => {
                let (order, range) = graph.named().candidates(bound)?;
                (ScanKind::Quads(order), range)
            }
            None => Self::scan_default_graph(graph, bound, used)?,
        };
        Ok(Self { kind, next: range.start, end: range.end, bound, open, repeated })
    }

    /// Starts to scan the triples of a predicate in the order of their subjects. Takes a step for each id of the graph.
    pub(super) fn by_subject(graph: &CompiledGraph, subject: PatternTerm, predicate: Id, object: PatternTerm) -> Self {
        Self {
            kind: ScanKind::BySubject { predicate, left: (0, 0) },
            next: 0,
            end: graph.id_bound(),
            bound: [None, Some(predicate), None, None],
            open: [subject.slot(), None, object.slot(), None],
            repeated: false,
        }
    }

    fn scan_default_graph(
        graph: &CompiledGraph,
        [s, p, o, _]: [Option<Id>; 4],
        used: [bool; 3],
    ) -> Result<(ScanKind, Range<usize>), GraphError> {
        let orders = graph.orders();
        let scan_one = |component: usize, column| {
            if used[component] { ScanKind::One(component, column) } else { ScanKind::Count }
        };
        // The first column is sorted, so equal values are adjacent.
        let scan_two = |first: usize, first_column, second: usize, second_column| match (used[first], used[second]) {
            (true, true) => ScanKind::Two(first, first_column, second, second_column),
            (true, false) => ScanKind::Runs(first, first_column),
            (false, true) => ScanKind::One(second, second_column),
            (false, false) => ScanKind::Count,
        };
        Ok(match (s, p, o) {
            (Some(s), Some(p), Some(o)) => (ScanKind::Count, 0..usize::from(orders.contains(s, p, o)?)),
            (Some(s), Some(p), None) => (scan_one(2, Column::SpoO), orders.objects_of(s, p)?),
            (None, Some(p), Some(o)) => match orders.of_object(o)? {
                few if few.len() <= MAX_FILTERED => (ScanKind::Filtered(p), few),
                _ => (scan_one(0, Column::PosS), orders.subjects_of(p, o)?),
            },
            (Some(s), None, Some(o)) => (scan_one(1, Column::OspP), orders.predicates_of(s, o)?),
            (Some(s), None, None) => (scan_two(1, Column::SpoP, 2, Column::SpoO), orders.of_subject(s)?),
            (None, None, Some(o)) => (scan_two(0, Column::OspS, 1, Column::OspP), orders.of_object(o)?),
            (None, Some(p), None) => {
                let range = orders.of_predicate(p)?.map_or(0..0, |row| row.range);
                (scan_two(2, Column::PosO, 0, Column::PosS), range)
            }
            (None, None, None) => match used {
                [false, false, false] => (ScanKind::Count, 0..orders.len()),
                [false, true, false] => (ScanKind::Predicates, 0..orders.predicate_count()),
                [true, false, false] => (ScanKind::Subjects, 0..graph.id_bound()),
                [false, false, true] => (ScanKind::Objects, 0..graph.id_bound()),
                _ => (ScanKind::All(0), 0..orders.len()),
            },
        })
    }

    /// Binds the slots to the next match. Returns how many matches have these values; 0 at the end, when the slots are
    /// unbound again.
    pub(super) fn next(&mut self, graph: &CompiledGraph, row: &mut [Id]) -> Result<u64, GraphError> {
        while self.next < self.end {
            let at = self.next;
            self.next += 1;
            match self.kind {
                ScanKind::Count => {
                    self.next = self.end;
                    return Ok((self.end - at) as u64);
                }
                ScanKind::One(component, column) => {
                    self.bind(row, component, column.of(graph).get(at)?);
                    return Ok(1);
                }
                ScanKind::Runs(component, column) => {
                    let column = column.of(graph);
                    let value = column.get(at)?;
                    self.next = run_end(column, at + 1..self.end, value)?;
                    self.bind(row, component, value);
                    return Ok((self.next - at) as u64);
                }
                ScanKind::Two(first, first_column, second, second_column) => {
                    let (a, b) = (first_column.of(graph).get(at)?, second_column.of(graph).get(at)?);
                    self.bind(row, first, a);
                    self.bind(row, second, b);
                    if !self.repeated || a == b {
                        return Ok(1);
                    }
                }
                ScanKind::Filtered(predicate) => {
                    let orders = graph.orders();
                    if orders.osp_p.get(at)? == predicate {
                        self.bind(row, 0, orders.osp_s.get(at)?);
                        return Ok(1);
                    }
                }
                ScanKind::Predicates => {
                    let predicate = graph.orders().predicate_at(at)?;
                    self.bind(row, 1, predicate.id);
                    return Ok(predicate.range.len() as u64);
                }
                ScanKind::Subjects | ScanKind::Objects => {
                    let (component, range) = match self.kind {
                        ScanKind::Subjects => (0, graph.orders().of_subject(at as Id)?),
                        _ => (2, graph.orders().of_object(at as Id)?),
                    };
                    if !range.is_empty() {
                        self.bind(row, component, at as Id);
                        return Ok(range.len() as u64);
                    }
                }
                ScanKind::All(mut subject) => {
                    let orders = graph.orders();
                    while at >= orders.of_subject(subject)?.end {
                        subject += 1;
                        if subject as usize >= graph.id_bound() {
                            return Err(GraphError::Corrupt("triples are outside the ranges of all subjects"));
                        }
                    }
                    self.kind = ScanKind::All(subject);
                    if bind_all(&self.open, &[subject, orders.spo_p.get(at)?, orders.spo_o.get(at)?], row) {
                        return Ok(1);
                    }
                }
                ScanKind::BySubject { predicate, left: (first, end) } => {
                    let (first, end) = match first < end {
                        true => (first, end),
                        false => {
                            let Range { start, end } = graph.orders().objects_of(at as Id, predicate)?;
                            self.bind(row, 0, at as Id);
                            (start, end)
                        }
                    };
                    if first < end {
                        self.bind(row, 2, graph.orders().spo_o.get(first)?);
                        self.kind = ScanKind::BySubject { predicate, left: (first + 1, end) };
                        // The subject is left when it has no more of them.
                        self.next = at + usize::from(first + 1 == end);
                        return Ok(1);
                    }
                }
                ScanKind::Quads(order) => {
                    let quad = graph.named().quad(order, at)?;
                    if matches(&self.bound, &quad) && bind_all(&self.open, &quad, row) {
                        return Ok(1);
                    }
                }
            }
        }
        unbind(&self.open, row);
        Ok(0)
    }

    /// Skips the next matches that have the same value in a slot as the last one, if the matches are sorted by it.
    pub(super) fn skip_equal(&mut self, slot: Slot, graph: &CompiledGraph) -> Result<(), GraphError> {
        if let ScanKind::Two(component, column, ..) = self.kind
            && self.open[component] == Some(slot)
        {
            let column = column.of(graph);
            let value = column.get(self.next - 1)?;
            // Most runs have one match.
            if self.next < self.end && column.get(self.next)? == value {
                self.next = run_end(column, self.next..self.end, value)?;
            }
        }
        Ok(())
    }

    #[inline]
    fn bind(&self, row: &mut [Id], component: usize, id: Id) {
        if let Some(slot) = self.open[component] {
            row[slot] = id;
        }
    }
}

fn matches(pattern: &[Option<Id>], ids: &[Id]) -> bool {
    pattern.iter().zip(ids).all(|(expected, id)| expected.is_none_or(|expected| expected == *id))
}

/// Binds all slots; `false` if one of them would have two values.
fn bind_all(open: &[Option<Slot>], ids: &[Id], row: &mut [Id]) -> bool {
    let slots = || open.iter().zip(ids).filter_map(|(slot, id)| slot.map(|slot| (slot, *id)));
    slots().for_each(|(slot, id)| row[slot] = id);
    slots().all(|(slot, id)| row[slot] == id)
}

fn unbind(open: &[Option<Slot>], row: &mut [Id]) {
    for slot in open.iter().flatten() {
        row[*slot] = 0;
    }
}

/// The state of a scan over triple terms and their components.
pub(super) struct TripleTermScan {
    /// The triple term, if it is known.
    term: Option<Id>,
    /// The component by which triple terms are looked up if it is not known; `next` and `end` are positions in its column.
    lookup_by: usize,
    next: usize,
    end: usize,
    bound: [Option<Id>; 3],
    /// The slots of the three components and the term that the scan binds.
    open: [Option<Slot>; 4],
}

impl TripleTermScan {
    pub(super) fn new(
        graph: &CompiledGraph,
        term: PatternTerm,
        components: [PatternTerm; 3],
        row: &[Id],
    ) -> Result<Self, GraphError> {
        let bound = components.map(|component| component.id(row));
        let [s, p, o] = components;
        let open = [s, p, o, term].map(|term| term.open_slot(row));
        let mut id = term.id(row);
        if let (None, [Some(s), Some(p), Some(o)]) = (id, bound) {
            id = Some(graph.triple_term([s, p, o])?.unwrap_or(NO_TERM));
        }
        let (mut lookup_by, mut range) = (0, 0..1);
        match id {
            Some(id) if id as usize >= graph.id_bound() => range = 0..0,
            Some(_) => {}
            None => {
                range = 0..graph.components().len();
                for (component, id) in bound.into_iter().enumerate() {
                    if let Some(id) = id {
                        let found = graph.components().with(component, id)?;
                        if found.len() < range.len() {
                            (lookup_by, range) = (component, found);
                        }
                    }
                }
            }
        }
        Ok(Self { term: id, lookup_by, next: range.start, end: range.end, bound, open })
    }

    /// See [`TripleScan::next`].
    pub(super) fn next(&mut self, graph: &CompiledGraph, row: &mut [Id]) -> Result<u64, GraphError> {
        while self.next < self.end {
            let at = self.next;
            self.next += 1;
            let id = match self.term {
                Some(id) => id,
                None => graph.components().term_at(self.lookup_by, at)?,
            };
            let Some([s, p, o]) = graph.components_of(id)? else { continue };
            if matches(&self.bound, &[s, p, o]) && bind_all(&self.open, &[s, p, o, id], row) {
                return Ok(1);
            }
        }
        unbind(&self.open, row);
        Ok(0)
    }
}
