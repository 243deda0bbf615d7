//! Bringing the solutions of a rewritten pattern together with the rows of the plain query.

use super::grounds::{Gathered, Grounds};
use super::part::Recipe;
use super::tracing::{Key, Tracing, key};
use crate::model::all_subexpressions;
use crate::store::StoreError;
use oxigraph::model::Variable;
use oxigraph::sparql::QuerySolution;
use spargebra::algebra::{AggregateExpression, Expression, Function, GraphPattern};
use std::collections::{BTreeSet, HashMap};

/// The rows of an answer, and what has been found for each.
pub(super) struct Placing {
    /// The variables that tell rows apart.
    keys: Vec<Variable>,
    /// Whether rows were made one: all solutions of a key then go to its row.
    merged: bool,
    /// So many solutions come before the first row.
    skipped: usize,
    /// The rows of one key, the last first, so that they are taken in their order.
    waiting: HashMap<Key, Vec<usize>>,
    left: usize,
    pub(super) gathered: Vec<Option<Gathered>>,
}

impl Placing {
    pub(super) fn new(pattern: &GraphPattern, variables: &[Variable], rows: &[QuerySolution], merged: bool) -> Self {
        let mut volatile = BTreeSet::new();
        collect_volatile(pattern, &mut volatile);
        let keys: Vec<Variable> = variables.iter().filter(|variable| !volatile.contains(*variable)).cloned().collect();
        let skipped = match pattern {
            GraphPattern::Slice { start, .. } if !merged => *start,
            _ => 0,
        };
        let mut waiting: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, row) in rows.iter().enumerate().rev() {
            waiting.entry(key(&keys, row)).or_default().push(at);
        }
        Self { keys, merged, skipped, waiting, left: rows.len(), gathered: vec![None; rows.len()] }
    }

    /// Gives the k-th solution of a key to the k-th row of that key. Solutions of rows that are not shown are not traced.
    pub(super) fn fill(
        &mut self,
        recipe: &Recipe,
        tracing: &mut Tracing<'_>,
        grounds: &mut Grounds<'_>,
    ) -> Result<(), StoreError> {
        // Among solutions that the order does not tell apart, others may have been skipped this time: they are kept.
        let mut spare: HashMap<Key, Vec<QuerySolution>> = HashMap::new();
        for (at, solution) in tracing.solutions(recipe, &self.keys)?.enumerate() {
            let solution = solution?;
            let key = key(&self.keys, &solution);
            let Some(places) = self.waiting.get_mut(&key) else { continue };
            if self.merged {
                let found = tracing.gather(recipe, &solution, grounds)?;
                for at in places {
                    self.gathered[*at].get_or_insert_default().add(&found);
                }
            } else if at < self.skipped {
                spare.entry(key).or_default().push(solution);
            } else if let Some(place) = places.pop() {
                self.gathered[place] = Some(tracing.gather(recipe, &solution, grounds)?);
                self.left -= 1;
                if self.left == 0 {
                    return Ok(());
                }
            }
        }
        for (key, mut solutions) in spare {
            let places = self.waiting.get_mut(&key).map(std::mem::take).unwrap_or_default();
            for place in places {
                let Some(solution) = solutions.pop() else { break };
                self.gathered[place] = Some(tracing.gather(recipe, &solution, grounds)?);
            }
        }
        Ok(())
    }
}

/// The variables whose values are others each time that a query is asked.
fn collect_volatile(pattern: &GraphPattern, out: &mut BTreeSet<Variable>) {
    match pattern {
        GraphPattern::Extend { inner, variable, expression } => {
            collect_volatile(inner, out);
            if is_volatile(expression, out) {
                out.insert(variable.clone());
            }
        }
        GraphPattern::Group { inner, aggregates, .. } => {
            collect_volatile(inner, out);
            for (variable, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate
                    && is_volatile(expr, out)
                {
                    out.insert(variable.clone());
                }
            }
        }
        GraphPattern::Join { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::LeftJoin { left, right, .. } => {
            collect_volatile(left, out);
            collect_volatile(right, out);
        }
        GraphPattern::Minus { left: inner, .. }
        | GraphPattern::Filter { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::Service { inner, .. } => collect_volatile(inner, out),
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {}
    }
}

fn is_volatile(expression: &Expression, volatile: &BTreeSet<Variable>) -> bool {
    all_subexpressions(expression).into_iter().any(|part| match part {
        Expression::FunctionCall(function, _) => {
            matches!(function, Function::Rand | Function::Uuid | Function::StrUuid | Function::Now | Function::BNode)
        }
        Expression::Variable(variable) => volatile.contains(variable),
        _ => false,
    })
}
