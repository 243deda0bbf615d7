//! Clusters of nodes that have a class, a source or a location in common.

use super::super::{Cluster, StatementText};
use super::locations::outermost_locations;
use super::style_sheet::StyleSheet;
use crate::dataset::Vocabulary;
use crate::model::{ClusterBy, SourceId, vocab};
use crate::store::{Store, StoreError};
use crate::view::View;
use oxigraph::model::{NamedNode, Term};
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The clusters of a view in the order of their names, and the index of each node's cluster. Linear in the nodes, edges and locations,
/// with a lookup for each.
pub(super) fn clusters(
    by: ClusterBy,
    view: &View,
    text: &StatementText<'_>,
    vocabulary: &Vocabulary,
    styles: &StyleSheet<'_>,
) -> Result<(Vec<Cluster>, HashMap<NodeIndex, usize>), StoreError> {
    let graph = view.graph();
    let mut members: BTreeMap<String, Vec<NodeIndex>> = BTreeMap::new();
    match by {
        ClusterBy::Class => {
            for node in graph.node_indices() {
                if let Some(class) = &graph[node].class {
                    members.entry(class.as_str().to_owned()).or_default().push(node);
                }
            }
        }
        ClusterBy::Source => {
            for (node, source) in single_sources(view) {
                members.entry(source.to_string()).or_default().push(node);
            }
        }
        ClusterBy::Location => {
            for (entity, location) in outermost_locations(view, text.store(), vocabulary)? {
                if let Some(node) = view.node(&entity) {
                    let cluster = members.entry(location.as_str().to_owned()).or_default();
                    cluster.push(node);
                    cluster.extend(view.node(&location));
                }
            }
        }
    }
    let attributes = Arc::new(styles.cluster());
    let (mut clusters, mut cluster_of) = (Vec::with_capacity(members.len()), HashMap::new());
    for (name, nodes) in members {
        cluster_of.extend(nodes.into_iter().map(|node| (node, clusters.len())));
        let label = match by {
            ClusterBy::Source => source_title(text.store(), &name)?,
            ClusterBy::Class | ClusterBy::Location => {
                text.labels().name(&NamedNode::new_unchecked(name.as_str()))?.to_string()
            }
        };
        clusters.push(Cluster { name, label, attributes: Arc::clone(&attributes) });
    }
    Ok((clusters, cluster_of))
}

/// The source that all statements of a view about a node cite, for nodes that have only one.
fn single_sources(view: &View) -> impl Iterator<Item = (NodeIndex, &SourceId)> {
    let graph = view.graph();
    let ends = graph.edge_references();
    let ends = ends.flat_map(|edge| [(edge.source(), edge.weight()), (edge.target(), edge.weight())]);
    let attributes = graph.node_indices().flat_map(|node| graph[node].attributes.iter().map(move |a| (node, &a.edge)));
    let mut sources: HashMap<NodeIndex, Option<&SourceId>> = HashMap::new();
    for (node, edge) in ends.chain(attributes) {
        for source in edge.cited.iter() {
            let known = sources.entry(node).or_insert(Some(source));
            *known = known.filter(|known| *known == source);
        }
    }
    sources.into_iter().filter_map(|(node, source)| Some((node, source?)))
}

fn source_title(store: &Store, id: &str) -> Result<String, StoreError> {
    let titles = match SourceId::new(id) {
        Ok(id) => store.objects(store.namespaces().source(&id).as_ref(), vocab::dcterms::TITLE)?,
        Err(_) => Vec::new(),
    };
    let title = titles.into_iter().find_map(|title| if let Term::Literal(title) = title { Some(title) } else { None });
    Ok(title.map_or_else(|| id.to_owned(), |title| title.value().to_owned()))
}
