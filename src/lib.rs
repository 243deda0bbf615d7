//! factloom compiles curated facts, each backed by a quote from its source, into a knowledge graph in which every edge can
//! be checked.
//!
//! Data flows one way through these stages:
//!
//! 1. [`files`] opens the files of a dataset, on disk or in memory.
//! 2. [`dataset`] reads the manifest, sources, vocabulary, entities, facts, rules and stored queries.
//! 3. [`check`] verifies facts and quotes, and reports every problem as a finding.
//! 4. [`triples`] maps statements to RDF 1.2 and back, without loss.
//! 5. [`store`] holds the compiled graph and evaluates SPARQL.
//! 6. [`query`] parses queries, binds parameters, cites evidence, and explains empty results.
//! 7. [`rules`] derives inferences with their premises, and explains why a statement holds or does not hold.
//! 8. [`view`] selects and analyses the graph of entities and statements.
//! 9. [`output`] writes results and diagrams, one module per format.
//! 10. [`project`] keeps a dataset with its cached graph, and checks and builds it.
//! 11. [`report`] runs golden tests, compares graphs, and lists conflicts.
//! 12. [`authoring`] creates datasets, and imports proposals for facts.
//!
//! [`model`] and [`diagnostic`] define the values and the findings that all stages share, and `escape` makes text safe for each
//! kind of output. `atomic_file` writes files. [`testing`] runs a dataset's
//! golden tests from Rust, and [`cli`] is the command line.
//!
//! ```
//! use factloom::{BUNDLED, dataset::DatasetRoot, query};
//! use oxigraph::sparql::QueryResults;
//!
//! let (dataset, store) = factloom::build(DatasetRoot::Bundled(BUNDLED))?;
//! let query = query::parse("ASK { e:russia v:helpedBuild e:pakistan-steel-mills }", &dataset.namespaces)?;
//! assert!(matches!(store.query(&query)?, QueryResults::Boolean(true)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Invariant: each module imports only from those declared above it.

pub mod model;

mod escape;

mod atomic_file;

pub mod diagnostic;

pub mod files;

pub mod dataset;

pub mod check;

pub mod triples;

pub mod store;

pub mod query;

pub mod rules;

pub mod view;

pub mod output;

pub mod project;

pub mod report;

pub mod authoring;

pub mod testing;

#[cfg(feature = "cli")]
pub mod cli;

pub use project::{BuildError, build, compile};

use dataset::BundledFiles;

/// The example dataset that is compiled into the program.
pub static BUNDLED: BundledFiles = include!("../data/bundled.rs");

/// What the threads of a server share. Clones of a store, a graph, labels and a view share their data.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    const fn is_handle<T: Clone + Send + Sync>() {}
    is_handle::<store::Store>();
    is_handle::<store::CompiledGraph>();
    is_handle::<store::Labels<'static>>();
    is_handle::<view::View>();
    is_handle::<oxigraph::sparql::CancellationToken>();
    is_shared::<view::Subgraph>();
    is_shared::<query::QueryTemplate>();
    is_shared::<query::SelectedStatements>();
    is_shared::<query::EmptyStep>();
    is_shared::<query::CitationReport>();
    is_shared::<store::Explanation>();
    is_shared::<report::ResultSet>();
    is_shared::<rules::Rule>();
    is_shared::<rules::Proof>();
    is_shared::<rules::Absence>();
};
