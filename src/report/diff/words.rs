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
    let mut marking = Marking::default();
    for op in diff.ops() {
        let (lost, gained) = (was[op.old_range()].concat(), is[op.new_range()].concat());
        match op.tag() {
            DiffTag::Equal if gained.trim().is_empty() && marking.is_changing() => marking.gap = gained,
            DiffTag::Equal => marking.same(gained),
            DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => marking.change(&lost, &gained),
        }
    }
    marking.end();
    if marking.words.iter().any(|word| matches!(word, Word::Same(same) if !same.trim().is_empty())) {
        return marking.words;
    }
    replaced(before, after)
}

/// Words as they are marked: changes with nothing but a space between them are one.
#[derive(Default)]
struct Marking {
    words: Vec<Word>,
    lost: String,
    gained: String,
    gap: String,
}

impl Marking {
    fn is_changing(&self) -> bool {
        !self.lost.is_empty() || !self.gained.is_empty()
    }

    fn change(&mut self, lost: &str, gained: &str) {
        self.lost.extend([&self.gap, lost]);
        self.gained.extend([&self.gap, gained]);
        self.gap.clear();
    }

    fn same(&mut self, text: String) {
        self.end();
        self.words.push(Word::Same(text));
    }

    fn end(&mut self) {
        let [lost, gained, gap] = [&mut self.lost, &mut self.gained, &mut self.gap].map(std::mem::take);
        let words = [Word::Lost(lost), Word::Gained(gained), Word::Same(gap)];
        let empty =
            |word: &Word| matches!(word, Word::Lost(text) | Word::Gained(text) | Word::Same(text) if text.is_empty());
        self.words.extend(words.into_iter().filter(|word| !empty(word)));
    }
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
        // Changes side by side are one, and where no word is left the text is another.
        let shops =
            [word(Word::Lost, "PSM workshops"), word(Word::Gained, "Workshops of PSM"), word(Word::Same, " (en)")];
        assert_eq!(marked("PSM workshops (en)", "Workshops of PSM (en)"), shops);
        assert_eq!(marked("gathering rust", "Steel Mills"), replaced("gathering rust", "Steel Mills"));
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
