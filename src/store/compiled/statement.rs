//! Reading a statement from the columns without copying strings.

use super::dictionary::{Borrowed, Id};
use super::{CompiledGraph, GraphError};
use crate::model::{Namespaces, Statement, vocab};
use crate::store::StoreError;
use oxigraph::model::{NamedNodeRef, TermRef, TripleRef};

/// A triple of a statement or of its evidence.
struct BorrowedTriple<'a> {
    subject: NamedNodeRef<'a>,
    predicate: NamedNodeRef<'a>,
    object_id: Id,
    object: Borrowed<'a>,
}

impl BorrowedTriple<'_> {
    /// The id of the evidence, if this triple links a statement with its evidence.
    fn evidence(&self) -> Option<Id> {
        let is_iri = matches!(self.object, Borrowed::Plain(TermRef::NamedNode(_)));
        (is_iri && self.predicate == vocab::fl::EVIDENCE).then_some(self.object_id)
    }

    fn triple(&self) -> TripleRef<'_> {
        TripleRef::new(self.subject, self.predicate, self.object.as_ref())
    }
}

impl CompiledGraph {
    /// The statement of a node; `None` if the node does not reify a triple.
    pub(in crate::store) fn statement(
        &self,
        node: Id,
        namespaces: &Namespaces,
    ) -> Result<Option<Statement>, StoreError> {
        let mut triples = Vec::with_capacity(16);
        self.push_triples(node, &mut triples)?;
        let evidence: Vec<Id> = triples.iter().filter_map(BorrowedTriple::evidence).collect();
        for evidence in evidence {
            self.push_triples(evidence, &mut triples)?;
        }
        Ok(crate::triples::read_statements(triples.iter().map(BorrowedTriple::triple), namespaces)?.pop())
    }

    /// Adds the triples of a subject, in the order of ids.
    fn push_triples<'a>(&'a self, node: Id, triples: &mut Vec<BorrowedTriple<'a>>) -> Result<(), GraphError> {
        let (orders, terms) = (&self.parts().orders, &self.parts().terms);
        let iri = |id| match terms.borrowed(id)? {
            Borrowed::Plain(TermRef::NamedNode(iri)) => Ok(iri),
            _ => Err(GraphError::Corrupt("a term is not the IRI that it should be")),
        };
        let (subject, range) = (iri(node)?, orders.of_subject(node)?);
        for (predicate, object) in orders.spo_p.slice(range.clone())?.iter().zip(orders.spo_o.slice(range)?) {
            let (predicate, object_id) = (iri(predicate.get())?, object.get());
            triples.push(BorrowedTriple { subject, predicate, object_id, object: terms.borrowed(object_id)? });
        }
        Ok(())
    }
}
