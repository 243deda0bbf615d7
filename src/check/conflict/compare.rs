//! Comparison of values: which ones exclude each other.

use super::Side;
use super::moments::{Moments, Scale, moments};
use crate::model::literal::{ExactNumber, is_number};
use crate::model::vocab::xsd;
use oxigraph::model::{LiteralRef, NamedNodeRef, Term};
use oxsdatatypes::Decimal;
use std::collections::BTreeMap;

/// The key by which values are compared. Different spellings of a value have equal keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Compared {
    Time(Moments),
    NegativeInfinity,
    Number(ExactNumber),
    Infinity,
    /// The language and the text of a string.
    Text(String, String),
    /// Another term, as N-Triples.
    Other(String),
}

impl Compared {
    pub(super) fn new(term: &Term) -> Self {
        let Term::Literal(literal) = term else { return Self::Other(term.to_string()) };
        let literal = literal.as_ref();
        if let Some(language) = literal.language() {
            let direction = literal.direction().map(|direction| format!("--{direction}")).unwrap_or_default();
            return Self::Text(language.to_owned(), format!("{}{direction}", literal.value()));
        }
        match (moments(literal), number(literal)) {
            (Some(moments), _) => Self::Time(moments),
            (_, Some(number)) => number,
            // The letter case of hexadecimal digits and the spaces between Base64 digits have no meaning.
            _ if literal.datatype() == HEX_BINARY => Self::Other(literal.to_string().to_ascii_uppercase()),
            _ if literal.datatype() == BASE64_BINARY => Self::Other(literal.to_string().replace(' ', "")),
            _ => Self::Other(literal.to_string()),
        }
    }
}

/// The object of a triple. Different spellings of a literal are equal, such as an instant in two time zones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Object<'a> {
    Resource(&'a Term),
    Literal(Compared),
}

impl<'a> Object<'a> {
    pub(super) fn new(term: &'a Term) -> Self {
        match term {
            Term::Literal(_) => Self::Literal(Compared::new(term)),
            _ => Self::Resource(term),
        }
    }
}

const BASE64_BINARY: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2001/XMLSchema#base64Binary");
const HEX_BINARY: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://www.w3.org/2001/XMLSchema#hexBinary");

/// A number by its digits, without rounding those of a double. NaN is compared as another term.
fn number(literal: LiteralRef<'_>) -> Option<Compared> {
    if !is_number(literal.datatype()) {
        return None;
    }
    let is_float = [xsd::DOUBLE, xsd::FLOAT].contains(&literal.datatype());
    match literal.value() {
        "INF" | "+INF" if is_float => Some(Compared::Infinity),
        "-INF" if is_float => Some(Compared::NegativeInfinity),
        text => ExactNumber::parse(text).map(Compared::Number),
    }
}

/// The first spelling of each distinct value, and its statements.
type Values<'a> = BTreeMap<Compared, (&'a Term, Vec<usize>)>;

/// Groups values with their statements into sides, one list of sides for each language of strings. Values that exclude no
/// other are omitted.
///
/// Takes O(n log n) time for n values.
pub(super) fn conflicting_sides<'a>(values: impl Iterator<Item = (&'a Term, usize)>) -> Vec<Vec<Side>> {
    let mut by_language: BTreeMap<Option<String>, Values<'_>> = BTreeMap::new();
    for (term, statement) in values {
        let compared = Compared::new(term);
        let language = match &compared {
            Compared::Text(language, _) => Some(language.clone()),
            _ => None,
        };
        let (_, statements) =
            by_language.entry(language).or_default().entry(compared).or_insert_with(|| (term, Vec::new()));
        if statements.last() != Some(&statement) {
            statements.push(statement);
        }
    }
    let side = |(term, statements): (&Term, Vec<usize>)| Side { value: Some(term.clone()), statements };
    let sides = by_language.into_values().map(|values| excluding(values).into_iter().map(side).collect::<Vec<_>>());
    sides.filter(|sides| sides.len() > 1).collect()
}

/// The distinct values that exclude at least one other.
fn excluding<T>(values: BTreeMap<Compared, T>) -> Vec<T> {
    let times = || values.keys().filter_map(|v| if let Compared::Time(moments) = v { Some(moments) } else { None });
    let is_comparable =
        || times().all(|time| times().next().is_some_and(|first| first.scale.is_comparable(time.scale)));
    if times().count() < values.len() || !is_comparable() {
        // Values of different kinds exclude each other.
        return if values.len() > 1 { values.into_values().collect() } else { Vec::new() };
    }
    let bounds = Scale::ALL.map(|scale| {
        let same = || times().filter(move |time| time.scale == scale);
        Some((scale, same().map(|time| time.to).min()?, same().map(|time| time.from).max()?))
    });
    let excludes = |time: &Moments| {
        bounds.iter().flatten().any(|(scale, first_end, last_start)| {
            let uncertainty = Decimal::from(time.scale.uncertainty(*scale));
            // A sum that is too large is after every moment.
            first_end.checked_add(uncertainty).is_some_and(|end| time.from > end)
                || last_start.checked_sub(uncertainty).is_some_and(|start| time.to < start)
        })
    };
    let excludes = |value: &Compared| matches!(value, Compared::Time(time) if excludes(time));
    values.into_iter().filter(|(value, _)| excludes(value)).map(|(_, statements)| statements).collect()
}
