//! Ways through the expressions of SPARQL.

use spargebra::algebra::Expression;

/// The parts of an expression that must all be true, in the order written.
pub(crate) fn conjuncts(expression: &Expression) -> Vec<&Expression> {
    // Operators in a row are nested to the left, as deep as the query is long.
    let mut parts = Vec::new();
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        match next {
            Expression::And(left, right) => open.extend([&**right, &**left]),
            other => parts.push(other),
        }
    }
    parts
}

/// The expressions that an expression is made of; none of the patterns in it.
pub(crate) fn subexpressions(expression: &Expression) -> Vec<&Expression> {
    use Expression as E;
    match expression {
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
        E::In(a, list) => [&**a].into_iter().chain(list).collect(),
        E::If(a, b, c) => vec![a, b, c],
        E::Coalesce(list) | E::FunctionCall(_, list) => list.iter().collect(),
    }
}

/// The expressions that an expression is made of, to be changed; none of the patterns in it.
pub(crate) fn subexpressions_mut(expression: &mut Expression) -> Vec<&mut Expression> {
    use Expression as E;
    match expression {
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
        E::In(a, list) => [&mut **a].into_iter().chain(list).collect(),
        E::If(a, b, c) => vec![a, b, c],
        E::Coalesce(list) | E::FunctionCall(_, list) => list.iter_mut().collect(),
    }
}

/// An expression and all that it is made of, from left to right; none of the patterns in it.
pub(crate) fn all_subexpressions(expression: &Expression) -> Vec<&Expression> {
    let mut all = Vec::new();
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        all.push(next);
        open.extend(subexpressions(next).into_iter().rev());
    }
    all
}
