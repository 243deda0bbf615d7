//! The variables of a query, and which of them the query itself gives values to.

use crate::model::all_subexpressions;
use crate::query::algebra::{pattern_of, term_variables, triple_variables};
use oxigraph::model::Variable;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::term::NamedNodePattern;
use std::collections::BTreeSet;

/// What variables a query speaks of.
#[derive(Default)]
pub(super) struct Variables {
    named: BTreeSet<Variable>,
    assigned: BTreeSet<Variable>,
}

impl Variables {
    /// The variables of a query that take their values from the graph, or from whoever asks: not those that BIND, AS or VALUES
    /// gives values to.
    pub(super) fn free(query: &Query) -> BTreeSet<Variable> {
        let mut variables = Self::default();
        variables.pattern(pattern_of(query));
        if let Query::Construct { template, .. } = query {
            for triple in template {
                triple_variables(triple, &mut variables.named);
            }
        }
        let Self { mut named, assigned } = variables;
        named.retain(|variable| !assigned.contains(variable));
        named
    }

    fn pattern(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    triple_variables(triple, &mut self.named);
                }
            }
            GraphPattern::Path { subject, object, .. } => {
                term_variables(subject, &mut self.named);
                term_variables(object, &mut self.named);
            }
            GraphPattern::Join { left, right }
            | GraphPattern::Lateral { left, right }
            | GraphPattern::Union { left, right }
            | GraphPattern::Minus { left, right } => {
                self.pattern(left);
                self.pattern(right);
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                self.pattern(left);
                self.pattern(right);
                if let Some(expression) = expression {
                    self.expression(expression);
                }
            }
            GraphPattern::Filter { expr, inner } => {
                self.pattern(inner);
                self.expression(expr);
            }
            GraphPattern::Graph { name, inner } | GraphPattern::Service { name, inner, .. } => {
                if let NamedNodePattern::Variable(variable) = name {
                    self.named.insert(variable.clone());
                }
                self.pattern(inner);
            }
            GraphPattern::Extend { inner, variable, expression } => {
                self.pattern(inner);
                self.assigned.insert(variable.clone());
                self.expression(expression);
            }
            GraphPattern::Values { variables, .. } => self.assigned.extend(variables.iter().cloned()),
            GraphPattern::OrderBy { inner, expression } => {
                self.pattern(inner);
                for key in expression {
                    let (OrderExpression::Asc(key) | OrderExpression::Desc(key)) = key;
                    self.expression(key);
                }
            }
            GraphPattern::Project { inner, variables } => {
                self.pattern(inner);
                self.named.extend(variables.iter().cloned());
            }
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } | GraphPattern::Slice { inner, .. } => {
                self.pattern(inner);
            }
            GraphPattern::Group { inner, variables, aggregates } => {
                self.pattern(inner);
                self.named.extend(variables.iter().cloned());
                for (variable, aggregate) in aggregates {
                    self.assigned.insert(variable.clone());
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        self.expression(expr);
                    }
                }
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        for part in all_subexpressions(expression) {
            match part {
                Expression::Variable(variable) | Expression::Bound(variable) => {
                    self.named.insert(variable.clone());
                }
                Expression::Exists(pattern) => self.pattern(pattern),
                _ => {}
            }
        }
    }
}
