//! Times in words.

use super::date::{Date, Part, Season};
use super::{End, Form, TimeValue};
use crate::model::vocab::edtf;
use oxigraph::model::Literal;
use std::borrow::Cow;

/// The value of a literal as people read it: a time of EDTF in words, any other value as it is.
///
/// ```
/// use factloom::model::{literal_text, vocab::edtf::EDTF};
/// use oxigraph::model::Literal;
///
/// assert_eq!(literal_text(&Literal::new_typed_literal("1973~", EDTF)), "about 1973");
/// assert_eq!(literal_text(&Literal::new_simple_literal("1973~")), "1973~");
/// ```
pub fn literal_text(literal: &Literal) -> Cow<'_, str> {
    match TimeValue::parse(literal.value()) {
        Ok(time) if literal.datatype() == edtf::EDTF => Cow::Owned(time.wording()),
        _ => Cow::Borrowed(literal.value()),
    }
}

impl TimeValue {
    /// The time in words: `about 1973`, `the 1970s`, `spring 2024`, `1971 to 1973`, `from 1990`. Years, months and days are as written.
    pub fn wording(&self) -> String {
        let (is_uncertain, words) = match self.form {
            Form::Date(date) => (date.is_uncertain, date_words(date, &self.text)),
            Form::Interval(from, to) => {
                let (from_text, to_text) = self.text.split_once('/').unwrap_or_default();
                match (from, to) {
                    (End::Date(from), End::Date(to)) => {
                        let possibly = if to.is_uncertain { "possibly " } else { "" };
                        let (start, end) = (date_words(from, from_text), date_words(to, to_text));
                        (from.is_uncertain, format!("{start} to {possibly}{end}"))
                    }
                    (End::Date(from), end) => {
                        let note = if end == End::Unknown { " (end unknown)" } else { "" };
                        (from.is_uncertain, format!("from {}{note}", date_words(from, from_text)))
                    }
                    (End::Open, End::Date(to)) => {
                        let preposition = if matches!(to.part, Part::Day(_)) { "on" } else { "in" };
                        (to.is_uncertain, format!("{preposition} or before {}", date_words(to, to_text)))
                    }
                    (_, End::Date(to)) => {
                        (to.is_uncertain, format!("until {} (start unknown)", date_words(to, to_text)))
                    }
                    // Parsing refuses an interval without a date.
                    _ => (false, self.text.clone()),
                }
            }
        };
        if is_uncertain { format!("possibly {words}") } else { words }
    }
}

/// A date in words, without regard to whether it is uncertain.
fn date_words(date: Date, written: &str) -> String {
    let written = written.trim_end_matches(['?', '~', '%']);
    let before_last_field = || written.trim_end_matches("-XX");
    let words = match date.part {
        Part::All if date.year.is_long => format!("the year {}", date.year.first),
        Part::All => years(date.year.first, date.year.last).unwrap_or_else(|| written.to_owned()),
        Part::Season(season) => format!("{} {}", season.name(), &written[..written.len() - "-21".len()]),
        Part::Month(_) | Part::Day(_) => written.to_owned(),
        Part::SomeMonth => format!("a month in {}", before_last_field()),
        Part::SomeDay | Part::SomeDayOf(_) => format!("a day in {}", before_last_field()),
    };
    if date.is_approximate { format!("about {words}") } else { words }
}

/// A decade or a century in words; `None` for one year.
fn years(first: i32, last: i32) -> Option<String> {
    // `the 1900s` can be a decade or a century.
    let is_clear_decade = last - first == 9 && first > 0 && first % 100 != 0;
    match (first == last, is_clear_decade) {
        (true, _) => None,
        (false, true) => Some(format!("the {first:04}s")),
        (false, false) => Some(format!("the years {} to {}", year(first), year(last))),
    }
}

fn year(year: i32) -> String {
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}", year.unsigned_abs())
}

impl Season {
    fn name(self) -> &'static str {
        match self {
            Self::Spring => "spring",
            Self::Summer => "summer",
            Self::Autumn => "autumn",
            Self::Winter => "winter",
        }
    }
}
