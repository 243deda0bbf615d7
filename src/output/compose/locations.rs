//! The outermost locations of entities.

use crate::dataset::Vocabulary;
use crate::model::vocab;
use crate::store::{Store, StoreError};
use crate::view::View;
use oxigraph::model::{NamedNode, NamedNodeRef, Term};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeSet, HashMap};

/// Predicates that give the location of something. Their subproperties in the vocabulary do so too.
const LOCATION_PREDICATES: [NamedNodeRef<'static>; 4] =
    [vocab::schema::CONTAINED_IN_PLACE, vocab::schema::LOCATION, vocab::prov::AT_LOCATION, vocab::dcterms::SPATIAL];

/// The outermost location of each entity of a view and of their locations, by asserted statements. Entities with several, or without
/// any, are omitted. Looks up each entity and location once.
pub(super) fn outermost_locations(
    view: &View,
    store: &Store,
    vocabulary: &Vocabulary,
) -> Result<HashMap<NamedNode, NamedNode>, StoreError> {
    let mut predicates = BTreeSet::from(LOCATION_PREDICATES.map(NamedNode::from));
    predicates.extend(vocabulary.subpredicates(&LOCATION_PREDICATES.map(NamedNode::from)).into_iter().cloned());
    let mut containment = DiGraph::<NamedNode, ()>::new();
    let mut indices: HashMap<NamedNode, NodeIndex> = HashMap::new();
    for node in view.graph().node_weights() {
        indices.insert(node.iri.clone(), containment.add_node(node.iri.clone()));
    }
    let mut queue: Vec<NodeIndex> = containment.node_indices().collect();
    while let Some(inner) = queue.pop() {
        for predicate in &predicates {
            for location in store.objects(containment[inner].as_ref(), predicate.as_ref())? {
                let Term::NamedNode(location) = location else { continue };
                let outer = *indices.entry(location).or_insert_with_key(|location| {
                    let outer = containment.add_node(location.clone());
                    queue.push(outer);
                    outer
                });
                containment.add_edge(inner, outer, ());
            }
        }
    }
    let outermost = outermost(&containment);
    let locations = indices.into_iter().filter_map(|(entity, inner)| {
        let outer = outermost[inner.index()].filter(|outer| *outer != inner)?;
        Some((entity, containment[outer].clone()))
    });
    Ok(locations.collect())
}

/// For each node, the only node without outgoing edges that can be reached from it, if there is exactly one.
fn outermost<N>(containment: &DiGraph<N, ()>) -> Vec<Option<NodeIndex>> {
    let mut reachable: Vec<Vec<NodeIndex>> = vec![Vec::new(); containment.node_count()];
    for outer in containment.externals(Outgoing) {
        let mut stack = vec![outer];
        while let Some(node) = stack.pop() {
            let known = &mut reachable[node.index()];
            // Two are enough to know that there are several.
            if known.len() < 2 && !known.contains(&outer) {
                known.push(outer);
                stack.extend(containment.neighbors_directed(node, Incoming));
            }
        }
    }
    reachable.into_iter().map(|outer| if let [only] = outer[..] { Some(only) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outermost_of<const N: usize>(edges: &[(u32, u32)]) -> [Option<usize>; N] {
        let outermost = outermost(&DiGraph::<(), ()>::from_edges(edges));
        std::array::from_fn(|node| outermost[node].map(NodeIndex::index))
    }

    #[test]
    fn the_outermost_location_is_the_only_one_at_the_end_of_all_paths() {
        assert_eq!(outermost_of(&[(0, 1), (1, 2), (0, 3), (3, 2)]), [Some(2); 4]);
        assert_eq!(outermost_of(&[(0, 1), (0, 2)]), [None, Some(1), Some(2)]);
    }

    #[test]
    fn locations_in_a_cycle_share_their_outermost_location() {
        assert_eq!(outermost_of(&[(0, 1), (1, 0), (1, 2)]), [Some(2); 3]);
        assert_eq!(outermost_of(&[(0, 1), (1, 0)]), [None; 2]);
    }
}
