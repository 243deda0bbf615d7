//! Queries: how they are written, stored and parsed.
//!
//! Invariant: a parsed query knows nothing of the store that answers it.

mod stored;

pub use stored::Decorators;

use crate::model::Names;
use spargebra::{Query, SparqlParser, SparqlSyntaxError};

/// Parses a query, which may use the prefixes of a dataset undeclared.
///
/// # Errors
///
/// Where it is no SPARQL.
///
/// ```
/// use factloom::{model::Names, query};
///
/// let names = Names::new("https://example.org/", &[])?;
/// assert!(query::parse("SELECT ?who { ?who v:made e:mill }", &names).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse(text: &str, names: &Names) -> Result<Query, SparqlSyntaxError> {
    parser(names).parse_query(text)
}

/// A parser that knows the prefixes of a dataset.
fn parser(names: &Names) -> SparqlParser {
    names.prefixes().iter().fold(SparqlParser::new(), |parser, (prefix, iri)| {
        parser.with_prefix(prefix, iri).expect("the names of a dataset hold valid IRIs only")
    })
}
