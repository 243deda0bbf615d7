//! How many sources stand behind a statement, each independent of the others.

use super::{Evidence, SourceId};
use std::collections::HashSet;

/// Who answers for a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Publisher {
    /// The one who published it.
    Known(String),
    /// It is not known who, so the source stands for itself.
    Unknown,
    /// Nobody: it is background, which the curator knows.
    Background,
}

/// How many independent sources evidence comes from: sources of one publisher are one, and background is none.
///
/// Evidence of either stance counts; whoever asks chooses which to count. Linear in the evidence.
///
/// # Errors
///
/// Those of looking a publisher up.
///
/// ```
/// use factloom::model::{Evidence, Publisher, Selector, SourceId, Stance, independent_sources};
///
/// let of = |source: &str| Evidence {
///     source: SourceId::new(source).unwrap(),
///     stance: Stance::Supports,
///     quote: None,
///     note: None,
///     selector: Selector::default(),
///     span: None,
/// };
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
