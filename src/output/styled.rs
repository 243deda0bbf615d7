//! From a view and a style to a diagram.

use super::{Attributes, Diagram, DiagramEdge, DiagramNode, LegendEntry, RankDir, StatementText};
use crate::dataset::{Style, StyleAttributes, Vocabulary};
use crate::model::{ClaimStatus, Names};
use crate::store::StoreError;
use crate::view::{Edge, EdgeKind, Node, View};
use oxigraph::model::NamedNode;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::HashMap;
use std::sync::Arc;

/// How a view is made a diagram.
#[derive(Clone, Debug, Default)]
pub struct DiagramOptions {
    /// Attributes that win over those of the style.
    pub overrides: Overrides,
    /// Colours that say something of single nodes and edges, which win over all others.
    pub paint: Paint,
}

/// Attributes of single nodes and edges of a view, as an analysis gives them, and what they mean.
#[derive(Clone, Debug, Default)]
pub struct Paint {
    /// Of nodes.
    pub nodes: HashMap<NodeIndex, Attributes>,
    /// Of edges.
    pub edges: HashMap<EdgeIndex, Attributes>,
    /// What the legend says of them.
    pub legend: Vec<LegendEntry>,
}

/// Attributes from the command line, which win over those of the style.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Of the drawing.
    pub graph: Vec<(String, String)>,
    /// Of all nodes.
    pub node: Vec<(String, String)>,
    /// Of all edges.
    pub edge: Vec<(String, String)>,
}

/// Attributes that look right where no style says otherwise.
const GRAPH: &[(&str, &str)] = &[("fontname", "Helvetica"), ("rankdir", "LR")];
const NODE: &[(&str, &str)] = &[
    ("fillcolor", "#f4f4f4"),
    ("color", "#5f6b76"),
    ("fontcolor", "#1b1f23"),
    ("fontname", "Helvetica"),
    ("fontsize", "12"),
    ("shape", "box"),
    ("style", "rounded,filled"),
];
const EDGE: &[(&str, &str)] = &[
    ("color", "#3d4852"),
    ("fontcolor", "#1b1f23"),
    ("fontname", "Helvetica"),
    ("fontsize", "10"),
    ("style", "solid"),
];

fn set<'a>(attributes: &mut Attributes, with: impl IntoIterator<Item = (&'a str, &'a str)>) {
    attributes.extend(with.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
}

fn pairs(style: &StyleAttributes) -> impl Iterator<Item = (&str, &str)> {
    style.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

fn given(overrides: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    overrides.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Makes a diagram of a view.
///
/// Nodes are in the order of their IRIs, edges in that of their statements; edges read as sentences from left to right.
/// A claim's status stands in its label.
///
/// ```
/// use factloom::output::{DiagramOptions, StatementText, diagram, dot};
/// use factloom::{store::Labels, view::View};
///
/// let (dataset, store) = factloom::build(factloom::dataset::Folder::Bundled(factloom::BUNDLED))?;
/// let labels = Labels::new(&store, &dataset.language);
/// let (view, text) = (View::new(&store, &labels)?, StatementText::new(&store, &labels));
/// let drawn = diagram("All", &view, &text, &DiagramOptions::default())?;
/// let mut out = Vec::new();
/// dot::write(&drawn, &mut out)?;
/// assert!(String::from_utf8(out)?.starts_with("digraph \"All\" {"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn diagram(
    title: &str,
    view: &View,
    text: &StatementText<'_>,
    options: &DiagramOptions,
) -> Result<Diagram, StoreError> {
    let (context, DiagramOptions { overrides, paint }) = (text.store().context(), options);
    let (style, vocabulary, names) = (&context.style, &context.vocabulary()?, &context.names);
    let mut graph = Attributes::new();
    set(&mut graph, GRAPH.iter().copied());
    set(&mut graph, pairs(&style.graph));
    set(&mut graph, given(&overrides.graph));
    let rankdir = match graph.get("rankdir").map(String::as_str) {
        Some("TB") => RankDir::TopBottom,
        Some("BT") => RankDir::BottomTop,
        Some("RL") => RankDir::RightLeft,
        _ => RankDir::LeftRight,
    };
    let styler = Styler { style, vocabulary, names, overrides, classes: classes(style, vocabulary, names) };
    let nodes = view.graph().node_indices().map(|index| styler.node(&view.graph()[index], paint.nodes.get(&index)));
    let nodes = nodes.collect();
    let edges = view.graph().edge_references().map(|edge| {
        let (from, to) = (&view.graph()[edge.source()], &view.graph()[edge.target()]);
        let ends = [edge.source().index(), edge.target().index()];
        styler.edge(edge.weight(), ends, [from, to], paint.edges.get(&edge.id()))
    });
    let edges = edges.collect();
    let legend = paint.legend.clone();
    Ok(Diagram { title: title.to_owned(), rankdir, graph, edges, nodes, legend, ..Diagram::default() })
}

/// The styles of classes, those of a class after those of what it is a subclass of.
fn classes<'a>(style: &'a Style, vocabulary: &Vocabulary, names: &Names) -> Vec<(NamedNode, &'a StyleAttributes)> {
    let known = style.class.0.iter().filter_map(|(class, style)| Some((vocabulary.class(class, names).ok()?, style)));
    let mut classes: Vec<(NamedNode, &StyleAttributes)> = known.collect();
    let all: Vec<NamedNode> = classes.iter().map(|(class, _)| class.clone()).collect();
    classes.sort_by_cached_key(|(class, _)| {
        (all.iter().filter(|other| vocabulary.is_subclass(class, other)).count(), class.as_str().to_owned())
    });
    classes
}

struct Styler<'a> {
    style: &'a Style,
    vocabulary: &'a Vocabulary,
    names: &'a Names,
    overrides: &'a Overrides,
    classes: Vec<(NamedNode, &'a StyleAttributes)>,
}

impl Styler<'_> {
    fn node(&self, node: &Node, paint: Option<&Attributes>) -> DiagramNode {
        let mut attributes = Attributes::new();
        set(&mut attributes, NODE.iter().copied());
        set(&mut attributes, pairs(&self.style.node));
        for (class, style) in &self.classes {
            if node.class.as_ref().is_some_and(|own| self.vocabulary.is_subclass(own, class)) {
                set(&mut attributes, pairs(style));
            }
        }
        set(&mut attributes, given(&self.overrides.node));
        attributes.extend(paint.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        let mut tooltip = node.label.clone();
        for attribute in &node.attributes {
            let status = match attribute.edge.kind {
                EdgeKind::Claim(status) => format!(" ({})", status.as_str()),
                EdgeKind::Fact | EdgeKind::Inference => String::new(),
            };
            for part in ["\n", &attribute.edge.predicate.label, ": ", &attribute.text, &status] {
                tooltip.push_str(part);
            }
        }
        DiagramNode {
            name: node.id.clone(),
            label: node.label.clone(),
            tooltip,
            attributes: Arc::new(attributes),
            ..DiagramNode::default()
        }
    }

    fn edge(
        &self,
        edge: &Edge,
        [from, to]: [usize; 2],
        [subject, object]: [&Node; 2],
        paint: Option<&Attributes>,
    ) -> DiagramEdge {
        let mut attributes = Attributes::new();
        set(&mut attributes, EDGE.iter().copied());
        set(&mut attributes, pairs(&self.style.edge));
        let (line, kind) = match edge.kind {
            EdgeKind::Fact => ("solid", &self.style.kind.fact),
            EdgeKind::Inference => ("dashed", &self.style.kind.inference),
            EdgeKind::Claim(_) => ("dotted", &self.style.kind.claim),
        };
        set(&mut attributes, [("style", line)]);
        set(&mut attributes, pairs(kind));
        let label = match edge.kind {
            EdgeKind::Claim(status) => {
                set(&mut attributes, pairs(self.status(status)));
                format!("{} ({})", edge.predicate.label, status.as_str())
            }
            _ => edge.predicate.label.clone(),
        };
        for (predicate, style) in &self.style.predicate.0 {
            if self.vocabulary.predicate(predicate, self.names).is_ok_and(|p| p.iri == edge.predicate.iri) {
                set(&mut attributes, pairs(style));
            }
        }
        set(&mut attributes, given(&self.overrides.edge));
        attributes.extend(paint.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        let tooltip =
            format!("{} {label} {} · {} · {}", subject.label, object.label, edge.kind.as_str(), edge.statement);
        DiagramEdge {
            id: edge.statement.to_string(),
            from,
            to,
            label,
            tooltip,
            link: None,
            attributes: Arc::new(attributes),
        }
    }

    fn status(&self, status: ClaimStatus) -> &StyleAttributes {
        let styles = &self.style.status;
        match status {
            ClaimStatus::Reported => &styles.reported,
            ClaimStatus::Planned => &styles.planned,
            ClaimStatus::Possible => &styles.possible,
            ClaimStatus::Denied => &styles.denied,
        }
    }
}
