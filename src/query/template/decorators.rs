//! Decorators: the metadata of a stored query.

use super::Expectation;
use super::diagram::{self, DiagramSettings};
use crate::diagnostic::did_you_mean;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

/// The metadata of a query, as [grlc](https://grlc.io) defines it: YAML in comment lines that begin with `#+`. `parameters`,
/// `expect`, `cases` and `diagram` are extensions, which grlc ignores. Decorators of grlc without a use here are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Decorators {
    /// What the query returns, in one line.
    pub summary: Option<String>,
    /// A longer description.
    pub description: Option<String>,
    /// Tags that group queries.
    pub tags: Vec<String>,
    /// What the values of parameters are, and how they match.
    pub parameters: NamedValues<String>,
    /// The default values of parameters.
    pub defaults: NamedValues<Scalar>,
    /// The allowed values of parameters; an empty list stands for the values in the graph.
    pub enumerate: NamedValues<Vec<Scalar>>,
    /// The condition that every result must satisfy.
    pub expect: Option<Expectation>,
    /// Test cases: sets of values, by name.
    pub cases: NamedValues<NamedValues<Scalar>>,
    /// The settings of the diagram that the query draws; `None` if it draws none.
    #[serde(deserialize_with = "diagram::present")]
    pub diagram: Option<DiagramSettings>,
}

impl Decorators {
    /// Parses the decorators of a query's text.
    ///
    /// # Errors
    ///
    /// Returns an error if they are not valid YAML, or a value is not of the expected kind.
    ///
    /// ```
    /// use factloom::query::Decorators;
    ///
    /// let text = "#+ summary: \"Who built it?\"\n#+ tags:\n#+   - history\n#+ defaults:\n#+   - year: 1973\nASK {}";
    /// let decorators = Decorators::parse(text)?;
    /// assert_eq!(decorators.summary.as_deref(), Some("Who built it?"));
    /// assert_eq!(decorators.tags, ["history"]);
    /// assert_eq!(decorators.defaults.get("year").unwrap().0, "1973");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DecoratorsError> {
        let yaml: String = Self::lines(text).flat_map(|(_, line)| [line, "\n"]).collect();
        if yaml.trim().is_empty() {
            return Ok(Self::default());
        }
        // As in grlc, `y` and `n` are strings.
        let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
        serde_saphyr::from_str_with_options(&yaml, options).map_err(|error| {
            let number = error.location().and_then(|location| usize::try_from(location.line()).ok());
            let line = number.and_then(|number| Self::lines(text).nth(number.saturating_sub(1)));
            DecoratorsError { line: line.map(|(number, _)| number), message: message(&error) }
        })
    }

    /// Whether a query's text has decorators.
    pub fn are_present(text: &str) -> bool {
        Self::lines(text).next().is_some()
    }

    /// The lines of the decorators without `#+`, each with its number in the text, counted from 1.
    fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
        let lines = text.lines().enumerate();
        lines.filter_map(|(index, line)| {
            let line = line.trim_start().strip_prefix("#+")?;
            Some((index + 1, line.strip_prefix(' ').unwrap_or(line)))
        })
    }
}

/// Why decorators cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecoratorsError {
    /// The line of the query's text, counted from 1, if it is known.
    pub line: Option<usize>,
    /// What is wrong, and after a colon what was expected.
    pub message: String,
}

fn message(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error as E;
    match error.without_snippet() {
        E::Message { msg, .. } => msg.clone(),
        E::SerdeInvalidType { expected, .. } | E::SerdeInvalidValue { expected, .. } => {
            format!("invalid value in the decorators: expected {expected}")
        }
        E::Unexpected { expected, .. } if expected.contains("mapping") => {
            "invalid value in the decorators: expected a map".to_owned()
        }
        E::Unexpected { expected, .. } if expected.contains("sequence") => {
            "invalid value in the decorators: expected a list".to_owned()
        }
        E::Unexpected { .. } | E::InvalidScalar { .. } | E::InvalidBooleanStrict { .. } => {
            "invalid value in the decorators: unexpected type".to_owned()
        }
        E::SerdeUnknownField { field, expected, .. } => {
            let help = did_you_mean(field, expected.iter().copied(), format!("expected {}", expected.join(", ")));
            format!("unknown setting `{field}` in the decorators: {help}")
        }
        E::DuplicateMappingKey { key: Some(key), .. } => format!("duplicate key `{key}` in the decorators"),
        _ => "invalid YAML in the decorators".to_owned(),
    }
}

/// A scalar as written: `1.0` does not become 1, nor `007` a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Scalar(pub String);

/// Values by name, written as a map, a list of maps, or a list of names with default values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedValues<T>(pub BTreeMap<String, T>);

impl<T> NamedValues<T> {
    /// The value with a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.get(name)
    }

    fn insert<E: Error>(&mut self, name: String, value: T) -> Result<(), E> {
        match self.0.entry(name) {
            Entry::Occupied(entry) => Err(E::custom(format!("duplicate key `{}` in the decorators", entry.key()))),
            Entry::Vacant(entry) => {
                entry.insert(value);
                Ok(())
            }
        }
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for NamedValues<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamedValuesVisitor(Self::default()))
    }
}

struct NamedValuesVisitor<T>(NamedValues<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for NamedValuesVisitor<T> {
    type Value = NamedValues<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names, a list of names with values, or a map")
    }

    fn visit_str<E: Error>(mut self, name: &str) -> Result<NamedValues<T>, E> {
        self.0.insert(name.to_owned(), T::default())?;
        Ok(self.0)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<NamedValues<T>, A::Error> {
        while let Some((name, value)) = map.next_entry::<String, Option<T>>()? {
            self.0.insert(name, value.unwrap_or_default())?;
        }
        Ok(self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<NamedValues<T>, A::Error> {
        while let Some(NamedValues(values)) = list.next_element()? {
            for (name, value) in values {
                self.0.insert(name, value)?;
            }
        }
        Ok(self.0)
    }
}
