//! Checks the rules and the stored queries of a dataset.

use super::{QueryTemplate, QueryTemplateError, diagnose};
use crate::dataset::{Dataset, QueryFile};
use crate::diagnostic::{Code, Finding, Findings, Location};
use crate::model::{InvalidId, Namespaces, TokenKind, nfc, tokenize};
use crate::store::Store;
use std::ops::Range;

/// The names and IRIs below the base that are not in normalization form C, with this form. The ids in the graph are in it.
fn not_normalized<'a>(
    text: &'a str,
    namespaces: &'a Namespaces,
) -> impl Iterator<Item = (Range<usize>, String)> + use<'a> {
    let tokens = if text.is_ascii() { Vec::new() } else { tokenize(text) };
    tokens.into_iter().filter_map(move |token| {
        let written = &text[token.span.clone()];
        let is_own = match token.kind {
            TokenKind::Iri => written[1..].starts_with(namespaces.base()),
            TokenKind::PrefixedName => written
                .split_once(':')
                .and_then(|(prefix, _)| namespaces.namespace(prefix))
                .is_some_and(|namespace| namespace.starts_with(namespaces.base())),
            _ => false,
        };
        let normalized = nfc(written);
        (is_own && normalized != written).then(|| (token.span, normalized.into_owned()))
    })
}

/// The findings about rules and stored queries that cannot be parsed. With a graph, suggestions also consider labels.
pub fn check_queries(dataset: &Dataset, store: Option<&Store>) -> Findings {
    let names = &dataset.namespaces;
    let mut findings = Findings::new();
    let rules = dataset.rules.iter().map(|rule| (rule, true));
    for (QueryFile { name, file, text }, is_rule) in rules.chain(dataset.queries.iter().map(|query| (query, false))) {
        match QueryTemplate::parse(name, text, names) {
            // The variables of a rule are never parameters.
            Err(QueryTemplateError::Parameter(_) | QueryTemplateError::InvalidDecorator(_)) if is_rule => {}
            Err(_) if is_rule && tokenize(text).is_empty() => {
                let finding = Finding::new(Code::SyntaxError, *file, Location::File, "the rule is empty");
                findings.push(finding.help("write CONSTRUCT { … } WHERE { … }"));
            }
            Err(error) => findings.push(diagnose(text, &error, names, store, *file)),
            Ok(_) => {}
        }
        findings.extend(not_normalized(text, names).map(|(span, name)| {
            let message = InvalidId::NotNormalized(name.clone()).to_string();
            let finding = Finding::new(Code::InvalidId, *file, Location::Bytes(span), message);
            finding.label("matches nothing").help(format!("write `{name}`"))
        }));
    }
    dataset.files.resolve_locations(findings.stored_mut());
    findings
}
