//! Hyphens at line ends: those that divide a word, and those that belong to it.

use super::super::paragraphs::line_ends;
use super::characters::is_letter;
use rustc_hash::FxHashSet;

/// Conjunctions after the first part of a suspended compound, as in `pre- and post-war`. No word is divided before these letters.
const CONJUNCTIONS: [&str; 11] = ["and", "und", "oder", "ou", "y", "o", "e", "i", "и", "или", "та"];
/// Conjunctions that words are also divided before, as in `pri-or`. They follow a suspended compound if a hyphenated word follows them.
const AMBIGUOUS_CONJUNCTIONS: [&str; 7] = ["or", "to", "et", "en", "of", "och", "og"];

/// The first parts that most often have a hyphen.
const COMPOUND_STARTS: [&str; 2] = ["well", "self"];

/// The longest part of a word that is compared with others, in characters.
const MAX_LETTERS: usize = 64;

pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | NON_BREAKING_HYPHEN)
}

const NON_BREAKING_HYPHEN: char = '‑';

/// Whether a hyphen between a character and a line end divides a word. `rest` is the text after the line end.
pub(super) fn divides_word(before: char, hyphen: char, rest: &str) -> bool {
    hyphen != NON_BREAKING_HYPHEN && is_letter(before) && rest.starts_with(is_letter) && !begins_with_conjunction(rest)
}

fn begins_with_conjunction(rest: &str) -> bool {
    let word = first_letters(rest);
    if !rest[word.len()..].starts_with(char::is_whitespace) {
        return false;
    }
    let is_next_hyphenated = || {
        let next = rest[word.len()..].trim_start();
        next[first_letters(next).len()..].starts_with(is_hyphen)
    };
    CONJUNCTIONS.contains(&word) || AMBIGUOUS_CONJUNCTIONS.contains(&word) && is_next_hyphenated()
}

/// The letters at the end of a text.
pub(super) fn last_letters(text: &str) -> &str {
    let letters = text.char_indices().rev().take(MAX_LETTERS).take_while(|(_, c)| is_letter(*c));
    &text[letters.last().map_or(text.len(), |(at, _)| at)..]
}

/// The letters at the start of a text.
pub(super) fn first_letters(text: &str) -> &str {
    let letters = text.chars().take(MAX_LETTERS).take_while(|c| is_letter(*c));
    &text[..letters.map(char::len_utf8).sum()]
}

/// Words that line ends divide at a hyphen, and that a text has with this hyphen elsewhere: `well-known` is not `wellknown`.
#[derive(Debug, Default)]
pub(super) struct Compounds(FxHashSet<String>);

impl Compounds {
    /// Finds them in a folded text, from the bytes at which hyphens and line ends were dropped. Takes linear time.
    pub(super) fn find(text: &str, joins: &[u32]) -> Self {
        if joins.is_empty() {
            return Self::default();
        }
        let around = |end: usize, start: usize| compound(last_letters(&text[..end]), first_letters(&text[start..]));
        let divided: FxHashSet<String> = joins.iter().map(|at| around(*at as usize, *at as usize)).collect();
        let hyphenated = text.match_indices('-').map(|(at, _)| around(at, at + 1));
        Self(hyphenated.filter(|word| divided.contains(word)).collect())
    }

    /// Whether a hyphen between these letters is part of the word.
    pub(super) fn contains(&self, before: &str, after: &str) -> bool {
        COMPOUND_STARTS.iter().any(|start| start.eq_ignore_ascii_case(before))
            || self.0.contains(&compound(before, after))
    }
}

fn compound(before: &str, after: &str) -> String {
    format!("{before}-{after}").to_lowercase()
}

/// Words of a text on one line. A word that a hyphen divides at a line end is joined, unless it is one of the compounds.
pub(super) fn on_one_line(text: &str, compounds: &Compounds) -> String {
    let text = text.trim().replace("\r\n", "\n");
    let mut line = String::with_capacity(text.len());
    let mut is_adjacent = false;
    for next in text.split(|c| line_ends(c) == 1).map(str::trim) {
        if next.is_empty() {
            is_adjacent = false;
            continue;
        }
        let continues_line = std::mem::replace(&mut is_adjacent, true);
        if !(line.is_empty() || continues_line && continue_word(&mut line, next, compounds)) {
            line.push(' ');
        }
        line.extend(next.split_whitespace().flat_map(|word| [word, " "]));
        line.pop();
    }
    line
}

const SOFT_HYPHEN: char = '\u{AD}';

/// Whether the next line continues the last word or number of a line. Drops a hyphen that divides the word.
fn continue_word(line: &mut String, next: &str, compounds: &Compounds) -> bool {
    let Some(hyphen) = line.chars().next_back().filter(|c| is_hyphen(*c) || *c == SOFT_HYPHEN) else { return false };
    let word = &line[..line.len() - hyphen.len_utf8()];
    let before = word.chars().next_back().unwrap_or('\0');
    let is_divided = hyphen == SOFT_HYPHEN || divides_word(before, hyphen, next);
    if is_divided && !(is_hyphen(hyphen) && compounds.contains(last_letters(word), first_letters(next))) {
        line.pop();
    }
    // The space after the first part of a suspended compound is preserved.
    let is_suspended = is_letter(before) && next.starts_with(is_letter) && hyphen != NON_BREAKING_HYPHEN;
    is_divided || before.is_alphanumeric() && next.starts_with(char::is_alphanumeric) && !is_suspended
}
