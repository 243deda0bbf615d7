//! The widest places that things lie in.

use crate::dataset::Vocabulary;
use crate::model::vocab;
use crate::store::{Store, StoreError};
use crate::view::View;
use oxigraph::model::{NamedNode, NamedNodeRef, Term};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeSet, HashMap};

/// Predicates that say where something is; those that a vocabulary derives from them do, too.
const PLACES: [NamedNodeRef<'static>; 4] =
    [vocab::schema::CONTAINED_IN_PLACE, vocab::schema::LOCATION, vocab::prov::AT_LOCATION, vocab::dcterms::SPATIAL];

/// What the things of a view lie in, by facts and inferences.
pub(super) struct Places {
    within: DiGraph<NamedNode, ()>,
    known: HashMap<NamedNode, NodeIndex>,
    widest: Vec<Widest>,
}

/// The places that something lies in and that lie in no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Widest {
    None,
    One(NodeIndex),
    Several,
}

impl Widest {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, only) | (only, Self::None) => only,
            (Self::One(a), Self::One(b)) if a == b => self,
            _ => Self::Several,
        }
    }
}

impl Places {
    /// Walks from all things of a view to what they lie in. Linear in what is found, each of which is looked up once.
    pub(super) fn around(view: &View, store: &Store, vocabulary: &Vocabulary) -> Result<Self, StoreError> {
        let predicates = predicates(vocabulary);
        let mut places = Self { within: DiGraph::new(), known: HashMap::new(), widest: Vec::new() };
        let mut open: Vec<NodeIndex> = view.graph().node_weights().map(|node| places.add(&node.iri).0).collect();
        while let Some(inner) = open.pop() {
            for predicate in &predicates {
                for place in store.objects(places.within[inner].as_ref(), predicate.as_ref())? {
                    let Term::NamedNode(place) = place else { continue };
                    let (outer, is_new) = places.add(&place);
                    places.within.add_edge(inner, outer, ());
                    if is_new {
                        open.push(outer);
                    }
                }
            }
        }
        places.widest = widest(&places.within);
        Ok(places)
    }

    /// The widest place that a thing lies in: the one that lies in no other. `None` where there are several, or none.
    pub(super) fn widest(&self, thing: &NamedNode) -> Option<&NamedNode> {
        let at = *self.known.get(thing)?;
        match self.widest[at.index()] {
            Widest::One(place) if place != at => Some(&self.within[place]),
            _ => None,
        }
    }

    fn add(&mut self, thing: &NamedNode) -> (NodeIndex, bool) {
        if let Some(at) = self.known.get(thing) {
            return (*at, false);
        }
        let at = self.within.add_node(thing.clone());
        self.known.insert(thing.clone(), at);
        (at, true)
    }
}

/// The widest place that each node leads to, or that it is. Places in a circle share theirs.
fn widest<N>(within: &DiGraph<N, ()>) -> Vec<Widest> {
    let mut widest = vec![Widest::None; within.node_count()];
    // What a component leads to comes before it.
    for component in kosaraju_scc(within) {
        let outer = || component.iter().flat_map(|inner| within.neighbors(*inner));
        let found = match outer().next() {
            None => Widest::One(component[0]),
            Some(_) => outer().map(|outer| widest[outer.index()]).fold(Widest::None, Widest::or),
        };
        for inner in component {
            widest[inner.index()] = found;
        }
    }
    widest
}

fn predicates(vocabulary: &Vocabulary) -> BTreeSet<NamedNode> {
    let is_of_place = |iri: &NamedNode| {
        let (mut open, mut seen) = (vec![iri], BTreeSet::from([iri]));
        while let Some(iri) = open.pop() {
            if PLACES.contains(&iri.as_ref()) {
                return true;
            }
            let parents = vocabulary.predicate_by_iri(iri).map_or(&[][..], |predicate| &predicate.parents);
            open.extend(parents.iter().filter(|parent| seen.insert(parent)));
        }
        false
    };
    let own = vocabulary.predicates().map(|predicate| predicate.iri.clone());
    own.chain(PLACES.map(NamedNode::from)).filter(is_of_place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widest_of<const N: usize>(edges: &[(u32, u32)]) -> [Option<usize>; N] {
        let within = DiGraph::<(), ()>::from_edges(edges);
        let widest = widest(&within);
        std::array::from_fn(|at| if let Widest::One(place) = widest[at] { Some(place.index()) } else { None })
    }

    #[test]
    fn the_widest_place_is_the_one_that_all_ways_lead_to() {
        assert_eq!(widest_of([(0, 1), (1, 2), (0, 3), (3, 2)].as_slice()), [Some(2); 4]);
        assert_eq!(widest_of([(0, 1), (0, 2)].as_slice()), [None, Some(1), Some(2)]);
    }

    #[test]
    fn places_in_a_circle_lie_in_what_any_of_them_lies_in() {
        assert_eq!(widest_of([(0, 1), (1, 0), (1, 2)].as_slice()), [Some(2); 3]);
        assert_eq!(widest_of([(0, 1), (1, 0)].as_slice()), [None; 2]);
    }
}
