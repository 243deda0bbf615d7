//! Limiting the rows of a query.

use spargebra::Query;
use spargebra::algebra::GraphPattern;

/// A SELECT query with at most this number of rows, so that the engine stops after them and sorts no more. Other queries are
/// returned unchanged.
///
/// ```
/// use factloom::{model::Namespaces, query};
///
/// let query = query::parse("SELECT * { ?s ?p ?o } LIMIT 5", &Namespaces::standard())?;
/// assert!(query::with_limit(query.clone(), 2).to_string().ends_with("LIMIT 2"));
/// assert_eq!(query::with_limit(query.clone(), 9), query);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn with_limit(mut query: Query, max_rows: usize) -> Query {
    if let Query::Select { pattern, .. } = &mut query {
        *pattern = match std::mem::take(pattern) {
            GraphPattern::Slice { inner, start, length } => GraphPattern::Slice {
                inner,
                start,
                length: Some(length.map_or(max_rows, |length| length.min(max_rows))),
            },
            other => GraphPattern::Slice { inner: Box::new(other), start: 0, length: Some(max_rows) },
        };
    }
    query
}
