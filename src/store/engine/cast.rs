//! The casts of SPARQL, such as `xsd:integer(?x)`.
//!
//! Strings are cast as [XPath and XQuery Functions and Operators 3.1, section 19](https://www.w3.org/TR/xpath-functions-31/#casting)
//! defines: white space around a value does not matter, and only the lexical forms of XML Schema are valid. spareval casts other values.

use super::exact::{long_number, value_of};
use super::value::Value;
use crate::model::literal::{ExactNumber, is_valid, term_value};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNode, NamedNodeRef};

/// The datatypes that have a cast.
pub(super) const TARGETS: [NamedNodeRef<'_>; 17] = [
    xsd::STRING,
    xsd::BOOLEAN,
    xsd::INTEGER,
    xsd::DECIMAL,
    xsd::DOUBLE,
    xsd::FLOAT,
    xsd::DATE_TIME,
    xsd::DATE,
    xsd::TIME,
    xsd::DURATION,
    xsd::YEAR_MONTH_DURATION,
    xsd::DAY_TIME_DURATION,
    xsd::G_YEAR,
    xsd::G_YEAR_MONTH,
    xsd::G_MONTH,
    xsd::G_MONTH_DAY,
    xsd::G_DAY,
];

/// The result of a cast.
pub(super) enum Cast {
    /// Its value; `None` is an error.
    Known(Option<Value>),
    /// spareval has to cast the value.
    BySpareval,
}

/// Casts a value to a datatype with a cast.
pub(super) fn cast(value: &Value, datatype: &NamedNode) -> Cast {
    let datatype = datatype.as_ref();
    match value {
        Value::StringLiteral(_) if datatype == xsd::STRING => Cast::Known(Some(value.clone())),
        Value::StringLiteral(text) => Cast::Known(of_string(text, datatype)),
        Value::DoubleLiteral(number) if datatype == xsd::STRING => {
            Cast::Known(Some(Value::StringLiteral(float_text(f64::from(*number), |digits| digits.to_string()))))
        }
        Value::FloatLiteral(number) if datatype == xsd::STRING => {
            let number = f32::from(*number);
            // The shortest digits that identify the number among those with single precision.
            let digits = |scaled: f64| format!("{}", scaled as f32);
            Cast::Known(Some(Value::StringLiteral(float_text(f64::from(number), digits))))
        }
        Value::DoubleLiteral(number) if datatype == xsd::INTEGER => integer(f64::from(*number)),
        Value::FloatLiteral(number) if datatype == xsd::INTEGER => integer(f64::from(f32::from(*number))),
        Value::OtherTypedLiteral { .. } => match long_number(value) {
            Some(number) => Cast::Known(of_long_number(number, datatype)),
            None => Cast::BySpareval,
        },
        _ => Cast::BySpareval,
    }
}

/// The value of an integer or decimal that is too long for the other values.
fn of_long_number(number: ExactNumber, datatype: NamedNodeRef<'_>) -> Option<Value> {
    Some(match datatype {
        xsd::INTEGER => value_of(&number.truncated(), datatype),
        xsd::DECIMAL => value_of(&number, datatype),
        xsd::DOUBLE => Value::DoubleLiteral(number.to_plain_string().parse().ok()?),
        xsd::FLOAT => Value::FloatLiteral(number.to_plain_string().parse().ok()?),
        xsd::BOOLEAN => Value::BooleanLiteral((!number.digits().is_empty()).into()),
        xsd::STRING => Value::StringLiteral(number.to_plain_string()),
        _ => return None,
    })
}

/// The value of a string without the white space around it.
fn of_string(text: &str, datatype: NamedNodeRef<'_>) -> Option<Value> {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    if !is_valid(text, datatype) {
        return None;
    }
    let value = term_value(Literal::new_typed_literal(text, datatype).into());
    Some(long_number(&value).map_or(value, |number| value_of(&number, datatype)))
}

/// The integer part of a number, in as many digits as it needs.
fn integer(number: f64) -> Cast {
    Cast::Known(match number.is_finite() {
        true => of_string(&format!("{:.0}", number.trunc()), xsd::INTEGER),
        false => None,
    })
}

/// A number as `xsd:string` represents it: with an exponent from a million, and below a millionth.
fn float_text(number: f64, digits: impl Fn(f64) -> String) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "INF" } else { "-INF" }.to_owned();
    }
    let plain = digits(number);
    if number == 0.0 || (1e-6..1e6).contains(&number.abs()) {
        return plain;
    }
    // The significant digits, without zeros at either end.
    let unsigned = plain.trim_start_matches('-');
    let point = unsigned.find('.').unwrap_or(unsigned.len());
    let all = unsigned.replace('.', "");
    let significant = all.trim_start_matches('0');
    let exponent = point as i64 - (all.len() - significant.len()) as i64 - 1;
    let significant = significant.trim_end_matches('0');
    let (first, rest) = significant.split_at(1);
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{first}.{}E{exponent}", if rest.is_empty() { "0" } else { rest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::Term;

    /// The lexical form of the result, or `error`.
    fn result(value: Literal, datatype: NamedNodeRef<'_>) -> String {
        match cast(&term_value(value.into()), &datatype.into_owned()) {
            Cast::Known(Some(value)) => match Term::from(value) {
                Term::Literal(literal) => literal.value().to_owned(),
                other => other.to_string(),
            },
            Cast::Known(None) => "error".to_owned(),
            Cast::BySpareval => "spareval".to_owned(),
        }
    }

    /// F&O 3.1, section 19.2: casting from xs:string.
    #[test]
    fn strings_are_cast_by_their_lexical_form_without_white_space_around_it() {
        for (text, datatype, expected) in [
            (" 1 ", xsd::INTEGER, "1"),
            ("\t-07\n", xsd::INTEGER, "-7"),
            ("1 2", xsd::INTEGER, "error"),
            ("1.5", xsd::INTEGER, "error"),
            ("1e0", xsd::INTEGER, "error"),
            ("", xsd::INTEGER, "error"),
            ("123456789012345678901234567890", xsd::INTEGER, "123456789012345678901234567890"),
            (" 1.50 ", xsd::DECIMAL, "1.5"),
            ("1e0", xsd::DECIMAL, "error"),
            ("1", xsd::BOOLEAN, "true"),
            (" false ", xsd::BOOLEAN, "false"),
            ("TRUE", xsd::BOOLEAN, "error"),
            ("INF", xsd::DOUBLE, "INF"),
            ("inf", xsd::DOUBLE, "error"),
            ("nan", xsd::FLOAT, "error"),
            (" 2020-01-01T00:00:00 ", xsd::DATE_TIME, "2020-01-01T00:00:00"),
            ("2020-02-30", xsd::DATE, "error"),
            (" 2020 ", xsd::G_YEAR, "2020"),
            (" x ", xsd::STRING, " x "),
        ] {
            assert_eq!(result(text.into(), datatype), expected, "{text:?} as {datatype}");
        }
    }

    /// F&O 3.1, section 19.1.2.
    #[test]
    fn numbers_become_strings_with_an_exponent_only_if_they_are_large_or_small() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (123_456.75, "123456.75"),
            (1e6, "1.0E6"),
            (1.25e10, "1.25E10"),
            (-1e-7, "-1.0E-7"),
            (1e-6, "0.000001"),
            (1.5e300, "1.5E300"),
            (f64::INFINITY, "INF"),
            (f64::NEG_INFINITY, "-INF"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(result(number.into(), xsd::STRING), expected);
        }
        assert_eq!(result(0.1_f32.into(), xsd::STRING), "0.1");
        assert_eq!(result(1e10_f32.into(), xsd::STRING), "1.0E10");
    }

    #[test]
    fn numbers_of_any_length_are_cast_exactly() {
        let long = "123456789012345678901234567890";
        for (text, from, to, expected) in [
            ("+0123456789012345678901234567890", xsd::INTEGER, xsd::STRING, long),
            ("123456789012345678901234567890.50", xsd::DECIMAL, xsd::STRING, "123456789012345678901234567890.5"),
            ("123456789012345678901234567890.50", xsd::DECIMAL, xsd::INTEGER, long),
            ("-0.12345678901234567890", xsd::DECIMAL, xsd::INTEGER, "0"),
            (long, xsd::INTEGER, xsd::DECIMAL, long),
            (long, xsd::INTEGER, xsd::DOUBLE, "123456789012345680000000000000"),
            (long, xsd::INTEGER, xsd::BOOLEAN, "true"),
            (long, xsd::INTEGER, xsd::DATE, "error"),
            ("01", xsd::INTEGER, xsd::STRING, "spareval"),
        ] {
            assert_eq!(result(Literal::new_typed_literal(text, from), to), expected, "{text} as {to}");
        }
    }

    /// F&O 3.1, section 19.1.3.4.
    #[test]
    fn a_number_becomes_an_integer_by_dropping_its_fraction() {
        for (number, expected) in
            [(1.9, "1"), (-1.9, "-1"), (1e22, "10000000000000000000000"), (f64::NAN, "error"), (f64::INFINITY, "error")]
        {
            assert_eq!(result(number.into(), xsd::INTEGER), expected);
        }
    }
}
