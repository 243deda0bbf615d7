//! Whether a quote begins or ends inside a word or a number.
//!
//! Segmentation by [UAX #29](https://www.unicode.org/reports/tr29/) is not used: of 124 boundaries that it refused in 10,895 quotes of
//! KnowledgeNet, 24 were inside words. The others were before `'s`, or at missing spaces. The rules here refused 18, all inside words.

use super::fold::{Folded, is_mark};
use crate::escape::text_fragment::is_written_without_spaces;
use unicode_script::{Script, UnicodeScript};

/// What a boundary cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    Word,
    /// A number, or the expansion of a single character such as `±`.
    Number,
}

/// An end of a part of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

/// How many code points around a boundary are read to recognize affixes and years.
const AFFIX: usize = 8;

/// What a part of a quote that begins or ends at a byte of a folded text cuts. Takes constant time.
pub(super) fn cut(folded: &Folded, at: usize, side: Side) -> Option<Cut> {
    let text = folded.text();
    let before = text[..at].chars().next_back()?;
    let after = text[at..].chars().next()?;
    if folded.is_within_character(at) || cuts_number(folded, at, before, after) {
        return Some(Cut::Number);
    }
    if side == Side::Start && cuts_sign(folded, at, before) {
        return Some(Cut::Number);
    }
    let is_cut = is_word_character(before)
        && is_word_character(after)
        && !has_loose_words(before)
        && !has_loose_words(after)
        && before.is_numeric() == after.is_numeric()
        && !(before.is_lowercase() && after.is_uppercase())
        && !is_at_affix(text, at, side);
    is_cut.then_some(Cut::Word)
}

fn cuts_number(folded: &Folded, at: usize, before: char, after: char) -> bool {
    let text = folded.text();
    let is_separator = |c: char| matches!(c, '.' | ',');
    match (before.is_numeric(), after.is_numeric()) {
        (true, true) => true,
        (true, false) => is_separator(after) && text[at + 1..].starts_with(char::is_numeric),
        (false, true) => is_separator(before) && text[..at - 1].ends_with(char::is_numeric),
        (false, false) => false,
    }
}

/// Whether a number without its sign begins at a byte. A dash before a year rather is that of a range.
fn cuts_sign(folded: &Folded, at: usize, before: char) -> bool {
    let text = folded.text();
    if !matches!(before, '-' | '+') || !text[at..].starts_with(char::is_numeric) || !folded.is_short_dash(at - 1) {
        return false;
    }
    let is_year = text[at..].chars().take(AFFIX).take_while(char::is_ascii_digit).count() == 4;
    !is_year && !text[..at - 1].ends_with(|c| is_word_character(c) || matches!(c, '-' | ')' | ']' | '%'))
}

/// Whether a character is part of a word or a number.
pub(super) fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c)
}

/// Whether words of the script are not separated by spaces, or only loosely.
fn has_loose_words(c: char) -> bool {
    c >= '\u{E00}' && (is_written_without_spaces(c) || c.script() == Script::Hangul)
}

/// Whether what a part of a quote omits of a word is an affix that Arabic or Hebrew writes with the word.
fn is_at_affix(text: &str, at: usize, side: Side) -> bool {
    let omitted: Vec<char> = match side {
        Side::Start => {
            let rest = text[..at].chars().rev().take_while(|c| is_word_character(*c));
            let mut omitted: Vec<char> = rest.take(AFFIX).collect();
            omitted.reverse();
            omitted
        }
        Side::End => text[at..].chars().take_while(|c| is_word_character(*c)).take(AFFIX).collect(),
    };
    // Vowel signs may be written or not.
    let omitted: String = omitted.into_iter().filter(|c| !is_mark(*c)).collect();
    let Some(first) = omitted.chars().next() else { return false };
    match (first.script(), side) {
        (Script::Arabic, Side::Start) => is_arabic_prefix(&omitted),
        (Script::Arabic, Side::End) => {
            ["ه", "ها", "هم", "هما", "هن", "ك", "كم", "كما", "كن", "ي", "نا", "ني"].contains(&omitted.as_str())
        }
        (Script::Hebrew, Side::Start) => omitted.chars().count() <= 3 && omitted.chars().all(|c| "ושהבלכמ".contains(c)),
        _ => false,
    }
}

/// Whether letters are `[وف]?[بلك]?(ال)?`, `[وف]?لل`, `[وف]?س` or `أ`: conjunctions, prepositions, the article, the future and the question.
fn is_arabic_prefix(letters: &str) -> bool {
    let rest = letters.strip_prefix(['و', 'ف']).unwrap_or(letters);
    let noun = rest.strip_prefix(['ب', 'ل', 'ك']).unwrap_or(rest);
    letters == "أ" || matches!(rest, "لل" | "س") || matches!(noun, "" | "ال")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cuts of a quote in a text that contains it once.
    fn cuts(text: &str, quote: &str) -> (Option<Cut>, Option<Cut>) {
        let folded = Folded::new(text);
        let quote = super::super::fold::fold(quote);
        let at = folded.text().find(&quote).unwrap();
        (cut(&folded, at, Side::Start), cut(&folded, at + quote.len(), Side::End))
    }

    #[test]
    fn numbers_are_cut_within_their_digits_separators_and_signs() {
        for (text, quote, expected) in [
            ("a rate of 0.5 percent", "5 percent", (true, false)),
            ("about 15 million", "5 million", (true, false)),
            ("fell to 15.7 %", "to 15", (false, true)),
            ("fell to 15.7 %", "to 15.", (false, true)),
            ("paid 1,200 rubles", "paid 1", (false, true)),
            ("paid 1,200 rubles", "200 rubles", (true, false)),
            ("by -5 percent", "5 percent", (true, false)),
            ("by ±5 percent", "5 percent", (true, false)),
            ("by ±5 percent", "-5 percent", (true, false)),
            ("by −0.5 percent", "0.5 percent", (true, false)),
            ("(1926 -1981)", "1981", (false, false)),
            ("from 1926–81", "81", (false, false)),
            ("in 1973. 5 people", "5 people", (false, false)),
            ("in 1973, 5 people", "in 1973", (false, false)),
            ("built in 1973.", "in 1973", (false, false)),
            ("about 5km on", "about 5", (false, false)),
            ("the 1990s", "the 1990", (false, false)),
            ("COVID-19 came", "19 came", (false, false)),
        ] {
            let (start, end) = cuts(text, quote);
            assert_eq!((start == Some(Cut::Number), end == Some(Cut::Number)), expected, "{text}: {quote}");
            assert!(start != Some(Cut::Word) && end != Some(Cut::Word));
        }
    }

    #[test]
    fn words_are_cut_between_letters() {
        for (text, quote, expected) in [
            ("AT&T sued BSDI", "AT&T sued BSD", (false, true)),
            ("it was unlawful", "lawful", (true, false)),
            ("the mill’s end", "the mill", (false, false)),
            ("old McDonald", "Donald", (false, false)),
            ("cafe\u{301}s", "cafe\u{301}", (false, true)),
            ("स्टील मिल", "स्टी", (false, true)),
            ("スチールの工場", "工", (false, false)),
            ("โรงงานเหล็ก", "โรงงาน", (false, false)),
            ("제철소는", "제철소", (false, false)),
            ("وبالمصنع", "مصنع", (false, false)),
            ("المصنع", "مصنع", (false, false)),
            ("مصنعها قديم", "مصنع", (false, false)),
            ("مصنعون قديم", "مصنع", (false, true)),
            ("ובבית", "בית", (false, false)),
            ("לתקופתבית", "בית", (true, false)),
        ] {
            let (start, end) = cuts(text, quote);
            assert_eq!((start == Some(Cut::Word), end == Some(Cut::Word)), expected, "{text}: {quote}");
            assert!(start != Some(Cut::Number) && end != Some(Cut::Number));
        }
    }
}
