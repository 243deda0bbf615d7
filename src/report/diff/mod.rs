//! What a change to a dataset changes in its graph.
//!
//! Invariant: the two graphs are asked the same, and neither is taken for the right one.

mod diagrams;
mod json;
mod markdown;
mod queries;
mod statements;
mod text;
mod things;
mod told;
mod words;

pub use diagrams::{ChangeCounts, DiagramChange};
pub use json::diff_json;
pub use markdown::diff_markdown;
pub(super) use queries::query_changes;
pub use queries::{AnswerChange, AnswerPart, QueryChange, QueryChangeKind, SkippedQuery};
pub use statements::{ChangedStatement, FieldChange, StatementChange, StatementChanges, statement_changes};
pub use text::{change_text, diff_text};
pub use things::{ResourceChange, ResourceKind};

use crate::output::{StatementText, TermDisplay};
use crate::store::{Store, StoreError};
use itertools::Itertools;
use oxigraph::model::Term;

/// What differs between two graphs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diff {
    /// Facts, claims and inferences.
    pub statements: StatementChanges,
    /// Entities, sources and terms of the vocabulary, by their kinds and then by their IRIs.
    pub things: Vec<ResourceChange>,
    /// Rules, by their names.
    pub rules: Vec<RuleChange>,
    /// Stored queries, by their names and cases.
    pub queries: Vec<QueryChange>,
    /// Stored queries that can be asked on neither side, by their names and cases. They are no difference.
    pub unasked: Vec<SkippedQuery>,
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

/// One side of a difference, and how what is on it is put into words.
#[derive(Clone, Copy)]
pub struct ComparedGraph<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Its graph.
    pub store: &'a Store,
    /// Words for its statements.
    pub text: &'a StatementText<'a>,
}

/// Both sides of a difference.
#[derive(Clone, Copy)]
pub struct Comparison<'a> {
    /// What it was.
    pub before: ComparedGraph<'a>,
    /// What it is.
    pub after: ComparedGraph<'a>,
}

impl ComparedGraph<'_> {
    /// A term as it stands in a table.
    fn cell(&self, term: &Term) -> Result<String, StoreError> {
        TermDisplay { labels: self.text.labels(), names: self.store.names(), iris: false, width: None }.cell(term)
    }
}

impl Diff {
    /// Finds out what differs between two graphs.
    ///
    /// Linear in the statements and things of both, but for sorting; and as long as their stored queries take, which are asked
    /// in parallel.
    ///
    /// # Errors
    ///
    /// Where a store fails.
    pub fn new(before: &Store, after: &Store) -> Result<Self, StoreError> {
        let (queries, unasked) = query_changes(before, after);
        Ok(Self {
            statements: statement_changes(before, after)?,
            things: things::thing_changes(before, after)?,
            rules: rule_changes(before, after),
            queries,
            unasked,
            diagrams: diagrams::diagram_changes(before, after)?,
        })
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let Self { statements, things, rules, queries, unasked: _, diagrams } = self;
        let given = things.is_empty() && rules.is_empty();
        statements.is_empty() && given && queries.is_empty() && diagrams.is_empty()
    }
}

fn rule_changes(before: &Store, after: &Store) -> Vec<RuleChange> {
    let (was, is) = (&before.metadata().rules, &after.metadata().rules);
    let both = was.iter().merge_join_by(is, |a, b| a.name.cmp(&b.name));
    let changed = both.filter(|next| next.as_ref().both().is_none_or(|(was, is)| was.text != is.text));
    let change = changed.map(|next| {
        let there = (next.has_left(), next.has_right());
        RuleChange { name: next.reduce(|rule, _| rule).name.clone(), there }
    });
    change.collect()
}
