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

pub use chosen::{Chosen, ChosenError, statements_of};
pub use cite::{Citation, CitedAnswer, CitedResults, Given, Giver, Uncited, cited};
pub use limit::limited;
pub use slip::{
    SyntaxProblem, Token, TokenKind, decorators_problem, is_unfinished, misfit_problem, parameter_problem,
    syntax_problem, tokens,
};
pub use stored::{
    Case, Choice, Decorators, DecoratorsError, DiagramSettings, Expect, Named, Parameter, ParameterError,
    ParameterKind, Scalar, Stored, StoredError, Values,
};
pub use why_empty::{Count, RanOut, why_empty};

use crate::model::{Names, SparqlError};
use oxigraph::model::NamedNode;
use spargebra::Query;

/// Parses a query, which may use the prefixes of a dataset undeclared.
///
/// # Errors
///
/// Where it is no SPARQL, or nested too deep.
///
/// ```
/// use factloom::{model::Names, query};
///
/// let names = Names::new("https://example.org/", &[])?;
/// assert!(query::parse("SELECT ?who { ?who v:made e:mill }", &names).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse(text: &str, names: &Names) -> Result<Query, SparqlError> {
    names.parse_query(text)
}

/// Parses a query as [`parse`] does, with a base for the relative IRIs in it, unless it names one itself.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_with_base(text: &str, base: &NamedNode, names: &Names) -> Result<Query, SparqlError> {
    names.parse_query_with_base(text, base)
}
