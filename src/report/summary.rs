//! What a graph holds, in numbers.

use crate::model::vocab::{fl, rdf};
use crate::store::{Store, StoreError};
use oxigraph::model::NamedNodeRef;
use serde::Serialize;

/// What a graph holds. It depends on the dataset alone, and not on which texts are at hand.
///
/// ```
/// use factloom::report::Summary;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let summary = Summary::new(&store)?;
/// assert_eq!(summary.facts + summary.claims + summary.inferences, store.statements().count());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// What the dataset is about.
    pub title: String,
    /// Sources.
    pub sources: usize,
    /// Entities.
    pub entities: usize,
    /// Statements that their sources state.
    pub facts: usize,
    /// Statements that are only claimed.
    pub claims: usize,
    /// Triples that rules derived.
    pub inferences: usize,
    /// Triples in all.
    pub triples: usize,
}

impl Summary {
    /// Counts what a graph holds.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn new(store: &Store) -> Result<Self, StoreError> {
        let of_kind = |kind: NamedNodeRef<'_>| store.count(rdf::TYPE, Some(kind.into()));
        Ok(Self {
            title: store.metadata().title.clone(),
            // Each source has a kind.
            sources: store.count(fl::KIND, None)?,
            entities: store.metadata().entities as usize,
            facts: of_kind(fl::FACT)?,
            claims: of_kind(fl::CLAIM)?,
            inferences: of_kind(fl::INFERENCE)?,
            triples: store.len()?,
        })
    }
}
