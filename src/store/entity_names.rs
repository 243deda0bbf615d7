//! An index of the names of entities, to find many of them.

use super::labels::fold_name;
use super::{Labels, StoreError};
use crate::model::vocab;
use oxigraph::model::NamedNode;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The IRIs with a label or an alias, by the [folded](fold_name) name.
pub(crate) struct EntityNames {
    labels: FxHashMap<String, BTreeSet<NamedNode>>,
    aliases: FxHashMap<String, BTreeSet<NamedNode>>,
}

impl EntityNames {
    /// Reads all labels and aliases of a store.
    pub(crate) fn new(labels: &Labels<'_>) -> Result<Self, StoreError> {
        let by_name = |predicate| -> Result<FxHashMap<String, BTreeSet<NamedNode>>, StoreError> {
            let mut names: FxHashMap<String, BTreeSet<NamedNode>> = FxHashMap::default();
            for (iri, name) in labels.names_by(predicate)? {
                labels.store().check_cancelled()?;
                names.entry(fold_name(name.value())).or_default().insert(iri);
            }
            Ok(names)
        };
        Ok(Self { labels: by_name(vocab::rdfs::LABEL)?, aliases: by_name(vocab::skos::ALT_LABEL)? })
    }

    /// The entity that [`Labels::find`] finds; `None` if there is not exactly one.
    pub(crate) fn find(&self, labels: &Labels<'_>, name: &str) -> Result<Option<NamedNode>, StoreError> {
        if let Some(iri) = labels.find_by_id(name)? {
            return Ok(Some(iri));
        }
        let folded = fold_name(name);
        // A label takes precedence over an alias.
        for names in [&self.labels, &self.aliases] {
            let mut entities = Vec::new();
            for iri in names.get(&folded).into_iter().flatten() {
                if labels.is_entity(iri)? {
                    entities.push(iri);
                }
            }
            if let [first, others @ ..] = &entities[..] {
                return Ok(others.is_empty().then(|| (*first).clone()));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_entities_are_found_as_by_scanning() {
        let (dataset, store) =
            crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).expect("the dataset is valid");
        let labels = Labels::new(&store, "en");
        let names = EntityNames::new(&labels).unwrap();
        let mut texts: BTreeSet<String> = BTreeSet::from(["nothing".to_owned(), "e:russia".to_owned()]);
        for predicate in [vocab::rdfs::LABEL, vocab::skos::ALT_LABEL] {
            texts.extend(labels.names_by(predicate).unwrap().map(|(_, name)| name.value().to_uppercase()));
        }
        texts.extend(dataset.entities.iter().map(|entity| entity.id.to_string()));
        for text in texts {
            assert_eq!(names.find(&labels, &text).unwrap(), labels.find(&text).ok(), "{text}");
        }
    }
}
