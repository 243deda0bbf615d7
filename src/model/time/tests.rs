//! Tests of times: examples of each form, and properties of all of them.

use super::calendar::Month;
use super::*;
use crate::model::literal::canonical;
use crate::model::{Qualifier, vocab};
use oxsdatatypes::Date as XsdDate;
use proptest::prelude::*;
use std::str::FromStr;

fn days(time: &TimeValue) -> [String; 2] {
    [time.earliest(), time.latest()].map(|day| day.map_or_else(|| "–".to_owned(), |day| day.to_string()))
}

#[test]
fn each_form_has_its_days_and_its_words() {
    for (text, earliest, latest, words) in [
        ("1973", "1973-01-01", "1973-12-31", "1973"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-02"),
        ("1900-02", "1900-02-01", "1900-02-28", "1900-02"),
        ("2025-07-11", "2025-07-11", "2025-07-11", "2025-07-11"),
        ("0000", "0000-01-01", "0000-12-31", "0000"),
        ("-0044", "-0044-01-01", "-0044-12-31", "-0044"),
        ("-0044-03-15", "-0044-03-15", "-0044-03-15", "-0044-03-15"),
        ("-0004-02", "-0004-02-01", "-0004-02-29", "-0004-02"),
        ("Y170000002", "170000002-01-01", "170000002-12-31", "the year 170000002"),
        ("Y-17000", "-17000-01-01", "-17000-12-31", "the year -17000"),
        ("1973~", "1973-01-01", "1973-12-31", "about 1973"),
        ("1973?", "1973-01-01", "1973-12-31", "possibly 1973"),
        ("1973-05%", "1973-05-01", "1973-05-31", "possibly about 1973-05"),
        ("197X", "1970-01-01", "1979-12-31", "the 1970s"),
        ("197X~", "1970-01-01", "1979-12-31", "about the 1970s"),
        ("200X", "2000-01-01", "2009-12-31", "the years 2000 to 2009"),
        ("19XX", "1900-01-01", "1999-12-31", "the years 1900 to 1999"),
        ("-01XX", "-0199-01-01", "-0100-12-31", "the years -0199 to -0100"),
        ("-000X", "-0009-01-01", "0000-12-31", "the years -0009 to 0000"),
        ("2004-XX", "2004-01-01", "2004-12-31", "a month in 2004"),
        ("1985-04-XX", "1985-04-01", "1985-04-30", "a day in 1985-04"),
        ("1985-XX-XX", "1985-01-01", "1985-12-31", "a day in 1985"),
        ("2024-21", "2024-03-01", "2024-12-31", "spring 2024"),
        ("2024-22", "2023-12-01", "2025-03-31", "summer 2024"),
        ("2024-23?", "2024-03-01", "2024-12-31", "possibly autumn 2024"),
        ("2024-24", "2023-12-01", "2025-03-31", "winter 2024"),
        ("1971/1973-06", "1971-01-01", "1973-06-30", "1971 to 1973-06"),
        ("1971?/1973~", "1971-01-01", "1973-12-31", "possibly 1971 to about 1973"),
        ("1971/1973?", "1971-01-01", "1973-12-31", "1971 to possibly 1973"),
        ("1990/..", "1990-01-01", "–", "from 1990"),
        ("1990~/..", "1990-01-01", "–", "from about 1990"),
        ("1990/", "1990-01-01", "–", "from 1990 (end unknown)"),
        ("../1990", "–", "1990-12-31", "in or before 1990"),
        ("../1990-05-01?", "–", "1990-05-01", "possibly on or before 1990-05-01"),
        ("/1990", "–", "1990-12-31", "until 1990 (start unknown)"),
    ] {
        let time = TimeValue::parse(text).unwrap();
        assert_eq!(days(&time), [earliest, latest], "{text}");
        assert_eq!(time.wording(), words, "{text}");
    }
}

#[test]
fn a_date_of_xml_schema_has_its_datatype_and_any_other_time_is_edtf() {
    use vocab::{edtf::EDTF, xsd};
    for (text, datatype) in [
        ("1973", xsd::G_YEAR),
        ("-0044", xsd::G_YEAR),
        ("0000-12", xsd::G_YEAR_MONTH),
        ("-0044-03-15", xsd::DATE),
        ("Y17000", EDTF),
        ("1973~", EDTF),
        ("1973-05-01?", EDTF),
        ("2024-21", EDTF),
        ("197X", EDTF),
        ("2004-XX", EDTF),
        ("1971/1973", EDTF),
        ("../1973", EDTF),
    ] {
        let literal = TimeValue::parse(text).unwrap().literal();
        assert_eq!(literal.datatype(), datatype, "{text}");
        assert_eq!(canonical(text, datatype), Some(literal), "{text}");
    }
}

#[test]
fn an_approximate_time_is_compatible_with_its_neighbours() {
    for (text, first, last) in [
        ("1973~", "1972-01-01", "1974-12-31"),
        ("1973?", "1973-01-01", "1973-12-31"),
        ("197X%", "1960-01-01", "1989-12-31"),
        ("1973-01~", "1972-12-01", "1973-02-28"),
        ("1973-12~", "1973-11-01", "1974-01-31"),
        ("1985-04-XX~", "1985-03-01", "1985-05-31"),
        ("2024-03-01~", "2024-02-29", "2024-03-02"),
        ("1973-12-31~", "1973-12-30", "1974-01-01"),
        ("1973-01-01~", "1972-12-31", "1973-01-02"),
        ("1971~/1973", "1970-01-01", "1973-12-31"),
    ] {
        let Period { first: from, last: to } = TimeValue::parse(text).unwrap().compatible_period();
        assert_eq!([from, to].map(|day| day.unwrap().to_string()), [first, last], "{text}");
    }
}

#[test]
fn an_invalid_time_is_refused_with_its_reason() {
    for (text, message) in [
        ("", "invalid date ``"),
        ("73", "invalid date `73`"),
        ("1973-13", "invalid date `1973-13`: no such month or day"),
        ("1973-20", "invalid date `1973-20`: no such month or day"),
        ("2023-02-29", "invalid date `2023-02-29`: no such month or day"),
        ("1973-00", "invalid date `1973-00`: no such month or day"),
        ("1973-21-01", "invalid date `1973-21-01`: no such month or day"),
        ("1973-13-XX", "invalid date `1973-13-XX`: no such month or day"),
        ("1973-1", "invalid date `1973-1`"),
        ("1973-01-01-01", "invalid date `1973-01-01-01`"),
        ("19a3", "invalid date `19a3`"),
        (" 1973", "invalid date ` 1973`"),
        ("+973", "invalid date `+973`"),
        ("-0000", "invalid date `-0000`"),
        ("١٩٧٣", "invalid date `١٩٧٣`"),
        ("1973~~", "unsupported date `1973~~`: a part of a date that is approximate or uncertain"),
        ("1973/1971", "invalid interval `1973/1971`: it ends before it starts"),
        ("1971/1972/1973", "invalid date `1971/1972/1973`"),
        ("../..", "invalid interval `../..`: it has no date"),
        ("/", "invalid interval `/`: it has no date"),
        ("../", "invalid interval `../`: it has no date"),
        ("..", "invalid date `..`"),
        ("1973..", "invalid date `1973..`"),
        ("1985-04-12T23:20:30Z", "unsupported date `1985-04-12T23:20:30Z`: a time of day"),
        ("1973-05/1973-06-01T10:00", "unsupported date `1973-05/1973-06-01T10:00`: a time of day"),
        ("XXXX", "unsupported date `XXXX`: unknown digits before known ones, or more than two in a year"),
        ("197X-05", "unsupported date `197X-05`: unknown digits before known ones, or more than two in a year"),
        ("19X3", "unsupported date `19X3`: unknown digits before known ones, or more than two in a year"),
        ("1985-XX-05", "unsupported date `1985-XX-05`: unknown digits before known ones, or more than two in a year"),
        ("?1973-05", "unsupported date `?1973-05`: a part of a date that is approximate or uncertain"),
        ("1973?-05", "unsupported date `1973?-05`: a part of a date that is approximate or uncertain"),
        ("2024-33", "unsupported date `2024-33`: a season of one hemisphere, a quarter or another part of a year"),
        ("[1667,1668]", "unsupported date `[1667,1668]`: a set of dates"),
        ("{1960..1961}", "unsupported date `{1960..1961}`: a set of dates"),
        ("Y-17E7", "unsupported date `Y-17E7`: a year with an exponent or significant digits"),
        ("1950S2", "unsupported date `1950S2`: a year with an exponent or significant digits"),
        ("Y1973", "unsupported date `Y1973`: a year after `Y` that does not have five to nine digits"),
        ("Y1234567890", "unsupported date `Y1234567890`: a year after `Y` that does not have five to nine digits"),
    ] {
        let error = TimeValue::parse(text).map(|time| time.wording()).unwrap_err();
        assert_eq!(error.to_string(), message, "{text}");
    }
}

fn qualifier(predicate: NamedNodeRef<'_>, time: &TimeValue) -> Qualifier {
    Qualifier { predicate: predicate.into_owned(), value: time.literal().into() }
}

fn qualifiers(written: &[(NamedNodeRef<'static>, &str)]) -> Vec<Qualifier> {
    written.iter().map(|(predicate, time)| qualifier(*predicate, &TimeValue::parse(time).unwrap())).collect()
}

#[test]
fn a_period_is_the_widest_that_the_qualifiers_allow() {
    use vocab::fl::{END_TIME, POINT_IN_TIME, START_TIME};
    let period = |written: &[_]| {
        let period = Period::of(&qualifiers(written))?;
        Some([period.first, period.last].map(|day| day.map_or_else(|| "–".to_owned(), |day| day.to_string())))
    };
    let days = |first: &str, last: &str| Some([first.to_owned(), last.to_owned()]);
    assert_eq!(period(&[(START_TIME, "1973")]), days("1973-01-01", "–"));
    assert_eq!(period(&[(START_TIME, "1971/1973"), (END_TIME, "1985")]), days("1971-01-01", "1985-12-31"));
    assert_eq!(period(&[(POINT_IN_TIME, "1971"), (POINT_IN_TIME, "1973")]), days("1971-01-01", "1973-12-31"));
    assert_eq!(period(&[(POINT_IN_TIME, "../1973")]), days("–", "1973-12-31"));
    assert_eq!(period(&[(POINT_IN_TIME, "1971"), (POINT_IN_TIME, "../1973")]), days("–", "1973-12-31"));
    assert_eq!(period(&[(POINT_IN_TIME, "1971"), (POINT_IN_TIME, "1960/")]), days("1960-01-01", "–"));
    assert_eq!(period(&[(START_TIME, "../1973")]), None);
    assert_eq!(period(&[]), None);
    // The start is after the end.
    assert_eq!(period(&[(START_TIME, "1985-06"), (END_TIME, "1973")]), days("1973-01-01", "1985-06-30"));
}

/// A date in any form, which may not exist.
fn date() -> impl Strategy<Value = String> {
    "(-?[0-9]{4}(-(0[1-9]|1[0-2]|2[1-4])|-[01][0-9]-[0-3][0-9]|-XX|-XX-XX|-0[1-9]-XX)?|-?[0-9]{3}X|-?[0-9]{2}XX|Y-?[1-9][0-9]{4,8})[?~%]?"
}

fn times() -> impl Strategy<Value = TimeValue> {
    let interval = (prop_oneof![date(), Just(String::new()), Just("..".to_owned())], date(), any::<bool>())
        .prop_map(|(one, other, swap)| if swap { format!("{other}/{one}") } else { format!("{one}/{other}") });
    prop_oneof![date(), interval].prop_filter_map("a time", |text| TimeValue::parse(&text).ok())
}

proptest! {
    #[test]
    fn a_time_does_not_end_before_it_starts(time in times()) {
        let Period { first, last } = time.period();
        prop_assert!(first.is_some() || last.is_some());
        prop_assert!(first.is_none() || last.is_none() || first <= last);
        let compatible = time.compatible_period();
        prop_assert!(compatible.first <= first && (last.is_none() || compatible.last >= last));
        prop_assert_eq!((compatible.first.is_none(), compatible.last.is_none()), (first.is_none(), last.is_none()));
    }

    #[test]
    fn a_time_is_the_same_after_it_was_written_as_a_literal(time in times()) {
        let literal = time.literal();
        let value = Qualifier { predicate: vocab::fl::POINT_IN_TIME.into(), value: literal.clone().into() };
        prop_assert_eq!(value.time(), Some(time));
        prop_assert_eq!(canonical(literal.value(), literal.datatype()), Some(literal));
    }

    #[test]
    fn words_have_no_marks_of_edtf(time in times()) {
        let words = time.wording();
        prop_assert!(!words.contains(['~', '?', '%', 'X', 'Y', '/']) && !words.contains(".."), "{}", words);
    }

    #[test]
    fn a_period_never_ends_before_it_starts(
        written in prop::collection::vec((0..vocab::TIMES.len(), times()), 0..5),
    ) {
        let qualifiers: Vec<_> = written.iter().map(|(which, time)| qualifier(vocab::TIMES[*which].1, time)).collect();
        if let Some(Period { first, last }) = Period::of(&qualifiers) {
            prop_assert!(first.is_none() || last.is_none() || first <= last);
        }
    }

    /// One of two times is before the other, or they have a day in common.
    #[test]
    fn comparison_is_consistent(one in times(), other in times(), third in times()) {
        let [one, other, third] = [one, other, third].map(|time| time.period());
        let before = [one.is_before(other), other.is_before(one)];
        prop_assert_ne!(before, [true, true]);
        prop_assert_eq!(one.overlaps(other.first, other.last), before == [false, false]);
        prop_assert!(one.overlaps(one.first, one.last));
        if one.is_before(other) && other.is_before(third) {
            prop_assert!(one.is_before(third));
        }
    }

    #[test]
    fn days_are_those_of_xml_schema(year in -9999..9999_i32, month in 1..=12_u8, day in 1..=31_u8) {
        let sign = if year < 0 { "-" } else { "" };
        let text = format!("{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs());
        let day = Month::new(month).and_then(|month| Day::new(year, month, day));
        let expected = XsdDate::from_str(&text).ok();
        prop_assert_eq!(day.map(|day| day.to_string()), expected.map(|date| date.to_string()));
        if let (Some(day), Some(date)) = (day, expected) {
            prop_assert_eq!((day.next().previous(), day.next().number(), day.previous().number()), (day, day.number() + 1, day.number() - 1));
            let epoch = XsdDate::from_str("1970-01-01").unwrap();
            let duration = format!("{}", date.checked_sub(epoch).unwrap());
            let number = day.number();
            let written = format!("{}P{}D", if number < 0 { "-" } else { "" }, number.unsigned_abs());
            prop_assert_eq!(duration, if number == 0 { "PT0S".to_owned() } else { written });
        }
    }

    #[test]
    fn no_string_causes_a_panic(text in "[-+0-9XYTZES?~%é:/., a-z]{0,14}|.{0,12}") {
        let _ = TimeValue::parse(&text);
        time_correction(&text);
    }
}
