//! Forms of ISO 8601 and EDTF that are not supported, for messages.

use super::date::Date;

/// The form of a string that ISO 8601 or EDTF may have but [`TimeValue`](super::TimeValue) has not.
pub(super) fn unsupported_form(text: &str) -> Option<&'static str> {
    let is_known = |c: char| c.is_ascii_digit() || "XYTZES?~%./:+-[]{},".contains(c);
    if !text.starts_with(|c: char| c.is_ascii_digit() || "-Y[{?~%X./".contains(c)) || !text.chars().all(is_known) {
        return None;
    }
    let has = |characters: &[char]| text.contains(characters);
    let dates = || text.split('/');
    // A year of four digits, and the number of a division of the year.
    let divides_year = |date: &str| {
        let number = date.split_at_checked(4).and_then(|(_, rest)| rest.strip_prefix('-')?.parse::<u8>().ok());
        number.is_some_and(|number| (25..=41).contains(&number))
    };
    let has_time = |date: &str| date.split_once('T').is_some_and(|(day, _)| Date::parse(day).is_ok());
    Some(if has(&['[', '{', ',']) {
        "a set of dates"
    } else if dates().any(has_time) {
        "a time of day"
    } else if has(&['E', 'S']) {
        "a year with an exponent or significant digits"
    } else if has(&['Y']) {
        "a year after `Y` that does not have five to nine digits"
    } else if has(&['X']) {
        "unknown digits before known ones, or more than two in a year"
    } else if has(&['?', '~', '%']) {
        "a part of a date that is approximate or uncertain"
    } else if dates().any(divides_year) {
        "a season of one hemisphere, a quarter or another part of a year"
    } else {
        return None;
    })
}
