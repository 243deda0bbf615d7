//! Threads in which stored queries are asked side by side.

use crate::model::DEEP_STACK_SIZE;

/// Does work whose parallel parts take as much stack as queries are nested deep; in the threads that there are where no others
/// are to be had.
pub(super) fn in_threads<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().stack_size(DEEP_STACK_SIZE).build() {
        Ok(threads) => threads.install(work),
        Err(_) => work(),
    }
}
