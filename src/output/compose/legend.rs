//! The legend: the meaning of the styles that occur in a diagram.

use super::super::render_style::RenderStyle;
use super::super::{Attributes, LegendEntry, LegendSymbol};
use super::merged::MergedEdge;
use super::style_sheet::StyleSheet;
use crate::store::{Labels, StoreError};
use crate::view::{EdgeKind, View};
use oxigraph::model::NamedNode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// First the classes of the nodes, those of one style together; then the kinds of edges: facts, inferences, entailments, claims, for
/// edges with the style of their kind; then the predicates that have a style, for each kind.
pub(super) fn legend(
    view: &View,
    edges: &[MergedEdge],
    labels: &Labels<'_>,
    styles: &mut StyleSheet<'_>,
) -> Result<Vec<LegendEntry>, StoreError> {
    let mut legend = classes(view, labels, styles)?;
    let shown = edges.iter().map(|edge| &view.graph()[edge.shown]);
    let occurring: BTreeMap<(&NamedNode, &EdgeKind), &str> =
        shown.map(|edge| ((&edge.predicate.iri, &edge.kind), &*edge.predicate.label)).collect();
    let entry = |label, attributes| LegendEntry { label, symbol: LegendSymbol::Edge, attributes };
    let (mut kinds, mut styled) = (BTreeMap::new(), Vec::new());
    for ((predicate, kind), label) in occurring {
        let (own, of_kind) = (styles.edge(predicate, kind), styles.kind(kind));
        if own == of_kind {
            kinds.insert(kind, of_kind);
        } else {
            let label = match kind {
                EdgeKind::Fact => label.to_owned(),
                EdgeKind::Inference | EdgeKind::Entailment => format!("{label} ({})", kind.as_str()),
                EdgeKind::Claim(status) => format!("{label} ({})", labels.status(status)?),
            };
            styled.push(entry(label, own));
        }
    }
    for (kind, attributes) in kinds {
        let label = match kind {
            EdgeKind::Fact => "fact: a source states it".to_owned(),
            EdgeKind::Inference => "inference: a rule derives it".to_owned(),
            EdgeKind::Entailment => "entailment: it follows from the vocabulary".to_owned(),
            EdgeKind::Claim(status) => format!("claim: {}", labels.status(status)?),
        };
        legend.push(entry(label, attributes));
    }
    legend.extend(styled);
    legend.retain(|entry| RenderStyle::new(&entry.attributes).visible);
    Ok(legend)
}

fn classes(view: &View, labels: &Labels<'_>, styles: &mut StyleSheet<'_>) -> Result<Vec<LegendEntry>, StoreError> {
    let classes: BTreeSet<&NamedNode> = view.graph().node_weights().filter_map(|node| node.class.as_ref()).collect();
    let mut by_style: BTreeMap<Arc<Attributes>, BTreeSet<String>> = BTreeMap::new();
    for class in classes {
        by_style.entry(styles.node(Some(class))).or_default().insert(labels.name(class)?.to_string());
    }
    let entry = |(attributes, labels): (_, BTreeSet<String>)| {
        let label = labels.into_iter().collect::<Vec<_>>().join(", ");
        LegendEntry { label, symbol: LegendSymbol::Node, attributes }
    };
    let mut entries: Vec<LegendEntry> = by_style.into_iter().map(entry).collect();
    entries.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(entries)
}
