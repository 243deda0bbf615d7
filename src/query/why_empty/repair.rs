//! Replacements for a step that excludes every solution. Each is run before it is suggested.

use super::runner::PatternRunner;
use super::suggestions::HintsResult;
use crate::store::StoreError;
use oxigraph::model::NamedNode;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// The most replacements of one step that are run.
pub(super) const MAX_RUNS: usize = 24;

/// The most replacements of one step that are suggested.
const MAX_SUGGESTED: usize = 2;

/// A replacement of a step.
pub(super) struct Repair {
    /// Why it may have been meant; may be empty.
    reason: String,
    /// What is suggested, as it is written.
    replacement: String,
    /// The patterns before the step, with the replacement.
    pattern: GraphPattern,
    /// The whole query with the replacement, if it is preferred that it has results.
    query: Option<Query>,
}

impl Repair {
    pub(super) fn new(reason: impl Into<String>, replacement: impl Into<String>, pattern: GraphPattern) -> Self {
        Self { reason: reason.into(), replacement: replacement.into(), pattern, query: None }
    }

    /// The repair is suggested only if the whole query has results with it, unless none of the repairs is such.
    pub(super) fn with_query(self, query: Option<Query>) -> Self {
        Self { query, ..self }
    }
}

/// The hints of the first repairs that work.
#[derive(Default)]
pub(super) struct Working {
    /// With these, the query has results, or it was not run.
    pub(super) of_query: Vec<String>,
    /// With these, only the step has a solution.
    pub(super) of_step: Vec<String>,
}

impl Working {
    pub(super) fn is_empty(&self) -> bool {
        self.of_query.is_empty() && self.of_step.is_empty()
    }
}

/// The hints of the first repairs that have a solution.
pub(super) fn working(runner: &PatternRunner<'_>, repairs: impl IntoIterator<Item = Repair>) -> HintsResult {
    let Working { of_query, of_step } = find_working(runner, repairs)?;
    Ok(if of_query.is_empty() { of_step } else { of_query })
}

/// The hints of the first repairs that have a solution, and those with which the whole query has results.
pub(super) fn find_working(
    runner: &PatternRunner<'_>,
    repairs: impl IntoIterator<Item = Repair>,
) -> Result<Working, StoreError> {
    let (mut found, mut tried) = (Working::default(), BTreeSet::new());
    for Repair { reason, replacement, pattern, query } in repairs {
        if found.of_query.len() == MAX_SUGGESTED || tried.len() == MAX_RUNS {
            break;
        }
        if !tried.insert(replacement.clone()) {
            continue;
        }
        let works = runner.has_solution(&pattern).and_then(|works| match query {
            Some(query) if works => Ok((true, runner.has_results(&query)?)),
            _ => Ok((works, works)),
        });
        let (works, whole_works) = match works {
            // What was found before is still right.
            Err(_) if runner.is_out_of_time() && !found.is_empty() => break,
            works => works?,
        };
        if works {
            let separator = if reason.is_empty() { "" } else { "; " };
            let hints = if whole_works { &mut found.of_query } else { &mut found.of_step };
            hints.push(format!("{reason}{separator}did you mean `{replacement}`?"));
        }
    }
    found.of_step.truncate(MAX_SUGGESTED);
    Ok(found)
}

/// Other IRIs for some of those in a pattern or an expression.
pub(super) type IriReplacements = BTreeMap<NamedNode, NamedNode>;

fn replace_iri(iri: &mut NamedNode, replacements: &IriReplacements) {
    if let Some(replacement) = replacements.get(iri) {
        iri.clone_from(replacement);
    }
}

fn replace_in_term(term: &mut TermPattern, replacements: &IriReplacements) {
    match term {
        TermPattern::NamedNode(iri) => replace_iri(iri, replacements),
        TermPattern::Triple(triple) => replace_in_triple(triple, replacements),
        TermPattern::Literal(_) | TermPattern::BlankNode(_) | TermPattern::Variable(_) => {}
    }
}

pub(super) fn replace_in_triple(pattern: &mut TriplePattern, replacements: &IriReplacements) {
    replace_in_term(&mut pattern.subject, replacements);
    if let NamedNodePattern::NamedNode(predicate) = &mut pattern.predicate {
        replace_iri(predicate, replacements);
    }
    replace_in_term(&mut pattern.object, replacements);
}

/// Replaces IRIs in the patterns whose IRIs are [collected](super::iris::in_pattern).
pub(super) fn replace_in_pattern(pattern: &mut GraphPattern, replacements: &IriReplacements) {
    match pattern {
        GraphPattern::Bgp { patterns } => {
            for triple in patterns {
                replace_in_triple(triple, replacements);
            }
        }
        GraphPattern::Path { subject, path, object } => {
            replace_in_term(subject, replacements);
            replace_in_path(path, replacements);
            replace_in_term(object, replacements);
        }
        GraphPattern::Values { bindings, .. } => {
            for term in bindings.iter_mut().flatten().flatten() {
                if let GroundTerm::NamedNode(iri) = term {
                    replace_iri(iri, replacements);
                }
            }
        }
        GraphPattern::Extend { inner, expression, .. } => {
            replace_in_pattern(inner, replacements);
            replace_in_expression(expression, replacements);
        }
        GraphPattern::Project { inner, .. } => replace_in_pattern(inner, replacements),
        _ => {}
    }
}

/// Replaces IRIs in all patterns and conditions of a query, except for those inside EXISTS.
pub(super) fn replace_in_query(pattern: &mut GraphPattern, replacements: &IriReplacements) {
    let mut open = vec![pattern];
    while let Some(next) = open.pop() {
        match next {
            GraphPattern::Filter { expr, .. } => replace_in_expression(expr, replacements),
            GraphPattern::Extend { expression, .. } => replace_in_expression(expression, replacements),
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {
                replace_in_pattern(next, replacements);
            }
            _ => {}
        }
        open.extend(crate::model::subpatterns_mut(next));
    }
}

fn replace_in_path(path: &mut PropertyPathExpression, replacements: &IriReplacements) {
    use PropertyPathExpression as P;
    match path {
        P::NamedNode(iri) => replace_iri(iri, replacements),
        P::Reverse(inner) | P::ZeroOrMore(inner) | P::OneOrMore(inner) | P::ZeroOrOne(inner) => {
            replace_in_path(inner, replacements);
        }
        P::Sequence(first, second) | P::Alternative(first, second) => {
            replace_in_path(first, replacements);
            replace_in_path(second, replacements);
        }
        P::NegatedPropertySet(_) => {}
    }
}

pub(super) fn replace_in_expression(expression: &mut Expression, replacements: &IriReplacements) {
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        match next {
            Expression::NamedNode(iri) => replace_iri(iri, replacements),
            other => open.extend(crate::model::subexpressions_mut(other)),
        }
    }
}

/// An expression with another one in place of a part, by its index in [`all_subexpressions`](crate::model::all_subexpressions).
pub(super) fn with_part(expression: &Expression, index: usize, part: Expression) -> Expression {
    let mut replaced = expression.clone();
    let mut open = vec![&mut replaced];
    for _ in 0..index {
        let Some(next) = open.pop() else { break };
        let mut parts = crate::model::subexpressions_mut(next);
        parts.reverse();
        open.extend(parts);
    }
    if let Some(found) = open.pop() {
        *found = part;
    }
    replaced
}
