//! The subject and the object of a statement, and whether a text names one of them.

use super::EvidenceChecks;
use super::names::{NamedText, Names};
use super::values::is_value;
use crate::model::{Statement, vocab};
use oxigraph::model::{NamedOrBlankNode, Term};
use std::cell::LazyCell;

/// The names of the object of a statement, if it is a string.
pub(super) fn string_names(statement: &Statement) -> Option<Names> {
    match &statement.triple.object {
        Term::Literal(literal) if literal.language().is_some() || literal.datatype() == vocab::xsd::STRING => {
            Some(Names::of_string(literal.value(), None))
        }
        _ => None,
    }
}

/// The subject and the object of a statement.
pub(super) struct Topic<'a> {
    pub checks: &'a EvidenceChecks<'a>,
    pub statement: &'a Statement,
    /// The names of the object, if it is a string.
    pub string: Option<&'a Names>,
}

impl Topic<'_> {
    /// Whether the object has a name. A text that lacks a date or a number is reported for that reason, and other literals have no words.
    pub(super) fn has_name(&self) -> bool {
        match &self.statement.triple.object {
            Term::Literal(literal) => self.string.is_some() && !is_value(literal),
            _ => true,
        }
    }

    /// Whether a text names the subject or the object, or cannot because it is in another script.
    pub(super) fn is_named(&self, text: &str) -> bool {
        let words = LazyCell::new(|| NamedText::new(text));
        // Most quotes have a name as it is written.
        let are_in = |names: &Names| names.are_written_in(text) || names.are_in(&words);
        let subject = match &self.statement.triple.subject {
            NamedOrBlankNode::NamedNode(iri) => self.checks.names(iri.as_ref()),
            NamedOrBlankNode::BlankNode(_) => None,
        };
        if subject.is_some_and(are_in) {
            return true;
        }
        let object = match &self.statement.triple.object {
            Term::NamedNode(iri) => self.checks.names(iri.as_ref()),
            Term::Literal(_) => self.string,
            Term::BlankNode(_) | Term::Triple(_) => None,
        };
        object.is_some_and(are_in) || ![subject, object].into_iter().flatten().any(|names| names.share_script(&words))
    }
}
