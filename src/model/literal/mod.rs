//! The lexical and the canonical forms of literals.
//!
//! A literal is valid if its string is in the lexical space of its datatype, as
//! [XML Schema 1.1](https://www.w3.org/TR/xmlschema11-2/) defines it. Oxigraph's store normalises literals of the datatypes that it computes
//! with: it stores `"01"^^xsd:integer` and `"1"^^xsd:int` as `"1"^^xsd:integer`. factloom puts every literal in this form before mapping it
//! to RDF, so that a graph is the same in every store.

mod correction;
mod datatype;
#[cfg(test)]
mod tests;

pub(crate) use correction::literal_help;

use super::vocab::{rdf, xsd};
use datatype::{DATATYPES, Datatype, integer_bounds};
use oxigraph::model::{Literal, NamedNodeRef, Term};
use spareval::ExpressionTerm;

pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The canonical literal of a string and a datatype; `None` if the string is not a valid value of the datatype.
///
/// A datatype outside XML Schema accepts any string, except those whose literals have a language. An IRI in the XML Schema namespace that
/// XML Schema does not define is not a datatype.
///
/// ```
/// use factloom::model::{literal::canonical, vocab::xsd};
///
/// assert_eq!(canonical("007", xsd::INTEGER).unwrap().value(), "7");
/// assert_eq!(canonical("soon", xsd::DATE), None);
/// assert_eq!(canonical("inf", xsd::DOUBLE), None);
/// ```
pub fn canonical(string: &str, datatype: NamedNodeRef<'_>) -> Option<Literal> {
    if datatype == xsd::STRING {
        return Some(Literal::new_simple_literal(string));
    }
    let is_valid = match datatype.as_str().strip_prefix(XSD) {
        Some(name) => Datatype::named(name)?.contains(string),
        None => is_datatype(datatype),
    };
    if !is_valid {
        return None;
    }
    match Term::from(ExpressionTerm::from(Term::from(Literal::new_typed_literal(string, datatype)))) {
        Term::Literal(literal) => Some(literal),
        _ => None,
    }
}

/// Whether an IRI is a datatype of XML Schema, or is outside XML Schema. `xsd:anySimpleType` and `xsd:anyAtomicType` are not datatypes of
/// literals.
pub fn is_datatype(datatype: NamedNodeRef<'_>) -> bool {
    match datatype.as_str().strip_prefix(XSD) {
        Some(name) => Datatype::named(name).is_some(),
        // A literal of one of these also needs a language.
        None => datatype != rdf::LANG_STRING && datatype != rdf::DIR_LANG_STRING,
    }
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
