//! The prefixes with which IRIs are shown: those of the dataset, unless the query declares them for another namespace.

use crate::model::{Namespaces, TokenKind, split_iri, tokenize};
use oxigraph::model::NamedNode;
use std::collections::BTreeSet;

/// The prefixes of a dataset as a query may use them.
pub(super) struct Prefixes {
    usable: Namespaces,
    /// The namespaces for which the query declares a prefix of the dataset.
    redeclared: BTreeSet<String>,
}

impl Prefixes {
    /// The prefixes of a query, by its text: the algebra does not contain them.
    pub(super) fn new(namespaces: &Namespaces, text: &str) -> Self {
        let (mut names, mut redeclared) = (BTreeSet::new(), BTreeSet::new());
        for (prefix, iri) in declarations(text) {
            if namespaces.namespace(prefix).is_some_and(|namespace| Some(namespace) != iri) {
                names.insert(prefix);
                redeclared.extend(iri.map(str::to_owned));
            }
        }
        let usable = if names.is_empty() { namespaces.clone() } else { namespaces.without_prefixes(&names) };
        Self { usable, redeclared }
    }

    /// Replaces IRIs in angle brackets by prefixed names that mean the same in the query.
    pub(super) fn shorten(&self, text: &str) -> String {
        self.usable.shorten(text)
    }

    /// Whether the query may have meant one IRI, but wrote another one because of a prefix for a wrong namespace.
    pub(super) fn is_suspected(&self, written: &NamedNode, meant: &NamedNode, namespaces: &Namespaces) -> bool {
        let namespace = split_iri(written.as_str()).0;
        if namespace == split_iri(meant.as_str()).0 {
            return false;
        }
        let has_name = |namespaces: &Namespaces, iri: &NamedNode| namespaces.compact(iri.as_ref()).is_some();
        self.redeclared.contains(namespace)
            || has_name(namespaces, meant) && (!has_name(&self.usable, meant) || !has_name(&self.usable, written))
    }
}

/// The prefixes that a query declares, each with its namespace; `None` if that is relative. A prefix may be declared again.
fn declarations(text: &str) -> Vec<(&str, Option<&str>)> {
    let tokens = tokenize(text);
    let token = |index: usize| tokens.get(index).map_or("", |token| &text[token.span.clone()]);
    let is_prefix =
        |index: &usize| tokens[*index].kind == TokenKind::Word && token(*index).eq_ignore_ascii_case("PREFIX");
    let declared = (0..tokens.len()).filter(is_prefix).filter_map(|index| {
        let iri = token(index + 2).strip_prefix('<').and_then(|iri| iri.strip_suffix('>'));
        Some((token(index + 1).strip_suffix(':')?, iri.filter(|iri| NamedNode::new(*iri).is_ok())))
    });
    declared.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_with_another_namespace_is_not_used() {
        let namespaces = Namespaces::new("https://e.org/", &[]).unwrap();
        let shorten = |text: &str| Prefixes::new(&namespaces, text).shorten("<https://e.org/entity/a>");
        for (text, expected) in [
            ("ASK {}", "e:a"),
            ("PREFIX e: <https://e.org/entity/> ASK {}", "e:a"),
            ("PREFIX x: <https://x.org/> ASK {}", "e:a"),
            ("ASK { ?s ?p 'PREFIX e: <https://x.org/>' } # PREFIX e: <https://x.org/>", "e:a"),
            ("prefix e: <https://x.org/> ASK {}", "<https://e.org/entity/a>"),
            (
                "BASE <https://e.org/> PREFIX v: <https://e.org/entity/> PREFIX e: <x/> ASK {}",
                "<https://e.org/entity/a>",
            ),
            ("PREFIX e: <https://x.org/\\u0041> ASK {}", "<https://e.org/entity/a>"),
        ] {
            assert_eq!(shorten(text), expected, "{text}");
        }
    }
}
