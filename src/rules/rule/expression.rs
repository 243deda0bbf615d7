//! Expressions over the variables of a rule.

use super::UnsupportedRule;
use crate::model::{all_subexpressions, subexpressions_mut};
use oxigraph::model::{Literal, Variable};
use spargebra::algebra::{Expression, Function};
use std::collections::BTreeSet;

/// The number of a variable.
pub(in crate::rules) type Slot = usize;

/// The name of a variable without a value in the expressions of a body.
pub(super) const UNBOUND: &str = "unbound";

/// The name of a slot in the expressions of a body.
pub(in crate::rules) fn variable(slot: Slot) -> Variable {
    Variable::new_unchecked(format!("s{slot}"))
}

/// The slot with a name.
pub(super) fn slot_of(variable: &Variable) -> Option<Slot> {
    variable.as_str().strip_prefix('s').and_then(|number| number.parse().ok())
}

/// The slots in an expression of a body.
pub(in crate::rules) fn slots_of(expression: &Expression) -> BTreeSet<Slot> {
    let variables = all_subexpressions(expression).into_iter().filter_map(|expression| match expression {
        Expression::Variable(variable) | Expression::Bound(variable) => slot_of(variable),
        _ => None,
    });
    variables.collect()
}

/// Returns an error if a rule cannot evaluate an expression.
pub(super) fn check_support(expression: &Expression) -> Result<(), UnsupportedRule> {
    for expression in all_subexpressions(expression) {
        match expression {
            Expression::FunctionCall(Function::Rand, _) => return Err(UnsupportedRule::Volatile("RAND")),
            Expression::FunctionCall(Function::Now, _) => return Err(UnsupportedRule::Volatile("NOW")),
            Expression::FunctionCall(Function::Uuid, _) => return Err(UnsupportedRule::Volatile("UUID")),
            Expression::FunctionCall(Function::StrUuid, _) => return Err(UnsupportedRule::Volatile("STRUUID")),
            Expression::FunctionCall(Function::BNode, _) => return Err(UnsupportedRule::Volatile("BNODE")),
            Expression::Exists(_) => {
                return Err(UnsupportedRule::feature("EXISTS within an expression", &["EXISTS"], "write a UNION"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Replaces the variables of an expression.
pub(super) fn replace_variables(expression: &mut Expression, replace: &mut impl FnMut(&Variable) -> Variable) {
    match expression {
        Expression::Variable(variable) => *variable = replace(variable),
        Expression::Bound(variable) => {
            *variable = replace(variable);
            if variable.as_str() == UNBOUND {
                *expression = Expression::Literal(Literal::from(false));
            }
        }
        _ => {}
    }
    for inner in subexpressions_mut(expression) {
        replace_variables(inner, replace);
    }
}
