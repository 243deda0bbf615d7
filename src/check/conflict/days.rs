//! The possible days of a time, for all years of XML Schema and EDTF.

use crate::model::{TimeValue, vocab::edtf, vocab::xsd};
use oxigraph::model::LiteralRef;

/// A year, and a month and day as `MM-DD`.
pub(super) type Day = (i64, String);

/// The first and the last possible day of a literal, if it is a time. The time of day and the time zone are ignored. An end of an
/// interval that is open (`..`) or unknown (nothing) is the first or the last day of all, as in [`Period`](crate::model::Period).
pub(super) fn days(literal: LiteralRef<'_>) -> Option<(Day, Day)> {
    let datatype = literal.datatype();
    let text = literal.value();
    // The code below slices by bytes.
    if ![xsd::G_YEAR, xsd::G_YEAR_MONTH, xsd::DATE, xsd::DATE_TIME, edtf::EDTF].contains(&datatype) || !text.is_ascii()
    {
        return None;
    }
    match text.split_once('/') {
        Some((from, to)) if datatype == edtf::EDTF => {
            let is_open = |end: &str| matches!(end, "" | "..");
            if is_open(from) && is_open(to) {
                return None;
            }
            let from = if is_open(from) { (i64::MIN, String::new()) } else { days_of_time(from)?.0 };
            let to = if is_open(to) { (i64::MAX, String::new()) } else { days_of_time(to)?.1 };
            (from <= to).then_some((from, to))
        }
        _ => days_of_time(text),
    }
}

/// The possible days of an ASCII string that is not an interval.
fn days_of_time(text: &str) -> Option<(Day, Day)> {
    let text = match text.split_once('T') {
        Some((day, _)) => day,
        None => without_time_zone(text),
    };
    // In EDTF, `Y` precedes a year of more than four digits.
    let text = text.strip_prefix('Y').unwrap_or(text);
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let (year, rest) = text.split_at(text.find('-').unwrap_or(text.len()));
    let known = year.trim_end_matches('X');
    if year.len() < 4 || known.len() < 2 || !known.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if known.len() < year.len() && (year.len() > 4 || !rest.is_empty()) {
        return None;
    }
    let year = |unknown: &str| Some(sign * year.replace('X', unknown).parse::<i64>().ok()?);
    let (low, high) = (year("0")?, year("9")?);
    // Before the year 0, greater digits are earlier years.
    let (first, last) = (low.min(high), low.max(high));
    let (from, _) = month_and_day(first, rest)?;
    let (_, to) = month_and_day(last, rest)?;
    Some(((first, from), (last, to)))
}

/// The first and the last `MM-DD` of the part after a year. The calendar repeats every 400 years, so a year of four digits
/// can represent any other.
fn month_and_day(year: i64, rest: &str) -> Option<(String, String)> {
    let time = TimeValue::parse(&format!("{}{rest}", 2000 + year.rem_euclid(400))).ok()?;
    Some((time.earliest()[5..].to_owned(), time.latest()[5..].to_owned()))
}

/// An ASCII string without the time zone at its end.
fn without_time_zone(text: &str) -> &str {
    if let Some(text) = text.strip_suffix('Z') {
        return text;
    }
    match text.len().checked_sub(6) {
        Some(at) if matches!(text.as_bytes()[at], b'+' | b'-') && text.as_bytes()[at + 3] == b':' => &text[..at],
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::{Literal, NamedNodeRef};
    use proptest::prelude::*;

    fn span_of(text: &str, datatype: NamedNodeRef<'_>) -> Option<[String; 2]> {
        let literal = Literal::new_typed_literal(text, datatype);
        let (from, to) = days(literal.as_ref())?;
        Some([from, to].map(|(year, rest)| format!("{year} {rest}")))
    }

    #[test]
    fn each_form_spans_its_possible_days() {
        for (text, datatype, from, to) in [
            ("1973", xsd::G_YEAR, "1973 01-01", "1973 12-31"),
            ("1973Z", xsd::G_YEAR, "1973 01-01", "1973 12-31"),
            ("-0100", xsd::G_YEAR, "-100 01-01", "-100 12-31"),
            ("-0100-05:00", xsd::G_YEAR, "-100 01-01", "-100 12-31"),
            ("0000-02", xsd::G_YEAR_MONTH, "0 02-01", "0 02-29"),
            ("-0001-02", xsd::G_YEAR_MONTH, "-1 02-01", "-1 02-28"),
            ("12000-02+14:00", xsd::G_YEAR_MONTH, "12000 02-01", "12000 02-29"),
            ("2025-07-11", xsd::DATE, "2025 07-11", "2025 07-11"),
            ("2025-07-11T23:59:59.5+05:00", xsd::DATE_TIME, "2025 07-11", "2025 07-11"),
            ("-0044-03-15T12:00:00", xsd::DATE_TIME, "-44 03-15", "-44 03-15"),
            ("197X", edtf::EDTF, "1970 01-01", "1979 12-31"),
            ("-01XX", edtf::EDTF, "-199 01-01", "-100 12-31"),
            ("Y-12000", edtf::EDTF, "-12000 01-01", "-12000 12-31"),
            ("-0100/-0050-02", edtf::EDTF, "-100 01-01", "-50 02-28"),
            ("1985-04-12T23:20:30Z", edtf::EDTF, "1985 04-12", "1985 04-12"),
        ] {
            assert_eq!(span_of(text, datatype), Some([from, to].map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn an_open_interval_has_all_days_after_its_start_or_before_its_end() {
        let interval = |text: &str| days(Literal::new_typed_literal(text, edtf::EDTF).as_ref());
        for text in ["1973/..", "1973/"] {
            let (from, to) = interval(text).unwrap();
            assert_eq!((from, to > interval("9999").unwrap().1), ((1973, "01-01".to_owned()), true), "{text}");
        }
        for text in ["../1973", "/1973"] {
            let (from, to) = interval(text).unwrap();
            assert_eq!((from < interval("-9999").unwrap().0, to), (true, (1973, "12-31".to_owned())), "{text}");
        }
        for text in ["/", "../..", "../", "/.."] {
            assert_eq!(interval(text), None, "{text}");
        }
    }

    #[test]
    fn an_invalid_time_has_no_days() {
        for text in ["", "-", "é1a:00", "1é973", "2023-02-29", "-0001-02-29", "99999999999999999999", "1973/1971"] {
            assert_eq!(span_of(text, edtf::EDTF), None, "{text}");
        }
        assert_eq!(span_of("1971/1973", xsd::G_YEAR), None);
        assert_eq!(span_of("1971", xsd::STRING), None);
    }

    proptest! {
        #[test]
        fn no_string_causes_a_panic(text in "[-+0-9XYTZé:/.]{0,14}|.{0,12}") {
            for datatype in [xsd::G_YEAR, xsd::G_YEAR_MONTH, xsd::DATE, xsd::DATE_TIME, edtf::EDTF] {
                span_of(&text, datatype);
            }
        }

        /// Times of a dataset have the same days as in the model.
        #[test]
        fn times_of_datasets_span_the_same_days(text in "[0-9]{2}([0-9]{2}|[0-9]X|XX)(-0[1-9](-[0-2][1-9])?)?") {
            let actual = span_of(&text, edtf::EDTF);
            let written = |day: &str| format!("{} {}", day[..4].parse::<i64>().unwrap(), &day[5..]);
            let expected = TimeValue::parse(&text).ok().map(|time| [time.earliest(), time.latest()].map(written));
            prop_assert_eq!(actual, expected);
        }
    }
}
