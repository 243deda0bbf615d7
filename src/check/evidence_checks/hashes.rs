//! Hashes of what the evidence checks depend on.

use crate::model::{EntityId, Evidence, Kind, Namespaces, Stance, Statement};
use oxigraph::model::{NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Hashes of the names of entities.
#[derive(Default)]
pub(in crate::check) struct NameHashes(pub(super) FxHashMap<EntityId, u64>);

impl NameHashes {
    /// A hash of what the checks of a statement's quotes depend on. Takes linear time.
    fn statement_hash(&self, statement: &Statement, namespaces: &Namespaces) -> u64 {
        let mut hasher = FxHasher::default();
        let Statement { triple, qualifiers, kind, .. } = statement;
        let names = |iri: NamedNodeRef<'_>| namespaces.entity_id(iri).and_then(|id| self.0.get(&id));
        let subject = match &triple.subject {
            NamedOrBlankNode::NamedNode(iri) => names(iri.as_ref()),
            NamedOrBlankNode::BlankNode(_) => None,
        };
        let object = match &triple.object {
            Term::NamedNode(iri) => names(iri.as_ref()),
            _ => None,
        };
        (triple, qualifiers, *kind == Kind::Fact, subject, object).hash(&mut hasher);
        for evidence in statement.evidence.iter().filter(|evidence| evidence.note.is_some()) {
            (&evidence.note, evidence.stance == Stance::Supports).hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// Hashes of what the checks of quotes depend on. The one of a statement is computed once for consecutive quotes.
pub(in crate::check) struct StatementHashes<'a> {
    names: &'a NameHashes,
    namespaces: &'a Namespaces,
    /// The number of the last statement, and its hash.
    last: Option<(u32, u64)>,
}

impl<'a> StatementHashes<'a> {
    pub(in crate::check) fn new(names: &'a NameHashes, namespaces: &'a Namespaces) -> Self {
        Self { names, namespaces, last: None }
    }

    /// A hash of what the checks of a quote depend on. Each statement has another number.
    pub(in crate::check) fn of_quote(&mut self, (number, statement): (u32, &Statement), evidence: &Evidence) -> u64 {
        let of_statement = match self.last {
            Some((last, hash)) if last == number => hash,
            _ => self.names.statement_hash(statement, self.namespaces),
        };
        self.last = Some((number, of_statement));
        let mut hasher = FxHasher::default();
        (of_statement, evidence.stance == Stance::Supports, evidence.note.is_some()).hash(&mut hasher);
        hasher.finish()
    }
}
