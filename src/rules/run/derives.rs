//! What rules may derive.

use super::terms::Terms;
use crate::dataset::{PropertyKind, Vocabulary};
use crate::model::{Namespaces, vocab};
use crate::store::{CompiledGraph, GraphError, Id};
use oxigraph::model::{NamedNodeRef, Term};
use rustc_hash::FxHashMap;

/// Which triples rules may derive: about anything but the vocabulary itself, with a predicate of the vocabulary that leads
/// to what the object is. Standard entailment may derive classes and predicates of other vocabularies, too.
pub(in crate::rules) struct Derives<'a> {
    vocabulary: &'a Vocabulary,
    names: &'a Namespaces,
    graph: &'a CompiledGraph,
    a: Option<Id>,
    /// What each predicate leads to; `None` for those that the vocabulary does not define.
    predicates: FxHashMap<Id, Option<PropertyKind>>,
    /// Whether each object is an entity.
    entities: FxHashMap<Id, bool>,
    /// Whether each subject is a class, or a predicate of the vocabulary or of a triple.
    defined: FxHashMap<Id, bool>,
}

impl<'a> Derives<'a> {
    pub(in crate::rules) fn new(
        vocabulary: &'a Vocabulary,
        names: &'a Namespaces,
        graph: &'a CompiledGraph,
    ) -> Result<Self, GraphError> {
        let a = graph.id_of(vocab::rdf::TYPE.into())?;
        let empty = FxHashMap::default();
        Ok(Self {
            vocabulary,
            names,
            graph,
            a,
            predicates: empty,
            entities: FxHashMap::default(),
            defined: FxHashMap::default(),
        })
    }

    /// Whether a rule may derive a triple.
    pub(in crate::rules) fn allow(
        &mut self,
        [s, p, o]: [Id; 3],
        entails: bool,
        terms: &Terms<'_>,
    ) -> Result<bool, GraphError> {
        if self.is_defined(s, terms)? {
            return Ok(false);
        }
        if entails {
            return Ok(true);
        }
        let leads = match self.predicates.get(&p) {
            Some(leads) => *leads,
            None => {
                let leads = match terms.term(p)? {
                    Term::NamedNode(iri) => self.vocabulary.predicate_by_iri(&iri).map(|predicate| predicate.kind),
                    _ => None,
                };
                *self.predicates.entry(p).or_insert(leads)
            }
        };
        match leads {
            Some(PropertyKind::Object) => self.is_entity(o, terms),
            Some(PropertyKind::Datatype) => Ok(matches!(terms.term(o)?, Term::Literal(_))),
            None => Ok(false),
        }
    }

    fn is_entity(&mut self, id: Id, terms: &Terms<'_>) -> Result<bool, GraphError> {
        if let Some(known) = self.entities.get(&id) {
            return Ok(*known);
        }
        let has_class = match self.a {
            Some(a) => !self.graph.object_ids(id, a)?.is_empty(),
            None => false,
        };
        let named = |iri: NamedNodeRef<'_>| self.names.entity_id(iri).is_some();
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
