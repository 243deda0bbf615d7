//! Restricting a pattern to the solutions that are traced.

use super::tracer::Key;
use crate::query::algebra::{own_variables, triple_variables};
use oxigraph::model::Variable;
use rustc_hash::FxHashSet;
use spargebra::algebra::GraphPattern;
use spargebra::term::GroundTerm;
use std::collections::BTreeSet;
use std::hash::Hash;

/// Up to this many keys, a pattern is evaluated only for these.
pub(super) const MAX_KEYS: usize = 1000;

/// The distinct items, in the order of their first occurrence.
pub(super) fn distinct<T: Clone + Eq + Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = FxHashSet::default();
    items.filter(|item| seen.insert(item.clone())).collect()
}

/// A pattern that is evaluated only for some keys.
pub(super) struct Restricted {
    pub(super) pattern: GraphPattern,
    /// Whether each solution has one of the keys. Otherwise, it has the values of one in some variables.
    pub(super) is_exact: bool,
}

/// Restricts a pattern to some keys, which are values of variables; `None` if that cannot be expressed in a query, where a blank node has no
/// name and a variable that a solution may leave unbound would be bound by the key, or if it would not be faster.
pub(super) fn restricted(pattern: &GraphPattern, variables: &[Variable], keys: &[Key]) -> Option<Restricted> {
    if keys.len() > MAX_KEYS {
        return None;
    }
    let matched = always_matched(pattern);
    let ground = |key: &Key, column: usize| GroundTerm::try_from(key[column].clone()?).ok();
    let is_known =
        |column: &usize| matched.contains(&variables[*column]) && keys.iter().all(|key| ground(key, *column).is_some());
    let columns: Vec<usize> = (0..variables.len()).filter(is_known).collect();
    if columns.is_empty() {
        return None;
    }
    let bindings = keys.iter().map(|key| columns.iter().map(|column| ground(key, *column)).collect());
    let known = columns.iter().map(|column| variables[*column].clone()).collect();
    // Two keys may have the same values in these variables, but must not repeat solutions.
    let table = GraphPattern::Values { variables: known, bindings: distinct(bindings) };
    Some(Restricted { pattern: joined(pattern, table), is_exact: columns.len() == variables.len() })
}

/// A pattern joined with a table. Its order is preserved.
fn joined(pattern: &GraphPattern, table: GraphPattern) -> GraphPattern {
    match pattern {
        GraphPattern::OrderBy { inner, expression } => {
            GraphPattern::OrderBy { inner: Box::new(joined(inner, table)), expression: expression.clone() }
        }
        other => GraphPattern::Join { left: Box::new(table), right: Box::new(other.clone()) },
    }
}

/// The variables that triples or paths, but not those of subqueries or named graphs, bind in every solution.
fn always_matched(pattern: &GraphPattern) -> BTreeSet<Variable> {
    match pattern {
        GraphPattern::Bgp { patterns } => {
            let mut variables = BTreeSet::new();
            for pattern in patterns {
                triple_variables(pattern, &mut variables);
            }
            variables
        }
        GraphPattern::Path { .. } => {
            let mut variables = BTreeSet::new();
            own_variables(pattern, &mut variables);
            variables
        }
        GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => {
            &always_matched(left) | &always_matched(right)
        }
        GraphPattern::Union { left, right } => &always_matched(left) & &always_matched(right),
        GraphPattern::LeftJoin { left, .. } | GraphPattern::Minus { left, .. } => always_matched(left),
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. } => always_matched(inner),
        // Subqueries are evaluated as a whole, whatever they are joined with.
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;
    use oxigraph::model::{BlankNode, NamedNode, Term};

    /// The pattern of a query without its projection.
    fn pattern(text: &str) -> GraphPattern {
        match crate::model::pattern_of(&Namespaces::standard().parse_query(text).unwrap()) {
            GraphPattern::Project { inner, .. } => (**inner).clone(),
            other => other.clone(),
        }
    }

    #[test]
    fn only_variables_of_triples_that_every_solution_matches_are_known_to_be_bound() {
        let names = |text: &str| always_matched(&pattern(text)).iter().map(Variable::to_string).collect::<Vec<_>>();
        assert_eq!(
            names("SELECT * { ?a rdfs:label ?b OPTIONAL { ?a rdfs:comment ?c } BIND(1 AS ?d) VALUES ?e { 1 } }"),
            ["?a", "?b"]
        );
        assert_eq!(names("SELECT * { { ?a rdfs:label ?b } UNION { ?a rdfs:comment ?c } MINUS { ?a a ?d } }"), ["?a"]);
        assert_eq!(names("SELECT * { ?a rdfs:subClassOf* ?b FILTER(?b != 1) }"), ["?a", "?b"]);
        assert_eq!(names("SELECT ?a (COUNT(*) AS ?n) { ?a rdfs:label ?b } GROUP BY ?a"), Vec::<String>::new());
        assert_eq!(names("SELECT * { GRAPH ?g { ?a a ?b } }"), Vec::<String>::new());
    }

    #[test]
    fn a_pattern_is_not_restricted_to_what_a_query_cannot_name() {
        let labels = pattern("SELECT * { ?a rdfs:label ?b }");
        let (a, b) = (Variable::new_unchecked("a"), Variable::new_unchecked("b"));
        let iri = || Some(Term::from(NamedNode::new_unchecked("http://example.org/x")));
        let blank = || Some(Term::from(BlankNode::new_unchecked("x")));
        let is_exact = |variables: &[Variable], keys: &[Key]| restricted(&labels, variables, keys).map(|r| r.is_exact);
        assert_eq!(is_exact(std::slice::from_ref(&a), &[vec![iri()]]), Some(true));
        assert_eq!(is_exact(&[a.clone(), b], &[vec![iri(), blank()], vec![iri(), iri()]]), Some(false));
        for keys in [vec![vec![blank()]], vec![vec![None]], vec![vec![iri()]; MAX_KEYS + 1]] {
            assert_eq!(is_exact(std::slice::from_ref(&a), &keys), None, "{keys:?}");
        }
    }
}
