//! What a graph holds, in numbers.

use crate::dataset::Dataset;
use crate::model::Kind;
use crate::store::{Store, StoreError};
use serde::Serialize;

/// What a graph holds. It depends on the dataset alone, and not on which texts are at hand.
///
/// ```
/// use factloom::report::Summary;
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let summary = Summary::new(&dataset, &store)?;
/// assert_eq!(summary.facts + summary.claims + summary.inferences, store.statements().len());
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
    pub fn new(dataset: &Dataset, store: &Store) -> Result<Self, StoreError> {
        let mut summary = Self {
            title: dataset.title.clone(),
            sources: dataset.sources.len(),
            entities: dataset.entities.len(),
            facts: 0,
            claims: 0,
            inferences: 0,
            triples: store.len()?,
        };
        for statement in store.statements() {
            match statement.kind {
                Kind::Fact => summary.facts += 1,
                Kind::Claim(_) => summary.claims += 1,
                Kind::Inference(_) => summary.inferences += 1,
            }
        }
        Ok(summary)
    }
}
