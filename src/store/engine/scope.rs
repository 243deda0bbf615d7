//! Which variables a pattern may, and which it will, give values to.

use crate::model::all_subexpressions;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// Variables by name; a blank node of a pattern is a variable too, named `_:` and its label.
pub(super) type Names = BTreeSet<String>;

pub(super) fn blank_name(label: &str) -> String {
    format!("_:{label}")
}

pub(super) fn term(term: &TermPattern, out: &mut Names) {
    match term {
        TermPattern::Variable(variable) => drop(out.insert(variable.as_str().to_owned())),
        TermPattern::BlankNode(node) => drop(out.insert(blank_name(node.as_str()))),
        TermPattern::Triple(triple) => self::triple(triple, out),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => {}
    }
}

fn name(pattern: &NamedNodePattern, out: &mut Names) {
    if let NamedNodePattern::Variable(variable) = pattern {
        out.insert(variable.as_str().to_owned());
    }
}

pub(super) fn triple(pattern: &TriplePattern, out: &mut Names) {
    term(&pattern.subject, out);
    name(&pattern.predicate, out);
    term(&pattern.object, out);
}

/// The variables that a pattern may give values to.
pub(super) fn possible(pattern: &GraphPattern) -> Names {
    let mut names = Names::new();
    collect(pattern, false, &mut names);
    names
}

/// The variables that every solution of a pattern has values for.
pub(super) fn certain(pattern: &GraphPattern) -> Names {
    let mut names = Names::new();
    collect(pattern, true, &mut names);
    names
}

fn collect(pattern: &GraphPattern, certain: bool, out: &mut Names) {
    match pattern {
        GraphPattern::Bgp { patterns } => {
            for pattern in patterns {
                triple(pattern, out);
            }
        }
        GraphPattern::Path { subject, object, .. } => {
            term(subject, out);
            term(object, out);
        }
        GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => {
            collect(left, certain, out);
            collect(right, certain, out);
        }
        GraphPattern::LeftJoin { left, right, .. } => {
            collect(left, certain, out);
            if !certain {
                collect(right, certain, out);
            }
        }
        GraphPattern::Filter { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => collect(inner, certain, out),
        GraphPattern::Minus { left, .. } => collect(left, certain, out),
        GraphPattern::Union { left, right } => {
            let (mut one, mut other) = (Names::new(), Names::new());
            collect(left, certain, &mut one);
            collect(right, certain, &mut other);
            if certain {
                out.extend(one.intersection(&other).cloned());
            } else {
                out.extend(one);
                out.extend(other);
            }
        }
        GraphPattern::Graph { name: graph, inner } => {
            collect(inner, certain, out);
            name(graph, out);
        }
        GraphPattern::Service { name: service, inner, .. } => {
            if !certain {
                collect(inner, certain, out);
                name(service, out);
            }
        }
        GraphPattern::Extend { inner, variable, .. } => {
            collect(inner, certain, out);
            if !certain {
                out.insert(variable.as_str().to_owned());
            }
        }
        GraphPattern::Values { variables, bindings } => {
            for (at, variable) in variables.iter().enumerate() {
                if !certain || bindings.iter().all(|row| row[at].is_some()) {
                    out.insert(variable.as_str().to_owned());
                }
            }
        }
        GraphPattern::Project { inner, variables } => {
            let mut names = Names::new();
            collect(inner, certain, &mut names);
            let projected = variables.iter().map(|v| v.as_str().to_owned());
            out.extend(projected.filter(|name| !certain || names.contains(name)));
        }
        GraphPattern::Group { inner, variables, aggregates } => {
            let mut names = Names::new();
            collect(inner, certain, &mut names);
            out.extend(variables.iter().map(|v| v.as_str().to_owned()).filter(|name| names.contains(name)));
            if !certain {
                out.extend(aggregates.iter().map(|(variable, _)| variable.as_str().to_owned()));
            }
        }
    }
}

/// The variables that an expression speaks of, in patterns of EXISTS too.
pub(super) fn of_expression(expression: &Expression, out: &mut Names) {
    for part in all_subexpressions(expression) {
        match part {
            Expression::Variable(variable) | Expression::Bound(variable) => {
                out.insert(variable.as_str().to_owned());
            }
            Expression::Exists(pattern) => {
                out.extend(possible(pattern));
                mentioned(pattern, out);
            }
            _ => {}
        }
    }
}

/// The variables that the expressions within a pattern speak of.
fn mentioned(pattern: &GraphPattern, out: &mut Names) {
    match pattern {
        GraphPattern::Filter { expr, inner } => {
            of_expression(expr, out);
            mentioned(inner, out);
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            if let Some(expr) = expression {
                of_expression(expr, out);
            }
            mentioned(left, out);
            mentioned(right, out);
        }
        GraphPattern::Join { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right }
        | GraphPattern::Lateral { left, right } => {
            mentioned(left, out);
            mentioned(right, out);
        }
        GraphPattern::Extend { inner, expression, .. } => {
            of_expression(expression, out);
            mentioned(inner, out);
        }
        GraphPattern::Graph { inner, .. } => mentioned(inner, out),
        _ => {}
    }
}

/// Whether an expression asks for EXISTS.
pub(super) fn has_exists(expression: &Expression) -> bool {
    all_subexpressions(expression).into_iter().any(|part| matches!(part, Expression::Exists(_)))
}
