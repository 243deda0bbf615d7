//! Entities: the nodes of the graph.

use super::Dataset;
use super::allow::{self, Acknowledgement, AllowFields};
use super::iri::iri_help;
use super::json::{Record, RecordFormat};
use super::labels::other_labels;
use super::members::{Members, objects};
use super::source::{check_link, valid_id};
use super::vocabulary::Vocabulary;
use crate::diagnostic::{Code, FileId, Findings, Location, PathSegment, Suggestion};
use crate::model::{EntityId, Namespaces, is_blank, vocab};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Triple};
use serde::Deserialize;
use std::collections::HashSet;

/// An entity.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Entity"))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EntityFields {
    /// The id.
    pub id: Option<String>,
    /// The class: a local name of the vocabulary, a prefixed name or an IRI.
    #[serde(rename = "type")]
    pub class: Option<String>,
    /// The label in the dataset's language.
    pub label: Option<String>,
    /// Labels in other languages, by language tag.
    #[serde(default)]
    pub labels: Members<String>,
    /// Alternative names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The same entity in other datasets: prefixed names or IRIs.
    #[serde(default)]
    pub same_as: Vec<String>,
    /// A note of the curator.
    pub note: Option<String>,
    /// Findings about the entity that the curator has considered, with the reasons why it is right.
    #[serde(default, deserialize_with = "objects")]
    pub allow: Vec<AllowFields>,
}

impl RecordFormat for EntityFields {
    const NAME: &'static str = "entity";
}

/// An entity.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its id.
    pub id: EntityId,
    /// Its class; `owl:Thing` if it is missing or unknown.
    pub class: NamedNode,
    /// Its label in the dataset's language.
    pub label: String,
    /// Its labels in other languages: tags and labels, sorted by tag.
    pub labels: Vec<(String, String)>,
    /// Its alternative names.
    pub aliases: Vec<String>,
    /// The IRIs of the same entity in other datasets.
    pub same_as: Vec<NamedNode>,
    /// The curator's note.
    pub note: Option<String>,
    /// The acknowledged findings about it.
    pub acknowledged: Vec<Acknowledgement>,
    /// The location of its description.
    pub location: (FileId, Location),
    /// Whether its record has no errors. An invalid entity is known, but not part of the graph.
    pub(crate) is_valid: bool,
}

/// Reads an entity; `None` if it has no valid id. `language` is the language of the dataset.
pub(super) fn entity(
    record: &Record<EntityFields>,
    language: &str,
    namespaces: &Namespaces,
    vocabulary: &Vocabulary,
    findings: &mut Findings,
) -> Option<Entity> {
    let fields = &record.value;
    let path = |member: &str| [PathSegment::from(member)];
    let id = record.required(&[], "id", fields.id.as_deref(), ", such as `\"id\": \"my-id\"`", findings);
    let id = id.and_then(|id| valid_id(record, path("id"), EntityId::new(id), findings));
    let class = record.required(&[], "type", fields.class.as_deref(), " with a class of the vocabulary", findings);
    let class = class.and_then(|written| {
        let report = |suggestion: Suggestion| {
            let finding = record.finding(Code::UnknownClass, path("type"), format!("unknown class `{written}`"));
            findings.push(finding.label("not a class of the vocabulary").suggestion(suggestion));
        };
        vocabulary.find_class(written, namespaces).map_err(report).ok()
    });
    let label = record.required(&[], "label", fields.label.as_deref(), " with the name of the entity", findings);
    if label.is_some_and(is_blank) {
        let finding = record.finding(Code::InvalidValue, path("label"), "empty label");
        findings.push(finding.label("expected a name").help("write the name by which readers know the entity"));
    }
    let labels = other_labels(record, &[], language, label, &fields.labels.0, findings);
    let mut same_as = Vec::new();
    for (index, iri) in fields.same_as.iter().enumerate() {
        let path = ["sameAs".into(), index.into()];
        match namespaces.resolve(iri) {
            Ok(iri) => {
                // A name, unlike an address, is not meant to be opened.
                if !iri.as_str().starts_with("urn:") {
                    check_link(record, path, iri.as_str(), findings);
                }
                same_as.push(iri);
            }
            Err(error) => {
                let finding = record.finding(Code::InvalidLiteral, path, error.to_string());
                let label = "expected a prefixed name, or an IRI such as https://example.org/mill";
                findings.push(finding.label(label).help(iri_help(&error, namespaces)));
            }
        }
    }
    Some(Entity {
        id: id?,
        is_valid: record.is_valid && class.is_some() && label.is_some(),
        class: class.unwrap_or_else(|| vocab::owl::THING.into_owned()),
        label: label.unwrap_or_default().to_owned(),
        labels,
        aliases: fields.aliases.clone(),
        same_as,
        note: fields.note.clone(),
        acknowledged: allow::of_record(record, &fields.allow, findings),
        location: (record.file, record.location([])),
    })
}

impl Dataset {
    /// The IRIs of the entities: those described by the dataset, then those to which only the vocabulary assigns a class.
    pub(crate) fn entity_iris(&self) -> Vec<NamedNode> {
        let namespaces = &self.namespaces;
        let described =
            self.entities.iter().filter(|entity| entity.is_valid).map(|entity| namespaces.entity(&entity.id));
        let declared = self.vocabulary.triples().iter().filter_map(|declared| match &declared.triple {
            Triple { subject: NamedOrBlankNode::NamedNode(node), predicate, .. }
                if *predicate == vocab::rdf::TYPE && namespaces.entity_id(node.as_ref()).is_some() =>
            {
                Some(node.clone())
            }
            _ => None,
        });
        let mut known = HashSet::new();
        described.chain(declared).filter(|entity| known.insert(entity.clone())).collect()
    }
}
