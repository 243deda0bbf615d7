//! IRIs that are not in the graph, and similar ones that are.

use super::runner::{MAX_COUNTED, PatternRunner};
use crate::diagnostic::closest;
use crate::model::{all_subexpressions, split_iri};
use crate::query::vocabulary_terms;
use crate::store::{Labels, StoreError};
use oxigraph::model::{NamedNode, Variable};
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// A hint for each IRI that is not in the graph.
pub(super) fn unknown_iri_hints(runner: &PatternRunner<'_>, iris: Vec<NamedNode>) -> Result<Vec<String>, StoreError> {
    let mut hints = Vec::new();
    let mut seen = BTreeSet::new();
    let mut known = None;
    for iri in iris.into_iter().filter(|iri| seen.insert(iri.clone())) {
        if is_known(runner, &iri)? {
            continue;
        }
        let known = match &known {
            Some(known) => known,
            None => known.insert(all_known(runner)?),
        };
        let suggestion = match similar(runner, &iri, known) {
            Some(similar) => format!("; did you mean `{}`?", runner.show(&similar)),
            None => String::new(),
        };
        hints.push(format!("`{}` is not in the graph{suggestion}", runner.show(&iri)));
    }
    Ok(hints)
}

/// Whether an IRI is a subject, a predicate or an object.
fn is_known(runner: &PatternRunner<'_>, iri: &NamedNode) -> Result<bool, StoreError> {
    let (s, p, o) = (runner.fresh("s"), runner.fresh("p"), runner.fresh("o"));
    for triple in [
        TriplePattern { subject: iri.clone().into(), predicate: p.clone().into(), object: o.clone().into() },
        TriplePattern { subject: s.clone().into(), predicate: iri.clone().into(), object: o.into() },
        TriplePattern { subject: s.into(), predicate: p.into(), object: iri.clone().into() },
    ] {
        if runner.has_solution(&GraphPattern::Bgp { patterns: vec![triple] })? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The IRIs that can be suggested: entities, terms of the vocabulary, and the IRIs of the first triples.
fn all_known(runner: &PatternRunner<'_>) -> Result<BTreeSet<NamedNode>, StoreError> {
    let mut all: BTreeSet<NamedNode> = runner.store.entities()?.into_iter().collect();
    all.extend(vocabulary_terms(runner.store));
    let (s, p, o) = (runner.fresh("s"), runner.fresh("p"), runner.fresh("o"));
    let triples = |predicate: NamedNodePattern| GraphPattern::Bgp {
        patterns: vec![TriplePattern { subject: s.clone().into(), predicate, object: o.clone().into() }],
    };
    let project = |inner: GraphPattern, variable: &Variable| GraphPattern::Project {
        inner: Box::new(inner),
        variables: vec![variable.clone()],
    };
    let first = GraphPattern::Slice {
        inner: Box::new(project(triples(p.clone().into()), &p)),
        start: 0,
        length: Some(100 * MAX_COUNTED),
    };
    let predicates = GraphPattern::Distinct { inner: Box::new(project(first, &p)) };
    let typed = triples(crate::model::vocab::rdf::TYPE.into_owned().into());
    let classes = GraphPattern::Distinct { inner: Box::new(project(typed, &o)) };
    let every = triples(p.clone().into());
    for (pattern, variable) in [(&predicates, &p), (&classes, &o), (&every, &s), (&every, &o)] {
        let values = runner.values(pattern, variable)?.into_values();
        all.extend(values.filter_map(|term| NamedNode::try_from(term).ok()));
    }
    Ok(all)
}

/// The most similar IRI in the same namespace, else one in another namespace with the same local name or label, else one with a
/// similar local name.
fn similar(runner: &PatternRunner<'_>, iri: &NamedNode, known: &BTreeSet<NamedNode>) -> Option<NamedNode> {
    let (namespace, local) = split_iri(iri.as_str());
    let siblings = known.iter().map(|other| split_iri(other.as_str())).filter(|(other, _)| *other == namespace);
    if let Some(similar) = closest(local, siblings.map(|(_, local)| local)) {
        return Some(NamedNode::new_unchecked(format!("{namespace}{similar}")));
    }
    let with_local_name =
        |name: &str| known.iter().find(|other| split_iri(other.as_str()).1.eq_ignore_ascii_case(name)).cloned();
    let labelled = || Labels::new(runner.store, &runner.store.metadata().language).find(local).ok();
    with_local_name(local)
        .or_else(labelled)
        .or_else(|| with_local_name(closest(local, known.iter().map(|other| split_iri(other.as_str()).1))?))
}

/// The IRIs of a triple pattern, including those of nested triple terms.
pub(super) fn in_triple(pattern: &TriplePattern) -> Vec<NamedNode> {
    let mut found = in_term(&pattern.subject);
    if let NamedNodePattern::NamedNode(iri) = &pattern.predicate {
        found.push(iri.clone());
    }
    found.extend(in_term(&pattern.object));
    found
}

fn in_term(pattern: &TermPattern) -> Vec<NamedNode> {
    match pattern {
        TermPattern::NamedNode(iri) => vec![iri.clone()],
        TermPattern::Triple(triple) => in_triple(triple),
        TermPattern::Literal(_) | TermPattern::BlankNode(_) | TermPattern::Variable(_) => Vec::new(),
    }
}

/// The IRIs of a basic graph pattern, a path or VALUES, and of the BIND around it.
pub(super) fn in_pattern(pattern: &GraphPattern) -> Vec<NamedNode> {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter().flat_map(in_triple).collect(),
        GraphPattern::Path { subject, path, object } => {
            let mut found = in_term(subject);
            in_path(path, &mut found);
            found.extend(in_term(object));
            found
        }
        GraphPattern::Values { bindings, .. } => {
            let terms = bindings.iter().flatten().flatten();
            terms
                .filter_map(|term| if let GroundTerm::NamedNode(iri) = term { Some(iri.clone()) } else { None })
                .collect()
        }
        GraphPattern::Extend { inner, expression, .. } => {
            let mut found = in_pattern(inner);
            found.extend(in_expression(expression));
            found
        }
        GraphPattern::Project { inner, .. } => in_pattern(inner),
        _ => Vec::new(),
    }
}

/// The IRIs that an expression compares with.
pub(super) fn in_expression(expression: &Expression) -> Vec<NamedNode> {
    let parts = all_subexpressions(expression).into_iter();
    parts.filter_map(|part| if let Expression::NamedNode(iri) = part { Some(iri.clone()) } else { None }).collect()
}

fn in_path(path: &PropertyPathExpression, found: &mut Vec<NamedNode>) {
    use PropertyPathExpression as P;
    match path {
        P::NamedNode(iri) => found.push(iri.clone()),
        P::Reverse(inner) | P::ZeroOrMore(inner) | P::OneOrMore(inner) | P::ZeroOrOne(inner) => in_path(inner, found),
        P::Sequence(first, second) | P::Alternative(first, second) => {
            in_path(first, found);
            in_path(second, found);
        }
        P::NegatedPropertySet(_) => {}
    }
}
