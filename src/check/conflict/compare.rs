//! Comparison of values: which ones exclude each other.

use super::Side;
use super::days::{Day, days};
use crate::model::vocab::xsd;
use oxigraph::model::{LiteralRef, Term};
use std::collections::BTreeMap;

/// The key by which values are compared. Different spellings of a value have equal keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Compared {
    /// The first and the last possible day of a time.
    Time(Day, Day),
    Number(Number),
    /// The language and the text of a string.
    Text(String, String),
    /// Another term, as N-Triples.
    Other(String),
}

/// A number in canonical form: sign, digits without leading and trailing zeros, and a power of ten.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number {
    /// Approximates the order of numbers. The first field, so that the derived order is numeric.
    order: i64,
    negative: bool,
    digits: String,
    power: i64,
}

impl Compared {
    pub(super) fn new(term: &Term) -> Self {
        let Term::Literal(literal) = term else { return Self::Other(term.to_string()) };
        let literal = literal.as_ref();
        if let Some(language) = literal.language() {
            let direction = literal.direction().map(|direction| format!("--{direction}")).unwrap_or_default();
            return Self::Text(language.to_owned(), format!("{}{direction}", literal.value()));
        }
        match (days(literal), number(literal)) {
            (Some((from, to)), _) => Self::Time(from, to),
            (_, Some(number)) => Self::Number(number),
            _ => Self::Other(literal.to_string()),
        }
    }
}

fn number(literal: LiteralRef<'_>) -> Option<Number> {
    if ![xsd::INTEGER, xsd::DECIMAL, xsd::DOUBLE, xsd::FLOAT].contains(&literal.datatype()) {
        return None;
    }
    let text = literal.value();
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (rest, power) = match rest.split_once(['e', 'E']) {
        Some((rest, power)) => (rest, power.parse::<i64>().ok()?),
        None => (rest, 0),
    };
    let (integer, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    if !(integer.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())) {
        // Infinity and NaN are compared as other terms.
        return None;
    }
    let digits = format!("{integer}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    if significant.is_empty() {
        return Some(Number { order: 0, negative: false, digits: String::new(), power: 0 });
    }
    let power = power.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(zeros)?;
    let approximation: f64 = format!("{significant}e{power}").parse().ok()?;
    // The bit patterns of positive floats are in numeric order.
    let order = approximation.to_bits().cast_signed();
    Some(Number { order: if negative { -order } else { order }, negative, digits: significant.to_owned(), power })
}

/// The first spelling of each distinct value, and its statements.
type Values<'a> = BTreeMap<Compared, (&'a Term, Vec<usize>)>;

/// Groups values with their statements into sides, one list of sides for each language of strings. Values that exclude no
/// other are omitted.
///
/// Takes O(n log n) time for n values.
pub(super) fn conflicting_sides<'a>(values: impl Iterator<Item = (&'a Term, usize)>) -> Vec<Vec<Side>> {
    let mut by_language: BTreeMap<Option<String>, Values<'_>> = BTreeMap::new();
    for (term, statement) in values {
        let compared = Compared::new(term);
        let language = match &compared {
            Compared::Text(language, _) => Some(language.clone()),
            _ => None,
        };
        let (_, statements) =
            by_language.entry(language).or_default().entry(compared).or_insert_with(|| (term, Vec::new()));
        if statements.last() != Some(&statement) {
            statements.push(statement);
        }
    }
    let side = |(term, statements): (&Term, Vec<usize>)| Side { value: Some(term.clone()), statements };
    let sides = by_language.into_values().map(|values| excluding(values).into_iter().map(side).collect::<Vec<_>>());
    sides.filter(|sides| sides.len() > 1).collect()
}

/// The distinct values that exclude at least one other.
fn excluding<T>(values: BTreeMap<Compared, T>) -> Vec<T> {
    let times = || values.keys().filter_map(|v| if let Compared::Time(from, to) = v { Some((from, to)) } else { None });
    let only_times = times().count() == values.len();
    if !only_times {
        // A value that is not a time excludes every other value.
        return if values.len() > 1 { values.into_values().collect() } else { Vec::new() };
    }
    let (Some(first_end), Some(last_start)) =
        (times().map(|(_, to)| to.clone()).min(), times().map(|(from, _)| from.clone()).max())
    else {
        return Vec::new();
    };
    let excludes = |value: &Compared| match value {
        Compared::Time(from, to) => *from > first_end || *to < last_start,
        _ => true,
    };
    values.into_iter().filter(|(value, _)| excludes(value)).map(|(_, statements)| statements).collect()
}
