//! Which classes or predicates are below others.

use fixedbitset::FixedBitSet;
use oxigraph::model::NamedNode;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashSet;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A hierarchy of terms, which may have several parents, and cycles.
///
/// Takes linear time and memory to build. Whether one term is below another takes constant time if each term has one parent; otherwise at
/// most time linear in the ancestors with several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hierarchy(Arc<Levels>);

#[derive(Debug, Default)]
struct Levels {
    indices: HashMap<NamedNode, NodeIndex<u32>>,
    /// The terms, with an edge from each to its parents.
    terms: DiGraph<NamedNode, ()>,
    /// The number of the cycle that each term belongs to. Most terms are a cycle by themselves.
    cycle: Vec<u32>,
    cycles: Vec<Cycle>,
}

/// Terms that are below each other, mostly one.
#[derive(Debug, Default)]
struct Cycle {
    /// The cycles directly above, each once.
    parents: Vec<u32>,
    /// The numbers of the cycle and of those below it in a forest in which each has only its first parent.
    first: u32,
    last: u32,
    /// The nearest cycle in this forest, from this one upwards, that has several parents.
    branching: Option<u32>,
}

impl Hierarchy {
    /// A hierarchy of pairs of a term and a parent.
    pub(crate) fn new<'a>(pairs: impl IntoIterator<Item = (&'a NamedNode, &'a NamedNode)>) -> Self {
        let mut levels = Levels::default();
        for (term, parent) in pairs {
            let [term, parent] = [term, parent].map(|term| levels.index(term));
            levels.terms.add_edge(term, parent, ());
        }
        // In the order in which parents come first.
        let components = kosaraju_scc(&levels.terms);
        levels.cycle = vec![0; levels.terms.node_count()];
        for (number, terms) in components.iter().enumerate() {
            for term in terms {
                levels.cycle[term.index()] = number as u32;
            }
        }
        for (number, terms) in components.iter().enumerate() {
            let above =
                terms.iter().flat_map(|term| levels.terms.neighbors(*term)).map(|term| levels.cycle[term.index()]);
            let above: BTreeSet<u32> = above.filter(|parent| *parent != number as u32).collect();
            let parents: Vec<u32> = above.into_iter().collect();
            let branching = match parents[..] {
                [] => None,
                [parent] => levels.cycles[parent as usize].branching,
                _ => Some(number as u32),
            };
            levels.cycles.push(Cycle { parents, branching, ..Cycle::default() });
        }
        levels.number();
        Self(Arc::new(levels))
    }

    /// Whether a term is another one, or below it.
    pub(crate) fn is_below(&self, term: &NamedNode, other: &NamedNode) -> bool {
        let index = |term| self.0.indices.get(term).map(|index| self.0.cycle[index.index()]);
        term == other || index(term).zip(index(other)).is_some_and(|(term, other)| self.0.is_below(term, other))
    }

    /// Terms and all terms above them.
    pub(crate) fn with_ancestors<'a>(
        &'a self,
        terms: impl IntoIterator<Item = &'a NamedNode>,
    ) -> BTreeSet<&'a NamedNode> {
        self.reached(terms, petgraph::Outgoing)
    }

    /// Terms and all terms below them.
    pub(crate) fn with_descendants<'a>(
        &'a self,
        terms: impl IntoIterator<Item = &'a NamedNode>,
    ) -> BTreeSet<&'a NamedNode> {
        self.reached(terms, petgraph::Incoming)
    }

    /// Calls `visit` with terms and those below them, each once. It returns whether to go on to those below that term.
    pub(crate) fn visit_descendants<'a>(
        &'a self,
        terms: impl IntoIterator<Item = &'a NamedNode>,
        mut visit: impl FnMut(&'a NamedNode) -> bool,
    ) {
        let levels = &*self.0;
        let mut seen = FxHashSet::default();
        let mut pending = Vec::new();
        for term in terms {
            match levels.indices.get(term) {
                Some(index) => pending.extend(seen.insert(*index).then_some(*index)),
                None => drop(visit(term)),
            }
        }
        while let Some(index) = pending.pop() {
            if visit(&levels.terms[index]) {
                let below = levels.terms.neighbors_directed(index, petgraph::Incoming);
                pending.extend(below.filter(|index| seen.insert(*index)));
            }
        }
    }

    fn reached<'a>(
        &'a self,
        terms: impl IntoIterator<Item = &'a NamedNode>,
        direction: petgraph::Direction,
    ) -> BTreeSet<&'a NamedNode> {
        let levels = &*self.0;
        let mut found = BTreeSet::new();
        let mut seen = FixedBitSet::with_capacity(levels.terms.node_count());
        let mut pending = Vec::new();
        for term in terms {
            found.insert(term);
            pending.extend(levels.indices.get(term).filter(|index| !seen.put(index.index())));
        }
        while let Some(index) = pending.pop() {
            found.insert(&levels.terms[index]);
            pending.extend(levels.terms.neighbors_directed(index, direction).filter(|index| !seen.put(index.index())));
        }
        found
    }
}

impl Levels {
    fn index(&mut self, term: &NamedNode) -> NodeIndex<u32> {
        if let Some(index) = self.indices.get(term) {
            return *index;
        }
        let index = self.terms.add_node(term.clone());
        self.indices.insert(term.clone(), index);
        index
    }

    /// Numbers the cycles from the top, so that those below each in the forest are a range.
    fn number(&mut self) {
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); self.cycles.len()];
        let mut roots = Vec::new();
        for (number, cycle) in (0..).zip(&self.cycles) {
            match cycle.parents.first() {
                Some(parent) => children[*parent as usize].push(number),
                None => roots.push(number),
            }
        }
        let mut next = 0;
        let mut order = Vec::with_capacity(self.cycles.len());
        let mut pending = roots;
        while let Some(number) = pending.pop() {
            self.cycles[number as usize].first = next;
            self.cycles[number as usize].last = next;
            next += 1;
            order.push(number);
            pending.append(&mut children[number as usize]);
        }
        // Children before their parents.
        for number in order.into_iter().rev() {
            let Cycle { ref parents, last, .. } = self.cycles[number as usize];
            if let Some(parent) = parents.first().copied() {
                let parent = &mut self.cycles[parent as usize];
                parent.last = parent.last.max(last);
            }
        }
    }

    fn is_below(&self, cycle: u32, other: u32) -> bool {
        let range = &self.cycles[other as usize];
        let is_in_forest = |cycle: u32| (range.first..=range.last).contains(&self.cycles[cycle as usize].first);
        let mut pending = vec![cycle];
        let mut seen: Option<FixedBitSet> = None;
        while let Some(cycle) = pending.pop() {
            // Parents have lower numbers than their children.
            if cycle < other {
                continue;
            }
            if is_in_forest(cycle) {
                return true;
            }
            if let Some(branching) = self.cycles[cycle as usize].branching {
                let seen = seen.get_or_insert_with(|| FixedBitSet::with_capacity(self.cycles.len()));
                if !seen.put(branching as usize) {
                    pending.extend(&self.cycles[branching as usize].parents);
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn term(number: usize) -> NamedNode {
        NamedNode::new_unchecked(format!("https://e.org/{number}"))
    }

    fn hierarchy(pairs: &[(usize, usize)]) -> Hierarchy {
        let pairs: Vec<_> = pairs.iter().map(|(a, b)| (term(*a), term(*b))).collect();
        Hierarchy::new(pairs.iter().map(|(a, b)| (a, b)))
    }

    #[test]
    fn a_long_chain_and_a_long_cycle_take_linear_time() {
        let chain: Vec<_> = (0..100_000).map(|number| (number, number + 1)).collect();
        let cycle: Vec<_> = (0..100_000).map(|number| (number, (number + 1) % 100_000)).collect();
        let (chain, cycle) = (hierarchy(&chain), hierarchy(&cycle));
        for number in 0..100_000 {
            assert!(chain.is_below(&term(number), &term(100_000)) && cycle.is_below(&term(number), &term(7)));
            assert!(!chain.is_below(&term(100_000), &term(number)));
        }
        assert_eq!(chain.with_ancestors([&term(0)]).len(), 100_001);
        assert_eq!(cycle.with_descendants([&term(5)]).len(), 100_000);
    }

    proptest! {
        #[test]
        fn terms_are_below_those_that_are_reached(pairs in prop::collection::vec((0_usize..12, 0_usize..12), 0..30)) {
            let hierarchy = hierarchy(&pairs);
            for from in 0..13 {
                let mut reached = BTreeSet::from([from]);
                let mut pending = vec![from];
                while let Some(at) = pending.pop() {
                    pending.extend(pairs.iter().filter(|(a, _)| *a == at).map(|(_, b)| *b).filter(|b| reached.insert(*b)));
                }
                let from = term(from);
                for to in 0..13 {
                    prop_assert_eq!(hierarchy.is_below(&from, &term(to)), reached.contains(&to));
                    prop_assert_eq!(hierarchy.with_descendants([&term(to)]).contains(&from), reached.contains(&to));
                }
                let all: BTreeSet<NamedNode> = reached.into_iter().map(term).collect();
                prop_assert_eq!(hierarchy.with_ancestors([&from]), all.iter().collect());
            }
        }
    }
}
