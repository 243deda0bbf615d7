//! Why a FILTER excludes every solution.

use super::iris::{in_expression, unknown_iri_hints};
use super::runner::PatternRunner;
use super::suggestions::similar_literal;
use crate::diagnostic::closest;
use crate::model::all_subexpressions;
use crate::query::algebra::in_scope;
use crate::store::StoreError;
use oxigraph::model::{Literal, Term, Variable};
use spargebra::algebra::{Expression, Function, GraphPattern};
use std::collections::{BTreeMap, BTreeSet};

/// The values of variables, by their N-Triples.
type Values<'a> = BTreeMap<&'a Variable, BTreeMap<String, Term>>;

/// Hints about a condition that no solution of the patterns before it satisfies.
pub(super) fn filter_hints(
    runner: &PatternRunner<'_>,
    before: &GraphPattern,
    condition: &Expression,
) -> Result<Vec<String>, StoreError> {
    let mut hints = unknown_iri_hints(runner, in_expression(condition))?;
    let mut scope = BTreeSet::new();
    in_scope(before, &mut scope);
    let parts = all_subexpressions(condition);
    let variables = parts.iter().filter_map(|part| match part {
        Expression::Variable(variable) | Expression::Bound(variable) => Some(variable),
        _ => None,
    });
    let mut values = Values::new();
    for variable in variables.collect::<BTreeSet<_>>() {
        if !scope.contains(variable) {
            let similar = closest(variable.as_str(), scope.iter().map(Variable::as_str));
            let suggestion = similar.map_or_else(String::new, |similar| format!("; did you mean `?{similar}`?"));
            hints.push(format!("`{variable}` is not bound in this group{suggestion}"));
            continue;
        }
        let found = runner.values(before, variable)?;
        if found.is_empty() {
            hints.push(format!("`{variable}` is unbound in every solution"));
        } else {
            values.insert(variable, found);
        }
    }
    let negated = matches!(condition, Expression::Not(inner) if matches!(**inner, Expression::Exists(_)));
    if negated || !hints.is_empty() {
        return Ok(hints);
    }
    hints = language_and_datatype_hints(&parts, &values);
    if hints.is_empty() {
        let known = || values.values().flat_map(BTreeMap::values);
        hints.extend(
            compared_literals(&parts).into_iter().filter_map(|literal| similar_literal(runner, literal, known())),
        );
    }
    let result = runner.fresh("result");
    let evaluated = GraphPattern::Extend {
        inner: Box::new(before.clone()),
        variable: result.clone(),
        expression: condition.clone(),
    };
    if !values.is_empty() && runner.values(&evaluated, &result)?.is_empty() {
        hints.push("the filter fails for every solution: values of these datatypes cannot be compared".to_owned());
    }
    let shown = |(variable, values): (&&Variable, &BTreeMap<String, Term>)| {
        format!("`{}` is {}", runner.show(*variable), runner.show_values(values))
    };
    let shown: BTreeSet<String> = values.iter().map(shown).collect();
    hints.extend(shown);
    Ok(hints)
}

/// The literals that something must be equal to.
fn compared_literals<'a>(parts: &[&'a Expression]) -> Vec<&'a Literal> {
    let operands = parts.iter().flat_map(|part| match part {
        Expression::Equal(left, right) | Expression::SameTerm(left, right) => vec![&**left, &**right],
        Expression::In(_, list) => list.iter().collect(),
        _ => Vec::new(),
    });
    operands
        .filter_map(|operand| if let Expression::Literal(literal) = operand { Some(literal) } else { None })
        .collect()
}

/// The language tags and datatypes of the values, for the variables whose LANG or DATATYPE the condition tests.
fn language_and_datatype_hints(parts: &[&Expression], values: &Values<'_>) -> Vec<String> {
    let mut hints = Vec::new();
    for part in parts {
        let Expression::FunctionCall(function @ (Function::Lang | Function::Datatype), arguments) = part else {
            continue;
        };
        let [Expression::Variable(variable)] = arguments.as_slice() else { continue };
        let terms = values.get(variable).into_iter().flat_map(BTreeMap::values);
        let literals = terms.filter_map(|term| if let Term::Literal(literal) = term { Some(literal) } else { None });
        let (name, found): (_, BTreeSet<String>) = match function {
            Function::Lang => ("LANG", literals.map(|l| format!("\"{}\"", l.language().unwrap_or_default())).collect()),
            _ => ("DATATYPE", literals.map(|literal| literal.datatype().to_string()).collect()),
        };
        hints.push(match found.is_empty() {
            true => format!("`{variable}` is not a literal"),
            false => format!("`{name}({variable})` is {}", found.into_iter().collect::<Vec<_>>().join(", ")),
        });
    }
    hints
}
