//! The style of diagrams: Graphviz attributes by class, predicate, kind and status.

use super::graphviz::{AttributeTarget, refused, unknown_attribute};
use super::json::{Layout, Record, RecordFormat, read};
use super::manifest::Manifest;
use super::members::Members;
use super::status::Statuses;
use super::vocabulary::Vocabulary;
use super::{Reader, STYLE};
use crate::diagnostic::{Code, Finding, Findings, Location, Suggestion};
use crate::files::PathScope;
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
    /// Attributes of facts, claims, inferences and entailments.
    pub kind: KindStyle,
    /// Attributes of claims by their status: a built-in one, or the id of one that the manifest declares.
    #[cfg_attr(test, schemars(with = "super::schema::StatusStyle"))]
    pub status: Members<StyleAttributes>,
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
    /// Attributes of inferences and entailments.
    pub inference: StyleAttributes,
}

impl RecordFormat for Style {
    const NAME: &'static str = "style";
}

impl Reader {
    /// Reads the style of diagrams.
    pub(super) fn style(
        &mut self,
        manifest: &Record<Manifest>,
        namespaces: &Namespaces,
        vocabulary: &Vocabulary,
        statuses: &Statuses,
    ) -> Style {
        let listed = manifest.value.style.as_ref();
        let mut style = Style::default();
        for file in self.listed_files(manifest, STYLE, listed, &["style.json"], PathScope::Inside) {
            self.style_files.push(file);
            let Some(text) = self.read(file) else { continue };
            if let Some(record) = read::<Style>(file, Layout::Document, &text, &mut self.findings).pop() {
                let Self { files, findings, .. } = self;
                let names = Names { vocabulary, namespaces, statuses, is_file: &|path| files.contain(path) };
                check(&record, &names, findings);
                style = record.value;
            }
        }
        style
    }
}

/// The names that a style can refer to.
struct Names<'a> {
    vocabulary: &'a Vocabulary,
    namespaces: &'a Namespaces,
    statuses: &'a Statuses,
    /// Whether a path is one of a file in the dataset.
    is_file: &'a dyn Fn(&str) -> bool,
}

/// Reports unknown classes, predicates, statuses and Graphviz attributes, and attributes that are not safe.
fn check(style: &Record<Style>, names: &Names<'_>, findings: &mut Findings) {
    let Names { vocabulary, namespaces, statuses, is_file } = names;
    let Style { schema: _, graph, node, edge, cluster, class, predicate, kind, status } = &style.value;
    for (name, _) in status.0.iter().filter(|(name, _)| statuses.find(name).is_none()) {
        let path = vec!["status".into(), name.as_str().into()];
        findings.push(statuses.unknown(name, style.file, Location::Value { record: 0, path, key: true }));
    }
    let mut unknown = |code, member: &str, name: &str, what: &str, suggestion: Suggestion| {
        let location = Location::Value { record: 0, path: vec![member.into(), name.into()], key: true };
        let finding = Finding::new(code, style.file, location, format!("unknown {what} `{name}`"));
        findings.push(finding.label(format!("not a {what} of the vocabulary")).suggestion(suggestion));
    };
    for (name, _) in &class.0 {
        if let Err(suggestion) = vocabulary.find_class(name, namespaces) {
            unknown(Code::UnknownClass, "class", name, "class", suggestion);
        }
    }
    for (name, _) in &predicate.0 {
        if vocabulary.find_predicate(name, namespaces).is_none() {
            let suggestion = vocabulary.unknown_predicate(name, namespaces);
            unknown(Code::UnknownPredicate, "predicate", name, "predicate", suggestion);
        }
    }
    let mut report = |code, path: &[&str], message, label: &str, help| {
        let path = path.iter().map(|member| (*member).into()).collect();
        let location = Location::Value { record: 0, path, key: code != Code::UnsafeAttribute };
        findings.push(Finding::new(code, style.file, location, message).label(label).help(help));
    };
    let mut styles: Vec<(Vec<&str>, &StyleAttributes, AttributeTarget)> = vec![
        (vec!["graph"], graph, AttributeTarget::Graph),
        (vec!["node"], node, AttributeTarget::Node),
        (vec!["edge"], edge, AttributeTarget::Edge),
        (vec!["cluster"], cluster, AttributeTarget::Cluster),
        (vec!["kind", "fact"], &kind.fact, AttributeTarget::Edge),
        (vec!["kind", "claim"], &kind.claim, AttributeTarget::Edge),
        (vec!["kind", "inference"], &kind.inference, AttributeTarget::Edge),
    ];
    styles.extend(class.0.iter().map(|(name, style)| (vec!["class", name], style, AttributeTarget::Node)));
    styles.extend(status.0.iter().map(|(name, style)| (vec!["status", name], style, AttributeTarget::Edge)));
    styles.extend(predicate.0.iter().map(|(name, style)| (vec!["predicate", name], style, AttributeTarget::Edge)));
    for (path, attributes, target) in styles {
        for (name, value) in &attributes.0 {
            let path = [&path[..], &[name]].concat();
            if let Some((message, label, help)) = refused(name, value, is_file) {
                report(Code::UnsafeAttribute, &path, message, label, help);
            }
            if let Some((message, help)) = unknown_attribute(name, target) {
                let label = format!("not a Graphviz attribute of {}", target.letter_and_name().1);
                report(Code::UnknownAttribute, &path, message, &label, help);
            }
        }
    }
}
