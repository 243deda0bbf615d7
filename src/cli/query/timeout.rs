//! `factloom query --timeout`

use crate::cli::failure::Failure;
use crate::store::Store;
use oxigraph::sparql::CancellationToken;
use std::thread;
use std::time::Duration;

/// Does something with a store whose queries are stopped once so much time is over.
pub(super) fn within(
    limit: Duration,
    store: &Store,
    work: impl FnOnce(&Store) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let token = CancellationToken::new();
    let stoppable = store.with_cancellation(token.clone());
    // It ends with the process, whether or not it has slept so long.
    let clock = thread::Builder::new().spawn(move || {
        thread::sleep(limit);
        token.cancel();
    });
    clock.map_err(|e| Failure::new(format!("no clock could be started for --timeout: {e}")))?;
    work(&stoppable).map_err(|failure| match failure {
        Failure::Cancelled => {
            Failure::new(format!("the query was stopped after {}", humantime::format_duration(limit)))
                .help("give it longer with --timeout, or see with --explain where its rows multiply")
        }
        other => other,
    })
}
