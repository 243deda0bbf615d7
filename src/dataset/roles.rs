//! What the files of a dataset contain.

use super::Dataset;
use crate::diagnostic::FileId;

/// What a file that defines a part of a dataset contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileRole {
    /// The manifest.
    Manifest,
    /// Classes and predicates, in Turtle.
    Vocabulary,
    /// Sources.
    Sources,
    /// Entities.
    Entities,
    /// The style of diagrams.
    Style,
}

impl Dataset {
    /// The files that define the dataset, and its style: all but the facts, the lock, the queries and the rules.
    pub(crate) fn files_with_roles(&self) -> impl Iterator<Item = (FileId, FileRole)> {
        let style = self.style_files.iter().map(|file| (*file, FileRole::Style));
        self.definition_files.iter().copied().chain(style)
    }
}
