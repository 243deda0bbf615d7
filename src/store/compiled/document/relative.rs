//! Relative IRIs in documents without a base.
//!
//! Parsers refuse some of them without naming them, and drop triples with others. So they resolve them against a base that no document
//! has, by which they are found afterwards.

use crate::store::compiled::GraphError;
use oxigraph::model::{GraphName, NamedNodeRef, NamedOrBlankNode, Quad, Term, Triple};

/// The base for documents that have none.
pub(super) const NO_BASE: &str = "x-factloom-no-base://host/path/";

/// Returns an error if an IRI of the quad was resolved against [`NO_BASE`].
pub(super) fn require_absolute(quad: &Quad) -> Result<(), GraphError> {
    check_subject(&quad.subject)?;
    check(quad.predicate.as_ref())?;
    check_object(&quad.object)?;
    match &quad.graph_name {
        GraphName::NamedNode(name) => check(name.as_ref()),
        GraphName::BlankNode(_) | GraphName::DefaultGraph => Ok(()),
    }
}

fn check_subject(subject: &NamedOrBlankNode) -> Result<(), GraphError> {
    if let NamedOrBlankNode::NamedNode(iri) = subject { check(iri.as_ref()) } else { Ok(()) }
}

fn check_object(object: &Term) -> Result<(), GraphError> {
    match object {
        Term::NamedNode(iri) => check(iri.as_ref()),
        Term::Triple(triple) => {
            let Triple { subject, predicate, object } = &**triple;
            check_subject(subject)?;
            check(predicate.as_ref())?;
            check_object(object)
        }
        Term::Literal(literal) => check(literal.datatype()),
        Term::BlankNode(_) => Ok(()),
    }
}

fn check(iri: NamedNodeRef<'_>) -> Result<(), GraphError> {
    let iri = iri.as_str();
    let relative = [NO_BASE, "x-factloom-no-base://host", "x-factloom-no-base:"];
    match relative.iter().find_map(|base| iri.strip_prefix(base)) {
        Some(relative) => Err(GraphError::RelativeIri(relative.to_owned())),
        None => Ok(()),
    }
}
