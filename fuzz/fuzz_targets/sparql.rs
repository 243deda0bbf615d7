//! A query with arbitrary text, as a stored query and on the command line.
#![no_main]

use factloom::dataset::{Dataset, DatasetRoot};
use factloom::query::{self, QueryTemplate};
use factloom::store::{QueryLimits, Store};
use libfuzzer_sys::fuzz_target;
use oxigraph::sparql::{CancellationToken, QueryResults};
use std::sync::LazyLock;
use std::time::Duration;

static GRAPH: LazyLock<(Dataset, Store)> =
    LazyLock::new(|| factloom::build(DatasetRoot::Bundled(factloom::BUNDLED)).expect("the bundled dataset"));

/// The most rows that are read.
const MAX_ROWS: usize = 300;

/// What a query may use, in bytes.
const MAX_MEMORY: u64 = 64 << 20;

fuzz_target!(|data: &[u8]| {
    let (dataset, store) = &*GRAPH;
    let text = String::from_utf8_lossy(data);
    factloom_fuzz::use_dataset(&[("queries/all.rq", &text)]);
    let Ok(query) = query::parse(&text, &dataset.namespaces) else { return };
    let _ = QueryTemplate::new("f", &text, query.clone(), &dataset.namespaces);
    let token = CancellationToken::new();
    let store = store.with_limits(QueryLimits { cancellation: token.clone(), max_memory: Some(MAX_MEMORY) });
    let (ended, ends) = std::sync::mpsc::channel::<()>();
    let timer = std::thread::spawn(move || {
        if ends.recv_timeout(Duration::from_secs(2)).is_err() {
            token.cancel();
        }
    });
    match store.query(&query) {
        Ok(QueryResults::Solutions(solutions)) => solutions.take(MAX_ROWS).for_each(drop),
        Ok(QueryResults::Graph(triples)) => triples.take(MAX_ROWS).for_each(drop),
        Ok(QueryResults::Boolean(_)) | Err(_) => {}
    }
    let _ = query::why_empty(&store, &query, &text);
    drop(ended);
    timer.join().expect("the timer ends");
});
