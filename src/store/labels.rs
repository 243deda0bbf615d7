//! What things are called.

use super::{Store, StoreError};
use crate::model::vocab;
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::HashMap;

/// Terms that vocabularies use and do not label.
const STANDARD: [(NamedNodeRef<'static>, &str); 4] = [
    (vocab::rdf::TYPE, "is a"),
    (vocab::rdfs::SUB_CLASS_OF, "is a kind of"),
    (vocab::rdfs::SUB_PROPERTY_OF, "is a kind of"),
    (vocab::owl::INVERSE_OF, "is the inverse of"),
];

/// The labels of a graph, one for each thing, in one language where there is one.
///
/// ```
/// use factloom::store::Labels;
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, "ru")?;
/// let russia = dataset.names.entity(&dataset.entity("russia").unwrap().id);
/// assert_eq!(labels.name(&russia), "Россия");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Labels {
    labels: HashMap<NamedNode, String>,
}

impl Labels {
    /// The labels of a store. Of several the one in `language` is taken, else one without a language, else the first by
    /// language and text.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    pub fn new(store: &Store, language: &str) -> Result<Self, StoreError> {
        let language = language.to_lowercase();
        let mut best: HashMap<NamedNode, (u8, String, String)> = HashMap::new();
        for triple in store.with_predicate(vocab::rdfs::LABEL)? {
            let (NamedOrBlankNode::NamedNode(subject), Term::Literal(label)) = (triple.subject, triple.object) else {
                continue;
            };
            let tag = label.language().unwrap_or_default().to_owned();
            let rank = match tag.as_str() {
                tag if tag == language => 0,
                "" => 1,
                _ => 2,
            };
            let candidate = (rank, tag, label.value().to_owned());
            best.entry(subject)
                .and_modify(|known| {
                    if candidate < *known {
                        known.clone_from(&candidate);
                    }
                })
                .or_insert(candidate);
        }
        Ok(Self { labels: best.into_iter().map(|(iri, (_, _, label))| (iri, label)).collect() })
    }

    /// The label of a thing, where it has one.
    pub fn get(&self, iri: &NamedNode) -> Option<&str> {
        self.labels.get(iri).map(String::as_str)
    }

    /// The label of a thing, or else what a term of the W3C's is called in a sentence, or else the last part of its IRI.
    pub fn name<'a>(&'a self, iri: &'a NamedNode) -> &'a str {
        let standard = || STANDARD.iter().find(|(term, _)| *term == iri.as_ref()).map(|(_, name)| *name);
        self.get(iri).or_else(standard).unwrap_or_else(|| local_name(iri.as_ref()))
    }

    /// A term as people read it: a thing's label, a literal's text, a triple as a sentence.
    pub fn term(&self, term: &Term) -> String {
        match term {
            Term::NamedNode(iri) => self.name(iri).to_owned(),
            Term::BlankNode(blank) => blank.to_string(),
            Term::Literal(literal) => literal.value().to_owned(),
            Term::Triple(triple) => self.sentence(triple),
        }
    }

    /// A triple as a sentence: the labels of subject, predicate and object.
    pub fn sentence(&self, triple: &oxigraph::model::Triple) -> String {
        let subject = match &triple.subject {
            NamedOrBlankNode::NamedNode(iri) => self.name(iri).to_owned(),
            NamedOrBlankNode::BlankNode(blank) => blank.to_string(),
        };
        format!("{subject} {} {}", self.name(&triple.predicate), self.term(&triple.object))
    }
}

fn local_name(iri: NamedNodeRef<'_>) -> &str {
    let iri = iri.as_str();
    let name = iri.rsplit(['/', '#']).find(|part| !part.is_empty());
    name.unwrap_or(iri)
}
