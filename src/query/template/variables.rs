//! The variables of a query that it does not assign itself.

use crate::model::{all_subexpressions, pattern_of, subpatterns};
use crate::query::algebra::{own_variables, triple_variables};
use oxigraph::model::Variable;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use std::collections::BTreeSet;

/// The variables that occur in a query, and those that it assigns.
#[derive(Default)]
pub(super) struct Variables {
    used: BTreeSet<Variable>,
    assigned: BTreeSet<Variable>,
}

impl Variables {
    /// The variables of a query that are bound by the graph or by parameters, not by BIND, AS or VALUES.
    pub(super) fn free(query: &Query) -> BTreeSet<Variable> {
        let mut variables = Self::default();
        variables.pattern(pattern_of(query));
        if let Query::Construct { template, .. } = query {
            for triple in template {
                triple_variables(triple, &mut variables.used);
            }
        }
        let Self { mut used, assigned } = variables;
        used.retain(|variable| !assigned.contains(variable));
        used
    }

    fn pattern(&mut self, pattern: &GraphPattern) {
        own_variables(pattern, &mut self.used);
        match pattern {
            GraphPattern::LeftJoin { expression: Some(expression), .. }
            | GraphPattern::Filter { expr: expression, .. } => self.expression(expression),
            GraphPattern::Extend { variable, expression, .. } => {
                self.assigned.insert(variable.clone());
                self.expression(expression);
            }
            GraphPattern::Values { variables, .. } => self.assigned.extend(variables.iter().cloned()),
            GraphPattern::OrderBy { expression, .. } => {
                for key in expression {
                    let (OrderExpression::Asc(key) | OrderExpression::Desc(key)) = key;
                    self.expression(key);
                }
            }
            GraphPattern::Project { variables, .. } => self.used.extend(variables.iter().cloned()),
            GraphPattern::Group { variables, aggregates, .. } => {
                self.used.extend(variables.iter().cloned());
                for (variable, aggregate) in aggregates {
                    self.assigned.insert(variable.clone());
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        self.expression(expr);
                    }
                }
            }
            _ => {}
        }
        for child in subpatterns(pattern) {
            self.pattern(child);
        }
    }

    fn expression(&mut self, expression: &Expression) {
        for part in all_subexpressions(expression) {
            match part {
                Expression::Variable(variable) | Expression::Bound(variable) => {
                    self.used.insert(variable.clone());
                }
                Expression::Exists(pattern) => self.pattern(pattern),
                _ => {}
            }
        }
    }
}
