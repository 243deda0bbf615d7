//! Threads with a stack for deeply nested queries.

use crate::model::DEEP_STACK_SIZE;

/// Runs a function whose parallel iterators use threads with a large stack, or rayon's global threads if none can be created.
pub(super) fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().stack_size(DEEP_STACK_SIZE).build() {
        Ok(threads) => threads.install(work),
        Err(_) => work(),
    }
}
