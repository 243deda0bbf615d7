//! Which rules must be complete before which.

use super::clause::{Clause, Condition, Place};
use crate::store::Id;
use petgraph::algo::{astar, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

/// How a clause reads what another derives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    /// It matches it.
    Present,
    /// It asks that it is not there.
    Absent,
}

/// A circle of rules in which one asks that something is not there which depends on what it derives itself.
#[derive(Debug)]
pub(in crate::rules) struct Cycle {
    /// The predicate of what must not be there.
    pub(in crate::rules) predicate: Option<Id>,
    /// The clauses: first the one that asks, then those through which that depends on it.
    pub(in crate::rules) clauses: Vec<usize>,
}

/// Sorts clauses into strata. Each stratum negates only what those before it derive.
///
/// The graph has the clauses and the predicates as its nodes: a predicate leads to the clauses that read it, a clause to the
/// predicate that it derives. So it takes as long as there are patterns.
pub(in crate::rules) fn strata(clauses: &[Clause]) -> Result<Vec<Vec<usize>>, Cycle> {
    let mut graph: DiGraph<Option<usize>, Reads> = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..clauses.len()).map(|clause| graph.add_node(Some(clause))).collect();
    // Any predicate: what a pattern with a variable in its place reads, and what such a head derives.
    let any = graph.add_node(None);
    let mut predicates: FxHashMap<Id, NodeIndex> = FxHashMap::default();
    for clause in clauses {
        if let Place::Id(id) = clause.head[1] {
            predicates.entry(id).or_insert_with(|| graph.add_node(None));
        }
    }
    let derives_any = clauses.iter().any(|clause| matches!(clause.head[1], Place::Slot(_)));
    let listed: Vec<NodeIndex> = clauses
        .iter()
        .filter_map(|c| match c.head[1] {
            Place::Id(id) => predicates.get(&id).copied(),
            Place::Slot(_) => None,
        })
        .collect();
    for node in listed {
        graph.update_edge(node, any, Reads::Present);
        if derives_any {
            graph.update_edge(any, node, Reads::Present);
        }
    }
    let node_of = |place: Place| match place {
        // What no rule derives is complete from the beginning.
        Place::Id(id) => predicates.get(&id).copied().or(derives_any.then_some(any)),
        Place::Slot(_) => Some(any),
    };
    // What one rule derives belongs together, whichever of its alternatives gives it.
    let mut rules: FxHashMap<usize, NodeIndex> = FxHashMap::default();
    for (clause, node) in clauses.iter().zip(&nodes) {
        let rule = *rules.entry(clause.rule).or_insert_with(|| graph.add_node(None));
        graph.add_edge(*node, rule, Reads::Present);
        graph.add_edge(rule, *node, Reads::Present);
        if let Some(derived) = node_of(clause.head[1]) {
            graph.add_edge(*node, derived, Reads::Present);
        }
        for at in clause.open() {
            if let Some(read) = node_of(clause.condition.atoms[at][1]) {
                graph.add_edge(read, *node, Reads::Present);
            }
        }
        each_absent(&clause.condition, &mut |place| {
            if let Some(read) = node_of(place) {
                graph.add_edge(read, *node, Reads::Absent);
            }
        });
    }

    // Tarjan gives what is depended on last.
    let components = tarjan_scc(&graph);
    let mut component_of = vec![0; graph.node_count()];
    for (number, component) in components.iter().enumerate() {
        for node in component {
            component_of[node.index()] = number;
        }
    }
    let mut stratum = vec![0_usize; components.len()];
    for (number, component) in components.iter().enumerate().rev() {
        for edge in component.iter().flat_map(|node| graph.edges(*node)) {
            let to = component_of[edge.target().index()];
            if to == number && *edge.weight() == Reads::Absent {
                return Err(cycle(&graph, edge.source(), edge.target(), &predicates));
            }
            stratum[to] = stratum[to].max(stratum[number] + usize::from(*edge.weight() == Reads::Absent));
        }
    }
    // All clauses of one predicate belong together.
    let of_clause = |clause: usize| {
        let derived = node_of(clauses[clause].head[1]).map_or(0, |node| stratum[component_of[node.index()]]);
        derived.max(stratum[component_of[nodes[clause].index()]])
    };
    let mut strata: Vec<Vec<usize>> = vec![Vec::new(); stratum.iter().max().map_or(1, |last| last + 1)];
    for clause in 0..clauses.len() {
        strata[of_clause(clause)].push(clause);
    }
    strata.retain(|stratum| !stratum.is_empty());
    Ok(strata)
}

fn cycle(
    graph: &DiGraph<Option<usize>, Reads>,
    predicate: NodeIndex,
    clause: NodeIndex,
    predicates: &FxHashMap<Id, NodeIndex>,
) -> Cycle {
    let path = astar(graph, clause, |node| node == predicate, |_| 1, |_| 0).map_or_else(Vec::new, |(_, path)| path);
    Cycle {
        predicate: predicates.iter().find(|(_, node)| **node == predicate).map(|(id, _)| *id),
        clauses: path.into_iter().filter_map(|node| graph[node]).collect(),
    }
}

fn each_absent(condition: &Condition, each: &mut impl FnMut(Place)) {
    for absent in &condition.absent {
        absent.atoms.iter().for_each(|atom| each(atom[1]));
        each_absent(absent, each);
    }
}
