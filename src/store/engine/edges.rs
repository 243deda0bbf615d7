//! The triples of one graph as edges that paths follow.

use super::execution::Execution;
use super::nodes::Nodes;
use crate::store::GraphError;
use crate::store::compiled::Id;

/// The edges of the default graph, or of a named graph.
#[derive(Clone, Copy)]
pub(super) struct Edges<'a> {
    pub(super) execution: &'a Execution,
    /// The name of the graph.
    pub(super) graph: Option<Id>,
}

impl Edges<'_> {
    /// Calls a function with the subject, predicate and object of the matching quads of the named graph.
    fn for_each_quad(
        self,
        name: Id,
        pattern: [Option<Id>; 3],
        mut visit: impl FnMut([Id; 3]) -> Result<(), GraphError>,
    ) -> Result<(), GraphError> {
        let named = self.execution.graph.named();
        let [s, p, o] = pattern;
        let pattern = [s, p, o, Some(name)];
        let (order, range) = named.candidates(pattern)?;
        for at in range {
            self.execution.budget.check()?;
            let quad = named.quad(order, at)?;
            if pattern.iter().zip(&quad).all(|(expected, id)| expected.is_none_or(|expected| expected == *id)) {
                let [s, p, o, _] = quad;
                visit([s, p, o])?;
            }
        }
        Ok(())
    }

    /// Adds the nodes to which edges with a predicate lead from a node, or, if not `forward`, from which they lead to it.
    pub(super) fn add_neighbours(
        self,
        node: Id,
        predicate: Id,
        forward: bool,
        out: &mut Nodes,
    ) -> Result<(), GraphError> {
        if let Some(name) = self.graph {
            let pattern =
                if forward { [Some(node), Some(predicate), None] } else { [None, Some(predicate), Some(node)] };
            return self.for_each_quad(name, pattern, |[s, _, o]| out.push(if forward { o } else { s }));
        }
        let orders = self.execution.graph.orders();
        let column = match forward {
            true => orders.spo_o.slice(orders.objects_of(node, predicate)?)?,
            false => orders.pos_s.slice(orders.subjects_of(predicate, node)?)?,
        };
        out.extend(column.len(), column.iter().map(|id| id.get()))
    }

    /// Does the same for edges with any other predicate than some.
    pub(super) fn add_neighbours_except(
        self,
        node: Id,
        predicates: &[Id],
        forward: bool,
        out: &mut Nodes,
    ) -> Result<(), GraphError> {
        if let Some(name) = self.graph {
            let pattern = if forward { [Some(node), None, None] } else { [None, None, Some(node)] };
            return self.for_each_quad(name, pattern, |[s, p, o]| match predicates.contains(&p) {
                true => Ok(()),
                false => out.push(if forward { o } else { s }),
            });
        }
        let orders = self.execution.graph.orders();
        let (range, column, others) = match forward {
            true => (orders.of_subject(node)?, &orders.spo_p, &orders.spo_o),
            false => (orders.of_object(node)?, &orders.osp_p, &orders.osp_s),
        };
        let pairs = column.slice(range.clone())?.iter().zip(others.slice(range.clone())?);
        let others = pairs.filter(|(p, _)| !predicates.contains(&p.get())).map(|(_, id)| id.get());
        out.extend(range.len(), others)
    }

    pub(super) fn contains(self, from: Id, predicate: Id, to: Id) -> Result<bool, GraphError> {
        let Some(name) = self.graph else { return self.execution.graph.orders().contains(from, predicate, to) };
        let mut found = false;
        self.for_each_quad(name, [Some(from), Some(predicate), Some(to)], |_| {
            found = true;
            Ok(())
        })?;
        Ok(found)
    }

    /// How many edges lead from one node to another, with any other predicate than some.
    pub(super) fn count_except(self, from: Id, predicates: &[Id], to: Id) -> Result<u64, GraphError> {
        let mut count = 0;
        if let Some(name) = self.graph {
            self.for_each_quad(name, [Some(from), None, Some(to)], |[_, p, _]| {
                count += u64::from(!predicates.contains(&p));
                Ok(())
            })?;
            return Ok(count);
        }
        let orders = self.execution.graph.orders();
        let found = orders.osp_p.slice(orders.predicates_of(from, to)?)?;
        Ok(found.iter().filter(|p| !predicates.contains(&p.get())).count() as u64)
    }

    /// Whether a term is the subject or the object of an edge.
    pub(super) fn is_node(self, id: Id) -> Result<bool, GraphError> {
        if let Some(name) = self.graph {
            let mut found = false;
            for pattern in [[Some(id), None, None], [None, None, Some(id)]] {
                self.for_each_quad(name, pattern, |_| {
                    found = true;
                    Ok(())
                })?;
            }
            return Ok(found);
        }
        let orders = self.execution.graph.orders();
        Ok(!orders.of_subject(id)?.is_empty() || !orders.of_object(id)?.is_empty())
    }

    /// Adds the subjects of the edges with a predicate, or, if not `forward`, their objects.
    pub(super) fn add_starts(self, predicate: Id, forward: bool, out: &mut Nodes) -> Result<(), GraphError> {
        if let Some(name) = self.graph {
            return self
                .for_each_quad(name, [None, Some(predicate), None], |[s, _, o]| out.push(if forward { s } else { o }));
        }
        let orders = self.execution.graph.orders();
        if let Some(row) = orders.of_predicate(predicate)? {
            let column = if forward { &orders.pos_s } else { &orders.pos_o };
            let column = column.slice(row.range)?;
            out.extend(column.len(), column.iter().map(|id| id.get()))?;
        }
        Ok(())
    }

    /// Adds all nodes of the graph.
    pub(super) fn add_nodes(self, out: &mut Nodes) -> Result<(), GraphError> {
        if let Some(name) = self.graph {
            return self.for_each_quad(name, [None; 3], |[s, _, o]| {
                out.push(s)?;
                out.push(o)
            });
        }
        for id in 0..self.execution.graph.id_bound() as Id {
            self.execution.budget.check()?;
            if self.is_node(id)? {
                out.push(id)?;
            }
        }
        Ok(())
    }
}
