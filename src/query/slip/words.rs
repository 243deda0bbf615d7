//! Slips of words: misspelt keywords, variables without their sign, and labels in place of names.

use super::scene::{Proposal, Scene};
use super::tokens::TokenKind;
use crate::diagnostic::closest;
use crate::model::vocab;
use crate::store::{Labels, Store, StoreError};
use oxigraph::model::{NamedNode, Term};
use std::collections::BTreeSet;

/// Words that SPARQL knows and people misspell.
const KEYWORDS: [&str; 62] = [
    "SELECT",
    "CONSTRUCT",
    "ASK",
    "DESCRIBE",
    "WHERE",
    "FILTER",
    "OPTIONAL",
    "UNION",
    "GRAPH",
    "MINUS",
    "BIND",
    "VALUES",
    "SERVICE",
    "PREFIX",
    "BASE",
    "DISTINCT",
    "REDUCED",
    "ORDER",
    "GROUP",
    "BY",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "ASC",
    "DESC",
    "AS",
    "IN",
    "NOT",
    "EXISTS",
    "UNDEF",
    "FROM",
    "COUNT",
    "SUM",
    "MIN",
    "MAX",
    "AVG",
    "SAMPLE",
    "GROUP_CONCAT",
    "SEPARATOR",
    "STR",
    "LANG",
    "LANGMATCHES",
    "DATATYPE",
    "BOUND",
    "CONCAT",
    "STRLEN",
    "UCASE",
    "LCASE",
    "CONTAINS",
    "STRSTARTS",
    "STRENDS",
    "STRBEFORE",
    "STRAFTER",
    "YEAR",
    "MONTH",
    "COALESCE",
    "REGEX",
    "SUBSTR",
    "REPLACE",
    "ISIRI",
    "ISLITERAL",
    "ROUND",
];

/// What a word at the place may have been meant as.
pub(super) fn proposals(scene: &Scene<'_>) -> Vec<Proposal> {
    let mut all = Vec::new();
    let text = scene.kind(scene.at) == Some(TokenKind::String);
    let word = scene.kind(scene.at) == Some(TokenKind::Word);
    if word && !scene.in_select() || text {
        // Without the labels the rest of the help is still true.
        let _ = labels(scene, &mut all);
    }
    if scene.here() == "is" && scene.word(scene.at + 1) == "a" {
        let help = "SPARQL says `a` without `is`".to_owned();
        all.push(Proposal { edits: vec![(scene.span(scene.at), String::new())], help });
    }
    if word {
        keyword(scene, &mut all);
        let (here, span) = (scene.here(), scene.span(scene.at));
        let variable = format!("?{}", here.replace('-', "_"));
        let help = format!("a variable begins with a question mark: `{variable}`");
        all.push(Proposal { edits: vec![(span, variable)], help });
    }
    all
}

fn keyword(scene: &Scene<'_>, all: &mut Vec<Proposal>) {
    let written = scene.here().to_ascii_uppercase();
    let near = if KEYWORDS.contains(&written.as_str()) { None } else { closest(&written, KEYWORDS) };
    if let Some(near) = near {
        let help = format!("did you mean `{near}`?");
        all.push(Proposal { edits: vec![(scene.span(scene.at), near.to_owned())], help });
    }
}

/// So many words may a label have here.
const MOST_WORDS: usize = 8;

/// Namespaces of what is called as the words at the place are: as many of the words as a label has.
fn labels(scene: &Scene<'_>, all: &mut Vec<Proposal>) -> Result<(), StoreError> {
    let Some(store) = scene.store else { return Ok(()) };
    let is_word = |at: &usize| scene.kind(*at) == Some(TokenKind::Word);
    // The first words of a label may have been put behind a prefix: `e:Pakistan Steel Mills`.
    let prefixed =
        scene.at.checked_sub(1).filter(|at| scene.kind(*at) == Some(TokenKind::PrefixedName) && is_word(&scene.at));
    for from in prefixed.into_iter().chain([scene.at]) {
        let run = (scene.at..scene.at + MOST_WORDS).take_while(is_word).count();
        for last in (scene.at..scene.at + run.max(1)).rev() {
            let range = scene.span(from).start..scene.span(last).end;
            let written = &scene.text[range.clone()];
            let written =
                if from < scene.at { written.split_once(':').map_or(written, |(_, rest)| rest) } else { written };
            let written = written.trim_matches(['"', '\'']).split_whitespace().collect::<Vec<_>>().join(" ");
            for name in called(&written, scene, store)? {
                let help = format!("“{written}” is a label: name the thing itself, `{name}`");
                all.push(Proposal { edits: vec![(range.clone(), name)], help });
            }
            if !all.is_empty() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The names of what is called so, those first that fit the place.
fn called(written: &str, scene: &Scene<'_>, store: &Store) -> Result<Vec<String>, StoreError> {
    let entities = Labels::new(store, &store.metadata().language).find(written).ok();
    let mut terms = BTreeSet::new();
    let folded = fold(written);
    for (iri, label) in vocabulary(store)? {
        if fold(&label) == folded {
            terms.insert(iri);
        }
    }
    let mut found: Vec<NamedNode> = if in_predicate(scene) {
        terms.into_iter().chain(entities).collect()
    } else {
        entities.into_iter().chain(terms).collect()
    };
    found.dedup();
    Ok(found.iter().map(|iri| store.names().compact(iri.as_ref()).unwrap_or_else(|| iri.to_string())).collect())
}

/// The terms of the vocabulary with what they are called: the last part of their IRIs, and their labels.
fn vocabulary(store: &Store) -> Result<Vec<(NamedNode, String)>, StoreError> {
    let subject = |triple: &str| triple.strip_prefix('<')?.split_once('>').map(|(iri, _)| iri.to_owned());
    let subjects = store.metadata().vocabulary.iter().filter_map(|given| subject(&given.triple));
    let mut all = Vec::new();
    for iri in subjects.collect::<BTreeSet<String>>().into_iter().filter_map(|iri| NamedNode::new(iri).ok()) {
        let name = iri.as_str().rsplit(['/', '#']).next().unwrap_or_default().to_owned();
        let labels = store.objects(iri.as_ref(), vocab::rdfs::LABEL)?;
        let labels = labels.into_iter().filter_map(|label| match label {
            Term::Literal(label) => Some(label.value().to_owned()),
            _ => None,
        });
        all.extend(labels.chain([name]).map(|called| (iri.clone(), called)));
    }
    Ok(all)
}

/// A label as it is compared: `helpedBuild`, `helped-build` and “helped build” are the same.
fn fold(label: &str) -> String {
    label.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a predicate should stand at the place: behind a subject, or a semicolon.
fn in_predicate(scene: &Scene<'_>) -> bool {
    match scene.before() {
        ";" => true,
        "." | "{" | "}" | "," | "(" | ")" | "" => false,
        _ => scene.at.checked_sub(2).is_none_or(|at| matches!(scene.word(at), "." | "{" | "}" | ")")),
    }
}
