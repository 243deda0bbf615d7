//! Traversal of SPARQL expressions.

use spargebra::algebra::Expression;

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
