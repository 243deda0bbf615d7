//! Traversal of SPARQL expressions and patterns, and queries without FROM.

use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};

/// The operands of a conjunction, in the order written.
pub(crate) fn conjuncts(expression: &Expression) -> Vec<&Expression> {
    // Iterative: a chain of `&&` is nested as deeply as it is long.
    let mut conjuncts = Vec::new();
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        match next {
            Expression::And(left, right) => open.extend([&**right, &**left]),
            other => conjuncts.push(other),
        }
    }
    conjuncts
}

/// The direct operands of an expression, with `&` or `&mut`.
macro_rules! operands {
    ($expression:expr, $iter:ident $(, $mutable:tt)?) => {{
        use Expression as E;
        match $expression {
            E::Exists(_) | E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) => Vec::new(),
            E::Or(a, b)
            | E::And(a, b)
            | E::Equal(a, b)
            | E::SameTerm(a, b)
            | E::Greater(a, b)
            | E::GreaterOrEqual(a, b)
            | E::Less(a, b)
            | E::LessOrEqual(a, b)
            | E::Add(a, b)
            | E::Subtract(a, b)
            | E::Multiply(a, b)
            | E::Divide(a, b) => vec![a, b],
            E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => vec![a],
            E::In(a, list) => [& $($mutable)? **a].into_iter().chain(list).collect(),
            E::If(a, b, c) => vec![a, b, c],
            E::Coalesce(list) | E::FunctionCall(_, list) => list.$iter().collect(),
        }
    }};
}

/// The direct operands of an expression. Patterns inside `EXISTS` are not entered.
pub(crate) fn subexpressions(expression: &Expression) -> Vec<&Expression> {
    operands!(expression, iter)
}

/// The direct operands of an expression, mutable. Patterns inside `EXISTS` are not entered.
pub(crate) fn subexpressions_mut(expression: &mut Expression) -> Vec<&mut Expression> {
    operands!(expression, iter_mut, mut)
}

/// An expression and all expressions nested in it, from left to right. Patterns inside `EXISTS` are not entered.
pub(crate) fn all_subexpressions(expression: &Expression) -> Vec<&Expression> {
    let mut all = Vec::new();
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        all.push(next);
        open.extend(subexpressions(next).into_iter().rev());
    }
    all
}

/// Whether an expression contains `EXISTS`.
pub(crate) fn has_exists(expression: &Expression) -> bool {
    all_subexpressions(expression).into_iter().any(|part| matches!(part, Expression::Exists(_)))
}

/// The branches of a chain of UNION, in the order written; any other pattern is its own only branch.
pub(crate) fn union_branches(pattern: &GraphPattern) -> Vec<&GraphPattern> {
    let mut branches = Vec::new();
    let mut open = vec![pattern];
    while let Some(next) = open.pop() {
        match next {
            GraphPattern::Union { left, right } => open.extend([&**right, &**left]),
            other => branches.push(other),
        }
    }
    branches
}

macro_rules! define_subpatterns {
    ($name:ident, $($reference:tt)+) => {
        /// The patterns directly inside a pattern, without those of its expressions.
        pub(crate) fn $name(pattern: $($reference)+ GraphPattern) -> Vec<$($reference)+ GraphPattern> {
            match pattern {
                GraphPattern::Join { left, right }
                | GraphPattern::Lateral { left, right }
                | GraphPattern::Union { left, right }
                | GraphPattern::Minus { left, right }
                | GraphPattern::LeftJoin { left, right, .. } => vec![left, right],
                GraphPattern::Filter { inner, .. }
                | GraphPattern::OrderBy { inner, .. }
                | GraphPattern::Distinct { inner }
                | GraphPattern::Reduced { inner }
                | GraphPattern::Slice { inner, .. }
                | GraphPattern::Project { inner, .. }
                | GraphPattern::Extend { inner, .. }
                | GraphPattern::Group { inner, .. }
                | GraphPattern::Graph { inner, .. }
                | GraphPattern::Service { inner, .. } => vec![inner],
                GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => Vec::new(),
            }
        }
    };
}

define_subpatterns!(subpatterns, &);
define_subpatterns!(subpatterns_mut, &mut);

/// The pattern of a query.
pub(crate) fn pattern_of(query: &Query) -> &GraphPattern {
    match query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => pattern,
    }
}

/// The pattern of a query, to be changed.
pub(crate) fn pattern_of_mut(query: &mut Query) -> &mut GraphPattern {
    match query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => pattern,
    }
}

/// The query without FROM and FROM NAMED.
pub(crate) fn without_dataset(query: &Query) -> Query {
    let mut query = query.clone();
    let (Query::Select { dataset, .. }
    | Query::Construct { dataset, .. }
    | Query::Describe { dataset, .. }
    | Query::Ask { dataset, .. }) = &mut query;
    *dataset = None;
    query
}
