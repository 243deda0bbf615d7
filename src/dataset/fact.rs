//! Facts and claims as curators write them.

use super::json::RecordFormat;
use super::members::{Members, OneOrMany, objects, optional_object};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A fact or a claim as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FactFields {
    /// Its id; in a `.jsonl` file a hash of the statement stands for one.
    pub id: Option<String>,
    /// The id of the entity that it is about.
    pub subject: Option<String>,
    /// What it says of it: a local name of the vocabulary, a prefixed name or an IRI.
    pub predicate: Option<String>,
    /// An entity's id or a literal, as the predicate asks.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Value>"))]
    pub object: Option<UnparsedValue>,
    /// Further predicates and their values.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, super::schema::ValueOrValues>"))]
    pub qualifiers: Members<OneOrMany<UnparsedValue>>,
    /// What makes it a claim.
    #[serde(default, deserialize_with = "optional_object")]
    pub claim: Option<ClaimFields>,
    /// What it rests on.
    #[serde(default, deserialize_with = "objects")]
    pub evidence: Vec<EvidenceFields>,
}

impl RecordFormat for FactFields {
    const NAME: &'static str = "fact";
}

/// What makes a statement a claim, as it is written.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimFields {
    /// `reported`, `planned`, `possible` or `denied`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::StatusName>"))]
    pub status: Option<String>,
    /// The id of the entity that says so; `reported` requires it.
    pub by: Option<String>,
}

/// Evidence as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EvidenceFields {
    /// The source's id.
    pub source: Option<String>,
    /// The words of the source, with `…` for words left out.
    pub quote: Option<String>,
    /// What the curator says about it; for a source of kind `background`, in place of the quote.
    pub note: Option<String>,
    /// `supports` (the default) or `disputes`.
    #[cfg_attr(test, schemars(with = "Option<super::schema::StanceName>"))]
    pub stance: Option<String>,
    /// Which of several equal quotes, counted from 1.
    pub nth: Option<u32>,
    /// Words right before the quote.
    pub prefix: Option<String>,
    /// Words right behind the quote.
    pub suffix: Option<String>,
}

/// A value as it is written, its digits untouched.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct UnparsedValue(Box<RawValue>);

/// A value as JSON has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonValue {
    /// A string.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
    /// An object that names the datatype or the language.
    Typed(TypedValue),
    /// Something that is no value: `null`, a list, another object, with what is wrong with it.
    Other(String),
}

/// A value that names its datatype or its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedValue {
    /// The value: a string, or a number as it is written.
    pub value: String,
    /// The datatype: a prefixed name or an IRI.
    pub datatype: Option<String>,
    /// The language tag.
    pub lang: Option<String>,
}

impl UnparsedValue {
    /// What kind of value it is.
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
            Some(b'"') => match serde_json::from_str(json) {
                Ok(text) => JsonValue::Text(text),
                Err(e) => JsonValue::Other(e.to_string()),
            },
            Some(b'-' | b'0'..=b'9') => JsonValue::Number(json.to_owned()),
            Some(b't') => JsonValue::Boolean(true),
            Some(b'f') => JsonValue::Boolean(false),
            Some(b'{') => match serde_json::from_str::<Typed>(json) {
                Err(e) => JsonValue::Other(e.to_string()),
                Ok(Typed { value, datatype, lang }) => {
                    let value = match value.parse() {
                        JsonValue::Text(text) | JsonValue::Number(text) => text,
                        JsonValue::Boolean(b) => b.to_string(),
                        JsonValue::Typed(_) | JsonValue::Other(_) => {
                            return JsonValue::Other("`value` is no string, number or truth value".into());
                        }
                    };
                    JsonValue::Typed(TypedValue { value, datatype, lang })
                }
            },
            _ => JsonValue::Other("it is no string, number, truth value or object with a `value`".into()),
        }
    }
}
