//! JSON Schemas of the dataset's files, generated from the types that read them into `data/schema`.

use super::style::{Style, StyleAttributes};
use super::{entity::EntityFields, fact::FactFields, manifest::Manifest, source::SourceFields};
use schemars::{JsonSchema, Schema, schema_for};

/// A value, or a list of values.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum OneOrMany<T> {
    /// One value.
    One(T),
    /// Several values.
    Many(Vec<T>),
}

/// A source, or the path of a `.jsonl` file of sources; `*` matches any characters.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum SourceOrPath {
    /// A source.
    Source(Box<SourceFields>),
    /// The path of a file.
    Path(String),
}

/// A value: a string, a number, a boolean, or an object with a datatype or a language.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum Value {
    /// An entity's id, or a literal.
    String(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Boolean(bool),
    /// A literal with its datatype or its language.
    Typed(Typed),
}

/// A literal with its datatype or its language.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "TypedValue")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct Typed {
    /// The value.
    value: Scalar,
    /// The datatype: a prefixed name or an IRI.
    r#type: Option<String>,
    /// The language tag.
    lang: Option<String>,
}

/// How a source presents a claim: a built-in status, or the id of one that the manifest declares.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "ClaimStatus")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum StatusName {
    /// A built-in status.
    BuiltIn(BuiltInStatusName),
    /// The id of a status that the manifest declares.
    Declared(String),
}

/// Attributes of claims by their status: a built-in one, or the id of one that the manifest declares.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct StatusStyle {
    /// Attributes of reported claims.
    reported: Option<StyleAttributes>,
    /// Attributes of planned claims.
    planned: Option<StyleAttributes>,
    /// Attributes of possible claims.
    possible: Option<StyleAttributes>,
    /// Attributes of denied claims.
    denied: Option<StyleAttributes>,
    /// Attributes of alleged claims.
    alleged: Option<StyleAttributes>,
    /// Attributes of disputed claims.
    disputed: Option<StyleAttributes>,
    /// Attributes of claims with a declared status.
    #[serde(flatten)]
    declared: std::collections::BTreeMap<String, StyleAttributes>,
}

/// A string, a number or a boolean.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum Scalar {
    /// A string.
    String(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Boolean(bool),
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident $title:literal { $($variant:ident),* }) => {
        $(#[$doc])*
        #[derive(JsonSchema)]
        #[schemars(rename_all = "kebab-case", rename = $title)]
        #[expect(dead_code, reason = "only its schema is used")]
        pub(super) enum $name { $($variant),* }
    };
}

choice!(
    /// The kind of a source.
    SourceKindName "SourceKind" { Article, Document, Dataset, Background }
);
choice!(
    /// A built-in status of claims.
    BuiltInStatusName "BuiltInStatus" { Reported, Planned, Possible, Denied, Alleged, Disputed }
);
choice!(
    /// A standard entailment.
    EntailmentName "Entailment" { None, Rdfs, Owl }
);
choice!(
    /// The line of a status in diagrams.
    ClaimLineName "ClaimLine" { Dotted, Dashed, BoldDotted, BoldDashed }
);
choice!(
    /// Whether evidence supports or disputes its statement.
    StanceName "Stance" { Supports, Disputes }
);

fn schemas() -> [(&'static str, &'static str, Schema); 5] {
    [
        ("manifest", "Manifest", schema_for!(Manifest)),
        ("entities", "Entities", schema_for!(Vec<EntityFields>)),
        ("facts", "Facts and claims", schema_for!(Vec<FactFields>)),
        ("sources", "Source", schema_for!(SourceFields)),
        ("style", "Style of diagrams", schema_for!(Style)),
    ]
}

/// `INSTA_UPDATE=always cargo test schemas_in` rewrites the schemas.
#[test]
fn the_schemas_in_the_repository_match_the_code() {
    for (name, title, mut schema) in schemas() {
        schema.insert("title".to_owned(), title.into());
        let path = format!("{}/data/schema/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
            std::fs::write(&path, &text).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == text, "{path} is outdated: run INSTA_UPDATE=always cargo test schemas_in");
    }
}
