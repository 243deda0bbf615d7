//! Ids for all that rules speak of: those of a graph, and further ones for terms that only rules have.

use crate::store::{CompiledGraph, GraphError, Id, canonical};
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use rustc_hash::FxHashMap;

/// The terms of a graph, and those that rules name or make.
pub(in crate::rules) struct Terms<'a> {
    graph: &'a CompiledGraph,
    made: Vec<Term>,
    ids: FxHashMap<Term, Id>,
    /// The length of their texts in bytes.
    bytes: usize,
}

impl<'a> Terms<'a> {
    pub(in crate::rules) fn new(graph: &'a CompiledGraph) -> Self {
        Self { graph, made: Vec::new(), ids: FxHashMap::default(), bytes: 0 }
    }

    /// How many terms the graph itself has; their ids are not larger.
    fn of_graph(&self) -> u64 {
        self.graph.term_count()
    }

    /// One more than the largest id.
    pub(in crate::rules) fn bound(&self) -> usize {
        self.graph.id_bound() + self.made.len()
    }

    /// The id of a term; a new one where neither the graph nor a rule has named it yet.
    pub(in crate::rules) fn id(&mut self, term: Term) -> Result<Id, GraphError> {
        if let Some(id) = self.graph.id_of(term.as_ref())? {
            return Ok(id);
        }
        let term = canonical(term.as_ref()).unwrap_or(term);
        if let Some(id) = self.ids.get(&term) {
            return Ok(*id);
        }
        let id = Id::try_from(self.of_graph() + self.made.len() as u64 + 1);
        let id = id.map_err(|_| GraphError::TooLarge("the terms that rules make"))?;
        self.bytes += match &term {
            Term::Literal(literal) => literal.value().len(),
            Term::NamedNode(iri) => iri.as_str().len(),
            Term::BlankNode(_) | Term::Triple(_) => 0,
        };
        self.made.push(term.clone());
        self.ids.insert(term, id);
        Ok(id)
    }

    /// The term with an id.
    pub(in crate::rules) fn term(&self, id: Id) -> Result<Term, GraphError> {
        match u64::from(id).checked_sub(self.of_graph() + 1) {
            Some(made) => {
                let term = usize::try_from(made).ok().and_then(|at| self.made.get(at));
                term.cloned().ok_or(GraphError::Corrupt("an id stands for no term"))
            }
            None => self.graph.term(id),
        }
    }

    /// How long the texts of the terms are that only rules have, in bytes.
    pub(in crate::rules) fn made_bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a term can be a subject.
    pub(in crate::rules) fn is_node(&self, id: Id) -> Result<bool, GraphError> {
        Ok(self.is_iri(id)? || matches!(self.term(id)?, Term::BlankNode(_)))
    }

    /// Whether a term is an IRI.
    pub(in crate::rules) fn is_iri(&self, id: Id) -> Result<bool, GraphError> {
        if u64::from(id) > self.of_graph() {
            return Ok(matches!(self.term(id)?, Term::NamedNode(_)));
        }
        self.graph.is_iri(id)
    }

    /// The triple of three ids; `None` where they make none.
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
