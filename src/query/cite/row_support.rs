//! Assigning the solutions of a traced pattern to the rows of the plain query.

use super::restriction::{MAX_KEYS, distinct};
use super::support::Support;
use super::traced_pattern::TracedPattern;
use super::tracer::{Key, Tracer, key};
use crate::model::{all_subexpressions, subpatterns};
use crate::store::StoreError;
use oxigraph::model::Variable;
use oxigraph::sparql::QuerySolution;
use rustc_hash::FxHashMap;
use spargebra::algebra::{AggregateExpression, Expression, Function, GraphPattern};
use std::collections::BTreeSet;

/// The rows of the results with the support found for each.
pub(super) struct RowSupport {
    /// The variables whose values identify a row.
    keys: Vec<Variable>,
    /// Whether DISTINCT or REDUCED merges solutions: all solutions of a key then support its rows.
    merged: bool,
    /// The number of solutions that OFFSET skips.
    skipped: usize,
    /// The keys of the rows, in order.
    wanted: Vec<Key>,
    /// The rows of each key that have no solution yet, the last row first.
    pending: FxHashMap<Key, Vec<usize>>,
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
        let mut pending: FxHashMap<Key, Vec<usize>> = FxHashMap::default();
        for (index, row) in rows.iter().enumerate().rev() {
            pending.entry(key(&keys, row)).or_default().push(index);
        }
        let wanted = distinct(rows.iter().map(|row| key(&keys, row)));
        Self { keys, merged, skipped, wanted, pending, support: vec![None; rows.len()] }
    }

    /// Assigns the k-th solution of a key to the k-th row of that key. Solutions without a row are not traced.
    pub(super) fn fill(&mut self, traced: &TracedPattern, tracer: &mut Tracer<'_>) -> Result<(), StoreError> {
        // The order of solutions that ORDER BY does not distinguish can differ from that of the plain query, so skipped
        // solutions may be needed.
        let mut spare: FxHashMap<Key, Vec<QuerySolution>> = FxHashMap::default();
        let mut remaining = self.support.len();
        if self.support.is_empty() {
            return Ok(());
        }
        // Which solutions are skipped depends on all of them.
        let wanted = (self.skipped == 0).then_some(self.wanted.as_slice());
        let (mut found, mut result) = (UntracedSolutions::default(), Ok(()));
        for (index, solution) in tracer.solutions(traced, &self.keys, wanted)?.enumerate() {
            let solution = match solution {
                Ok(solution) => solution,
                // The solutions before it are cited.
                Err(error) => {
                    result = Err(error.into());
                    break;
                }
            };
            let key = key(&self.keys, &solution);
            let Some(rows) = self.pending.get_mut(&key) else { continue };
            if self.merged {
                found.push(rows.clone(), solution);
            } else if index < self.skipped {
                spare.entry(key).or_default().push(solution);
            } else if let Some(row) = rows.pop() {
                found.push(vec![row], solution);
                remaining -= 1;
            }
            let is_last = !self.merged && remaining == 0;
            if is_last || found.solutions.len() == MAX_KEYS {
                found.trace(traced, tracer, &mut self.support)?;
            }
            if is_last {
                return Ok(());
            }
        }
        for (key, mut solutions) in spare {
            for row in self.pending.remove(&key).unwrap_or_default() {
                let Some(solution) = solutions.pop() else { break };
                found.push(vec![row], solution);
            }
        }
        found.trace(traced, tracer, &mut self.support)?;
        result
    }
}

/// Solutions that have not been traced yet, and the rows of each.
#[derive(Default)]
struct UntracedSolutions {
    rows: Vec<Vec<usize>>,
    solutions: Vec<QuerySolution>,
}

impl UntracedSolutions {
    fn push(&mut self, rows: Vec<usize>, solution: QuerySolution) {
        self.rows.push(rows);
        self.solutions.push(solution);
    }

    /// Adds the support of the solutions to their rows.
    fn trace(
        &mut self,
        traced: &TracedPattern,
        tracer: &mut Tracer<'_>,
        out: &mut [Option<Support>],
    ) -> Result<(), StoreError> {
        let supports = tracer.supports(traced, &std::mem::take(&mut self.solutions))?;
        for (rows, support) in self.rows.drain(..).zip(supports) {
            for row in rows {
                out[row].get_or_insert_default().merge(&support);
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
