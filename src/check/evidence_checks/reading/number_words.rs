//! Reads the words of numbers and dates.

use super::amount::Amount;
use super::items::{Gap, Item, ItemKind};
use super::lexicon::Meaning;
use super::number::{Number, fraction, to_u32};
use super::reader::Reader;
use super::tokens::Token;
use oxsdatatypes::Decimal;

impl Reader<'_> {
    /// Applies the meaning of some words. Returns whether they do not separate numbers.
    pub(super) fn apply(&mut self, meaning: &Meaning, token: &Token<'_>, end: usize) -> bool {
        if let Some(scale) = meaning.scale
            && self.add_scale(scale, token.text.chars().count() <= 2)
        {
            return true;
        }
        if self.add_ordinal_or_fraction(meaning) {
            return true;
        }
        if let Some(value) = meaning.number {
            self.add_number(value, false);
            return true;
        }
        if let Some(month) = meaning.month {
            self.push(ItemKind::Month(month, token.text.starts_with(char::is_uppercase)));
            return true;
        }
        if let Some(decade) = meaning.decade {
            self.add_decade(decade);
        }
        if let Some(season) = meaning.season {
            self.reading.seasons |= 1 << season;
        }
        if meaning.is_before_christ {
            self.reading.has_before_christ = true;
            self.mark_before_christ();
        }
        if meaning.is_minus {
            self.reading.has_minus = true;
            self.minus_at = end + self.text[end..].len() - self.text[end..].trim_start().len();
        }
        self.reading.has_century |= meaning.is_century;
        self.gap.has_conjunction |= meaning.is_conjunction;
        self.gap.connectors += u32::from(meaning.is_connector);
        meaning.is_century || meaning.is_conjunction || meaning.is_connector
    }

    /// Adds a number in words to the last one, or after it.
    fn add_number(&mut self, value: Decimal, is_ordinal: bool) {
        let gap = self.gap;
        if let Some(number) = self.last_number().filter(|number| number.digits == 0 || number.is_scaled)
            && !gap.is_far
            && !gap.has_comma
            && gap.connectors == 0
            && let [Some(amount), None] = &mut number.amounts
            && (!gap.has_conjunction || amount.ends_with_scale())
            && !number.is_ordinal
            && amount.add(value)
        {
            number.is_ordinal = is_ordinal;
            number.plain = amount.value().and_then(to_u32);
            self.gap = Gap::default();
            return;
        }
        self.push(ItemKind::Number(Number {
            amounts: [Some(Amount::of_word(value)), None],
            plain: to_u32(value),
            is_ordinal,
            ..Number::default()
        }));
    }

    fn add_ordinal_or_fraction(&mut self, meaning: &Meaning) -> bool {
        if let Some(ordinal) = meaning.ordinal {
            let continues = self
                .open_number()
                .and_then(|number| number.amounts[0].filter(|_| number.digits == 0))
                .is_some_and(|mut amount| amount.add(ordinal.into()));
            if meaning.fraction.is_none() || continues {
                self.add_number(ordinal.into(), true);
                return true;
            }
        }
        let Some(denominator) = meaning.fraction else { return false };
        let gap = self.gap;
        if !gap.is_far && !gap.has_comma && self.add_fraction(1, denominator, gap) {
            self.gap = Gap::default();
            return true;
        }
        let mut number = Number { ends_with_fraction: true, ..Number::default() };
        number.set_fraction(1, denominator);
        if let Some(ordinal) = meaning.ordinal {
            (number.plain, number.is_ordinal, number.others[0]) = (Some(ordinal), true, Some(ordinal.into()));
        }
        self.push(ItemKind::Number(number));
        true
    }

    /// Adds a fraction to the last number: `three quarters`, `two and a half`, `one and three quarters`.
    fn add_fraction(&mut self, numerator: u32, denominator: u32, gap: Gap) -> bool {
        let before = match self.items[..] {
            [.., Item { kind: ItemKind::Number(before), .. }, Item { gap, .. }]
                if gap.has_conjunction && !gap.is_far =>
            {
                before.whole()
            }
            _ => None,
        };
        let Some(number) = self.last_number() else { return false };
        if gap.has_conjunction {
            return number.add_mixed(numerator, denominator);
        }
        let Some(count) =
            number.plain.filter(|count| gap.is_tight() && *count > 0 && *count <= 20 && !number.is_ordinal)
        else {
            return false;
        };
        number.others[0] = fraction(count, denominator);
        number.ratio = Some((count, denominator)).filter(|_| number.others[0].is_none());
        number.others[1] = before.and_then(|before| fraction(count, denominator)?.checked_add(before));
        true
    }

    pub(super) fn add_vulgar_fraction(&mut self, numerator: u32, denominator: u32) {
        if self.open_number().is_some_and(|number| number.add_mixed(numerator, denominator)) {
            return;
        }
        let mut number = Number::default();
        number.set_fraction(numerator, denominator);
        self.push(ItemKind::Number(number));
    }

    /// Multiplies the last number by a scale, and those that are joined with it: `5 to 10 million`. If no number is before the scale, it
    /// counts once, unless it needs a number.
    pub(super) fn add_scale(&mut self, scale: Decimal, needs_number: bool) -> bool {
        let gap = self.gap;
        let is_open = |number: &Number| {
            gap.is_tight() || number.ends_with_fraction && !gap.is_far && !gap.has_comma && !gap.has_conjunction
        };
        if let Some(number) = self.last_number()
            && is_open(number)
            && (number.digits > 0 || !needs_number || scale < Decimal::from(1))
        {
            number.multiply(scale);
            self.gap = Gap::default();
            let mut joins = self.items.last().is_some_and(|item| item.gap.joins());
            for item in self.items.iter_mut().rev().skip(1).take(3) {
                let ItemKind::Number(number) = &mut item.kind else { break };
                if !joins || number.is_scaled {
                    break;
                }
                number.others[2] = number.amounts[0].and_then(|amount| amount.value()?.checked_mul(scale));
                joins = item.gap.joins();
            }
            return true;
        }
        if needs_number || scale < Decimal::from(1) {
            return false;
        }
        let mut amount = Amount::default();
        amount.multiply(scale);
        let number =
            Number { amounts: [Some(amount), None], is_scaled: true, plain: to_u32(scale), ..Number::default() };
        self.push(ItemKind::Number(number));
        true
    }

    /// Adds the decade of `seventies`, or `nineteen-seventies`.
    fn add_decade(&mut self, decade: u32) {
        let century = self.open_number().and_then(|number| {
            let century = number.plain.filter(|century| number.digits == 0 && (10..=20).contains(century))?;
            number.is_used = true;
            Some(century)
        });
        self.reading.decades.push(century.map_or(0, |century| century * 10) + decade / 10);
    }

    /// Marks the last number, and those that are joined with it, as years before the year 1.
    fn mark_before_christ(&mut self) {
        let mut joins = !self.gap.is_far;
        for item in self.items.iter_mut().rev().take(3) {
            let ItemKind::Number(number) = &mut item.kind else { break };
            if !joins {
                break;
            }
            number.is_before_christ = true;
            joins = item.gap.joins();
        }
    }
}
