//! Word differences between two texts.

use similar::{DiffTag, TextDiff};

/// Longer texts, in bytes, are not compared word by word, which may take long.
const MAX_COMPARED: usize = 4096;

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Same(String),
    Removed(String),
    Added(String),
}

/// The words of two versions of a text. Texts without common words are replaced as a whole.
pub(super) fn word_diff(before: &str, after: &str) -> Vec<Word> {
    let whole = vec![Word::Removed(before.to_owned()), Word::Same(" → ".to_owned()), Word::Added(after.to_owned())];
    if before.len() + after.len() > MAX_COMPARED {
        return whole;
    }
    let diff = TextDiff::from_unicode_words(before, after);
    let mut runs = Runs::default();
    for op in diff.ops() {
        let removed = diff.old_slices()[op.old_range()].concat();
        let added = diff.new_slices()[op.new_range()].concat();
        match op.tag() {
            // Changes on both sides of a space become one.
            DiffTag::Equal if added.trim().is_empty() && runs.is_changing() => runs.space = added,
            DiffTag::Equal => {
                runs.end_change();
                runs.words.push(Word::Same(added));
            }
            DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => runs.change(&removed, &added),
        }
    }
    runs.end_change();
    let has_common = runs.words.iter().any(|word| matches!(word, Word::Same(same) if !same.trim().is_empty()));
    if has_common || before.is_empty() || after.is_empty() { runs.words } else { whole }
}

/// The words so far, and the current change.
#[derive(Default)]
struct Runs {
    words: Vec<Word>,
    removed: String,
    added: String,
    space: String,
}

impl Runs {
    fn is_changing(&self) -> bool {
        !self.removed.is_empty() || !self.added.is_empty()
    }

    fn change(&mut self, removed: &str, added: &str) {
        self.removed.extend([&self.space, removed]);
        self.added.extend([&self.space, added]);
        self.space.clear();
    }

    fn end_change(&mut self) {
        let [removed, added, space] = [&mut self.removed, &mut self.added, &mut self.space].map(std::mem::take);
        self.words.extend((!removed.is_empty()).then_some(Word::Removed(removed)));
        self.words.extend((!added.is_empty()).then_some(Word::Added(added)));
        self.words.extend((!space.is_empty()).then_some(Word::Same(space)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(of: fn(String) -> Word, text: &str) -> Word {
        of(text.to_owned())
    }

    fn replaced(before: &str, after: &str) -> [Word; 3] {
        [word(Word::Removed, before), word(Word::Same, " → "), word(Word::Added, after)]
    }

    #[test]
    fn changed_words_are_marked() {
        let built = [
            word(Word::Same, "Built in "),
            word(Word::Removed, "1973"),
            word(Word::Added, "1971"),
            word(Word::Same, " … the Soviet Union"),
        ];
        assert_eq!(word_diff("Built in 1973 … the Soviet Union", "Built in 1971 … the Soviet Union"), built);
        let mill = [word(Word::Same, "بني المصنع"), word(Word::Added, " القديم")];
        assert_eq!(word_diff("بني المصنع", "بني المصنع القديم"), mill);
        let shops =
            [word(Word::Removed, "PSM workshops"), word(Word::Added, "Workshops of PSM"), word(Word::Same, " (en)")];
        assert_eq!(word_diff("PSM workshops (en)", "Workshops of PSM (en)"), shops);
        assert_eq!(word_diff("gathering rust", "Steel Mills"), replaced("gathering rust", "Steel Mills"));
        assert_eq!(word_diff("", "a"), [word(Word::Added, "a")]);
        assert_eq!(word_diff("a", ""), [word(Word::Removed, "a")]);
    }

    #[test]
    fn long_texts_are_replaced_as_a_whole() {
        let long = "a b ".repeat(MAX_COMPARED);
        assert_eq!(word_diff(&long, "a"), replaced(&long, "a"));
    }
}
