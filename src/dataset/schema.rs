//! JSON Schemas of the files that have a format of ours, made from the types that read them.
//!
//! The schemas in `data/schema` are what this module makes; a test compares them.

use super::{entity::EntityFields, fact::FactFields, manifest::Manifest, source::SourceFields, style::Style};
use schemars::{JsonSchema, Schema, schema_for};
use std::collections::BTreeMap;

/// Graphviz attributes.
pub(super) type Attributes = BTreeMap<String, String>;

/// A name of a file, or several; `*` stands for any characters.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum Names {
    /// One pattern.
    One(String),
    /// Several patterns.
    Many(Vec<String>),
}

/// A source, or the name of a `.jsonl` file of sources.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum SourceOrName {
    /// A source.
    Source(Box<SourceFields>),
    /// The name of a file.
    Name(String),
}

/// A value: a string, a number, a truth value, or an object that names its datatype or language.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum Value {
    /// An entity's id, or a literal.
    Text(String),
    /// A number.
    Number(f64),
    /// A truth value.
    Boolean(bool),
    /// A literal with its datatype or language.
    Typed(Typed),
}

/// A literal with its datatype or language.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct Typed {
    /// The value.
    value: Plain,
    /// The datatype: a prefixed name or an IRI.
    r#type: Option<String>,
    /// The language tag.
    lang: Option<String>,
}

/// A string, a number or a truth value.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum Plain {
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// A truth value.
    Boolean(bool),
}

/// A value, or a list of values.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum ValueOrValues {
    /// One value.
    One(Value),
    /// Several values.
    Many(Vec<Value>),
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($variant:ident),* }) => {
        $(#[$doc])*
        #[derive(JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        #[expect(dead_code, reason = "only its schema is used")]
        pub(super) enum $name { $($variant),* }
    };
}

choice!(
    /// What a source is.
    SourceKindName { Article, Document, Dataset, Background }
);
choice!(
    /// How a source puts a claim.
    StatusName { Reported, Planned, Possible, Denied }
);
choice!(
    /// Whether evidence supports or disputes its statement.
    StanceName { Supports, Disputes }
);

fn schemas() -> [(&'static str, Schema); 5] {
    [
        ("manifest", schema_for!(Manifest)),
        ("entities", schema_for!(Vec<EntityFields>)),
        ("facts", schema_for!(Vec<FactFields>)),
        ("sources", schema_for!(SourceFields)),
        ("style", schema_for!(Style)),
    ]
}

/// `FACTLOOM_BLESS=1 cargo test` writes the schemas anew.
#[test]
fn the_schemas_in_the_repository_are_those_of_the_code() {
    for (name, schema) in schemas() {
        let path = format!("{}/data/schema/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("FACTLOOM_BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == text, "{path} is not what the code makes: run FACTLOOM_BLESS=1 cargo test schemas_in");
    }
}
