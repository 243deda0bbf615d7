//! The `expect` decorator: what every result of a stored query must satisfy.

use serde::{Deserialize, Deserializer};
use spargebra::Query;
use std::fmt;
use std::str::FromStr;

/// The condition that every result must satisfy: `none`, `some`, `true`, `false`, or a number of rows (`"3"`, `"3.."`, `"..10"`,
/// `"3..10"`, both ends included).
///
/// ```
/// use factloom::query::Expectation;
///
/// let expect: Expectation = "3..".parse()?;
/// assert!(expect.accepts_rows(3) && !expect.accepts_rows(2));
/// assert!("..".parse::<Expectation>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The result of ASK.
    Boolean(bool),
    /// The least and the most rows or triples; `None` if there is no upper bound.
    Rows(u64, Option<u64>),
}

impl Expectation {
    /// Whether a result with this number of rows or triples is expected.
    pub fn accepts_rows(self, rows: u64) -> bool {
        matches!(self, Self::Rows(least, most) if rows >= least && most.is_none_or(|most| rows <= most))
    }

    /// Whether a boolean is expected.
    pub fn accepts_boolean(self, result: bool) -> bool {
        self == Self::Boolean(result)
    }

    /// Whether it applies to the form of a query.
    pub fn applies_to(self, query: &Query) -> bool {
        matches!(self, Self::Boolean(_)) == matches!(query, Query::Ask { .. })
    }
}

impl FromStr for Expectation {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let invalid = || {
            format!(
                "invalid expectation `{written}`: expected none, some, true, false, or a number of rows such as \"3..\" or \
                 \"..10\""
            )
        };
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| invalid());
        let (least, most) = match written.trim() {
            "true" => return Ok(Self::Boolean(true)),
            "false" => return Ok(Self::Boolean(false)),
            "none" => (0, Some(0)),
            "some" => (1, None),
            range => match range.split_once("..") {
                None => (number(range)?, Some(number(range)?)),
                Some(("", "")) => return Err(invalid()),
                Some(("", most)) => (0, Some(number(most)?)),
                Some((least, "")) => (number(least)?, None),
                Some((least, most)) => (number(least)?, Some(number(most)?)),
            },
        };
        if most.is_some_and(|most| most < least) {
            return Err(invalid());
        }
        Ok(Self::Rows(least, most))
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(result) => write!(f, "{result}"),
            Self::Rows(0, Some(0)) => f.write_str("none"),
            Self::Rows(1, None) => f.write_str("some"),
            Self::Rows(least, Some(most)) if least == most => write!(f, "{least}"),
            Self::Rows(0, Some(most)) => write!(f, "..{most}"),
            Self::Rows(least, None) => write!(f, "{least}.."),
            Self::Rows(least, Some(most)) => write!(f, "{least}..{most}"),
        }
    }
}

impl<'de> Deserialize<'de> for Expectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::decorators::Scalar::deserialize(deserializer)?.0.parse().map_err(serde::de::Error::custom)
    }
}
