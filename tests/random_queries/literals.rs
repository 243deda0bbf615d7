//! The forms of literals in which the engines can be compared: Oxigraph's store holds values, not forms.

use crate::result_sets::{ResultSet, Token};
use oxigraph::model::{Literal, NamedNode, Term};
use regex::{Captures, Regex};
use spareval::ExpressionTerm;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression, Function, GraphPattern};
use std::sync::LazyLock;

const XSD: &str = "^^<http://www.w3.org/2001/XMLSchema#";
/// A namespace of datatypes that Oxigraph does not know, so that it leaves their literals as they are.
const OPAQUE: &str = "^^<urn:opaque:";

/// Literals with a datatype. Their strings have no escapes.
static TYPED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""([^"\\]*)"\^\^<([^>]*)>"#).expect("the pattern is valid"));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literals {
    /// Each in the form in which Oxigraph's store holds it. Any query has the same results.
    AsHeld,
    /// As written. Oxigraph gets them with datatypes that it does not know, so that queries that only compare terms have the same results.
    AsWritten,
}

impl Literals {
    /// The text of a graph or of a query, for factloom.
    pub fn for_factloom(self, text: &str) -> String {
        match self {
            Self::AsHeld => held(text),
            Self::AsWritten => text.to_owned(),
        }
    }

    /// The text of a graph or of a query, for Oxigraph.
    pub fn for_oxigraph(self, text: &str) -> String {
        match self {
            Self::AsHeld => held(text),
            Self::AsWritten => text.replace(&format!("{XSD}string>"), "").replace(XSD, OPAQUE),
        }
    }

    /// The results of Oxigraph with the literals that factloom has.
    pub fn restored(self, mut results: Result<ResultSet, String>) -> Result<ResultSet, String> {
        if self == Self::AsWritten
            && let Ok(ResultSet::Solutions { rows, .. } | ResultSet::Triples(rows)) = &mut results
        {
            for token in rows.iter_mut().flatten() {
                if let Token::Fixed(text) = token {
                    *text = text.replace(OPAQUE, XSD);
                }
            }
        }
        results
    }
}

/// A text with each literal in the form in which Oxigraph's store holds it.
pub fn held(text: &str) -> String {
    let held = |found: &Captures<'_>| {
        let literal = Literal::new_typed_literal(&found[1], NamedNode::new_unchecked(&found[2]));
        Term::from(ExpressionTerm::from(Term::from(literal))).to_string()
    };
    TYPED.replace_all(text, held).into_owned()
}

/// Whether a query only compares terms, so that its results do not depend on the values of literals.
pub fn compares_only_terms(query: &Query) -> bool {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    is_of_terms(pattern)
}

fn is_of_terms(pattern: &GraphPattern) -> bool {
    let expression_is_of_terms = match pattern {
        GraphPattern::Filter { expr, .. } => is_condition_on_terms(expr),
        GraphPattern::LeftJoin { expression, .. } => expression.as_ref().is_none_or(is_condition_on_terms),
        GraphPattern::Extend { expression, .. } => {
            matches!(expression, Expression::Variable(_) | Expression::NamedNode(_) | Expression::Literal(_))
        }
        GraphPattern::OrderBy { .. } => false,
        GraphPattern::Group { aggregates, .. } => aggregates.iter().all(|(_, aggregate)| match aggregate {
            AggregateExpression::CountSolutions { .. } => true,
            AggregateExpression::FunctionCall { name, expr, .. } => {
                matches!((name, expr), (AggregateFunction::Count, Expression::Variable(_)))
            }
        }),
        _ => true,
    };
    expression_is_of_terms && parts(pattern).into_iter().all(is_of_terms)
}

fn parts(pattern: &GraphPattern) -> Vec<&GraphPattern> {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => Vec::new(),
        GraphPattern::Join { left, right }
        | GraphPattern::LeftJoin { left, right, .. }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right }
        | GraphPattern::Lateral { left, right } => vec![left, right],
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::Service { inner, .. } => vec![inner],
    }
}

fn is_condition_on_terms(expression: &Expression) -> bool {
    match expression {
        Expression::Bound(_) => true,
        Expression::Exists(pattern) => is_of_terms(pattern),
        Expression::SameTerm(a, b) => [a, b]
            .iter()
            .all(|side| matches!(***side, Expression::Variable(_) | Expression::NamedNode(_) | Expression::Literal(_))),
        Expression::And(a, b) | Expression::Or(a, b) => is_condition_on_terms(a) && is_condition_on_terms(b),
        Expression::Not(inner) => is_condition_on_terms(inner),
        Expression::FunctionCall(Function::IsIri | Function::IsBlank | Function::IsLiteral, arguments) => {
            matches!(arguments[..], [Expression::Variable(_)])
        }
        _ => false,
    }
}
