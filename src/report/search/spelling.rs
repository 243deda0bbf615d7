//! Words of a search that occur nowhere, and similar words that are found in their place.

use crate::check::comparable_words;
use crate::diagnostic::edit_distance;

/// How well a similar word matches.
const MISSPELT: u64 = 5;

/// The fewest letters of a word that may have an edit, and of one that may have two.
const EDITS: [usize; 2] = [4, 8];

/// A word of a search that occurs nowhere, and a word of a result that was found in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The word as it is written in the search.
    pub word: String,
    /// The word as it is written in the result.
    pub replacement: String,
}

/// A word that occurs nowhere.
pub(super) struct Misspelt {
    written: String,
    letters: Vec<char>,
    edits: usize,
}

impl Misspelt {
    /// A word of a search, in the form for comparison. No word is similar to a short one.
    pub(super) fn new(word: &str, search: &str) -> Self {
        let letters: Vec<char> = word.chars().collect();
        let edits = EDITS.iter().filter(|fewest| letters.len() >= **fewest).count();
        let written = written_words(search).find(|(comparable, _)| comparable == word);
        Self { written: written.map_or_else(|| word.to_owned(), |(_, written)| written.to_owned()), letters, edits }
    }

    /// The word as it is written in the search.
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    pub(super) fn matches(&self, other: &str) -> u64 {
        if self.edits == 0 {
            return 0;
        }
        edit_distance(&self.letters, other, self.edits).map_or(0, |edits| MISSPELT.saturating_sub(edits as u64))
    }

    /// The first of the most similar words of a text.
    pub(super) fn correction(&self, text: &str) -> Option<Correction> {
        let quality = |(comparable, _): &(String, &str)| self.matches(comparable);
        let best = written_words(text).map(|word| quality(&word)).max().filter(|best| *best > 0)?;
        let (_, replacement) = written_words(text).find(|word| quality(word) == best)?;
        Some(Correction { word: self.written.clone(), replacement: replacement.to_owned() })
    }
}

/// The words of a text, each in the form for comparison and as it is written.
fn written_words(text: &str) -> impl Iterator<Item = (String, &str)> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '–' | '—')).flat_map(|written| {
        let trimmed = written.trim_matches(|c: char| !c.is_alphanumeric());
        comparable_words(written).into_iter().map(move |word| (word, trimmed))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_has_the_words_as_they_are_written() {
        let misspelt = Misspelt::new("karachy", "the Karachy! mill");
        let correction = Correction { word: "Karachy".to_owned(), replacement: "Kárachi".to_owned() };
        assert_eq!(misspelt.correction("in Karaxhi (“Kárachi”)"), Some(correction));
        assert_eq!(misspelt.correction("in Lahore"), None);
        assert_eq!(Misspelt::new("psn", "PSN").correction("PSM"), None);
    }
}
