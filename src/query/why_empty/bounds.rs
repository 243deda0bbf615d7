//! The first and the last day of the time of a statement, in place of the time, which may be a year or a month.

use super::conjunction::Conjunction;
use super::filters::Filter;
use super::rewrites::{MAX_RUNS, replace_triples, triples, with_change};
use super::steps::bgp;
use super::suggestions::HintsResult;
use super::terms::Operator;
use crate::model::vocab::{fl, xsd};
use crate::model::{all_subexpressions, pattern_of};
use crate::store::StoreError;
use oxigraph::model::{NamedNode, NamedNodeRef, Term};
use spargebra::algebra::Expression;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// The pattern of a time with `fl:earliest` or `fl:latest`, which are days, if the condition compares the time with a day and the query has
/// results with it.
pub(super) fn hints(conjunction: &Conjunction<'_>, filter: &Filter<'_>) -> HintsResult {
    let runner = conjunction.runner;
    for part in all_subexpressions(filter.condition) {
        let Some((operator, operand @ Expression::Variable(variable), literal)) = Operator::of(part) else { continue };
        let types = datatypes(filter, operand)?;
        let is_day = [xsd::DATE, xsd::DATE_TIME].contains(&literal.datatype());
        if !is_day || !types.iter().any(|datatype| [xsd::G_YEAR, xsd::G_YEAR_MONTH].contains(&datatype.as_ref())) {
            continue;
        }
        // A time is certainly before a day if its last day is.
        let bounds = match operator {
            Operator::Less | Operator::LessOrEqual => [fl::LATEST, fl::EARLIEST],
            Operator::Equal | Operator::Greater | Operator::GreaterOrEqual => [fl::EARLIEST, fl::LATEST],
        };
        let is_compared = |triple: &&TriplePattern| {
            let is_time = |time: NamedNodeRef<'_>| triple.predicate == NamedNodePattern::from(time.into_owned());
            [fl::POINT_IN_TIME, fl::START_TIME, fl::END_TIME].into_iter().any(is_time)
                && triple.object == TermPattern::from(variable.clone())
        };
        for pattern in triples(pattern_of(&runner.query)).into_iter().filter(is_compared).take(MAX_RUNS) {
            for bound in bounds {
                let replaced = TriplePattern { predicate: bound.into_owned().into(), ..pattern.clone() };
                let query = with_change(&runner.query, |whole| {
                    replace_triples(whole, &mut |triple| (triple == pattern).then(|| bgp(&replaced)));
                });
                if runner.has_results(&query)? {
                    return Ok(vec![format!(
                        "{}; did you mean `{}`?",
                        other_type(filter, operand, literal.datatype(), &types),
                        runner.show(&replaced)
                    )]);
                }
            }
        }
    }
    Ok(Vec::new())
}

/// Hints at comparisons of values with a literal of another type, which are errors.
pub(super) fn hints_at_types(filter: &Filter<'_>) -> HintsResult {
    let mut hints = Vec::new();
    for part in all_subexpressions(filter.condition) {
        let Some((_, operand, literal)) = Operator::of(part) else { continue };
        let types = datatypes(filter, operand)?;
        if !types.is_empty() && types.iter().all(|datatype| datatype.as_ref() != literal.datatype()) {
            hints.push(other_type(filter, operand, literal.datatype(), &types));
        }
    }
    Ok(hints)
}

type Datatypes = BTreeSet<NamedNode>;

fn datatypes(filter: &Filter<'_>, operand: &Expression) -> Result<Datatypes, StoreError> {
    let values = filter.values(operand)?.into_values();
    let datatype = |term| if let Term::Literal(literal) = term { Some(literal.datatype().into_owned()) } else { None };
    Ok(values.filter_map(datatype).collect())
}

fn other_type(filter: &Filter<'_>, operand: &Expression, wanted: NamedNodeRef<'_>, types: &Datatypes) -> String {
    let show = |datatype: &dyn std::fmt::Display| format!("`{}`", filter.runner.show(&datatype.to_string()));
    let types: Vec<String> = types.iter().map(|datatype| show(datatype)).collect();
    format!("`{}` is of the type {}, not {}", filter.runner.show(operand), types.join(", "), show(&wanted))
}
