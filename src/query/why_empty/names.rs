//! IRIs that the graph does not know, and those that are nearly the same.

use super::asking::{Asking, MOST};
use crate::diagnostic::closest;
use crate::model::all_subexpressions;
use crate::store::StoreError;
use oxigraph::model::{NamedNode, Term, Variable};
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// Says of each IRI that is not in the graph which one is nearly the same.
pub(super) fn unknown(asking: &Asking<'_>, iris: Vec<NamedNode>, hints: &mut Vec<String>) -> Result<(), StoreError> {
    let mut seen = BTreeSet::new();
    let mut known = None;
    for iri in iris.into_iter().filter(|iri| seen.insert(iri.clone())) {
        if is_known(asking, &iri)? {
            continue;
        }
        let known = match &known {
            Some(known) => known,
            None => known.insert(all_known(asking)?),
        };
        let shown = asking.show(&iri);
        let better = match nearest(asking, &iri, known) {
            Some(near) => format!("; did you mean `{}`?", asking.show(&near)),
            None => String::new(),
        };
        hints.push(format!("`{shown}` is not in the graph{better}"));
    }
    Ok(())
}

/// Whether an IRI is a subject, a predicate or an object.
fn is_known(asking: &Asking<'_>, iri: &NamedNode) -> Result<bool, StoreError> {
    let variable = |name: &str| asking.fresh(name);
    let subject = |s: TermPattern, p: NamedNodePattern, o: TermPattern| GraphPattern::Bgp {
        patterns: vec![TriplePattern { subject: s, predicate: p, object: o }],
    };
    let any = |name: &str| TermPattern::from(variable(name));
    Ok(asking.any(&subject(iri.clone().into(), variable("p").into(), any("o")))?
        || asking.any(&subject(any("s"), iri.clone().into(), any("o")))?
        || asking.any(&subject(any("s"), variable("p").into(), iri.clone().into()))?)
}

/// What an IRI can have meant: the entities, the terms of the vocabulary, and predicates and classes in use.
fn all_known(asking: &Asking<'_>) -> Result<BTreeSet<NamedNode>, StoreError> {
    let store = asking.store;
    let mut all: BTreeSet<NamedNode> = store.entities()?.into_iter().collect();
    for given in &store.metadata().vocabulary {
        let subject = given.triple.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        all.extend(subject.map(|(iri, _)| NamedNode::new_unchecked(iri)));
    }
    let (s, p, o) = (asking.fresh("s"), asking.fresh("p"), asking.fresh("o"));
    let every = |predicate: NamedNodePattern| GraphPattern::Bgp {
        patterns: vec![TriplePattern { subject: s.clone().into(), predicate, object: o.clone().into() }],
    };
    let distinct = |inner: GraphPattern, variable: &Variable| GraphPattern::Distinct {
        inner: Box::new(GraphPattern::Project { inner: Box::new(inner), variables: vec![variable.clone()] }),
    };
    // Only the first triples are gone through, however many there are.
    let all_triples = GraphPattern::Project { inner: Box::new(every(p.clone().into())), variables: vec![p.clone()] };
    let some = GraphPattern::Slice { inner: Box::new(all_triples), start: 0, length: Some(100 * MOST) };
    let typed = every(crate::model::vocab::rdf::TYPE.into_owned().into());
    let whole = || every(p.clone().into());
    for (pattern, variable) in [(distinct(some, &p), &p), (distinct(typed, &o), &o), (whole(), &s), (whole(), &o)] {
        let values = asking.values(&pattern, variable)?.into_values();
        all.extend(values.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri) } else { None }));
    }
    Ok(all)
}

/// The nearest name in the same namespace, else the same name in another one.
fn nearest(asking: &Asking<'_>, iri: &NamedNode, known: &BTreeSet<NamedNode>) -> Option<NamedNode> {
    let (namespace, local) = split(iri.as_str());
    let siblings = known.iter().map(|other| split(other.as_str())).filter(|(other, _)| *other == namespace);
    if let Some(near) = closest(local, siblings.map(|(_, local)| local)) {
        return Some(NamedNode::new_unchecked(format!("{namespace}{near}")));
    }
    let folded = local.to_lowercase();
    let same = |other: &&NamedNode| split(other.as_str()).1.to_lowercase() == folded;
    let called = || crate::store::Labels::new(asking.store, &asking.store.metadata().language).find(local).ok();
    let elsewhere = known.iter().find(same).cloned().or_else(called);
    // The namespace itself may be what is misspelt.
    elsewhere.or_else(|| {
        let near = closest(local, known.iter().map(|other| split(other.as_str()).1))?;
        known.iter().find(|other| split(other.as_str()).1 == near).cloned()
    })
}

fn split(iri: &str) -> (&str, &str) {
    iri.split_at(iri.rfind(['/', '#']).map_or(0, |at| at + 1))
}

/// The IRIs of a triple pattern, those of triple terms in it included.
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

/// The IRIs of a step that is a pattern of its own.
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
            let iri = |term: &GroundTerm| match term {
                GroundTerm::NamedNode(iri) => Some(iri.clone()),
                _ => None,
            };
            terms.filter_map(iri).collect()
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
    let iri = |part: &Expression| match part {
        Expression::NamedNode(iri) => Some(iri.clone()),
        _ => None,
    };
    all_subexpressions(expression).into_iter().filter_map(iri).collect()
}

fn in_path(path: &PropertyPathExpression, found: &mut Vec<NamedNode>) {
    use PropertyPathExpression as P;
    match path {
        P::NamedNode(iri) => found.push(iri.clone()),
        P::Reverse(inner) | P::ZeroOrMore(inner) | P::OneOrMore(inner) | P::ZeroOrOne(inner) => in_path(inner, found),
        P::Sequence(one, other) | P::Alternative(one, other) => {
            in_path(one, found);
            in_path(other, found);
        }
        P::NegatedPropertySet(_) => {}
    }
}
