//! Checks derived triples against the vocabulary.

use super::terms::Terms;
use crate::dataset::{PropertyKind, Vocabulary};
use crate::model::{Namespaces, vocab};
use crate::store::{CompiledGraph, GraphError, Id};
use oxigraph::model::{NamedNodeRef, Term};
use rustc_hash::FxHashMap;

/// Decides which triples rules may derive: the subject is not a term of the vocabulary, the predicate is, and the object is in
/// its range. Standard entailment may derive any triple that is not about the vocabulary.
pub(in crate::rules) struct DerivationCheck<'a> {
    vocabulary: &'a Vocabulary,
    namespaces: &'a Namespaces,
    graph: &'a CompiledGraph,
    /// The id of `rdf:type`.
    rdf_type: Option<Id>,
    /// The kind of each predicate; `None` if the vocabulary does not define it.
    predicates: FxHashMap<Id, Option<PropertyKind>>,
    /// Whether each object is an entity.
    entities: FxHashMap<Id, bool>,
    /// Whether each subject is a class or a predicate.
    defined: FxHashMap<Id, bool>,
}

impl<'a> DerivationCheck<'a> {
    pub(in crate::rules) fn new(
        vocabulary: &'a Vocabulary,
        namespaces: &'a Namespaces,
        graph: &'a CompiledGraph,
    ) -> Result<Self, GraphError> {
        let rdf_type = graph.id_of(vocab::rdf::TYPE.into())?;
        Ok(Self {
            vocabulary,
            namespaces,
            graph,
            rdf_type,
            predicates: FxHashMap::default(),
            entities: FxHashMap::default(),
            defined: FxHashMap::default(),
        })
    }

    /// Why a derived triple is invalid, or `None` if it is valid.
    pub(in crate::rules) fn problem(
        &mut self,
        [s, p, o]: [Id; 3],
        is_entailment: bool,
        terms: &Terms<'_>,
    ) -> Result<Option<&'static str>, GraphError> {
        if self.is_defined(s, terms)? {
            return Ok(Some("the subject is a term of the vocabulary"));
        }
        if is_entailment {
            return Ok(None);
        }
        let kind = match self.predicates.get(&p) {
            Some(kind) => *kind,
            None => {
                let kind = match terms.term(p)? {
                    Term::NamedNode(iri) => self.vocabulary.predicate_by_iri(&iri).map(|predicate| predicate.kind),
                    _ => None,
                };
                *self.predicates.entry(p).or_insert(kind)
            }
        };
        Ok(match kind {
            Some(PropertyKind::Object) if !self.is_entity(o, terms)? => Some("expected an entity as the object"),
            Some(PropertyKind::Datatype) if !matches!(terms.term(o)?, Term::Literal(_)) => {
                Some("expected a literal as the object")
            }
            Some(_) => None,
            None => Some("the predicate is not in the vocabulary"),
        })
    }

    fn is_entity(&mut self, id: Id, terms: &Terms<'_>) -> Result<bool, GraphError> {
        if let Some(known) = self.entities.get(&id) {
            return Ok(*known);
        }
        let has_class = match self.rdf_type {
            Some(rdf_type) => !self.graph.object_ids(id, rdf_type)?.is_empty(),
            None => false,
        };
        let named = |iri: NamedNodeRef<'_>| self.namespaces.entity_id(iri).is_some();
        let is = has_class && matches!(terms.term(id)?, Term::NamedNode(iri) if named(iri.as_ref()));
        self.entities.insert(id, is);
        Ok(is)
    }

    fn is_defined(&mut self, id: Id, terms: &Terms<'_>) -> Result<bool, GraphError> {
        if let Some(known) = self.defined.get(&id) {
            return Ok(*known);
        }
        let is = self.graph.count_with_predicate(id)? > 0
            || matches!(terms.term(id)?, Term::NamedNode(iri) if self.vocabulary.defines(&iri));
        self.defined.insert(id, is);
        Ok(is)
    }
}
