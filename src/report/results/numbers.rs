//! Numbers in a canonical form, independent of their datatype and spelling.

use crate::model::literal::{ExactNumber, is_integer};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNode, Term, Triple};

/// A private datatype for canonical numbers.
const CANONICAL: &str = "urn:factloom:number";

/// A term in which equal numbers are equal literals. Invalid literals are not numbers. Nothing is rounded: the digits are
/// compared.
pub(super) fn with_canonical_numbers(term: &Term) -> Term {
    match term {
        Term::Literal(literal) => match canonical_literal(literal) {
            Some(number) => Literal::new_typed_literal(number, NamedNode::new_unchecked(CANONICAL)).into(),
            None => term.clone(),
        },
        Term::Triple(triple) => {
            Triple::new(triple.subject.clone(), triple.predicate.clone(), with_canonical_numbers(&triple.object)).into()
        }
        Term::NamedNode(_) | Term::BlankNode(_) => term.clone(),
    }
}

/// Whether a literal is a number.
pub(in crate::report) fn is_number(literal: &Literal) -> bool {
    canonical_literal(literal).is_some()
}

fn canonical_literal(literal: &Literal) -> Option<String> {
    let (datatype, text) = (literal.datatype(), literal.value());
    let is_valid = match datatype {
        xsd::DOUBLE | xsd::FLOAT => true,
        xsd::DECIMAL => !text.contains(['e', 'E', 'N']),
        _ if is_integer(datatype) => !text.contains(['e', 'E', 'N', '.']),
        _ => false,
    };
    canonical_number(text).filter(|_| is_valid)
}

/// The canonical form of a number: its sign, its digits without leading and trailing zeros, and a power of ten.
pub(crate) fn canonical_number(text: &str) -> Option<String> {
    match text {
        "NaN" | "INF" | "-INF" => return Some(text.to_owned()),
        "+INF" => return Some("INF".to_owned()),
        _ => {}
    }
    let number = ExactNumber::parse(text)?;
    Some(match number.digits() {
        "" => "0".to_owned(),
        digits => format!("{}{digits}e{}", if number.is_negative() { "-" } else { "" }, number.power()),
    })
}
