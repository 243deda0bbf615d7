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
//! 10. [`report`] runs golden tests, compares graphs, and lists conflicts.
//! 11. [`authoring`] creates datasets.
//!
//! [`model`] and [`diagnostic`] define the values and the findings that all stages share, and `escape` makes text safe for each
//! kind of output. [`testing`] runs a dataset's
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

pub mod report;

pub mod authoring;

pub mod testing;

pub mod cli;

use check::{CheckOptions, Checked};
use dataset::{BundledFiles, Dataset, DatasetRoot, OpenOutcome};
use diagnostic::{Diagnostic, Finding, Policy, Severity};
use rules::{Assembly, Rule};
use store::{GraphMetadata, Store, StoreError};

/// The example dataset that is compiled into the program.
pub static BUNDLED: BundledFiles = include!("../data/bundled.rs");

/// Why a graph cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The dataset has errors.
    #[error("the dataset has {} errors", .0.len())]
    Dataset(Vec<Diagnostic>),
    /// The store returned an error.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a dataset, checks it, and builds its graph.
///
/// # Errors
///
/// Returns all errors of the dataset, in the order of its files, or the error of the store. Warnings are ignored.
///
/// ```
/// use factloom::{BuildError, build, dataset::DatasetRoot};
///
/// let files = &[
///     ("factloom.json", r#"{ "base": "https://example.org/", "title": "A mill" }"#),
///     ("vocabulary.ttl", ""),
///     ("facts.json", r#"[{ "id": "old mill" }]"#),
/// ];
/// let Err(BuildError::Dataset(errors)) = build(DatasetRoot::Bundled(files)) else { panic!() };
/// assert!(errors.iter().any(|error| error.message == "invalid character ' ' in an id"));
/// ```
pub fn build(root: DatasetRoot) -> Result<(Dataset, Store), BuildError> {
    let OpenOutcome { dataset, files, mut findings } = Dataset::open(root, None);
    let built = match dataset {
        Some(dataset) => {
            let checked = check::check(&dataset, &CheckOptions::default(), &mut findings);
            let store = compile(&dataset, &checked, &mut findings)?;
            Some((dataset, store))
        }
        None => None,
    };
    findings.retain(|finding| finding.code.severity() == Severity::Error);
    match built {
        Some(built) if findings.is_empty() => Ok(built),
        _ => Err(BuildError::Dataset(dataset::locate(findings, &files, &Policy::default()))),
    }
}

/// Builds the graph of a checked dataset: its triples and its inferences.
///
/// Adds the problems of rules and stored queries to the findings. If a rule fails, the graph has only the inferences
/// derived before.
///
/// # Errors
///
/// Returns the error of the store.
pub fn compile(dataset: &Dataset, checked: &Checked, findings: &mut Vec<Finding>) -> Result<Store, StoreError> {
    let namespaces = &dataset.namespaces;
    let rules: Vec<Rule> = dataset.rules.iter().filter_map(|file| Rule::new(file, dataset, findings)).collect();
    let assembly = Assembly {
        declared: &|emit| {
            triples::write_vocabulary(&dataset.vocabulary, emit);
            for entity in dataset.entities.iter().filter(|entity| entity.is_valid) {
                triples::write_entity(entity, &dataset.language, namespaces, emit);
            }
        },
        sources: &|emit| dataset.sources.iter().for_each(|source| triples::write_source(source, namespaces, emit)),
        entities: &dataset.entity_iris(),
        statements: checked.statements.iter().collect(),
        rules: &rules,
        vocabulary: &dataset.vocabulary,
        namespaces,
    };
    let (store, error) =
        assembly.store(|entities, statements| GraphMetadata::of_dataset(dataset, entities, statements))?;
    findings.extend(error.map(|error| error.finding(dataset)));
    findings.extend(query::check_queries(dataset, Some(&store)));
    dataset.files.resolve_locations(findings);
    Ok(store)
}
