//! A number of a text, with what it may mean.

use super::amount::Amount;
use super::dates::YearDigits;
use oxsdatatypes::{Decimal, Integer};

/// The sign of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::check::evidence_checks) enum Sign {
    #[default]
    None,
    Minus,
    /// A dash or a word before it may be a sign.
    Uncertain,
}

/// A number of a text.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
pub(super) struct Number {
    /// What it may be.
    pub amounts: [Option<Amount>; 2],
    /// Values of a number with another reading, or with a scale or a fraction.
    pub others: [Option<Decimal>; 3],
    /// A fraction that no decimal number equals.
    pub ratio: Option<(u32, u32)>,
    /// The value, if it is a whole number without separators.
    pub plain: Option<u32>,
    /// The number of digits; 0 if it is in words.
    pub digits: u32,
    pub sign: Sign,
    pub is_ordinal: bool,
    /// Whether letters make it an ordinal, as in `21st`.
    pub has_affix: bool,
    pub is_scaled: bool,
    /// Whether it cannot be a year, as in `555-1873`.
    pub is_part: bool,
    pub is_before_christ: bool,
    /// Whether it is part of a year or a decade in words, so that it is not a number.
    pub is_used: bool,
    /// Whether it is the day of a month.
    pub is_day: bool,
    /// Whether the last word is a fraction, so that `of a million` may follow.
    pub ends_with_fraction: bool,
}

impl Number {
    pub(super) fn whole(&self) -> Option<Decimal> {
        self.amounts[0]?.value()
    }

    /// The decade that the number begins.
    pub(super) fn decade(&self) -> Option<u32> {
        let plain = self.plain.filter(|plain| plain % 10 == 0 && *plain > 0)?;
        matches!(self.digits, 2 | 4).then_some(plain / 10)
    }

    pub(super) fn set_fraction(&mut self, numerator: u32, denominator: u32) {
        self.amounts = [fraction(numerator, denominator).map(Amount::of_digits), None];
        self.ratio = Some((numerator, denominator)).filter(|_| self.amounts[0].is_none());
    }

    pub(super) fn set_other_fraction(&mut self, numerator: u32, denominator: u32) {
        self.others[0] = fraction(numerator, denominator);
        self.ratio = Some((numerator, denominator)).filter(|_| self.others[0].is_none());
    }

    /// Adds a fraction to a whole number. After a scale, it may be a fraction of that: `a million and a half`.
    pub(super) fn add_mixed(&mut self, numerator: u32, denominator: u32) -> bool {
        let [Some(amount), None] = self.amounts else { return false };
        let Some(whole) = amount.value().filter(|_| !self.is_ordinal) else { return false };
        match fraction(numerator, denominator) {
            Some(part) => {
                if self.is_scaled {
                    self.others[1] = whole.checked_add(part);
                    self.others[0] = whole.checked_mul(part).and_then(|part| whole.checked_add(part));
                }
                self.amounts[0] = whole.checked_add(part).map(Amount::of_digits);
            }
            None => {
                let Some(whole) = self.plain else { return false };
                self.ratio = whole.checked_mul(denominator).map(|whole| (whole + numerator, denominator));
                self.amounts[0] = None;
            }
        }
        (self.plain, self.ends_with_fraction) = (None, true);
        true
    }

    /// Multiplies the number by a scale. The number before a percent sign or a million counts as well.
    pub(super) fn multiply(&mut self, scale: Decimal) {
        let is_unit = scale < Decimal::from(1)
            || scale >= Decimal::from(1_000_000) && !self.is_scaled && !self.ends_with_fraction;
        if is_unit && self.others[1].is_none() {
            self.others[1] = self.whole();
        }
        if is_unit && self.others[0].is_none() {
            self.others[0] = self.amounts[1].and_then(|amount| amount.value());
        }
        for amount in self.amounts.iter_mut().flatten() {
            match scale < Decimal::from(1) {
                true => {
                    let product = amount.value().and_then(|value| value.checked_mul(scale));
                    *amount = product.map_or(*amount, Amount::of_digits);
                }
                false => amount.multiply(scale),
            }
        }
        (self.is_scaled, self.ends_with_fraction) = (true, false);
        self.plain = self.whole().and_then(to_u32).filter(|_| self.digits == 0);
    }

    /// The values of the number.
    pub(super) fn values(&self) -> impl Iterator<Item = Decimal> {
        let values = self.amounts.into_iter().flatten().filter_map(|amount| amount.value());
        values.chain(self.others.into_iter().flatten())
    }

    /// The day of a month, if it may be one.
    pub(super) fn day(&self) -> Option<u32> {
        let is_short = self.digits <= 2 && !self.is_scaled && !self.is_used && !self.is_day && self.sign != Sign::Minus;
        self.plain.filter(|day| is_short && (1..=31).contains(day))
    }

    /// The digits of a year in a date, if it may be one. Two digits may be one after a dash: `3-Mar-73`.
    pub(super) fn year(&self, has_dash: bool) -> Option<YearDigits> {
        let plain = self.plain.filter(|_| !self.is_scaled && !self.is_used)?;
        match self.digits {
            4 => Some(YearDigits::All(plain)),
            2 if has_dash => Some(YearDigits::LastTwo(plain)),
            _ => None,
        }
    }
}

pub(super) fn percent() -> Decimal {
    Decimal::new(1, 2).unwrap_or_default()
}

/// A fraction, if a decimal number equals it.
pub(in crate::check::evidence_checks) fn fraction(numerator: u32, denominator: u32) -> Option<Decimal> {
    let of_thousand = numerator.checked_mul(10_000)?;
    (denominator > 0 && of_thousand % denominator == 0)
        .then(|| Decimal::new(i128::from(of_thousand / denominator), 4).ok())?
}

/// A whole number that is not too large.
pub(in crate::check::evidence_checks) fn to_u32(number: Decimal) -> Option<u32> {
    let number = Integer::try_from(number).ok().filter(|whole| Decimal::from(*whole) == number)?;
    u32::try_from(i64::from(number)).ok()
}

/// The power of ten in `×10^6` or `×10⁶` after the sign, and its length.
pub(super) fn power_of_ten(rest: &str) -> Option<(Decimal, usize)> {
    const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = rest.trim_start().strip_prefix("10")?;
    let before = rest.len() - digits.len();
    if let Some(digits) = digits.strip_prefix('^') {
        let (power, length) = exponent(digits)?;
        return Some((power, before + 1 + length));
    }
    let length = digits.find(|c| !SUPERSCRIPTS.contains(&c)).unwrap_or(digits.len());
    let value = |c: char| SUPERSCRIPTS.iter().position(|superscript| *superscript == c);
    let exponent = digits[..length].chars().try_fold(0, |sum: usize, c| sum.checked_mul(10)?.checked_add(value(c)?))?;
    Some((ten_to(i32::try_from(exponent).ok().filter(|_| length > 0)?)?, before + length))
}

/// The power of ten with an exponent in digits, and its length.
pub(super) fn exponent(text: &str) -> Option<(Decimal, usize)> {
    let unsigned = text.strip_prefix(['-', '+', '−']).unwrap_or(text);
    let length = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    let exponent: i32 = unsigned[..length].parse().ok()?;
    let exponent = if text.starts_with(['-', '−']) { -exponent } else { exponent };
    Some((ten_to(exponent)?, text.len() - unsigned.len() + length))
}

fn ten_to(exponent: i32) -> Option<Decimal> {
    match u32::try_from(exponent) {
        Ok(exponent) => Decimal::try_from(10_i128.checked_pow(exponent)?).ok(),
        Err(_) => Decimal::new(1, exponent.unsigned_abs()).ok(),
    }
}
