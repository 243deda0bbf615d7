//! ORDER BY: sorts all rows, or finds the first ones.

use super::budget::{Budget, row_bytes, value_bytes};
use super::execution::Execution;
use super::order::{compare_terms, compare_values};
use super::plan::SortKey;
use super::value::Value;
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
    threshold: Option<Vec<Option<Value>>>,
}

#[derive(Clone)]
struct Entry {
    key: Vec<Option<Value>>,
    row: Vec<Id>,
}

impl Entry {
    /// An estimate of its size in memory.
    fn bytes(&self) -> usize {
        let strings: usize = self.key.iter().flatten().map(value_bytes).sum();
        let key = self.key.len() * size_of::<Option<Value>>();
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
            key.push(sort_key.expr.value(execution, row)?);
            // The first part of the key already excludes most rows.
            if let (Some(threshold), 1) = (&self.threshold, key.len())
                && self.compare_part(0, &key, threshold).is_gt()
            {
                return Ok(());
            }
        }
        if self.threshold.as_ref().is_some_and(|threshold| self.compare(&key, threshold).is_ge()) {
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
            self.sort(&execution.budget)?;
            if self.entries.len() == limit {
                self.threshold = self.entries.last().map(|entry| entry.key.clone());
            }
        }
        Ok(())
    }

    fn compare_part(&self, part: usize, a: &[Option<Value>], b: &[Option<Value>]) -> Ordering {
        self.directed(part, compare_values(a[part].as_ref(), b[part].as_ref()))
    }

    fn directed(&self, part: usize, order: Ordering) -> Ordering {
        if self.keys[part].descending { order.reverse() } else { order }
    }

    /// Compares keys by their values. Those with equal values, such as `1` and `1.0`, are compared by their terms, so that the order does
    /// not depend on that of the input.
    fn compare(&self, a: &[Option<Value>], b: &[Option<Value>]) -> Ordering {
        let parts = || 0..self.keys.len();
        let by_value = parts().map(|part| self.compare_part(part, a, b)).find(|order| order.is_ne());
        by_value.unwrap_or_else(|| {
            let by_term = parts().map(|part| self.directed(part, compare_terms(a[part].as_ref(), b[part].as_ref())));
            by_term.reduce(Ordering::then).unwrap_or(Ordering::Equal)
        })
    }

    /// Sorts the rows and drops those behind the limit.
    fn sort(&mut self, budget: &Budget) -> Result<(), GraphError> {
        let entries = std::mem::take(&mut self.entries);
        self.entries = self.merge_sorted(entries, budget)?;
        let dropped = self.entries.split_off(self.limit.unwrap_or(usize::MAX).min(self.entries.len()));
        budget.release(dropped.iter().map(Entry::bytes).sum());
        Ok(())
    }

    /// A merge sort, with insertion sort for short lists. Unlike the standard library's, it can be cancelled.
    fn merge_sorted(&self, mut left: Vec<Entry>, budget: &Budget) -> Result<Vec<Entry>, GraphError> {
        if left.len() <= MAX_INSERTION {
            for end in 1..left.len() {
                let mut index = end;
                while index > 0 && self.compare(&left[index - 1].key, &left[index].key).is_gt() {
                    left.swap(index - 1, index);
                    index -= 1;
                }
            }
            return Ok(left);
        }
        let right = left.split_off(left.len() / 2);
        let mut merged = Vec::with_capacity(left.len() + right.len());
        let mut left = self.merge_sorted(left, budget)?.into_iter().peekable();
        let mut right = self.merge_sorted(right, budget)?.into_iter().peekable();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            budget.check()?;
            merged.extend(if self.compare(&a.key, &b.key).is_gt() { right.next() } else { left.next() });
        }
        merged.extend(left.chain(right));
        Ok(merged)
    }

    /// The rows in order.
    pub(super) fn finish(mut self, budget: &Budget) -> Result<Vec<Vec<Id>>, GraphError> {
        self.sort(budget)?;
        Ok(self.entries.into_iter().map(|entry| entry.row).collect())
    }
}
