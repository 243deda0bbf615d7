//! Points in time and periods, in the Extended Date/Time Format (EDTF).
//!
//! `date` parses one date, and computes its days. An interval has two of them, or one and an end that is open or unknown.

mod calendar;
mod correction;
mod date;
mod period;
#[cfg(test)]
mod tests;
mod unsupported;
mod wording;

pub use calendar::Day;
pub(crate) use calendar::days_since_1970;
pub(crate) use correction::{ascii_digit, time_correction};
pub use period::Period;
pub use wording::literal_text;

use super::vocab;
use date::{Date, DateProblem};
use oxigraph::model::{Literal, NamedNodeRef};
use unsupported::unsupported_form;

/// A time: a date with any precision, or an interval of two.
///
/// The forms are those of the [Extended Date/Time Format](https://www.loc.gov/standards/datetime/), level 1, without times of day:
///
/// | form | examples |
/// | --- | --- |
/// | year, month, day | `1973`, `2025-07`, `2025-07-11`, `-0044`, `Y170000002` |
/// | season | `2024-21` (spring) to `2024-24` (winter) |
/// | unknown digits | `197X`, `19XX`, `2004-XX`, `1985-04-XX`, `1985-XX-XX` |
/// | approximate, uncertain, both | `1973~`, `1973?`, `1973%`, after any of the forms above |
/// | interval of any two of the forms above | `1971/1973`, `1971~/1973-06` |
/// | interval with an open or an unknown end | `1990/..`, `../1990`; `1990/`, `/1990` |
///
/// The year 0000 is 1 BC, and -0001 is 2 BC. A year has at most nine digits.
///
/// ```
/// use factloom::model::TimeValue;
///
/// let about = TimeValue::parse("1973~")?;
/// assert_eq!(about.earliest().unwrap().to_string(), "1973-01-01");
/// assert_eq!(about.wording(), "about 1973");
/// assert_eq!(TimeValue::parse("1990/..")?.latest(), None);
/// assert_eq!(
///     TimeValue::parse("2024-02")?.literal().to_string(),
///     "\"2024-02\"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>"
/// );
/// # Ok::<(), factloom::model::InvalidTime>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeValue {
    text: String,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    Date(Date),
    Interval(End, End),
}

/// One end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum End {
    Date(Date),
    /// `..`: the interval is open.
    Open,
    /// Nothing: the end is unknown.
    Unknown,
}

/// Why a string is not a valid time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTime {
    /// It has an unknown form.
    #[error("invalid date `{0}`")]
    Form(String),
    /// It has a month or a day that does not exist.
    #[error("invalid date `{0}`: no such month or day")]
    Calendar(String),
    /// It is an interval that ends before it starts.
    #[error("invalid interval `{0}`: it ends before it starts")]
    Backwards(String),
    /// It is an interval without a date.
    #[error("invalid interval `{0}`: it has no date")]
    NoDate(String),
    /// It has a form of ISO 8601 or EDTF that is not supported, such as `a time of day`.
    #[error("unsupported date `{0}`: {1}")]
    Unsupported(String, &'static str),
}

impl TimeValue {
    /// Parses a time.
    ///
    /// # Errors
    ///
    /// Returns an error if the string has none of the forms, if the month or the day does not exist, or if an interval ends before it
    /// starts.
    pub fn parse(text: &str) -> Result<Self, InvalidTime> {
        let error = |problem| match problem {
            DateProblem::Calendar => InvalidTime::Calendar(text.to_owned()),
            DateProblem::Form => match unsupported_form(text) {
                Some(form) => InvalidTime::Unsupported(text.to_owned(), form),
                None => InvalidTime::Form(text.to_owned()),
            },
        };
        let end = |written: &str| match written {
            ".." => Ok(End::Open),
            "" => Ok(End::Unknown),
            _ => Date::parse(written).map(End::Date).map_err(error),
        };
        let form = match text.split_once('/') {
            Some((from, to)) => Form::Interval(end(from)?, end(to)?),
            None => Form::Date(Date::parse(text).map_err(error)?),
        };
        let time = Self { text: text.to_owned(), form };
        match time.period() {
            Period { first: None, last: None } => Err(InvalidTime::NoDate(time.text)),
            Period { first: Some(first), last: Some(last) } if first > last => Err(InvalidTime::Backwards(time.text)),
            _ => Ok(time),
        }
    }

    /// The time as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The time as a literal: a year is an `xsd:gYear`, a month an `xsd:gYearMonth`, a day an `xsd:date`, and any other form a literal
    /// of EDTF.
    pub fn literal(&self) -> Literal {
        Literal::new_typed_literal(&self.text, self.datatype())
    }

    fn datatype(&self) -> NamedNodeRef<'static> {
        match self.form {
            Form::Date(date) => date.xsd_datatype().unwrap_or(vocab::edtf::EDTF),
            Form::Interval(..) => vocab::edtf::EDTF,
        }
    }

    /// The days of the time, without regard to whether it is approximate or uncertain.
    pub fn period(&self) -> Period {
        self.period_of(Date::days)
    }

    /// The days that do not contradict the time. An approximate date also allows the unit of its precision before and after it:
    /// `1973~` the days of 1972 to 1974, and `197X~` those of the 1960s to the 1980s.
    pub fn compatible_period(&self) -> Period {
        self.period_of(Date::compatible_days)
    }

    fn period_of(&self, days: impl Fn(Date) -> (Day, Day)) -> Period {
        let days = |end| match end {
            End::Date(date) => Some(days(date)),
            End::Open | End::Unknown => None,
        };
        let (from, to) = match self.form {
            Form::Date(date) => (End::Date(date), End::Date(date)),
            Form::Interval(from, to) => (from, to),
        };
        Period { first: days(from).map(|(first, _)| first), last: days(to).map(|(_, last)| last) }
    }

    /// The first possible day; `None` if the start is open or unknown.
    pub fn earliest(&self) -> Option<Day> {
        self.period().first
    }

    /// The last possible day; `None` if the end is open or unknown.
    pub fn latest(&self) -> Option<Day> {
        self.period().last
    }
}
