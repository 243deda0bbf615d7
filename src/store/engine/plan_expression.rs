//! Plans expressions, filters, sort keys and aggregates.

use super::aggregate::Accumulator;
use super::bindings::accepts_bindings;
use super::builtin::{Builtin, NumericFunction};
use super::cast;
use super::exact::Rounding;
use super::expression::{Expr, SparevalCall};
use super::plan::{Aggregate, PlannedStep, SortKey, Step};
use super::planner::{PlanError, Planner, Result};
use super::strings::{StringFunction, constant_regex};
use super::value::Arithmetic;
use super::variables::Variables;
use crate::model::all_subexpressions;
use crate::model::literal::term_value;
use oxigraph::model::{NamedNode, Term, Variable};
use oxigraph::sparql::QueryEvaluationError;
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression};
use std::cmp::Ordering;
use std::sync::Arc;

impl Planner<'_> {
    /// A filter that sees the `visible` variables. All `rows` are expected to pass.
    pub(super) fn filter(&mut self, expression: &Expression, visible: &Variables, rows: f64) -> Result<PlannedStep> {
        let expr = self.expression(expression, visible)?;
        let memo = expr.only_slot();
        let label = format!("filter {}", expression_label(expression));
        Ok(PlannedStep { step: Step::Filter { expr, memo }, estimate: rows, label })
    }

    pub(super) fn sort_key(&mut self, key: &OrderExpression, visible: &Variables) -> Result<SortKey> {
        let (expression, descending) = match key {
            OrderExpression::Asc(expression) => (expression, false),
            OrderExpression::Desc(expression) => (expression, true),
        };
        Ok(SortKey { expr: self.expression(expression, visible)?, descending })
    }

    /// An aggregate that sees the `visible` variables. Some of these are always bound.
    pub(super) fn aggregate(
        &mut self,
        aggregate: &AggregateExpression,
        visible: &Variables,
        always_bound: &Variables,
    ) -> Result<Aggregate> {
        let label = aggregate.to_string();
        Ok(match aggregate {
            AggregateExpression::CountSolutions { distinct } => {
                let initial = if *distinct { Accumulator::count_distinct_rows() } else { Accumulator::Count(0) };
                Aggregate { initial, expr: None, distinct: *distinct, label }
            }
            // Every row is counted, so the values need not be read.
            AggregateExpression::FunctionCall {
                name: AggregateFunction::Count,
                expr: Expression::Variable(variable),
                distinct: false,
            } if always_bound.contains(variable.as_str()) => {
                Aggregate { initial: Accumulator::Count(0), expr: None, distinct: false, label }
            }
            AggregateExpression::FunctionCall { name, expr, distinct } => {
                let initial = match name {
                    AggregateFunction::Custom(name) => return Err(unsupported(name)),
                    name => Accumulator::new(name),
                };
                Aggregate { initial, expr: Some(self.expression(expr, visible)?), distinct: *distinct, label }
            }
        })
    }

    fn constant_expr(&mut self, term: Term) -> Result<Expr> {
        let id = self.term_id(term.clone())?;
        Ok(Expr::Constant(term_value(term), id))
    }

    pub(super) fn expression(&mut self, expression: &Expression, visible: &Variables) -> Result<Expr> {
        use Expression as E;
        let mut boxed = |inner: &Expression| self.expression(inner, visible).map(Box::new);
        Ok(match expression {
            E::NamedNode(node) => self.constant_expr(node.clone().into())?,
            E::Literal(literal) => self.constant_expr(literal.clone().into())?,
            E::Variable(variable) => Expr::Slot(self.slot(variable.as_str())),
            E::Bound(variable) => Expr::Bound(self.slot(variable.as_str())),
            E::Or(a, b) => Expr::Or(vec![*boxed(a)?, *boxed(b)?]),
            E::And(a, b) => Expr::And(vec![*boxed(a)?, *boxed(b)?]),
            E::Not(inner) => Expr::Not(boxed(inner)?),
            E::Equal(a, b) => Expr::Equal(boxed(a)?, boxed(b)?),
            E::SameTerm(a, b) => Expr::SameTerm(boxed(a)?, boxed(b)?),
            E::Greater(a, b) => Expr::Compare(boxed(a)?, boxed(b)?, Ordering::is_gt),
            E::GreaterOrEqual(a, b) => Expr::Compare(boxed(a)?, boxed(b)?, Ordering::is_ge),
            E::Less(a, b) => Expr::Compare(boxed(a)?, boxed(b)?, Ordering::is_lt),
            E::LessOrEqual(a, b) => Expr::Compare(boxed(a)?, boxed(b)?, Ordering::is_le),
            E::If(a, b, c) => Expr::If(boxed(a)?, boxed(b)?, boxed(c)?),
            E::In(inner, list) => {
                let equal = list.iter().map(|item| Ok(Expr::Equal(boxed(inner)?, boxed(item)?)));
                Expr::Or(equal.collect::<Result<_>>()?)
            }
            E::Coalesce(list) => Expr::Coalesce(self.expressions(list, visible)?),
            E::Add(a, b) => Expr::Arithmetic(Arithmetic::Add, boxed(a)?, boxed(b)?, SparevalCall::binary(E::Add)?),
            E::Subtract(a, b) => {
                Expr::Arithmetic(Arithmetic::Subtract, boxed(a)?, boxed(b)?, SparevalCall::binary(E::Subtract)?)
            }
            E::Multiply(a, b) => {
                Expr::Arithmetic(Arithmetic::Multiply, boxed(a)?, boxed(b)?, SparevalCall::binary(E::Multiply)?)
            }
            E::Divide(a, b) => {
                Expr::Arithmetic(Arithmetic::Divide, boxed(a)?, boxed(b)?, SparevalCall::binary(E::Divide)?)
            }
            E::UnaryPlus(a) => {
                let builtin = Builtin::Numeric(NumericFunction::Plus);
                Expr::Call(builtin, vec![*boxed(a)?], SparevalCall::unary(E::UnaryPlus)?)
            }
            E::UnaryMinus(a) => {
                let builtin = Builtin::Numeric(NumericFunction::Negate);
                Expr::Call(builtin, vec![*boxed(a)?], SparevalCall::unary(E::UnaryMinus)?)
            }
            E::FunctionCall(function, arguments) => self.call(function, arguments, visible)?,
            E::Exists(pattern) => self.exists(pattern, visible)?,
        })
    }

    fn expressions(&mut self, list: &[Expression], visible: &Variables) -> Result<Vec<Expr>> {
        list.iter().map(|item| self.expression(item, visible)).collect()
    }

    fn call(&mut self, function: &Function, arguments: &[Expression], visible: &Variables) -> Result<Expr> {
        let builtin = match function {
            Function::Str => Builtin::Str,
            Function::Datatype => Builtin::Datatype,
            Function::StrDt => Builtin::TypedLiteral,
            Function::Triple => Builtin::Triple,
            Function::Abs => Builtin::Numeric(NumericFunction::Absolute),
            Function::Ceil => Builtin::Numeric(NumericFunction::Round(Rounding::Ceiling)),
            Function::Floor => Builtin::Numeric(NumericFunction::Round(Rounding::Floor)),
            Function::Round => Builtin::Numeric(NumericFunction::Round(Rounding::Nearest)),
            Function::Lang => Builtin::Lang,
            Function::StrLen => Builtin::StrLen,
            Function::LCase => Builtin::LCase,
            Function::UCase => Builtin::UCase,
            Function::Contains => Builtin::StringTest(|text, part| text.contains(part)),
            Function::StrStarts => Builtin::StringTest(|text, start| text.starts_with(start)),
            Function::StrEnds => Builtin::StringTest(|text, end| text.ends_with(end)),
            Function::IsIri => Builtin::IsIri,
            Function::IsBlank => Builtin::IsBlank,
            Function::IsLiteral => Builtin::IsLiteral,
            Function::IsNumeric => Builtin::IsNumeric,
            Function::Subject => Builtin::Component(0),
            Function::Predicate => Builtin::Component(1),
            Function::Object => Builtin::Component(2),
            Function::Regex => match constant_regex(arguments, 2) {
                Some(regex) => Builtin::Regex(regex),
                None => Builtin::String(StringFunction::Regex(None)),
            },
            Function::Replace => Builtin::String(StringFunction::Replace(constant_regex(arguments, 3))),
            Function::Concat => Builtin::String(StringFunction::Concat),
            Function::EncodeForUri => Builtin::String(StringFunction::EncodeForUri),
            Function::Now => return Ok(Expr::Now),
            Function::BNode if !arguments.is_empty() => {
                let label = Box::new(self.expression(&arguments[0], visible)?);
                return Ok(Expr::BlankNode(label, self.solution_slot()));
            }
            Function::Iri => match &self.resolve_iri {
                Some(resolve) => Builtin::Iri(Arc::clone(resolve)),
                None => Builtin::Other,
            },
            Function::Custom(name) if cast::TARGETS.contains(&name.as_ref()) => match arguments.len() {
                1 => Builtin::Cast(name.clone()),
                actual => {
                    return Err(PlanError::Unsupported(QueryEvaluationError::UnsupportedCustomFunctionArity {
                        name: name.clone(),
                        expected: 1..=1,
                        actual,
                    }));
                }
            },
            Function::Custom(name) => return Err(unsupported(name)),
            _ => Builtin::Other,
        };
        let call = |variables| Expression::FunctionCall(function.clone(), variables);
        let spareval = SparevalCall::new(arguments.len(), call)?;
        Ok(Expr::Call(builtin, self.expressions(arguments, visible)?, spareval))
    }

    fn exists(&mut self, pattern: &GraphPattern, visible: &Variables) -> Result<Expr> {
        // In EXISTS the values of the row replace variables everywhere, also in standalone operators.
        let pipeline = match is_substitutable(pattern) || !accepts_bindings(pattern, visible) {
            true => self.substituting(pattern, visible, |planner| planner.nested(pattern, visible, &[]))?,
            false => {
                let outer = std::mem::replace(&mut self.substitutes, false);
                let pipeline = self.nested(pattern, visible, &[]);
                self.substitutes = outer;
                pipeline?
            }
        };
        self.exists_count += 1;
        Ok(Expr::Exists(pipeline, self.exists_count - 1))
    }
}

/// An expression in an explanation, which shows the patterns of EXISTS below it.
fn expression_label(expression: &Expression) -> String {
    let mut label = expression.to_string();
    for part in all_subexpressions(expression) {
        if let Expression::Exists(_) = part {
            label = label.replace(&part.to_string(), "EXISTS { … }");
        }
    }
    label
}

/// The label of the step that binds a variable to the value of an expression.
pub(super) fn bind_label(expression: &Expression, variable: &Variable) -> String {
    format!("bind {} as {variable}", expression_label(expression))
}

fn unsupported(function: &NamedNode) -> PlanError {
    PlanError::Unsupported(QueryEvaluationError::UnsupportedCustomFunction(function.clone()))
}

/// Whether binding the variables of a pattern is the same as replacing them: it has only joins, unions and filters.
fn is_substitutable(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => true,
        GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
            is_substitutable(left) && is_substitutable(right)
        }
        GraphPattern::Filter { inner, .. } => is_substitutable(inner),
        _ => false,
    }
}
