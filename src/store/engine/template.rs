//! CONSTRUCT: makes triples from rows.

use super::plan::TemplateTerm;
use super::planner::{Planner, Result};
use oxigraph::model::{BlankNode, Term};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

impl Planner<'_> {
    /// The triples of a template. Adds its blank nodes to `blank_nodes`.
    pub(super) fn template(
        &mut self,
        template: &[TriplePattern],
        blank_nodes: &mut Vec<BlankNode>,
    ) -> Result<Vec<[TemplateTerm; 3]>> {
        template.iter().map(|triple| self.template_triple(triple, blank_nodes)).collect()
    }

    fn template_triple(
        &mut self,
        triple: &TriplePattern,
        blank_nodes: &mut Vec<BlankNode>,
    ) -> Result<[TemplateTerm; 3]> {
        let subject = self.template_term(&triple.subject, blank_nodes)?;
        let predicate = match &triple.predicate {
            NamedNodePattern::NamedNode(node) => self.template_constant(node.clone().into())?,
            NamedNodePattern::Variable(variable) => TemplateTerm::Slot(self.slot(variable.as_str())),
        };
        Ok([subject, predicate, self.template_term(&triple.object, blank_nodes)?])
    }

    fn template_constant(&mut self, term: Term) -> Result<TemplateTerm> {
        let id = self.term_id(term.clone())?;
        Ok(TemplateTerm::Constant(term, id))
    }

    fn template_term(&mut self, term: &TermPattern, blank_nodes: &mut Vec<BlankNode>) -> Result<TemplateTerm> {
        Ok(match term {
            TermPattern::NamedNode(node) => self.template_constant(node.clone().into())?,
            TermPattern::Literal(literal) => self.template_constant(literal.clone().into())?,
            TermPattern::Variable(variable) => TemplateTerm::Slot(self.slot(variable.as_str())),
            TermPattern::BlankNode(node) => {
                let known = blank_nodes.iter().position(|known| known == node);
                TemplateTerm::Blank(known.unwrap_or_else(|| {
                    blank_nodes.push(node.clone());
                    blank_nodes.len() - 1
                }))
            }
            TermPattern::Triple(triple) => TemplateTerm::Triple(Box::new(self.template_triple(triple, blank_nodes)?)),
        })
    }
}
