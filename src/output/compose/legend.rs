//! What the looks of a diagram mean: only those that occur.

use super::super::render_style::RenderStyle;
use super::super::{Attributes, LegendEntry, LegendSymbol};
use super::parallel::Line;
use super::style::Looks;
use crate::store::{Labels, StoreError};
use crate::view::{EdgeKind, View};
use oxigraph::model::NamedNode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The classes of a view's nodes, those that look alike together; then the kinds of its lines, from the most to the least
/// trusted, as far as any line looks as its kind alone; then the predicates with a look of their own, in each kind.
pub(super) fn legend(
    view: &View,
    lines: &[Line],
    labels: &Labels<'_>,
    looks: &mut Looks<'_>,
) -> Result<Vec<LegendEntry>, StoreError> {
    let mut legend = classes(view, labels, looks)?;
    let shown = lines.iter().map(|line| &view.graph()[line.shown]);
    let drawn: BTreeMap<(&NamedNode, EdgeKind), &str> =
        shown.map(|edge| ((&edge.predicate.iri, edge.kind), &*edge.predicate.label)).collect();
    let (mut kinds, mut styled) = (BTreeSet::new(), Vec::new());
    for ((predicate, kind), label) in drawn {
        let look = looks.edge(predicate, kind);
        match look == looks.kind(kind) {
            true => drop(kinds.insert(kind)),
            false => styled.push(edge(of_predicate(label, kind), look)),
        }
    }
    legend.extend(kinds.into_iter().map(|kind| edge(meaning(kind), looks.kind(kind))));
    legend.extend(styled);
    legend.retain(|entry| RenderStyle::new(&entry.attributes).visible);
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
        LegendEntry { label, sample: LegendSymbol::Node, attributes }
    };
    let mut entries: Vec<LegendEntry> = alike.into_iter().map(entry).collect();
    entries.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(entries)
}

fn edge(label: String, attributes: Arc<Attributes>) -> LegendEntry {
    LegendEntry { label, sample: LegendSymbol::Edge, attributes }
}

fn meaning(kind: EdgeKind) -> String {
    match kind {
        EdgeKind::Fact => "fact: a source states it".to_owned(),
        EdgeKind::Inference => "inference: a rule derives it".to_owned(),
        EdgeKind::Claim(status) => format!("claim: {}", status.as_str()),
    }
}

fn of_predicate(label: &str, kind: EdgeKind) -> String {
    match kind {
        EdgeKind::Fact => label.to_owned(),
        EdgeKind::Inference => format!("{label} (inference)"),
        EdgeKind::Claim(status) => format!("{label} ({})", status.as_str()),
    }
}
