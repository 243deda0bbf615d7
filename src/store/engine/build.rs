//! From the algebra of a query to a plan.
//!
//! What a pattern is joined with is handed down to it as values in the row, which is right as long as no part of it could
//! tell: where an expression, an OPTIONAL or a MINUS inside would see a value that it should not, the pattern is evaluated
//! on its own, as a table, and then joined.

use super::plan::{Chain, In, NOTHING, Node, Op, Place, Slot, Step};
use super::scope::{self, Names};
use super::terms::ComputedTerms;
use crate::model::conjuncts;
use crate::store::GraphError;
use crate::store::compiled::{CompiledGraph, Id};
use oxigraph::model::{Term, TermRef};
use spargebra::algebra::GraphPattern;
use spargebra::term::NamedNodePattern;
use std::collections::{BTreeMap, BTreeSet};

/// Why a query has no plan.
pub(super) enum Unplanned {
    /// The operators do not know what it asks for.
    Unknown(&'static str),
    Graph(GraphError),
}

impl From<GraphError> for Unplanned {
    fn from(error: GraphError) -> Self {
        Self::Graph(error)
    }
}

pub(super) type Result<T> = std::result::Result<T, Unplanned>;

/// What is known while a query is planned.
pub(super) struct Planner<'a> {
    pub(super) graph: &'a CompiledGraph,
    pub(super) computed: ComputedTerms,
    /// The slots of the variables that can be seen, by name.
    pub(super) scope: BTreeMap<String, Slot>,
    pub(super) slot_names: Vec<String>,
    pub(super) tables: usize,
    pub(super) exists: usize,
    /// Whether relative IRIs are resolved.
    pub(super) has_base: bool,
    pub(super) current: In,
    /// Whether the values of rows stand for variables everywhere, as in EXISTS.
    pub(super) substituted: bool,
    /// Slots that have values wherever the chain at hand is run.
    outside: BTreeSet<Slot>,
    /// For how many rows it is expected to be run.
    arriving: f64,
}

impl<'a> Planner<'a> {
    pub(super) fn new(graph: &'a CompiledGraph) -> Self {
        Self {
            graph,
            computed: ComputedTerms::default(),
            scope: BTreeMap::new(),
            slot_names: Vec::new(),
            tables: 0,
            exists: 0,
            has_base: false,
            current: In::Default,
            substituted: false,
            outside: BTreeSet::new(),
            arriving: 1.0,
        }
    }

    pub(super) fn slot(&mut self, name: &str) -> Slot {
        if let Some(slot) = self.scope.get(name) {
            return *slot;
        }
        self.slot_names.push(name.to_owned());
        self.scope.insert(name.to_owned(), self.slot_names.len() - 1);
        self.slot_names.len() - 1
    }

    pub(super) fn slots(&mut self, names: &Names) -> Vec<Slot> {
        names.iter().map(|name| self.slot(name)).collect()
    }

    /// The id of a term, a computed one where the graph does not hold it.
    pub(super) fn term_id(&mut self, term: Term) -> Result<Id> {
        Ok(self.computed.id_of(self.graph, term)?)
    }

    pub(super) fn fixed(&self, term: TermRef<'_>) -> Result<Place> {
        Ok(Place::Fixed(self.graph.id_of(term)?.unwrap_or(NOTHING)))
    }

    /// The operator that gives the solutions of a pattern.
    pub(super) fn op(&mut self, pattern: &GraphPattern) -> Result<Op> {
        match pattern {
            GraphPattern::Project { inner, variables } => {
                // Only what is projected is seen outside.
                let shared: Vec<(String, Slot)> =
                    variables.iter().map(|v| (v.as_str().to_owned(), self.slot(v.as_str()))).collect();
                let outer = std::mem::replace(&mut self.scope, shared.iter().cloned().collect());
                let inner = self.op(inner);
                self.scope = outer;
                Ok(Op::Project { inner: Box::new(inner?), slots: shared.into_iter().map(|(_, slot)| slot).collect() })
            }
            GraphPattern::Distinct { inner } => {
                let slots = self.slots(&scope::possible(inner));
                Ok(Op::Distinct { inner: Box::new(self.op(inner)?), slots })
            }
            GraphPattern::Reduced { inner } => self.op(inner),
            GraphPattern::Slice { inner, start, length } => {
                let mut op = self.op(inner)?;
                if let Some(length) = length {
                    op.needs_only(start.saturating_add(*length));
                }
                Ok(Op::Slice { inner: Box::new(op), start: *start, length: *length })
            }
            GraphPattern::OrderBy { inner, expression } => {
                let seen = scope::possible(inner);
                let op = self.op(inner)?;
                let keys = expression.iter().map(|key| self.sort_key(key, &seen)).collect::<Result<_>>()?;
                Ok(Op::Sort { inner: Box::new(op), keys, first: None })
            }
            GraphPattern::Group { inner, variables, aggregates } => {
                let seen = scope::possible(inner);
                let op = self.op(inner)?;
                let all = self.slots(&seen);
                let keys = variables.iter().map(|v| self.slot(v.as_str())).collect();
                let mut planned = Vec::with_capacity(aggregates.len());
                for (variable, aggregate) in aggregates {
                    let aggregate = self.aggregate(aggregate, &seen)?;
                    planned.push((self.slot(variable.as_str()), aggregate));
                }
                Ok(Op::Group { inner: Box::new(op), keys, aggregates: planned, all })
            }
            _ => {
                let mut nodes = Vec::new();
                self.chain(pattern, &Names::new(), &mut nodes)?;
                // A table that comes first need not be kept: its rows are taken on as they come.
                if matches!(nodes.first(), Some(Node { step: Step::Table { .. }, .. }))
                    && let Step::Table { op, .. } = nodes.remove(0).step
                {
                    return Ok(match nodes.is_empty() {
                        true => *op,
                        false => Op::Then { inner: op, chain: Chain { nodes } },
                    });
                }
                Ok(Op::Chain(Chain { nodes }))
            }
        }
    }

    /// Adds the steps that give the solutions of a pattern, for rows that may have values for `seeds` already.
    pub(super) fn chain(&mut self, pattern: &GraphPattern, seeds: &Names, out: &mut Vec<Node>) -> Result<()> {
        if !self.substituted && !is_seedable(pattern, seeds) {
            return self.table(pattern, out);
        }
        let mut units = Vec::new();
        if self.units(pattern, &mut units)? {
            return self.ordered(units, seeds, out);
        }
        match pattern {
            GraphPattern::Join { left, right } => {
                self.chain(left, seeds, out)?;
                let seeds = seeds | &scope::possible(left);
                self.chain(right, &seeds, out)
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                self.chain(left, seeds, out)?;
                let seeds = seeds | &scope::possible(left);
                let mut nodes = self.inner_chain(right, &seeds, out)?;
                if let Some(expression) = expression {
                    let seen = &seeds | &scope::possible(right);
                    let rows = nodes.last().map_or(self.expected(out), |node| node.estimate);
                    nodes.push(self.filter(expression, &seen, rows)?);
                }
                let rows = self.expected(out);
                let estimate = nodes.last().map_or(rows, |node| node.estimate.max(rows));
                out.push(Node { step: Step::Optional(Chain { nodes }), estimate, label: "optional".to_owned() });
                Ok(())
            }
            GraphPattern::Filter { expr, inner } => {
                let from = out.len();
                self.chain(inner, seeds, out)?;
                let parts = conjuncts(expr);
                let seen = seeds | &scope::possible(inner);
                for part in parts {
                    let place = from + self.filter_place(part, &out[from..]);
                    let node = self.filter(part, &seen, self.expected(&out[..place]))?;
                    out.insert(place, node);
                }
                Ok(())
            }
            GraphPattern::Union { .. } => {
                let mut branches = Vec::new();
                alternatives(pattern, &mut branches);
                let mut chains = Vec::with_capacity(branches.len());
                for branch in branches {
                    chains.push(Chain { nodes: self.inner_chain(branch, seeds, out)? });
                }
                let rows = self.expected(out);
                let estimate = chains.iter().map(|chain| chain.nodes.last().map_or(rows, |node| node.estimate)).sum();
                out.push(Node { step: Step::Union(chains), estimate, label: "union".to_owned() });
                Ok(())
            }
            GraphPattern::Extend { inner, variable, expression } => {
                self.chain(inner, seeds, out)?;
                let seen = seeds | &scope::possible(inner);
                let expr = self.expression(expression, &seen)?;
                let slot = self.slot(variable.as_str());
                let label = format!("bind {expression} as {variable}");
                out.push(Node { step: Step::Bind { slot, expr }, estimate: self.expected(out), label });
                Ok(())
            }
            GraphPattern::Minus { left, right } => {
                self.chain(left, seeds, out)?;
                let shared: Names = scope::possible(left).intersection(&scope::possible(right)).cloned().collect();
                let sure: Names = scope::certain(left).intersection(&scope::certain(right)).cloned().collect();
                if shared.is_empty() {
                    return Ok(());
                }
                let op = Box::new(self.apart(right)?);
                let (slots, keys) = (self.slots(&shared), self.slots(&sure));
                let step = Step::Minus { table: self.new_table(), op, slots, keys };
                out.push(Node { step, estimate: self.expected(out), label: "minus".to_owned() });
                Ok(())
            }
            GraphPattern::Graph { name, inner } => self.in_graph(name, inner, seeds, out),
            GraphPattern::Project { .. }
            | GraphPattern::Distinct { .. }
            | GraphPattern::Reduced { .. }
            | GraphPattern::Slice { .. }
            | GraphPattern::OrderBy { .. }
            | GraphPattern::Group { .. } => self.table(pattern, out),
            GraphPattern::Service { .. } => Err(Unplanned::Unknown("SERVICE")),
            GraphPattern::Lateral { .. } => Err(Unplanned::Unknown("LATERAL")),
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {
                Err(Unplanned::Unknown("a pattern of this kind"))
            }
        }
    }

    /// The steps of a pattern within a step that follows `before`.
    pub(super) fn inner_chain(&mut self, pattern: &GraphPattern, seeds: &Names, before: &[Node]) -> Result<Vec<Node>> {
        let outside = self.outside.clone();
        self.outside.extend(sure_slots(before));
        let arriving = self.expected(before);
        let outer = std::mem::replace(&mut self.arriving, arriving);
        let mut nodes = Vec::new();
        let result = self.chain(pattern, seeds, &mut nodes);
        (self.outside, self.arriving) = (outside, outer);
        result.map(|()| nodes)
    }

    /// How many rows are expected after some steps.
    pub(super) fn expected(&self, nodes: &[Node]) -> f64 {
        nodes.last().map_or(self.arriving, |node| node.estimate)
    }

    /// The slots that have values after some steps, wherever they are run.
    pub(super) fn bound(&self, nodes: &[Node]) -> BTreeSet<Slot> {
        &sure_slots(nodes) | &self.outside
    }

    pub(super) fn new_table(&mut self) -> usize {
        self.tables += 1;
        self.tables - 1
    }

    /// The operator of a pattern that sees nothing of what it is joined with.
    fn apart(&mut self, pattern: &GraphPattern) -> Result<Op> {
        if let In::Named(Place::Slot(_)) = self.current {
            return Err(Unplanned::Unknown("a pattern on its own within GRAPH with a variable"));
        }
        let outside = std::mem::take(&mut self.outside);
        let arriving = std::mem::replace(&mut self.arriving, 1.0);
        let op = self.op(pattern);
        (self.outside, self.arriving) = (outside, arriving);
        op
    }

    fn table(&mut self, pattern: &GraphPattern, out: &mut Vec<Node>) -> Result<()> {
        let op = Box::new(self.apart(pattern)?);
        // What is sure on both sides.
        let bound = self.bound(out);
        let sure = self.slots(&scope::certain(pattern));
        let keys = sure.iter().copied().filter(|slot| bound.contains(slot)).collect();
        let step = Step::Table { table: self.new_table(), slots: op.all_slots(), op, keys, sure };
        let label = self.label(&step)?;
        out.push(Node { step, estimate: self.expected(out) * 10.0, label });
        Ok(())
    }

    pub(super) fn graph_name(&mut self, name: &NamedNodePattern) -> Result<Place> {
        match name {
            NamedNodePattern::NamedNode(node) => self.fixed(node.as_ref().into()),
            NamedNodePattern::Variable(variable) => Ok(Place::Slot(self.slot(variable.as_str()))),
        }
    }

    fn in_graph(
        &mut self,
        name: &NamedNodePattern,
        inner: &GraphPattern,
        seeds: &Names,
        out: &mut Vec<Node>,
    ) -> Result<()> {
        let mut seeds = seeds.clone();
        let place = self.graph_name(name)?;
        // Patterns bind the name themselves; anything else has to be asked graph by graph.
        if let (NamedNodePattern::Variable(variable), Place::Slot(slot)) = (name, place)
            && !matches!(inner, GraphPattern::Bgp { patterns } if !patterns.is_empty())
        {
            let label = format!("each graph {variable}");
            out.push(Node { step: Step::Graphs { name: slot }, estimate: self.expected(out) * 10.0, label });
            seeds.insert(variable.as_str().to_owned());
        }
        let outer = std::mem::replace(&mut self.current, In::Named(place));
        let result = self.chain(inner, &seeds, out);
        self.current = outer;
        result
    }

    /// Where among the steps of its group a filter can first be asked: behind the last that gives a value to one of its
    /// variables. Among EXISTS and tests of whether a variable is bound, it waits to the end.
    fn filter_place(&mut self, part: &spargebra::algebra::Expression, nodes: &[Node]) -> usize {
        let mut names = Names::new();
        scope::of_expression(part, &mut names);
        let slots = self.slots(&names);
        let sure = sure_slots(nodes);
        if scope::has_exists(part) || !slots.iter().all(|slot| sure.contains(slot)) {
            return nodes.len();
        }
        let mut bound = BTreeSet::new();
        for (at, node) in nodes.iter().enumerate() {
            if slots.iter().all(|slot| bound.contains(slot)) && at > 0 {
                return at;
            }
            sure_of(&node.step, &mut bound);
        }
        nodes.len()
    }
}

/// The slots that every row has values for after some steps.
pub(super) fn sure_slots(nodes: &[Node]) -> BTreeSet<Slot> {
    let mut sure = BTreeSet::new();
    for node in nodes {
        sure_of(&node.step, &mut sure);
    }
    sure
}

pub(super) fn sure_of(step: &Step, sure: &mut BTreeSet<Slot>) {
    match step {
        Step::Triple { places, graph, .. } => {
            sure.extend(places.iter().filter_map(|place| place.slot()));
            if let In::Named(place) = graph {
                sure.extend(place.slot());
            }
        }
        Step::TripleTerm { whole, parts } => sure.extend(parts.iter().chain([whole]).filter_map(|place| place.slot())),
        Step::Path { subject, object, .. } => sure.extend([subject, object].into_iter().filter_map(|p| p.slot())),
        Step::Graphs { name } => drop(sure.insert(*name)),
        Step::Values { slots, rows } => {
            let complete = |at: &usize| rows.iter().all(|row| row[*at] != 0);
            sure.extend((0..slots.len()).filter(complete).map(|at| slots[at]));
        }
        Step::Union(chains) => {
            let mut common: Option<BTreeSet<Slot>> = None;
            for chain in chains {
                let slots = sure_slots(&chain.nodes);
                common = Some(common.map_or(slots.clone(), |common| common.intersection(&slots).copied().collect()));
            }
            sure.extend(common.unwrap_or_default());
        }
        Step::Table { sure: slots, .. } => sure.extend(slots),
        Step::Filter { .. } | Step::Bind { .. } | Step::Optional(_) | Step::Minus { .. } => {}
    }
}

/// Whether a pattern gives the same solutions where rows have values for `seeds` already.
pub(super) fn is_seedable(pattern: &GraphPattern, seeds: &Names) -> bool {
    if seeds.is_empty() {
        return true;
    }
    let is_sure = |names: Names, inner: &GraphPattern| {
        let sure = scope::certain(inner);
        names.intersection(seeds).all(|name| sure.contains(name))
    };
    let of = |expression| {
        let mut names = Names::new();
        scope::of_expression(expression, &mut names);
        names
    };
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => true,
        GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
            is_seedable(left, seeds) && is_seedable(right, seeds)
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            let mut names = scope::possible(right);
            names.extend(expression.iter().flat_map(of));
            is_seedable(left, seeds) && is_sure(names, left)
        }
        GraphPattern::Filter { expr, inner } => is_seedable(inner, seeds) && is_sure(of(expr), inner),
        GraphPattern::Extend { inner, expression, .. } => is_seedable(inner, seeds) && is_sure(of(expression), inner),
        GraphPattern::Minus { left, right } => is_seedable(left, seeds) && is_sure(scope::possible(right), left),
        GraphPattern::Graph { inner, .. } => is_seedable(inner, seeds),
        _ => false,
    }
}

fn alternatives<'p>(pattern: &'p GraphPattern, out: &mut Vec<&'p GraphPattern>) {
    match pattern {
        GraphPattern::Union { left, right } => {
            alternatives(left, out);
            alternatives(right, out);
        }
        other => out.push(other),
    }
}
