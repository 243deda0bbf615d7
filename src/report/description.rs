//! Descriptions of entities and terms.

use super::entity::{EntityReport, entity_json, entity_text};
use super::term::{TermReport, term_json, term_text};
use crate::output::{JsonLayout, OutputError, StatementText, write_records};
use crate::store::{Store, StoreError};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;

/// What a graph has about an IRI.
#[derive(Clone, Debug, PartialEq)]
pub enum Description {
    /// An entity.
    Entity(EntityReport),
    /// A class, a property, a status or a rule.
    Term(TermReport),
}

/// Writes a description as text, statements as `facts` does.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn description_text(
    description: &Description,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    match description {
        Description::Entity(report) => entity_text(report, text, out),
        Description::Term(report) => term_text(report, text, out),
    }
}

/// Writes descriptions as JSON objects, with the statements as `facts` writes them.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn descriptions_json(
    descriptions: &[Description],
    text: &StatementText<'_>,
    layout: JsonLayout,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let record = |description: &Description| match description {
        Description::Entity(report) => entity_json(report, text),
        Description::Term(report) => term_json(report, text),
    };
    write_records(descriptions.iter().map(record), layout, out)
}

/// The IRIs among terms, sorted, without repetition.
pub(super) fn iris(terms: impl IntoIterator<Item = Term>) -> Vec<NamedNode> {
    let iris = terms.into_iter().filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None });
    iris.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The literals that a predicate gives an IRI, sorted by language and value.
pub(super) fn literals(
    store: &Store,
    iri: &NamedNode,
    predicate: NamedNodeRef<'_>,
) -> Result<Vec<Literal>, StoreError> {
    let objects = store.objects(iri.as_ref(), predicate)?.into_iter();
    let mut literals: Vec<Literal> =
        objects.filter_map(|term| if let Term::Literal(text) = term { Some(text) } else { None }).collect();
    literals.sort_by_cached_key(|text| (text.language().map(str::to_owned), text.value().to_owned()));
    Ok(literals)
}

/// The values of the literals that a predicate gives an IRI, sorted by language and value.
pub(super) fn strings(store: &Store, iri: &NamedNode, predicate: NamedNodeRef<'_>) -> Result<Vec<String>, StoreError> {
    Ok(literals(store, iri, predicate)?.iter().map(|text| text.value().to_owned()).collect())
}

/// The labels other than the one that is shown, with their languages.
pub(super) fn other_labels(labels: &[Literal], shown: &str) -> Vec<String> {
    let other = labels.iter().filter(|label| label.value() != shown);
    let with_language = |label: &Literal| match label.language() {
        Some(language) => format!("{} ({language})", label.value()),
        None => label.value().to_owned(),
    };
    other.map(with_language).collect()
}

/// Each IRI with its label and its prefixed name.
pub(super) fn named(iris: &[NamedNode], text: &StatementText<'_>) -> Result<Vec<String>, StoreError> {
    let (labels, namespaces) = (text.labels(), text.labels().namespaces());
    iris.iter().map(|iri| Ok(format!("{} ({})", labels.name(iri)?, namespaces.display(iri)))).collect()
}

/// Labels as JSON.
pub(super) fn labels_json(labels: &[Literal]) -> Vec<Value> {
    labels.iter().map(|label| json!({ "text": label.value(), "language": label.language() })).collect()
}

/// IRIs as JSON.
pub(super) fn iris_json(iris: &[NamedNode]) -> Vec<Value> {
    iris.iter().map(|iri| iri.as_str().into()).collect()
}
