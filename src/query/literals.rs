//! The literals of a query, as far as Oxigraph treats them in another way.

use crate::model::{all_subexpressions, pattern_of, subpatterns};
use crate::store::OxigraphLiterals;
use oxigraph::model::Term;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, Function, GraphPattern, OrderExpression};
use spargebra::term::{TermPattern, TriplePattern};

/// How the literals of a query differ from what Oxigraph computes with.
pub fn literals_of(query: &Query) -> OxigraphLiterals {
    let mut found = OxigraphLiterals::default();
    add_from_pattern(pattern_of(query), &mut found);
    if let Query::Construct { template, .. } = query {
        for triple in template {
            add_from_triple(triple, &mut found);
        }
    }
    found
}

fn add_from_pattern(pattern: &GraphPattern, found: &mut OxigraphLiterals) {
    match pattern {
        GraphPattern::Filter { expr: expression, .. }
        | GraphPattern::Extend { expression, .. }
        | GraphPattern::LeftJoin { expression: Some(expression), .. } => add_from_expression(expression, found),
        GraphPattern::OrderBy { expression, .. } => {
            for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                add_from_expression(key, found);
            }
        }
        GraphPattern::Group { aggregates, .. } => {
            for (_, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    add_from_expression(expr, found);
                }
            }
        }
        GraphPattern::Bgp { patterns } => {
            for triple in patterns {
                add_from_triple(triple, found);
            }
        }
        GraphPattern::Path { subject, object, .. } => {
            add_from_term(subject, found);
            add_from_term(object, found);
        }
        GraphPattern::Values { bindings, .. } => {
            for term in bindings.iter().flatten().flatten() {
                add_from_term(&Term::from(term.clone()).into(), found);
            }
        }
        _ => {}
    }
    for inner in subpatterns(pattern) {
        add_from_pattern(inner, found);
    }
}

fn add_from_expression(expression: &Expression, found: &mut OxigraphLiterals) {
    for part in all_subexpressions(expression) {
        match part {
            Expression::Literal(literal) => found.add(literal),
            // Its literal may have any form.
            Expression::FunctionCall(Function::StrDt, _) => found.changes = true,
            Expression::Exists(pattern) => add_from_pattern(pattern, found),
            _ => {}
        }
    }
}

fn add_from_triple(triple: &TriplePattern, found: &mut OxigraphLiterals) {
    add_from_term(&triple.subject, found);
    add_from_term(&triple.object, found);
}

fn add_from_term(term: &TermPattern, found: &mut OxigraphLiterals) {
    match term {
        TermPattern::Literal(literal) => found.add(literal),
        TermPattern::Triple(triple) => add_from_triple(triple, found),
        TermPattern::NamedNode(_) | TermPattern::BlankNode(_) | TermPattern::Variable(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Namespaces;

    #[test]
    fn the_literals_of_a_query_are_those_of_all_its_parts() {
        let of = |text: &str| {
            let query = Namespaces::standard().parse_query(text).unwrap();
            literals_of(&query)
        };
        let none = OxigraphLiterals::default();
        assert_eq!(of("SELECT * { ?s ?p 1, 1.5, true, 'a'@en FILTER(?s IN (2, '3'^^xsd:double)) }"), none);
        for text in [
            "SELECT * { ?s ?p 01 }",
            "SELECT * { ?s ?p <<( ?s ?p 1.0 )>> }",
            "SELECT * { ?s <urn:p>+ 01 }",
            "SELECT * { OPTIONAL { ?s ?p ?o FILTER(?o = 01) } }",
            "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s ?q 01 } } ORDER BY ?o",
            "SELECT * { ?s ?p ?o } ORDER BY (?o + 01)",
            "SELECT (SUM(?o + 01) AS ?n) { ?s ?p ?o }",
            "SELECT * { VALUES ?x { 1 01 } }",
            "SELECT (STRDT('1', xsd:int) AS ?x) { }",
            "CONSTRUCT { ?s ?p 01 } WHERE { ?s ?p ?o }",
        ] {
            assert_eq!(of(text), OxigraphLiterals { changes: true, ..none }, "{text}");
        }
        let long = OxigraphLiterals { has_long_numbers: true, ..none };
        assert_eq!(of("SELECT (12345678901234567890 + 1 AS ?x) { }"), long);
    }
}
