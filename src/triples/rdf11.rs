//! RDF 1.1, for tools that do not support triple terms.

use crate::model::{Namespaces, triple_hash, vocab};
use oxigraph::model::{NamedOrBlankNode, NamedOrBlankNodeRef, Term, Triple};

/// The same graph without triple terms.
///
/// A node that reifies a triple becomes an `rdf:Statement` with subject, predicate and object. Any other triple term is replaced
/// by an `rdf:Statement` with an IRI from its hash. Sorted, without duplicates.
///
/// ```
/// use factloom::triples::to_rdf11;
/// use oxigraph::model::Term;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let plain = to_rdf11(store.triples()?, &dataset.namespaces);
/// assert!(plain.iter().all(|triple| !matches!(triple.object, Term::Triple(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn to_rdf11(triples: impl IntoIterator<Item = Triple>, namespaces: &Namespaces) -> Vec<Triple> {
    let mut plain = Vec::new();
    for triple in triples {
        convert(triple, namespaces, &mut plain);
    }
    plain.sort_by_cached_key(ToString::to_string);
    plain.dedup();
    plain
}

fn convert(triple: Triple, namespaces: &Namespaces, plain: &mut Vec<Triple>) {
    let Term::Triple(term) = triple.object else {
        plain.push(triple);
        return;
    };
    if triple.predicate.as_ref() == vocab::rdf::REIFIES {
        describe(&triple.subject, *term, namespaces, plain);
        return;
    }
    let node = namespaces.triple(&triple_hash(&term));
    plain.push(Triple::new(triple.subject, triple.predicate, node.clone()));
    describe(&node.into(), *term, namespaces, plain);
}

fn describe(node: &NamedOrBlankNode, triple: Triple, namespaces: &Namespaces, plain: &mut Vec<Triple>) {
    let subject = match triple.subject.as_ref() {
        NamedOrBlankNodeRef::NamedNode(iri) => Term::from(iri.into_owned()),
        NamedOrBlankNodeRef::BlankNode(blank) => Term::from(blank.into_owned()),
    };
    let mut write = |predicate, object: Term| convert(Triple::new(node.clone(), predicate, object), namespaces, plain);
    write(vocab::rdf::TYPE.into_owned(), vocab::rdf::STATEMENT.into_owned().into());
    write(vocab::rdf::SUBJECT.into_owned(), subject);
    write(vocab::rdf::PREDICATE.into_owned(), triple.predicate.into());
    write(vocab::rdf::OBJECT.into_owned(), triple.object);
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::NamedNode;

    #[test]
    fn triple_terms_are_replaced_by_statements() {
        let node = |n: &str| NamedNode::new(format!("https://e.org/{n}")).unwrap();
        let stated = Triple::new(node("a"), node("b"), node("c"));
        let nested = Triple::new(node("x"), node("b"), Term::from(stated.clone()));
        let graph = [
            stated.clone(),
            Triple::new(node("st"), vocab::rdf::REIFIES, Term::from(stated.clone())),
            Triple::new(node("i"), vocab::prov::WAS_DERIVED_FROM, Term::from(nested)),
            Triple::new(node("j"), vocab::prov::WAS_DERIVED_FROM, Term::from(stated)),
        ];
        let plain = to_rdf11(graph, &Namespaces::new("https://e.org/", &[]).unwrap());
        assert!(plain.iter().all(|t| !matches!(t.object, Term::Triple(_))));
        // The triple, four triples of the statement, two links, and two descriptions of triple terms.
        assert_eq!(plain.len(), 1 + 4 + 2 + 4 + 4);
    }
}
