//! Explains how a query is evaluated.

use super::budget::QueryLimits;
use super::expression::Expr;
use super::operator::{OperatorState, StateKind};
use super::pipeline::PipelineState;
use super::plan::{Operator, OperatorKind, Output, PatternTerm, Pipeline, Plan, PlannedStep, Slot, Step};
use super::solutions::Rows;
use super::stopwatch::Stopwatch;
use crate::store::compiled::CompiledGraph;
use crate::store::{GraphError, StoreError};
use oxigraph::sparql::QueryResults;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The evaluator of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evaluator {
    /// factloom's operators on term ids.
    Operators,
    /// spareval, Oxigraph's evaluator, because the operators do not support the named feature.
    Spareval(&'static str),
}

/// How a query is evaluated.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Its evaluator.
    pub evaluator: Evaluator,
    /// The operations that spareval computed for the operators, such as `YEAR`, and how many times, sorted by name.
    pub spareval_calls: Vec<(String, u64)>,
    /// The time of planning and that of the evaluation, if they were measured.
    pub times: Option<(Duration, Duration)>,
    /// The steps, starting with the outermost.
    pub steps: Vec<ExplainedStep>,
}

/// One step of a query.
#[derive(Clone, Debug)]
pub struct ExplainedStep {
    /// The depth below the outermost step.
    pub depth: usize,
    /// Its description.
    pub label: String,
    /// How many rows the planner expected after it, if it makes an estimate for such steps.
    pub expected: Option<f64>,
    /// How many rows it produced, including equal ones.
    pub rows: Option<u64>,
    /// Its own time, without that of the steps below it, if it was measured.
    pub time: Option<Duration>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.evaluator {
            Evaluator::Operators => write!(f, "evaluated by operators on term ids")?,
            Evaluator::Spareval(feature) => write!(f, "evaluated by spareval: the operators do not support {feature}")?,
        }
        match self.times {
            Some((planning, evaluation)) => {
                writeln!(f, " in {}, after {} of planning", milliseconds(evaluation), milliseconds(planning))?;
            }
            None => writeln!(f)?,
        }
        if self.evaluator == Evaluator::Operators {
            let calls = self.spareval_calls.iter().map(|(name, calls)| match calls {
                1 => format!("{name} (once)"),
                calls => format!("{name} ({calls} times)"),
            });
            let calls: Vec<String> = calls.collect();
            let calls = if calls.is_empty() { "nothing".to_owned() } else { calls.join(", ") };
            writeln!(f, "computed by spareval: {calls}")?;
        }
        let labels: Vec<String> =
            self.steps.iter().map(|step| format!("{:1$}{2}", "", step.depth * 2, step.label)).collect();
        let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(4);
        let time = if self.steps.iter().any(|step| step.time.is_some()) { "time" } else { "" };
        let line = |label: &str, expected: &str, rows: &str, time: &str| {
            let line = format!("{label:width$}  {expected:>12}  {rows:>12}  {time:>13}");
            line.trim_end().to_owned()
        };
        writeln!(f, "{}", line("step", "expected", "rows", time))?;
        for (step, label) in self.steps.iter().zip(labels) {
            let expected = step.expected.map(|rows| format!("{rows:.0}")).unwrap_or_default();
            let rows = step.rows.map(|rows| rows.to_string()).unwrap_or_default();
            let time = step.time.map(milliseconds).unwrap_or_default();
            writeln!(f, "{}", line(&label, &expected, &rows, &time))?;
        }
        Ok(())
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1000.0)
}

impl Explanation {
    /// The explanation without times, which differ each time.
    #[must_use]
    pub fn without_times(mut self) -> Self {
        self.times = None;
        self.steps.iter_mut().for_each(|step| step.time = None);
        self
    }

    /// Runs a plan, which took some time to make, and explains its steps.
    pub(super) fn of_plan(
        graph: &CompiledGraph,
        plan: &Arc<Plan>,
        limits: &QueryLimits,
        planning: Duration,
    ) -> Result<Self, GraphError> {
        let start = Instant::now();
        let mut rows = Rows::new(graph, Arc::clone(plan), limits);
        rows.execution.stopwatch = Stopwatch::enabled();
        let (mut total, mut time) = (0_u64, Duration::ZERO);
        let lap = rows.execution.stopwatch.start();
        while let count @ 1.. = rows.next()? {
            total = total.saturating_add(count);
            if matches!(plan.output, Output::Ask) {
                break;
            }
        }
        rows.execution.stopwatch.stop(lap, &mut time);
        let evaluation = start.elapsed();
        let label = match &plan.output {
            Output::Select(columns) => {
                let names: Vec<String> = columns.iter().map(|(variable, _)| variable.to_string()).collect();
                format!("select {}", names.join(" "))
            }
            Output::Ask => "ask".to_owned(),
            Output::Construct(_) => "construct".to_owned(),
            Output::Describe(_) => "describe".to_owned(),
        };
        let mut explainer = Explainer { rows: &rows, steps: Vec::new(), generated_names: Vec::new() };
        explainer.step(0, label, None, Some((total, time)));
        explainer.operator(&plan.root, Some(&rows.state), 1);
        Ok(Self {
            evaluator: Evaluator::Operators,
            steps: explainer.finish(),
            spareval_calls: rows.execution.spareval_calls.take().into_iter().collect(),
            times: Some((planning, evaluation)),
        })
    }

    /// Counts the results of spareval, about which nothing else is known.
    pub(in crate::store) fn for_spareval(
        results: QueryResults<'_>,
        unsupported: &'static str,
    ) -> Result<Self, StoreError> {
        let rows = match results {
            QueryResults::Solutions(solutions) => solutions.map(|s| s.map(|_| 1)).sum::<Result<u64, _>>()?,
            QueryResults::Graph(triples) => triples.map(|t| t.map(|_| 1)).sum::<Result<u64, _>>()?,
            QueryResults::Boolean(boolean) => u64::from(boolean),
        };
        let step =
            ExplainedStep { depth: 0, label: "evaluate".to_owned(), expected: None, rows: Some(rows), time: None };
        let evaluator = Evaluator::Spareval(unsupported);
        Ok(Self { evaluator, spareval_calls: Vec::new(), times: None, steps: vec![step] })
    }
}

/// Collects the steps of a plan.
struct Explainer<'a> {
    rows: &'a Rows,
    steps: Vec<ExplainedStep>,
    /// What the parser's generated names are replaced by.
    generated_names: Vec<(String, String)>,
}

impl Explainer<'_> {
    fn step(&mut self, depth: usize, label: String, expected: Option<f64>, measured: Option<(u64, Duration)>) {
        let (rows, time) = measured.unzip();
        self.steps.push(ExplainedStep { depth, label, expected, rows, time });
    }

    fn names(&self, slots: &[Slot]) -> String {
        let names = &self.rows.plan.slot_names;
        slots.iter().map(|slot| label_of_variable(&names[*slot])).collect::<Vec<_>>().join(" ")
    }

    fn operator(&mut self, operator: &Operator, state: Option<&OperatorState>, depth: usize) {
        let label = match &operator.kind {
            OperatorKind::Pipeline(pipeline) => {
                let state = match state.map(|state| &state.kind) {
                    Some(StateKind::Pipeline { state, .. }) => Some(state),
                    _ => None,
                };
                self.pipeline(pipeline, state, depth);
                None
            }
            OperatorKind::Group { keys, aggregates, .. } => {
                for (slot, aggregate) in aggregates {
                    let name = &self.rows.plan.slot_names[*slot];
                    if is_generated(name) {
                        self.generated_names.push((label_of_variable(name), aggregate.label.clone()));
                    }
                }
                let labels: Vec<&str> = aggregates.iter().map(|(_, aggregate)| aggregate.label.as_str()).collect();
                let by = if keys.is_empty() { "group".to_owned() } else { format!("group by {}", self.names(keys)) };
                Some(if labels.is_empty() { by } else { format!("{by} for {}", labels.join(", ")) })
            }
            OperatorKind::Sort { limit, .. } => {
                Some(limit.map_or("sort".to_owned(), |limit| format!("sort, keeping the first {limit}")))
            }
            OperatorKind::Distinct(slots) => Some(format!("distinct {}", self.names(slots))),
            OperatorKind::Slice { start, length } => Some(match length {
                Some(length) => format!("limit {length} offset {start}"),
                None => format!("offset {start}"),
            }),
            OperatorKind::Project(_) => None,
        };
        // A projection is not shown, and its input takes its place.
        let depth = depth + usize::from(!matches!(operator.kind, OperatorKind::Project(_)));
        if let Some(label) = label {
            self.step(depth - 1, label, None, state.map(|state| (state.rows, state.time)));
        }
        match &operator.kind {
            OperatorKind::Group { aggregates, .. } => {
                aggregates
                    .iter()
                    .filter_map(|(_, aggregate)| aggregate.expr.as_ref())
                    .for_each(|e| self.exists(e, depth));
            }
            OperatorKind::Sort { keys, .. } => keys.iter().for_each(|key| self.exists(&key.expr, depth)),
            _ => {}
        }
        if let Some(input) = &operator.input {
            self.operator(input, state.and_then(|state| state.input.as_deref()), depth);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, state: Option<&PipelineState>, depth: usize) {
        for (index, planned) in pipeline.iter().enumerate() {
            let expected = match planned.step {
                Step::Filter { .. } | Step::Bind { .. } | Step::Solution(_) | Step::Minus { .. } => None,
                _ => Some(planned.estimate),
            };
            self.step(depth, self.label(planned), expected, state.map(|state| (state.rows[index], state.times[index])));
            let nested = state.map(|state| state.nested(index)).unwrap_or_default();
            match &planned.step {
                Step::Union(branches) => {
                    for (number, branch) in branches.iter().enumerate() {
                        self.pipeline(branch, nested.get(number).copied(), depth + 1);
                    }
                }
                Step::Optional(pipeline) => self.pipeline(pipeline, nested.first().copied(), depth + 1),
                Step::Join { operator, table, .. } | Step::Minus { operator, table, .. } => {
                    let table = self.rows.execution.tables[*table].as_ref();
                    self.operator(operator, table.and_then(|table| table.operator_state.as_ref()), depth + 1);
                }
                Step::Filter { expr, .. } | Step::Bind { expr, .. } => self.exists(expr, depth + 1),
                _ => {}
            }
        }
    }

    /// The patterns of EXISTS in an expression.
    fn exists(&mut self, expr: &Expr, depth: usize) {
        let mut patterns: Vec<(&Pipeline, usize)> = Vec::new();
        expr.for_each_part(&mut |part| {
            if let Expr::Exists(pipeline, index) = part {
                patterns.push((pipeline, *index));
            }
        });
        let rows = self.rows;
        for (pipeline, index) in patterns {
            self.step(depth, "exists".to_owned(), None, None);
            self.pipeline(pipeline, rows.execution.exists[index].as_ref(), depth + 1);
        }
    }

    fn label(&self, PlannedStep { step, label, .. }: &PlannedStep) -> String {
        let Step::Triple { terms, used, graph: None, by_subject } = step else { return label.clone() };
        if *by_subject {
            return format!("{label} (by subject)");
        }
        let counted = terms.iter().zip(used).filter(|(_, used)| !**used);
        let counted: Vec<Slot> = counted.filter_map(|(term, _)| PatternTerm::slot(*term)).collect();
        match counted.is_empty() {
            true => label.clone(),
            false => format!("{label} (counting {})", self.names(&counted)),
        }
    }

    /// The steps, with generated names replaced by ones that are the same each time.
    fn finish(mut self) -> Vec<ExplainedStep> {
        let aggregates = self.generated_names.len();
        for name in self.rows.plan.slot_names.iter().filter(|name| is_generated(name)) {
            let (from, number) = (label_of_variable(name), self.generated_names.len() - aggregates);
            let sigil = if from.starts_with('?') { "?" } else { "_:" };
            if self.generated_names.iter().all(|(known, _)| *known != from) {
                self.generated_names.push((from, format!("{sigil}b{number}")));
            }
        }
        for step in &mut self.steps {
            for (from, to) in &self.generated_names {
                step.label = step.label.replace(from, to);
            }
        }
        self.steps
    }
}

fn label_of_variable(name: &str) -> String {
    if name.starts_with("_:") { name.to_owned() } else { format!("?{name}") }
}

/// Whether the parser made up the name of a variable or blank node: a random number of 128 bits in hexadecimal digits.
fn is_generated(name: &str) -> bool {
    let digits = name.trim_start_matches("_:");
    digits.len() >= 24 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
