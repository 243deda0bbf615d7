//! Which slots are bound by steps, and which patterns may run with bindings from outside.

use super::plan::{PlannedStep, Slot, Step};
use super::variables::{self, Variables};
use spargebra::algebra::GraphPattern;
use std::collections::BTreeSet;

/// The slot of the number of the solutions after some steps, if they have one each.
pub(super) fn current_solution(steps: &[PlannedStep]) -> Option<Slot> {
    let mut last = steps.iter().rev().map(|planned| &planned.step);
    last.find_map(|step| match step {
        Step::Bind { .. } | Step::Filter { .. } => None,
        Step::Solution(slot) => Some(Some(*slot)),
        _ => Some(None),
    })?
}

/// The slots that every row binds after some steps.
pub(super) fn always_bound_slots(steps: &[PlannedStep]) -> BTreeSet<Slot> {
    let mut slots = BTreeSet::new();
    for PlannedStep { step, .. } in steps {
        add_always_bound(step, &mut slots);
    }
    slots
}

pub(super) fn add_always_bound(step: &Step, out: &mut BTreeSet<Slot>) {
    match step {
        Step::Triple { .. } | Step::TripleTerm { .. } | Step::Path { .. } | Step::NamedGraphs(_) => {
            out.extend(step.pattern_slots());
        }
        Step::Values { slots, rows } => {
            let is_complete = |column: &usize| rows.iter().all(|row| row[*column] != 0);
            out.extend((0..slots.len()).filter(is_complete).map(|column| slots[column]));
        }
        Step::Union(branches) => {
            let common = branches.iter().map(|branch| always_bound_slots(branch)).reduce(|a, b| &a & &b);
            out.extend(common.unwrap_or_default());
        }
        Step::Join { always_bound, .. } => out.extend(always_bound),
        Step::Filter { .. } | Step::Bind { .. } | Step::Solution(_) | Step::Optional(_) | Step::Minus { .. } => {}
    }
}

/// Whether a pattern has the same solutions if `bound` may be bound before it runs.
pub(super) fn accepts_bindings(pattern: &GraphPattern, bound: &Variables) -> bool {
    if bound.is_empty() {
        return true;
    }
    let inner_binds = |names: Variables, inner: &GraphPattern| {
        let always_bound = variables::always_bound(inner);
        names.intersection(bound).all(|name| always_bound.contains(name))
    };
    let variables_of = |expression| {
        let mut names = Variables::new();
        variables::add_from_expression(expression, &mut names);
        names
    };
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => true,
        GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
            accepts_bindings(left, bound) && accepts_bindings(right, bound)
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            let mut names = variables::possibly_bound(right);
            names.extend(expression.iter().flat_map(variables_of));
            accepts_bindings(left, bound) && inner_binds(names, left)
        }
        GraphPattern::Filter { expr, inner } => {
            accepts_bindings(inner, bound) && inner_binds(variables_of(expr), inner)
        }
        GraphPattern::Extend { inner, expression, .. } => {
            accepts_bindings(inner, bound) && inner_binds(variables_of(expression), inner)
        }
        GraphPattern::Minus { left, right } => {
            accepts_bindings(left, bound) && inner_binds(variables::possibly_bound(right), left)
        }
        GraphPattern::Graph { inner, .. } => accepts_bindings(inner, bound),
        _ => false,
    }
}
