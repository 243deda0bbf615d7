//! The support of a triple: the statements that it is derived from, or the file that declares it.

use super::{CitedTriple, TripleOrigin};
use crate::model::{Kind, Premise, Statement, StatementId, vocab};
use crate::store::{Store, StoreError};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Triple};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// The support of a row or a triple.
#[derive(Clone, Debug, Default)]
pub(super) struct Support {
    pub(super) statements: BTreeSet<StatementId>,
    /// Evidence nodes that were matched. They are replaced by their statements if none of these is cited yet.
    evidence: BTreeSet<NamedNode>,
    /// Declared triples, by their N-Triples.
    pub(super) declared: BTreeMap<String, CitedTriple>,
}

impl Support {
    pub(super) fn merge(&mut self, other: &Self) {
        self.statements.extend(other.statements.iter().cloned());
        self.evidence.extend(other.evidence.iter().cloned());
        for (text, declared) in &other.declared {
            if !self.declared.contains_key(text) {
                self.declared.insert(text.clone(), declared.clone());
            }
        }
    }
}

/// Finds the support of triples, each once.
pub(super) struct SupportLookup<'a> {
    store: &'a Store,
    triples: HashMap<Triple, Rc<Support>>,
    statements: BTreeMap<StatementId, Option<Rc<Statement>>>,
    derivations: HashMap<StatementId, Rc<Support>>,
}

impl<'a> SupportLookup<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store, triples: HashMap::new(), statements: BTreeMap::new(), derivations: HashMap::new() }
    }

    /// The support of a triple that a pattern matched.
    pub(super) fn support_of_triple(&mut self, triple: &Triple) -> Result<Rc<Support>, StoreError> {
        if let Some(known) = self.triples.get(triple) {
            return Ok(known.clone());
        }
        let found = Rc::new(self.find_support(triple)?);
        self.triples.insert(triple.clone(), found.clone());
        Ok(found)
    }

    fn find_support(&mut self, triple: &Triple) -> Result<Support, StoreError> {
        let mut support = Support::default();
        for id in self.find_assertions(triple)? {
            support.merge(&*self.support_of_statement(&id)?);
        }
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
            if let Some(id) = self.store.namespaces().statement_id(subject.as_ref())
                && self.statement(&id)?.is_some()
            {
                support.merge(&*self.support_of_statement(&id)?);
            }
            if support.statements.is_empty() && self.store.count(vocab::fl::EVIDENCE, Some(subject.into()))? > 0 {
                support.evidence.insert(subject.clone());
                return Ok(support);
            }
        }
        if support.statements.is_empty() {
            self.add_declared(&mut support, triple)?;
        }
        Ok(support)
    }

    /// Adds a triple that no statement states, with its origin.
    fn add_declared(&self, support: &mut Support, triple: &Triple) -> Result<(), StoreError> {
        let namespaces = self.store.namespaces();
        let mut origin = TripleOrigin::Unknown;
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
            if let Some((file, line)) = self.store.location_of_declared(triple)? {
                origin = TripleOrigin::File { file, line };
            } else if let Some(source) = namespaces.source_id(subject.as_ref()) {
                origin = TripleOrigin::Source(source);
            } else if let Some(status) = namespaces.status_id(subject.as_ref()) {
                origin = TripleOrigin::Status(status);
            } else if let Some(rule) = namespaces.rule_name(subject.as_ref()) {
                origin = TripleOrigin::Rule(rule.to_owned());
            }
        }
        support.declared.insert(triple.to_string(), CitedTriple { triple: triple.clone(), origin });
        Ok(())
    }

    pub(super) fn statement(&mut self, id: &StatementId) -> Result<Option<Rc<Statement>>, StoreError> {
        if let Some(known) = self.statements.get(id) {
            return Ok(known.clone());
        }
        let found = self.store.statement(id)?.map(Rc::new);
        self.statements.insert(id.clone(), found.clone());
        Ok(found)
    }

    /// The facts and inferences that state a triple.
    fn find_assertions(&mut self, triple: &Triple) -> Result<Vec<StatementId>, StoreError> {
        let mut found = Vec::new();
        for id in self.store.statement_ids_of_triple(triple)? {
            if self.statement(&id)?.is_some_and(|statement| statement.is_asserted()) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// A statement with all that it is derived from: each premise, and every other statement of the same triple.
    fn support_of_statement(&mut self, id: &StatementId) -> Result<Rc<Support>, StoreError> {
        if let Some(known) = self.derivations.get(id) {
            return Ok(known.clone());
        }
        let mut support = Support::default();
        let mut pending = vec![id.clone()];
        while let Some(next) = pending.pop() {
            if !support.statements.insert(next.clone()) {
                continue;
            }
            let Some(statement) = self.statement(&next)? else { continue };
            let Kind::Inference(derivation) = &statement.kind else { continue };
            for premise in &derivation.premises {
                match premise {
                    Premise::Declared(triple) => self.add_declared(&mut support, triple)?,
                    Premise::Statement(premise) => {
                        pending.push(premise.clone());
                        if let Some(premise) = self.statement(premise)? {
                            pending.extend(self.find_assertions(&premise.triple)?);
                        }
                    }
                }
            }
        }
        let support = Rc::new(support);
        self.derivations.insert(id.clone(), support.clone());
        Ok(support)
    }

    /// Replaces evidence nodes by the statements with that evidence.
    pub(super) fn resolve_evidence(&mut self, support: &mut Support) -> Result<(), StoreError> {
        for node in std::mem::take(&mut support.evidence) {
            let triples = self.store.triples_with_object(vocab::fl::EVIDENCE, (&node).into())?;
            let ids = triples.iter().filter_map(|triple| match &triple.subject {
                NamedOrBlankNode::NamedNode(subject) => self.store.namespaces().statement_id(subject.as_ref()),
                NamedOrBlankNode::BlankNode(_) => None,
            });
            let ids: Vec<StatementId> = ids.collect();
            if !ids.iter().any(|id| support.statements.contains(id)) {
                support.statements.extend(ids);
            }
        }
        Ok(())
    }
}
