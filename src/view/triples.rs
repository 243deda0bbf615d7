//! The triples of a store that belong to a view.

use super::View;
use crate::model::{Kind, StatementId, evidence_id};
use crate::store::{Store, StoreError};
use oxigraph::model::{NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TripleRef};
use rustc_hash::FxHashSet;

/// Tells which triples of a store belong to a view: its statements with their evidence, sources, statuses and rules, and the declarations of
/// the entities, classes and predicates that they mention.
///
/// Holds the IRIs of these things, but no triples.
pub struct ViewTriples<'a> {
    store: &'a Store,
    statements: FxHashSet<StatementId>,
    /// Subjects with all their triples in the view.
    subjects: FxHashSet<NamedNode>,
    /// Subjects with only their declared triples in the view, and those that a statement of the view asserts.
    entities: FxHashSet<NamedNode>,
}

impl<'a> ViewTriples<'a> {
    /// Collects what the statements and entities of a view mention.
    pub fn new(store: &'a Store, view: &View) -> Result<Self, StoreError> {
        let mut triples = Self {
            store,
            statements: FxHashSet::default(),
            subjects: FxHashSet::default(),
            entities: FxHashSet::default(),
        };
        for edge in view.statements() {
            triples.add(&edge.statement)?;
        }
        for node in view.graph().node_weights() {
            triples.entities.insert(node.iri.clone());
            triples.subjects.extend(node.class.clone());
        }
        Ok(triples)
    }

    fn add(&mut self, id: &StatementId) -> Result<(), StoreError> {
        let (statement, namespaces) = (self.store.require_statement(id)?, self.store.namespaces());
        self.subjects.insert(namespaces.statement(id));
        self.subjects.insert(statement.triple.predicate.clone());
        if let NamedOrBlankNode::NamedNode(subject) = statement.triple.subject {
            self.entities.insert(subject);
        }
        self.add_entity(statement.triple.object);
        for qualifier in statement.qualifiers {
            self.subjects.insert(qualifier.predicate);
            self.add_entity(qualifier.value);
        }
        for evidence in &statement.evidence {
            self.subjects.insert(namespaces.evidence(&evidence_id(evidence, namespaces)));
            self.subjects.insert(namespaces.source(&evidence.source));
        }
        match statement.kind {
            Kind::Fact => {}
            Kind::Claim(claim) => {
                self.subjects.insert(claim.status.iri(namespaces));
                self.entities.extend(claim.by);
            }
            Kind::Inference(derivation) | Kind::Entailment(derivation) => {
                self.subjects.insert(namespaces.rule(&derivation.rule));
            }
        }
        self.statements.insert(id.clone());
        Ok(())
    }

    fn add_entity(&mut self, term: Term) {
        if let Term::NamedNode(entity) = term {
            self.entities.insert(entity);
        }
    }

    /// Whether a triple of the store belongs to the view.
    pub fn contains(&self, triple: TripleRef<'_>) -> Result<bool, StoreError> {
        let NamedOrBlankNodeRef::NamedNode(subject) = triple.subject else { return Ok(false) };
        let subject = subject.into_owned();
        if self.subjects.contains(&subject) {
            return Ok(true);
        }
        if !self.entities.contains(&subject) {
            return Ok(false);
        }
        let triple = triple.into_owned();
        if self.store.find_assertion(&triple)?.is_none() {
            return Ok(true);
        }
        let statements = self.store.statements_of_triple(&triple)?;
        Ok(statements.iter().any(|statement| statement.is_asserted() && self.statements.contains(&statement.id)))
    }
}
