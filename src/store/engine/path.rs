//! Property paths over ids.
//!
//! Alternatives and sequences keep the number of ways in which they connect two nodes; closures and optional steps connect them once
//! ([SPARQL 1.1, section 18.4](https://www.w3.org/TR/sparql11-query/#PropertyPathPatterns)). A path of length zero connects any term that
//! the query names with itself, and each node of the graph.

use super::edges::Edges;
use super::nodes::{NodeSet, Nodes};
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, Id};

/// A path. A predicate that the graph does not contain is `NO_TERM`.
pub(super) enum Path {
    Predicate(Id),
    Reverse(Box<Path>),
    Sequence(Box<Path>, Box<Path>),
    Alternative(Box<Path>, Box<Path>),
    ZeroOrMore(Box<Path>),
    OneOrMore(Box<Path>),
    ZeroOrOne(Box<Path>),
    /// Any predicate except these.
    Negated(Vec<Id>),
}

/// An end of a path.
#[derive(Clone, Copy)]
pub(super) struct End {
    pub(super) id: Id,
    /// Whether it is a term of the query: a path of length zero matches it even if it is not a node of the graph.
    pub(super) is_named: bool,
}

impl End {
    fn node(id: Id) -> Self {
        Self { id, is_named: false }
    }

    /// Whether a path of length zero starts or ends here.
    fn matches_itself(self, edges: Edges<'_>) -> Result<bool, GraphError> {
        Ok(self.is_named || edges.is_node(self.id)?)
    }
}

impl Path {
    /// Adds the nodes that the path reaches from an end, or, if not `forward`, the nodes from which it reaches the end.
    pub(super) fn follow(&self, edges: Edges<'_>, end: End, forward: bool, out: &mut Nodes) -> Result<(), GraphError> {
        let budget = &edges.execution.budget;
        match self {
            Self::Predicate(predicate) => edges.add_neighbours(end.id, *predicate, forward, out)?,
            Self::Reverse(path) => path.follow(edges, end, !forward, out)?,
            Self::Sequence(first, second) => {
                let (first, second) = if forward { (first, second) } else { (second, first) };
                let mut middle = Nodes::new(budget);
                first.follow(edges, end, forward, &mut middle)?;
                for node in middle {
                    budget.check()?;
                    second.follow(edges, End::node(node), forward, out)?;
                }
            }
            Self::Alternative(one, other) => {
                one.follow(edges, end, forward, out)?;
                other.follow(edges, end, forward, out)?;
            }
            Self::ZeroOrMore(path) => {
                if end.matches_itself(edges)? {
                    let mut start = Nodes::new(budget);
                    start.push(end.id)?;
                    path.closure(edges, start, forward, out)?;
                }
            }
            Self::OneOrMore(path) => {
                let mut first = Nodes::new(budget);
                path.follow(edges, end, forward, &mut first)?;
                path.closure(edges, first, forward, out)?;
            }
            Self::ZeroOrOne(path) => {
                let start = out.len();
                if end.matches_itself(edges)? {
                    out.push(end.id)?;
                }
                path.follow(edges, end, forward, out)?;
                out.dedup_from(start)?;
            }
            Self::Negated(predicates) => edges.add_neighbours_except(end.id, predicates, forward, out)?,
        }
        Ok(())
    }

    /// Adds the start nodes and all nodes that the path reaches from them in any number of steps, each once.
    fn closure(&self, edges: Edges<'_>, start: Nodes, forward: bool, out: &mut Nodes) -> Result<(), GraphError> {
        let budget = &edges.execution.budget;
        let mut seen = NodeSet::new(budget);
        let mut current = out.len();
        for node in start {
            if seen.insert(node)? {
                out.push(node)?;
            }
        }
        let mut next = Nodes::new(budget);
        while let Some(node) = out.as_slice().get(current) {
            budget.check()?;
            next.clear();
            // Each step starts from a term, not a variable.
            self.follow(edges, End { id: *node, is_named: true }, forward, &mut next)?;
            for node in next.as_slice() {
                if seen.insert(*node)? {
                    out.push(*node)?;
                }
            }
            current += 1;
        }
        Ok(())
    }

    /// How many triples have a predicate of the path.
    pub(super) fn triple_count(&self, graph: &CompiledGraph) -> Result<usize, GraphError> {
        Ok(match self {
            Self::Predicate(predicate) => graph.orders().of_predicate(*predicate)?.map_or(0, |row| row.range.len()),
            Self::Reverse(path) | Self::ZeroOrMore(path) | Self::OneOrMore(path) | Self::ZeroOrOne(path) => {
                path.triple_count(graph)?
            }
            Self::Sequence(a, b) | Self::Alternative(a, b) => {
                a.triple_count(graph)?.saturating_add(b.triple_count(graph)?)
            }
            Self::Negated(_) => graph.orders().len(),
        })
    }

    /// How many solutions the path has from one end to another. Only sequences and closures list the nodes in between.
    pub(super) fn count(&self, edges: Edges<'_>, from: End, to: End) -> Result<u64, GraphError> {
        let budget = &edges.execution.budget;
        Ok(match self {
            Self::Predicate(predicate) => u64::from(edges.contains(from.id, *predicate, to.id)?),
            Self::Reverse(path) => path.count(edges, to, from)?,
            Self::Sequence(first, second) => {
                let (mut middle, mut count) = (Nodes::new(budget), 0_u64);
                first.follow(edges, from, true, &mut middle)?;
                for node in middle {
                    budget.check()?;
                    count = count.saturating_add(second.count(edges, End::node(node), to)?);
                }
                count
            }
            Self::Alternative(one, other) => one.count(edges, from, to)?.saturating_add(other.count(edges, from, to)?),
            Self::ZeroOrOne(path) => {
                let is_zero = from.id == to.id && (to.is_named || from.matches_itself(edges)?);
                u64::from(is_zero || path.count(edges, from, to)? > 0)
            }
            Self::Negated(predicates) => edges.count_except(from.id, predicates, to.id)?,
            Self::ZeroOrMore(_) if from.id == to.id => u64::from(to.is_named || from.matches_itself(edges)?),
            Self::ZeroOrMore(_) | Self::OneOrMore(_) => {
                let mut found = Nodes::new(budget);
                self.follow(edges, from, true, &mut found)?;
                u64::from(found.as_slice().contains(&to.id))
            }
        })
    }

    /// The nodes at which the path can start: those with a matching triple, or all nodes of the graph.
    pub(super) fn start_nodes(&self, edges: Edges<'_>) -> Result<Nodes, GraphError> {
        let mut nodes = Nodes::new(&edges.execution.budget);
        self.add_start_nodes(edges, true, &mut nodes)?;
        nodes.sort_and_dedup();
        Ok(nodes)
    }

    fn add_start_nodes(&self, edges: Edges<'_>, forward: bool, out: &mut Nodes) -> Result<(), GraphError> {
        match self {
            Self::Predicate(predicate) => edges.add_starts(*predicate, forward, out),
            Self::Reverse(path) => path.add_start_nodes(edges, !forward, out),
            Self::Sequence(first, second) => if forward { first } else { second }.add_start_nodes(edges, forward, out),
            Self::Alternative(one, other) => {
                one.add_start_nodes(edges, forward, out)?;
                other.add_start_nodes(edges, forward, out)
            }
            Self::OneOrMore(path) => path.add_start_nodes(edges, forward, out),
            Self::ZeroOrMore(_) | Self::ZeroOrOne(_) | Self::Negated(_) => edges.add_nodes(out),
        }
    }
}
