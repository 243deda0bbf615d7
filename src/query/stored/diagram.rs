//! What a stored query says of the diagram that it is.

use super::decorators::Scalar;
use crate::diagnostic::closest;
use crate::model::{ClusterBy, RankDir};
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::str::FromStr;

/// How a diagram is to look, as far as anybody says: in a stored query's `diagram`, or on the command line, where the long
/// options have the same names.
///
/// ```
/// use factloom::query::Decorators;
///
/// let decorators = Decorators::parse("#+ diagram:\n#+   legend: true\n#+   rankdir: TB\nCONSTRUCT {} {}")?;
/// let settings = decorators.diagram.unwrap();
/// assert_eq!((settings.legend, settings.footnotes), (Some(true), None));
/// let error = Decorators::parse("#+ diagram:\n#+   legnd: true").unwrap_err();
/// assert_eq!(error.message, "a diagram has no option `legnd`: did you mean `legend`?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiagramSettings {
    /// What the diagram shows.
    pub title: Option<String>,
    /// What entities in one frame have in common.
    pub cluster: Option<ClusterBy>,
    /// Whether it says what its looks mean.
    pub legend: Option<bool>,
    /// Whether statements are numbered, and what they rest on stands below.
    pub footnotes: Option<bool>,
    /// Whether what is said of an entity in literals stands in its box.
    pub attributes: Option<bool>,
    /// Whether statements of one predicate about the same two entities are drawn as one.
    pub merge: Option<bool>,
    /// The direction in which its lines run.
    pub rankdir: Option<RankDir>,
    /// The language of its labels.
    pub lang: Option<String>,
    /// How many entities it shows at most.
    pub max_nodes: Option<usize>,
}

/// The names of the options.
const NAMES: [&str; 9] =
    ["title", "cluster", "legend", "footnotes", "attributes", "merge", "rankdir", "lang", "max-nodes"];

impl DiagramSettings {
    fn set(&mut self, name: &str, value: String) -> Result<(), String> {
        match name {
            "title" => self.title = Some(value),
            "lang" => self.lang = Some(value),
            "cluster" => self.cluster = Some(read(name, &value)?),
            "rankdir" => self.rankdir = Some(read(name, &value)?),
            "max-nodes" => self.max_nodes = Some(read(name, &value)?),
            "legend" => self.legend = Some(read(name, &value)?),
            "footnotes" => self.footnotes = Some(read(name, &value)?),
            "attributes" => self.attributes = Some(read(name, &value)?),
            "merge" => self.merge = Some(read(name, &value)?),
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    /// These settings, and those of `others` where these say nothing.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            title: self.title.or(others.title),
            cluster: self.cluster.or(others.cluster),
            legend: self.legend.or(others.legend),
            footnotes: self.footnotes.or(others.footnotes),
            attributes: self.attributes.or(others.attributes),
            merge: self.merge.or(others.merge),
            rankdir: self.rankdir.or(others.rankdir),
            lang: self.lang.or(others.lang),
            max_nodes: self.max_nodes.or(others.max_nodes),
        }
    }
}

impl<'de> Deserialize<'de> for DiagramSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

/// Reads the options one by one, so that an error is at the place of its option.
struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = DiagramSettings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("options of a diagram, such as `legend: true`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DiagramSettings, A::Error> {
        let mut settings = DiagramSettings::default();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(Setting { settings: &mut settings, name: &name })?;
        }
        Ok(settings)
    }
}

/// The value of an option, which is set where it stands: an error has the place of what is being read.
struct Setting<'a> {
    settings: &'a mut DiagramSettings,
    name: &'a str,
}

impl<'de> DeserializeSeed<'de> for Setting<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Scalar(value) = Scalar::deserialize(deserializer)?;
        self.settings.set(self.name, value).map_err(D::Error::custom)
    }
}

fn read<T: FromStr<Err: ToString>>(name: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|e: T::Err| format!("the value of a diagram's `{name}` is wrong: `{value}`: {}", e.to_string()))
}

fn unknown(name: &str) -> String {
    let help = match closest(name, NAMES) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", NAMES.join(", ")),
    };
    format!("a diagram has no option `{name}`: {help}")
}

/// Reads settings that are there, though nothing may stand in them: a diagram all the same.
pub(super) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DiagramSettings>, D::Error> {
    Ok(Some(Option::<DiagramSettings>::deserialize(deserializer)?.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Decorators;

    fn settings(yaml: &str) -> Result<DiagramSettings, String> {
        let text: String = yaml.lines().flat_map(|line| ["#+ ", line, "\n"]).collect();
        Ok(Decorators::parse(&text).map_err(|e| e.message)?.diagram.unwrap())
    }

    #[test]
    fn options_are_read_as_they_are_on_the_command_line() {
        let read =
            settings("diagram:\n  title: \"A mill\"\n  cluster: location\n  max-nodes: 12\n  merge: false").unwrap();
        let expected = DiagramSettings {
            title: Some("A mill".to_owned()),
            cluster: Some(ClusterBy::Location),
            max_nodes: Some(12),
            merge: Some(false),
            ..DiagramSettings::default()
        };
        assert_eq!(read, expected);
        assert_eq!(settings("diagram:").unwrap(), DiagramSettings::default());
    }

    #[test]
    fn what_no_option_takes_is_refused() {
        assert!(settings("diagram:\n  rankdir: up").unwrap_err().contains("`up` is none of LR, RL, TB, BT"));
        assert!(settings("diagram:\n  legend: 3").unwrap_err().contains("`legend`"));
        assert!(settings("diagram:\n  colour: red").unwrap_err().contains("there are title, cluster"));
        assert!(settings("diagram: true").unwrap_err().contains("options of a diagram, such as `legend: true`"));
    }

    #[test]
    fn a_wrong_option_is_told_at_its_line() {
        let error =
            Decorators::parse("#+ diagram:\n#+   legend: true\n#+   legnd: true\n#+   merge: true").unwrap_err();
        assert_eq!(error.line, Some(3), "{error}");
    }
}
