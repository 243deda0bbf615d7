//! The kinds of sources.

use super::choices;

choices!(
    /// The kind of a source.
    #[derive(Default)]
    SourceKind {
        /// A piece of journalism or scholarship.
        Article "article",
        /// Any other text.
        #[default]
        Document "document",
        /// A data collection.
        Dataset "dataset",
        /// Background knowledge of the curator. Its evidence needs a note instead of a quote.
        Background "background",
    }
);
