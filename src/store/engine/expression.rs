//! Expressions over rows.
//!
//! What is met often is computed here; every other function, and every operation on values of rarer datatypes, is handed
//! to spareval with the values of its arguments.

use super::plan::{Chain, Slot};
use super::run::{Context, Run};
use super::value::{Arithmetic, Calculated, Value, calculate, compare, equals, text, truth};
use crate::store::GraphError;
use crate::store::compiled::{FIRST_COMPUTED, Id};
use oxigraph::model::{Term, Variable};
use regex::Regex;
use std::cmp::Ordering;

/// An expression. Its evaluation gives nothing where SPARQL has an error.
pub(super) enum Expr {
    Constant(Value, Id),
    Slot(Slot),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Equal(Box<Expr>, Box<Expr>),
    Same(Box<Expr>, Box<Expr>),
    Compare(Box<Expr>, Box<Expr>, fn(Ordering) -> bool),
    Bound(Slot),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Coalesce(Vec<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>, Foreign),
    Call(Native, Vec<Expr>, Foreign),
    /// The time at which the query is asked.
    Now(Foreign),
    /// Whether a chain leads on from the row; its number among the query's.
    Exists(Chain, usize),
}

/// The functions that are computed here.
pub(super) enum Native {
    Str,
    Lang,
    StrLen,
    LCase,
    UCase,
    Contains,
    StrStarts,
    StrEnds,
    IsIri,
    IsBlank,
    IsLiteral,
    IsNumeric,
    Regex(Regex),
    Replace(Regex),
    /// Subject, predicate or object of a triple term.
    Part(usize),
    /// None: what spareval is asked for.
    Other,
}

/// An operation that spareval computes, on the variables `a0`, `a1` ….
pub(super) struct Foreign {
    expression: sparopt::algebra::Expression,
    variables: Vec<Variable>,
}

impl Foreign {
    /// `None` where spareval has another form for the operation.
    pub(super) fn new(
        arguments: usize,
        operation: impl FnOnce(Vec<spargebra::algebra::Expression>) -> spargebra::algebra::Expression,
    ) -> Option<Self> {
        use spargebra::algebra::{Expression, GraphPattern};
        let variables: Vec<Variable> = (0..arguments).map(|n| Variable::new_unchecked(format!("a{n}"))).collect();
        let expression = operation(variables.iter().cloned().map(Expression::Variable).collect());
        let inner = Box::new(GraphPattern::Bgp { patterns: Vec::new() });
        // The only public way from the parser's algebra to the evaluator's.
        let pattern = GraphPattern::Extend { inner, variable: Variable::new_unchecked("result"), expression };
        match sparopt::algebra::GraphPattern::from(&pattern) {
            sparopt::algebra::GraphPattern::Extend { expression, .. } => Some(Self { expression, variables }),
            _ => None,
        }
    }

    fn call(&self, context: &Context, arguments: Vec<Value>) -> Option<Value> {
        let bindings = self.variables.iter().zip(arguments.into_iter().map(Term::from));
        context.evaluator.evaluate_expression(&self.expression, bindings).map(Value::from)
    }
}

/// What the value of an expression depends on.
enum Dependence {
    Nothing,
    One(Slot),
    More,
}

impl Dependence {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::One(a), Self::One(b)) if a == b => Self::One(a),
            _ => Self::More,
        }
    }
}

type Result<T> = std::result::Result<T, GraphError>;

impl Expr {
    /// The variable that the value depends on, where it depends on one alone.
    pub(super) fn only_slot(&self) -> Option<Slot> {
        match self.dependence() {
            Dependence::One(slot) => Some(slot),
            Dependence::Nothing | Dependence::More => None,
        }
    }

    fn dependence(&self) -> Dependence {
        let of_all = |parts: &[Self]| parts.iter().map(Self::dependence).fold(Dependence::Nothing, Dependence::and);
        match self {
            Self::Constant(..) => Dependence::Nothing,
            Self::Slot(slot) | Self::Bound(slot) => Dependence::One(*slot),
            Self::And(parts) | Self::Or(parts) | Self::Coalesce(parts) => of_all(parts),
            // Without arguments it may be another value each time.
            Self::Call(_, arguments, _) if arguments.is_empty() => Dependence::More,
            Self::Call(_, arguments, _) => of_all(arguments),
            Self::Not(inner) => inner.dependence(),
            Self::Equal(a, b) | Self::Same(a, b) | Self::Compare(a, b, _) | Self::Arithmetic(_, a, b, _) => {
                a.dependence().and(b.dependence())
            }
            Self::If(a, b, c) => a.dependence().and(b.dependence()).and(c.dependence()),
            Self::Now(_) | Self::Exists(..) => Dependence::More,
        }
    }

    /// The id of the value, where it has one already.
    pub(super) fn known_id(&self, context: &Context, row: &[Id]) -> Result<Option<Id>> {
        Ok(match self {
            Self::Constant(_, id) => Some(*id),
            Self::Slot(slot) => Some(row[*slot]).filter(|id| *id != 0),
            Self::Call(Native::Part(part), arguments, _) => match arguments[0].known_id(context, row)? {
                Some(id) if id < FIRST_COMPUTED => context.graph.components_of(id)?.map(|parts| parts[*part]),
                _ => None,
            },
            _ => None,
        })
    }

    /// The text of a value, where it can be read without making one; see [`text`].
    fn known_text<'a>(&'a self, context: &'a Context, row: &[Id]) -> Result<Option<(&'a str, Option<&'a str>)>> {
        match self {
            Self::Constant(value, _) => Ok(text(value)),
            Self::Slot(slot) if (1..FIRST_COMPUTED).contains(&row[*slot]) => context.graph.text(row[*slot]),
            _ => Ok(None),
        }
    }

    /// The id of the value; terms that are new are computed ones.
    pub(super) fn id(&self, context: &mut Context, row: &[Id]) -> Result<Option<Id>> {
        match self {
            Self::Constant(..) | Self::Slot(_) => self.known_id(context, row),
            Self::If(condition, yes, no) => match condition.truth(context, row)? {
                Some(true) => yes.id(context, row),
                Some(false) => no.id(context, row),
                None => Ok(None),
            },
            Self::Coalesce(choices) => {
                for choice in choices {
                    if let Some(id) = choice.id(context, row)? {
                        return Ok(Some(id));
                    }
                }
                Ok(None)
            }
            _ => match self.value(context, row)? {
                Some(value) => context.computed.id_of(&context.graph, value.into()).map(Some),
                None => Ok(None),
            },
        }
    }

    /// Whether the expression has a value.
    pub(super) fn has_value(&self, context: &mut Context, row: &[Id]) -> Result<bool> {
        match self {
            Self::Constant(..) | Self::Slot(_) => Ok(self.known_id(context, row)?.is_some()),
            _ => Ok(self.value(context, row)?.is_some()),
        }
    }

    /// Whether the expression counts as true.
    pub(super) fn truth(&self, context: &mut Context, row: &[Id]) -> Result<Option<bool>> {
        match self {
            Self::And(parts) => Self::any(parts, false, context, row),
            Self::Or(parts) => Self::any(parts, true, context, row),
            Self::Not(inner) => Ok(inner.truth(context, row)?.map(|truth| !truth)),
            Self::Equal(a, b) => Self::equal(a, b, context, row),
            Self::Same(a, b) => match (a.id(context, row)?, b.id(context, row)?) {
                (Some(a), Some(b)) => Ok(Some(a == b)),
                _ => Ok(None),
            },
            Self::Compare(a, b, wanted) => match (a.value(context, row)?, b.value(context, row)?) {
                (Some(a), Some(b)) => Ok(compare(&a, &b).map(wanted)),
                _ => Ok(None),
            },
            Self::Bound(slot) => Ok(Some(row[*slot] != 0)),
            Self::Exists(chain, index) => {
                let mut run = context.exists[*index].take().unwrap_or_else(|| Run::new(chain));
                run.restart();
                let found = run.next(chain, context, &mut row.to_vec())? > 0;
                context.exists[*index] = Some(run);
                Ok(Some(found))
            }
            _ => Ok(self.value(context, row)?.as_ref().and_then(truth)),
        }
    }

    /// Whether a part decides: `true` for or, `false` for and. An error counts where no part does.
    fn any(parts: &[Self], deciding: bool, context: &mut Context, row: &[Id]) -> Result<Option<bool>> {
        let mut error = false;
        for part in parts {
            match part.truth(context, row)? {
                Some(truth) if truth == deciding => return Ok(Some(deciding)),
                Some(_) => {}
                None => error = true,
            }
        }
        Ok((!error).then_some(!deciding))
    }

    fn equal(a: &Self, b: &Self, context: &mut Context, row: &[Id]) -> Result<Option<bool>> {
        // Names are equal where their ids are; so are texts, but only among themselves.
        if let (Some(x), Some(y)) = (a.known_id(context, row)?, b.known_id(context, row)?)
            && (context.is_node(x)? || context.is_node(y)?)
        {
            return Ok(Some(x == y));
        }
        match (a.value(context, row)?, b.value(context, row)?) {
            (Some(a), Some(b)) => Ok(equals(&a, &b)),
            _ => Ok(None),
        }
    }

    /// The value; `None` is an error.
    pub(super) fn value(&self, context: &mut Context, row: &[Id]) -> Result<Option<Value>> {
        match self {
            Self::Constant(value, _) => Ok(Some(value.clone())),
            Self::Slot(slot) => match row[*slot] {
                0 => Ok(None),
                id => context.computed.value(&context.graph, id).map(Some),
            },
            Self::If(condition, yes, no) => match condition.truth(context, row)? {
                Some(true) => yes.value(context, row),
                Some(false) => no.value(context, row),
                None => Ok(None),
            },
            Self::Coalesce(choices) => {
                for choice in choices {
                    if let Some(value) = choice.value(context, row)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
            Self::Arithmetic(operation, a, b, foreign) => {
                let (Some(a), Some(b)) = (a.value(context, row)?, b.value(context, row)?) else { return Ok(None) };
                Ok(match calculate(*operation, &a, &b) {
                    Calculated::Value(value) => Some(value),
                    Calculated::Error => None,
                    Calculated::NoNumbers => foreign.call(context, vec![a, b]),
                })
            }
            Self::Now(foreign) => {
                if context.now.is_none() {
                    context.now = foreign.call(context, Vec::new());
                }
                Ok(context.now.clone())
            }
            Self::Call(native, arguments, foreign) => {
                if let Some(known) = native.read(arguments, context, row)? {
                    return Ok(Some(known.into()));
                }
                if let Some(id) = self.known_id(context, row)? {
                    return context.computed.value(&context.graph, id).map(Some);
                }
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    match argument.value(context, row)? {
                        Some(value) => values.push(value),
                        None => return Ok(None),
                    }
                }
                Ok(native.call(&values).or_else(|| foreign.call(context, values)))
            }
            _ => Ok(self.truth(context, row)?.map(Value::from)),
        }
    }
}

impl Native {
    /// What a test of texts says where the texts can be read where they lie.
    fn read(&self, arguments: &[Expr], context: &Context, row: &[Id]) -> Result<Option<bool>> {
        let test: fn(&str, &str) -> bool = match self {
            Self::Regex(regex) => {
                let text = arguments[0].known_text(context, row)?;
                return Ok(text.map(|(text, _)| regex.is_match(text)));
            }
            Self::Contains => |text, part| text.contains(part),
            Self::StrStarts => |text, part| text.starts_with(part),
            Self::StrEnds => |text, part| text.ends_with(part),
            _ => return Ok(None),
        };
        Ok(match (arguments[0].known_text(context, row)?, arguments[1].known_text(context, row)?) {
            (Some((text, tag)), Some((part, other))) if other.is_none() || tag == other => Some(test(text, part)),
            _ => None,
        })
    }

    /// The function's value; `None` where spareval has to be asked.
    fn call(&self, values: &[Value]) -> Option<Value> {
        // Two texts, the second without a language, or with that of the first.
        let texts = || match (text(&values[0])?, text(&values[1])?) {
            ((a, tag), (b, other)) if other.is_none() || tag == other => Some((a, b)),
            _ => None,
        };
        let with_text = |change: &dyn Fn(&str) -> String| {
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
                value => text(value)?.0.to_owned(),
            }),
            Self::Lang => Value::StringLiteral(text(&values[0])?.1.unwrap_or_default().to_owned()),
            Self::StrLen => {
                let length = text(&values[0])?.0.chars().count();
                Value::IntegerLiteral(i64::try_from(length).ok()?.into())
            }
            Self::LCase => with_text(&str::to_lowercase)?,
            Self::UCase => with_text(&str::to_uppercase)?,
            Self::Contains => texts().map(|(a, b)| a.contains(b))?.into(),
            Self::StrStarts => texts().map(|(a, b)| a.starts_with(b))?.into(),
            Self::StrEnds => texts().map(|(a, b)| a.ends_with(b))?.into(),
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
            Self::Regex(regex) => regex.is_match(text(&values[0])?.0).into(),
            Self::Replace(regex) => {
                let Value::StringLiteral(by) = &values[2] else { return None };
                with_text(&|text| regex.replace_all(text, by.as_str()).into_owned())?
            }
            Self::Part(_) | Self::Other => return None,
        })
    }
}
