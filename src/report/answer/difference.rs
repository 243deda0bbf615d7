//! What tells two answers apart.

use super::{Answer, Row, Rows, blank, by_value, row_of};
use oxigraph::model::{Term, Triple, Variable};
use std::collections::HashMap;

/// What tells an answer from the one that was expected. Rows and triples are named by their numbers in the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// They are not of one kind: rows, triples, or true and false.
    Kind,
    /// One is true, the other false.
    Boolean,
    /// The columns are others, or in another order.
    Variables(Vec<Variable>, Vec<Variable>),
    /// Rows or triples of one are not in the other, or not as often.
    Rows {
        /// Which of the expected ones are missing, in their order.
        missing: Vec<usize>,
        /// Which of the actual ones were not expected, in their order.
        extra: Vec<usize>,
    },
    /// The rows are the same, but not in the order that the query puts them in: the first row of the actual ones that was not
    /// expected where it is.
    Order(usize),
}

/// What tells an answer from the one that was expected; `None` where they are the same.
///
/// The order of rows counts where the actual answer has one. Blank nodes with surroundings that are alike for a long way, or
/// too many that look alike, may be taken for one another; in no case is an answer told from itself under other labels.
///
/// ```
/// use factloom::report::{Answer, Difference, difference};
///
/// assert_eq!(difference(&Answer::Boolean(true), &Answer::Boolean(false)), Some(Difference::Boolean));
/// ```
pub fn difference(expected: &Answer, actual: &Answer) -> Option<Difference> {
    match (expected, actual) {
        (Answer::Boolean(expected), Answer::Boolean(actual)) => (expected != actual).then_some(Difference::Boolean),
        (Answer::Rows(expected), Answer::Rows(actual)) if expected.variables != actual.variables => {
            Some(Difference::Variables(expected.variables.clone(), actual.variables.clone()))
        }
        (Answer::Rows(expected), Answer::Rows(actual)) => of_rows(expected, actual),
        (Answer::Graph(expected), Answer::Graph(actual)) => {
            let rows = |triples: &[Triple]| Rows { rows: triples.iter().map(row_of).collect(), ..Rows::default() };
            of_rows(&rows(expected), &rows(actual))
        }
        _ => Some(Difference::Kind),
    }
}

fn of_rows(expected: &Rows, actual: &Rows) -> Option<Difference> {
    let (expected_bag, actual_bag) = (Bag::of(&expected.rows), Bag::of(&actual.rows));
    let mut left: HashMap<&str, Vec<&Item>> = HashMap::new();
    for item in expected_bag.items.iter().rev() {
        left.entry(&item.name).or_default().push(item);
    }
    let mut extra = Vec::new();
    for item in &actual_bag.items {
        if left.get_mut(item.name.as_str()).and_then(Vec::pop).is_none() {
            extra.extend(&item.rows);
        }
    }
    let mut missing: Vec<usize> = left.into_values().flatten().flat_map(|item| item.rows.iter().copied()).collect();
    if !missing.is_empty() || !extra.is_empty() {
        missing.sort_unstable();
        extra.sort_unstable();
        return Some(Difference::Rows { missing, extra });
    }
    let places = actual.places.as_deref()?;
    out_of_place(&expected_bag.rows, &actual_bag.rows, places).map(Difference::Order)
}

/// The first row that stands where another was expected. Rows of one place are compared as a bag.
fn out_of_place(expected: &[String], actual: &[String], places: &[usize]) -> Option<usize> {
    let mut first = 0;
    for tied in places.chunk_by(|a, b| a == b) {
        let range = first..first + tied.len();
        let mut there: HashMap<&str, usize> = HashMap::new();
        for row in &expected[range.clone()] {
            *there.entry(row).or_default() += 1;
        }
        for at in range.clone() {
            match there.get_mut(actual[at].as_str()) {
                Some(number) if *number > 0 => *number -= 1,
                _ => return Some(at),
            }
        }
        first = range.end;
    }
    None
}

/// Rows by what they say.
struct Bag {
    items: Vec<Item>,
    /// What each row is, up to the labels of its blank nodes.
    rows: Vec<String>,
}

/// What stands or falls as a whole: a row, or rows that share blank nodes.
struct Item {
    name: String,
    rows: Vec<usize>,
}

impl Bag {
    fn of(rows: &[Row]) -> Self {
        let valued: Vec<Row> =
            rows.iter().map(|row| row.iter().map(|term| term.as_ref().map(by_value)).collect()).collect();
        let groups = blank::groups(&valued);
        let mut names: Vec<Option<String>> = vec![None; rows.len()];
        let mut items = Vec::new();
        for group in groups {
            for (&row, part) in group.rows.iter().zip(&group.parts) {
                names[row] = Some(format!("{}\n\n{part}", group.name));
            }
            items.push(Item { name: group.name, rows: group.rows });
        }
        let cell = |term: &Option<Term>| term.as_ref().map_or(String::new(), ToString::to_string);
        let whole = |row: &Row| row.iter().map(cell).collect::<Vec<_>>().join("\t");
        let mut named = Vec::with_capacity(rows.len());
        for (number, name) in names.into_iter().enumerate() {
            named.push(name.unwrap_or_else(|| {
                let name = whole(&valued[number]);
                items.push(Item { name: name.clone(), rows: vec![number] });
                name
            }));
        }
        // A name of rows with blank nodes has their colours in it, so that it is never that of a row without.
        items.sort_by_key(|item| item.rows[0]);
        Self { items, rows: named }
    }
}
