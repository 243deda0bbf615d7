//! Parallel edges of a view merged into one edge of a diagram.

use crate::model::ClaimStatus;
use crate::view::View;
use oxigraph::model::NamedNode;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::HashMap;

/// An edge of a diagram, with the edges of the view that are merged into it.
pub(super) struct MergedEdge {
    pub(super) from: NodeIndex,
    pub(super) to: NodeIndex,
    /// The edge that gives the style: the first fact, else the first inference, entailment or claim, in this order.
    pub(super) shown: EdgeIndex,
    /// The others, in the order of their statements.
    pub(super) others: Vec<EdgeIndex>,
}

impl MergedEdge {
    /// All edges that are merged, the shown one first.
    pub(super) fn edges(&self) -> impl Iterator<Item = EdgeIndex> + '_ {
        std::iter::once(self.shown).chain(self.others.iter().copied())
    }
}

/// The edges of a diagram, in the order of the first statement of each. With `merge`, those of one predicate between the same nodes
/// are merged, except that denials and disputed claims are separate. Linear in the edges.
pub(super) fn merged_edges(view: &View, merge: bool) -> Vec<MergedEdge> {
    let mut merged: Vec<MergedEdge> = Vec::with_capacity(view.graph().edge_count());
    let mut indices: HashMap<(NodeIndex, NodeIndex, &NamedNode, Option<&ClaimStatus>), usize> = HashMap::new();
    for edge in view.graph().edge_references() {
        let (from, to, kind) = (edge.source(), edge.target(), &edge.weight().kind);
        if merge {
            // Claims that object to a statement are only merged with those of the same status.
            let objection = kind.status().filter(|status| status.is_objection());
            let key = (from, to, &edge.weight().predicate.iri, objection);
            let index = *indices.entry(key).or_insert(merged.len());
            if let Some(known) = merged.get_mut(index) {
                let mut other = edge.id();
                if *kind < view.graph()[known.shown].kind {
                    std::mem::swap(&mut known.shown, &mut other);
                }
                known.others.push(other);
                continue;
            }
        }
        merged.push(MergedEdge { from, to, shown: edge.id(), others: Vec::new() });
    }
    merged
}
