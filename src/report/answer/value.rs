//! Terms by what they are worth: numbers of any type and spelling become one.

use crate::model::literal::is_integer;
use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNode, Term, Triple};

/// No datatype of anybody's: numbers that are written in one way only.
const NUMBER: &str = "urn:factloom:number";

/// A term in which each number, however it is typed and written, is the same literal as all that are equal to it.
///
/// A literal that its type does not allow is no number. Nothing is rounded: digits are compared and not what a machine makes
/// of them.
pub(in crate::report) fn by_value(term: &Term) -> Term {
    match term {
        Term::Literal(literal) => match worth(literal) {
            Some(number) => Literal::new_typed_literal(number, NamedNode::new_unchecked(NUMBER)).into(),
            None => term.clone(),
        },
        Term::Triple(triple) => {
            Triple::new(triple.subject.clone(), triple.predicate.clone(), by_value(&triple.object)).into()
        }
        Term::NamedNode(_) | Term::BlankNode(_) => term.clone(),
    }
}

/// Whether a literal is a number.
pub(in crate::report) fn is_number(literal: &Literal) -> bool {
    worth(literal).is_some()
}

/// What a literal is worth, where it is a number.
fn worth(literal: &Literal) -> Option<String> {
    let (datatype, text) = (literal.datatype(), literal.value());
    let allowed = match datatype {
        xsd::DOUBLE | xsd::FLOAT => true,
        xsd::DECIMAL => !text.contains(['e', 'E', 'N']),
        _ if is_integer(datatype) => !text.contains(['e', 'E', 'N', '.']),
        _ => false,
    };
    number(text).filter(|_| allowed)
}

/// What a text is worth as a number: its sign, its digits from the first to the last that is not zero, and the power of ten
/// to multiply them with.
pub(in crate::report) fn number(text: &str) -> Option<String> {
    match text {
        "NaN" | "INF" | "-INF" => return Some(text.to_owned()),
        "+INF" => return Some("INF".to_owned()),
        _ => {}
    }
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{part}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Rust's parser takes a sign in front, as XML Schema does.
    let exponent = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(part.len()).ok()?)?;
    let written = digits.len();
    digits.truncate(digits.trim_end_matches('0').len());
    let exponent = exponent.checked_add(i64::try_from(written - digits.len()).ok()?)?;
    match digits.trim_start_matches('0') {
        "" => Some("0".to_owned()),
        digits => Some(format!("{sign}{digits}e{exponent}")),
    }
}
