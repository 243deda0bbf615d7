//! Frames around nodes that have something in common.

use super::super::{Cluster, StatementText};
use super::places::Places;
use super::style::Looks;
use crate::dataset::Vocabulary;
use crate::model::{ClusterBy, SourceId, vocab};
use crate::store::{Store, StoreError};
use crate::view::{Node, View};
use oxigraph::model::{NamedNode, Term};
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The frames of a diagram, in the order of their names, and which node stands in which.
#[derive(Default)]
pub(super) struct Frames {
    pub(super) clusters: Vec<Cluster>,
    places: HashMap<NodeIndex, usize>,
}

impl Frames {
    /// The frame that a node stands in.
    pub(super) fn of(&self, node: NodeIndex) -> Option<usize> {
        self.places.get(&node).copied()
    }

    /// Frames with these names, and the nodes in them.
    fn new(
        named: BTreeMap<String, Vec<NodeIndex>>,
        looks: &Looks<'_>,
        label: impl Fn(&str) -> Result<String, StoreError>,
    ) -> Result<Self, StoreError> {
        let attributes = Arc::new(looks.cluster());
        let mut frames = Self::default();
        for (name, nodes) in named {
            frames.places.extend(nodes.into_iter().map(|node| (node, frames.clusters.len())));
            let (label, attributes) = (label(&name)?, Arc::clone(&attributes));
            frames.clusters.push(Cluster { name, label, attributes });
        }
        Ok(frames)
    }
}

/// The frames of a view's nodes. As many lookups as there are nodes, and places above them.
pub(super) fn frames(
    by: Option<ClusterBy>,
    view: &View,
    text: &StatementText<'_>,
    vocabulary: &Vocabulary,
    looks: &Looks<'_>,
) -> Result<Frames, StoreError> {
    let labelled = |iri: &str| Ok(text.labels().name(&NamedNode::new_unchecked(iri))?.to_string());
    match by {
        None => Ok(Frames::default()),
        Some(ClusterBy::Class) => {
            let class = |_, node: &Node| Ok(node.class.as_ref().map(|class| class.as_str().to_owned()));
            Frames::new(grouped(view, class)?, looks, labelled)
        }
        Some(ClusterBy::Source) => {
            let sources = only_sources(view);
            let source = |index, _: &Node| Ok(sources.get(&index).copied().flatten().map(ToString::to_string));
            Frames::new(grouped(view, source)?, looks, |id| source_title(text.store(), id))
        }
        Some(ClusterBy::Location) => {
            let places = Places::around(view, text.store(), vocabulary)?;
            let place = |_, node: &Node| Ok(places.widest(&node.iri).map(|place| place.as_str().to_owned()));
            let mut named = grouped(view, place)?;
            // The place stands in the frame that it gives its name to.
            for (name, nodes) in &mut named {
                nodes.extend(view.node(&NamedNode::new_unchecked(name.as_str())));
            }
            Frames::new(named, looks, labelled)
        }
    }
}

/// The nodes of a view by what a function calls them.
fn grouped(
    view: &View,
    name: impl Fn(NodeIndex, &Node) -> Result<Option<String>, StoreError>,
) -> Result<BTreeMap<String, Vec<NodeIndex>>, StoreError> {
    let mut named: BTreeMap<String, Vec<NodeIndex>> = BTreeMap::new();
    for index in view.graph().node_indices() {
        if let Some(name) = name(index, &view.graph()[index])? {
            named.entry(name).or_default().push(index);
        }
    }
    Ok(named)
}

/// The one source that all statements of a view about a node cite; `None` where there are several.
fn only_sources(view: &View) -> HashMap<NodeIndex, Option<&SourceId>> {
    let graph = view.graph();
    let on_edges = graph.edge_references().flat_map(|edge| {
        let ends = [edge.source(), edge.target()];
        ends.into_iter().flat_map(move |end| edge.weight().cited.iter().map(move |source| (end, source)))
    });
    let in_nodes = graph.node_indices().flat_map(|index| {
        graph[index].attributes.iter().flat_map(move |a| a.edge.cited.iter().map(move |source| (index, source)))
    });
    let mut only: HashMap<NodeIndex, Option<&SourceId>> = HashMap::new();
    for (node, source) in on_edges.chain(in_nodes) {
        only.entry(node).and_modify(|known| *known = known.filter(|known| *known == source)).or_insert(Some(source));
    }
    only
}

fn source_title(store: &Store, id: &str) -> Result<String, StoreError> {
    let source = SourceId::new(id).ok().map(|id| store.names().source(&id));
    let titles = match source {
        Some(source) => store.objects(source.as_ref(), vocab::dcterms::TITLE)?,
        None => Vec::new(),
    };
    let title = titles.into_iter().find_map(|title| if let Term::Literal(title) = title { Some(title) } else { None });
    Ok(title.map_or_else(|| id.to_owned(), |title| title.value().to_owned()))
}
