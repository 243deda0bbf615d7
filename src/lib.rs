//! factloom compiles curated facts, each pinned to the words of its source, into a knowledge graph in which every edge
//! can be checked.
//!
//! Data flows one way, through these stages, each a function of the values before it:
//!
//! 1. [`dataset`] reads a folder: manifest, sources, vocabulary, entities, facts, rules.
//! 2. [`check`] finds all that is wrong with it, and each quote's place in its source.
//! 3. [`triples`] maps the statements to RDF 1.2, one to one.
//! 4. [`store`] holds the triples and answers SPARQL, by operators of its own or Oxigraph's evaluator.
//! 5. [`rules`] derives what follows, keeps what each inference rests on, and says why a statement is there or not.
//! 6. [`view`] is the graph of entities and statements, on petgraph.
//! 7. [`output`] writes results and diagrams, one file a format.
//!
//! [`model`] and [`diagnostic`] are what all of them speak of; [`report`] sums up; [`testing`] is for the tests of whoever
//! keeps a dataset; [`cli`] is the command line. Each module imports only from those above it in this list, which a test holds.
//!
//! ```
//! use factloom::{BUNDLED, dataset::DatasetRoot, query};
//! use oxigraph::sparql::QueryResults;
//!
//! let (dataset, store) = factloom::build(DatasetRoot::Bundled(BUNDLED))?;
//! let query = query::parse("ASK { e:russia v:helpedBuild e:pakistan-steel-mills }", &dataset.names)?;
//! assert!(matches!(store.query(&query)?, QueryResults::Boolean(true)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod model;

pub mod diagnostic;

pub mod dataset;

pub mod check;

pub mod triples;

pub mod store;

pub mod query;

pub mod rules;

pub mod view;

pub mod output;

pub mod report;

pub mod testing;

pub mod cli;

use check::{CheckOptions, Checked};
use dataset::{BundledFiles, Dataset, DatasetRoot, Opened, QueryFile};
use diagnostic::{Code, Diagnostic, Finding, Policy, Severity};
use model::vocab;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Triple};
use query::{QueryTemplate, QueryTemplateError};
use rules::{Assembly, Rule};
use std::collections::HashSet;
use store::{GraphMetadata, Store, StoreError};

/// The dataset that is compiled into the program.
pub static BUNDLED: BundledFiles = include!("../data/bundled.rs");

/// Why a folder gave no graph.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The dataset has errors.
    #[error("the dataset has {} errors", .0.len())]
    Dataset(Vec<Diagnostic>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All stages in one: reads the dataset of a folder, checks it, and builds its graph.
///
/// # Errors
///
/// Where the dataset has errors, all of them, in the order of the files; warnings are passed over. Where the store fails.
///
/// ```
/// use factloom::{BuildError, build, dataset::DatasetRoot};
///
/// let files = &[
///     ("factloom.json", r#"{ "base": "https://example.org/", "title": "A mill" }"#),
///     ("vocabulary.ttl", ""),
///     ("facts.json", r#"[{ "id": "f" }]"#),
/// ];
/// let Err(BuildError::Dataset(errors)) = build(DatasetRoot::Bundled(files)) else { panic!() };
/// assert_eq!(errors[0].message, "the fact has no `object`");
/// ```
pub fn build(folder: DatasetRoot) -> Result<(Dataset, Store), BuildError> {
    let Opened { dataset, files, mut findings } = Dataset::open(folder, None);
    let built = match dataset {
        Some(mut dataset) => {
            let checked = check::check(&mut dataset, &CheckOptions::default(), &mut findings);
            let store = compile(&dataset, checked, &mut findings)?;
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

/// Builds the graph of a dataset that has been checked: its triples, and what its rules derive.
///
/// What is wrong with the rules and the stored queries is added to the findings; the graph then lacks what the rules would
/// still derive. Entities come
/// in the order of the files; see [`Assembly`].
///
/// # Errors
///
/// Where the store fails.
pub fn compile(dataset: &Dataset, checked: Checked, findings: &mut Vec<Finding>) -> Result<Store, StoreError> {
    let names = &dataset.names;
    let rules: Vec<Rule> = dataset.rules.iter().filter_map(|file| Rule::new(file, dataset, findings)).collect();
    let assembly = Assembly {
        declared: &|emit| {
            triples::write_vocabulary(&dataset.vocabulary, emit);
            for entity in dataset.entities.iter().filter(|entity| entity.is_valid) {
                triples::write_entity(entity, &dataset.language, names, emit);
            }
        },
        sources: &|emit| dataset.sources.iter().for_each(|source| triples::write_source(source, names, emit)),
        entities: &entities(dataset),
        statements: checked.statements,
        rules: &rules,
        vocabulary: &dataset.vocabulary,
        names,
    };
    let (store, error) =
        assembly.store(|entities, statements| GraphMetadata::of_dataset(dataset, entities, statements))?;
    findings.extend(error.map(|error| error.finding(dataset)));
    findings.extend(check_queries(dataset, Some(&store)));
    Ok(store)
}

/// The findings about rules and stored queries that cannot be parsed. With the graph, labels written in place of names are
/// recognized.
pub fn check_queries(dataset: &Dataset, store: Option<&Store>) -> Vec<Finding> {
    let names = &dataset.names;
    let mut findings = Vec::new();
    let rules = dataset.rules.iter().map(|rule| (rule, true));
    for (QueryFile { name, file, text }, is_rule) in rules.chain(dataset.queries.iter().map(|query| (query, false))) {
        match QueryTemplate::parse(name, text, names) {
            // Rules have no parameters, so the names of their variables are free.
            Err(QueryTemplateError::Parameter(_) | QueryTemplateError::InvalidDecorator(_)) if is_rule => {}
            Err(error) => findings.push(query::diagnose(text, &error, names, store, *file)),
            Ok(_) => {}
        }
    }
    findings
}

/// The entities of a graph: those that the dataset describes, then those that only the vocabulary gives a class.
fn entities(dataset: &Dataset) -> Vec<NamedNode> {
    let names = &dataset.names;
    let described = dataset.entities.iter().filter(|entity| entity.is_valid).map(|entity| names.entity(&entity.id));
    let given = dataset.vocabulary.triples().iter().filter_map(|given| match &given.triple {
        Triple { subject: NamedOrBlankNode::NamedNode(node), predicate, .. }
            if *predicate == vocab::rdf::TYPE && names.entity_id(node.as_ref()).is_some() =>
        {
            Some(node.clone())
        }
        _ => None,
    });
    let mut known = HashSet::new();
    described.chain(given).filter(|entity| known.insert(entity.clone())).collect()
}
