//! The proleptic Gregorian calendar.

use std::fmt;

/// A day, ordered by time.
///
/// ```
/// use factloom::model::TimeValue;
///
/// let day = TimeValue::parse("1973")?.earliest().unwrap();
/// assert_eq!(day.to_string(), "1973-01-01");
/// # Ok::<(), factloom::model::InvalidTime>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: i32,
    month: Month,
    date_in_month: u8,
}

/// A month. As an enumeration, it leaves room for `None` in an optional [`Day`] or [`Period`](super::Period).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Month {
    January = 1,
    February,
    March,
    April,
    May,
    June,
    July,
    August,
    September,
    October,
    November,
    December,
}

impl Month {
    const ALL: [Self; 12] = [
        Self::January,
        Self::February,
        Self::March,
        Self::April,
        Self::May,
        Self::June,
        Self::July,
        Self::August,
        Self::September,
        Self::October,
        Self::November,
        Self::December,
    ];

    /// The month with a number from 1 to 12.
    pub(super) fn new(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// The month after that of a year, with its year.
    pub(super) fn after(year: i32, month: Self) -> (i32, Self) {
        Self::new(month as u8 + 1).map_or((year + 1, Self::January), |next| (year, next))
    }

    /// The month before that of a year, with its year.
    pub(super) fn before(year: i32, month: Self) -> (i32, Self) {
        Self::new(month as u8 - 1).map_or((year - 1, Self::December), |previous| (year, previous))
    }
}

impl Day {
    /// The first day of a month.
    pub(super) fn first_of((year, month): (i32, Month)) -> Self {
        Self { year, month, date_in_month: 1 }
    }

    /// The last day of a month.
    pub(super) fn last_of((year, month): (i32, Month)) -> Self {
        Self { year, month, date_in_month: days_in_month(year, month) }
    }

    /// The day with a number in a month; `None` if it does not exist.
    pub(super) fn new(year: i32, month: Month, date_in_month: u8) -> Option<Self> {
        (1..=days_in_month(year, month)).contains(&date_in_month).then_some(Self { year, month, date_in_month })
    }

    /// The day after it.
    pub(super) fn next(self) -> Self {
        let Self { year, month, date_in_month } = self;
        Self::new(year, month, date_in_month + 1).unwrap_or_else(|| Self::first_of(Month::after(year, month)))
    }

    /// The day before it.
    pub(super) fn previous(self) -> Self {
        let Self { year, month, date_in_month } = self;
        Self::new(year, month, date_in_month - 1).unwrap_or_else(|| Self::last_of(Month::before(year, month)))
    }

    /// The number of days since 1970-01-01.
    pub(crate) fn number(self) -> i64 {
        days_since_1970(self.year.into(), self.month as u8, self.date_in_month)
    }
}

/// As an `xsd:date`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{:02}", self.year.unsigned_abs(), self.month as u8, self.date_in_month)
    }
}

/// The number of days from 1970-01-01 to a day, with the algorithm `days_from_civil` of Howard Hinnant
/// (<https://howardhinnant.github.io/date_algorithms.html>).
pub(crate) fn days_since_1970(year: i64, month: u8, day: u8) -> i64 {
    // A year that begins in March has its leap day at the end.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * (i64::from(month) + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    let year_of_era = year.rem_euclid(400);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    year.div_euclid(400) * 146_097 + day_of_era - 719_468
}

fn days_in_month(year: i32, month: Month) -> u8 {
    let is_leap_year = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    match month {
        Month::February if is_leap_year => 29,
        Month::February => 28,
        Month::April | Month::June | Month::September | Month::November => 30,
        _ => 31,
    }
}
