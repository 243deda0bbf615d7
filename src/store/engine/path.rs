//! Property paths over ids.
//!
//! As in Oxigraph, an alternative reaches each node once, and a path of length zero matches only nodes of the graph.

use super::nodes::{NodeSet, Nodes};
use super::pipeline::Execution;
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

impl Path {
    /// Adds the nodes that the path reaches from a node, or, if not `forward`, the nodes from which it reaches the node.
    pub(super) fn follow(
        &self,
        execution: &Execution,
        node: Id,
        forward: bool,
        out: &mut Nodes,
    ) -> Result<(), GraphError> {
        let orders = execution.graph.orders();
        match self {
            Self::Predicate(predicate) => {
                let column = match forward {
                    true => orders.spo_o.slice(orders.objects_of(node, *predicate)?)?,
                    false => orders.pos_s.slice(orders.subjects_of(*predicate, node)?)?,
                };
                out.extend(column.len(), column.iter().map(|id| id.get()))?;
            }
            Self::Reverse(path) => path.follow(execution, node, !forward, out)?,
            Self::Sequence(first, second) => {
                let (first, second) = if forward { (first, second) } else { (second, first) };
                let mut middle = Nodes::new(&execution.budget);
                first.follow(execution, node, forward, &mut middle)?;
                for node in middle {
                    execution.budget.check()?;
                    second.follow(execution, node, forward, out)?;
                }
            }
            Self::Alternative(one, other) => {
                let start = out.len();
                one.follow(execution, node, forward, out)?;
                other.follow(execution, node, forward, out)?;
                out.dedup_from(start)?;
            }
            Self::ZeroOrMore(path) => {
                if is_node(&execution.graph, node)? {
                    let mut start = Nodes::new(&execution.budget);
                    start.push(node)?;
                    path.closure(execution, start, forward, out)?;
                }
            }
            Self::OneOrMore(path) => {
                let mut first = Nodes::new(&execution.budget);
                path.follow(execution, node, forward, &mut first)?;
                path.closure(execution, first, forward, out)?;
            }
            Self::ZeroOrOne(path) => {
                if is_node(&execution.graph, node)? {
                    let start = out.len();
                    out.push(node)?;
                    path.follow(execution, node, forward, out)?;
                    out.dedup_from(start)?;
                }
            }
            Self::Negated(predicates) => {
                let (range, column, others) = match forward {
                    true => (orders.of_subject(node)?, &orders.spo_p, &orders.spo_o),
                    false => (orders.of_object(node)?, &orders.osp_p, &orders.osp_s),
                };
                let pairs = column.slice(range.clone())?.iter().zip(others.slice(range.clone())?);
                let others = pairs.filter(|(p, _)| !predicates.contains(&p.get())).map(|(_, id)| id.get());
                out.extend(range.len(), others)?;
            }
        }
        Ok(())
    }

    /// Adds the start nodes and all nodes that the path reaches from them in any number of steps, each once.
    fn closure(&self, execution: &Execution, start: Nodes, forward: bool, out: &mut Nodes) -> Result<(), GraphError> {
        let mut seen = NodeSet::new(&execution.budget);
        let mut current = out.len();
        for node in start {
            if seen.insert(node)? {
                out.push(node)?;
            }
        }
        let mut next = Nodes::new(&execution.budget);
        while let Some(node) = out.as_slice().get(current) {
            execution.budget.check()?;
            next.clear();
            self.follow(execution, *node, forward, &mut next)?;
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

    /// How many solutions the path has from one node to another. Only sequences and closures list the nodes in between.
    pub(super) fn count(&self, execution: &Execution, from: Id, to: Id) -> Result<u64, GraphError> {
        let orders = execution.graph.orders();
        Ok(match self {
            Self::Predicate(predicate) => u64::from(orders.contains(from, *predicate, to)?),
            Self::Reverse(path) => path.count(execution, to, from)?,
            Self::Sequence(first, second) => {
                let (mut middle, mut count) = (Nodes::new(&execution.budget), 0);
                first.follow(execution, from, true, &mut middle)?;
                for node in middle {
                    execution.budget.check()?;
                    count += second.count(execution, node, to)?;
                }
                count
            }
            Self::Alternative(one, other) => {
                u64::from(one.count(execution, from, to)? > 0 || other.count(execution, from, to)? > 0)
            }
            Self::ZeroOrOne(path) => {
                u64::from(is_node(&execution.graph, from)? && (from == to || path.count(execution, from, to)? > 0))
            }
            Self::Negated(predicates) => {
                let found = orders.osp_p.slice(orders.predicates_of(from, to)?)?;
                found.iter().filter(|p| !predicates.contains(&p.get())).count() as u64
            }
            Self::ZeroOrMore(_) | Self::OneOrMore(_) => {
                let mut found = Nodes::new(&execution.budget);
                self.follow(execution, from, true, &mut found)?;
                u64::from(found.as_slice().contains(&to))
            }
        })
    }

    /// The nodes at which the path can start: those with a matching triple, or all nodes of the graph.
    pub(super) fn start_nodes(&self, execution: &Execution) -> Result<Nodes, GraphError> {
        let mut nodes = Nodes::new(&execution.budget);
        self.add_start_nodes(execution, true, &mut nodes)?;
        nodes.sort_and_dedup();
        Ok(nodes)
    }

    fn add_start_nodes(&self, execution: &Execution, forward: bool, out: &mut Nodes) -> Result<(), GraphError> {
        let orders = execution.graph.orders();
        match self {
            Self::Predicate(predicate) => {
                if let Some(row) = orders.of_predicate(*predicate)? {
                    let column = if forward { &orders.pos_s } else { &orders.pos_o };
                    let column = column.slice(row.range)?;
                    out.extend(column.len(), column.iter().map(|id| id.get()))?;
                }
            }
            Self::Reverse(path) => path.add_start_nodes(execution, !forward, out)?,
            Self::Sequence(first, second) => {
                if forward { first } else { second }.add_start_nodes(execution, forward, out)?;
            }
            Self::Alternative(one, other) => {
                one.add_start_nodes(execution, forward, out)?;
                other.add_start_nodes(execution, forward, out)?;
            }
            Self::OneOrMore(path) => path.add_start_nodes(execution, forward, out)?,
            Self::ZeroOrMore(_) | Self::ZeroOrOne(_) | Self::Negated(_) => {
                for id in 0..execution.graph.id_bound() as Id {
                    execution.budget.check()?;
                    if is_node(&execution.graph, id)? {
                        out.push(id)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether a term is the subject or the object of a triple.
fn is_node(graph: &CompiledGraph, id: Id) -> Result<bool, GraphError> {
    let orders = graph.orders();
    Ok(!orders.of_subject(id)?.is_empty() || !orders.of_object(id)?.is_empty())
}
