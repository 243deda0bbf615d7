//! What the joins of a run share: the evaluator of expressions, and the limits.

use crate::rules::RuleOptions;
use crate::store::{GraphError, QueryLimits, StringGuard};
use spareval::QueryEvaluator;
use std::cell::Cell;

/// The bytes of strings that an expression reads or builds in about the time of a row.
const BYTES_PER_ROW: u64 = 64;

pub(in crate::rules) struct Evaluation {
    pub(in crate::rules) evaluator: QueryEvaluator,
    strings: StringGuard,
    options: RuleOptions,
    /// How many rows the current rule may still examine.
    rows_left: Cell<u64>,
}

impl Evaluation {
    pub(in crate::rules) fn new(options: &RuleOptions) -> Self {
        let limits = QueryLimits { cancellation: options.cancellation.clone(), max_memory: None };
        let strings = StringGuard::new(&limits);
        Self {
            evaluator: strings.evaluator(),
            strings,
            options: options.clone(),
            rows_left: Cell::new(options.max_rows),
        }
    }

    /// Sets how many rows the current rule has examined before.
    pub(in crate::rules) fn start_at(&self, rows: u64) {
        self.rows_left.set(self.options.max_rows.saturating_sub(rows));
    }

    /// How many rows the current rule has examined.
    pub(super) fn rows(&self) -> u64 {
        self.options.max_rows - self.rows_left.get()
    }

    /// Counts rows that the current rule examines. Returns an error if there are too many, or the run is cancelled.
    pub(super) fn count_rows(&self, rows: usize) -> Result<(), GraphError> {
        self.check_cancelled()?;
        match self.rows_left.get().checked_sub(rows as u64) {
            Some(left) => self.rows_left.set(left),
            None => return Err(GraphError::RowLimit(self.options.max_rows)),
        }
        Ok(())
    }

    pub(super) fn check_cancelled(&self) -> Result<(), GraphError> {
        if self.options.cancellation.is_cancelled() { Err(GraphError::Cancelled) } else { Ok(()) }
    }

    /// Counts the work of an expression with some values as rows. Returns an error if that is too much, or if a string is too long.
    pub(super) fn count_expression(&self, value_bytes: usize) -> Result<(), GraphError> {
        self.strings.check()?;
        let bytes = self.strings.take_work() + value_bytes as u64;
        self.count_rows(usize::try_from(bytes / BYTES_PER_ROW).unwrap_or(usize::MAX))
    }
}
