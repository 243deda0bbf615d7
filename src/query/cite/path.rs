//! One shortest path between two terms, as a property path allows it.

use crate::store::{Store, StoreError};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use spargebra::algebra::PropertyPathExpression;
use std::collections::HashMap;

/// A property path as an automaton: from each state, the moves that lead on.
struct Automaton(Vec<Vec<(Move, usize)>>);

enum Move {
    /// To another state at the same term.
    Stay,
    Along(NamedNode),
    Against(NamedNode),
    /// By any predicate but these.
    AlongOther(Vec<NamedNode>),
    AgainstOther(Vec<NamedNode>),
}

const START: usize = 0;
const END: usize = 1;

impl Automaton {
    fn of(path: &PropertyPathExpression) -> Self {
        let mut automaton = Self(vec![Vec::new(), Vec::new()]);
        automaton.add(path, START, END, false);
        automaton
    }

    fn state(&mut self) -> usize {
        self.0.push(Vec::new());
        self.0.len() - 1
    }

    fn add(&mut self, path: &PropertyPathExpression, from: usize, to: usize, reversed: bool) {
        use PropertyPathExpression as P;
        match path {
            P::NamedNode(predicate) => {
                let along = if reversed { Move::Against } else { Move::Along };
                self.0[from].push((along(predicate.clone()), to));
            }
            P::NegatedPropertySet(predicates) => {
                let along = if reversed { Move::AgainstOther } else { Move::AlongOther };
                self.0[from].push((along(predicates.clone()), to));
            }
            P::Reverse(inner) => self.add(inner, from, to, !reversed),
            P::Sequence(first, second) => {
                let middle = self.state();
                let (first, second) = if reversed { (second, first) } else { (first, second) };
                self.add(first, from, middle, reversed);
                self.add(second, middle, to, reversed);
            }
            P::Alternative(one, other) => {
                self.add(one, from, to, reversed);
                self.add(other, from, to, reversed);
            }
            P::ZeroOrOne(inner) => {
                self.0[from].push((Move::Stay, to));
                self.add(inner, from, to, reversed);
            }
            P::ZeroOrMore(inner) => {
                let middle = self.state();
                self.0[from].push((Move::Stay, middle));
                self.add(inner, middle, middle, reversed);
                self.0[middle].push((Move::Stay, to));
            }
            P::OneOrMore(inner) => {
                let (before, behind) = (self.state(), self.state());
                self.0[from].push((Move::Stay, before));
                self.add(inner, before, behind, reversed);
                self.0[behind].push((Move::Stay, before));
                self.0[behind].push((Move::Stay, to));
            }
        }
    }
}

/// The triples along a shortest path from one term to another; none where the path has no length, `None` where there is no
/// path. Of several the first is taken, by the N-Triples of what it goes along.
///
/// A breadth-first search: linear in the triples that can be reached, times the length of the path's expression.
pub(super) fn shortest(
    store: &Store,
    path: &PropertyPathExpression,
    start: &Term,
    end: &Term,
) -> Result<Option<Vec<Triple>>, StoreError> {
    let automaton = Automaton::of(path);
    // Where each place was reached from; places are states at terms, in the order in which they were found.
    let mut places: Vec<(usize, Term)> = vec![(START, start.clone())];
    let mut came: Vec<Option<(usize, Option<Triple>)>> = vec![None];
    let mut known: HashMap<(usize, Term), usize> = HashMap::from([(places[0].clone(), 0)]);
    let mut level = 0..1;
    while !level.is_empty() {
        let mut at = level.start;
        while at < places.len() {
            let (state, term) = places[at].clone();
            for (_, to) in automaton.0[state].iter().filter(|(step, _)| matches!(step, Move::Stay)) {
                let place = (*to, term.clone());
                if !known.contains_key(&place) {
                    known.insert(place.clone(), places.len());
                    places.push(place);
                    came.push(Some((at, None)));
                }
            }
            at += 1;
        }
        if let Some(found) = known.get(&(END, end.clone())) {
            return Ok(Some(back(&came, *found)));
        }
        level = level.start..places.len();
        for at in level.clone() {
            let (state, term) = places[at].clone();
            for (step, to) in &automaton.0[state] {
                for (triple, next) in reached(store, step, &term)? {
                    let place = (*to, next);
                    if !known.contains_key(&place) {
                        known.insert(place.clone(), places.len());
                        places.push(place);
                        came.push(Some((at, Some(triple))));
                    }
                }
            }
        }
        level = level.end..places.len();
    }
    Ok(None)
}

fn back(came: &[Option<(usize, Option<Triple>)>], mut at: usize) -> Vec<Triple> {
    let mut triples = Vec::new();
    while let Some((from, triple)) = &came[at] {
        triples.extend(triple.clone());
        at = *from;
    }
    triples.reverse();
    triples
}

/// What one move reaches from a term, with the triple that it goes along, sorted by that.
fn reached(store: &Store, step: &Move, term: &Term) -> Result<Vec<(Triple, Term)>, StoreError> {
    let node = match term {
        Term::NamedNode(node) => Some(node.as_ref()),
        _ => None,
    };
    let along = |triple: Triple| (triple.clone(), triple.object);
    let against = |triple: Triple| {
        let subject = match &triple.subject {
            NamedOrBlankNode::NamedNode(node) => Term::from(node.clone()),
            NamedOrBlankNode::BlankNode(node) => Term::from(node.clone()),
        };
        (triple, subject)
    };
    let mut found: Vec<(Triple, Term)> = match (step, node) {
        (Move::Stay, _) | (Move::Along(_) | Move::AlongOther(_), None) => Vec::new(),
        (Move::Along(predicate), Some(node)) => {
            let objects = store.objects(node, predicate.as_ref())?.into_iter();
            objects.map(|object| along(Triple::new(node, predicate.clone(), object))).collect()
        }
        (Move::AlongOther(but), Some(node)) => {
            store.triples_with_subject(node)?.into_iter().filter(|t| !but.contains(&t.predicate)).map(along).collect()
        }
        (Move::Against(predicate), _) => {
            store.triples_with_object(predicate.as_ref(), term.as_ref())?.into_iter().map(against).collect()
        }
        (Move::AgainstOther(but), _) => {
            let mut all = Vec::new();
            for predicate in super::grounds::predicates_to(store, term)? {
                if !but.contains(&predicate) {
                    all.extend(store.triples_with_object(predicate.as_ref(), term.as_ref())?.into_iter().map(against));
                }
            }
            all
        }
    };
    found.sort_by_cached_key(|(triple, _)| triple.to_string());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;
    use spargebra::Query;
    use spargebra::algebra::GraphPattern;

    /// The lengths of shortest paths from `a` in a graph of letters: `a b` is a triple from `a` to `b`.
    fn length(graph: &[&str], path: &str, to: &str) -> Option<usize> {
        let node = |name: &str| NamedNode::new(format!("http://e/{name}")).unwrap();
        let mut store = Store::in_memory(Namespaces::standard()).unwrap();
        let edges = graph.iter().filter_map(|edge| edge.split_once(' '));
        store.load(edges.map(|(from, to)| Triple::new(node(from), node("p"), node(to)))).unwrap();
        let text = format!("PREFIX : <http://e/> SELECT * {{ ?s {path} ?o }}");
        let Query::Select { pattern: GraphPattern::Project { inner, .. }, .. } =
            Namespaces::standard().parse_query(&text).unwrap()
        else {
            panic!("it is a SELECT query")
        };
        let GraphPattern::Path { path, .. } = *inner else { panic!("it is one path") };
        let found = shortest(&store, &path, &node("a").into(), &node(to).into()).unwrap();
        found.map(|triples| triples.len())
    }

    #[test]
    fn the_shortest_of_several_paths_is_found() {
        let graph = ["a b", "b c", "c d", "a c", "d a"];
        assert_eq!(length(&graph, ":p+", "d"), Some(2));
        assert_eq!(length(&graph, ":p*", "a"), Some(0));
        assert_eq!(length(&graph, ":p+", "a"), Some(3));
        assert_eq!(length(&graph, "(:p/:p)+", "a"), Some(4));
        assert_eq!(length(&graph, ":p?", "c"), Some(1));
        assert_eq!(length(&graph, "(^:p)+", "c"), Some(2));
        assert_eq!(length(&graph, "(^(:p/:p))+", "b"), Some(6));
        assert_eq!(length(&graph, "(:p|^:p)+", "d"), Some(1));
        assert_eq!(length(&graph, "(!:p)*", "b"), None);
        assert_eq!(length(&graph, "(!:q)+", "d"), Some(2));
        assert_eq!(length(&graph, "(!^:q)+", "d"), Some(1));
    }
}
