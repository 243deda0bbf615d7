//! Prefixes that are not declared.

use super::QueryDiagnostic;
use super::scene::{Proposal, Scene};
use super::tokens::TokenKind;
use crate::diagnostic::closest;
use std::collections::BTreeSet;

/// Prefixes that people know from elsewhere.
const WELL_KNOWN: [(&str, &str); 12] = [
    ("bd", "http://www.bigdata.com/rdf#"),
    ("dbo", "http://dbpedia.org/ontology/"),
    ("dbr", "http://dbpedia.org/resource/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("fn", "http://www.w3.org/2005/xpath-functions#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("geo", "http://www.opengis.net/ont/geosparql#"),
    ("p", "http://www.wikidata.org/prop/"),
    ("time", "http://www.w3.org/2006/time#"),
    ("wd", "http://www.wikidata.org/entity/"),
    ("wdt", "http://www.wikidata.org/prop/direct/"),
    ("wikibase", "http://wikiba.se/ontology#"),
];

/// The problem of a name at the place whose prefix is not declared.
pub(super) fn undeclared(scene: &Scene<'_>) -> Option<QueryDiagnostic> {
    let (prefix, _) = scene.here().split_once(':')?;
    let address = scene.text[scene.span(scene.at).end..].starts_with("//");
    if scene.kind(scene.at) != Some(TokenKind::PrefixedName) || prefix == "_" || address {
        return None;
    }
    // `PREFIX e: <…>`
    let own = scene.tokens.windows(2).filter(|pair| scene.text[pair[0].span.clone()].eq_ignore_ascii_case("prefix"));
    let own = own.filter_map(|pair| scene.text[pair[1].span.clone()].strip_suffix(':'));
    let given = scene.names.prefixes().iter().map(|(prefix, _)| prefix.as_str());
    let known: BTreeSet<&str> = own.chain(given).collect();
    if known.contains(prefix) {
        return None;
    }
    let span = scene.span(scene.at);
    let elsewhere = WELL_KNOWN.iter().find(|(known, _)| *known == prefix);
    let near = closest(prefix, known.iter().copied()).filter(|near| near.len() > 1 || prefix.len() < 3);
    let mut proposals = Vec::new();
    if let Some((prefix, iri)) = elsewhere {
        let declared = format!("PREFIX {prefix}: <{iri}>");
        let help = format!("declare it first: `{declared}`");
        proposals.push(Proposal { edits: vec![(0..0, format!("{declared}\n"))], help });
    }
    if let Some(near) = near {
        let name = &scene.here()[prefix.len()..];
        let help = format!("did you mean `{near}{name}`?");
        proposals.push(Proposal { edits: vec![(span.start..span.start + prefix.len(), near.to_owned())], help });
    }
    let (help, corrected) = match scene.best(proposals) {
        Some((proposal, corrected)) => (proposal.help, corrected),
        None => (format!("declare it first: `PREFIX {prefix}: <…>`"), None),
    };
    let list: Vec<String> = known.iter().map(|prefix| format!("{prefix}:")).collect();
    Some(QueryDiagnostic {
        message: format!("this is no SPARQL: the prefix `{prefix}:` is not declared"),
        span: Some(span),
        label: "no prefix of this name".to_owned(),
        help,
        notes: vec![format!("the prefixes here are {}", list.join(" "))],
        corrected,
    })
}
