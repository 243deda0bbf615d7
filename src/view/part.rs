//! The part of a store's triples that belongs to a view.

use super::View;
use crate::model::{Kind, StatementId, evidence_id};
use crate::store::{Store, StoreError};
use oxigraph::model::{NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TripleRef};
use rustc_hash::FxHashSet;

/// The triples of a view's statements, of their evidence, sources and rules, and of what they speak of: entities, classes and
/// predicates with all that the dataset gives of them.
///
/// Keeps an IRI of each of these, and no triple.
pub struct ViewTriples<'a> {
    store: &'a Store,
    statements: FxHashSet<StatementId>,
    /// What all triples are wanted of.
    whole: FxHashSet<NamedNode>,
    /// What the given triples are wanted of, and those that a statement of the part asserts.
    entities: FxHashSet<NamedNode>,
}

impl<'a> ViewTriples<'a> {
    /// The part that belongs to a view of a store.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn new(store: &'a Store, view: &View) -> Result<Self, StoreError> {
        let empty = FxHashSet::default;
        let mut part = Self { store, statements: empty(), whole: FxHashSet::default(), entities: FxHashSet::default() };
        for edge in view.statements() {
            part.add(&edge.statement)?;
        }
        for node in view.graph().node_weights() {
            part.entities.insert(node.iri.clone());
            part.whole.extend(node.class.clone());
        }
        Ok(part)
    }

    fn add(&mut self, id: &StatementId) -> Result<(), StoreError> {
        let (statement, names) = (self.store.require_statement(id)?, self.store.names());
        self.whole.insert(names.statement(id));
        self.whole.insert(statement.triple.predicate.clone());
        if let NamedOrBlankNode::NamedNode(subject) = statement.triple.subject {
            self.entities.insert(subject);
        }
        self.mention(statement.triple.object);
        for qualifier in statement.qualifiers {
            self.whole.insert(qualifier.predicate);
            self.mention(qualifier.value);
        }
        for evidence in &statement.evidence {
            self.whole.insert(names.evidence(&evidence_id(evidence, names)));
            self.whole.insert(names.source(&evidence.source));
        }
        match statement.kind {
            Kind::Fact => {}
            Kind::Claim(claim) => self.entities.extend(claim.by),
            Kind::Inference(derivation) => {
                self.whole.insert(names.rule(&derivation.rule));
            }
        }
        self.statements.insert(id.clone());
        Ok(())
    }

    fn mention(&mut self, term: Term) {
        if let Term::NamedNode(node) = term {
            self.entities.insert(node);
        }
    }

    /// Whether a triple of the store belongs to the part.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn contains(&self, triple: TripleRef<'_>) -> Result<bool, StoreError> {
        let NamedOrBlankNodeRef::NamedNode(subject) = triple.subject else { return Ok(false) };
        let subject = subject.into_owned();
        if self.whole.contains(&subject) {
            return Ok(true);
        }
        if !self.entities.contains(&subject) {
            return Ok(false);
        }
        let triple = triple.into_owned();
        if self.store.find_assertion(&triple)?.is_none() {
            return Ok(true);
        }
        let about = self.store.statements_of_triple(&triple)?;
        Ok(about.iter().any(|statement| statement.is_asserted() && self.statements.contains(&statement.id)))
    }
}
