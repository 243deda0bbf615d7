//! Queries: parsing, query templates with parameters, citations of results, and explanations of empty results.
//!
//! Invariant: a parsed query does not depend on a store, and neither citations nor explanations change its results.

mod algebra;
mod check;
mod cite;
mod columns;
mod deviations;
mod limit;
mod literals;
mod metadata;
mod sequences;
mod statements;
mod syntax_error;
mod template;
mod variables;
mod why_empty;

pub use check::check_queries;
pub use cite::{Citation, CitationGap, CitationReport, CitedQueryResults, CitedTriple, TripleOrigin, cite};
pub use columns::unbound_variables;
pub use deviations::{deviations_of_literals, for_oxigraph, oxigraph_deviations};
pub use limit::with_limit;
pub use literals::literals_of;
pub use metadata::{style_of, vocabulary_of};
pub use sequences::sequence_paths;
pub use statements::{SelectStatementsError, SelectedStatements, statements_of};
pub use syntax_error::{diagnose, diagnose_syntax, is_incomplete};
pub use template::{
    Decorators, DecoratorsError, DiagramSettings, Expectation, NamedValues, Parameter, ParameterChoice, ParameterError,
    ParameterKind, ParameterValues, QueryTemplate, QueryTemplateError, Scalar, TestCase,
};
pub use why_empty::{EmptyStep, SolutionCount, why_empty};

use crate::model::{Namespaces, SparqlError};
use crate::store::Store;
use oxigraph::model::NamedNode;
use spargebra::Query;
use std::collections::BTreeSet;

/// Parses a query, in which the prefixes of a dataset need no declaration.
///
/// # Errors
///
/// Returns an error if the text is not valid SPARQL, nested too deeply or too long.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let namespaces = Namespaces::new("https://example.org/", &[])?;
/// assert!(query::parse("SELECT ?who { ?who v:made e:mill }", &namespaces).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse(text: &str, namespaces: &Namespaces) -> Result<Query, SparqlError> {
    namespaces.parse_query(text)
}

/// The terms that the vocabulary describes.
fn vocabulary_terms(store: &Store) -> impl Iterator<Item = NamedNode> {
    let terms = store.metadata().vocabulary.iter().filter_map(|declared| {
        let (iri, _) = declared.triple.strip_prefix('<')?.split_once('>')?;
        Some(iri)
    });
    terms.collect::<BTreeSet<_>>().into_iter().map(NamedNode::new_unchecked)
}
