//! How a diagram looks: Graphviz attributes by class, predicate, kind and status.

use super::graphviz::{AttributeTarget, unknown_attribute};
use super::json::{Record, RecordFormat};
use super::members::Members;
use super::vocabulary::Vocabulary;
use crate::diagnostic::{Code, Finding, Location};
use crate::model::Namespaces;
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
    /// Attributes of all frames around nodes.
    #[cfg_attr(test, schemars(with = "super::schema::Attributes"))]
    pub cluster: StyleAttributes,
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

impl RecordFormat for Style {
    const NAME: &'static str = "style";
}

/// Checks that a style speaks of classes and predicates of the vocabulary, and of attributes that Graphviz knows.
pub(super) fn check(style: &Record<Style>, vocabulary: &Vocabulary, names: &Namespaces, findings: &mut Vec<Finding>) {
    let Style { schema: _, graph, node, edge, cluster, class, predicate, kind, status } = &style.value;
    let mut at = |code, path: &[&str], message, help| {
        let path = path.iter().map(|step| (*step).into()).collect();
        let at = Location::Value { record: 0, path, key: true };
        findings.push(Finding::new(code, style.file, at, message).help(help));
    };
    for (name, _) in &class.0 {
        if let Err(help) = vocabulary.class(name, names) {
            at(Code::UnknownClass, &["class", name], format!("the vocabulary defines no class `{name}`"), help);
        }
    }
    for (name, _) in &predicate.0 {
        if let Err(help) = vocabulary.predicate(name, names) {
            let message = format!("the vocabulary defines no predicate `{name}`");
            at(Code::UnknownPredicate, &["predicate", name], message, help);
        }
    }
    let all = [("graph", graph, AttributeTarget::Graph), ("node", node, AttributeTarget::Node)];
    let all =
        all.into_iter().chain([("edge", edge, AttributeTarget::Edge), ("cluster", cluster, AttributeTarget::Cluster)]);
    let all = all.map(|(field, attributes, of)| (vec![field], attributes, of));
    let classes = class.0.iter().map(|(name, style)| (vec!["class", name.as_str()], style, AttributeTarget::Node));
    let predicates =
        predicate.0.iter().map(|(name, style)| (vec!["predicate", name.as_str()], style, AttributeTarget::Edge));
    let KindStyle { fact, claim, inference } = kind;
    let kinds = [("fact", fact), ("claim", claim), ("inference", inference)];
    let kinds = kinds.map(|(name, style)| (vec!["kind", name], style, AttributeTarget::Edge));
    let StatusStyle { reported, planned, possible, denied } = status;
    let statuses = [("reported", reported), ("planned", planned), ("possible", possible), ("denied", denied)];
    let statuses = statuses.map(|(name, style)| (vec!["status", name], style, AttributeTarget::Edge));
    for (path, attributes, of) in all.chain(classes).chain(predicates).chain(kinds).chain(statuses) {
        for (name, _) in &attributes.0 {
            if let Some((message, help)) = unknown_attribute(name, of) {
                at(Code::UnknownAttribute, &[&path[..], &[name]].concat(), message, help);
            }
        }
    }
}
