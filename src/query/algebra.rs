//! Reading and building parsed queries.

use crate::model::subpatterns;
use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple, Variable};
use oxigraph::sparql::QuerySolution;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// A prefix that no variable of a query has.
pub(super) fn unused_prefix(query: &Query, start: &str) -> String {
    let (text, mut prefix) = (query.to_string(), start.to_owned());
    while text.contains(&prefix) {
        prefix.push('_');
    }
    prefix
}

/// The SELECT query for some variables of a pattern, with the dataset and base IRI of another query.
pub(super) fn select(pattern: GraphPattern, variables: Vec<Variable>, context: &Query) -> Query {
    let pattern = GraphPattern::Project { inner: Box::new(pattern), variables };
    match context {
        Query::Select { dataset, base_iri, .. }
        | Query::Construct { dataset, base_iri, .. }
        | Query::Describe { dataset, base_iri, .. }
        | Query::Ask { dataset, base_iri, .. } => {
            Query::Select { dataset: dataset.clone(), pattern, base_iri: base_iri.clone() }
        }
    }
}

/// The ASK query for a pattern, with the dataset and base IRI of another query.
pub(super) fn ask(pattern: GraphPattern, context: &Query) -> Query {
    match select(pattern, Vec::new(), context) {
        Query::Select { dataset, pattern, base_iri } => Query::Ask { dataset, pattern, base_iri },
        other => other,
    }
}

/// The triple of a pattern under a solution; `None` if a variable is unbound or the terms are not valid in their positions.
///
/// All blank nodes of the pattern become the same one, so their labels must not be compared.
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

/// The variables of a triple pattern, including those of nested triple terms.
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

/// The variables that a pattern can bind and that are visible outside of it.
pub(super) fn in_scope(pattern: &GraphPattern, out: &mut BTreeSet<Variable>) {
    match pattern {
        GraphPattern::Values { variables, .. } | GraphPattern::Project { variables, .. } => {
            out.extend(variables.iter().cloned());
        }
        GraphPattern::Group { variables, aggregates, .. } => {
            out.extend(variables.iter().cloned());
            out.extend(aggregates.iter().map(|(variable, _)| variable.clone()));
        }
        GraphPattern::Minus { left, .. } => in_scope(left, out),
        _ => {
            own_variables(pattern, out);
            for child in subpatterns(pattern) {
                in_scope(child, out);
            }
        }
    }
}

/// The variables of a pattern itself, without the patterns inside it: of triples, path ends and graph names, and the variable
/// that BIND assigns.
pub(super) fn own_variables(pattern: &GraphPattern, out: &mut BTreeSet<Variable>) {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter().for_each(|pattern| triple_variables(pattern, out)),
        GraphPattern::Path { subject, object, .. } => {
            term_variables(subject, out);
            term_variables(object, out);
        }
        GraphPattern::Graph { name: NamedNodePattern::Variable(variable), .. }
        | GraphPattern::Service { name: NamedNodePattern::Variable(variable), .. }
        | GraphPattern::Extend { variable, .. } => drop(out.insert(variable.clone())),
        _ => {}
    }
}
