//! The words, numbers and punctuation marks of a folded text.

use super::boundary::is_word_character;
use super::fold::{Folded, is_mark};
use crate::escape::text_fragment::is_written_without_spaces;
use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word; of scripts written without spaces, a character.
    Word,
    /// A number with its separators, signs and unit letters, such as `−1.5`, `£1,950`, `70.8 %` or `7d`.
    Number,
    /// A punctuation mark, or a sign such as `…` or `±` that folding expands.
    Mark,
}

/// A word, a number or a punctuation mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The bytes in the folded text.
    pub start: u32,
    pub end: u32,
    pub kind: TokenKind,
    /// Whether a space precedes it.
    pub is_spaced: bool,
}

impl Token {
    pub(super) fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The token in the folded text that it is a token of.
    pub(super) fn text<'t>(&self, folded: &'t Folded) -> &'t str {
        &folded.text()[self.bytes()]
    }

    pub(super) fn is_mark(&self) -> bool {
        self.kind == TokenKind::Mark
    }
}

/// The tokens of a folded text, in linear time. They depend on the folded characters only, so that texts that differ in their typography
/// have the same tokens.
pub(super) fn tokens(folded: &Folded) -> Vec<Token> {
    let text = folded.text();
    let (mut tokens, mut at, mut is_spaced) = (Vec::with_capacity(text.len() / 5), 0, false);
    while let Some(c) = text[at..].chars().next() {
        if c == ' ' {
            (at, is_spaced) = (at + 1, true);
            continue;
        }
        let (length, kind) = match number_length(text, at) {
            Some(length) => (length, TokenKind::Number),
            None if is_word_character(c) => (word_length(&text[at..]), TokenKind::Word),
            None => (mark_length(&text[at..], c), TokenKind::Mark),
        };
        tokens.push(Token { start: at as u32, end: (at + length) as u32, kind, is_spaced });
        (at, is_spaced) = (at + length, false);
    }
    tokens
}

/// The length of the number that starts at a byte, with its sign or currency sign before it, and its per cent or currency sign after it.
fn number_length(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let mut number = rest;
    let follows = |end: char| is_word_character(end) || matches!(end, '-' | ')' | ']' | '%');
    if !text[..at].ends_with(follows) {
        number = number.strip_prefix("+/-").or_else(|| number.strip_prefix(['+', '-'])).unwrap_or(number);
        // `.5` is a number.
        number = number.strip_prefix(['.', ',']).filter(|rest| rest.starts_with(char::is_numeric)).unwrap_or(number);
    }
    let without_currency = number.strip_prefix(is_currency);
    number = without_currency.unwrap_or(number);
    if !number.starts_with(char::is_numeric) {
        return None;
    }
    number = &number[word_length(number)..];
    number = match without_currency {
        Some(_) => number.strip_prefix(['%', '‰']),
        None => number.strip_prefix(|c| matches!(c, '%' | '‰' | '°') || is_currency(c)),
    }
    .unwrap_or(number);
    Some(rest.len() - number.len())
}

/// The length of the word that a text starts with. Dots, commas and apostrophes between digits belong to it.
fn word_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let (mut end, mut last) = (0, '\0');
    while let Some((at, c)) = chars.next() {
        let is_part = match c {
            '.' | ',' | '\'' => last.is_numeric() && chars.peek().is_some_and(|(_, next)| next.is_numeric()),
            '\u{200C}' | '\u{200D}' => end > 0,
            c if end > 0 && is_single(c) && !is_mark(c) => false,
            c => is_word_character(c),
        };
        if !is_part || is_single(last) && !is_mark(c) {
            break;
        }
        end = at + c.len_utf8();
        if !is_mark(c) {
            last = c;
        }
    }
    end
}

/// Whether a letter is a separate token, as its script is written without spaces.
fn is_single(c: char) -> bool {
    c >= '\u{E00}' && is_written_without_spaces(c)
}

fn mark_length(text: &str, first: char) -> usize {
    let signs = ["...", "+/-", "<=", ">="];
    signs.iter().find(|sign| text.starts_with(**sign)).map_or(first.len_utf8(), |sign| sign.len())
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢' | '£' | '¤' | '¥' | '\u{20A0}'..='\u{20CF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_token_with_its_separators_and_signs() {
        for (text, expected) in [
            ("fell by −70.8 %.", &["fell", "by", "-70.8%", "."][..]),
            ("(18.5 km), £1,950;", &["(", "18.5", "km", ")", ",", "£1,950", ";"]),
            ("4d. in 1926–81, ±5€…", &["4d", ".", "in", "1926", "-", "81", ",", "+/-5€", "..."]),
            ("COVID-19’s v2.5", &["COVID", "-", "19", "'", "s", "v2.5"]),
            ("工場は1973年、café's", &["工", "場", "は", "1973", "年", "、", "café", "'", "s"]),
            ("می\u{200C}رود a≤b", &["می\u{200C}رود", "a", "<=", "b"]),
            ("-x - 5 -$3 x-3", &["-", "x", "-", "5", "-", "$3", "x", "-", "3"]),
        ] {
            let folded = Folded::new(text);
            let found: Vec<&str> = tokens(&folded).iter().map(|token| token.text(&folded)).collect();
            assert_eq!(found, expected);
        }
    }
}
