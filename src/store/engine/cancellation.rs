//! Cancels a running query.

use crate::store::GraphError;
use oxigraph::sparql::CancellationToken;
use std::cell::Cell;

/// How many steps are taken between two checks of the token: some ten microseconds of work.
const STEPS_PER_CHECK: u32 = 1024;

/// Counts the steps of a query, and checks the token now and then.
pub(super) struct Cancellation {
    token: CancellationToken,
    steps_left: Cell<u32>,
}

impl Cancellation {
    pub(super) fn new(token: CancellationToken) -> Self {
        // The first step checks, so that no short query starts after the token is cancelled.
        Self { token, steps_left: Cell::new(0) }
    }

    /// Counts a step. Returns an error if the query is cancelled.
    #[inline]
    pub(super) fn check(&self) -> Result<(), GraphError> {
        match self.steps_left.get() {
            0 if self.token.is_cancelled() => return Err(GraphError::Cancelled),
            0 => self.steps_left.set(STEPS_PER_CHECK),
            left => self.steps_left.set(left - 1),
        }
        Ok(())
    }
}
