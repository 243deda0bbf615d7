//! How a query was answered.

use super::operators::Running;
use super::plan::{Chain, In, Node, Op, Place, Plan, Step};
use super::run::Run;
use super::solutions::Rows;
use crate::store::compiled::CompiledGraph;
use crate::store::{GraphError, StoreError};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use std::fmt;
use std::sync::Arc;

/// What answers a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Operators on ids.
    Operators,
    /// spareval, Oxigraph's evaluator, since the operators do not know something that the query asks for.
    Spareval(&'static str),
}

/// How a query was answered: by what, and in which steps.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What answered it.
    pub engine: Engine,
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
        match &self.engine {
            Engine::Operators => writeln!(f, "answered by operators on ids")?,
            Engine::Spareval(what) => writeln!(f, "answered by spareval: the operators do not know {what}")?,
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

pub(super) fn operators(graph: &CompiledGraph, plan: &Arc<Plan>) -> Result<Explanation, GraphError> {
    let mut rows = Rows::new(graph, Arc::clone(plan));
    let mut total = 0;
    loop {
        let count = rows.advance()?;
        if count == 0 {
            break;
        }
        total += count;
        if matches!(plan.output, super::plan::Output::Ask) {
            break;
        }
    }
    let mut steps = Vec::new();
    let label = match &plan.output {
        super::plan::Output::Select(columns) => {
            let names: Vec<String> = columns.iter().map(|(variable, _)| variable.to_string()).collect();
            format!("select {}", names.join(" "))
        }
        super::plan::Output::Ask => "ask".to_owned(),
        super::plan::Output::Construct(_) => "construct".to_owned(),
    };
    steps.push(ExplainedStep { depth: 0, label, expected: None, rows: Some(total) });
    of_op(&plan.op, Some(&rows.running), 1, plan, &mut steps);
    Ok(Explanation { engine: Engine::Operators, steps })
}

pub(super) fn fallback(graph: &CompiledGraph, query: &Query, what: &'static str) -> Result<Explanation, StoreError> {
    Explanation::by_spareval(super::fallback::query(graph, query)?, what)
}

impl Explanation {
    /// What can be said of a query that spareval answered.
    pub(in crate::store) fn by_spareval(results: QueryResults<'_>, what: &'static str) -> Result<Self, StoreError> {
        let rows = match results {
            QueryResults::Solutions(solutions) => solutions.map(|s| s.map(|_| 1)).sum::<Result<u64, _>>()?,
            QueryResults::Graph(triples) => triples.map(|t| t.map(|_| 1)).sum::<Result<u64, _>>()?,
            QueryResults::Boolean(answer) => u64::from(answer),
        };
        let step = ExplainedStep { depth: 0, label: "evaluate".to_owned(), expected: None, rows: Some(rows) };
        Ok(Self { engine: Engine::Spareval(what), steps: vec![step] })
    }
}

fn of_op(op: &Op, running: Option<&Running>, depth: usize, plan: &Plan, out: &mut Vec<ExplainedStep>) {
    let step = |label: String| ExplainedStep { depth, label, expected: None, rows: None };
    let names =
        |slots: &[usize]| slots.iter().map(|slot| format!("?{}", plan.slot_names[*slot])).collect::<Vec<_>>().join(" ");
    match (op, running) {
        (Op::Chain(chain), running) => {
            let run = match running {
                Some(Running::Chain(run)) => Some(run),
                _ => None,
            };
            of_chain(chain, run, depth, plan, out);
        }
        (Op::Then { inner, chain }, running) => {
            let (before, run) = match running {
                Some(Running::Then { inner, run, .. }) => (Some(&**inner), Some(run)),
                _ => (None, None),
            };
            of_chain(chain, run, depth, plan, out);
            of_op(inner, before, depth + 1, plan, out);
        }
        (Op::Group { inner, keys, aggregates, .. }, running) => {
            let labels: Vec<&str> = aggregates.iter().map(|(_, aggregate)| aggregate.label.as_str()).collect();
            let mut line =
                step(format!("group by {} for {}", names(keys), labels.join(", ")).replace("by  for", "for"));
            let before = match running {
                Some(Running::Group { inner, done }) => {
                    line.rows = done.as_ref().map(|(rows, _)| rows.len() as u64);
                    Some(&**inner)
                }
                _ => None,
            };
            out.push(line);
            of_op(inner, before, depth + 1, plan, out);
        }
        (Op::Sort { inner, first, .. }, running) => {
            let before = match running {
                Some(Running::Sort { inner, .. }) => Some(&**inner),
                _ => None,
            };
            out.push(step(first.map_or("sort".to_owned(), |first| format!("sort, keeping the first {first}"))));
            of_op(inner, before, depth + 1, plan, out);
        }
        (Op::Distinct { inner, slots }, running) => {
            let before = match running {
                Some(Running::Distinct { inner, .. }) => Some(&**inner),
                _ => None,
            };
            out.push(step(format!("distinct {}", names(slots))));
            of_op(inner, before, depth + 1, plan, out);
        }
        (Op::Slice { inner, start, length }, running) => {
            let before = match running {
                Some(Running::Slice { inner, .. }) => Some(&**inner),
                _ => None,
            };
            let length = length.map_or("all".to_owned(), |length| length.to_string());
            out.push(step(format!("{length} rows from row {start} on")));
            of_op(inner, before, depth + 1, plan, out);
        }
        (Op::Project { inner, .. }, running) => {
            let before = match running {
                Some(Running::Project { inner }) => Some(&**inner),
                _ => None,
            };
            of_op(inner, before, depth, plan, out);
        }
    }
}

fn of_chain(chain: &Chain, run: Option<&Run>, depth: usize, plan: &Plan, out: &mut Vec<ExplainedStep>) {
    for (at, node) in chain.nodes.iter().enumerate() {
        let expected = match node.step {
            Step::Filter { .. } | Step::Bind { .. } | Step::Minus { .. } => None,
            _ => Some(node.estimate),
        };
        let rows = run.map(|run| run.rows[at]);
        out.push(ExplainedStep { depth, label: label(node, plan), expected, rows });
        let inner = run.map(|run| run.inner(at)).unwrap_or_default();
        match &node.step {
            Step::Union(chains) => {
                for (branch, chain) in chains.iter().enumerate() {
                    of_chain(chain, inner.get(branch).copied(), depth + 1, plan, out);
                }
            }
            Step::Optional(chain) => of_chain(chain, inner.first().copied(), depth + 1, plan, out),
            Step::Table { op, .. } | Step::Minus { op, .. } => of_op(op, None, depth + 1, plan, out),
            _ => {}
        }
    }
}

fn label(node: &Node, plan: &Plan) -> String {
    let name = |place: &Place| match place {
        Place::Slot(slot) if plan.slot_names[*slot].starts_with("_:") => plan.slot_names[*slot].clone(),
        Place::Slot(slot) => format!("?{}", plan.slot_names[*slot]),
        Place::Fixed(_) => "·".to_owned(),
    };
    match &node.step {
        Step::Triple { graph: In::Named(place), .. } => format!("{} in {}", node.label, name(place)),
        Step::Triple { places, needed, .. } => {
            let skipped: Vec<String> = places
                .iter()
                .zip(needed)
                .filter(|(place, needed)| place.slot().is_some() && !**needed)
                .map(|(place, _)| name(place))
                .collect();
            match skipped.is_empty() {
                true => node.label.clone(),
                false => format!("{} (counting {})", node.label, skipped.join(" ")),
            }
        }
        _ => node.label.clone(),
    }
}
