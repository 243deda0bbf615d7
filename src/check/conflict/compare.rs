//! When two values exclude each other.

use super::Side;
use super::days::{Day, days};
use crate::model::vocab::xsd;
use oxigraph::model::{LiteralRef, Term};
use std::collections::BTreeMap;

/// What a value is compared by: equal for values that are the same thing written differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Compared {
    /// The first and the last day that a time may mean.
    Time(Day, Day),
    Number(Number),
    /// A text and its language.
    Text(String, String),
    /// Anything else, as N-Triples.
    Other(String),
}

/// A number, without the ways of writing it: its sign, digits without zeros at the ends, and the power of ten that they
/// are times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number {
    /// Its place among all numbers, as near as 64 bits come to it; it comes first, so that numbers sort as numbers.
    place: i64,
    negative: bool,
    digits: String,
    power: i64,
}

impl Compared {
    pub(super) fn new(term: &Term) -> Self {
        let Term::Literal(literal) = term else { return Self::Other(term.to_string()) };
        let literal = literal.as_ref();
        if let Some(language) = literal.language() {
            // The direction of a text is part of what tells it from another.
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
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    if !(whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit())) {
        // Infinities and what is no number are equal to themselves alone.
        return None;
    }
    let digits = format!("{whole}{part}");
    let digits = digits.trim_start_matches('0');
    let kept = digits.trim_end_matches('0');
    let zeros = i64::try_from(digits.len() - kept.len()).ok()?;
    if kept.is_empty() {
        return Some(Number { place: 0, negative: false, digits: String::new(), power: 0 });
    }
    let power = power.checked_sub(i64::try_from(part.len()).ok()?)?.checked_add(zeros)?;
    let near: f64 = format!("{kept}e{power}").parse().ok()?;
    // The bits of a positive number are in the order of the numbers.
    let place = near.to_bits().cast_signed();
    Some(Number { place: if negative { -place } else { place }, negative, digits: kept.to_owned(), power })
}

/// Distinct values, as they are written the first time, and the statements that say them.
type Values<'a> = BTreeMap<Compared, (&'a Term, Vec<usize>)>;

/// The sides of what is said, where there may be one value: those values that exclude at least one other, with the
/// statements that say them. Texts in each language are a matter of their own.
///
/// For n values O(n log n).
pub(super) fn clashing<'a>(said: impl Iterator<Item = (&'a Term, usize)>) -> Vec<Vec<Side>> {
    let mut matters: BTreeMap<Option<String>, Values<'_>> = BTreeMap::new();
    for (term, statement) in said {
        let compared = Compared::new(term);
        let matter = match &compared {
            Compared::Text(language, _) => Some(language.clone()),
            _ => None,
        };
        let (_, statements) = matters.entry(matter).or_default().entry(compared).or_insert_with(|| (term, Vec::new()));
        if statements.last() != Some(&statement) {
            statements.push(statement);
        }
    }
    let side = |(term, statements): (&Term, Vec<usize>)| Side { says: Some(term.clone()), statements };
    let sides = matters.into_values().map(|values| excluding(values).into_iter().map(side).collect::<Vec<_>>());
    sides.filter(|sides| sides.len() > 1).collect()
}

/// Of distinct values those that exclude at least one other.
fn excluding<T>(values: BTreeMap<Compared, T>) -> Vec<T> {
    let times = || values.keys().filter_map(|v| if let Compared::Time(from, to) = v { Some((from, to)) } else { None });
    let only_times = times().count() == values.len();
    if !only_times {
        // Each excludes all others: two different times may agree with each other, but not with what is no time.
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
    values.into_iter().filter(|(value, _)| excludes(value)).map(|(_, said)| said).collect()
}
