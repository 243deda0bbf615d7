//! Prepares rules for a graph.

use super::clause::{Clause, Component, Condition, clauses};
use super::evaluation::Evaluation;
use super::facts::Facts;
use super::join::{Delta, Join, Stop};
use super::strata::{Cycle, strata};
use super::terms::Terms;
use crate::rules::{Rule, RuleError};
use crate::store::{GraphError, Id};
use oxigraph::model::NamedNode;
use std::collections::BTreeSet;

/// Clauses, sorted into strata.
pub(in crate::rules) struct Program {
    pub(in crate::rules) clauses: Vec<Clause>,
    pub(in crate::rules) strata: Vec<Vec<usize>>,
}

/// The maximum number of specialized clauses for one clause.
const MAX_SPECIALIZED: usize = 10_000;

impl Program {
    /// Prepares rules. A clause with a variable as the predicate of an atom is specialized for each predicate if the triples
    /// about the predicate cannot change, such as `?p a owl:TransitiveProperty`.
    pub(in crate::rules) fn new(
        rules: &[Rule],
        facts: &Facts<'_>,
        terms: &mut Terms<'_>,
        evaluation: &Evaluation,
    ) -> Result<Self, RuleError> {
        let general = clauses(rules, terms)?;
        let clauses = specialized(rules, &general, facts, terms, evaluation)?.unwrap_or(general);
        match strata(&clauses) {
            Ok(strata) => Ok(Self { clauses, strata }),
            Err(Cycle { predicate, clauses: cycle }) => {
                let mut names: Vec<String> =
                    cycle.iter().map(|clause| rules[clauses[*clause].rule].name.clone()).collect();
                names.dedup();
                let predicate = predicate.map(|id| terms.term(id)).transpose()?;
                let predicate = predicate.and_then(|term| NamedNode::try_from(term).ok());
                Err(RuleError::NegationCycle { predicate, rules: names })
            }
        }
    }
}

/// Specialized clauses, or `None` if specialization is unsound because a rule may derive triples that the atoms match.
fn specialized(
    rules: &[Rule],
    general: &[Clause],
    facts: &Facts<'_>,
    terms: &mut Terms<'_>,
    evaluation: &Evaluation,
) -> Result<Option<Vec<Clause>>, RuleError> {
    let join = Join { facts, complete: facts, evaluation };
    let head = |clause: &Clause| clause.head[1].id();
    let fixed: BTreeSet<Id> = general.iter().filter_map(head).collect();
    let mut matched_predicates: BTreeSet<Id> = BTreeSet::new();
    let mut special: Vec<Clause> = Vec::new();
    for clause in general {
        let atoms = &clause.condition.atoms;
        let open = clause.open_atoms().map(|at| atoms[at][1]).chain([clause.head[1]]);
        let predicates: BTreeSet<usize> = open.filter_map(Component::slot).collect();
        let is_predicate = |component: Component| component.slot().is_some_and(|slot| predicates.contains(&slot));
        let is_about_predicate = |at: &usize| match atoms[*at] {
            // `DerivationCheck` rejects triples about terms of the vocabulary.
            [subject, Component::Id(_), _] if is_predicate(subject) => true,
            [_, Component::Id(id), object] => is_predicate(object) && !fixed.contains(&id),
            _ => false,
        };
        let fixed_atoms: Vec<usize> = clause.open_atoms().filter(is_about_predicate).collect();
        if fixed_atoms.is_empty() {
            special.push(clause.clone());
            continue;
        }
        matched_predicates.extend(fixed_atoms.iter().filter_map(|at| match atoms[*at] {
            [subject, Component::Id(id), _] if !is_predicate(subject) => Some(id),
            _ => None,
        }));
        let condition = Condition { atoms: fixed_atoms.iter().map(|at| atoms[*at]).collect(), ..Condition::default() };
        let (open, mut rows) = (0..fixed_atoms.len(), BTreeSet::new());
        evaluation.start_at(0);
        let all = join.for_each_solution(&condition, open, Delta::None, &clause.row, terms, &mut |row, _| {
            rows.insert(row.to_vec());
            if rows.len() > MAX_SPECIALIZED { Err(Stop::<GraphError>::Enough) } else { Ok(()) }
        });
        let all = all.map_err(|error| RuleError::of_rule(&rules[clause.rule], error))?;
        match all {
            true => special.extend(rows.iter().map(|row| clause.specialized(&fixed_atoms, row))),
            false => special.push(clause.clone()),
        }
    }
    let derived: Option<BTreeSet<Id>> = special.iter().map(head).collect();
    Ok(derived.is_some_and(|derived| derived.is_disjoint(&matched_predicates)).then_some(special))
}
