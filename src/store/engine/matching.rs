//! Going through the triples that match a pattern.

use super::plan::{In, NOTHING, Place};
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, Id, Words, equal_range};

/// A column of one of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// How matches are gone through. What no other part of the query needs is counted, not read.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// So many matches that need not be told apart.
    Count,
    /// The values of one place.
    One(usize, Column),
    /// The distinct values of one place, with how many matches each has.
    Runs(usize, Column),
    /// The values of two places.
    Two(usize, Column, usize, Column),
    /// The subjects of one object's few triples with a predicate, which are closer at hand in the order OSP.
    Few(Id),
    /// Predicates, subjects or objects of the whole graph, with how many matches each has.
    Predicates,
    Subjects,
    Objects,
    /// All triples; the subject that is gone through.
    All(Id),
    /// Quads of named graphs in one of their orders.
    Quads(usize),
}

/// So many triples of an object are read one by one sooner than the right ones are searched for among those of a predicate.
const FEW: usize = 16;

/// A place among the matches of a pattern.
pub(super) struct Cursor {
    kind: Kind,
    at: usize,
    end: usize,
    /// The slots of the places that had no value, 0 to 2 for a triple's and 3 for the graph's name.
    open: [Option<usize>; 4],
    /// Whether one variable stands at several of them.
    repeated: bool,
    bound: [Option<Id>; 4],
}

impl Cursor {
    /// Opens the matches of a pattern, given the values of a row.
    pub(super) fn new(
        graph: &CompiledGraph,
        places: &[Place; 3],
        name: In,
        needed: [bool; 3],
        row: &[Id],
    ) -> Result<Self, GraphError> {
        let mut bound = [None; 4];
        let mut open = [None; 4];
        for (at, place) in places.iter().enumerate() {
            bound[at] = place.id(row);
            open[at] = place.slot().filter(|_| bound[at].is_none());
        }
        if let In::Named(place) = name {
            bound[3] = place.id(row);
            open[3] = place.slot().filter(|_| bound[3].is_none());
        }
        let repeated = (0..4).any(|a| open[a].is_some() && open[..a].contains(&open[a]));
        let mut cursor = Self { kind: Kind::Count, at: 0, end: 0, open, repeated, bound };
        match name {
            In::Named(_) => {
                let (order, range) = graph.named().candidates(bound)?;
                cursor.kind = Kind::Quads(order);
                (cursor.at, cursor.end) = (range.start, range.end);
            }
            In::Default => cursor.open_default(graph, needed)?,
        }
        Ok(cursor)
    }

    fn open_default(&mut self, graph: &CompiledGraph, needed: [bool; 3]) -> Result<(), GraphError> {
        let orders = graph.orders();
        let [s, p, o, _] = self.bound;
        // One unbound place, of a column in which it is not repeated.
        let one = |place: usize, column| if needed[place] { Kind::One(place, column) } else { Kind::Count };
        // Two: the first is sorted, so its runs can be counted.
        let two = |a: usize, first, b: usize, second| match (needed[a], needed[b]) {
            (true, true) => Kind::Two(a, first, b, second),
            (true, false) => Kind::Runs(a, first),
            (false, true) => Kind::One(b, second),
            (false, false) => Kind::Count,
        };
        let (kind, range) = match (s, p, o) {
            (Some(s), Some(p), Some(o)) => (Kind::Count, 0..usize::from(orders.contains(s, p, o)?)),
            (Some(s), Some(p), None) => (one(2, Column::SpoO), orders.objects_of(s, p)?),
            (None, Some(p), Some(o)) => match orders.of_object(o)? {
                few if few.len() <= FEW => (Kind::Few(p), few),
                _ => (one(0, Column::PosS), orders.subjects_of(p, o)?),
            },
            (Some(s), None, Some(o)) => (one(1, Column::OspP), orders.predicates_of(s, o)?),
            (Some(s), None, None) => (two(1, Column::SpoP, 2, Column::SpoO), orders.of_subject(s)?),
            (None, None, Some(o)) => (two(0, Column::OspS, 1, Column::OspP), orders.of_object(o)?),
            (None, Some(p), None) => {
                let range = orders.of_predicate(p)?.map_or(0..0, |row| row.range);
                (two(2, Column::PosO, 0, Column::PosS), range)
            }
            (None, None, None) => match needed {
                [false, false, false] => (Kind::Count, 0..orders.len()),
                [false, true, false] => (Kind::Predicates, 0..orders.predicate_count()),
                [true, false, false] => (Kind::Subjects, 0..graph.id_bound()),
                [false, false, true] => (Kind::Objects, 0..graph.id_bound()),
                _ => (Kind::All(0), 0..orders.len()),
            },
        };
        self.kind = kind;
        (self.at, self.end) = (range.start, range.end);
        Ok(())
    }

    /// Goes to the next match: puts its values in the row, and says how many matches have them. 0 is the end; the slots
    /// are empty again then.
    pub(super) fn next(&mut self, graph: &CompiledGraph, row: &mut [Id]) -> Result<u64, GraphError> {
        loop {
            if self.at >= self.end {
                self.clear(row);
                return Ok(0);
            }
            let at = self.at;
            self.at += 1;
            match self.kind {
                Kind::Count => {
                    let count = self.end - at;
                    self.at = self.end;
                    return Ok(count as u64);
                }
                Kind::One(place, column) => {
                    self.put(row, place, column.of(graph).get(at)?);
                    return Ok(1);
                }
                Kind::Runs(place, column) => {
                    let column = column.of(graph);
                    let value = column.get(at)?;
                    let run = equal_range(column, at..self.end, value)?;
                    // A column that is not sorted, in a damaged file, must not hold the query up.
                    self.at = run.end.max(at + 1);
                    self.put(row, place, value);
                    return Ok((self.at - at) as u64);
                }
                Kind::Two(a, first, b, second) => {
                    let (x, y) = (first.of(graph).get(at)?, second.of(graph).get(at)?);
                    self.put(row, a, x);
                    self.put(row, b, y);
                    if !self.repeated || x == y {
                        return Ok(1);
                    }
                }
                Kind::Few(predicate) => {
                    let orders = graph.orders();
                    if orders.osp_p.get(at)? == predicate {
                        self.put(row, 0, orders.osp_s.get(at)?);
                        return Ok(1);
                    }
                }
                Kind::Predicates => {
                    let predicate = graph.orders().predicate_at(at)?;
                    self.put(row, 1, predicate.id);
                    return Ok(predicate.range.len() as u64);
                }
                Kind::Subjects | Kind::Objects => {
                    let subject = matches!(self.kind, Kind::Subjects);
                    let orders = graph.orders();
                    let range = if subject { orders.of_subject(at as Id)? } else { orders.of_object(at as Id)? };
                    if !range.is_empty() {
                        self.put(row, if subject { 0 } else { 2 }, at as Id);
                        return Ok(range.len() as u64);
                    }
                }
                Kind::All(subject) => {
                    let orders = graph.orders();
                    let mut subject = subject;
                    while at >= orders.of_subject(subject)?.end {
                        subject += 1;
                        if subject as usize >= graph.id_bound() {
                            return Err(GraphError::Corrupt("offsets leave triples out"));
                        }
                    }
                    self.kind = Kind::All(subject);
                    let triple = [subject, orders.spo_p.get(at)?, orders.spo_o.get(at)?];
                    if self.put_all(row, &triple) {
                        return Ok(1);
                    }
                }
                Kind::Quads(order) => {
                    let quad = graph.named().quad(order, at)?;
                    if self.bound.iter().zip(quad).all(|(want, is)| want.is_none_or(|want| want == is))
                        && self.put_all(row, &quad)
                    {
                        return Ok(1);
                    }
                }
            }
        }
    }

    fn put(&self, row: &mut [Id], place: usize, id: Id) {
        if let Some(slot) = self.open[place] {
            row[slot] = id;
        }
    }

    /// Puts all values in the row; `false` where one variable would have two.
    fn put_all(&self, row: &mut [Id], ids: &[Id]) -> bool {
        for (slot, id) in self.open.iter().zip(ids) {
            if let Some(slot) = slot {
                row[*slot] = *id;
            }
        }
        !self.repeated || self.open.iter().zip(ids).all(|(slot, id)| slot.is_none_or(|slot| row[slot] == *id))
    }

    fn clear(&self, row: &mut [Id]) {
        for slot in self.open.iter().flatten() {
            row[*slot] = 0;
        }
    }
}

/// Going through triple terms by what they are made of.
pub(super) struct TermCursor {
    /// Which component they are looked up by, and the places in its column; `None` where the term itself is known.
    by: Option<usize>,
    whole: Option<Id>,
    at: usize,
    end: usize,
    parts: [Place; 3],
    open: [Option<usize>; 4],
    bound: [Option<Id>; 3],
}

impl TermCursor {
    pub(super) fn new(graph: &CompiledGraph, whole: Place, parts: [Place; 3], row: &[Id]) -> Result<Self, GraphError> {
        let bound = parts.map(|part| part.id(row));
        let mut open = [None; 4];
        for (at, part) in parts.iter().chain([&whole]).enumerate() {
            open[at] = part.slot().filter(|_| part.id(row).is_none());
        }
        let mut id = whole.id(row);
        if let (None, [Some(subject), Some(predicate), Some(object)]) = (id, bound) {
            // Where there is none, an id of no term matches nothing.
            id = Some(graph.triple_term([subject, predicate, object])?.unwrap_or(NOTHING));
        }
        let (mut by, mut range) = (None, 0..usize::from(id.is_some_and(|id| (id as usize) < graph.id_bound())));
        if id.is_none() {
            let components = graph.components();
            (by, range) = (Some(0), 0..components.len());
            for (place, part) in bound.iter().enumerate() {
                if let Some(part) = part {
                    let found = components.with(place, *part)?;
                    if found.len() < range.len() {
                        (by, range) = (Some(place), found);
                    }
                }
            }
        }
        Ok(Self { by, whole: id, at: range.start, end: range.end, parts, open, bound })
    }

    /// As [`Cursor::next`].
    pub(super) fn next(&mut self, graph: &CompiledGraph, row: &mut [Id]) -> Result<u64, GraphError> {
        while self.at < self.end {
            let at = self.at;
            self.at += 1;
            let id = match (self.by, self.whole) {
                (Some(place), _) => graph.components().term_at(place, at)?,
                (None, Some(id)) => id,
                (None, None) => continue,
            };
            let Some(parts) = graph.components_of(id)? else { continue };
            if !self.bound.iter().zip(parts).all(|(want, is)| want.is_none_or(|want| want == is)) {
                continue;
            }
            for (slot, value) in self.open.iter().zip(parts.into_iter().chain([id])) {
                if let Some(slot) = slot {
                    row[*slot] = value;
                }
            }
            // One variable at several places.
            if self.parts.iter().zip(parts).all(|(place, is)| place.slot().is_none_or(|slot| row[slot] == is)) {
                return Ok(1);
            }
        }
        for slot in self.open.iter().flatten() {
            row[*slot] = 0;
        }
        Ok(0)
    }
}
