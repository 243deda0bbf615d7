//! The variables of patterns and expressions.

use crate::model::{all_subexpressions, subpatterns};
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// Names of variables. A blank node of a pattern is a variable whose name is `_:` and its label.
pub(super) type Variables = BTreeSet<String>;

pub(super) fn blank_node_name(label: &str) -> String {
    format!("_:{label}")
}

fn add_from_term(term: &TermPattern, out: &mut Variables) {
    match term {
        TermPattern::Variable(variable) => drop(out.insert(variable.as_str().to_owned())),
        TermPattern::BlankNode(node) => drop(out.insert(blank_node_name(node.as_str()))),
        TermPattern::Triple(triple) => add_from_triple(triple, out),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => {}
    }
}

fn add_from_name(name: &NamedNodePattern, out: &mut Variables) {
    if let NamedNodePattern::Variable(variable) = name {
        out.insert(variable.as_str().to_owned());
    }
}

pub(super) fn add_from_triple(pattern: &TriplePattern, out: &mut Variables) {
    add_from_term(&pattern.subject, out);
    add_from_name(&pattern.predicate, out);
    add_from_term(&pattern.object, out);
}

/// The variables that some solution of a pattern may bind.
pub(super) fn possibly_bound(pattern: &GraphPattern) -> Variables {
    let mut names = Variables::new();
    add_bound(pattern, false, &mut names);
    names
}

/// The variables that every solution of a pattern binds.
pub(super) fn always_bound(pattern: &GraphPattern) -> Variables {
    let mut names = Variables::new();
    add_bound(pattern, true, &mut names);
    names
}

fn add_bound(pattern: &GraphPattern, always: bool, out: &mut Variables) {
    let bound = |inner: &GraphPattern| if always { always_bound(inner) } else { possibly_bound(inner) };
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter().for_each(|pattern| add_from_triple(pattern, out)),
        GraphPattern::Path { subject, object, .. } => {
            add_from_term(subject, out);
            add_from_term(object, out);
        }
        GraphPattern::Union { left, right } if always => out.extend(&bound(left) & &bound(right)),
        GraphPattern::Join { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right } => {
            add_bound(left, always, out);
            add_bound(right, always, out);
        }
        GraphPattern::LeftJoin { left, right, .. } => {
            add_bound(left, always, out);
            if !always {
                add_bound(right, always, out);
            }
        }
        GraphPattern::Filter { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Minus { left: inner, .. } => add_bound(inner, always, out),
        GraphPattern::Graph { name, inner } => {
            add_bound(inner, always, out);
            add_from_name(name, out);
        }
        GraphPattern::Service { name, inner, .. } => {
            if !always {
                add_bound(inner, always, out);
                add_from_name(name, out);
            }
        }
        GraphPattern::Extend { inner, variable, .. } => {
            add_bound(inner, always, out);
            if !always {
                out.insert(variable.as_str().to_owned());
            }
        }
        GraphPattern::Values { variables, bindings } => {
            for (column, variable) in variables.iter().enumerate() {
                if !always || bindings.iter().all(|row| row[column].is_some()) {
                    out.insert(variable.as_str().to_owned());
                }
            }
        }
        GraphPattern::Project { inner, variables } => {
            let names = bound(inner);
            let projected = variables.iter().map(|v| v.as_str().to_owned());
            out.extend(projected.filter(|name| !always || names.contains(name)));
        }
        GraphPattern::Group { inner, variables, aggregates } => {
            let names = bound(inner);
            out.extend(variables.iter().map(|v| v.as_str().to_owned()).filter(|name| names.contains(name)));
            if !always {
                out.extend(aggregates.iter().map(|(variable, _)| variable.as_str().to_owned()));
            }
        }
    }
}

/// Adds the variables of an expression, including those of its EXISTS patterns.
pub(super) fn add_from_expression(expression: &Expression, out: &mut Variables) {
    for part in all_subexpressions(expression) {
        match part {
            Expression::Variable(variable) | Expression::Bound(variable) => {
                out.insert(variable.as_str().to_owned());
            }
            Expression::Exists(pattern) => {
                add_bound(pattern, false, out);
                add_from_inner_expressions(pattern, out);
            }
            _ => {}
        }
    }
}

/// Adds the variables of the expressions in a pattern, except in its subqueries.
pub(super) fn add_from_inner_expressions(pattern: &GraphPattern, out: &mut Variables) {
    match pattern {
        GraphPattern::Filter { expr: expression, .. }
        | GraphPattern::Extend { expression, .. }
        | GraphPattern::LeftJoin { expression: Some(expression), .. } => add_from_expression(expression, out),
        GraphPattern::Project { .. }
        | GraphPattern::Distinct { .. }
        | GraphPattern::Reduced { .. }
        | GraphPattern::Slice { .. }
        | GraphPattern::OrderBy { .. }
        | GraphPattern::Group { .. }
        | GraphPattern::Service { .. } => return,
        _ => {}
    }
    for inner in subpatterns(pattern) {
        add_from_inner_expressions(inner, out);
    }
}
