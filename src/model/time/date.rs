//! One date: its form and its days.

use super::calendar::{Day, Month};
use crate::model::vocab::xsd;
use oxigraph::model::NamedNodeRef;

/// The most digits of a year. Systems that take dates from RDF or from exports accept no more.
const MAX_YEAR_DIGITS: usize = 9;

/// A date with some precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Date {
    pub(super) year: Year,
    pub(super) part: Part,
    pub(super) is_approximate: bool,
    pub(super) is_uncertain: bool,
}

/// A year, a decade or a century.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Year {
    /// The first and the last year that it may be.
    pub(super) first: i32,
    pub(super) last: i32,
    /// Whether it is written with `Y`.
    pub(super) is_long: bool,
}

/// Which part of a year a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The whole year.
    All,
    Season(Season),
    Month(Month),
    Day(Day),
    /// An unknown month: `2004-XX`.
    SomeMonth,
    /// An unknown day of the year: `1985-XX-XX`.
    SomeDay,
    /// An unknown day of a month: `1985-04-XX`.
    SomeDayOf(Month),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// Why a string is not a valid date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateProblem {
    Form,
    Calendar,
}

impl Date {
    pub(super) fn parse(text: &str) -> Result<Self, DateProblem> {
        let (text, is_approximate, is_uncertain) = match text.as_bytes().last() {
            Some(b'~') => (&text[..text.len() - 1], true, false),
            Some(b'?') => (&text[..text.len() - 1], false, true),
            Some(b'%') => (&text[..text.len() - 1], true, true),
            _ => (text, false, false),
        };
        let (year, part) = match text.strip_prefix('Y') {
            Some(long) => (long_year(long).ok_or(DateProblem::Form)?, Part::All),
            None => year_and_part(text)?,
        };
        Ok(Self { year, part, is_approximate, is_uncertain })
    }

    /// The datatype of XML Schema for dates of this form.
    pub(super) fn xsd_datatype(self) -> Option<NamedNodeRef<'static>> {
        let is_exact = self.year.first == self.year.last && !self.year.is_long;
        match self.part {
            _ if !is_exact || self.is_approximate || self.is_uncertain => None,
            Part::All => Some(xsd::G_YEAR),
            Part::Month(_) => Some(xsd::G_YEAR_MONTH),
            Part::Day(_) => Some(xsd::DATE),
            Part::Season(_) | Part::SomeMonth | Part::SomeDay | Part::SomeDayOf(_) => None,
        }
    }

    /// The first and the last possible day.
    ///
    /// The codes 21 to 24 of seasons do not depend on the hemisphere, and calendars differ on the days on which a season begins. So
    /// spring and autumn may be at any time from March to December. Summer and winter, which one of the hemispheres has around the
    /// turn of the year, may also be in the December before and in the months to March after it.
    pub(super) fn days(self) -> (Day, Day) {
        let Year { first, last, .. } = self.year;
        let months = |from, to| (Day::first_of(from), Day::last_of(to));
        match self.part {
            Part::All | Part::SomeMonth | Part::SomeDay => months((first, Month::January), (last, Month::December)),
            Part::Season(Season::Spring | Season::Autumn) => months((first, Month::March), (last, Month::December)),
            Part::Season(Season::Summer | Season::Winter) => {
                months((first - 1, Month::December), (last + 1, Month::March))
            }
            Part::Month(month) | Part::SomeDayOf(month) => months((first, month), (last, month)),
            Part::Day(day) => (day, day),
        }
    }

    /// The days, and for an approximate date those of the year, decade, century, month or day before and after it. The days of a
    /// season are already more than those of one.
    pub(super) fn compatible_days(self) -> (Day, Day) {
        let Year { first, last, .. } = self.year;
        let years = last - first + 1;
        let months = |from, to| (Day::first_of(from), Day::last_of(to));
        match self.part {
            _ if !self.is_approximate => self.days(),
            Part::Season(_) => self.days(),
            Part::All | Part::SomeMonth | Part::SomeDay => {
                months((first - years, Month::January), (last + years, Month::December))
            }
            Part::Month(month) | Part::SomeDayOf(month) => {
                months(Month::before(first, month), Month::after(last, month))
            }
            Part::Day(day) => (day.previous(), day.next()),
        }
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The year after `Y`: more than four digits, without leading zeros.
fn long_year(text: &str) -> Option<Year> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_valid = (5..=MAX_YEAR_DIGITS).contains(&digits.len()) && is_digits(digits) && !digits.starts_with('0');
    let year = text.parse().ok().filter(|_| is_valid)?;
    Some(Year { first: year, last: year, is_long: true })
}

/// A year of four digits, whose last one or two may be unknown, and the part of the year.
fn year_and_part(text: &str) -> Result<(Year, Part), DateProblem> {
    let (is_negative, unsigned) = text.strip_prefix('-').map_or((false, text), |unsigned| (true, unsigned));
    let mut fields = unsigned.split('-');
    let digits = fields.next().unwrap_or_default();
    let (month, day) = (fields.next(), fields.next());
    let known = digits.trim_end_matches('X');
    let is_year = digits.len() == 4 && (2..=4).contains(&known.len()) && is_digits(known);
    if !is_year || fields.next().is_some() || (is_negative && digits == "0000") {
        return Err(DateProblem::Form);
    }
    let with = |digit: &str| digits.replace('X', digit).parse::<i32>().map_err(|_| DateProblem::Form);
    let (low, high) = (with("0")?, with("9")?);
    let (first, last) = if is_negative { (-high, -low) } else { (low, high) };
    let year = Year { first, last, is_long: false };
    if known.len() < 4 {
        return if month.is_none() { Ok((year, Part::All)) } else { Err(DateProblem::Form) };
    }
    Ok((year, part(first, month, day)?))
}

/// The part of a year that the fields after the year state.
fn part(year: i32, month: Option<&str>, day: Option<&str>) -> Result<Part, DateProblem> {
    let number = |field: &str| match field.len() == 2 && is_digits(field) {
        true => field.parse::<u8>().map_err(|_| DateProblem::Form),
        false => Err(DateProblem::Form),
    };
    let month = match (month, day) {
        (None, _) => return Ok(Part::All),
        (Some("XX"), None) => return Ok(Part::SomeMonth),
        (Some("XX"), Some("XX")) => return Ok(Part::SomeDay),
        (Some(month), _) => number(month)?,
    };
    let Some(day) = day else {
        return match month {
            21 => Ok(Part::Season(Season::Spring)),
            22 => Ok(Part::Season(Season::Summer)),
            23 => Ok(Part::Season(Season::Autumn)),
            24 => Ok(Part::Season(Season::Winter)),
            // Quarters and other divisions, which level 2 has.
            25..=41 => Err(DateProblem::Form),
            _ => Month::new(month).map(Part::Month).ok_or(DateProblem::Calendar),
        };
    };
    let month = Month::new(month).ok_or(DateProblem::Calendar)?;
    match day {
        "XX" => Ok(Part::SomeDayOf(month)),
        _ => Day::new(year, month, number(day)?).map(Part::Day).ok_or(DateProblem::Calendar),
    }
}
