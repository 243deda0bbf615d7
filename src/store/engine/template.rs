//! CONSTRUCT: triples made of rows.

use super::build::Planner;
use super::plan::{Slot, TemplatePart};
use crate::store::GraphError;
use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// The parts of a template, and how many blank nodes it makes for each row.
pub(super) fn plan(template: &[TriplePattern], planner: &mut Planner<'_>) -> (Vec<[TemplatePart; 3]>, usize) {
    let mut blanks = Vec::new();
    let parts = template.iter().map(|triple| of_triple(triple, planner, &mut blanks)).collect();
    (parts, blanks.len())
}

fn of_triple(triple: &TriplePattern, planner: &mut Planner<'_>, blanks: &mut Vec<BlankNode>) -> [TemplatePart; 3] {
    let predicate = match &triple.predicate {
        NamedNodePattern::NamedNode(node) => TemplatePart::Term(node.clone().into()),
        NamedNodePattern::Variable(variable) => TemplatePart::Slot(planner.slot(variable.as_str())),
    };
    [of_term(&triple.subject, planner, blanks), predicate, of_term(&triple.object, planner, blanks)]
}

fn of_term(term: &TermPattern, planner: &mut Planner<'_>, blanks: &mut Vec<BlankNode>) -> TemplatePart {
    match term {
        TermPattern::NamedNode(node) => TemplatePart::Term(node.clone().into()),
        TermPattern::Literal(literal) => TemplatePart::Term(literal.clone().into()),
        TermPattern::Variable(variable) => TemplatePart::Slot(planner.slot(variable.as_str())),
        TermPattern::BlankNode(node) => {
            let known = blanks.iter().position(|known| known == node);
            TemplatePart::Blank(known.unwrap_or_else(|| {
                blanks.push(node.clone());
                blanks.len() - 1
            }))
        }
        TermPattern::Triple(triple) => TemplatePart::Triple(Box::new(of_triple(triple, planner, blanks))),
    }
}

/// The triples that a row makes; those without a value somewhere, or that are no triples, are left out.
pub(super) fn fill(
    template: &[[TemplatePart; 3]],
    blanks: usize,
    value: impl Fn(Slot) -> Result<Option<Term>, GraphError>,
) -> Result<Vec<Triple>, GraphError> {
    let blanks: Vec<BlankNode> = (0..blanks).map(|_| BlankNode::default()).collect();
    let mut triples = Vec::with_capacity(template.len());
    for parts in template {
        triples.extend(triple(parts, &blanks, &value)?);
    }
    Ok(triples)
}

fn triple(
    parts: &[TemplatePart; 3],
    blanks: &[BlankNode],
    value: &impl Fn(Slot) -> Result<Option<Term>, GraphError>,
) -> Result<Option<Triple>, GraphError> {
    let term = |part: &TemplatePart| of_part(part, blanks, value);
    let (Some(subject), Some(Term::NamedNode(predicate)), Some(object)) =
        (term(&parts[0])?, term(&parts[1])?, term(&parts[2])?)
    else {
        return Ok(None);
    };
    let subject = match subject {
        Term::NamedNode(node) => NamedOrBlankNode::NamedNode(node),
        Term::BlankNode(node) => NamedOrBlankNode::BlankNode(node),
        _ => return Ok(None),
    };
    Ok(Some(Triple { subject, predicate, object }))
}

fn of_part(
    part: &TemplatePart,
    blanks: &[BlankNode],
    value: &impl Fn(Slot) -> Result<Option<Term>, GraphError>,
) -> Result<Option<Term>, GraphError> {
    match part {
        TemplatePart::Term(term) => Ok(Some(term.clone())),
        TemplatePart::Slot(slot) => value(*slot),
        TemplatePart::Blank(number) => Ok(blanks.get(*number).cloned().map(Term::from)),
        TemplatePart::Triple(parts) => Ok(triple(parts, blanks, value)?.map(Term::from)),
    }
}
