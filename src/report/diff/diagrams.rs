//! Diagrams that look different.

use super::{ChangeCounts, ChangeKind};
use crate::output::{Diagram, DiagramEdge, DiagramOptions, StatementText, diagram};
use crate::report::draw_named_diagrams;
use crate::store::{Labels, Store, StoreError};
use crate::view::{Selection, View};
use std::collections::{BTreeMap, BTreeSet};

/// A diagram that differs between two graphs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiagramChange {
    /// The name of its file, without an extension.
    pub name: String,
    /// The changed nodes.
    pub nodes: ChangeCounts,
    /// The changed edges.
    pub edges: ChangeCounts,
    /// Whether anything else changed, such as the title, the style, the legend or the footnotes.
    pub decoration: bool,
}

/// Compares the diagram of the whole graph, which `build` writes, and the named diagrams. A named diagram of only one graph is
/// compared with an empty one.
pub(super) fn diagram_changes(before: &Store, after: &Store) -> Result<Vec<DiagramChange>, StoreError> {
    let (mut old, mut new) = (drawable(before)?, drawable(after)?);
    let names: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
    let whole = compare("graph", &whole_graph(before)?, &whole_graph(after)?);
    let named = names
        .iter()
        .filter_map(|name| compare(name, &old.remove(name).unwrap_or_default(), &new.remove(name).unwrap_or_default()));
    Ok(whole.into_iter().chain(named).collect())
}

/// The named diagrams of a graph that can be drawn. `check` reports the others.
fn drawable(store: &Store) -> Result<BTreeMap<String, Diagram>, StoreError> {
    Ok(draw_named_diagrams(store)?.into_iter().filter_map(|(name, diagram)| Some((name, diagram.ok()?))).collect())
}

fn whole_graph(store: &Store) -> Result<Diagram, StoreError> {
    let metadata = store.metadata();
    let labels = Labels::new(store, &metadata.language);
    let view = View::new(store, &labels)?.subgraph(&Selection::default()).view;
    diagram(&metadata.title, &view, &StatementText::new(store, &labels), &DiagramOptions::default())
}

fn compare(name: &str, before: &Diagram, after: &Diagram) -> Option<DiagramChange> {
    let change = || DiagramChange {
        name: name.to_owned(),
        nodes: counts(&before.nodes, &after.nodes, |node| node.name.as_str()),
        edges: counts(&edges(before), &edges(after), |edge| edge.edge.id.as_str()),
        decoration: decoration(before) != decoration(after),
    };
    (before != after).then(change)
}

/// Everything except nodes and edges.
fn decoration(diagram: &Diagram) -> impl PartialEq + '_ {
    let Diagram { title, rankdir, graph, clusters, nodes: _, edges: _, legend, footnotes, notes } = diagram;
    (title, rankdir, graph, clusters, legend, footnotes, notes)
}

/// An edge with the names of its ends, since their indexes depend on other nodes.
struct NamedEdge<'a> {
    ends: [&'a str; 2],
    edge: &'a DiagramEdge,
}

fn edges(diagram: &Diagram) -> Vec<NamedEdge<'_>> {
    let name = |node: usize| diagram.nodes[node].name.as_str();
    diagram.edges.iter().map(|edge| NamedEdge { ends: [name(edge.from), name(edge.to)], edge }).collect()
}

impl PartialEq for NamedEdge<'_> {
    fn eq(&self, other: &Self) -> bool {
        let parts = |named: &Self| (named.ends, &named.edge.label, &named.edge.tooltip, &named.edge.attributes);
        parts(self) == parts(other)
    }
}

fn counts<'a, T: PartialEq>(before: &'a [T], after: &'a [T], name: impl Fn(&'a T) -> &'a str) -> ChangeCounts {
    let mut removed: BTreeMap<&str, &T> = before.iter().map(|item| (name(item), item)).collect();
    let changes = after.iter().filter_map(|item| match removed.remove(name(item)) {
        None => Some(ChangeKind::Added),
        Some(old) => (*old != *item).then_some(ChangeKind::Changed),
    });
    let counts: ChangeCounts = changes.collect();
    ChangeCounts { removed: removed.len(), ..counts }
}
