//! CONSTRUCT: triples made of rows.

use super::build::{Planner, Result};
use super::plan::{Slot, TemplatePart};
use crate::store::GraphError;
use crate::store::compiled::Id;
use oxigraph::model::{BlankNode, NamedOrBlankNode, Term, Triple};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// The parts of a template, and how many blank nodes it makes for each row.
pub(super) fn plan(template: &[TriplePattern], planner: &mut Planner<'_>) -> Result<(Vec<[TemplatePart; 3]>, usize)> {
    let mut blanks = Vec::new();
    let parts = template.iter().map(|triple| of_triple(triple, planner, &mut blanks)).collect::<Result<_>>()?;
    Ok((parts, blanks.len()))
}

fn of_triple(
    triple: &TriplePattern,
    planner: &mut Planner<'_>,
    blanks: &mut Vec<BlankNode>,
) -> Result<[TemplatePart; 3]> {
    let predicate = match &triple.predicate {
        NamedNodePattern::NamedNode(node) => fixed(node.clone().into(), planner)?,
        NamedNodePattern::Variable(variable) => TemplatePart::Slot(planner.slot(variable.as_str())),
    };
    Ok([of_term(&triple.subject, planner, blanks)?, predicate, of_term(&triple.object, planner, blanks)?])
}

fn fixed(term: Term, planner: &mut Planner<'_>) -> Result<TemplatePart> {
    let id = planner.term_id(term.clone())?;
    Ok(TemplatePart::Term(term, id))
}

fn of_term(term: &TermPattern, planner: &mut Planner<'_>, blanks: &mut Vec<BlankNode>) -> Result<TemplatePart> {
    Ok(match term {
        TermPattern::NamedNode(node) => fixed(node.clone().into(), planner)?,
        TermPattern::Literal(literal) => fixed(literal.clone().into(), planner)?,
        TermPattern::Variable(variable) => TemplatePart::Slot(planner.slot(variable.as_str())),
        TermPattern::BlankNode(node) => {
            let known = blanks.iter().position(|known| known == node);
            TemplatePart::Blank(known.unwrap_or_else(|| {
                blanks.push(node.clone());
                blanks.len() - 1
            }))
        }
        TermPattern::Triple(triple) => TemplatePart::Triple(Box::new(of_triple(triple, planner, blanks)?)),
    })
}

impl TemplatePart {
    /// Whether the part has an id in every row in which it has a value.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Term(..) | Self::Slot(_))
    }
}

/// The ids of the triple that a row makes; `None` where a part has no value, or is made anew.
pub(super) fn ids(parts: &[TemplatePart; 3], row: &[Id]) -> Option<[Id; 3]> {
    let id = |part: &TemplatePart| match part {
        TemplatePart::Term(_, id) => Some(*id),
        TemplatePart::Slot(slot) => Some(row[*slot]).filter(|id| *id != 0),
        TemplatePart::Blank(_) | TemplatePart::Triple(_) => None,
    };
    Some([id(&parts[0])?, id(&parts[1])?, id(&parts[2])?])
}

/// Blank nodes for one row.
pub(super) fn blanks(count: usize) -> Vec<BlankNode> {
    (0..count).map(|_| BlankNode::default()).collect()
}

/// The triple that a row makes; `None` where a part has no value, or it is no triple.
pub(super) fn triple(
    parts: &[TemplatePart; 3],
    blanks: &[BlankNode],
    value: &impl Fn(Slot) -> std::result::Result<Option<Term>, GraphError>,
) -> std::result::Result<Option<Triple>, GraphError> {
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
    value: &impl Fn(Slot) -> std::result::Result<Option<Term>, GraphError>,
) -> std::result::Result<Option<Term>, GraphError> {
    match part {
        TemplatePart::Term(term, _) => Ok(Some(term.clone())),
        TemplatePart::Slot(slot) => value(*slot),
        TemplatePart::Blank(number) => Ok(blanks.get(*number).cloned().map(Term::from)),
        TemplatePart::Triple(parts) => Ok(triple(parts, blanks, value)?.map(Term::from)),
    }
}
