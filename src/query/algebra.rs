//! What citations and explanations both need to know of a parsed query.

use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple, Variable};
use oxigraph::sparql::QuerySolution;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// The query that asks a pattern for some of its variables, of the same dataset and with the same base as another query.
pub(super) fn select(pattern: GraphPattern, variables: Vec<Variable>, like: &Query) -> Query {
    let pattern = GraphPattern::Project { inner: Box::new(pattern), variables };
    match like {
        Query::Select { dataset, base_iri, .. }
        | Query::Construct { dataset, base_iri, .. }
        | Query::Describe { dataset, base_iri, .. }
        | Query::Ask { dataset, base_iri, .. } => {
            Query::Select { dataset: dataset.clone(), pattern, base_iri: base_iri.clone() }
        }
    }
}

/// The query that asks whether a pattern has a solution, of the same dataset and with the same base as another query.
pub(super) fn ask(pattern: GraphPattern, like: &Query) -> Query {
    match select(pattern, Vec::new(), like) {
        Query::Select { dataset, pattern, base_iri } => Query::Ask { dataset, pattern, base_iri },
        other => other,
    }
}

/// The pattern of a query.
pub(super) fn pattern_of(query: &Query) -> &GraphPattern {
    match query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => pattern,
    }
}

/// The triple of a pattern under a solution; `None` where a variable is not bound, or the terms make no triple.
///
/// All blank nodes of the pattern become one and the same: whoever compares triples must do without their labels.
pub(super) fn instantiate(pattern: &TriplePattern, solution: &QuerySolution) -> Option<Triple> {
    let subject = match term(&pattern.subject, solution)? {
        Term::NamedNode(iri) => NamedOrBlankNode::from(iri),
        Term::BlankNode(blank) => NamedOrBlankNode::from(blank),
        Term::Literal(_) | Term::Triple(_) => return None,
    };
    let predicate = match &pattern.predicate {
        NamedNodePattern::NamedNode(iri) => iri.clone(),
        NamedNodePattern::Variable(variable) => match solution.get(variable)? {
            Term::NamedNode(iri) => iri.clone(),
            _ => return None,
        },
    };
    Some(Triple::new(subject, predicate, term(&pattern.object, solution)?))
}

/// The term of a pattern under a solution.
pub(super) fn term(pattern: &TermPattern, solution: &QuerySolution) -> Option<Term> {
    match pattern {
        TermPattern::NamedNode(iri) => Some(iri.clone().into()),
        TermPattern::Literal(literal) => Some(literal.clone().into()),
        TermPattern::Variable(variable) => solution.get(variable).cloned(),
        TermPattern::BlankNode(_) => Some(BlankNode::new_unchecked("b").into()),
        TermPattern::Triple(triple) => Some(instantiate(triple, solution)?.into()),
    }
}

/// The variables of a triple pattern, those of triple terms in it included.
pub(super) fn triple_variables(pattern: &TriplePattern, out: &mut BTreeSet<Variable>) {
    term_variables(&pattern.subject, out);
    if let NamedNodePattern::Variable(variable) = &pattern.predicate {
        out.insert(variable.clone());
    }
    term_variables(&pattern.object, out);
}

/// The variables of a term pattern.
pub(super) fn term_variables(pattern: &TermPattern, out: &mut BTreeSet<Variable>) {
    match pattern {
        TermPattern::Variable(variable) => drop(out.insert(variable.clone())),
        TermPattern::Triple(triple) => triple_variables(triple, out),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) | TermPattern::BlankNode(_) => {}
    }
}

/// The variables that a pattern may give values to, and that are seen outside of it.
pub(super) fn in_scope(pattern: &GraphPattern, out: &mut BTreeSet<Variable>) {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter().for_each(|pattern| triple_variables(pattern, out)),
        GraphPattern::Path { subject, object, .. } => {
            term_variables(subject, out);
            term_variables(object, out);
        }
        GraphPattern::Join { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::LeftJoin { left, right, .. } => {
            in_scope(left, out);
            in_scope(right, out);
        }
        GraphPattern::Minus { left: inner, .. }
        | GraphPattern::Filter { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => in_scope(inner, out),
        GraphPattern::Graph { name, inner } | GraphPattern::Service { name, inner, .. } => {
            if let NamedNodePattern::Variable(variable) = name {
                out.insert(variable.clone());
            }
            in_scope(inner, out);
        }
        GraphPattern::Extend { inner, variable, .. } => {
            out.insert(variable.clone());
            in_scope(inner, out);
        }
        GraphPattern::Values { variables, .. } | GraphPattern::Project { variables, .. } => {
            out.extend(variables.iter().cloned());
        }
        GraphPattern::Group { variables, aggregates, .. } => {
            out.extend(variables.iter().cloned());
            out.extend(aggregates.iter().map(|(variable, _)| variable.clone()));
        }
    }
}
