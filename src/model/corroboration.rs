//! The number of independent sources of a statement.

use super::{Evidence, SourceId};
use std::collections::HashSet;

/// The publisher of a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Publisher {
    /// A known publisher.
    Known(String),
    /// Unknown, so that the source counts on its own.
    Unknown,
    /// None: the source is background knowledge of the curator.
    Background,
}

/// The number of independent sources of some evidence. Sources with the same publisher count as one; background does not
/// count.
///
/// Both stances count: pass only the evidence to be counted. Linear in the evidence.
///
/// # Errors
///
/// Returns the first error of `publisher`.
///
/// ```
/// use factloom::model::{Evidence, Publisher, SourceId, independent_sources};
///
/// let of = |source: &str| Evidence::new(SourceId::new(source).unwrap());
/// let evidence = [of("morning-paper"), of("evening-paper"), of("letter"), of("background")];
/// let publisher = |source: &SourceId| -> Result<Publisher, std::convert::Infallible> {
///     Ok(match source.as_str() {
///         "letter" => Publisher::Unknown,
///         "background" => Publisher::Background,
///         _ => Publisher::Known("The Press".to_owned()),
///     })
/// };
/// assert_eq!(independent_sources(&evidence, publisher)?, 2);
/// # Ok::<(), std::convert::Infallible>(())
/// ```
pub fn independent_sources<'a, E>(
    evidence: impl IntoIterator<Item = &'a Evidence>,
    mut publisher: impl FnMut(&SourceId) -> Result<Publisher, E>,
) -> Result<usize, E> {
    let (mut publishers, mut sources) = (HashSet::new(), HashSet::new());
    for evidence in evidence {
        match publisher(&evidence.source)? {
            Publisher::Known(name) => {
                publishers.insert(name);
            }
            Publisher::Unknown => {
                sources.insert(&evidence.source);
            }
            Publisher::Background => {}
        }
    }
    Ok(publishers.len() + sources.len())
}
