//! The manifest: what a dataset is called and where its parts are.

use super::json::RecordFormat;
use super::members::{Members, OneOrMany, objects};
use super::source::SourceFields;
use serde::{Deserialize, Deserializer};

/// The name of the manifest's file.
pub const MANIFEST: &str = "factloom.json";

/// The name of the lock's file, beside the manifest.
pub const LOCK: &str = "factloom.lock";

/// A manifest as it is written.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Manifest {
    /// Where editors find the format of this file; not read.
    #[serde(rename = "$schema")]
    #[expect(dead_code, reason = "editors read it")]
    pub schema: Option<String>,
    /// What the dataset is about.
    pub title: Option<String>,
    /// The IRI that all names of the dataset begin with; ends in `/` or `#`.
    pub base: Option<String>,
    /// The language of labels that name none.
    pub language: Option<String>,
    /// Further prefixes: name to IRI.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
    pub prefixes: Members<String>,
    /// Turtle files with classes and predicates (default `vocabulary.ttl`).
    #[cfg_attr(test, schemars(with = "Option<super::schema::Names>"))]
    pub vocabulary: Option<OneOrMany<String>>,
    /// Files of entities (default `entities.json`, `entities.jsonl`).
    #[cfg_attr(test, schemars(with = "Option<super::schema::Names>"))]
    pub entities: Option<OneOrMany<String>>,
    /// Files of facts and claims (default `facts.json`, `facts.jsonl`).
    #[cfg_attr(test, schemars(with = "Option<super::schema::Names>"))]
    pub facts: Option<OneOrMany<String>>,
    /// CONSTRUCT rules (default `rules/*.rq`); `rdfs` and `owl` stand for sets of rules for standard entailment.
    #[cfg_attr(test, schemars(with = "Option<super::schema::Names>"))]
    pub rules: Option<OneOrMany<String>>,
    /// Stored queries (default `queries/*.rq`).
    #[cfg_attr(test, schemars(with = "Option<super::schema::Names>"))]
    pub queries: Option<OneOrMany<String>>,
    /// What the stored queries must answer (default `tests/queries/*`).
    #[cfg_attr(test, schemars(with = "Option<super::schema::Names>"))]
    pub tests: Option<OneOrMany<String>>,
    /// Graphviz attributes (default `style.json`).
    #[cfg_attr(test, schemars(with = "Option<super::schema::Names>"))]
    pub style: Option<OneOrMany<String>>,
    /// The texts that facts are taken from: each described here, or the name of a `.jsonl` file that describes one a line.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<super::schema::SourceOrName>"))]
    pub sources: SourceList,
    /// The sentences that yield no statement.
    #[serde(default, deserialize_with = "objects")]
    pub excluded: Vec<LeftOut>,
}

impl RecordFormat for Manifest {
    const NAME: &'static str = "manifest";
}

/// A sentence that yields no statement, and why.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The source's id.
    pub source: Option<String>,
    /// Words of the sentence, as in evidence.
    pub quote: Option<String>,
    /// Why it is left out, such as `rhetoric` or `navigation`.
    pub reason: Option<String>,
}

/// The manifest's sources: descriptions, and names of files that hold descriptions.
#[derive(Clone, Debug, Default)]
pub struct SourceList(pub Vec<SourceItem>);

/// An item of the manifest's sources.
#[derive(Clone, Debug)]
pub enum SourceItem {
    /// A source described in the manifest.
    Described(Box<SourceFields>),
    /// A pattern of names of `.jsonl` files.
    Files(String),
}

impl<'de> Deserialize<'de> for SourceItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Item;

        impl<'de> serde::de::Visitor<'de> for Item {
            type Value = SourceItem;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a source, or the name of a .jsonl file of sources")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<SourceItem, E> {
                Ok(SourceItem::Files(name.to_owned()))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<SourceItem, A::Error> {
                let fields = serde::de::value::MapAccessDeserializer::new(map);
                SourceFields::deserialize(fields).map(|s| SourceItem::Described(Box::new(s)))
            }
        }

        deserializer.deserialize_any(Item)
    }
}

impl<'de> Deserialize<'de> for SourceList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> serde::de::Visitor<'de> for List {
            type Value = SourceList;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of sources, or the name of a .jsonl file of sources")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<SourceList, E> {
                Ok(SourceList(vec![SourceItem::Files(name.to_owned())]))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<SourceList, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(SourceList(items))
            }
        }

        deserializer.deserialize_any(List)
    }
}
