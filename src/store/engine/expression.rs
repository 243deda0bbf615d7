//! Evaluates expressions.
//!
//! Frequent operations are computed here. All others, and operations on values of rarer datatypes, go to spareval with the
//! values of their arguments.

use super::budget::value_bytes;
use super::cast::{Cast, cast};
use super::execution::Execution;
use super::pipeline::PipelineState;
use super::plan::{Pipeline, Slot};
use super::planner::{self, PlanError};
use super::strings::{StringFunction, tagged_string};
use super::value::{Arithmetic, Value, calculate, compare, effective_boolean, equals, number_pair, string};
use super::xpath_regex::XPathRegex;
use crate::store::GraphError;
use crate::store::compiled::{FIRST_COMPUTED, Id};
use oxigraph::model::{NamedNode, Term, Variable};
use oxsdatatypes::DateTime;
use spargebra::algebra::{Expression, GraphPattern};
use std::cmp::Ordering;
use std::sync::Arc;

/// Strings of at most this many bytes do not count as memory while an expression is evaluated.
const LONG_STRING: usize = 4096;

/// An expression. An evaluation returns `None` if it is an error in SPARQL.
pub(super) enum Expr {
    Constant(Value, Id),
    Slot(Slot),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Equal(Box<Expr>, Box<Expr>),
    SameTerm(Box<Expr>, Box<Expr>),
    Compare(Box<Expr>, Box<Expr>, fn(Ordering) -> bool),
    Bound(Slot),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Coalesce(Vec<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>, SparevalCall),
    Call(Builtin, Vec<Expr>, SparevalCall),
    Now,
    /// BNODE of a string, and the slot of the number that identifies the solution.
    BlankNode(Box<Expr>, Slot),
    /// Whether a pipeline extends the row, and the number of the pipeline among those of the query.
    Exists(Pipeline, usize),
}

/// The functions that are computed here.
pub(super) enum Builtin {
    Str,
    Lang,
    StrLen,
    LCase,
    UCase,
    /// CONTAINS, STRSTARTS or STRENDS.
    StringTest(fn(&str, &str) -> bool),
    IsIri,
    IsBlank,
    IsLiteral,
    IsNumeric,
    Regex(XPathRegex),
    /// A cast to a datatype.
    Cast(NamedNode),
    /// IRI with a base.
    Iri(ResolveIri),
    /// A function whose result can be much longer than its arguments.
    String(StringFunction),
    /// The subject, predicate or object of a triple term.
    Component(usize),
    /// A function that spareval computes.
    Other,
}

/// Resolves an IRI against the base of a query; `None` if the result is invalid.
pub(super) type ResolveIri = Arc<dyn Fn(&str) -> Option<NamedNode> + Send + Sync>;

/// An operation that spareval computes, on the variables `a0`, `a1` ….
pub(super) struct SparevalCall {
    expression: sparopt::algebra::Expression,
    variables: Vec<Variable>,
}

impl SparevalCall {
    /// Translates the operation that `make` returns for a number of arguments.
    pub(super) fn new(arguments: usize, make: impl FnOnce(Vec<Expression>) -> Expression) -> planner::Result<Self> {
        let variables: Vec<Variable> = (0..arguments).map(|n| Variable::new_unchecked(format!("a{n}"))).collect();
        let expression = make(variables.iter().cloned().map(Expression::Variable).collect());
        // The only public way from the parser's algebra to the evaluator's.
        let inner = Box::new(GraphPattern::Bgp { patterns: Vec::new() });
        let pattern = GraphPattern::Extend { inner, variable: Variable::new_unchecked("result"), expression };
        match sparopt::algebra::GraphPattern::from(&pattern) {
            sparopt::algebra::GraphPattern::Extend { expression, .. } => Ok(Self { expression, variables }),
            _ => Err(PlanError::Graph(GraphError::Corrupt("an expression has become another pattern"))),
        }
    }

    pub(super) fn unary(make: fn(Box<Expression>) -> Expression) -> planner::Result<Self> {
        Self::new(1, |mut arguments| make(Box::new(arguments.remove(0))))
    }

    pub(super) fn binary(make: fn(Box<Expression>, Box<Expression>) -> Expression) -> planner::Result<Self> {
        Self::new(2, |mut arguments| make(Box::new(arguments.remove(0)), Box::new(arguments.remove(0))))
    }

    fn call(&self, execution: &Execution, arguments: Vec<Value>) -> Option<Value> {
        let bindings = self.variables.iter().zip(arguments.into_iter().map(Term::from));
        execution.evaluator.evaluate_expression(&self.expression, bindings).map(Value::from)
    }
}

type Result<T> = std::result::Result<T, GraphError>;

impl Expr {
    /// Calls a function for the expression and all expressions in it, but not for those in the pipelines of EXISTS.
    pub(super) fn for_each_part(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match self {
            Self::Constant(..) | Self::Slot(_) | Self::Bound(_) | Self::Now | Self::Exists(..) => {}
            Self::And(parts) | Self::Or(parts) | Self::Coalesce(parts) | Self::Call(_, parts, _) => {
                for part in parts {
                    part.for_each_part(visit);
                }
            }
            Self::Not(inner) | Self::BlankNode(inner, _) => inner.for_each_part(visit),
            Self::Equal(a, b) | Self::SameTerm(a, b) | Self::Compare(a, b, _) | Self::Arithmetic(_, a, b, _) => {
                a.for_each_part(visit);
                b.for_each_part(visit);
            }
            Self::If(a, b, c) => [a, b, c].into_iter().for_each(|part| part.for_each_part(visit)),
        }
    }

    /// The only slot on which the value depends, if there is exactly one.
    pub(super) fn only_slot(&self) -> Option<Slot> {
        let (mut slots, mut depends_on_exists) = (Vec::new(), false);
        self.for_each_part(&mut |part| match part {
            Self::Slot(slot) | Self::Bound(slot) => slots.push(*slot),
            Self::Exists(..) => depends_on_exists = true,
            _ => {}
        });
        slots.dedup();
        match slots[..] {
            [slot] if !depends_on_exists && !self.is_volatile() => Some(slot),
            _ => None,
        }
    }

    /// Whether the value may differ between rows that are equal.
    pub(super) fn is_volatile(&self) -> bool {
        let mut is_volatile = false;
        self.for_each_part(&mut |part| {
            is_volatile |= match part {
                Self::BlankNode(..) => true,
                // Functions without arguments, such as RAND().
                Self::Call(_, arguments, _) => arguments.is_empty(),
                _ => false,
            }
        });
        is_volatile
    }

    /// The id of the value, if it can be found without computing the value.
    pub(super) fn known_id(&self, execution: &Execution, row: &[Id]) -> Result<Option<Id>> {
        Ok(match self {
            Self::Constant(_, id) => Some(*id),
            Self::Slot(slot) => Some(row[*slot]).filter(|id| *id != 0),
            Self::Call(Builtin::Component(component), arguments, _) => match arguments[0].known_id(execution, row)? {
                Some(id) if id < FIRST_COMPUTED => execution.graph.components_of(id)?.map(|ids| ids[*component]),
                _ => None,
            },
            _ => None,
        })
    }

    /// The string and language tag of the value, if they can be borrowed.
    fn known_string<'a>(&'a self, execution: &'a Execution, row: &[Id]) -> Result<Option<Tagged<'a>>> {
        match self {
            Self::Constant(value, _) => Ok(string(value)),
            Self::Slot(slot) if (1..FIRST_COMPUTED).contains(&row[*slot]) => execution.graph.text(row[*slot]),
            _ => Ok(None),
        }
    }

    /// The id of the value; a new term becomes a computed one.
    pub(super) fn id(&self, execution: &mut Execution, row: &[Id]) -> Result<Option<Id>> {
        match self {
            Self::Constant(..) | Self::Slot(_) => self.known_id(execution, row),
            Self::If(condition, yes, no) => match condition.effective_boolean(execution, row)? {
                Some(true) => yes.id(execution, row),
                Some(false) => no.id(execution, row),
                None => Ok(None),
            },
            Self::Coalesce(choices) => {
                for choice in choices {
                    if let Some(id) = choice.id(execution, row)? {
                        return Ok(Some(id));
                    }
                }
                Ok(None)
            }
            _ => match self.value(execution, row)? {
                Some(value) => execution.id_of(value.into()).map(Some),
                None => Ok(None),
            },
        }
    }

    /// Whether the evaluation is not an error.
    pub(super) fn has_value(&self, execution: &mut Execution, row: &[Id]) -> Result<bool> {
        match self {
            Self::Constant(..) | Self::Slot(_) => Ok(self.known_id(execution, row)?.is_some()),
            _ => Ok(self.value(execution, row)?.is_some()),
        }
    }

    pub(super) fn effective_boolean(&self, execution: &mut Execution, row: &[Id]) -> Result<Option<bool>> {
        match self {
            Self::And(parts) => Self::and_or(parts, false, execution, row),
            Self::Or(parts) => Self::and_or(parts, true, execution, row),
            Self::Not(inner) => Ok(inner.effective_boolean(execution, row)?.map(|boolean| !boolean)),
            Self::Equal(a, b) => Self::equal(a, b, execution, row),
            Self::SameTerm(a, b) => Ok(a.id(execution, row)?.zip(b.id(execution, row)?).map(|(a, b)| a == b)),
            Self::Compare(a, b, test) => {
                let values = a.value(execution, row)?.zip(b.value(execution, row)?);
                Ok(values.and_then(|(a, b)| compare(&a, &b)).map(test))
            }
            Self::Bound(slot) => Ok(Some(row[*slot] != 0)),
            Self::Exists(pipeline, index) => {
                let mut state = execution.exists[*index].take().unwrap_or_else(|| PipelineState::new(pipeline));
                state.restart(1);
                let found = state.next(pipeline, execution, &mut row.to_vec())? > 0;
                execution.exists[*index] = Some(state);
                Ok(Some(found))
            }
            _ => Ok(self.value(execution, row)?.as_ref().and_then(effective_boolean)),
        }
    }

    /// OR if `deciding` is true, AND if it is false. An error matters only if no part decides.
    fn and_or(parts: &[Self], deciding: bool, execution: &mut Execution, row: &[Id]) -> Result<Option<bool>> {
        let mut error = false;
        for part in parts {
            match part.effective_boolean(execution, row)? {
                Some(boolean) if boolean == deciding => return Ok(Some(deciding)),
                Some(_) => {}
                None => error = true,
            }
        }
        Ok((!error).then_some(!deciding))
    }

    fn equal(a: &Self, b: &Self, execution: &mut Execution, row: &[Id]) -> Result<Option<bool>> {
        // Nodes are equal if their ids are. Literals with different ids may have equal values.
        if let (Some(x), Some(y)) = (a.known_id(execution, row)?, b.known_id(execution, row)?)
            && (execution.is_node(x)? || execution.is_node(y)?)
        {
            return Ok(Some(x == y));
        }
        let values = a.value(execution, row)?.zip(b.value(execution, row)?);
        Ok(values.and_then(|(a, b)| equals(&a, &b)))
    }

    /// The values of the arguments of a function; `None` if one is an error. Long strings that wait for the next arguments count
    /// as memory.
    fn arguments(
        arguments: &[Self],
        function: &Builtin,
        execution: &mut Execution,
        row: &[Id],
    ) -> Result<Option<Vec<Value>>> {
        let (mut values, mut bytes) = (Vec::with_capacity(arguments.len()), 0);
        for argument in arguments {
            let Some(value) = argument.value(execution, row)? else {
                execution.budget.release(bytes);
                return Ok(None);
            };
            let length = value_bytes(&value);
            if length > LONG_STRING {
                execution.budget.reserve(length)?;
                bytes += length;
                if matches!(function, Builtin::String(StringFunction::Concat)) {
                    execution.budget.allow_string(bytes)?;
                }
            }
            values.push(value);
        }
        execution.budget.release(bytes);
        Ok(Some(values))
    }

    pub(super) fn value(&self, execution: &mut Execution, row: &[Id]) -> Result<Option<Value>> {
        match self {
            Self::Constant(value, _) => Ok(Some(value.clone())),
            Self::Slot(slot) => match row[*slot] {
                0 => Ok(None),
                id => execution.computed.value(&execution.graph, id).map(Some),
            },
            Self::If(condition, yes, no) => match condition.effective_boolean(execution, row)? {
                Some(true) => yes.value(execution, row),
                Some(false) => no.value(execution, row),
                None => Ok(None),
            },
            Self::Coalesce(choices) => {
                for choice in choices {
                    if let Some(value) = choice.value(execution, row)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
            Self::Arithmetic(operation, a, b, spareval) => {
                let Some((a, b)) = a.value(execution, row)?.zip(b.value(execution, row)?) else { return Ok(None) };
                Ok(match number_pair(&a, &b) {
                    Some(numbers) => calculate(*operation, numbers),
                    None => spareval.call(execution, vec![a, b]),
                })
            }
            Self::BlankNode(label, solution) => Ok(match label.value(execution, row)? {
                Some(Value::StringLiteral(label)) => {
                    Some(Value::BlankNode(execution.blank_node(&label, row[*solution], row)))
                }
                _ => None,
            }),
            Self::Now => Ok(Some(Value::DateTimeLiteral(*execution.now.get_or_init(DateTime::now)))),
            Self::Call(builtin, arguments, spareval) => {
                if let Some(result) = builtin.test_known_strings(arguments, execution, row)? {
                    return Ok(Some(result.into()));
                }
                if let Some(id) = self.known_id(execution, row)? {
                    return execution.computed.value(&execution.graph, id).map(Some);
                }
                let Some(values) = Self::arguments(arguments, builtin, execution, row)? else { return Ok(None) };
                match builtin {
                    Builtin::String(function) => function.call(&values, &|bytes| execution.budget.allow_string(bytes)),
                    Builtin::Cast(datatype) => Ok(match cast(&values[0], datatype) {
                        Cast::Known(value) => value,
                        Cast::BySpareval => spareval.call(execution, values),
                    }),
                    Builtin::Iri(resolve) => Ok(match &values[0] {
                        Value::NamedNode(_) => values.into_iter().next(),
                        Value::StringLiteral(iri) => resolve(iri).map(Value::NamedNode),
                        _ => None,
                    }),
                    _ => Ok(builtin.call(&values).or_else(|| spareval.call(execution, values))),
                }
            }
            _ => Ok(self.effective_boolean(execution, row)?.map(Value::from)),
        }
    }
}

/// A string and its language tag.
type Tagged<'a> = (&'a str, Option<&'a str>);

/// The arguments of a function of two strings: the second has no language tag, or that of the first.
fn compatible<'a>((a, tag): Tagged<'a>, (b, other): Tagged<'a>) -> Option<(&'a str, &'a str)> {
    (other.is_none() || tag == other).then_some((a, b))
}

impl Builtin {
    /// The result of a test of strings, if they can be borrowed.
    fn test_known_strings(&self, arguments: &[Expr], execution: &Execution, row: &[Id]) -> Result<Option<bool>> {
        Ok(match self {
            Self::Regex(regex) => {
                arguments[0].known_string(execution, row)?.map(|(text, _)| regex.regex.is_match(text))
            }
            Self::StringTest(test) => {
                let strings =
                    arguments[0].known_string(execution, row)?.zip(arguments[1].known_string(execution, row)?);
                strings.and_then(|(a, b)| compatible(a, b)).map(|(a, b)| test(a, b))
            }
            _ => None,
        })
    }

    /// The result of the function; `None` if spareval has to compute it.
    fn call(&self, values: &[Value]) -> Option<Value> {
        let map_string = |change: &dyn Fn(&str) -> String| {
            Some(match &values[0] {
                Value::StringLiteral(text) => Value::StringLiteral(change(text)),
                Value::LangStringLiteral { value, language } => {
                    Value::LangStringLiteral { value: change(value), language: language.clone() }
                }
                _ => return None,
            })
        };
        Some(match self {
            Self::Str => Value::StringLiteral(match &values[0] {
                Value::NamedNode(node) => node.as_str().to_owned(),
                value => string(value)?.0.to_owned(),
            }),
            Self::Lang => Value::StringLiteral(string(&values[0])?.1.unwrap_or_default().to_owned()),
            Self::StrLen => {
                let length = string(&values[0])?.0.chars().count();
                Value::IntegerLiteral(i64::try_from(length).ok()?.into())
            }
            Self::LCase => map_string(&str::to_lowercase)?,
            Self::UCase => map_string(&str::to_uppercase)?,
            Self::StringTest(test) => {
                let (a, b) = compatible(string(&values[0])?, string(&values[1])?)?;
                test(a, b).into()
            }
            Self::IsIri => matches!(values[0], Value::NamedNode(_)).into(),
            Self::IsBlank => matches!(values[0], Value::BlankNode(_)).into(),
            Self::IsLiteral => {
                (!matches!(values[0], Value::NamedNode(_) | Value::BlankNode(_) | Value::Triple(_))).into()
            }
            Self::IsNumeric => matches!(
                values[0],
                Value::IntegerLiteral(_) | Value::DecimalLiteral(_) | Value::FloatLiteral(_) | Value::DoubleLiteral(_)
            )
            .into(),
            Self::Regex(regex) => regex.regex.is_match(tagged_string(&values[0])?.0).into(),
            Self::Component(_) | Self::String(_) | Self::Cast(_) | Self::Iri(_) | Self::Other => return None,
        })
    }
}
