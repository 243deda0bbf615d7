//! Building the graph of a dataset.

use super::metadata::metadata;
use crate::check::{CheckOptions, Checked, check, consequential_codes};
use crate::dataset::{Dataset, DatasetRoot, OpenOutcome, locate};
use crate::diagnostic::{Diagnostic, Findings, Policy};
use crate::query;
use crate::rules::{Assembly, Rule, RuleOptions};
use crate::store::{Store, StoreError};
use crate::triples;

/// Why a graph cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The dataset has errors.
    #[error("the dataset has errors: {}", .0.len())]
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
            let checked = check(&dataset, &CheckOptions::default(), &mut findings);
            let store = compile(&dataset, &checked, &RuleOptions::default(), &mut findings)?;
            Some((dataset, store))
        }
        None => None,
    };
    let findings = findings.errors();
    match built {
        Some(built) if findings.is_empty() => Ok(built),
        _ => Err(BuildError::Dataset(locate(findings, &files, &Policy::default()))),
    }
}

/// Builds the graph of a checked dataset: its triples and its inferences.
///
/// Adds the problems of rules and stored queries to the findings. If a rule fails, the graph has only the inferences
/// derived before.
///
/// # Errors
///
/// Returns the error of the store, or [`QueryEvaluationError::Cancelled`] soon after the rules are cancelled.
///
/// [`QueryEvaluationError::Cancelled`]: oxigraph::sparql::QueryEvaluationError::Cancelled
pub fn compile(
    dataset: &Dataset,
    checked: &Checked,
    options: &RuleOptions,
    findings: &mut Findings,
) -> Result<Store, StoreError> {
    let namespaces = &dataset.namespaces;
    let mut of_rules = Findings::new();
    let rules: Vec<Rule> = dataset.rules.iter().filter_map(|file| Rule::new(file, dataset, &mut of_rules)).collect();
    let suppressed = consequential_codes(dataset, findings);
    of_rules.retain_codes(|code| !suppressed.contains(&code));
    findings.append(&mut of_rules);
    let assembly = Assembly {
        declared: &|emit| {
            triples::write_vocabulary(&dataset.vocabulary, emit);
            for entity in dataset.entities.iter().filter(|entity| entity.is_valid) {
                triples::write_entity(entity, &dataset.language, namespaces, emit);
            }
        },
        described: &|emit| {
            for source in &dataset.sources {
                triples::write_source(source, namespaces, emit);
            }
            for status in dataset.statuses.declared() {
                triples::write_status(status, &dataset.language, namespaces, emit);
            }
        },
        entities: &dataset.entity_iris(),
        statements: checked.statements.iter().collect(),
        rules: &rules,
        vocabulary: &dataset.vocabulary,
        namespaces,
        rule_options: options,
    };
    let (store, error) = assembly.store(|entities, statements| metadata(dataset, entities, statements))?;
    findings.extend(error.map(|error| error.finding(dataset)));
    findings.append(&mut query::check_queries(dataset, Some(&store)));
    dataset.files.resolve_locations(findings.stored_mut());
    Ok(store)
}
