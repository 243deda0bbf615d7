//! Statements as JSON, in the form that files of facts have.

use crate::dataset::{Dataset, PropertyKind};
use crate::model::{Evidence, Kind, Selector, Stance, Statement, vocab};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A fact or a claim, in the order of members that files have.
#[derive(Debug, Serialize)]
pub(super) struct FactJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    subject: String,
    predicate: String,
    object: Value,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    qualifiers: BTreeMap<String, Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<ClaimJson>,
    #[serde(rename = "proposedBy", skip_serializing_if = "Option::is_none")]
    proposed_by: Option<String>,
    evidence: Vec<EvidenceJson>,
}

#[derive(Debug, Serialize)]
struct ClaimJson {
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

/// A piece of evidence.
#[derive(Debug, Serialize)]
pub(super) struct EvidenceJson {
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stance: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A value of a statement or of a qualifier.
#[derive(Debug)]
enum Value {
    String(String),
    Number(Box<RawValue>),
    Boolean(bool),
    Typed(String, String),
    Tagged(String, String),
}

/// The values of a qualifier: one, or a list.
#[derive(Debug, Default)]
struct Values(Vec<Value>);

impl FactJson {
    /// The fact or the claim that a file of the dataset would have for a statement.
    ///
    /// An entity or a predicate that is not part of the dataset has its IRI. `None` for a statement that files of facts do not have: a
    /// derived one, or one with a blank node or a triple term.
    pub(super) fn new(statement: &Statement, dataset: &Dataset) -> Option<Self> {
        // Destructured, so that a field that is not written does not compile.
        let Statement { id, triple, kind, qualifiers, evidence, proposed_by } = statement;
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else { return None };
        let claim = match kind {
            Kind::Fact => None,
            Kind::Claim(claim) => {
                let by = claim.by.as_ref().map(|by| entity_name(by, dataset));
                Some(ClaimJson { status: claim.status.as_str().to_owned(), by })
            }
            Kind::Inference(_) | Kind::Entailment(_) => return None,
        };
        let mut by_name: BTreeMap<String, Values> = BTreeMap::new();
        for qualifier in qualifiers {
            let value = Value::new(&qualifier.value, &qualifier.predicate, dataset)?;
            by_name.entry(predicate_name(qualifier.predicate.as_ref(), dataset)).or_default().0.push(value);
        }
        Some(Self {
            id: Some(id.as_str().to_owned()),
            subject: entity_name(subject, dataset),
            predicate: predicate_name(triple.predicate.as_ref(), dataset),
            object: Value::new(&triple.object, &triple.predicate, dataset)?,
            qualifiers: by_name,
            claim,
            proposed_by: proposed_by.clone(),
            evidence: evidence.iter().map(EvidenceJson::new).collect(),
        })
    }
}

fn entity_name(entity: &NamedNode, dataset: &Dataset) -> String {
    let id = dataset.namespaces.entity_id(entity.as_ref());
    id.map_or_else(|| entity.as_str().to_owned(), |id| id.as_str().to_owned())
}

/// The name of a class, a datatype or a predicate in files: a local name of the vocabulary, a prefixed name or an IRI.
pub(super) fn term_name(iri: NamedNodeRef<'_>, dataset: &Dataset) -> String {
    let name = dataset.namespaces.compact(iri).unwrap_or_else(|| iri.as_str().to_owned());
    name.strip_prefix("v:").map_or(name.clone(), str::to_owned)
}

/// The same for a predicate. factloom's own times have no prefix.
fn predicate_name(iri: NamedNodeRef<'_>, dataset: &Dataset) -> String {
    let time = vocab::TIMES.iter().find(|(_, time)| *time == iri);
    time.map_or_else(|| term_name(iri, dataset), |(name, _)| (*name).to_owned())
}

impl EvidenceJson {
    pub(super) fn new(evidence: &Evidence) -> Self {
        // What follows from the text of the source is not written.
        let Evidence { source, stance, quote, note, selector, span: _, source_words: _ } = evidence;
        let Selector { nth, prefix, suffix } = selector.clone();
        Self {
            source: source.as_str().to_owned(),
            quote: quote.clone(),
            nth,
            prefix,
            suffix,
            stance: (*stance == Stance::Disputes).then(|| stance.as_str()),
            note: note.clone(),
        }
    }
}

impl Value {
    fn new(term: &Term, predicate: &NamedNode, dataset: &Dataset) -> Option<Self> {
        match term {
            Term::NamedNode(entity) => Some(Self::String(entity_name(entity, dataset))),
            Term::Literal(literal) => Some(Self::literal(literal, predicate, dataset)),
            Term::BlankNode(_) | Term::Triple(_) => None,
        }
    }

    /// The shortest form that is read as this literal again.
    fn literal(literal: &Literal, predicate: &NamedNode, dataset: &Dataset) -> Self {
        let (text, datatype) = (literal.value(), literal.datatype());
        let is_time = vocab::TIMES.iter().any(|(_, time)| *time == *predicate);
        let declared = dataset.vocabulary.predicate_by_iri(predicate);
        let range = declared.filter(|declared| declared.kind == PropertyKind::Datatype);
        let range = range.and_then(|declared| declared.ranges.first()).map(NamedNode::as_ref);
        let has_range = range.is_some_and(|range| range != vocab::rdfs::LITERAL && range != vocab::rdfs::RESOURCE);
        if let Some(language) = literal.language() {
            return match range == Some(vocab::rdf::LANG_STRING) && language == dataset.language {
                true => Self::String(text.to_owned()),
                false => Self::Tagged(text.to_owned(), language.to_owned()),
            };
        }
        let number = || RawValue::from_string(text.to_owned()).ok().filter(|_| !text.contains(['e', 'E', '"', '.']));
        let is_string = datatype == vocab::xsd::STRING && !has_range;
        match text {
            _ if is_time || is_string => Self::String(text.to_owned()),
            "true" | "false" if datatype == vocab::xsd::BOOLEAN => Self::Boolean(text == "true"),
            _ if datatype == vocab::xsd::INTEGER
                && (!has_range || range == Some(datatype))
                && let Some(number) = number() =>
            {
                Self::Number(number)
            }
            _ if range == Some(datatype) => Self::String(text.to_owned()),
            _ => Self::Typed(text.to_owned(), term_name(datatype, dataset)),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = |serializer: S, value: &str, member: &str, name: &str| {
            let mut map = serializer.serialize_map(Some(2))?;
            map.serialize_entry("value", value)?;
            map.serialize_entry(member, name)?;
            map.end()
        };
        match self {
            Self::String(text) => text.serialize(serializer),
            Self::Number(digits) => digits.serialize(serializer),
            Self::Boolean(value) => value.serialize(serializer),
            Self::Typed(value, datatype) => object(serializer, value, "type", datatype),
            Self::Tagged(value, language) => object(serializer, value, "lang", language),
        }
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [only] => only.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{CheckOptions, check};
    use crate::dataset::DatasetRoot;
    use crate::diagnostic::Findings;

    fn statements(root: DatasetRoot) -> (Dataset, Vec<Statement>) {
        let opened = Dataset::open(root, None);
        let (dataset, mut findings) = (opened.dataset.unwrap(), Findings::new());
        let checked = check(&dataset, &CheckOptions::default(), &mut findings);
        assert!(!findings.has_errors(), "{findings:?}");
        let statements = checked.statements.iter().cloned().collect();
        (dataset, statements)
    }

    /// The JSON of the statements of a dataset is read as the same statements again.
    fn round_trip(files: &[(&str, &str)]) {
        let root = DatasetRoot::memory(files.iter().copied());
        let (dataset, before) = statements(root.clone());
        let json: Vec<FactJson> = before.iter().map(|s| FactJson::new(s, &dataset).unwrap()).collect();
        let json = serde_json::to_string(&json).unwrap();
        let mut names: Vec<&str> = dataset.fact_files.iter().map(|file| dataset.files.name(*file)).collect();
        let first = names.remove(0);
        let others = names.into_iter().map(|name| (name.to_owned(), "[]".to_owned()));
        let edited = root.with_buffers(others.chain([(first.to_owned(), json)]).collect::<Vec<_>>());
        let (_, after) = statements(edited);
        assert_eq!(before, after);
    }

    #[test]
    fn the_facts_of_the_example_and_of_the_tutorial_are_read_as_they_were_written() {
        round_trip(crate::BUNDLED);
        round_trip(crate::authoring::TUTORIAL);
    }

    #[test]
    fn literals_keep_their_datatypes_languages_and_digits() {
        let vocabulary = "@prefix v: <https://e.org/vocabulary/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
            @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
            v:T a owl:Class . v:any a owl:DatatypeProperty . v:int a owl:DatatypeProperty ; rdfs:range xsd:integer .
            v:year a owl:DatatypeProperty ; rdfs:range xsd:gYear . v:text a owl:DatatypeProperty ; rdfs:range rdf:langString .
            v:literal a owl:DatatypeProperty ; rdfs:range rdfs:Literal . v:string a owl:DatatypeProperty ; rdfs:range xsd:string .";
        let values = [
            ("any", "2"),
            ("any", "1.50"),
            ("any", "1e3"),
            ("any", "\"2\""),
            ("any", "true"),
            ("any", r#"{ "value": "007", "type": "xsd:integer" }"#),
            ("any", r#"{ "value": "moulin", "lang": "fr" }"#),
            ("any", r#"{ "value": "1971/1973", "type": "http://id.loc.gov/datatypes/edtf/EDTF" }"#),
            ("int", "12345678901234567890123"),
            ("int", "-7"),
            ("int", "\"+7\""),
            ("year", "\"1973\""),
            ("text", "\"mill\""),
            ("text", r#"{ "value": "moulin", "lang": "fr" }"#),
            ("literal", "\"x\""),
            ("literal", "3"),
            ("string", "\"3\""),
        ];
        let facts: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(number, (predicate, value))| {
                format!(
                    r#"{{ "id": "f{number}", "subject": "a", "predicate": "{predicate}", "object": {value},
                    "qualifiers": {{ "pointInTime": "1973~", "any": [1, "b"] }}, "claim": {{ "status": "planned", "by": "a" }}, "proposedBy": "a model",
                    "evidence": [{{ "source": "s", "note": "n{number}", "stance": "disputes" }}] }}"#
                )
            })
            .collect();
        round_trip(&[
            ("factloom.json", r#"{ "base": "https://e.org/", "sources": [{ "id": "s", "kind": "background" }] }"#),
            ("vocabulary.ttl", vocabulary),
            ("entities.json", r#"[{ "id": "a", "type": "T", "label": "A" }]"#),
            ("facts.json", &format!("[{}]", facts.join(","))),
        ]);
    }
}
