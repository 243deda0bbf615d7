//! Property paths over ids.
//!
//! As in Oxigraph, what several branches of an alternative lead to is found once, and a path of no length holds only for
//! nodes of the graph.

use super::run::Context;
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, Id};
use rustc_hash::FxHashSet;

/// A path. Predicates that the graph does not hold have an id of no term.
pub(super) enum Path {
    Predicate(Id),
    Reverse(Box<Path>),
    Sequence(Box<Path>, Box<Path>),
    Alternative(Box<Path>, Box<Path>),
    ZeroOrMore(Box<Path>),
    OneOrMore(Box<Path>),
    ZeroOrOne(Box<Path>),
    /// Any predicate but these.
    Negated(Vec<Id>),
}

impl Path {
    /// Adds the nodes that the path leads to from a node; or, backwards, those from which it leads to it.
    pub(super) fn from(&self, context: &Context, node: Id, forward: bool, out: &mut Vec<Id>) -> Result<(), GraphError> {
        let orders = context.graph.orders();
        match self {
            Self::Predicate(predicate) => {
                let column = match forward {
                    true => orders.spo_o.slice(orders.objects_of(node, *predicate)?)?,
                    false => orders.pos_s.slice(orders.subjects_of(*predicate, node)?)?,
                };
                out.extend(column.iter().map(|id| id.get()));
            }
            Self::Reverse(path) => path.from(context, node, !forward, out)?,
            Self::Sequence(first, second) => {
                let (first, second) = if forward { (first, second) } else { (second, first) };
                let mut middle = Vec::new();
                first.from(context, node, forward, &mut middle)?;
                for node in middle {
                    context.stop.check()?;
                    second.from(context, node, forward, out)?;
                }
            }
            Self::Alternative(one, other) => {
                let start = out.len();
                one.from(context, node, forward, out)?;
                other.from(context, node, forward, out)?;
                keep_first(out, start);
            }
            Self::ZeroOrMore(path) => {
                if is_node(&context.graph, node)? {
                    path.closure(context, vec![node], forward, out)?;
                }
            }
            Self::OneOrMore(path) => {
                let mut first = Vec::new();
                path.from(context, node, forward, &mut first)?;
                path.closure(context, first, forward, out)?;
            }
            Self::ZeroOrOne(path) => {
                if is_node(&context.graph, node)? {
                    let start = out.len();
                    out.push(node);
                    path.from(context, node, forward, out)?;
                    keep_first(out, start);
                }
            }
            Self::Negated(predicates) => {
                let (range, column, others) = match forward {
                    true => (orders.of_subject(node)?, &orders.spo_p, &orders.spo_o),
                    false => (orders.of_object(node)?, &orders.osp_p, &orders.osp_s),
                };
                let pairs = column.slice(range.clone())?.iter().zip(others.slice(range)?);
                out.extend(pairs.filter(|(p, _)| !predicates.contains(&p.get())).map(|(_, id)| id.get()));
            }
        }
        Ok(())
    }

    /// Adds the nodes that are reached from some in any number of steps, themselves included, each once.
    fn closure(&self, context: &Context, start: Vec<Id>, forward: bool, out: &mut Vec<Id>) -> Result<(), GraphError> {
        let mut seen = FxHashSet::default();
        let first = out.len();
        out.extend(start.into_iter().filter(|node| seen.insert(*node)));
        let mut at = first;
        let mut next = Vec::new();
        while at < out.len() {
            context.stop.check()?;
            next.clear();
            self.from(context, out[at], forward, &mut next)?;
            out.extend(next.iter().copied().filter(|node| seen.insert(*node)));
            at += 1;
        }
        Ok(())
    }

    /// How many triples have one of its predicates.
    pub(super) fn triples(&self, graph: &CompiledGraph) -> Result<usize, GraphError> {
        Ok(match self {
            Self::Predicate(predicate) => graph.orders().of_predicate(*predicate)?.map_or(0, |row| row.range.len()),
            Self::Reverse(path) | Self::ZeroOrMore(path) | Self::OneOrMore(path) | Self::ZeroOrOne(path) => {
                path.triples(graph)?
            }
            Self::Sequence(a, b) | Self::Alternative(a, b) => a.triples(graph)?.saturating_add(b.triples(graph)?),
            Self::Negated(_) => graph.orders().len(),
        })
    }

    /// In how many ways the path leads from one node to another. Only a sequence and a closure list what lies between.
    pub(super) fn leads(&self, context: &Context, from: Id, to: Id) -> Result<u64, GraphError> {
        let orders = context.graph.orders();
        Ok(match self {
            Self::Predicate(predicate) => u64::from(orders.contains(from, *predicate, to)?),
            Self::Reverse(path) => path.leads(context, to, from)?,
            Self::Sequence(first, second) => {
                let (mut middle, mut ways) = (Vec::new(), 0);
                first.from(context, from, true, &mut middle)?;
                for node in middle {
                    context.stop.check()?;
                    ways += second.leads(context, node, to)?;
                }
                ways
            }
            Self::Alternative(one, other) => {
                u64::from(one.leads(context, from, to)? > 0 || other.leads(context, from, to)? > 0)
            }
            Self::ZeroOrOne(path) => {
                u64::from(is_node(&context.graph, from)? && (from == to || path.leads(context, from, to)? > 0))
            }
            Self::Negated(predicates) => {
                let found = orders.osp_p.slice(orders.predicates_of(from, to)?)?;
                found.iter().filter(|p| !predicates.contains(&p.get())).count() as u64
            }
            Self::ZeroOrMore(_) | Self::OneOrMore(_) => {
                let mut found = Vec::new();
                self.from(context, from, true, &mut found)?;
                u64::from(found.contains(&to))
            }
        })
    }

    /// The nodes that a path may begin at: all nodes of the graph, or those with a fitting triple.
    pub(super) fn starts(&self, context: &Context) -> Result<Vec<Id>, GraphError> {
        let mut nodes = Vec::new();
        self.first_nodes(context, true, &mut nodes)?;
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    fn first_nodes(&self, context: &Context, forward: bool, out: &mut Vec<Id>) -> Result<(), GraphError> {
        let orders = context.graph.orders();
        match self {
            Self::Predicate(predicate) => {
                if let Some(row) = orders.of_predicate(*predicate)? {
                    let column = if forward { &orders.pos_s } else { &orders.pos_o };
                    out.extend(column.slice(row.range)?.iter().map(|id| id.get()));
                }
            }
            Self::Reverse(path) => path.first_nodes(context, !forward, out)?,
            Self::Sequence(first, second) => {
                if forward { first } else { second }.first_nodes(context, forward, out)?;
            }
            Self::Alternative(one, other) => {
                one.first_nodes(context, forward, out)?;
                other.first_nodes(context, forward, out)?;
            }
            Self::OneOrMore(path) => path.first_nodes(context, forward, out)?,
            Self::ZeroOrMore(_) | Self::ZeroOrOne(_) | Self::Negated(_) => {
                for id in 0..context.graph.id_bound() as Id {
                    context.stop.check()?;
                    if is_node(&context.graph, id)? {
                        out.push(id);
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

/// Drops what stands in a list from `start` on for the second time.
fn keep_first(list: &mut Vec<Id>, start: usize) {
    let mut seen = FxHashSet::default();
    let mut kept = start;
    for at in start..list.len() {
        if seen.insert(list[at]) {
            list[kept] = list[at];
            kept += 1;
        }
    }
    list.truncate(kept);
}
