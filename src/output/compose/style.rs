//! The looks of nodes, edges and frames: Graphviz attributes from the style, each look made once.

use super::super::{Attributes, RankDir};
use super::Overrides;
use crate::dataset::{Style, StyleAttributes, Vocabulary};
use crate::model::{ClaimStatus, Namespaces};
use crate::view::EdgeKind;
use oxigraph::model::NamedNode;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Attributes that look right where no style says otherwise. The drawing is a white sheet, on whatever it lies; what stands
/// on it has a contrast of at least 4.5:1, and the kinds of statements differ in their lines, so that they do in print.
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
    // A frame would else take over from the graph where its label stands.
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
pub(super) const CLAIM: &[(&str, &str)] = &[("penwidth", "1.4"), ("style", "dotted")];

/// The colours of claims, which stay apart for people who see no red, no green or no blue.
pub(super) fn status_colour(status: ClaimStatus) -> &'static str {
    match status {
        ClaimStatus::Reported => "#2b2f33",
        ClaimStatus::Planned => "#0b62b0",
        ClaimStatus::Possible => "#8f5a00",
        ClaimStatus::Denied => "#c4006a",
    }
}

/// The looks of what is drawn. Later attributes win: those of all nodes or edges, of classes or predicates, of kinds, of
/// statuses, and from the command line.
pub(super) struct Looks<'a> {
    style: &'a Style,
    vocabulary: &'a Vocabulary,
    overrides: &'a Overrides,
    /// The styles of classes, those of a class after those of what it is a subclass of.
    classes: Vec<(NamedNode, &'a StyleAttributes)>,
    predicates: HashMap<NamedNode, &'a StyleAttributes>,
    of_classes: HashMap<Option<NamedNode>, Arc<Attributes>>,
    of_predicates: HashMap<NamedNode, BTreeMap<EdgeKind, Arc<Attributes>>>,
}

impl<'a> Looks<'a> {
    pub(super) fn new(
        style: &'a Style,
        vocabulary: &'a Vocabulary,
        names: &Namespaces,
        overrides: &'a Overrides,
    ) -> Self {
        let known = |(written, style): &'a (String, StyleAttributes)| {
            Some((vocabulary.find_predicate(written, names)?.iri.clone(), style))
        };
        Self {
            style,
            vocabulary,
            overrides,
            classes: classes(style, vocabulary, names),
            predicates: style.predicate.0.iter().filter_map(known).collect(),
            of_classes: HashMap::new(),
            of_predicates: HashMap::new(),
        }
    }

    /// The look of the drawing, and the direction of its edges.
    pub(super) fn graph(&self, rankdir: Option<RankDir>) -> (RankDir, Attributes) {
        let mut graph = merged([GRAPH.to_vec(), pairs(&self.style.graph)]);
        set(&mut graph, rankdir.iter().map(|rankdir| ("rankdir", rankdir.as_str())));
        set(&mut graph, given(&self.overrides.graph));
        let rankdir = graph.get("rankdir").and_then(|written| written.parse().ok()).unwrap_or_default();
        (rankdir, graph)
    }

    /// The look of frames.
    pub(super) fn cluster(&self) -> Attributes {
        merged([CLUSTER.to_vec(), pairs(&self.style.cluster)])
    }

    /// The look of the nodes of a class.
    pub(super) fn node(&mut self, class: Option<&NamedNode>) -> Arc<Attributes> {
        let class = class.cloned();
        if let Some(known) = self.of_classes.get(&class) {
            return Arc::clone(known);
        }
        let mut look = merged([NODE.to_vec(), pairs(&self.style.node)]);
        for (styled, style) in &self.classes {
            if class.as_ref().is_some_and(|class| self.vocabulary.is_subclass(class, styled)) {
                set(&mut look, pairs(style));
            }
        }
        set(&mut look, given(&self.overrides.node));
        let look = Arc::new(look);
        self.of_classes.insert(class, Arc::clone(&look));
        look
    }

    /// The look of the edges of a predicate and a kind.
    pub(super) fn edge(&mut self, predicate: &NamedNode, kind: EdgeKind) -> Arc<Attributes> {
        if let Some(known) = self.of_predicates.get(predicate).and_then(|of_kinds| of_kinds.get(&kind)) {
            return Arc::clone(known);
        }
        let look = Arc::new(self.line(self.predicates.get(predicate).copied(), kind));
        self.of_predicates.entry(predicate.clone()).or_default().insert(kind, Arc::clone(&look));
        look
    }

    /// The look of the edges of a kind whose predicate has no style of its own.
    pub(super) fn kind(&self, kind: EdgeKind) -> Arc<Attributes> {
        Arc::new(self.line(None, kind))
    }

    fn line(&self, predicate: Option<&StyleAttributes>, kind: EdgeKind) -> Attributes {
        let mut look = merged([EDGE.to_vec(), pairs(&self.style.edge)]);
        if let Some(style) = predicate {
            set(&mut look, pairs(style));
        }
        let (ours, of_kind) = match kind {
            EdgeKind::Fact => (&[][..], &self.style.kind.fact),
            EdgeKind::Inference => (INFERENCE, &self.style.kind.inference),
            EdgeKind::Claim(_) => (CLAIM, &self.style.kind.claim),
        };
        set(&mut look, ours.iter().copied());
        if let EdgeKind::Claim(status) = kind {
            set(&mut look, [("color", status_colour(status))]);
        }
        set(&mut look, pairs(of_kind));
        if let EdgeKind::Claim(status) = kind {
            set(&mut look, pairs(self.status(status)));
        }
        set(&mut look, given(&self.overrides.edge));
        look
    }

    fn status(&self, status: ClaimStatus) -> &'a StyleAttributes {
        let styles = &self.style.status;
        match status {
            ClaimStatus::Reported => &styles.reported,
            ClaimStatus::Planned => &styles.planned,
            ClaimStatus::Possible => &styles.possible,
            ClaimStatus::Denied => &styles.denied,
        }
    }
}

/// A look with what an analysis paints over it.
pub(super) fn painted(look: Arc<Attributes>, paint: Option<&Attributes>) -> Arc<Attributes> {
    let Some(paint) = paint else { return look };
    let mut look = Arc::unwrap_or_clone(look);
    look.extend(paint.iter().map(|(name, value)| (name.clone(), value.clone())));
    Arc::new(look)
}

fn classes<'a>(style: &'a Style, vocabulary: &Vocabulary, names: &Namespaces) -> Vec<(NamedNode, &'a StyleAttributes)> {
    let known = style.class.0.iter().filter_map(|(class, style)| Some((vocabulary.class(class, names).ok()?, style)));
    let mut classes: Vec<(NamedNode, &StyleAttributes)> = known.collect();
    let all: Vec<NamedNode> = classes.iter().map(|(class, _)| class.clone()).collect();
    classes.sort_by_cached_key(|(class, _)| {
        (all.iter().filter(|other| vocabulary.is_subclass(class, other)).count(), class.as_str().to_owned())
    });
    classes
}

fn merged<const N: usize>(parts: [Vec<(&str, &str)>; N]) -> Attributes {
    let mut attributes = Attributes::new();
    set(&mut attributes, parts.into_iter().flatten());
    attributes
}

fn set<'a>(attributes: &mut Attributes, with: impl IntoIterator<Item = (&'a str, &'a str)>) {
    attributes.extend(with.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
}

fn pairs(style: &StyleAttributes) -> Vec<(&str, &str)> {
    given(&style.0).collect()
}

fn given(attributes: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}
