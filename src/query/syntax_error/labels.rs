//! Labels written in place of names: `Soviet Union` for `e:soviet-union`.

use super::context::ErrorContext;
use super::corrections::Correction;
use crate::model::{TokenKind, local_name, vocab};
use crate::query::vocabulary_terms;
use crate::store::{Labels, Store, StoreError};
use oxigraph::model::{NamedNode, Term};

/// The longest label that is recognized, in words.
const MAX_WORDS: usize = 8;

/// Corrections that replace the words at the current token by the name of the entity or vocabulary term with that label.
pub(super) fn corrections(context: &ErrorContext<'_>, store: &Store) -> Result<Vec<Correction>, StoreError> {
    let start = context.index;
    let is_word = |index: &usize| context.kind(*index) == Some(TokenKind::Word);
    let words = match context.kind(start) {
        Some(TokenKind::String) => 1,
        _ => (start..start + MAX_WORDS).take_while(is_word).count(),
    };
    for last in (start..start + words).rev() {
        let range = context.span(start).start..context.span(last).end;
        let label = context.text[range.clone()].trim_matches(['"', '\'']);
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        let labelled = labelled(&label, store)?;
        if !labelled.is_empty() {
            let name = |iri: &NamedNode| store.namespaces().compact(iri.as_ref()).unwrap_or_else(|| iri.to_string());
            let correction = |name: String| {
                let help = format!("replace the label `{label}` with `{name}`");
                Correction { edits: vec![(range.clone(), name)], help }
            };
            return Ok(labelled.iter().map(name).map(correction).collect());
        }
    }
    Ok(Vec::new())
}

/// The entity and the terms of the vocabulary with a label; `helpedBuild`, `helped-build` and `helped build` are the same.
fn labelled(label: &str, store: &Store) -> Result<Vec<NamedNode>, StoreError> {
    let fold = |label: &str| -> String {
        label.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let folded = fold(label);
    let mut found: Vec<NamedNode> = Labels::new(store, &store.metadata().language).find(label).into_iter().collect();
    for iri in vocabulary_terms(store) {
        let labels = store.objects(iri.as_ref(), vocab::rdfs::LABEL)?;
        let mut labels =
            labels.iter().filter_map(|term| if let Term::Literal(l) = term { Some(l.value()) } else { None });
        if fold(local_name(iri.as_str())) == folded || labels.any(|label| fold(label) == folded) {
            found.push(iri);
        }
    }
    Ok(found)
}
