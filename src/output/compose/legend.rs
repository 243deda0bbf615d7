//! What the looks of a diagram mean: only those that occur.

use super::super::{Attributes, LegendEntry, Sample};
use super::style::Looks;
use crate::store::{Labels, StoreError};
use crate::view::{EdgeKind, View};
use oxigraph::model::NamedNode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The classes of a view's nodes, those that look alike together; then the kinds of its edges, from the most to the least
/// trusted; then the predicates with a look of their own.
pub(super) fn legend(view: &View, labels: &Labels<'_>, looks: &mut Looks<'_>) -> Result<Vec<LegendEntry>, StoreError> {
    let mut legend = classes(view, labels, looks)?;
    let kinds: BTreeSet<EdgeKind> = view.graph().edge_weights().map(|edge| edge.kind).collect();
    legend.extend(kinds.iter().map(|kind| edge(meaning(*kind), looks.kind(*kind))));
    let mut styled: BTreeMap<&NamedNode, (&str, EdgeKind)> = BTreeMap::new();
    for edge in view.graph().edge_weights().filter(|edge| looks.is_styled(&edge.predicate.iri)) {
        let kept = styled.entry(&edge.predicate.iri).or_insert((&edge.predicate.label, edge.kind));
        kept.1 = kept.1.min(edge.kind);
    }
    for (predicate, (label, kind)) in styled {
        legend.push(edge(label.to_owned(), looks.edge(predicate, kind)));
    }
    Ok(legend)
}

fn classes(view: &View, labels: &Labels<'_>, looks: &mut Looks<'_>) -> Result<Vec<LegendEntry>, StoreError> {
    let present: BTreeSet<&NamedNode> = view.graph().node_weights().filter_map(|node| node.class.as_ref()).collect();
    let mut alike: BTreeMap<Arc<Attributes>, BTreeSet<String>> = BTreeMap::new();
    for class in present {
        alike.entry(looks.node(Some(class))).or_default().insert(labels.name(class)?.to_string());
    }
    let entry = |(attributes, names): (_, BTreeSet<String>)| {
        let label = names.into_iter().collect::<Vec<_>>().join(", ");
        LegendEntry { label, sample: Sample::Node, attributes }
    };
    let mut entries: Vec<LegendEntry> = alike.into_iter().map(entry).collect();
    entries.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(entries)
}

fn edge(label: String, attributes: Arc<Attributes>) -> LegendEntry {
    LegendEntry { label, sample: Sample::Edge, attributes }
}

fn meaning(kind: EdgeKind) -> String {
    match kind {
        EdgeKind::Fact => "fact: a source states it".to_owned(),
        EdgeKind::Inference => "inference: a rule derives it".to_owned(),
        EdgeKind::Claim(status) => format!("claim: {}", status.as_str()),
    }
}
