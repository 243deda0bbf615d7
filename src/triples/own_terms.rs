//! The triples that define factloom's own terms.

use crate::model::vocab;
use oxigraph::model::{NamedOrBlankNode, Triple, TripleRef};
use oxttl::TurtleParser;
use std::sync::LazyLock;

const TEXT: &str = include_str!("../../data/ns/factloom.ttl");

static TRIPLES: LazyLock<Vec<Triple>> = LazyLock::new(|| {
    TurtleParser::new().for_slice(TEXT).collect::<Result<_, _>>().expect("a test reads the file with the same parser")
});

/// Writes the definitions of factloom's own terms (`fl:`): labels, comments, domains and ranges.
///
/// They are in every graph, so that queries can be written from the graph alone.
///
/// ```
/// use factloom::model::vocab;
///
/// let mut terms = Vec::new();
/// factloom::triples::write_own_terms(&mut |triple| {
///     if triple.predicate == vocab::rdfs::LABEL {
///         terms.push(triple.subject.to_string());
///     }
/// });
/// assert!(terms.contains(&vocab::fl::EVIDENCE.to_string()));
/// ```
pub fn write_own_terms(emit: &mut dyn FnMut(TripleRef<'_>)) {
    TRIPLES.iter().for_each(|triple| emit(triple.as_ref()));
}

/// Whether a triple is one of these definitions.
pub(crate) fn defines_own_term(triple: &Triple) -> bool {
    let namespace = vocab::fl::NAMESPACE.trim_end_matches('#');
    let is_own = |subject: &NamedOrBlankNode| matches!(subject, NamedOrBlankNode::NamedNode(node) if node.as_str().starts_with(namespace));
    is_own(&triple.subject) && TRIPLES.contains(triple)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::Term;
    use std::collections::BTreeSet;

    fn subjects_with(predicate: oxigraph::model::NamedNodeRef<'_>) -> BTreeSet<String> {
        TRIPLES.iter().filter(|triple| triple.predicate == predicate).map(|triple| triple.subject.to_string()).collect()
    }

    #[test]
    fn each_term_is_defined_once_with_a_type_a_label_and_a_comment() {
        let terms: BTreeSet<String> = vocab::fl::TERMS.iter().map(ToString::to_string).collect();
        assert_eq!(terms.len(), vocab::fl::TERMS.len());
        let ontology = format!("<{}>", vocab::fl::NAMESPACE.trim_end_matches('#'));
        for predicate in [vocab::rdf::TYPE, vocab::rdfs::LABEL, vocab::rdfs::COMMENT] {
            let mut subjects = subjects_with(predicate);
            assert!(subjects.remove(&ontology));
            assert_eq!(subjects, terms, "{predicate}");
            assert_eq!(TRIPLES.iter().filter(|triple| triple.predicate == predicate).count(), terms.len() + 1);
        }
    }

    #[test]
    fn each_predicate_has_a_domain_and_domains_and_ranges_are_defined() {
        let is_property = |triple: &&Triple| {
            let class = [vocab::owl::OBJECT_PROPERTY, vocab::owl::DATATYPE_PROPERTY];
            matches!(&triple.object, Term::NamedNode(node) if class.contains(&node.as_ref()))
        };
        let properties: BTreeSet<String> = TRIPLES.iter().filter(is_property).map(|t| t.subject.to_string()).collect();
        assert_eq!(subjects_with(vocab::rdfs::DOMAIN), properties);
        let classes = subjects_with(vocab::rdf::TYPE);
        let own = |term: &Term| term.to_string().contains(vocab::fl::NAMESPACE);
        for triple in TRIPLES.iter().filter(|triple| own(&triple.object)) {
            assert!(classes.contains(&triple.object.to_string()), "{triple}");
        }
        assert!(TRIPLES.iter().all(|triple| matches!(triple.subject, NamedOrBlankNode::NamedNode(_))));
    }
}
