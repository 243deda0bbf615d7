//! A pattern as a list of steps, in the order written.

use crate::model::{conjuncts, union_branches};
use oxigraph::model::Variable;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern};
use spargebra::term::TriplePattern;
use std::rc::Rc;

/// A step, which extends the solutions of the steps before it or excludes some of them.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Triple(TriplePattern),
    Path(GraphPattern),
    Values(GraphPattern),
    /// The branches.
    Union(Vec<GraphPattern>),
    /// A group or a subquery, which does not see the variables outside of it.
    Nested(GraphPattern),
    /// GRAPH, SERVICE and LATERAL, which are not split.
    Other(GraphPattern),
    Filter(Condition),
    Minus(GraphPattern),
    Optional(GraphPattern, Option<Expression>),
    Bind(Variable, Expression),
    Group(Vec<Variable>, Vec<(Variable, AggregateExpression)>),
    /// LIMIT and OFFSET, with the pattern that they apply to.
    Slice(GraphPattern, usize, Option<usize>),
}

/// One of the conditions that the solutions of a group satisfy.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// All conditions of the group.
    pub(super) group: Rc<[Expression]>,
    /// The index of this one.
    pub(super) index: usize,
}

impl Condition {
    pub(super) fn expression(&self) -> &Expression {
        &self.group[self.index]
    }
}

/// A longer conjunction is one step, because each step costs a query.
const MAX_CONDITIONS: usize = 100;

/// The steps of a pattern.
pub(super) fn steps(pattern: &GraphPattern) -> Vec<Step> {
    let mut steps = Vec::new();
    flatten(pattern, &mut steps);
    steps
}

/// The pattern that a query without GROUP BY aggregates to one row.
pub(super) fn aggregated(mut pattern: &GraphPattern) -> Option<&GraphPattern> {
    loop {
        match pattern {
            GraphPattern::Project { inner, .. }
            | GraphPattern::OrderBy { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. }
            | GraphPattern::Filter { inner, .. }
            | GraphPattern::Extend { inner, .. } => pattern = inner,
            GraphPattern::Group { inner, variables, .. } if variables.is_empty() => return Some(inner),
            _ => return None,
        }
    }
}

fn flatten(pattern: &GraphPattern, steps: &mut Vec<Step>) {
    match pattern {
        GraphPattern::Bgp { patterns } => steps.extend(patterns.iter().cloned().map(Step::Triple)),
        GraphPattern::Path { .. } => steps.push(Step::Path(pattern.clone())),
        GraphPattern::Values { .. } => steps.push(Step::Values(pattern.clone())),
        GraphPattern::Join { left, right } => {
            flatten(left, steps);
            match **right {
                GraphPattern::Bgp { .. }
                | GraphPattern::Path { .. }
                | GraphPattern::Values { .. }
                | GraphPattern::Union { .. }
                | GraphPattern::Graph { .. }
                | GraphPattern::Service { .. }
                | GraphPattern::Join { .. } => flatten(right, steps),
                _ if steps.is_empty() => flatten(right, steps),
                _ => steps.push(Step::Nested((**right).clone())),
            }
        }
        GraphPattern::Union { .. } => {
            steps.push(Step::Union(union_branches(pattern).into_iter().cloned().collect()));
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            flatten(left, steps);
            steps.push(Step::Optional((**right).clone(), expression.clone()));
        }
        GraphPattern::Filter { expr, inner } => {
            flatten(inner, steps);
            let group: Rc<[Expression]> = match conjuncts(expr) {
                few if few.len() <= MAX_CONDITIONS => few.into_iter().cloned().collect(),
                _ => Rc::new([expr.clone()]),
            };
            steps.extend((0..group.len()).map(|index| Step::Filter(Condition { group: Rc::clone(&group), index })));
        }
        GraphPattern::Extend { inner, variable, expression } => {
            flatten(inner, steps);
            steps.push(Step::Bind(variable.clone(), expression.clone()));
        }
        GraphPattern::Minus { left, right } => {
            flatten(left, steps);
            steps.push(Step::Minus((**right).clone()));
        }
        GraphPattern::Project { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner } => flatten(inner, steps),
        // It has one row even if nothing matches.
        GraphPattern::Group { variables, .. } if variables.is_empty() => steps.push(Step::Other(pattern.clone())),
        GraphPattern::Group { inner, variables, aggregates } => {
            flatten(inner, steps);
            steps.push(Step::Group(variables.clone(), aggregates.clone()));
        }
        GraphPattern::Slice { inner, start, length } => {
            flatten(inner, steps);
            steps.push(Step::Slice((**inner).clone(), *start, *length));
        }
        GraphPattern::Graph { .. } | GraphPattern::Service { .. } | GraphPattern::Lateral { .. } => {
            steps.push(Step::Other(pattern.clone()));
        }
    }
}

impl Step {
    /// Whether the step can exclude solutions.
    pub(super) fn can_exclude(&self) -> bool {
        !matches!(self, Self::Optional(..) | Self::Bind(..) | Self::Group(..))
    }

    /// The pattern of the steps before, followed by this step.
    pub(super) fn append_to(&self, before: &GraphPattern) -> GraphPattern {
        let inner = || Box::new(before.clone());
        match self {
            Self::Triple(triple) => join(before, GraphPattern::Bgp { patterns: vec![triple.clone()] }),
            Self::Path(pattern) | Self::Values(pattern) | Self::Nested(pattern) | Self::Other(pattern) => {
                join(before, pattern.clone())
            }
            Self::Union(branches) => {
                let union = branches
                    .iter()
                    .cloned()
                    .reduce(|left, right| GraphPattern::Union { left: Box::new(left), right: Box::new(right) });
                join(before, union.unwrap_or_default())
            }
            Self::Filter(condition) => GraphPattern::Filter { expr: condition.expression().clone(), inner: inner() },
            Self::Minus(right) => GraphPattern::Minus { left: inner(), right: Box::new(right.clone()) },
            Self::Optional(right, expression) => {
                GraphPattern::LeftJoin { left: inner(), right: Box::new(right.clone()), expression: expression.clone() }
            }
            Self::Bind(variable, expression) => {
                GraphPattern::Extend { inner: inner(), variable: variable.clone(), expression: expression.clone() }
            }
            Self::Group(variables, aggregates) => {
                GraphPattern::Group { inner: inner(), variables: variables.clone(), aggregates: aggregates.clone() }
            }
            Self::Slice(all, start, length) => {
                GraphPattern::Slice { inner: Box::new(all.clone()), start: *start, length: *length }
            }
        }
    }
}

/// How a condition after a pattern is written: conditions on groups are those of HAVING.
pub(super) fn filter_keyword(mut before: &GraphPattern) -> &'static str {
    while let GraphPattern::Filter { inner, .. } = before {
        before = inner;
    }
    if matches!(before, GraphPattern::Group { .. }) { "HAVING" } else { "FILTER" }
}

/// A triple pattern on its own.
pub(super) fn bgp(pattern: &TriplePattern) -> GraphPattern {
    GraphPattern::Bgp { patterns: vec![pattern.clone()] }
}

/// Joins two patterns; two basic graph patterns become one.
pub(super) fn join(left: &GraphPattern, right: GraphPattern) -> GraphPattern {
    match (left, right) {
        (GraphPattern::Bgp { patterns }, right) if patterns.is_empty() => right,
        (GraphPattern::Bgp { patterns }, GraphPattern::Bgp { patterns: more }) => {
            GraphPattern::Bgp { patterns: patterns.iter().cloned().chain(more).collect() }
        }
        (left, right) => GraphPattern::Join { left: Box::new(left.clone()), right: Box::new(right) },
    }
}
