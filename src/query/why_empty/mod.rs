//! Why a query has no result: the step at which its solutions run out, and what may have been meant there.
//!
//! The query is split into steps in the order written (`steps`) and run with one more of them each time, until no solution is
//! left. The graph is then searched for what the last step may have meant (`suggestions`, `filters`).
//!
//! Invariant: the number of solutions that are counted or read is limited, however large the graph is.

mod filters;
mod iris;
mod runner;
mod steps;
mod suggestions;

pub use runner::SolutionCount;

use super::algebra::{pattern_of, triple_variables};
use crate::model::{MAX_EVALUATION_DEPTH, all_subexpressions, join_depth, on_deep_stack};
use crate::store::{Store, StoreError};
use oxigraph::sparql::QueryResults;
use runner::PatternRunner;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use std::collections::BTreeSet;
use std::fmt;
use steps::{Step, steps};
use suggestions::Suggester;

/// A step of a query after which no solution is left. Displayed as a sentence, with a line for each hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptyStep {
    /// The step as written: a triple pattern, `FILTER(…)`, `VALUES …`, `MINUS …` and so on.
    pub step: String,
    /// The branches of UNION around it, the outermost first: the number of the branch, from 1, and of all branches.
    pub branches: Vec<(usize, usize)>,
    /// The number of solutions before it; `None` for the first step.
    pub before: Option<SolutionCount>,
    /// Hints at the mistake in the query, the most likely first.
    pub hints: Vec<String>,
}

impl fmt::Display for EmptyStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no result")?;
        for (branch, branches) in &self.branches {
            write!(f, " in branch {branch} of {branches}")?;
        }
        let step = &self.step;
        match step.split([' ', '(']).next() {
            Some("FILTER" | "MINUS" | "LIMIT" | "OFFSET") => write!(f, ": `{step}` excludes every solution")?,
            Some("CONSTRUCT" | "DESCRIBE") => write!(f, ": `{step}` yields no triple")?,
            _ => write!(f, ": the pattern `{step}` matches nothing")?,
        }
        if let Some(count) = &self.before {
            write!(f, " ({count} before it)")?;
        }
        self.hints.iter().try_for_each(|hint| write!(f, "\n  - {hint}"))
    }
}

/// The steps at which the solutions of a query run out: one, or one for each branch of a UNION; none if the query has results.
/// If its only row aggregates nothing, the pattern without a solution is explained.
///
/// The steps are taken in the order written, the filters of a group after its patterns. A query of `n` steps is run up to `n`
/// times, for one solution. At most 10,000 solutions are counted or read.
///
/// # Errors
///
/// Returns an error if the query cannot be evaluated.
///
/// ```
/// use factloom::query;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let query = query::parse("SELECT ?who { ?who v:continued e:soviet-union }", &dataset.namespaces)?;
/// let steps = query::why_empty(&store, &query)?;
/// assert_eq!(steps[0].step, "?who v:continued e:soviet-union");
/// assert_eq!(steps[0].hints, ["`v:continued` is not in the graph; did you mean `v:continues`?"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn why_empty(store: &Store, query: &Query) -> Result<Vec<EmptyStep>, StoreError> {
    // The steps of a group become a chain of joins.
    on_deep_stack(join_depth(query).min(MAX_EVALUATION_DEPTH), || explain_query(store, query))
}

fn explain_query(store: &Store, query: &Query) -> Result<Vec<EmptyStep>, StoreError> {
    let runner = PatternRunner::new(store, query);
    let pattern = pattern_of(query);
    if has_results(store, query)? {
        return match steps::aggregated(pattern) {
            Some(inner) if !runner.has_solution(inner)? => {
                explain(&runner, &GraphPattern::default(), &steps(inner), true)
            }
            _ => Ok(Vec::new()),
        };
    }
    let found = explain(&runner, &GraphPattern::default(), &steps(pattern), true)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let mut hints = Vec::new();
    let step = if let Query::Construct { template, .. } = query {
        let mut variables = BTreeSet::new();
        for triple in template {
            triple_variables(triple, &mut variables);
        }
        for variable in variables {
            if runner.values(pattern, &variable)?.is_empty() {
                hints.push(format!("`{variable}` is unbound in every solution"));
            }
        }
        "CONSTRUCT"
    } else {
        hints = iris::unknown_iri_hints(&runner, iris::in_pattern(pattern))?;
        "DESCRIBE"
    };
    let before = Some(runner.count(pattern)?);
    Ok(vec![EmptyStep { step: step.to_owned(), branches: Vec::new(), before, hints }])
}

fn has_results(store: &Store, query: &Query) -> Result<bool, StoreError> {
    Ok(match store.query(query)? {
        QueryResults::Solutions(mut solutions) => solutions.next().transpose()?.is_some(),
        QueryResults::Boolean(boolean) => boolean,
        QueryResults::Graph(mut triples) => triples.next().transpose()?.is_some(),
    })
}

/// The steps at which the solutions of a pattern run out; none if some are left after all steps.
fn explain(
    runner: &PatternRunner<'_>,
    start: &GraphPattern,
    steps: &[Step],
    is_start: bool,
) -> Result<Vec<EmptyStep>, StoreError> {
    let mut before = start.clone();
    for (index, step) in steps.iter().enumerate() {
        if let Step::Group(_, aggregates) | Step::Other(GraphPattern::Group { aggregates, .. }) = step {
            runner.name_aggregates(aggregates);
        }
        let after = step.append_to(&before);
        if step.can_exclude() && !runner.has_solution(&after)? {
            return explain_step(runner, &before, step, is_start && index == 0);
        }
        before = after;
    }
    Ok(Vec::new())
}

fn explain_step(
    runner: &PatternRunner<'_>,
    before: &GraphPattern,
    step: &Step,
    is_first: bool,
) -> Result<Vec<EmptyStep>, StoreError> {
    let suggester = Suggester { runner, before };
    let mut counted = before;
    let (step, hints) = match step {
        Step::Union(branches) => {
            let mut found = Vec::new();
            for (index, branch) in branches.iter().enumerate() {
                for mut step in explain(runner, before, &steps::steps(branch), is_first)? {
                    step.branches.insert(0, (index + 1, branches.len()));
                    found.push(step);
                }
            }
            return Ok(found);
        }
        Step::Triple(triple) => (runner.show(triple), suggester.hints_for_triple(triple)?),
        Step::Nested(pattern) => {
            if !runner.has_solution(pattern)? {
                return explain(runner, &GraphPattern::default(), &steps::steps(pattern), true);
            }
            (format!("{{ {} }}", runner.show(pattern)), suggester.hints_for_incompatible_pattern(pattern)?)
        }
        Step::Path(pattern) | Step::Values(pattern) | Step::Other(pattern) => {
            let shown = runner.show(pattern).trim_end_matches(" .").to_owned();
            (shown, suggester.hints_for_pattern(pattern)?)
        }
        Step::Filter(Expression::Exists(pattern)) => {
            let inside = explain(runner, before, &steps::steps(pattern), is_first)?;
            if !inside.is_empty() {
                return Ok(inside);
            }
            (format!("FILTER EXISTS {{ {} }}", runner.show(pattern)), Vec::new())
        }
        Step::Filter(condition) => {
            let shown = runner.show(condition);
            // Most operators are displayed with parentheses.
            let shown = match shown.starts_with("NOT EXISTS") {
                true => format!("FILTER {shown}"),
                false if shown.starts_with('(') && all_subexpressions(condition).len() > 1 => format!("FILTER{shown}"),
                false => format!("FILTER({shown})"),
            };
            (shown, filters::filter_hints(runner, before, condition)?)
        }
        Step::Minus(right) => (format!("MINUS {{ {} }}", runner.show(right)), Vec::new()),
        Step::Slice(all, start, length) => {
            counted = all;
            (if *length == Some(0) { "LIMIT 0".to_owned() } else { format!("OFFSET {start}") }, Vec::new())
        }
        // These steps exclude no solution.
        Step::Optional(..) | Step::Bind(..) | Step::Group(..) => return Ok(Vec::new()),
    };
    let before = if is_first { None } else { Some(runner.count(counted)?) };
    Ok(vec![EmptyStep { step, branches: Vec::new(), before, hints }])
}
