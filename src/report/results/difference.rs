//! The difference between two result sets.

use super::blank_nodes;
use super::numbers::with_canonical_numbers;
use super::{ResultKind, ResultSet, Row};
use oxigraph::model::Term;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// How results differ from the expected ones. Rows are identified by their indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The kinds of results differ.
    Kind,
    /// The columns differ, or their order.
    Columns,
    /// The rows differ.
    Rows {
        /// The expected rows that are missing, in order.
        missing: Vec<usize>,
        /// The actual rows that were not expected, in order.
        extra: Vec<usize>,
    },
    /// The rows are equal, but not in the order that the query specifies. The index is that of the first actual row out of
    /// order.
    Order(usize),
}

/// How actual results differ from the expected ones; `None` if they are equal.
///
/// The order of rows matters if the actual results have ranks. Many blank nodes with similar surroundings may be treated as
/// equal; relabelled blank nodes are never a difference.
///
/// ```
/// use factloom::report::{Difference, ResultSet, difference};
///
/// let found = difference(&ResultSet::boolean(true), &ResultSet::boolean(false));
/// assert_eq!(found, Some(Difference::Rows { missing: vec![0], extra: vec![0] }));
/// ```
pub fn difference(expected: &ResultSet, actual: &ResultSet) -> Option<Difference> {
    if expected.kind != actual.kind {
        return Some(Difference::Kind);
    }
    if expected.columns != actual.columns {
        return Some(Difference::Columns);
    }
    let (expected_rows, actual_rows) = (Multiset::new(&expected.rows), Multiset::new(&actual.rows));
    let mut unmatched: HashMap<&str, Vec<&Item>> = HashMap::new();
    for item in expected_rows.items.iter().rev() {
        unmatched.entry(&item.key).or_default().push(item);
    }
    let mut extra = Vec::new();
    for item in &actual_rows.items {
        if unmatched.get_mut(item.key.as_str()).and_then(Vec::pop).is_none() {
            extra.extend(&item.rows);
        }
    }
    let missing = unmatched.into_values().flatten().flat_map(|item| item.rows.iter().copied());
    let mut missing: Vec<usize> = missing.collect();
    if !missing.is_empty() || !extra.is_empty() {
        missing.sort_unstable();
        extra.sort_unstable();
        return Some(Difference::Rows { missing, extra });
    }
    let ranks = actual.ranks.as_deref()?;
    first_out_of_order(&expected_rows.row_keys, &actual_rows.row_keys, ranks).map(Difference::Order)
}

/// The first row at the position of another. Rows of equal rank are compared as a multiset.
fn first_out_of_order(expected: &[String], actual: &[String], ranks: &[usize]) -> Option<usize> {
    let mut start = 0;
    for tied in ranks.chunk_by(|a, b| a == b) {
        let range = start..start + tied.len();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for row in &expected[range.clone()] {
            *counts.entry(row).or_default() += 1;
        }
        for index in range.clone() {
            match counts.get_mut(actual[index].as_str()) {
                Some(count) if *count > 0 => *count -= 1,
                _ => return Some(index),
            }
        }
        start = range.end;
    }
    None
}

impl Difference {
    /// A short description: `2 rows removed, 1 added`.
    pub(in crate::report) fn summary(&self, expected: &ResultSet, actual: &ResultSet) -> String {
        match self {
            Self::Kind => format!("{} instead of {}", kind_name(actual.kind), kind_name(expected.kind)),
            Self::Columns => format!("columns {} instead of {}", columns(actual), columns(expected)),
            Self::Rows { .. } if actual.kind == ResultKind::Boolean => {
                format!("{} instead of {}", actual.summary(), expected.summary())
            }
            Self::Rows { missing, extra } => match (missing.len(), extra.len()) {
                (0, added) => format!("{} added", actual.count(added)),
                (removed, 0) => format!("{} removed", actual.count(removed)),
                (removed, added) => format!("{} removed, {added} added", actual.count(removed)),
            },
            Self::Order(_) => "the same rows in a different order".to_owned(),
        }
    }
}

fn columns(results: &ResultSet) -> String {
    results.columns.iter().map(|name| format!("?{name}")).collect::<Vec<_>>().join(" ")
}

fn kind_name(kind: ResultKind) -> &'static str {
    match kind {
        ResultKind::Boolean => "a boolean",
        ResultKind::Rows => "rows",
        ResultKind::Graph => "a graph",
    }
}

/// Rows as a multiset.
struct Multiset {
    items: Vec<Item>,
    /// A key for each row, without the labels of blank nodes.
    row_keys: Vec<String>,
}

/// A row, or rows that share blank nodes.
struct Item {
    key: String,
    rows: Vec<usize>,
}

impl Multiset {
    fn new(rows: &[Row]) -> Self {
        let canonical = |row: &Row| row.iter().map(|term| term.as_ref().map(with_canonical_numbers)).collect();
        let rows: Vec<Row> = rows.iter().map(canonical).collect();
        let mut keys: Vec<Option<String>> = vec![None; rows.len()];
        let mut items = Vec::new();
        for group in blank_nodes::groups(&rows) {
            // The key of a group is as long as all of its rows.
            let group_key = format!("{:x}", Sha256::digest(&group.key));
            for (&row, key) in group.rows.iter().zip(&group.row_keys) {
                keys[row] = Some(format!("{group_key}\n\n{key}"));
            }
            items.push(Item { key: group.key, rows: group.rows });
        }
        let cell = |term: &Option<Term>| term.as_ref().map_or(String::new(), ToString::to_string);
        let mut row_keys = Vec::with_capacity(rows.len());
        for (index, key) in keys.into_iter().enumerate() {
            row_keys.push(key.unwrap_or_else(|| {
                let key = rows[index].iter().map(cell).collect::<Vec<_>>().join("\t");
                items.push(Item { key: key.clone(), rows: vec![index] });
                key
            }));
        }
        // The key of a group contains colours, and so differs from that of a row without blank nodes.
        items.sort_by_key(|item| item.rows[0]);
        Self { items, row_keys }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::BlankNode;

    #[test]
    fn the_keys_of_rows_that_share_blank_nodes_are_short() {
        let node = |n: usize| Some(BlankNode::new_unchecked(format!("b{n}")).into());
        let keys = |count: usize| {
            let rows: Vec<Row> = (0..count).map(|n| vec![node(n), node(n + 1)]).collect();
            Multiset::new(&rows).row_keys.iter().map(String::len).max()
        };
        assert_eq!(keys(10), keys(500));
    }
}
