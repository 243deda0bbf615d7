//! The form in which literals are kept.
//!
//! Oxigraph's own store normalizes literals of the datatypes that it computes with: `"01"^^xsd:integer` and
//! `"1"^^xsd:int` are both `"1"^^xsd:integer` there. So that a graph is the same whoever holds it, factloom
//! puts every literal in this form before it maps it.

use super::vocab::xsd;
use oxigraph::model::{Literal, NamedNodeRef};
use oxsdatatypes::{
    Boolean, Date, DateTime, DayTimeDuration, Decimal, Double, Duration, Float, GDay, GMonth, GMonthDay, GYear,
    GYearMonth, Integer, Time, YearMonthDuration,
};
use std::fmt::Display;
use std::str::FromStr;

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The literal of a text and a datatype, in the form in which it is kept; `None` where the text is no value of the
/// datatype.
///
/// Datatypes that Oxigraph does not compute with take any text; a name that XML Schema does not define is no datatype.
///
/// ```
/// use factloom::model::{literal::canonical, vocab::xsd};
///
/// assert_eq!(canonical("007", xsd::INTEGER).unwrap().value(), "7");
/// assert_eq!(canonical("soon", xsd::DATE), None);
/// ```
pub fn canonical(text: &str, datatype: NamedNodeRef<'_>) -> Option<Literal> {
    fn form<T: FromStr + Display>(text: &str) -> Option<String> {
        Some(text.parse::<T>().ok()?.to_string())
    }
    let Some(local) = datatype.as_str().strip_prefix(XSD) else {
        // A text with a language, or a direction, says which.
        let tagged = datatype.as_str().ends_with("#langString") || datatype.as_str().ends_with("#dirLangString");
        return (!tagged).then(|| Literal::new_typed_literal(text, datatype));
    };
    if text.len() > 18 && matches!(local, "integer" | "decimal") && is_plain_number(text, local == "decimal") {
        // What 64 bits or Oxigraph's decimals cannot hold is kept as it is written.
        let small = match local {
            "integer" => text.parse::<Integer>().is_ok(),
            _ => text.parse::<Decimal>().is_ok(),
        };
        if !small {
            return Some(Literal::new_typed_literal(text, datatype));
        }
    }
    let value = match local {
        "boolean" => form::<Boolean>(text)?,
        "float" => form::<Float>(text)?,
        "double" => form::<Double>(text)?,
        "decimal" => form::<Decimal>(text)?,
        "dateTime" => form::<DateTime>(text)?,
        "time" => form::<Time>(text)?,
        "date" => form::<Date>(text)?,
        "gYear" => form::<GYear>(text)?,
        "gYearMonth" => form::<GYearMonth>(text)?,
        "gMonthDay" => form::<GMonthDay>(text)?,
        "gDay" => form::<GDay>(text)?,
        "gMonth" => form::<GMonth>(text)?,
        "duration" => form::<Duration>(text)?,
        "yearMonthDuration" => form::<YearMonthDuration>(text)?,
        "dayTimeDuration" => form::<DayTimeDuration>(text)?,
        "dateTimeStamp" => {
            let moment: DateTime = text.parse().ok()?;
            moment.timezone()?;
            return Some(Literal::new_typed_literal(moment.to_string(), xsd::DATE_TIME));
        }
        _ => {
            return match integer_bounds(local) {
                None => TEXTS.contains(&local).then(|| Literal::new_typed_literal(text, datatype)),
                Some((least, most)) => {
                    let value = i64::from(text.parse::<Integer>().ok()?);
                    let value_wide = i128::from(value);
                    (least <= value_wide && value_wide <= most)
                        .then(|| Literal::new_typed_literal(value.to_string(), xsd::INTEGER))
                }
            };
        }
    };
    Some(Literal::new_typed_literal(value, datatype))
}

/// Whether there is such a datatype: those of XML Schema are known by name, and any other IRI may be one.
pub fn is_datatype(datatype: NamedNodeRef<'_>) -> bool {
    match datatype.as_str().strip_prefix(XSD) {
        Some(local) => COMPUTED.contains(&local) || TEXTS.contains(&local) || integer_bounds(local).is_some(),
        None => !datatype.as_str().ends_with("#langString") && !datatype.as_str().ends_with("#dirLangString"),
    }
}

/// Whether the values of a datatype are whole numbers.
pub fn is_integer(datatype: NamedNodeRef<'_>) -> bool {
    datatype.as_str().strip_prefix(XSD).is_some_and(|local| integer_bounds(local).is_some())
}

/// A value of a datatype, to show how its values are written.
pub fn example(datatype: NamedNodeRef<'_>) -> Option<&'static str> {
    let known = [
        (xsd::G_YEAR, "1973"),
        (xsd::G_YEAR_MONTH, "2025-07"),
        (xsd::DATE, "2025-07-11"),
        (xsd::DATE_TIME, "2025-07-11T10:00:00Z"),
        (xsd::TIME, "10:00:00"),
        (xsd::INTEGER, "42"),
        (xsd::DECIMAL, "4.2"),
        (xsd::DOUBLE, "4.2e1"),
        (xsd::BOOLEAN, "true"),
    ];
    known.iter().find(|(known, _)| *known == datatype).map(|(_, example)| *example)
}

/// The datatypes of XML Schema that Oxigraph computes with, besides the integers.
const COMPUTED: [&str; 16] = [
    "boolean",
    "float",
    "double",
    "decimal",
    "dateTime",
    "dateTimeStamp",
    "time",
    "date",
    "gYear",
    "gYearMonth",
    "gMonthDay",
    "gDay",
    "gMonth",
    "duration",
    "yearMonthDuration",
    "dayTimeDuration",
];

/// The other datatypes of XML Schema, which are kept as they are written.
const TEXTS: [&str; 17] = [
    "string",
    "normalizedString",
    "token",
    "language",
    "Name",
    "NCName",
    "NMTOKEN",
    "NMTOKENS",
    "anyURI",
    "QName",
    "NOTATION",
    "hexBinary",
    "base64Binary",
    "ID",
    "IDREF",
    "ENTITY",
    "anyAtomicType",
];

/// Whether a text is digits, with a sign before them and, where it may, a point among them.
fn is_plain_number(text: &str, point: bool) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let points = digits.matches('.').count();
    digits.bytes().any(|b| b.is_ascii_digit())
        && points <= usize::from(point)
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// The least and the greatest value of a type derived from `xsd:integer`, as far as 64 bits hold them.
fn integer_bounds(local: &str) -> Option<(i128, i128)> {
    let all = (i128::from(i64::MIN), i128::from(i64::MAX));
    Some(match local {
        "integer" | "long" => all,
        "int" => (i32::MIN.into(), i32::MAX.into()),
        "short" => (i16::MIN.into(), i16::MAX.into()),
        "byte" => (i8::MIN.into(), i8::MAX.into()),
        "nonNegativeInteger" | "unsignedLong" => (0, all.1),
        "unsignedInt" => (0, u32::MAX.into()),
        "unsignedShort" => (0, u16::MAX.into()),
        "unsignedByte" => (0, u8::MAX.into()),
        "positiveInteger" => (1, all.1),
        "nonPositiveInteger" => (all.0, 0),
        "negativeInteger" => (all.0, -1),
        _ => return None,
    })
}

/// Whether XML 1.0 can hold a character; those that it cannot are refused everywhere.
///
/// <https://www.w3.org/TR/xml/#charsets>
pub fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::{GraphName, Quad, Term};
    use oxigraph::store::Store;
    use proptest::prelude::*;

    /// What Oxigraph's memory store makes of a literal.
    fn as_oxigraph_keeps_it(literal: &Literal) -> Literal {
        let store = Store::new().unwrap();
        let quad = Quad::new(xsd::STRING, xsd::STRING, literal.clone(), GraphName::DefaultGraph);
        store.insert(&quad).unwrap();
        match store.iter().next().unwrap().unwrap().object {
            Term::Literal(kept) => kept,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn values_are_kept_as_oxigraph_keeps_them() {
        for (text, local) in [
            ("007", "integer"),
            ("5", "int"),
            ("+5", "unsignedByte"),
            ("1.50", "decimal"),
            ("1", "boolean"),
            ("1e0", "double"),
            ("INF", "float"),
            ("2025-07-11", "date"),
            ("2025-07-11Z", "date"),
            ("2025-07-11T10:00:00.000+05:00", "dateTime"),
            ("2025-07-11T10:00:00Z", "dateTimeStamp"),
            ("10:00:00", "time"),
            ("1973", "gYear"),
            ("2025-07", "gYearMonth"),
            ("--07-11", "gMonthDay"),
            ("---11", "gDay"),
            ("--07", "gMonth"),
            ("P0Y", "yearMonthDuration"),
            ("PT60S", "dayTimeDuration"),
            ("12345678901234567890", "integer"),
            ("0.1234567890123456789012", "decimal"),
            ("P1Y", "duration"),
            ("http://e.org/ a", "anyURI"),
            (" x ", "token"),
        ] {
            let datatype = format!("{XSD}{local}");
            let written = Literal::new_typed_literal(text, NamedNodeRef::new_unchecked(&datatype));
            let kept = canonical(text, NamedNodeRef::new_unchecked(&datatype)).unwrap();
            assert_eq!(kept, as_oxigraph_keeps_it(&written), "{text} {local}");
            assert_eq!(kept, as_oxigraph_keeps_it(&kept), "{text} {local}");
            assert!(is_datatype(NamedNodeRef::new_unchecked(&datatype)), "{local}");
        }
    }

    #[test]
    fn what_is_no_value_of_its_datatype_is_refused() {
        for (text, local) in [
            ("abc", "integer"),
            ("", "integer"),
            ("128", "byte"),
            ("-1", "unsignedInt"),
            ("0", "positiveInteger"),
            ("1973", "gYaer"),
            ("1973-13", "gYearMonth"),
            ("2025-02-30", "date"),
            ("yes", "boolean"),
            ("2025-07-11T10:00:00", "dateTimeStamp"),
        ] {
            let datatype = format!("{XSD}{local}");
            assert_eq!(canonical(text, NamedNodeRef::new_unchecked(&datatype)), None, "{text} {local}");
            assert_eq!(is_datatype(NamedNodeRef::new_unchecked(&datatype)), local != "gYaer");
        }
    }

    proptest! {
        #[test]
        fn any_number_is_kept_as_oxigraph_keeps_it(value in any::<f64>(), whole in any::<i64>()) {
            for (text, datatype) in [
                (value.to_string(), xsd::DOUBLE), (value.to_string(), xsd::FLOAT), (whole.to_string(), xsd::INTEGER),
                (format!("{}.{}", whole / 1000, whole.unsigned_abs() % 1000), xsd::DECIMAL),
            ] {
                if let Some(kept) = canonical(&text, datatype) {
                    let written = Literal::new_typed_literal(&*text, datatype);
                    prop_assert_eq!(&kept, &as_oxigraph_keeps_it(&written));
                }
            }
        }
    }
}
