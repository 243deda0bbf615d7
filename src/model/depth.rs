//! How deeply the algebra of a query is nested, and a stack for work that recurses over it.
//!
//! The parser, the evaluator and the destructors of the algebra are recursive, and most of them are in other crates. They run
//! on a stack that is large enough for the depth of the query. Most queries need no other stack than the current one.

use super::expression::pattern_of;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression};
use spargebra::term::{GroundTerm, TermPattern, TriplePattern};

/// The stack, in bytes, for work on a query without any nesting.
const BASE: usize = 256 << 10;

/// The stack, in bytes, for each level of nesting in a query. spareval takes up to 31 KiB for an operator and 17 KiB for a
/// pattern if it is optimized, and more if it is not.
const LEVEL: usize = 96 << 10;

/// The maximum depth of a query that is evaluated. It is more than the parser accepts, since queries are also rewritten and
/// built by programs.
pub(crate) const MAX_EVALUATION_DEPTH: usize = 2048;

/// Runs work that recurses once for each of some `levels`: here if the stack has room, or on a new stack.
pub(crate) fn on_deep_stack<T>(levels: usize, work: impl FnOnce() -> T) -> T {
    on_stack_of(levels * LEVEL, work)
}

/// Whether the current stack has room for work that recurses once for each of some levels.
pub(crate) fn has_room(levels: usize) -> bool {
    stacker::remaining_stack().is_some_and(|room| room >= levels * LEVEL + BASE)
}

/// Runs work that needs this much stack, in bytes: here if the stack has room, or on a new stack.
pub(super) fn on_stack_of<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let needed = bytes + BASE;
    // Work within the work that needs as much must not need another stack again. Memory that is never used costs nothing.
    stacker::maybe_grow(needed, needed + needed / 4, work)
}

/// Runs work that recurses over a query.
pub(crate) fn on_stack_for<T>(query: &Query, work: impl FnOnce() -> T) -> T {
    on_deep_stack(depth(query), work)
}

/// How deeply the algebra of a query is nested, starting from 1. Linear in the query, and not recursive.
///
/// A chain of operators (`?a || ?b || ?c`), of groups (`{} UNION {} UNION {}`, `OPTIONAL {} OPTIONAL {}`) or of paths
/// (`e:a/e:b/e:c`) is nested as deeply as it is long. A basic graph pattern, a list of values, and the arguments of a function
/// count once.
pub(crate) fn depth(query: &Query) -> usize {
    measure(query, |_| 1)
}

/// Like [`depth`], but a basic graph pattern is nested as deeply as it is long: for evaluators that join its patterns in pairs.
pub(crate) fn join_depth(query: &Query) -> usize {
    measure(query, |patterns| patterns.max(1))
}

/// A part of a query.
enum Part<'a> {
    Pattern(&'a GraphPattern),
    Expression(&'a Expression),
    Path(&'a PropertyPathExpression),
    Term(&'a TermPattern),
    Value(&'a GroundTerm),
}

fn measure(query: &Query, levels_of_bgp: impl Fn(usize) -> usize) -> usize {
    let mut deepest = 0;
    let mut open: Vec<(Part<'_>, usize)> = Vec::with_capacity(32);
    open.push((Part::Pattern(pattern_of(query)), 0));
    if let Query::Construct { template, .. } = query {
        push_terms(template, 0, &mut open);
    }
    while let Some((part, outer)) = open.pop() {
        let depth = outer + 1;
        deepest = deepest.max(depth);
        match part {
            Part::Pattern(GraphPattern::Bgp { patterns }) => {
                let depth = outer + levels_of_bgp(patterns.len());
                deepest = deepest.max(depth);
                push_terms(patterns, depth, &mut open);
            }
            Part::Pattern(pattern) => push_pattern(pattern, depth, &mut open),
            Part::Expression(expression) => push_expression(expression, depth, &mut open),
            Part::Path(path) => push_path(path, depth, &mut open),
            Part::Term(TermPattern::Triple(triple)) => {
                open.extend([&triple.subject, &triple.object].map(|term| (Part::Term(term), depth)));
            }
            Part::Value(GroundTerm::Triple(triple)) => {
                open.push((Part::Value(&triple.object), depth));
            }
            Part::Term(_) | Part::Value(_) => {}
        }
    }
    deepest
}

fn push_terms<'a>(patterns: &'a [TriplePattern], depth: usize, open: &mut Vec<(Part<'a>, usize)>) {
    let terms = patterns.iter().flat_map(|pattern| [&pattern.subject, &pattern.object]);
    open.extend(terms.filter(|term| matches!(term, TermPattern::Triple(_))).map(|term| (Part::Term(term), depth)));
}

fn push_pattern<'a>(pattern: &'a GraphPattern, depth: usize, open: &mut Vec<(Part<'a>, usize)>) {
    use GraphPattern as P;
    match pattern {
        P::Bgp { patterns } => push_terms(patterns, depth, open),
        P::Path { subject, path, object } => {
            open.push((Part::Path(path), depth));
            open.extend([subject, object].map(|term| (Part::Term(term), depth)));
        }
        P::Values { bindings, .. } => {
            let terms = bindings.iter().flatten().flatten().filter(|term| matches!(term, GroundTerm::Triple(_)));
            open.extend(terms.map(|term| (Part::Value(term), depth)));
        }
        P::Join { left, right } | P::Lateral { left, right } | P::Union { left, right } | P::Minus { left, right } => {
            open.extend([&**left, right].map(|side| (Part::Pattern(side), depth)));
        }
        P::LeftJoin { left, right, expression } => {
            open.extend([&**left, right].map(|side| (Part::Pattern(side), depth)));
            open.extend(expression.iter().map(|expression| (Part::Expression(expression), depth)));
        }
        P::Filter { expr, inner } => {
            open.extend([(Part::Pattern(inner), depth), (Part::Expression(expr), depth)]);
        }
        P::Extend { inner, expression, .. } => {
            open.extend([(Part::Pattern(inner), depth), (Part::Expression(expression), depth)]);
        }
        P::OrderBy { inner, expression } => {
            open.push((Part::Pattern(inner), depth));
            open.extend(expression.iter().map(|key| match key {
                OrderExpression::Asc(expression) | OrderExpression::Desc(expression) => {
                    (Part::Expression(expression), depth)
                }
            }));
        }
        P::Group { inner, aggregates, .. } => {
            open.push((Part::Pattern(inner), depth));
            open.extend(aggregates.iter().filter_map(|(_, aggregate)| match aggregate {
                AggregateExpression::CountSolutions { .. } => None,
                AggregateExpression::FunctionCall { expr, .. } => Some((Part::Expression(expr), depth)),
            }));
        }
        P::Graph { inner, .. }
        | P::Service { inner, .. }
        | P::Distinct { inner }
        | P::Reduced { inner }
        | P::Slice { inner, .. }
        | P::Project { inner, .. } => open.push((Part::Pattern(inner), depth)),
    }
}

fn push_expression<'a>(expression: &'a Expression, depth: usize, open: &mut Vec<(Part<'a>, usize)>) {
    match expression {
        Expression::Exists(pattern) => open.push((Part::Pattern(pattern), depth)),
        Expression::NamedNode(_) | Expression::Literal(_) | Expression::Variable(_) | Expression::Bound(_) => {}
        _ => open.extend(super::subexpressions(expression).into_iter().map(|part| (Part::Expression(part), depth))),
    }
}

fn push_path<'a>(path: &'a PropertyPathExpression, depth: usize, open: &mut Vec<(Part<'a>, usize)>) {
    use PropertyPathExpression as P;
    match path {
        P::NamedNode(_) | P::NegatedPropertySet(_) => {}
        P::Reverse(inner) | P::ZeroOrMore(inner) | P::OneOrMore(inner) | P::ZeroOrOne(inner) => {
            open.push((Part::Path(inner), depth));
        }
        P::Sequence(a, b) | P::Alternative(a, b) => open.extend([&**a, b].map(|path| (Part::Path(path), depth))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;

    fn of(text: &str) -> usize {
        depth(&Namespaces::standard().parse_query(text).unwrap())
    }

    #[test]
    fn chains_count_as_levels_and_lists_do_not() {
        let empty = of("ASK { }");
        let chain = |separator: &str| format!("ASK {{ FILTER({}) }}", ["?a"; 10].join(separator));
        for operator in ["||", "&&", "+", "-", "*", "/"] {
            assert_eq!(of(&chain(operator)), empty + 10, "{operator}");
        }
        assert_eq!(of("ASK { FILTER(!!!!?a) }"), empty + 5);
        assert_eq!(of(&format!("ASK {{ {} }}", ["{?a ?b ?c}"; 10].join("UNION"))), empty + 9);
        assert_eq!(of(&format!("ASK {{ {} }}", "OPTIONAL { } ".repeat(10))), empty + 10);
        assert_eq!(of("ASK { ?s (<a:a>|<a:b>|<a:c>)* ?o }"), empty + 4);
        assert_eq!(of("ASK { ?s ?p <<( ?a ?b <<( ?c ?d ?e )>> )>> }"), empty + 3);
        assert_eq!(of("ASK { FILTER(EXISTS { FILTER(?a) }) }"), empty + 3);
        let list = (0..500).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(of(&format!("ASK {{ FILTER(?a IN ({})) }}", list.join(","))), empty + 2);
        assert_eq!(of(&format!("ASK {{ VALUES ?a {{ {} }} }}", list.join(" "))), empty);
        let query = format!("ASK {{ {} }}", "?a ?b ?c . ".repeat(500));
        assert_eq!(of(&query), empty);
        assert_eq!(join_depth(&Namespaces::standard().parse_query(&query).unwrap()), empty + 499);
    }
}
