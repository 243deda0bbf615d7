//! Counts of a graph.

use crate::model::vocab::{fl, rdf};
use crate::store::{Store, StoreError};
use oxigraph::model::NamedNodeRef;
use serde::Serialize;

/// Counts of a graph. They depend only on the dataset, not on whether source texts are available.
///
/// ```
/// use factloom::report::Summary;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let summary = Summary::new(&store)?;
/// let derived = summary.inferences + summary.entailments;
/// assert_eq!(summary.facts + summary.claims + derived, store.statements().count());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The title of the dataset.
    pub title: String,
    /// The number of sources.
    pub sources: usize,
    /// The number of entities.
    pub entities: usize,
    /// The number of facts.
    pub facts: usize,
    /// The number of claims.
    pub claims: usize,
    /// The number of inferences by rules of the dataset.
    pub inferences: usize,
    /// The number of entailments.
    pub entailments: usize,
    /// The number of triples.
    pub triples: usize,
}

impl Summary {
    /// Counts the contents of a graph.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be read.
    pub fn new(store: &Store) -> Result<Self, StoreError> {
        let count = |class: NamedNodeRef<'_>| store.count(rdf::TYPE, Some(class.into()));
        Ok(Self {
            title: store.metadata().title.clone(),
            // Every source has a kind.
            sources: store.count(fl::KIND, None)?,
            entities: store.metadata().entities as usize,
            facts: count(fl::FACT)?,
            claims: count(fl::CLAIM)?,
            inferences: count(fl::INFERENCE)?,
            entailments: count(fl::ENTAILMENT)?,
            triples: store.len()?,
        })
    }
}
