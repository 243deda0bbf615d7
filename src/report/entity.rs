//! What a graph has about an entity: its names, and the statements that mention it.

use super::description::{iris, iris_json, labels_json, literals, named, other_labels, strings};
use crate::escape::terminal;
use crate::model::{Kind, Statement, vocab};
use crate::output::{OutputError, StatementText, statement_json, statements_text};
use crate::store::{Store, StoreError};
use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Triple};
use serde_json::{Value, json};
use std::io::Write;

/// An entity with its description.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityReport {
    /// The IRI.
    pub iri: NamedNode,
    /// Its classes, sorted by IRI, without entailed ones.
    pub classes: Vec<NamedNode>,
    /// Its labels in all languages, sorted by language.
    pub labels: Vec<Literal>,
    /// Its aliases, sorted.
    pub aliases: Vec<String>,
    /// The IRIs of the same entity in other datasets, sorted.
    pub same_as: Vec<NamedNode>,
    /// The curator's notes.
    pub notes: Vec<String>,
    /// The statements that mention it, without entailments: those about it come first, and those with the same triple follow each other.
    pub statements: Vec<Statement>,
}

impl EntityReport {
    /// Reads the description of an entity, and the statements that mention it. Takes O(n log n) time for n of them if the graph is compiled.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    ///
    /// ```
    /// use factloom::report::EntityReport;
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let mill = dataset.namespaces.entity(&dataset.entity("pakistan-steel-mills").unwrap().id);
    /// let report = EntityReport::new(&store, mill)?;
    /// assert!(report.aliases.contains(&"PSM".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(store: &Store, iri: NamedNode) -> Result<Self, StoreError> {
        let iris_of = |predicate| Ok::<_, StoreError>(iris(store.objects(iri.as_ref(), predicate)?));
        let (entailments, mut statements): (Vec<_>, Vec<_>) =
            store.statements_of(&iri)?.into_iter().partition(|statement| matches!(statement.kind, Kind::Entailment(_)));
        let is_entailed = |class: &NamedNode| {
            let triple = Triple::new(iri.clone(), vocab::rdf::TYPE, class.clone());
            entailments.iter().any(|entailment| entailment.triple == triple)
        };
        let mut classes = iris_of(vocab::rdf::TYPE)?;
        classes.retain(|class| !is_entailed(class));
        statements.sort_by_cached_key(|statement| {
            let is_about = matches!(&statement.triple.subject, NamedOrBlankNode::NamedNode(subject) if *subject == iri);
            (!is_about, statement.triple.to_string(), statement.kind.as_str(), statement.id.clone())
        });
        Ok(Self {
            classes,
            labels: literals(store, &iri, vocab::rdfs::LABEL)?,
            aliases: strings(store, &iri, vocab::skos::ALT_LABEL)?,
            same_as: iris_of(vocab::skos::EXACT_MATCH)?,
            notes: strings(store, &iri, vocab::skos::NOTE)?,
            statements,
            iri,
        })
    }
}

/// Writes an entity: its description, then the statements that mention it.
pub(super) fn entity_text(
    report: &EntityReport,
    text: &StatementText<'_>,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let EntityReport { iri, classes, labels, aliases, same_as, notes, statements } = report;
    let namespaces = text.labels().namespaces();
    let name = text.labels().name(iri)?;
    writeln!(out, "{}", terminal::line(&name))?;
    for (field, values) in [
        ("IRI", vec![namespaces.display(iri)]),
        ("class", named(classes, text)?),
        ("labels", other_labels(labels, &name)),
        ("aliases", aliases.clone()),
        ("same as", same_as.iter().map(|iri| namespaces.display(iri)).collect()),
        ("note", notes.clone()),
    ] {
        if !values.is_empty() {
            writeln!(out, "    {field}: {}", terminal::line(&values.join(", ")))?;
        }
    }
    if !statements.is_empty() {
        writeln!(out)?;
    }
    statements_text(statements.iter().cloned().map(Ok), text, out)
}

/// An entity as JSON.
pub(super) fn entity_json(report: &EntityReport, text: &StatementText<'_>) -> Result<Value, StoreError> {
    let EntityReport { iri, classes, labels, aliases, same_as, notes, statements } = report;
    let statements: Vec<Value> =
        statements.iter().map(|statement| statement_json(statement, text)).collect::<Result<_, _>>()?;
    Ok(json!({
        "kind": "entity",
        "id": text.labels().namespaces().entity_id(iri.as_ref()).map(|id| id.to_string()),
        "iri": iri.as_str(),
        "label": &*text.labels().name(iri)?,
        "labels": labels_json(labels),
        "classes": iris_json(classes),
        "aliases": aliases,
        "sameAs": iris_json(same_as),
        "notes": notes,
        "statements": statements,
    }))
}
