//! Binding terms to the parameters of a query.

use crate::model::{subexpressions_mut, subpatterns_mut};
use crate::query::algebra::in_scope;
use oxigraph::model::{Literal, Term, Variable};
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// The query with IRIs or literals in place of variables, in every scope: in patterns, paths, triple terms, expressions,
/// subqueries, groups, orders and the template of CONSTRUCT.
///
/// The results are those of the text with the terms written in place of the variables, except that a bound variable can still
/// be a column, with the term in every row. Linear in the query.
pub(super) fn bind(query: &Query, terms: &BTreeMap<Variable, Term>) -> Query {
    let mut query = query.clone();
    let binder = Binder { terms };
    match &mut query {
        Query::Select { pattern, .. } | Query::Ask { pattern, .. } | Query::Describe { pattern, .. } => {
            binder.root(pattern);
        }
        Query::Construct { template, pattern, .. } => {
            binder.root(pattern);
            template.retain_mut(|triple| binder.triple(triple));
        }
    }
    query
}

struct Binder<'a> {
    terms: &'a BTreeMap<Variable, Term>,
}

impl Binder<'_> {
    /// Binds the root pattern, which keeps its columns.
    fn root(&self, pattern: &mut GraphPattern) {
        match pattern {
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } | GraphPattern::Slice { inner, .. } => {
                self.root(inner);
            }
            GraphPattern::Project { inner, variables } => {
                self.pattern(inner);
                let mut bound = BTreeSet::new();
                in_scope(inner, &mut bound);
                for variable in variables.iter().filter(|variable| !bound.contains(variable)) {
                    if let Some(expression) = self.constant(variable) {
                        extend(inner, variable, expression);
                    }
                }
            }
            other => self.pattern(other),
        }
    }

    fn pattern(&self, pattern: &mut GraphPattern) {
        let can_match = match pattern {
            GraphPattern::Bgp { patterns } => patterns.iter_mut().all(|triple| self.triple(triple)),
            GraphPattern::Path { subject, object, .. } => self.term(subject) && self.term(object),
            GraphPattern::Graph { name, inner } | GraphPattern::Service { name, inner, .. } => {
                self.pattern(inner);
                self.name(name)
            }
            _ => {
                self.children(pattern);
                true
            }
        };
        if !can_match {
            *pattern = GraphPattern::Values { variables: Vec::new(), bindings: Vec::new() };
        }
    }

    fn children(&self, pattern: &mut GraphPattern) {
        for child in subpatterns_mut(pattern) {
            self.pattern(child);
        }
        match pattern {
            GraphPattern::LeftJoin { expression: Some(expression), .. }
            | GraphPattern::Filter { expr: expression, .. }
            | GraphPattern::Extend { expression, .. } => self.expression(expression),
            GraphPattern::OrderBy { expression, .. } => {
                for key in expression {
                    let (OrderExpression::Asc(key) | OrderExpression::Desc(key)) = key;
                    self.expression(key);
                }
            }
            // The outer pattern has the term instead of the column.
            GraphPattern::Project { variables, .. } => variables.retain(|variable| !self.terms.contains_key(variable)),
            GraphPattern::Group { inner, variables, aggregates } => {
                // A constant key makes one group, or none if there are no rows.
                for variable in variables.iter() {
                    if let Some(expression) = self.constant(variable) {
                        extend(inner, variable, expression);
                    }
                }
                for (_, aggregate) in aggregates {
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        self.expression(expr);
                    }
                }
            }
            _ => {}
        }
    }

    fn expression(&self, expression: &mut Expression) {
        match expression {
            Expression::Variable(variable) => {
                if let Some(constant) = self.constant(variable) {
                    *expression = constant;
                }
            }
            Expression::Bound(variable) if self.terms.contains_key(variable) => {
                *expression = Literal::from(true).into();
            }
            Expression::Exists(pattern) => self.pattern(pattern),
            other => {
                for part in subexpressions_mut(other) {
                    self.expression(part);
                }
            }
        }
    }

    fn constant(&self, variable: &Variable) -> Option<Expression> {
        match self.terms.get(variable)? {
            Term::NamedNode(iri) => Some(iri.clone().into()),
            Term::Literal(literal) => Some(literal.clone().into()),
            Term::BlankNode(_) | Term::Triple(_) => None,
        }
    }

    /// Binds a triple; false if it cannot match, because its predicate is a literal.
    fn triple(&self, triple: &mut TriplePattern) -> bool {
        self.term(&mut triple.subject) && self.name(&mut triple.predicate) && self.term(&mut triple.object)
    }

    fn term(&self, pattern: &mut TermPattern) -> bool {
        match pattern {
            TermPattern::Triple(triple) => self.triple(triple),
            TermPattern::Variable(variable) => {
                match self.terms.get(variable) {
                    Some(Term::NamedNode(iri)) => *pattern = iri.clone().into(),
                    Some(Term::Literal(literal)) => *pattern = literal.clone().into(),
                    _ => {}
                }
                true
            }
            TermPattern::NamedNode(_) | TermPattern::BlankNode(_) | TermPattern::Literal(_) => true,
        }
    }

    fn name(&self, pattern: &mut NamedNodePattern) -> bool {
        let NamedNodePattern::Variable(variable) = pattern else { return true };
        match self.terms.get(variable) {
            Some(Term::NamedNode(iri)) => *pattern = iri.clone().into(),
            Some(_) => return false,
            None => {}
        }
        true
    }
}

/// Assigns a variable in each solution of a pattern.
fn extend(inner: &mut Box<GraphPattern>, variable: &Variable, expression: Expression) {
    let rows = std::mem::take(&mut **inner);
    **inner = GraphPattern::Extend { inner: Box::new(rows), variable: variable.clone(), expression };
}
