//! Query results whose evaluation recurses deeply.

use super::super::StoreError;
use crate::model::{MAX_EVALUATION_DEPTH, has_room, on_deep_stack};
use oxigraph::sparql::{QueryResults, QuerySolutionIter, QueryTripleIter};
use std::collections::VecDeque;

/// The most items that are read at once if each time needs a new stack.
const MAX_BATCH: usize = 256;

/// Starts a query whose evaluation recurses once for each of some levels. The results may be read and dropped on any stack.
pub(in crate::store) fn deep_results<'a>(
    levels: usize,
    start: impl FnOnce() -> Result<QueryResults<'a>, StoreError>,
) -> Result<QueryResults<'a>, StoreError> {
    Ok(match on_checked_stack(levels, start)? {
        QueryResults::Solutions(solutions) => {
            let variables = solutions.variables().into();
            QueryResults::Solutions(QuerySolutionIter::new(variables, DeepIterator::new(levels, solutions)))
        }
        QueryResults::Graph(triples) => QueryResults::Graph(QueryTripleIter::new(DeepIterator::new(levels, triples))),
        QueryResults::Boolean(boolean) => QueryResults::Boolean(boolean),
    })
}

/// Runs work that recurses once for each of some levels, or returns an error if there are too many.
pub(super) fn on_checked_stack<T>(
    levels: usize,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if levels > MAX_EVALUATION_DEPTH {
        Err(StoreError::TooDeep(MAX_EVALUATION_DEPTH))
    } else {
        on_deep_stack(levels, work)
    }
}

/// An iterator that is advanced and dropped on a deep stack.
pub(super) struct DeepIterator<I: Iterator> {
    levels: usize,
    /// `None` only while it is dropped.
    inner: Option<I>,
    /// Items that were read on a new stack, which is too costly to allocate for each.
    ready: VecDeque<I::Item>,
    batch: usize,
}

impl<I: Iterator> DeepIterator<I> {
    pub(super) fn new(levels: usize, inner: I) -> Self {
        Self { levels, inner: Some(inner), ready: VecDeque::new(), batch: 1 }
    }
}

impl<I: Iterator> Iterator for DeepIterator<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let inner = self.inner.as_mut()?;
        if self.ready.is_empty() && has_room(self.levels) {
            return inner.next();
        }
        if self.ready.is_empty() {
            self.ready = on_deep_stack(self.levels, || inner.take(self.batch).collect());
            // The first items are needed soon, and perhaps no others.
            self.batch = (2 * self.batch).min(MAX_BATCH);
        }
        self.ready.pop_front()
    }
}

impl<I: Iterator> Drop for DeepIterator<I> {
    fn drop(&mut self) {
        let inner = self.inner.take();
        on_deep_stack(self.levels, || drop(inner));
    }
}
