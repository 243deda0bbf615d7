//! The values of expressions: comparison and arithmetic.
//!
//! The rules are those of SPARQL 1.2. Those of spareval differ for booleans, time zones, and numbers of more than 64 bits; tests compare
//! the others.

use super::exact::{Exact, long_number};
use super::order::{compare_long_numbers, is_zero};
use oxsdatatypes::{Boolean, Decimal, Double, Float, Integer};
use spareval::ExpressionTerm;
use std::cmp::Ordering;

pub(super) use spareval::ExpressionTerm as Value;

/// Two numbers of the same type.
#[derive(Clone, Copy)]
pub(super) enum NumberPair {
    Integers(Integer, Integer),
    Decimals(Decimal, Decimal),
    Floats(Float, Float),
    Doubles(Double, Double),
}

/// Both values, promoted to the same type; `None` if one is not a number, or if a long one has to be computed with exactly.
pub(super) fn number_pair(a: &Value, b: &Value) -> Option<NumberPair> {
    use ExpressionTerm::OtherTypedLiteral as Other;
    use ExpressionTerm::{DecimalLiteral as Dec, DoubleLiteral as Dbl, FloatLiteral as Flt, IntegerLiteral as Int};
    Some(match (a, b) {
        (Int(a), Int(b)) => NumberPair::Integers(*a, *b),
        (Int(a), Dec(b)) => NumberPair::Decimals((*a).into(), *b),
        (Dec(a), Int(b)) => NumberPair::Decimals(*a, (*b).into()),
        (Dec(a), Dec(b)) => NumberPair::Decimals(*a, *b),
        (Flt(a), Flt(b)) => NumberPair::Floats(*a, *b),
        (Flt(a), Int(b)) => NumberPair::Floats(*a, (*b).into()),
        (Flt(a), Dec(b)) => NumberPair::Floats(*a, (*b).into()),
        (Int(a), Flt(b)) => NumberPair::Floats((*a).into(), *b),
        (Dec(a), Flt(b)) => NumberPair::Floats((*a).into(), *b),
        (Dbl(a), Dbl(b)) => NumberPair::Doubles(*a, *b),
        (Dbl(a), Flt(b)) => NumberPair::Doubles(*a, (*b).into()),
        (Dbl(a), Int(b)) => NumberPair::Doubles(*a, (*b).into()),
        (Dbl(a), Dec(b)) => NumberPair::Doubles(*a, (*b).into()),
        (Flt(a), Dbl(b)) => NumberPair::Doubles((*a).into(), *b),
        (Int(a), Dbl(b)) => NumberPair::Doubles((*a).into(), *b),
        (Dec(a), Dbl(b)) => NumberPair::Doubles((*a).into(), *b),
        (Flt(a), Other { value: text, .. }) if is_long_number(b) => NumberPair::Floats(*a, text.parse().ok()?),
        (Other { value: text, .. }, Flt(b)) if is_long_number(a) => NumberPair::Floats(text.parse().ok()?, *b),
        (Dbl(a), Other { value: text, .. }) if is_long_number(b) => NumberPair::Doubles(*a, text.parse().ok()?),
        (Other { value: text, .. }, Dbl(b)) if is_long_number(a) => NumberPair::Doubles(text.parse().ok()?, *b),
        _ => return None,
    })
}

fn is_long_number(value: &Value) -> bool {
    long_number(value).is_some()
}

/// Compares two values of the same datatype, or two durations, by a method; `None` for other values.
macro_rules! compare_same_type {
    ($a:expr, $b:expr, $method:ident, $($kind:ident),*) => {
        match ($a, $b) {
            $((Value::$kind(a), Value::$kind(b)) => Some(a.$method(b)),)*
            (Value::DurationLiteral(a), Value::YearMonthDurationLiteral(b)) => Some(a.$method(b)),
            (Value::DurationLiteral(a), Value::DayTimeDurationLiteral(b)) => Some(a.$method(b)),
            (Value::YearMonthDurationLiteral(a), Value::DurationLiteral(b)) => Some(a.$method(b)),
            (Value::YearMonthDurationLiteral(a), Value::DayTimeDurationLiteral(b)) => Some(a.$method(b)),
            (Value::DayTimeDurationLiteral(a), Value::DurationLiteral(b)) => Some(a.$method(b)),
            (Value::DayTimeDurationLiteral(a), Value::YearMonthDurationLiteral(b)) => Some(a.$method(b)),
            _ => None,
        }
    };
    ($a:expr, $b:expr, $method:ident) => {
        compare_same_type!(
            $a, $b, $method, DateTimeLiteral, TimeLiteral, DateLiteral, GYearMonthLiteral, GYearLiteral,
            GMonthDayLiteral, GDayLiteral, GMonthLiteral, DurationLiteral, YearMonthDurationLiteral,
            DayTimeDurationLiteral
        )
    };
}

/// `a = b`; `None` is an error.
pub(super) fn equals(a: &Value, b: &Value) -> Option<bool> {
    if let Some(pair) = number_pair(a, b) {
        return Some(match pair {
            NumberPair::Integers(a, b) => a == b,
            NumberPair::Decimals(a, b) => a == b,
            NumberPair::Floats(a, b) => a == b,
            NumberPair::Doubles(a, b) => a == b,
        });
    }
    if let Some(order) = compare_long_numbers(a, b) {
        return Some(order.is_eq());
    }
    if is_time(a)
        && let Some(order) = compare_same_type!(a, b, partial_cmp)
    {
        // Without a time zone on one side, the difference may be up to 14 hours less or more.
        return order.map(Ordering::is_eq);
    }
    if let Some(equal) = compare_same_type!(a, b, eq) {
        return Some(equal);
    }
    let has_unknown_datatype = |v: &Value| matches!(v, Value::OtherTypedLiteral { .. }) && !is_long_number(v);
    let is_tagged = |v: &Value| matches!(v, Value::LangStringLiteral { .. } | Value::DirLangStringLiteral { .. });
    match (a, b) {
        (Value::Triple(a), Value::Triple(b)) => {
            Some(a.subject == b.subject && a.predicate == b.predicate && equals(&a.object, &b.object)?)
        }
        // Two literals with an unknown datatype may have equal values although their terms differ.
        _ if a != b && (has_unknown_datatype(a) || has_unknown_datatype(b)) => {
            let other = if has_unknown_datatype(a) { b } else { a };
            let is_other_kind = matches!(other, Value::NamedNode(_) | Value::BlankNode(_) | Value::Triple(_));
            (is_other_kind || is_tagged(other)).then_some(false)
        }
        _ => Some(a == b),
    }
}

/// Whether a value may have a time zone.
fn is_time(value: &Value) -> bool {
    matches!(
        value,
        Value::DateTimeLiteral(_)
            | Value::TimeLiteral(_)
            | Value::DateLiteral(_)
            | Value::GYearMonthLiteral(_)
            | Value::GYearLiteral(_)
            | Value::GMonthDayLiteral(_)
            | Value::GDayLiteral(_)
            | Value::GMonthLiteral(_)
    )
}

/// The order of `a` and `b` for `<` and `>`; `None` is an error.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    if a == b {
        return Some(Ordering::Equal);
    }
    match (a, b) {
        (Value::Triple(a), Value::Triple(b)) if a.subject == b.subject && a.predicate == b.predicate => {
            compare(&a.object, &b.object)
        }
        _ => compare_literals(a, b),
    }
}

fn compare_literals(a: &Value, b: &Value) -> Option<Ordering> {
    use Value::{DirLangStringLiteral as Directed, LangStringLiteral as Tagged};
    match (a, b) {
        (Value::StringLiteral(a), Value::StringLiteral(b)) => return Some(a.cmp(b)),
        (Tagged { value: a, language: la }, Tagged { value: b, language: lb }) => return (la == lb).then(|| a.cmp(b)),
        (Directed { value: a, language: la, direction: da }, Directed { value: b, language: lb, direction: db }) => {
            return (la == lb && da == db).then(|| a.cmp(b));
        }
        _ => {}
    }
    if let (Value::BooleanLiteral(a), Value::BooleanLiteral(b)) = (a, b) {
        return Some(bool::from(*a).cmp(&bool::from(*b)));
    }
    match number_pair(a, b) {
        Some(NumberPair::Integers(a, b)) => a.partial_cmp(&b),
        Some(NumberPair::Decimals(a, b)) => a.partial_cmp(&b),
        Some(NumberPair::Floats(a, b)) => a.partial_cmp(&b),
        Some(NumberPair::Doubles(a, b)) => a.partial_cmp(&b),
        None => match compare_long_numbers(a, b) {
            Some(order) => Some(order),
            None => compare_same_type!(a, b, partial_cmp).flatten(),
        },
    }
}

/// The effective boolean value; `None` is an error.
pub(super) fn effective_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::BooleanLiteral(value) => Some((*value).into()),
        Value::StringLiteral(value) => Some(!value.is_empty()),
        Value::FloatLiteral(value) => Some(Boolean::from(*value).into()),
        Value::DoubleLiteral(value) => Some(Boolean::from(*value).into()),
        Value::IntegerLiteral(value) => Some(Boolean::from(*value).into()),
        Value::DecimalLiteral(value) => Some(Boolean::from(*value).into()),
        // A number that is too long for the other forms. An invalid literal is an error, as in SPARQL 1.2.
        Value::OtherTypedLiteral { .. } => is_zero(value).map(|is_zero| !is_zero),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// The result of an operation on two numbers; `None` is an error, such as an overflow.
pub(super) fn calculate(operation: Arithmetic, a: &Value, b: &Value) -> Option<Value> {
    if let Some(numbers) = number_pair(a, b)
        && let Some(result) = calculate_pair(operation, numbers)
    {
        return Some(result);
    }
    Exact::new(a)?.calculate(operation, Exact::new(b)?)?.value()
}

fn calculate_pair(operation: Arithmetic, operands: NumberPair) -> Option<Value> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    match operands {
        NumberPair::Integers(a, b) => match operation {
            Add => a.checked_add(b).map(Value::IntegerLiteral),
            Subtract => a.checked_sub(b).map(Value::IntegerLiteral),
            Multiply => a.checked_mul(b).map(Value::IntegerLiteral),
            Divide => Decimal::from(a).checked_div(b).map(Value::DecimalLiteral),
        },
        NumberPair::Decimals(a, b) => match operation {
            Add => a.checked_add(b),
            Subtract => a.checked_sub(b),
            Multiply => a.checked_mul(b),
            Divide => a.checked_div(b),
        }
        .map(Value::DecimalLiteral),
        NumberPair::Floats(a, b) => Some(Value::FloatLiteral(match operation {
            Add => a + b,
            Subtract => a - b,
            Multiply => a * b,
            Divide => a / b,
        })),
        NumberPair::Doubles(a, b) => Some(Value::DoubleLiteral(match operation {
            Add => a + b,
            Subtract => a - b,
            Multiply => a * b,
            Divide => a / b,
        })),
    }
}

/// The average of `count` values with this sum; `None` is an error.
pub(super) fn average(sum: &Value, count: u64) -> Option<Value> {
    match i64::try_from(count).ok()? {
        0 => Some(Value::IntegerLiteral(0.into())),
        count => calculate(Arithmetic::Divide, sum, &Value::IntegerLiteral(count.into())),
    }
}

/// The string and language tag of a string literal.
pub(super) fn string(value: &Value) -> Option<(&str, Option<&str>)> {
    match value {
        Value::StringLiteral(text) => Some((text, None)),
        Value::LangStringLiteral { value, language } => Some((value, Some(language))),
        _ => None,
    }
}
