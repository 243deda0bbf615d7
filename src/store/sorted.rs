//! The triples of a store, one after the other.

use super::compiled::SortedTerms;
use super::{GraphError, StoreError};
use oxigraph::model::{Term, Triple, TripleRef};

/// The triples of a store's default graph, in the order of their N-Triples.
///
/// Those of a compiled graph are made one at a time; for the order 8 bytes a term are kept.
///
/// ```
/// let (_, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let mut lines = Vec::new();
/// store.sorted_triples()?.for_each(|triple| Ok::<_, factloom::store::StoreError>(lines.push(triple.to_string())))?;
/// assert!(lines.is_sorted());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SortedTriples<'a>(pub(super) Sorted<'a>);

pub(super) enum Sorted<'a> {
    Listed(Vec<Triple>),
    Compiled(SortedTerms<'a>),
}

/// An error of a graph, or whatever those who take triples fail with.
struct Either<E>(Result<GraphError, E>);

impl<E> From<GraphError> for Either<E> {
    fn from(error: GraphError) -> Self {
        Self(Ok(error))
    }
}

impl<E: From<StoreError>> Either<E> {
    fn flat(self) -> E {
        self.0.map_or_else(|e| e, |graph| StoreError::from(graph).into())
    }
}

impl SortedTriples<'_> {
    /// Hands out all triples.
    ///
    /// # Errors
    ///
    /// Where the store fails, and what `take` fails with, which ends it.
    pub fn for_each<E: From<StoreError>>(&self, mut take: impl FnMut(TripleRef<'_>) -> Result<(), E>) -> Result<(), E> {
        match &self.0 {
            Sorted::Listed(triples) => triples.iter().try_for_each(|triple| take(triple.as_ref())),
            Sorted::Compiled(terms) => {
                terms.each(|triple| take(triple).map_err(|e| Either(Err(e)))).map_err(Either::flat)
            }
        }
    }

    /// Hands out the terms that stand in triples, in no stated order, and some of them several times, until `take` has enough.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn for_each_term(&self, mut take: impl FnMut(Term) -> bool) -> Result<(), StoreError> {
        match &self.0 {
            Sorted::Listed(triples) => {
                let parts = |t: &Triple| [t.subject.clone().into(), t.predicate.clone().into(), t.object.clone()];
                let _ = triples.iter().flat_map(parts).all(take);
                Ok(())
            }
            Sorted::Compiled(terms) => Ok(terms.for_each_term(|term| Ok::<_, GraphError>(take(term)))?),
        }
    }
}
