//! What a stored query says of itself.

use super::Expectation;
use super::diagram::{self, DiagramSettings};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

/// What a stored query says of itself, in the words of [grlc](https://grlc.io): comment lines that begin with `#+` and
/// hold YAML. `expect`, `cases` and `diagram` are factloom's own, which grlc passes over, as factloom does those that it has no use for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Decorators {
    /// What the query answers, in one line.
    pub summary: Option<String>,
    /// What there is to know besides.
    pub description: Option<String>,
    /// What it belongs to.
    pub tags: Vec<String>,
    /// The values that parameters have where none is given.
    pub defaults: NamedValues<Scalar>,
    /// The parameters whose values are listed: from the graph where none are given with the name.
    pub enumerate: NamedValues<Vec<Scalar>>,
    /// What any answer must be like.
    pub expect: Option<Expectation>,
    /// Sets of values to ask the query with in tests, each by its name.
    pub cases: NamedValues<NamedValues<Scalar>>,
    /// How the diagram looks that is drawn of what the query chooses; `None` where it is no diagram.
    #[serde(deserialize_with = "diagram::present")]
    pub diagram: Option<DiagramSettings>,
}

impl Decorators {
    /// Reads the decorators of a query's text.
    ///
    /// # Errors
    ///
    /// Where they are no YAML, or not of the kind that grlc takes.
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
        // As in grlc's YAML, `y` and `n` are names.
        let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
        serde_saphyr::from_str_with_options(&yaml, options).map_err(|e| {
            let number = e.location().and_then(|place| usize::try_from(place.line()).ok());
            let line = number.and_then(|number| Self::lines(text).nth(number.saturating_sub(1)));
            DecoratorsError { line: line.map(|(number, _)| number), message: message(&e.to_string()) }
        })
    }

    /// Whether a query's text has decorators at all.
    pub fn are_present(text: &str) -> bool {
        Self::lines(text).next().is_some()
    }

    /// The lines of the decorators without their sign, each with its number in the text, counted from 1.
    fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
        let lines = text.lines().enumerate();
        lines.filter_map(|(number, line)| {
            let line = line.trim_start().strip_prefix("#+")?;
            Some((number + 1, line.strip_prefix(' ').unwrap_or(line)))
        })
    }
}

/// Why decorators cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecoratorsError {
    /// The line of the query's text, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// What YAML's reader says, without the place, which is one in the decorators and not in the file.
fn message(said: &str) -> String {
    let said = said.strip_prefix("error: ").unwrap_or(said);
    let behind = said.strip_prefix("line ").and_then(|rest| rest.split_once(": ")).map(|(_, rest)| rest);
    let first = behind.unwrap_or(said).lines().next().unwrap_or_default();
    first.rsplit_once(" at line ").map_or(first, |(message, _)| message).to_owned()
}

/// A value as it is written: `1.0` is not 1 here, and an id of digits stays one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Scalar(pub String);

/// Things by name: written as a map, as a list of maps, or, where the name says enough, as a list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedValues<T>(pub BTreeMap<String, T>);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for NamedValues<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading(BTreeMap::new()))
    }
}

/// Namespaces and things that are being read; those that are already there.
struct Reading<T>(BTreeMap<String, T>);

impl<T> Reading<T> {
    fn add<E: Error>(&mut self, name: String, thing: T) -> Result<(), E> {
        match self.0.entry(name) {
            Entry::Occupied(there) => Err(E::custom(format!("`{}` is there twice", there.key()))),
            Entry::Vacant(free) => {
                free.insert(thing);
                Ok(())
            }
        }
    }
}

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Reading<T> {
    type Value = NamedValues<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names: a list of names, of names with values, or a map")
    }

    fn visit_str<E: Error>(mut self, name: &str) -> Result<NamedValues<T>, E> {
        self.add(name.to_owned(), T::default())?;
        Ok(NamedValues(self.0))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<NamedValues<T>, A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let thing = map.next_value::<Option<T>>()?;
            self.add(name, thing.unwrap_or_default())?;
        }
        Ok(NamedValues(self.0))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<NamedValues<T>, A::Error> {
        while let Some(item) = list.next_element::<NamedValues<T>>()? {
            for (name, thing) in item.0 {
                self.add(name, thing)?;
            }
        }
        Ok(NamedValues(self.0))
    }
}

impl<T> NamedValues<T> {
    /// The thing of a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.get(name)
    }
}
