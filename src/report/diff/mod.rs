//! The differences between two versions of a graph.
//!
//! Invariant: both graphs are treated alike; exchanging them exchanges what is added and what is removed.

mod diagrams;
mod items;
mod json;
mod lines;
mod markdown;
mod matching;
mod queries;
mod resources;
mod statements;
mod text;
mod words;

pub use diagrams::DiagramChange;
pub use json::diff_json;
pub use markdown::diff_markdown;
pub(super) use queries::query_changes;
pub use queries::{QueryChange, QueryChangeKind, ResultsChange, RowSet, SkippedQuery};
pub use resources::{ResourceChange, ResourceKind};
pub use statements::{Field, StatementChange, StatementChanges, statement_changes};
pub use text::{change_text, diff_text};

use crate::output::{StatementText, TermDisplay};
use crate::store::{Store, StoreError};
use itertools::{EitherOrBoth, Itertools};
use oxigraph::model::Term;
use serde::Serialize;
use std::fmt;

/// The differences between two graphs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diff {
    /// Facts, claims and inferences.
    pub statements: StatementChanges,
    /// Entities, sources and terms of the vocabulary, sorted by kind and IRI.
    pub resources: Vec<ResourceChange>,
    /// Rules, sorted by name.
    pub rules: Vec<RuleChange>,
    /// Stored queries, sorted by name and test case.
    pub queries: Vec<QueryChange>,
    /// Stored queries that fail on both graphs, sorted by name and test case. They are not a difference.
    pub skipped_queries: Vec<SkippedQuery>,
    /// Diagrams, sorted by name.
    pub diagrams: Vec<DiagramChange>,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// Only the new version has it.
    Added,
    /// Only the old version has it.
    Removed,
    /// Both versions have it, and it differs.
    Changed,
}

impl ChangeKind {
    fn of<A, B>(versions: &EitherOrBoth<A, B>) -> Self {
        match versions {
            EitherOrBoth::Left(_) => Self::Removed,
            EitherOrBoth::Right(_) => Self::Added,
            EitherOrBoth::Both(..) => Self::Changed,
        }
    }
}

/// Numbers of changes. Displayed as `1 added, 2 changed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChangeCounts {
    /// The number of added items.
    pub added: usize,
    /// The number of removed items.
    pub removed: usize,
    /// The number of changed items.
    pub changed: usize,
}

impl FromIterator<ChangeKind> for ChangeCounts {
    fn from_iter<T: IntoIterator<Item = ChangeKind>>(kinds: T) -> Self {
        let mut counts = Self::default();
        for kind in kinds {
            *match kind {
                ChangeKind::Added => &mut counts.added,
                ChangeKind::Removed => &mut counts.removed,
                ChangeKind::Changed => &mut counts.changed,
            } += 1;
        }
        counts
    }
}

impl fmt::Display for ChangeCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [(self.added, "added"), (self.removed, "removed"), (self.changed, "changed")];
        let counts = counts.iter().filter(|(number, _)| *number > 0);
        f.write_str(&counts.map(|(number, kind)| format!("{number} {kind}")).join(", "))
    }
}

/// A changed rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// The name of the rule.
    pub name: String,
    /// The kind of change.
    pub change: ChangeKind,
}

/// One of the graphs that are compared.
#[derive(Clone, Copy)]
pub struct ComparedGraph<'a> {
    /// The name to show.
    pub name: &'a str,
    /// Renders the statements of the graph.
    pub text: &'a StatementText<'a>,
}

/// The graphs that are compared.
#[derive(Clone, Copy)]
pub struct Comparison<'a> {
    /// The old version.
    pub before: ComparedGraph<'a>,
    /// The new version.
    pub after: ComparedGraph<'a>,
}

impl ComparedGraph<'_> {
    fn cell(&self, term: &Term) -> Result<String, StoreError> {
        TermDisplay { labels: self.text.labels(), iris: false, width: None, title: None }.cell(term)
    }

    /// A triple or a term with prefixed names.
    fn exact(&self, term: &impl ToString) -> String {
        self.text.store().namespaces().shorten(&term.to_string())
    }
}

impl Diff {
    /// Compares two graphs.
    ///
    /// Takes time linear in the numbers of statements and resources, plus the time of their stored queries, which run in parallel.
    ///
    /// # Errors
    ///
    /// Returns an error if a store cannot be read.
    pub fn new(before: &Store, after: &Store) -> Result<Self, StoreError> {
        let (queries, skipped_queries) = query_changes(before, after)?;
        Ok(Self {
            statements: statement_changes(before, after)?,
            resources: resources::resource_changes(before, after)?,
            rules: rule_changes(before, after),
            queries,
            skipped_queries,
            diagrams: diagrams::diagram_changes(before, after)?,
        })
    }

    /// Whether there are no differences.
    pub fn is_empty(&self) -> bool {
        let Self { statements, resources, rules, queries, skipped_queries: _, diagrams } = self;
        statements.is_empty() && resources.is_empty() && rules.is_empty() && queries.is_empty() && diagrams.is_empty()
    }
}

fn rule_changes(before: &Store, after: &Store) -> Vec<RuleChange> {
    let [before, after] =
        [before, after].map(|store| store.metadata().rules.iter().sorted_by(|a, b| a.name.cmp(&b.name)));
    let versions = before.merge_join_by(after, |a, b| a.name.cmp(&b.name));
    let changed = versions.filter(|rule| rule.as_ref().both().is_none_or(|(before, after)| before.text != after.text));
    let change = changed.map(|rule| {
        let change = ChangeKind::of(&rule);
        RuleChange { name: rule.reduce(|before, _| before).name.clone(), change }
    });
    change.collect()
}
