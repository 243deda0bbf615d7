//! ORDER BY: all rows, or the first so many.

use super::plan::SortKey;
use super::run::Context;
use super::stop::Stop;
use super::value::{Value, order};
use crate::store::GraphError;
use crate::store::compiled::Id;
use std::cmp::Ordering;

/// Collects rows and sorts them by their keys; rows with equal keys stay in the order in which they came.
pub(super) struct Sorter<'a> {
    keys: &'a [SortKey],
    first: Option<usize>,
    entries: Vec<Entry>,
    /// The key of the last row that is among the first ones, once there are enough.
    worst: Option<Vec<Option<Value>>>,
}

struct Entry {
    key: Vec<Option<Value>>,
    row: Vec<Id>,
}

impl<'a> Sorter<'a> {
    /// `first` says how many rows are needed.
    pub(super) fn new(keys: &'a [SortKey], first: Option<usize>) -> Self {
        Self { keys, first, entries: Vec::new(), worst: None }
    }

    /// Adds a row so many times.
    pub(super) fn add(&mut self, row: &[Id], count: u64, context: &mut Context) -> Result<(), GraphError> {
        if self.first == Some(0) {
            return Ok(());
        }
        let mut key = Vec::with_capacity(self.keys.len());
        for sort_key in self.keys {
            key.push(sort_key.expr.value(context, row)?);
            // Most rows are behind the worst of those that are kept by their first key already.
            if let (Some(worst), 1) = (&self.worst, key.len())
                && self.part(0, &key, worst) == Ordering::Greater
            {
                return Ok(());
            }
        }
        if let Some(worst) = &self.worst
            && self.compare(&key, worst) != Ordering::Less
        {
            return Ok(());
        }
        let times = self.first.map_or(count, |first| count.min(first as u64));
        for _ in 1..times {
            context.stop.check()?;
            self.entries.push(Entry { key: key.clone(), row: row.to_vec() });
        }
        self.entries.push(Entry { key, row: row.to_vec() });
        if let Some(first) = self.first
            && self.entries.len() >= first.saturating_mul(2).max(64)
        {
            self.shorten(first, &context.stop)?;
        }
        Ok(())
    }

    fn part(&self, at: usize, a: &[Option<Value>], b: &[Option<Value>]) -> Ordering {
        let order = order(a[at].as_ref(), b[at].as_ref());
        if self.keys[at].descending { order.reverse() } else { order }
    }

    fn compare(&self, a: &[Option<Value>], b: &[Option<Value>]) -> Ordering {
        (0..self.keys.len()).map(|at| self.part(at, a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Sorts by merging. Literals of several datatypes compare in circles at times (by value among their own, by text with
    /// others), which the sort of the standard library may refuse; merging takes any answer.
    fn sort(&mut self, stop: &Stop) -> Result<(), GraphError> {
        let mut entries: Vec<Option<Entry>> = std::mem::take(&mut self.entries).into_iter().map(Some).collect();
        let mut width = 1;
        while width < entries.len() {
            let mut merged = Vec::with_capacity(entries.len());
            for pair in entries.chunks_mut(width * 2) {
                let (left, right) = pair.split_at_mut(width.min(pair.len()));
                let (mut left, mut right) = (left.iter_mut().peekable(), right.iter_mut().peekable());
                while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
                    stop.check()?;
                    let first = match (a.as_ref(), b.as_ref()) {
                        (Some(a), Some(b)) => self.compare(&a.key, &b.key) != Ordering::Greater,
                        _ => true,
                    };
                    let next = if first { left.next() } else { right.next() };
                    merged.push(next.and_then(Option::take));
                }
                merged.extend(left.chain(right).map(Option::take));
            }
            entries = merged;
            width *= 2;
        }
        self.entries = entries.into_iter().flatten().collect();
        Ok(())
    }

    fn shorten(&mut self, first: usize, stop: &Stop) -> Result<(), GraphError> {
        self.sort(stop)?;
        self.entries.truncate(first);
        if self.entries.len() == first {
            self.worst = self.entries.last().map(|entry| entry.key.clone());
        }
        Ok(())
    }

    /// The rows in their order, one after the other.
    pub(super) fn finish(mut self, stop: &Stop) -> Result<Vec<Id>, GraphError> {
        self.sort(stop)?;
        if let Some(first) = self.first {
            self.entries.truncate(first);
        }
        Ok(self.entries.into_iter().flat_map(|entry| entry.row).collect())
    }
}
