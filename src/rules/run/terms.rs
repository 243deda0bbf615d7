//! Term ids of a graph, extended with ids for the terms of rules.

use crate::store::{CompiledGraph, GraphError, Id, canonical};
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use rustc_hash::FxHashMap;

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

    /// The number of terms of the graph, which is the largest of their ids.
    fn graph_terms(&self) -> u64 {
        self.graph.term_count()
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
        let term = canonical(term.as_ref()).unwrap_or(term);
        if let Some(id) = self.ids.get(&term) {
            return Ok(*id);
        }
        let id = Id::try_from(self.graph_terms() + self.created.len() as u64 + 1);
        let id = id.map_err(|_| GraphError::TooLarge("the terms that rules create"))?;
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
        match u64::from(id).checked_sub(self.graph_terms() + 1) {
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
        if u64::from(id) > self.graph_terms() {
            return Ok(matches!(self.term(id)?, Term::NamedNode(_)));
        }
        self.graph.is_iri(id)
    }

    /// The triple of three ids; `None` if they do not form an RDF triple.
    pub(in crate::rules) fn triple(&self, [s, p, o]: [Id; 3]) -> Result<Option<Triple>, GraphError> {
        let subject = match self.term(s)? {
            Term::NamedNode(iri) => NamedOrBlankNode::from(iri),
            Term::BlankNode(node) => NamedOrBlankNode::from(node),
            Term::Literal(_) | Term::Triple(_) => return Ok(None),
        };
        let Term::NamedNode(predicate) = self.term(p)? else { return Ok(None) };
        Ok(Some(Triple::new(subject, predicate, self.term(o)?)))
    }
}
