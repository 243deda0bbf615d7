//! ORDER BY: sorts all rows, or finds the first ones.

use super::budget::{row_bytes, value_bytes};
use super::execution::Execution;
use super::expression::Evaluated;
use super::order::compare_values;
use super::plan::SortKey;
use crate::store::GraphError;
use crate::store::compiled::Id;
use std::cmp::Ordering;

/// Up to this many rows are sorted by insertion.
const MAX_INSERTION: usize = 16;

/// Collects rows and sorts them by their keys; rows with equal keys stay in the order in which they were added.
pub(super) struct Sorter<'a> {
    keys: &'a [SortKey],
    limit: Option<usize>,
    entries: Vec<Entry>,
    /// The key of the last of the first rows, once there are `limit` of them.
    threshold: Option<Key>,
}

/// The values of the sort keys.
type Key = Vec<Option<Evaluated>>;

#[derive(Clone)]
struct Entry {
    key: Key,
    row: Vec<Id>,
}

impl Entry {
    /// An estimate of its size in memory.
    fn bytes(&self) -> usize {
        let strings: usize = self.key.iter().flatten().map(|key| value_bytes(&key.value)).sum();
        let key = self.key.len() * size_of::<Option<Evaluated>>();
        // The entries are moved from one list to another.
        strings + key + row_bytes(self.row.len()) + 2 * size_of::<Self>()
    }
}

impl<'a> Sorter<'a> {
    /// A sorter for the first `limit` rows, or for all.
    pub(super) fn new(keys: &'a [SortKey], limit: Option<usize>) -> Self {
        Self { keys, limit, entries: Vec::new(), threshold: None }
    }

    /// Adds a row `count` times.
    pub(super) fn add(&mut self, row: &[Id], count: u64, execution: &mut Execution) -> Result<(), GraphError> {
        if self.limit == Some(0) {
            return Ok(());
        }
        let mut key = Vec::with_capacity(self.keys.len());
        for sort_key in self.keys {
            key.push(sort_key.expr.evaluate(execution, row)?);
            // The first part of the key already excludes most rows.
            if let (Some(threshold), 1) = (&self.threshold, key.len())
                && self.compare_part(0, &key, threshold).is_gt()
            {
                return Ok(());
            }
        }
        if let Some(threshold) = &self.threshold
            && self.compare(&key, threshold, execution)?.is_ge()
        {
            return Ok(());
        }
        let count = self.limit.map_or(count, |limit| count.min(limit as u64));
        let entry = Entry { key, row: row.to_vec() };
        for _ in 1..count {
            execution.budget.check()?;
            execution.budget.reserve(entry.bytes())?;
            self.entries.push(entry.clone());
        }
        execution.budget.reserve(entry.bytes())?;
        self.entries.push(entry);
        if let Some(limit) = self.limit
            && self.entries.len() >= limit.saturating_mul(2).max(64)
        {
            self.sort(execution)?;
            if self.entries.len() == limit {
                self.threshold = self.entries.last().map(|entry| entry.key.clone());
            }
        }
        Ok(())
    }

    fn compare_part(&self, part: usize, a: &[Option<Evaluated>], b: &[Option<Evaluated>]) -> Ordering {
        let (a, b) = (a[part].as_ref(), b[part].as_ref());
        self.directed(part, compare_values(a.map(|a| &a.value), b.map(|b| &b.value)))
    }

    fn directed(&self, part: usize, order: Ordering) -> Ordering {
        if self.keys[part].descending { order.reverse() } else { order }
    }

    /// Compares keys by their values. Those with equal values, such as `1` and `1.0`, are compared by their terms, so that the order does
    /// not depend on that of the input.
    fn compare(
        &self,
        a: &[Option<Evaluated>],
        b: &[Option<Evaluated>],
        execution: &Execution,
    ) -> Result<Ordering, GraphError> {
        let parts = || 0..self.keys.len();
        if let Some(order) = parts().map(|part| self.compare_part(part, a, b)).find(|order| order.is_ne()) {
            return Ok(order);
        }
        for part in parts() {
            if let (Some(a), Some(b)) = (&a[part], &b[part])
                && let order = a.compare_terms(b, execution)?
                && order.is_ne()
            {
                return Ok(self.directed(part, order));
            }
        }
        Ok(Ordering::Equal)
    }

    /// Sorts the rows and drops those behind the limit.
    fn sort(&mut self, execution: &Execution) -> Result<(), GraphError> {
        let entries = std::mem::take(&mut self.entries);
        self.entries = self.merge_sorted(entries, execution)?;
        let dropped = self.entries.split_off(self.limit.unwrap_or(usize::MAX).min(self.entries.len()));
        execution.budget.release(dropped.iter().map(Entry::bytes).sum());
        Ok(())
    }

    /// A merge sort, with insertion sort for short lists. Unlike the standard library's, it can be cancelled.
    fn merge_sorted(&self, mut left: Vec<Entry>, execution: &Execution) -> Result<Vec<Entry>, GraphError> {
        if left.len() <= MAX_INSERTION {
            for end in 1..left.len() {
                let mut index = end;
                while index > 0 && self.compare(&left[index - 1].key, &left[index].key, execution)?.is_gt() {
                    left.swap(index - 1, index);
                    index -= 1;
                }
            }
            return Ok(left);
        }
        let right = left.split_off(left.len() / 2);
        let mut merged = Vec::with_capacity(left.len() + right.len());
        let mut left = self.merge_sorted(left, execution)?.into_iter().peekable();
        let mut right = self.merge_sorted(right, execution)?.into_iter().peekable();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            execution.budget.check()?;
            merged.extend(if self.compare(&a.key, &b.key, execution)?.is_gt() { right.next() } else { left.next() });
        }
        merged.extend(left.chain(right));
        Ok(merged)
    }

    /// The rows in order.
    pub(super) fn finish(mut self, execution: &Execution) -> Result<Vec<Vec<Id>>, GraphError> {
        self.sort(execution)?;
        Ok(self.entries.into_iter().map(|entry| entry.row).collect())
    }
}
