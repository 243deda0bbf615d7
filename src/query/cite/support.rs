//! The support of a triple: the statements that it is derived from, or the file that declares it.

use super::{CitedTriple, TripleOrigin};
use crate::model::{Premise, StatementId, vocab};
use crate::store::{Store, StoreError};
use crate::triples::defines_own_term;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Triple};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
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
    triples: FxHashMap<Triple, Rc<Support>>,
    derivations: FxHashMap<StatementId, Rc<Support>>,
    premises: FxHashMap<StatementId, Rc<Premises>>,
}

/// What a statement is directly derived from.
#[derive(Default)]
struct Premises {
    declared: Vec<Triple>,
    /// The premises, and every other statement of the same triples.
    statements: Vec<StatementId>,
}

impl<'a> SupportLookup<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store, triples: FxHashMap::default(), derivations: FxHashMap::default(), premises: FxHashMap::default() }
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
        for id in self.store.assertions(triple)? {
            self.add_statement(&mut support, id)?;
        }
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
            if let Some(id) = self.store.namespaces().statement_id(subject.as_ref())
                && self.store.has_statement(&id)?
            {
                self.add_statement(&mut support, id)?;
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

    /// Whether a `rdf:reifies` triple is that of a statement that asserts the reified triple.
    pub(super) fn is_asserted_by(&mut self, reifies: &Triple) -> Result<bool, StoreError> {
        let NamedOrBlankNode::NamedNode(node) = &reifies.subject else { return Ok(false) };
        let Some(id) = self.store.namespaces().statement_id(node.as_ref()) else { return Ok(false) };
        Ok(self.store.has_statement(&id)? && !self.store.is_claim(&id)?)
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
            } else if defines_own_term(triple) {
                origin = TripleOrigin::OwnTerms;
            }
        }
        support.declared.insert(triple.to_string(), CitedTriple { triple: triple.clone(), origin });
        Ok(())
    }

    /// Adds a statement with all that it is derived from.
    fn add_statement(&mut self, support: &mut Support, id: StatementId) -> Result<(), StoreError> {
        match self.store.is_derived(&id)? {
            true => support.merge(&*self.support_of_statement(&id)?),
            false => drop(support.statements.insert(id)),
        }
        Ok(())
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
            let premises = self.premises(&next)?;
            for triple in &premises.declared {
                self.add_declared(&mut support, triple)?;
            }
            pending.extend(premises.statements.iter().cloned());
        }
        let support = Rc::new(support);
        self.derivations.insert(id.clone(), support.clone());
        Ok(support)
    }

    fn premises(&mut self, id: &StatementId) -> Result<Rc<Premises>, StoreError> {
        if let Some(known) = self.premises.get(id) {
            return Ok(known.clone());
        }
        let mut premises = Premises::default();
        let statement = if self.store.is_derived(id)? { self.store.statement(id)? } else { None };
        for premise in statement.iter().filter_map(|statement| statement.kind.derivation()).flat_map(|d| &d.premises) {
            match premise {
                Premise::Declared(triple) => premises.declared.push(triple.clone()),
                Premise::Statement(premise) => {
                    premises.statements.push(premise.clone());
                    if let Some(premise) = self.store.statement(premise)? {
                        premises.statements.extend(self.store.assertions(&premise.triple)?);
                    }
                }
            }
        }
        let premises = Rc::new(premises);
        self.premises.insert(id.clone(), premises.clone());
        Ok(premises)
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
