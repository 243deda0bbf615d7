//! What became of a stored query, in words and rows.

use super::super::{AnswerChange, AnswerPart, ComparedGraph, Comparison, QueryChange, QueryChangeKind};
use super::{Detail, Item, Mark};
use crate::query::Decorators;
use crate::store::StoreError;
use itertools::Itertools;
use std::collections::HashSet;

/// How many rows of a query are shown.
const SHOWN: usize = 20;

/// Rows that came and went.
pub(in crate::report::diff) struct ShownRows {
    pub columns: Vec<String>,
    /// Those that went, and then those that came, with a cell for each column.
    pub rows: Vec<(Mark, Vec<String>)>,
    /// How many more there are.
    pub more: usize,
}

pub(super) fn mark(change: &QueryChange) -> Mark {
    match change.kind {
        QueryChangeKind::Added => Mark::Added,
        QueryChangeKind::Removed => Mark::Removed,
        _ => Mark::Changed,
    }
}

pub(super) fn query(change: &QueryChange, sides: &Comparison<'_>) -> Result<Item, StoreError> {
    let side = if change.kind == QueryChangeKind::Removed { &sides.before } else { &sides.after };
    let say = |text: &str| vec![Detail::plain(None, "", text)];
    let (details, rows) = match &change.kind {
        QueryChangeKind::Added | QueryChangeKind::Removed => (Vec::new(), None),
        QueryChangeKind::Text => (say("written otherwise, with the same answer"), None),
        QueryChangeKind::Fails(reason) => (say(&format!("cannot be asked any more: {reason}")), None),
        QueryChangeKind::Failed(reason) => (say(&format!("could not be asked before: {reason}")), None),
        QueryChangeKind::Answer(answer) => (details(answer), rows(answer, sides)?),
    };
    Ok(Item { mark: mark(change), title: change.title(), about: summary(change, side), details, rows })
}

/// What a query says of itself.
fn summary(change: &QueryChange, side: &ComparedGraph<'_>) -> String {
    let stored = side.store.metadata().queries.iter().find(|query| query.name == change.name);
    let decorators = stored.and_then(|query| Decorators::parse(&query.text).ok());
    decorators.and_then(|decorators| decorators.summary).unwrap_or_default()
}

fn details(answer: &AnswerChange) -> Vec<Detail> {
    let AnswerChange { text, lost, gained } = answer;
    let mut details = Vec::new();
    if *text {
        details.push(Detail::plain(None, "", "written otherwise"));
    }
    let counts = match (lost.rows.len(), gained.rows.len()) {
        (0, 0) if lost.columns == gained.columns => "the same rows in another order".to_owned(),
        (0, 0) => "other columns".to_owned(),
        (lost, 0) => format!("{} lost", rows_of(lost)),
        (0, gained) => format!("{} gained", rows_of(gained)),
        (lost, gained) => format!("{} lost, {gained} gained", rows_of(lost)),
    };
    details.push(Detail::plain(None, "", counts));
    details
}

fn rows_of(number: usize) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{number} rows") }
}

/// The first rows that came and went, with a place for each as long as there is one.
fn rows(answer: &AnswerChange, sides: &Comparison<'_>) -> Result<Option<ShownRows>, StoreError> {
    let AnswerChange { lost, gained, .. } = answer;
    let all = lost.rows.len() + gained.rows.len();
    if all == 0 {
        return Ok(None);
    }
    let columns: Vec<String> = lost.columns.iter().chain(&gained.columns).unique().cloned().collect();
    let of_lost = lost.rows.len().min(SHOWN.saturating_sub(gained.rows.len()).max(SHOWN / 2));
    let of_gained = gained.rows.len().min(SHOWN - of_lost);
    let cells = |exact| -> Result<_, StoreError> {
        let lost = cells(lost, of_lost, &columns, &sides.before, exact)?;
        Ok((lost, cells(gained, of_gained, &columns, &sides.after, exact)?))
    };
    let (mut lost, mut gained) = cells(false)?;
    // Other terms may read the same.
    let seen: HashSet<&Vec<String>> = lost.iter().collect();
    if gained.iter().any(|row| seen.contains(row)) {
        (lost, gained) = cells(true)?;
    }
    let more = all - lost.len() - gained.len();
    let lost = lost.into_iter().map(|row| (Mark::Removed, row));
    let rows = lost.chain(gained.into_iter().map(|row| (Mark::Added, row))).collect();
    Ok(Some(ShownRows { columns, rows, more }))
}

/// The cells of some rows, in the order of `columns`.
fn cells(
    part: &AnswerPart,
    number: usize,
    columns: &[String],
    side: &ComparedGraph<'_>,
    exact: bool,
) -> Result<Vec<Vec<String>>, StoreError> {
    let places: Vec<Option<usize>> =
        columns.iter().map(|column| part.columns.iter().position(|own| own == column)).collect();
    let mut rows = Vec::with_capacity(number);
    for row in part.rows.iter().take(number) {
        let mut cells = Vec::with_capacity(columns.len());
        for place in &places {
            let term = place.and_then(|place| row.get(place)?.as_ref());
            cells.push(match term {
                None => String::new(),
                Some(term) if exact => side.store.names().shorten(&term.to_string()),
                Some(term) => side.cell(term)?,
            });
        }
        rows.push(cells);
    }
    Ok(rows)
}
