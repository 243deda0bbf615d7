//! The digits, words and marks of a text that may be part of numbers and dates.

use crate::check::boundary::is_word_character;
use crate::check::evidence_checks::words::is_invisible;
use crate::model::ascii_digit;

/// A token of a text. White space is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check::evidence_checks) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    /// Its first byte.
    pub start: usize,
    /// Whether white space is before it.
    pub has_space: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check::evidence_checks) enum TokenKind {
    /// Digits with separators between them.
    Digits,
    /// Letters.
    Word,
    /// A vulgar fraction, by its denominator and its numerator.
    Fraction(u32, u32),
    /// Another character.
    Mark(char),
}

impl Token<'_> {
    pub(in crate::check::evidence_checks) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of a text from a byte. Takes linear time.
pub(in crate::check::evidence_checks) fn tokens(text: &str, mut at: usize) -> impl Iterator<Item = Token<'_>> {
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let start = at + rest.find(|c: char| !c.is_whitespace() && !is_invisible(c))?;
        let has_space = start == 0 || text[at..start].contains(char::is_whitespace) || at == 0;
        let rest = &text[start..];
        let first = rest.chars().next()?;
        let (kind, length) = if digit(first).is_some() {
            (TokenKind::Digits, digits_length(rest))
        } else if let Some((denominator, numerator)) = fraction(first) {
            (TokenKind::Fraction(denominator, numerator), first.len_utf8())
        } else if is_word_character(first) {
            let is_end = |c: char| !is_word_character(c) && !is_invisible(c) || digit(c).is_some();
            (TokenKind::Word, rest.find(is_end).unwrap_or(rest.len()))
        } else {
            (TokenKind::Mark(first), first.len_utf8())
        };
        at = start + length;
        Some(Token { kind, text: &text[start..at], start, has_space })
    })
}

/// The value of a digit. Chinese and Japanese also write years with the digits of a number in words.
pub(super) fn digit(c: char) -> Option<u8> {
    const HAN_DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let han = (0..).zip(HAN_DIGITS).find(|(_, han)| *han == c).map(|(value, _)| value);
    han.or_else(|| ascii_digit(c).map(|digit| digit as u8 - b'0'))
}

/// What separates digits of one number, of a range or of a date.
fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | '\'' | '’' | '_' | '·' | '٫' | '٬') || is_range_separator(c)
}

/// What separates the numbers of a range, a ratio, a date or a time.
pub(in crate::check::evidence_checks) fn is_range_separator(c: char) -> bool {
    is_dash(c) || matches!(c, '/' | ':')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '−')
}

/// A space that may separate groups of three digits.
pub(super) fn is_group_space(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}')
}

/// The length of the digits that a text begins with, with the separators between them.
fn digits_length(text: &str) -> usize {
    let is_digit = |c: char| digit(c).is_some();
    let mut at = text.find(|c| !is_digit(c)).unwrap_or(text.len());
    let mut may_have_groups = text[..at].chars().count() <= 3;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at + c.len_utf8()..];
        let field = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        let is_group = || may_have_groups && is_group_space(c) && rest[..field].chars().count() == 3;
        if field == 0 || !is_separator(c) && !is_group() {
            break;
        }
        may_have_groups &= is_group_space(c);
        at += c.len_utf8() + field;
    }
    at
}

fn fraction(c: char) -> Option<(u32, u32)> {
    Some(match c {
        '½' => (2, 1),
        '⅓' => (3, 1),
        '⅔' => (3, 2),
        '¼' => (4, 1),
        '¾' => (4, 3),
        '⅕' => (5, 1),
        '⅛' => (8, 1),
        '⅜' => (8, 3),
        '⅝' => (8, 5),
        '⅞' => (8, 7),
        _ => return None,
    })
}

/// A number between separators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check::evidence_checks) struct Field {
    /// `None` if it has too many digits.
    pub value: Option<u64>,
    /// The number of digits.
    pub length: u32,
    /// The separator before it.
    pub separator: char,
}

/// The numbers between the separators of digits, which replace those in `fields`. Takes linear time.
pub(in crate::check::evidence_checks) fn split_fields(digits: &str, fields: &mut Vec<Field>) {
    fields.clear();
    let new = |separator| Field { value: Some(0), length: 0, separator };
    let mut field = new('\0');
    for c in digits.chars() {
        match digit(c) {
            Some(digit) => {
                let value = field.value.and_then(|value| value.checked_mul(10)?.checked_add(digit.into()));
                field = Field { value, length: field.length + 1, ..field };
            }
            None => fields.push(std::mem::replace(&mut field, new(c))),
        }
    }
    fields.push(field);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_into_digits_words_and_marks() {
        let text = "From 1,200–1 500 to 2½ m, on 12.05. 1973";
        let found: Vec<_> = tokens(text, 0).map(|token| token.text).collect();
        assert_eq!(found, ["From", "1,200–1", "500", "to", "2", "½", "m", ",", "on", "12.05", ".", "1973"]);
        let found: Vec<_> = tokens("1 200 000 in 1973 250 n\u{AD}ot", 0).map(|token| token.text).collect();
        assert_eq!(found, ["1 200 000", "in", "1973", "250", "n\u{AD}ot"]);
    }

    #[test]
    fn digits_have_fields() {
        let mut fields = Vec::new();
        split_fields("٣١.05,1", &mut fields);
        let values: Vec<_> = fields.iter().map(|field| (field.value, field.length, field.separator)).collect();
        assert_eq!(values, [(Some(31), 2, '\0'), (Some(5), 2, '.'), (Some(1), 1, ',')]);
        split_fields(&"9".repeat(30), &mut fields);
        assert_eq!((fields[0].value, fields[0].length), (None, 30));
    }
}
