//! Why a query has no solution: where they ran out, and what is nearly right there.
//!
//! The query is taken apart into steps in the order written (`steps`), and asked with one more of them each time, until
//! nothing is left. What is there is then looked over for what the step could have meant (`near`, `filters`).
//!
//! Invariant: at most so many solutions are counted or looked at, however large the graph is.

mod asking;
mod filters;
mod names;
mod near;
mod steps;

pub use asking::SolutionCount;

use super::algebra::{pattern_of, triple_variables};
use crate::model::all_subexpressions;
use crate::store::{Store, StoreError};
use asking::Asking;
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use std::collections::BTreeSet;
use std::fmt;
use steps::{Step, join, steps};

/// A place where the solutions of a query ran out. Shown as a few lines for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptyStep {
    /// The step, as it is written: a triple pattern, `FILTER(…)`, `VALUES …`, `MINUS …` and the like.
    pub place: String,
    /// The branch of a UNION that it lies in, counted from 1, and how many there are, from the outermost in.
    pub branches: Vec<(usize, usize)>,
    /// How many solutions there were before it; `None` where it is the first step.
    pub before: Option<SolutionCount>,
    /// What is nearly right, the likeliest first.
    pub hints: Vec<String>,
}

impl fmt::Display for EmptyStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (branch, branches) in &self.branches {
            write!(f, "branch {branch} of {branches}: ")?;
        }
        match &self.before {
            None => write!(f, "there is no solution from the first step on: `{}`", self.place)?,
            Some(count) => write!(f, "no solution is left at `{}` ({count} before it)", self.place)?,
        }
        for hint in &self.hints {
            write!(f, "\n  - {hint}")?;
        }
        Ok(())
    }
}

/// The places where the solutions of a query ran out: one, or one for each branch of a UNION. None where it has solutions.
/// Where its only row is an aggregate over nothing, the pattern that gave nothing is explained.
///
/// The parts of the query are taken in the order written; the filters of a group come behind its patterns. Each is asked
/// with all before it, so that a query of `n` steps is asked up to `n` times, for one solution. No more than 10,000 solutions
/// are counted or looked at.
///
/// # Errors
///
/// Where the query cannot be evaluated, or the store fails.
///
/// ```
/// use factloom::query;
///
/// let (dataset, store) = factloom::build(factloom::dataset::DatasetRoot::Bundled(factloom::BUNDLED))?;
/// let query = query::parse("SELECT ?who { ?who v:continued e:soviet-union }", &dataset.names)?;
/// let places = query::why_empty(&store, &query)?;
/// assert_eq!(places[0].place, "?who v:continued e:soviet-union");
/// assert_eq!(places[0].hints, ["`v:continued` is not in the graph; did you mean `v:continues`?"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn why_empty(store: &Store, query: &Query) -> Result<Vec<EmptyStep>, StoreError> {
    let asking = Asking::new(store, query);
    if has_rows(store, query)? {
        // Over nothing an aggregate without groups gives a row, which says no more than that.
        return match steps::aggregated(pattern_of(query)) {
            Some(inner) if !asking.any(inner)? => explain(&asking, &GraphPattern::default(), &steps(inner), true),
            _ => Ok(Vec::new()),
        };
    }
    let places = explain(&asking, &GraphPattern::default(), &steps(pattern_of(query)), true)?;
    if !places.is_empty() {
        return Ok(places);
    }
    let before = Some(asking.count(pattern_of(query))?);
    let mut hints = Vec::new();
    let place = match query {
        Query::Construct { template, pattern, .. } => {
            let mut variables = BTreeSet::new();
            for triple in template {
                triple_variables(triple, &mut variables);
            }
            for variable in variables {
                if asking.values(pattern, &variable)?.is_empty() {
                    hints.push(format!("`{variable}` has no value in any solution"));
                }
            }
            "CONSTRUCT"
        }
        _ => {
            names::unknown(&asking, names::in_pattern(pattern_of(query)), &mut hints)?;
            "DESCRIBE"
        }
    };
    Ok(vec![EmptyStep { place: place.to_owned(), branches: Vec::new(), before, hints }])
}

fn has_rows(store: &Store, query: &Query) -> Result<bool, StoreError> {
    Ok(match store.query(query)? {
        QueryResults::Solutions(mut solutions) => solutions.next().transpose()?.is_some(),
        QueryResults::Boolean(answer) => answer,
        QueryResults::Graph(mut triples) => triples.next().transpose()?.is_some(),
    })
}

/// Where the solutions run out that there were before some steps; nowhere where some are left.
fn explain(
    asking: &Asking<'_>,
    start: &GraphPattern,
    steps: &[Step],
    first: bool,
) -> Result<Vec<EmptyStep>, StoreError> {
    let mut before = start.clone();
    for (at, step) in steps.iter().enumerate() {
        if let Step::Group(_, aggregates) | Step::Other(GraphPattern::Group { aggregates, .. }) = step {
            asking.name(aggregates);
        }
        let after = step.after(&before);
        if step.can_empty() && !asking.any(&after)? {
            let mut turned = Vec::new();
            if matches!(step, Step::Triple(_) | Step::Path(_)) {
                near::turned_others(asking, start, steps, at, &mut turned)?;
            }
            let mut places = ran_out(asking, &before, step, first && at == 0)?;
            for place in &mut places {
                place.hints.splice(0..0, turned.iter().cloned());
            }
            return Ok(places);
        }
        before = after;
    }
    Ok(Vec::new())
}

fn ran_out(asking: &Asking<'_>, before: &GraphPattern, step: &Step, first: bool) -> Result<Vec<EmptyStep>, StoreError> {
    let mut hints = Vec::new();
    let mut counted = before;
    let place = match step {
        Step::Triple(triple) => {
            near::triple(asking, before, triple, &mut hints)?;
            asking.show(triple)
        }
        Step::Union(branches) => {
            let mut places = Vec::new();
            for (at, branch) in branches.iter().enumerate() {
                for mut place in explain(asking, before, &steps::steps(branch), first)? {
                    place.branches.insert(0, (at + 1, branches.len()));
                    places.push(place);
                }
            }
            return Ok(places);
        }
        Step::Nested(pattern) => {
            if !asking.any(pattern)? {
                return explain(asking, &GraphPattern::default(), &steps::steps(pattern), true);
            }
            near::apart(asking, before, pattern, &mut hints)?;
            format!("{{ {} }}", asking.show(pattern))
        }
        Step::Path(pattern) => {
            names::unknown(asking, names::in_pattern(pattern), &mut hints)?;
            if hints.is_empty() {
                near::turned_path(asking, before, pattern, &mut hints)?;
                near::apart(asking, before, pattern, &mut hints)?;
            }
            asking.show(pattern).trim_end_matches(" .").to_owned()
        }
        Step::Values(pattern) | Step::Other(pattern) => {
            names::unknown(asking, names::in_pattern(pattern), &mut hints)?;
            near::apart(asking, before, pattern, &mut hints)?;
            asking.show(pattern)
        }
        Step::Filter(Expression::Exists(wanted)) => {
            let inside = explain(asking, before, &steps::steps(wanted), first)?;
            if !inside.is_empty() {
                return Ok(inside);
            }
            format!("FILTER EXISTS {{ {} }}", asking.show(wanted))
        }
        Step::Filter(condition) => {
            filters::condition(asking, before, condition, &mut hints)?;
            let shown = asking.show(condition);
            // Most operators bring their own brackets.
            match shown.starts_with("NOT EXISTS") {
                true => format!("FILTER {shown}"),
                false if shown.starts_with('(') && all_subexpressions(condition).len() > 1 => format!("FILTER{shown}"),
                false => format!("FILTER({shown})"),
            }
        }
        Step::Minus(right) => {
            hints.push("each of them has what is taken away".to_owned());
            format!("MINUS {{ {} }}", asking.show(right))
        }
        Step::Slice(whole, start, length) => {
            counted = whole;
            match length {
                Some(0) => "LIMIT 0".to_owned(),
                _ => format!("OFFSET {start}"),
            }
        }
        // They leave as many solutions as there were.
        Step::Optional(..) | Step::Bind(..) | Step::Group(..) => return Ok(Vec::new()),
    };
    let before = if first { None } else { Some(asking.count(counted)?) };
    Ok(vec![EmptyStep { place, branches: Vec::new(), before, hints }])
}

/// Whether a pattern fits what was before.
fn fits(asking: &Asking<'_>, before: &GraphPattern, pattern: GraphPattern) -> Result<bool, StoreError> {
    asking.any(&join(before, pattern))
}
