//! The number of independent sources of a statement.

use super::{Store, StoreError};
use crate::model::{Evidence, Kind, Publisher, SourceId, SourceKind, Stance, Statement, independent_sources, vocab};
use oxigraph::model::Term;
use std::cell::RefCell;
use std::collections::HashMap;

/// Counts the independent sources of statements; see [`independent_sources`].
///
/// ```
/// use factloom::{model::StatementId, store::Corroboration};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let statement = store.statement(&StatementId::new("soviet-union-helped-build-psm")?)?.unwrap();
/// assert!(Corroboration::new(&store).sources(&statement)? > 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Corroboration<'a> {
    store: &'a Store,
    /// The publishers of the sources that were looked up.
    publishers: RefCell<HashMap<SourceId, Publisher>>,
}

impl<'a> Corroboration<'a> {
    /// Counts the sources of a store.
    pub fn new(store: &'a Store) -> Self {
        Self { store, publishers: RefCell::default() }
    }

    /// The number of independent sources that support a statement: for a fact those of all facts with the same triple, for a claim
    /// its own. An inference or an entailment has none, because it is derived from its premises.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn sources(&self, statement: &Statement) -> Result<usize, StoreError> {
        let triple = Term::from(statement.triple.clone());
        let is_fact = statement.kind == Kind::Fact;
        if is_fact && self.store.count(vocab::rdf::REIFIES, Some(triple.as_ref()))? > 1 {
            let statements = self.store.statements_of_triple(&statement.triple)?;
            return self
                .supporting_sources(statements.iter().filter(|s| s.kind == Kind::Fact).flat_map(|s| &s.evidence));
        }
        self.supporting_sources(&statement.evidence)
    }

    /// The number of independent sources of the evidence that supports.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn supporting_sources<'b>(
        &self,
        evidence: impl IntoIterator<Item = &'b Evidence>,
    ) -> Result<usize, StoreError> {
        self.sources_with_stance(evidence, Stance::Supports)
    }

    /// The number of independent sources of the evidence with a stance.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn sources_with_stance<'b>(
        &self,
        evidence: impl IntoIterator<Item = &'b Evidence>,
        stance: Stance,
    ) -> Result<usize, StoreError> {
        let evidence = evidence.into_iter().filter(|evidence| evidence.stance == stance);
        independent_sources(evidence, |source| self.publisher(source))
    }

    /// The publisher of a source.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn publisher(&self, source: &SourceId) -> Result<Publisher, StoreError> {
        if let Some(known) = self.publishers.borrow().get(source) {
            return Ok(known.clone());
        }
        let node = self.store.namespaces().source(source);
        let kinds = self.store.objects(node.as_ref(), vocab::fl::KIND)?;
        let is_background =
            |kind: &Term| matches!(kind, Term::Literal(kind) if kind.value() == SourceKind::Background.as_str());
        let publisher = match self.store.objects(node.as_ref(), vocab::dcterms::PUBLISHER)?.first() {
            _ if kinds.iter().any(is_background) => Publisher::Background,
            Some(Term::Literal(name)) => Publisher::Known(name.value().to_owned()),
            _ => Publisher::Unknown,
        };
        self.publishers.borrow_mut().insert(source.clone(), publisher.clone());
        Ok(publisher)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StatementId;
    use oxigraph::model::Triple;

    #[test]
    fn both_backends_count_the_same_sources() {
        let (_, compiled) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let mut memory = Store::in_memory(compiled.namespaces().clone()).unwrap();
        memory.load(compiled.triples().unwrap()).unwrap();
        let (one, other) = (Corroboration::new(&compiled), Corroboration::new(&memory));
        let mut counts = std::collections::BTreeSet::new();
        for statement in compiled.statements().map(Result::unwrap) {
            let sources = one.sources(&statement).unwrap();
            assert_eq!(other.sources(&statement).unwrap(), sources, "{}", statement.id);
            let of_triple = |store: &Store| store.statements_of_triple(&statement.triple).unwrap();
            assert_eq!(of_triple(&compiled), of_triple(&memory), "{}", statement.id);
            let inferred = |store: &Store| store.inferences_from(&statement.id).unwrap();
            assert_eq!(inferred(&compiled), inferred(&memory), "{}", statement.id);
            counts.insert(sources);
        }
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [0, 1, 2, 4]);
    }

    #[test]
    fn an_unknown_triple_has_no_statements() {
        let (dataset, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let node = dataset.namespaces.rule("none");
        let triple = Triple::new(node.clone(), node.clone(), node);
        assert_eq!(store.statements_of_triple(&triple).unwrap(), []);
        assert_eq!(store.inferences_from(&StatementId::new("none").unwrap()).unwrap(), []);
    }
}
