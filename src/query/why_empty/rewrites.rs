//! Changes of a whole query with which it has results: they are looked for before those of the step at which the solutions run out,
//! because the mistake may be in an earlier step.

use super::constants;
use super::graphs;
use super::hierarchy::{subclasses, subproperties};
use super::iris;
use super::runner::PatternRunner;
use crate::model::{pattern_of_mut, subpatterns, subpatterns_mut};
use crate::query::variables::{QueryVariables, visit_variables};
use crate::store::StoreError;
use oxigraph::model::Variable;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::TriplePattern;
use std::collections::BTreeSet;

/// The most changes of each kind that are run.
pub(super) const MAX_RUNS: usize = 8;

/// The first change of a query with which it has results, as a hint.
pub(super) fn correction(runner: &PatternRunner<'_>) -> Result<Option<String>, StoreError> {
    for find in [letter_case, graphs::correction, iris::correction, subclasses, subproperties, constants::correction] {
        if let Some(hint) = find(runner)? {
            return Ok(Some(hint));
        }
    }
    Ok(None)
}

/// The query with a change of its pattern.
pub(super) fn with_change(query: &Query, change: impl FnOnce(&mut GraphPattern)) -> Query {
    let mut changed = query.clone();
    change(pattern_of_mut(&mut changed));
    changed
}

/// A variable that nothing binds, and one in another letter case that is bound.
fn letter_case(runner: &PatternRunner<'_>) -> Result<Option<String>, StoreError> {
    let variables = QueryVariables::new(&runner.query);
    let pairs = |names: &BTreeSet<Variable>| -> Vec<(Variable, Variable)> {
        let pair = |variable: &Variable| Some((variable.clone(), variables.in_other_case(variable)?.clone()));
        names.iter().filter_map(pair).collect()
    };
    let mut changes: Vec<Vec<(Variable, Variable)>> = Vec::new();
    let unbound = pairs(&variables.unbound);
    if unbound.len() > 1 {
        changes.push(unbound.clone());
    }
    changes.extend(unbound.into_iter().map(|pair| vec![pair]));
    // Both may be bound, by patterns that were meant to share one of them.
    changes.extend(pairs(&variables.bound).into_iter().filter(|(from, to)| from < to).map(|pair| vec![pair]));
    for renamed in changes.into_iter().take(MAX_RUNS) {
        let query = with_change(&runner.query, |pattern| {
            visit_variables(pattern, &mut |variable, _| {
                if let Some((_, to)) = renamed.iter().find(|(from, _)| from == variable) {
                    variable.clone_from(to);
                }
            });
        });
        if runner.has_results(&query)? {
            let list = |names: Vec<&Variable>| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            let (from, to): (Vec<_>, Vec<_>) = renamed.iter().map(|(from, to)| (from, to)).unzip();
            let problem = match variables.bound.contains(from[0]) {
                true => format!("{} and {} are different variables", list(from), list(to.clone())),
                false => format!("{} {} not bound", list(from.clone()), if from.len() == 1 { "is" } else { "are" }),
            };
            return Ok(Some(format!("{problem}, as variables are case-sensitive; did you mean {}?", list(to))));
        }
    }
    Ok(None)
}

/// The triples of a pattern, in their order.
pub(super) fn triples(pattern: &GraphPattern) -> Vec<&TriplePattern> {
    let (mut found, mut open) = (Vec::new(), vec![pattern]);
    while let Some(next) = open.pop() {
        if let GraphPattern::Bgp { patterns } = next {
            found.extend(patterns);
        }
        open.extend(subpatterns(next).into_iter().rev());
    }
    found
}

/// Replaces triples by other patterns.
pub(super) fn replace_triples(
    pattern: &mut GraphPattern,
    replace: &mut dyn FnMut(&TriplePattern) -> Option<GraphPattern>,
) {
    if let GraphPattern::Bgp { patterns } = pattern {
        let (mut kept, mut added) = (Vec::new(), Vec::new());
        for triple in patterns.drain(..) {
            match replace(&triple) {
                Some(other) => added.push(other),
                None => kept.push(triple),
            }
        }
        *pattern = added.into_iter().fold(GraphPattern::Bgp { patterns: kept }, |left, right| GraphPattern::Join {
            left: Box::new(left),
            right: Box::new(right),
        });
        return;
    }
    for inner in subpatterns_mut(pattern) {
        replace_triples(inner, replace);
    }
}

/// The pattern of a query without its columns and solution modifiers.
pub(super) fn without_projection(mut pattern: &GraphPattern) -> &GraphPattern {
    while let GraphPattern::Project { inner, .. }
    | GraphPattern::Distinct { inner }
    | GraphPattern::Reduced { inner }
    | GraphPattern::OrderBy { inner, .. }
    | GraphPattern::Slice { inner, .. } = pattern
    {
        pattern = inner;
    }
    pattern
}
