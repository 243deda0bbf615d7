//! Putting the patterns of a query in order for spareval.
//!
//! spareval's optimizer sorts joins by fixed rules, but leaves the two sides of a LATERAL as they are. So each basic graph
//! pattern becomes a chain of laterals in the order that the statistics of the graph suggest, which has the same solutions.

use super::build::{Planner, Result};
use super::order::order;
use super::plan::In;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// The query, with its basic graph patterns in order.
pub(super) fn ordered(query: &Query, planner: &mut Planner<'_>) -> Result<Query> {
    let mut query = query.clone();
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Construct { pattern, .. }) = &mut query;
    of_pattern(pattern, planner)?;
    Ok(query)
}

fn of_pattern(pattern: &mut GraphPattern, planner: &mut Planner<'_>) -> Result<()> {
    match pattern {
        // In another order spareval may ask whether something is a triple that it would not have met.
        GraphPattern::Bgp { patterns } if patterns.len() > 1 && !patterns.iter().any(has_triple_term) => {
            let mut single = Vec::with_capacity(patterns.len());
            for pattern in &*patterns {
                let mut units = Vec::new();
                planner.triple(pattern, &mut units)?;
                single.append(&mut units);
            }
            let mut parts = order(planner.graph, planner.current, &single, &BTreeSet::new())?
                .into_iter()
                .map(|(at, _)| GraphPattern::Bgp { patterns: vec![patterns[at].clone()] });
            if let Some(first) = parts.next() {
                *pattern = parts
                    .fold(first, |left, right| GraphPattern::Lateral { left: Box::new(left), right: Box::new(right) });
            }
            Ok(())
        }
        // What another server is asked is not ours to change.
        GraphPattern::Bgp { .. }
        | GraphPattern::Path { .. }
        | GraphPattern::Values { .. }
        | GraphPattern::Service { .. } => Ok(()),
        GraphPattern::Join { left, right }
        | GraphPattern::LeftJoin { left, right, .. }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => {
            of_pattern(left, planner)?;
            of_pattern(right, planner)
        }
        GraphPattern::Graph { name, inner } => {
            let name = planner.graph_name(name)?;
            let outer = std::mem::replace(&mut planner.current, In::Named(name));
            let result = of_pattern(inner, planner);
            planner.current = outer;
            result
        }
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Group { inner, .. } => of_pattern(inner, planner),
    }
}

fn has_triple_term(pattern: &TriplePattern) -> bool {
    [&pattern.subject, &pattern.object].into_iter().any(|term| matches!(term, TermPattern::Triple(_)))
}
