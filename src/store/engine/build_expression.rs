//! From the expressions of a query to those of a plan.

use super::build::{Planner, Result, Unplanned, is_seedable};
use super::expression::{Expr, Foreign, Native};
use super::plan::{Aggregate, Chain, Function as AggregateOf, Node, SortKey, Step};
use super::scope::Names;
use super::value::{Arithmetic, Value};
use oxigraph::model::Term;
use regex::{Regex, RegexBuilder};
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression};

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
/// As in Oxigraph: a larger automaton than this is refused.
const REGEX_SIZE: usize = 1_000_000;

impl Planner<'_> {
    /// A filter as a step. `seen` are the variables that it may see; it is expected to pass all of the rows.
    pub(super) fn filter(&mut self, expression: &Expression, seen: &Names, rows: f64) -> Result<Node> {
        let expr = self.expression(expression, seen)?;
        let on = expr.only_slot();
        Ok(Node { step: Step::Filter { expr, on }, estimate: rows, label: format!("filter {expression}") })
    }

    pub(super) fn sort_key(&mut self, key: &OrderExpression, seen: &Names) -> Result<SortKey> {
        let (expression, descending) = match key {
            OrderExpression::Asc(expression) => (expression, false),
            OrderExpression::Desc(expression) => (expression, true),
        };
        Ok(SortKey { expr: self.expression(expression, seen)?, descending })
    }

    pub(super) fn aggregate(&mut self, aggregate: &AggregateExpression, seen: &Names) -> Result<Aggregate> {
        let label = aggregate.to_string();
        match aggregate {
            AggregateExpression::CountSolutions { distinct } => {
                Ok(Aggregate { function: AggregateOf::Count, expr: None, distinct: *distinct, label })
            }
            AggregateExpression::FunctionCall { name, expr, distinct } => {
                let function = match name {
                    AggregateFunction::Count => AggregateOf::Count,
                    AggregateFunction::Sum => AggregateOf::Sum,
                    AggregateFunction::Avg => AggregateOf::Avg,
                    AggregateFunction::Min => AggregateOf::Min,
                    AggregateFunction::Max => AggregateOf::Max,
                    AggregateFunction::Sample => AggregateOf::Sample,
                    AggregateFunction::GroupConcat { separator } => {
                        AggregateOf::GroupConcat(separator.clone().unwrap_or_else(|| " ".to_owned()))
                    }
                    AggregateFunction::Custom(_) => return Err(Unplanned::Unknown("an aggregate of its own")),
                };
                let expr = Some(self.expression(expr, seen)?);
                Ok(Aggregate { function, expr, distinct: *distinct, label })
            }
        }
    }

    fn constant(&mut self, term: Term) -> Result<Expr> {
        let id = self.term_id(term.clone())?;
        Ok(Expr::Constant(Value::from(term), id))
    }

    pub(super) fn expression(&mut self, expression: &Expression, seen: &Names) -> Result<Expr> {
        let mut boxed = |inner: &Expression| self.expression(inner, seen).map(Box::new);
        Ok(match expression {
            Expression::NamedNode(node) => self.constant(node.clone().into())?,
            Expression::Literal(literal) => self.constant(literal.clone().into())?,
            Expression::Variable(variable) => Expr::Slot(self.slot(variable.as_str())),
            Expression::Bound(variable) => Expr::Bound(self.slot(variable.as_str())),
            Expression::Or(a, b) => Expr::Or(vec![*boxed(a)?, *boxed(b)?]),
            Expression::And(a, b) => Expr::And(vec![*boxed(a)?, *boxed(b)?]),
            Expression::Not(inner) => Expr::Not(boxed(inner)?),
            Expression::Equal(a, b) => Expr::Equal(boxed(a)?, boxed(b)?),
            Expression::SameTerm(a, b) => Expr::Same(boxed(a)?, boxed(b)?),
            Expression::Greater(a, b) => Expr::Compare(boxed(a)?, boxed(b)?, std::cmp::Ordering::is_gt),
            Expression::GreaterOrEqual(a, b) => Expr::Compare(boxed(a)?, boxed(b)?, std::cmp::Ordering::is_ge),
            Expression::Less(a, b) => Expr::Compare(boxed(a)?, boxed(b)?, std::cmp::Ordering::is_lt),
            Expression::LessOrEqual(a, b) => Expr::Compare(boxed(a)?, boxed(b)?, std::cmp::Ordering::is_le),
            Expression::If(a, b, c) => Expr::If(boxed(a)?, boxed(b)?, boxed(c)?),
            Expression::In(inner, list) => {
                let mut equal = Vec::with_capacity(list.len());
                for item in list {
                    equal.push(Expr::Equal(boxed(inner)?, boxed(item)?));
                }
                Expr::Or(equal)
            }
            Expression::Coalesce(list) => {
                Expr::Coalesce(list.iter().map(|item| self.expression(item, seen)).collect::<Result<_>>()?)
            }
            Expression::Add(a, b) => self.arithmetic(Arithmetic::Add, a, b, Expression::Add, seen)?,
            Expression::Subtract(a, b) => self.arithmetic(Arithmetic::Subtract, a, b, Expression::Subtract, seen)?,
            Expression::Multiply(a, b) => self.arithmetic(Arithmetic::Multiply, a, b, Expression::Multiply, seen)?,
            Expression::Divide(a, b) => self.arithmetic(Arithmetic::Divide, a, b, Expression::Divide, seen)?,
            Expression::UnaryPlus(inner) => self.unary(inner, Expression::UnaryPlus, seen)?,
            Expression::UnaryMinus(inner) => self.unary(inner, Expression::UnaryMinus, seen)?,
            Expression::FunctionCall(function, arguments) => self.call(function, arguments, seen)?,
            Expression::Exists(pattern) => {
                // The terms of the solution stand in EXISTS wherever their variables do; apart from it they would not.
                if !is_seedable(pattern, seen) && !is_substitutable(pattern) {
                    return Err(Unplanned::Unknown("a pattern in EXISTS that needs terms from outside"));
                }
                let outer = std::mem::replace(&mut self.substituted, is_substitutable(pattern));
                let nodes = self.inner_chain(pattern, seen, &[]);
                self.substituted = outer;
                let nodes = nodes?;
                self.exists += 1;
                Expr::Exists(Chain { nodes }, self.exists - 1)
            }
        })
    }

    fn arithmetic(
        &mut self,
        operation: Arithmetic,
        a: &Expression,
        b: &Expression,
        build: fn(Box<Expression>, Box<Expression>) -> Expression,
        seen: &Names,
    ) -> Result<Expr> {
        let foreign = Foreign::new(2, |mut variables| {
            let second = variables.pop().map(Box::new);
            let first = variables.pop().map(Box::new);
            first.zip(second).map_or(Expression::Coalesce(Vec::new()), |(a, b)| build(a, b))
        });
        let foreign = foreign.ok_or(Unplanned::Unknown("an operation on values"))?;
        let (a, b) = (self.expression(a, seen)?, self.expression(b, seen)?);
        Ok(Expr::Arithmetic(operation, Box::new(a), Box::new(b), foreign))
    }

    fn unary(&mut self, inner: &Expression, build: fn(Box<Expression>) -> Expression, seen: &Names) -> Result<Expr> {
        let foreign =
            Foreign::new(1, |mut vars| vars.pop().map_or(Expression::Coalesce(Vec::new()), |v| build(Box::new(v))));
        let foreign = foreign.ok_or(Unplanned::Unknown("an operation on values"))?;
        Ok(Expr::Call(Native::Other, vec![self.expression(inner, seen)?], foreign))
    }

    fn call(&mut self, function: &Function, arguments: &[Expression], seen: &Names) -> Result<Expr> {
        let native = match function {
            Function::Str => Native::Str,
            Function::Lang => Native::Lang,
            Function::StrLen => Native::StrLen,
            Function::LCase => Native::LCase,
            Function::UCase => Native::UCase,
            Function::Contains => Native::Contains,
            Function::StrStarts => Native::StrStarts,
            Function::StrEnds => Native::StrEnds,
            Function::IsIri => Native::IsIri,
            Function::IsBlank => Native::IsBlank,
            Function::IsLiteral => Native::IsLiteral,
            Function::IsNumeric => Native::IsNumeric,
            Function::Subject => Native::Part(0),
            Function::Predicate => Native::Part(1),
            Function::Object => Native::Part(2),
            Function::Regex => fixed_regex(arguments, 2).map_or(Native::Other, Native::Regex),
            Function::Replace => fixed_regex(arguments, 3).map_or(Native::Other, Native::Replace),
            // The same moment for the whole query.
            Function::Now => {
                return Ok(Expr::Now(Foreign::new(0, |_| expression_now()).ok_or(Unplanned::Unknown("NOW"))?));
            }
            Function::BNode if !arguments.is_empty() => return Err(Unplanned::Unknown("BNODE with a label")),
            Function::Iri if self.has_base => return Err(Unplanned::Unknown("IRI with a base")),
            Function::Custom(name) if !name.as_str().starts_with(XSD) => {
                return Err(Unplanned::Unknown("a function of its own"));
            }
            _ => Native::Other,
        };
        let foreign = Foreign::new(arguments.len(), |variables| Expression::FunctionCall(function.clone(), variables));
        let foreign = foreign.ok_or(Unplanned::Unknown("a function"))?;
        let arguments = arguments.iter().map(|argument| self.expression(argument, seen)).collect::<Result<_>>()?;
        Ok(Expr::Call(native, arguments, foreign))
    }
}

/// Whether handing a row's terms down to a pattern is the same as putting them in place of their variables: it holds nothing
/// but patterns that are joined, united and filtered.
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

fn expression_now() -> Expression {
    Expression::FunctionCall(Function::Now, Vec::new())
}

/// The pattern of REGEX or REPLACE, where it and its flags, the argument with the given number, stand in the query.
fn fixed_regex(arguments: &[Expression], flags: usize) -> Option<Regex> {
    let plain = |expression: &Expression| match expression {
        Expression::Literal(literal) if literal.datatype() == oxigraph::model::vocab::xsd::STRING => {
            Some(literal.value().to_owned())
        }
        _ => None,
    };
    let mut pattern = plain(arguments.get(1)?)?;
    let flags = match arguments.get(flags) {
        Some(flags) => plain(flags)?,
        None => String::new(),
    };
    if flags.contains('q') {
        pattern = regex::escape(&pattern);
    }
    let mut builder = RegexBuilder::new(&pattern);
    builder.size_limit(REGEX_SIZE);
    for flag in flags.chars() {
        match flag {
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            'i' => builder.case_insensitive(true),
            'x' => builder.ignore_whitespace(true),
            'q' => &mut builder,
            _ => return None,
        };
    }
    builder.build().ok()
}
