//! Where Oxigraph 0.5 differs from the standard, and factloom does not: `docs/reference/conformance.md` describes each.

use crate::model::{all_subexpressions, pattern_of, pattern_of_mut, subexpressions_mut, subpatterns, subpatterns_mut};
use crate::store::OxigraphLiterals;
use oxigraph::model::{BlankNode, NamedNodeRef, Term, Variable, vocab::xsd};
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression, PropertyPathExpression,
};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

const ORDER: &str = "Order of values";
const PATTERNS: &str = "Regular expressions";
const CASTS: &str = "Casts";
const GRAPH: &str = "Patterns inside GRAPH";
const FROM: &str = "FROM";
const BNODE: &str = "BNODE";
const AGGREGATES: &str = "Aggregates";
const BOOLEANS: &str = "Comparisons";
const TERMS: &str = "Terms as written";
const NUMBERS: &str = "Arithmetic";

/// The deviations of Oxigraph that may change the results of a query: headings of `docs/reference/conformance.md`.
///
/// Those of [`for_oxigraph`] are not among them.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let query = query::parse("SELECT (MIN(?x) AS ?least) { ?s ?p ?x }", &Namespaces::standard())?;
/// assert_eq!(query::oxigraph_deviations(&query), ["Order of values"]);
/// # Ok::<(), factloom::model::SparqlError>(())
/// ```
pub fn oxigraph_deviations(query: &Query) -> Vec<&'static str> {
    let mut found = BTreeSet::new();
    if query.dataset().is_some_and(|dataset| dataset.default.len() > 1) {
        found.insert(FROM);
    }
    add_from_pattern(pattern_of(query), &mut found);
    found.into_iter().collect()
}

/// The deviations of Oxigraph that literals cause: headings of `docs/reference/conformance.md`.
pub fn deviations_of_literals(literals: OxigraphLiterals) -> Vec<&'static str> {
    let headings = [(literals.has_long_numbers, NUMBERS), (literals.changes, TERMS)];
    headings.into_iter().filter(|(applies, _)| *applies).map(|(_, heading)| heading).collect()
}

fn add_from_pattern(pattern: &GraphPattern, found: &mut BTreeSet<&'static str>) {
    match pattern {
        GraphPattern::Filter { expr: expression, .. }
        | GraphPattern::Extend { expression, .. }
        | GraphPattern::LeftJoin { expression: Some(expression), .. } => add_from_expression(expression, found),
        GraphPattern::OrderBy { expression, .. } => {
            found.insert(ORDER);
            for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                add_from_expression(key, found);
            }
        }
        GraphPattern::Group { aggregates, .. } => {
            for (_, aggregate) in aggregates {
                let AggregateExpression::FunctionCall { name, expr, .. } = aggregate else { continue };
                add_from_expression(expr, found);
                found.extend(match name {
                    AggregateFunction::Min | AggregateFunction::Max => Some(ORDER),
                    AggregateFunction::GroupConcat { .. } => Some(AGGREGATES),
                    AggregateFunction::Count if !matches!(expr, Expression::Variable(_)) => Some(AGGREGATES),
                    _ => None,
                });
            }
        }
        GraphPattern::Graph { name: NamedNodePattern::Variable(name), inner } if !is_plain(inner, name) => {
            found.insert(GRAPH);
        }
        GraphPattern::Graph { name: NamedNodePattern::NamedNode(_), inner } if may_ignore_graph(inner) => {
            found.insert(GRAPH);
        }
        _ => {}
    }
    for inner in subpatterns(pattern) {
        add_from_pattern(inner, found);
    }
}

/// Whether a pattern may have solutions in a graph that does not exist, in Oxigraph.
fn may_ignore_graph(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Values { .. } | GraphPattern::Project { .. } => true,
        _ => subpatterns(pattern).into_iter().any(may_ignore_graph),
    }
}

/// Whether a pattern has only joins, unions, and filters that do not mention the name of the graph.
fn is_plain(pattern: &GraphPattern, name: &Variable) -> bool {
    match pattern {
        GraphPattern::Bgp { patterns } => !patterns.is_empty(),
        GraphPattern::Path { .. } => true,
        GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
            is_plain(left, name) && is_plain(right, name)
        }
        GraphPattern::Filter { expr, inner } => {
            let is_independent = |part: &&Expression| match part {
                Expression::Variable(variable) | Expression::Bound(variable) => variable != name,
                Expression::Exists(_) => false,
                _ => true,
            };
            is_plain(inner, name) && all_subexpressions(expr).iter().all(is_independent)
        }
        _ => false,
    }
}

fn add_from_expression(expression: &Expression, found: &mut BTreeSet<&'static str>) {
    for part in all_subexpressions(expression) {
        match part {
            Expression::Exists(pattern) => add_from_pattern(pattern, found),
            Expression::In(_, list) if list.is_empty() => drop(found.insert(BOOLEANS)),
            Expression::Less(a, b)
            | Expression::LessOrEqual(a, b)
            | Expression::Greater(a, b)
            | Expression::GreaterOrEqual(a, b)
                if may_be_boolean(a) && may_be_boolean(b) =>
            {
                found.insert(BOOLEANS);
            }
            Expression::FunctionCall(Function::Regex | Function::Replace, arguments)
                if !has_common_syntax(&arguments[1..]) =>
            {
                found.insert(PATTERNS);
            }
            Expression::FunctionCall(Function::BNode, arguments) if !arguments.is_empty() => {
                found.insert(BNODE);
            }
            Expression::FunctionCall(Function::Custom(name), _) if is_cast(name.as_ref()) => {
                found.insert(CASTS);
            }
            _ => {}
        }
    }
}

fn is_cast(name: NamedNodeRef<'_>) -> bool {
    name.as_str().starts_with("http://www.w3.org/2001/XMLSchema#")
}

fn may_be_boolean(expression: &Expression) -> bool {
    match expression {
        Expression::Literal(literal) => literal.datatype() == xsd::BOOLEAN,
        Expression::NamedNode(_) | Expression::Add(..) | Expression::Subtract(..) | Expression::Multiply(..) => false,
        _ => true,
    }
}

/// Whether patterns, replacements and flags mean the same in the `regex` crate: simple ones.
fn has_common_syntax(arguments: &[Expression]) -> bool {
    let is_common = |argument: &Expression| match argument {
        Expression::Literal(literal) => {
            literal.value().chars().all(|c| c.is_alphanumeric() || " _-^.*@/:,".contains(c))
        }
        _ => false,
    };
    // A pattern that matches the empty string is an error for REPLACE.
    let matches_empty = |argument: &Expression| match argument {
        Expression::Literal(literal) => literal.value().is_empty() || literal.value().contains('*'),
        _ => true,
    };
    arguments.iter().all(is_common) && !arguments.first().is_some_and(matches_empty)
}

/// The query that Oxigraph has to run for the results that the standard defines for property paths.
///
/// Oxigraph returns a pair of nodes that several alternatives connect only once, and nothing for a path of length zero from a term that
/// is not in the graph. Alternatives become UNION, and such paths get the missing solution.
pub fn for_oxigraph(query: &Query) -> Query {
    let mut query = query.clone();
    rewrite_pattern(pattern_of_mut(&mut query));
    query
}

fn rewrite_pattern(pattern: &mut GraphPattern) {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter_mut().for_each(name_blank_nodes),
        GraphPattern::Path { subject, path, object } => {
            name_blank_node(subject);
            name_blank_node(object);
            *pattern = standard_path(subject, path, object);
            // The parts are standard paths already.
            return;
        }
        GraphPattern::Filter { expr: expression, .. }
        | GraphPattern::Extend { expression, .. }
        | GraphPattern::LeftJoin { expression: Some(expression), .. } => rewrite_expression(expression),
        _ => {}
    }
    subpatterns_mut(pattern).into_iter().for_each(rewrite_pattern);
}

/// Replaces a blank node by a variable, which VALUES can bind.
fn name_blank_node(term: &mut TermPattern) {
    match term {
        TermPattern::BlankNode(node) => *term = Variable::new_unchecked(format!("blank_{}", node.as_str())).into(),
        TermPattern::Triple(triple) => name_blank_nodes(triple),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) | TermPattern::Variable(_) => {}
    }
}

fn name_blank_nodes(pattern: &mut TriplePattern) {
    name_blank_node(&mut pattern.subject);
    name_blank_node(&mut pattern.object);
}

/// A variable that no query has.
fn new_variable() -> Variable {
    Variable::new_unchecked(format!("path_{}", BlankNode::default().as_str()))
}

fn rewrite_expression(expression: &mut Expression) {
    if let Expression::Exists(pattern) = expression {
        rewrite_pattern(pattern);
    }
    subexpressions_mut(expression).into_iter().for_each(rewrite_expression);
}

/// The pattern that SPARQL 1.1, section 18.2.2.4, translates a path to, with simpler paths.
fn standard_path(subject: &TermPattern, path: &PropertyPathExpression, object: &TermPattern) -> GraphPattern {
    use PropertyPathExpression as P;
    match path {
        P::Reverse(inner) if !matches!(**inner, P::NamedNode(_) | P::NegatedPropertySet(_)) => {
            standard_path(object, inner, subject)
        }
        P::Alternative(a, b) => GraphPattern::Union {
            left: Box::new(standard_path(subject, a, object)),
            right: Box::new(standard_path(subject, b, object)),
        },
        P::Sequence(a, b) => {
            let middle = TermPattern::Variable(new_variable());
            GraphPattern::Join {
                left: Box::new(standard_path(subject, a, &middle)),
                right: Box::new(standard_path(&middle, b, object)),
            }
        }
        _ => {
            let simple = GraphPattern::Path { subject: subject.clone(), path: path.clone(), object: object.clone() };
            match matches_itself(path) {
                true => with_absent_term(simple, subject, object),
                false => simple,
            }
        }
    }
}

/// Whether a path can have length zero.
fn matches_itself(path: &PropertyPathExpression) -> bool {
    use PropertyPathExpression as P;
    match path {
        P::ZeroOrMore(_) | P::ZeroOrOne(_) => true,
        P::OneOrMore(inner) | P::Reverse(inner) => matches_itself(inner),
        P::Sequence(a, b) => matches_itself(a) && matches_itself(b),
        P::Alternative(a, b) => matches_itself(a) || matches_itself(b),
        P::NamedNode(_) | P::NegatedPropertySet(_) => false,
    }
}

/// Adds the solution of a path of length zero from or to a term that is not in the graph.
fn with_absent_term(simple: GraphPattern, subject: &TermPattern, object: &TermPattern) -> GraphPattern {
    let (Some(term), other) = (match (ground(subject), ground(object)) {
        (Some(term), _) => (Some(term), object),
        (None, term) => (term, subject),
    }) else {
        return simple;
    };
    let itself = match other {
        TermPattern::Variable(variable) => {
            GraphPattern::Values { variables: vec![variable.clone()], bindings: vec![vec![Some(term.clone())]] }
        }
        other if ground(other).as_ref() == Some(&term) => {
            GraphPattern::Values { variables: Vec::new(), bindings: vec![Vec::new()] }
        }
        _ => return simple,
    };
    let term = TermPattern::from(Term::from(term));
    let triple = |subject: TermPattern, object: TermPattern| {
        let predicate = NamedNodePattern::Variable(new_variable());
        Expression::Not(Box::new(Expression::Exists(Box::new(GraphPattern::Bgp {
            patterns: vec![TriplePattern { subject, predicate, object }],
        }))))
    };
    let mut absent = triple(TermPattern::Variable(new_variable()), term.clone());
    // A literal or triple term is never a subject.
    if matches!(term, TermPattern::NamedNode(_)) {
        absent = Expression::And(Box::new(absent), Box::new(triple(term, TermPattern::Variable(new_variable()))));
    }
    let itself = GraphPattern::Filter { expr: absent, inner: Box::new(itself) };
    GraphPattern::Union { left: Box::new(simple), right: Box::new(itself) }
}

/// A term of a pattern without variables.
fn ground(term: &TermPattern) -> Option<GroundTerm> {
    GroundTerm::try_from(Term::try_from(term.clone()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;

    #[test]
    fn every_deviation_has_a_section() {
        let page = include_str!("../../docs/reference/conformance.md");
        for heading in [ORDER, PATTERNS, CASTS, GRAPH, FROM, BNODE, AGGREGATES, BOOLEANS, TERMS, NUMBERS] {
            assert!(page.contains(&format!("\n## {heading}\n")), "{heading}");
        }
    }

    #[test]
    fn features_that_are_the_same_in_both_engines_are_no_deviations() {
        for text in [
            "SELECT ?x { ?s ?p ?x FILTER(REGEX(?x, '^a.b', 'i') && 1 < 2) }",
            "SELECT ?x { GRAPH ?g { ?s ?p ?x . ?x ?q ?y FILTER(?x != ?y) } }",
            "SELECT (COUNT(?x) AS ?n) (SUM(?x + 1) AS ?m) FROM <urn:g> { ?s ?p ?x }",
            "SELECT (BNODE() AS ?x) { ?s (<urn:p>|<urn:q>)* ?o }",
        ] {
            let query = Namespaces::standard().parse_query(text).unwrap();
            assert_eq!(oxigraph_deviations(&query), Vec::<&str>::new(), "{text}");
        }
    }
}
