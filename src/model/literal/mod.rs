//! The lexical and the canonical forms of literals.
//!
//! A literal is valid if its string is in the lexical space of its datatype, as
//! [XML Schema 1.1](https://www.w3.org/TR/xmlschema11-2/) defines it. A graph holds literals as they are written: `"01"^^xsd:integer` and
//! `"1"^^xsd:int` are different terms, and neither is `1`, though all three have the same value.

mod correction;
mod datatype;
mod number;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use correction::literal_help;
pub(crate) use number::ExactNumber;
pub(crate) use value::{exact_number, literal_value, term_value};

use super::vocab::{rdf, xsd};
use datatype::{DATATYPES, Datatype, integer_bounds};
use oxigraph::model::{Literal, NamedNodeRef, Term};

pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// Whether a string is in the lexical space of a datatype.
///
/// A datatype outside XML Schema accepts any string, except those whose literals have a language. An IRI in the XML Schema namespace that
/// XML Schema does not define is not a datatype.
///
/// ```
/// use factloom::model::{literal::is_valid, vocab::xsd};
///
/// assert!(is_valid("007", xsd::INTEGER));
/// assert!(!is_valid("soon", xsd::DATE));
/// assert!(!is_valid("inf", xsd::DOUBLE));
/// ```
pub fn is_valid(string: &str, datatype: NamedNodeRef<'_>) -> bool {
    match datatype.as_str().strip_prefix(XSD) {
        Some(name) => Datatype::named(name).is_some_and(|datatype| datatype.contains(string)),
        None => is_datatype(datatype),
    }
}

/// The literal of a datatype that has the same value as a string, in the form in which queries write computed values; `None` if the string
/// is not [valid](is_valid).
///
/// ```
/// use factloom::model::{literal::canonical, vocab::xsd};
///
/// assert_eq!(canonical("007", xsd::INTEGER).unwrap().value(), "7");
/// assert_eq!(canonical("2025-07-11T10:00:00.0+00:00", xsd::DATE_TIME).unwrap().value(), "2025-07-11T10:00:00Z");
/// assert_eq!(canonical("soon", xsd::DATE), None);
/// ```
pub fn canonical(string: &str, datatype: NamedNodeRef<'_>) -> Option<Literal> {
    if !is_valid(string, datatype) {
        return None;
    }
    let literal = Literal::new_typed_literal(string, datatype);
    if let Some(number) = exact_number(literal.as_ref().into()) {
        return Some(Literal::new_typed_literal(number.to_plain_string(), datatype));
    }
    match Term::from(term_value(literal.into())) {
        Term::Literal(literal) => Some(Literal::new_typed_literal(literal.destruct().0, datatype)),
        _ => None,
    }
}

/// Whether an IRI is a datatype of XML Schema, or is outside XML Schema. `xsd:anySimpleType` and `xsd:anyAtomicType` are not datatypes of
/// literals.
pub fn is_datatype(datatype: NamedNodeRef<'_>) -> bool {
    match datatype.as_str().strip_prefix(XSD) {
        Some(name) => Datatype::named(name).is_some(),
        None => !needs_language(datatype),
    }
}

/// Whether the literals of a datatype have a language in addition to a string.
pub(crate) fn needs_language(datatype: NamedNodeRef<'_>) -> bool {
    [rdf::LANG_STRING, rdf::DIR_LANG_STRING].contains(&datatype)
}

/// The local names of the datatypes of XML Schema.
pub(crate) fn xsd_names() -> impl Iterator<Item = &'static str> {
    DATATYPES.iter().map(|datatype| datatype.name)
}

/// Whether the values of a datatype are integers.
pub fn is_integer(datatype: NamedNodeRef<'_>) -> bool {
    datatype.as_str().strip_prefix(XSD).is_some_and(|name| integer_bounds(name).is_some())
}

/// Whether the values of a datatype are numbers.
pub fn is_number(datatype: NamedNodeRef<'_>) -> bool {
    is_integer(datatype) || [xsd::DECIMAL, xsd::DOUBLE, xsd::FLOAT].contains(&datatype)
}

/// An example value of a datatype of XML Schema.
pub fn example(datatype: NamedNodeRef<'_>) -> Option<&'static str> {
    Some(Datatype::named(datatype.as_str().strip_prefix(XSD)?)?.example)
}

/// Whether a character is valid in [XML 1.0](https://www.w3.org/TR/xml/#charsets). Others are rejected everywhere.
pub fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}
