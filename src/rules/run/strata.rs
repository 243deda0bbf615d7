//! Stratification: sorts clauses so that negated predicates are complete before they are read.

use super::clause::{Clause, Component, Condition};
use crate::store::Id;
use petgraph::algo::{astar, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

/// How a clause reads a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    /// In a pattern.
    Present,
    /// In a negated pattern.
    Absent,
}

/// A cycle of clauses through a negation.
#[derive(Debug)]
pub(in crate::rules) struct Cycle {
    /// The negated predicate.
    pub(in crate::rules) predicate: Option<Id>,
    /// The clauses of the cycle, starting with the negating one.
    pub(in crate::rules) clauses: Vec<usize>,
}

/// Sorts clauses into strata. Each stratum negates only predicates of earlier strata.
///
/// The nodes of the graph are clauses and predicates. Edges lead from a predicate to the clauses that read it, and from a
/// clause to the predicate that it derives. Takes time linear in the number of patterns.
pub(in crate::rules) fn strata(clauses: &[Clause]) -> Result<Vec<Vec<usize>>, Cycle> {
    let mut graph: DiGraph<Option<usize>, Reads> = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..clauses.len()).map(|clause| graph.add_node(Some(clause))).collect();
    // The node of patterns and heads with a variable as the predicate.
    let any = graph.add_node(None);
    let mut predicates: FxHashMap<Id, NodeIndex> = FxHashMap::default();
    for clause in clauses {
        if let Component::Id(id) = clause.head[1] {
            predicates.entry(id).or_insert_with(|| graph.add_node(None));
        }
    }
    let derives_any = clauses.iter().any(|clause| matches!(clause.head[1], Component::Slot(_)));
    for node in predicates.values() {
        graph.update_edge(*node, any, Reads::Present);
        if derives_any {
            graph.update_edge(any, *node, Reads::Present);
        }
    }
    let node_of = |component: Component| match component {
        // A predicate that no rule derives is complete.
        Component::Id(id) => predicates.get(&id).copied().or(derives_any.then_some(any)),
        Component::Slot(_) => Some(any),
    };
    // All alternatives of a rule belong to one stratum.
    let mut rules: FxHashMap<usize, NodeIndex> = FxHashMap::default();
    for (clause, node) in clauses.iter().zip(&nodes) {
        let rule = *rules.entry(clause.rule).or_insert_with(|| graph.add_node(None));
        graph.add_edge(*node, rule, Reads::Present);
        graph.add_edge(rule, *node, Reads::Present);
        if let Some(derived) = node_of(clause.head[1]) {
            graph.add_edge(*node, derived, Reads::Present);
        }
        for at in clause.open_atoms() {
            if let Some(read) = node_of(clause.condition.atoms[at][1]) {
                graph.add_edge(read, *node, Reads::Present);
            }
        }
        for_each_negated(&clause.condition, &mut |component| {
            if let Some(read) = node_of(component) {
                graph.add_edge(read, *node, Reads::Absent);
            }
        });
    }

    // Components are in reverse topological order.
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
    // All clauses of a predicate belong to one stratum.
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

fn for_each_negated(condition: &Condition, each: &mut impl FnMut(Component)) {
    for absent in &condition.absent {
        absent.atoms.iter().for_each(|atom| each(atom[1]));
        for_each_negated(absent, each);
    }
}
