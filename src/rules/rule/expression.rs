//! Expressions over the variables of a rule.

use super::UnsupportedRule;
use oxigraph::model::{Literal, Variable};
use spargebra::algebra::{Expression, Function};
use std::collections::BTreeSet;

/// The number of a variable.
pub(in crate::rules) type Slot = usize;

/// The name of a variable in the expressions of a body.
pub(in crate::rules) fn variable(slot: Slot) -> Variable {
    Variable::new_unchecked(format!("s{slot}"))
}

/// The slots of the variables in an expression of a body.
pub(in crate::rules) fn slots_of(expression: &Expression) -> BTreeSet<Slot> {
    let mut slots = BTreeSet::new();
    // Rewriting is the one way through an expression; here it changes nothing.
    let _ = map(expression.clone(), &mut |variable| {
        slots.extend(variable.as_str().strip_prefix('s').and_then(|number| number.parse::<Slot>().ok()));
        Ok(variable)
    });
    slots
}

type Result<T> = std::result::Result<T, UnsupportedRule>;

/// Changes the variables of an expression; refuses what a rule cannot compute.
pub(super) fn map(expression: Expression, of: &mut impl FnMut(Variable) -> Result<Variable>) -> Result<Expression> {
    use Expression as E;
    let mut all = |list: Vec<E>| list.into_iter().map(|e| map(e, of)).collect::<Result<Vec<E>>>();
    macro_rules! both {
        ($kind:path, $a:expr, $b:expr) => {{
            let (a, b) = (map(*$a, of)?, map(*$b, of)?);
            $kind(Box::new(a), Box::new(b))
        }};
    }
    Ok(match expression {
        E::NamedNode(iri) => E::NamedNode(iri),
        E::Literal(literal) => E::Literal(literal),
        E::Variable(variable) => E::Variable(of(variable)?),
        // `BOUND` of what never has a value.
        E::Bound(variable) => match of(variable)? {
            unbound if unbound.as_str() == "unbound" => E::Literal(Literal::from(false)),
            variable => E::Bound(variable),
        },
        E::Or(a, b) => both!(E::Or, a, b),
        E::And(a, b) => both!(E::And, a, b),
        E::Equal(a, b) => both!(E::Equal, a, b),
        E::SameTerm(a, b) => both!(E::SameTerm, a, b),
        E::Greater(a, b) => both!(E::Greater, a, b),
        E::GreaterOrEqual(a, b) => both!(E::GreaterOrEqual, a, b),
        E::Less(a, b) => both!(E::Less, a, b),
        E::LessOrEqual(a, b) => both!(E::LessOrEqual, a, b),
        E::Add(a, b) => both!(E::Add, a, b),
        E::Subtract(a, b) => both!(E::Subtract, a, b),
        E::Multiply(a, b) => both!(E::Multiply, a, b),
        E::Divide(a, b) => both!(E::Divide, a, b),
        E::UnaryPlus(a) => E::UnaryPlus(Box::new(map(*a, of)?)),
        E::UnaryMinus(a) => E::UnaryMinus(Box::new(map(*a, of)?)),
        E::Not(a) => E::Not(Box::new(map(*a, of)?)),
        E::In(a, list) => E::In(Box::new(map(*a, of)?), list.into_iter().map(|e| map(e, of)).collect::<Result<_>>()?),
        E::If(a, b, c) => E::If(Box::new(map(*a, of)?), Box::new(map(*b, of)?), Box::new(map(*c, of)?)),
        E::Coalesce(list) => E::Coalesce(all(list)?),
        E::FunctionCall(function, list) => {
            let volatile = match &function {
                Function::Rand => Some("RAND"),
                Function::Now => Some("NOW"),
                Function::Uuid => Some("UUID"),
                Function::StrUuid => Some("STRUUID"),
                Function::BNode => Some("BNODE"),
                _ => None,
            };
            match volatile {
                Some(name) => return Err(UnsupportedRule::Volatile(name)),
                None => E::FunctionCall(function, all(list)?),
            }
        }
        E::Exists(_) => {
            return Err(UnsupportedRule::Pattern(
                "EXISTS among alternatives of an expression: it would not be known which of them held; write a UNION",
            ));
        }
    })
}
