//! The first rows of a query alone.

use spargebra::Query;
use spargebra::algebra::GraphPattern;

/// The query with so many rows at most, which are the first of its own. The engine stops after them, and sorts no more than
/// them. Other queries than SELECT have no rows, and stay as they are.
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
pub fn with_limit(mut query: Query, most: usize) -> Query {
    if let Query::Select { pattern, .. } = &mut query {
        *pattern = match std::mem::take(pattern) {
            GraphPattern::Slice { inner, start, length } => {
                GraphPattern::Slice { inner, start, length: Some(length.map_or(most, |length| length.min(most))) }
            }
            other => GraphPattern::Slice { inner: Box::new(other), start: 0, length: Some(most) },
        };
    }
    query
}
