//! Facts and claims as read from the files.

use super::allow::AllowFields;
use super::json::RecordFormat;
use super::members::{Members, OneOrMany, objects, optional_object};
use crate::model::{Evidence, Selector, SourceId, Stance, is_blank};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A fact or a claim.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Statement"))]
#[serde(deny_unknown_fields)]
pub struct FactFields {
    /// Its id; optional in `.jsonl` files, where a hash of the content identifies the statement.
    pub id: Option<String>,
    /// The id of the entity that the statement is about.
    pub subject: Option<String>,
    /// The predicate: a local name of the vocabulary, a prefixed name or an IRI.
    pub predicate: Option<String>,
    /// The id of an entity or a literal, depending on the predicate.
    pub object: Option<UnparsedValue>,
    /// Qualifiers: further predicates and their values.
    #[serde(default)]
    pub qualifiers: Members<OneOrMany<UnparsedValue>>,
    /// The claim's status and speaker; makes the statement a claim instead of a fact.
    #[serde(default, deserialize_with = "optional_object")]
    pub claim: Option<ClaimFields>,
    /// Who or what proposed the statement, such as a person, a script or a language model.
    #[serde(rename = "proposedBy")]
    pub proposed_by: Option<String>,
    /// Findings about the statement that the curator has considered, with the reasons why it is right.
    #[serde(default, deserialize_with = "objects")]
    pub allow: Vec<AllowFields>,
    /// The evidence: quotes from sources.
    #[serde(default, deserialize_with = "objects")]
    pub evidence: Vec<EvidenceFields>,
}

impl RecordFormat for FactFields {
    const NAME: &'static str = "fact";
}

/// The status and the speaker of a claim.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Claim"))]
#[serde(deny_unknown_fields)]
pub struct ClaimFields {
    /// The status: a built-in one, such as `reported`, or the id of one that the manifest declares.
    #[cfg_attr(test, schemars(with = "Option<super::schema::StatusName>"))]
    pub status: Option<String>,
    /// The id of the entity that makes the claim; required if the status is `reported`.
    pub by: Option<String>,
}

/// A piece of evidence.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Evidence"))]
#[serde(deny_unknown_fields)]
pub struct EvidenceFields {
    /// The id of the source.
    pub source: Option<String>,
    /// Words of the source, with `…` for omitted words.
    pub quote: Option<String>,
    /// A note of the curator; replaces the quote if the source is of kind `background`.
    pub note: Option<String>,
    /// `supports` (the default) or `disputes`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::StanceName>"))]
    pub stance: Option<String>,
    /// The number of the match, counted from 1, if the source contains the quote several times.
    #[cfg_attr(test, schemars(with = "Option<u32>"))]
    pub nth: Option<UnparsedValue>,
    /// Words directly before the quote.
    pub prefix: Option<String>,
    /// Words directly after the quote.
    pub suffix: Option<String>,
}

impl EvidenceFields {
    /// The evidence of a source, before its quote is found. Blank quotes and notes are omitted, and so is an invalid `nth`.
    pub fn evidence(&self, source: SourceId, stance: Stance) -> Evidence {
        // Destructured, so that a field that is not used does not compile.
        let Self { source: _, quote, note, stance: _, nth, prefix, suffix } = self;
        let written = |text: &Option<String>| text.clone().filter(|text| !is_blank(text));
        let nth = nth.as_ref().and_then(|nth| nth.parse_match_number().ok());
        let selector = Selector { nth, prefix: prefix.clone(), suffix: suffix.clone() };
        Evidence {
            source,
            stance,
            quote: written(quote),
            note: written(note),
            selector,
            span: None,
            source_words: None,
        }
    }
}

// Parsed later, so that numbers keep their digits.
/// A value of a statement or of a qualifier.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct UnparsedValue(#[cfg_attr(test, schemars(with = "super::schema::Value"))] Box<RawValue>);

/// A JSON value of a statement or a qualifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonValue {
    /// A string.
    String(String),
    /// A number with its original digits.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
    /// An object with a datatype or a language.
    Typed(TypedValue),
    /// Any other JSON, which is not a valid value.
    Invalid,
}

/// A value with a datatype or a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedValue {
    /// The value: a string, or a number with its original digits.
    pub value: String,
    /// The datatype: a prefixed name or an IRI.
    pub datatype: Option<String>,
    /// The language tag.
    pub lang: Option<String>,
}

/// Why a value is not the number of a match: what was expected, and how to correct it.
pub struct InvalidMatchNumber {
    pub label: &'static str,
    pub help: String,
    /// The number, if a string has it.
    pub number: Option<u32>,
}

impl UnparsedValue {
    /// The number of a match, counted from 1.
    pub fn parse_match_number(&self) -> Result<u32, InvalidMatchNumber> {
        let invalid = |label, help: &str| Err(InvalidMatchNumber { label, help: help.to_owned(), number: None });
        let first = "use 1 for the first match";
        match self.parse() {
            JsonValue::Number(number) => match number.parse() {
                Ok(number @ 1..) => Ok(number),
                Err(_) if !number.starts_with('-') => invalid("expected a whole number", first),
                Ok(_) | Err(_) => invalid("matches are counted from 1", first),
            },
            JsonValue::String(text) if text.parse().is_ok_and(|number: u32| number > 0) => Err(InvalidMatchNumber {
                label: "expected a number, found a string",
                help: format!("write {text} without quotation marks"),
                number: text.parse().ok(),
            }),
            _ => invalid("expected a whole number", first),
        }
    }

    /// Parses the value.
    pub fn parse(&self) -> JsonValue {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Typed {
            value: UnparsedValue,
            #[serde(rename = "type")]
            datatype: Option<String>,
            lang: Option<String>,
        }
        let json = self.0.get();
        match json.as_bytes().first() {
            Some(b'"') => serde_json::from_str(json).map_or(JsonValue::Invalid, JsonValue::String),
            Some(b'-' | b'0'..=b'9') => JsonValue::Number(json.to_owned()),
            Some(b't') => JsonValue::Boolean(true),
            Some(b'f') => JsonValue::Boolean(false),
            Some(b'{') => {
                let Ok(Typed { value, datatype, lang }) = serde_json::from_str(json) else { return JsonValue::Invalid };
                let value = match value.parse() {
                    JsonValue::String(value) | JsonValue::Number(value) => value,
                    JsonValue::Boolean(value) => value.to_string(),
                    JsonValue::Typed(_) | JsonValue::Invalid => return JsonValue::Invalid,
                };
                JsonValue::Typed(TypedValue { value, datatype, lang })
            }
            _ => JsonValue::Invalid,
        }
    }
}
