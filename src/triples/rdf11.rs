//! RDF 1.1, for tools that do not support triple terms.

use crate::model::{Namespaces, triple_hash, vocab};
use oxigraph::model::{BlankNode, NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Term, Triple};
use std::collections::HashMap;

/// The same graph without triple terms.
///
/// A node that reifies a triple becomes an `rdf:Statement` with subject, predicate and object. Any other triple term is replaced
/// by an `rdf:Statement` with an IRI from its hash, or in data without a dataset by a blank node. Sorted, without duplicates.
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

/// The same graph with triple terms: a node of the type `rdf:Statement` with a subject, a predicate and an object reifies a triple. Nodes in
/// place of other triple terms stay as they are.
pub(crate) fn from_rdf11(triples: Vec<Triple>) -> Vec<Triple> {
    #[derive(Default)]
    struct Parts {
        subject: Option<NamedOrBlankNode>,
        predicate: Option<NamedNode>,
        object: Option<Term>,
    }
    let mut described: HashMap<NamedOrBlankNode, Parts> = HashMap::new();
    let mut others = Vec::with_capacity(triples.len());
    for triple in triples {
        let Triple { subject, predicate, object } = triple;
        match (predicate.as_ref(), object) {
            (vocab::rdf::SUBJECT, Term::NamedNode(node)) => {
                described.entry(subject).or_default().subject = Some(node.into());
            }
            (vocab::rdf::SUBJECT, Term::BlankNode(node)) => {
                described.entry(subject).or_default().subject = Some(node.into());
            }
            (vocab::rdf::PREDICATE, Term::NamedNode(node)) => {
                described.entry(subject).or_default().predicate = Some(node);
            }
            (vocab::rdf::OBJECT, object) => described.entry(subject).or_default().object = Some(object),
            (vocab::rdf::TYPE, Term::NamedNode(class)) if class == vocab::rdf::STATEMENT => {}
            (_, object) => others.push(Triple { subject, predicate, object }),
        }
    }
    let reified = described.into_iter().filter_map(|(node, parts)| {
        let triple = Triple::new(parts.subject?, parts.predicate?, parts.object?);
        Some(Triple::new(node, vocab::rdf::REIFIES, Term::from(triple)))
    });
    others.extend(reified);
    others
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
    let hash = triple_hash(&term);
    let node = match namespaces.triple(&hash) {
        Some(iri) => NamedOrBlankNode::from(iri),
        None => BlankNode::new_unchecked(format!("triple-{hash}")).into(),
    };
    plain.push(Triple::new(triple.subject, triple.predicate, node.clone()));
    describe(&node, *term, namespaces, plain);
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

    #[test]
    fn reified_statements_are_read_back() {
        let node = |n: &str| NamedNode::new(format!("https://e.org/{n}")).unwrap();
        let stated = Triple::new(node("a"), node("b"), node("c"));
        let mut graph = vec![stated.clone(), Triple::new(node("st"), vocab::rdf::REIFIES, Term::from(stated))];
        let mut read = from_rdf11(to_rdf11(graph.clone(), &Namespaces::new("https://e.org/", &[]).unwrap()));
        graph.sort_by_key(ToString::to_string);
        read.sort_by_key(ToString::to_string);
        assert_eq!(read, graph);
    }

    #[test]
    fn without_a_dataset_a_triple_term_becomes_a_blank_node() {
        let node = |n: &str| NamedNode::new(format!("https://e.org/{n}")).unwrap();
        let term = Term::from(Triple::new(node("a"), node("b"), node("c")));
        let plain = to_rdf11([Triple::new(node("s"), node("p"), term)], &Namespaces::standard());
        let described: Vec<_> = plain.iter().filter(|triple| triple.subject.is_blank_node()).collect();
        assert_eq!((plain.len(), described.len()), (5, 4));
        assert!(plain.iter().any(|triple| triple.object == Term::from(described[0].subject.clone())));
    }
}
