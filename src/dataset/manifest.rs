//! The manifest: a dataset's title, namespaces and files.

use super::allow::AllowIdsFields;
use super::cues::CueFields;
use super::json::RecordFormat;
use super::members::{Members, OneOrMany, objects};
use super::source::SourceFields;
use super::status::StatusFields;
use serde::{Deserialize, Deserializer};

/// The file name of the manifest.
pub const MANIFEST: &str = "factloom.json";

/// The file name of the lock, in the manifest's directory.
pub const LOCK: &str = "factloom.lock";

/// The member that lists rules.
pub(super) const RULES: &str = "rules";

/// The version of the dataset format that this program reads.
pub(super) const FORMAT_VERSION: u32 = 1;

/// The manifest of a dataset.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Manifest {
    /// The JSON Schema of this file, for editors; ignored.
    #[serde(rename = "$schema")]
    #[expect(dead_code, reason = "for editors")]
    pub schema: Option<String>,
    /// The version of the dataset format (default 1).
    #[serde(rename = "factloom")]
    #[cfg_attr(test, schemars(range(min = 1, max = 1)))]
    pub version: Option<u32>,
    /// The subject of the dataset.
    pub title: Option<String>,
    /// The IRI that all IRIs of the dataset start with; ends with `/` or `#`.
    pub base: Option<String>,
    /// The language of labels without a language (default `en`).
    pub language: Option<String>,
    /// Additional prefixes and their IRIs.
    #[serde(default)]
    pub prefixes: Members<String>,
    /// Turtle files with classes and predicates (default `vocabulary.ttl`).
    pub vocabulary: Option<OneOrMany<String>>,
    /// Files of entities (default `entities.json`, `entities.jsonl`).
    pub entities: Option<OneOrMany<String>>,
    /// Files of facts and claims (default `facts.json`, `facts.jsonl`).
    pub facts: Option<OneOrMany<String>>,
    /// CONSTRUCT rules (default `rules/*.rq`).
    pub rules: Option<OneOrMany<String>>,
    /// What the graph contains in addition: `none` (the default), `rdfs` (superclasses, superproperties, domains and ranges)
    /// or `owl` (also inverse, symmetric and transitive predicates, and `owl:sameAs`).
    #[cfg_attr(test, schemars(with = "Option<super::schema::EntailmentName>"))]
    pub entailment: Option<String>,
    /// Stored queries (default `queries/*.rq`).
    pub queries: Option<OneOrMany<String>>,
    /// Golden files of the stored queries (default `tests/queries/*`).
    pub tests: Option<OneOrMany<String>>,
    /// The style of diagrams: Graphviz attributes (default `style.json`).
    pub style: Option<OneOrMany<String>>,
    /// The statuses of claims in addition to the built-in ones.
    #[serde(default, deserialize_with = "objects")]
    pub statuses: Vec<StatusFields>,
    /// The sources of the facts: each an object, or the path of a `.jsonl` file with one source per line.
    #[serde(default)]
    pub sources: SourceList,
    /// Words that the evidence checks search for, in addition to those of the program, by language.
    #[serde(default)]
    pub cues: Members<CueFields>,
    /// Findings that the curators have considered, with the reasons why the dataset is right.
    #[serde(default, deserialize_with = "objects")]
    pub allow: Vec<AllowIdsFields>,
    /// Sentences that intentionally yield no statement.
    #[serde(default, deserialize_with = "objects")]
    pub excluded: Vec<Exclusion>,
}

impl RecordFormat for Manifest {
    const NAME: &'static str = "manifest";
}

/// A sentence that intentionally yields no statement.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The id of the source.
    pub source: Option<String>,
    /// Words of the sentence, quoted as in evidence.
    pub quote: Option<String>,
    /// Why the sentence yields no statement, such as `rhetoric` or `navigation`.
    pub reason: Option<String>,
}

/// The manifest's sources.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub struct SourceList(#[cfg_attr(test, schemars(with = "Vec<super::schema::SourceOrPath>"))] pub Vec<SourceItem>);

/// An item of the manifest's sources.
#[derive(Clone, Debug)]
pub enum SourceItem {
    /// A source described in the manifest.
    Inline(Box<SourceFields>),
    /// A pattern of paths of `.jsonl` files.
    Files(String),
}

impl<'de> Deserialize<'de> for SourceItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemVisitor;

        impl<'de> serde::de::Visitor<'de> for ItemVisitor {
            type Value = SourceItem;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a source or the path of a `.jsonl` file of sources")
            }

            fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<SourceItem, E> {
                Ok(SourceItem::Files(path.to_owned()))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<SourceItem, A::Error> {
                let fields = serde::de::value::MapAccessDeserializer::new(map);
                SourceFields::deserialize(fields).map(|source| SourceItem::Inline(Box::new(source)))
            }
        }

        deserializer.deserialize_any(ItemVisitor)
    }
}

impl<'de> Deserialize<'de> for SourceList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor;

        impl<'de> serde::de::Visitor<'de> for ListVisitor {
            type Value = SourceList;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of sources or the path of a `.jsonl` file of sources")
            }

            fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<SourceList, E> {
                Ok(SourceList(vec![SourceItem::Files(path.to_owned())]))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<SourceList, A::Error> {
                Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(list)).map(SourceList)
            }
        }

        deserializer.deserialize_any(ListVisitor)
    }
}
