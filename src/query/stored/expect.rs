//! What any answer of a stored query must be like.

use serde::{Deserialize, Deserializer};
use spargebra::Query;
use std::fmt;
use std::str::FromStr;

/// What any answer must be like: `none`, `some`, `true`, `false`, or how many rows there may be (`"3"`, `"3.."`, `"..10"`,
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
    /// The answer to ASK.
    Boolean(bool),
    /// So many rows or triples: the least, and the most where there is a bound.
    Rows(u64, Option<u64>),
}

impl Expectation {
    /// Whether an answer may have so many rows, or a graph so many triples.
    pub fn accepts_rows(self, rows: u64) -> bool {
        matches!(self, Self::Rows(least, most) if rows >= least && most.is_none_or(|most| rows <= most))
    }

    /// Whether true or false may be the answer.
    pub fn accepts_boolean(self, answer: bool) -> bool {
        self == Self::Boolean(answer)
    }

    /// Whether it speaks of the kind of answer that a query has.
    pub fn fits(self, query: &Query) -> bool {
        matches!(self, Self::Boolean(_)) == matches!(query, Query::Ask { .. })
    }
}

impl FromStr for Expectation {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{written}` is no expectation: none, some, true, false, or a number of rows such as \"3..\" or \"..10\""
            )
        };
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| wrong());
        let (least, most) = match written.trim() {
            "true" => return Ok(Self::Boolean(true)),
            "false" => return Ok(Self::Boolean(false)),
            "none" => (0, Some(0)),
            "some" => (1, None),
            range => match range.split_once("..") {
                None => (number(range)?, Some(number(range)?)),
                Some(("", "")) => return Err(wrong()),
                Some(("", most)) => (0, Some(number(most)?)),
                Some((least, "")) => (number(least)?, None),
                Some((least, most)) => (number(least)?, Some(number(most)?)),
            },
        };
        if most.is_some_and(|most| most < least) {
            return Err(wrong());
        }
        Ok(Self::Rows(least, most))
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(answer) => write!(f, "{answer}"),
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
