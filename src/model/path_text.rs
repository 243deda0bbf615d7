//! Property paths as SPARQL.

use oxigraph::model::NamedNode;
use oxigraph::model::vocab::rdf;
use spargebra::algebra::PropertyPathExpression as Path;

/// How strongly the parts of a path are bound together, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Alternative,
    Sequence,
    Inverse,
    Repeated,
    Primary,
}

/// A path with no more brackets than it needs.
pub(crate) fn path_text(path: &Path) -> String {
    written(path).0
}

/// The predicate of a pattern: `a` for `rdf:type`.
fn predicate_text(predicate: &NamedNode) -> String {
    if predicate.as_ref() == rdf::TYPE { "a".to_owned() } else { predicate.to_string() }
}

fn written(path: &Path) -> (String, Precedence) {
    match path {
        Path::NegatedPropertySet(predicates) => (negated(predicates, &[]), Precedence::Primary),
        Path::NamedNode(predicate) => (predicate_text(predicate), Precedence::Primary),
        Path::Reverse(inner) => match &**inner {
            Path::NegatedPropertySet(inverse) => (negated(&[], inverse), Precedence::Primary),
            inner => (format!("^{}", at_least(inner, Precedence::Repeated)), Precedence::Inverse),
        },
        Path::Sequence(first, second) => {
            let parts = [at_least(first, Precedence::Sequence), at_least(second, Precedence::Sequence)];
            (parts.join("/"), Precedence::Sequence)
        }
        Path::Alternative(one, other) => match (&**one, inverse_set(other)) {
            (Path::NegatedPropertySet(predicates), Some(inverse)) => {
                (negated(predicates, inverse), Precedence::Primary)
            }
            (one, _) => {
                let parts = [at_least(one, Precedence::Alternative), at_least(other, Precedence::Alternative)];
                (parts.join("|"), Precedence::Alternative)
            }
        },
        Path::ZeroOrMore(inner) => (format!("{}*", at_least(inner, Precedence::Primary)), Precedence::Repeated),
        Path::OneOrMore(inner) => (format!("{}+", at_least(inner, Precedence::Primary)), Precedence::Repeated),
        Path::ZeroOrOne(inner) => (format!("{}?", at_least(inner, Precedence::Primary)), Precedence::Repeated),
    }
}

/// A path in brackets if it binds less than its surroundings need.
fn at_least(path: &Path, precedence: Precedence) -> String {
    match written(path) {
        (text, bound) if bound < precedence => format!("({text})"),
        (text, _) => text,
    }
}

/// The predicates of a negated property set that is inverse as a whole.
fn inverse_set(path: &Path) -> Option<&[NamedNode]> {
    match path {
        Path::Reverse(inner) => match &**inner {
            Path::NegatedPropertySet(inverse) => Some(inverse),
            _ => None,
        },
        _ => None,
    }
}

/// A negated property set, which the parser divides into its predicates and the inverse ones.
fn negated(predicates: &[NamedNode], inverse: &[NamedNode]) -> String {
    let inverse = inverse.iter().map(|predicate| format!("^{}", predicate_text(predicate)));
    let parts: Vec<String> = predicates.iter().map(predicate_text).chain(inverse).collect();
    match &parts[..] {
        [part] => format!("!{part}"),
        parts => format!("!({})", parts.join("|")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;
    use proptest::prelude::*;
    use spargebra::Query;
    use spargebra::algebra::GraphPattern;

    /// The path of a pattern, in which the parser would expand a sequence.
    fn parsed(text: &str) -> Path {
        let namespaces = Namespaces::new("https://example.org/", &[]).unwrap();
        let query = namespaces.parse_query(&format!("ASK {{ ?s ({text})* ?o }}")).unwrap();
        let Query::Ask { pattern: GraphPattern::Project { inner, .. }, .. } = query else { panic!("{query}") };
        let GraphPattern::Path { path: Path::ZeroOrMore(inner), .. } = *inner else { panic!("{inner:?}") };
        *inner
    }

    #[test]
    fn a_path_is_written_with_the_brackets_that_it_needs() {
        let namespaces = Namespaces::new("https://example.org/", &[]).unwrap();
        for text in [
            "a",
            "v:a",
            "^v:a",
            "v:a/v:b*|^v:c",
            "(v:a|v:b)/v:c",
            "^(v:a/v:b)",
            "(^v:a)*",
            "^v:a+",
            "(v:a?)+",
            "!v:a",
            "!(v:a|v:b)",
            "!^a",
            "!(a|^v:b)",
            "!v:a+/v:b?",
        ] {
            assert_eq!(namespaces.shorten(&path_text(&parsed(text))), text);
        }
    }

    fn any_path() -> impl Strategy<Value = Path> {
        let predicate =
            "[a-c]".prop_map(|name| NamedNode::new_unchecked(format!("https://example.org/vocabulary/{name}")));
        let set = prop::collection::vec(predicate.clone(), 1..3).prop_map(Path::NegatedPropertySet);
        let leaf = prop_oneof![predicate.prop_map(Path::NamedNode), set, Just(Path::NamedNode(rdf::TYPE.into()))];
        leaf.prop_recursive(4, 16, 2, |inner| {
            let pair = (inner.clone(), inner.clone());
            prop_oneof![
                inner.clone().prop_map(|path| Path::Reverse(path.into())),
                inner.clone().prop_map(|path| Path::ZeroOrMore(path.into())),
                inner.clone().prop_map(|path| Path::OneOrMore(path.into())),
                inner.prop_map(|path| Path::ZeroOrOne(path.into())),
                pair.clone().prop_map(|(a, b)| Path::Sequence(a.into(), b.into())),
                pair.prop_map(|(a, b)| Path::Alternative(a.into(), b.into())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_path_is_read_as_it_was_written(path in any_path()) {
            let text = path_text(&path);
            // Sequences and alternatives are associative, so only the text has to be the same again.
            prop_assert_eq!(path_text(&parsed(&text)), text);
        }
    }
}
