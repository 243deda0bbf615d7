//! Completion of the word before the cursor.

use crate::escape::terminal;
use crate::model::{Namespaces, SPARQL_KEYWORDS, Token, TokenKind, tokenize, vocab};
use crate::store::{Labels, Store, StoreError};
use oxigraph::model::{NamedNode, Term};
use oxigraph::sparql::QueryResults;
use rustyline::completion::Pair;
use std::collections::{BTreeMap, BTreeSet};

/// Completes keywords and prefixes, and the entities, predicates and classes of a graph.
#[derive(Debug, Default)]
pub(super) struct NameCompleter {
    /// Names as they are written, sorted, with labels; a prefix has its colon and no label.
    names: Vec<(String, String)>,
    /// All labels and aliases, in any language, with the names that they belong to.
    labels: Vec<(String, String)>,
}

/// The most words of a label that are completed without quotation marks.
const MAX_WORDS: usize = 8;

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
        let labels = if labelled { all_labels(store, &names)? } else { Vec::new() };
        Ok(Self { names: names.into_iter().collect(), labels })
    }

    /// The start of what is completed before the cursor, and its completions: variables of the text, names and keywords that begin with
    /// the word, or names with a label that begins with it, with several words, or with an open string. Ignores letter case. Linear
    /// in the names.
    pub(super) fn complete(&self, text: &str, cursor: usize) -> (usize, Vec<Pair>) {
        let before = &text[..cursor];
        let tokens = tokenize(before);
        if let Some(found) = self.several_words(before, &tokens) {
            return found;
        }
        let Some(last) = tokens.last().filter(|token| token.span.end == cursor) else {
            return (cursor, Vec::new());
        };
        let word = &before[last.span.clone()];
        let found = match last.kind {
            TokenKind::UnterminatedString if !word[1..].is_empty() => self.labelled(&word[1..]),
            TokenKind::Variable => variables(text, last.span.start, word),
            TokenKind::Punctuation if matches!(word, "?" | "$") => variables(text, last.span.start, word),
            TokenKind::PrefixedName | TokenKind::Word => self.named(word),
            _ => Vec::new(),
        };
        (last.span.start, found)
    }

    /// The label that the last words begin, as many as possible. A label of one word is completed like a name.
    fn several_words(&self, before: &str, tokens: &[Token]) -> Option<(usize, Vec<Pair>)> {
        let is_word =
            |token: &&Token| matches!(token.kind, TokenKind::Word | TokenKind::Number | TokenKind::PrefixedName);
        let words = tokens.iter().rev().take_while(is_word).take(MAX_WORDS);
        let starts: Vec<usize> = words.map(|token| token.span.start).collect();
        starts.into_iter().rev().find_map(|start| {
            let words = &before[start..];
            let found = if words.contains(' ') && !words.contains('\n') { self.labelled(words) } else { Vec::new() };
            (!found.is_empty()).then_some((start, found))
        })
    }

    /// The names with a label that begins with some words.
    fn labelled(&self, words: &str) -> Vec<Pair> {
        let words = words.to_lowercase();
        let matching = self.labels.iter().filter(|(label, _)| label.to_lowercase().starts_with(&words));
        // The first label of each name is shown.
        let found: BTreeMap<&str, &str> = matching.rev().map(|(label, name)| (name.as_str(), label.as_str())).collect();
        found.into_iter().map(|(name, label)| pair(name, label)).collect()
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
            found.map(|(name, label)| pair(name, label)).collect()
        };
        let begins = |words: &str| words.to_lowercase().starts_with(beginning);
        // Without a colon, a prefix is completed instead of its names.
        let named = completions(&|name, _| match name.split_once(':') {
            Some((prefix, "")) => !word.contains(':') && begins(prefix),
            Some((_, local)) => begins(local),
            None => false,
        });
        let mut all = match (named.is_empty() && !beginning.is_empty(), prefix.is_empty()) {
            (true, true) => self.labelled(word),
            (true, false) => completions(&|_, label| begins(label)),
            (false, _) => named,
        };
        if prefix.is_empty() {
            let keywords = SPARQL_KEYWORDS.split_whitespace().filter(|keyword| *keyword != word && begins(keyword));
            all.extend(keywords.map(|keyword| pair(keyword, "")));
        }
        all
    }
}

fn pair(name: &str, label: &str) -> Pair {
    Pair { display: terminal::line(format!("{name}  {label}").trim_end()), replacement: name.to_owned() }
}

/// The labels and aliases of some names in any language, sorted.
fn all_labels(store: &Store, names: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, StoreError> {
    // The prefixes of the session may be others.
    let query = "SELECT ?x ?label { ?x rdfs:label|skos:altLabel ?label }";
    let query = Namespaces::standard().parse_query(query).expect("the query is SPARQL with standard prefixes");
    let mut labels = Vec::new();
    if let QueryResults::Solutions(solutions) = store.query(&query)? {
        for solution in solutions {
            let solution = solution?;
            if let (Some(Term::NamedNode(iri)), Some(Term::Literal(label))) = (solution.get("x"), solution.get("label"))
                && let Some(name) = store.namespaces().compact(iri.as_ref())
                && names.contains_key(&name)
            {
                labels.push((label.value().to_owned(), name));
            }
        }
    }
    labels.sort();
    Ok(labels)
}

/// The IRIs in the results of a query.
fn values(store: &Store, query: &str) -> Result<Vec<NamedNode>, StoreError> {
    let mut found = Vec::new();
    let query = Namespaces::standard().parse_query(query).expect("the queries above are SPARQL");
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
        let labels = names.iter().map(|(name, label)| (label.clone(), name.clone())).collect();
        let completer = NameCompleter { names, labels };
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
    fn labels_of_several_words_and_in_any_script_are_completed_to_a_name() {
        let labels = ["Old mill", "Alte Mühle", "پرانی چکی", "旧工場 1", "O'Hara mill"];
        let labels = labels.map(|label| (label.to_owned(), "e:mill".to_owned()));
        let completer = NameCompleter { names: vec![("e:mill".into(), "Old mill".into())], labels: labels.to_vec() };
        for typed in
            ["Old m", "old MI", "\"Old", "'old mill", "Alte M", "پرا", "پرانی چ", "旧工", "\"旧工場 1", "\"O'H"]
        {
            assert_eq!(
                words(&completer, &format!("ASK {{ ?x v:built {typed}"), " }"),
                ["ASK { ?x v:built e:mill"],
                "{typed}"
            );
        }
        let on_two_lines = words(&completer, "ASK { ?x v:built Old\nm", "");
        assert!(on_two_lines.iter().all(|text| text.starts_with("ASK { ?x v:built Old\n")), "{on_two_lines:?}");
        assert_eq!(words(&completer, "ASK { ?x v:built \"", ""), Vec::<String>::new());
    }

    #[test]
    fn labels_are_those_of_the_graph_in_all_its_languages() {
        let completer = completer();
        for typed in ["Pakistan St", "\"pakistan St"] {
            let found = words(&completer, &format!("ASK {{ {typed}"), "");
            assert!(found.contains(&"ASK { e:pakistan-steel-mills".to_owned()), "{found:?}");
        }
        assert_eq!(words(&completer, "ASK { Росси", ""), ["ASK { e:russia"]);
    }

    #[test]
    fn a_prefix_of_the_session_does_not_change_the_labels() {
        let store = crate::build(DatasetRoot::Bundled(BUNDLED)).unwrap().1;
        let namespaces = store.namespaces().clone();
        let declared = ["rdfs", "skos"].iter().fold(namespaces, |namespaces, prefix| {
            namespaces.with_prefix(prefix, "https://example.org/other/").unwrap()
        });
        let completer = NameCompleter::new(&store.with_namespaces(declared)).unwrap();
        assert_eq!(words(&completer, "ASK { Росси", ""), ["ASK { e:russia"]);
    }

    #[test]
    fn keywords_are_completed_in_any_letter_case() {
        let completer = NameCompleter::default();
        assert_eq!(words(&completer, "sel", ""), ["SELECT"]);
        assert_eq!(words(&completer, "ASK { ?x a ?y FILT", ""), ["ASK { ?x a ?y FILTER"]);
        assert_eq!(words(&completer, "ASK { FILTER(isn", ""), ["ASK { FILTER(isNUMERIC"]);
        assert_eq!(words(&completer, "ASK { ?x e:sel", ""), Vec::<String>::new());
    }

    #[test]
    fn nothing_is_completed_in_a_closed_string_a_comment_or_a_space() {
        let completer = completer();
        for before in ["ASK { ?x v:a \"Paki\"", "ASK { ?x v:a \"zzz", "ASK # Paki", "ASK { ", "", "ASK { ?x v:a 1"] {
            assert_eq!(words(&completer, before, ""), Vec::<String>::new(), "{before}");
        }
    }

    proptest! {
        #[test]
        fn completion_works_at_any_position_of_any_text(text in "[a-z:?\"'é中 {}<#\\\\.\n]{0,30}", at in any::<prop::sample::Index>()) {
            let positions: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            let cursor = positions[at.index(positions.len())];
            let (start, _) = NameCompleter { names: vec![("e:é".into(), "É".into())], labels: vec![("é b".into(), "e:é".into())] }.complete(&text, cursor);
            prop_assert!(start <= cursor && text.is_char_boundary(start));
        }
    }
}
