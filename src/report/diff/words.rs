//! Texts with what changed in them marked, word by word.

use similar::{DiffTag, TextDiff};

/// Longer texts are marked as a whole, in bytes: comparing their words may take long, and nobody would read the marks.
const COMPARED: usize = 4096;

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It was there and is.
    Same(String),
    /// It was there.
    Lost(String),
    /// It is there.
    Gained(String),
}

/// A text that replaces another as a whole.
pub(super) fn replaced(before: &str, after: &str) -> Vec<Word> {
    if before == after {
        return vec![Word::Same(after.to_owned())];
    }
    match (before, after) {
        ("", after) => vec![Word::Gained(after.to_owned())],
        (before, "") => vec![Word::Lost(before.to_owned())],
        (before, after) => {
            vec![Word::Lost(before.to_owned()), Word::Same(" → ".to_owned()), Word::Gained(after.to_owned())]
        }
    }
}

/// A text that was another, with the words marked that are not in both.
pub(super) fn marked(before: &str, after: &str) -> Vec<Word> {
    if before.len() + after.len() > COMPARED {
        return replaced(before, after);
    }
    let diff = TextDiff::from_unicode_words(before, after);
    let (was, is) = (diff.old_slices(), diff.new_slices());
    let mut words = Vec::new();
    for op in diff.ops() {
        let (lost, gained) = (was[op.old_range()].concat(), is[op.new_range()].concat());
        match op.tag() {
            DiffTag::Equal => words.push(Word::Same(gained)),
            DiffTag::Delete => words.push(Word::Lost(lost)),
            DiffTag::Insert => words.push(Word::Gained(gained)),
            DiffTag::Replace => words.extend([Word::Lost(lost), Word::Gained(gained)]),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_changed_are_marked() {
        let word = |mark: fn(String) -> Word, text: &str| mark(text.to_owned());
        let built = [
            word(Word::Same, "Built in "),
            word(Word::Lost, "1973"),
            word(Word::Gained, "1971"),
            word(Word::Same, " … the Soviet Union"),
        ];
        assert_eq!(marked("Built in 1973 … the Soviet Union", "Built in 1971 … the Soviet Union"), built);
        let mill = [word(Word::Same, "بني المصنع"), word(Word::Gained, " القديم")];
        assert_eq!(marked("بني المصنع", "بني المصنع القديم"), mill);
        assert_eq!(marked("", "a"), [word(Word::Gained, "a")]);
        assert_eq!(replaced("a", ""), [word(Word::Lost, "a")]);
    }

    #[test]
    fn long_texts_are_marked_as_a_whole() {
        let long = "a b ".repeat(COMPARED);
        let whole = [Word::Lost(long.clone()), Word::Same(" → ".to_owned()), Word::Gained("a".to_owned())];
        assert_eq!(marked(&long, "a"), whole);
    }
}
