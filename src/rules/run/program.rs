//! Rules made ready to be run over one graph.

use super::clause::{Clause, Condition, Place, clauses};
use super::facts::Facts;
use super::join::{Delta, Join, Plan, Stop};
use super::strata::{Cycle, strata};
use super::terms::Terms;
use crate::rules::{Rule, RuleError};
use crate::store::{GraphError, Id, StoreError};
use spareval::QueryEvaluator;
use std::collections::BTreeSet;

/// Clauses, sorted into strata.
pub(in crate::rules) struct Program {
    pub(in crate::rules) clauses: Vec<Clause>,
    pub(in crate::rules) strata: Vec<Vec<usize>>,
}

/// More ways than this of matching what the vocabulary says are not written out as clauses of their own.
const MAX_SPECIALIZED: usize = 10_000;

impl Program {
    /// Makes rules ready: where the predicate of a pattern is a variable, and what the graph says of it can no longer change,
    /// a rule becomes a clause for each predicate that it may be. `?p a owl:TransitiveProperty` is such a thing.
    pub(in crate::rules) fn new(rules: &[Rule], facts: &Facts<'_>, terms: &mut Terms<'_>) -> Result<Self, RuleError> {
        let general = clauses(rules, terms).map_err(StoreError::from)?;
        let special = specialized(&general, facts, terms).map_err(StoreError::from)?;
        let clauses = special.unwrap_or(general);
        match strata(&clauses) {
            Ok(strata) => Ok(Self { clauses, strata }),
            Err(Cycle { predicate, clauses: circle }) => {
                let mut names: Vec<String> =
                    circle.iter().map(|clause| rules[clauses[*clause].rule].name.clone()).collect();
                names.dedup();
                let predicate = predicate.map(|id| terms.term(id)).transpose().map_err(StoreError::from)?;
                Err(RuleError::NegationCycle { predicate: predicate.map(|term| term.to_string()), rules: names })
            }
        }
    }
}

/// Clauses in which no predicate is a variable that the graph says enough of; `None` where that would not be sound, since a
/// rule may derive what such patterns match.
fn specialized(
    general: &[Clause],
    facts: &Facts<'_>,
    terms: &mut Terms<'_>,
) -> Result<Option<Vec<Clause>>, GraphError> {
    let evaluator = QueryEvaluator::new();
    let join = Join { facts, complete: facts, evaluator: &evaluator };
    let head = |clause: &Clause| match clause.head[1] {
        Place::Id(id) => Some(id),
        Place::Slot(_) => None,
    };
    let fixed: BTreeSet<Id> = general.iter().filter_map(head).collect();
    let mut matched: BTreeSet<Id> = BTreeSet::new();
    let mut special: Vec<Clause> = Vec::new();
    for clause in general {
        let atoms = &clause.condition.atoms;
        let open = clause.open().map(|at| atoms[at][1]).chain([clause.head[1]]);
        let predicates: BTreeSet<usize> = open.filter_map(Place::slot).collect();
        let is_predicate = |place: Place| place.slot().is_some_and(|slot| predicates.contains(&slot));
        let about = |at: &usize| match atoms[*at] {
            // Rules derive nothing about what the vocabulary defines, which `Derives` sees to.
            [subject, Place::Id(_), _] if is_predicate(subject) => true,
            [_, Place::Id(id), object] => is_predicate(object) && !fixed.contains(&id),
            _ => false,
        };
        let settled: Vec<usize> = clause.open().filter(about).collect();
        if settled.is_empty() {
            special.push(clause.clone());
            continue;
        }
        matched.extend(settled.iter().filter_map(|at| match atoms[*at] {
            [subject, Place::Id(id), _] if !is_predicate(subject) => Some(id),
            _ => None,
        }));
        let condition = Condition { atoms: settled.iter().map(|at| atoms[*at]).collect(), ..Condition::default() };
        let plan = Plan::new(&condition, 0..settled.len(), Delta::None, std::iter::empty(), facts)?;
        let mut rows: BTreeSet<Vec<Id>> = BTreeSet::new();
        let mut row = clause.row.clone();
        let found = join.solutions::<GraphError>(&condition, &plan, &mut row, terms, &mut |row, _| {
            rows.insert(row.to_vec());
            if rows.len() > MAX_SPECIALIZED { Err(Stop::Enough) } else { Ok(()) }
        });
        match found {
            Ok(()) => special.extend(rows.iter().map(|row| clause.specialized(&settled, row))),
            Err(Stop::Enough) => special.push(clause.clone()),
            Err(Stop::Failed(e)) => return Err(e),
        }
    }
    let derived: Option<BTreeSet<Id>> = special.iter().map(head).collect();
    Ok(derived.is_some_and(|derived| derived.is_disjoint(&matched)).then_some(special))
}
