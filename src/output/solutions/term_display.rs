//! How people see terms.

use crate::model::Namespaces;
use crate::model::literal::is_integer;
use crate::store::{Labels, StoreError};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNodeRef, NamedOrBlankNode, Term};

/// How people see terms.
pub struct TermDisplay<'a> {
    /// What things are called.
    pub labels: &'a Labels<'a>,
    /// The prefixes of things that have no label.
    pub names: &'a Namespaces,
    /// Whether things are shown by their names, even those that have a label.
    pub iris: bool,
    /// The width to keep within, in columns; `None` for no limit.
    pub width: Option<u16>,
}

impl TermDisplay<'_> {
    /// A term as the cell of a table shows it.
    pub(crate) fn cell(&self, term: &Term) -> Result<String, StoreError> {
        match term {
            Term::NamedNode(iri) if !self.iris => match self.labels.get(iri)? {
                Some(label) => Ok(label.to_string()),
                None => Ok(self.name(iri.as_ref())),
            },
            Term::NamedNode(_) | Term::Triple(_) if self.iris => Ok(self.term(term)),
            other => self.labels.term(other),
        }
    }

    fn name(&self, iri: NamedNodeRef<'_>) -> String {
        self.names.compact(iri).unwrap_or_else(|| iri.to_string())
    }

    /// A term as Turtle would have it.
    fn term(&self, term: &Term) -> String {
        match term {
            Term::NamedNode(iri) => self.name(iri.as_ref()),
            Term::BlankNode(blank) => blank.to_string(),
            Term::Literal(literal) if literal.datatype() == xsd::STRING || literal.language().is_some() => {
                literal.to_string()
            }
            Term::Literal(literal) => {
                format!("{}^^{}", Literal::new_simple_literal(literal.value()), self.name(literal.datatype()))
            }
            Term::Triple(triple) => {
                let subject = match &triple.subject {
                    NamedOrBlankNode::NamedNode(iri) => self.name(iri.as_ref()),
                    NamedOrBlankNode::BlankNode(blank) => blank.to_string(),
                };
                format!("<<( {subject} {} {} )>>", self.name(triple.predicate.as_ref()), self.term(&triple.object))
            }
        }
    }
}

pub(super) fn is_number(term: &Term) -> bool {
    let Term::Literal(literal) = term else { return false };
    let datatype = literal.datatype();
    is_integer(datatype) || [xsd::DECIMAL, xsd::DOUBLE, xsd::FLOAT].contains(&datatype)
}

/// Keeps a cell from being taken for Markdown.
pub(crate) fn escape_markdown(cell: &str) -> String {
    let mut escaped = String::with_capacity(cell.len());
    for c in cell.chars() {
        match c {
            '\n' => escaped.push_str("<br>"),
            '\t' => escaped.push(' '),
            '&' => escaped.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Keeps a cell from speaking to the terminal.
pub(in crate::output) fn printable(cell: &str) -> String {
    let shown = |c: char| match c {
        '\t' => Some(' '),
        '\n' => Some(c),
        c => (!c.is_control()).then_some(c),
    };
    cell.chars().filter_map(shown).collect()
}
