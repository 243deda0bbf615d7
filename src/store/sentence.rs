//! From a sentence of labels to the triples that it may mean.

use super::{FindError, Labels, StoreError};
use crate::dataset::Vocabulary;
use crate::diagnostic::closest;
use crate::model::vocab;
use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// Why a sentence means no triple.
#[derive(Debug, thiserror::Error)]
pub enum SentenceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No predicate's label stands in it; the nearest one, where one is near.
    #[error("no predicate of the vocabulary is named in “{0}”")]
    NoPredicate(String, Option<String>),
    /// What stands before or behind the predicate is no entity.
    #[error("no entity is called “{name}”")]
    NoEntity {
        /// What stands there.
        name: String,
        /// The nearest name, where one is near.
        near: Option<String>,
    },
    /// It may mean several triples, of which none or more than one is in the graph or claimed.
    #[error("the sentence may mean several statements")]
    Several(Vec<Triple>),
}

/// A way of cutting a sentence: what stands before the predicate, the predicate, and what stands behind it.
struct Cut {
    subject: String,
    predicate: NamedNode,
    object: String,
}

impl Labels<'_> {
    /// The triple that a sentence says: the label or an alias of an entity, the label of a predicate, and that of another entity
    /// or the text of a literal; in any letter case and any language.
    ///
    /// Of several meanings the one counts that a statement has. Goes through all labels once.
    ///
    /// # Errors
    ///
    /// Where the sentence means no triple, or several. Where the store fails.
    ///
    /// ```
    /// use factloom::store::Labels;
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let labels = Labels::new(&store, "en");
    /// let triple = labels.parse_sentence("ussr HELPED BUILD psm", &dataset.vocabulary)?;
    /// assert_eq!(labels.sentence(&triple)?, "Soviet Union helped build Pakistan Steel Mills");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_sentence(&self, sentence: &str, vocabulary: &Vocabulary) -> Result<Triple, SentenceError> {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let cuts = self.cuts(&words, vocabulary)?;
        if cuts.is_empty() {
            return Err(self.without_predicate(sentence, &words, vocabulary)?);
        }
        let wanted = cuts.iter().flat_map(|cut| [cut.subject.as_str(), cut.object.as_str()]);
        let called = self.called(&wanted.collect())?;
        let mut meant: Vec<Triple> = Vec::new();
        for Cut { subject, predicate, object } in &cuts {
            for iri in called.get(subject.as_str()).into_iter().flatten() {
                let ends = called.get(object.as_str()).into_iter().flatten().cloned().map(Term::from);
                let literals = self.literals(iri, predicate, object)?;
                let triple = |end| Triple::new(iri.clone(), predicate.clone(), end);
                meant.extend(ends.chain(literals).map(triple));
            }
        }
        meant.sort_by_cached_key(ToString::to_string);
        meant.dedup();
        match meant.len() {
            0 => Err(self.without_entity(&cuts, &called)?),
            1 => Ok(meant.remove(0)),
            _ => {
                let mut said = Vec::new();
                for triple in &meant {
                    if self.store().contains(triple.as_ref())? || !self.store().statements_of_triple(triple)?.is_empty()
                    {
                        said.push(triple.clone());
                    }
                }
                match said.len() {
                    1 => Ok(said.remove(0)),
                    0 => Err(SentenceError::Several(meant)),
                    _ => Err(SentenceError::Several(said)),
                }
            }
        }
    }

    /// The ways of cutting words where the label of a predicate stands in them.
    fn cuts(&self, words: &[&str], vocabulary: &Vocabulary) -> Result<Vec<Cut>, StoreError> {
        let folded: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let mut cuts = Vec::new();
        for (predicate, names) in self.verbs(vocabulary)? {
            for name in names {
                let verb: Vec<String> = name.to_lowercase().split_whitespace().map(str::to_owned).collect();
                let last = folded.len().saturating_sub(verb.len());
                for at in (1..last).filter(|at| !verb.is_empty() && folded[*at..].starts_with(&verb)) {
                    let (subject, object) = (folded[..at].join(" "), folded[at + verb.len()..].join(" "));
                    cuts.push(Cut { subject, predicate: predicate.clone(), object });
                }
            }
        }
        Ok(cuts)
    }

    /// What each predicate is called: its labels, and its local name.
    fn verbs(&self, vocabulary: &Vocabulary) -> Result<Vec<(NamedNode, BTreeSet<String>)>, StoreError> {
        let own = vocabulary.predicates().map(|predicate| predicate.iri.clone());
        let standard = super::labels::STANDARD.iter().map(|(iri, _)| NamedNode::from(*iri));
        let all = own.chain(standard).map(|iri| {
            let mut names = BTreeSet::from([self.name(&iri)?.to_string()]);
            names.insert(crate::dataset::local_name(iri.as_str()).to_owned());
            for label in self.store().objects(iri.as_ref(), vocab::rdfs::LABEL)? {
                if let Term::Literal(label) = label {
                    names.insert(label.value().to_owned());
                }
            }
            Ok((iri, names))
        });
        all.collect()
    }

    /// What is called by each of some names, in small letters: entities and classes by their ids, labels and aliases.
    fn called<'b>(&self, wanted: &BTreeSet<&'b str>) -> Result<BTreeMap<&'b str, BTreeSet<NamedNode>>, StoreError> {
        let mut called: BTreeMap<&str, BTreeSet<NamedNode>> = BTreeMap::new();
        for name in wanted {
            if let Some(iri) = self.with_id(name)? {
                called.entry(*name).or_default().insert(iri);
            }
        }
        for predicate in [vocab::rdfs::LABEL, vocab::skos::ALT_LABEL] {
            for triple in self.store().triples_with_predicate(predicate)? {
                if let (NamedOrBlankNode::NamedNode(iri), Term::Literal(label)) = (triple.subject, &triple.object)
                    && let Some(name) = wanted.get(folded(label).as_str())
                {
                    called.entry(*name).or_default().insert(iri);
                }
            }
        }
        Ok(called)
    }

    /// The literals that a subject and a predicate lead to, whose text is the one given, in any letter case.
    fn literals(&self, subject: &NamedNode, predicate: &NamedNode, text: &str) -> Result<Vec<Term>, StoreError> {
        let mut found: Vec<Term> = self.store().objects(subject.as_ref(), predicate.as_ref())?;
        for statement in self.store().statements_of(subject)? {
            if statement.triple.predicate == *predicate && statement.triple.subject == subject.clone().into() {
                found.push(statement.triple.object);
            }
        }
        let bare = text.trim_matches(['"', '“', '”']);
        found.retain(|term| matches!(term, Term::Literal(literal) if folded(literal) == bare));
        Ok(found)
    }

    fn without_predicate(
        &self,
        sentence: &str,
        words: &[&str],
        vocabulary: &Vocabulary,
    ) -> Result<SentenceError, StoreError> {
        let verbs: Vec<String> = self.verbs(vocabulary)?.into_iter().flat_map(|(_, names)| names).collect();
        let mut near = None;
        'all: for length in (1..=words.len()).rev() {
            for run in words.windows(length) {
                if let Some(verb) = closest(&run.join(" "), verbs.iter().map(String::as_str)) {
                    near = Some(verb.to_owned());
                    break 'all;
                }
            }
        }
        Ok(SentenceError::NoPredicate(sentence.to_owned(), near))
    }

    /// The first name that stands for nothing, of the cut with the longest names known.
    fn without_entity(
        &self,
        cuts: &[Cut],
        called: &BTreeMap<&str, BTreeSet<NamedNode>>,
    ) -> Result<SentenceError, StoreError> {
        let known = |name: &str| if called.contains_key(name) { name.len() } else { 0 };
        let best = cuts.iter().max_by_key(|cut| known(&cut.subject).max(known(&cut.object)));
        let name = best.map_or("", |cut| match called.contains_key(cut.subject.as_str()) {
            true => &cut.object,
            false => &cut.subject,
        });
        let near = match self.find(name) {
            Err(FindError::Unknown(near)) => near,
            Err(FindError::Store(e)) => return Err(e),
            _ => None,
        };
        Ok(SentenceError::NoEntity { name: name.to_owned(), near })
    }
}

fn folded(label: &Literal) -> String {
    label.value().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
