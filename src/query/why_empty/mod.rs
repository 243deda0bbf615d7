//! Why a query has no result: the step at which its solutions run out, and what may have been meant there.
//!
//! The query is split into steps in the order written (`steps`) and run with one more of them each time, until no solution is
//! left. The graph is then searched for what the last step may have meant (`suggestions`, `filters`, `graphs`), and for a change of the
//! whole query that gives it results (`rewrites`, `constants`).
//!
//! Invariant: what a hint suggests has been run, and has a solution together with the steps before (`repair`). The number of solutions that
//! are counted or read, and the time for finding hints, are limited, however large the graph is.

mod bounds;
mod claims;
mod comparisons;
mod conjunction;
mod constants;
mod filters;
mod graphs;
mod hierarchy;
mod iris;
mod names;
mod objects;
mod pairs;
mod prefixes;
mod regex_syntax;
mod repair;
mod rewrites;
mod runner;
mod searches;
mod steps;
mod suggestions;
mod synonyms;
mod terms;

pub use runner::SolutionCount;

use super::algebra::triple_variables;
use crate::model::{MAX_EVALUATION_DEPTH, all_subexpressions, join_depth, on_deep_stack, pattern_of};
use crate::store::{Store, StoreError};
use runner::PatternRunner;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use std::collections::BTreeSet;
use std::fmt;
use steps::{Step, steps};
use suggestions::{HintsResult, Suggester};

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
            Some("FILTER" | "HAVING" | "MINUS" | "LIMIT" | "OFFSET") => {
                write!(f, ": `{step}` excludes every solution")?;
            }
            Some("FROM") => write!(f, ": `{step}` selects no triple")?,
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
/// If its only row aggregates nothing, the pattern without a solution is explained. `text` is the query as written: a prefix that it declares
/// for another namespace than the dataset does is not used in hints.
///
/// The steps are taken in the order written, the filters of a group after its patterns. A query of `n` steps is run up to `n`
/// times, for one solution. At most 10,000 solutions are counted or read. Finding hints takes at most twice the time of the query,
/// or a second if that is longer.
///
/// # Errors
///
/// Returns an error if the query cannot be evaluated.
///
/// ```
/// use factloom::query;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let text = "SELECT ?who { ?who v:continued e:soviet-union }";
/// let query = query::parse(text, &dataset.namespaces)?;
/// let steps = query::why_empty(&store, &query, text)?;
/// assert_eq!(steps[0].step, "?who v:continued e:soviet-union");
/// assert_eq!(steps[0].hints, ["`v:continued` is not in the graph; did you mean `v:continues`?"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn why_empty(store: &Store, query: &Query, text: &str) -> Result<Vec<EmptyStep>, StoreError> {
    // The steps of a group become a chain of joins.
    on_deep_stack(join_depth(query).min(MAX_EVALUATION_DEPTH), || explain_query(store, query, text))
}

fn explain_query(store: &Store, query: &Query, text: &str) -> Result<Vec<EmptyStep>, StoreError> {
    let runner = PatternRunner::new(store, query, text);
    let pattern = pattern_of(query);
    if runner.has_results(query)? {
        return match steps::aggregated(pattern) {
            Some(inner) if !runner.has_solution(inner)? => {
                explain(&runner, &GraphPattern::default(), &steps(inner), true)
            }
            _ => Ok(Vec::new()),
        };
    }
    let of_dataset = runner.with_hint_time(|| graphs::hints_for_dataset(&runner, query))?.flatten();
    if let Some((step, hints)) = of_dataset {
        return Ok(vec![EmptyStep { step, branches: Vec::new(), before: None, hints }]);
    }
    runner.correction.set(runner.with_hint_time(|| rewrites::correction(&runner))?.flatten());
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
        // A suggested IRI is in the graph, so that there is something to describe.
        let iris = || iris::iri_hints(&runner, iris::in_pattern(pattern), &|_| Ok(true));
        hints = runner.with_hint_time(iris)?.unwrap_or_default();
        "DESCRIBE"
    };
    let before = Some(runner.count(pattern)?);
    Ok(vec![EmptyStep { step: step.to_owned(), branches: Vec::new(), before, hints }])
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
    let hints = |search: &dyn Fn() -> HintsResult| -> HintsResult {
        if let Some(correction) = runner.correction.take() {
            return Ok(vec![correction]);
        }
        let found = runner.with_hint_time(search)?;
        Ok(found.unwrap_or_else(|| vec!["no correction was found in the time for it".to_owned()]))
    };
    let none = || Ok(Vec::new());
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
        Step::Triple(triple) => (runner.show(triple), hints(&|| suggester.hints_for_triple(triple))?),
        Step::Nested(pattern) => {
            if !runner.has_solution(pattern)? {
                return explain(runner, &GraphPattern::default(), &steps::steps(pattern), true);
            }
            let shown = format!("{{ {} }}", runner.show(pattern));
            (shown, hints(&|| suggester.hints_for_incompatible_pattern(pattern))?)
        }
        Step::Path(pattern) | Step::Values(pattern) | Step::Other(pattern) => {
            (runner.show_pattern(pattern), hints(&|| suggester.hints_for_pattern(pattern))?)
        }
        Step::Filter(in_group) => {
            let condition = in_group.expression();
            if let Expression::Exists(pattern) = condition {
                let inside = explain(runner, before, &steps::steps(pattern), is_first)?;
                if !inside.is_empty() {
                    return Ok(inside);
                }
                (format!("FILTER EXISTS {{ {} }}", runner.show(pattern)), hints(&none)?)
            } else {
                let (shown, keyword) = (runner.show(condition), steps::filter_keyword(before));
                // Most operators are displayed with parentheses.
                let shown = match shown.starts_with("NOT EXISTS") {
                    true => format!("{keyword} {shown}"),
                    false if shown.starts_with('(') && all_subexpressions(condition).len() > 1 => {
                        format!("{keyword}{shown}")
                    }
                    false => format!("{keyword}({shown})"),
                };
                (shown, hints(&|| filters::filter_hints(runner, before, in_group))?)
            }
        }
        Step::Minus(right) => (format!("MINUS {{ {} }}", runner.show(right)), hints(&none)?),
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
