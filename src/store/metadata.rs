//! What a graph carries besides its triples.

use super::{GraphError, StoreError};
use crate::dataset::{Dataset, EntityLocations, Style, Vocabulary};
use crate::model::Namespaces;
use oxigraph::io::RdfFormat;
use serde::{Deserialize, Serialize};

/// The form in which a context is written. Another one is refused.
const VERSION: u32 = 2;

/// What commands need of a dataset besides its triples, so that none reads its files again.
///
/// It says nothing of the machine or the day on which the graph was made, nor of which texts were at hand.
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
    /// What the graph is about.
    pub title: String,
    /// The language of labels that name none.
    pub language: String,
    /// How the things in it are named.
    pub names: Namespaces,
    /// The stored queries, sorted by name.
    pub queries: Vec<StoredQuery>,
    /// The rules, sorted by name.
    pub rules: Vec<StoredQuery>,
    /// How its diagrams look.
    pub style: Style,
    /// The triples of the vocabulary, in the order of its files.
    pub vocabulary: Vec<DeclaredTriple>,
    /// Where the entities are described: those with the first ids, in the order of their ids.
    pub places: EntityLocations,
    /// How many entities there are.
    pub entities: u32,
    /// How many statements there are.
    pub statements: u32,
}

/// A stored query, or a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredQuery {
    /// Its name.
    pub name: String,
    /// The query with its decorators.
    pub text: String,
}

/// A triple that a file of the dataset gives.
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
    /// The context of a graph that is no dataset's: names, and nothing else.
    pub fn new(names: Namespaces) -> Self {
        Self {
            version: VERSION,
            title: String::new(),
            language: "en".to_owned(),
            names,
            queries: Vec::new(),
            rules: Vec::new(),
            style: Style::default(),
            vocabulary: Vec::new(),
            places: EntityLocations::default(),
            entities: 0,
            statements: 0,
        }
    }

    /// The context of a dataset's graph with so many entities and statements.
    pub fn of_dataset(dataset: &Dataset, entities: u32, statements: u32) -> Self {
        let query = |q: &crate::dataset::QueryFile| StoredQuery { name: q.name.clone(), text: q.text.clone() };
        let given = |t: &crate::dataset::VocabularyTriple| DeclaredTriple {
            file: dataset.files.name(t.file).to_owned(),
            line: t.number,
            triple: format!("{} .", t.triple),
        };
        Self {
            version: VERSION,
            title: dataset.title.clone(),
            language: dataset.language.clone(),
            names: dataset.names.clone(),
            queries: dataset.queries.iter().map(query).collect(),
            rules: dataset.rules.iter().map(query).collect(),
            style: dataset.style.clone(),
            vocabulary: dataset.vocabulary.triples().iter().map(given).collect(),
            places: dataset.entity_locations(),
            entities,
            statements,
        }
    }

    /// The same context of a graph with so many entities and statements.
    pub(crate) fn counted(&self, entities: u32, statements: u32) -> Self {
        Self { entities, statements, ..self.clone() }
    }

    /// The context that a compiled graph carries; that of no dataset where it carries none.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, GraphError> {
        if bytes.is_empty() {
            return Ok(Self::new(Namespaces::standard()));
        }
        let context = serde_json::from_slice(bytes).ok().filter(|context: &Self| context.version == VERSION);
        context.ok_or(GraphError::Corrupt("what it carries besides its quads is of no known form"))
    }

    /// The bytes that a compiled graph carries; none where there is nothing that must be known.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        if *self == Self::new(Namespaces::standard()) {
            return Vec::new();
        }
        serde_json::to_vec(self).expect("strings and numbers can be written as JSON")
    }

    /// The classes and predicates. Takes as long as reading the vocabulary's files.
    ///
    /// # Errors
    ///
    /// Where its triples are malformed.
    pub fn vocabulary(&self) -> Result<Vocabulary, StoreError> {
        let lines: String = self.vocabulary.iter().flat_map(|given| [given.triple.as_str(), "\n"]).collect();
        let parser = oxigraph::io::RdfParser::from_format(RdfFormat::NTriples).lenient();
        let quads = parser.for_slice(&lines).collect::<Result<Vec<_>, _>>();
        let quads = quads.map_err(|_| GraphError::Corrupt("its vocabulary is malformed"))?;
        Ok(Vocabulary::of_triples(quads.into_iter().map(Into::into), &self.names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_comes_back_as_it_was_written() {
        let (dataset, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let read = GraphMetadata::read(&store.metadata().to_bytes()).unwrap();
        assert_eq!(&read, store.metadata());
        let again = read.vocabulary().unwrap();
        let predicates = |v: &Vocabulary| v.predicates().map(|p| p.iri.clone()).collect::<Vec<_>>();
        assert_eq!(predicates(&again), predicates(&dataset.vocabulary));
        assert!(read.vocabulary.iter().all(|given| given.line > 0 && given.file == "vocabulary.ttl"));
    }

    #[test]
    fn a_context_of_another_form_is_refused() {
        assert!(GraphMetadata::new(Namespaces::standard()).to_bytes().is_empty());
        let mut other = GraphMetadata::new(Namespaces::new("https://e.org/", &[]).unwrap());
        other.version += 1;
        assert!(matches!(GraphMetadata::read(&other.to_bytes()), Err(GraphError::Corrupt(_))));
        assert!(matches!(GraphMetadata::read(b"{}"), Err(GraphError::Corrupt(_))));
        assert_eq!(GraphMetadata::read(b"").unwrap().names, Namespaces::standard());
    }
}
