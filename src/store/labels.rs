//! Labels of entities and predicates.

use super::{Store, StoreError};
use crate::diagnostic::closest_or_longer;
use crate::model::{ClaimStatus, EntityId, Namespaces, literal_text, local_name, nfc, vocab};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// Labels of standard terms that vocabularies use without a label.
pub(super) const STANDARD: [(NamedNodeRef<'static>, &str); 6] = [
    (vocab::rdf::TYPE, "is a"),
    (vocab::rdfs::SUB_CLASS_OF, "is a kind of"),
    (vocab::rdfs::SUB_PROPERTY_OF, "is a kind of"),
    (vocab::rdfs::DOMAIN, "has the domain"),
    (vocab::rdfs::RANGE, "has the range"),
    (vocab::owl::INVERSE_OF, "is the inverse of"),
];

/// The most labels that are cached. A full cache is cleared, so that memory does not grow with the results.
const MAX_CACHED: usize = 4096;

/// Why no entity was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Several entities have this label or alias: their ids, sorted.
    #[error("several entities have this label or alias")]
    Several(Vec<String>),
    /// No entity has this id, label or alias; with a suggestion.
    #[error("unknown entity")]
    Unknown(Option<String>),
}

/// The labels of a graph, one for each term, in a preferred language. Labels are looked up when needed, and cached.
///
/// ```
/// use factloom::store::Labels;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, "ru");
/// let russia = dataset.namespaces.entity(&dataset.entity("russia").unwrap().id);
/// assert_eq!(&*labels.name(&russia)?, "Россия");
/// assert_eq!(labels.find("россия")?, russia);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    store: &'a Store,
    language: String,
    cached: Arc<RwLock<HashMap<NamedNode, Option<Arc<str>>>>>,
}

impl<'a> Labels<'a> {
    /// The labels of a store. If a term has several labels, one in `language` comes first, then one without a language tag, then
    /// one in the language of the dataset, then the first by language and text.
    pub fn new(store: &'a Store, language: &str) -> Self {
        Self { store, language: language.to_lowercase(), cached: Arc::default() }
    }

    /// The namespaces of the store.
    pub fn namespaces(&self) -> &'a Namespaces {
        self.store.namespaces()
    }

    /// The store.
    pub fn store(&self) -> &'a Store {
        self.store
    }

    /// The label of a term, if it has one.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn get(&self, iri: &NamedNode) -> Result<Option<Arc<str>>, StoreError> {
        if let Some(known) = self.cached.read().unwrap_or_else(PoisonError::into_inner).get(iri) {
            return Ok(known.clone());
        }
        let labels = self.store.objects(iri.as_ref(), vocab::rdfs::LABEL)?;
        let ranked = labels.iter().filter_map(|label| match label {
            Term::Literal(label) => {
                let tag = label.language().unwrap_or_default();
                let rank = match tag {
                    tag if tag == self.language => 0,
                    "" => 1,
                    tag if tag.eq_ignore_ascii_case(&self.store.metadata().language) => 2,
                    _ => 3,
                };
                Some((rank, tag, label.value()))
            }
            _ => None,
        });
        let best = ranked.min().map(|(_, _, label)| Arc::from(label));
        let mut known = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_CACHED {
            known.clear();
        }
        known.insert(iri.clone(), best.clone());
        Ok(best)
    }

    /// The label of a term, or the label of a standard term, or the last part of the IRI.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn name(&self, iri: &NamedNode) -> Result<Arc<str>, StoreError> {
        let standard = || STANDARD.iter().find(|(term, _)| *term == iri.as_ref()).map(|(_, name)| *name);
        Ok(self.get(iri)?.unwrap_or_else(|| standard().unwrap_or_else(|| local_name(iri.as_str())).into()))
    }

    /// A claim's status in human-readable form: the name of a built-in one, or the label of a declared one.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn status(&self, status: &ClaimStatus) -> Result<Cow<'static, str>, StoreError> {
        match status {
            ClaimStatus::BuiltIn(status) => Ok(Cow::Borrowed(status.as_str())),
            ClaimStatus::Declared(id) => Ok(Cow::Owned(self.name(&self.namespaces().status(id))?.to_string())),
        }
    }

    /// A term in human-readable form: the label of an IRI, the value of a literal (a time of EDTF in words), or a triple as a
    /// sentence.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn term(&self, term: &Term) -> Result<String, StoreError> {
        match term {
            Term::NamedNode(iri) => Ok(self.name(iri)?.to_string()),
            Term::BlankNode(blank) => Ok(blank.to_string()),
            Term::Literal(literal) => Ok(literal_text(literal).into_owned()),
            Term::Triple(triple) => self.sentence(triple),
        }
    }

    /// A triple as a sentence: the labels of subject, predicate and object.
    ///
    /// # Errors
    ///
    /// Returns an error if the store fails.
    pub fn sentence(&self, triple: &Triple) -> Result<String, StoreError> {
        let subject = match &triple.subject {
            NamedOrBlankNode::NamedNode(iri) => self.name(iri)?,
            NamedOrBlankNode::BlankNode(blank) => blank.to_string().into(),
        };
        Ok(format!("{subject} {} {}", self.name(&triple.predicate)?, self.term(&triple.object)?))
    }

    /// The entity with an id, a prefixed name, an IRI, a label or an alias, in any Unicode normalization form. Labels and aliases match in any
    /// letter case and language.
    ///
    /// An id or an IRI is looked up, whereas finding a label scans all labels, and finding an alias scans all aliases as well.
    ///
    /// # Errors
    ///
    /// Returns an error if no entity matches or several do, or if the store fails.
    pub fn find(&self, name: &str) -> Result<NamedNode, FindError> {
        let name = &*nfc(name);
        if let Some(iri) = self.find_by_id(name)? {
            return Ok(iri);
        }
        let folded = fold_name(name);
        let mut found: BTreeSet<NamedNode> = BTreeSet::new();
        for predicate in [vocab::rdfs::LABEL, vocab::skos::ALT_LABEL] {
            for (iri, label) in self.names_by(predicate)? {
                if fold_name(label.value()) == folded && self.is_entity(&iri)? {
                    found.insert(iri);
                }
            }
            // A label takes precedence over an alias.
            if !found.is_empty() {
                break;
            }
        }
        let id = |iri: &NamedNode| self.store.namespaces().entity_id(iri.as_ref()).map(|id| id.to_string());
        match found.len() {
            0 => {
                let mut names = BTreeSet::new();
                for predicate in [vocab::rdfs::LABEL, vocab::skos::ALT_LABEL] {
                    for (iri, label) in self.names_by(predicate)? {
                        names.extend(id(&iri).into_iter().flat_map(|id| [id, label.value().to_owned()]));
                    }
                }
                Err(FindError::Unknown(closest_or_longer(name, names.iter().map(String::as_str)).map(str::to_owned)))
            }
            1 => Ok(found.pop_first().expect("there is one")),
            _ => Err(FindError::Several(found.iter().filter_map(id).collect())),
        }
    }

    /// The IRIs with the labels or aliases that a predicate gives them.
    pub(crate) fn names_by(
        &self,
        predicate: NamedNodeRef<'_>,
    ) -> Result<impl Iterator<Item = (NamedNode, Literal)>, StoreError> {
        let triples = self.store.triples_with_predicate(predicate)?.into_iter();
        Ok(triples.filter_map(|triple| match (triple.subject, triple.object) {
            (NamedOrBlankNode::NamedNode(iri), Term::Literal(name)) => Some((iri, name)),
            _ => None,
        }))
    }

    /// The entity with an id, a prefixed name or an IRI.
    pub(super) fn find_by_id(&self, name: &str) -> Result<Option<NamedNode>, StoreError> {
        let namespaces = self.store.namespaces();
        let by_id = EntityId::new(&nfc(name)).ok().map(|id| namespaces.entity(&id));
        for iri in by_id.into_iter().chain(namespaces.resolve(name).ok()) {
            if self.is_entity(&iri)? {
                return Ok(Some(iri));
            }
        }
        Ok(None)
    }

    /// Whether an IRI is in the namespace of entities, and has a class or is mentioned by a statement.
    pub(super) fn is_entity(&self, iri: &NamedNode) -> Result<bool, StoreError> {
        Ok(self.store.namespaces().entity_id(iri.as_ref()).is_some()
            && (!self.store.objects(iri.as_ref(), vocab::rdf::TYPE)?.is_empty()
                || !self.store.statements_of(iri)?.is_empty()))
    }
}

/// A name without distinctions that do not matter in an argument: letter case and Unicode normalization form.
pub(crate) fn fold_name(name: &str) -> String {
    nfc(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_of_labels_is_bounded() {
        let mut store = Store::in_memory(Namespaces::standard()).unwrap();
        let node = |n: usize| NamedNode::new_unchecked(format!("http://e.org/{n}"));
        let label = |n: usize| Triple::new(node(n), vocab::rdfs::LABEL, Literal::from(format!("thing {n}")));
        store.load((0..10).map(label)).unwrap();
        let labels = Labels::new(&store, "en");
        for n in (0..3 * MAX_CACHED).chain(0..10) {
            let expected = (n < 10).then(|| format!("thing {n}"));
            assert_eq!(labels.get(&node(n)).unwrap().as_deref(), expected.as_deref());
            assert!(labels.cached.read().unwrap().len() <= MAX_CACHED);
        }
    }
}
