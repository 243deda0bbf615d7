//! What a graph has about an entity: its names, and the statements that mention it.

use crate::escape::terminal;
use crate::model::{Namespaces, Statement, vocab};
use crate::output::{JsonLayout, OutputError, StatementText, statement_json, statements_text, write_records};
use crate::store::{Store, StoreError};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use serde_json::{Value, json};
use std::io::Write;

/// An entity with its description.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityReport {
    /// The IRI.
    pub iri: NamedNode,
    /// Its classes, sorted by IRI.
    pub classes: Vec<NamedNode>,
    /// Its labels in all languages, sorted by language.
    pub labels: Vec<Literal>,
    /// Its aliases, sorted.
    pub aliases: Vec<String>,
    /// The IRIs of the same entity in other datasets, sorted.
    pub same_as: Vec<NamedNode>,
    /// The curator's notes.
    pub notes: Vec<String>,
    /// The statements that mention it: those about it come first, and those with the same triple follow each other.
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
        let objects = |predicate: NamedNodeRef<'_>| store.objects(iri.as_ref(), predicate);
        let named = |predicate| -> Result<Vec<NamedNode>, StoreError> {
            let objects = objects(predicate)?.into_iter();
            let mut iris: Vec<NamedNode> =
                objects.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None }).collect();
            iris.sort();
            Ok(iris)
        };
        let literals = |predicate| -> Result<Vec<Literal>, StoreError> {
            let objects = objects(predicate)?.into_iter();
            let mut literals: Vec<Literal> =
                objects.filter_map(|term| if let Term::Literal(text) = term { Some(text) } else { None }).collect();
            literals.sort_by_cached_key(|text| (text.language().map(str::to_owned), text.value().to_owned()));
            Ok(literals)
        };
        let texts = |predicate| -> Result<Vec<String>, StoreError> {
            Ok(literals(predicate)?.iter().map(|text| text.value().to_owned()).collect())
        };
        let mut statements = store.statements_of(&iri)?;
        statements.sort_by_cached_key(|statement| {
            let is_about = matches!(&statement.triple.subject, NamedOrBlankNode::NamedNode(subject) if *subject == iri);
            (!is_about, statement.triple.to_string(), statement.kind.as_str(), statement.id.clone())
        });
        Ok(Self {
            classes: named(vocab::rdf::TYPE)?,
            labels: literals(vocab::rdfs::LABEL)?,
            aliases: texts(vocab::skos::ALT_LABEL)?,
            same_as: named(vocab::skos::EXACT_MATCH)?,
            notes: texts(vocab::skos::NOTE)?,
            statements,
            iri,
        })
    }
}

/// Writes an entity as text: its description, then the statements that mention it, as `facts` does.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn entity_text(report: &EntityReport, text: &StatementText<'_>, out: &mut impl Write) -> Result<(), OutputError> {
    let EntityReport { iri, classes, labels, aliases, same_as, notes, statements } = report;
    let namespaces = text.labels().namespaces();
    let name = text.labels().name(iri)?;
    writeln!(out, "{}", terminal::line(&name))?;
    let class = |class: &NamedNode| -> Result<String, StoreError> {
        Ok(format!("{} ({})", text.labels().name(class)?, namespaces.display(class)))
    };
    let classes = classes.iter().map(class).collect::<Result<Vec<_>, _>>()?;
    let other = labels.iter().filter(|label| label.value() != &*name);
    let other = other.map(|label| match label.language() {
        Some(language) => format!("{} ({language})", label.value()),
        None => label.value().to_owned(),
    });
    for (field, values) in [
        ("IRI", vec![namespaces.display(iri)]),
        ("class", classes),
        ("labels", other.collect()),
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

/// Writes entities as JSON objects, with the statements as `facts` writes them.
///
/// # Errors
///
/// Returns an error if the store cannot be read or the output cannot be written.
pub fn entities_json(
    reports: &[EntityReport],
    text: &StatementText<'_>,
    layout: JsonLayout,
    out: &mut impl Write,
) -> Result<(), OutputError> {
    let namespaces = text.labels().namespaces();
    write_records(reports.iter().map(|report| entity_json(report, text, namespaces)), layout, out)
}

fn entity_json(report: &EntityReport, text: &StatementText<'_>, namespaces: &Namespaces) -> Result<Value, StoreError> {
    let EntityReport { iri, classes, labels, aliases, same_as, notes, statements } = report;
    let iris = |iris: &[NamedNode]| iris.iter().map(|iri| json!(iri.as_str())).collect::<Vec<_>>();
    let labels: Vec<Value> =
        labels.iter().map(|label| json!({ "text": label.value(), "language": label.language() })).collect();
    let statements: Vec<Value> =
        statements.iter().map(|statement| statement_json(statement, text)).collect::<Result<_, _>>()?;
    Ok(json!({
        "id": namespaces.entity_id(iri.as_ref()).map(|id| id.to_string()),
        "iri": iri.as_str(),
        "label": &*text.labels().name(iri)?,
        "labels": labels,
        "classes": iris(classes),
        "aliases": aliases,
        "sameAs": iris(same_as),
        "notes": notes,
        "statements": statements,
    }))
}
