//! How a diagram looks: Graphviz attributes by class, predicate, kind and status.

use super::json::Format;
use super::members::Members;
use serde::{Deserialize, Serialize};

/// Graphviz attributes: name and value, sorted by name.
pub type StyleAttributes = Members<String>;

/// The style of a dataset's diagrams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Style {
    /// Where editors find the format of this file; not read.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// Attributes of the drawing.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub graph: StyleAttributes,
    /// Attributes of all nodes.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub node: StyleAttributes,
    /// Attributes of all edges.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub edge: StyleAttributes,
    /// Attributes of the nodes of a class and its subclasses.
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, super::schema::Attributes>"))]
    pub class: Members<StyleAttributes>,
    /// Attributes of the edges of a predicate.
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, super::schema::Attributes>"))]
    pub predicate: Members<StyleAttributes>,
    /// Attributes of facts, claims and inferences.
    pub kind: KindStyle,
    /// Attributes of claims by their status.
    pub status: StatusStyle,
}

/// Attributes of the edges of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct KindStyle {
    /// Of facts.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub fact: StyleAttributes,
    /// Of claims.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub claim: StyleAttributes,
    /// Of inferences.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub inference: StyleAttributes,
}

/// Attributes of the claims of each status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct StatusStyle {
    /// Of what somebody says.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub reported: StyleAttributes,
    /// Of what somebody means to do.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub planned: StyleAttributes,
    /// Of what may come about.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub possible: StyleAttributes,
    /// Of what somebody denies.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub denied: StyleAttributes,
}

impl Format for Style {
    const NAME: &'static str = "style";
}
