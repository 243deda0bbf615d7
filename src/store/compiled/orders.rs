//! The triples of the default graph in three orders.

use super::GraphError;
use super::blocks::{Words, equal_range, lower_bound};
use super::dictionary::Id;
use std::ops::Range;
use zerocopy::little_endian::U32;

/// Triples as columns of ids, sorted by subject, predicate, object; by predicate, object, subject; and by object, subject,
/// predicate. Offsets replace the first column of each.
pub(in crate::store) struct Orders {
    /// Where the triples of each subject begin in the next two columns.
    pub(in crate::store) subjects: Words,
    pub(in crate::store) spo_p: Words,
    pub(in crate::store) spo_o: Words,
    /// A row for each predicate; see [`PredicateRow`].
    pub(in crate::store) predicates: Words,
    pub(in crate::store) pos_o: Words,
    pub(in crate::store) pos_s: Words,
    /// Where the triples of each object begin in the next two columns.
    pub(in crate::store) objects: Words,
    pub(in crate::store) osp_s: Words,
    pub(in crate::store) osp_p: Words,
}

/// The statistics of a predicate. A last row without predicate ends the ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PredicateRow {
    /// The predicate.
    pub id: Id,
    /// Its triples, in the order of predicate, object, subject.
    pub range: Range<usize>,
    /// The number of their distinct subjects.
    pub subjects: u32,
    /// The number of their distinct objects.
    pub objects: u32,
}

/// The number of words in a row.
pub(in crate::store) const ROW_WIDTH: usize = 4;

impl Orders {
    /// All columns in the order of the file.
    pub(super) fn columns(&self) -> [&Words; 9] {
        let Self { subjects, spo_p, spo_o, predicates, pos_o, pos_s, objects, osp_s, osp_p } = self;
        [subjects, spo_p, spo_o, predicates, pos_o, pos_s, objects, osp_s, osp_p]
    }

    /// The number of triples.
    pub(in crate::store) fn len(&self) -> usize {
        self.spo_p.len()
    }

    /// The range of a column that starts at the offset of an id. Empty if the id has no term.
    #[inline]
    fn group(starts: &Words, id: Id, column: &Words) -> Result<Range<usize>, GraphError> {
        if id as usize + 1 >= starts.len() {
            return Ok(0..0);
        }
        let range = starts.range(id as usize)?;
        if range.end <= column.len() { Ok(range) } else { Err(outside_of_column()) }
    }

    /// The triples of a subject: a range of the order SPO.
    #[inline]
    pub(in crate::store) fn of_subject(&self, subject: Id) -> Result<Range<usize>, GraphError> {
        Self::group(&self.subjects, subject, &self.spo_p)
    }

    /// The triples of an object: a range of the order OSP.
    #[inline]
    pub(in crate::store) fn of_object(&self, object: Id) -> Result<Range<usize>, GraphError> {
        Self::group(&self.objects, object, &self.osp_s)
    }

    /// The number of predicates.
    pub(in crate::store) fn predicate_count(&self) -> usize {
        (self.predicates.len() / ROW_WIDTH).saturating_sub(1)
    }

    /// The predicate at an index. Predicates are sorted by id.
    pub(in crate::store) fn predicate_at(&self, index: usize) -> Result<PredicateRow, GraphError> {
        let words = self.predicates.slice(index * ROW_WIDTH..(index + 1) * ROW_WIDTH + 2)?;
        let word = |at: usize| words[at].get();
        let range = word(1) as usize..word(ROW_WIDTH + 1) as usize;
        if range.start > range.end || range.end > self.pos_o.len() {
            return Err(outside_of_column());
        }
        Ok(PredicateRow { id: word(0), range, subjects: word(2), objects: word(3) })
    }

    /// The statistics of a predicate; `None` if no triple has it.
    pub(in crate::store) fn of_predicate(&self, predicate: Id) -> Result<Option<PredicateRow>, GraphError> {
        let count = self.predicate_count();
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.predicates.get(middle * ROW_WIDTH)? < predicate { low = middle + 1 } else { high = middle }
        }
        if low == count || self.predicates.get(low * ROW_WIDTH)? != predicate {
            return Ok(None);
        }
        self.predicate_at(low).map(Some)
    }

    /// The objects of a subject and a predicate: a range of `spo_o`, ascending.
    #[inline]
    pub(in crate::store) fn objects_of(&self, subject: Id, predicate: Id) -> Result<Range<usize>, GraphError> {
        equal_range(&self.spo_p, self.of_subject(subject)?, predicate)
    }

    /// The subjects of a predicate and an object: a range of `pos_s`, ascending.
    pub(in crate::store) fn subjects_of(&self, predicate: Id, object: Id) -> Result<Range<usize>, GraphError> {
        match self.of_predicate(predicate)? {
            Some(row) => equal_range(&self.pos_o, row.range, object),
            None => Ok(0..0),
        }
    }

    /// The predicates of a subject and an object: a range of `osp_p`, ascending.
    #[inline]
    pub(in crate::store) fn predicates_of(&self, subject: Id, object: Id) -> Result<Range<usize>, GraphError> {
        equal_range(&self.osp_s, self.of_object(object)?, subject)
    }

    /// The triples that match a pattern, as a range of the order that begins with the pattern's components.
    pub(in crate::store) fn matching(&self, pattern: [Option<Id>; 3]) -> Result<Range<usize>, GraphError> {
        match pattern {
            [Some(s), Some(p), Some(o)] => Ok(0..usize::from(self.contains(s, p, o)?)),
            [Some(s), Some(p), None] => self.objects_of(s, p),
            [None, Some(p), Some(o)] => self.subjects_of(p, o),
            [Some(s), None, Some(o)] => self.predicates_of(s, o),
            [Some(s), None, None] => self.of_subject(s),
            [None, Some(p), None] => Ok(self.of_predicate(p)?.map_or(0..0, |row| row.range)),
            [None, None, Some(o)] => self.of_object(o),
            [None, None, None] => Ok(0..self.len()),
        }
    }

    /// The triple at a position of the order that [`matching`](Self::matching) returns a range of. The pattern must have a
    /// component, because no order keeps its first column.
    pub(in crate::store) fn triple_at(&self, pattern: [Option<Id>; 3], at: usize) -> Result<[Id; 3], GraphError> {
        Ok(match pattern {
            [Some(s), Some(p), Some(o)] => [s, p, o],
            [Some(s), Some(p), None] => [s, p, self.spo_o.get(at)?],
            [None, Some(p), Some(o)] => [self.pos_s.get(at)?, p, o],
            [Some(s), None, Some(o)] => [s, self.osp_p.get(at)?, o],
            [Some(s), None, None] => [s, self.spo_p.get(at)?, self.spo_o.get(at)?],
            [None, Some(p), None] => [self.pos_s.get(at)?, p, self.pos_o.get(at)?],
            [None, None, Some(o)] => [self.osp_s.get(at)?, self.osp_p.get(at)?, o],
            [None, None, None] => return Err(GraphError::Corrupt("a pattern has no component")),
        })
    }

    /// Whether a triple is in the graph.
    pub(in crate::store) fn contains(&self, subject: Id, predicate: Id, object: Id) -> Result<bool, GraphError> {
        let objects = self.objects_of(subject, predicate)?;
        let at = lower_bound(&self.spo_o, objects.clone(), object)?;
        Ok(at < objects.end && self.spo_o.get(at)? == object)
    }
}

fn outside_of_column() -> GraphError {
    GraphError::Corrupt("an offset is outside of its column")
}

/// Triples that are collected in chunks, which do not move when the collection grows.
#[derive(Default)]
pub(in crate::store) struct Triples {
    chunks: Vec<Vec<[Id; 3]>>,
}

impl Triples {
    /// The number of triples in a chunk.
    const CHUNK: usize = 1 << 16;

    pub(in crate::store) fn push(&mut self, triple: [Id; 3]) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < Self::CHUNK => chunk.push(triple),
            // The first chunk grows as needed, because most graphs are small.
            None => self.chunks.push(vec![triple]),
            Some(_) => {
                let mut chunk = Vec::with_capacity(Self::CHUNK);
                chunk.push(triple);
                self.chunks.push(chunk);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }

    fn iter(&self) -> impl Iterator<Item = &[Id; 3]> {
        self.chunks.iter().flatten()
    }
}

/// Sorts triples into their three orders, and drops duplicates.
///
/// `terms` is the largest id. Linear in triples and terms, except for sorting the triples of each subject. The result does not
/// depend on the number of threads.
pub(in crate::store) fn build(terms: usize, triples: Triples) -> Result<Orders, GraphError> {
    if u32::try_from(triples.len()).is_err() {
        return Err(GraphError::TooLarge("the triples"));
    }
    // Subject by subject: the pairs of predicate and object, sorted.
    let starts = offsets(terms, triples.iter().map(|t| t[0]));
    let mut pairs = vec![0_u64; triples.len()];
    scatter(&starts, &mut [&mut pairs], |put| {
        for [s, p, o] in triples.iter() {
            put(*s, [u64::from(*p) << 32 | u64::from(*o)]);
        }
    });
    drop(triples);
    sort_groups(&starts, &mut pairs);
    let (subjects, pairs) = deduplicate(&starts, pairs);

    let osp_starts = offsets(terms, pairs.iter().map(|pair| *pair as Id));
    let count = pairs.len();
    let (mut osp_s, mut osp_p) = (vec![U32::ZERO; count], vec![U32::ZERO; count]);
    scatter(&osp_starts, &mut [&mut osp_s, &mut osp_p], |put| {
        for_each_group(&subjects, |subject, range| {
            for pair in &pairs[range] {
                put(*pair as Id, [U32::new(subject), U32::new((*pair >> 32) as u32)]);
            }
        });
    });
    let spo_p: Vec<U32> = pairs.iter().map(|pair| U32::new((*pair >> 32) as u32)).collect();
    let spo_o: Vec<U32> = pairs.iter().map(|pair| U32::new(*pair as u32)).collect();
    drop(pairs);

    let pos_starts = offsets(terms, spo_p.iter().map(|p| p.get()));
    let (mut pos_o, mut pos_s) = (vec![U32::ZERO; count], vec![U32::ZERO; count]);
    scatter(&pos_starts, &mut [&mut pos_o, &mut pos_s], |put| {
        for_each_group(&osp_starts, |object, range| {
            for (s, p) in osp_s[range.clone()].iter().zip(&osp_p[range]) {
                put(p.get(), [U32::new(object), *s]);
            }
        });
    });
    let predicates = predicates(&pos_starts, &pos_o, &subjects, &spo_p);
    let words = |words: Vec<u32>| Words::Owned(words.into_iter().map(U32::new).collect());
    Ok(Orders {
        subjects: words(subjects),
        spo_p: Words::Owned(spo_p),
        spo_o: Words::Owned(spo_o),
        predicates,
        pos_o: Words::Owned(pos_o),
        pos_s: Words::Owned(pos_s),
        objects: words(osp_starts),
        osp_s: Words::Owned(osp_s),
        osp_p: Words::Owned(osp_p),
    })
}

/// Where the group of each id begins, for ids from 0 to one more than the largest.
fn offsets(largest: usize, ids: impl Iterator<Item = Id>) -> Vec<u32> {
    let mut counts = vec![0_u32; largest + 2];
    for id in ids {
        counts[id as usize + 1] += 1;
    }
    let mut sum = 0;
    for count in &mut counts {
        sum += *count;
        *count = sum;
    }
    counts
}

fn for_each_group(starts: &[u32], mut each: impl FnMut(Id, Range<usize>)) {
    for (id, pair) in starts.windows(2).enumerate() {
        if pair[0] != pair[1] {
            each(id as Id, pair[0] as usize..pair[1] as usize);
        }
    }
}

/// A counting sort: puts each value into the next free slot of its group. Each thread iterates over all values and puts those of
/// its share of the groups.
fn scatter<T: Copy + Send, const N: usize>(
    starts: &[u32],
    columns: &mut [&mut [T]; N],
    values: impl Fn(&mut dyn FnMut(Id, [T; N])) + Sync,
) {
    let length = columns[0].len();
    let threads = if length < 1 << 16 { 1 } else { rayon::current_num_threads() };
    rayon::scope(|scope| {
        let mut rest: [&mut [T]; N] = columns.each_mut().map(|column| &mut **column);
        let mut first = 0;
        for share in 1..=threads {
            // The groups up to the first that begins after this thread's share of the slots.
            let until = match share == threads {
                true => starts.len() - 1,
                false => starts.partition_point(|start| (*start as usize) < length * share / threads).max(first),
            };
            let base = starts[first] as usize;
            let size = starts[until] as usize - base;
            let mut mine = Vec::with_capacity(N);
            rest = rest.map(|column| {
                let (head, tail) = column.split_at_mut(size);
                mine.push(head);
                tail
            });
            let (values, range) = (&values, first..until);
            scope.spawn(move |_| {
                let mut next: Vec<u32> = starts[range.clone()].to_vec();
                values(&mut |id, value| {
                    let index = id as usize;
                    if range.contains(&index) {
                        let slot = &mut next[index - range.start];
                        for (column, value) in mine.iter_mut().zip(value) {
                            column[*slot as usize - base] = value;
                        }
                        *slot += 1;
                    }
                });
            });
            first = until;
        }
    });
}

/// Sorts the values of each group.
fn sort_groups(starts: &[u32], values: &mut [u64]) {
    const SERIAL: usize = 1 << 14;
    if values.len() <= SERIAL || starts.len() <= 2 {
        let base = starts[0];
        for_each_group(starts, |_, range| {
            let (start, end) = (range.start - base as usize, range.end - base as usize);
            values[start..end].sort_unstable();
        });
        return;
    }
    let half = starts[0] as usize + values.len() / 2;
    let middle = starts.partition_point(|start| (*start as usize) < half).clamp(1, starts.len() - 2);
    let (left, right) = values.split_at_mut((starts[middle] - starts[0]) as usize);
    rayon::join(|| sort_groups(&starts[..=middle], left), || sort_groups(&starts[middle..], right));
}

/// Drops duplicates in sorted groups.
fn deduplicate(starts: &[u32], mut values: Vec<u64>) -> (Vec<u32>, Vec<u64>) {
    let mut kept = 0;
    let mut new = vec![0];
    for pair in starts.windows(2) {
        let mut last = None;
        for at in pair[0] as usize..pair[1] as usize {
            let value = values[at];
            if last != Some(value) {
                values[kept] = value;
                kept += 1;
                last = Some(value);
            }
        }
        new.push(kept as u32);
    }
    values.truncate(kept);
    (new, values)
}

/// The statistics of all predicates.
fn predicates(pos_starts: &[u32], pos_o: &[U32], subjects: &[u32], spo_p: &[U32]) -> Words {
    let mut rows: Vec<[u32; ROW_WIDTH]> = Vec::new();
    let mut row_of = vec![0_u32; pos_starts.len()];
    for_each_group(pos_starts, |id, range| {
        row_of[id as usize] = rows.len() as u32;
        let objects = &pos_o[range.clone()];
        let distinct = 1 + objects.windows(2).filter(|pair| pair[0] != pair[1]).count();
        rows.push([id, range.start as u32, 0, distinct as u32]);
    });
    for_each_group(subjects, |_, range| {
        let mut last = None;
        for predicate in &spo_p[range] {
            if last != Some(predicate) {
                rows[row_of[predicate.get() as usize] as usize][2] += 1;
                last = Some(predicate);
            }
        }
    });
    rows.push([0, pos_o.len() as u32, 0, 0]);
    Words::Owned(rows.into_iter().flatten().map(U32::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn built(terms: usize, list: &[[u32; 3]]) -> Orders {
        let mut triples = Triples::default();
        for triple in list {
            triples.push(*triple);
        }
        build(terms, triples).unwrap()
    }

    fn column(words: &Words, range: Range<usize>) -> Vec<u32> {
        words.slice(range).unwrap().iter().map(|w| w.get()).collect()
    }

    proptest! {
        #[test]
        fn every_pattern_matches_the_triples_that_a_scan_finds(
            triples in prop::collection::vec((1_u32..9, 1_u32..9, 1_u32..9).prop_map(|(s, p, o)| [s, p, o]), 0..120),
            (s, p, o) in (1_u32..11, 1_u32..11, 1_u32..11),
        ) {
            let set: BTreeSet<[u32; 3]> = triples.iter().copied().collect();
            let orders = built(9, &triples);
            let matching = |keep: &dyn Fn(&[u32; 3]) -> bool, part: usize| {
                let mut found: Vec<u32> = set.iter().filter(|t| keep(t)).map(|t| t[part]).collect();
                found.sort_unstable();
                found
            };
            prop_assert_eq!(orders.len(), set.len());
            prop_assert_eq!(column(&orders.spo_o, orders.objects_of(s, p).unwrap()), matching(&|t| t[0] == s && t[1] == p, 2));
            prop_assert_eq!(column(&orders.pos_s, orders.subjects_of(p, o).unwrap()), matching(&|t| t[1] == p && t[2] == o, 0));
            prop_assert_eq!(column(&orders.osp_p, orders.predicates_of(s, o).unwrap()), matching(&|t| t[0] == s && t[2] == o, 1));
            prop_assert_eq!(orders.contains(s, p, o).unwrap(), set.contains(&[s, p, o]));
            let row = orders.of_predicate(p).unwrap();
            let subjects: BTreeSet<u32> = matching(&|t| t[1] == p, 0).into_iter().collect();
            let objects: BTreeSet<u32> = matching(&|t| t[1] == p, 2).into_iter().collect();
            let counts = row.map_or((0, 0), |row| (row.subjects, row.objects));
            prop_assert_eq!(counts, (subjects.len() as u32, objects.len() as u32));
        }
    }

    #[test]
    fn sorting_does_not_depend_on_the_number_of_threads() {
        let triples: Vec<[u32; 3]> =
            (0..200_000_u32).map(|i| [i * 7919 % 5000 + 1, i % 17 + 1, i * 31 % 9000 + 1]).collect();
        let of = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| built(9001, &triples))
        };
        let (one, three) = (of(1), of(3));
        for (a, b) in [(&one.spo_o, &three.spo_o), (&one.osp_p, &three.osp_p), (&one.pos_s, &three.pos_s)] {
            assert_eq!(a.bytes().unwrap(), b.bytes().unwrap());
        }
        assert_eq!(one.predicates.bytes().unwrap(), three.predicates.bytes().unwrap());
    }
}
