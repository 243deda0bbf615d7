//! The values of a node's predicates.

use oxigraph::model::{NamedNodeRef, TermRef};

/// The predicates and objects of a node.
pub(super) type Properties<'a> = Vec<(NamedNodeRef<'a>, TermRef<'a>)>;

/// The [`Properties`] of a node, borrowed.
pub(super) type Node<'a, 'n> = &'n [(NamedNodeRef<'a>, TermRef<'a>)];

/// The problem of a node.
pub(super) type Problem = String;

/// The object of a predicate that has at most one.
///
/// # Errors
///
/// Returns an error if there are several.
pub(super) fn object<'a>(node: Node<'a, '_>, predicate: NamedNodeRef<'_>) -> Result<Option<TermRef<'a>>, Problem> {
    let mut objects = node.iter().filter(|(p, _)| *p == predicate).map(|(_, object)| *object);
    let Some(first) = objects.next() else { return Ok(None) };
    match objects.find(|other| *other != first) {
        None => Ok(Some(first)),
        Some(other) => {
            // Sorted, because a graph has no order.
            let mut both = [first.to_string(), other.to_string()];
            both.sort();
            Err(format!("{predicate} has more than one value: {}", both.join(" and ")))
        }
    }
}

pub(super) fn string(node: Node<'_, '_>, predicate: NamedNodeRef<'_>) -> Result<Option<String>, Problem> {
    match object(node, predicate)? {
        None => Ok(None),
        Some(TermRef::Literal(literal)) => Ok(Some(literal.value().to_owned())),
        Some(other) => Err(format!("the value of {predicate} is not a literal: {other}")),
    }
}

pub(super) fn number(node: Node<'_, '_>, predicate: NamedNodeRef<'_>) -> Result<Option<u32>, Problem> {
    let Some(written) = string(node, predicate)? else { return Ok(None) };
    written.parse().map(Some).map_err(|_| format!("the value of {predicate} is not a number: `{written}`"))
}
