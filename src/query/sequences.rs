//! Property paths with `/`, which the parser turns into patterns that share blank nodes.

use crate::model::{path_text, pattern_of, subpatterns};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern};
use std::collections::BTreeMap;

/// A pattern that may be a part of a path.
struct Part<'a> {
    subject: &'a TermPattern,
    /// `None` if the predicate is a variable, which a path cannot have.
    path: Option<String>,
    object: &'a TermPattern,
}

/// The patterns of a query whose paths are sequences, as they are written, outside of EXISTS. A blank node without a label between two patterns
/// is the same: `?x :p [ :q ?y ]` is listed as `?x :p/:q ?y`, and so is `?y ^:q/^:p ?x`.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let namespaces = Namespaces::standard();
/// let query = query::parse("SELECT * { ?mill ^rdfs:member/rdfs:label* / rdfs:comment ?text }", &namespaces)?;
/// let paths = query::sequence_paths(&query);
/// assert_eq!(namespaces.shorten(&paths[0]), "?mill ^rdfs:member/rdfs:label*/rdfs:comment ?text");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sequence_paths(query: &Query) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![pattern_of(query)]);
    while let Some(pattern) = open.pop() {
        let (mut parts, mut others) = (Vec::new(), Vec::new());
        joined_parts(pattern, &mut parts, &mut others);
        found.extend(sequences(&parts));
        others.reverse();
        open.extend(others);
    }
    found
}

/// The triples and paths that are joined with each other, and the patterns inside others.
fn joined_parts<'a>(pattern: &'a GraphPattern, parts: &mut Vec<Part<'a>>, others: &mut Vec<&'a GraphPattern>) {
    match pattern {
        GraphPattern::Bgp { patterns } => {
            parts.extend(patterns.iter().map(|triple| Part {
                subject: &triple.subject,
                path: match &triple.predicate {
                    NamedNodePattern::NamedNode(iri) => {
                        Some(path_text(&PropertyPathExpression::NamedNode(iri.clone())))
                    }
                    NamedNodePattern::Variable(_) => None,
                },
                object: &triple.object,
            }));
        }
        GraphPattern::Path { subject, path, object } => {
            let text = path_text(path);
            let path = if let PropertyPathExpression::Alternative(..) = path { format!("({text})") } else { text };
            parts.push(Part { subject, path: Some(path), object });
        }
        GraphPattern::Join { left, right } => {
            joined_parts(left, parts, others);
            joined_parts(right, parts, others);
        }
        other => others.extend(subpatterns(other)),
    }
}

fn sequences(parts: &[Part<'_>]) -> Vec<String> {
    let mut uses: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        for end in [part.subject, part.object] {
            uses.entry(end.to_string()).or_default().push(index);
        }
    }
    // A node between two parts of a path is in these only.
    let next = |end: &TermPattern, from: usize| match (end, &uses[&end.to_string()][..]) {
        (TermPattern::BlankNode(_), [a, b]) if a != b => {
            Some(if *a == from { *b } else { *a }).filter(|other| parts[*other].path.is_some())
        }
        _ => None,
    };
    let (mut found, mut seen) = (Vec::new(), vec![false; parts.len()]);
    for (first, part) in parts.iter().enumerate() {
        let is_start = |end| next(end, first).is_none();
        let start = match (is_start(part.subject), is_start(part.object)) {
            (true, false) => part.subject,
            (false, true) => part.object,
            _ => continue,
        };
        if seen[first] || part.path.is_none() {
            continue;
        }
        let (mut start, mut end, mut index, mut steps) = (start, start, first, Vec::new());
        while let Part { subject, path: Some(path), object } = &parts[index] {
            seen[index] = true;
            let is_forward = *subject == end;
            steps.push((path, is_forward));
            end = if is_forward { object } else { subject };
            match next(end, index) {
                Some(other) if !seen[other] => index = other,
                _ => break,
            }
        }
        // The pattern in brackets comes before the one around it.
        if !steps.iter().any(|(_, is_forward)| *is_forward) {
            (start, end) = (end, start);
            steps = steps.into_iter().rev().map(|(path, _)| (path, true)).collect();
        }
        let steps: Vec<String> = steps
            .into_iter()
            .map(|(path, is_forward)| if is_forward { path.clone() } else { format!("^{path}") })
            .collect();
        // The label of another blank node is random.
        let shown =
            |end: &TermPattern| if let TermPattern::BlankNode(_) = end { "[]".to_owned() } else { end.to_string() };
        found.push(format!("{} {} {}", shown(start), steps.join("/"), shown(end)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;

    #[test]
    fn a_sequence_is_written_as_in_the_query() {
        let namespaces = Namespaces::standard().with_prefix("v", "http://e/v/").unwrap();
        for path in ["v:a/v:b", "^v:a/v:b/^v:c", "v:a*/v:b", "v:a/(v:b|v:c)/v:d", "v:a/(v:b/v:c)+"] {
            let query = namespaces.parse_query(&format!("SELECT * {{ ?x {path} ?y . ?y v:a ?z }}")).unwrap();
            let shown: Vec<String> = sequence_paths(&query).iter().map(|path| namespaces.shorten(path)).collect();
            assert_eq!(shown, [format!("?x {path} ?y")]);
        }
        for (pattern, paths) in [
            ("?x v:a ?y . ?y v:b ?z", &[][..]),
            ("OPTIONAL { ?x v:a/v:b ?y } { ?y v:c/v:d 1 }", &["?x v:a/v:b ?y", "?y v:c/v:d "]),
            ("_:n v:a ?x ; v:b ?y ; v:c ?z", &[]),
            ("?x v:a [ v:b ?y ]", &["?x v:a/v:b ?y"]),
            ("?x v:a [ v:b [] ]", &["?x v:a/v:b []"]),
            ("?x v:a [ v:b/v:c [ v:d 1 ] ]", &["?x v:a/v:b/v:c/v:d "]),
            ("?y ^v:b/^v:a ?x", &["?x v:a/v:b ?y"]),
            // A path has no variables.
            ("?x ?p [ v:b ?y ]", &[]),
            ("?x v:a [ ?p ?y ]", &[]),
            ("?x ?p [ v:a [ v:b ?y ] ]", &["[] v:a/v:b ?y"]),
            ("?x v:a _:n . _:n v:b ?y ; ?p ?z", &[]),
        ] {
            let query = namespaces.parse_query(&format!("SELECT * {{ {pattern} }}")).unwrap();
            let shown: Vec<String> = sequence_paths(&query).iter().map(|path| namespaces.shorten(path)).collect();
            assert!(paths.iter().all(|path| shown.iter().any(|found| found.contains(path))), "{shown:?}");
            assert_eq!(shown.len(), paths.len(), "{shown:?}");
        }
    }
}
