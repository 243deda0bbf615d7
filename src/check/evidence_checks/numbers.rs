//! The numbers that a text contains, in digits or in words.

use super::cues::Cues;
use super::words::comparable;
use crate::check::boundary::is_word_character;
use crate::model::ascii_digit;
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// A decimal number: a mantissa that does not end with zero, and a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Decimal {
    mantissa: i128,
    exponent: i32,
}

impl Decimal {
    /// Parses digits with an optional sign, decimal point and exponent; `None` if they are too many.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        Self::new(digits.parse().ok()?, i32::checked_sub(exponent, i32::try_from(fraction.len()).ok()?)?)
    }

    fn new(mut mantissa: i128, mut exponent: i32) -> Option<Self> {
        if mantissa == 0 {
            return Some(Self { mantissa: 0, exponent: 0 });
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent = exponent.checked_add(1)?;
        }
        Some(Self { mantissa, exponent })
    }

    /// The number without its sign.
    pub(super) fn absolute(self) -> Self {
        Self { mantissa: self.mantissa.saturating_abs(), ..self }
    }

    /// The number, if it is whole and small.
    fn to_u32(self) -> Option<u32> {
        let power = 10_i128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        u32::try_from(self.mantissa.checked_mul(power)?).ok()
    }

    fn times(self, other: Self) -> Option<Self> {
        Self::new(self.mantissa.checked_mul(other.mantissa)?, self.exponent.checked_add(other.exponent)?)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let scaled = |number: Self| {
            let power = u32::try_from(number.exponent.checked_sub(exponent)?).ok()?;
            number.mantissa.checked_mul(10_i128.checked_pow(power)?)
        };
        Self::new(scaled(self)?.checked_add(scaled(other)?)?, exponent)
    }

    fn is_less_than(self, other: Self) -> bool {
        let negative = self.mantissa.checked_neg().map(|mantissa| Self { mantissa, ..self });
        negative.and_then(|negative| other.plus(negative)).is_some_and(|rest| rest.mantissa > 0)
    }
}

/// The numbers of a text.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Each possible reading of each number, without its sign.
    pub values: FxHashSet<Decimal>,
    /// The years that may be meant, including both ends of `1971–73`.
    pub years: FxHashSet<u32>,
    /// The decades, as three digits, or one if the century is omitted.
    pub decades: FxHashSet<u32>,
    /// The numbers of digits of dates such as `12.05.1973`, and ordinals.
    pub parts: FxHashSet<u32>,
    /// The numbers as written in digits, in order.
    pub written: Vec<String>,
}

/// A token of a text that may be part of a number.
enum Token<'a> {
    /// Digits with separators between them.
    Digits(String),
    Word(&'a str),
    /// A vulgar fraction.
    Fraction(Decimal),
    Other(char),
}

/// What separates digits of one number or of a date.
fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | '\'' | '’' | '_' | '·' | '٫' | '٬' | '/' | '-' | '\u{2010}'..='\u{2013}' | '−' | ':')
}

/// A space that may separate groups of digits.
fn is_group_space(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}')
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        at += c.len_utf8();
        if digit(c).is_some() {
            let mut digits = String::new();
            at = start;
            while let Some(c) = text[at..].chars().next() {
                let mut rest = text[at + c.len_utf8()..].chars();
                match digit(c) {
                    Some(digit) => digits.push(digit),
                    None if is_separator(c) && rest.next().and_then(digit).is_some() => digits.push(c),
                    // `1 200 000`: groups of three digits.
                    None if is_group_space(c) && is_group(&digits, rest) => digits.push(' '),
                    None => break,
                }
                at += c.len_utf8();
            }
            tokens.push(Token::Digits(digits));
        } else if let Some(value) = fraction(c) {
            tokens.push(Token::Fraction(value));
        } else if is_word_character(c) {
            let rest = text[at..].find(|c: char| !is_word_character(c) || digit(c).is_some());
            at = rest.map_or(text.len(), |length| at + length);
            tokens.push(Token::Word(&text[start..at]));
        } else if !c.is_whitespace() {
            tokens.push(Token::Other(c));
        }
    }
    tokens
}

fn digit(c: char) -> Option<char> {
    // Chinese and Japanese write years with these.
    const HAN_DIGITS: &str = "〇一二三四五六七八九";
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let value = HAN_DIGITS.chars().zip('0'..='9').find(|(han, _)| *han == c);
    value.map(|(_, digit)| digit).or_else(|| ascii_digit(c))
}

fn is_group(digits: &str, mut rest: std::str::Chars<'_>) -> bool {
    let before = digits.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let is_first = before.len() == digits.len();
    let has_three = (0..3).all(|_| rest.next().and_then(digit).is_some());
    has_three && rest.next().and_then(digit).is_none() && (is_first && before.len() <= 3 || digits.contains(' '))
}

fn fraction(c: char) -> Option<Decimal> {
    let (mantissa, exponent) = match c {
        '½' => (5, -1),
        '¼' => (25, -2),
        '¾' => (75, -2),
        _ => return None,
    };
    Some(Decimal { mantissa, exponent })
}

impl Numbers {
    /// The numbers of a text in a language with cues. Takes linear time.
    pub(super) fn of(text: &str, cues: Option<&Cues>) -> Self {
        let mut numbers = Self::default();
        let tokens = tokens(text);
        for (at, token) in tokens.iter().enumerate() {
            if let Token::Digits(digits) = token {
                numbers.add_digits(digits);
                numbers.add_decade(digits, at.checked_sub(1).and_then(|at| tokens.get(at)), tokens.get(at + 1));
            }
        }
        let Some(cues) = cues else { return numbers };
        let mut at = 0;
        while at < tokens.len() {
            at += numbers.add_phrase(&tokens[at..], cues).max(1);
        }
        numbers
    }

    /// Adds the readings of digits with separators.
    fn add_digits(&mut self, digits: &str) {
        self.written.push(digits.to_owned());
        for value in readings(digits) {
            self.values.insert(value);
        }
        let parts: Vec<&str> = digits.split(|c: char| !c.is_ascii_digit()).collect();
        for part in &parts {
            if let Ok(number) = part.parse::<u32>() {
                self.values.extend(Decimal::new(number.into(), 0));
                if parts.len() > 1 {
                    self.parts.insert(number);
                }
                if part.len() == 4 {
                    self.years.insert(number);
                }
            }
        }
        // `1971–73` and `1999/2000`.
        for pair in parts.windows(2) {
            if let ([first, second], true) = (pair, parts.len() == 2)
                && first.len() == 4
                && second.len() == 2
                && let (Ok(first), Ok(second)) = (first.parse::<u32>(), second.parse::<u32>())
            {
                self.years.insert(first - first % 100 + second);
            }
        }
        if let [year] = parts[..]
            && year.len() == 3
            && let Ok(year) = year.parse()
        {
            self.years.insert(year);
        }
    }

    /// Adds the decade of `1970s`, `1970's` and `'70s`.
    fn add_decade(&mut self, digits: &str, before: Option<&Token<'_>>, after: Option<&Token<'_>>) {
        let is_plural = match after {
            Some(Token::Word(word)) => matches!(*word, "s" | "er" | "х" | "е"),
            Some(Token::Other('\'' | '’' | '-')) => true,
            _ => false,
        };
        let Ok(number) = digits.parse::<u32>() else { return };
        match digits.len() {
            4 if is_plural && number % 10 == 0 => drop(self.decades.insert(number / 10)),
            2 if matches!(before, Some(Token::Other('\'' | '’'))) => {
                if is_plural && number % 10 == 0 {
                    self.decades.insert(number / 10);
                } else {
                    // `'73` is a year of any century.
                    self.years.insert(number);
                }
            }
            _ => {}
        }
    }

    /// Adds the number in words, or with a scale, that some tokens begin with. Returns how many they are.
    fn add_phrase(&mut self, tokens: &[Token<'_>], cues: &Cues) -> usize {
        let (mut phrase, mut length, mut has_filler) = (Phrase::default(), 0, false);
        for (at, token) in tokens.iter().enumerate() {
            let word: Cow<'_, str> = match token {
                Token::Word(word) => lower_case(word),
                Token::Digits(digits) if at == 0 => {
                    phrase.group = reading(digits);
                    length = 1;
                    continue;
                }
                Token::Fraction(value) if phrase.group.is_some() || at == 0 => {
                    phrase.group = phrase.group.map_or(Some(*value), |group| group.plus(*value));
                    length = at + 1;
                    continue;
                }
                Token::Other('-' | '\u{2010}' | '\u{2011}') if length > 0 => continue,
                Token::Other('%') if length > 0 => Cow::Borrowed("percent"),
                _ => break,
            };
            if let Some(value) = cues.numbers.get(&*word) {
                if !phrase.add(*value) {
                    break;
                }
                self.values.insert(value.absolute());
            } else if let Some(scale) = cues.scales.get(&*word) {
                let digits = match tokens.first() {
                    Some(Token::Digits(digits)) => Some(digits),
                    // A letter such as `m` needs digits before it.
                    _ if word.chars().count() <= 2 => break,
                    _ => None,
                };
                // `1.200 million` has two readings.
                if let Some(digits) = digits.filter(|_| length == 1) {
                    self.values.extend(readings(digits).filter_map(|value| value.times(*scale)));
                }
                self.values.extend(phrase.multiply(*scale));
            } else if length > 0 && !has_filler && matches!(&*word, "and" | "a" | "an" | "of") {
                has_filler = true;
                continue;
            } else {
                break;
            }
            (length, has_filler) = (at + 1, false);
        }
        if let (0, Some(Token::Word(word))) = (length, tokens.first()) {
            self.values.extend(roman(word).and_then(|number| Decimal::new(number.into(), 0)));
            return 1;
        }
        let value = phrase.value();
        self.values.extend(value);
        self.parts.extend(value.and_then(Decimal::to_u32));
        length
    }
}

/// A number in words, as far as it was read.
#[derive(Default)]
struct Phrase {
    /// The sum of the groups that a scale ends, such as `two thousand`.
    total: Option<Decimal>,
    /// The group that is being read, such as `two hundred`.
    group: Option<Decimal>,
    /// The last number or scale.
    last: Option<Decimal>,
}

impl Phrase {
    /// Adds a number. Returns whether it can follow the last one, as in `twenty one` and `two hundred five`.
    fn add(&mut self, value: Decimal) -> bool {
        let ten = Decimal { mantissa: 1, exponent: 1 };
        self.group = match (self.group, self.last) {
            (None, _) => Some(value),
            (Some(group), Some(last)) if value.is_less_than(last) && !last.is_less_than(ten) => group.plus(value),
            _ => return false,
        };
        self.last = Some(value);
        true
    }

    /// Multiplies the group by a scale, and returns the product. Only hundreds may be followed by more of the same group.
    fn multiply(&mut self, scale: Decimal) -> Option<Decimal> {
        let (one, hundred) = (Decimal { mantissa: 1, exponent: 0 }, Decimal { mantissa: 1, exponent: 2 });
        let product = self.group.take().unwrap_or(one).times(scale);
        match scale == hundred {
            true => self.group = product,
            false => self.total = sum(self.total, product),
        }
        self.last = Some(scale);
        product
    }

    fn value(&self) -> Option<Decimal> {
        sum(self.total, self.group)
    }
}

fn sum(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    match (a, b) {
        (Some(a), Some(b)) => a.plus(b),
        (a, b) => a.or(b),
    }
}

fn lower_case(word: &str) -> Cow<'_, str> {
    match word.bytes().all(|b| b.is_ascii_lowercase()) {
        true => Cow::Borrowed(word),
        false => Cow::Owned(comparable(word)),
    }
}

/// The most likely reading of digits with separators.
fn reading(digits: &str) -> Option<Decimal> {
    readings(digits).next()
}

/// The readings of digits with separators: the last separator is a decimal point, and if three digits follow it, it may be none.
fn readings(digits: &str) -> impl Iterator<Item = Decimal> {
    let whole: String = digits.chars().filter(char::is_ascii_digit).collect();
    let decimal = digits.rfind(['.', ',', '·', '٫']).map(|at| {
        let point = digits[at..].chars().next().map_or(1, char::len_utf8);
        let only = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        (format!("{}.{}", only(&digits[..at]), only(&digits[at + point..])), digits.len() - at - point)
    });
    let (first, second) = match decimal {
        Some((decimal, 3)) => (whole, Some(decimal)),
        Some((decimal, _)) => (decimal, None),
        None => (whole, None),
    };
    [Some(first), second].into_iter().flatten().filter_map(|number| Decimal::parse(&number))
}

/// The value of a Roman numeral in capital letters, except `I`, which is also a word.
fn roman(word: &str) -> Option<u32> {
    if word == "I" || !word.bytes().all(|b| b"IVXLCDM".contains(&b)) || word.is_empty() || word.len() > 15 {
        return None;
    }
    let value = |b: u8| match b {
        b'I' => 1,
        b'V' => 5,
        b'X' => 10,
        b'L' => 50,
        b'C' => 100,
        b'D' => 500,
        _ => 1000,
    };
    let bytes = word.as_bytes();
    let mut sum = 0;
    for (at, b) in bytes.iter().enumerate() {
        let is_before_larger = bytes.get(at + 1).is_some_and(|next| value(*next) > value(*b));
        sum += if is_before_larger { -value(*b) } else { value(*b) };
    }
    u32::try_from(sum).ok()
}

#[cfg(test)]
mod tests {
    use super::super::cues::AllCues;
    use super::*;
    use proptest::prelude::*;

    fn has(text: &str, value: &str) -> bool {
        let cues = AllCues::built_in();
        Numbers::of(text, cues.get("en")).values.contains(&Decimal::parse(value).unwrap())
    }

    #[test]
    fn numbers_are_read_in_digits_and_words() {
        for (text, value) in [
            ("about 1,200 people", "1200"),
            ("about 1.200 people", "1200"),
            ("about 1.200 people", "1.2"),
            ("1 200 000 roubles", "1200000"),
            ("12,34,567 rupees", "1234567"),
            ("3.5 million tonnes", "3500000"),
            ("$2.5bn", "2500000000"),
            ("a 250k loan", "250000"),
            ("two hundred and fifty workers", "250"),
            ("twenty-one guns", "21"),
            ("two thousand and five", "2005"),
            ("one million two hundred thousand", "1200000"),
            ("a hundred days", "100"),
            ("a dozen eggs", "12"),
            ("half a dozen", "6"),
            ("half a million", "500000"),
            ("the 21st of May", "21"),
            ("the third time", "3"),
            ("Louis XIV", "14"),
            ("2½ miles", "2.5"),
            ("18 percent", "18"),
            ("18 %", "0.18"),
            ("fell by 70.8%", "70.8"),
            ("₹500 crore", "5000000000"),
            ("٢٥ مصنعا", "25"),
            ("no casualties", "0"),
            ("太郎は一八七三年に", "1873"),
        ] {
            assert!(has(text, value), "{text}: {value}");
        }
        for (text, value) in [
            ("about 1,200 people", "1300"),
            ("twenty-one guns", "22"),
            ("3.5 million tonnes", "35"),
            ("I went", "1"),
            ("about 15 people", "5"),
            ("in 5 m", "6"),
        ] {
            assert!(!has(text, value), "{text}: {value}");
        }
    }

    #[test]
    fn years_and_decades_are_read() {
        let numbers = Numbers::of("From 1971–73, in the 1980s, the '90s, on 12.05.1973 and 2001/2002.", None);
        for year in [1971, 1973, 2001, 2002] {
            assert!(numbers.years.contains(&year), "{year}");
        }
        assert_eq!(numbers.decades, FxHashSet::from_iter([198, 9]));
        assert!(numbers.parts.contains(&12) && numbers.parts.contains(&5));
        assert_eq!(numbers.written, ["1971–73", "1980", "90", "12.05.1973", "2001/2002"]);
    }

    proptest! {
        #[test]
        fn a_number_is_found_however_its_groups_are_separated(value in 0_u64..1_000_000_000_000, separator in "[,. ’']") {
            let digits = value.to_string();
            let grouped: Vec<String> =
                digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
            let text = format!("about {} things", grouped.join(&separator));
            prop_assert!(has(&text, &digits), "{}", text);
        }

        #[test]
        fn decimals_compare_by_value(mantissa in -1_000_000_i128..1_000_000, zeros in 0_usize..5) {
            let (plain, padded) = (format!("{mantissa}.5"), format!("{mantissa}.5{}", "0".repeat(zeros)));
            prop_assert_eq!(Decimal::parse(&plain), Decimal::parse(&padded));
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,40}") {
            Numbers::of(&text, AllCues::built_in().get("en"));
        }
    }
}
