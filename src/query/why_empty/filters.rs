//! What a condition that nothing satisfies could have meant.

use super::asking::Asking;
use super::names::{in_expression, unknown};
use super::near::like;
use crate::diagnostic::closest;
use crate::model::all_subexpressions;
use crate::query::algebra::in_scope;
use crate::store::StoreError;
use oxigraph::model::{Literal, Term, Variable};
use spargebra::algebra::{Expression, Function, GraphPattern};
use std::collections::{BTreeMap, BTreeSet};

/// Looks for what is nearly right about a condition that no solution before it satisfies.
pub(super) fn condition(
    asking: &Asking<'_>,
    before: &GraphPattern,
    condition: &Expression,
    hints: &mut Vec<String>,
) -> Result<(), StoreError> {
    if let Expression::Not(inner) = condition
        && matches!(**inner, Expression::Exists(_))
    {
        hints.push("each of them has what should not be there".to_owned());
        return Ok(());
    }
    unknown(asking, in_expression(condition), hints)?;
    let mut scope = BTreeSet::new();
    in_scope(before, &mut scope);
    let parts = all_subexpressions(condition);
    let variables: BTreeSet<&Variable> = parts
        .iter()
        .filter_map(|part| match part {
            Expression::Variable(variable) | Expression::Bound(variable) => Some(variable),
            _ => None,
        })
        .collect();
    let mut values: BTreeMap<&Variable, BTreeMap<String, Term>> = BTreeMap::new();
    for variable in variables {
        if !scope.contains(variable) {
            let near = closest(variable.as_str(), scope.iter().map(Variable::as_str));
            let better = near.map_or_else(String::new, |near| format!("; did you mean `?{near}`?"));
            hints.push(format!("no pattern of its group gives `{variable}` a value{better}"));
            continue;
        }
        let found = asking.values(before, variable)?;
        if found.is_empty() {
            hints.push(format!("`{variable}` has no value in any solution"));
        } else {
            values.insert(variable, found);
        }
    }
    if !hints.is_empty() {
        return Ok(());
    }
    let tags = tags(&parts, &values);
    for literal in compared(&parts) {
        if tags.is_empty() {
            hints.extend(like(asking, literal, &values.values().flat_map(BTreeMap::values)));
        }
    }
    hints.extend(tags);
    let result = asking.fresh("result");
    let evaluated = GraphPattern::Extend {
        inner: Box::new(before.clone()),
        variable: result.clone(),
        expression: condition.clone(),
    };
    if !values.is_empty() && asking.values(&evaluated, &result)?.is_empty() {
        hints.push("it fails for each of them: values of these datatypes cannot be compared so".to_owned());
    }
    let mut lines: Vec<String> =
        values.iter().map(|(name, values)| format!("`{}` is {}", asking.show(name), asking.some(values))).collect();
    lines.sort();
    hints.append(&mut lines);
    Ok(())
}

/// The literals that something has to be equal to.
fn compared<'a>(parts: &[&'a Expression]) -> Vec<&'a Literal> {
    let operands = parts.iter().flat_map(|part| match part {
        Expression::Equal(one, other) | Expression::SameTerm(one, other) => vec![&**one, &**other],
        Expression::In(_, list) => list.iter().collect(),
        _ => Vec::new(),
    });
    operands
        .filter_map(|operand| if let Expression::Literal(literal) = operand { Some(literal) } else { None })
        .collect()
}

/// The languages and datatypes there are, where the condition asks for them.
fn tags(parts: &[&Expression], values: &BTreeMap<&Variable, BTreeMap<String, Term>>) -> Vec<String> {
    let mut hints = Vec::new();
    for part in parts {
        let Expression::FunctionCall(function @ (Function::Lang | Function::Datatype), arguments) = part else {
            continue;
        };
        let [Expression::Variable(variable)] = arguments.as_slice() else { continue };
        let literals = values.get(variable).into_iter().flat_map(BTreeMap::values).filter_map(|term| match term {
            Term::Literal(literal) => Some(literal),
            _ => None,
        });
        let found: BTreeSet<String> = literals
            .map(|literal| match function {
                Function::Lang => format!("\"{}\"", literal.language().unwrap_or_default()),
                _ => literal.datatype().to_string(),
            })
            .collect();
        let name = if *function == Function::Lang { "LANG" } else { "DATATYPE" };
        let found: Vec<String> = found.into_iter().collect();
        hints.push(match found.is_empty() {
            true => format!("`{variable}` is no literal"),
            false => format!("`{name}({variable})` is {}", found.join(", ")),
        });
    }
    hints
}
