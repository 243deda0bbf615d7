//! Points in time and periods.

use super::{Qualifier, vocab};
use oxigraph::model::{Literal, NamedNodeRef};
use oxsdatatypes::Date;
use std::fmt;
use std::str::FromStr;

/// A time: a year, a month, a day, a decade or century with its last digits unknown, or an interval of two of these.
///
/// The forms are those of the [Extended Date/Time Format](https://www.loc.gov/standards/datetime/), levels 0 and 1,
/// without times of day, seasons, qualifications and open ends: a statement without an end has only a start time; see [`Period`].
///
/// ```
/// use factloom::model::TimeValue;
///
/// let decade = TimeValue::parse("197X")?;
/// assert_eq!((decade.earliest(), decade.latest()), ("1970-01-01", "1979-12-31"));
/// assert_eq!(
///     TimeValue::parse("2024-02")?.literal().to_string(),
///     "\"2024-02\"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>"
/// );
/// # Ok::<(), factloom::model::InvalidTime>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeValue {
    text: String,
    datatype: NamedNodeRef<'static>,
    earliest: String,
    latest: String,
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
}

impl TimeValue {
    /// Parses a time.
    ///
    /// # Errors
    ///
    /// Returns an error if the string has none of the forms, or if the month or the day does not exist.
    pub fn parse(text: &str) -> Result<Self, InvalidTime> {
        if let Some((from, to)) = text.split_once('/') {
            let (from, to) = (Self::single(from, text)?, Self::single(to, text)?);
            if from.earliest > to.latest {
                return Err(InvalidTime::Backwards(text.to_owned()));
            }
            return Ok(Self {
                text: text.to_owned(),
                datatype: vocab::edtf::EDTF,
                earliest: from.earliest,
                latest: to.latest,
            });
        }
        Self::single(text, text)
    }

    /// Parses one date; errors quote `written`, the time that it is part of.
    fn single(text: &str, written: &str) -> Result<Self, InvalidTime> {
        let form = || InvalidTime::Form(written.to_owned());
        let calendar = || InvalidTime::Calendar(written.to_owned());
        let mut fields = text.splitn(3, '-');
        let year = fields.next().unwrap_or_default();
        let known = year.trim_end_matches('X');
        let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || !(2..=4).contains(&known.len()) || !digits(known, known.len()) {
            return Err(form());
        }
        let number = |field: Option<&str>| match field {
            None => Ok(None),
            Some(f) if digits(f, 2) => Ok(f.parse::<u32>().ok()),
            Some(_) => Err(form()),
        };
        let (month, day) = (number(fields.next())?, number(fields.next())?);
        if known.len() < 4 {
            if month.is_some() {
                return Err(form());
            }
            let unknown = 4 - known.len();
            return Ok(Self {
                text: text.to_owned(),
                datatype: vocab::edtf::EDTF,
                earliest: format!("{known}{}-01-01", "0".repeat(unknown)),
                latest: format!("{known}{}-12-31", "9".repeat(unknown)),
            });
        }
        let year_number: u32 = year.parse().map_err(|_| form())?;
        if month.is_some_and(|m| !(1..=12).contains(&m)) {
            return Err(calendar());
        }
        let last = month.map_or(31, |m| days_in_month(year_number, m));
        if day.is_some_and(|d| d == 0 || d > last) {
            return Err(calendar());
        }
        Ok(Self {
            text: text.to_owned(),
            datatype: match (month, day) {
                (None, _) => vocab::xsd::G_YEAR,
                (_, None) => vocab::xsd::G_YEAR_MONTH,
                _ => vocab::xsd::DATE,
            },
            earliest: format!("{year}-{:02}-{:02}", month.unwrap_or(1), day.unwrap_or(1)),
            latest: format!("{year}-{:02}-{:02}", month.unwrap_or(12), day.unwrap_or(last)),
        })
    }

    /// The time as a literal: `xsd:gYear`, `xsd:gYearMonth`, `xsd:date` or EDTF.
    pub fn literal(&self) -> Literal {
        Literal::new_typed_literal(&self.text, self.datatype)
    }

    /// The first possible day, as `YYYY-MM-DD`.
    pub fn earliest(&self) -> &str {
        &self.earliest
    }

    /// The last possible day, as `YYYY-MM-DD`.
    pub fn latest(&self) -> &str {
        &self.latest
    }
}

/// How to write a date that is not a valid time, if that is clear: with ASCII digits, or without words such as `c.` before a year.
pub(crate) fn time_correction(text: &str) -> Option<String> {
    let ascii: String = text.chars().map(|c| ascii_digit(c).unwrap_or(c)).collect();
    if ascii != text && TimeValue::parse(&ascii).is_ok() {
        return Some(format!("write `{ascii}`, with ASCII digits"));
    }
    let start = ascii.find(|c: char| c.is_ascii_digit())?;
    let digits =
        ascii[start..].find(|c: char| !c.is_ascii_digit()).map_or(&ascii[start..], |end| &ascii[start..][..end]);
    let rest = [&ascii[..start], &ascii[start + digits.len()..]];
    // Another number, or a sign between two, may be part of the date.
    let is_word = |c: char| c.is_alphabetic() || c.is_whitespace() || "~?.,()[]".contains(c);
    if !rest.iter().all(|part| part.chars().all(is_word)) {
        return None;
    }
    let is_decade = rest[1].starts_with('s') && digits.ends_with('0');
    let year = if is_decade { format!("{}X", &digits[..digits.len() - 1]) } else { digits.to_owned() };
    TimeValue::parse(&year).is_ok().then(|| format!("write `{year}`"))
}

/// The ASCII digit with the value of another decimal digit.
pub(crate) fn ascii_digit(c: char) -> Option<char> {
    /// The zeros of the scripts in which dates are commonly written: Arabic, Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil,
    /// Telugu, Kannada, Malayalam, Thai, Lao, Tibetan, Burmese, Khmer, and the full-width forms.
    const ZEROS: [u32; 17] = [
        0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040,
        0x17E0, 0xFF10,
    ];
    let value = ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// A day, ordered by time: the number of its eight digits.
///
/// ```
/// use factloom::model::{Day, TimeValue};
///
/// let day = Day::first_of(&TimeValue::parse("1973")?);
/// assert_eq!(day.to_string(), "1973-01-01");
/// # Ok::<(), factloom::model::InvalidTime>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// The first possible day of a time.
    pub fn first_of(time: &TimeValue) -> Self {
        Self::from_digits(&time.earliest)
    }

    /// The last possible day of a time.
    pub fn last_of(time: &TimeValue) -> Self {
        Self::from_digits(&time.latest)
    }

    fn from_digits(text: &str) -> Self {
        Self(text.bytes().filter(u8::is_ascii_digit).fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

/// The days on which a statement may hold according to its qualifiers, both ends included.
///
/// A start without an end means the same as `1973/` and `1973/..` in the Extended Date/Time Format: the end is unknown or
/// open, so the statement may hold on any later day. An end without a start is `/1973` and `../1973`. The graph has the days that
/// are not `None` as `fl:earliest` and `fl:latest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first possible day of its start; `None` if only its end is known.
    pub first: Option<Day>,
    /// The last possible day of its end; `None` if only its start is known.
    pub last: Option<Day>,
}

impl Period {
    /// The period of qualifiers: from the start time to the end time, or that of the point in time; the widest if there are
    /// several. If the start is after the end, the period spans both, so that `first` is never after `last`. `None` if no
    /// qualifier is a time.
    pub fn of(qualifiers: &[Qualifier]) -> Option<Self> {
        let times = |predicate: NamedNodeRef<'static>| {
            qualifiers.iter().filter(move |q| q.predicate == predicate).filter_map(Qualifier::time)
        };
        let points = || times(vocab::fl::POINT_IN_TIME);
        let starts = || times(vocab::fl::START_TIME).chain(points());
        let ends = || times(vocab::fl::END_TIME).chain(points());
        let mut first = starts().map(|time| Day::first_of(&time)).min();
        let mut last = ends().map(|time| Day::last_of(&time)).max();
        if first.is_some() && last.is_some() && first > last {
            first = ends().map(|time| Day::first_of(&time)).min();
            last = starts().map(|time| Day::last_of(&time)).max();
        }
        (first.is_some() || last.is_some()).then_some(Self { first, last })
    }

    /// Whether the period includes a day from `from` to `until`, both included.
    pub fn overlaps(&self, from: Option<Day>, until: Option<Day>) -> bool {
        let before = |a: Option<Day>, b: Option<Day>| matches!((a, b), (Some(a), Some(b)) if a < b);
        !before(self.last, from) && !before(until, self.first)
    }
}

fn days_in_month(year: u32, month: u32) -> u32 {
    let exists = |day: &u32| Date::from_str(&format!("{year:04}-{month:02}-{day:02}")).is_ok();
    (28..=31).rev().find(exists).unwrap_or(28)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_spans_its_possible_days() {
        for (text, earliest, latest) in [
            ("1973", "1973-01-01", "1973-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("1900-02", "1900-02-01", "1900-02-28"),
            ("2025-07-11", "2025-07-11", "2025-07-11"),
            ("197X", "1970-01-01", "1979-12-31"),
            ("19XX", "1900-01-01", "1999-12-31"),
            ("1971/1973-06", "1971-01-01", "1973-06-30"),
        ] {
            let time = TimeValue::parse(text).unwrap();
            assert_eq!((time.earliest(), time.latest()), (earliest, latest), "{text}");
        }
    }

    #[test]
    fn a_period_never_ends_before_it_starts() {
        let qualifier = |predicate: NamedNodeRef<'_>, time: &str| Qualifier {
            predicate: predicate.into_owned(),
            value: TimeValue::parse(time).unwrap().literal().into(),
        };
        let reversed = [qualifier(vocab::fl::START_TIME, "1985-06"), qualifier(vocab::fl::END_TIME, "1973")];
        let period = Period::of(&reversed).unwrap();
        let days = [period.first, period.last].map(|day| day.unwrap().to_string());
        assert_eq!(days, ["1973-01-01", "1985-06-30"]);
    }

    #[test]
    fn a_date_with_words_or_other_digits_is_corrected() {
        for (text, correction) in [
            ("c. 1935", Some("write `1935`")),
            ("circa 1935", Some("write `1935`")),
            ("1935?", Some("write `1935`")),
            ("1930s", Some("write `193X`")),
            ("the 1930s", Some("write `193X`")),
            ("٢٠٢٨", Some("write `2028`, with ASCII digits")),
            ("१९७३-०५", Some("write `1973-05`, with ASCII digits")),
            ("c. ۱۹۳۵", Some("write `1935`")),
            ("1935-36", None),
            ("5 May 1935", None),
            ("1935 to 1936", None),
            ("1935-", None),
            ("73", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(time_correction(text).as_deref(), correction, "{text}");
        }
    }

    #[test]
    fn invalid_times_are_rejected() {
        for text in [
            "",
            "73",
            "1973-13",
            "2023-02-29",
            "1973-00",
            "197X-05",
            "XXXX",
            "1973-1",
            "1973-01-01-01",
            "1973/",
            "1973/1971",
            "19a3",
            "1973-01-01T00:00:00",
            " 1973",
            "+973",
            "١٩٧٣",
            "19X3",
        ] {
            assert!(TimeValue::parse(text).is_err(), "{text}");
        }
    }
}
