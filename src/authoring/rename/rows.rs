//! The rows of a golden file in CSV after a rename: each row of the file is a row of the new results, apart from the name.

use super::csv::{Record, records};
use super::names::Names;
use super::terms::{has_word, occurrences};
use crate::authoring::edit::TextEdit;
use crate::output::csv_text;
use crate::report::{ResultSet, canonical_number};
use oxigraph::model::Term;
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The most cells with the name in a row for which each choice of cells that keep the old one is tried.
const MAX_CELLS: usize = 6;

/// The edits that turn the rows of a golden file into those of the new results. `None` if a row is not one of the new results apart from
/// the name, or if there are other rows.
///
/// A cell is the same, or has the new name in place of the old one, as an IRI or as another word. The ids of inferences, and of statements
/// without an id, are hashes of their content, so they change with the names in it. If the query has ORDER BY, the rows are sorted again;
/// rows of equal rank keep their order.
pub(super) fn edits(text: &str, results: &ResultSet, names: &Names<'_>) -> Option<Vec<TextEdit>> {
    let records = records(text);
    let rows = records.get(1..)?;
    let actual: Vec<Vec<String>> =
        results.rows.iter().map(|row| row.iter().map(|term| cell_text(term.as_ref())).collect()).collect();
    if rows.len() != actual.len() {
        return None;
    }
    let mut free = FreeRows::new(&actual);
    let mut matched: Vec<Option<usize>> = vec![None; rows.len()];
    for (row, matched) in rows.iter().zip(&mut matched) {
        *matched = variants(row, names).into_iter().find_map(|cells| free.take(&cells));
    }
    // What is left may differ in the ids that are hashes.
    let mut free = free.without_hashes();
    for (row, matched) in rows.iter().zip(&mut matched).filter(|(_, matched)| matched.is_none()) {
        let without_hashes = |cells: Vec<String>| cells.iter().map(|cell| without_hash(cell)).collect::<Vec<_>>();
        *matched = variants(row, names).into_iter().map(without_hashes).find_map(|cells| free.take(&cells));
    }
    let matched: Vec<usize> = matched.into_iter().collect::<Option<_>>()?;
    // The text of each row, with the values of the row that it is.
    let renamed: Vec<String> =
        rows.iter().zip(&matched).map(|(row, index)| row_text(text, row, &actual[*index])).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    if let Some(ranks) = &results.ranks {
        order.sort_by_key(|row| ranks.get(matched[*row]));
    }
    let edit = |(row, from): (&Record, usize)| {
        let new = &renamed[from];
        (text[row.range.clone()] != **new).then(|| TextEdit { range: row.range.clone(), text: new.clone() })
    };
    Some(rows.iter().zip(order).filter_map(edit).collect())
}

/// A value as CSV represents it.
fn cell_text(term: Option<&Term>) -> String {
    match term {
        None => String::new(),
        Some(Term::BlankNode(_)) => BLANK.to_owned(),
        Some(Term::Literal(literal)) => literal.value().replace("\r\n", "\n"),
        Some(other) => csv_text(other.as_ref()).into_owned(),
    }
}

/// Any blank node.
const BLANK: &str = "_:";

/// A cell in a form in which equal values are equal.
fn key(cell: &str) -> String {
    match cell {
        cell if cell.starts_with(BLANK) => BLANK.to_owned(),
        cell => canonical_number(cell).unwrap_or_else(|| cell.to_owned()),
    }
}

/// The cells of a row with the new name in none, all or some of those that have the old one.
fn variants(row: &Record, names: &Names<'_>) -> Vec<Vec<String>> {
    let old: Vec<String> = row.cells.iter().map(|cell| cell.value.clone()).collect();
    let with_name: Vec<usize> = (0..old.len()).filter(|cell| has_word(&old[*cell], names)).collect();
    let count = with_name.len().min(MAX_CELLS);
    let variant = |chosen: usize| {
        let mut cells = old.clone();
        for (bit, cell) in with_name.iter().enumerate() {
            // Beyond the limit, all cells or none have the new name.
            if chosen & (1 << bit.min(count.saturating_sub(1))) != 0 {
                cells[*cell] = renamed(&cells[*cell], names);
            }
        }
        cells
    };
    // First as it is, then with the new name in all cells.
    let all = (1_usize << count) - 1;
    let mut chosen: Vec<usize> = [0, all].into_iter().chain(1..all).collect();
    chosen.dedup();
    chosen.into_iter().map(variant).collect()
}

/// A cell with the new name.
fn renamed(cell: &str, names: &Names<'_>) -> String {
    let (mut text, mut end) = (String::with_capacity(cell.len()), 0);
    for range in occurrences(cell, names) {
        text.push_str(&cell[end..range.start]);
        text.push_str(&names.new);
        end = range.end;
    }
    text.push_str(&cell[end..]);
    text
}

/// A cell with a placeholder for each id that is a hash.
fn without_hash(cell: &str) -> String {
    static HASH: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(?:i-)?[0-9a-f]{16,64}\b").expect("the pattern is valid"));
    HASH.replace_all(cell, "#").into_owned()
}

/// The rows of the results that no row of the file is.
struct FreeRows<'a> {
    actual: &'a [Vec<String>],
    by_key: HashMap<Vec<String>, Vec<usize>>,
}

impl<'a> FreeRows<'a> {
    fn new(actual: &'a [Vec<String>]) -> Self {
        let mut by_key: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (index, row) in actual.iter().enumerate().rev() {
            by_key.entry(row.iter().map(|cell| key(cell)).collect()).or_default().push(index);
        }
        Self { actual, by_key }
    }

    fn without_hashes(self) -> Self {
        let mut free: Vec<usize> = self.by_key.into_values().flatten().collect();
        free.sort_unstable();
        let mut by_key: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for index in free.into_iter().rev() {
            let row = self.actual[index].iter().map(|cell| key(&without_hash(cell)));
            by_key.entry(row.collect()).or_default().push(index);
        }
        Self { actual: self.actual, by_key }
    }

    /// The first row with these values, which is then no longer free.
    fn take(&mut self, cells: &[String]) -> Option<usize> {
        let cells: Vec<String> = cells.iter().map(|cell| key(cell)).collect();
        self.by_key.get_mut(&cells)?.pop()
    }
}

/// The text of a row with new values. Cells with the same value keep their form, such as quotation marks or the digits of a number.
fn row_text(text: &str, row: &Record, values: &[String]) -> String {
    let mut new = String::new();
    let mut end = row.range.start;
    for (cell, value) in row.cells.iter().zip(values) {
        new.push_str(&text[end..cell.range.start]);
        let written = &text[cell.range.clone()];
        new.push_str(&match key(&cell.value) == key(value) {
            true => written.to_owned(),
            false => cell_with_value(written, value),
        });
        end = cell.range.end;
    }
    new.push_str(&text[end..row.range.end]);
    new
}

/// A value as a cell, with quotation marks if the old one had some, or if it needs them.
fn cell_with_value(written: &str, value: &str) -> String {
    match written.starts_with('"') || value.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", value.replace('"', "\"\"")),
        false => value.to_owned(),
    }
}
