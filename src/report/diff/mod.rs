//! What a change to a dataset changes in its graph.
//!
//! Invariant: the two graphs are asked the same, and neither is taken for the right one.

mod diagrams;
mod statements;
mod things;

pub use diagrams::{DiagramChange, Tally};
pub use statements::{Aspect, ChangedStatement, StatementChange, StatementChanges, statement_changes};
pub use things::{ThingChange, ThingKind};

use crate::store::{Store, StoreError};
use itertools::Itertools;

/// What differs between two graphs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Facts, claims and inferences.
    pub statements: StatementChanges,
    /// Entities, sources and terms of the vocabulary, by their kinds and then by their IRIs.
    pub things: Vec<ThingChange>,
    /// Rules, by their names.
    pub rules: Vec<RuleChange>,
    /// Diagrams, by their names.
    pub diagrams: Vec<DiagramChange>,
}

/// A rule that is there on one side only, or is written otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// Its name.
    pub name: String,
    /// Whether it was there before, and whether it is there now; one of the two at least.
    pub there: (bool, bool),
}

impl Diff {
    /// Finds out what differs between two graphs.
    ///
    /// Linear in the statements and things of both, but for sorting; and as long as the stored queries take that both answer.
    ///
    /// # Errors
    ///
    /// Where a store fails.
    pub fn new(before: &Store, after: &Store) -> Result<Self, StoreError> {
        Ok(Self {
            statements: statement_changes(before, after)?,
            things: things::thing_changes(before, after)?,
            rules: rule_changes(before, after),
            diagrams: diagrams::diagram_changes(before, after)?,
        })
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let Self { statements, things, rules, diagrams } = self;
        statements.is_empty() && things.is_empty() && rules.is_empty() && diagrams.is_empty()
    }
}

fn rule_changes(before: &Store, after: &Store) -> Vec<RuleChange> {
    let (was, is) = (&before.context().rules, &after.context().rules);
    let both = was.iter().merge_join_by(is, |a, b| a.name.cmp(&b.name));
    let changed = both.filter(|next| next.as_ref().both().is_none_or(|(was, is)| was.text != is.text));
    let change = changed.map(|next| {
        let there = (next.has_left(), next.has_right());
        RuleChange { name: next.reduce(|rule, _| rule).name.clone(), there }
    });
    change.collect()
}
