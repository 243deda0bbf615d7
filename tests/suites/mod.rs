//! The W3C's test suites of SPARQL, RDF and JSON-LD.
//!
//! The suites are data: the W3C's `rdf-tests` and `json-ld-api`, in the directory that FACTLOOM_SUITES names. The tests of entailment, of
//! updates and of protocols are excluded: factloom supports none of these.

mod comparison;
mod page;
mod rdf;
mod sparql;

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The directory with the suites.
fn suites() -> PathBuf {
    std::env::var_os("FACTLOOM_SUITES").expect("FACTLOOM_SUITES names the suites").into()
}

/// The outcome of a test.
struct Outcome {
    suite: String,
    name: String,
    /// Why it failed; `None` if it passed.
    failure: Option<String>,
}

/// Calls a function for each item, and returns the results in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], call: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return };
            let result = call(item);
            results.lock().expect("no thread panics").push((index, result));
        }
    };
    thread::scope(|scope| {
        (0..thread::available_parallelism().map_or(2, NonZero::get)).for_each(|_| drop(scope.spawn(work)));
    });
    let mut results = results.into_inner().expect("no thread panics");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
