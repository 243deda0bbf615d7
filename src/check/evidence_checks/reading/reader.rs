//! Reads the numbers and the months of a text, one token after the other.

use super::Reading;
use super::amount::{Amount, readings};
use super::items::{Gap, Item, ItemKind};
use super::lexicon::Lexicon;
use super::number::{Number, Sign, exponent, percent, power_of_ten};
use super::roman::roman;
use super::tokens::{Field, Token, TokenKind, is_dash, is_range_separator, split_fields, tokens};

/// The numbers and the months of a text. What is neither is added to a reading. Takes linear time.
pub(super) fn items(text: &str, lexicon: Option<&Lexicon>, reading: &mut Reading) -> Vec<Item> {
    let mut reader = Reader {
        text,
        lexicon,
        reading,
        items: Vec::new(),
        gap: Gap::default(),
        fields: Vec::new(),
        affix_at: usize::MAX,
        minus_at: usize::MAX,
        follows_decade_noun: false,
    };
    reader.read();
    reader.items
}

/// Reads the items of a text.
pub(super) struct Reader<'a> {
    pub text: &'a str,
    lexicon: Option<&'a Lexicon>,
    pub reading: &'a mut Reading,
    pub items: Vec<Item>,
    /// What was read since the last item.
    pub gap: Gap,
    fields: Vec<Field>,
    /// Where an affix of the last number begins, as in `21st` and `1970’s`.
    affix_at: usize,
    /// Where a number after `minus` begins.
    pub minus_at: usize,
    follows_decade_noun: bool,
}

/// Words after which two digits are those of a decade, as in `les années 70`.
const DECADE_NOUNS: [&str; 6] = ["années", "Années", "años", "anni", "anos", "jaren"];

/// What follows the digits of a decade: `1970s`, `1970er`, `1970-х`, `1970-luvulla`.
const DECADE_AFFIXES: [&str; 7] = ["s", "er", "ern", "х", "е", "ые", "ых"];

/// What follows the digits of an ordinal.
const ORDINAL_AFFIXES: [&str; 23] = [
    "st", "nd", "rd", "th", "e", "er", "re", "ère", "ème", "eme", "ième", "de", "º", "ª", "o", "a", "го", "й", "я",
    "е", "ого", "ой", "ом",
];

impl Reader<'_> {
    fn read(&mut self) {
        let mut end = 0;
        for token in tokens(self.text, 0) {
            if token.start < end {
                continue;
            }
            match token.kind {
                TokenKind::Digits => self.read_digits(&token),
                TokenKind::Fraction(denominator, numerator) => self.add_vulgar_fraction(numerator, denominator),
                TokenKind::Word => end = self.read_word(&token),
                TokenKind::Mark(mark) => end = self.read_mark(mark, &token),
            }
        }
    }

    pub(super) fn last_number(&mut self) -> Option<&mut Number> {
        match self.items.last_mut() {
            Some(Item { kind: ItemKind::Number(number), .. }) => Some(number),
            _ => None,
        }
    }

    /// The last number, if at most a hyphen is after it.
    pub(super) fn open_number(&mut self) -> Option<&mut Number> {
        if self.gap.is_tight() { self.last_number() } else { None }
    }

    pub(super) fn push(&mut self, kind: ItemKind) {
        self.items.push(Item { kind, gap: std::mem::take(&mut self.gap) });
        self.affix_at = usize::MAX;
    }

    fn read_mark(&mut self, mark: char, token: &Token<'_>) -> usize {
        match mark {
            '%' => {
                self.add_scale(percent(), true);
            }
            '×' => {
                if let Some((power, length)) = power_of_ten(&self.text[token.end()..]) {
                    self.add_scale(power, true);
                    return token.end() + length;
                }
                self.gap.is_far = true;
            }
            '^' if token.start == self.affix_at => {
                if let Some((power, length)) = exponent(&self.text[token.end()..])
                    && let Some(number) = self.last_number().filter(|number| number.plain == Some(10))
                {
                    (number.amounts, number.plain) = ([Some(Amount::of_digits(power)), None], None);
                    return token.end() + length;
                }
                self.gap.is_far = true;
            }
            ',' => self.gap.has_comma = true,
            '&' => self.gap.has_conjunction = true,
            '/' => self.gap.has_dash = true,
            // A dot may follow an ordinal or an abbreviation.
            '.' => {
                if token.start == self.affix_at
                    && let Some(number) = self.last_number()
                {
                    number.is_ordinal |= number.digits <= 2;
                }
            }
            '\'' | '’' | '‘' if token.start == self.affix_at => self.affix_at = token.end(),
            '\'' | '’' | '‘' | '$' | '€' | '£' | '¥' | '₹' | '₽' => {}
            _ if is_dash(mark) => {
                self.gap.has_dash = true;
                if token.start == self.affix_at {
                    self.affix_at = token.end();
                }
            }
            _ => self.gap.is_far = true,
        }
        token.end()
    }

    /// Reads a word or several, and returns where they end.
    fn read_word(&mut self, token: &Token<'_>) -> usize {
        if token.start == self.affix_at
            && let Some(end) = self.read_affix(token)
        {
            return end;
        }
        let follows_decade_noun = DECADE_NOUNS.contains(&token.text);
        let end = match self.lexicon.and_then(|lexicon| lexicon.meaning(self.text, token)) {
            Some((meaning, end)) => {
                if !self.apply(&meaning, token, end) {
                    self.gap.is_far = true;
                }
                end
            }
            None => {
                match roman(token.text) {
                    Some(value) => {
                        let plain = Some(value);
                        let amounts = [Some(Amount::of_digits(value.into())), None];
                        self.push(ItemKind::Number(Number { amounts, plain, is_ordinal: true, ..Number::default() }));
                    }
                    None => self.gap.is_far = true,
                }
                token.end()
            }
        };
        self.follows_decade_noun = follows_decade_noun;
        end
    }

    /// Reads what follows digits directly, and returns where it ends.
    fn read_affix(&mut self, token: &Token<'_>) -> Option<usize> {
        let rest = &self.text[token.end()..];
        let is_decade = DECADE_AFFIXES.contains(&token.text)
            || ["luku", "luvu", "talet"].iter().any(|noun| token.text.starts_with(noun));
        let number = self.last_number()?;
        if is_decade && let Some(decade) = number.decade() {
            number.is_used = true;
            self.reading.decades.push(decade);
            return Some(token.end());
        }
        if matches!(token.text, "e" | "E")
            && let Some((power, length)) = exponent(rest)
        {
            self.add_scale(power, false);
            return Some(token.end() + length);
        }
        if ORDINAL_AFFIXES.contains(&token.text) {
            (number.is_ordinal, number.has_affix) = (true, true);
            return Some(token.end());
        }
        None
    }

    fn read_digits(&mut self, token: &Token<'_>) {
        let mut fields = std::mem::take(&mut self.fields);
        split_fields(token.text, &mut fields);
        let before = &self.text[..token.start];
        let (is_first_decade, has_apostrophe) = (self.follows_decade_noun, follows_apostrophe(before));
        if self.reading.add_date(&fields, self.text[token.end()..].starts_with('.')) {
            self.push(ItemKind::Date);
        } else if !self.add_mixed_number(&fields) {
            let sign = if token.start == self.minus_at { Sign::Uncertain } else { sign_before(before) };
            self.add_segments(&fields, sign);
            if fields.len() == 1
                && (has_apostrophe || is_first_decade)
                && let Some(number) = self.last_number().filter(|number| number.digits == 2)
                && let Some(value) = number.plain
            {
                match value % 10 == 0 {
                    // `'70` may be a decade or a year.
                    true => self.reading.decades.push(value / 10),
                    false => self.reading.short_years.push(value),
                }
            }
            self.affix_at = token.end();
        }
        self.follows_decade_noun = false;
        self.fields = fields;
    }

    /// Adds the numbers of a range or a ratio.
    fn add_segments(&mut self, fields: &[Field], sign: Sign) {
        let is_start = |at: &usize| *at == 0 || is_range_separator(fields[*at].separator);
        let starts: Vec<usize> = (0..fields.len()).filter(is_start).collect();
        let may_be_years = starts.len() == 1 || fields[0].length == 4;
        for (number, start) in starts.iter().enumerate() {
            let end = starts.get(number + 1).copied().unwrap_or(fields.len());
            if number > 0 {
                self.gap = Gap { has_dash: true, ..Gap::default() };
            }
            let segment = &fields[*start..end];
            let mut amounts = readings(segment).map(|value| value.map(Amount::of_digits));
            let sign = if number == 0 { sign } else { Sign::None };
            let is_list = match segment {
                // `1 250`, or `group 12 250 people`.
                [_, second] => matches!(second.separator, ' ' | '\n'),
                _ => false,
            } || amounts[0].is_none() && segment[1..].iter().all(|field| field.separator == ',');
            if is_list && segment.len() > 1 {
                for (at, field) in segment.iter().enumerate() {
                    let joined = if at == 0 { amounts[0].take() } else { None };
                    let value = field.value.and_then(|value| i128::from(value).try_into().ok());
                    let amounts = [value.map(Amount::of_digits), joined];
                    self.push(ItemKind::Number(Number { amounts, sign, ..Number::default() }));
                    self.gap = Gap { has_comma: true, ..Gap::default() };
                }
                continue;
            }
            let plain = match segment {
                [only] => only.value.and_then(|value| u32::try_from(value).ok()),
                _ => None,
            };
            let digits = segment[0].length;
            let is_part = !may_be_years;
            self.push(ItemKind::Number(Number { amounts, plain, digits, sign, is_part, ..Number::default() }));
        }
        if let [numerator, denominator] = fields
            && denominator.separator == '/'
            && let (Some(numerator), Some(denominator)) = (numerator.value, denominator.value)
            && numerator < denominator
            && denominator <= 16
            && let Some(number) = self.last_number()
        {
            number.set_other_fraction(numerator as u32, denominator as u32);
        }
    }

    /// Adds a fraction after a whole number: `2 1/2`.
    fn add_mixed_number(&mut self, fields: &[Field]) -> bool {
        let [numerator, denominator] = fields else { return false };
        let (Some(above), Some(below)) = (numerator.value, denominator.value) else { return false };
        let is_fraction = denominator.separator == '/' && above < below && below <= 16 && !self.gap.has_dash;
        is_fraction
            && self
                .open_number()
                .filter(|number| number.digits > 0 && !number.is_scaled)
                .is_some_and(|number| number.add_mixed(above as u32, below as u32))
    }
}

/// The sign of a number after some text: a hyphen or a minus sign that does not join it with what is before.
fn sign_before(before: &str) -> Sign {
    let before = before.strip_suffix(['$', '€', '£', '¥']).unwrap_or(before);
    let Some(sign) = before.chars().next_back().filter(|c| is_dash(*c)) else { return Sign::None };
    let before = &before[..before.len() - sign.len_utf8()];
    let is_attached = before.chars().next_back().is_some_and(|c| !c.is_whitespace() && !"(“\"'‘".contains(c));
    let follows_number = before.trim_end().ends_with(char::is_numeric);
    match sign {
        _ if is_attached || follows_number => Sign::None,
        // A list may begin with it.
        '-' | '−' if !before.ends_with(['\n', '\r']) => Sign::Minus,
        _ => Sign::Uncertain,
    }
}

/// Whether digits are those of a year without its century.
fn follows_apostrophe(before: &str) -> bool {
    let Some(before) = before.strip_suffix(['\'', '’', '‘']) else { return false };
    !before.ends_with(char::is_alphanumeric)
}
