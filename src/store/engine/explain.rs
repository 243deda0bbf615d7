//! How a query was answered.

use super::operators::{Running, State};
use super::plan::{Chain, In, Node, Op, Output, Plan, Slot, Step};
use super::run::Run;
use super::solutions::Rows;
use super::table::Table;
use crate::store::compiled::CompiledGraph;
use crate::store::{GraphError, StoreError};
use oxigraph::sparql::{CancellationToken, QueryResults};
use spargebra::Query;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// What answers a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evaluator {
    /// Operators on ids.
    Operators,
    /// spareval, Oxigraph's evaluator, since the operators do not know something that the query asks for.
    Spareval(&'static str),
}

/// How a query was answered: by what, and in which steps.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What answered it.
    pub evaluator: Evaluator,
    /// The steps, the outermost operator first.
    pub steps: Vec<ExplainedStep>,
}

/// One step of a query.
#[derive(Clone, Debug)]
pub struct ExplainedStep {
    /// How deep it stands below the outermost operator.
    pub depth: usize,
    /// What it does.
    pub label: String,
    /// How many rows were expected to come out of it, where that is known beforehand.
    pub expected: Option<f64>,
    /// How many rows came out of it, equal ones counted each.
    pub rows: Option<u64>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.evaluator {
            Evaluator::Operators => writeln!(f, "answered by operators on ids")?,
            Evaluator::Spareval(what) => writeln!(f, "answered by spareval: the operators do not know {what}")?,
        }
        let labels: Vec<String> =
            self.steps.iter().map(|step| format!("{:1$}{2}", "", step.depth * 2, step.label)).collect();
        let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(4);
        writeln!(f, "{:width$}  {:>12}  {:>12}", "step", "expected", "rows")?;
        for (step, label) in self.steps.iter().zip(labels) {
            let expected = step.expected.map(|rows| format!("{rows:.0}")).unwrap_or_default();
            let rows = step.rows.map(|rows| rows.to_string()).unwrap_or_default();
            writeln!(f, "{}", format!("{label:width$}  {expected:>12}  {rows:>12}").trim_end())?;
        }
        Ok(())
    }
}

pub(super) fn operators(
    graph: &CompiledGraph,
    plan: &Arc<Plan>,
    stop: &CancellationToken,
) -> Result<Explanation, GraphError> {
    let mut rows = Rows::new(graph, Arc::clone(plan), stop);
    rows.context.explains = true;
    let mut total: u64 = 0;
    loop {
        let count = rows.advance()?;
        total = total.saturating_add(count);
        if count == 0 || matches!(plan.output, Output::Ask) {
            break;
        }
    }
    let label = match &plan.output {
        Output::Select(columns) => {
            let names: Vec<String> = columns.iter().map(|(variable, _)| variable.to_string()).collect();
            format!("select {}", names.join(" "))
        }
        Output::Ask => "ask".to_owned(),
        Output::Construct(_) => "construct".to_owned(),
    };
    let first = ExplainedStep { depth: 0, label, expected: None, rows: Some(total) };
    let mut explainer = Explainer { plan, tables: &rows.context.tables, steps: vec![first], names: Names::default() };
    explainer.op(&plan.op, Some(&rows.running), 1);
    Ok(Explanation { evaluator: Evaluator::Operators, steps: explainer.named() })
}

pub(super) fn fallback(
    graph: &CompiledGraph,
    query: &Query,
    what: &'static str,
    stop: &CancellationToken,
) -> Result<Explanation, StoreError> {
    Explanation::for_spareval(super::fallback::query(graph, query, stop)?, what)
}

impl Explanation {
    /// What can be said of a query that spareval answered.
    pub(in crate::store) fn for_spareval(results: QueryResults<'_>, what: &'static str) -> Result<Self, StoreError> {
        let rows = match results {
            QueryResults::Solutions(solutions) => solutions.map(|s| s.map(|_| 1)).sum::<Result<u64, _>>()?,
            QueryResults::Graph(triples) => triples.map(|t| t.map(|_| 1)).sum::<Result<u64, _>>()?,
            QueryResults::Boolean(answer) => u64::from(answer),
        };
        let step = ExplainedStep { depth: 0, label: "evaluate".to_owned(), expected: None, rows: Some(rows) };
        Ok(Self { evaluator: Evaluator::Spareval(what), steps: vec![step] })
    }
}

/// Puts the steps of a plan in words.
struct Explainer<'a> {
    plan: &'a Plan,
    tables: &'a [Option<Rc<Table>>],
    steps: Vec<ExplainedStep>,
    names: Names,
}

/// What stands for the names that the parser makes up, which are others each time: what an aggregate computes, or a number.
#[derive(Default)]
struct Names {
    aggregates: BTreeMap<String, String>,
    others: Vec<String>,
}

impl Explainer<'_> {
    fn step(&mut self, depth: usize, label: String, running: Option<&Running>) {
        self.steps.push(ExplainedStep { depth, label, expected: None, rows: running.map(|running| running.rows) });
    }

    fn name(&self, slot: Slot) -> String {
        let name = &self.plan.slot_names[slot];
        if name.starts_with("_:") { name.clone() } else { format!("?{name}") }
    }

    fn all(&self, slots: &[Slot]) -> String {
        slots.iter().map(|slot| self.name(*slot)).collect::<Vec<_>>().join(" ")
    }

    fn op(&mut self, op: &Op, running: Option<&Running>, depth: usize) {
        let state = running.map(|running| &running.state);
        match op {
            Op::Chain(chain) => {
                let run = if let Some(State::Chain(run)) = state { Some(run) } else { None };
                self.chain(chain, run, depth);
            }
            Op::Then { inner, chain } => {
                let run = if let Some(State::Then { run, .. }) = state { Some(run) } else { None };
                self.chain(chain, run, depth);
                self.op(inner, state.and_then(State::inner), depth + 1);
            }
            Op::Group { inner, keys, aggregates, .. } => {
                let labels: Vec<&str> = aggregates.iter().map(|(_, aggregate)| aggregate.label.as_str()).collect();
                let by = if keys.is_empty() { "group".to_owned() } else { format!("group by {}", self.all(keys)) };
                let label = if labels.is_empty() { by } else { format!("{by} for {}", labels.join(", ")) };
                for (slot, aggregate) in aggregates {
                    self.names.aggregates.insert(self.plan.slot_names[*slot].clone(), aggregate.label.clone());
                }
                self.step(depth, label, running);
                self.op(inner, state.and_then(State::inner), depth + 1);
            }
            Op::Sort { inner, first, .. } => {
                let label = first.map_or("sort".to_owned(), |first| format!("sort, keeping the first {first}"));
                self.step(depth, label, running);
                self.op(inner, state.and_then(State::inner), depth + 1);
            }
            Op::Distinct { inner, slots } => {
                self.step(depth, format!("distinct {}", self.all(slots)), running);
                self.op(inner, state.and_then(State::inner), depth + 1);
            }
            Op::Slice { inner, start, length } => {
                let length = length.map_or("all".to_owned(), |length| length.to_string());
                self.step(depth, format!("{length} rows from row {start} on"), running);
                self.op(inner, state.and_then(State::inner), depth + 1);
            }
            Op::Project { inner, .. } => self.op(inner, state.and_then(State::inner), depth),
        }
    }

    fn chain(&mut self, chain: &Chain, run: Option<&Run>, depth: usize) {
        for (at, node) in chain.nodes.iter().enumerate() {
            let expected = match node.step {
                Step::Filter { .. } | Step::Bind { .. } | Step::Minus { .. } => None,
                _ => Some(node.estimate),
            };
            let (label, rows) = (self.label(node), run.map(|run| run.rows[at]));
            self.steps.push(ExplainedStep { depth, label, expected, rows });
            let inner = run.map(|run| run.inner(at)).unwrap_or_default();
            match &node.step {
                Step::Union(chains) => {
                    for (branch, chain) in chains.iter().enumerate() {
                        self.chain(chain, inner.get(branch).copied(), depth + 1);
                    }
                }
                Step::Optional(chain) => self.chain(chain, inner.first().copied(), depth + 1),
                Step::Table { op, table, .. } | Step::Minus { op, table, .. } => {
                    let table = self.tables[*table].clone();
                    self.op(op, table.as_ref().and_then(|table| table.given_by.as_ref()), depth + 1);
                }
                _ => {}
            }
        }
    }

    fn label(&self, node: &Node) -> String {
        let Step::Triple { places, needed, graph: In::Default } = &node.step else { return node.label.clone() };
        let skipped = places.iter().zip(needed).filter(|(_, needed)| !**needed).filter_map(|(place, _)| place.slot());
        let skipped: Vec<Slot> = skipped.collect();
        match skipped.is_empty() {
            true => node.label.clone(),
            false => format!("{} (counting {})", node.label, self.all(&skipped)),
        }
    }

    /// The steps, with names that stay the same from one time to the next.
    fn named(self) -> Vec<ExplainedStep> {
        let Self { mut steps, mut names, .. } = self;
        for step in &mut steps {
            step.label = names.replaced(&step.label);
        }
        steps
    }
}

impl Names {
    fn replaced(&mut self, label: &str) -> String {
        // The parser's names are random numbers of 128 bits in hexadecimal figures, behind `?` or `_:`.
        const FIGURES: usize = 24;
        let (mut out, mut rest) = (String::with_capacity(label.len()), label);
        while let Some(at) = rest.find(['?', ':']) {
            let (before, behind) = rest.split_at(at + 1);
            let length = behind.bytes().take_while(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b)).count();
            let name = &behind[..length];
            let sign = if before.ends_with("_:") { "_:" } else { "?" };
            if length < FIGURES || !before.ends_with(sign) {
                out.push_str(before);
                rest = behind;
                continue;
            }
            out.push_str(&before[..before.len() - sign.len()]);
            match self.aggregates.get(name) {
                Some(aggregate) => out.push_str(aggregate),
                None => {
                    let number = self.others.iter().position(|other| other == name).unwrap_or_else(|| {
                        self.others.push(name.to_owned());
                        self.others.len() - 1
                    });
                    out = out + sign + "b" + &number.to_string();
                }
            }
            rest = &behind[length..];
        }
        out + rest
    }
}
