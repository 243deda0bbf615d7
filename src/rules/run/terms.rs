//! Term ids of a graph, extended with ids for the terms of rules.

use crate::store::{CompiledGraph, GraphError, Id};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use rustc_hash::FxHashMap;

/// What exceeds the limit if there are too many created terms.
pub(in crate::rules) const CREATED_TERMS: &str = "the terms that rules create";

/// The terms of a graph, and the terms that rules name or create.
pub(in crate::rules) struct Terms<'a> {
    graph: &'a CompiledGraph,
    created: Vec<Term>,
    ids: FxHashMap<Term, Id>,
    /// The total length of the created terms in bytes.
    bytes: usize,
}

impl<'a> Terms<'a> {
    pub(in crate::rules) fn new(graph: &'a CompiledGraph) -> Self {
        Self { graph, created: Vec::new(), ids: FxHashMap::default(), bytes: 0 }
    }

    /// One more than the largest id.
    pub(in crate::rules) fn bound(&self) -> usize {
        self.graph.id_bound() + self.created.len()
    }

    /// The id of a term, which is created if necessary.
    pub(in crate::rules) fn id(&mut self, term: Term) -> Result<Id, GraphError> {
        if let Some(id) = self.graph.id_of(term.as_ref())? {
            return Ok(id);
        }
        if let Some(id) = self.ids.get(&term) {
            return Ok(*id);
        }
        let id = Id::try_from(self.graph.term_count() + self.created.len() as u64 + 1);
        let id = id.map_err(|_| GraphError::TooLarge(CREATED_TERMS))?;
        self.bytes += match &term {
            Term::Literal(literal) => literal.value().len(),
            Term::NamedNode(iri) => iri.as_str().len(),
            Term::BlankNode(_) | Term::Triple(_) => 0,
        };
        self.created.push(term.clone());
        self.ids.insert(term, id);
        Ok(id)
    }

    /// The term with an id.
    pub(in crate::rules) fn term(&self, id: Id) -> Result<Term, GraphError> {
        match u64::from(id).checked_sub(self.graph.term_count() + 1) {
            Some(created) => {
                let term = usize::try_from(created).ok().and_then(|at| self.created.get(at));
                term.cloned().ok_or(GraphError::Corrupt("unknown term id"))
            }
            None => self.graph.term(id),
        }
    }

    /// The total length of the created terms in bytes.
    pub(in crate::rules) fn created_bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a term can be a subject.
    pub(in crate::rules) fn is_node(&self, id: Id) -> Result<bool, GraphError> {
        Ok(self.is_iri(id)? || matches!(self.term(id)?, Term::BlankNode(_)))
    }

    /// Whether a term is an IRI.
    pub(in crate::rules) fn is_iri(&self, id: Id) -> Result<bool, GraphError> {
        if u64::from(id) > self.graph.term_count() {
            return Ok(matches!(self.term(id)?, Term::NamedNode(_)));
        }
        self.graph.is_iri(id)
    }

    /// The ids of the terms of a triple.
    pub(in crate::rules) fn triple_ids(&mut self, triple: &Triple) -> Result<[Id; 3], GraphError> {
        let Triple { subject, predicate, object } = triple.clone();
        Ok([self.id(subject.into())?, self.id(predicate.into())?, self.id(object)?])
    }

    /// The triple of three ids.
    pub(in crate::rules) fn triple(&self, [s, p, o]: [Id; 3]) -> Result<Triple, GraphError> {
        let corrupt = |_| GraphError::Corrupt("a triple has no IRI as its predicate");
        let subject = match self.term(s)? {
            Term::BlankNode(node) => NamedOrBlankNode::from(node),
            term => NamedNode::try_from(term).map_err(corrupt)?.into(),
        };
        Ok(Triple::new(subject, NamedNode::try_from(self.term(p)?).map_err(corrupt)?, self.term(o)?))
    }
}
