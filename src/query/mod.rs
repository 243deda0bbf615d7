//! Queries: how they are written, stored and parsed, and what the rows of an answer rest on.
//!
//! Invariant: a parsed query knows nothing of the store that answers it, and whoever explains an answer does not change it.

mod algebra;
mod chosen;
mod cite;
mod limit;
mod slip;
mod stored;
mod why_empty;

pub use chosen::{SelectStatementsError, SelectedStatements, statements_of};
pub use cite::{Citation, CitationGap, CitationReport, CitedQueryResults, DeclaredTriple, TripleOrigin, cite};
pub use limit::with_limit;
pub use slip::{
    QueryDiagnostic, Token, TokenKind, decorators_problem, diagnose_syntax, is_incomplete, misfit_problem,
    parameter_problem, tokenize,
};
pub use stored::{
    Decorators, DecoratorsError, DiagramSettings, Expectation, NamedValues, Parameter, ParameterChoice, ParameterError,
    ParameterKind, ParameterValues, QueryTemplate, QueryTemplateError, Scalar, TestCase,
};
pub use why_empty::{EmptyStep, SolutionCount, why_empty};

use crate::model::{Namespaces, SparqlError};
use oxigraph::model::NamedNode;
use spargebra::Query;

/// Parses a query, which may use the prefixes of a dataset undeclared.
///
/// # Errors
///
/// Where it is no SPARQL, or nested too deep.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let names = Namespaces::new("https://example.org/", &[])?;
/// assert!(query::parse("SELECT ?who { ?who v:made e:mill }", &names).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse(text: &str, names: &Namespaces) -> Result<Query, SparqlError> {
    names.parse_query(text)
}

/// Parses a query as [`parse`] does, with a base for the relative IRIs in it, unless it names one itself.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_with_base(text: &str, base: &NamedNode, names: &Namespaces) -> Result<Query, SparqlError> {
    names.parse_query_with_base(text, base)
}
