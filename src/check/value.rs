//! From a value as it is written to a term of the kind that its predicate asks for.

use crate::dataset::{Dataset, JsonValue, Predicate, PropertyKind, TypedValue, resolve_iri};
use crate::diagnostic::{Code, Suggestions};
use crate::model::literal::{self, canonical};
use crate::model::{InvalidTime, TimeValue, vocab};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};

/// What is wrong with a value.
#[derive(Debug)]
pub(super) struct ValueProblem {
    pub code: Code,
    pub message: String,
    pub expected: String,
    pub help: String,
    /// The member of the value that is meant, where the value is an object.
    pub member: Option<&'static str>,
}

impl ValueProblem {
    fn new(code: Code, message: impl Into<String>, expected: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), expected: expected.into(), help: help.into(), member: None }
    }

    fn of(mut self, member: &'static str) -> Self {
        self.member = Some(member);
        self
    }
}

/// A term, and the form in which it was written where that is not the one in which it is kept.
pub(super) type Value = (Term, Option<String>);

/// The value of a predicate: an entity, or a literal of its range.
pub(super) fn value(
    value: &JsonValue,
    predicate: &Predicate,
    dataset: &Dataset,
    entities: &mut Suggestions<'_>,
) -> Result<Value, ValueProblem> {
    match predicate.kind {
        PropertyKind::Object => entity(value, predicate, dataset, entities).map(|iri| (iri.into(), None)),
        PropertyKind::Datatype => literal(value, predicate.ranges.first(), dataset),
    }
}

/// A time: the value of one of factloom's own qualifiers.
pub(super) fn time(value: &JsonValue) -> Result<Value, ValueProblem> {
    let text = match value {
        JsonValue::Text(text) | JsonValue::Number(text) => text,
        JsonValue::Typed(TypedValue { value, lang: None, .. }) => value,
        _ => return Err(ValueProblem::new(Code::InvalidLiteral, "this is no time", TIMES, "write it as \"1973\"")),
    };
    let time = TimeValue::parse(text).map_err(|e| {
        let help = match e {
            InvalidTime::Calendar(_) => "correct the month or the day",
            InvalidTime::Backwards(_) => "exchange the two ends",
            InvalidTime::Form(_) => "write a decade as 197X, and an interval as 1971/1973",
        };
        ValueProblem::new(Code::InvalidLiteral, e.to_string(), TIMES, help)
    })?;
    Ok((time.literal().into(), None))
}

const TIMES: &str = "a year, a month, a day, a decade or an interval";

fn entity(
    value: &JsonValue,
    predicate: &Predicate,
    dataset: &Dataset,
    entities: &mut Suggestions<'_>,
) -> Result<NamedNode, ValueProblem> {
    let names = &dataset.names;
    let name = short(predicate.iri.as_ref(), dataset);
    let JsonValue::Text(id) = value else {
        let message = format!("`{name}` leads to an entity, and this is a literal");
        return Err(ValueProblem::new(Code::RangeMismatch, message, "the id of an entity", "name an entity by its id"));
    };
    let Some(entity) = dataset.entity(id) else { return Err(unknown_entity(id, entities)) };
    for range in &predicate.ranges {
        if !dataset.vocabulary.is_subclass(&entity.class, range) {
            let class = short(entity.class.as_ref(), dataset);
            return Err(ValueProblem::new(
                Code::RangeMismatch,
                format!("`{name}` does not lead to a {class}, which `{id}` is"),
                format!("an entity of the class {}", short(range.as_ref(), dataset)),
                "choose another object or predicate, or widen the predicate's `rdfs:range`",
            ));
        }
    }
    Ok(names.entity(&entity.id))
}

/// No entity has this id.
pub(super) fn unknown_entity(id: &str, entities: &mut Suggestions<'_>) -> ValueProblem {
    let help = entities.help(id, "add it to the dataset's entities");
    ValueProblem::new(Code::UnknownEntity, format!("no entity has the id `{id}`"), "the id of an entity", help)
}

/// An IRI as people write it: with its prefix where it has one.
pub(super) fn short(iri: NamedNodeRef<'_>, dataset: &Dataset) -> String {
    let compact = dataset.names.compact(iri).unwrap_or_else(|| iri.to_string());
    compact.strip_prefix("v:").map_or(compact.clone(), str::to_owned)
}

fn literal(value: &JsonValue, range: Option<&NamedNode>, dataset: &Dataset) -> Result<Value, ValueProblem> {
    let range = range.map(NamedNode::as_ref).filter(|r| *r != vocab::rdfs::LITERAL && *r != vocab::rdfs::RESOURCE);
    let (text, natural) = match value {
        JsonValue::Text(text) => (text.clone(), vocab::xsd::STRING),
        JsonValue::Number(digits) => (
            digits.clone(),
            match digits.bytes().find(|b| !b.is_ascii_digit() && *b != b'-') {
                None => vocab::xsd::INTEGER,
                Some(b'.') if !digits.contains(['e', 'E']) => vocab::xsd::DECIMAL,
                Some(_) => vocab::xsd::DOUBLE,
            },
        ),
        JsonValue::Boolean(truth) => (truth.to_string(), vocab::xsd::BOOLEAN),
        JsonValue::Typed(typed) => return typed_literal(typed, range, dataset),
        JsonValue::Other(wrong) => {
            let expected = "a string, a number, a truth value or an object with a `value`";
            return Err(ValueProblem::new(
                Code::SyntaxError,
                format!("this is no value: {wrong}"),
                expected,
                "correct it",
            ));
        }
    };
    let Some(range) = range else { return kept(&text, natural, dataset) };
    let words = [vocab::xsd::STRING, LANG_STRING, vocab::xsd::ANY_URI];
    let fits = match value {
        JsonValue::Text(_) => true,
        JsonValue::Boolean(_) => range == vocab::xsd::BOOLEAN,
        _ => !words.contains(&range) && range != vocab::xsd::BOOLEAN,
    };
    if !fits {
        let datatype = short(range, dataset);
        let message = format!("`{text}` is not written as a {datatype}");
        let help = if words.contains(&range) { "put it in quotation marks".to_owned() } else { example(range) };
        return Err(ValueProblem::new(Code::RangeMismatch, message, format!("a {datatype}"), help));
    }
    if range == LANG_STRING {
        return tagged(&text, &dataset.language);
    }
    kept(&text, range, dataset)
}

const LANG_STRING: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString");

fn typed_literal(
    typed: &TypedValue,
    range: Option<NamedNodeRef<'_>>,
    dataset: &Dataset,
) -> Result<Value, ValueProblem> {
    let mismatch = |what: &str| {
        let range = range.map(|r| short(r, dataset)).unwrap_or_default();
        ValueProblem::new(
            Code::RangeMismatch,
            format!("the predicate leads to a {range}, and this is {what}"),
            format!("a {range}"),
            "change the value, or the predicate's `rdfs:range`",
        )
    };
    match (&typed.lang, &typed.datatype) {
        (Some(_), Some(_)) => {
            let message = "a value has a `type` or a `lang`, and not both";
            Err(ValueProblem::new(Code::SyntaxError, message, "one of the two", "remove the `type`").of("type"))
        }
        (Some(lang), None) => match range {
            Some(range) if range != LANG_STRING => Err(mismatch("a text with a language").of("lang")),
            _ => tagged(&typed.value, lang),
        },
        (None, Some(written)) => {
            let datatype = resolve_iri(written, &dataset.names).map_err(|e| {
                let message = format!("`{written}` is no datatype: {e}");
                ValueProblem::new(Code::InvalidLiteral, message, "a prefixed name or an IRI", "write it as xsd:gYear")
                    .of("type")
            })?;
            let value = kept(&typed.value, datatype.as_ref(), dataset).map_err(|e| e.of("value"))?;
            let fits = range.is_none_or(|range| {
                // Types derived from xsd:integer are one type once they are kept.
                range == datatype.as_ref()
                    || canonical(&typed.value, range).is_some_and(|l| value.0 == Term::from(l) && range != LANG_STRING)
            });
            if fits { Ok(value) } else { Err(mismatch(&format!("a {written}")).of("type")) }
        }
        (None, None) => literal(&JsonValue::Text(typed.value.clone()), range.map(Into::into).as_ref(), dataset),
    }
}

fn tagged(text: &str, lang: &str) -> Result<Value, ValueProblem> {
    let literal = Literal::new_language_tagged_literal(text, lang).map_err(|e| {
        let message = format!("`{lang}` is no language tag: {e}");
        ValueProblem::new(Code::InvalidLiteral, message, "a tag such as en, ur or zh-hant", "see BCP 47").of("lang")
    })?;
    let written = (literal.language() != Some(lang)).then(|| format!("@{lang}"));
    Ok((literal.into(), written))
}

fn kept(text: &str, datatype: NamedNodeRef<'_>, dataset: &Dataset) -> Result<Value, ValueProblem> {
    let Some(literal) = canonical(text, datatype) else {
        let name = short(datatype, dataset);
        let message = format!("`{text}` is no {name}");
        return Err(ValueProblem::new(Code::InvalidLiteral, message, format!("a {name}"), example(datatype)));
    };
    let written = (literal.value() != text || literal.datatype() != datatype).then(|| text.to_owned());
    Ok((literal.into(), written))
}

/// A next step with a value of the datatype.
fn example(datatype: NamedNodeRef<'_>) -> String {
    match literal::example(datatype) {
        Some(example) => format!("write it as {example}"),
        None => "see XML Schema Part 2 for what the datatype takes".to_owned(),
    }
}
