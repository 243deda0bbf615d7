//! Parsing a sentence of labels into the triple that it means.

use super::labels::fold_name;
use super::{FindError, Labels, StoreError};
use crate::diagnostic::closest;
use crate::model::{literal_text, local_name, nfc, vocab};
use oxigraph::model::{Literal, NamedNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// Why a sentence cannot be parsed.
#[derive(Debug, thiserror::Error)]
pub enum SentenceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sentence does not contain the label of a predicate. With a suggestion.
    #[error("no predicate in “{0}”")]
    NoPredicate(String, Option<String>),
    /// The sentence begins or ends with the label of a predicate.
    #[error("no {part} in “{sentence}”")]
    Incomplete {
        /// The sentence.
        sentence: String,
        /// The label as written in the sentence.
        predicate: String,
        /// What is missing: `subject` or `object`.
        part: &'static str,
    },
    /// The words before or after the predicate are not the name of an entity.
    #[error("unknown entity “{name}”")]
    NoEntity {
        /// The words.
        name: String,
        /// A similar id or label.
        suggestion: Option<String>,
    },
    /// The sentence can mean several triples, and not exactly one of them has a statement.
    #[error("the sentence is ambiguous")]
    Ambiguous(Vec<Triple>),
}

/// A way to split a sentence at a predicate.
struct Split {
    subject: String,
    predicate: NamedNode,
    object: String,
}

/// The predicates with their labels and their local names.
type PredicateLabels = Vec<(NamedNode, BTreeSet<String>)>;

/// The entities and classes with each id, label or alias, in lower case.
type NamedEntities<'a> = BTreeMap<&'a str, BTreeSet<NamedNode>>;

impl Labels<'_> {
    /// The triple that a sentence means: the label or an alias of an entity, the label of a predicate, and another entity or the
    /// value of a literal, in any letter case and language.
    ///
    /// If the sentence has several meanings, the one that has a statement is returned. Scans all labels once.
    ///
    /// # Errors
    ///
    /// Returns an error if the sentence has no meaning or is ambiguous, or if the store fails.
    ///
    /// ```
    /// use factloom::store::Labels;
    ///
    /// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
    /// let labels = Labels::new(&store, "en");
    /// let triple = labels.parse_sentence("ussr HELPED BUILD psm", dataset.vocabulary.predicate_iris())?;
    /// assert_eq!(labels.sentence(&triple)?, "Soviet Union helped build Pakistan Steel Mills");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_sentence(
        &self,
        sentence: &str,
        predicates: impl IntoIterator<Item = NamedNode>,
    ) -> Result<Triple, SentenceError> {
        let normalized = nfc(sentence);
        let words: Vec<&str> = normalized.split_whitespace().collect();
        let predicates = self.predicate_labels(predicates)?;
        let splits = splits(&words, &predicates);
        if splits.is_empty() {
            return Err(incomplete_error(sentence, &words, &predicates, 0)
                .unwrap_or_else(|| missing_predicate_error(sentence, &words, &predicates)));
        }
        let names = splits.iter().flat_map(|split| [split.subject.as_str(), split.object.as_str()]);
        let entities = self.entities_named(&names.collect())?;
        let mut candidates: Vec<Triple> = Vec::new();
        for Split { subject, predicate, object } in &splits {
            for iri in entities.get(subject.as_str()).into_iter().flatten() {
                let objects = entities.get(object.as_str()).into_iter().flatten().cloned().map(Term::from);
                let literals = self.literals(iri, predicate, object)?;
                let triple = |object| Triple::new(iri.clone(), predicate.clone(), object);
                candidates.extend(objects.chain(literals).map(triple));
            }
        }
        candidates.sort_by_cached_key(ToString::to_string);
        candidates.dedup();
        if candidates.len() > 1 {
            let mut stated = Vec::new();
            for triple in &candidates {
                if self.store().contains(triple.as_ref())? || !self.store().statement_ids_of_triple(triple)?.is_empty()
                {
                    stated.push(triple.clone());
                }
            }
            candidates = if stated.is_empty() { candidates } else { stated };
        }
        match candidates.len() {
            0 => {
                let words_of = |split: &Split| split.subject.split(' ').count() + split.object.split(' ').count();
                let longest = splits.iter().map(|split| words.len() - words_of(split)).max().unwrap_or(0);
                match incomplete_error(sentence, &words, &predicates, longest) {
                    Some(error) => Err(error),
                    None => Err(self.unknown_entity_error(&splits, &entities)?),
                }
            }
            1 => Ok(candidates.remove(0)),
            _ => Err(SentenceError::Ambiguous(candidates)),
        }
    }

    /// The predicates with their labels and their local names.
    fn predicate_labels(&self, predicates: impl IntoIterator<Item = NamedNode>) -> Result<PredicateLabels, StoreError> {
        let standard = super::labels::STANDARD.iter().map(|(iri, _)| NamedNode::from(*iri));
        let all = predicates.into_iter().chain(standard).map(|iri| {
            let mut labels = BTreeSet::from([self.name(&iri)?.to_string()]);
            labels.insert(local_name(iri.as_str()).to_owned());
            for label in self.store().objects(iri.as_ref(), vocab::rdfs::LABEL)? {
                if let Term::Literal(label) = label {
                    labels.insert(label.value().to_owned());
                }
            }
            Ok((iri, labels))
        });
        all.collect()
    }

    /// The entities and classes with each of some names, which are in lower case.
    fn entities_named<'b>(&self, names: &BTreeSet<&'b str>) -> Result<NamedEntities<'b>, StoreError> {
        let mut entities = NamedEntities::new();
        for name in names {
            if let Some(iri) = self.find_by_id(name)? {
                entities.entry(*name).or_default().insert(iri);
            }
        }
        for predicate in [vocab::rdfs::LABEL, vocab::skos::ALT_LABEL] {
            for (iri, label) in self.names_by(predicate)? {
                if let Some(name) = names.get(normalized(&label).as_str()) {
                    entities.entry(*name).or_default().insert(iri);
                }
            }
        }
        Ok(entities)
    }

    /// The literals that a subject has for a predicate in the graph or in a statement, and that have a value, in any letter case. A
    /// time may also be in words.
    fn literals(&self, subject: &NamedNode, predicate: &NamedNode, value: &str) -> Result<Vec<Term>, StoreError> {
        let mut literals = self.store().objects(subject.as_ref(), predicate.as_ref())?;
        for statement in self.store().statements_of(subject)? {
            if statement.triple.predicate == *predicate && statement.triple.subject == subject.clone().into() {
                literals.push(statement.triple.object);
            }
        }
        let value = value.trim_matches(['"', '“', '”']);
        let has_value =
            |literal: &Literal| normalized(literal) == value || literal_text(literal).to_lowercase() == value;
        literals.retain(|term| matches!(term, Term::Literal(literal) if has_value(literal)));
        Ok(literals)
    }

    /// The error for the first unknown name of the split with the longest known name.
    fn unknown_entity_error(&self, splits: &[Split], known: &NamedEntities<'_>) -> Result<SentenceError, StoreError> {
        let is_known = |name: &str| known.contains_key(name);
        let known_length = |name: &String| if is_known(name) { name.len() } else { 0 };
        let best = splits.iter().max_by_key(|split| known_length(&split.subject).max(known_length(&split.object)));
        let name = best.map_or("", |split| if is_known(&split.subject) { &split.object } else { &split.subject });
        let suggestion = match self.find(name) {
            Err(FindError::Unknown(suggestion)) => suggestion,
            Err(FindError::Store(e)) => return Err(e),
            _ => None,
        };
        Ok(SentenceError::NoEntity { name: name.to_owned(), suggestion })
    }
}

/// The ways to split a sentence at the label of a predicate.
fn splits(words: &[&str], predicates: &PredicateLabels) -> Vec<Split> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let mut splits = Vec::new();
    for (predicate, labels) in predicates {
        for label in labels {
            let label: Vec<String> = fold_name(label).split_whitespace().map(str::to_owned).collect();
            let last = words.len().saturating_sub(label.len());
            for at in (1..last).filter(|at| !label.is_empty() && words[*at..].starts_with(&label)) {
                let (subject, object) = (words[..at].join(" "), words[at + label.len()..].join(" "));
                splits.push(Split { subject, predicate: predicate.clone(), object });
            }
        }
    }
    splits
}

/// The error for a sentence that begins or ends with the label of a predicate, if that has more than a number of words.
fn incomplete_error(
    sentence: &str,
    words: &[&str],
    predicates: &PredicateLabels,
    exceeded: usize,
) -> Option<SentenceError> {
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let labels = predicates.iter().flat_map(|(_, labels)| labels);
    let lengths = labels.filter_map(|label| {
        let label: Vec<String> = fold_name(label).split_whitespace().map(str::to_owned).collect();
        let part = match &lower {
            _ if label.len() <= exceeded => return None,
            lower if lower.ends_with(&label) => "object",
            lower if lower.starts_with(&label) => "subject",
            _ => return None,
        };
        Some((label.len(), part))
    });
    let (length, part) = lengths.max()?;
    let predicate = if part == "object" { &words[words.len() - length..] } else { &words[..length] };
    Some(SentenceError::Incomplete { sentence: sentence.to_owned(), predicate: predicate.join(" "), part })
}

/// The error for a sentence without predicate. Suggests the label that is similar to the most consecutive words.
fn missing_predicate_error(sentence: &str, words: &[&str], predicates: &PredicateLabels) -> SentenceError {
    let similar_label = |words: &[&str]| {
        let labels = predicates.iter().flat_map(|(_, labels)| labels.iter().map(String::as_str));
        closest(&words.join(" "), labels).map(str::to_owned)
    };
    let suggestion = (1..=words.len()).rev().find_map(|length| words.windows(length).find_map(similar_label));
    SentenceError::NoPredicate(sentence.to_owned(), suggestion)
}

fn normalized(label: &Literal) -> String {
    fold_name(label.value()).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetRoot;

    #[test]
    fn a_sentence_without_subject_or_object_is_incomplete() {
        let (dataset, store) = crate::build(DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let labels = Labels::new(&store, "en");
        for (sentence, message, label) in [
            ("ussr Helped  build", "no object in “ussr Helped  build”", "Helped build"),
            ("helped build psm", "no subject in “helped build psm”", "helped build"),
            ("helped build", "no object in “helped build”", "helped build"),
        ] {
            let error = labels.parse_sentence(sentence, dataset.vocabulary.predicate_iris()).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert!(matches!(error, SentenceError::Incomplete { predicate, .. } if predicate == label), "{sentence}");
        }
        let error = labels.parse_sentence("ussr psm", dataset.vocabulary.predicate_iris()).unwrap_err();
        assert_eq!(error.to_string(), "no predicate in “ussr psm”");
    }
}
