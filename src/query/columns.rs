//! Variables of a query that nothing binds.

use super::algebra::in_scope;
use super::variables::QueryVariables;
use crate::diagnostic::closest;
use oxigraph::model::Variable;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::collections::BTreeSet;

/// The columns that the pattern of a SELECT query cannot bind, so that they are empty in each row. Each comes with a similar variable
/// of the pattern that is not a column: first one that differs in letter case, then the closest. Then the variables of expressions that
/// nothing binds, if there is one that differs only in letter case.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let query = query::parse("SELECT ?Who ?what { ?who ?did ?what }", &Namespaces::standard())?;
/// let [(column, similar)] = &query::unbound_variables(&query)[..] else { panic!() };
/// assert_eq!((column.as_str(), similar.as_ref().map(|similar| similar.as_str())), ("Who", Some("who")));
///
/// let query = query::parse("SELECT (STR(?What) AS ?text) { ?who ?did ?what }", &Namespaces::standard())?;
/// assert_eq!(query::unbound_variables(&query)[0].0.as_str(), "What");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn unbound_variables(query: &Query) -> Vec<(Variable, Option<Variable>)> {
    let mut unbound = unbound_columns(query);
    let variables = QueryVariables::new(query);
    for variable in &variables.unbound {
        if let Some(same) = variables.in_other_case(variable)
            && !unbound.iter().any(|(known, _)| known == variable)
        {
            unbound.push((variable.clone(), Some(same.clone())));
        }
    }
    unbound
}

fn unbound_columns(query: &Query) -> Vec<(Variable, Option<Variable>)> {
    let Query::Select { pattern, .. } = query else { return Vec::new() };
    let mut outer = pattern;
    while let GraphPattern::Slice { inner, .. } | GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } =
        outer
    {
        outer = inner;
    }
    let GraphPattern::Project { inner, variables } = outer else { return Vec::new() };
    let mut bound = BTreeSet::new();
    in_scope(inner, &mut bound);
    let unused: Vec<&Variable> = bound.iter().filter(|variable| !variables.contains(variable)).collect();
    let similar = |column: &Variable| {
        let same = unused.iter().find(|other| other.as_str().eq_ignore_ascii_case(column.as_str()));
        same.map(|same| (*same).clone()).or_else(|| {
            closest(column.as_str(), unused.iter().map(|other| other.as_str())).map(Variable::new_unchecked)
        })
    };
    variables.iter().filter(|column| !bound.contains(column)).map(|column| (column.clone(), similar(column))).collect()
}
