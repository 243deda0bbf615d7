//! Ending the work on a query before its time.

use crate::store::GraphError;
use oxigraph::sparql::CancellationToken;
use std::cell::Cell;

/// How many steps are taken between two looks at the token: some ten microseconds of work.
const STEPS: u32 = 1024;

/// What each step of a query asks whether it may be taken.
pub(super) struct Stop {
    token: CancellationToken,
    steps: Cell<u32>,
}

impl Stop {
    pub(super) fn new(token: CancellationToken) -> Self {
        // The first step looks: of many short queries none may begin once the token is cancelled.
        Self { token, steps: Cell::new(0) }
    }

    /// Counts a step; fails where the query is to be stopped.
    #[inline]
    pub(super) fn check(&self) -> Result<(), GraphError> {
        match self.steps.get() {
            0 if self.token.is_cancelled() => Err(GraphError::Cancelled),
            0 => {
                self.steps.set(STEPS);
                Ok(())
            }
            left => {
                self.steps.set(left - 1);
                Ok(())
            }
        }
    }
}
