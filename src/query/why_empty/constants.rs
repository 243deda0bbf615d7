//! Constants of VALUES and BIND in place of other terms of the graph, with which patterns or conditions compare them.

use super::filters::Filter;
use super::iris::other_iris;
use super::rewrites::{with_change, without_projection};
use super::runner::PatternRunner;
use super::terms::{Alternative, Constant, MAX_LITERALS, Operator, alternatives};
use crate::model::{all_subexpressions, pattern_of, subpatterns, subpatterns_mut};
use crate::query::algebra::in_scope;
use crate::store::StoreError;
use oxigraph::model::{Term, Variable};
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::GroundTerm;
use std::collections::{BTreeMap, BTreeSet};

/// The most changes of one VALUES or BIND that are run.
const MAX_RUNS: usize = 8;

/// Other terms in place of the constants that VALUES or BIND gives to a variable, with which the query has results.
pub(super) fn correction(runner: &PatternRunner<'_>) -> Result<Option<String>, StoreError> {
    let pattern = pattern_of(&runner.query);
    for (index, assignment) in all_patterns(pattern).into_iter().enumerate() {
        for (variable, constants) in constants(assignment) {
            let hint = Assignment { runner, index, variable }.correction(&constants)?;
            if hint.is_some() {
                return Ok(hint);
            }
        }
    }
    Ok(None)
}

/// A pattern and all patterns inside it, without those of EXISTS.
fn all_patterns(pattern: &GraphPattern) -> Vec<&GraphPattern> {
    let (mut all, mut open) = (Vec::new(), vec![pattern]);
    while let Some(next) = open.pop() {
        all.push(next);
        open.extend(subpatterns(next));
    }
    all
}

/// The variables to which a pattern assigns constants.
fn constants(pattern: &GraphPattern) -> Vec<(&Variable, Vec<Constant>)> {
    match pattern {
        GraphPattern::Extend { variable, expression, .. } => {
            constant(expression).map(|constant| (variable, vec![constant])).into_iter().collect()
        }
        GraphPattern::Values { variables, bindings } => {
            let column = |index: usize| -> Vec<Constant> {
                bindings.iter().filter_map(|row| ground_constant(row[index].as_ref()?)).collect()
            };
            let columns = variables.iter().enumerate().map(|(index, variable)| (variable, column(index)));
            columns.filter(|(_, constants)| !constants.is_empty()).collect()
        }
        _ => Vec::new(),
    }
}

fn constant(expression: &Expression) -> Option<Constant> {
    match expression {
        Expression::Literal(literal) => Some(Constant::Literal(literal.clone())),
        Expression::NamedNode(iri) => Some(Constant::Entity(iri.clone())),
        _ => None,
    }
}

fn ground_constant(term: &GroundTerm) -> Option<Constant> {
    match term {
        GroundTerm::Literal(literal) => Some(Constant::Literal(literal.clone())),
        GroundTerm::NamedNode(iri) => Some(Constant::Entity(iri.clone())),
        GroundTerm::Triple(_) => None,
    }
}

/// The values of an expression, by their N-Triples.
type Values = BTreeMap<String, Term>;

fn has_iri(values: &Values) -> bool {
    values.values().any(Term::is_named_node)
}

/// VALUES or BIND, by its index in [`all_patterns`], and one of the variables that it assigns.
struct Assignment<'a> {
    runner: &'a PatternRunner<'a>,
    index: usize,
    variable: &'a Variable,
}

impl Assignment<'_> {
    fn correction(&self, constants: &[Constant]) -> Result<Option<String>, StoreError> {
        let runner = self.runner;
        let mut open = pattern_of(&runner.query).clone();
        self.change(&mut open, |assignment| match assignment {
            GraphPattern::Extend { inner, .. } => *assignment = std::mem::take(inner),
            GraphPattern::Values { variables, bindings } => {
                let column = variables.iter().position(|variable| variable == self.variable);
                for row in bindings {
                    row[column.unwrap_or_default()] = None;
                }
            }
            _ => {}
        });
        let open = without_projection(&open);
        let mut scope = BTreeSet::new();
        in_scope(open, &mut scope);
        let conditions = self.conditions()?;
        let mut compared = conditions.clone();
        if scope.contains(self.variable) {
            compared.insert(0, (Operator::Equal, runner.values(open, self.variable)?));
        }
        let mut known = None;
        let mut found: Vec<(&Constant, Vec<Alternative>)> = Vec::new();
        for constant in constants.iter().take(MAX_LITERALS) {
            let mut others = Vec::new();
            match constant {
                Constant::Literal(literal) => {
                    for (operator, values) in &compared {
                        others.extend(alternatives(runner, literal, *operator, values.values())?);
                    }
                }
                // The IRIs that patterns join with are searched at their step.
                Constant::Entity(iri) if conditions.iter().any(|(_, values)| has_iri(values)) => {
                    let (reason, iris) = other_iris(runner, iri, &mut known)?;
                    others.extend(iris.into_iter().map(|iri| Alternative::entity(&*reason, iri)));
                }
                Constant::Entity(_) => {}
            }
            found.push((constant, others));
        }
        let first =
            |(constant, others): &(&Constant, Vec<Alternative>)| Some(((*constant).clone(), others.first()?.clone()));
        let all: Vec<(Constant, Alternative)> = found.iter().filter_map(first).collect();
        let single = found
            .iter()
            .flat_map(|(constant, others)| others.iter().map(|other| vec![((*constant).clone(), other.clone())]));
        let changes = Some(all).filter(|all| all.len() > 1).into_iter().chain(single);
        for replacements in changes.take(MAX_RUNS) {
            let mut shown = String::new();
            let query = with_change(&runner.query, |pattern| {
                self.change(pattern, |assignment| {
                    self.replace(assignment, &replacements);
                    shown = match assignment {
                        GraphPattern::Extend { variable, expression, .. } => {
                            format!("BIND({} AS {variable})", runner.show(expression))
                        }
                        values => runner.show_pattern(values),
                    };
                });
            });
            if runner.has_results(&query)? {
                let mut reasons: Vec<&str> = replacements.iter().map(|(_, other)| &*other.reason).collect();
                reasons.retain(|reason| !reason.is_empty());
                reasons.dedup();
                let separator = if reasons.is_empty() { "" } else { "; " };
                return Ok(Some(format!("{}{separator}did you mean `{shown}`?", reasons.join(", "))));
            }
        }
        Ok(None)
    }

    /// The values that conditions compare the variable with, and how.
    fn conditions(&self) -> Result<Vec<(Operator, Values)>, StoreError> {
        let own = Expression::from(self.variable.clone());
        let mut found = Vec::new();
        for pattern in all_patterns(pattern_of(&self.runner.query)) {
            let GraphPattern::Filter { expr, inner } = pattern else { continue };
            let mut scope = BTreeSet::new();
            in_scope(inner, &mut scope);
            if !scope.contains(self.variable) {
                continue;
            }
            for part in all_subexpressions(expr) {
                let other = match part {
                    Expression::In(operand, list) if list.contains(&own) => Some((Operator::Equal, &**operand)),
                    Expression::In(operand, list) if **operand == own => {
                        list.first().map(|other| (Operator::Equal, other))
                    }
                    _ => match Operator::of_expressions(part) {
                        Some((operator, other, right)) if *right == own => Some((operator, other)),
                        Some((operator, left, other)) if *left == own => Some((operator.reversed(), other)),
                        _ => None,
                    },
                };
                if let Some((operator, other)) = other {
                    let filter = Filter { runner: self.runner, before: inner, condition: expr };
                    found.push((operator, filter.values(other)?));
                }
            }
        }
        Ok(found)
    }

    /// Changes the assignment in a pattern.
    fn change(&self, pattern: &mut GraphPattern, change: impl FnOnce(&mut GraphPattern)) {
        let mut open = vec![pattern];
        for _ in 0..self.index {
            let Some(next) = open.pop() else { return };
            open.extend(subpatterns_mut(next));
        }
        if let Some(assignment) = open.pop() {
            change(assignment);
        }
    }

    fn replace(&self, assignment: &mut GraphPattern, replacements: &[(Constant, Alternative)]) {
        let other = |constant: Option<Constant>| {
            let constant = constant?;
            let found = replacements.iter().find(|(from, _)| *from == constant);
            found.map(|(_, Alternative { constant, .. })| constant.clone())
        };
        match assignment {
            GraphPattern::Extend { expression, .. } => {
                if let Some(constant) = other(constant(expression)) {
                    *expression = constant.into();
                }
            }
            GraphPattern::Values { variables, bindings } => {
                let column = variables.iter().position(|variable| variable == self.variable);
                for row in bindings {
                    let Some(cell) = column.and_then(|column| row.get_mut(column)) else { continue };
                    if let Some(constant) = other(cell.as_ref().and_then(ground_constant)) {
                        *cell = Some(constant.into());
                    }
                }
            }
            _ => {}
        }
    }
}
