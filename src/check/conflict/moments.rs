//! The moments at which a time may be, on a scale of seconds.

use crate::model::{Day, Period, TimeValue, days_since_1970, vocab::edtf, vocab::xsd};
use oxigraph::model::LiteralRef;
use oxsdatatypes::{Date, DateTime, Decimal, GYear, GYearMonth, Time, TimezoneOffset};

/// The first and the last moment that a literal may mean, in seconds since 1970-01-01. Equal instants in two time zones are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Moments {
    pub(super) from: Decimal,
    pub(super) to: Decimal,
    pub(super) scale: Scale,
}

/// What the seconds are counted in. Moments of different scales can be compared only as far as time zones allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Scale {
    /// Local time: the time zone is unknown.
    Local,
    /// Coordinated universal time.
    Utc,
    /// A time of day, local or in coordinated universal time.
    LocalClock,
    UtcClock,
}

impl Scale {
    fn of(offset: Option<TimezoneOffset>) -> Self {
        if offset.is_some() { Self::Utc } else { Self::Local }
    }

    pub(super) const ALL: [Self; 4] = [Self::Local, Self::Utc, Self::LocalClock, Self::UtcClock];

    /// Whether values of the two scales are dates, or times of day.
    pub(super) fn is_comparable(self, other: Self) -> bool {
        let is_clock = |scale| matches!(scale, Self::LocalClock | Self::UtcClock);
        is_clock(self) == is_clock(other)
    }

    /// By how many seconds moments of the two scales may differ from their numbers. Time zones are at most 14 hours from UTC.
    pub(super) fn uncertainty(self, other: Self) -> i64 {
        if self == other { 0 } else { 14 * 3600 }
    }
}

/// The moments of a literal, if it is a time. An end of an interval that is open or unknown is the first or the last moment of all.
pub(super) fn moments(literal: LiteralRef<'_>) -> Option<Moments> {
    let text = literal.value();
    match literal.datatype() {
        xsd::G_YEAR => {
            let year: GYear = text.parse().ok()?;
            between((year.year(), 1), (year.year() + 1, 1), year.timezone_offset())
        }
        xsd::G_YEAR_MONTH => {
            let month: GYearMonth = text.parse().ok()?;
            let after = match month.month() {
                12 => (month.year() + 1, 1),
                other => (month.year(), other + 1),
            };
            between((month.year(), month.month()), after, month.timezone_offset())
        }
        xsd::DATE => {
            let date: Date = text.parse().ok()?;
            let (day, offset) = (days_since_1970(date.year(), date.month(), date.day()), date.timezone_offset());
            Some(Moments { from: midnight(day, offset)?, to: end_of_day(day, offset)?, scale: Scale::of(offset) })
        }
        xsd::DATE_TIME => instant(text),
        xsd::TIME => {
            let time: Time = text.parse().ok()?;
            let offset = time.timezone_offset();
            let seconds = at(midnight(0, offset)?, time.hour(), time.minute(), time.second())?;
            let scale = if offset.is_some() { Scale::UtcClock } else { Scale::LocalClock };
            Some(Moments { from: seconds, to: seconds, scale })
        }
        edtf::EDTF => match TimeValue::parse(text) {
            Ok(time) => {
                let Period { first, last } = time.compatible_period();
                let from = first.map_or(Some(Decimal::MIN), |day: Day| midnight(day.number(), None))?;
                let to = last.map_or(Some(Decimal::MAX), |day: Day| end_of_day(day.number(), None))?;
                Some(Moments { from, to, scale: Scale::Local })
            }
            // EDTF has the form of `xsd:dateTime`, too.
            Err(_) => instant(text),
        },
        _ => None,
    }
}

/// The moments from the start of a month to the start of another.
fn between(from: (i64, u8), until: (i64, u8), offset: Option<TimezoneOffset>) -> Option<Moments> {
    let from = midnight(days_since_1970(from.0, from.1, 1), offset)?;
    let to = end_of_day(days_since_1970(until.0, until.1, 1) - 1, offset)?;
    Some(Moments { from, to, scale: Scale::of(offset) })
}

/// The start of a day, which is given by its number since 1970-01-01.
fn midnight(day: i64, offset: Option<TimezoneOffset>) -> Option<Decimal> {
    let minutes = offset.map_or(0, |offset| i16::from_be_bytes(offset.to_be_bytes()));
    Decimal::try_from(i128::from(day) * 86_400 - i128::from(minutes) * 60).ok()
}

/// The last moment of a day.
fn end_of_day(day: i64, offset: Option<TimezoneOffset>) -> Option<Decimal> {
    midnight(day + 1, offset)?.checked_sub(step()?)
}

/// The smallest difference of two moments.
fn step() -> Option<Decimal> {
    Decimal::new(1, 18).ok()
}

fn at(midnight: Decimal, hour: u8, minute: u8, second: Decimal) -> Option<Decimal> {
    midnight.checked_add(i64::from(hour) * 3600 + i64::from(minute) * 60)?.checked_add(second)
}

fn instant(text: &str) -> Option<Moments> {
    let instant: DateTime = text.parse().ok()?;
    let offset = instant.timezone_offset();
    let midnight = midnight(days_since_1970(instant.year(), instant.month(), instant.day()), offset)?;
    let seconds = at(midnight, instant.hour(), instant.minute(), instant.second())?;
    Some(Moments { from: seconds, to: seconds, scale: Scale::of(offset) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::{Literal, NamedNodeRef};
    use proptest::prelude::*;
    use std::str::FromStr;

    fn moments_of(text: &str, datatype: NamedNodeRef<'_>) -> Option<Moments> {
        moments(Literal::new_typed_literal(text, datatype).as_ref())
    }

    /// The moments from the start of one second to the end of another.
    fn span(from: &str, to: &str) -> Moments {
        let second = |text: &str| instant(text).unwrap().from;
        let to = second(to).checked_add(1).unwrap().checked_sub(step().unwrap()).unwrap();
        Moments { from: second(from), to, scale: instant(from).unwrap().scale }
    }

    #[test]
    fn each_form_has_its_moments() {
        for (text, datatype, from, to) in [
            ("1973", xsd::G_YEAR, "1973-01-01T00:00:00", "1973-12-31T23:59:59"),
            ("1973Z", xsd::G_YEAR, "1973-01-01T00:00:00Z", "1973-12-31T23:59:59Z"),
            ("-0100", xsd::G_YEAR, "-0100-01-01T00:00:00", "-0100-12-31T23:59:59"),
            ("-0100-05:00", xsd::G_YEAR, "-0100-01-01T05:00:00Z", "-0099-01-01T04:59:59Z"),
            ("0000-02", xsd::G_YEAR_MONTH, "0000-02-01T00:00:00", "0000-02-29T23:59:59"),
            ("-0001-12", xsd::G_YEAR_MONTH, "-0001-12-01T00:00:00", "-0001-12-31T23:59:59"),
            ("12000-02+14:00", xsd::G_YEAR_MONTH, "12000-01-31T10:00:00Z", "12000-02-29T09:59:59Z"),
            ("2025-07-11", xsd::DATE, "2025-07-11T00:00:00", "2025-07-11T23:59:59"),
            ("2025-07-11+05:00", xsd::DATE, "2025-07-10T19:00:00Z", "2025-07-11T18:59:59Z"),
            ("197X", edtf::EDTF, "1970-01-01T00:00:00", "1979-12-31T23:59:59"),
            ("-01XX", edtf::EDTF, "-0199-01-01T00:00:00", "-0100-12-31T23:59:59"),
            ("Y-12000", edtf::EDTF, "-12000-01-01T00:00:00", "-12000-12-31T23:59:59"),
            ("-0100/-0050-02", edtf::EDTF, "-0100-01-01T00:00:00", "-0050-02-28T23:59:59"),
            ("1973~", edtf::EDTF, "1972-01-01T00:00:00", "1974-12-31T23:59:59"),
        ] {
            assert_eq!(moments_of(text, datatype), Some(span(from, to)), "{text}");
        }
    }

    #[test]
    fn an_instant_is_the_same_in_every_time_zone() {
        let instant = |text| moments_of(text, xsd::DATE_TIME).unwrap();
        assert_eq!(instant("1973-05-01T23:30:00-05:00"), instant("1973-05-02T04:30:00Z"));
        assert_eq!(instant("1973-12-31T24:00:00+00:00"), instant("1974-01-01T00:00:00.0Z"));
        assert_ne!(instant("1973-05-02T04:30:00"), instant("1973-05-02T04:30:00Z"));
        let time = |text| moments_of(text, xsd::TIME).unwrap();
        assert_eq!(time("10:00:00Z"), time("11:30:00+01:30"));
        assert_eq!(moments_of("1985-04-12T23:20:30Z", edtf::EDTF), Some(instant("1985-04-12T23:20:30Z")));
    }

    #[test]
    fn an_open_interval_has_all_moments_after_its_start_or_before_its_end() {
        for (text, from, to) in [
            ("1973/..", "1973-01-01T00:00:00", None),
            ("1973/", "1973-01-01T00:00:00", None),
            ("../1972", "", Some("1973-01-01T00:00:00")),
            ("/1972", "", Some("1973-01-01T00:00:00")),
        ] {
            let second = |text: &str| instant(text).unwrap().from;
            let moments = moments_of(text, edtf::EDTF).unwrap();
            assert_eq!(moments.from, if from.is_empty() { Decimal::MIN } else { second(from) }, "{text}");
            let end = to.map_or(Decimal::MAX, |to| second(to).checked_sub(step().unwrap()).unwrap());
            assert_eq!(moments.to, end, "{text}");
        }
    }

    #[test]
    fn an_invalid_time_has_no_moments() {
        for text in ["", "-", "é1a:00", "1é973", "2023-02-29", "-0001-02-29", "1973/1971", "..", "/"] {
            assert_eq!(moments_of(text, edtf::EDTF), None, "{text}");
        }
        assert_eq!(moments_of("99999999999999999999", xsd::G_YEAR), None);
        assert_eq!(moments_of("1971/1973", xsd::G_YEAR), None);
        assert_eq!(moments_of("1971", xsd::STRING), None);
    }

    proptest! {
        #[test]
        fn no_string_causes_a_panic(text in "[-+0-9XYTZé:/.]{0,14}|-?[0-9]{4,20}(Z|-01)?|.{0,12}") {
            for datatype in [xsd::G_YEAR, xsd::G_YEAR_MONTH, xsd::DATE, xsd::DATE_TIME, xsd::TIME, edtf::EDTF] {
                moments_of(&text, datatype);
            }
        }

        /// The order is that of XML Schema.
        #[test]
        fn instants_are_in_the_order_of_xml_schema(
            written in prop::collection::vec("197[0-2]-0[1-3]-(0[1-9]|2[0-8])T[0-2][0-3]:[0-5][0-9]:0[0-9](\\.5)?(Z|[+-]0[0-9]:30)?", 2),
        ) {
            let [one, other] = [0, 1].map(|n| moments_of(&written[n], xsd::DATE_TIME).unwrap());
            let expected = DateTime::from_str(&written[0]).unwrap().partial_cmp(&DateTime::from_str(&written[1]).unwrap());
            if one.scale == other.scale {
                prop_assert_eq!(Some(one.from.cmp(&other.from)), expected);
            }
        }
    }
}
