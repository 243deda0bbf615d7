//! Finds entities, terms of the vocabulary, sources and quotes by words.

mod json;
mod spelling;
mod text;

pub use json::search_json;
pub use spelling::Correction;
pub use text::search_text;

use crate::check::comparable_words;
use crate::model::{SourceId, StatementId, choices, vocab};
use crate::store::{Store, StoreError};
use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use spelling::Misspelt;
use std::cmp::Reverse;
use std::collections::HashSet;

choices!(
    /// What the words were found in.
    SearchField {
        /// A label in any language.
        Label "label",
        /// An alias.
        Alias "alias",
        /// The title of a source.
        Title "title",
        /// A quote.
        Quote "quote",
        /// A note about an entity or about evidence.
        Note "note",
    }
);

/// What has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An entity.
    Entity(NamedNode),
    /// A class or a predicate of the vocabulary, a rule or a status.
    Term(NamedNode),
    /// A source.
    Source(SourceId),
    /// The statements with a piece of evidence, sorted by id.
    Statements(Vec<StatementId>),
}

/// A result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// What was found.
    pub found: Found,
    /// The field with most of the words.
    pub field: SearchField,
    /// The text of the field.
    pub text: String,
    /// The words of the text that were found in place of words that occur nowhere.
    pub corrections: Vec<Correction>,
}

/// The results of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchResults {
    /// The best results, in order.
    pub hits: Vec<SearchHit>,
    /// How many more there are.
    pub more: usize,
    /// The words of the search, as they are written, for which neither they nor similar ones were found.
    pub unknown: Vec<String>,
}

/// The fields that are searched: the predicates of their texts, and their weights.
const FIELDS: [(NamedNodeRef<'static>, SearchField, u64); 6] = [
    (vocab::rdfs::LABEL, SearchField::Label, 8),
    (vocab::skos::ALT_LABEL, SearchField::Alias, 7),
    (vocab::dcterms::TITLE, SearchField::Title, 5),
    (vocab::oa::EXACT, SearchField::Quote, 3),
    (vocab::skos::NOTE, SearchField::Note, 2),
    (vocab::fl::NOTE, SearchField::Note, 2),
];

/// The most words of a search; further ones are ignored.
const MAX_WORDS: usize = 32;

/// How well a word of a search matches a word of a text.
const SAME: u64 = 10;
const PREFIX: u64 = 7;

/// The fewest letters of a word that is searched for as the beginning of others.
const MIN_PREFIX: usize = 3;

/// A text with some of the words.
struct Candidate {
    subject: NamedNode,
    field: SearchField,
    weight: u64,
    text: String,
    words: usize,
    /// How well each word of the search matches.
    matches: Vec<u64>,
}

impl Candidate {
    fn matched(&self) -> usize {
        self.matches.iter().filter(|quality| **quality > 0).count()
    }

    /// The sum over the words of their matches and of how rare they are. It is higher if the text has no other words.
    fn score(&self, rarity: &[u64]) -> u64 {
        let sum: u64 = self.matches.iter().zip(rarity).map(|(quality, rarity)| quality * rarity).sum();
        let whole = if self.matched() >= self.words { 3 } else { 2 };
        self.weight * sum * whole
    }
}

/// The entities, terms, sources and quotes that have some of the words, at most `limit`: those with most of them first, then those with rarer words, in
/// better matches and in more important fields. Of each, its best field counts.
///
/// Words match in any letter case and without diacritics, also as the beginnings of longer words. A word that occurs nowhere is taken as a
/// misspelling of similar ones, which the results name. Takes time linear in the labels, quotes and notes, for each word.
///
/// # Errors
///
/// Returns an error if the store fails.
///
/// ```
/// use factloom::report::{Found, search};
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let hits = search(&store, "pakistan stel mills", 10)?.hits;
/// let mill = dataset.namespaces.entity(&dataset.entity("pakistan-steel-mills").unwrap().id);
/// assert_eq!(hits[0].found, Found::Entity(mill));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn search(store: &Store, written: &str, limit: usize) -> Result<SearchResults, StoreError> {
    let mut words = comparable_words(written);
    words.truncate(MAX_WORDS);
    words.sort();
    words.dedup();
    let mut candidates = candidates(store, &|text| {
        words.iter().map(|word| text.iter().map(|other| exact_match(word, other)).max().unwrap_or(0)).collect()
    })?;
    let is_found = |number: usize| candidates.iter().any(|candidate| candidate.matches[number] > 0);
    let misspelt: Vec<Option<Misspelt>> =
        (0..words.len()).map(|number| (!is_found(number)).then(|| Misspelt::new(&words[number], written))).collect();
    if misspelt.iter().any(Option::is_some) {
        candidates = self::candidates(store, &|text| {
            let quality = |(word, misspelt): (&String, &Option<Misspelt>)| match misspelt {
                Some(misspelt) => text.iter().map(|other| misspelt.matches(other)).max().unwrap_or(0),
                None => text.iter().map(|other| exact_match(word, other)).max().unwrap_or(0),
            };
            words.iter().zip(&misspelt).map(quality).collect()
        })?;
    }
    let is_unknown = |number: usize| candidates.iter().all(|candidate| candidate.matches[number] == 0);
    let all = misspelt.iter().enumerate();
    let unknown = all.filter_map(|(number, word)| word.as_ref().filter(|_| is_unknown(number)));
    let unknown = unknown.map(|word| word.written().to_owned()).collect();
    let rarity: Vec<u64> = (0..words.len())
        .map(|number| {
            let texts = candidates.iter().filter(|candidate| candidate.matches[number] > 0).count().max(1);
            1 + u64::from((candidates.len() / texts).max(1).ilog2())
        })
        .collect();
    candidates.sort_by_cached_key(|candidate| {
        let Candidate { subject, text, .. } = candidate;
        let best = (candidate.matched(), candidate.score(&rarity));
        (Reverse(best), text.len(), subject.as_str().to_owned(), text.clone())
    });
    let misspelt: Vec<Misspelt> = misspelt.into_iter().flatten().collect();
    let (hits, more) = hits(store, candidates, &misspelt, limit)?;
    Ok(SearchResults { hits, more, unknown })
}

/// How well a word matches another.
fn exact_match(word: &str, other: &str) -> u64 {
    match other.strip_prefix(word) {
        Some("") => SAME,
        Some(_) if word.chars().nth(MIN_PREFIX - 1).is_some() => PREFIX,
        _ => 0,
    }
}

/// The texts with some of the words. `matches` compares the words of a text with those of the search.
fn candidates(store: &Store, matches: &dyn Fn(&[String]) -> Vec<u64>) -> Result<Vec<Candidate>, StoreError> {
    let mut candidates = Vec::new();
    for (predicate, field, weight) in FIELDS {
        for triple in store.triples_with_predicate(predicate)? {
            let (NamedOrBlankNode::NamedNode(subject), Term::Literal(text)) = (triple.subject, triple.object) else {
                continue;
            };
            let words = comparable_words(text.value());
            let matches = matches(&words);
            if matches.iter().any(|quality| *quality > 0) {
                let text = text.value().to_owned();
                candidates.push(Candidate { subject, field, weight, text, words: words.len(), matches });
            }
        }
    }
    Ok(candidates)
}

/// The best candidate of each subject, at most `limit`, and the number of the others.
fn hits(
    store: &Store,
    candidates: Vec<Candidate>,
    misspelt: &[Misspelt],
    limit: usize,
) -> Result<(Vec<SearchHit>, usize), StoreError> {
    let namespaces = store.namespaces();
    let mut seen = HashSet::new();
    let (mut hits, mut more) = (Vec::new(), 0);
    for Candidate { subject, field, text, .. } in candidates {
        if !seen.insert(subject.clone()) {
            continue;
        }
        if hits.len() == limit {
            more += 1;
            continue;
        }
        let found = if namespaces.entity_id(subject.as_ref()).is_some() {
            Found::Entity(subject)
        } else if let Some(source) = namespaces.source_id(subject.as_ref()) {
            Found::Source(source)
        } else if namespaces.evidence_id(subject.as_ref()).is_some() {
            Found::Statements(statements_with(store, &subject)?)
        } else {
            Found::Term(subject)
        };
        let corrections = misspelt.iter().filter_map(|word| word.correction(&text)).collect();
        hits.push(SearchHit { found, field, text, corrections });
    }
    Ok((hits, more))
}

/// The statements with a piece of evidence, sorted by id.
fn statements_with(store: &Store, evidence: &NamedNode) -> Result<Vec<StatementId>, StoreError> {
    let subjects = store.subjects(vocab::fl::EVIDENCE, evidence.into())?.into_iter();
    let mut ids: Vec<StatementId> = subjects
        .filter_map(|subject| match subject {
            NamedOrBlankNode::NamedNode(statement) => store.namespaces().statement_id(statement.as_ref()),
            NamedOrBlankNode::BlankNode(_) => None,
        })
        .collect();
    ids.sort();
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &str) -> Vec<(SearchField, String)> {
        let (_, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        search(&store, words, usize::MAX).unwrap().hits.into_iter().map(|hit| (hit.field, hit.text)).collect()
    }

    #[test]
    fn a_label_precedes_a_quote_with_the_same_words() {
        let hits = found("steel mills");
        assert_eq!(hits[0], (SearchField::Label, "Pakistan Steel Mills".to_owned()));
        assert!(hits.iter().any(|(field, text)| *field == SearchField::Quote && text.contains("Steel Mills")));
    }

    #[test]
    fn words_match_without_case_and_diacritics_as_beginnings_and_with_errors() {
        for words in ["PAKISTAN STEEL MILLS", "Pākistān mills", "paki stee mill", "pakistan stell mlils"] {
            assert_eq!(found(words)[0].1, "Pakistan Steel Mills", "{words}");
        }
        assert_eq!(found("россия")[0].0, SearchField::Label);
        assert!(found("xyzzy").is_empty() && found("…").is_empty() && found("").is_empty());
    }

    #[test]
    fn texts_with_more_of_the_words_come_first() {
        let hits = found("machinery gathering rust mills");
        assert!(hits[0].1.contains("rust"), "{hits:?}");
    }

    #[test]
    fn results_beyond_the_limit_are_counted() {
        let (_, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let all = search(&store, "steel", usize::MAX).unwrap();
        let SearchResults { hits, more, unknown } = search(&store, "steel", 2).unwrap();
        assert!(unknown.is_empty());
        assert_eq!((&hits[..], more), (&all.hits[..2], all.hits.len() - 2));
    }

    #[test]
    fn results_name_the_words_in_place_of_misspelt_ones() {
        let (_, store) = crate::build(crate::dataset::DatasetRoot::Bundled(crate::BUNDLED)).unwrap();
        let SearchResults { hits, unknown, .. } = search(&store, "Karachy xyzzy", 5).unwrap();
        let correction = Correction { word: "Karachy".to_owned(), replacement: "Karachi".to_owned() };
        assert_eq!((&hits[0].corrections[..], &unknown[..]), (&[correction][..], &["xyzzy".to_owned()][..]));
        assert!(search(&store, "Karachi", 5).unwrap().hits.iter().all(|hit| hit.corrections.is_empty()));
    }

    #[test]
    fn a_known_word_has_no_misspellings() {
        assert!(found("rust").iter().all(|(_, text)| text.to_lowercase().contains("rust")));
    }
}
