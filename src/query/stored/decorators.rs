//! What a stored query says of itself.

use super::Expect;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a stored query says of itself, in the words of [grlc](https://grlc.io): comment lines that begin with `#+` and
/// hold YAML. `expect` and `cases` are factloom's own, which grlc passes over, as factloom does those that it has no use for.
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
    pub defaults: Named<Scalar>,
    /// The parameters whose values are listed: from the graph where none are given with the name.
    pub enumerate: Named<Vec<Scalar>>,
    /// What any answer must be like.
    pub expect: Option<Expect>,
    /// Sets of values to ask the query with in tests, each by its name.
    pub cases: Named<Named<Scalar>>,
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
    /// let decorators = Decorators::of(text)?;
    /// assert_eq!(decorators.summary.as_deref(), Some("Who built it?"));
    /// assert_eq!(decorators.tags, ["history"]);
    /// assert_eq!(decorators.defaults.get("year").unwrap().0, "1973");
    /// # Ok::<(), String>(())
    /// ```
    pub fn of(text: &str) -> Result<Self, String> {
        let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("#+"));
        let yaml: String = lines.flat_map(|line| [line.strip_prefix(' ').unwrap_or(line), "\n"]).collect();
        if yaml.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_saphyr::from_str(&yaml).map_err(|e| e.to_string())
    }
}

/// A value as YAML has it: a text, a number, `true` or `false`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "Any")]
pub struct Scalar(pub String);

#[derive(Deserialize)]
#[serde(untagged)]
enum Any {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}

impl From<Any> for Scalar {
    fn from(any: Any) -> Self {
        Self(match any {
            Any::Boolean(value) => value.to_string(),
            Any::Integer(value) => value.to_string(),
            Any::Number(value) => value.to_string(),
            Any::Text(value) => value,
        })
    }
}

/// Things by name: written as a map, as a list of maps, or, where the name says enough, as a list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Listed<T>", bound = "T: Deserialize<'de> + Default")]
pub struct Named<T>(pub BTreeMap<String, T>);

#[derive(Deserialize)]
#[serde(untagged, bound = "T: Deserialize<'de> + Default")]
enum Listed<T> {
    Map(BTreeMap<String, T>),
    List(Vec<Item<T>>),
}

#[derive(Deserialize)]
#[serde(untagged, bound = "T: Deserialize<'de> + Default")]
enum Item<T> {
    Map(BTreeMap<String, T>),
    Name(String),
}

impl<T: Default> From<Listed<T>> for Named<T> {
    fn from(listed: Listed<T>) -> Self {
        let items = match listed {
            Listed::Map(map) => return Self(map),
            Listed::List(items) => items,
        };
        let pairs = items.into_iter().flat_map(|item| match item {
            Item::Map(map) => map,
            Item::Name(name) => BTreeMap::from([(name, T::default())]),
        });
        Self(pairs.collect())
    }
}

impl<T> Named<T> {
    /// The thing of a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.get(name)
    }
}
