//! The canonical form of literals.
//!
//! Oxigraph's store normalises literals of the datatypes that it computes with: it stores `"01"^^xsd:integer` and
//! `"1"^^xsd:int` as `"1"^^xsd:integer`. factloom puts every literal in this form before mapping it to RDF, so that a graph
//! is the same in every store.

use super::vocab::xsd;
use oxigraph::model::{Literal, NamedNodeRef};
use oxsdatatypes::{
    Boolean, Date, DateTime, DayTimeDuration, Decimal, Double, Duration, Float, GDay, GMonth, GMonthDay, GYear,
    GYearMonth, Integer, Time, YearMonthDuration,
};
use std::fmt::Display;
use std::str::FromStr;

pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The canonical literal of a string and a datatype; `None` if the string is not a valid value of the datatype.
///
/// Datatypes that Oxigraph does not compute with accept any string. An IRI in the XML Schema namespace that XML Schema does
/// not define is not a datatype.
///
/// ```
/// use factloom::model::{literal::canonical, vocab::xsd};
///
/// assert_eq!(canonical("007", xsd::INTEGER).unwrap().value(), "7");
/// assert_eq!(canonical("soon", xsd::DATE), None);
/// ```
pub fn canonical(string: &str, datatype: NamedNodeRef<'_>) -> Option<Literal> {
    let Some(local) = datatype.as_str().strip_prefix(XSD) else {
        return is_datatype(datatype).then(|| Literal::new_typed_literal(string, datatype));
    };
    if STRING_TYPES.contains(&local) || exceeds_oxigraph(string, local) {
        return Some(Literal::new_typed_literal(string, datatype));
    }
    if let Some((least, most)) = integer_bounds(local) {
        let value = i64::from(string.parse::<Integer>().ok()?);
        let in_bounds = (least..=most).contains(&value.into());
        return in_bounds.then(|| Literal::new_typed_literal(value.to_string(), xsd::INTEGER));
    }
    if local == "dateTimeStamp" {
        let moment: DateTime = string.parse().ok()?;
        moment.timezone()?;
        return Some(Literal::new_typed_literal(moment.to_string(), xsd::DATE_TIME));
    }
    let (_, canonical) = NATIVE_DATATYPES.iter().find(|(name, _)| *name == local)?;
    Some(Literal::new_typed_literal(canonical(string)?, datatype))
}

/// Whether an IRI is a known XSD datatype, or is outside XSD.
pub fn is_datatype(datatype: NamedNodeRef<'_>) -> bool {
    match datatype.as_str().strip_prefix(XSD) {
        Some(local) => {
            NATIVE_DATATYPES.iter().any(|(name, _)| *name == local)
                || STRING_TYPES.contains(&local)
                || local == "dateTimeStamp"
                || integer_bounds(local).is_some()
        }
        // A literal of one of these also needs a language.
        None => !datatype.as_str().ends_with("#langString") && !datatype.as_str().ends_with("#dirLangString"),
    }
}

/// Whether the values of a datatype are integers.
pub fn is_integer(datatype: NamedNodeRef<'_>) -> bool {
    datatype.as_str().strip_prefix(XSD).is_some_and(|local| integer_bounds(local).is_some())
}

/// An example value of a datatype.
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

/// The canonical form of a lexical form; `None` if it is invalid.
type Canonicalize = fn(&str) -> Option<String>;

/// The datatypes of XML Schema that Oxigraph computes with, except the integers, and their canonical forms.
const NATIVE_DATATYPES: [(&str, Canonicalize); 15] = [
    ("boolean", reformat::<Boolean>),
    ("float", reformat::<Float>),
    ("double", reformat::<Double>),
    ("decimal", reformat::<Decimal>),
    ("dateTime", reformat::<DateTime>),
    ("time", reformat::<Time>),
    ("date", reformat::<Date>),
    ("gYear", reformat::<GYear>),
    ("gYearMonth", reformat::<GYearMonth>),
    ("gMonthDay", reformat::<GMonthDay>),
    ("gDay", reformat::<GDay>),
    ("gMonth", reformat::<GMonth>),
    ("duration", reformat::<Duration>),
    ("yearMonthDuration", reformat::<YearMonthDuration>),
    ("dayTimeDuration", reformat::<DayTimeDuration>),
];

fn reformat<T: FromStr + Display>(string: &str) -> Option<String> {
    Some(string.parse::<T>().ok()?.to_string())
}

/// The other datatypes of XML Schema, whose literals are stored as written.
#[rustfmt::skip]
const STRING_TYPES: [&str; 17] = [
    "string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "NMTOKENS", "anyURI", "QName",
    "NOTATION", "hexBinary", "base64Binary", "ID", "IDREF", "ENTITY", "anyAtomicType",
];

/// Whether a string is a valid integer or decimal that Oxigraph's 64-bit integers or its decimals cannot hold.
fn exceeds_oxigraph(string: &str, local: &str) -> bool {
    if string.len() <= 18 {
        return false;
    }
    let digits = string.strip_prefix(['+', '-']).unwrap_or(string);
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    match local {
        "integer" => is_digits(digits) && string.parse::<Integer>().is_err(),
        "decimal" => is_digits(&digits.replacen('.', "", 1)) && string.parse::<Decimal>().is_err(),
        _ => false,
    }
}

/// The least and the greatest value of `xsd:integer` and the types derived from it, within 64 bits.
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

/// Whether a character is valid in [XML 1.0](https://www.w3.org/TR/xml/#charsets). Others are rejected everywhere.
pub fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::{GraphName, Quad, Term};
    use oxigraph::store::Store;
    use proptest::prelude::*;

    /// The form in which Oxigraph's memory store holds a literal.
    fn in_oxigraph(literal: &Literal) -> Literal {
        let store = Store::new().unwrap();
        let quad = Quad::new(xsd::STRING, xsd::STRING, literal.clone(), GraphName::DefaultGraph);
        store.insert(&quad).unwrap();
        match store.iter().next().unwrap().unwrap().object {
            Term::Literal(stored) => stored,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn canonical_values_are_those_of_oxigraph() {
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
            let stored = canonical(text, NamedNodeRef::new_unchecked(&datatype)).unwrap();
            assert_eq!(stored, in_oxigraph(&written), "{text} {local}");
            assert_eq!(stored, in_oxigraph(&stored), "{text} {local}");
            assert!(is_datatype(NamedNodeRef::new_unchecked(&datatype)), "{local}");
        }
    }

    #[test]
    fn invalid_values_are_rejected() {
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
        fn canonical_numbers_are_those_of_oxigraph(value in any::<f64>(), whole in any::<i64>()) {
            for (text, datatype) in [
                (value.to_string(), xsd::DOUBLE), (value.to_string(), xsd::FLOAT), (whole.to_string(), xsd::INTEGER),
                (format!("{}.{}", whole / 1000, whole.unsigned_abs() % 1000), xsd::DECIMAL),
            ] {
                if let Some(stored) = canonical(&text, datatype) {
                    let written = Literal::new_typed_literal(&*text, datatype);
                    prop_assert_eq!(&stored, &in_oxigraph(&written));
                }
            }
        }
    }
}
