//! From a JSON value to a term that fits the range of its predicate.

use crate::dataset::{Dataset, JsonValue, Predicate, PropertyKind, TypedValue, iri_help};
use crate::diagnostic::{Code, Fix, Suggestions, closest};
use crate::model::literal::{self, canonical, is_datatype, is_integer, is_valid, literal_help, term_value};
use crate::model::{InvalidIri, InvalidTime, TimeValue, local_name, time_correction, vocab};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};

/// Why a value is invalid.
#[derive(Debug)]
pub(super) struct ValueProblem {
    pub code: Code,
    pub message: String,
    pub label: String,
    pub help: String,
    /// The member of the value that is invalid, if the value is an object.
    pub member: Option<&'static str>,
    /// The only right correction, if there is one.
    pub fix: Option<Box<Fix>>,
}

impl ValueProblem {
    fn new(code: Code, message: impl Into<String>, label: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), label: label.into(), help: help.into(), member: None, fix: None }
    }

    fn at(self, member: &'static str) -> Self {
        Self { member: Some(member), ..self }
    }
}

/// The term of a value.
pub(super) struct Value {
    pub term: Term,
    /// The lexical form or the language tag as written and in canonical form, if they differ.
    pub original: Option<(String, String)>,
    /// Whether the term can be part of a statement. An entity with errors cannot.
    pub is_valid: bool,
}

impl From<Literal> for Value {
    fn from(literal: Literal) -> Self {
        Self { term: literal.into(), original: None, is_valid: true }
    }
}

/// The value of a predicate: an entity, or a literal of the predicate's range.
pub(super) fn value(
    value: &JsonValue,
    predicate: &Predicate,
    dataset: &Dataset,
    entities: &mut Suggestions<'_>,
) -> Result<Value, ValueProblem> {
    match predicate.kind {
        PropertyKind::Object => entity(value, predicate, dataset, entities),
        PropertyKind::Datatype => literal(value, predicate.ranges.first(), dataset),
    }
}

/// A time: the value of one of factloom's own qualifiers.
pub(super) fn time(value: &JsonValue) -> Result<Value, ValueProblem> {
    let text = match value {
        JsonValue::String(text) | JsonValue::Number(text) => text,
        JsonValue::Typed(TypedValue { value, lang: None, .. }) => value,
        _ => return Err(ValueProblem::new(Code::InvalidLiteral, "invalid date", EXPECTED_DATE, DATE_HELP)),
    };
    Ok(TimeValue::parse(text).map_err(|error| time_problem(text, &error))?.literal().into())
}

const EXPECTED_DATE: &str = "expected a date such as 1973, 1973-05 or 1973-05-01";
const DATE_HELP: &str = "write a decade as 197X, an approximate year as 1973~ and an interval as 1971/1973";

fn time_problem(text: &str, error: &InvalidTime) -> ValueProblem {
    let correction = || time_correction(text).unwrap_or_else(|| DATE_HELP.to_owned());
    let (message, label, help) = match error {
        InvalidTime::Calendar(_) => {
            ("invalid date", "this date does not exist", "correct the month or the day".to_owned())
        }
        InvalidTime::Backwards(_) => ("invalid interval", "ends before it starts", "swap the two dates".to_owned()),
        InvalidTime::NoDate(_) => ("invalid interval", "has no date", "add a date on one side of the `/`".to_owned()),
        InvalidTime::Form(_) => ("invalid date", EXPECTED_DATE, correction()),
        InvalidTime::Unsupported(_, form) => ("unsupported date", *form, correction()),
    };
    ValueProblem::new(Code::InvalidLiteral, format!("{message} `{text}`"), label, help)
}

fn entity(
    value: &JsonValue,
    predicate: &Predicate,
    dataset: &Dataset,
    entities: &mut Suggestions<'_>,
) -> Result<Value, ValueProblem> {
    let name = compact(predicate.iri.as_ref(), dataset);
    let JsonValue::String(id) = value else {
        let message = format!("`{name}` takes an entity, not a literal");
        let help = "replace the literal with the id of an entity";
        return Err(ValueProblem::new(Code::RangeMismatch, message, "expected the id of an entity", help));
    };
    let Some(entity) = dataset.entity(id) else { return Err(unknown_entity(id, entities)) };
    let is_outside = |range: &&NamedNode| !dataset.vocabulary.is_subclass(&entity.class, range);
    if let Some(range) = predicate.ranges.iter().filter(|_| entity.is_valid).find(is_outside) {
        let (expected, found) = (compact(range.as_ref(), dataset), compact(entity.class.as_ref(), dataset));
        return Err(ValueProblem::new(
            Code::RangeMismatch,
            format!("`{id}` is not in the range of `{name}`"),
            format!("expected {expected}, found {found}"),
            format!("choose another object, or extend the `rdfs:range` of `{name}`"),
        ));
    }
    Ok(Value { term: dataset.namespaces.entity(&entity.id).into(), original: None, is_valid: entity.is_valid })
}

/// The problem that the dataset has no entity with an id.
pub(super) fn unknown_entity(id: &str, entities: &mut Suggestions<'_>) -> ValueProblem {
    let suggestion = entities.suggest(id, "add it to the entities, or use an existing id");
    let (message, fix) = (format!("unknown entity `{id}`"), suggestion.fix());
    let problem = ValueProblem::new(Code::UnknownEntity, message, "not an entity of the dataset", suggestion.help);
    ValueProblem { fix: fix.map(Box::new), ..problem }
}

/// An IRI with its prefix, or without one if it belongs to the dataset's vocabulary.
pub(super) fn compact(iri: NamedNodeRef<'_>, dataset: &Dataset) -> String {
    let compact = dataset.namespaces.compact(iri).unwrap_or_else(|| iri.to_string());
    compact.strip_prefix("v:").map_or(compact.clone(), str::to_owned)
}

/// A predicate as written in a dataset.
pub(super) fn predicate_name(predicate: &NamedNode, dataset: &Dataset) -> String {
    let name = compact(predicate.as_ref(), dataset);
    name.strip_prefix("fl:").map_or(name.clone(), str::to_owned)
}

/// A term as written in a dataset, for a message.
pub(super) fn term_name(term: &Term, dataset: &Dataset) -> String {
    match term {
        Term::NamedNode(iri) => match dataset.namespaces.entity_id(iri.as_ref()) {
            Some(id) => format!("`{id}`"),
            None => format!("`{}`", compact(iri.as_ref(), dataset)),
        },
        Term::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}

fn literal(value: &JsonValue, range: Option<&NamedNode>, dataset: &Dataset) -> Result<Value, ValueProblem> {
    let range = range.map(NamedNode::as_ref).filter(|r| *r != vocab::rdfs::LITERAL && *r != vocab::rdfs::RESOURCE);
    let (text, datatype) = match value {
        JsonValue::String(text) => (text.clone(), vocab::xsd::STRING),
        JsonValue::Number(digits) => (
            digits.clone(),
            match digits.bytes().find(|b| !b.is_ascii_digit() && *b != b'-') {
                None => vocab::xsd::INTEGER,
                Some(b'.') if !digits.contains(['e', 'E']) => vocab::xsd::DECIMAL,
                Some(_) => vocab::xsd::DOUBLE,
            },
        ),
        JsonValue::Boolean(value) => (value.to_string(), vocab::xsd::BOOLEAN),
        JsonValue::Typed(typed) => return typed_literal(typed, range, dataset),
        JsonValue::Invalid => {
            let label = "expected a string, a number, a boolean or an object with `value`";
            let help = "write a typed value as { \"value\": \"1973\", \"type\": \"xsd:gYear\" }";
            return Err(ValueProblem::new(Code::InvalidValue, "invalid value", label, help));
        }
    };
    let Some(range) = range else { return valid_literal(&text, datatype, dataset) };
    let strings = [vocab::xsd::STRING, vocab::rdf::LANG_STRING, vocab::xsd::ANY_URI];
    let fits = match value {
        JsonValue::String(_) => true,
        JsonValue::Boolean(_) => range == vocab::xsd::BOOLEAN,
        _ => !strings.contains(&range) && range != vocab::xsd::BOOLEAN,
    };
    if !fits {
        let (expected, found) = (compact(range, dataset), compact(datatype, dataset));
        let help = match strings.contains(&range) {
            true => format!("write the value as \"{text}\""),
            false => literal_help(&text, range),
        };
        return Err(datatype_mismatch(&expected, &found, help));
    }
    if range == vocab::rdf::LANG_STRING {
        return tagged_literal(&text, &dataset.language);
    }
    valid_literal(&text, range, dataset)
}

fn datatype_mismatch(expected: &str, found: &str, help: String) -> ValueProblem {
    let label = format!("expected {expected}, found {found}");
    ValueProblem::new(Code::RangeMismatch, "the value has the wrong datatype", label, help)
}

fn typed_literal(
    typed: &TypedValue,
    range: Option<NamedNodeRef<'_>>,
    dataset: &Dataset,
) -> Result<Value, ValueProblem> {
    let mismatch = |found: &str| {
        let expected = range.map(|range| compact(range, dataset)).unwrap_or_default();
        datatype_mismatch(&expected, found, format!("write a value of type {expected}, or change the `rdfs:range`"))
    };
    match (&typed.lang, &typed.datatype) {
        (Some(_), Some(_)) => {
            let message = "the value has both `type` and `lang`";
            let label = "a string with a language has no other datatype";
            Err(ValueProblem::new(Code::DuplicateField, message, label, "remove `type`").at("type"))
        }
        (Some(lang), None) => match range {
            Some(range) if range != vocab::rdf::LANG_STRING => Err(mismatch("a string with a language").at("lang")),
            _ => tagged_literal(&typed.value, lang),
        },
        (None, Some(written)) => {
            let datatype = dataset.namespaces.resolve(written).map_err(|error| {
                let (message, help) = match &error {
                    InvalidIri::Syntax(_) => {
                        (format!("invalid datatype `{written}`"), "choose a datatype such as `xsd:gYear`".to_owned())
                    }
                    InvalidIri::UnknownPrefix { .. } => (error.to_string(), iri_help(&error, &dataset.namespaces)),
                };
                ValueProblem::new(Code::InvalidLiteral, message, "expected a prefixed name or an IRI", help).at("type")
            })?;
            let member = if is_datatype(datatype.as_ref()) { "value" } else { "type" };
            let value = valid_literal(&typed.value, datatype.as_ref(), dataset).map_err(|e| e.at(member))?;
            let fits = range.is_none_or(|range| is_in_range(&typed.value, datatype.as_ref(), range));
            if fits { Ok(value) } else { Err(mismatch(written).at("type")) }
        }
        (None, None) => literal(&JsonValue::String(typed.value.clone()), range.map(Into::into).as_ref(), dataset),
    }
}

/// Whether a valid literal has a value of a datatype: an `xsd:int` is an `xsd:integer`, and an `xsd:integer` may be an `xsd:int`.
fn is_in_range(text: &str, datatype: NamedNodeRef<'_>, range: NamedNodeRef<'_>) -> bool {
    let value = |datatype| term_value(Literal::new_typed_literal(text, datatype).into());
    datatype == range
        || is_valid(text, range) && (is_integer(datatype) && is_integer(range) || value(datatype) == value(range))
}

fn tagged_literal(text: &str, lang: &str) -> Result<Value, ValueProblem> {
    let literal = Literal::new_language_tagged_literal(text, lang).map_err(|_| {
        let (message, label) = (format!("invalid language tag `{lang}`"), "expected a tag such as en, ur or zh-hant");
        ValueProblem::new(Code::InvalidLiteral, message, label, "use a BCP 47 language tag").at("lang")
    })?;
    let canonical = literal.language().unwrap_or_default();
    let original = (canonical != lang).then(|| (lang.to_owned(), canonical.to_owned()));
    Ok(Value { original, ..literal.into() })
}

/// The literal as written.
fn valid_literal(text: &str, datatype: NamedNodeRef<'_>, dataset: &Dataset) -> Result<Value, ValueProblem> {
    let name = || compact(datatype, dataset);
    if !is_datatype(datatype) {
        return Err(unknown_datatype(&name()));
    }
    if datatype == vocab::edtf::EDTF
        && !is_valid(text, vocab::xsd::DATE_TIME)
        && let Err(error) = TimeValue::parse(text)
    {
        return Err(time_problem(text, &error));
    }
    let Some(canonical) = canonical(text, datatype) else {
        let (message, label) = (format!("invalid {} `{text}`", name()), format!("not a valid {}", name()));
        return Err(ValueProblem::new(Code::InvalidLiteral, message, label, literal_help(text, datatype)));
    };
    let original = (canonical.value() != text).then(|| (text.to_owned(), canonical.value().to_owned()));
    Ok(Value { original, ..Literal::new_typed_literal(text, datatype).into() })
}

/// The problem that literals cannot have a datatype: its prefixed name.
fn unknown_datatype(name: &str) -> ValueProblem {
    let help = match name {
        "rdf:langString" | "rdf:dirLangString" => {
            "write the value as { \"value\": \"…\", \"lang\": \"en\" }".to_owned()
        }
        "xsd:anyType" | "xsd:anySimpleType" | "xsd:anyAtomicType" => "use `rdfs:Literal` for any literal".to_owned(),
        _ => match closest(local_name(name), literal::xsd_names()) {
            Some(similar) => format!("did you mean `xsd:{similar}`?"),
            None => "use a datatype of XML Schema, such as `xsd:gYear`".to_owned(),
        },
    };
    let (message, label) = (format!("unknown datatype `{name}`"), "not a datatype that literals can have");
    ValueProblem::new(Code::InvalidLiteral, message, label, help)
}
