//! Builds the graph of a dataset, runs a query, and prints each row with the statements and quotes that support it.
//!
//! ```sh
//! cargo run --example build_and_query
//! ```

use factloom::dataset::DatasetRoot;
use factloom::query::{self, CitedQueryResults};
use factloom::store::Labels;
use std::error::Error;

const DATASET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/tutorial/pump-house");

/// The prefixes `v:` (vocabulary) and `e:` (entities) need no declaration.
const QUERY: &str = "SELECT ?thing { ?thing v:locatedIn e:ebbingford } ORDER BY ?thing";

fn main() -> Result<(), Box<dyn Error>> {
    // Verifies every quote, and returns all errors of the dataset at once.
    let (dataset, store) = factloom::build(DatasetRoot::Directory(DATASET.into()))?;
    let labels = Labels::new(&store, &dataset.language);

    let query = query::parse(QUERY, &dataset.namespaces)?;
    // Without citations: `store.query(&query)`.
    let report = query::cite(&store, &query)?;
    let CitedQueryResults::Solutions { rows, .. } = &report.results else { unreachable!("a SELECT query has rows") };
    let mut things = Vec::new();
    for (row, citation) in rows {
        let thing = labels.term(&row["thing"])?;
        println!("{thing}");
        // The premises of an inference are cited too, down to facts with quotes.
        for statement in citation.statements.iter().map(|id| &report.statements[id]) {
            println!("  {}: {}", statement.kind.as_str(), labels.sentence(&statement.triple)?);
            for quote in statement.evidence.iter().filter_map(|evidence| evidence.quote.as_ref()) {
                println!("    “{quote}”");
            }
        }
        things.push(thing);
    }
    assert_eq!(things, ["engine hall", "pump house", "steam engine"]);
    Ok(())
}
