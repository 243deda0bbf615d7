//! Evaluates expressions.
//!
//! Frequent operations are computed here. All others, and operations on values of rarer datatypes, go to spareval with the
//! values of their arguments.

use super::budget::value_bytes;
use super::builtin::{Builtin, Tagged};
use super::cast::{Cast, cast};
use super::exact::Exact;
use super::execution::Execution;
use super::order::{are_identical, compare_terms, is_number};
use super::pipeline::PipelineState;
use super::plan::{Pipeline, Slot};
use super::planner::{self, PlanError};
use super::strings::StringFunction;
use super::value::{Arithmetic, Value, calculate, compare, effective_boolean, equals, string};
use crate::model::literal::{XSD, term_value};
use crate::store::GraphError;
use crate::store::compiled::{FIRST_COMPUTED, Id};
use oxigraph::model::{Literal, NamedNodeRef, Term, Variable};
use oxsdatatypes::DateTime;
use spargebra::algebra::{Expression, GraphPattern};
use std::cmp::Ordering;

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

/// A value, and the id of its term. A computed value has the id 0, and its term is that of [`Term::from`].
#[derive(Clone)]
pub(super) struct Evaluated {
    pub(super) value: Value,
    pub(super) id: Id,
}

impl Evaluated {
    /// The term of the value, in the form in which it is written.
    pub(super) fn term(&self, execution: &Execution) -> Result<Term> {
        match self.id {
            0 => Ok(Term::from(self.value.clone())),
            id => execution.computed.term(&execution.graph, id),
        }
    }

    /// The order of the terms of two values that are equal in the order of values.
    pub(super) fn compare_terms(&self, other: &Self, execution: &Execution) -> Result<Ordering> {
        // Equal values are frequent, and terms are costly.
        if self.id == other.id && (self.id != 0 || are_identical(&self.value, &other.value)) {
            return Ok(Ordering::Equal);
        }
        Ok(compare_terms(&self.term(execution)?, &other.term(execution)?))
    }

    pub(super) fn into_id(self, execution: &mut Execution) -> Result<Id> {
        if self.id == 0 { execution.id_of(self.value.into()) } else { Ok(self.id) }
    }
}

/// An operation that spareval computes, on the variables `a0`, `a1` ….
pub(super) struct SparevalCall {
    expression: sparopt::algebra::Expression,
    variables: Vec<Variable>,
    /// The operation, as SPARQL writes it.
    name: String,
}

impl SparevalCall {
    /// Translates the operation that `make` returns for a number of arguments.
    pub(super) fn new(arguments: usize, make: impl FnOnce(Vec<Expression>) -> Expression) -> planner::Result<Self> {
        let variables: Vec<Variable> = (0..arguments).map(|n| Variable::new_unchecked(format!("a{n}"))).collect();
        let expression = make(variables.iter().cloned().map(Expression::Variable).collect());
        let name = operation_name(&expression);
        // The only public way from the parser's algebra to the evaluator's.
        let inner = Box::new(GraphPattern::Bgp { patterns: Vec::new() });
        let pattern = GraphPattern::Extend { inner, variable: Variable::new_unchecked("result"), expression };
        match sparopt::algebra::GraphPattern::from(&pattern) {
            sparopt::algebra::GraphPattern::Extend { expression, .. } => Ok(Self { expression, variables, name }),
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
        if execution.stopwatch.is_enabled() {
            *execution.spareval_calls.borrow_mut().entry(self.name.clone()).or_default() += 1;
        }
        let bindings = self.variables.iter().zip(arguments.into_iter().map(spareval_term));
        execution.evaluator().evaluate_expression(&self.expression, bindings).map(Value::from)
    }
}

/// The operation of an expression, such as `YEAR` or `+`.
fn operation_name(expression: &Expression) -> String {
    match expression {
        Expression::FunctionCall(function, _) => function.to_string(),
        Expression::Add(..) | Expression::UnaryPlus(_) => "+".to_owned(),
        Expression::Subtract(..) | Expression::UnaryMinus(_) => "-".to_owned(),
        Expression::Multiply(..) => "*".to_owned(),
        Expression::Divide(..) => "/".to_owned(),
        other => other.to_string(),
    }
}

/// The term that stands for a value in spareval, which would compute with some invalid literals, such as `"300"^^xsd:byte`.
fn spareval_term(value: Value) -> Term {
    match value {
        Value::OtherTypedLiteral { value, datatype } if datatype.as_str().starts_with(XSD) => {
            Literal::new_typed_literal(value, NamedNodeRef::new_unchecked("urn:x-factloom:invalid")).into()
        }
        value => value.into(),
    }
}

type Result<T> = std::result::Result<T, GraphError>;

impl Expr {
    /// Calls a function for the expression and all expressions in it, but not for those in the pipelines of EXISTS.
    pub(super) fn for_each_part<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
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
    pub(super) fn known_string<'a>(&'a self, execution: &'a Execution, row: &[Id]) -> Result<Option<Tagged<'a>>> {
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
            _ => match self.evaluate(execution, row)? {
                Some(evaluated) => evaluated.into_id(execution).map(Some),
                None => Ok(None),
            },
        }
    }

    /// The value and its term: `"01"^^xsd:integer` has the value 1, but its term is not `1`.
    pub(super) fn evaluate(&self, execution: &mut Execution, row: &[Id]) -> Result<Option<Evaluated>> {
        let term = match self {
            Self::Constant(value, id) => return Ok(Some(Evaluated { value: value.clone(), id: *id })),
            Self::If(condition, yes, no) => {
                return match condition.effective_boolean(execution, row)? {
                    Some(true) => yes.evaluate(execution, row),
                    Some(false) => no.evaluate(execution, row),
                    None => Ok(None),
                };
            }
            Self::Coalesce(choices) => {
                for choice in choices {
                    if let Some(evaluated) = choice.evaluate(execution, row)? {
                        return Ok(Some(evaluated));
                    }
                }
                return Ok(None);
            }
            Self::Call(builtin @ (Builtin::TypedLiteral | Builtin::Triple | Builtin::Component(_)), arguments, _)
                if self.known_id(execution, row)?.is_none() =>
            {
                builtin.term(arguments, execution, row)?
            }
            _ => {
                let id = self.known_id(execution, row)?.unwrap_or_default();
                return Ok(self.value(execution, row)?.map(|value| Evaluated { value, id }));
            }
        };
        let Some(term) = term else { return Ok(None) };
        let id = execution.id_of(term.clone())?;
        Ok(Some(Evaluated { value: term_value(term), id }))
    }

    /// The term of the value.
    pub(super) fn term(&self, execution: &mut Execution, row: &[Id]) -> Result<Option<Term>> {
        match self.evaluate(execution, row)? {
            Some(evaluated) => evaluated.term(execution).map(Some),
            None => Ok(None),
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
                Ok(match is_number(&a) && is_number(&b) {
                    true => calculate(*operation, &a, &b),
                    false => spareval.call(execution, vec![a, b]),
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
                match builtin {
                    Builtin::TypedLiteral | Builtin::Triple | Builtin::Component(_) => {
                        return Ok(builtin.term(arguments, execution, row)?.map(term_value));
                    }
                    Builtin::Str | Builtin::Datatype => {
                        let Some(argument) = arguments[0].evaluate(execution, row)? else { return Ok(None) };
                        return builtin.of_term(argument, execution);
                    }
                    _ => {}
                }
                let Some(values) = Self::arguments(arguments, builtin, execution, row)? else { return Ok(None) };
                match builtin {
                    Builtin::Numeric(function) => {
                        let long = Exact::new(&values[0]);
                        let result = spareval.call(execution, values);
                        Ok(result.or_else(|| function.call(long?)))
                    }
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
