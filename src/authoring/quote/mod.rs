//! Quotes for facts: finds a passage in the sources of a dataset from words that a curator remembers or has copied.
//!
//! Invariant: a check finds each proposed quote, and only at the shown position.

mod json;
mod search;
mod text;

pub use json::quotes_json;
pub use search::{QuoteSearchOptions, search_quotes};
pub use text::{nearest_text, quotes_text};

#[cfg(test)]
mod tests;

use crate::check::{DifferenceKind, EXACT, Quotation};
use crate::model::{Selector, SourceId, Span};
use crate::output::QuoteContext;

/// The passages that have some words, or similar ones.
#[derive(Clone, Debug, Default)]
pub struct QuoteSearch {
    /// The best ones, in the order of their similarity, then of the sources.
    pub candidates: Vec<QuoteCandidate>,
    /// How many others are about as similar.
    pub more: usize,
    /// If there are no candidates, the passage that is most similar.
    pub nearest: Option<QuoteCandidate>,
    /// The sources whose texts are unavailable, so that only their locked quotes were searched.
    pub unavailable: Vec<SourceId>,
    /// The sources that have no text.
    pub without_text: Vec<SourceId>,
}

/// A passage with the quote for it.
#[derive(Clone, Debug)]
pub struct QuoteCandidate {
    /// The source.
    pub source: SourceId,
    /// The words to quote, with `…` for omitted ones.
    pub quote: String,
    /// Selects the passage if the source has the words several times.
    pub selector: Selector,
    /// The position of the words.
    pub span: Span,
    /// Whether the quote is from the lock, as the text is unavailable.
    pub is_locked: bool,
    /// Whether words next to the quote, or in an ellipsis, show that the source does not state what the quote seems to state.
    pub omits_cue: bool,
    /// How similar it is to the words that were searched for, in parts per thousand.
    similarity: u32,
    /// How the words that were searched for differ from the passage.
    differences: Vec<WordDifference>,
    /// Whether only the first words were compared.
    is_partial: bool,
    /// The sentences around it; `None` if the text is unavailable.
    context: Option<QuoteContext>,
}

/// A difference between the words that were searched for and a passage.
#[derive(Clone, Debug)]
struct WordDifference {
    description: String,
    /// Whether it may change the meaning: a word or a number is another one, or is not in the passage.
    is_important: bool,
}

impl QuoteCandidate {
    /// Whether the passage has the words that were searched for.
    pub fn is_exact(&self) -> bool {
        self.similarity == EXACT
    }
}

impl From<&crate::check::Difference> for WordDifference {
    fn from(difference: &crate::check::Difference) -> Self {
        let is_important = matches!(
            difference.kind,
            DifferenceKind::Number
                | DifferenceKind::NumberSign
                | DifferenceKind::Word
                | DifferenceKind::Words
                | DifferenceKind::WordOrder
                | DifferenceKind::AddedWord
                | DifferenceKind::AddedWords
        );
        Self { description: difference.describe(), is_important }
    }
}
