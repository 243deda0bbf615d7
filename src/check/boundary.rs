//! Whether a quote begins or ends inside a word or a number.
//!
//! Segmentation by [UAX #29](https://www.unicode.org/reports/tr29/) is not used: of 124 boundaries that it refused in 10,895 quotes of
//! KnowledgeNet, 24 were inside words. The others were before `'s`, or at missing spaces. The rules here refused 18, all inside words.

use super::fold::{Dash, Folded, is_mark};
use crate::escape::text_fragment::is_written_without_spaces;
use unicode_script::{Script, UnicodeScript};

/// What a boundary cuts, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Cut {
    /// A word, or digits next to a space that may group those of one number.
    Word,
    /// A number, which includes its sign and its decimal point.
    Number,
    /// A character, or several that stand for one, such as `<=`.
    Character,
}

/// An end of a part of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

/// How many code points around a boundary are read to recognize affixes.
const AFFIX: usize = 8;

/// Characters that stand for one: `±` is a sign, so it belongs to a number.
const PLUS_MINUS: &str = "+/-";
const OPERATORS: [&str; 4] = ["<=", ">=", "!=", "..."];

/// What a part of a quote that begins or ends at a byte of a folded text cuts. Takes logarithmic time in the number of characters that
/// folding changes, and else constant time.
pub(super) fn cut(folded: &Folded, at: usize, side: Side) -> Option<Cut> {
    let text = folded.text();
    let before = text[..at].chars().next_back()?;
    let after = text[at..].chars().next()?;
    let is_between_signs = before.is_ascii_punctuation() && after.is_ascii_punctuation();
    if cuts_number(folded, at, before, after)
        || is_between_signs && is_within(text, at, PLUS_MINUS)
        || side == Side::Start && cuts_sign(folded, at, before)
    {
        return Some(Cut::Number);
    }
    let is_within_operator = is_between_signs && OPERATORS.iter().any(|operator| is_within(text, at, operator));
    if folded.is_within_character(at) || is_accent(after) && is_word_character(before) || is_within_operator {
        return Some(Cut::Character);
    }
    let is_cut = is_word_character(before)
        && !folded.is_compound(at)
        && is_word_character(after)
        && !has_loose_words(before)
        && !has_loose_words(after)
        && before.is_numeric() == after.is_numeric()
        && !(before.is_lowercase() && after.is_uppercase())
        && !is_at_affix(text, at, side);
    (is_cut || cuts_group(text, at, before, after)).then_some(Cut::Word)
}

/// Whether a byte is within an occurrence of an ASCII string.
fn is_within(text: &str, at: usize, string: &str) -> bool {
    (1..string.len()).any(|length| {
        let (start, end) = string.split_at(length);
        text[..at].ends_with(start) && text[at..].starts_with(end)
    })
}

/// Whether a mark makes another letter of the one before it.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20FF}')
}

fn is_decimal_point(c: char) -> bool {
    matches!(c, '.' | ',' | '\u{66B}')
}

/// Whether a character between two digits belongs to the number: a decimal point, or a separator of thousands, also in Arabic.
fn is_separator(c: char) -> bool {
    is_decimal_point(c) || matches!(c, '\'' | '\u{66C}')
}

fn cuts_number(folded: &Folded, at: usize, before: char, after: char) -> bool {
    let text = folded.text();
    match (before.is_numeric(), after.is_numeric()) {
        (true, true) => true,
        (true, false) => is_separator(after) && text[at + after.len_utf8()..].starts_with(char::is_numeric),
        (false, true) => {
            let separator = at - before.len_utf8();
            is_separator(before) && text[..separator].ends_with(char::is_numeric)
                || is_decimal_point(before) && is_first_of_number(folded, separator)
        }
        (false, false) => false,
    }
}

/// Whether the decimal point at a byte, before a digit, begins a number, as in `.5`. It may also end a sentence whose next one follows
/// without a space.
fn is_first_of_number(folded: &Folded, at: usize) -> bool {
    let before = folded.text()[..at].chars().next_back();
    let ends_sentence =
        |c: char| is_word_character(c) || matches!(c, '.' | ',' | ')' | ']' | '\'' | '"' | '%' | '!' | '?');
    before.is_none_or(|before| folded.has_gap(at) || !ends_sentence(before))
}

/// Whether a number without its sign begins at a byte.
fn cuts_sign(folded: &Folded, at: usize, before: char) -> bool {
    let text = folded.text();
    let amount = text[at..].strip_prefix(['$', '€', '£', '¥']).unwrap_or(&text[at..]);
    let digits = amount.strip_prefix(is_decimal_point).unwrap_or(amount);
    if !matches!(before, '-' | '+') || !digits.starts_with(char::is_numeric) {
        return false;
    }
    let sign = at - 1;
    let has_space = folded.has_gap(sign);
    let preceding = text[..sign].strip_suffix(' ').unwrap_or(&text[..sign]).chars().next_back();
    let is_attached = |c: char| is_word_character(c) || matches!(c, '-' | ')' | ']' | '%');
    let follows_number = preceding.is_some_and(char::is_numeric);
    let is_range = match folded.dash(sign) {
        Some(Dash::Em) => true,
        // `5 - 3`, which is folded to `5-3`, while `5 -3` has a space.
        _ if follows_number && !text[..sign].ends_with(' ') && folded.has_gap(at) => true,
        _ if !has_space && preceding.is_some_and(is_attached) => true,
        Some(Dash::En) if follows_number => true,
        // `(1926 -1981)` and `(-1981)` have no negative numbers.
        _ => year(&text[at..]).is_some_and(|rest| follows_number || preceding == Some('(') && rest.starts_with(')')),
    };
    !is_range
}

/// The rest of a text that begins with a year from 1000 to 2099.
fn year(text: &str) -> Option<&str> {
    let digits = text.bytes().take(5).take_while(u8::is_ascii_digit).count();
    (digits == 4 && (text.starts_with('1') || text.starts_with("20"))).then(|| &text[4..])
}

/// Whether a byte is next to a space between groups of digits, as in `1 200`.
fn cuts_group(text: &str, at: usize, before: char, after: char) -> bool {
    let space = match (before, after) {
        (' ', c) if c.is_numeric() => at - 1,
        (c, ' ') if c.is_numeric() => at,
        _ => return false,
    };
    let group = text[space + 1..].chars().take(4).take_while(|c| c.is_numeric()).count();
    let first: usize = text[..space].chars().rev().take(3).take_while(|c| c.is_numeric()).map(char::len_utf8).sum();
    let (rest, first) = text[..space].split_at(space - first);
    let continues = |c| is_word_character(c) || is_separator(c) || matches!(c, '-' | '/' | ':');
    group == 3 && !matches!(first, "" | "0") && !rest.ends_with(continues)
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
            ("grew by –5 percent", "5 percent", (true, false)),
            ("grew by \n–5 percent", "5 percent", (true, false)),
            ("by -5000 rubles", "5000 rubles", (true, false)),
            ("from 5 -3000 rubles", "3000 rubles", (true, false)),
            ("(-1500 rubles)", "1500 rubles", (true, false)),
            ("a loss of -$5 million", "$5 million", (true, false)),
            ("the loss (in all) -5 percent", "5 percent", (true, false)),
            ("fell by -.5 percent", ".5 percent", (true, false)),
            ("fell .5 percent", "5 percent", (true, false)),
            (".5 percent", "5 percent", (true, false)),
            ("with p = .05 in all", "05 in", (true, false)),
            ("with p = ,05 in all", "05 in", (true, false)),
            ("paid 3'000 Franken", "000 Franken", (true, false)),
            ("paid 3’000 Franken", "paid 3", (false, true)),
            ("grew by ٠٫٥ percent", "٥ percent", (true, false)),
            ("paid ١٬٢٠٠ rubles", "paid ١", (false, true)),
            ("(1926 -1981)", "1981", (false, false)),
            ("(-1981)", "1981", (false, false)),
            ("(1926 – 1981)", "1981", (false, false)),
            ("from 5 - 3 mm", "3 mm", (false, false)),
            ("from 5 − 3 mm", "from 5", (false, false)),
            ("from 5 -\u{200B}3 mm", "3 mm", (true, false)),
            ("from -5 - 3 mm", "5 - 3 mm", (true, false)),
            ("于1990，2005年", "于1990", (false, false)),
            ("３，５００ people", "３", (false, true)),
            ("３．５ percent", "５ percent", (true, false)),
            ("from 10 –15 percent", "15 percent", (false, false)),
            ("the halls —5 in all— closed", "5 in all", (false, false)),
            ("it closed – 5 in all", "5 in all", (false, false)),
            ("the end.5 The", "5 The", (false, false)),
            ("said “no”.5 The", "5 The", (false, false)),
            ("so ...5 people", "5 people", (false, false)),
            ("the '73 flood", "73 flood", (false, false)),
            ("took 55–60 minutes", "60 minutes", (false, false)),
            ("took 55–60 minutes", "took 55", (false, false)),
            ("a gradient of 1:40", "gradient of 1", (false, false)),
            ("at 10:30 on 5/6", "30 on 5", (false, false)),
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
    fn a_space_between_groups_of_digits_may_belong_to_a_number() {
        for (text, quote, expected) in [
            ("about 1 200 people", "200 people", (true, false)),
            ("about 1 200 people", "about 1", (false, true)),
            ("about 1\u{202F}200\u{A0}000 people", "000 people", (true, false)),
            ("about 1 200 people", "1 200", (false, false)),
            ("in 2019 200 people", "200 people", (false, false)),
            ("about 1 2000 people", "2000 people", (false, false)),
            ("about 1 20 people", "20 people", (false, false)),
            ("0 200 people", "200 people", (false, false)),
            ("for A4 200 sheets", "200 sheets", (false, false)),
            ("in 1990-95 300 people", "300 people", (false, false)),
        ] {
            let (start, end) = cuts(text, quote);
            assert_eq!((start == Some(Cut::Word), end == Some(Cut::Word)), expected, "{text}: {quote}");
        }
    }

    #[test]
    fn characters_and_operators_are_not_cut() {
        for (text, quote, expected) in [
            ("the q\u{301} letter", "the q", (false, true)),
            ("the x\u{305} of it", "the x", (false, true)),
            ("the ﬁrst", "the f", (false, true)),
            ("so TNFα is", "TNFalph", (false, true)),
            ("p <= 0.05 in", "= 0.05", (true, false)),
            ("p <= 0.05 in", "p <", (false, true)),
            ("p ≥ 0.05 in", "= 0.05", (true, false)),
            ("a != b", "a !", (false, true)),
            ("It closed… and", "closed.", (false, true)),
            ("It closed... and", "closed.", (false, true)),
            ("a < b", "a <", (false, false)),
            ("a = b", "= b", (false, false)),
        ] {
            let (start, end) = cuts(text, quote);
            assert_eq!((start == Some(Cut::Character), end == Some(Cut::Character)), expected, "{text}: {quote}");
        }
    }

    #[test]
    fn words_are_cut_between_letters() {
        for (text, quote, expected) in [
            ("AT&T sued BSDI", "AT&T sued BSD", (false, true)),
            ("it was unlawful", "lawful", (true, false)),
            ("it was un-\nlawful", "lawful", (true, false)),
            ("it was un-\nlawful", "it was un", (false, true)),
            ("the well-\nknown mill", "known mill", (false, false)),
            ("the well-\nknown mill", "the well", (false, false)),
            ("a steam-\npowered mill; steam-powered", "powered mill", (false, false)),
            ("a steam-\npowered mill; steampowered", "powered mill", (true, false)),
            ("the mill’s end", "the mill", (false, false)),
            ("old McDonald", "Donald", (false, false)),
            ("cafe\u{301}s", "cafe\u{301}", (false, true)),
            ("स्टील मिल", "स्टी", (false, true)),
            ("அவர் கா", "அவர் க", (false, true)),
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
