//! The style of diagrams: Graphviz attributes by class, predicate, kind and status.

use super::graphviz::{AttributeTarget, refused, unknown_attribute};
use super::json::{Record, RecordFormat};
use super::members::Members;
use super::vocabulary::Vocabulary;
use crate::diagnostic::{Code, Finding, Findings, Location};
use crate::model::Namespaces;
use serde::{Deserialize, Serialize};

/// Graphviz attributes: names and values, sorted by name.
pub type StyleAttributes = Members<String>;

/// The style of a dataset's diagrams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Style {
    /// The JSON Schema of this file, for editors; ignored.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// Attributes of the graph.
    pub graph: StyleAttributes,
    /// Attributes of all nodes.
    pub node: StyleAttributes,
    /// Attributes of all edges.
    pub edge: StyleAttributes,
    /// Attributes of all clusters.
    pub cluster: StyleAttributes,
    /// Attributes of the nodes of a class and its subclasses.
    pub class: Members<StyleAttributes>,
    /// Attributes of the edges of a predicate.
    pub predicate: Members<StyleAttributes>,
    /// Attributes of facts, claims and inferences.
    pub kind: KindStyle,
    /// Attributes of claims by their status.
    pub status: StatusStyle,
}

/// Attributes of edges by the kind of their statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct KindStyle {
    /// Attributes of facts.
    pub fact: StyleAttributes,
    /// Attributes of claims.
    pub claim: StyleAttributes,
    /// Attributes of inferences.
    pub inference: StyleAttributes,
}

/// Attributes of claims by their status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct StatusStyle {
    /// Attributes of reported claims.
    pub reported: StyleAttributes,
    /// Attributes of planned claims.
    pub planned: StyleAttributes,
    /// Attributes of possible claims.
    pub possible: StyleAttributes,
    /// Attributes of denied claims.
    pub denied: StyleAttributes,
}

impl RecordFormat for Style {
    const NAME: &'static str = "style";
}

/// Reports unknown classes, predicates and Graphviz attributes, and attributes that are not safe. `is_in_dataset` tells whether a path is
/// one of a file in the dataset.
pub(super) fn check(
    style: &Record<Style>,
    vocabulary: &Vocabulary,
    namespaces: &Namespaces,
    is_in_dataset: &dyn Fn(&str) -> bool,
    findings: &mut Findings,
) {
    let mut report = |code, path: &[&str], message, label: &str, help| {
        let path = path.iter().map(|member| (*member).into()).collect();
        let location = Location::Value { record: 0, path, key: code != Code::UnsafeAttribute };
        findings.push(Finding::new(code, style.file, location, message).label(label).help(help));
    };
    let Style { schema: _, graph, node, edge, cluster, class, predicate, kind, status } = &style.value;
    for (name, _) in &class.0 {
        if let Err(help) = vocabulary.class(name, namespaces) {
            let message = format!("unknown class `{name}`");
            report(Code::UnknownClass, &["class", name], message, "not a class of the vocabulary", help);
        }
    }
    for (name, _) in &predicate.0 {
        if let Err(help) = vocabulary.predicate(name, namespaces) {
            let message = format!("unknown predicate `{name}`");
            report(Code::UnknownPredicate, &["predicate", name], message, "not a predicate of the vocabulary", help);
        }
    }
    let mut styles: Vec<(Vec<&str>, &StyleAttributes, AttributeTarget)> = vec![
        (vec!["graph"], graph, AttributeTarget::Graph),
        (vec!["node"], node, AttributeTarget::Node),
        (vec!["edge"], edge, AttributeTarget::Edge),
        (vec!["cluster"], cluster, AttributeTarget::Cluster),
        (vec!["kind", "fact"], &kind.fact, AttributeTarget::Edge),
        (vec!["kind", "claim"], &kind.claim, AttributeTarget::Edge),
        (vec!["kind", "inference"], &kind.inference, AttributeTarget::Edge),
        (vec!["status", "reported"], &status.reported, AttributeTarget::Edge),
        (vec!["status", "planned"], &status.planned, AttributeTarget::Edge),
        (vec!["status", "possible"], &status.possible, AttributeTarget::Edge),
        (vec!["status", "denied"], &status.denied, AttributeTarget::Edge),
    ];
    styles.extend(class.0.iter().map(|(name, style)| (vec!["class", name], style, AttributeTarget::Node)));
    styles.extend(predicate.0.iter().map(|(name, style)| (vec!["predicate", name], style, AttributeTarget::Edge)));
    for (path, attributes, target) in styles {
        for (name, value) in &attributes.0 {
            let path = [&path[..], &[name]].concat();
            if let Some((message, label, help)) = refused(name, value, is_in_dataset) {
                report(Code::UnsafeAttribute, &path, message, label, help);
            }
            if let Some((message, help)) = unknown_attribute(name, target) {
                let label = format!("not a Graphviz attribute of {}", target.letter_and_name().1);
                report(Code::UnknownAttribute, &path, message, &label, help);
            }
        }
    }
}
