//! Whether a text has the year of a date.

use super::reading::{Lists, Reading, YearDigits};
use oxsdatatypes::Decimal;

/// The digits of a year that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KnownYear {
    /// The year without its unknown digits. Before the year 1, the number that people write: 44 for the year -0043.
    digits: u32,
    /// How many of its last digits are unknown.
    unknown: u32,
    is_before_christ: bool,
    /// The month of the date, if it has one.
    pub month: Option<u32>,
    /// The difference to another year that is meant as well, or 0.
    pub neighbour: i32,
}

/// When a text was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Published {
    pub year: u32,
    pub month: Option<u32>,
}

/// How far from the time of publication a year may be to be the one of dates without a year. Others are numbers.
const MAX_DISTANCE: u32 = 200;

impl KnownYear {
    /// Parses four or more digits. The last ones may be `X`.
    pub(super) fn new(written: &str, is_negative: bool) -> Option<Self> {
        let known = written.trim_end_matches('X');
        let unknown = u32::try_from(written.len() - known.len()).ok()?;
        let digits: u32 = known.parse().ok().filter(|_| known.bytes().all(|b| b.is_ascii_digit()))?;
        let is_before_christ = is_negative || digits == 0 && unknown == 0;
        // The year 0000 is 1 BC, and -0001 is 2 BC.
        let digits = if is_before_christ && unknown == 0 { digits.checked_add(1)? } else { digits };
        Some(Self { digits, unknown, is_before_christ, month: None, neighbour: 0 })
    }

    pub(super) fn is_before_christ(&self) -> bool {
        self.is_before_christ
    }

    fn is_year(&self, year: u32) -> bool {
        10_u32.checked_pow(self.unknown).is_some_and(|unit| year / unit == self.digits)
    }

    /// Whether it may be the year next to a month.
    pub(super) fn may_be(&self, year: Option<YearDigits>) -> bool {
        match year {
            _ if self.is_before_christ => true,
            Some(YearDigits::All(year)) => self.is_year(year),
            Some(YearDigits::LastTwo(year)) => self.ends_with(year),
            None => true,
        }
    }

    /// Whether two digits may be the last ones.
    fn ends_with(&self, two_digits: u32) -> bool {
        match self.unknown {
            0 => self.digits >= 100 && self.digits % 100 == two_digits,
            1 => self.digits % 10 == two_digits / 10,
            _ => true,
        }
    }

    /// Whether a text has the year, or a year of the decade or the century, or is about the time of its publication.
    pub(super) fn is_in(&self, reading: &Reading, lists: Lists, published: Option<Published>) -> bool {
        if self.is_before_christ {
            return self.is_before_christ_in(reading, lists);
        }
        let has_year = reading.years.iter().any(|year| self.is_year(*year));
        let has_short = self.unknown < 2 && reading.short_years.iter().any(|year| self.ends_with(*year));
        has_year
            || has_short
            || match self.unknown {
                0 => {
                    self.is_exactly_in(reading)
                        || published.is_some_and(|published| self.is_implied(reading, published))
                }
                1 => {
                    let has_decade = |decade: &u32| *decade == self.digits || *decade == self.digits % 10;
                    reading.decades.iter().any(has_decade) || !lists.decades && !has_any_year(reading)
                }
                2 => {
                    let has_decade = |decade: &u32| decade / 10 == self.digits;
                    let has_ordinal = reading.ordinals.contains(&(self.digits + 1, false));
                    let has_number = self.digits == 0 && has_value(reading, 1..100);
                    reading.decades.iter().any(has_decade)
                        || has_ordinal && (reading.has_century || !lists.centuries)
                        || has_number
                        || !lists.centuries && !has_any_year(reading)
                }
                _ => !has_any_year(reading),
            }
    }

    /// Whether a text has a year of one to three or of more than four digits, or the neighbouring year.
    fn is_exactly_in(&self, reading: &Reading) -> bool {
        let is_rare = !(1000..10_000).contains(&self.digits) && !reading.years_before_christ.contains(&self.digits);
        let neighbour = self.digits.checked_add_signed(self.neighbour);
        is_rare && has_value(reading, self.digits..self.digits.saturating_add(1))
            || self.neighbour != 0 && neighbour.is_some_and(|year| reading.years.contains(&year))
    }

    /// Whether a text without a year is about the time of its publication: its year or, if the month is known, the half year before or
    /// after.
    fn is_implied(&self, reading: &Reading, published: Published) -> bool {
        let is_other = |year: &u32| year.abs_diff(published.year) <= MAX_DISTANCE;
        let has_year = reading.years.iter().any(is_other) || reading.decades.iter().any(|decade| *decade >= 100);
        let months = |year: u32, month: u32| year.saturating_mul(12).saturating_add(month);
        let is_close = match (self.month, published.month) {
            (Some(month), Some(published_month)) => {
                months(self.digits, month).abs_diff(months(published.year, published_month)) <= 6
            }
            _ => false,
        };
        !has_year && reading.short_years.is_empty() && (self.digits == published.year || is_close)
    }

    fn is_before_christ_in(&self, reading: &Reading, lists: Lists) -> bool {
        let is_marked = reading.has_before_christ || !lists.before_christ;
        match self.unknown {
            0 => {
                // Round numbers such as 12,000 BC are written as `Y-12000`.
                let first = if self.digits > 10_000 { self.digits - 1 } else { self.digits };
                reading.years_before_christ.contains(&self.digits)
                    || is_marked && has_value(reading, first..self.digits.saturating_add(1))
            }
            2 => {
                is_marked
                    && (!lists.centuries || reading.ordinals.iter().any(|(ordinal, _)| *ordinal == self.digits + 1))
            }
            _ => true,
        }
    }
}

fn has_any_year(reading: &Reading) -> bool {
    reading.years.iter().any(|year| (1000..3000).contains(year)) || !reading.decades.is_empty()
}

/// Whether a text has a whole number of a range.
fn has_value(reading: &Reading, range: std::ops::Range<u32>) -> bool {
    let range = Decimal::from(range.start)..Decimal::from(range.end);
    reading.values.iter().any(|(value, _)| range.contains(value))
}
