//! The functions that the engine computes, except those of [`strings`](super::strings) and casts.

use super::exact::{Exact, Rounding};
use super::execution::Execution;
use super::expression::{Evaluated, Expr};
use super::order::is_number;
use super::strings::{StringFunction, tagged_string};
use super::value::{Value, string};
use super::xpath_regex::XPathRegex;
use crate::model::literal::needs_language;
use crate::store::GraphError;
use crate::store::compiled::Id;
use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Term, Triple, vocab::xsd};
use std::sync::Arc;

type Result<T> = std::result::Result<T, GraphError>;

/// The functions that are computed here.
pub(super) enum Builtin {
    Str,
    Datatype,
    /// STRDT.
    TypedLiteral,
    /// TRIPLE.
    Triple,
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
    Numeric(NumericFunction),
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

/// The functions of one number, which spareval computes if the number is not too long.
#[derive(Clone, Copy)]
pub(super) enum NumericFunction {
    Absolute,
    Negate,
    Plus,
    Round(Rounding),
}

impl NumericFunction {
    pub(super) fn call(self, number: Exact) -> Option<Value> {
        let result = match self {
            Self::Absolute => number.absolute(),
            Self::Negate => number.negated(),
            Self::Plus => Some(number),
            Self::Round(rounding) => number.rounded(rounding),
        };
        result?.value()
    }
}

/// Resolves an IRI against the base of a query; `None` if the result is invalid.
pub(super) type ResolveIri = Arc<dyn Fn(&str) -> Option<NamedNode> + Send + Sync>;

/// A string and its language tag.
pub(super) type Tagged<'a> = (&'a str, Option<&'a str>);

/// The arguments of a function of two strings: the second has no language tag, or that of the first.
fn compatible<'a>((a, tag): Tagged<'a>, (b, other): Tagged<'a>) -> Option<(&'a str, &'a str)> {
    (other.is_none() || tag == other).then_some((a, b))
}

impl Builtin {
    /// The result of a test of strings, if they can be borrowed.
    pub(super) fn test_known_strings(
        &self,
        arguments: &[Expr],
        execution: &Execution,
        row: &[Id],
    ) -> Result<Option<bool>> {
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

    /// The result of STR or DATATYPE, which depends on the term.
    pub(super) fn of_term(&self, argument: Evaluated, execution: &Execution) -> Result<Option<Value>> {
        let datatype = matches!(self, Self::Datatype);
        Ok(match argument.value {
            Value::StringLiteral(text) if !datatype => Some(Value::StringLiteral(text)),
            Value::NamedNode(node) if !datatype => Some(Value::StringLiteral(node.into_string())),
            _ => match argument.term(execution)? {
                Term::Literal(literal) if datatype => Some(Value::NamedNode(literal.datatype().into_owned())),
                Term::Literal(literal) => Some(Value::StringLiteral(literal.destruct().0)),
                _ => None,
            },
        })
    }

    /// The result of a function that returns a term in the form of its arguments.
    pub(super) fn term(&self, arguments: &[Expr], execution: &mut Execution, row: &[Id]) -> Result<Option<Term>> {
        let mut terms = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let Some(term) = argument.term(execution, row)? else { return Ok(None) };
            terms.push(term);
        }
        let mut terms = terms.into_iter();
        Ok(match (self, [terms.next(), terms.next(), terms.next()]) {
            (Self::TypedLiteral, [Some(Term::Literal(text)), Some(Term::NamedNode(datatype)), None])
                if text.datatype() == xsd::STRING && !needs_language(datatype.as_ref()) =>
            {
                Some(Literal::new_typed_literal(text.destruct().0, datatype).into())
            }
            (Self::Triple, [Some(subject), Some(Term::NamedNode(predicate)), Some(object)]) => {
                let subject = NamedOrBlankNode::try_from(subject).ok();
                subject.map(|subject| Triple::new(subject, predicate, object).into())
            }
            (Self::Component(component), [Some(Term::Triple(triple)), None, None]) => {
                let Triple { subject, predicate, object } = *triple;
                Some(match component {
                    0 => subject.into(),
                    1 => predicate.into(),
                    _ => object,
                })
            }
            _ => None,
        })
    }

    /// The result of the function; `None` if spareval has to compute it.
    pub(super) fn call(&self, values: &[Value]) -> Option<Value> {
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
            Self::IsNumeric => is_number(&values[0]).into(),
            Self::Regex(regex) => regex.regex.is_match(tagged_string(&values[0])?.0).into(),
            _ => return None,
        })
    }
}
