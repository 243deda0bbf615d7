//! The values of terms, as SPARQL computes with them.

use super::datatype::{Datatype, integer_bounds};
use super::{ExactNumber, XSD, is_integer};
use oxigraph::model::{Term, TermRef, vocab::xsd};
use oxsdatatypes::Integer;
use spareval::{ExpressionTerm, ExpressionTriple};

/// The value of a term. Different terms may have the same value.
///
/// A literal that is not valid, or has a datatype without operations, is its own value. So is a number that is too long for `i64` or the
/// decimals of Oxigraph; [`exact_number`] computes with it.
pub(crate) fn term_value(term: Term) -> ExpressionTerm {
    match term {
        Term::Literal(literal) if literal.language().is_none() && literal.datatype() != xsd::STRING => {
            let value = literal_value(literal.value(), literal.datatype().as_str());
            value.unwrap_or_else(|| {
                let (value, datatype, ..) = literal.destruct();
                ExpressionTerm::OtherTypedLiteral { value, datatype: datatype.unwrap_or(xsd::STRING.into_owned()) }
            })
        }
        Term::Triple(triple) => {
            let (subject, predicate, object) = (triple.subject, triple.predicate, term_value(triple.object));
            ExpressionTerm::Triple(Box::new(ExpressionTriple { subject, predicate, object }))
        }
        other => other.into(),
    }
}

/// The value of a valid literal of a datatype with operations; `None` for other literals, and for numbers that are too long.
pub(crate) fn literal_value(text: &str, datatype: &str) -> Option<ExpressionTerm> {
    let name = datatype.strip_prefix(XSD)?;
    // The parser of durations also reads `PT1.S` and `PT.5S`.
    if matches!(name, "duration" | "yearMonthDuration" | "dayTimeDuration") && !Datatype::named(name)?.contains(text) {
        return None;
    }
    Some(match name {
        "integer" => ExpressionTerm::IntegerLiteral(text.parse().ok()?),
        "decimal" => ExpressionTerm::DecimalLiteral(text.parse().ok()?),
        "double" if is_float(text) => ExpressionTerm::DoubleLiteral(text.parse().ok()?),
        "float" if is_float(text) => ExpressionTerm::FloatLiteral(text.parse().ok()?),
        "boolean" => ExpressionTerm::BooleanLiteral(text.parse().ok()?),
        "string" => ExpressionTerm::StringLiteral(text.to_owned()),
        "date" => ExpressionTerm::DateLiteral(text.parse().ok()?),
        "dateTime" => ExpressionTerm::DateTimeLiteral(text.parse().ok()?),
        "dateTimeStamp" => {
            let value: oxsdatatypes::DateTime = text.parse().ok()?;
            value.timezone_offset()?;
            ExpressionTerm::DateTimeLiteral(value)
        }
        "time" => ExpressionTerm::TimeLiteral(text.parse().ok()?),
        "gYear" => ExpressionTerm::GYearLiteral(text.parse().ok()?),
        "gYearMonth" => ExpressionTerm::GYearMonthLiteral(text.parse().ok()?),
        "gMonth" => ExpressionTerm::GMonthLiteral(text.parse().ok()?),
        "gMonthDay" => ExpressionTerm::GMonthDayLiteral(text.parse().ok()?),
        "gDay" => ExpressionTerm::GDayLiteral(text.parse().ok()?),
        "duration" => ExpressionTerm::DurationLiteral(text.parse().ok()?),
        "yearMonthDuration" => ExpressionTerm::YearMonthDurationLiteral(text.parse().ok()?),
        "dayTimeDuration" => ExpressionTerm::DayTimeDurationLiteral(text.parse().ok()?),
        derived => {
            let (least, most) = integer_bounds(derived)?;
            let value: i64 = text.parse().ok()?;
            (least..=most).contains(&value.into()).then_some(ExpressionTerm::IntegerLiteral(Integer::from(value)))?
        }
    })
}

/// Whether a string that Rust reads as a floating-point number is one in XML Schema: Rust also reads `inf` and `nan`.
fn is_float(text: &str) -> bool {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    is_digits || matches!(text, "INF" | "+INF" | "-INF" | "NaN")
}

/// The number of a valid literal of type `xsd:integer`, `xsd:decimal` or a type derived from them, of any length.
pub(crate) fn exact_number(term: TermRef<'_>) -> Option<ExactNumber> {
    let TermRef::Literal(literal) = term else { return None };
    let (text, datatype) = (literal.value(), literal.datatype());
    if datatype != xsd::DECIMAL && !is_integer(datatype) || text.contains(['e', 'E']) {
        return None;
    }
    if datatype == xsd::DECIMAL {
        return ExactNumber::parse(text);
    }
    let number = ExactNumber::parse(text).filter(|_| !text.contains('.'))?;
    let (least, most) = integer_bounds(datatype.as_str().strip_prefix(XSD)?)?;
    let beyond = if number.is_negative() { i128::MIN } else { i128::MAX };
    (least..=most).contains(&text.parse().unwrap_or(beyond)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::{Literal, NamedNodeRef};
    use oxsdatatypes::Double;

    fn value(text: &str, name: &str) -> ExpressionTerm {
        let datatype = format!("{XSD}{name}");
        term_value(Literal::new_typed_literal(text, NamedNodeRef::new_unchecked(&datatype)).into())
    }

    #[test]
    fn valid_literals_have_the_value_of_their_base_type() {
        for (text, name) in [("01", "integer"), ("+1", "int"), ("1", "nonNegativeInteger"), ("001", "byte")] {
            assert!(value(text, name) == ExpressionTerm::IntegerLiteral(1.into()), "{text} {name}");
        }
        assert!(value("+INF", "double") == ExpressionTerm::DoubleLiteral(Double::from(f64::INFINITY)));
        assert!(value("2020-01-01T00:00:00Z", "dateTimeStamp") == value("2020-01-01T00:00:00+00:00", "dateTime"));
    }

    #[test]
    fn invalid_literals_and_long_numbers_are_their_own_values() {
        for (text, name) in [
            ("300", "byte"),
            ("-1", "unsignedInt"),
            ("0", "positiveInteger"),
            ("inf", "double"),
            ("nan", "float"),
            ("1.5", "integer"),
            ("2020-01-01T00:00:00", "dateTimeStamp"),
            ("12345678901234567890", "integer"),
            ("x", "anyURI"),
        ] {
            assert!(matches!(value(text, name), ExpressionTerm::OtherTypedLiteral { .. }), "{text} {name}");
        }
    }

    #[test]
    fn integers_and_decimals_have_an_exact_number_of_any_length() {
        let number = |text: &str, name: &str| {
            let datatype = format!("{XSD}{name}");
            let literal = Literal::new_typed_literal(text, NamedNodeRef::new_unchecked(&datatype));
            exact_number(TermRef::Literal(literal.as_ref())).map(|number| number.to_plain_string())
        };
        for (text, name, expected) in [
            ("+0012345678901234567890", "integer", Some("12345678901234567890")),
            (
                "12345678901234567890123456789012345678901234567890",
                "nonNegativeInteger",
                Some("12345678901234567890123456789012345678901234567890"),
            ),
            ("-12345678901234567890", "nonNegativeInteger", None),
            ("12345678901234567890", "long", None),
            ("1.0", "integer", None),
            ("1e0", "decimal", None),
            ("0.12345678901234567890", "decimal", Some("0.1234567890123456789")),
            ("1", "double", None),
        ] {
            assert_eq!(number(text, name).as_deref(), expected, "{text} {name}");
        }
    }
}
