//! The data of a compiled graph that are not triples.

use super::{GraphError, StoreError};
use crate::model::{DeclaredStatus, EntityLocations, Namespaces, has_deep_terms};
use oxigraph::io::RdfFormat;
use oxigraph::model::Triple;
use serde::{Deserialize, Serialize};

/// The version of the JSON form. Others are rejected.
const VERSION: u32 = 2;

/// The data of a dataset that commands need in addition to its triples, so that they do not read its files again.
///
/// They depend on the dataset alone: not on the machine or the day of the build, nor on the texts that were available.
///
/// ```
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// assert_eq!(store.metadata().title, dataset.title);
/// assert_eq!(store.metadata().queries.len(), dataset.queries.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphMetadata {
    version: u32,
    /// The title of the dataset.
    pub title: String,
    /// The language of labels without a language tag.
    pub language: String,
    /// The namespaces of its IRIs.
    #[serde(rename = "names")]
    pub namespaces: Namespaces,
    /// The stored queries, sorted by name.
    pub queries: Vec<StoredQuery>,
    /// The rules, sorted by name.
    pub rules: Vec<StoredQuery>,
    /// The style of its diagrams, as in `style.json`; null without a style.
    pub style: serde_json::Value,
    /// The statuses of claims that the dataset declares, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<DeclaredStatus>,
    /// The triples of the vocabulary, in the order of its files.
    pub vocabulary: Vec<DeclaredTriple>,
    /// The file and line of each entity, in the order of the ids. The entities have the first ids.
    #[serde(rename = "places")]
    pub entity_locations: EntityLocations,
    /// The number of entities.
    pub entities: u32,
    /// The number of statements.
    pub statements: u32,
}

/// A stored query, or a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredQuery {
    /// Its name.
    pub name: String,
    /// Its text, with decorators.
    pub text: String,
}

/// A triple that a file of the vocabulary declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredTriple {
    /// The file, relative to the manifest.
    pub file: String,
    /// The line on which the triple ends, counted from 1.
    pub line: u32,
    /// The triple as a line of N-Triples.
    pub triple: String,
}

impl GraphMetadata {
    /// The metadata of a graph that does not come from a dataset.
    pub fn new(namespaces: Namespaces) -> Self {
        Self {
            version: VERSION,
            title: String::new(),
            language: "en".to_owned(),
            namespaces,
            queries: Vec::new(),
            rules: Vec::new(),
            style: serde_json::Value::Null,
            statuses: Vec::new(),
            vocabulary: Vec::new(),
            entity_locations: EntityLocations::default(),
            entities: 0,
            statements: 0,
        }
    }

    /// The same metadata with other numbers of entities and statements.
    pub(crate) fn with_counts(&self, entities: u32, statements: u32) -> Self {
        Self { entities, statements, ..self.clone() }
    }

    /// Reads the metadata section of a compiled graph, which may be empty.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, GraphError> {
        if bytes.is_empty() {
            return Ok(Self::new(Namespaces::standard()));
        }
        let metadata = serde_json::from_slice(bytes).ok().filter(|metadata: &Self| metadata.version == VERSION);
        metadata.ok_or(GraphError::Corrupt("its metadata has an unknown form"))
    }

    /// The metadata section of a compiled graph: empty for default metadata.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        if *self == Self::new(Namespaces::standard()) {
            return Vec::new();
        }
        serde_json::to_vec(self).expect("strings and numbers can be written as JSON")
    }

    /// The triples of the vocabulary.
    ///
    /// # Errors
    ///
    /// Returns an error if they are malformed.
    pub fn vocabulary_triples(&self) -> Result<Vec<Triple>, StoreError> {
        let lines: String = self.vocabulary.iter().flat_map(|declared| [declared.triple.as_str(), "\n"]).collect();
        if has_deep_terms(&lines) {
            return Err(GraphError::TooDeep.into());
        }
        let parser = oxigraph::io::RdfParser::from_format(RdfFormat::NTriples).lenient();
        let triples = parser.for_slice(&lines).map(|quad| quad.map(Triple::from)).collect::<Result<_, _>>();
        Ok(triples.map_err(|_| GraphError::Corrupt("its vocabulary is malformed"))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_are_read_back_as_they_were_written() {
        let (dataset, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let read = GraphMetadata::read(&store.metadata().to_bytes()).unwrap();
        assert_eq!(&read, store.metadata());
        let triples: Vec<Triple> =
            dataset.vocabulary.triples().iter().map(|declared| declared.triple.clone()).collect();
        assert_eq!(read.vocabulary_triples().unwrap(), triples);
        assert!(read.vocabulary.iter().all(|declared| declared.line > 0 && declared.file == "vocabulary.ttl"));
    }

    #[test]
    fn metadata_of_another_version_are_rejected() {
        assert!(GraphMetadata::new(Namespaces::standard()).to_bytes().is_empty());
        let mut other = GraphMetadata::new(Namespaces::new("https://e.org/", &[]).unwrap());
        other.version += 1;
        assert!(matches!(GraphMetadata::read(&other.to_bytes()), Err(GraphError::Corrupt(_))));
        assert!(matches!(GraphMetadata::read(b"{}"), Err(GraphError::Corrupt(_))));
        assert_eq!(GraphMetadata::read(b"").unwrap().namespaces, Namespaces::standard());
    }
}
