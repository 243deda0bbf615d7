//! The variables of a pattern, to be read or renamed.

use crate::model::{pattern_of, subexpressions_mut, subpatterns_mut};
use oxigraph::model::Variable;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// Whether a pattern binds a variable there, or only reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Binds,
    Reads,
}

/// The variables of a query that patterns bind, and those that only expressions, columns, groups and orders read.
pub(super) struct QueryVariables {
    pub(super) bound: BTreeSet<Variable>,
    pub(super) unbound: BTreeSet<Variable>,
}

impl QueryVariables {
    pub(super) fn new(query: &Query) -> Self {
        let (mut bound, mut read) = (BTreeSet::new(), BTreeSet::new());
        visit_variables(&mut pattern_of(query).clone(), &mut |variable, usage| {
            let variables = if usage == Use::Binds { &mut bound } else { &mut read };
            variables.insert(variable.clone());
        });
        let unbound = read.difference(&bound).cloned().collect();
        Self { bound, unbound }
    }

    /// A bound variable whose name differs from that of another one only in letter case.
    pub(super) fn in_other_case(&self, variable: &Variable) -> Option<&Variable> {
        let is_same = |other: &&Variable| *other != variable && other.as_str().eq_ignore_ascii_case(variable.as_str());
        self.bound.iter().find(is_same)
    }
}

/// Visits each variable of a pattern, also those of expressions and of patterns inside EXISTS.
pub(super) fn visit_variables(pattern: &mut GraphPattern, visit: &mut dyn FnMut(&mut Variable, Use)) {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter_mut().for_each(|triple| visit_triple(triple, visit)),
        GraphPattern::Path { subject, object, .. } => {
            visit_term(subject, visit);
            visit_term(object, visit);
        }
        GraphPattern::Graph { name: NamedNodePattern::Variable(variable), .. }
        | GraphPattern::Service { name: NamedNodePattern::Variable(variable), .. } => visit(variable, Use::Binds),
        GraphPattern::Values { variables, .. } => variables.iter_mut().for_each(|variable| visit(variable, Use::Binds)),
        GraphPattern::Project { variables, .. } => {
            for variable in variables {
                visit(variable, Use::Reads);
            }
        }
        GraphPattern::Extend { variable, expression, .. } => {
            visit(variable, Use::Binds);
            visit_expression(expression, visit);
        }
        GraphPattern::Group { variables, aggregates, .. } => {
            for variable in variables {
                visit(variable, Use::Reads);
            }
            for (variable, aggregate) in aggregates {
                visit(variable, Use::Binds);
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    visit_expression(expr, visit);
                }
            }
        }
        GraphPattern::Filter { expr: expression, .. } | GraphPattern::LeftJoin { expression: Some(expression), .. } => {
            visit_expression(expression, visit);
        }
        GraphPattern::OrderBy { expression, .. } => {
            for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                visit_expression(key, visit);
            }
        }
        _ => {}
    }
    for inner in subpatterns_mut(pattern) {
        visit_variables(inner, visit);
    }
}

fn visit_expression(expression: &mut Expression, visit: &mut dyn FnMut(&mut Variable, Use)) {
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        match next {
            Expression::Variable(variable) | Expression::Bound(variable) => visit(variable, Use::Reads),
            Expression::Exists(pattern) => visit_variables(pattern, visit),
            other => open.extend(subexpressions_mut(other)),
        }
    }
}

fn visit_triple(triple: &mut TriplePattern, visit: &mut dyn FnMut(&mut Variable, Use)) {
    visit_term(&mut triple.subject, visit);
    if let NamedNodePattern::Variable(variable) = &mut triple.predicate {
        visit(variable, Use::Binds);
    }
    visit_term(&mut triple.object, visit);
}

fn visit_term(term: &mut TermPattern, visit: &mut dyn FnMut(&mut Variable, Use)) {
    match term {
        TermPattern::Variable(variable) => visit(variable, Use::Binds),
        TermPattern::Triple(triple) => visit_triple(triple, visit),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) | TermPattern::BlankNode(_) => {}
    }
}
