//! A shortest path between two terms that matches a property path.

use crate::store::{Store, StoreError};
use oxigraph::model::{NamedNode, Term, Triple};
use spargebra::algebra::PropertyPathExpression;
use std::collections::HashMap;

/// A property path as a nondeterministic automaton: the transitions of each state.
struct Automaton(Vec<Vec<(Transition, usize)>>);

enum Transition {
    Empty,
    Forward(NamedNode),
    Backward(NamedNode),
    /// By any predicate except these.
    ForwardExcept(Vec<NamedNode>),
    BackwardExcept(Vec<NamedNode>),
}

const START: usize = 0;
const END: usize = 1;

impl Automaton {
    fn new(path: &PropertyPathExpression) -> Self {
        let mut automaton = Self(vec![Vec::new(), Vec::new()]);
        automaton.add(path, START, END, false);
        automaton
    }

    fn new_state(&mut self) -> usize {
        self.0.push(Vec::new());
        self.0.len() - 1
    }

    fn add(&mut self, path: &PropertyPathExpression, from: usize, to: usize, reversed: bool) {
        use PropertyPathExpression as P;
        match path {
            P::NamedNode(predicate) => {
                let transition = if reversed { Transition::Backward } else { Transition::Forward };
                self.0[from].push((transition(predicate.clone()), to));
            }
            P::NegatedPropertySet(predicates) => {
                let transition = if reversed { Transition::BackwardExcept } else { Transition::ForwardExcept };
                self.0[from].push((transition(predicates.clone()), to));
            }
            P::Reverse(inner) => self.add(inner, from, to, !reversed),
            P::Sequence(first, second) => {
                let middle = self.new_state();
                let (first, second) = if reversed { (second, first) } else { (first, second) };
                self.add(first, from, middle, reversed);
                self.add(second, middle, to, reversed);
            }
            P::Alternative(first, second) => {
                self.add(first, from, to, reversed);
                self.add(second, from, to, reversed);
            }
            P::ZeroOrOne(inner) => {
                self.0[from].push((Transition::Empty, to));
                self.add(inner, from, to, reversed);
            }
            P::ZeroOrMore(inner) => {
                let middle = self.new_state();
                self.0[from].push((Transition::Empty, middle));
                self.add(inner, middle, middle, reversed);
                self.0[middle].push((Transition::Empty, to));
            }
            P::OneOrMore(inner) => {
                let (before, after) = (self.new_state(), self.new_state());
                self.0[from].push((Transition::Empty, before));
                self.add(inner, before, after, reversed);
                self.0[after].push((Transition::Empty, before));
                self.0[after].push((Transition::Empty, to));
            }
        }
    }
}

/// A state of the automaton at a term.
type Node = (usize, Term);

/// The nodes that a search has found, in order, and how each was reached: from which node, and by which triple if any.
#[derive(Default)]
struct Search {
    nodes: Vec<Node>,
    origins: Vec<Option<(usize, Option<Triple>)>>,
    indices: HashMap<Node, usize>,
}

impl Search {
    fn visit(&mut self, node: Node, origin: Option<(usize, Option<Triple>)>) {
        if !self.indices.contains_key(&node) {
            self.indices.insert(node.clone(), self.nodes.len());
            self.nodes.push(node);
            self.origins.push(origin);
        }
    }

    /// The triples by which a node was reached.
    fn path_to(&self, mut index: usize) -> Vec<Triple> {
        let mut triples = Vec::new();
        while let Some((from, triple)) = &self.origins[index] {
            triples.extend(triple.clone());
            index = *from;
        }
        triples.reverse();
        triples
    }
}

/// The triples along a shortest path from one term to another, `None` if there is no path. Of several, the first one by its
/// N-Triples is returned.
///
/// A breadth-first search: linear in the number of triples that can be reached, times the length of the path expression.
pub(super) fn shortest_path(
    store: &Store,
    path: &PropertyPathExpression,
    start: &Term,
    end: &Term,
) -> Result<Option<Vec<Triple>>, StoreError> {
    let automaton = Automaton::new(path);
    let mut search = Search::default();
    search.visit((START, start.clone()), None);
    let mut level = 0..1;
    while !level.is_empty() {
        let mut index = level.start;
        while index < search.nodes.len() {
            let (state, term) = search.nodes[index].clone();
            for (_, to) in automaton.0[state].iter().filter(|(step, _)| matches!(step, Transition::Empty)) {
                search.visit((*to, term.clone()), Some((index, None)));
            }
            index += 1;
        }
        if let Some(found) = search.indices.get(&(END, end.clone())) {
            return Ok(Some(search.path_to(*found)));
        }
        level = level.start..search.nodes.len();
        for index in level.clone() {
            let (state, term) = search.nodes[index].clone();
            for (transition, to) in &automaton.0[state] {
                for (triple, next) in neighbours(store, transition, &term)? {
                    search.visit((*to, next), Some((index, Some(triple))));
                }
            }
        }
        level = level.end..search.nodes.len();
    }
    Ok(None)
}

/// The terms that a transition reaches from a term, with the triples that lead to them, sorted by the triples.
fn neighbours(store: &Store, transition: &Transition, term: &Term) -> Result<Vec<(Triple, Term)>, StoreError> {
    let node = if let Term::NamedNode(node) = term { Some(node.as_ref()) } else { None };
    let forward = |triple: Triple| (triple.clone(), triple.object);
    let backward = |triple: Triple| (triple.clone(), Term::from(triple.subject));
    let mut found: Vec<(Triple, Term)> = match (transition, node) {
        (Transition::Empty, _) | (Transition::Forward(_) | Transition::ForwardExcept(_), None) => Vec::new(),
        (Transition::Forward(predicate), Some(node)) => {
            let objects = store.objects(node, predicate.as_ref())?.into_iter();
            objects.map(|object| forward(Triple::new(node, predicate.clone(), object))).collect()
        }
        (Transition::ForwardExcept(except), Some(node)) => {
            let triples = store.triples_with_subject(node)?.into_iter();
            triples.filter(|triple| !except.contains(&triple.predicate)).map(forward).collect()
        }
        (Transition::Backward(predicate), _) => {
            store.triples_with_object(predicate.as_ref(), term.as_ref())?.into_iter().map(backward).collect()
        }
        (Transition::BackwardExcept(except), _) => {
            let triples = store.matching(None, None, Some(term.as_ref()))?.into_iter();
            triples.filter(|triple| !except.contains(&triple.predicate)).map(backward).collect()
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

    /// The length of the shortest path from `a`; `a b` is a triple from `a` to `b`.
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
        let found = shortest_path(&store, &path, &node("a").into(), &node(to).into()).unwrap();
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
