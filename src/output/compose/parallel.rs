//! Which edges of a view are drawn as one line.

use super::ParallelEdges;
use crate::model::ClaimStatus;
use crate::view::{EdgeKind, View};
use oxigraph::model::NamedNode;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::HashMap;

/// A line of a diagram: an edge, and those that are merged into it.
pub(super) struct Line {
    pub(super) from: NodeIndex,
    pub(super) to: NodeIndex,
    /// The edge that the line looks like: of those that it stands for the first of the most trusted kind.
    pub(super) shown: EdgeIndex,
    /// The others that it stands for, in the order of their statements.
    pub(super) others: Vec<EdgeIndex>,
}

impl Line {
    /// All edges that it stands for, the one that it looks like first.
    pub(super) fn edges(&self) -> impl Iterator<Item = EdgeIndex> + '_ {
        std::iter::once(self.shown).chain(self.others.iter().copied())
    }

    fn add(&mut self, edge: EdgeIndex, view: &View) {
        let other = match view.graph()[edge].kind < view.graph()[self.shown].kind {
            true => std::mem::replace(&mut self.shown, edge),
            false => edge,
        };
        self.others.push(other);
    }
}

/// The lines of a view's edges, in the order of the first statement of each. Linear in the edges.
pub(super) fn lines(view: &View, parallel: ParallelEdges) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::with_capacity(view.graph().edge_count());
    let mut known: HashMap<(NodeIndex, NodeIndex, &NamedNode, bool), usize> = HashMap::new();
    for edge in view.graph().edge_references() {
        let (from, to) = (edge.source(), edge.target());
        let line = Line { from, to, shown: edge.id(), others: Vec::new() };
        if parallel == ParallelEdges::Separate {
            lines.push(line);
            continue;
        }
        // A denial in one line with what it denies would vanish.
        let denied = edge.weight().kind == EdgeKind::Claim(ClaimStatus::Denied);
        let place = *known.entry((from, to, &edge.weight().predicate.iri, denied)).or_insert(lines.len());
        match lines.get_mut(place) {
            Some(there) => there.add(edge.id(), view),
            None => lines.push(line),
        }
    }
    lines
}
