//! The classes, predicates and style of a dataset, from the metadata of its graph.

use crate::dataset::{Style, Vocabulary};
use crate::store::{GraphError, GraphMetadata, StoreError};

/// Parses the classes and predicates of a graph, which takes as long as reading the files of the vocabulary.
///
/// # Errors
///
/// Returns an error if the metadata are malformed.
pub fn vocabulary_of(metadata: &GraphMetadata) -> Result<Vocabulary, StoreError> {
    Ok(Vocabulary::of_triples(metadata.vocabulary_triples()?, &metadata.namespaces))
}

/// The style of a graph's diagrams.
///
/// # Errors
///
/// Returns an error if the metadata are malformed.
pub fn style_of(metadata: &GraphMetadata) -> Result<Style, StoreError> {
    if metadata.style.is_null() {
        return Ok(Style::default());
    }
    let style = serde_json::from_value(metadata.style.clone());
    Ok(style.map_err(|_| GraphError::Corrupt("its style is malformed"))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;

    #[test]
    fn vocabulary_and_style_are_those_of_the_dataset() {
        let (dataset, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let again = vocabulary_of(store.metadata()).unwrap();
        let predicates = |v: &Vocabulary| v.predicates().map(|p| p.iri.clone()).collect::<Vec<_>>();
        assert_eq!(predicates(&again), predicates(&dataset.vocabulary));
        assert_eq!(style_of(store.metadata()).unwrap(), dataset.style);
    }

    #[test]
    fn a_malformed_style_is_an_error() {
        let mut metadata = GraphMetadata::new(Namespaces::standard());
        assert_eq!(style_of(&metadata).unwrap(), Style::default());
        metadata.style = serde_json::json!({ "node": 1 });
        assert!(style_of(&metadata).is_err());
    }
}
