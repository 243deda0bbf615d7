//! Entities: the things that a graph speaks of.

use super::json::{Record, RecordFormat};
use super::members::Members;
use super::source::language_tag;
use super::vocabulary::Vocabulary;
use crate::diagnostic::{Code, FileId, Finding, Location, PathSegment};
use crate::model::{EntityId, Namespaces, vocab};
use oxigraph::model::NamedNode;
use serde::Deserialize;

/// An entity as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EntityFields {
    /// Its id.
    pub id: Option<String>,
    /// Its class: a local name of the vocabulary, a prefixed name or an IRI.
    #[serde(rename = "type")]
    pub class: Option<String>,
    /// Its name in the dataset's language.
    pub label: Option<String>,
    /// Its names in other languages, by language tag.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
    pub labels: Members<String>,
    /// What else it is called.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The same thing in other catalogues, as IRIs.
    #[serde(default)]
    pub same_as: Vec<String>,
    /// What the curator says about it.
    pub note: Option<String>,
}

impl RecordFormat for EntityFields {
    const NAME: &'static str = "entity";
}

/// An entity.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its id.
    pub id: EntityId,
    /// Its class.
    pub class: NamedNode,
    /// Its name in the dataset's language.
    pub label: String,
    /// Its names in other languages: tag and name, sorted by tag.
    pub labels: Vec<(String, String)>,
    /// What else it is called, as written.
    pub aliases: Vec<String>,
    /// The same thing in other catalogues.
    pub same_as: Vec<NamedNode>,
    /// What the curator says about it.
    pub note: Option<String>,
    /// Where it is described.
    pub location: (FileId, Location),
    /// Whether nothing is wrong with how it is written.
    pub(crate) is_valid: bool,
}

/// Makes an entity of a record; `None` if it has no valid id. An entity with another error is kept as invalid, so that its
/// uses are not reported as unknown.
pub(super) fn entity(
    record: &Record<EntityFields>,
    names: &Namespaces,
    vocabulary: &Vocabulary,
    findings: &mut Vec<Finding>,
) -> Option<Entity> {
    let fields = &record.value;
    let at = |field: &str| [PathSegment::from(field)];
    let id = match fields.id.as_deref().map(EntityId::new) {
        Some(Ok(id)) => Some(id),
        Some(Err(e)) => {
            let finding = record.finding(Code::InvalidId, at("id"), e.to_string());
            findings.push(finding.label("letters, digits, `-` and `_`").help("choose another id"));
            None
        }
        // The reader has removed and reported an invalid field.
        None if !record.is_valid => None,
        None => {
            findings.push(
                record
                    .finding(Code::MissingField, [], "the entity has no id")
                    .label("an `id`")
                    .help("give it a short name, as \"old-mill\""),
            );
            None
        }
    };
    let class = match fields.class.as_deref() {
        Some(written) => match vocabulary.class(written, names) {
            Ok(class) => Some(class),
            Err(help) => {
                let finding = record.finding(
                    Code::UnknownClass,
                    at("type"),
                    format!("the vocabulary defines no class `{written}`"),
                );
                findings.push(finding.label("a class of the vocabulary").help(help));
                None
            }
        },
        None if !record.is_valid => None,
        None => {
            let finding = record.finding(Code::MissingField, [], "the entity has no `type`");
            findings.push(finding.label("a `type`").help("name the class of the vocabulary that it belongs to"));
            None
        }
    };
    let mut is_valid = record.is_valid && class.is_some();
    let label = match &fields.label {
        Some(label) if !label.trim().is_empty() => label.clone(),
        _ => {
            is_valid = false;
            if record.is_valid {
                let path: Vec<PathSegment> = fields.label.iter().map(|_| PathSegment::from("label")).collect();
                let finding = record.finding(Code::MissingField, path, "the entity has no label");
                findings.push(finding.label("a `label`").help("give the name that readers know it by"));
            }
            String::new()
        }
    };
    for (tag, _) in &fields.labels.0 {
        language_tag(record, ["labels".into(), PathSegment::from(tag.as_str())], tag, findings);
    }
    let mut same_as = Vec::new();
    for (index, iri) in fields.same_as.iter().enumerate() {
        match NamedNode::new(iri) {
            Ok(iri) => same_as.push(iri),
            Err(e) => {
                let path = ["sameAs".into(), index.into()];
                let finding = record.finding(Code::InvalidLiteral, path, format!("`{iri}` is no IRI: {e}"));
                findings.push(finding.label("an absolute IRI").help("write it out, with its scheme"));
            }
        }
    }
    Some(Entity {
        id: id?,
        class: class.unwrap_or_else(|| vocab::owl::THING.into_owned()),
        label,
        labels: fields.labels.0.clone(),
        aliases: fields.aliases.clone(),
        same_as,
        note: fields.note.clone(),
        location: (record.file, record.at([])),
        is_valid,
    })
}
