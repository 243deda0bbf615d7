//! Why a FILTER excludes every solution.

use super::bounds;
use super::conjunction::Conjunction;
use super::iris::{in_expression, iri_hints};
use super::names;
use super::pairs::NameComparisons;
use super::repair::{replace_in_expression, with_part};
use super::runner::PatternRunner;
use super::searches::{is_search, takes_string};
use super::steps::Condition;
use super::suggestions::HintsResult;
use super::terms::{Operator, alternatives};
use crate::diagnostic::closest;
use crate::model::{all_subexpressions, conjuncts, pattern_of, subexpressions_mut, subpatterns};
use crate::query::algebra::in_scope;
use crate::store::StoreError;
use oxigraph::model::{Term, Variable};
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::TriplePattern;
use std::collections::{BTreeMap, BTreeSet};

/// The values of variables, by their N-Triples.
type Values<'a> = BTreeMap<&'a Variable, BTreeMap<String, Term>>;

/// Hints about a condition that no solution of the patterns before it satisfies.
pub(super) fn filter_hints(runner: &PatternRunner<'_>, before: &GraphPattern, in_group: &Condition) -> HintsResult {
    let condition = in_group.expression();
    let filter = Filter { runner, before, condition };
    let mut hints = iri_hints(runner, in_expression(condition), &|replacements| {
        let mut replaced = condition.clone();
        replace_in_expression(&mut replaced, replacements);
        runner.has_solution(&filtered(before.clone(), replaced))
    })?;
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
            hints.push(filter.unbound_variable_hint(variable, &scope)?);
            continue;
        }
        let found = runner.values(before, variable)?;
        if found.is_empty() {
            hints.push(format!("`{}` is unbound in every solution", runner.show(variable)));
        } else {
            values.insert(variable, found);
        }
    }
    let negated = matches!(condition, Expression::Not(inner) if matches!(**inner, Expression::Exists(_)));
    if negated || !hints.is_empty() {
        return Ok(hints);
    }
    let conjunction = Conjunction::new(runner, before, in_group);
    let repairs = conjunction.repairs()?;
    hints = repairs.of_query;
    if hints.is_empty() {
        hints = names::hints(&conjunction)?;
    }
    if hints.is_empty() {
        hints = bounds::hints(&conjunction, &filter)?;
    }
    if hints.is_empty() {
        hints = conjunction.hints_for_step(repairs.of_step)?;
    }
    let is_repaired = !hints.is_empty();
    hints.extend(language_and_datatype_hints(runner, &parts, &values));
    if !is_repaired && !values.is_empty() && filter.values(condition)?.is_empty() {
        let types = bounds::hints_at_types(&filter)?;
        hints.extend(match types.is_empty() {
            true => vec!["the filter is an error in every solution".to_owned()],
            false => types,
        });
    }
    let shown = |(variable, values): (&&Variable, &BTreeMap<String, Term>)| {
        format!("`{}` is {}", runner.show(*variable), runner.show_values(values))
    };
    let shown: BTreeSet<String> = values.iter().map(shown).collect();
    hints.extend(shown);
    Ok(hints)
}

pub(super) fn filtered(before: GraphPattern, condition: Expression) -> GraphPattern {
    GraphPattern::Filter { expr: condition, inner: Box::new(before) }
}

/// An expression in place of a part of the condition, and why it may have been meant; the reason may be empty.
pub(super) type Replacement = (String, Expression);

/// Another condition that may have been meant.
pub(super) struct Change {
    /// Why; may be empty.
    pub(super) reason: String,
    pub(super) condition: Expression,
    /// A pattern before the condition that it requires.
    pub(super) pattern: Option<TriplePattern>,
}

/// A condition after some patterns.
pub(super) struct Filter<'a> {
    pub(super) runner: &'a PatternRunner<'a>,
    pub(super) before: &'a GraphPattern,
    pub(super) condition: &'a Expression,
}

impl Filter<'_> {
    /// The values of an expression in the first solutions.
    pub(super) fn values(&self, expression: &Expression) -> Result<BTreeMap<String, Term>, StoreError> {
        let result = self.runner.fresh("result");
        let evaluated = GraphPattern::Extend {
            inner: Box::new(self.before.clone()),
            variable: result.clone(),
            expression: expression.clone(),
        };
        self.runner.values(&evaluated, &result)
    }

    /// The hint about a variable that the patterns do not bind. Another one is suggested if the condition holds with it.
    fn unbound_variable_hint(&self, variable: &Variable, scope: &BTreeSet<Variable>) -> Result<String, StoreError> {
        let is_same = |other: &&Variable| other.as_str().eq_ignore_ascii_case(variable.as_str());
        // Every name of one or two letters is close to any other.
        let names = scope.iter().map(Variable::as_str).filter(|_| variable.as_str().len() > 2);
        let close = closest(variable.as_str(), names).map(Variable::new_unchecked);
        let (mut suggestion, mut reason) = (String::new(), "");
        for similar in scope.iter().find(is_same).cloned().into_iter().chain(close) {
            let mut replaced = self.condition.clone();
            replace_variable(&mut replaced, variable, &similar);
            if self.runner.has_solution(&filtered(self.before.clone(), replaced))? {
                reason = if is_same(&&similar) { ", as variables are case-sensitive" } else { "" };
                suggestion = format!("; did you mean `{similar}`?");
                break;
            }
        }
        if let (true, Some(alias)) = (suggestion.is_empty(), self.alias(variable)) {
            let mut replaced = self.condition.clone();
            replace_by_expression(&mut replaced, variable, &alias);
            if self.runner.has_solution(&filtered(self.before.clone(), replaced.clone()))? {
                let keyword;
                (keyword, reason) = match self.is_having() {
                    true => ("HAVING", ", as HAVING comes before the expressions of SELECT"),
                    false => ("FILTER", ", as it is assigned outside of it"),
                };
                suggestion = format!("; did you mean `{keyword}{}`?", in_parentheses(&self.runner.show(&replaced)));
            }
        }
        let variable = self.runner.show(variable);
        Ok(format!("`{variable}` is not bound in this group{reason}{suggestion}"))
    }

    /// Whether the condition is one of HAVING: its filter is directly over a group.
    fn is_having(&self) -> bool {
        let mut open = vec![pattern_of(&self.runner.query)];
        while let Some(next) = open.pop() {
            if let GraphPattern::Filter { expr, inner } = next
                && matches!(**inner, GraphPattern::Group { .. })
                && (expr == self.condition || conjuncts(expr).contains(&self.condition))
            {
                return true;
            }
            open.extend(subpatterns(next));
        }
        false
    }

    /// The expression that SELECT or BIND assigns to a variable, whatever its letter case.
    fn alias(&self, variable: &Variable) -> Option<Expression> {
        let mut open = vec![pattern_of(&self.runner.query)];
        while let Some(next) = open.pop() {
            match next {
                GraphPattern::Extend { variable: alias, expression, .. }
                    if alias.as_str().eq_ignore_ascii_case(variable.as_str()) =>
                {
                    return Some(expression.clone());
                }
                _ => open.extend(subpatterns(next)),
            }
        }
        None
    }

    /// Conditions that may have been meant, the most likely first: with a replacement for each part that has one, then with each of them.
    pub(super) fn changes(&self) -> Result<Vec<Change>, StoreError> {
        let parts = all_subexpressions(self.condition);
        let (mut replacements, mut last_changes) = (Vec::new(), Vec::new());
        for (index, part) in parts.iter().enumerate() {
            let mut found = Vec::new();
            if let Some((operator, operand, literal)) = Operator::of(part) {
                found = self.other_comparisons(operator, operand, literal)?;
            }
            if let Some((operator, left, right)) = Operator::of_expressions(part) {
                found = self.comparisons_of_times(operator, left, right)?;
            }
            let compared = match part {
                Expression::Equal(left, right) => Some((&**left, &**right)),
                Expression::In(left, list) if list.len() == 1 => Some((&**left, &list[0])),
                _ => None,
            };
            if let Some((left, right)) = compared
                && Operator::of(&Operator::Equal.compare(left.clone(), right.clone())).is_none()
            {
                let NameComparisons { found: names, with_pattern } = self.comparisons_of_names(left, right)?;
                found.extend(names);
                last_changes.extend(with_pattern.into_iter().map(|(reason, part, pattern)| Change {
                    reason,
                    condition: with_part(self.condition, index, part),
                    pattern: Some(pattern),
                }));
            }
            match part {
                Expression::In(operand, list) => found.extend(self.other_lists(operand, list)?),
                Expression::FunctionCall(Function::LangMatches, arguments) => {
                    if let [tag, Expression::Literal(range)] = &arguments[..] {
                        let values = self.values(tag)?;
                        for other in alternatives(self.runner, range, Operator::Equal, values.values())? {
                            let arguments = vec![tag.clone(), other.constant.into()];
                            found.push((other.reason, Expression::FunctionCall(Function::LangMatches, arguments)));
                        }
                    }
                }
                Expression::FunctionCall(function, arguments) if is_search(function) => {
                    let searches = self.other_searches(function, arguments)?;
                    found = searches.likely;
                    let last = searches.unlikely.into_iter().map(|(reason, part, pattern)| Change {
                        reason,
                        condition: with_part(self.condition, index, part),
                        pattern,
                    });
                    last_changes.extend(last);
                }
                Expression::FunctionCall(function, arguments) if takes_string(function) => {
                    found.extend(self.with_string(function, arguments)?);
                }
                _ => {}
            }
            if !found.is_empty() {
                replacements.push((index, found));
            }
        }
        let change = |reason: String, condition: Expression| Change { reason, condition, pattern: None };
        let mut changes = Vec::new();
        if replacements.len() > 1 {
            let mut condition = self.condition.clone();
            // From the last one, so that the indices of the others stay valid.
            for (index, found) in replacements.iter().rev() {
                condition = with_part(&condition, *index, found[0].1.clone());
            }
            let mut reasons: Vec<&str> = replacements.iter().map(|(_, found)| found[0].0.as_str()).collect();
            reasons.dedup();
            changes.push(change(reasons.join(", "), condition));
        }
        for (index, found) in replacements {
            for (reason, part) in found {
                self.runner.check_time()?;
                changes.push(change(reason, with_part(self.condition, index, part)));
            }
        }
        changes.append(&mut last_changes);
        Ok(changes)
    }
}

pub(super) fn replace_variable(expression: &mut Expression, from: &Variable, to: &Variable) {
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        match next {
            Expression::Variable(variable) | Expression::Bound(variable) if variable == from => variable.clone_from(to),
            other => open.extend(subexpressions_mut(other)),
        }
    }
}

fn replace_by_expression(expression: &mut Expression, variable: &Variable, by: &Expression) {
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        match next {
            Expression::Variable(found) if found == variable => next.clone_from(by),
            other => open.extend(subexpressions_mut(other)),
        }
    }
}

/// An expression in parentheses, which most operators are displayed with.
pub(super) fn in_parentheses(shown: &str) -> String {
    if shown.starts_with('(') { shown.to_owned() } else { format!("({shown})") }
}

/// The language tags and datatypes of the values, for the variables whose LANG or DATATYPE the condition tests.
fn language_and_datatype_hints(runner: &PatternRunner<'_>, parts: &[&Expression], values: &Values<'_>) -> Vec<String> {
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
            _ => ("DATATYPE", literals.map(|literal| runner.show(&literal.datatype())).collect()),
        };
        hints.push(match found.is_empty() {
            true => format!("`{variable}` is not a literal"),
            false => format!("`{name}({variable})` is {}", found.into_iter().collect::<Vec<_>>().join(", ")),
        });
    }
    hints
}
