//! The order of ORDER BY, MIN and MAX: total and transitive for any values.
//!
//! SPARQL orders the kinds of terms, and leaves open how literals compare for which `<` is an error
//! ([SPARQL 1.1, section 15.1](https://www.w3.org/TR/sparql11-query/#modOrderBy)). Here numbers come first, then dates and times, durations,
//! booleans, strings, and all other literals. `docs/reference/conformance.md` describes the order within each.

mod numbers;
#[cfg(test)]
mod tests;

use super::value::Value;
use numbers::{Number, compare_numbers, number};
use oxigraph::model::{BaseDirection, NamedOrBlankNode, Term};
use oxsdatatypes::{DateTime, Duration, TimezoneOffset};
use std::cmp::Ordering;
use std::str::FromStr;
use std::sync::LazyLock;

/// The order of two values. Values that differ only in their representation, such as `1` and `1.0`, are equal.
pub(super) fn compare_values(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let (a, b) = match (a, b) {
        // The usual cases, which need no classes.
        (Some(Value::IntegerLiteral(a)), Some(Value::IntegerLiteral(b))) => return a.cmp(b),
        (Some(Value::StringLiteral(a)), Some(Value::StringLiteral(b))) => return a.cmp(b),
        (Some(Value::NamedNode(a)), Some(Value::NamedNode(b))) => return a.as_str().cmp(b.as_str()),
        (Some(a), Some(b)) => (a, b),
        (a, b) => return a.is_some().cmp(&b.is_some()),
    };
    let (class, other) = (Class::of(a), Class::of(b));
    class.cmp(&other).then_with(|| match class {
        Class::Number => compare_optional(number(a).as_ref(), number(b).as_ref(), compare_numbers),
        Class::Instant => compare_instants(a, b),
        Class::String => string_key(a).cmp(&string_key(b)),
        Class::Duration => duration_key(a).cmp(&duration_key(b)),
        Class::Triple => compare_triples(a, b, compare_values),
        Class::BlankNode
        | Class::Iri
        | Class::Time
        | Class::MonthDay
        | Class::Month
        | Class::Day
        | Class::Boolean
        | Class::Other => compare_same_datatype(a, b),
    })
}

/// The order of the terms of two values that [`compare_values`] finds equal: by datatype, then by lexical form.
pub(super) fn compare_terms(a: &Term, b: &Term) -> Ordering {
    match (a, b) {
        (Term::Literal(a), Term::Literal(b)) => (a.datatype(), a.value()).cmp(&(b.datatype(), b.value())),
        (Term::Triple(a), Term::Triple(b)) => compare_terms(&a.object, &b.object),
        _ => Ordering::Equal,
    }
}

/// Whether two values that [`compare_values`] finds equal are certainly the same term, if both are computed.
pub(super) fn are_identical(a: &Value, b: &Value) -> bool {
    macro_rules! identical {
        ($($kind:ident),*) => {
            match (a, b) {
                $((Value::$kind(a), Value::$kind(b)) => a.is_identical_with(*b),)*
                (Value::StringLiteral(_), Value::StringLiteral(_))
                | (Value::LangStringLiteral { .. }, Value::LangStringLiteral { .. })
                | (Value::DirLangStringLiteral { .. }, Value::DirLangStringLiteral { .. })
                | (Value::NamedNode(_), Value::NamedNode(_))
                | (Value::BlankNode(_), Value::BlankNode(_)) => true,
                (
                    Value::OtherTypedLiteral { value: a, datatype: type_of_a },
                    Value::OtherTypedLiteral { value: b, datatype: type_of_b },
                ) => a == b && type_of_a == type_of_b,
                _ => false,
            }
        };
    }
    identical!(
        IntegerLiteral,
        DecimalLiteral,
        DoubleLiteral,
        FloatLiteral,
        BooleanLiteral,
        DateTimeLiteral,
        DateLiteral,
        TimeLiteral,
        GYearLiteral,
        GYearMonthLiteral,
        GMonthLiteral,
        GMonthDayLiteral,
        GDayLiteral,
        DurationLiteral,
        YearMonthDurationLiteral,
        DayTimeDurationLiteral
    )
}

/// Compares two values, for `=` and `<`, if one of them is a number that is too long for the other values; `None` for other values.
pub(super) fn compare_long_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    let is_other = |value: &Value| matches!(value, Value::OtherTypedLiteral { .. });
    match is_other(a) || is_other(b) {
        true => Some(compare_numbers(&number(a)?, &number(b)?)),
        false => None,
    }
}

/// Whether a value is a number.
pub(super) fn is_number(value: &Value) -> bool {
    number(value).is_some()
}

/// Whether a number is zero; `None` if a value is not a number.
pub(super) fn is_zero(value: &Value) -> Option<bool> {
    number(value).map(|number| compare_numbers(&number, &Number::ZERO).is_eq())
}

/// The classes of values, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    BlankNode,
    Iri,
    Number,
    /// `xsd:dateTime`, `xsd:date`, `xsd:gYearMonth` and `xsd:gYear`, by the instant at which they start.
    Instant,
    Time,
    MonthDay,
    Month,
    Day,
    Duration,
    Boolean,
    /// With or without a language.
    String,
    /// Any other datatype, and invalid literals.
    Other,
    Triple,
}

impl Class {
    fn of(value: &Value) -> Self {
        match value {
            Value::BlankNode(_) => Self::BlankNode,
            Value::NamedNode(_) => Self::Iri,
            Value::IntegerLiteral(_) | Value::DecimalLiteral(_) | Value::FloatLiteral(_) | Value::DoubleLiteral(_) => {
                Self::Number
            }
            Value::DateTimeLiteral(_)
            | Value::DateLiteral(_)
            | Value::GYearMonthLiteral(_)
            | Value::GYearLiteral(_) => Self::Instant,
            Value::TimeLiteral(_) => Self::Time,
            Value::GMonthDayLiteral(_) => Self::MonthDay,
            Value::GMonthLiteral(_) => Self::Month,
            Value::GDayLiteral(_) => Self::Day,
            Value::DurationLiteral(_) | Value::YearMonthDurationLiteral(_) | Value::DayTimeDurationLiteral(_) => {
                Self::Duration
            }
            Value::BooleanLiteral(_) => Self::Boolean,
            Value::StringLiteral(_) | Value::LangStringLiteral { .. } | Value::DirLangStringLiteral { .. } => {
                Self::String
            }
            Value::OtherTypedLiteral { .. } if number(value).is_some() => Self::Number,
            Value::OtherTypedLiteral { .. } => Self::Other,
            Value::Triple(_) => Self::Triple,
        }
    }
}

fn compare_optional<T>(a: Option<&T>, b: Option<&T>, compare: impl FnOnce(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare(a, b),
        _ => a.is_some().cmp(&b.is_some()),
    }
}

/// The value of the same class as another. A time without a time zone is in UTC.
fn compare_same_datatype(a: &Value, b: &Value) -> Ordering {
    macro_rules! in_utc {
        ($a:expr, $b:expr) => {{
            let (a, b) = ($a, $b);
            let order = match (a.timezone_offset(), b.timezone_offset()) {
                (None, Some(_)) => a.adjust(Some(TimezoneOffset::UTC)).and_then(|a| a.partial_cmp(b)),
                (Some(_), None) => b.adjust(Some(TimezoneOffset::UTC)).and_then(|b| a.partial_cmp(&b)),
                _ => a.partial_cmp(b),
            };
            order.unwrap_or(Ordering::Equal)
        }};
    }
    match (a, b) {
        (Value::BlankNode(a), Value::BlankNode(b)) => a.as_str().cmp(b.as_str()),
        (Value::NamedNode(a), Value::NamedNode(b)) => a.as_str().cmp(b.as_str()),
        (Value::BooleanLiteral(a), Value::BooleanLiteral(b)) => bool::from(*a).cmp(&bool::from(*b)),
        (Value::DateTimeLiteral(a), Value::DateTimeLiteral(b)) => in_utc!(a, b),
        (Value::DateLiteral(a), Value::DateLiteral(b)) => in_utc!(a, b),
        (Value::TimeLiteral(a), Value::TimeLiteral(b)) => in_utc!(a, b),
        (Value::GYearMonthLiteral(a), Value::GYearMonthLiteral(b)) => in_utc!(a, b),
        (Value::GYearLiteral(a), Value::GYearLiteral(b)) => in_utc!(a, b),
        (Value::GMonthDayLiteral(a), Value::GMonthDayLiteral(b)) => in_utc!(a, b),
        (Value::GMonthLiteral(a), Value::GMonthLiteral(b)) => in_utc!(a, b),
        (Value::GDayLiteral(a), Value::GDayLiteral(b)) => in_utc!(a, b),
        (
            Value::OtherTypedLiteral { value: a, datatype: type_of_a },
            Value::OtherTypedLiteral { value: b, datatype: type_of_b },
        ) => (type_of_a, a).cmp(&(type_of_b, b)),
        _ => Ordering::Equal,
    }
}

/// Compares two dates or times by the instant at which they start, and then by their precision.
fn compare_instants(a: &Value, b: &Value) -> Ordering {
    let precision = |value: &Value| match value {
        Value::GYearLiteral(_) => 0,
        Value::GYearMonthLiteral(_) => 1,
        Value::DateLiteral(_) => 2,
        _ => 3,
    };
    match precision(a).cmp(&precision(b)) {
        Ordering::Equal => compare_same_datatype(a, b),
        order => {
            compare_optional(start(a).as_ref(), start(b).as_ref(), |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal))
                .then(order)
        }
    }
}

/// The instant at which a date or time starts; `None` if it is out of range.
fn start(value: &Value) -> Option<DateTime> {
    let start_of = |year: i64, month: u8, offset: Option<TimezoneOffset>| {
        let start = format!("{}{:04}-{month:02}-01T00:00:00Z", if year < 0 { "-" } else { "" }, year.unsigned_abs());
        let start = DateTime::from_str(&start).ok()?;
        match offset {
            // The local time stays, and the instant moves.
            Some(offset) => start.adjust(None)?.adjust(Some(offset)),
            None => Some(start),
        }
    };
    match value {
        Value::DateTimeLiteral(value) if value.timezone_offset().is_none() => value.adjust(Some(TimezoneOffset::UTC)),
        Value::DateTimeLiteral(value) => Some(*value),
        Value::DateLiteral(value) => {
            let start = DateTime::try_from(*value).ok()?;
            if start.timezone_offset().is_none() { start.adjust(Some(TimezoneOffset::UTC)) } else { Some(start) }
        }
        Value::GYearMonthLiteral(value) => start_of(value.year(), value.month(), value.timezone_offset()),
        Value::GYearLiteral(value) => start_of(value.year(), 1, value.timezone_offset()),
        _ => None,
    }
}

/// A string by its code points, then with a language before without, as SPARQL 1.1 has it, then by its language and direction.
fn string_key(value: &Value) -> (&str, u8, &str) {
    match value {
        Value::StringLiteral(value) => (value, 3, ""),
        Value::LangStringLiteral { value, language } => (value, 2, language),
        Value::DirLangStringLiteral { value, language, direction: BaseDirection::Rtl } => (value, 1, language),
        Value::DirLangStringLiteral { value, language, direction: BaseDirection::Ltr } => (value, 0, language),
        _ => ("", 0, ""),
    }
}

/// The instants that XML Schema compares durations by: a duration is less than another if the sum with each of them is.
static REFERENCES: LazyLock<Vec<DateTime>> = LazyLock::new(|| {
    let instants = ["1696-09-01T00:00:00Z", "1697-02-01T00:00:00Z", "1903-03-01T00:00:00Z", "1903-07-01T00:00:00Z"];
    instants.into_iter().filter_map(|text| DateTime::from_str(text).ok()).collect()
});

/// A key whose order is that of durations where XML Schema defines one: the sign of an overflow, an estimate in seconds if there is one,
/// and the sums with the reference instants, in units of 10⁻¹⁸ seconds.
fn duration_key(value: &Value) -> (i8, i128, Vec<i128>) {
    let duration = match value {
        Value::DurationLiteral(duration) => *duration,
        Value::YearMonthDurationLiteral(duration) => (*duration).into(),
        Value::DayTimeDurationLiteral(duration) => (*duration).into(),
        _ => Duration::default(),
    };
    let sums = REFERENCES.iter().map(|reference| {
        let elapsed = reference.checked_add_duration(duration)?.checked_sub(*reference)?;
        Some(i128::from_be_bytes(elapsed.as_seconds().to_be_bytes()))
    });
    match sums.collect::<Option<Vec<i128>>>() {
        Some(sums) => (0, 0, sums),
        None => {
            let average_month = 2_629_746;
            let months = i128::from(duration.years()) * 12 + i128::from(duration.months());
            let days = i128::from(duration.days()) * 86_400 + i128::from(duration.hours()) * 3600;
            let estimate = months * average_month + days;
            (if estimate < 0 { -1 } else { 1 }, estimate, Vec::new())
        }
    }
}

type Compare = fn(Option<&Value>, Option<&Value>) -> Ordering;

fn compare_triples(a: &Value, b: &Value, compare: Compare) -> Ordering {
    let (Value::Triple(a), Value::Triple(b)) = (a, b) else { return Ordering::Equal };
    let subject = |subject: &NamedOrBlankNode| match subject {
        NamedOrBlankNode::NamedNode(node) => Value::NamedNode(node.clone()),
        NamedOrBlankNode::BlankNode(node) => Value::BlankNode(node.clone()),
    };
    compare(Some(&subject(&a.subject)), Some(&subject(&b.subject)))
        .then_with(|| a.predicate.as_str().cmp(b.predicate.as_str()))
        .then_with(|| compare(Some(&a.object), Some(&b.object)))
}
