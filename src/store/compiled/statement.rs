//! A statement, read from the columns without copying what is said in them.

use super::dictionary::{Borrowed, Id};
use super::{CompiledGraph, GraphError};
use crate::model::{Namespaces, Statement, vocab};
use crate::store::StoreError;
use crate::triples;
use oxigraph::model::{NamedNodeRef, TermRef, TripleRef};

/// Something that a node says.
struct Said<'a> {
    node: NamedNodeRef<'a>,
    predicate: NamedNodeRef<'a>,
    id: Id,
    object: Borrowed<'a>,
}

impl Said<'_> {
    /// The id of the evidence that it names.
    fn evidence(&self) -> Option<Id> {
        let is_node = matches!(self.object, Borrowed::Plain(TermRef::NamedNode(_)));
        (is_node && self.predicate == vocab::fl::EVIDENCE).then_some(self.id)
    }

    fn triple(&self) -> TripleRef<'_> {
        TripleRef::new(self.node, self.predicate, self.object.as_ref())
    }
}

impl CompiledGraph {
    /// The statement that a node is; `None` where it reifies no triple.
    pub(in crate::store) fn statement(&self, node: Id, names: &Namespaces) -> Result<Option<Statement>, StoreError> {
        let mut said = Vec::with_capacity(16);
        self.said_by(node, &mut said)?;
        let evidence: Vec<Id> = said.iter().filter_map(Said::evidence).collect();
        for evidence in evidence {
            self.said_by(evidence, &mut said)?;
        }
        Ok(triples::read_statements(said.iter().map(Said::triple), names)?.pop())
    }

    /// Adds what a node says, in the order of ids.
    fn said_by<'a>(&'a self, node: Id, said: &mut Vec<Said<'a>>) -> Result<(), GraphError> {
        let (orders, terms) = (&self.parts().orders, &self.parts().terms);
        let iri = |id| match terms.borrowed(id)? {
            Borrowed::Plain(TermRef::NamedNode(iri)) => Ok(iri),
            _ => Err(GraphError::Corrupt("what should be an IRI is none")),
        };
        let (node, range) = (iri(node)?, orders.of_subject(node)?);
        for (predicate, object) in orders.spo_p.slice(range.clone())?.iter().zip(orders.spo_o.slice(range)?) {
            let (predicate, id) = (iri(predicate.get())?, object.get());
            said.push(Said { node, predicate, id, object: terms.borrowed(id)? });
        }
        Ok(())
    }
}
