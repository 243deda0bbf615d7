//! A difference in words, whatever they are written as: sections of items, each with what it is and what changed in it.
//!
//! Invariant: what is said of a side is said in that side's labels.

mod queries;
mod statements;
mod things;

pub(super) use queries::ShownRows;
pub(super) use statements::statement;

use super::words::Word;
use super::{ChangeCounts, Comparison, Diff, QueryChange};
use crate::store::StoreError;

/// Whether something came, went or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Added,
    Removed,
    Changed,
}

impl Mark {
    /// Of something that was there before, or is there now, or both.
    fn of(there: (bool, bool)) -> Self {
        match there {
            (false, _) => Self::Added,
            (true, false) => Self::Removed,
            (true, true) => Self::Changed,
        }
    }
}

/// A kind of things that differ.
pub(super) struct Section<'a> {
    pub title: &'static str,
    /// How many came, went and changed: `1 added, 2 changed`.
    pub counts: String,
    pub len: usize,
    /// The items, each made when it comes.
    pub items: Box<dyn Iterator<Item = Result<Item, StoreError>> + 'a>,
}

/// Something that differs.
pub(super) struct Item {
    pub mark: Mark,
    /// A sentence or a name.
    pub title: String,
    /// What kind of thing it is, and its id.
    pub about: String,
    pub details: Vec<Detail>,
    /// The rows of an answer.
    pub rows: Option<ShownRows>,
}

/// Something about an item.
pub(super) struct Detail {
    /// `None` for what belongs to an item that came or went as a whole.
    pub mark: Option<Mark>,
    /// What the words say; may be empty.
    pub label: String,
    pub words: Vec<Word>,
    /// Where the words can be read.
    pub link: Option<String>,
}

impl Detail {
    fn new(mark: Option<Mark>, label: impl Into<String>, words: Vec<Word>) -> Self {
        Self { mark, label: label.into(), words, link: None }
    }

    /// Of a text without a change in it.
    fn plain(mark: Option<Mark>, label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(mark, label, vec![Word::Same(text.into())])
    }

    /// Of a text that was another, or was not there, or is there no more.
    fn of(label: &str, before: Option<String>, after: Option<String>, mark: fn(&str, &str) -> Vec<Word>) -> Self {
        match (before, after) {
            (Some(before), Some(after)) => Self::new(Some(Mark::Changed), label, mark(&before, &after)),
            (Some(before), None) => Self::plain(Some(Mark::Removed), label, before),
            (None, after) => Self::plain(Some(Mark::Added), label, after.unwrap_or_default()),
        }
    }
}

/// The sections that have items, in the order in which people ask for them.
pub(super) fn sections<'a>(diff: &'a Diff, sides: &'a Comparison<'a>) -> Vec<Section<'a>> {
    use super::ResourceKind::{Entity, Source, Term};
    let Diff { statements, things, rules, queries, unasked: _, diagrams } = diff;
    let of_kind = |kind| {
        let things = things.iter().filter(move |thing| thing.kind == kind);
        let counts = counts(things.clone().map(|thing| Mark::of(thing.there)), ["added", "removed", "changed"]);
        (counts, things.map(|thing| things::thing(thing, sides)))
    };
    let statement = |list: &'a [super::StatementChange], words| {
        let counts = counts(list.iter().map(statements::mark), words);
        (counts, list.iter().map(|change| statements::statement(change, sides)))
    };
    let curated = statement(&statements.curated, ["added", "removed", "changed"]);
    let inferences = statement(&statements.inferences, ["gained", "lost", "resting on something else"]);
    let rules_counted = counts(rules.iter().map(|rule| Mark::of(rule.there)), ["added", "removed", "changed"]);
    let queries_counted = counts(queries.iter().map(queries::mark), ["added", "removed", "changed"]);
    let diagrams_counted = counts(diagrams.iter().map(|_| Mark::Changed), ["", "", "changed"]);
    let all = [
        section("statements", curated),
        section("inferences", inferences),
        section("entities", of_kind(Entity)),
        section("sources", of_kind(Source)),
        section("vocabulary", of_kind(Term)),
        section("rules", (rules_counted, rules.iter().map(|rule| Ok(things::rule(rule))))),
        section("queries", (queries_counted, queries.iter().map(|query| queries::query(query, sides)))),
        section("diagrams", (diagrams_counted, diagrams.iter().map(|diagram| Ok(things::diagram(diagram))))),
    ];
    all.into_iter().filter(|section| section.len > 0).collect()
}

fn section<'a>(
    title: &'static str,
    (counted, items): ((usize, String), impl Iterator<Item = Result<Item, StoreError>> + 'a),
) -> Section<'a> {
    Section { title, counts: counted.1, len: counted.0, items: Box::new(items) }
}

/// How many there are, and how many of each mark, in words.
fn counts(marks: impl Iterator<Item = Mark>, words: [&str; 3]) -> (usize, String) {
    let mut tally = ChangeCounts::default();
    for mark in marks {
        *match mark {
            Mark::Added => &mut tally.gained,
            Mark::Removed => &mut tally.lost,
            Mark::Changed => &mut tally.changed,
        } += 1;
    }
    (tally.gained + tally.lost + tally.changed, tallied(tally, words))
}

/// `1 added, 2 changed`.
fn tallied(tally: ChangeCounts, [gained, lost, changed]: [&str; 3]) -> String {
    let parts = [(tally.gained, gained), (tally.lost, lost), (tally.changed, changed)];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    parts.join(", ")
}

/// A query with its case.
pub(super) fn query_name(name: &str, case: Option<&str>) -> String {
    match case {
        Some(case) => format!("{name} ({case})"),
        None => name.to_owned(),
    }
}

/// What a query that was not asked is called, and why.
pub(super) fn unasked(diff: &Diff) -> impl Iterator<Item = String> + '_ {
    diff.unasked.iter().map(|unasked| {
        format!("{} cannot be asked: {}", query_name(&unasked.name, unasked.case.as_deref()), unasked.reason)
    })
}

impl QueryChange {
    fn title(&self) -> String {
        query_name(&self.name, self.case.as_deref())
    }
}
