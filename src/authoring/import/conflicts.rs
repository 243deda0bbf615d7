//! The conflicts that proposals take part in.

use crate::check::{CheckedFact, Exclusions};
use crate::dataset::Dataset;
use crate::diagnostic::Finding;
use crate::model::Statement;
use std::collections::{BTreeMap, HashMap};

/// With so many statements that have something in common, each value that differs counts as a conflict.
const MAX_COMPARED: usize = 200;

/// The conflicts that proposals take part in.
pub(super) struct ConflictGroups<'a> {
    exclusions: Exclusions,
    conflicts: &'a [Finding],
    /// The conflicts of each proposal, by the id of its statement.
    of_proposal: HashMap<&'a str, Vec<usize>>,
    /// The statements of each conflict that count: those of the dataset, and accepted proposals with their numbers.
    members: Vec<Vec<(&'a Statement, Option<usize>)>>,
    contradicted: BTreeMap<usize, String>,
}

impl<'a> ConflictGroups<'a> {
    pub(super) fn new(
        dataset: &Dataset,
        conflicts: &'a [Finding],
        own: &[&CheckedFact<'a>],
        proposed: &[&CheckedFact<'a>],
    ) -> Self {
        let exclusions =
            if conflicts.is_empty() { Exclusions::default() } else { Exclusions::new(&dataset.vocabulary) };
        let mut of_proposal: HashMap<&'a str, Vec<usize>> = HashMap::new();
        let mut members: Vec<Vec<(&'a Statement, Option<usize>)>> = vec![Vec::new(); conflicts.len()];
        if !conflicts.is_empty() {
            let by_id = |facts: &[&CheckedFact<'a>]| -> HashMap<&'a str, &'a Statement> {
                facts
                    .iter()
                    .filter(|fact| fact.is_valid())
                    .map(|fact| (fact.statement.id.as_str(), fact.statement))
                    .collect()
            };
            let (own, proposed) = (by_id(own), by_id(proposed));
            for (index, conflict) in conflicts.iter().enumerate() {
                for id in conflict.sides.iter().flat_map(|side| &side.0) {
                    match (own.get(id.as_str()), proposed.get(id.as_str())) {
                        (Some(statement), _) => members[index].push((statement, None)),
                        (None, Some(statement)) => of_proposal.entry(statement.id.as_str()).or_default().push(index),
                        (None, None) => {}
                    }
                }
            }
        }
        Self { exclusions, conflicts, of_proposal, members, contradicted: BTreeMap::new() }
    }

    /// The findings about the conflicts of a proposal with the dataset and with accepted proposals.
    pub(super) fn conflicts(&mut self, statement: &Statement) -> Vec<&'a Finding> {
        let Some(groups) = self.of_proposal.get(statement.id.as_str()) else { return Vec::new() };
        let mut found = Vec::new();
        for group in groups {
            let members = &self.members[*group];
            if members.len() > MAX_COMPARED {
                found.push(&self.conflicts[*group]);
                continue;
            }
            let compared: Vec<&Statement> = members.iter().map(|(member, _)| *member).chain([statement]).collect();
            let own = members.len();
            let conflicts = self.exclusions.conflicts(&compared);
            let mut taking_part =
                conflicts.iter().filter(|one| one.sides.iter().any(|side| side.statements.contains(&own))).peekable();
            if taking_part.peek().is_some() {
                found.push(&self.conflicts[*group]);
            }
            for side in taking_part.flat_map(|conflict| &conflict.sides).filter(|side| !side.statements.contains(&own))
            {
                let accepted = side.statements.iter().filter_map(|member| members.get(*member)?.1);
                for number in accepted {
                    self.contradicted.entry(number).or_insert_with(|| self.conflicts[*group].message.clone());
                }
            }
        }
        found
    }

    /// An accepted proposal takes part in the conflicts of those after it.
    pub(super) fn accept(&mut self, statement: &'a Statement, number: usize) {
        for group in self.of_proposal.get(statement.id.as_str()).into_iter().flatten() {
            self.members[*group].push((statement, Some(number)));
        }
    }

    /// The accepted proposals that later ones contradict, with the messages.
    pub(super) fn contradicted(&mut self) -> BTreeMap<usize, String> {
        std::mem::take(&mut self.contradicted)
    }
}
