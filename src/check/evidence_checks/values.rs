//! The dates and numbers of a statement, which its quotes or the sentences that contain them must have.

use super::cues::Cues;
use super::figures::figures;
use super::known_year::{KnownYear, Published};
use super::reading::{Lexicon, Lists, Reading, Sign, fraction, to_u32};
use crate::model::{Stance, Statement, literal, vocab};
use oxigraph::model::{Literal, NamedNodeRef, Term};
use oxsdatatypes::Decimal;
use std::str::FromStr;

/// How many values of a statement are checked.
pub(super) const MAX_VALUES: usize = 64;

/// Some of the values of a statement, by their indices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::check) struct ValueSet(u64);

impl ValueSet {
    pub(super) fn first(count: usize) -> Self {
        Self(u64::MAX.checked_shr((MAX_VALUES - count.min(MAX_VALUES)) as u32).unwrap_or_default())
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn indices(self) -> impl Iterator<Item = usize> {
        (0..MAX_VALUES).filter(move |index| self.0 & 1 << index != 0)
    }

    /// Only the values with a property.
    pub(super) fn filter(self, has_property: impl Fn(usize) -> bool) -> Self {
        Self(self.indices().filter(|index| has_property(*index)).fold(0, |bits, index| bits | 1 << index))
    }

    /// The values of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// A number of a statement, or a component of a date: each may be in another quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub location: ValueLocation,
    expected: Expected,
}

/// Where a statement has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueLocation {
    Object,
    /// The index of the qualifier.
    Qualifier(usize),
    /// The index of a piece of evidence whose note has the figure, and the figure.
    Note(usize, String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expected {
    Year(KnownYear),
    Season(u32),
    Month(u32, KnownYear),
    Day(u32, u32, KnownYear),
    /// A number, and how many of its decimals are written.
    Number(Decimal, u32),
    /// The readings of a figure of a note. It may also be a year.
    Figure(Vec<Decimal>),
}

/// The values of a statement: those of its object, its qualifiers and its notes, in this order, at most [`MAX_VALUES`]. `cues` are those of
/// the language of the notes.
pub(super) fn values(statement: &Statement, cues: Option<&Cues>) -> Vec<Value> {
    let object = as_literal(&statement.triple.object).map(|literal| (ValueLocation::Object, literal));
    let qualifiers = statement.qualifiers.iter().enumerate();
    let qualifiers =
        qualifiers.filter_map(|(at, qualifier)| Some((ValueLocation::Qualifier(at), as_literal(&qualifier.value)?)));
    let mut values: Vec<Value> = object
        .into_iter()
        .chain(qualifiers)
        .flat_map(|(location, literal)| {
            literal_values(literal).into_iter().map(move |expected| Value { location: location.clone(), expected })
        })
        .take(MAX_VALUES)
        .collect();
    let evidence = statement.evidence.iter().enumerate();
    let quoted = evidence.filter(|(_, evidence)| evidence.stance == Stance::Supports && evidence.quote.is_some());
    let notes = quoted.filter_map(|(at, evidence)| Some((at, evidence.note.as_deref()?)));
    let mut of_notes: Vec<_> = notes
        .flat_map(|(at, note)| figures(note, cues).into_iter().map(move |figure| (figure.written, at, figure.readings)))
        .collect();
    // The order of evidence depends on the positions of the quotes, that of the values must not.
    of_notes.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    of_notes.dedup_by(|a, b| a.0 == b.0);
    values.extend(of_notes.into_iter().map(|(written, at, readings)| Value {
        location: ValueLocation::Note(at, written),
        expected: Expected::Figure(readings),
    }));
    values.truncate(MAX_VALUES);
    values
}

impl Value {
    /// What is expected.
    pub(super) fn component(&self) -> &'static str {
        match self.expected {
            Expected::Year(_) => "year",
            Expected::Season(_) => "season",
            Expected::Month(..) => "month",
            Expected::Day(..) => "day",
            Expected::Number(..) | Expected::Figure(_) => "number",
        }
    }

    /// Whether it is a year before the year 1, which is written as a negative number.
    pub(super) fn is_before_christ(&self) -> bool {
        matches!(&self.expected, Expected::Year(year) if year.is_before_christ())
    }
}

fn as_literal(term: &Term) -> Option<&Literal> {
    match term {
        Term::Literal(literal) => Some(literal),
        _ => None,
    }
}

/// A number, or the components of a date or of the ends of an interval.
fn literal_values(literal: &Literal) -> Vec<Expected> {
    let datatype = literal.datatype();
    if literal::is_number(datatype) {
        return number(literal.value()).into_iter().collect();
    }
    if !DATES.contains(&datatype) {
        return Vec::new();
    }
    let text = literal.value();
    match text.split_once('/') {
        Some((start, end)) => {
            let is_open = |end: &str| matches!(end, "" | "..");
            let (before, after) = (is_open(start), is_open(end));
            // `before 1990` is `../1989`, and `after 1990` is `1991/..`.
            let start = date_components(start, -i32::from(after));
            start.into_iter().chain(date_components(end, i32::from(before))).collect()
        }
        None if datatype == vocab::edtf::EDTF => date_components(text, 0),
        None => date_components(without_time_zone(text), 0),
    }
}

/// A number with an optional exponent; `None` if it has too many digits.
fn number(text: &str) -> Option<Expected> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (text, 0_i32),
    };
    let ten = |exponent: i32| match u32::try_from(exponent) {
        Ok(exponent) => Decimal::try_from(10_i128.checked_pow(exponent)?).ok(),
        Err(_) => Decimal::new(1, exponent.unsigned_abs()).ok(),
    };
    let number = Decimal::from_str(mantissa).ok()?.checked_mul(ten(exponent)?)?;
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Some(Expected::Number(number, u32::try_from(decimals).ok()?))
}

/// Whether a literal is a date or a number that can be checked.
pub(super) fn is_value(literal: &Literal) -> bool {
    literal::is_number(literal.datatype()) || DATES.contains(&literal.datatype())
}

/// The datatypes of dates.
const DATES: [NamedNodeRef<'static>; 5] =
    [vocab::xsd::G_YEAR, vocab::xsd::G_YEAR_MONTH, vocab::xsd::DATE, vocab::xsd::DATE_TIME, vocab::edtf::EDTF];

/// A date of XML Schema without its time of day and its time zone.
fn without_time_zone(text: &str) -> &str {
    let date = text.split('T').next().unwrap_or(text);
    let date = date.strip_suffix('Z').unwrap_or(date);
    match date.len().checked_sub(6).and_then(|at| Some((date.get(..at)?, date.get(at..)?))) {
        Some((date, zone)) if zone.starts_with(['+', '-']) && zone[3..].starts_with(':') => date,
        _ => date,
    }
}

/// The known components of a date of XML Schema or the Extended Date/Time Format; none for an open end. `neighbour` is the difference to
/// another year that is meant as well.
fn date_components(text: &str, neighbour: i32) -> Vec<Expected> {
    let text = text.split('T').next().unwrap_or(text).trim_end_matches(['?', '~', '%']);
    let unsigned = text.strip_prefix('Y').unwrap_or(text);
    let (is_negative, unsigned) = unsigned.strip_prefix('-').map_or((false, unsigned), |unsigned| (true, unsigned));
    let mut fields = unsigned.split('-');
    let Some(mut year) = fields.next().and_then(|digits| KnownYear::new(digits, is_negative)) else {
        return Vec::new();
    };
    let mut number = || fields.next().and_then(|field| field.parse::<u32>().ok());
    let (month, day) = (number(), number());
    let season = month.and_then(|month| month.checked_sub(20)).filter(|season| (1..=4).contains(season));
    let month = month.filter(|month| (1..=12).contains(month));
    year.month = month;
    year.neighbour = if month.is_none() { neighbour } else { 0 };
    let components = [
        Some(Expected::Year(year)),
        season.map(Expected::Season),
        month.map(|month| Expected::Month(month, year)),
        month.zip(day).map(|(month, day)| Expected::Day(month, day, year)),
    ];
    components.into_iter().flatten().collect()
}

/// The numbers and the dates of some parts of a text.
pub(super) struct TextValues {
    reading: Reading,
    lists: Lists,
    /// When the text was published, if dates without a year are of that time.
    published: Option<Published>,
}

impl TextValues {
    /// Takes linear time.
    pub(super) fn new<'t>(
        texts: impl Iterator<Item = &'t str>,
        lexicon: Option<&Lexicon>,
        published: Option<Published>,
    ) -> Self {
        let mut reading = Reading::default();
        texts.for_each(|text| reading.add(text, lexicon));
        let lists = lexicon.map(|lexicon| lexicon.has).unwrap_or_default();
        Self { reading, lists, published }
    }

    /// Whether the text has a value, as far as this can be decided for its language.
    pub(super) fn contains(&self, value: &Value) -> bool {
        let Self { reading, lists, published, .. } = self;
        match &value.expected {
            Expected::Year(year) => year.is_in(reading, *lists, *published),
            Expected::Season(season) => {
                // Spring is from March to May.
                let is_of_season = |month: u32| (month + 9) % 12 / 3 + 1 == *season;
                !lists.seasons
                    || reading.seasons & 1 << season != 0
                    || reading.dates.iter().any(|date| is_of_season(date.month))
            }
            Expected::Month(month, year) => {
                !lists.months || reading.dates.iter().any(|date| date.month == *month && year.may_be(date.year))
            }
            Expected::Day(month, day, year) => {
                !lists.months
                    || reading.days.contains(day)
                    || reading
                        .dates
                        .iter()
                        .any(|date| date.month == *month && date.day == Some(*day) && year.may_be(date.year))
            }
            Expected::Number(number, decimals) => !lists.numbers || self.has_number(*number, *decimals),
            Expected::Figure(readings) => readings.iter().any(|number| self.has_figure(*number)),
        }
    }

    /// A number without a sign is a negative one if a word such as `below` or `loss` is in the text.
    fn has_number(&self, number: Decimal, decimals: u32) -> bool {
        let Self { reading, lists, .. } = self;
        let is_negative = number.is_negative();
        let Some(absolute) = number.checked_abs() else { return true };
        let has_sign = |sign: Sign| match sign {
            Sign::Uncertain => true,
            Sign::Minus => is_negative,
            Sign::None => !is_negative || reading.has_minus || !lists.minus,
        };
        reading.values.iter().any(|(value, sign)| *value == absolute && has_sign(*sign))
            || to_u32(absolute).is_some_and(|year| (1000..3000).contains(&year) && reading.years.contains(&year))
            || !reading.ratios.is_empty() && reading.ratios.iter().any(|ratio| is_rounded(*ratio, absolute, decimals))
    }

    /// Whether the text has a figure of a note. Without number words of its language, only years are certain.
    fn has_figure(&self, number: Decimal) -> bool {
        let year = to_u32(number).filter(|year| (1000..3000).contains(year));
        self.reading.values.iter().any(|(value, _)| *value == number)
            || year.is_some_and(|year| self.reading.years.contains(&year))
            || !self.lists.numbers && year.is_none()
    }
}

/// Whether a number is a fraction, rounded to some decimals.
fn is_rounded((numerator, denominator): (u32, u32), number: Decimal, decimals: u32) -> bool {
    let Some(unit) = Decimal::new(1, decimals).ok().filter(|_| decimals >= 2) else { return false };
    let exact = Decimal::from(numerator).checked_div(Decimal::from(denominator));
    let difference = exact.and_then(|exact| exact.checked_sub(number)?.checked_abs());
    difference.is_some_and(|difference| difference < unit) && fraction(numerator, denominator).is_none()
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
