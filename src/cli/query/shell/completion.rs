//! Completion of the word before the cursor.

use crate::escape::terminal;
use crate::model::vocab;
use crate::model::{TokenKind, tokenize};
use crate::store::{Labels, Store, StoreError};
use oxigraph::model::{NamedNode, Term};
use oxigraph::sparql::QueryResults;
use rustyline::completion::Pair;
use std::collections::{BTreeMap, BTreeSet};

/// Completes prefixes, and the entities, predicates and classes of a graph.
#[derive(Debug, Default)]
pub(super) struct NameCompleter {
    /// Names as they are written, sorted, with labels; a prefix has its colon and no label.
    names: Vec<(String, String)>,
}

/// Larger graphs are completed without labels.
const MAX_ENTITIES: usize = 100_000;

/// In larger graphs, predicates and classes are those of the vocabulary.
const MAX_TRIPLES: usize = 5_000_000;

impl NameCompleter {
    /// Collects the names of a graph.
    pub(super) fn new(store: &Store) -> Result<Self, StoreError> {
        let entities = store.entities()?;
        let labelled = entities.len() <= MAX_ENTITIES;
        let subject = |triple: &str| triple.strip_prefix('<')?.split_once('>').map(|(iri, _)| iri.to_owned());
        let defined = store.metadata().vocabulary.iter().filter_map(|declared| subject(&declared.triple));
        let mut iris: BTreeSet<NamedNode> = defined.filter_map(|iri| NamedNode::new(iri).ok()).collect();
        if store.len()? <= MAX_TRIPLES {
            for query in ["SELECT DISTINCT ?x { ?s ?x ?o }", "SELECT DISTINCT ?x { ?s a ?x }"] {
                iris.extend(values(store, query)?);
            }
        }
        iris.extend([vocab::rdf::TYPE, vocab::rdfs::LABEL, vocab::rdf::REIFIES].map(Into::into));
        iris.extend(entities);
        let labels = Labels::new(store, &store.metadata().language);
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for iri in &iris {
            if let Some(name) = store.namespaces().compact(iri.as_ref()) {
                let label = if labelled { labels.get(iri)? } else { None };
                names.insert(name, label.map_or_else(String::new, |label| label.to_string()));
            }
        }
        names.extend(store.namespaces().prefixes().iter().map(|(prefix, _)| (format!("{prefix}:"), String::new())));
        Ok(Self { names: names.into_iter().collect() })
    }

    /// The start of the word before the cursor, and its completions: variables of the text, names that begin with it, or else
    /// names with a label that does. Ignores letter case. Linear in the names.
    pub(super) fn complete(&self, text: &str, cursor: usize) -> (usize, Vec<Pair>) {
        let before = &text[..cursor];
        let Some(last) = tokenize(before).pop().filter(|token| token.span.end == cursor) else {
            return (cursor, Vec::new());
        };
        let word = &before[last.span.clone()];
        let found = match last.kind {
            TokenKind::Variable => variables(text, last.span.start, word),
            TokenKind::Punctuation if matches!(word, "?" | "$") => variables(text, last.span.start, word),
            TokenKind::PrefixedName | TokenKind::Word => self.named(word),
            _ => Vec::new(),
        };
        (last.span.start, found)
    }

    /// The names that begin with a word, with or without their prefix, or else those with a label that does.
    fn named(&self, word: &str) -> Vec<Pair> {
        let lowercase = word.to_lowercase();
        let (prefix, beginning) = match lowercase.split_once(':') {
            Some((prefix, rest)) => (format!("{prefix}:"), rest),
            None => (String::new(), lowercase.as_str()),
        };
        let completions = |matches: &dyn Fn(&str, &str) -> bool| -> Vec<Pair> {
            let others = self.names.iter().filter(|(name, _)| name != word && name.to_lowercase().starts_with(&prefix));
            let found = others.filter(|(name, label)| matches(name, label));
            let display = |name: &str, label: &str| terminal::line(format!("{name}  {label}").trim_end());
            found.map(|(name, label)| Pair { display: display(name, label), replacement: name.clone() }).collect()
        };
        let begins = |words: &str| words.to_lowercase().starts_with(beginning);
        // Without a colon, a prefix is completed instead of its names.
        let named = completions(&|name, _| match name.split_once(':') {
            Some((prefix, "")) => !word.contains(':') && begins(prefix),
            Some((_, local)) => begins(local),
            None => false,
        });
        match named.is_empty() && !beginning.is_empty() {
            true => completions(&|_, label| begins(label)),
            false => named,
        }
    }
}

/// The IRIs in the results of a query.
fn values(store: &Store, query: &str) -> Result<Vec<NamedNode>, StoreError> {
    let mut found = Vec::new();
    let query = store.namespaces().parse_query(query).expect("the queries above are SPARQL");
    if let QueryResults::Solutions(solutions) = store.query(&query)? {
        for solution in solutions {
            if let Some(Term::NamedNode(iri)) = solution?.get("x") {
                found.push(iri.clone());
            }
        }
    }
    Ok(found)
}

/// The variables of a text that begin with a word, except the one at the cursor.
fn variables(text: &str, at: usize, word: &str) -> Vec<Pair> {
    let all = tokenize(text).into_iter().filter(|token| token.kind == TokenKind::Variable && token.span.start != at);
    let all: BTreeSet<&str> = all.map(|token| &text[token.span]).collect();
    let matching = all.into_iter().filter(|variable| variable.starts_with(word) && *variable != word);
    matching.map(|variable| Pair { display: variable.to_owned(), replacement: variable.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BUNDLED;
    use crate::dataset::DatasetRoot;
    use proptest::prelude::*;

    fn completer() -> NameCompleter {
        NameCompleter::new(&crate::build(DatasetRoot::Bundled(BUNDLED)).unwrap().1).unwrap()
    }

    fn words(completer: &NameCompleter, before: &str, after: &str) -> Vec<String> {
        let (start, found) = completer.complete(&format!("{before}{after}"), before.len());
        found.into_iter().map(|found| format!("{}{}", &before[..start], found.replacement)).collect()
    }

    #[test]
    fn names_are_completed_from_the_graph() {
        let completer = completer();
        assert_eq!(words(&completer, "ASK { e:soviet-u", " }"), ["ASK { e:soviet-union"]);
        assert_eq!(words(&completer, "ASK { ?x v:helpedB", ""), ["ASK { ?x v:helpedBuild"]);
        assert_eq!(words(&completer, "ASK { ?x a v:HistoricalS", ""), ["ASK { ?x a v:HistoricalState"]);
        assert!(words(&completer, "ASK { ?x v:", "").len() > 10);
        assert_eq!(words(&completer, "ASK { ?x rdfs:lab", ""), ["ASK { ?x rdfs:label"]);
    }

    #[test]
    fn a_prefix_is_completed_up_to_its_colon() {
        assert_eq!(words(&completer(), "ASK { ?x sko", ""), ["ASK { ?x skos:"]);
    }

    #[test]
    fn the_beginning_of_a_label_is_completed_to_a_name() {
        let completer = completer();
        assert!(words(&completer, "ASK { Paki", "").contains(&"ASK { e:pakistan".to_owned()));
        assert!(words(&completer, "ASK { ?x helped", "").contains(&"ASK { ?x v:helpedBuild".to_owned()));
        assert!(words(&completer, "ASK { e:Sovi", "").contains(&"ASK { e:soviet-union".to_owned()));
    }

    #[test]
    fn labels_are_used_only_if_no_name_begins_with_the_word() {
        let names = [("e:mill", "Old mill"), ("e:guild", "Mill guild"), ("e:olga", "Olga")];
        let names = names.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
        let completer = NameCompleter { names };
        assert_eq!(words(&completer, "ASK { mil", ""), ["ASK { e:mill"]);
        assert_eq!(words(&completer, "ASK { e:Old", ""), ["ASK { e:mill"]);
    }

    #[test]
    fn variables_are_completed_from_the_text() {
        let text = "SELECT ?w { ?who v:made ?what }";
        let (start, found) = NameCompleter::default().complete(text, 9);
        let found: Vec<String> = found.into_iter().map(|found| found.replacement).collect();
        assert_eq!((start, found), (7, vec!["?what".to_owned(), "?who".to_owned()]));
        assert_eq!(words(&NameCompleter::default(), "ASK { ?a ?b ?", ""), ["ASK { ?a ?b ?a", "ASK { ?a ?b ?b"]);
    }

    #[test]
    fn nothing_is_completed_in_a_string_a_comment_or_a_space() {
        let completer = completer();
        for before in ["ASK { ?x v:a \"Paki", "ASK # Paki", "ASK { ", "", "ASK { ?x v:a 1"] {
            assert_eq!(words(&completer, before, ""), Vec::<String>::new(), "{before}");
        }
    }

    proptest! {
        #[test]
        fn completion_works_at_any_position_of_any_text(text in "[a-z:?\"'é中 {}<#\\\\.\n]{0,30}", at in any::<prop::sample::Index>()) {
            let positions: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            let cursor = positions[at.index(positions.len())];
            let (start, _) = NameCompleter { names: vec![("e:é".into(), "É".into())] }.complete(&text, cursor);
            prop_assert!(start <= cursor && text.is_char_boundary(start));
        }
    }
}
