//! Assigning the solutions of a traced pattern to the rows of the plain query.

use super::support::Support;
use super::traced_pattern::TracedPattern;
use super::tracer::{Key, Tracer, key};
use crate::model::{all_subexpressions, subpatterns};
use crate::store::StoreError;
use oxigraph::model::Variable;
use oxigraph::sparql::QuerySolution;
use spargebra::algebra::{AggregateExpression, Expression, Function, GraphPattern};
use std::collections::{BTreeSet, HashMap};

/// The rows of the results with the support found for each.
pub(super) struct RowSupport {
    /// The variables whose values identify a row.
    keys: Vec<Variable>,
    /// Whether DISTINCT or REDUCED merges solutions: all solutions of a key then support its rows.
    merged: bool,
    /// The number of solutions that OFFSET skips.
    skipped: usize,
    /// The rows of each key that have no solution yet, the last row first.
    pending: HashMap<Key, Vec<usize>>,
    pub(super) support: Vec<Option<Support>>,
}

impl RowSupport {
    pub(super) fn new(pattern: &GraphPattern, variables: &[Variable], rows: &[QuerySolution], merged: bool) -> Self {
        let mut volatile = BTreeSet::new();
        collect_volatile(pattern, &mut volatile);
        let keys: Vec<Variable> = variables.iter().filter(|variable| !volatile.contains(*variable)).cloned().collect();
        let skipped = match pattern {
            GraphPattern::Slice { start, .. } if !merged => *start,
            _ => 0,
        };
        let mut pending: HashMap<Key, Vec<usize>> = HashMap::new();
        for (index, row) in rows.iter().enumerate().rev() {
            pending.entry(key(&keys, row)).or_default().push(index);
        }
        Self { keys, merged, skipped, pending, support: vec![None; rows.len()] }
    }

    /// Assigns the k-th solution of a key to the k-th row of that key. Solutions without a row are not traced.
    pub(super) fn fill(&mut self, traced: &TracedPattern, tracer: &mut Tracer<'_>) -> Result<(), StoreError> {
        // The order of solutions that ORDER BY does not distinguish can differ from that of the plain query, so skipped
        // solutions may be needed.
        let mut spare: HashMap<Key, Vec<QuerySolution>> = HashMap::new();
        let mut remaining = self.support.len();
        for (index, solution) in tracer.solutions(traced, &self.keys)?.enumerate() {
            let solution = solution?;
            let key = key(&self.keys, &solution);
            let Some(rows) = self.pending.get_mut(&key) else { continue };
            if self.merged {
                let support = tracer.support(traced, &solution)?;
                for row in rows {
                    self.support[*row].get_or_insert_default().merge(&support);
                }
            } else if index < self.skipped {
                spare.entry(key).or_default().push(solution);
            } else if let Some(row) = rows.pop() {
                self.support[row] = Some(tracer.support(traced, &solution)?);
                remaining -= 1;
                if remaining == 0 {
                    return Ok(());
                }
            }
        }
        for (key, mut solutions) in spare {
            for row in self.pending.remove(&key).unwrap_or_default() {
                let Some(solution) = solutions.pop() else { break };
                self.support[row] = Some(tracer.support(traced, &solution)?);
            }
        }
        Ok(())
    }
}

/// The variables whose values differ each time that the query is run.
fn collect_volatile(pattern: &GraphPattern, out: &mut BTreeSet<Variable>) {
    if let GraphPattern::Minus { left, .. } = pattern {
        return collect_volatile(left, out);
    }
    for child in subpatterns(pattern) {
        collect_volatile(child, out);
    }
    match pattern {
        GraphPattern::Extend { variable, expression, .. } if is_volatile(expression, out) => {
            out.insert(variable.clone());
        }
        GraphPattern::Group { aggregates, .. } => {
            for (variable, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate
                    && is_volatile(expr, out)
                {
                    out.insert(variable.clone());
                }
            }
        }
        _ => {}
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
