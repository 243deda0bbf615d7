//! The Graphviz attributes of nodes, edges and clusters: the defaults, and the dataset's style over them.

use super::super::{Attributes, RankDir};
use super::Overrides;
use crate::dataset::{Style, StyleAttributes, Vocabulary, is_safe_attribute};
use crate::model::{BuiltInStatus, ClaimLine, ClaimStatus, DeclaredStatus, Namespaces};
use crate::store::GraphMetadata;
use crate::view::EdgeKind;
use oxigraph::model::NamedNode;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Default attributes. The background is white wherever the diagram is shown. Everything on it has a contrast of at least 4.5:1,
/// and the kinds of statements differ in their lines, so that they also differ in print.
pub(super) const GRAPH: &[(&str, &str)] = &[
    ("bgcolor", "#ffffff"),
    ("fontcolor", "#1b1f23"),
    ("fontname", "Helvetica"),
    ("fontsize", "10"),
    ("pad", "0.2"),
    ("rankdir", "LR"),
];
pub(super) const CLUSTER: &[(&str, &str)] = &[
    ("bgcolor", "#f7f8fa"),
    ("color", "#9aa4ae"),
    ("fontcolor", "#3d4852"),
    ("fontname", "Helvetica"),
    ("fontsize", "11"),
    // Overrides the position of the graph's label, which clusters inherit.
    ("labeljust", "l"),
    ("labelloc", "t"),
    ("margin", "12"),
    ("style", "rounded"),
];
pub(super) const NODE: &[(&str, &str)] = &[
    ("color", "#5f6b76"),
    ("fillcolor", "#f0f1f3"),
    ("fontcolor", "#1b1f23"),
    ("fontname", "Helvetica"),
    ("fontsize", "12"),
    ("shape", "box"),
    ("style", "rounded,filled"),
];
pub(super) const EDGE: &[(&str, &str)] = &[
    ("color", "#3d4852"),
    ("fontcolor", "#1b1f23"),
    ("fontname", "Helvetica"),
    ("fontsize", "10"),
    ("style", "solid"),
];
pub(super) const INFERENCE: &[(&str, &str)] = &[("style", "dashed")];

/// The colour of a built-in status. The colours of claims differ for colour-blind readers of any kind.
pub(super) fn status_colour(status: BuiltInStatus) -> &'static str {
    match status {
        BuiltInStatus::Reported => "#2b2f33",
        BuiltInStatus::Planned => "#0b62b0",
        BuiltInStatus::Possible => "#8f5a00",
        BuiltInStatus::Denied => "#c4006a",
        BuiltInStatus::Alleged => "#8a2be2",
        BuiltInStatus::Disputed => "#781010",
    }
}

/// The colour of all declared statuses, which differ in their lines and their labels.
pub(super) const DECLARED_COLOUR: &str = "#4a0a5a";

/// The attributes of a line of a declared status.
fn line_attributes(line: ClaimLine) -> [(&'static str, &'static str); 2] {
    let (width, style) = match line {
        ClaimLine::Dotted => ("1.4", "dotted"),
        ClaimLine::Dashed => ("1.4", "dashed"),
        ClaimLine::BoldDotted => ("2.4", "dotted"),
        ClaimLine::BoldDashed => ("2.4", "dashed"),
    };
    [("penwidth", width), ("style", style)]
}

/// The styles of nodes and edges. Later attributes override earlier ones: those of all nodes or edges, of classes or predicates, of
/// kinds, of statuses, and from the command line. Nodes and edges of one style share their attributes.
pub(super) struct StyleSheet<'a> {
    style: &'a Style,
    vocabulary: &'a Vocabulary,
    overrides: &'a Overrides,
    /// The statuses that the dataset declares.
    declared: &'a [DeclaredStatus],
    /// The styles of classes, superclasses first.
    classes: Vec<(NamedNode, &'a StyleAttributes)>,
    predicates: HashMap<NamedNode, &'a StyleAttributes>,
    node_cache: HashMap<Option<NamedNode>, Arc<Attributes>>,
    edge_cache: HashMap<NamedNode, BTreeMap<EdgeKind, Arc<Attributes>>>,
}

impl<'a> StyleSheet<'a> {
    pub(super) fn new(
        style: &'a Style,
        vocabulary: &'a Vocabulary,
        metadata: &'a GraphMetadata,
        overrides: &'a Overrides,
    ) -> Self {
        let namespaces = &metadata.namespaces;
        let known = |(predicate, style): &'a (String, StyleAttributes)| {
            Some((vocabulary.find_predicate(predicate, namespaces)?.iri.clone(), style))
        };
        Self {
            style,
            vocabulary,
            overrides,
            declared: &metadata.statuses,
            classes: classes(style, vocabulary, namespaces),
            predicates: style.predicate.0.iter().filter_map(known).collect(),
            node_cache: HashMap::new(),
            edge_cache: HashMap::new(),
        }
    }

    /// The attributes of the graph, and the direction of its edges.
    pub(super) fn graph(&self, rankdir: Option<RankDir>) -> (RankDir, Attributes) {
        let mut graph = defaults(GRAPH, &self.style.graph);
        set(&mut graph, rankdir.iter().map(|rankdir| ("rankdir", rankdir.as_str())));
        set(&mut graph, pairs(&self.overrides.graph));
        let rankdir = graph.get("rankdir").and_then(|rankdir| rankdir.parse().ok()).unwrap_or_default();
        (rankdir, graph)
    }

    /// The attributes of clusters.
    pub(super) fn cluster(&self) -> Attributes {
        defaults(CLUSTER, &self.style.cluster)
    }

    /// The attributes of the nodes of a class.
    pub(super) fn node(&mut self, class: Option<&NamedNode>) -> Arc<Attributes> {
        let attributes = self.node_cache.entry(class.cloned()).or_insert_with(|| {
            let mut attributes = defaults(NODE, &self.style.node);
            for (styled, style) in &self.classes {
                if class.is_some_and(|class| self.vocabulary.is_subclass(class, styled)) {
                    set(&mut attributes, safe(style));
                }
            }
            set(&mut attributes, pairs(&self.overrides.node));
            Arc::new(attributes)
        });
        Arc::clone(attributes)
    }

    /// The attributes of the edges of a predicate and a kind.
    pub(super) fn edge(&mut self, predicate: &NamedNode, kind: &EdgeKind) -> Arc<Attributes> {
        if let Some(known) = self.edge_cache.get(predicate).and_then(|kinds| kinds.get(kind)) {
            return Arc::clone(known);
        }
        let attributes = Arc::new(self.edge_attributes(self.predicates.get(predicate).copied(), kind));
        self.edge_cache.entry(predicate.clone()).or_default().insert(kind.clone(), Arc::clone(&attributes));
        attributes
    }

    /// The attributes of the edges of a kind if their predicate has no style.
    pub(super) fn kind(&self, kind: &EdgeKind) -> Arc<Attributes> {
        Arc::new(self.edge_attributes(None, kind))
    }

    fn edge_attributes(&self, predicate: Option<&StyleAttributes>, kind: &EdgeKind) -> Attributes {
        let mut attributes = defaults(EDGE, &self.style.edge);
        set(&mut attributes, predicate.into_iter().flat_map(safe));
        match kind {
            EdgeKind::Fact => set(&mut attributes, safe(&self.style.kind.fact)),
            // An entailment is an inference from the vocabulary, so a style has one entry for both.
            EdgeKind::Inference | EdgeKind::Entailment => {
                set(&mut attributes, INFERENCE.iter().copied());
                set(&mut attributes, safe(&self.style.kind.inference));
            }
            EdgeKind::Claim(status) => {
                let own = self.style.status.0.iter().find(|(name, _)| name == status.as_str());
                set(&mut attributes, self.claim(status));
                set(
                    &mut attributes,
                    safe(&self.style.kind.claim).chain(own.into_iter().flat_map(|(_, own)| safe(own))),
                );
            }
        }
        set(&mut attributes, pairs(&self.overrides.edge));
        attributes
    }

    /// The default attributes of claims with a status.
    fn claim(&self, status: &ClaimStatus) -> impl Iterator<Item = (&'static str, &'static str)> {
        let (line, colour) = match status {
            ClaimStatus::BuiltIn(status) => (ClaimLine::Dotted, status_colour(*status)),
            ClaimStatus::Declared(id) => {
                let declared = self.declared.iter().find(|declared| declared.id == *id);
                (declared.map(|declared| declared.line).unwrap_or_default(), DECLARED_COLOUR)
            }
        };
        line_attributes(line).into_iter().chain([("color", colour)])
    }
}

/// Attributes with those of a highlight over them.
pub(super) fn highlighted(attributes: Arc<Attributes>, highlight: Option<&Attributes>) -> Arc<Attributes> {
    let Some(highlight) = highlight else { return attributes };
    let mut attributes = Arc::unwrap_or_clone(attributes);
    attributes.extend(highlight.iter().map(|(name, value)| (name.clone(), value.clone())));
    Arc::new(attributes)
}

fn classes<'a>(
    style: &'a Style,
    vocabulary: &Vocabulary,
    namespaces: &Namespaces,
) -> Vec<(NamedNode, &'a StyleAttributes)> {
    let known =
        style.class.0.iter().filter_map(|(class, style)| Some((vocabulary.class(class, namespaces).ok()?, style)));
    let mut classes: Vec<(NamedNode, &StyleAttributes)> = known.collect();
    let all: Vec<NamedNode> = classes.iter().map(|(class, _)| class.clone()).collect();
    classes.sort_by_cached_key(|(class, _)| {
        (all.iter().filter(|other| vocabulary.is_subclass(class, other)).count(), class.as_str().to_owned())
    });
    classes
}

fn defaults(builtin: &[(&str, &str)], style: &StyleAttributes) -> Attributes {
    let mut attributes = Attributes::new();
    set(&mut attributes, builtin.iter().copied().chain(safe(style)));
    attributes
}

fn set<'a>(attributes: &mut Attributes, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
    attributes.extend(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
}

/// The attributes of a style that can be given to Graphviz. `check` reports the others, but a compiled graph may have any.
fn safe(style: &StyleAttributes) -> impl Iterator<Item = (&str, &str)> {
    pairs(&style.0).filter(|(name, value)| is_safe_attribute(name, value))
}

fn pairs(attributes: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}
