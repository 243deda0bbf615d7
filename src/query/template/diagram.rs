//! The `diagram` decorator: settings of the diagram that a stored query draws.

use super::decorators::Scalar;
use crate::model::{ClusterBy, RankDir};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::str::FromStr;

/// Settings of a diagram, as set in a stored query's `diagram` or by the long options of the same names.
///
/// ```
/// use factloom::query::Decorators;
///
/// let decorators = Decorators::parse("#+ diagram:\n#+   legend: true\n#+   rankdir: TB\nCONSTRUCT {} {}")?;
/// let settings = decorators.diagram.unwrap();
/// assert_eq!((settings.legend, settings.footnotes), (Some(true), None));
/// let error = Decorators::parse("#+ diagram:\n#+   legnd: true").unwrap_err();
/// assert_eq!(error.message, "unknown setting `legnd` in the decorators: did you mean `legend`?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DiagramSettings {
    /// The title.
    pub title: Option<String>,
    /// What the entities of a cluster have in common.
    #[serde(deserialize_with = "choice")]
    pub cluster: Option<ClusterBy>,
    /// Whether a legend explains the styles.
    pub legend: Option<bool>,
    /// Whether statements are numbered and their evidence is listed below.
    pub footnotes: Option<bool>,
    /// Whether nodes list the literals of their entities.
    pub attributes: Option<bool>,
    /// Whether statements with the same predicate and entities are one edge.
    pub merge: Option<bool>,
    /// The direction of edges.
    #[serde(deserialize_with = "choice")]
    pub rankdir: Option<RankDir>,
    /// The language of the labels.
    pub lang: Option<String>,
    /// The largest number of entities.
    pub max_nodes: Option<usize>,
}

impl DiagramSettings {
    /// These settings, with those of `others` where a setting is `None`.
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

fn choice<'de, D: Deserializer<'de>, T: FromStr<Err: ToString>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let Scalar(value) = Scalar::deserialize(deserializer)?;
    let error = |e: T::Err| D::Error::custom(format!("invalid value in the decorators: {}", e.to_string()));
    value.parse().map(Some).map_err(error)
}

/// Deserializes `diagram`, which also counts as present if it is empty.
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
    fn settings_are_parsed() {
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
    fn invalid_settings_are_rejected() {
        assert!(settings("diagram:\n  rankdir: up").unwrap_err().contains("LR, RL, TB, BT"));
        assert!(settings("diagram:\n  legend: 3").unwrap_err().contains("invalid value"));
        assert!(settings("diagram:\n  colour: red").unwrap_err().contains("expected title, cluster"));
        assert!(settings("diagram: true").unwrap_err().contains("expected a map"));
    }

    #[test]
    fn the_error_about_a_setting_has_its_line() {
        let error =
            Decorators::parse("#+ diagram:\n#+   legend: true\n#+   legnd: true\n#+   merge: true").unwrap_err();
        assert_eq!(error.line, Some(3), "{error}");
    }
}
