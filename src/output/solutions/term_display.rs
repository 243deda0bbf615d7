//! Terms in the cells of tables.

use crate::model::literal;
use crate::store::{Labels, StoreError};
use oxigraph::model::Term;

/// How results are shown in tables.
pub struct TermDisplay<'a> {
    /// The labels of entities and predicates.
    pub labels: &'a Labels<'a>,
    /// Whether to show IRIs, as prefixed names, even if there are labels.
    pub iris: bool,
    /// The maximum width of a table in columns; `None` for no limit.
    pub width: Option<u16>,
    /// The title of an HTML page, such as the summary of a stored query.
    pub title: Option<&'a str>,
}

impl TermDisplay<'_> {
    /// A term in a cell.
    pub(crate) fn cell(&self, term: &Term) -> Result<String, StoreError> {
        let shortened = || self.labels.namespaces().shorten(&term.to_string());
        match term {
            Term::NamedNode(_) | Term::Triple(_) if self.iris => Ok(shortened()),
            Term::NamedNode(iri) => Ok(self.labels.get(iri)?.map_or_else(shortened, |label| label.to_string())),
            other => self.labels.term(other),
        }
    }
}

pub(super) fn is_number(term: &Term) -> bool {
    matches!(term, Term::Literal(literal) if literal::is_number(literal.datatype()))
}
